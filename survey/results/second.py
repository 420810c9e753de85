"""The second reading: the same figures without the responses that an analyst ticked, as far as they may be shown."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Protected, Rule, protect
from analysis.readings import Reading, beside
from survey.measuring.answers import Measure
from survey.measuring.asking import codes_of
from survey.measuring.columns import CODE, GAVE, columns
from survey.measuring.door import protected, rule_of
from survey.measuring.figures import Asked, Figures
from survey.measuring.soft_flags import Flags
from survey.measuring.weights import Weighted
from survey.results.cut import Marked

TOO_FEW = "too few people or schools were taken out to show both readings"
Row = dict[str, Any]
Place = tuple[Hashable, ...]
NOBODY: Row = {"estimate": None, "reason": "nobody answered"}


@dataclass(frozen=True, slots=True)
class Second:
    """What the page shows beside the first reading; the rows of a split by their levels, those of answers by code."""

    people: int
    weighted: Weighted
    whole: Row
    splits: dict[str, dict[Place, Row]]
    everything: dict[str, Row]


def second_reading(
    session: Session, first: Figures, said: Iterable[Row], found: Marked, ticked: Flags
) -> Second:
    """The figures without what is ticked, which must be readable. said: every answer in the first reading."""
    reading = _reading(session, first.asked, found, ticked)
    splits = {by: reading.table(table.by, table) for by, table in first.splits.items()}
    return Second(
        found.taken_out(ticked),
        reading.fewer,
        reading.table((), first.whole).get((), NOBODY),
        splits,
        reading.everything(said),
    )


def _reading(session: Session, asked: Asked, found: Marked, ticked: Flags) -> "_Reading":
    everybody = columns(session, asked.collection, asked.measure, found.marks())
    readings = found.readings(ticked)
    fewer = everybody.marked(readings[-1]).weighed(asked.place, asked.weighting)
    design = everybody.weighed(asked.place, asked.weighting).design
    return _Reading(asked.measure, design, fewer, readings, rule_of(asked.consultation))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Everybody's answers with their marks, and beside them those of the marks that the last of `readings` keeps."""

    measure: Measure
    everybody: SurveyDesign
    fewer: Weighted
    readings: list[frozenset[str]]
    rule: Rule

    @property
    def many(self) -> bool:
        return self.measure.question.kind == "many"

    def table(self, by: tuple[str, ...], first: Protected) -> dict[Place, Row]:
        """The measure by domain: withheld where it is so in the first reading, or where the two would give away."""
        secret = self._secret("answer" if self.many else CODE, by)
        wanted = {None} if self.many else set(self.measure.codes)
        unshown = {_place(row, by) for row in first.rows() if row["estimate"] is None}
        found = protected(self.fewer.design, self.measure, by, self.rule)
        places = [_place(row, by) for row in found.rows()]
        hide = [place in unshown or bool(secret.get(place, wanted) & wanted) for place in places]
        return dict(zip(places, found.withhold(hide, TOO_FEW).rows(), strict=True))

    def everything(self, said: Iterable[Row]) -> dict[str, Row]:
        """Every answer of the question, withheld where it is so in the first reading."""
        unshown = {row["code"] for row in said if row["estimate"] is None}
        codes = codes_of(self.measure.question)
        if not self.many:
            return self._codes(CODE, {code: code for code in codes}, unshown)
        found: dict[str, Row] = {}
        for code in codes:
            found |= self._codes(GAVE.format(code), {None: code}, unshown)
        return found

    def _codes(self, column: str, codes: Mapping[Any, str], unshown: set[str]) -> dict[str, Row]:
        """The rows of a column, by the code that each level stands for."""
        secret = self._secret(column, ())[()]
        table = protect(self.fewer.design.proportion(column), self.rule)
        levels = [row["level"] for row in table.rows()]
        hide = [level in secret or codes[level] in unshown for level in levels]
        return {
            codes[level]: row for level, row in zip(levels, table.withhold(hide, TOO_FEW).rows(), strict=True)
        }

    def _secret(self, column: str, by: tuple[str, ...]) -> dict[Place, set[Any]]:
        """For each domain the levels that may not be read twice: what is secret of all is so of each."""
        of_all = self.everybody.proportion(column, by=["mark"])
        shown = beside(of_all, self.readings, self.rule)
        if not by:
            return self._hidden(of_all, shown)
        (everywhere,) = self._hidden(of_all, shown).values()
        crossed = self.everybody.proportion(column, by=[*by, "mark"])
        found = self._hidden(crossed, beside(crossed, [one.kept for one in shown], self.rule))
        return {domain: levels | everywhere for domain, levels in found.items()}

    def _hidden(self, crossed: Estimates, shown: Sequence[Reading]) -> dict[Place, set[Any]]:
        """What the last of the readings hides: all of it where it is not among those that are shown."""
        if shown and shown[-1].kept == self.readings[-1]:
            return shown[-1].hides(crossed)
        return {domain[:-1]: set(crossed.levels) for domain in crossed.domains}


def _place(row: Row, by: tuple[str, ...]) -> Place:
    return tuple(row[name] for name in by)
