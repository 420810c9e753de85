"""Pictures of estimates on chart paper: a sounding is a dot at its depth with its interval through it."""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from threading import Lock
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from .disclosure import Protected
from .estimates import Estimates
from .flags import UNRELIABLE

Width = Literal["phone", "page"]
Theme = Literal["light", "dark"]
Row = Mapping[str, Any]
Labels = Mapping[Any, str]


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where things stand on the paper, in pixels at the width it is drawn for."""

    width: int
    left: int
    right: int
    name: int
    figures: int
    base: int
    row: int
    stacked: bool
    size: float
    characters: int

    def x(self, share: float) -> float:
        return self.left + share * (self.right - self.left)

    def depth(self, top: float) -> float:
        """Where the sounding of a row is drawn; on a phone it has a line of its own."""
        return top + 33 if self.stacked else top + 14

    def uprights(self, x: float, tops: Sequence[float]) -> list[list[tuple[float, float]]]:
        """An upright line past the soundings that begin at these tops, leaving out what is written."""
        if not tops:
            return []
        if not self.stacked:
            return [[(x, tops[0] - 5), (x, tops[-1] + self.row)]]
        return [[(x, tops[0] - 5), (x, tops[0] + 1)], *([(x, y + 23), (x, y + 43)] for y in tops)]


SHEETS: dict[str, Sheet] = {
    "phone": Sheet(360, 20, 276, 14, 346, 346, 48, True, 14, 50),
    "page": Sheet(760, 206, 532, 16, 668, 744, 28, False, 14, 100),
}


class Picture(Figure):
    """A figure that knows its title and says in words what it shows."""

    heading: str = ""
    description: str = ""


def ranking(
    table: Estimates | Protected,
    *,
    labels: Labels,
    title: str,
    width: Width = "page",
    theme: Theme = "light",
    overall: Row | None = None,
    overall_name: str = "Everyone",
) -> Picture:
    """The domains of one column as soundings, the highest first.

    labels: a name for each level. overall: a row of the table without domains, drawn as a thin line.
    Rows with no figures come last, hatched, with their reason; hollow dots are flagged "[u]".

    Raises:
        ValueError: the table has no `by` column, or several, or several rows for a domain.
    """
    rows = _rows(table)
    shown = sorted((row for row in rows if _known(row)), key=lambda row: (-row["estimate"], -row["n"]))
    return _draw(
        table,
        [*shown, *(row for row in rows if not _known(row))],
        labels,
        title,
        SHEETS[width],
        COLOURS[theme],
        overall,
        overall_name,
    )


def ordered(
    table: Estimates | Protected,
    *,
    labels: Labels,
    title: str,
    width: Width = "page",
    theme: Theme = "light",
    overall: Row | None = None,
    overall_name: str = "Everyone",
) -> Picture:
    """As `ranking`, in the order of the levels: for age bands, and anything else with an order of its own."""
    return _draw(table, _rows(table), labels, title, SHEETS[width], COLOURS[theme], overall, overall_name)


def describe(table: Estimates | Protected, labels: Labels) -> str:
    """The text alternative, made from the numbers: the highest, the lowest, and what is not shown.

    >>> from analysis import SurveyDesign
    >>> frame = {"age": ["10-11", "12-13"] * 40, "worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age"])
    >>> print(describe(table, {"10-11": "10 to 11"}))
    Estimates for 2 groups, each with its 95 % confidence interval. \
Highest: 10 to 11, 50 % (34 to 66), 40 people. Lowest: 12-13, 50 % (34 to 66), 40 people.
    """
    rows = _rows(table)
    shown = sorted((row for row in rows if _known(row)), key=lambda row: -row["estimate"])
    parts = [f"Estimates for {len(shown)} groups, each with its {table.interval_name}."]
    if shown:
        parts.append(f"Highest: {_told(shown[0], table.by[0], labels)}.")
    if len(shown) > 1:
        parts.append(f"Lowest: {_told(shown[-1], table.by[0], labels)}.")
    hidden = [_name(row, table.by[0], labels) for row in rows if not _known(row)]
    if hidden:
        parts.append(f"Not shown: {', '.join(hidden)}.")
    return " ".join(parts)


_drawing = Lock()


def svg(figure: Figure) -> str:
    """The figure as an SVG element that scales and says what it shows; the same figure, the same text."""
    out = io.StringIO()
    with _drawing, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "soundings"}):
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.S)
    drawn = re.sub(r"<!--.*?-->", "", drawn, flags=re.S)
    drawn = re.sub(r"<style.*?</style>", "", drawn, flags=re.S)
    drawn = re.sub(r' id="(?:[a-zA-Z]+_)+\d+"', "", drawn)
    drawn = re.sub(r'style="([^"]*)"', lambda style: _attributes(style[1]), drawn)
    drawn = re.sub(r' transform="rotate\(-0[^"]*"', "", drawn)
    drawn = re.sub(r"(\d\.\d)\d+", r"\1", drawn)
    drawn = re.sub(r"\s*\n\s*", " ", drawn)
    return _titled(drawn, figure)


def _attributes(style: str) -> str:
    """A style as attributes, which no content security policy forbids; the font is set once, on the whole."""
    pairs = (pair.split(": ", 1) for pair in style.strip("; ").split("; "))
    return " ".join(f'{name}="{value}"' for name, value in pairs if name != "font-family")


def _titled(drawn: str, figure: Figure) -> str:
    heading = figure.heading if isinstance(figure, Picture) else ""
    words = figure.description if isinstance(figure, Picture) else ""
    key = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    box = re.search(r'viewBox="[^"]*"', drawn)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box.group() if box else ""} width="100%" font-family="system-ui, sans-serif" '
        f'role="img" aria-labelledby="t{key} d{key}">'
        f'<title id="t{key}">{escape(heading)}</title><desc id="d{key}">{escape(words)}</desc>'
    )
    return re.sub(r"<svg[^>]*>", lambda _: opening, drawn, count=1)


def _rows(table: Estimates | Protected) -> list[dict[str, Any]]:
    rows = table.rows()
    if len(table.by) != 1:
        raise ValueError(f"this picture shows the domains of one column; the table has {list(table.by)}")
    names = [row[table.by[0]] for row in rows]
    if len(set(names)) < len(names):
        raise ValueError("this picture shows one row for each domain; name a level, or the union of some")
    return rows


def _known(row: Row) -> bool:
    estimate, low = row["estimate"], row["ci_low"]
    return estimate is not None and estimate == estimate and low == low


def _name(row: Row, column: str, labels: Mapping[Hashable, str]) -> str:
    return str(labels.get(row[column], row[column]))


def _figures(row: Row) -> str:
    return f"{row['estimate'] * 100:.0f} % ({row['ci_low'] * 100:.0f} to {row['ci_high'] * 100:.0f})"


def _told(row: Row, column: str, labels: Labels) -> str:
    return f"{_name(row, column, labels)}, {_figures(row)}, {row['n']:,} people"


def _draw(
    table: Estimates | Protected,
    rows: Sequence[Row],
    labels: Labels,
    title: str,
    sheet: Sheet,
    colours: Colours,
    overall: Row | None,
    overall_name: str,
) -> Picture:
    heading = textwrap.wrap(title, int(sheet.characters * 0.8))
    key = textwrap.wrap(_key(table, rows), sheet.characters)
    top = 30 + 22 * len(heading) + 17 * len(key) + 44
    heights = [_height(row, sheet) for row in rows]
    picture, axes = _paper(sheet, colours, top + sum(heights) + 14)
    _write_head(axes, heading, key, sheet, colours)
    tops = [top + sum(heights[:at]) for at in range(len(rows))]
    shown = [(row, y) for row, y in zip(rows, tops, strict=True) if _known(row)]
    _contours(axes, sheet, colours, top, [y for _, y in shown])
    if overall is not None and _known(overall):
        _reference(axes, overall, overall_name, sheet, colours, top, [y for _, y in shown])
    for row, y in zip(rows, tops, strict=True):
        write = _write_row if _known(row) else _write_hidden
        write(axes, row, _name(row, table.by[0], labels), y, sheet, colours)
    _soundings(axes, shown, sheet, colours)
    picture.heading = title
    picture.description = describe(table, labels)
    if overall is not None and _known(overall):
        picture.description += f" {overall_name}: {_figures(overall)}."
    return picture


def _paper(sheet: Sheet, colours: Colours, height: float) -> tuple[Picture, Axes]:
    picture = Picture(figsize=(sheet.width / 72, height / 72), dpi=72, facecolor=colours.paper)
    axes = picture.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(height, 0)
    return picture, axes


def _key(table: Estimates | Protected, rows: Sequence[Row]) -> str:
    care = any(row["flag"] == UNRELIABLE and _known(row) for row in rows)
    return (
        f"Dot: the estimate. Line: its {table.interval_name}. n: people who answered."
        + " A hollow dot: read with care." * care
    )


def _write(axes: Axes, x: float, y: float, words: str, colour: str, size: float, **kind: Any) -> None:
    axes.text(x, y, words, color=colour, fontsize=size, parse_math=False, va="baseline", **kind)


def _write_head(
    axes: Axes, heading: Sequence[str], key: Sequence[str], sheet: Sheet, colours: Colours
) -> None:
    y = 30.0
    for line in heading:
        _write(axes, sheet.name, y, line, colours.ink, 17, fontweight="bold")
        y += 22
    for line in key:
        _write(axes, sheet.name, y, line, colours.quiet, 12.5)
        y += 17


def _contours(axes: Axes, sheet: Sheet, colours: Colours, top: float, tops: Sequence[float]) -> None:
    marks = (0, 0.25, 0.5, 0.75, 1)
    lines = [line for mark in marks for line in sheet.uprights(sheet.x(mark), tops)]
    _lines(axes, lines, colours.contour, 1, 1)
    for mark in marks:
        words = f"{mark * 100:.0f} %" if mark == 1 else f"{mark * 100:.0f}"
        _write(axes, sheet.x(mark), top - 28, words, colours.quiet, 12, ha="center")


def _reference(
    axes: Axes, overall: Row, name: str, sheet: Sheet, colours: Colours, top: float, tops: Sequence[float]
) -> None:
    x = sheet.x(overall["estimate"])
    _lines(axes, sheet.uprights(x, tops), colours.buoy, 1.4, 1.5)
    words = f"{name} {overall['estimate'] * 100:.0f} %"
    room = 3.8 * len(words)
    at = min(max(x, sheet.name + room), sheet.base - room)
    _write(axes, at, top - 10, words, colours.buoy, 13, ha="center", fontweight="bold")


def _lines(
    axes: Axes, lines: Sequence[Sequence[tuple[float, float]]], colour: str, width: float, above: float
) -> None:
    if lines:
        path = Path.make_compound_path(*(Path(line) for line in lines))
        axes.add_patch(
            PathPatch(
                path,
                fill=False,
                edgecolor=colour,
                linewidth=width,
                zorder=above,
                capstyle="round",
                clip_on=False,
            )
        )


def _height(row: Row, sheet: Sheet) -> float:
    if _known(row):
        return sheet.row
    return sheet.row if not sheet.stacked else 26 + 16 * len(_reason(row, sheet)) + 8


def _reason(row: Row, sheet: Sheet) -> list[str]:
    return textwrap.wrap(str(row["reason"]), 46 if sheet.stacked else 80)


def _write_row(axes: Axes, row: Row, name: str, y: float, sheet: Sheet, colours: Colours) -> None:
    line = y + 16 if sheet.stacked else y + 19
    below = y + 37.5 if sheet.stacked else line
    _write(axes, sheet.name, line, name, colours.ink, sheet.size)
    _write(axes, sheet.figures, line, _figures(row), colours.ink, sheet.size - 0.5, ha="right")
    _write(axes, sheet.base, below, f"n {row['n']:,}", colours.quiet, 12, ha="right")


def _write_hidden(axes: Axes, row: Row, name: str, y: float, sheet: Sheet, colours: Colours) -> None:
    line = y + 16 if sheet.stacked else y + 19
    _write(axes, sheet.name, line, name, colours.ink, sheet.size)
    x, first = (sheet.name, line + 18) if sheet.stacked else (sheet.left, line)
    axes.add_patch(
        Rectangle(
            (x, first - 10),
            30,
            12,
            facecolor="none",
            edgecolor=colours.quiet,
            hatch="////",
            linewidth=0.8,
            clip_on=False,
        )
    )
    for at, words in enumerate(_reason(row, sheet)):
        _write(axes, x + 38, first + 16 * at, words, colours.quiet, 12)


def _soundings(axes: Axes, rows: Sequence[tuple[Row, float]], sheet: Sheet, colours: Colours) -> None:
    lines = [
        [(sheet.x(row["ci_low"]), sheet.depth(y)), (sheet.x(row["ci_high"]), sheet.depth(y))]
        for row, y in rows
    ]
    _lines(axes, lines, colours.tide, 2.4, 2)
    for hollow in (False, True):
        points = [
            (sheet.x(row["estimate"]), sheet.depth(y))
            for row, y in rows
            if (row["flag"] == UNRELIABLE) == hollow
        ]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                linestyle="none",
                marker="o",
                markersize=9,
                zorder=3,
                markerfacecolor=colours.paper if hollow else colours.tide,
                markeredgecolor=colours.tide,
                markeredgewidth=2,
                clip_on=False,
            )
