"""The door of disclosure for one measure: its own figures, and what other tables and answers would give away."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Protected, Rule, Tallies, protect
from analysis.frame import Bools
from survey.measuring.answers import Measure
from survey.models import Consultation

T = TypeVar("T")
By = tuple[str, ...]
Withheld = dict[tuple[Hashable, ...], set[Hashable]]  # of each domain the levels that are not shown


def rule_of(consultation: Consultation) -> Rule:
    """What a figure of a consultation must meet to be shown, on every page, picture and file, and to machines."""
    return Rule(consultation.least_base, consultation.least_count, consultation.least_extreme)


@dataclass(frozen=True, slots=True)
class Door:
    """All that may be asked of a measure, for everybody and by one column or two, so that nothing gives another away.

    What is withheld of everybody is withheld in every group, and what is withheld of a group in every group within it;
    then more is, until no line of a table gives it away. So it never matters which table was asked for before.

    Of a question with one answer all codes are protected together, since each can be asked for. Codes taken together
    are shown only where they are all shown, or are all that is withheld.
    """

    design: SurveyDesign
    measure: Measure
    rule: Rule
    _codes: dict[By, Withheld] = field(default_factory=dict)
    _tables: dict[By, Protected] = field(default_factory=dict)

    def table(self, by: By) -> Protected:
        """The measure for each group, as far as it may be shown."""
        if by not in self._tables:
            found = self.design.proportion("answer", by=by)
            hide = _carried(found, self._unshown)
            if self.measure.question.kind != "many":
                hide |= self._given_away(found)
            self._tables[by] = protect(found, self.rule, besides=hide)
        return self._tables[by]

    def _unshown(self, by: By) -> Withheld:
        """Of which groups the measure itself is withheld."""
        rows = self.table(by).rows()
        return {
            tuple(row[name] for name in by): {row["level"]} if row["estimate"] is None else set()
            for row in rows
        }

    def _given_away(self, table: Estimates) -> Bools:
        """Which rows would give a withheld code away."""
        hidden = self._hidden_codes(table.by)
        return np.array(
            [gives_away(self.measure, hidden[domain]) for domain, _level in table.keys], dtype=bool
        )

    def _hidden_codes(self, by: By) -> Withheld:
        """Which codes of the question are withheld in which groups."""
        if by not in self._codes:
            found = self.design.proportion("code", by=by)
            tallies = Tallies.of(found)
            hidden = tallies.hidden(self.rule, besides=_carried(found, self._hidden_codes)).ravel()
            self._codes[by] = {domain: set() for domain in found.domains}
            for (domain, level), gone in zip(found.keys, hidden, strict=True):
                self._codes[by][domain] |= {level} if gone else set()
        return self._codes[by]


def _carried(table: Estimates, withheld: Callable[[By], Withheld]) -> Bools:
    """Which rows of a table are withheld of a group that theirs is part of. withheld: what is so in a coarser table."""
    out = np.zeros(len(table), dtype=bool)
    for gone in range(len(table.by)):
        coarse = withheld(_without(table.by, gone))
        secret = (level in coarse.get(_without(domain, gone), set()) for domain, level in table.keys)
        out |= np.fromiter(secret, dtype=bool, count=len(table))
    return out


def _without(these: tuple[T, ...], at: int) -> tuple[T, ...]:
    return (*these[:at], *these[at + 1 :])


def protected(design: SurveyDesign, measure: Measure, by: By, rule: Rule) -> Protected:
    """The table of a measure, as the door lets it through."""
    return Door(design, measure, rule).table(by)


def gives_away(measure: Measure, hidden: set[object]) -> bool:
    """Whether showing these codes together would give a withheld one away: of them, or of those that are left."""
    codes = set(measure.codes)
    return bool(hidden & codes) and (len(codes) == 1 or codes != hidden)
