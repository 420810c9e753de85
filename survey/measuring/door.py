"""The door of disclosure for one measure: its own figures, and whatever its other answers would give away."""

from analysis import SurveyDesign
from analysis.disclosure import Protected, Rule, protect
from survey.measuring.answers import Measure
from survey.models import Consultation


def rule_of(consultation: Consultation) -> Rule:
    """What a figure of a consultation must meet to be shown, on every page, picture and file, and to machines."""
    return Rule(consultation.least_base, consultation.least_count, consultation.least_extreme)


def protected(design: SurveyDesign, measure: Measure, by: tuple[str, ...], rule: Rule) -> Protected:
    """The table of a measure, withholding whatever its other answers, each of which can be asked for, would give away.

    Of a question with one answer all codes are protected together. A code that is withheld for everybody is
    withheld in every group; codes taken together are shown only where they are all shown, or are all that is withheld.
    """
    table = protect(design.proportion("answer", by=by), rule)
    if measure.question.kind == "many":
        return table
    of_codes = protect(design.proportion("code"), rule)
    for_everybody = {row["level"] for row in of_codes.rows() if row["estimate"] is None}
    hidden: dict[tuple[object, ...], set[object]] = {}
    for row in protect(design.proportion("code", by=by), rule).rows():
        gone = row["estimate"] is None or row["level"] in for_everybody
        hidden.setdefault(tuple(row[name] for name in by), set()).update({row["level"]} if gone else ())
    return table.withhold(
        [gives_away(measure, hidden[tuple(row[name] for name in by)]) for row in table.rows()]
    )


def gives_away(measure: Measure, hidden: set[object]) -> bool:
    """Whether showing these codes together would give a withheld one away: of them, or of those that are left."""
    codes = set(measure.codes)
    return bool(hidden & codes) and (len(codes) == 1 or codes != hidden)
