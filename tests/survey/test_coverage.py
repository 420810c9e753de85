"""The coverage board tells staff what each group has and needs, and where to go next."""

import datetime as dt
import random
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, func
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col, select

from questions import AGE_BANDS
from survey import counts
from survey.coverage.board import Board, board, headline
from survey.coverage.needs import more_responses, state_of
from survey.db import transaction
from survey.demo.london import SLUG, fill_london
from survey.instruments import publish
from survey.measuring import kept
from survey.measuring.documents import DAYS
from survey.measuring.keeper import keep_some
from survey.models import AuditEntry, Collection, Consultation, Design, Response
from survey.places import load
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, TINY, Clock, House, furnish, opened
from tests.survey.test_phone import send

LONDON, TODAY = load("london"), MIDDAY.date()
PAGE = f"/staff/consultations/{SLUG}/coverage"


@pytest.fixture(scope="module")
def wave() -> Iterator[Session]:
    """The made-up wave, in memory: what is asked of it is asked of both databases elsewhere."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        fill_london(session, LONDON, TODAY, people=3000)
        yield session


@pytest.fixture(scope="module")
def found(wave: Session) -> Board:
    collection = wave.exec(select(Collection)).one()
    measure = headline(collection)
    assert measure is not None
    return board(wave, collection, LONDON, measure, kept.other(wave, collection, DAYS), TODAY)


def test_every_response_stands_once_on_the_board_or_is_said_to_stand_nowhere(
    found: Board, wave: Session
) -> None:
    assert found.sent == counts.submitted_to(wave, wave.exec(select(Consultation.id)).one()) == 3000
    by_borough = sum(need.sent for need in found.boroughs.values())
    assert by_borough == sum(need.sent for need in found.each.values()) == found.sent - found.outside
    ages = col(Response.age_band).in_(AGE_BANDS)
    here = select(func.count()).select_from(Response).where(col(Response.borough) == "E09000022", ages)
    assert found.boroughs["E09000022"].sent == wave.exec(here).one()
    assert len(found.each) == len(LONDON.boroughs) * len(AGE_BANDS)


def test_what_is_needed_is_as_much_as_makes_the_interval_narrow_enough(found: Board) -> None:
    for need in found.boroughs.values():
        if need.half is not None and need.state == "needs" and need.sent > 60:
            assert need.half > 0.05
            assert 0.035 < need.half * (need.sent / (need.sent + need.more)) ** 0.5 < 0.056, need.name
    assert all(
        need.half is None or need.half <= 0.1 for need in found.each.values() if need.state == "reached"
    )


def test_what_can_never_stand_alone_is_named_with_the_wider_groups_that_can(found: Board) -> None:
    never = {place for place, need in found.each.items() if need.state == "never"}
    assert {borough for borough, _band in never} == {"E09000001"}
    assert found.boroughs["E09000001"].state == "never"
    assert "Central London, 14-15" in {need.name for need in found.wider}
    assert all(need.state != "never" and need.live_there > 500 for need in found.wider)


def test_the_nearest_settings_are_those_that_send_most_from_there(found: Board, wave: Session) -> None:
    first = found.first[0]
    code = next(code for code, need in found.boroughs.items() if need is first)
    week = col(Response.submitted_on) > TODAY - dt.timedelta(days=7)
    sent = select(Response.setting_id, func.count()).where(week, col(Response.borough) == code)
    ranked = wave.execute(sent.group_by(col(Response.setting_id)).order_by(func.count().desc())).all()
    here = wave.exec(select(Collection)).one().settings
    names = {setting.id: setting.name for setting in here}
    assert first.nearest[0].name in {names[setting] for setting, _n in ranked[:2]}
    assert sum(one.a_week for one in first.nearest) == pytest.approx(sum(n for _s, n in ranked[:3]), rel=0.5)
    assert first.weeks == -(-first.more // sum(one.a_week for one in first.nearest))


def test_a_group_of_nobody_is_planned_for_a_half() -> None:
    assert more_responses({"n": 0}, 0, 0.05, 1.0) == 402
    assert more_responses({"n": 0}, 0, 0.05, 1.8) == 723
    assert more_responses({"n": 20}, 25, 0.05, 1.0) == pytest.approx((402 - 20) * 25 / 20, abs=1)


def test_it_takes_no_more_than_a_quarter_of_all_who_live_there() -> None:
    assert [state_of(0, 250, 1000), state_of(0, 251, 1000), state_of(300, 0, 1000)] == [
        "needs",
        "never",
        "reached",
    ]


def test_enough_people_of_one_school_need_another_school() -> None:
    assert [state_of(300, 0, 1000, of_one=True), state_of(0, 250, 1000, of_one=True)] == [
        "one school",
        "needs",
    ]
    engine = create_engine("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        fill_london(session, LONDON, TODAY, people=3000)
        collection = session.exec(select(Collection)).one()
        collection.points = 40
        one, other, *_rest = collection.settings
        borough, needs = "E09000022", []
        for at in (0, 1):
            there = session.exec(select(Response).where(col(Response.borough) == borough)).all()
            for number, response in enumerate(there):
                response.setting_id = other.id if at and number % 2 else one.id
            session.flush()
            measure = headline(collection)
            assert measure is not None
            found = board(session, collection, LONDON, measure, kept.other(session, collection, DAYS), TODAY)
            needs.append((found.boroughs[borough], found.boroughs[borough] in found.first))
    (alone, goes), (together, stays) = needs
    assert (alone.state, alone.half, goes) == ("one school", None, True)
    assert (together.state, together.half is None, stays) == ("reached", False, False)


# The page


@pytest.fixture
def london(engine: Engine, database_url: str, clock: Clock, again: Again) -> Iterator[House]:
    """An installation with the made-up wave beside the tiny one."""
    again.fill(engine, beside_the_tiny_one)
    with opened(engine, database_url, clock) as house:
        yield house


def beside_the_tiny_one(engine: Engine) -> None:
    furnish(engine)
    with transaction(engine) as session:
        fill_london(session, LONDON, TODAY, people=240)


def test_where_to_go_next_is_not_asked_once_it_has_closed(london: House) -> None:
    london.clock.forward(days=60)
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "Where to go next" not in page
    assert "so nothing more comes in." in page
    assert "how many more each would have needed" in page
    assert "Responses so far" not in page
    assert "more response" not in page


def test_the_board_says_where_to_go_next(london: House) -> None:
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "Where to go next" in page
    assert "A target never screens anybody out" in page
    assert "can never stand alone" in page
    (first, *_rest) = re.findall(r"<dt>Sent</dt><dd>([\d,]+)</dd>", page)
    assert first == "240"


def test_the_board_says_where_another_school_is_needed(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    said = "another school or club. Nearly everybody came through one"
    assert said not in staff.get(PAGE).text
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(col(Consultation.slug) == SLUG)).one()
        wave.points = wave.points_each = 20
        for one in session.exec(select(Response).where(col(Response.collection_id) == wave.id)).all():
            one.borough, one.setting_id = "E09000022", wave.settings[0].id
    page = staff.get(PAGE).text
    assert f"<strong>Lambeth</strong>: {said}" in page
    assert ">another school</td>" in page
    assert "+1 school</span></td>" in page


def test_the_page_is_the_same_before_and_after_what_is_new_is_kept(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    before = staff.get(PAGE).text
    with transaction(london.engine) as session:
        new = select(func.count()).select_from(Response).where(col(Response.counted).is_(False))
        assert session.exec(new).one() >= 240, "a page leaves what is new to others"
    assert keep_some(london.engine, TODAY) >= 240
    assert staff.get(PAGE).text == before


def test_the_strip_alone_comes_to_htmx_and_is_right_to_the_moment(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    key = london.begin()
    assert (
        "<dd>0</dd>"
        in staff.get("/staff/consultations/safer-streets/coverage", headers={"hx-request": "true"}).text
    )
    london.answer(key, worry="very")
    london.answer(key, borough="E09000022")
    london.client.post(f"/r/{key}/check-answers")
    strip = staff.get("/staff/consultations/safer-streets/coverage", headers={"hx-request": "true"}).text
    assert "<h1>" not in strip
    assert re.findall(r"<dd>(\d+)</dd>", strip) == ["1", "1", "0"]


TINY_PAGE = "/staff/consultations/safer-streets/coverage"


def test_it_says_at_which_question_people_stopped_and_of_how_many(london: House) -> None:
    for answers in ({"worry": "fairly", "helps": "clubs"}, {"worry": "fairly"}, {"worry": "fairly"}, {}):
        london.answer(london.begin(), **answers)
    assert "Nobody who began before today has stopped." in london.as_("Ada, analyst").get(TINY_PAGE).text
    london.clock.forward(days=1)
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert re.findall(r"<span>(\d+ of \d+ stopped at .+?)</span>", page) == [
        "2 of 3 stopped at “What would help?”",
        "1 of 4 stopped at “How worried are you about knife crime?”",
        "1 of 1 stopped at “How many years have you lived here?”",
    ]


def test_it_says_what_became_of_each_question_where_enough_people_were_shown_it(london: House) -> None:
    for at in range(10):
        key = london.begin()
        london.answer(key, worry="fairly" if at else "dont_know", helps=[], years="")
        if at < 9:
            london.answer(key, borough="E09000022")
        london.client.post(f"/r/{key}/check-answers")
    key = london.begin()
    london.answer(key, worry="prefer_not_to_say", helps="clubs", years="3", borough="E09000022")
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert cells(page, "What would help?") == ["9", "–", "–", "–", "–"]
    london.client.post(f"/r/{key}/check-answers")
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert cells(page, "How worried are you about knife crime?") == ["10", "8", "0", "1", "1"]
    assert cells(page, "What would help?") == ["10", "1", "9", "0", "0"]
    assert "Skipped most: “What would help?”, by 9 of 10." in page
    assert "What makes you worry?" not in page  # nobody was shown it


def cells(page: str, question: str) -> list[str]:
    """The figures of a question's row."""
    (row,) = re.findall(rf'<th scope="row">{re.escape(question)}</th>(.*?)</tr>', page)
    return re.findall(r">([\d,–]+)<", row)


def test_it_says_how_long_a_page_takes_where_enough_phones_told(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    assert "No phone has told us yet how long a page took." in staff.get(TINY_PAGE).text
    for span in (1, 1, 1, 2, 2, 2, 2, 3, 4):
        send(london, london.begin(), "worry", 1, **{"page-span": str(span)}, worry="very")
    assert cells(staff.get(TINY_PAGE).text, "How worried are you about knife crime?") == ["9", *["–"] * 7]
    send(london, london.begin(), "worry", 1, **{"page-span": "6"}, worry="very")
    page = staff.get(TINY_PAGE).text
    assert cells(page, "How worried are you about knife crime?") == [
        *("10", "0", "30", "40", "10", "10", "0", "10"),
    ]
    assert "Longest: “How worried are you about knife crime?”. The middle person took 15–30 s." in page


def test_a_page_that_only_an_earlier_version_had_keeps_its_words(london: House) -> None:
    london.answer(london.begin(), worry="fairly")
    london.clock.forward(days=1)
    other = TINY.replace('key = "helps"', 'key = "helps_most"').replace(
        "What would help?", "What helps most?"
    )
    with transaction(london.engine) as session:
        collection = session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == "safer-streets")
        ).one()
        collection.instrument_id = publish(session, other, TODAY).id or 0
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert "1 of 1 stopped at “What would help?”" in page


def test_where_nobody_has_answered_everything_is_still_needed(london: House) -> None:
    with transaction(london.engine) as session:
        for response in session.exec(select(Response)):
            session.delete(response)
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "No borough has enough yet." in page
    assert "<dt>Sent</dt><dd>0</dd>" in page
    assert "No setting has sent a response from there in the last seven days." in page


def test_a_design_that_claims_no_place_has_no_board(london: House) -> None:
    with transaction(london.engine) as session:
        session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == SLUG)
        ).one().design = Design.OPEN
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "has no coverage to reach" in page
    assert "Where to go next" not in page


def test_targets_are_kept_and_audited_or_refused_with_what_to_write(london: House) -> None:
    with transaction(london.engine) as session:
        found = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one().id
    address = f"/staff/collections/{found}/targets"
    staff = london.as_("Femi, fieldworker")
    assert staff.post(address, data={"points": "4", "points_each": "8"}).status_code == 303
    for wrong in ({"points": "1", "points_each": "8"}, {"points": "five", "points_each": "8"}, {}):
        refused = staff.post(address, data=wrong)
        assert refused.status_code == 422
        assert "two whole numbers from 2 to 25" in refused.text
    with transaction(london.engine) as session:
        kept_ = session.get_one(Collection, found)
        assert (kept_.points, kept_.points_each) == (4, 8)
        said = session.exec(select(AuditEntry.why).where(AuditEntry.did == "changed")).all()
        assert "targets: 4 points for a borough, 8 for an age band in one" in said


def test_the_strip_counts_what_the_database_counts_after_any_deletion(london: House) -> None:
    chance = random.Random(1)
    with transaction(london.engine) as session:
        collection = session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == SLUG)
        ).one()
        kept.keep(session, collection.id)
        sent = session.exec(select(Response).where(Response.collection_id == collection.id)).all()
        for gone in chance.sample(list(sent), 17):
            kept.take_out(session, gone)
            session.delete(gone)
    page = london.as_("Femi, fieldworker").get(PAGE, headers={"hx-request": "true"}).text
    assert re.findall(r"<dt>Sent</dt><dd>(\d+)</dd>", page) == ["223"]
