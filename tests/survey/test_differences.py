"""Who differs from the rest, in words: as much as the answers say, and nothing of whom is withheld."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from analysis import SurveyDesign
from analysis.disclosure import Rule
from questions import Choice, Question, Text, read
from survey.measuring.answers import Measure
from survey.measuring.columns import NOT_SAID
from survey.measuring.differences import differences
from survey.measuring.door import Door
from survey.measuring.figures import EACH_ALONE, Asked, Figures
from survey.measuring.weights import KINDS, Weighted
from survey.models import Collection, Consultation, Design
from survey.places import load
from survey.results.claim import claim, counted
from survey.results.differences import all_at_once, in_words, size
from tests.survey.conftest import TINY

CHOICES = tuple(Choice(code, Text(code)) for code in ("very", "not"))
WORRY = Measure(Question("worry", "scale", Text("Worried?"), choices=CHOICES), ("very",))
FEMALE, MALE, ANOTHER = ("female", 60, 100), ("male", 36, 90), ("another", 1, 6)
DAY = dt.date(2026, 3, 2)
Group = tuple[str | None, int, int]  # gender, how many are very worried, of how many


def found(*groups: Group, design: Design = Design.QUOTA) -> Figures:
    """The figures of people of these groups, unweighted, one setting for each four."""
    people = [
        (gender, "very" if at < very else "not")
        for gender, very, everybody in groups
        for at in range(everybody)
    ]
    gender, code = zip(*people, strict=True)
    frame = {
        "gender": gender,
        "their gender": [one or NOT_SAID for one in gender],
        "code": code,
        "answer": [one == "very" for one in code],
    }
    made = SurveyDesign(frame, kind=KINDS[design])
    asked = Asked(
        Consultation(
            slug="safer",
            title="Safer",
            summary="",
            decides="",
            outcome="",
            opens_on=DAY,
            closes_on=DAY,
            outcome_on=DAY,
        ),
        Collection(name="Link", design=design, consultation_id=1, instrument_id=1),
        read(TINY),
        load("london"),
        WORRY,
    )
    door = Door(made, WORRY, Rule())
    return Figures(
        asked, Weighted(made, False, (), made), door, door.table(()), {"gender": door.table(("gender",))}
    )


def test_a_difference_is_from_everybody_else_even_who_did_not_say() -> None:
    rows = differences(found(FEMALE, MALE, (None, 10, 100)), "gender").rows
    assert {row["name"]: row["estimate"] for row in rows} == {
        "female": round(60 / 100 - 46 / 190, 2),
        "male": round(36 / 90 - 70 / 200, 2),
    }
    assert [row["verdict"] for row in rows] == ["higher", "no clear difference"]


def test_what_a_withheld_group_said_changes_nothing() -> None:
    quiet, loud = (
        everything_told(found(FEMALE, MALE, (None, 20 - very, 40), ("another", very, 6))) for very in (0, 6)
    )
    assert quiet == loud
    assert [row["estimate"] is None for row in quiet["rows"]] == [True, False, False]


def everything_told(figures: Figures) -> dict[str, Any]:
    """All that a page is given, but for what the last digit of a float may do."""
    told = in_words(differences(figures, "gender"), "interval")
    rows = ({name: _short(value) for name, value in row.items()} for row in told["rows"])
    return {name: str(words) for name, words in told.items() if name not in ("standing_out", "rows")} | {
        "rows": [*rows]
    }


def _short(value: Any) -> Any:
    return round(value, 9) if isinstance(value, float) else value


def test_a_withheld_group_and_what_covers_it_have_no_difference_and_the_reason_stands_there() -> None:
    told = differences(found(FEMALE, MALE, ANOTHER), "gender")
    assert {row["name"]: row["flag"] for row in told.rows if row["estimate"] is None} == {
        "another": "[c]",
        "male": "[c]",
    }
    assert all(row["reason"] for row in told.rows if row["estimate"] is None)
    assert told.compared == 1
    assert "cannot be tested" in all_at_once(told)


def test_nothing_is_compared_with_a_total_that_is_withheld() -> None:
    told = differences(found(("female", 2, 60), ("male", 2, 60)), "gender")
    assert told.compared == 0


def test_p_values_are_adjusted_over_what_is_shown() -> None:
    (alone,) = (
        row for row in differences(found(FEMALE, MALE, ANOTHER), "gender").rows if row["estimate"] is not None
    )
    assert alone["p_adjusted"] == alone["p"]


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((0.07, 0.02, 0.12), "7 points more, between 2 and 12"),
        ((-0.07, -0.12, -0.02), "7 points fewer, between 2 and 12"),
        ((0.01, 0.0, 0.02), "1 point more, between 0 and 2"),
        ((-0.0, -0.01, -0.0), "less than 1 point fewer"),
    ],
)
def test_a_difference_is_said_in_whole_points(figures: tuple[float, float, float], words: str) -> None:
    verdict = "higher" if words.partition(",")[0].endswith("more") else "lower"
    row: dict[str, Any] = dict(zip(("estimate", "ci_low", "ci_high"), figures, strict=True))
    assert size(row | {"verdict": verdict}) == words


def test_groups_that_do_not_differ_clearly_are_never_said_to_be_alike() -> None:
    words = in_words(differences(found(("female", 51, 100), ("male", 49, 100)), "gender"), "interval")
    assert words["standing_out"] == []
    assert words["unclear"] == "female and male"
    assert "does not say that they are alike" in words["tested"]
    assert "1 in 20 may be chance" in words["multiplicity"]


@pytest.mark.parametrize("design", [Design.OPEN, Design.PANEL])
def test_people_who_chose_themselves_are_counted_and_never_compared(design: Design) -> None:
    figures = found(FEMALE, MALE, design=design)
    told = differences(figures, "gender")
    assert (told.rows, told.test) == ((), None)
    assert "not compared" in str(told.refusal)
    assert counted(figures) == "96 of the 190 people who answered"
    assert "95 % model interval assumes" in claim(figures)
    assert "confidence" not in claim(figures)


def test_a_sample_is_not_told_as_a_count() -> None:
    assert counted(found(FEMALE, MALE)) is None
    assert EACH_ALONE == (("borough",), ("age_band",), ("gender",))
