"""All tables that are published together: what is withheld so that none gives away what another hides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.estimates import Estimates
from analysis.frame import Bools, Codes, Floats

from .answers import Answers
from .counted import Counted
from .given_shown import given_shown
from .groups import Groups, Outside, place_of
from .lattice import Lattice, Pooled
from .rows import EARLIER, SUBTRACTION, Protected, protected
from .rule import Rule
from .schools import ONE_SCHOOL
from .stages import WHEN, Staged, staged
from .table import Tallies


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """Tables that may leave together.

    tables: as they were passed. why: for each table the reason for each row, for those who publish: which rows were
    unfit themselves and which cover others, as the public is not told. "" where a row is shown. kept: what has to be
    kept for the next publication to be safe beside this one (`Counted.read`); it counts people, and is never published.

    >>> from analysis import SurveyDesign
    >>> whole = publish([SurveyDesign({"safe": [1, 0] * 60}, kind="quota").proportion("safe")])
    >>> whole.tables[0].rows()[0]["estimate"], whole.why, whole.withheld
    (0.5, (('',),), 0)
    """

    tables: tuple[Protected, ...]
    why: tuple[tuple[str, ...], ...]
    kept: tuple[dict[str, Any], ...] = ()

    @property
    def withheld(self) -> int:
        """How many rows are withheld."""
        return sum(table.withheld for table in self.tables)


def publish(
    tables: Sequence[Estimates],
    rule: Rule | None = None,
    *,
    known: Sequence[Outside] = (),
    pools: Sequence[Pooled] = (),
    beneath: Sequence[Estimates] = (),
    before: Sequence[Sequence[Counted]] = (),
    besides: Sequence[Bools] = (),
) -> Publication:
    """All tables of a publication as the public may see them: what is withheld in one is given away by none.

    tables: of one design, by any columns; a question's answers together, and taken together (a list of levels). A
        question of several answers is one table for each (a column of 0 and 1).
    known: what is known from elsewhere of how many of a group answered. pools: columns that take others' levels
        together. beneath: tables that are not published but say how published ones overlap. before: what each earlier
        publication of the same answers counted and shows (`Publication.kept`). besides: of each table which rows are
        to be withheld in any case, as they are elsewhere; what an earlier publication shows cannot be.

    Besides what `protect` says of a row by itself (`Rule`), it is taken that a reader adds and subtracts everything
    that is printed, of every table, knows everybody's number, and for each group that is not hidden how many answered.
    Then no withheld count can be told apart from any of a range as wide as the rule's minimum_count (or its group, if
    that is smaller) that begins at nobody: for each there are other tables that agree with all of it, in whole people
    where all weigh the same.
    docs/decisions/all-tables-together.md has the assumptions, and two-publications.md those about earlier ones.

    >>> from analysis import SurveyDesign
    >>> frame = {"sex": ["F"] * 60 + ["M"] * 60 + ["X"] * 4, "safe": [1, 0] * 62}
    >>> design = SurveyDesign(frame, kind="quota")
    >>> both = publish([design.proportion("safe"), design.proportion("safe", by="sex")])
    >>> [row["flag"] for table in both.tables for row in table.rows()], both.withheld
    (['', '[c]', '', '[c]'], 2)
    >>> both.why[1][2]
    'fewer than 10 people answered'

    Raises:
        ValueError: tables of different designs; a table is missing in which others overlap; the message says which.
        ArithmeticError: the solver found no proof that a row is safe, and none that there is no room for one.
    """
    rule = rule or Rule()
    tables = [given_shown(table, rule) for table in tables]
    now = [Counted.of(one) for one in tables], [Counted.of(one) for one in beneath]
    same = _unchanged([*now[0], *now[1]], before, rule)
    why = (
        _as_before(same[: len(tables)], rule) if same else _decided(*now, rule, known, pools, before, besides)
    )
    shown = tuple(protected(t, w, rule) for t, w in zip(tables, why, strict=True))
    return Publication(shown, why, tuple(_kept(*now, why, rule)))


def _unchanged(
    now: Sequence[Counted], before: Sequence[Sequence[Counted]], rule: Rule
) -> Sequence[Counted] | None:
    """The last publication, where nobody came or left since, and the rule is the same: then so is what may be shown."""
    if not before or len(before[-1]) != len(now):
        return None
    pairs = zip(now, before[-1], strict=True)
    return before[-1] if all(one.same_people(other) and other.rule == rule for one, other in pairs) else None


def _as_before(tables: Sequence[Counted], rule: Rule) -> tuple[tuple[str, ...], ...]:
    """For each table why each row is withheld, as it was."""
    return tuple(
        tuple(
            "" if told else reason or SUBTRACTION
            for reason, told in zip(_alone(table, rule), _known(table), strict=True)
        )
        for table in tables
    )


def _alone(table: Counted, rule: Rule) -> list[str]:
    """Why each row of a table may not be shown, whatever others show."""
    alone = Tallies(table.present, table.people, table.counts).reasons(rule)
    of_one = set(table.groups_of_one)
    return [
        reason or (ONE_SCHOOL if domain in of_one else "")
        for (domain, _level), reason in zip(table.keys, alone, strict=True)
    ]


def _known(table: Counted) -> Bools:
    assert table.told is not None
    return table.told


def _decided(
    tables: Sequence[Counted],
    beneath: Sequence[Counted],
    rule: Rule,
    known: Sequence[Outside],
    pools: Sequence[Pooled],
    before: Sequence[Sequence[Counted]],
    besides: Sequence[Bools],
) -> tuple[tuple[str, ...], ...]:
    """For each table why each row is withheld, all of them together."""
    asked = _asked(tables, beneath, pools, before)
    everything = [*asked.tables, *asked.beneath]
    lattice = Lattice.of(everything, asked.pools, asked.stages)
    crossed = {frozenset(table.by): (table.by, table.present, table) for table in everything}
    present = lattice.laid_out(crossed)
    groups = Groups.of(lattice, present, _used(lattice, present, asked), asked.tables, known, rule)
    mine = asked.tables[: len(tables)]
    rows = Counter(
        place_of(table, domain) for table in mine for domain in table.domains for _ in table.levels
    )
    hidden = groups.hidden(rule, rows)
    return _why(
        groups, asked, mine, rule, hidden, besides or [np.zeros(len(one.keys), dtype=bool) for one in mine]
    )


def _asked(
    tables: Sequence[Counted],
    beneath: Sequence[Counted],
    pools: Sequence[Pooled],
    before: Sequence[Sequence[Counted]],
) -> Staged:
    if before:
        return staged(tables, beneath, pools, before)
    return Staged(tuple(tables), tuple(beneath), tuple(pools), ())


def _used(lattice: Lattice, present: Floats, asked: Staged) -> Codes:
    """The cells that may hold anybody. Where nobody came or went between two publications is not known."""
    if not asked.stages:
        return np.flatnonzero(present > 0)
    anybody = [np.asarray(present > 0)]
    for table in asked.beneath:
        if tuple(sorted(table.by)) in lattice.blocks:
            there = {frozenset(table.by): (table.by, table.people, table)}
            anybody.append(lattice.laid_out(there, only=(tuple(sorted(table.by)),)) > 0)
    return np.flatnonzero(lattice.spread(np.any(anybody, axis=0), WHEN))


def _why(
    groups: Groups,
    asked: Staged,
    mine: Sequence[Counted],
    rule: Rule,
    hidden: Bools,
    besides: Sequence[Bools],
) -> tuple[tuple[str, ...], ...]:
    """For each of these tables why each row is withheld; "" where it is not."""
    found: dict[int, list[str]] = {}
    covers = EARLIER if asked.stages else SUBTRACTION
    for measure in dict.fromkeys(table.measure for table in mine):
        telling = [table for table in asked.tables if table.measure == measure]
        answers = Answers.of(groups, telling, [table for table in asked.beneath if table.measure == measure])
        own = [at for at, table in enumerate(mine) if table.measure == measure]
        elsewhere = answers.at([mine[at] for at in own], [besides[at] for at in own])
        withheld, reasons = answers.hidden(rule, hidden, elsewhere), answers.reasons(rule)
        for at in own:
            found[at] = [
                (reasons[place][level] or covers) if withheld[place, level] else ""
                for place in (groups.at[place_of(mine[at], domain)] for domain in mine[at].domains)
                for level in map(answers.levels.index, mine[at].levels)
            ]
    return tuple(tuple(found[at]) for at in range(len(mine)))


def _kept(
    tables: Sequence[Counted], beneath: Sequence[Counted], why: Sequence[Sequence[str]], rule: Rule
) -> Iterator[dict[str, Any]]:
    """What was counted, and which rows are shown; what is beneath has none."""
    told: set[tuple[str, ...]] = set()
    for table, reasons in zip((*tables, *beneath), (*why, *((),) * len(beneath)), strict=True):
        yield table.kept([not reason for reason in reasons], rule, schools=table.by not in told)
        told.add(table.by)
