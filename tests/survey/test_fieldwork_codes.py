"""Codes can be read aloud, are never used twice, and can be retired and given anew; answers that were begun go on."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from survey.answering.openings import Openings
from survey.db import transaction
from survey.models import AuditEntry, Devices, OldCode, Setting
from survey.naming import ALPHABET, LENGTH, draw, fresh, new_codes
from tests.survey.conftest import CODE, House, start_form

FEMI = "Femi, fieldworker"
PLACE = f"/staff/settings/{CODE}"


def test_a_code_can_be_read_aloud_and_spells_no_word() -> None:
    assert not set(ALPHABET) & set("0O1IAEU")
    assert len(set(ALPHABET)) == len(ALPHABET) == 29
    for _ in range(200):
        assert re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", draw())


@given(
    wanted=st.integers(0, 30),
    used=st.sets(st.integers(0, 99).map(str), max_size=60),
    drawn=st.randoms(use_true_random=False),
)
def test_codes_are_as_many_as_wanted_each_another_and_none_used(
    wanted: int, used: set[str], drawn: random.Random
) -> None:
    """Of a hundred codes only, so that they meet: as they would of millions after very long."""
    found = fresh(wanted, lambda some: used & set(some), lambda: str(drawn.randrange(100)))
    assert len(found) == len(set(found)) == wanted
    assert not set(found) & used


def test_neither_a_code_in_use_nor_an_old_one_is_drawn_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(house.engine) as session:
        session.add(OldCode(code="BBBBBB", setting_id=1, retired_on=house.clock().date()))
    letters = iter("".join([CODE, "BBBBBB", "CCCCCC", "CCCCCC", "DDDDDD"]))
    monkeypatch.setattr("survey.naming.secrets.choice", lambda _: next(letters))
    with transaction(house.engine) as session:
        assert new_codes(session, 2) == ["CCCCCC", "DDDDDD"]


def another(house: House) -> str:
    """Give the school another code, and tell it."""
    answer = house.as_(FEMI).post(f"{PLACE}/code", data={"wish": "another", "code": CODE})
    assert answer.status_code == 303
    house.app.state.desk.openings.forget()
    found = re.fullmatch(r"/staff/settings/([A-Z0-9]+)\?kept=1", answer.headers["location"])
    assert found
    return found[1]


def test_the_old_code_says_kindly_that_it_is_not_used_and_the_new_one_opens(house: House) -> None:
    new = another(house)
    assert new != CODE
    old = house.client.get(f"/s/{CODE}")
    assert (old.status_code, "This code is no longer used" in old.text) == (410, True)
    assert "ask whoever gave it to you for the new one" in old.text
    assert house.client.get(f"/s/{new}").status_code == 200
    with transaction(house.engine) as session:
        (kept,) = session.exec(select(OldCode)).all()
        assert (kept.code, str(kept.retired_on)) == (CODE, "2026-11-20")
        entry = session.exec(select(AuditEntry).where(AuditEntry.did == "gave another code to")).one()
        assert (entry.who, entry.object, entry.why) == (FEMI, f"setting {new}", CODE)
    assert new in house.as_(FEMI).get(PLACE).text  # an old address still leads staff to the setting


@pytest.mark.parametrize("wish", ["retire", "another"])
def test_answers_that_were_begun_go_on(house: House, wish: str) -> None:
    key = house.begin()
    page = house.client.get(f"/s/{CODE}").text
    house.as_(FEMI).post(f"{PLACE}/code", data={"wish": wish, "code": CODE})
    house.app.state.desk.openings.forget()
    assert house.client.post(f"/s/{CODE}", data=start_form(page)).status_code == 410  # nobody begins any more
    house.answer(key, worry="fairly", helps="clubs", years="3", borough="E09000022")
    assert house.client.post(f"/r/{key}/check-answers").status_code == 303
    assert [one.submitted_on for one in house.responses()] == [house.clock().date()]


def test_on_a_shared_device_the_next_person_comes_in_by_the_new_code(house: House) -> None:
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).devices = Devices.SHARED
    openings = Openings(house.engine)
    before = openings.of_setting(1)
    assert before is not None
    assert before.code == CODE
    new = another(house)
    openings.forget()
    after, old = openings.of_setting(1), openings.of_code(CODE)
    assert after is not None
    assert old is not None
    assert (after.code, after.retired_on) == (new, None)
    assert (old.setting_id, str(old.retired_on)) == (1, "2026-11-20")


def test_a_retired_code_is_not_used_and_its_setting_can_be_given_another(house: House) -> None:
    femi = house.as_(FEMI)
    assert femi.post(f"{PLACE}/code", data={"wish": "retire", "code": CODE}).status_code == 303
    house.app.state.desk.openings.forget()
    assert house.client.get(f"/s/{CODE}").status_code == 410
    page = femi.get(PLACE).text
    assert "Retired on 20 November 2026" in page
    assert "Retire the code" not in page
    house.clock.forward(days=1)
    house.signed_in.clear()  # a day later Femi signs in again
    new = another(house)
    assert house.client.get(f"/s/{new}").status_code == 200
    with transaction(house.engine) as session:
        assert str(session.get_one(OldCode, CODE).retired_on) == "2026-11-20"
        assert session.get_one(Setting, 1).retired_on is None


def test_two_who_press_at_once_give_one_new_code(house: House) -> None:
    new = another(house)
    late = house.as_("Amara, administrator").post(f"{PLACE}/code", data={"wish": "another", "code": CODE})
    assert (late.status_code, f"It has the code {new} now." in late.text) == (409, True)
    assert (
        house.as_(FEMI).post(f"/staff/settings/{new}/code", data={"wish": "x", "code": new}).status_code
        == 422
    )
