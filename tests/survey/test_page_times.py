"""How long pages take is a total of each page: a phone moves it once, and nothing of it stands with anybody."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from survey.db import transaction
from survey.measuring.page_times import LIMITS, SPANS, count, page_times, span_of
from survey.models import PageTime, Response
from tests.survey.conftest import House
from tests.survey.test_kept import the_collection
from tests.survey.test_phone import send


def times(house: House) -> dict[str, list[int]]:
    """The totals of every page."""
    with transaction(house.engine) as session:
        return dict(page_times(session, the_collection(session)))


def timed(house: House, key: str, page: str, turn: int, span: object, **answers: Any) -> Any:
    """One write of a phone, which says how long its page took."""
    return send(house, key, page, turn, **{"page-span": str(span)}, **answers)


def test_a_page_is_counted_once_however_often_its_write_comes(house: House) -> None:
    key = house.begin()
    for _time in range(3):
        assert timed(house, key, "worry", 1, 2, worry="very").json() == {"saved": True}
    assert times(house) == {"worry": [0, 0, 1, 0, 0, 0, 0]}


def test_only_the_first_answer_of_a_page_is_timed(house: House) -> None:
    key = house.begin()
    timed(house, key, "worry", 1, 2, worry="very")
    timed(house, key, "worry", 2, 6, worry="fairly")
    house.answer(house.begin(), worry="fairly")
    assert times(house) == {"worry": [0, 0, 1, 0, 0, 0, 0]}


def test_what_is_to_be_mended_or_is_not_asked_is_not_timed(house: House) -> None:
    key = house.begin()
    assert timed(house, key, "helps", 1, 2, helps=["clubs", "lights", "police"]).status_code == 422
    assert timed(house, key, "why", 2, 2, why="Dark").status_code == 409
    assert times(house) == {}


@pytest.mark.parametrize("said", ["", "7", "-1", "1.5", "00", "٣", "12", "x", "9" * 400])
def test_what_is_no_span_is_not_counted_and_the_answer_is_kept(house: House, said: str) -> None:
    key = house.begin()
    assert timed(house, key, "worry", 1, said, worry="very").json() == {"saved": True}
    assert times(house) == {}
    assert house.responses()[0].answers == {"worry": "very"}


def test_a_form_that_no_phone_sent_by_itself_is_not_timed(house: House) -> None:
    key = house.begin()
    house.client.post(f"/r/{key}/1", data={"worry": "very", "page-span": "2"})
    assert times(house) == {}


def test_each_span_ends_where_the_next_begins() -> None:
    assert [low for low, _high in SPANS] == [0, *LIMITS]
    assert [span_of(str(at)) for at in range(len(SPANS))] == [*range(len(SPANS))]


def test_totals_add_up_over_people(house: House) -> None:
    for span in (0, 0, 3):
        timed(house, house.begin(), "worry", 1, span, worry="very")
    assert times(house)["worry"][:4] == [2, 0, 0, 1]


def test_many_counts_in_one_go_are_one_row_each(engine: Engine, house: House) -> None:
    with transaction(engine) as session:
        collection = the_collection(session)
        took = (collection.id or 0, collection.instrument_id, "worry", 1)
        count(session.connection(), [took, took, (*took[:3], 4)])
        count(session.connection(), [])
    assert times(house) == {"worry": [0, 2, 0, 0, 1, 0, 0]}


def test_a_total_says_nothing_of_whoever_moved_it(house: House) -> None:
    key = house.begin()
    timed(house, key, "worry", 1, 2, worry="very")
    with transaction(house.engine) as session:
        (row,) = session.exec(select(PageTime)).all()
        assert set(row.model_dump()) == {"collection_id", "instrument_id", "page", "span", "people"}
    (response,) = house.responses()
    assert "span" not in str(Response.model_fields)
    assert response.answers == {"worry": "very"}
    house.client.post(f"/r/{key}/stop-and-delete", data={"sure": "yes"})
    assert times(house) == {"worry": [0, 0, 1, 0, 0, 0, 0]}
