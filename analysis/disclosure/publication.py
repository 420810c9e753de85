"""All tables that are published together: what is withheld so that none gives away what another hides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.estimates import Estimates

from .answers import Answers
from .groups import Groups, Outside, place_of
from .lattice import Lattice, Pooled
from .rows import SUBTRACTION, Protected, protected
from .rule import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """Tables that may leave together.

    tables: as they were passed. why: for each table the reason for each row, for those who publish: which rows were
    unfit themselves and which cover others, as the public is not told. "" where a row is shown.

    >>> from analysis import SurveyDesign
    >>> whole = publish([SurveyDesign({"safe": [1, 0] * 60}, kind="quota").proportion("safe")])
    >>> whole.tables[0].rows()[0]["estimate"], whole.why, whole.withheld
    (0.5, (('',),), 0)
    """

    tables: tuple[Protected, ...]
    why: tuple[tuple[str, ...], ...]

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
) -> Publication:
    """All tables of a publication as the public may see them: what is withheld in one is given away by none.

    tables: of one design, by any columns; a question's answers together, and taken together (a list of levels). A
        question of several answers is one table for each (a column of 0 and 1).
    known: what is known from elsewhere of how many of a group answered. pools: columns that take others' levels
        together. beneath: tables that are not published but say how published ones overlap.

    Besides what `protect` says of a row by itself (`Rule`), it is taken that a reader adds and subtracts everything
    that is printed, of every table, knows everybody's number, and for each group that is not hidden how many answered.
    Then no withheld count can be told apart from any of a range as wide as the rule's minimum_count (or its group, if
    that is smaller) that begins at nobody: for each there are, in whole people, other tables that agree with all of it.
    docs/decisions/all-tables-together.md has the assumptions.

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
    everything = [*tables, *beneath]
    lattice = Lattice.of(everything, pools)
    crossed = {frozenset(table.by): (table.by, table.present, table) for table in everything}
    groups = Groups.of(lattice, lattice.laid_out(crossed), tables, known, rule)
    rows = Counter(
        place_of(table, domain) for table in tables for domain in table.domains for _ in table.levels
    )
    hidden = groups.hidden(rule, rows)
    found: dict[int, list[str]] = {}
    for measure in dict.fromkeys(table.measure for table in tables):
        mine = [table for table in tables if table.measure == measure]
        answers = Answers.of(groups, mine, [table for table in beneath if table.measure == measure])
        withheld, reasons = answers.hidden(rule, hidden), answers.reasons(rule)
        for at, table in enumerate(tables):
            if table.measure == measure:
                found[at] = [
                    (reasons[place][level] or SUBTRACTION) if withheld[place, level] else ""
                    for place in (groups.at[place_of(table, domain)] for domain in table.domains)
                    for level in map(answers.levels.index, table.levels)
                ]
    why = tuple(tuple(found[at]) for at in range(len(tables)))
    return Publication(tuple(protected(t, w, rule) for t, w in zip(tables, why, strict=True)), why)
