"""One table protected by itself: cells that would tell of a few people, and what would give them away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.estimates import Estimates
from analysis.frame import Bools, Codes, Floats

from .given_shown import given_shown
from .rows import SUBTRACTION, Protected, shown, withheld
from .rule import Rule
from .schools import ONE_SCHOOL, Schools


def protect(
    table: Estimates,
    rule: Rule | None = None,
    *,
    public: bool = False,
    besides: Bools | None = None,
) -> Protected:
    """The table with every cell withheld that tells of a few people, directly or by subtraction.

    A total is taken to be known: of everyone who answered, of each level, and in a crossed table of each
    row and column of it; and where a subset leaves out whole levels of a `by` column, of those with them.
    People with no level in a `by` column, and those at a level left out, are hidden cells of those totals.
    In every such line of cells, what is hidden together must itself be fit to be shown, and at least two
    cells; or else the smallest of the shown cells is hidden with them.

    Intervals of proportions allow for it: they are of a share that is shown only if the rule lets it (`given_shown`).
    public: whole percentages (three digits of a mean, a total or a ratio), ends of intervals rounded outwards, and
        bases rounded to 5.
    besides: (rows,), which are to be withheld in any case, as another table withholds them; they are covered too.
    Where people came through schools, a cell nearly all of one school is withheld too, whatever its size (`Schools`).
    Of a mean, a total or a ratio only the base is looked at, not whether one person's number makes up most of it.

    >>> from analysis import SurveyDesign
    >>> frame = {"gender": ["f"] * 110 + ["m"] * 102 + ["x"], "safe": [1, 0, 1] * 71}
    >>> table = protect(SurveyDesign(frame, kind="probability").proportion("safe", by=["gender"]))
    >>> [(row["gender"], row["n"], row["flag"]) for row in table.rows()]
    [('f', 110, ''), ('m', None, '[c]'), ('x', None, '[c]')]
    """
    rule = rule or Rule()
    tallies = Tallies.of(table)
    return printed(table, tallies, tallies.hidden(rule, besides), rule, public=public)


def printed(
    table: Estimates, tallies: Tallies, hidden: Bools, rule: Rule, *, public: bool = False
) -> Protected:
    """The table with these rows withheld, as `Tallies.hidden` gives them, and why.

    >>> from analysis import SurveyDesign
    >>> table = SurveyDesign({"safe": [1, 0] * 40}, kind="quota").proportion("safe")
    >>> printed(table, Tallies.of(table), np.array([True]), Rule()).rows()[0]["flag"]
    '[c]'
    """
    reasons, table = _directly(tallies, rule), given_shown(table, rule)
    figures = (shown(row, table.statistic) if public else row for row in table.rows())
    rows = tuple(
        withheld(row, reason or SUBTRACTION) if hide else row
        for row, reason, hide in zip(figures, reasons, hidden.ravel(), strict=True)
    )
    name, footer = table.interval_name, table.footer
    return Protected(table.measure, table.by, table.kind, table.statistic, public, name, footer, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """The people of a table, unweighted, as in `Estimates`: present, people (who answered), counts of each level.

    schools: those that they came through, None where they came through none.

    >>> two = np.array([50.0, 4, 0, 0])
    >>> Tallies(two, two, np.stack([two / 2, two / 2], axis=-1)).axes
    1
    """

    present: Floats
    people: Floats
    counts: Floats
    schools: Schools | None = None

    @classmethod
    def of(cls, table: Estimates) -> Tallies:
        """Those of estimates.

        >>> from analysis import SurveyDesign
        >>> Tallies.of(SurveyDesign({"safe": [1, 0, 1]}, kind="quota").proportion("safe")).people
        array(3.)
        """
        return cls(table.present, table.people, table.counts, Schools.of(table))

    def hidden(self, rule: Rule | None = None, besides: Bools | None = None) -> Bools:
        """Which cells are withheld, directly or by subtraction: (levels of each `by` column, ..., shown levels).

        besides: (rows,), which are to be withheld in any case; what would give them away is withheld with them.

        >>> two = np.array([50.0, 4, 0, 0])
        >>> Tallies(two, two, np.stack([two / 2, two / 2], axis=-1)).hidden().tolist()
        [[True, True], [True, True]]
        """
        rule = rule or Rule()
        direct = np.array([reason != "" for reason in _directly(self, rule)], dtype=bool)
        direct = direct if besides is None else direct | besides
        found = _Hidden.of(self, rule, direct)
        found.complete()
        return np.asarray(_inside(found.hidden, self.axes))

    def reasons(self, rule: Rule) -> list[str]:
        """Why each row may not be shown, whatever others show; "" where it may.

        >>> two = np.array([50.0, 4, 0, 0])
        >>> Tallies(two, two, np.stack([two / 2, two / 2], axis=-1)).reasons(Rule())[1:3]
        ['', 'fewer than 10 people answered']
        """
        return _directly(self, rule)

    @property
    def axes(self) -> int:
        """How many `by` columns there are."""
        return self.people.ndim

    @property
    def of_one(self) -> Bools:
        """Which groups are of one school, as an array like `people`.

        >>> two = np.array([50.0, 4, 0, 0])
        >>> Tallies(two, two, np.stack([two / 2, two / 2], axis=-1)).of_one.any()
        np.False_
        """
        none = np.zeros(self.people.shape, dtype=bool)
        return none if self.schools is None else self.schools.of_one.reshape(self.people.shape)


def _directly(table: Tallies, rule: Rule) -> list[str]:
    """Why each row may not be shown. A group none of whom answered is as secret as one of which a few did."""
    present, people, counts, of_one = (
        _inside(array, table.axes) for array in (table.present, table.people, table.counts, table.of_one)
    )
    return [
        rule.why_not(float(people[at[:-1]]), float(counts[at])) or (ONE_SCHOOL if of_one[at[:-1]] else "")
        if present[at[:-1]] > 0
        else "nobody answered"
        for at in np.ndindex(counts.shape)
    ]


def _inside(array: Any, axes: int) -> Any:
    """The part of an array that the table's rows are, without those of no level or left out."""
    return array[(slice(0, -2),) * axes]


Cells = tuple[Codes, ...]  # places in a table: for each axis where each of some cells is


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Cells whose total is known: their places in the table, and the base and count of each.

    cells: of a line of bases the places of domains, all of whose levels are then hidden together. secret: which must
    not be found out once they are hidden: every row of the table, as the ones that are fit to be shown are hidden to
    cover the others; of those of no level, or left out, only the unfit.
    """

    cells: Cells
    present: Floats
    bases: Floats
    counts: Floats
    secret: Bools
    same_people: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Hidden:
    """Which cells are hidden: arrays as those of Estimates; no level, and left out, are always hidden.

    unfit: which the rule alone does not let be shown. inside: of the domains those that the table has rows of.
    """

    rule: Rule
    table: Tallies
    hidden: Bools
    unfit: Bools
    inside: Bools

    @property
    def axes(self) -> int:
        return self.table.axes

    @classmethod
    def of(cls, table: Tallies, rule: Rule, direct: Bools) -> _Hidden:
        axes, shape, of_one = table.axes, table.counts.shape, table.of_one
        hidden, unfit = np.ones(shape, dtype=bool), np.zeros(shape, dtype=bool)
        _inside(hidden, axes)[...] = direct.reshape(_inside(hidden, axes).shape)
        for at in np.ndindex(shape):
            unfit[at] = (
                rule.why_not(float(table.people[at[:-1]]), float(table.counts[at])) != "" or of_one[at[:-1]]
            )
        inside = np.zeros(table.people.shape, dtype=bool)
        inside[(slice(0, -2),) * axes] = True
        return cls(rule, table, hidden, unfit, inside)

    def complete(self) -> None:
        """Hide more until no line gives a hidden cell away; each round hides a cell, so it ends."""
        lines, mended = [*self._lines()], True
        while mended:
            mended = sum(self._mend(line) for line in lines) > 0

    def _mend(self, line: _Line) -> bool:
        hidden = self.hidden[line.cells]
        if len(line.cells) == self.axes:
            hidden = np.asarray(hidden.all(axis=-1))
        real = hidden & (line.present > 0)
        if not (real & line.secret).any() or self._safe(line, real):
            return False
        open_cells = np.flatnonzero(~hidden & (line.bases > 0))
        if not len(open_cells):
            return False
        smallest = min(open_cells, key=lambda at: (line.bases[at], line.counts[at]))
        self.hidden[tuple(places[smallest] for places in line.cells)] = True
        return True

    def _safe(self, line: _Line, hidden: Bools) -> bool:
        bases = line.bases[hidden][:1] if line.same_people else line.bases[hidden]
        return bool(
            hidden.sum() >= 2
            and self.rule.hides(bases, line.counts[hidden])
            and self._of_several(line, hidden)
        )

    def _of_several(self, line: _Line, hidden: Bools) -> bool:
        """Are the hidden cells of a line together of more than one school, or of none?"""
        schools, domains = self.table.schools, tuple(places[hidden] for places in line.cells[: self.axes])
        if schools is None or not self.axes:
            return True
        return schools.hide(np.ravel_multi_index(domains, self.table.people.shape).astype(np.intp))

    def _lines(self) -> Iterator[_Line]:
        """Down every axis for each level, the bases down every axis, and the levels within each domain."""
        levels = np.arange(self.table.counts.shape[-1])
        for domains in self._totals():
            yield self._of_bases(domains)
            for level in levels:
                yield self._of_counts((*domains, np.full(len(domains[0]), level)))
        if len(levels) > 1:
            for domain in np.argwhere(self.inside):
                yield self._of_counts(
                    (*(np.full(len(levels), at) for at in domain), levels), same_people=True
                )

    def _totals(self) -> Iterator[Cells]:
        """Domains that add up to a known total: down every axis, and all; with those left out or not."""
        shape = self.table.people.shape
        for beyond in (1, 0) if shape else ():
            places = np.indices([size - beyond for size in shape])
            if self.axes > 1:
                yield tuple(places.reshape(self.axes, -1))
            for axis in range(self.axes):
                down = np.moveaxis(places, axis + 1, -1)
                each = down.reshape(self.axes, -1, down.shape[-1])
                yield from (tuple(each[:, at]) for at in range(each.shape[1]))

    def _of_bases(self, domains: Cells) -> _Line:
        bases = self.table.people[domains]
        secret = (bases < self.rule.minimum_base) | self.inside[domains]
        return _Line(domains, self.table.present[domains], bases, np.minimum(bases, bases / 2), secret)

    def _of_counts(self, cells: Cells, same_people: bool = False) -> _Line:
        domains, counts = cells[:-1], self.table.counts[cells]
        present, bases = (
            np.broadcast_to(of[domains], counts.shape) for of in (self.table.present, self.table.people)
        )
        secret = self.unfit[cells] | self.inside[domains]
        return _Line(cells, present, bases, counts, secret, same_people)
