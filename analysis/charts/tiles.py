"""A city as tiles, one for each borough, shaded by its estimate."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from .paper import Box, Paper, Picture, Theme, Width, fold, measure
from .rows import (
    Labels,
    Row,
    Table,
    bases,
    domains_of,
    each_with_why,
    figures_of,
    known,
    told,
    unreliable,
    why_hidden,
)
from .shades import Classes, Ramp, Shaded, classes, fold_corners, key, marks, shade
from .words import say

Tiles = Mapping[Any, tuple[int, int]]
GAP = 2
MARGIN = {"phone": 6, "page": 16}
TALL = {"phone": 46.0, "page": 66.0}
ROOMY = 50


def tile_map(
    table: Table,
    tiles: Tiles,
    *,
    labels: Labels,
    title: str,
    short: Labels | None = None,
    width: Width = "page",
    theme: Theme = "light",
    overall: Row | None = None,
    overall_name: str = "Everyone",
    edges: Sequence[int] | None = None,
    least: float = 2 / 3,
) -> Picture:
    """A tile for each borough, shaded by its estimate in five stated classes, with its name and percentage.

    tiles: for each level its column and row, whole numbers. labels: a name for each level; short: one of at most
    seven letters, for the tiles of a phone. overall: a row of the table without domains, told under the title.
    edges: six whole percentages, to hold several maps to the same classes. least: the share of the tiles that
    must have figures. A folded corner marks the figures flagged "[u]"; tiles that have none are hatched. Figures of
    levels that have no tile are told under the map. The picture's `areas` are its tiles.

    Raises:
        ValueError: fewer tiles have figures than `least` of them: part of a city is no map of it; two tiles in one
            place; a figure outside of the edges; the table has no `by` column, or several.

    >>> from analysis import SurveyDesign
    >>> frame = {"borough": ["north", "south"] * 40, "worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["borough"])
    >>> picture = tile_map(table, {"north": (0, 0), "south": (0, 1)}, labels={}, title="Worried")
    >>> print(picture.description)
    Tile map: 2 of 2 areas have figures; in brackets the 95 % confidence interval. Highest: north, 50 % (34 to 66), \
40 people. Lowest: south, 50 % (34 to 66), 40 people. Read with care: north, south.
    """
    city = _City({row[table.by[0]]: row for row in domains_of(table)}, tiles, labels, short or labels)
    city.check(least)
    everyone = _everyone(overall, overall_name)
    paper = Paper.of(width, theme)
    ramp, found = Ramp.of(theme, paper.colours), classes(city.on_map, edges)
    top = key(paper, ramp, found, paper.head(title, [*everyone, _notes(city)]) - 4)
    boxes = _boxes(city, paper, top + 14, width)
    _draw(replace(paper, mirrored=False), ramp, found, city, boxes)  # east is on the right in every tongue
    bottom = max(top + down for _, top, _, down in boxes.values())
    paper.cut(_write_beyond(paper, city, bottom) + 8)
    drawn = paper.called(title, " ".join([_describe(city, table.interval_name), *everyone]))
    drawn.areas = paper.areas(boxes)
    return drawn


@dataclass(frozen=True, slots=True)
class _City:
    """The rows of a table by level, and the tiles that they belong to."""

    rows: Mapping[Hashable, Row]
    tiles: Tiles
    labels: Labels
    short: Labels

    @property
    def on_map(self) -> list[Row]:
        return [self.rows[level] for level in self.tiles if level in self.rows]

    @property
    def shown(self) -> list[tuple[str, Row]]:
        """Names and rows of the tiles that have figures, the highest first."""
        found = [(self.name(level), self.rows[level]) for level in self.tiles if known(self.rows.get(level))]
        return sorted(found, key=lambda one: (-one[1]["estimate"], one[0]))

    @property
    def beyond(self) -> list[tuple[str, Row]]:
        """Names and rows of what is on no tile."""
        return [(self.name(level), row) for level, row in self.rows.items() if level not in self.tiles]

    def name(self, level: Hashable) -> str:
        return str(self.labels.get(level, level))

    def check(self, least: float) -> None:
        if len(set(self.tiles.values())) < len(self.tiles):
            raise ValueError("two tiles of the map are in one place")
        needed, found = ceil(least * len(self.tiles) - 1e-9), len(self.shown)
        if found < needed:
            raise ValueError(
                f"it would need figures for at least {needed} of its {len(self.tiles)} areas, and there are {found}; "
                "a part of the city is no map of it"
            )


def _everyone(overall: Row | None, name: str) -> list[str]:
    """The figure of the whole city, where it may be shown."""
    if not overall or not known(overall):
        return []
    people = f"{overall['n']:,}"
    return [
        say("%(name)s: %(figures)s, n %(people)s.", name=name, figures=figures_of(overall), people=people)
    ]


def _notes(city: _City) -> str:
    hidden = len(city.shown) < len(city.tiles)
    answered = bases(city.on_map)
    numbers = (
        say("Numbers: per cent, of %(people)s people in each.", people=answered)
        if answered
        else say("Numbers: per cent.")
    )
    return f"{numbers} {marks(city.on_map, hidden)}".rstrip()


def _boxes(city: _City, paper: Paper, top: float, width: Width) -> dict[Hashable, Box]:
    """Where each tile is drawn."""
    tall = TALL[width]
    columns, rows = zip(*city.tiles.values(), strict=True)
    left, first, count = min(columns), min(rows), max(columns) - min(columns) + 1
    step = min((paper.width - 2 * MARGIN[width] + GAP) / count, 1.6 * tall)
    indent = (paper.width - count * step + GAP) / 2
    return {
        level: (indent + (column - left) * step, top + (row - first) * (tall + GAP), step - GAP, tall)
        for level, (column, row) in city.tiles.items()
    }


def _draw(paper: Paper, ramp: Ramp, found: Classes, city: _City, boxes: Mapping[Hashable, Box]) -> None:
    shaded = [Shaded(box, city.rows.get(level)) for level, box in boxes.items()]
    shade(paper, ramp, found, shaded)
    hidden = [one.box for one in shaded if not known(one.row)]
    paper.fill(hidden, "none", paper.colours.quiet)
    paper.hatch([_beneath_name(box) for box in hidden], density="//")
    for level, box in boxes.items():
        _write_tile(paper, ramp, found, city, level, box)
    fold_corners(paper, shaded)


def _beneath_name(box: Box) -> Box:
    """The part of a tile that its name leaves."""
    left, top, across, down = box
    name = 38 if down > ROOMY else 23
    return (left + 1, top + name, across - 2, down - name - 1)


def _write_tile(paper: Paper, ramp: Ramp, found: Classes, city: _City, level: Hashable, box: Box) -> None:
    left, top, across, down = box
    middle, row, roomy = left + across / 2, city.rows.get(level), down > ROOMY
    shown = row is not None and known(row)
    colour = ramp.ink(found.of_row(row)) if row is not None and shown else paper.colours.ink
    for at, line in enumerate(_tile_name(city, level, across, roomy)):
        paper.write(middle, top + 17 + 14 * at, line, colour, 12, ha="center")
    if row is not None and shown:
        size = 19 if roomy else 16
        number = f"{row['estimate'] * 100:.0f}"
        paper.write(
            middle, top + down - (11 if roomy else 8), number, colour, size, ha="center", fontweight="bold"
        )


def _tile_name(city: _City, level: Hashable, across: float, roomy: bool) -> list[str]:
    """The whole name where two lines of it fit, or else the short one."""
    lines = fold(city.name(level), across - 8, 12)
    fits = all(measure(line, 12) <= across - 4 for line in lines)
    return (
        lines
        if fits and len(lines) <= (2 if roomy else 1)
        else [str(city.short.get(level, city.name(level)))]
    )


def _write_beyond(paper: Paper, city: _City, bottom: float) -> float:
    """Under the map: what is on no tile."""
    words = _beyond(city)
    y = bottom + 10.0
    for line in fold(words, paper.right - paper.edge, 12.5):
        paper.write(paper.edge, y + 12, line, size=12.5)
        y += 17
    return y


def _beyond(city: _City) -> str:
    said = [f"{name}, {figures_of(row) if known(row) else say('not shown')}" for name, row in city.beyond]
    return say("On no tile: %(names)s.", names="; ".join(said)) if said else ""


def _describe(city: _City, interval_name: str) -> str:
    shown = city.shown
    parts = [
        say(
            "Tile map: %(shown)s of %(all)s areas have figures; in brackets the %(interval)s.",
            shown=len(shown),
            all=len(city.tiles),
            interval=interval_name,
        )
    ]
    if shown:
        (most, highest), (least, lowest) = shown[0], shown[-1]
        parts += [
            say("Highest: %(row)s.", row=told(highest, most)),
            say("Lowest: %(row)s.", row=told(lowest, least)),
        ]
    care = [name for name, row in shown if unreliable(row)]
    parts += [say("Read with care: %(names)s.", names=", ".join(care))] if care else []
    gone = [(level, city.rows.get(level)) for level in city.tiles if not known(city.rows.get(level))]
    hidden = [(city.name(level), why_hidden(row)) for level, row in gone]
    parts += [say("Not shown: %(names)s.", names=each_with_why(hidden))] if hidden else []
    return " ".join([*parts, _beyond(city)]).rstrip()
