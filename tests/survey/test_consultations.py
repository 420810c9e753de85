"""Consultations are planned, announced when nothing is missing, and told to everybody from their dated records."""

import datetime as dt
import doctest
import html
import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from sqlmodel import Session, select

from survey import stages
from survey.consultations import checklist, plan
from survey.db import transaction
from survey.models import (
    Audience,
    AuditEntry,
    Collection,
    Consultation,
    Design,
    Finding,
    FormatRequest,
    Kind,
    Link,
    Meeting,
    Milestone,
    Room,
    Setting,
    Statement,
    Voice,
)
from survey.models.kinds import Evidence
from tests.survey.conftest import CODE, MIDDAY, House, switch_on

WHO, PUBLISHER = "Ben, designer", "Priya, publisher"
TODAY = MIDDAY.date()
SLUG = "plans-for-the-park"
AT = f"/staff/consultations/{SLUG}"
BARE = {"title": "Plans for the park", "opens_on": str(TODAY), "closes_on": "2026-12-31"}
WHOLE = BARE | {
    "summary": "We ask what the park should be like.",
    "deciding": "What is built first.",
    "settled": "That the park stays.",
    "background": "There is money for two things.\n\nNot for three.",
    "decided_by": "The parks committee",
    "decided_on": "2027-02-01",
    "decides": "The committee reads every answer.",
    "outcome": "We say what we heard.",
    "outcome_on": "2027-03-01",
    "owners": "The council\nFriends of the park",
    "organisations": "",
    "topics": ["places", "streets"],
}


def told(text: str) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def made(house: House, **changed: object) -> Consultation:
    """The consultation of the house, changed."""
    with transaction(house.engine) as session:
        found = session.exec(select(Consultation)).one()
        for name, value in changed.items():
            setattr(found, name, value)
        session.flush()
        session.refresh(found)
        session.expunge(found)
    return found


def announced(house: House) -> None:
    """A consultation that was planned and announced."""
    browser = house.as_(WHO)
    browser.post("/staff/consultations", data=WHOLE)
    met(house)
    browser = house.as_(PUBLISHER)
    browser.post(f"{AT}/announce")


def met(house: House, **one: object) -> None:
    """A session for the consultation that is planned, or something else of it: a way to answer."""
    with transaction(house.engine) as session:
        planned = session.exec(select(Consultation).where(Consultation.slug == SLUG)).one()
        made = one.get("made") or Meeting(
            consultation_id=0, title="Workshop", held_on=TODAY, where="Hill Club"
        )
        made.consultation_id = planned.id  # type: ignore[attr-defined]
        session.add(made)


@pytest.mark.parametrize("module", [checklist, plan, stages])
def test_the_examples_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_a_plan_needs_a_title_and_days_and_nobody_sees_it(house: House) -> None:
    browser = house.as_(WHO)
    refused = browser.post(
        "/staff/consultations", data={"title": "", "opens_on": "soon", "closes_on": "2026-01-01"}
    )
    assert refused.status_code == 422
    assert "Give it a title" in told(refused.text)
    assert "“soon” is no day. Write the first day like 2026-11-03" in told(refused.text)
    assert browser.post("/staff/consultations", data=BARE).headers["location"] == AT
    assert browser.get(f"/c/{SLUG}").status_code == 404
    assert "Plans for the park" not in browser.get("/").text
    page = told(browser.get(AT).text)
    assert "nobody sees it, and no code opens" in page
    assert "Say what is still to be decided." in page


def test_announcing_is_refused_with_everything_that_is_missing(house: House) -> None:
    browser = house.as_(WHO)
    browser.post("/staff/consultations", data=BARE)
    assert browser.post(f"{AT}/announce").status_code == 403
    browser = house.as_(PUBLISHER)
    refused = browser.post(f"{AT}/announce")
    assert refused.status_code == 422
    for principle in checklist.PRINCIPLES:
        assert principle in told(refused.text)
    assert "Say by when it is decided." in told(refused.text)
    with Session(house.engine) as session:
        assert session.exec(select(Consultation).where(Consultation.slug == SLUG)).one().planning


def test_nothing_is_announced_that_nobody_can_answer(house: House) -> None:
    house.as_(WHO).post("/staff/consultations", data=WHOLE)
    publisher = house.as_(PUBLISHER)
    refused = publisher.post(f"{AT}/announce")
    assert refused.status_code == 422
    assert f'<a href="{AT}#ways">Nobody can answer it yet. Open a collection: a link' in refused.text
    page = house.as_(WHO).get(AT)
    assert 'id="ways"' in page.text
    assert "Announce it" not in told(page.text)
    met(house, made=_collected(house, Kind.SCHOOLS))
    assert "“Somewhere” has no setting." in told(publisher.get(AT).text)
    with transaction(house.engine) as session:
        (one,) = session.exec(select(Collection).where(Collection.name == "Somewhere")).all()
        one.kind = Kind.TALLY
    assert "“Somewhere” is counted in sessions. Add a session." in told(publisher.get(AT).text)


def test_nothing_is_announced_that_leads_to_a_help_line_nobody_checked(house: House) -> None:
    house.clock.forward(days=91)
    later = {"opens_on": "2027-03-01", "closes_on": "2027-04-30", "decided_on": "2027-06-01"}
    whole = WHOLE | later | {"outcome_on": "2027-07-01"}
    assert house.as_(WHO).post("/staff/consultations", data=whole).status_code == 303
    met(house)
    refused = house.as_(PUBLISHER).post(f"{AT}/announce")
    assert refused.status_code == 409
    assert "Nobody has checked Emergency and Childline and" in refused.text
    assert house.client.get(f"/c/{SLUG}").status_code == 404


def test_what_was_announced_stays_said(house: House) -> None:
    announced(house)
    browser = house.as_(WHO)
    plan = browser.get(f"{AT}/plan").text
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', plan)
    emptied = WHOLE | {"seen": seen, "decided_on": "2026-12-01", "settled": "", "owners": ""}
    refused = browser.post(f"{AT}/plan", data=emptied)
    assert refused.status_code == 422
    for sentence in (
        "before the last answer",
        "What is decided already cannot be left empty",
        "Say who asks.",
    ):
        assert sentence in told(refused.text)
    assert (
        browser.post(f"{AT}/plan", data=WHOLE | {"seen": seen, "summary": "Other words."}).status_code == 303
    )


@pytest.mark.parametrize("way", ["room", "session", "paper", "panel", "cards"])
def test_one_way_to_answer_is_enough_whichever_it_is(house: House, way: str) -> None:
    house.as_(WHO).post("/staff/consultations", data=WHOLE)
    made: dict[str, object] = {
        "room": Room(
            consultation_id=0, code="RHMPS1", name="Hall", held_on=TODAY, venue="", audience=Audience.YOUNG
        ),
        "session": None,
        "paper": _collected(house, Kind.PAPER, [Setting(collection_id=0, code="PAPER1", name="A wing")]),
        "panel": _collected(house, Kind.PANEL),
        "cards": Statement(
            consultation_id=0,
            words="It is dark.",
            voice=Voice.STAFF,
            written_by="Ben",
            written_on=TODAY,
            cleared_on=TODAY,
        ),
    }
    met(house, made=made[way])
    assert house.as_(PUBLISHER).post(f"{AT}/announce").status_code == 303
    assert house.client.get(f"/c/{SLUG}").status_code == 200
    page = house.as_(PUBLISHER).get(AT).text
    assert "Nobody can answer" not in page
    for there in ("results", "coverage"):
        address = f"{AT}/{there}"
        linked = f'href="{address}"' in page
        assert linked == (way in ("paper", "panel"))
        assert house.as_(PUBLISHER).get(address).status_code == (200 if linked else 404)


def _collected(house: House, kind: Kind, settings: Sequence[Setting] = ()) -> Collection:
    with Session(house.engine) as session:
        instrument = session.exec(select(Collection.instrument_id)).first()
    assert instrument is not None
    design = Design.PANEL if kind is Kind.PANEL else Design.GATEKEPT
    made = Collection(consultation_id=0, instrument_id=instrument, name="Somewhere", design=design, kind=kind)
    made.settings = [*settings]
    return made


def test_a_decision_before_the_last_answer_is_no_consultation(house: House) -> None:
    browser = house.as_(WHO)
    browser.post("/staff/consultations", data=WHOLE | {"decided_on": "2026-12-30"})
    browser = house.as_(PUBLISHER)
    refused = told(browser.post(f"{AT}/announce").text)
    assert "It would be decided on 30 December 2026, before the last answer on 31 December 2026." in refused


def test_what_is_announced_is_told_to_everybody(house: House) -> None:
    announced(house)
    page = told(house.client.get(f"/c/{SLUG}").text)
    for words in (
        "What is being decided What is built first.",
        "What is decided already That the park stays.",
        "Who decides The parks committee, by 1 February 2027",
        "Who asks The council, Friends of the park",
        "There is money for two things. Not for three.",
        "Nobody yet",
        "We reply by 1 March 2027",
        "Streets and parks, Places to go",
    ):
        assert words in page, words
    assert "Plans for the park" in house.client.get("/").text
    with Session(house.engine) as session:
        did = [entry.did for entry in session.exec(select(AuditEntry)).all()]
    assert [one for one in did if one in ("planned", "announced")] == ["planned", "announced"]


def test_our_reply_is_due_twelve_weeks_after_the_last_day_unless_said_otherwise(house: House) -> None:
    browser = house.as_(WHO)
    browser.post("/staff/consultations", data=BARE)
    with Session(house.engine) as session:
        found = session.exec(select(Consultation).where(Consultation.slug == SLUG)).one()
    assert found.outcome_on == dt.date(2026, 12, 31) + dt.timedelta(weeks=12)


def test_a_day_that_moves_after_the_announcement_is_told(house: House) -> None:
    announced(house)
    browser = house.as_(WHO)
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(f"{AT}/plan").text)
    assert seen
    change = WHOLE | {"closes_on": "2027-01-10", "seen": seen[1]}
    assert browser.post(f"{AT}/plan", data=change).status_code == 303
    page = told(browser.get(f"/c/{SLUG}").text)
    assert "The last day was moved from 31 December 2026 to 10 January 2027." in page


def test_two_people_who_plan_at_once_overwrite_nothing_unseen(house: House) -> None:
    browser = house.as_(WHO)
    browser.post("/staff/consultations", data=WHOLE)
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(f"{AT}/plan").text)
    assert seen
    first = browser.post(f"{AT}/plan", data=WHOLE | {"seen": seen[1], "settled": "Nothing is."})
    second = browser.post(f"{AT}/plan", data=WHOLE | {"seen": seen[1], "settled": "The lake."})
    assert (first.status_code, second.status_code) == (303, 422)
    assert "Somebody changed this plan while you wrote." in told(second.text)
    assert "The lake." in second.text


def test_what_people_read_cannot_be_emptied_nor_its_first_day_undone(house: House) -> None:
    announced(house)
    browser = house.as_(WHO)
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(f"{AT}/plan").text)
    assert seen
    wrong = WHOLE | {"seen": seen[1], "background": "", "opens_on": "2026-12-20", "closes_on": "2026-01-02"}
    page = told(browser.post(f"{AT}/plan", data=wrong).text)
    assert "The background cannot be left empty" in page
    assert "so its first day stays" in page


def test_no_code_opens_what_is_still_planned(house: House) -> None:
    made(house, planning=True)
    page = house.client.get(f"/s/{CODE}")
    assert page.status_code == 403
    assert "This is still being prepared." in page.text


@pytest.mark.parametrize(
    ("days", "state"),
    [(-11, "Not open yet"), (0, "Open"), (11, "We are reading")],
)
def test_where_it_stands_comes_from_its_dates(house: House, days: int, state: str) -> None:
    house.clock.moment = MIDDAY + dt.timedelta(days=days)
    page = house.client.get("/c/safer-streets").text
    assert re.search(r'aria-current="step">([^<]+)<', page)[1] == state  # type: ignore[index]


def test_a_finding_and_a_reply_move_it_on(house: House) -> None:
    house.clock.moment = MIDDAY + dt.timedelta(days=20)
    with transaction(house.engine) as session:
        found = session.exec(select(Consultation)).one()
        talk = Meeting(
            consultation_id=found.id or 0, title="Talk", held_on=TODAY, where="Hill Library", note="Dark."
        )
        session.add(talk)
        session.flush()
        session.add(
            Finding(
                consultation_id=found.id or 0,
                number=1,
                sentence="Most want more light.",
                rests_on=Evidence.NOTE,
                evidence={"meeting": talk.id},
                written_by=WHO,
                published_on=TODAY + dt.timedelta(days=15),
            )
        )
    page = house.client.get("/c/safer-streets").text
    assert '<li aria-current="step">What we heard</li>' in page
    assert "We said what we heard." in page
    made(house, replied_on=TODAY + dt.timedelta(days=18))
    assert '<li aria-current="step">What we did</li>' in house.client.get("/c/safer-streets").text


def test_lateness_is_public_and_first(house: House) -> None:
    made(
        house, opens_on=dt.date(2016, 12, 1), closes_on=dt.date(2017, 2, 23), outcome_on=dt.date(2017, 3, 31)
    )
    house.clock.moment = dt.datetime(2017, 3, 31, 12, tzinfo=dt.UTC)
    page = told(house.client.get("/c/safer-streets").text)
    assert "12 weeks: 1 December 2016 to 23 February 2017" in page
    assert "late by" not in page
    house.clock.moment = dt.datetime(2017, 4, 1, 12, tzinfo=dt.UTC)
    page = told(house.client.get("/c/safer-streets").text)
    assert page.index("Our reply is late by 1 day.") < page.index("We ask how safe you feel.")
    assert "Our reply is late by 1 day." in told(house.client.get("/c").text)
    browser = house.as_(WHO)
    assert "reply late by 1 day" in told(browser.get("/staff").text)


def test_young_people_adults_and_organisations_are_counted_apart(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly", borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    assert "Who has answered Young people: 1" in told(house.client.get("/c/safer-streets").text)
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().collections[0].audience = Audience.ADULTS
    assert "Who has answered Adults: 1" in told(house.client.get("/c/safer-streets").text)


def test_an_open_link_can_be_answered_from_the_first_page(house: House) -> None:
    with transaction(house.engine) as session:
        found = session.exec(select(Consultation)).one()
        found.collections[0].kind = Kind.OPEN_LINK
    assert f'href="/s/{CODE}"' in house.client.get("/").text
    assert f'href="/s/{CODE}"' in house.client.get("/c/safer-streets").text
    with transaction(house.engine) as session:
        session.exec(select(Setting)).one().retired_on = TODAY
    assert f'href="/s/{CODE}"' not in house.client.get("/c/safer-streets").text


def test_the_first_page_has_four_parts_and_what_closes_within_a_week_first_and_once(house: House) -> None:
    made(house, closes_on=TODAY + dt.timedelta(days=6))
    page = house.client.get("/").text
    assert "<h2>Closing soon</h2>" in page
    assert "<h2>Open now</h2>" not in page
    assert "Nothing is open just now." not in page
    with transaction(house.engine) as session:
        first = session.exec(select(Consultation)).one()
        later = Consultation(**first.model_dump(exclude={"id", "slug"}), slug="later")
        later.closes_on = TODAY + dt.timedelta(days=7)
        session.add(later)
    page = house.client.get("/").text
    parts = ("Closing soon", "Open now", "What changed because of you", "Staying safe")
    places = [page.index(f"<h2>{one}</h2>") for one in parts]
    assert places == sorted(places)
    soon, now = (page[first:end] for first, end in pairwise(places[:3]))
    assert 'href="/c/safer-streets"' in soon
    assert 'href="/c/later"' in now
    assert page.count('href="/c/safer-streets"') == page.count('href="/c/later"') == 1
    assert re.search(r"It takes about \d+ minute", soon)
    assert 'href="/staying-safe"' in page[places[3] :].partition("</main>")[0]
    house.clock.forward(days=-1)
    assert "<h2>Closing soon</h2>" not in house.client.get("/").text
    switch_on(house, "ar")
    assert '<html lang="ar" dir="rtl">' in house.client.get("/?lang=ar").text


def test_sessions_stages_and_links_stand_on_the_page(house: House) -> None:
    with transaction(house.engine) as session:
        of = session.exec(select(Consultation)).one().id or 0
        day = dt.timedelta(days=1)
        session.add_all(
            [
                Milestone(consultation_id=of, title="Workshops", about="", on=TODAY - 5 * day, until=TODAY),
                Meeting(
                    consultation_id=of, title="Talk at the library", held_on=TODAY + day, where="Hill Library"
                ),
                Meeting(
                    consultation_id=of,
                    title="Talk at the club",
                    held_on=TODAY - day,
                    where="Hill Club",
                    people=14,
                ),
            ]
        )
    page = told(house.client.get("/c/safer-streets").text)
    assert (
        page.index("Sessions to come")
        < page.index("Talk at the library")
        < page.index("Sessions that were held")
    )
    assert "How many came: 14" in page
    assert "Workshops" in page


def test_a_link_that_cannot_stand_there_is_refused_with_everything_that_is_wrong(house: House) -> None:
    browser = house.as_(WHO)
    at = "/staff/consultations/safer-streets/beside-it"
    wrong = {"act": "link", "title": "", "address": "javascript:alert(1)", "summary": ""}
    refused = browser.post(at, data=wrong)
    assert refused.status_code == 422
    for words in ("Give it a title.", "Say in plain words what it says", "Give its whole address"):
        assert words in told(refused.text)
    right = {
        "act": "link",
        "title": "The draft",
        "address": "https://www.example.org/a.pdf",
        "summary": "Ten pages.",
    }
    assert browser.post(at, data=right).status_code == 303
    assert "The draft" in browser.get("/c/safer-streets").text
    with Session(house.engine) as session:
        which = session.exec(select(Link)).one().id
    browser.post(at, data={"act": "take out link", "which": str(which)})
    assert "The draft" not in browser.get("/c/safer-streets").text
    stage = {"act": "stage", "title": "Workshops", "on": "2026-12-05", "until": "2026-12-01"}
    assert "It would end on 1 December 2026" in told(browser.post(at, data=stage).text)
    assert browser.post(at, data=stage | {"until": ""}).status_code == 303


def test_who_needs_another_form_is_told_to_staff_and_forgotten_when_it_is_done(house: House) -> None:
    at = "/c/safer-streets/formats"
    refused = house.client.post(at, data={"wanted": "", "contact": "x" * 200})
    assert refused.status_code == 422
    assert "Say in which form you want it." in told(refused.text)
    assert "You wrote 200 characters. There is room for 120." in told(refused.text)
    right = {"wanted": "Braille", "contact": "carer@example.org"}
    assert [house.client.post(at, data=right).status_code for _ in range(2)] == [303, 303]
    with Session(house.engine) as session:
        one = session.exec(select(FormatRequest)).one()  # sent twice, kept once
    browser = house.as_(WHO)
    at = "/staff/consultations/safer-streets/formats"
    assert "carer@example.org" in browser.get(at).text
    browser.post(at, data={"request": str(one.id)})
    assert "carer@example.org" not in browser.get(at).text
    with Session(house.engine) as session:
        assert session.exec(select(FormatRequest)).one().contact == ""


@pytest.mark.parametrize("language", ["ar", "bn", "en-x-easy"])
def test_the_pages_speak_every_language(house: House, language: str) -> None:
    switch_on(house, language)
    for address in ("/", "/c", "/c/safer-streets", "/c/safer-streets/formats"):
        page = house.client.get(f"{address}?lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text


def test_what_was_asked_about_a_topic_is_found_by_it(house: House) -> None:
    made(house, topics=["police"])
    assert "Safer streets" in house.client.get("/c?topic=police").text
    assert "We have not asked anything about this yet." in house.client.get("/c?topic=online").text
    assert "Safer streets" in house.client.get("/c?topic=nonsense").text
