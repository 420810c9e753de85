"""The door of disclosure for one measure: its own figures, and whatever its other answers would give away."""

from analysis import SurveyDesign
from analysis.disclosure import Protected, protect
from survey.measuring.answers import Measure


def protected(design: SurveyDesign, measure: Measure, by: tuple[str, ...]) -> Protected:
    """The table of a measure, withholding whatever its other answers, each of which can be asked for, would give away.

    Of a question with one answer all codes are protected together. A code that is withheld for everybody is
    withheld in every group; codes taken together are shown only where they are all shown, or are all that is withheld.
    """
    table = protect(design.proportion("answer", by=by))
    if measure.question.kind == "many":
        return table
    for_everybody = {
        row["level"] for row in protect(design.proportion("code")).rows() if row["estimate"] is None
    }
    hidden: dict[tuple[object, ...], set[object]] = {}
    for row in protect(design.proportion("code", by=by)).rows():
        gone = row["estimate"] is None or row["level"] in for_everybody
        hidden.setdefault(tuple(row[name] for name in by), set()).update({row["level"]} if gone else ())
    return table.withhold(
        [gives_away(measure, hidden[tuple(row[name] for name in by)]) for row in table.rows()]
    )


def gives_away(measure: Measure, hidden: set[object]) -> bool:
    """Whether showing these codes together would give a withheld one away: of them, or of those that are left."""
    codes = set(measure.codes)
    return bool(hidden & codes) and (len(codes) == 1 or codes != hidden)
