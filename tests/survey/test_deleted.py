"""What was deleted stays so, whatever the network repeats: for two days its key begins nothing."""

import datetime as dt
from typing import Any

import pytest
from sqlmodel import select

from survey.db import transaction
from survey.models import DeletedResponse
from tests.survey.conftest import CODE, House, start_form
from tests.survey.test_receipts import JSON, sent


def begun(house: House) -> tuple[str, dict[str, str]]:
    """A response that has begun and one answer of it, and the form that began it."""
    form = start_form(house.client.get(f"/s/{CODE}").text)
    assert house.client.post(f"/s/{CODE}", data=form).status_code == 303
    house.answer(form["key"], worry="very")
    return form["key"], form


def known(house: House) -> int:
    """How many deleted responses are still known of."""
    with transaction(house.engine) as session:
        return len(session.exec(select(DeletedResponse)).all())


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_start_that_comes_again_after_deleting_begins_nothing(house: House, headers: Any) -> None:
    key, form = begun(house)
    house.client.post(f"/r/{key}/stop-and-delete")
    again = house.client.post(f"/s/{CODE}", data=form, headers=headers)
    assert again.status_code == 410
    assert "These answers were deleted" in again.text
    late = house.client.post(f"/r/{key}/1?turn=2&tab=a", data={"worry": "fairly"}, headers=JSON)
    assert (late.status_code, late.json()["title"]) == (410, "These answers were deleted")
    assert house.client.get(f"/r/{key}").status_code == 410
    assert house.responses() == []


def test_nor_after_a_receipt_deleted_it(house: House) -> None:
    key, code, _page = sent(house)
    house.client.post("/receipt", data={"receipt": code})
    form = start_form(house.client.get(f"/s/{CODE}").text)
    assert house.client.get(f"/r/{key}").status_code == 410
    assert house.client.post(f"/s/{CODE}", data=form).status_code == 303  # somebody else begins as ever
    assert [one.key for one in house.responses()] == [form["key"]]


def test_what_is_known_of_it_is_no_key_and_goes_after_two_days(house: House) -> None:
    key, _form = begun(house)
    house.client.post(f"/r/{key}/stop-and-delete")
    with transaction(house.engine) as session:
        (mark,) = session.exec(select(DeletedResponse)).all()
        assert key not in mark.key_hash
        assert mark.deleted_on == house.clock().date()
    for days, left in ((2, 2), (1, 2)):
        house.clock.forward(days=days)
        house.client.post(f"/r/{begun(house)[0]}/stop-and-delete")
        assert known(house) == left
    assert house.client.get(f"/r/{key}").status_code == 404


def test_the_start_page_outlives_no_mark(house: House) -> None:
    key, form = begun(house)
    house.client.post(f"/r/{key}/stop-and-delete")
    house.clock.moment += dt.timedelta(days=1, hours=1)
    assert house.client.post(f"/s/{CODE}", data=form).status_code == 400


@pytest.mark.parametrize("said", ["", "No", "\x00", "maybe", "YES"])
def test_nobody_takes_part_who_has_not_said_yes(house: House, said: str) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text) | {"take_part": said}
    page = house.client.post(f"/s/{CODE}", data=form)
    assert page.status_code == 422
    assert "Please say whether you want to take part." in page.text
    told = house.client.post(f"/s/{CODE}", data=form, headers=JSON)
    assert told.status_code == 422
    assert house.responses() == []


def test_what_is_not_said_is_asked_for_at_once(house: House) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text) | {"take_part": "", "age": ""}
    page = house.client.post(f"/s/{CODE}", data=form).text
    assert '<a href="#age">Please say how old you are.</a>' in page
    assert '<a href="#take_part">Please say whether you want to take part.</a>' in page
