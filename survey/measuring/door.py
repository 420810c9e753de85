"""The door of disclosure for one measure: its own figures, and what other tables and answers would give away."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Self, TypeVar

import numpy as np

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Protected, Rule, Tallies, printed
from analysis.frame import Bools
from survey.measuring.answers import Measure
from survey.models import Consultation

T = TypeVar("T")
By = tuple[str, ...]
Domain = tuple[Hashable, ...]
Withheld = dict[Domain, set[Hashable]]  # of each domain the levels that are not shown


def rule_of(consultation: Consultation) -> Rule:
    """What a figure of a consultation must meet to be shown, on every page, picture and file, and to machines."""
    return Rule(consultation.least_base, consultation.least_count, consultation.least_extreme)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who is counted in a table, and which rows it has.

    >>> table = SurveyDesign({"safe": ["very", "not", "a bit"] * 20}, kind="quota").proportion("safe")
    >>> People.of(table).together(["very", "a bit"]).tallies.counts
    array([40.])
    """

    by: By
    domains: tuple[Domain, ...]
    levels: tuple[Hashable, ...]
    tallies: Tallies

    @classmethod
    def of(cls, table: Estimates) -> Self:
        return cls(table.by, table.domains, table.levels, Tallies.of(table))

    @property
    def keys(self) -> list[tuple[Domain, Hashable]]:
        """For each row its domain and its level."""
        return [*product(self.domains, self.levels)]

    def together(self, levels: Sequence[Hashable]) -> Self:
        """The same people with one row for all who gave one of these."""
        places = [self.levels.index(one) for one in levels]
        counts = self.tallies.counts[..., places].sum(axis=-1, keepdims=True)
        return replace(self, levels=(None,), tallies=replace(self.tallies, counts=counts))


@dataclass(frozen=True, slots=True)
class Hides:
    """Which rows of a measure are withheld, for everybody and by one column or two, so that nothing gives another away.

    What is withheld of everybody is withheld in every group, and what is withheld of a group in every group within it;
    then more is, until no line of a table gives it away. So it never matters which table was asked for before.

    Of a question with one answer all codes are protected together, since each can be asked for. Codes taken together
    are shown only where they are all shown, or are all that is withheld.

    answer: who gave the measure's codes, by columns. code: who gave each code of the question. codes: what is found out
    of those, which other measures of the question may share.
    """

    measure: Measure
    rule: Rule
    answer: Callable[[By], People]
    code: Callable[[By], People]
    codes: dict[By, Withheld] = field(default_factory=dict)
    _rows: dict[By, Bools] = field(default_factory=dict)

    def rows(self, by: By) -> Bools:
        """Of each row of the measure's table whether it is withheld."""
        if by not in self._rows:
            found = self.answer(by)
            hide = _carried(found, self._unshown)
            if self.measure.question.kind != "many":
                hide |= self._given_away(found)
            self._rows[by] = found.tallies.hidden(self.rule, besides=hide).ravel()
        return self._rows[by]

    def _unshown(self, by: By) -> Withheld:
        """Of which groups the measure itself is withheld."""
        return _withheld(self.answer(by), self.rows(by))

    def _given_away(self, table: People) -> Bools:
        """Which rows would give a withheld code away."""
        hidden = self._hidden_codes(table.by)
        return np.array(
            [gives_away(self.measure, hidden[domain]) for domain, _level in table.keys], dtype=bool
        )

    def _hidden_codes(self, by: By) -> Withheld:
        """Which codes of the question are withheld in which groups."""
        if by not in self.codes:
            found = self.code(by)
            hidden = found.tallies.hidden(self.rule, besides=_carried(found, self._hidden_codes)).ravel()
            self.codes[by] = _withheld(found, hidden)
        return self.codes[by]


@dataclass(slots=True)
class Door:
    """All that may be asked of a measure, for everybody and by one column or two, as far as `Hides` lets it through."""

    design: SurveyDesign
    measure: Measure
    rule: Rule
    _hides: Hides = field(init=False)
    _made: dict[tuple[str, By], tuple[Estimates, People]] = field(init=False, default_factory=dict)
    _tables: dict[By, Protected] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        answer, code = (self._people_by(column) for column in ("answer", "code"))
        self._hides = Hides(self.measure, self.rule, answer, code)

    def table(self, by: By) -> Protected:
        """The measure for each group, as far as it may be shown."""
        if by not in self._tables:
            table, people = self._counted("answer", by)
            self._tables[by] = printed(table, people.tallies, self._hides.rows(by), self.rule)
        return self._tables[by]

    def _people_by(self, column: str) -> Callable[[By], People]:
        return lambda by: self._counted(column, by)[1]

    def _counted(self, column: str, by: By) -> tuple[Estimates, People]:
        if (column, by) not in self._made:
            found = self.design.proportion(column, by=by)
            self._made[column, by] = found, People.of(found)
        return self._made[column, by]


def _withheld(table: People, hidden: Bools) -> Withheld:
    found: Withheld = {domain: set() for domain in table.domains}
    for (domain, level), gone in zip(table.keys, hidden, strict=True):
        found[domain] |= {level} if gone else set()
    return found


def _carried(table: People, withheld: Callable[[By], Withheld]) -> Bools:
    """Which rows of a table are withheld of a group that theirs is part of. withheld: what is so in a coarser table."""
    keys = table.keys
    out = np.zeros(len(keys), dtype=bool)
    for gone in range(len(table.by)):
        coarse = withheld(_without(table.by, gone))
        secret = (level in coarse.get(_without(domain, gone), set()) for domain, level in keys)
        out |= np.fromiter(secret, dtype=bool, count=len(keys))
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
