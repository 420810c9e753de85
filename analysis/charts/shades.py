"""Five stated shades of the tide for a percentage, the colour that can be read on each, and their key."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from .paper import Box, Colours, Paper, Point, Theme, measure
from .rows import Row, known, unreliable, whole
from .words import say

SHADES: dict[str, tuple[str, ...]] = {
    "light": ("#DCECE7", "#A9D1CD", "#6DB0B1", "#1B6B72", "#0B3B43"),
    "dark": ("#17343F", "#1F4F58", "#2C7077", "#63B5B8", "#B5E6E4"),
}
STEPS = (5, 10, 20)
CORNER = 8


@dataclass(frozen=True, slots=True)
class Classes:
    """Five classes of whole percentages. edges: six, rising; the last class holds its upper edge.

    >>> Classes((20, 30, 40, 50, 60, 70)).names
    ('20 to 29', '30 to 39', '40 to 49', '50 to 59', '60 to 70')
    """

    edges: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.edges) != len(SHADES["light"]) + 1 or list(self.edges) != sorted(set(self.edges)):
            raise ValueError(f"five classes need six whole percentages that rise; not {list(self.edges)}")

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Classes:
        """Equal classes of 5, 10 or 20 points that hold every figure of the rows: the finest that do.

        >>> rows = [{"estimate": share, "ci_low": 0, "ci_high": 1} for share in (0.31, 0.52)]
        >>> Classes.of(rows).edges
        (30, 35, 40, 45, 50, 55)
        """
        shares = [whole(row["estimate"]) for row in rows if known(row)] or [0, 100]
        least, most = min(shares), max(shares)
        for step in STEPS:
            start = min(least // step * step, 100 - 5 * step)
            if most <= start + 5 * step:
                break
        spare = (start + 5 * step - most) // step
        start = max(0, start - spare // 2 * step)
        return cls(tuple(range(start, start + 5 * step + 1, step)))

    @property
    def names(self) -> tuple[str, ...]:
        """What each class is called."""
        return tuple(say("%(low)s to %(high)s", low=low, high=high) for low, high in self._ends)

    @property
    def figures(self) -> tuple[str, ...]:
        """The same in as little room as can be.

        >>> Classes((20, 30, 40, 50, 60, 70)).figures[0]
        '20–29'
        """
        return tuple(f"{low}–{high}" for low, high in self._ends)

    @property
    def _ends(self) -> list[tuple[int, int]]:
        ends = [*(edge - 1 for edge in self.edges[1:-1]), self.edges[-1]]
        return list(zip(self.edges, ends, strict=False))

    def of_row(self, row: Row) -> int:
        """The place of a row's class, by the whole percentage that is printed; ValueError outside of all."""
        share = whole(row["estimate"])
        if not self.edges[0] <= share <= self.edges[-1]:
            raise ValueError(f"{share} % is in none of the classes: {', '.join(self.names)}")
        return min(bisect_right(self.edges, share), len(self.names)) - 1


@dataclass(frozen=True, slots=True)
class Ramp:
    """The shades of a theme with what is written on them."""

    shades: tuple[str, ...]
    colours: Colours

    @classmethod
    def of(cls, theme: Theme, colours: Colours) -> Ramp:
        return cls(SHADES[theme], colours)

    def ink(self, place: int) -> str:
        """Ink or paper, whichever stands out more from a shade."""
        shade = self.shades[place]
        return max(self.colours.ink, self.colours.paper, key=lambda one: contrast(one, shade))


def classes(rows: Sequence[Row], edges: Sequence[int] | None) -> Classes:
    """The classes that were asked for; where none were, those that fit the rows."""
    return Classes.of(rows) if edges is None else Classes(tuple(edges))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3): from 1 to 21.

    >>> round(contrast("#FFFFFF", "#000000"))
    21
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2): from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@dataclass(frozen=True, slots=True)
class Shaded:
    """A box on the paper and the row that it stands for; no row where there is none."""

    box: Box
    row: Row | None


def shade(paper: Paper, ramp: Ramp, found: Classes, shaded: Sequence[Shaded]) -> None:
    """Fill each box by its class: one shape a class, whatever the number of boxes."""
    shown = [(found.of_row(one.row), one.box) for one in shaded if one.row is not None and known(one.row)]
    for place, colour in enumerate(ramp.shades):
        paper.fill([box for at, box in shown if at == place], colour, ramp.colours.contour)


def fold_corners(paper: Paper, shaded: Sequence[Shaded]) -> None:
    """The corner of each box whose figure is unreliable is folded in: the same doubt as a hollow dot."""
    care = [one.box for one in shaded if one.row and known(one.row) and unreliable(one.row)]
    paper.shapes([_corner(box) for box in care], paper.colours.paper, paper.colours.quiet, 1)


def _corner(box: Box) -> list[Point]:
    left, top, across, down = box
    right, bottom = left + across, top + down
    return [(right - CORNER, bottom), (right, bottom), (right, bottom - CORNER)]


def key(paper: Paper, ramp: Ramp, found: Classes, top: float) -> float:
    """The five shades named in themselves, and where the next line may stand."""
    across = (paper.right - paper.edge) / len(ramp.shades)
    across = min(across, 92)
    fits = all(measure(words, 12) <= across for words in found.names)
    for place, words in enumerate(found.names if fits else found.figures):
        left = paper.edge + place * across
        paper.fill([(left, top, across, 22)], ramp.shades[place], ramp.colours.contour)
        last = place == len(found.names) - 1 and across > 80
        told = say("%(share)s %%", share=words) if last else words
        paper.write(left + across / 2, top + 15.5, told, ramp.ink(place), 12, ha="center")
    return top + 22


def marks(rows: Sequence[Row], hidden: bool) -> str:
    """What the folded corner and the hatching mean, where there are any."""
    care = any(known(row) and unreliable(row) for row in rows)
    return " ".join([say("Folded corner: read with care.")] * care + [say("Hatched: not shown.")] * hidden)
