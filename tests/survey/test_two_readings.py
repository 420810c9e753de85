"""An attack on both readings: every number that any ticks, question and split can show, subtracted from all others."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, select

from analysis.disclosure import Rule
from survey.db import transaction
from survey.measuring import asking, figures
from survey.measuring.figures import Asked
from survey.measuring.soft_flags import NONE, Flag, Flags
from survey.models import Collection, Response
from survey.results.cut import PATTERNS, TICKS, Marked, cut
from survey.results.second import Row, second_reading
from tests.survey.test_results import asked
from tests.survey.test_soft_flags import WORRY, Crowd, opened, store

SLUG = "safer-streets"
GENDERS = ("female", "male", "another", None)
Cell = tuple[str | None, Flags, str]  # gender, flags, code
RULE = Rule()


@pytest.fixture
def base() -> Iterator[Engine]:
    """A database in memory: what is hidden is decided above any."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@dataclass(frozen=True)
class Seen:
    """All that can be read of a question: sums of cells, with how many readings and rows they came from."""

    sums: list[list[bool]]
    readings: int
    split_rows: int


# Who is flagged: of so many people the shares with speed, straight lines and bursts; together more often than by chance
CROWDS = {
    "a few of each": (420, 0.06, 0.05, 0.04),
    "many of one, few of the others": (500, 0.4, 0.02, 0.02),
    "many of all": (800, 0.35, 0.3, 0.25),
    "nearly everybody": (400, 0.9, 0.05, 0.9),
    "two that are nearly the same": (500, 0.3, 0.0, 0.3),
}


LARGE = ("many of all", "two that are nearly the same")  # these take seconds each


@pytest.mark.parametrize(
    "crowd", [pytest.param(one, marks=[pytest.mark.long] * (one in LARGE)) for one in CROWDS]
)
def test_no_few_people_can_be_worked_out_from_all_readings(base: Engine, crowd: str) -> None:
    people, *shares = CROWDS[crowd]
    drawn = random.Random(f"{crowd} 2")
    store(base, rows := _responses(Crowd(opened(base, 5), 2), drawn, int(people)))
    found = cut(_flags(drawn, [row["key"] for row in rows], shares), len(rows), RULE.minimum_base)
    truth = _truth(rows, found)
    cells = list(product(GENDERS, PATTERNS, WORRY))

    with transaction(base) as session:
        seen = _all_that_is_shown(session, found, cells)

    assert _worked_out(seen, cells, truth) == []


def test_the_attack_finds_what_a_careless_page_would_give_away(base: Engine) -> None:
    drawn = random.Random(1)
    store(base, rows := _responses(Crowd(opened(base, 5)), drawn, 300))
    found = cut(_flags(drawn, [row["key"] for row in rows], [0.02, 0.0, 0.0]), len(rows), RULE.minimum_base)
    assert found.why_not(frozenset({Flag.SPEED})) == "few"
    cells = list(product(GENDERS, PATTERNS, WORRY))
    everybody = [True] * len(cells)
    without = [Flag.SPEED not in flags for _, flags, _ in cells]
    assert _worked_out(Seen([everybody, without], 1, 0), cells, _truth(rows, found))


def test_large_groups_are_read_twice_in_the_whole_and_by_gender(base: Engine) -> None:
    drawn = random.Random(2)
    crowd = Crowd(opened(base, 5))
    rows = [crowd.send(crowd.person() | {"gender": GENDERS[at % 2]}, None, place=at) for at in range(900)]
    store(base, rows)
    found = cut(_flags(drawn, [row["key"] for row in rows], [0.3, 0.3, 0.0]), len(rows), RULE.minimum_base)
    with transaction(base) as session:
        seen = _all_that_is_shown(session, found, list(product(GENDERS, PATTERNS, WORRY)))
    assert seen.readings >= 2 * (len(WORRY) + 1)
    assert seen.split_rows >= 2 * seen.readings


def _responses(crowd: Crowd, drawn: random.Random, people: int) -> list[dict[str, Any]]:
    """People of whom a few are of another gender, some do not say, and some skip the question."""
    rows = []
    for at in range(people):
        answers = crowd.person()
        (answers["gender"],) = drawn.choices(GENDERS, (0.5, 0.4, 0.06, 0.04))
        if drawn.random() < 0.05:
            answers["worry"] = None
        rows.append(crowd.send(answers, None, place=at))
    return rows


def _flags(drawn: random.Random, keys: list[str], shares: list[float]) -> dict[str, Flags]:
    """Flags for some of them; whoever has one has the others a little oftener."""
    found: dict[str, Flags] = {}
    for key in keys:
        one = drawn.random()
        draws = [one if drawn.random() < 0.5 else drawn.random() for _ in shares]
        flags = frozenset(flag for flag, share, draw in zip(Flag, shares, draws, strict=True) if draw < share)
        if flags:
            found[key] = flags
    return found


def _truth(rows: list[dict[str, Any]], found: Marked) -> Counter[Cell]:
    return Counter(
        (row["gender"], found.flags.get(row["key"], NONE), row["answers"]["worry"])
        for row in rows
        if row["answers"].get("worry")
    )


def _all_that_is_shown(session: Session, found: Marked, cells: list[Cell]) -> Seen:
    sums: list[list[bool]] = []
    readings = split_rows = 0
    for question in _questions(session):
        first = figures.figures(session, question, [("gender",)])
        said = figures.everything_said(first)
        codes = set(question.measure.codes)
        sums += _read(first.whole.rows()[0], cells, NONE, codes, set(GENDERS))
        for row in first.splits["gender"].rows():
            sums += _read(row, cells, NONE, codes, {row["gender"]})
        for row in said:
            sums += _read(row, cells, NONE, {row["code"]}, set(GENDERS))
        for ticked in found.readable:
            if not found.taken_out(ticked):
                continue
            second = second_reading(session, first, said, found, ticked)
            told = _read(second.whole, cells, ticked, codes, set(GENDERS))
            readings += bool(told)
            sums += told
            for (gender,), row in second.splits["gender"].items():
                told = _read(row, cells, ticked, codes, {gender})
                split_rows += bool(told)
                sums += told
            for code, row in second.everything.items():
                sums += _read(row, cells, ticked, {code}, set(GENDERS))
    return Seen(sums, readings, split_rows)


def _questions(session: Session) -> list[Asked]:
    """The question, in every way that the menu offers."""
    question = asked(session, SLUG, "worry").measure.question
    assert session.exec(select(Collection)).one()
    assert session.exec(select(Response)).first()
    return [asked(session, SLUG, "worry", " ".join(codes)) for codes in asking.choices_of(question)]


def _read(row: Row, cells: list[Cell], ticked: Flags, codes: set[str], genders: set[Any]) -> list[list[bool]]:
    """Which cells are added up in a row: its base, and its base times its share; nothing where it is withheld."""
    if row["estimate"] is None:
        return []
    base = [gender in genders and not flags & ticked for gender, flags, _ in cells]
    return [base, [inside and code in codes for inside, (_, _, code) in zip(base, cells, strict=True)]]


def _worked_out(seen: Seen, cells: list[Cell], truth: Counter[Cell]) -> list[str]:
    """The groups of a few that follow from what is shown: of each gender and of all, by what they are flagged for."""
    equations = np.array(seen.sums, dtype=float)
    _, values, right = np.linalg.svd(equations)
    null = right[int((values > 1e-9).sum()) :]
    counts = np.array([truth[cell] for cell in cells], dtype=float)
    found = []
    for (name, wanted), genders in product(_groups(), [set(GENDERS), *({one} for one in GENDERS)]):
        group = np.array([gender in genders and flags in wanted for gender, flags, _ in cells], dtype=float)
        base = _follows(group, null, counts)
        for code in WORRY:
            among = group * np.array([one == code for _, _, one in cells])
            count = _follows(among, null, counts)
            if _tells(base, count):
                found.append(f"{name}, {genders}: {count} of {base} said {code}")
    return found


def _groups() -> Iterator[tuple[str, set[Flags]]]:
    """Whom one reading leaves out and another keeps, for any two, and who has exactly some flags."""
    for pattern in PATTERNS:
        yield f"exactly {sorted(pattern)}", {pattern}
    for one, other in product((NONE, *TICKS), repeat=2):
        out = {pattern for pattern in PATTERNS if pattern & one}
        also = {pattern for pattern in PATTERNS if pattern & other}
        yield f"{sorted(one)} and not {sorted(other)}", out - also
        yield f"{sorted(one)} and {sorted(other)}", out & also
        yield f"neither {sorted(one)} nor {sorted(other)}", set(PATTERNS) - out - also


def _follows(group: Any, null: Any, counts: Any) -> float | None:
    """How many a group are, where that follows from what is shown."""
    return float(group @ counts) if np.abs(null @ group).max(initial=0) < 1e-9 else None


def _tells(base: float | None, count: float | None) -> bool:
    """Whether these numbers tell of a few people. Nobody at all is no group."""
    if base is None:
        return count is not None and 0 < count < RULE.minimum_count
    if base == 0:
        return False
    return base < RULE.minimum_base or (count is not None and RULE.why_not(base, count) != "")
