"""The dead-man switch: where nobody reads in time, open questions close, and nobody is kept from the rest."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from survey.db import transaction
from survey.instruments import publish
from survey.models import Collection
from survey.staffed import Hours, Limits, WrongLimits, limits_from
from tests.survey.conftest import CODE, PAGES, TINY, House, start_form
from tests.survey.reading import ROSA, SAM, clear, raise_concern, take, write

JSON = {"accept": "application/json"}
LONDON = ZoneInfo("Europe/London")
RATHER_LATE = {"hours": 4, "minutes": 1}


def closed(house: House) -> None:
    """Somebody wrote something at 12:00 on a Friday, and nobody has read it by 16:00."""
    write(house, "It is dark")
    house.clock.forward(**RATHER_LATE)
    house.look_anew()


def test_an_unread_text_closes_the_open_questions_after_four_staffed_hours(house: House) -> None:
    write(house, "It is dark")
    house.look_anew()
    house.clock.forward(hours=3, minutes=59)
    key = house.begin()
    house.answer(key, worry="very")
    assert house.client.get(f"/r/{key}").headers["location"] == f"/r/{key}/{PAGES['why']}#here"
    house.clock.forward(minutes=1)
    assert house.client.get(f"/r/{key}").headers["location"] == f"/r/{key}/{PAGES['helps']}#here"
    assert house.client.get(f"/r/{key}/{PAGES['why']}").headers["location"] == f"/r/{key}"


def test_over_a_weekend_they_close_after_a_day(house: House) -> None:
    house.clock.forward(days=1)  # Saturday, 12:00
    write(house, "It is dark")
    house.look_anew()
    key = house.begin()
    house.clock.forward(hours=23, minutes=59)
    house.client.post(f"/r/{key}/1", data={"worry": "very"})
    assert house.client.get(f"/r/{key}/{PAGES['why']}").status_code == 200
    house.clock.forward(minutes=1)
    assert house.client.get(f"/r/{key}/{PAGES['why']}").status_code == 303


def test_without_words_nobody_is_kept_from_sending(house: House) -> None:
    closed(house)
    key = house.begin()
    saved = house.client.post(f"/r/{key}/1", data={"worry": "very"})
    assert saved.headers["location"] == f"/r/{key}/{PAGES['helps']}#here"
    page = house.client.get(saved.headers["location"]).text
    assert "Question 2 of 4" in page
    house.answer(key, helps="clubs", years="3", borough="E09000022")
    check = house.client.get(f"/r/{key}/check-answers").text
    assert "What makes you worry?" not in check.partition('<script type="application/json"')[0]
    assert house.client.post(f"/r/{key}/check-answers").status_code == 303
    sent = next(one for one in house.responses() if one.key == key)
    assert "why" not in sent.answers


def test_what_was_written_before_stays_can_be_changed_and_is_sent(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="Mine")
    closed(house)
    page = house.client.get(f"/r/{key}/check-answers").text
    house.client.post(f"/r/{key}/carry-on")
    assert house.client.get(f"/r/{key}/{PAGES['why']}").status_code == 200
    house.client.post(f"/r/{key}/{PAGES['why']}", data={"why": "Mine, changed"})
    house.answer(key, borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    assert {one.words for one in house.written()} == {"It is dark", "Mine, changed"}
    assert "It is dark" not in page


def test_what_a_page_that_was_open_still_sends_is_taken(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very")
    closed(house)
    address = f"/r/{key}/{PAGES['why']}"
    taken = house.client.post(address, data={"why": "Written before it closed"})
    assert taken.headers["location"] == f"/r/{key}/{PAGES['helps']}#here"
    house.answer(key, borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    assert "Written before it closed" in {one.words for one in house.written()}


def test_a_mistake_in_one_is_said_on_its_page_still(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very")
    closed(house)
    page = house.client.post(f"/r/{key}/{PAGES['why']}", data={"why": "x" * 300})
    assert page.status_code == 422
    assert "There is room for 200." in page.text


def test_a_phone_with_the_pages_ahead_is_told_with_every_answer(house: House) -> None:
    write(house, "It is dark")
    house.look_anew()
    key = house.begin()
    send = f"/r/{key}/1?turn={{}}&tab=a"
    before = house.client.post(send.format(1), data={"worry": "very"}, headers=JSON)
    assert before.json() == {"saved": True}
    assert '"unasked":[]' in house.client.get(f"/r/{key}/1").text
    house.clock.forward(**RATHER_LATE)
    told = house.client.post(send.format(2), data={"worry": "fairly"}, headers=JSON)
    assert told.json() == {"saved": True, "unasked": ["why"]}
    taken = house.client.post(f"/r/{key}/1?turn=3&tab=a", data={"worry": "very"}, headers=JSON)
    assert taken.json()["unasked"] == ["why"]
    late = house.client.post(
        f"/r/{key}/{PAGES['why']}?turn=4&tab=a", data={"why": "Kept on the phone"}, headers=JSON
    )
    assert late.json() == {"saved": True}  # what is written stays
    page = house.client.get(f"/s/{CODE}").text
    assert '"unasked":["why"]' in page


def test_they_open_again_by_themselves_when_the_queue_is_read(house: House) -> None:
    closed(house)
    key = house.begin()
    house.answer(key, worry="very")
    clear(house.as_(ROSA), take(house))
    house.look_anew()
    assert house.client.get(f"/r/{key}").headers["location"] == f"/r/{key}/{PAGES['why']}#here"


def test_taking_a_text_is_not_reading_it(house: House) -> None:
    closed(house)
    take(house)
    house.look_anew()
    assert '"unasked":["why"]' in house.client.get(f"/s/{CODE}").text


def test_a_concern_of_tier_one_that_nobody_acts_on_closes_them_too(house: House) -> None:
    write(house, "He has a knife")
    raise_concern(house, 1)
    house.clock.forward(**RATHER_LATE)
    house.look_anew()
    assert '"unasked":["why"]' in house.client.get(f"/s/{CODE}").text
    house.as_(SAM).post("/staff/concerns/1", data={"do": "act", "sentence": "Rang 999."})
    house.look_anew()
    assert '"unasked":[]' in house.client.get(f"/s/{CODE}").text


@pytest.mark.parametrize("tier", [2, 3])
def test_others_do_not(house: House, tier: int) -> None:
    write(house, "Something")
    raise_concern(house, tier)
    house.clock.forward(days=5)
    house.look_anew()
    assert '"unasked":[]' in house.client.get(f"/s/{CODE}").text


def test_staff_are_told_on_every_page_of_theirs(house: House) -> None:
    told = "Open questions of “Safer streets” are closed since 16:00."
    write(house, "It is dark")
    house.clock.forward(hours=3)
    assert told not in house.as_(ROSA).get("/staff").text
    house.clock.forward(hours=1, minutes=1)
    for who in (ROSA, SAM, "Amara, administrator"):
        for address in ("/staff", "/staff/reading", "/staff/consultations/safer-streets"):
            assert told in house.as_(who).get(address).text
    assert told not in house.as_("Ada, analyst").get("/staff").text
    clear(house.as_(ROSA), take(house))
    assert told not in house.as_(ROSA).get("/staff").text


def test_where_only_words_are_asked_for_nobody_begins_and_whoever_has_begun_goes_on(house: House) -> None:
    only = """
key = "only"
title = "Only words"
language = "en"
[[page]]
[[page.question]]
key = "why"
kind = "text"
prompt = "What would you change?"
required = true
"""
    write(house, "It is dark")
    with transaction(house.engine) as session:
        number = publish(session, only, house.clock().date()).id
        session.exec(select(Collection)).one().instrument_id = number or 0
    house.look_anew()
    form = start_form(house.client.get(f"/s/{CODE}").text)
    house.client.post(f"/s/{CODE}", data=form)
    house.clock.forward(**RATHER_LATE)
    shut = house.client.get(f"/s/{CODE}")
    assert (shut.status_code, "Please come back later" in shut.text) == (403, True)
    assert "0800 1111" in shut.text
    key = form["key"]
    house.client.post(f"/r/{key}/carry-on")
    assert house.client.post(f"/r/{key}/1", data={"why": "Lights"}).status_code == 303
    assert house.client.post(f"/r/{key}/check-answers").headers["location"] == f"/r/{key}/thank-you"


def test_a_required_question_that_is_closed_keeps_nobody_back(house: House) -> None:
    strict = TINY.replace("length = 200", "length = 200\nrequired = true")
    write(house, "It is dark")
    with transaction(house.engine) as session:
        number = publish(session, strict, house.clock().date()).id
        session.exec(select(Collection)).one().instrument_id = number or 0
    house.clock.forward(**RATHER_LATE)
    house.look_anew()
    key = house.begin()
    house.answer(key, worry="very", borough="E09000022")
    assert house.client.post(f"/r/{key}/check-answers").headers["location"] == f"/r/{key}/thank-you"


# The clock


@pytest.mark.parametrize(
    ("arrived", "by"),
    [
        ("2026-11-20T09:00", "2026-11-20T13:00"),  # a Friday
        ("2026-11-20T16:00", "2026-11-21T16:00"),  # the day by the clock ends before four staffed hours do
        ("2026-11-19T15:00", "2026-11-20T11:00"),
        ("2026-11-21T10:00", "2026-11-22T10:00"),
        ("2026-11-22T20:00", "2026-11-23T13:00"),
        ("2026-11-23T03:00", "2026-11-23T13:00"),
        ("2026-07-01T07:00", "2026-07-01T12:00"),  # 8:00 by the clocks of the place
    ],
)
def test_a_text_must_be_read_by(arrived: str, by: str) -> None:
    said = [dt.datetime.fromisoformat(one).replace(tzinfo=dt.UTC) for one in (arrived, by)]
    assert Limits().read_by(said[0], LONDON) == said[1]


def test_an_older_text_is_never_due_later() -> None:
    first = dt.datetime(2026, 10, 23, tzinfo=dt.UTC)  # over the change of the clocks
    due = [Limits().read_by(first + dt.timedelta(hours=hour), LONDON) for hour in range(24 * 10)]
    assert due == sorted(due)


def test_on_a_day_off_no_clock_of_staff_runs_and_a_text_still_waits_a_day_at_most() -> None:
    off = frozenset([dt.date(2026, 12, 25), dt.date(2026, 12, 28)])
    limits = Limits(hours=Hours(closed=off))
    christmas_eve = dt.datetime(2026, 12, 24, 16, tzinfo=dt.UTC)  # a Thursday
    assert limits.act_by(1, christmas_eve, LONDON) == dt.datetime(2026, 12, 29, 12, tzinfo=dt.UTC)
    assert limits.read_by(christmas_eve, LONDON) == dt.datetime(2026, 12, 25, 16, tzinfo=dt.UTC)


def test_an_operator_sets_the_limits() -> None:
    told = {
        "SOUNDINGS_UNREAD_HOURS": "48",
        "SOUNDINGS_TIER_HOURS": "2 6 12",
        "SOUNDINGS_STAFFED": "Mon-Sat 8-20",
        "SOUNDINGS_CLOSED": "2026-12-25  2026-12-28",
        "SOUNDINGS_SECOND_READER": "0",
        "SOUNDINGS_CONTACT_DAYS": "7",
    }
    closed = frozenset([dt.date(2026, 12, 25), dt.date(2026, 12, 28)])
    assert limits_from(told) == Limits(48, (2, 6, 12), Hours(0, 5, 8, 20, closed), second=0, contact=7)
    assert limits_from({}) == Limits()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("UNREAD_HOURS", "0"),
        ("UNREAD_HOURS", "soon"),
        ("TIER_HOURS", "4 8"),
        ("TIER_HOURS", "4 0 8"),
        ("STAFFED", "weekdays"),
        ("STAFFED", "fri-mon 9-17"),
        ("STAFFED", "mon-fri 17-9"),
        ("STAFFED", "mon-fri 9-25"),
        ("SECOND_READER", "101"),
        ("CLOSED", "2026-12-25, boxing-day"),
    ],
)
def test_a_limit_that_cannot_be_read_says_what_to_write(name: str, told: str) -> None:
    with pytest.raises(WrongLimits, match=rf"SOUNDINGS_{name} is “{re.escape(told)}”. Write "):
        limits_from({f"SOUNDINGS_{name}": told})
