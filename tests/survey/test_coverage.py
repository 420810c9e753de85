"""The coverage board tells staff what each group has and needs, and where to go next."""

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, func
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col, select

from analysis.planning import half_width
from questions import AGE_BANDS
from survey import counts
from survey.coverage.board import Board, board, headline
from survey.coverage.needs import More, from_the_same, more_responses, stands_alone, state_of
from survey.demo.london import fill_london
from survey.measuring import kept
from survey.measuring.documents import DAYS
from survey.models import Collection, Consultation, Response
from survey.places import load
from tests.survey.conftest import MIDDAY

LONDON, TODAY = load("london"), MIDDAY.date()


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


def test_in_place_of_a_borough_that_never_stands_alone_its_part_of_the_city_is_offered_as_a_whole(
    found: Board,
) -> None:
    (central,) = found.regions
    assert central.name == "Central London"
    of = {one.code for one in LONDON.boroughs if one.sub_region == "Central"}
    assert central.sent == sum(found.boroughs[code].sent for code in of)
    assert central.live_there == sum(found.boroughs[code].live_there for code in of)
    assert central.half is not None
    assert central.half < min(found.boroughs[code].half or 1 for code in of)
    assert central.state in ("needs", "schools")  # for the points of a borough


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


def test_a_group_whose_interval_is_a_little_too_wide_never_has_enough() -> None:
    row = a_row(130, 106.0) | {"df": 0, "ci_low": 0.40, "ci_high": 0.602, "estimate": 0.45}
    assert more_responses(row | {"ci_high": 0.60}, 130, 0.1, 1.5).responses == 0
    assert more_responses(row, 130, 0.1, 1.5).responses == 3  # 130 (0.101 / 0.1)^2 - 130


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
