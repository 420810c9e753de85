"""A concern goes to a named lead and deputy, runs on the clock of its tier, and its record is never changed."""

import datetime as dt

import pytest
from sqlalchemy import delete, text
from sqlmodel import select

from survey.db import transaction
from survey.instruments import publish
from survey.models import (
    AuditEntry,
    Collection,
    Concern,
    ConcernEntry,
    Consultation,
    Named,
    Staff,
    Written,
)
from tests.survey.conftest import TINY, House
from tests.survey.on_paper import sentences
from tests.survey.reading import DANA, RANA, ROSA, SAM, clear, raise_concern, take, write
from tests.survey.test_fieldwork_collections import ALL, FORM

FEMI, AMARA, PRIYA = "Femi, fieldworker", "Amara, administrator", "Priya, publisher"
NAMING = "/staff/consultations/safer-streets/safeguarding"
NOBODY = "nobody is named who is told if somebody may be in danger"


def name_nobody(house: House) -> None:
    """Take away who is named."""
    with transaction(house.engine) as session:
        session.execute(delete(Named))


def record(house: House) -> list[ConcernEntry]:
    """The record of every concern, oldest line first."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(ConcernEntry).order_by("id")).all())
        session.expunge_all()
    return found


def test_the_lead_and_the_deputy_see_the_words_and_coarse_context_only(house: House) -> None:
    key = write(house, "He has a knife in his bag")
    raise_concern(house, 1)
    (response,) = house.responses()
    for who in (SAM, DANA):
        assert "/staff/concerns/1" in house.as_(who).get("/staff/concerns").text
        page = house.as_(who).get("/staff/concerns/1").text
        assert "He has a knife in his bag" in page
        assert "We do not say: too few like them answered" in page
        for trace in (key, "Hill School", "HKNY7Q", "Very worried", response.submitted_on.isoformat()):  # type: ignore[union-attr]
            assert trace not in page


def test_nobody_else_sees_a_concern_not_even_another_lead(house: House) -> None:
    write(house, "He has a knife in his bag")
    raise_concern(house, 1)
    with transaction(house.engine) as session:
        named = session.exec(select(Named)).one()
        named.lead_id = named.deputy_id
    for who in (ROSA, RANA, AMARA, PRIYA, "Ada, analyst", FEMI):
        for address in ("/staff/concerns", "/staff/concerns/1"):
            assert house.as_(who).get(address).status_code == 403
    assert house.as_(SAM).get("/staff/concerns/1").status_code == 404
    assert house.as_(SAM).post("/staff/concerns/1", data={"do": "act"}).status_code == 404
    assert "You are named in no consultation" in house.as_(SAM).get("/staff/concerns").text


@pytest.mark.parametrize(
    ("tier", "by"), [(1, "16:00"), (2, "23 November 2026, 12:00"), (3, "25 November 2026, 12:00")]
)
def test_each_tier_has_its_clock_of_staffed_hours(house: House, tier: int, by: str) -> None:
    write(house, "Something")
    raise_concern(house, tier)
    page = house.as_(SAM).get("/staff/concerns").text
    assert f"Do something by {by}." in page
    assert "Late" not in page
    house.clock.forward(days=6)
    house.signed_in.clear()
    assert "Late: something had to be done by" in house.as_(SAM).get("/staff/concerns").text


def test_whoever_is_named_reads_on_the_first_page_what_waits_and_until_when(house: House) -> None:
    assert "No concern waits for you." in sentences(house.as_(SAM).get("/staff").text)
    for tier in (2, 1):
        write(house, f"Of tier {tier}")
        raise_concern(house, tier)
    for who in (SAM, DANA):
        page = house.as_(who).get("/staff").text
        assert "2 concerns wait. The next must be looked at by 16:00. Go to the concerns" in sentences(page)
        assert '<a href="/staff/concerns">' in page
    assert "concern" not in sentences(house.as_(ROSA).get("/staff").text)
    house.as_(SAM).post("/staff/concerns/2", data={"do": "act", "sentence": "Rang 999 at 12:10."})
    once = sentences(house.as_(SAM).get("/staff").text)
    assert "1 concern waits. The next must be looked at by 23 November 2026, 12:00." in once
    house.clock.forward(days=4)
    house.signed_in.clear()
    assert "1 concern waits. Late: something had to be done by" in sentences(
        house.as_(SAM).get("/staff").text
    )


def test_every_line_of_the_record_has_its_day_and_hour(house: House) -> None:
    write(house, "Something")
    raise_concern(house, 2)
    assert "<strong>20 November 2026, 12:00</strong> Rosa" in house.as_(SAM).get("/staff/concerns/1").text


def test_late_ones_come_first_and_acting_stops_the_clock(house: House) -> None:
    for tier in (3, 1, 2):
        write(house, f"Of tier {tier}")
        raise_concern(house, tier)
    page = house.as_(SAM).get("/staff/concerns").text
    assert page.index("Immediate danger") < page.index("Abuse") < page.index("Distress</a>")
    house.as_(SAM).post("/staff/concerns/2", data={"do": "act", "sentence": "Rang 101 at 12:10."})
    house.clock.forward(days=4)  # tier 2 is late by then, and tier 3 is not
    house.signed_in.clear()
    page = house.as_(SAM).get("/staff/concerns").text
    assert page.index("Abuse") < page.index("Distress</a>") < page.index("Immediate danger")
    assert page.count("Late:") == 1
    assert "Something was done. Close it when it is over." in page


def test_the_record_grows_and_the_database_refuses_to_change_it(house: House) -> None:
    write(house, "Something")
    raise_concern(house, 2)
    sam = house.as_(SAM)
    sam.post("/staff/concerns/1", data={"do": "tier", "tier": "1", "sentence": "It says today."})
    sam.post("/staff/concerns/1", data={"do": "act", "sentence": "Rang 999."})
    closed = sam.post(
        "/staff/concerns/1", data={"do": "close", "outcome": "referred", "sentence": "CAD 12 of today."}
    )
    assert closed.headers["location"] == "/staff/concerns"
    assert [(one.did, one.tier, one.outcome) for one in record(house)] == [
        ("raised", 2, None),
        ("regraded", 1, None),
        ("acted", 1, None),
        ("closed", 1, "referred"),
    ]
    for change in ("UPDATE concern_entry SET sentence = ''", "DELETE FROM concern_entry"):
        with (
            pytest.raises(Exception, match="concern_entry rows never change"),
            house.engine.begin() as connection,
        ):
            connection.execute(text(change))
    late = sam.post("/staff/concerns/1", data={"do": "act", "sentence": "More"})
    assert (late.status_code, "It is closed." in late.text) == (422, True)
    with transaction(house.engine) as session:
        did = [one.did for one in session.exec(select(AuditEntry)) if one.who == SAM]
    assert did[-3:] == ["regraded", "acted", "closed"]


def test_everything_wrong_is_said_at_once_and_what_was_written_stays(house: House) -> None:
    write(house, "Something")
    raise_concern(house, 2)
    sam = house.as_(SAM)
    page = sam.post("/staff/concerns/1", data={"do": "close", "sentence": ""})
    assert page.status_code == 422
    for said in ("Write in a sentence what you did, or why.", "Choose how it ended."):
        assert said in page.text
    page = sam.post("/staff/concerns/1", data={"do": "tier", "tier": "2", "sentence": "It says today."})
    assert "Choose another tier than the one it has." in page.text
    assert "It says today.</textarea>" in page.text
    assert len(record(house)) == 1


def test_no_concern_gives_the_text_back_to_the_desk(house: House) -> None:
    write(house, "My knife skills in the kitchen")
    raise_concern(house, 2)
    assert take(house) == "/staff/reading?did=empty"
    house.clock.forward(hours=2)
    sam = house.as_(SAM)
    sam.post(
        "/staff/concerns/1", data={"do": "close", "outcome": "no concern", "sentence": "It is about cooking."}
    )
    clear(house.as_(ROSA), take(house))
    assert house.written()[0].cleared == "My knife skills in the kitchen"
    assert record(house)[-1].tier == 0


@pytest.mark.parametrize("outcome", ["referred", "help offered", "nobody found"])
def test_what_was_a_concern_is_never_cleared(house: House, outcome: str) -> None:
    write(house, "Something")
    raise_concern(house, 3)
    house.as_(SAM).post("/staff/concerns/1", data={"do": "close", "outcome": outcome, "sentence": "Done."})
    assert take(house) == "/staff/reading?did=empty"
    assert house.written()[0].cleared is None


def test_what_the_lead_was_told_stays_when_its_writer_deletes_the_rest(house: House) -> None:
    code = "BCDFGHJKLMNPQRST"
    write(house, "He has a knife", code)
    raise_concern(house, 1)
    house.client.post("/receipt", data={"receipt": code})
    assert house.written() == []
    assert "He has a knife" in house.as_(SAM).get("/staff/concerns/1").text
    done = house.as_(SAM).post(
        "/staff/concerns/1", data={"do": "close", "outcome": "no concern", "sentence": "A toy."}
    )
    assert done.status_code == 303


def test_a_concern_can_be_raised_without_a_word_but_not_without_a_tier(house: House) -> None:
    write(house, "Something")
    address, rosa = take(house), house.as_(ROSA)
    asked = rosa.post(address, data={"do": "concern", "why": "I worry"})
    assert asked.status_code == 422
    assert "If you are not sure, choose the more urgent." in asked.text
    assert ">I worry</textarea>" in asked.text
    assert rosa.post(address, data={"do": "concern", "tier": "1"}).status_code == 303
    assert record(house)[0].sentence == "No more was said."


# Who is named


def test_nobody_opens_a_collection_that_asks_for_words_where_nobody_is_named(house: House) -> None:
    name_nobody(house)
    refused = house.as_(FEMI).post(ALL, data=FORM)
    assert refused.status_code == 422
    assert NOBODY in refused.text
    assert 'value="Youth clubs"' in refused.text
    _name(house)
    assert house.as_(FEMI).post(ALL, data=FORM).status_code == 303


def test_nor_makes_one_ask_for_words(house: House) -> None:
    without = TINY.replace('key = "tiny"', 'key = "dumb"')
    start = without.index("[[page]]\nshow_if")
    without = without[:start] + without[without.index('[[page]]\n[[page.question]]\nkey = "helps"') :]
    name_nobody(house)
    with transaction(house.engine) as session:
        dumb = publish(session, without, house.clock().date())
        session.flush()
        number = str(dumb.id)
    assert house.as_(FEMI).post(ALL, data=FORM | {"instrument": number}).status_code == 303
    terms = FORM | {"instrument": "1"}
    refused = house.as_(FEMI).post("/staff/collections/2/terms", data=terms)
    assert (refused.status_code, NOBODY in refused.text) == (422, True)
    with transaction(house.engine) as session:
        assert str(session.get_one(Collection, 2).instrument_id) == number
    other = house.as_(FEMI).post("/staff/collections/1/terms", data=FORM | {"name": "Schools, renamed"})
    assert NOBODY not in other.text  # what it asks already, it goes on asking


def _name(house: House, lead: str = SAM, deputy: str = DANA) -> None:
    with transaction(house.engine) as session:
        ids = {one.name: str(one.id) for one in session.exec(select(Staff))}
    answer = house.as_(AMARA).post(NAMING, data={"lead": ids[lead], "deputy": ids[deputy]})
    assert answer.status_code == 303, answer.text


def test_an_administrator_names_two_people_with_the_role(house: House) -> None:
    name_nobody(house)
    assert "Nobody is named yet." in house.as_(AMARA).get(NAMING).text
    _name(house)
    page = house.as_(FEMI).get(NAMING).text
    assert "Sam, safeguarding lead" in page
    assert '<form method="post" action="/staff/consultations' not in page
    with transaction(house.engine) as session:
        notes = [one.object for one in session.exec(select(AuditEntry)) if one.who == AMARA]
        assert "lead Sam, safeguarding lead, deputy Dana" in notes[-1]


def test_one_person_is_not_two_and_others_cannot_be_named(house: House) -> None:
    house.as_(ROSA)
    with transaction(house.engine) as session:
        ids = {one.name: str(one.id) for one in session.exec(select(Staff))}
    amara = house.as_(AMARA)
    same = amara.post(NAMING, data={"lead": ids[SAM], "deputy": ids[SAM]})
    assert (same.status_code, "cannot stand in for themselves" in same.text) == (422, True)
    none = amara.post(NAMING, data={"lead": ids[ROSA], "deputy": ""})
    assert none.status_code == 422
    assert "Choose the lead." in none.text
    assert "Choose the deputy" in none.text


def test_a_reader_is_told_where_nobody_is_named(house: House) -> None:
    name_nobody(house)
    write(house, "Something")
    assert "Nobody is named for this consultation." in house.as_(ROSA).get(take(house)).text


def test_raising_keeps_the_hour_no_longer(house: House) -> None:
    write(house, "Something")
    raise_concern(house, 1)
    with transaction(house.engine) as session:
        assert session.exec(select(Written)).one().arrived_at is None
        assert (
            session.exec(select(Concern)).one().consultation_id == session.exec(select(Consultation)).one().id
        )
    assert record(house)[0].at == house.clock()
    assert record(house)[0].at - dt.timedelta(0) == house.clock()
