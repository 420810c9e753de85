"""An attack on the results page: everything its menus can show of a question, subtracted from everything else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

from questions import Choice, Question, Text
from survey import demo
from survey.db import open_engine, transaction
from survey.measuring import asking, figures
from survey.measuring.answers import Measure, answers
from survey.measuring.door import gives_away
from tests.survey.conftest import MIDDAY
from tests.survey.test_results import asked

SMALL = 5


@pytest.fixture
def uster(empty_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """The real survey of Uster. On one database: what is hidden is decided above any."""
    path = tmp_path / "uster.db"
    path.write_bytes(empty_sqlite.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with transaction(engine) as session:
        demo.bring_uster(session, MIDDAY)
    yield engine
    engine.dispose()


@pytest.mark.long
def test_no_small_group_can_be_worked_out_from_all_that_the_menus_show(uster: Engine) -> None:
    found = []
    with transaction(uster) as session:
        questions = asking.measures(asked(session, demo.USTER_SLUG).question_set)
        for question in questions:
            if question.kind != "many":
                for by in ("age_band", "gender"):
                    found += worked_out(session, question, by)
    assert found == []


def worked_out(session: Any, question: Question, by: str) -> list[str]:
    """The groups of 1 to 4 people whose number follows from what is shown of one question and one split."""
    codes = [choice.code for choice in question.choices]
    truth = _truth(session, question, by)
    domains = sorted({domain for domain, _ in truth})
    cells = [(domain, code) for domain in domains for code in codes]
    equations = _shown(session, question, by, cells)
    if not equations:
        return []
    null = _null_space(np.array(equations, dtype=float))
    return [
        f"{question.key} by {by}: {domain} {code} is {truth[domain, code]}"
        for place, (domain, code) in enumerate(cells)
        if 0 < truth.get((domain, code), 0) < SMALL and np.abs(null[:, place]).max(initial=0) < 1e-9
    ]


def _truth(session: Any, question: Question, by: str) -> dict[tuple[str, str], int]:
    one = asked(session, demo.USTER_SLUG, question.key)
    found = answers(session, one.collection, one.measure).by([by, "code"])
    domains, codes = found.axis(by), found.axis("code")
    counts: dict[tuple[str, str], int] = {}
    for domain, code, people in zip(domains.codes, codes.codes, found.n, strict=True):
        if code >= 0:
            place = (str(domains.levels[domain]) if domain >= 0 else "", str(codes.levels[code]))
            counts[place] = counts.get(place, 0) + int(people)
    return counts


def _shown(session: Any, question: Question, by: str, cells: list[tuple[str, str]]) -> list[list[bool]]:
    """Which cells are added up in each number that can be read: shares times bases, and the bases themselves."""
    sums = []
    for codes in asking.choices_of(question):
        found = figures.figures(session, asked(session, demo.USTER_SLUG, question.key, " ".join(codes)))
        if found.whole.rows()[0]["estimate"] is not None:
            sums += [[code in codes for _, code in cells], [True for _ in cells]]
        for row in found.splits[by].rows():
            if row["estimate"] is not None:
                sums += [
                    [domain == row[by] and code in codes for domain, code in cells],
                    [domain == row[by] for domain, _ in cells],
                ]
    for row in figures.everything_said(
        figures.figures(session, asked(session, demo.USTER_SLUG, question.key), [])
    ):
        if row["estimate"] is not None:
            sums.append([code == row["code"] for _, code in cells])
    return sums


def _null_space(equations: Any) -> Any:
    _, values, right = np.linalg.svd(equations)
    return right[int((values > 1e-9).sum()) :]


@pytest.mark.parametrize(
    ("codes", "hidden", "away"),
    [
        ("ab", "ab", False),
        ("ab", "abc", True),  # c is what the others leave of everybody
        ("ab", "a", True),
        ("ab", "bc", True),
        ("ab", "cd", False),
        ("ab", "", False),
        ("a", "ab", True),
        ("a", "b", False),
    ],
)
def test_codes_taken_together_leave_no_withheld_one_alone(codes: str, hidden: str, away: bool) -> None:
    question = Question("q", "scale", Text("?"), choices=tuple(Choice(one, Text(one)) for one in "abcd"))
    measure = Measure(question, tuple(codes))
    assert gives_away(measure, set(hidden)) is away
