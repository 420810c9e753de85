"""Staff open collections: the design decides the claim, every fault is said at once, and answering keeps the days."""

import datetime as dt

import pytest
from sqlmodel import select

from survey.db import transaction
from survey.fieldwork.claims import CLAIMS, WAYS
from survey.instruments import publish
from survey.models import AuditEntry, Collection, Design, Kind, Permission
from survey.wording import read_day
from tests.survey.conftest import CODE, MIDDAY, TINY, House, start_form

FEMI = "Femi, fieldworker"
ALL = "/staff/consultations/safer-streets/collections"
FORM: dict[str, str | list[str]] = {
    "kind": "youth settings",
    "design": "gatekept",
    "name": "Youth clubs",
    "instrument": "1",
    "opens_on": "2026-11-15",
    "closes_on": "25/11/2026",
    "host": "Lambeth youth team",
    "borough": "E09000022",
    "permission": "parents could object",
    "permission_note": "Letter of 3 November, kept by the youth team",
    "route": ["own", "setting"],
}


def collections(house: House) -> list[Collection]:
    """Every collection, oldest first."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(Collection).order_by("id")).all())
        session.expunge_all()
    return found


def notes(house: House, did: str) -> list[AuditEntry]:
    """What the audit says was done."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(AuditEntry).where(AuditEntry.did == did)).all())
        session.expunge_all()
    return found


def opened(house: House, **other: str | list[str]) -> str:
    """Open a collection, and give the address of its page."""
    answer = house.as_(FEMI).post(ALL, data=FORM | other)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def test_every_kind_of_collection_can_be_opened_in_each_of_its_designs(house: House) -> None:
    for kind, way in WAYS.items():
        page = house.as_(FEMI).get(ALL, params={"kind": kind}).text
        for design in way.designs:
            assert CLAIMS[design].printed in page
            address = opened(house, kind=kind, design=design, name=f"{kind} {design}")
            assert CLAIMS[design].printed in house.as_(FEMI).get(address).text
    every = {(one.kind, one.design) for one in collections(house)[1:]}
    assert every == {(kind, design) for kind, way in WAYS.items() for design in way.designs}
    assert {design for _, design in every} == set(Design)


def test_what_was_said_of_a_collection_is_kept_and_audited(house: House) -> None:
    address = opened(house)
    made = collections(house)[-1]
    assert (made.kind, made.design, made.name) == (Kind.YOUTH_SETTINGS, Design.GATEKEPT, "Youth clubs")
    assert (made.opens_on, made.closes_on) == (dt.date(2026, 11, 15), dt.date(2026, 11, 25))
    assert (made.host, made.borough) == ("Lambeth youth team", "E09000022")
    assert made.permission is Permission.PARENTS_COULD_OBJECT
    (note,) = notes(house, "opened")
    assert (note.who, note.object) == (FEMI, "collection safer-streets, Youth clubs")
    assert "design: gatekept; asks tiny, version 1; from 2026-11-15 to 2026-11-25" in (note.why or "")
    page = house.as_(FEMI).get(address).text
    for said in ("Lambeth youth team", "15 November 2026", "25 November 2026", "so nobody can answer"):
        assert said in page
    assert f'href="{address}"' in house.as_(FEMI).get("/staff/consultations/safer-streets").text


def test_a_setting_of_it_begins_with_its_permission(house: House) -> None:
    address = opened(house)
    house.as_(FEMI).post(f"{address}/settings", data={"name": "River Club"})
    with transaction(house.engine) as session:
        (made,) = session.get_one(Collection, 2).settings
        assert (made.permission, made.permission_by) == (Permission.PARENTS_COULD_OBJECT, FEMI)
        assert (made.borough, str(made.permission_on)) == ("E09000022", "2026-11-20")


def test_everything_wrong_is_said_at_once_and_nothing_is_opened(house: House) -> None:
    wrong = {
        "kind": "open link",
        "design": "probability",
        "name": "schools",
        "instrument": "99",
        "opens_on": "soon",
        "closes_on": "2027-11-25",
        "host": "x" * 121,
        "borough": "Uster",
        "permission": "parents agreed",
        "permission_note": "",
    }
    page = house.as_(FEMI).post(ALL, data=wrong)
    assert page.status_code == 422
    for said in (
        "An open link cannot have the design “probability sample”. Choose open,",
        "There is a collection called “schools” in this consultation.",
        "Choose which question set it asks.",
        "“soon” is no day. Write the first day like 2026-11-03 or 3/11/2026.",
        "25 November 2027 is outside the consultation, which is open from 10 November 2026 to 30 November 2026.",
        "The host has 121 characters. There is room for 120.",
        "“Uster” is no borough of London.",
        "Write what the permission rests on",
        "Nobody could take part: tick at least one of the two",
    ):
        assert said in page.text, said
    assert 'value="soon"' in page.text  # what was typed stays
    assert len(collections(house)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give it a name"),
        ({"kind": "magic"}, "Choose by what way it gathers responses."),
        ({"design": "magic"}, "Choose its design: it decides what may be said of the answers."),
        ({"opens_on": "2026-11-25", "closes_on": "2026-11-15"}, "before it opens on 25 November 2026"),
        ({"permission": "mum"}, "Choose one permission or none."),
        ({"permission": ""}, "or empty what it rests on"),
        ({"permission_note": "x\x7f"}, "The note has a character that cannot be seen."),
        ({"name": "x\x7f"}, "The name has a character that cannot be seen."),
        ({"instrument": "９"}, "Choose which question set it asks."),
    ],
)
def test_each_fault_has_its_mend(house: House, wrong: dict[str, str], said: str) -> None:
    page = house.as_(FEMI).post(ALL, data=FORM | wrong)
    assert (page.status_code, said in page.text) == (422, True)
    assert len(collections(house)) == 1


def test_a_collection_can_be_changed_and_nothing_is_noted_where_nothing_changed(house: House) -> None:
    address = opened(house)
    for _ in range(2):
        answer = house.as_(FEMI).post(
            f"{address}/terms", data=FORM | {"design": "quota", "host": "", "closes_on": "", "borough": ""}
        )
        assert answer.status_code == 303
    made = collections(house)[-1]
    assert (made.design, made.host, made.closes_on, made.borough) == (Design.QUOTA, None, None, None)
    assert len(notes(house, "changed")) == 1
    assert house.as_(FEMI).get(f"{address}/terms").text.count("checked") >= 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"design": "quota"}, "Somebody has begun to answer, so the design stays."),
        ({"instrument": "2"}, "Somebody has begun to answer, so its questions stay."),
    ],
)
def test_once_somebody_has_begun_the_design_and_the_questions_stay(
    house: House, change: dict[str, str], said: str
) -> None:
    with transaction(house.engine) as session:
        publish(session, TINY.replace('"tiny"', '"other"'), MIDDAY.date())
    house.begin()
    page = house.as_(FEMI).get("/staff/collections/1/terms").text
    assert "the design cannot be changed any more" in page
    form = {**FORM, "name": "Schools", "kind": "schools"}
    refused = house.as_(FEMI).post("/staff/collections/1/terms", data=form | change)
    assert (refused.status_code, said in refused.text) == (422, True)
    assert (collections(house)[0].design, collections(house)[0].instrument_id) == (Design.GATEKEPT, 1)
    kept = house.as_(FEMI).post("/staff/collections/1/terms", data=form)
    assert (kept.status_code, collections(house)[0].host) == (303, "Lambeth youth team")


def test_answering_keeps_to_the_collections_own_days(house: House) -> None:
    form = {**FORM, "name": "Schools", "kind": "schools", "opens_on": "2026-11-21", "closes_on": "2026-11-22"}
    assert house.as_(FEMI).post("/staff/collections/1/terms", data=form).status_code == 303
    openings = house.app.state.desk.openings
    said = {}
    for days in range(4):
        openings.forget()
        page = house.client.get(f"/s/{CODE}")
        said[str(house.clock().date())] = page.status_code
        if page.status_code == 200:
            key = start_form(page.text)["key"]
            house.client.post(f"/s/{CODE}", data=start_form(page.text))
        if days == 3:
            assert "closed on 22 November 2026" in page.text
            assert house.client.post(f"/r/{key}/1", data={"worry": "very"}).status_code == 410
        house.clock.forward(days=1)
    assert said == {"2026-11-20": 403, "2026-11-21": 200, "2026-11-22": 200, "2026-11-23": 410}


def test_a_collection_is_never_open_outside_its_consultation(house: House) -> None:
    with transaction(house.engine) as session:
        found = session.get_one(Collection, 1)
        found.opens_on, found.closes_on = dt.date(2020, 1, 1), dt.date(2030, 1, 1)
        consultation = found.consultation
        assert (found.first_day, found.last_day) == (consultation.opens_on, consultation.closes_on)


@pytest.mark.parametrize("told", ["", "31/02/2026", "2026-13-01", "٣/11/2026x", "tomorrow"])
def test_what_is_no_day_is_none(told: str) -> None:
    assert read_day(told) is None


@pytest.mark.parametrize("address", ["/staff/collections/99", "/staff/collections/999999999"])
def test_a_collection_that_is_not_there_is_said(house: House, address: str) -> None:
    page = house.as_(FEMI).get(address)
    assert (page.status_code, "We cannot find that collection" in page.text) == (404, True)


def test_who_only_reads_sees_a_collection_and_no_button(house: House) -> None:
    page = house.as_("Rosa, reader").get("/staff/collections/1").text
    assert "Hill School" in page
    assert "Add settings" not in page
