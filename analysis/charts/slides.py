"""A picture on a slide: wide, under the question that was asked, and over its base and what may be claimed of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from numpy.typing import NDArray

from .paper import EDGES, Paper, Picture, fold

Pixels = NDArray[np.uint8]  # (down, across, 4)
TALL = 720  # as WIDTHS are; with their slide's, 16 to 9
DOTS = 2  # pixels to one of those
MOST_COLUMNS = 3
WIDER = 0.92  # the font that is drawn with is wider than those that pages are measured for
LARGEST = 1.6  # how much larger than on a page


def slide(picture: Picture, heading: str, notes: Sequence[str]) -> bytes:
    """A PNG of 2560 by 1440 pixels on light paper.

    heading: what was asked. notes: whom the figures are of and what may be claimed of them, a paragraph each. A picture
    that is taller than wide is laid in columns where it says that it may be parted (`Picture.folds`).

    >>> from analysis import SurveyDesign
    >>> from analysis.charts import ordered
    >>> frame = {"age": ["10-11"] * 40 + ["12-13"] * 60, "worry": [1, 0] * 50}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by="age")
    >>> drawn = slide(ordered(table, labels={}, title="Worried, by age"), "How worried are you?", [table.footer])
    >>> drawn[1:4], int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])
    (b'PNG', 2560, 1440)
    """
    paper = Paper.of("slide", "light")
    top = _write(paper, heading, 26, 58.0)
    below = _below(paper, notes)
    paper.cut(TALL)
    sheet = _pixels(paper.picture, DOTS).copy()
    laid = _laid(picture, paper.right - paper.edge + 2 * EDGES["page"], below - top)
    down, across = laid.shape[:2]
    left, first = _left(across, sheet.shape[1], paper.edge * DOTS), round(top * DOTS)
    sheet[first : first + down, left : left + across] = laid
    file = io.BytesIO()
    imsave(file, sheet, format="png")
    return file.getvalue()


def _left(across: int, room: int, edge: int) -> int:
    """Where a picture begins: under the heading where it fills most of the sheet, and else in the middle."""
    middle = (room - across) // 2
    return min(middle, edge - EDGES["page"] * DOTS // 2) if across > 0.75 * room else middle


def _write(paper: Paper, words: str, size: float, y: float) -> float:
    """Words folded to the sheet, and where what follows may begin."""
    for line in fold(words, paper.right - paper.edge, size, bold=True):
        paper.write(paper.edge, y, line, paper.colours.ink, size, fontweight="bold")
        y += size * 1.3
    return y - size * 0.7


def _below(paper: Paper, notes: Sequence[str]) -> float:
    """The notes at the foot of the sheet, and where what is above must end."""
    lines = [line for note in notes for line in fold(note, WIDER * (paper.right - paper.edge), 14)]
    for up, line in enumerate(reversed(lines)):
        paper.write(paper.edge, TALL - 26 - 19 * up, line, size=14)
    return TALL - 26 - 19.0 * len(lines) - 6


@dataclass(frozen=True, slots=True)
class _Parts:
    """A picture parted for a number of columns: `head` over them, `marks` over each, and the ends of their rows."""

    head: float
    marks: float
    ends: tuple[float, ...]
    wide: int

    @property
    def tall(self) -> float:
        return self.marks + max(after - before for before, after in pairwise(self.ends))

    def scale(self, across: float, down: float) -> float:
        """How large it can be drawn in so much room."""
        return min(across / (self.wide * (len(self.ends) - 1)), down / self.tall, LARGEST)


def _parts(picture: Picture, columns: int) -> _Parts:
    """The picture in so many columns, or in one where it has no rows to part."""
    wide, tall = (round(side * 72) for side in picture.get_size_inches())
    if not picture.folds:
        return _Parts(0, 0, (0, tall), wide)
    head, *rows = picture.folds
    each = -(-(len(rows) - 1) // columns)
    ends = [*rows[:-1:each], tall if columns == 1 else rows[-1]]
    return _Parts(head, rows[0], tuple(ends), wide)


def _laid(picture: Picture, across: float, down: float) -> Pixels:
    """The picture as large as the room allows, in the number of columns that makes it largest."""
    tried = [_parts(picture, columns) for columns in range(1, MOST_COLUMNS + 1)]
    best = max(tried, key=lambda one: one.scale(across, down))
    scale = best.scale(across, down) * DOTS
    drawn = _pixels(picture, scale)
    head, marks = round(best.head * scale), round(best.marks * scale)
    columns = [
        np.concatenate([drawn[head:marks], drawn[round(top * scale) : round(bottom * scale)]])
        for top, bottom in pairwise(best.ends)
    ]
    return _over(drawn[:head], _beside(columns))


def _beside(columns: Sequence[Pixels]) -> Pixels:
    tall = max(len(one) for one in columns)
    return np.concatenate([_longer(one, tall) for one in columns], axis=1)


def _over(head: Pixels, body: Pixels) -> Pixels:
    """A head over what is wider."""
    room = np.broadcast_to(body[:1, :1], (len(head), body.shape[1] - head.shape[1], 4))
    return np.concatenate([np.concatenate([head, room], axis=1), body])


def _longer(part: Pixels, tall: int) -> Pixels:
    """A part with as much of its own paper under it as it lacks."""
    room = np.broadcast_to(part[:1, :1], (tall - len(part), part.shape[1], 4))
    return np.concatenate([part, room])


def _pixels(figure: Figure, scale: float) -> Pixels:
    """A figure as it is seen, with so many pixels to one of its own."""
    dots = figure.get_dpi()
    figure.set_dpi(72 * scale)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    seen = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    figure.set_dpi(dots)
    return seen
