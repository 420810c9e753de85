"""A question's answers with a column for whatever is asked of them, and weighted: what every figure begins with."""

from collections.abc import Collection as Some
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from analysis import Cube
from survey.measuring.answers import Measure, answers, gave, with_marks
from survey.measuring.asking import SPLITS, codes_of
from survey.measuring.recipes import Weighting
from survey.measuring.weights import Weighted, weigh
from survey.models import Collection
from survey.places import Place

CODE = "code"
GAVE = "gave {}"
THEIR = "their {}"
NOT_SAID = "not said"


@dataclass(frozen=True, slots=True)
class Columns:
    """The submitted answers of a collection to one question. cube: of everybody; code: the column of the one answer.

    Beside what `answers` gives, a question with several answers has a column for each code that tells whether it was
    given. THEIR borough, age_band and gender are those with a level for who has none, so that everybody is in a group.
    """

    collection: Collection
    measure: Measure
    cube: Cube
    code: str = CODE

    def weighed(
        self, place: Place | None, weighting: Weighting | None = None, *, by_model: bool = False
    ) -> Weighted:
        """Weighted as the design of the collection allows. weighting: how; None for the recipe that is in use.

        by_model: even where it allows no claim about a place.
        """
        question = self.measure.question
        levels = {} if question.kind == "many" else {self.code: codes_of(question)}
        return weigh(self.collection, self.cube, place, levels, weighting, by_model=by_model)

    def marked(self, keep: Some[str]) -> "Columns":
        """The people of some marks only."""
        return replace(self, cube=with_marks(self.cube, keep))

    @property
    def splits(self) -> tuple[str, ...]:
        """Which of borough, age band and gender part those who answered."""
        return tuple(by for by in SPLITS if len(self.cube.axis(by).observed()) > 1)


def columns(
    session: Session,
    collection: Collection,
    measure: Measure,
    marks: Mapping[str, str] | None = None,
    *,
    code: str = CODE,
    each: str = GAVE,
) -> Columns:
    """The columns of a measure. code, each: what that of the one answer, and that of each of several, is to be called.

    marks: the `mark` of some responses, by their keys.
    """
    question = measure.question
    found = answers(session, collection, measure, marks)
    if question.kind == "many":
        for one in codes_of(question):
            found = gave(found, question, one, called=each.format(one))
    elif code != CODE:
        found = found.derive(code, CODE, lambda given: given)
    for name in SPLITS:
        found = found.derive(THEIR.format(name), name, lambda level: NOT_SAID if level is None else level)
    return Columns(collection, measure, found, code)
