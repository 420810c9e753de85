"""The house's mark: a dot at its depth with its interval as a line through it, named and with its base."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from .paper import Paper, Point
from .rows import Row, base_of, figures_of, known, percent, unreliable

Placed = Sequence[tuple[Row, float]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where soundings and their words stand on the paper, in pixels."""

    left: int
    right: int
    name: int
    figures: int
    base: int
    row: int
    stacked: bool
    characters: int
    reason: int

    def x(self, share: float) -> float:
        return self.left + share * (self.right - self.left)

    def line(self, top: float) -> float:
        """Where the words of a row stand."""
        return top + 16 if self.stacked else top + 19

    def depth(self, top: float) -> float:
        """Where the sounding of a row is drawn; on a phone it has a line of its own."""
        return top + 33 if self.stacked else top + 14

    def uprights(self, x: float, tops: Sequence[float]) -> list[list[Point]]:
        """An upright line past the soundings that begin at these tops, leaving out what is written."""
        if not tops:
            return []
        if not self.stacked:
            return [[(x, tops[0] - 5), (x, tops[-1] + self.row)]]
        return [[(x, tops[0] - 5), (x, tops[0] + 1)], *([(x, y + 23), (x, y + 43)] for y in tops)]

    def height(self, row: Row) -> float:
        """How tall a row is: a withheld one is as tall as its reason."""
        if known(row):
            return self.row
        lines = 16 * len(self.reasons(row))
        return 34 + lines if self.stacked else max(self.row, 12 + lines)

    def reasons(self, row: Row) -> list[str]:
        return textwrap.wrap(str(row["reason"]), self.reason)


SHEETS: dict[str, Sheet] = {
    "phone": Sheet(20, 276, 14, 346, 346, 48, True, 50, 46),
    "page": Sheet(206, 532, 16, 668, 744, 28, False, 100, 80),
}


def write_row(paper: Paper, sheet: Sheet, row: Row, name: str, top: float) -> None:
    """The words of one row: what it is called and its figures, or why it has none."""
    line = sheet.line(top)
    paper.write(sheet.name, line, name, paper.colours.ink, 14)
    if not known(row):
        return write_hidden(paper, sheet, row, line)
    paper.write(sheet.figures, line, figures_of(row), paper.colours.ink, 13.5, ha="right")
    below = top + 37.5 if sheet.stacked else line
    return paper.write(sheet.base, below, base_of(row), ha="right")


def write_hidden(paper: Paper, sheet: Sheet, row: Row, line: float) -> None:
    x, first = (sheet.name, line + 18) if sheet.stacked else (sheet.left, line)
    paper.hatch([(x, first - 10, 30, 12)])
    for at, words in enumerate(sheet.reasons(row)):
        paper.write(x + 38, first + 16 * at, words)


def soundings(paper: Paper, sheet: Sheet, rows: Placed, colour: str, marker: str = "o") -> None:
    """The marks of rows that have figures, each given with its top; hollow where a figure is unreliable."""
    shown = [(row, sheet.depth(top)) for row, top in rows if known(row)]
    paper.lines([_interval(sheet, row, y) for row, y in shown if row["ci_low"] is not None], colour, 2.4, 2)
    for hollow in (False, True):
        points = [(sheet.x(row["estimate"]), y) for row, y in shown if unreliable(row) == hollow]
        paper.dots(points, colour, inside=paper.colours.paper if hollow else "", marker=marker)


def _interval(sheet: Sheet, row: Row, y: float) -> list[Point]:
    return [(sheet.x(row["ci_low"]), y), (sheet.x(row["ci_high"]), y)]


QUARTERS = (0, 0.25, 0.5, 0.75, 1)


def contours(paper: Paper, sheet: Sheet, tops: Sequence[float]) -> None:
    """Fine upright lines at the quarters, past the soundings that begin at these tops."""
    lines = [line for share in QUARTERS for line in sheet.uprights(sheet.x(share), tops)]
    paper.lines(lines, paper.colours.contour, 1)


def scale(paper: Paper, sheet: Sheet, y: float) -> None:
    """What the quarters are."""
    for share in QUARTERS:
        words = percent(share) if share == 1 else f"{share * 100:.0f}"
        paper.write(sheet.x(share), y, words, ha="center")
