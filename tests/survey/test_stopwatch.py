"""What is known of how long a response took: for a day, in memory; what is stored is whether it came very fast."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.answering.stopwatch import DAY, Stopwatch, taken, very_fast
from survey.models import Response
from tests.survey.conftest import CODE, Clock, House, start_form
from tests.survey.test_phone import JSON, send

TINY_ANSWERS: dict[str, Any] = {
    "worry": "fairly",
    "helps": "clubs",
    "years": "3",
    "borough": "E09000022",
}  # four questions


def test_a_response_is_remembered_for_a_day_and_no_longer() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    watch.begins("one")
    clock.forward(minutes=3)
    watch.begins("one")  # a phone says twice that it begins
    assert watch.seconds("one") == 180
    assert watch.seconds("another") is None
    clock.forward(hours=24)
    assert watch.seconds("one") is None
    watch.begins("two")
    assert len(watch) == 1


def test_only_the_newest_are_remembered() -> None:
    watch = Stopwatch(Clock(), most=3)
    for number in range(10):
        watch.begins(str(number))
    assert len(watch) == 3
    assert [watch.seconds(str(number)) for number in (6, 7)] == [None, 0]


def test_a_clock_that_is_set_back_makes_nobody_fast() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    watch.begins("one")
    clock.forward(hours=-1)
    assert watch.seconds("one") is None


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (["34"], 34),
        (["0"], 0),
        (["999999999"], DAY),
        ([""], None),
        ([], 5),
        (["-1"], 5),
        (["3.5"], 5),
        (["٣"], 5),
        (["1" * 5000], 5),
        (["34", "2"], 34),
    ],
)
def test_what_a_phone_says_goes_before_what_is_remembered(said: list[str], known: float | None) -> None:
    assert taken({"took": said} if said else {}, 5) == known


@given(st.lists(st.text()), st.none() | st.floats(0, DAY))
def test_whatever_is_said_it_is_seconds_of_a_day_or_unknown(said: list[str], known: float | None) -> None:
    found = taken({"took": said}, known)
    assert found is None or 0 <= found <= DAY


def test_two_seconds_a_question_is_not_very_fast() -> None:
    assert [very_fast(seconds, 17) for seconds in (33, 34, None)] == [True, False, None]


@pytest.mark.parametrize(("seconds", "quick"), [(3, True), (60, False)])
def test_a_form_is_timed_by_the_process_that_it_began_in(house: House, seconds: int, quick: bool) -> None:
    key = house.begin()
    house.answer(key, **TINY_ANSWERS)
    house.clock.forward(seconds=seconds)
    house.client.post(f"/r/{key}/check-answers")
    assert [one.quick for one in house.responses()] == [quick]


def test_a_response_that_began_in_another_process_is_not_known_to_be_fast(house: House) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text)
    key = form["key"]
    house.client.post(f"/s/{CODE}", data=form)
    house.answer(key, **TINY_ANSWERS)
    house.app.state.desk.stopwatch.forget(key)
    house.client.post(f"/s/{CODE}", data=form)  # pressing Start once more does not begin it here
    house.client.post(f"/r/{key}/check-answers")
    assert [one.quick for one in house.responses()] == [None]


@pytest.mark.parametrize(("took", "quick"), [("48", False), ("2", True), ("", None)])
def test_a_phone_that_was_offline_and_sends_all_at_once_is_believed(
    house: House, took: str, quick: bool | None
) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text)
    key = form["key"]
    house.client.post(f"/s/{CODE}", data=form, headers=JSON)
    for turn, (page, answer) in enumerate(TINY_ANSWERS.items(), 1):
        send(house, key, page, turn, **{page: answer})
    house.client.post(f"/r/{key}/check-answers", data={"took": took}, headers=JSON)
    assert [one.quick for one in house.responses()] == [quick]


def test_a_response_that_cannot_be_sent_yet_is_still_timed(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly")
    assert house.client.post(f"/r/{key}/check-answers").status_code == 422
    house.clock.forward(seconds=60)
    house.answer(key, borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    assert [one.quick for one in house.responses()] == [False]
    assert len(house.app.state.desk.stopwatch) == 0


def test_a_response_that_is_deleted_is_forgotten(house: House) -> None:
    key = house.begin()
    house.client.post(f"/r/{key}/stop-and-delete", data={"sure": "yes"})
    assert len(house.app.state.desk.stopwatch) == 0


def test_no_time_is_stored_but_days_and_the_open_quarter() -> None:
    table = Response.metadata.tables["response"]
    kinds = {name: str(column.type) for name, column in table.columns.items()}
    assert {name for name, kind in kinds.items() if kind in ("DATE", "DATETIME", "TIME")} == {
        "started_on",
        "submitted_on",
    }
    numbers = {
        name
        for name, kind in kinds.items()
        if kind not in ("DATE", "BOOLEAN", "JSON") and not kind.startswith("VARCHAR")
    }
    assert numbers - {"started_on", "submitted_on"} == {
        "collection_id",
        "instrument_id",
        "setting_id",
        "quarter",
    }
