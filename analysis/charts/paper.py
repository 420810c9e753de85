"""Chart paper: its colours by theme, what is written and marked on it, and where it is cut off."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from .words import apart, tongue

Width = Literal["phone", "page"]
Sheet = Literal["phone", "page", "slide"]
Theme = Literal["light", "dark"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

WIDTHS: dict[str, int] = {"phone": 360, "page": 760, "slide": 1280}
EDGES: dict[str, int] = {"phone": 14, "page": 16, "slide": 36}


@dataclass(frozen=True, slots=True)
class Colours:
    """The tokens of the look, by theme."""

    paper: str
    ink: str
    quiet: str
    contour: str
    tide: str
    buoy: str


COLOURS: dict[str, Colours] = {
    "light": Colours("#FBF7EF", "#13293D", "#4A5C6B", "#D5DAD3", "#1B6B72", "#B93E25"),
    "dark": Colours("#0E1B26", "#EEF3EF", "#B3C2C6", "#2C4453", "#7FCDCE", "#FF9A7D"),
}


class Picture(Figure):
    """A figure of matplotlib that knows its title and says in words what it shows.

    areas: where each level stands, for what is laid over a picture (a map to touch): left, top, across and down, in
    thousandths of the picture's width and height. Empty where a picture has no such places.
    folds: where it may be parted into columns, in pixels from the top: above what stands over the rows, above each row,
    and below the last. Empty where it has no rows. mirrored: it is read from right to left.

    >>> from analysis import SurveyDesign
    >>> from analysis.charts import ordered
    >>> frame = {"age": ["10-11"] * 40 + ["12-13"] * 60, "worry": [1, 0] * 50}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by="age")
    >>> picture = ordered(table, labels={"10-11": "10 to 11"}, title="Worried, by age", width="phone")
    >>> print(f"{picture.heading}. {picture.description}")
    Worried, by age. Estimates for 2 groups, each with its 95 % confidence interval. Highest: 10 to 11, 50 % \
(34 to 66), 40 people. Lowest: 12-13, 50 % (37 to 63), 60 people.
    """

    heading: str = ""
    description: str = ""
    areas: Mapping[Hashable, Box] = MappingProxyType({})
    folds: tuple[float, ...] = ()
    mirrored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A sheet that is drawn on from the top, in pixels at the width it is made for."""

    picture: Picture
    axes: Axes
    colours: Colours
    width: int
    edge: int
    mirrored: bool = False

    @classmethod
    def of(cls, width: Sheet, theme: Theme) -> Paper:
        """An empty sheet, to be cut to its height once what stands on it is known."""
        colours, across = COLOURS[theme], WIDTHS[width]
        picture = Picture(figsize=(across / 72, 1), dpi=72, facecolor=colours.paper)
        axes = picture.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, across)
        picture.mirrored = tongue().mirrored
        return cls(picture, axes, colours, across, EDGES[width], picture.mirrored)

    @property
    def right(self) -> int:
        return self.width - self.edge

    def turned(self, points: Sequence[Point]) -> Sequence[Point]:
        """Points where they stand: as far from the right as they are from the left, where the sheet is mirrored."""
        return [(self.width - x, y) for x, y in points] if self.mirrored else points

    def cut(self, height: float) -> None:
        """The sheet ends here; what is drawn above stays where it is."""
        self.picture.set_size_inches(self.width / 72, height / 72)
        self.axes.set_ylim(height, 0)

    def called(self, heading: str, description: str) -> Picture:
        self.picture.heading, self.picture.description = heading, description
        return self.picture

    def areas(self, boxes: Mapping[Hashable, Box]) -> dict[Hashable, Box]:
        """Boxes on the sheet, which has been cut, in thousandths of its width and height."""
        across, down = 1000 / self.width, 1000 / (self.picture.get_figheight() * 72)
        return {
            level: (left * across, top * down, wide * across, tall * down)
            for level, (left, top, wide, tall) in boxes.items()
        }

    def write(self, x: float, y: float, words: str, colour: str = "", size: float = 12, **kind: Any) -> None:
        colour = colour or self.colours.quiet
        ((x, y),) = self.turned([(x, y)])
        words = apart(words) if self.picture.mirrored else words
        self.axes.text(x, y, words, color=colour, fontsize=size, parse_math=False, va="baseline", **kind)

    def head(self, title: str, notes: Sequence[str]) -> float:
        """The title and what must be known to read on, folded to the sheet; where the next line may stand."""
        y, room = 30.0, self.right - self.edge
        for line in fold(title, room, 17, bold=True):
            self.write(self.edge, y, line, self.colours.ink, 17, fontweight="bold")
            y += 22
        for line in (line for note in notes for line in fold(note, room, 12.5)):
            self.write(self.edge, y, line, size=12.5)
            y += 17
        return y

    def lines(
        self,
        lines: Sequence[Sequence[Point]],
        colour: str,
        thick: float,
        above: float = 1,
        dash: Any = "solid",
    ) -> None:
        """Lines as one shape; nothing when there are none."""
        if lines:
            path = Path.make_compound_path(*(Path(self.turned(line)) for line in lines))
            style: dict[str, Any] = {
                "linewidth": thick,
                "zorder": above,
                "linestyle": dash,
                "capstyle": "round",
            }
            self.axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, clip_on=False, **style))

    def fill(self, boxes: Sequence[Box], colour: str, edge: str = "none") -> None:
        """Boxes (left, top, across, down) of one colour, as one shape."""
        self.shapes([_corners(box) for box in boxes], colour, edge)

    def shapes(
        self, shapes: Sequence[Sequence[Point]], colour: str, edge: str = "none", thick: float = 0.8
    ) -> None:
        """Shapes given by their corners, of one colour, as one shape."""
        if shapes:
            turned = [self.turned(shape) for shape in shapes]
            path = Path.make_compound_path(*(Path([*shape, shape[0]], closed=True) for shape in turned))
            style: dict[str, Any] = {"facecolor": colour, "edgecolor": edge, "linewidth": thick}
            self.axes.add_patch(PathPatch(path, clip_on=False, **style))

    def hatch(self, boxes: Sequence[Box], colour: str = "", density: str = "////") -> None:
        """Boxes that stand for what is not shown."""
        for left, top, across, down in boxes:
            style: dict[str, Any] = {
                "edgecolor": colour or self.colours.quiet,
                "hatch": density,
                "linewidth": 0.8,
            }
            at = self.width - left - across if self.mirrored else left
            box = Rectangle((at, top), across, down, facecolor="none", clip_on=False, **style)
            self.axes.add_patch(box)

    def dots(
        self, points: Sequence[Point], colour: str, *, inside: str = "", size: float = 9, marker: str = "o"
    ) -> None:
        """Marks as one shape; hollow when their inside is another colour than their edge."""
        if points:
            style: dict[str, Any] = {
                "markerfacecolor": inside or colour,
                "markeredgecolor": colour,
                "markersize": size,
            }
            edge = 2 if size > 6 else 1.4
            self.axes.plot(
                *zip(*self.turned(points), strict=True),
                linestyle="none",
                marker=marker,
                zorder=3,
                markeredgewidth=edge,
                clip_on=False,
                **style,
            )


def _corners(box: Box) -> list[Point]:
    left, top, across, down = box
    right, bottom = left + across, top + down
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


NARROW, BROAD = frozenset("iljtfrI.,:;'|()[]! -"), frozenset("mwMW%@—")


def measure(words: str, size: float, bold: bool = False) -> float:
    """About how many pixels words take in the system's own sans serif, on the generous side.

    >>> measure("ill", 12) < measure("and", 12) < measure("MMW", 12)
    True
    """
    wide = sum(0.31 if c in NARROW else 0.88 if c in BROAD else 0.7 if c.isupper() else 0.56 for c in words)
    return wide * size * (1.22 if bold else 1)


def fold(words: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Words in lines that fit into so many pixels; a word that is too long has a line of its own.

    >>> fold("Kensington and Chelsea", 90, 12)
    ['Kensington and', 'Chelsea']
    """
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
