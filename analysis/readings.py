"""Readings of one table, of everybody and without some: what they would give away together is withheld."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from .disclosure import Rule, Schools, Tallies
from .estimates import Estimates
from .frame import Bools, Floats
from .variance import Sparse, as_sparse

Marks = Collection[Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A reading that may be shown: the marks that it keeps, and (domains, levels) which of its rows are shown.

    >>> Reading(frozenset(["none"]), np.array([[True, False]])).kept
    frozenset({'none'})
    """

    kept: frozenset[Hashable]
    shown: Bools

    def hides(self, crossed: Estimates) -> dict[tuple[Hashable, ...], set[Hashable]]:
        """For each domain the levels that are not shown. crossed: the table that the reading was found in.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 0] * 60, "mark": ["none"] * 60 + ["fast"] * 60}
        >>> table = SurveyDesign(frame, kind="quota").proportion("worry", by="mark")
        >>> [one.hides(table) for one in beside(table, [["none"]])]
        [{(): set()}]
        """
        domains = list(dict.fromkeys(domain[:-1] for domain in crossed.domains))
        return {
            domain: {level for level, show in zip(crossed.levels, row, strict=True) if not show}
            for domain, row in zip(domains, self.shown, strict=True)
        }


def beside(crossed: Estimates, readings: Sequence[Marks], rule: Rule | None = None) -> list[Reading]:
    """Those of several readings that may be shown beside everybody's and beside each other.

    crossed: the table of everybody, by one more column, the last, that says how each is marked. readings: the marks
        that each keeps, in the order in which they are considered; so which are shown depends on nobody's asking first.
    One reading less another is the people whom only one of them keeps. So those whom the readings tell apart are made
    into groups, and the table by these groups is protected, the first reading being its known totals. A row of a
    reading may be shown where each of its groups that has anybody is shown there. A reading that would take a row from
    one before it, or that would itself show nothing, is not shown.

    >>> from analysis import SurveyDesign
    >>> frame = {"worry": [1, 0] * 60 + [1, 0, 0], "mark": ["none"] * 60 + ["fast"] * 60 + ["burst"] * 3}
    >>> table = SurveyDesign(frame, kind="quota").proportion("worry", by="mark")
    >>> [sorted(one.kept) for one in beside(table, [["none", "burst"], ["none", "fast"], ["none"]])]
    [['burst', 'none']]
    """
    marks = list(dict.fromkeys(domain[-1] for domain in crossed.domains))
    accepted: list[Reading] = []
    for kept in readings:
        family = [*(one.kept for one in accepted), frozenset(kept)]
        *before, last = _together(crossed, marks, family, rule or Rule())
        safe = all((one.shown <= now.shown).all() for one, now in zip(accepted, before, strict=True))
        if safe and last.shown.any():
            accepted = [*accepted, last]
    return accepted


def _together(
    crossed: Estimates, marks: Sequence[Hashable], family: Sequence[frozenset[Hashable]], rule: Rule
) -> list[Reading]:
    """Readings that are all shown, each with the rows of it that are safe."""
    apart = [tuple(mark in kept for kept in family) for mark in marks]
    groups = list(dict.fromkeys(apart))
    belongs = np.array([[one == group for one in apart] for group in groups], dtype=np.float64)
    schools = Schools.of(crossed) if len(crossed.by) > 1 else None
    tallies = Tallies(
        _merged(crossed.present, belongs, crossed.present.ndim - 1),
        _merged(crossed.people, belongs, crossed.people.ndim - 1),
        _merged(crossed.counts, belongs, crossed.counts.ndim - 2),
        None if schools is None else schools.taken_together(_mergers(crossed.people.shape, belongs)),
    )
    present = tallies.present[(slice(0, -2),) * tallies.axes]
    safe = ~tallies.hidden(rule) | (present == 0)[..., None]
    return [
        Reading(kept, _rows(safe[..., [group[at] for group in groups], :].all(axis=-2)))
        for at, kept in enumerate(family)
    ]


def _rows(safe: Bools) -> Bools:
    """One row for each domain, whatever the number of columns that make it."""
    return safe.reshape(-1, safe.shape[-1])


def _merged(array: Floats, belongs: Floats, axis: int) -> Floats:
    """An array of which the marks (not the last two places, for no mark and those left out) are added up to groups."""
    moved = np.moveaxis(array, axis, 0)
    merged = np.tensordot(belongs, moved[:-2], axes=1)
    return np.moveaxis(np.concatenate([merged, moved[-2:]]), 0, axis)


def _mergers(shape: Sequence[int], belongs: Floats) -> Sparse:
    """What `_merged` does to the last axis of an array of this shape, as a matrix over its places taken flat."""
    groups, marks = belongs.shape
    one = np.zeros((groups + 2, marks + 2))
    one[:groups, :marks], one[groups:, marks:] = belongs, np.eye(2)
    return as_sparse(np.kron(np.eye(int(np.prod(shape[:-1], dtype=int))), one))
