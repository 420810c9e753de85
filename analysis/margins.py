"""Margins: population counts to weight to, and by which rules a sample is fitted to them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .cube import Cube, group
from .frame import Codes, Column, Floats, listing, read

if TYPE_CHECKING:
    from .design import SurveyDesign

Cell = Hashable
SAME_TOTAL = 1e-6


class CannotWeight(ValueError):
    """The sample cannot be weighted to these margins; the message says which level, and how to mend it.

    >>> from analysis import SurveyDesign
    >>> SurveyDesign({"sex": ["F", "F"]}, kind="quota").rake([Margin("sex", {"F": 51, "M": 49})])
    Traceback (most recent call last):
    analysis.margins.CannotWeight: margin sex: nobody in the sample is in 'M', where 49 people live. Merge it with a \
level that was answered: merge={'M': ...}
    """


class NotConverged(CannotWeight):
    """Weighting stopped before it met every margin: `margin`, `level`, `off` say where it is furthest away.

    off: relatively, -0.1 for a tenth too little.

    >>> from analysis import SurveyDesign
    >>> frame = {"sex": ["F", "M"], "age": ["10-11", "12-13"]}
    >>> margins = [Margin("sex", {"F": 5, "M": 5}), Margin("age", {"10-11": 4, "12-13": 6})]
    >>> try:
    ...     SurveyDesign(frame, kind="quota").rake(margins)
    ... except NotConverged as wrong:
    ...     print(wrong.margin, wrong.level, round(wrong.off, 3))
    sex F -0.2
    """

    def __init__(self, margin: str, level: Cell, off: float, rounds: int, method: str = "raking") -> None:
        self.margin, self.level, self.off = margin, level, off
        how = "raking" if method == "raking" else f"{method} calibration"
        super().__init__(
            f"{how} has not converged after {rounds} rounds: margin {margin} is still {abs(off):.2g} of "
            f"its target away at {level!r}. The margins may contradict each other, or a cell of them may be "
            f"empty; merge levels with few respondents, or use fewer margins"
        )


@dataclass(frozen=True, slots=True)
class Margin:
    """Population counts by the levels of one column, or of several crossed.

    columns: a column name, or a tuple of names.
    targets: the count for each level, or for each tuple of levels.
    merge: levels weighted together with another level of `targets`: {"City of London": "Westminster"}.
    others: what happens to respondents whose level (or missing answer) has no target. None refuses;
        "own share" lets them keep their share of the sample's weight, and scales the targets to the rest.

    >>> margin = Margin("gender", {"female": 510, "male": 490}, others="own share")
    >>> print(margin.rule)
    gender: an answer without a population count keeps its own share of the sample's weight, and the counts \
are scaled to the rest.
    >>> Margin("borough", {"City": 10, "Westminster": 300}, merge={"City": "Westminster"}).rules
    ("borough: 'City' is weighted together with 'Westminster'.",)
    >>> crossed = Margin(("age", "sex"), {("10-11", "F"): 30, ("10-11", "M"): 20})
    >>> crossed.names, crossed.name, crossed.total
    (('age', 'sex'), 'age x sex', 50.0)

    Raises:
        CannotWeight: counts that are negative or nobody's; a level merged into one that has no target.
    """

    columns: str | tuple[str, ...]
    targets: Mapping[Any, float]
    merge: Mapping[Any, Any] = field(default_factory=dict)
    others: Literal["own share"] | None = None

    def __post_init__(self) -> None:
        bad = [level for level, count in self.targets.items() if not _is_count(count)]
        if bad:
            raise CannotWeight(f"margin {self.name}: the count for {listing(bad)} must be 0 or more")
        if not sum(self.targets.values()) > 0:
            raise CannotWeight(f"margin {self.name} has no population: give a count for each level")
        if self.others not in (None, "own share"):
            raise CannotWeight(f"margin {self.name}: others must be None or 'own share', not {self.others!r}")
        for level, into in self.merge.items():
            if into not in self.targets or into in self.merge:
                raise CannotWeight(
                    f"margin {self.name}: {level!r} cannot be merged into {into!r}, which is "
                    f"{'merged itself' if into in self.merge else 'not among the targets'}"
                )

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, one or several."""
        return (self.columns,) if isinstance(self.columns, str) else tuple(self.columns)

    @property
    def name(self) -> str:
        """What messages and reports call it."""
        return " x ".join(self.names)

    @property
    def total(self) -> float:
        """How many people its counts add up to."""
        return float(sum(self.targets.values()))

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule this margin is used by, one readable sentence each."""
        merged = tuple(
            f"{self.name}: {level!r} is weighted together with {into!r}."
            for level, into in self.merge.items()
        )
        if self.others is None:
            return merged
        return (
            *merged,
            f"{self.name}: an answer without a population count keeps its own share of the "
            f"sample's weight, and the counts are scaled to the rest.",
        )

    @property
    def rule(self) -> str:
        """The rules as one text."""
        return " ".join(self.rules)

    def scaled(self, total: float) -> Margin:
        """The same margin with its counts scaled to add up to `total`.

        >>> Margin("sex", {"F": 30, "M": 10}).scaled(100).targets
        {'F': 75.0, 'M': 25.0}
        """
        return replace(self, targets={k: v * total / self.total for k, v in self.targets.items()})

    def merging(
        self, design: SurveyDesign, fewer_than: int = 20, *, within: Mapping[Any, Hashable] | None = None
    ) -> Margin:
        """The same margin with small cells merged, by one stated rule; `rules` lists what was merged.

        In the order of the targets, each cell that fewer than `fewer_than` respondents are in is weighted together
        with the next (the last with the one before), under the name of the largest. Of several columns only the levels
        of the last are merged. within: the group of each level, such as its sub-region; none is merged across groups.

        >>> from analysis import SurveyDesign
        >>> design = SurveyDesign({"age": ["10-11"] * 3 + ["12-13"] * 30 + ["14-15"] * 40}, kind="quota")
        >>> margin = Margin("age", {"10-11": 90, "12-13": 95, "14-15": 99})
        >>> margin.merging(design).rules
        ("age: '10-11' is weighted together with '12-13'.",)
        """
        small = design.to_weight(self.names).by(self.names)
        people: dict[Cell, float] = dict.fromkeys(self.targets, 0.0)
        for cell, n in zip(_cells(small, self.names), small.n.tolist(), strict=True):
            cell = self.merge.get(cell, cell)
            people[cell] = people.get(cell, 0.0) + n
        merge = dict(self.merge)
        for listed in self._neighbours(within or {}):
            for together in _together(listed, people, fewer_than):
                largest = max(together, key=lambda cell: people[cell])
                merge |= {cell: largest for cell in together if cell != largest}
                merge = {cell: largest if into in together else into for cell, into in merge.items()}
        return replace(self, merge=merge)

    def _neighbours(self, within: Mapping[Any, Hashable]) -> list[list[Cell]]:
        """The cells in the order of the targets, in lists of those that may be merged with each other."""
        lists: dict[Hashable, list[Cell]] = {}
        for cell in self.targets:
            if cell not in self.merge:
                above: Hashable = cell[:-1] if isinstance(cell, tuple) else ()
                last = cell[-1] if isinstance(cell, tuple) else cell
                lists.setdefault((above, within.get(last)), []).append(cell)
        return list(lists.values())

    @classmethod
    def of(
        cls,
        frame: Any,
        columns: str | tuple[str, ...],
        count: str,
        *,
        merge: Mapping[Any, Any] | None = None,
        others: Literal["own share"] | None = None,
    ) -> Margin:
        """A margin summed from a frame of population counts, such as borough by age band by sex.

        >>> people = {"borough": ["A", "A", "B"], "sex": ["F", "M", "F"], "people": [10, 20, 30]}
        >>> Margin.of(people, "sex", count="people").targets
        {'F': 40.0, 'M': 20.0}

        Raises:
            KeyError: there is no such column. ValueError: the counts are words. CannotWeight: one is negative.
        """
        counts = read(frame)
        names = (columns,) if isinstance(columns, str) else columns
        people = counts.numbers(count)
        cube = Cube(tuple(counts.column(name) for name in names), people, people, people).by(names)
        cells = _cells(cube, names)
        return cls(columns, dict(zip(cells, cube.n.tolist(), strict=True)), merge or {}, others)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A margin as it is used on one sample: its cells after merging, and the target of each."""

    margin: Margin
    cells: tuple[Cell, ...]
    targets: Floats

    def place(self, cube: Cube) -> Codes:
        """The cell of this margin that each row of the cube is in."""
        index = {cell: i for i, cell in enumerate(self.cells)}
        axes = [cube.axis(name) for name in self.margin.names]
        row, first = group([axis.codes for axis in axes], [len(axis.levels) for axis in axes], len(cube.n))
        found = [index.get(self.margin.merge.get(cell, cell), -1) for cell in _cells_at(axes, first)]
        return np.array(found, dtype=np.intp)[row]


def _is_count(count: object) -> bool:
    return isinstance(count, (int, float, np.number)) and bool(0 <= float(count) < float("inf"))


def _together(cells: Sequence[Cell], people: Mapping[Cell, float], fewer_than: int) -> list[list[Cell]]:
    """Neighbours joined until each group has enough people; a last group with too few joins the one before."""
    groups: list[list[Cell]] = [[]]
    for cell in cells:
        if groups[-1] and sum(people[one] for one in groups[-1]) >= fewer_than:
            groups.append([])
        groups[-1].append(cell)
    if len(groups) > 1 and sum(people[one] for one in groups[-1]) < fewer_than:
        groups[-2:] = [groups[-2] + groups[-1]]
    return [group for group in groups if len(group) > 1]


def fit(margin: Margin, cube: Cube) -> Fitted:
    weight: dict[Cell, float] = {}
    people: dict[Cell, float] = {}
    small = cube.by(margin.names)
    for cell, w, n in zip(_cells(small, margin.names), small.w.tolist(), small.n.tolist(), strict=True):
        cell = margin.merge.get(cell, cell)
        weight[cell] = weight.get(cell, 0.0) + w
        people[cell] = people.get(cell, 0.0) + n
    targets: dict[Cell, float] = {}
    for cell, count in margin.targets.items():
        cell = margin.merge.get(cell, cell)
        targets[cell] = targets.get(cell, 0.0) + float(count)
    _nobody_answered(margin, targets, weight)
    strangers = [cell for cell in weight if cell not in targets]
    if strangers and margin.others is None:
        _refuse_strangers(margin, strangers, people)
    share = {cell: weight[cell] / sum(weight.values()) for cell in strangers}
    rest = 1 - sum(share.values())
    known = {cell: count * rest for cell, count in targets.items() if cell in weight}
    kept = {cell: margin.total * part for cell, part in share.items()}
    cells = {**known, **kept}
    return Fitted(margin, tuple(cells), np.array(list(cells.values())))


def _nobody_answered(margin: Margin, targets: Mapping[Cell, float], weight: Mapping[Cell, float]) -> None:
    empty = [cell for cell, count in targets.items() if count > 0 and not weight.get(cell, 0.0) > 0]
    if empty:
        people = sum(targets[cell] for cell in empty)
        raise CannotWeight(
            f"margin {margin.name}: nobody in the sample is in {listing(empty)}, where {people:,.0f} people "
            f"live. Merge it with a level that was answered: merge={{{empty[0]!r}: ...}}"
        )


def _refuse_strangers(margin: Margin, strangers: Sequence[Cell], people: Mapping[Cell, float]) -> None:
    count = sum(people[cell] for cell in strangers)
    raise CannotWeight(
        f"margin {margin.name}: {listing(strangers)} ({count:,.0f} respondents) has no population count "
        f"(None is a missing answer). Give it a target, merge it, or say others='own share'"
    )


def same_totals(margins: Sequence[Margin]) -> None:
    first = margins[0]
    for margin in margins[1:]:
        apart = margin.total / first.total - 1
        if abs(apart) > SAME_TOTAL:
            raise CannotWeight(
                f"margin {margin.name} adds up to {margin.total:,.0f}, margin {first.name} to "
                f"{first.total:,.0f}: {abs(apart):.1%} apart. Use counts of the same people, or "
                f"margin.scaled({first.total:.0f})"
            )


def rules_of(fitted: Fitted, cube: Cube) -> tuple[str, ...]:
    margin = fitted.margin
    rules = tuple(rule for rule in margin.rules if "own share" not in rule)
    if margin.others is None:
        return rules
    small = cube.by(margin.names)
    known = set(margin.targets) | set(margin.merge)
    outside = np.array([cell not in known for cell in _cells(small, margin.names)], dtype=bool)
    people, part = small.n[outside].sum(), small.w[outside].sum() / small.w.sum()
    return (
        *rules,
        f"{margin.name}: {people:,.0f} respondents gave an answer without a population count, or "
        f"none; they keep their {part:.1%} of the sample's weight, and the counts are scaled to "
        f"the rest.",
    )


def _cells(cube: Cube, names: Sequence[str]) -> list[Cell]:
    return _cells_at([cube.axis(name) for name in names], np.arange(len(cube.n)))


def _cells_at(axes: Sequence[Column], rows: Codes) -> list[Cell]:
    levels = [(*axis.levels, None) for axis in axes]
    found = [[lev[code] for code in axis.codes[rows]] for lev, axis in zip(levels, axes, strict=True)]
    return list(found[0]) if len(axes) == 1 else list(zip(*found, strict=True))
