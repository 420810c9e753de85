"""The one place where files take what the results page measures with: its columns, its weights and its figures."""

from collections.abc import Hashable

from sqlmodel import Session

from analysis import Cube, Margin
from questions import QuestionSet
from survey.measuring.answers import NOT_AN_OPINION, Measure, answers
from survey.measuring.asking import choices_of, measure, measures
from survey.measuring.columns import NOT_SAID, THEIR, columns
from survey.measuring.figures import Asked, can_be_estimated, figures
from survey.measuring.weights import CLAIMS_A_PLACE, Weighted, weigh
from survey.models import Collection
from survey.places import Place

__all__ = [
    "CLAIMS_A_PLACE",
    "NOT_AN_OPINION",
    "Asked",
    "Measure",
    "Weighted",
    "answers",
    "can_be_estimated",
    "choices_of",
    "clustered",
    "figures",
    "margins",
    "measure",
    "measures",
    "weigh",
    "weights",
]

WHO = ("borough", "age_band", "gender")
Who = tuple[Hashable, Hashable, Hashable]  # borough, age band, gender: what a weight follows from


def weights(
    session: Session, collection: Collection, question_set: QuestionSet, place: Place | None
) -> tuple[dict[Who, float], tuple[str, ...]]:
    """What one response counts for, by who gave it, exactly as on the results page; and how it came about, in words.

    Somebody outside the population that was weighted to has no weight, and is absent.
    """
    question = next(iter(measures(question_set)), None)
    if question is None:
        return {}, ()
    found = columns(session, collection, Measure(question, (question.choices[0].code,)))
    told = found.cube.derive("everybody", "setting", lambda _setting: True)
    weighted = weigh(collection, told, place)
    table = weighted.design.total("everybody", level=True, by=[THEIR.format(name) for name in WHO])
    each: dict[Who, float] = {}
    for row in table.rows():
        levels = (row[THEIR.format(name)] for name in WHO)
        borough, age, gender = (None if level == NOT_SAID else level for level in levels)
        if row["n"] and row["estimate"] > 0:
            each[borough, age, gender] = float(row["estimate"]) / row["n"]
    return each, weighted.notes


def margins(weighted: Weighted) -> list[Margin]:
    """What a design was weighted to, as a script in R weights it again; nothing where it was not weighted.

    Raises ValueError with the reason where the recipe does what such a script does not know.
    """
    recipe = weighted.weighting
    if recipe is None:
        return []
    if any(len(columns) > 1 for columns in recipe.margins):
        raise ValueError("its recipe crosses margins")
    if (recipe.lowest, recipe.highest) != (None, None):
        raise ValueError("its recipe bounds the weights")
    if weighted.before.weights is not None:
        raise ValueError("its settings were drawn with chances")
    return recipe.fitted(weighted.before)


def clustered(found: Cube) -> bool:
    """Whether anybody came in by a setting."""
    return bool(found.axis("setting").observed())
