"""The one place where files take what the results page measures with: its columns, its weights and its figures."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

from sqlmodel import Session

from analysis import Cube, Margin
from analysis.weighting import holds
from analysis.weighting import weigh as weights_of
from questions import QuestionSet
from survey.measuring.answers import NOT_AN_OPINION, NOWHERE, Measure, answers
from survey.measuring.asking import choices_of, measure, measures
from survey.measuring.differences import Differences, differences
from survey.measuring.figures import WAYS, Asked, Figures, can_be_estimated, figures
from survey.measuring.weights import CLAIMS_A_PLACE, NO_SETTING, Weighted, weigh
from survey.models import Collection
from survey.places import Place

__all__ = [
    "CLAIMS_A_PLACE",
    "NOT_AN_OPINION",
    "NOWHERE",
    "NO_SETTING",
    "WAYS",
    "Asked",
    "Differences",
    "Figures",
    "Measure",
    "Weighted",
    "answers",
    "can_be_estimated",
    "choices_of",
    "clustered",
    "differences",
    "each_weight",
    "figures",
    "margins",
    "measure",
    "measures",
    "weigh",
    "weights",
]

WHO = ("borough", "age_band", "gender")
Who = tuple[Hashable, Hashable, Hashable]  # borough, age band, gender
Whose = tuple[
    Hashable, Hashable, Hashable, Hashable
]  # the setting too: with them it is all that a weight follows from


def weights(
    session: Session, collection: Collection, question_set: QuestionSet, place: Place | None
) -> tuple[dict[Who, float], Weighted | None]:
    """What a response counts for, by who gave it, and how that came about; nothing where no question can be measured.

    It is exactly that of the results page, or the mean over the settings where they were drawn with chances. Somebody
    outside the population that was weighted to has no weight, and is absent.
    """
    question = next(iter(measures(question_set)), None)
    if question is None:
        return {}, None
    found = answers(session, collection, Measure(question, (question.choices[0].code,)))
    weighted = weigh(collection, found, place)
    people: dict[Who, float] = defaultdict(float)
    weight: dict[Who, float] = defaultdict(float)
    for (_setting, *who), n, w in _cells(weighted):
        borough, age, gender = who
        people[borough, age, gender] += n
        weight[borough, age, gender] += w
    return {who: weight[who] / n for who, n in people.items()}, weighted


def each_weight(weighted: Weighted) -> dict[Whose, float]:
    """What one response counts for, by its setting and who gave it; nobody outside the population is there."""
    return {whose: w / n for whose, n, w in _cells(weighted)}


def _cells(weighted: Weighted) -> Iterator[tuple[Whose, float, float]]:
    """The cells of all that a weight follows from, with their people and what these weigh; only those with weight."""
    design = weighted.design
    cube = design.cube(["setting", *WHO, *design.domain])
    final = weights_of(cube, design.steps).final
    used = holds(design.domain, cube) & (final > 0)
    columns = []
    for name in ("setting", *WHO):
        axis = cube.axis(name)
        levels = (*axis.levels, None)
        columns.append([levels[code] for code in axis.codes[used]])
    for setting, borough, age, gender, n, w in zip(
        *columns, cube.n[used].tolist(), final[used].tolist(), strict=True
    ):
        yield (setting, borough, age, gender), n, w


def margins(weighted: Weighted) -> list[Margin]:
    """What a design was weighted to; nothing where it was not weighted."""
    recipe = weighted.weighting
    return recipe.fitted(weighted.before) if recipe is not None else []


def clustered(found: Cube) -> bool:
    """Whether anybody came in by a setting."""
    return bool(found.axis("setting").observed())
