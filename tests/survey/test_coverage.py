"""The coverage board tells staff what each group has and needs, and where to go next."""

import datetime as dt
import math
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col, select

from analysis.planning import half_width
from questions import AGE_BANDS
from survey import counts
from survey.coverage.board import Board, board, headline
from survey.coverage.needs import More, from_the_same, more_responses, stands_alone, state_of
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
    return board_of(wave, collection)


@pytest.fixture(scope="module")
def wide(wave: Session) -> Board:
    """The same with a wider target, that some boroughs reach, some can, and some cannot in time."""
    collection = wave.exec(select(Collection)).one()
    collection.points, points = 18, collection.points
    made = board_of(wave, collection)
    collection.points = points
    wave.flush()
    return made


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
        if need.half is not None and need.sent > 60 and need.state in ("needs", "schools"):
            assert need.half > 0.05
            if need.others:  # as many from others as today's design effect asks for
                assert 0.035 < need.half * (need.sent / (need.sent + need.more)) ** 0.5 < 0.056, need.name
            else:  # from the same schools more, as these then have more people each
                assert need.half * (need.sent / (need.sent + need.more)) ** 0.5 < 0.056, need.name
    assert all(
        need.half is None or need.half <= 0.1 for need in found.each.values() if need.state == "reached"
    )


def test_what_can_never_stand_alone_is_named_with_the_wider_groups_that_can(found: Board) -> None:
    never = {place for place, need in found.each.items() if need.state == "never"}
    assert {borough for borough, _band in never} == {"E09000001"}
    assert found.boroughs["E09000001"].state == "never"
    assert "Central London, 14-15" in {need.name for need in found.wider}
    assert all(need.state != "never" and need.live_there > 500 for need in found.wider)


def test_the_nearest_settings_are_those_that_send_most_from_there(wide: Board, wave: Session) -> None:
    first = wide.in_time[-1]
    code = next(code for code, need in wide.boroughs.items() if need is first)
    week = col(Response.submitted_on) > TODAY - dt.timedelta(days=7)
    sent = select(Response.setting_id, func.count()).where(week, col(Response.borough) == code)
    ranked = wave.execute(sent.group_by(col(Response.setting_id)).order_by(func.count().desc())).all()
    here = wave.exec(select(Collection)).one().settings
    names = {setting.id: setting.name for setting in here}
    assert first.nearest[0].name in {names[setting] for setting, _n in ranked[:2]}
    assert sum(one.a_week for one in first.nearest) == pytest.approx(sum(n for _s, n in ranked[:3]), rel=0.5)
    assert sum(one.a_week for one in first.nearest) < first.a_week
    assert first.a_week == pytest.approx(sum(n for _s, n in ranked), rel=0.5)
    assert first.weeks == -(-first.more // first.a_week)


def test_what_can_be_reached_by_the_last_day_comes_first_and_the_rest_is_said_to_be_too_late(
    wide: Board,
) -> None:
    assert wide.in_time
    assert wide.reached + len(wide.in_time) + len(wide.too_late) + len(wide.never) == len(wide.boroughs) == 33
    assert all(need.more <= need.a_week * 6 for need in wide.in_time)  # it closes in 42 days
    late = [need for need in wide.too_late if need.state == "needs"]
    assert late
    assert all(need.more > need.a_week * 6 for need in late)
    for some in (wide.in_time, late):
        weeks = [need.weeks or math.inf for need in some]
        assert weeks == sorted(weeks)
    assert [need.state for need in wide.too_late if need not in late] == ["schools"] * (
        len(wide.too_late) - len(late)
    )


def test_it_is_in_time_by_the_days_that_are_left(wave: Session) -> None:
    collection = wave.exec(select(Collection)).one()
    closes, points = collection.consultation.closes_on, collection.points
    collection.points = 18
    in_time = []
    for days in (0, 1, 42):
        collection.closes_on = TODAY + dt.timedelta(days=days)
        in_time.append({need.name for need in board_of(wave, collection).in_time})
    collection.closes_on, collection.points = None, points
    wave.flush()
    assert closes == TODAY + dt.timedelta(days=42)
    assert not in_time[0]
    assert in_time[1] < in_time[2]


def board_of(session: Session, collection: Collection) -> Board:
    measure = headline(collection)
    assert measure is not None
    return board(session, collection, LONDON, measure, kept.other(session, collection, DAYS), TODAY)


def test_a_group_of_nobody_is_planned_for_a_half() -> None:
    assert more_responses({"n": 0}, 0, 0.05, 1.0) == More(402)
    assert more_responses({"n": 0}, 0, 0.05, 1.8) == More(723)
    asked = more_responses({"n": 20}, 25, 0.05, 1.0).responses
    assert asked == pytest.approx((402 - 20) * 25 / 20, abs=1)


def a_row(n: int, n_eff: float) -> dict[str, Any]:
    """A row of a table, half of whom say yes."""
    half = half_width(0.5, n, n / n_eff)
    bounds = {"ci_low": 0.5 - half, "ci_high": 0.5 + half}
    return {
        "estimate": 0.5,
        "n": n,
        "kish": float(n),
        "n_eff": n_eff,
        "df": 20,
        "deff_source": "own",
    } | bounds


def test_more_people_of_the_same_schools_never_pass_what_they_can_count_as() -> None:
    for schools, of_each, icc in ((2, 166, 0.1), (10, 12, 0.05), (40, 5, 0.2)):
        n = schools * of_each
        row = a_row(n, n / (1 + (of_each - 1) * icc))
        same, limit = from_the_same(row, 100, schools)
        assert limit == pytest.approx(schools / icc)
        many = 1e9 / (1 + (1e9 / schools - 1) * icc)
        assert many == pytest.approx(limit, rel=1e-4)
        wanted = (n + 100) * row["n_eff"] / n
        if wanted < limit:  # so many of the same are worth what 100 of others are
            from_these = n + same
            assert from_these / (1 + (from_these / schools - 1) * icc) == pytest.approx(wanted)
            assert same > 100
        else:
            assert same == math.inf


def test_two_schools_whose_pupils_are_alike_need_others_and_are_told_how_many() -> None:
    two = more_responses(a_row(333, 18), 333, 0.05, 1.8, schools=2)
    assert two.others is not None
    assert (two.others.now, two.others.limit, two.others.each) == (2, 19, 166)
    assert 400 < two.others.needed < 440
    few = more_responses(a_row(333, 18) | {"df": 2}, 333, 0.05, 1.8, schools=2)  # others bring theirs
    assert few.responses == pytest.approx(two.responses, rel=0.1)
    assert two.others.wanted == math.ceil(two.responses / two.others.each)
    many = more_responses(a_row(333, 250), 333, 0.05, 1.8, schools=40)
    assert many.others is None
    assert 0 < more_responses(a_row(333, 250), 333, 0.05, 1.8).responses < many.responses
    assert state_of(333, two, alone=True) == "schools"
    assert state_of(333, many, alone=True) == "needs"


def test_schools_of_uneven_size_count_as_fewer(found: Board, wave: Session) -> None:
    """The board's own count, against what each school sent, one by one."""
    need = next(need for need in found.boroughs.values() if need.state == "schools")
    code = next(code for code, one in found.boroughs.items() if one is need)
    lives = (col(Response.borough) == code, col(Response.age_band).in_(AGE_BANDS))
    asked = select(func.count()).select_from(Response).where(*lives).group_by(col(Response.setting_id))
    sizes = wave.exec(asked).all()
    assert need.others is not None
    assert need.others.now == round(sum(sizes) ** 2 / sum(size**2 for size in sizes))
    assert need.others.each == round(sum(size**2 for size in sizes) / sum(sizes))
    assert need.n_eff is None or need.n_eff <= need.others.limit


def test_whether_a_group_can_stand_alone_goes_by_the_place_and_the_target_only() -> None:
    assert [stands_alone(people, 0.05) for people in (2836, 2891, 2892)] == [False, False, True]
    assert [state_of(0, More(250), alone) for alone in (True, False)] == ["needs", "never"]
    assert state_of(300, More(0), alone=False) == "reached"


def test_enough_people_of_one_school_need_another_school() -> None:
    assert [state_of(300, More(more), True, of_one=True) for more in (0, 250)] == ["one school"] * 2
    assert state_of(20, More(250), True, of_one=True) == "needs"
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
            found = board_of(session, collection)
            needs.append((found.boroughs[borough], found.boroughs[borough] in found.too_late))
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


def test_before_anything_came_in_it_names_the_settings_that_have_not_started(london: House) -> None:
    with transaction(london.engine) as session:
        for response in session.exec(select(Response)):
            session.delete(response)
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        number = wave.id
        used = [one for one in wave.settings if one.borough in ("E09000022", "E09000028")]
        for one in wave.settings:
            one.retired_on = None if one in used else TODAY
            one.expected = 20
        names = [one.name for one in used]
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert f"Nothing has come in yet. None of its {len(names)} settings has started." in page
    assert all(name in page for name in names)
    assert f'href="/staff/collections/{number}?show=not-started"' in page
    assert "Each of its 2 boroughs needs about 723 responses." in page
    assert f"{20 * len(names)} are expected in all. That is too few" in page
    assert rows_of(page) == ["Lambeth", "Southwark"]
    assert "In time" not in page
    assert "No setting has sent a response" not in page


def rows_of(page: str) -> list[str]:
    """The boroughs of the first table."""
    return re.findall(r'<th scope="row">([^<]+)</th>', page.split("<table")[1])


def test_a_collection_is_in_the_boroughs_of_its_settings_and_of_those_somebody_came_through(
    london: House,
) -> None:
    staff = london.as_("Femi, fieldworker")
    assert len(rows_of(staff.get(PAGE).text)) == 33
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        here, gone = (
            next(one for one in wave.settings if one.borough == code) for code in ("E09000022", "E09000028")
        )
        for one in wave.settings:
            one.retired_on = None if one is here else TODAY
        for response in session.exec(select(Response).where(col(Response.collection_id) == wave.id)):
            response.setting_id = gone.id
    assert rows_of(staff.get(PAGE).text) == ["Lambeth", "Southwark"]
    with transaction(london.engine) as session:
        for response in session.exec(select(Response)):
            session.delete(response)
    assert rows_of(staff.get(PAGE).text) == ["Lambeth"]
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        next(one for one in wave.settings if one.retired_on is None).borough = None
    assert len(rows_of(staff.get(PAGE).text)) == 33
    with transaction(london.engine) as session:
        session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == SLUG)
        ).one().borough = "E09000001"
    page = staff.get(PAGE).text
    assert rows_of(page) == ["City of London"]
    assert "City of London can never stand alone." in page


def test_the_board_counts_only_what_can_be_reached_by_its_last_day(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    page = staff.get(PAGE).text
    assert "No borough has enough yet. 32 could, but not by 1 January 2027 at the pace" in page
    assert "1 can never stand alone." in page
    assert "can be reached" not in page
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        wave.points = 25
    page = staff.get(PAGE).text
    (in_time,) = re.findall(
        r"(\d+) can be reached by 1 January 2027 at the pace of the last seven days", page
    )
    (late,) = re.findall(r"; (\d+) cannot\.", page)
    assert 0 < int(in_time) < 32
    assert (
        int(in_time) + int(late) + page.count("enough ✓</td>") + page.count("cannot stand alone ×</td>") == 33
    )
    before, after = page.split("Not by 1 January 2027 at this pace")
    assert "In time, by 1 January 2027" in before
    assert before.count("<li><strong>") == int(in_time)
    assert after.count("<li><strong>") == int(late)


def test_the_board_says_what_people_of_the_same_few_schools_count_as(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    assert "Where another school or club is needed" not in staff.get(PAGE).text
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        schools = [one for one in wave.settings if one.borough == "E09000022"]
        schools += [one for one in wave.settings if one.borough == "E09000028"]
        assert len(schools) == 4
        for at, response in enumerate(
            session.exec(select(Response).where(Response.collection_id == wave.id))
        ):
            of, worried = at % 4, (at // 4) % 10 < (2, 6, 4, 8)[at % 4]
            response.borough, response.setting_id = "E09000022", schools[of].id
            response.answers = response.answers | {"worry_knife_crime": "very" if worried else "not_at_all"}
    page = staff.get(PAGE).text
    said = page.split("Where another school or club is needed")[1]
    assert re.search(
        r"<strong>Lambeth</strong>: its 240 responses, mostly from about 4 schools or clubs, count as 12\. "
        r"However many more come from these, they count as no more than 13; 4\d\d are needed\.",
        said,
    )
    assert re.search(r"About 1\d\d other schools or clubs with 60 people each would do\.", said)
    assert re.search(r"\d+ schools more</td>", said)


def test_the_board_says_why_cells_of_as_many_differ(london: House) -> None:
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "the effective n, not the number of responses: people of one school are alike" in page


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
