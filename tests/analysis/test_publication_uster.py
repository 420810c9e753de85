"""The real survey of Uster, all of it published at once: its one non-binary respondent is nowhere to be found."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import survey.demo
from analysis import Estimates, SurveyDesign
from analysis.disclosure import Publication, publish
from tests.analysis.attack import Attacker

GENDERS, ANSWERS = (
    ["weiblich", "männlich", "non-binär"],
    ["sicher", "eher sicher", "eher unsicher", "unsicher"],
)
ONE = {"Z2Geschlecht": "non-binär"}


@pytest.fixture(scope="module")
def answers() -> dict[str, list[Any]]:
    with (Path(survey.demo.__file__).parent / "uster" / "responses.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] or None for row in rows] for name in rows[0]}


def questions(answers: dict[str, list[Any]]) -> list[str]:
    return [name for name in answers if name.startswith("A2")]


@pytest.fixture(scope="module")
def uster(answers: dict[str, list[Any]]) -> Publication:
    """Five questions, for everybody, by gender, by age and by both."""
    levels = dict.fromkeys(questions(answers), ANSWERS)
    return publish(
        list(_tables(SurveyDesign(answers, kind="probability", levels=levels), questions(answers)))
    )


def _tables(design: SurveyDesign, names: list[str]) -> Iterator[Estimates]:
    for name in names:
        for by in ([], ["Z2Geschlecht"], ["Z1Alter"], ["Z2Geschlecht", "Z1Alter"]):
            yield design.proportion(name, by=by)


def test_the_one_is_no_row_of_any_table(uster: Publication) -> None:
    rows = [row for table in uster.tables for row in table.rows() if row.get("Z2Geschlecht") == "non-binär"]
    assert len(rows) > 20
    assert all(row["estimate"] is None and row["n"] is None for row in rows)


def test_the_figures_of_everybody_are_still_there(uster: Publication) -> None:
    """In the evening all four answers were given by five people or more."""
    whole = next(t for t in uster.tables if t.by == () and "AbendNacht" in t.measure)
    assert [row["estimate"] for row in whole.rows()] == [0.27, 0.52, 0.17, 0.03]


def test_the_one_is_not_what_is_left(uster: Publication, answers: dict[str, list[Any]]) -> None:
    """Whoever knows that 213 answered, and reads everything: how many are non-binary, and what they said."""
    columns = {"Z2Geschlecht": GENDERS, "Z1Alter": sorted(set(answers["Z1Alter"]))}
    for name in questions(answers):
        reader = Attacker(columns, ANSWERS, (("Z2Geschlecht", "Z1Alter"),))
        reader.between(reader.sum({}, ANSWERS), 213, 213)
        for table in uster.tables:
            if table.measure == name:
                reader.read(table)
        low, high = reader.learns_of(reader.sum(ONE, ANSWERS))
        assert low < 0.01
        assert high >= 6
        said = {answer: reader.learns(ONE, [answer]) for answer in ANSWERS}
        given = [answer for answer in ANSWERS if answer in answers[name]]
        assert all(said[answer][0] < 0.01 for answer in given)
        assert sum(said[answer][1] >= 5 for answer in given) >= 2
