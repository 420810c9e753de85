"""Two columns crossed, as a table of shaded percentages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from .paper import Box, Paper, Picture, Theme, Width, fold, measure
from .rows import Labels, Row, Table, bases, each_with_why, known, shares, told, unreliable, why_hidden
from .shades import Classes, Ramp, Shaded, classes, fold_corners, key, marks, shade
from .words import say

GAP = 2
NAMES = {"phone": 112, "page": 190}
SIZE = {"phone": 12.0, "page": 13.5}


def heat(
    table: Table,
    *,
    labels: Labels,
    title: str,
    rows: str | None = None,
    columns: str | None = None,
    width: Width = "page",
    theme: Theme = "light",
    edges: Sequence[int] | None = None,
) -> Picture:
    """A table by two columns: a percentage in each cell, shaded in five stated classes.

    labels: a name for each level of both columns. rows, columns: which column goes down and which across; the
    first and the second of the table's where they are not named. edges: six whole percentages, to hold several
    pictures to the same classes. A folded corner marks the figures flagged "[u]"; cells that have none are hatched.

    Raises:
        ValueError: the table is not by two columns, or not by these; it has several rows for a cell; a figure is
            outside of the edges.

    >>> from analysis import SurveyDesign
    >>> frame = {"age": ["10", "11"] * 80, "gender": ["f", "f", "m", "m"] * 40, "worry": [1, 0, 0, 1, 1] * 32}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age", "gender"])
    >>> picture = heat(table, labels={"f": "Girls", "m": "Boys"}, title="Worried, by age and gender")
    >>> print(picture.description)
    Table of 2 rows by 2 columns: Girls, Boys. 4 of 4 cells have figures; in brackets the 95 % confidence interval. \
Highest: 10, Girls, 60 % (43 to 75), 40 people. Lowest: 11, Boys, 60 % (43 to 75), 40 people. \
4 of the figures are to be read with care.
    """
    down, across = _columns(table, rows, columns)
    crossed = _Crossed.of(shares(table.rows()), down, across, labels)
    paper = Paper.of(width, theme)
    ramp, found = Ramp.of(theme, paper.colours), classes(crossed.all, edges)
    top = key(paper, ramp, found, paper.head(title, [_notes(crossed)]) - 4)
    grid = _Grid.of(crossed, paper, top + 12, NAMES[width], SIZE[width])
    paper.cut(_draw(paper, ramp, found, crossed, grid) + 12)
    drawn = paper.called(title, _describe(crossed, table.interval_name))
    drawn.folds = (top + 6, *(grid.top - 1 + at * grid.tall for at in range(len(crossed.down) + 1)))
    return drawn


def describe_heat(table: Table, labels: Labels) -> str:
    """The text alternative of `heat`, without drawing it.

    >>> from analysis import SurveyDesign
    >>> frame = {"age": ["10", "11"] * 80, "gender": ["f", "f", "m", "m"] * 40, "worry": [1, 0, 0, 1, 1] * 32}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age", "gender"])
    >>> describe_heat(table, {"f": "Girls", "m": "Boys"}).partition(".")[0]
    'Table of 2 rows by 2 columns: Girls, Boys'
    """
    down, across = _columns(table, None, None)
    return _describe(_Crossed.of(shares(table.rows()), down, across, labels), table.interval_name)


def _columns(table: Table, rows: str | None, columns: str | None) -> tuple[str, str]:
    """Which column goes down and which across."""
    if len(table.by) != 2:
        raise ValueError(f"this picture shows two columns crossed; the table has {list(table.by)}")
    one, other = table.by
    down = rows or (one if columns != one else other)
    across = columns or (other if down == one else one)
    if {down, across} != {one, other}:
        raise ValueError(f"the table is by {one} and {other}, and not by {down} and {across}")
    return down, across


@dataclass(frozen=True, slots=True)
class _Crossed:
    """The rows of a table by their two levels."""

    cells: Mapping[tuple[Hashable, Hashable], Row]
    down: tuple[Hashable, ...]
    across: tuple[Hashable, ...]
    labels: Labels

    @classmethod
    def of(cls, rows: Sequence[Row], down: str, across: str, labels: Labels) -> _Crossed:
        cells = {(row[down], row[across]): row for row in rows}
        if len(cells) < len(rows):
            raise ValueError("this picture shows one row for each cell; name a level, or the union of some")
        one, other = (tuple(dict.fromkeys(row[column] for row in rows)) for column in (down, across))
        return cls(cells, one, other, labels)

    @property
    def all(self) -> list[Row]:
        return list(self.cells.values())

    @property
    def shown(self) -> list[tuple[str, Row]]:
        """Names and rows of the cells that have figures, the highest first."""
        found = [(self.both(at), row) for at, row in self.cells.items() if known(row)]
        return sorted(found, key=lambda one: -one[1]["estimate"])

    @property
    def size(self) -> int:
        return len(self.down) * len(self.across)

    def name(self, level: Hashable) -> str:
        return str(self.labels.get(level, level))

    def both(self, at: tuple[Hashable, Hashable]) -> str:
        return f"{self.name(at[0])}, {self.name(at[1])}"


def _notes(crossed: _Crossed) -> str:
    answered = bases(crossed.all)
    numbers = (
        say("Numbers: per cent, of %(people)s people in each cell.", people=answered)
        if answered
        else say("Numbers: per cent.")
    )
    return f"{numbers} {marks(crossed.all, len(crossed.shown) < crossed.size)}".rstrip()


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells stand, and the folded names of rows and columns."""

    left: float
    top: float
    across: float
    tall: float
    size: float
    names: tuple[list[str], ...]
    heads: tuple[list[str], ...]

    @classmethod
    def of(cls, crossed: _Crossed, paper: Paper, top: float, names: float, size: float) -> _Grid:
        names = min(
            names, max((measure(crossed.name(level), size) for level in crossed.down), default=0) + 16
        )
        across = min((paper.right - paper.edge - names) / max(1, len(crossed.across)), 110)
        folded = tuple(fold(crossed.name(level), names - 4, size) for level in crossed.down)
        heads = tuple(fold(crossed.name(level), across - 2, 12) for level in crossed.across)
        lines = max((len(name) for name in folded), default=1)
        head = 14 * max((len(one) for one in heads), default=1) + 4
        return cls(
            paper.edge + names, top + head, across, 26 if lines < 2 else 15 * lines + 4, size, folded, heads
        )

    def box(self, row: int, column: int) -> Box:
        left, top = self.left + column * self.across, self.top + row * self.tall
        return (left, top, self.across - GAP, self.tall - GAP)


def _draw(paper: Paper, ramp: Ramp, found: Classes, crossed: _Crossed, grid: _Grid) -> float:
    """The cells with their names, and where the last row ends."""
    shaded = [
        Shaded(grid.box(at, column), crossed.cells.get((one, other)))
        for at, one in enumerate(crossed.down)
        for column, other in enumerate(crossed.across)
    ]
    shade(paper, ramp, found, shaded)
    paper.hatch([one.box for one in shaded if not known(one.row)], density="//")
    fold_corners(paper, shaded)
    _write_names(paper, grid)
    for one in shaded:
        _write_cell(paper, ramp, found, one)
    return grid.top + len(crossed.down) * grid.tall


def _write_names(paper: Paper, grid: _Grid) -> None:
    for column, lines in enumerate(grid.heads):
        middle = grid.left + column * grid.across + (grid.across - GAP) / 2
        for up, line in enumerate(reversed(lines)):
            paper.write(middle, grid.top - 6 - 14 * up, line, ha="center")
    for row, lines in enumerate(grid.names):
        first = grid.top + row * grid.tall + (grid.tall - GAP) / 2 - 7 * (len(lines) - 1) + 4.5
        for at, line in enumerate(lines):
            paper.write(paper.edge, first + 14 * at, line, paper.colours.ink, grid.size)


def _write_cell(paper: Paper, ramp: Ramp, found: Classes, one: Shaded) -> None:
    if one.row is None or not known(one.row):
        return
    left, top, across, down = one.box
    colour = ramp.ink(found.of_row(one.row))
    paper.write(
        left + across / 2, top + down / 2 + 4.5, f"{one.row['estimate'] * 100:.0f}", colour, 13, ha="center"
    )


def _describe(crossed: _Crossed, interval_name: str) -> str:
    shown = crossed.shown
    heads = ", ".join(crossed.name(level) for level in crossed.across)
    size = {"rows": len(crossed.down), "columns": len(crossed.across), "names": heads}
    held = {"shown": len(shown), "all": crossed.size, "interval": interval_name}
    parts = [
        say("Table of %(rows)s rows by %(columns)s columns: %(names)s.", **size),
        say("%(shown)s of %(all)s cells have figures; in brackets the %(interval)s.", **held),
    ]
    if shown:
        (most, highest), (least, lowest) = shown[0], shown[-1]
        parts += [
            say("Highest: %(row)s.", row=told(highest, most)),
            say("Lowest: %(row)s.", row=told(lowest, least)),
        ]
    care = sum(unreliable(row) for _, row in shown)
    parts += [say("%(count)s of the figures are to be read with care.", count=care)] if care else []
    hidden = _hidden(crossed)
    return " ".join(
        [*parts, *([say("Not shown: %(names)s.", names=each_with_why(hidden))] if hidden else [])]
    )


def _hidden(crossed: _Crossed) -> list[tuple[str, str]]:
    """For each row what of it is not shown, and why where one reason holds for all of it; "" where several do."""
    said = []
    for one in crossed.down:
        gone = [other for other in crossed.across if not known(crossed.cells.get((one, other)))]
        which = say("all") if len(gone) == len(crossed.across) else ", ".join(map(crossed.name, gone))
        reasons = {why_hidden(crossed.cells.get((one, other))) for other in gone}
        said += (
            [(f"{crossed.name(one)}: {which}", reasons.pop() if len(reasons) == 1 else "")] if gone else []
        )
    return said
