"""One question over waves: soundings side by side, a line through those that may be joined, and their bases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .paper import Paper, Picture, Point, Theme, Width, fold, measure
from .rows import Row, Table, known, percent, same_question, unreliable, why_hidden, with_base
from .words import say

When = str | dt.date
Points = Sequence[tuple[When, Row | Table | None]]
MARKERS = ("o", "s", "^", "D")
DEEP = {"phone": 190, "page": 240}
LEFT = {"phone": 46, "page": 60}
INSET = {"phone": 28, "page": 46}
ENDS = {"phone": 0, "page": 120}
STEPS = {0.2: 0.05, 0.3: 0.1, 0.4: 0.1, 0.5: 0.1, 0.6: 0.2, 0.8: 0.2, 1.0: 0.2}
APART = 8


def trend(
    points: Points | Mapping[str, Points],
    *,
    title: str,
    width: Width = "page",
    theme: Theme = "light",
    interval_name: str = "",
) -> Picture:
    """A share over waves: a dot with its interval for each, and its base underneath.

    points: for each wave, in their order, its label or date and its figure: a row, a table with one row, or None
    where the wave did not ask. Or several such series, at most four, by what they are called. interval_name: what
    the interval is called, where rows and not tables are given. Dates stand as far apart as they are, when there is
    room. The line breaks where a wave is missing or withheld, and where people were reached in another way
    (another `kind`). Hollow dots are flagged "[u]".

    Raises:
        ValueError: the rows are of several measures, counted answers or wordings; a table has several rows; there
            is nothing to draw, or more than four series; a series has two figures for a wave.

    >>> row = {"measure": "worry", "level": None, "kind": "gatekept", "flag": "", "reason": ""}
    >>> spring = row | {"estimate": 0.42, "ci_low": 0.381, "ci_high": 0.462, "n": 1412}
    >>> autumn = row | {"estimate": 0.47, "ci_low": 0.44, "ci_high": 0.5, "n": 1380}
    >>> picture = trend([("Spring", spring), ("Summer", None), ("Autumn", autumn)], title="Worried")
    >>> print(picture.description)
    3 waves; in brackets the confidence interval. Spring: 42 % (38 to 46), 1,412 people. Summer: no figure. \
Autumn: 47 % (44 to 50), 1,380 people.
    """
    series = _series(points)
    same_question([row for one in series for row in one.rows.values() if row is not None])
    called = interval_name or _interval_name(points, series)
    paper = Paper.of(width, theme)
    waves = _Waves.of(series, paper, width)
    depth = _Depth.of(series, paper.head(title, [_notes(series, called)]) + 12, DEEP[width])
    _contours(paper, waves, depth)
    for at, one in enumerate(series):
        _draw(paper, waves, depth, one, at)
    _write_beside(paper, waves, depth, series, ENDS[width])
    paper.cut(_write_beneath(paper, waves, depth.bottom, series) + 12)
    return paper.called(title, _describe(series, waves, called))


@dataclass(frozen=True, slots=True)
class _Series:
    """What is called so, by wave; None where the wave has no figure. apart: how far it is moved aside."""

    name: str
    rows: Mapping[When, Row | None]
    apart: float


def _series(points: Points | Mapping[str, Points]) -> list[_Series]:
    named = dict(points) if isinstance(points, Mapping) else {"": points}
    if not 0 < len(named) <= len(MARKERS) or not any(named.values()):
        raise ValueError(
            f"a trend has at least one wave, and from one to {len(MARKERS)} series; not {len(named)}"
        )
    middle = (len(named) - 1) / 2
    return [_one(name, given, (at - middle) * APART) for at, (name, given) in enumerate(named.items())]


def _one(name: str, points: Points, apart: float) -> _Series:
    rows = {when: _row(figure) for when, figure in points}
    if len(rows) < len(points):
        raise ValueError("a wave has two figures in one series")
    return _Series(name, rows, apart)


def _row(figure: Row | Table | None) -> Row | None:
    if figure is None or isinstance(figure, Mapping):
        return figure
    rows = figure.rows()
    if len(rows) != 1:
        raise ValueError(f"a wave is one row, and this table has {len(rows)}; name a level, or a subset")
    return rows[0]


def _interval_name(points: Points | Mapping[str, Points], series: Sequence[_Series]) -> str:
    """As the tables call it; of rows, which do not say how sure, without a percentage."""
    given = list(points.values()) if isinstance(points, Mapping) else [points]
    tables = [
        figure for one in given for _, figure in one if figure is not None and not isinstance(figure, Mapping)
    ]
    names = dict.fromkeys(table.interval_name for table in tables)
    kinds = {row.get("kind") for one in series for row in one.rows.values() if row is not None}
    unnamed = sorted({"model interval" if kind == "open" else "confidence interval" for kind in kinds})
    return " or ".join(names or unnamed)


def _notes(series: Sequence[_Series], called: str) -> str:
    rows = [row for one in series for row in one.rows.values() if row is not None and known(row)]
    parts = [say("Upright line: the %(interval)s. n: people who answered.", interval=called)]
    parts += [say("Hatched: not shown.")] * any(_withheld(row) for one in series for row in one.rows.values())
    parts += [say("A hollow mark: read with care.")] * any(map(unreliable, rows))
    parts += [say("No line joins waves that reached people in different ways.")] * (
        len({row.get("kind") for row in rows}) > 1
    )
    return " ".join(parts)


def _withheld(row: Row | None) -> bool:
    return row is not None and not known(row)


@dataclass(frozen=True, slots=True)
class _Waves:
    """Where each wave stands, from left to right."""

    places: Mapping[When, float]
    left: float
    right: float

    @classmethod
    def of(cls, series: Sequence[_Series], paper: Paper, width: Width) -> _Waves:
        whens = list(dict.fromkeys(when for one in series for when in one.rows))
        if all(isinstance(when, dt.date) for when in whens):
            whens.sort(key=str)
        left = LEFT[width]
        right = paper.right - (ENDS[width] + 8 if _names_fit(series, ENDS[width]) else 0)
        inset = INSET[width] if len(whens) > 1 else (right - left) / 2
        return cls(_spread(whens, left + inset, right - inset), left, right)

    @property
    def room(self) -> float:
        """How wide the words of a wave may be."""
        steps = [after - before for before, after in pairwise(self.places.values())]
        return min([*steps, 90.0]) - 4


def _names_fit(series: Sequence[_Series], room: float) -> bool:
    """Whether several series can be named beside their last marks; otherwise they are named by their bases alone."""
    folded = [fold(one.name, room, 12.5, bold=True) for one in series]
    words = [line for lines in folded for line in lines]
    narrow = all(measure(line, 12.5, bold=True) <= room for line in words)
    return len(series) > 1 and narrow and max(map(len, folded)) <= 2


def _spread(whens: Sequence[When], left: float, right: float) -> dict[When, float]:
    """Dates as far apart as they are, where no two of them crowd; otherwise evenly."""
    days = [when.toordinal() for when in whens if isinstance(when, dt.date)]
    even = [at / max(1, len(whens) - 1) for at in range(len(whens))]
    if len(days) == len(whens) > 1:
        shares = [(day - days[0]) / (days[-1] - days[0]) for day in days]
        crowded = min(b - a for a, b in pairwise(shares)) * (right - left) < 46
        even = even if crowded else shares
    return {when: left + share * (right - left) for when, share in zip(whens, even, strict=True)}


@dataclass(frozen=True, slots=True)
class _Depth:
    """Where a share stands, from nought at the bottom."""

    top: float
    bottom: float
    most: float

    @classmethod
    def of(cls, series: Sequence[_Series], top: float, deep: float) -> _Depth:
        rows = [row for one in series for row in one.rows.values() if row is not None and known(row)]
        highest = max(
            (row["estimate"] if row["ci_high"] is None else row["ci_high"] for row in rows), default=1
        )
        most = next((most for most in STEPS if highest <= most * 0.94), 1.0)
        return cls(top, top + deep, most)

    def y(self, share: float) -> float:
        return self.bottom - share / self.most * (self.bottom - self.top)


def _contours(paper: Paper, waves: _Waves, depth: _Depth) -> None:
    step = STEPS[depth.most]
    shares = [at * step for at in range(round(depth.most / step) + 1)]
    lines = [[(waves.left, depth.y(share)), (waves.right, depth.y(share))] for share in shares]
    paper.lines(lines, paper.colours.contour, 1)
    for share in shares:
        words = percent(share) if share == shares[-1] else f"{share * 100:.0f}"
        paper.write(waves.left - 6, depth.y(share) + 4, words, ha="right")


def _colour(paper: Paper, at: int) -> str:
    colours = paper.colours
    return (colours.tide, colours.buoy, colours.ink, colours.quiet)[at]


def _draw(paper: Paper, waves: _Waves, depth: _Depth, one: _Series, at: int) -> None:
    """A series: the line through what may be joined, the intervals, and the marks."""
    colour = _colour(paper, at)
    shown = {when: row for when, row in one.rows.items() if row is not None and known(row)}
    spots = {when: (waves.places[when] + one.apart, depth.y(row["estimate"])) for when, row in shown.items()}
    paper.lines(_joined(one, list(waves.places), spots), colour, 1.2, 1.6)
    bars = [(spots[when][0], row) for when, row in shown.items() if row["ci_low"] is not None]
    paper.lines(
        [[(x, depth.y(row["ci_low"])), (x, depth.y(row["ci_high"]))] for x, row in bars], colour, 2.4, 2
    )
    for hollow in (False, True):
        marks = [spots[when] for when, row in shown.items() if unreliable(row) == hollow]
        paper.dots(marks, colour, inside=paper.colours.paper if hollow else "", marker=MARKERS[at])


def _joined(one: _Series, whens: Sequence[When], spots: Mapping[When, Point]) -> list[list[Point]]:
    """The lines between neighbouring waves that both have figures, of people reached in the same way."""
    return [
        [spots[before], spots[after]]
        for before, after in pairwise(whens)
        if before in spots and after in spots and _kind(one, before) == _kind(one, after)
    ]


def _kind(one: _Series, when: When) -> object:
    row = one.rows[when]
    return row.get("kind") if row is not None else None


def _write_beside(paper: Paper, waves: _Waves, depth: _Depth, series: Sequence[_Series], room: float) -> None:
    """Beside the marks: the figures of a single series, or the names of several where there is room for them."""
    if len(series) == 1:
        _write_figures(paper, waves, depth, series[0])
    elif _names_fit(series, room):
        _write_ends(paper, waves, depth, series)


def _write_figures(paper: Paper, waves: _Waves, depth: _Depth, one: _Series) -> None:
    """Of a single series each figure above its interval; where there is none, hatching from top to bottom."""
    for when, x in waves.places.items():
        row = one.rows.get(when)
        if row is None or not known(row):
            paper.hatch([(x - 13, depth.top, 26, depth.bottom - depth.top)], paper.colours.contour)
            continue
        high = row["estimate"] if row["ci_high"] is None else row["ci_high"]
        words = percent(row["estimate"])
        paper.write(x, depth.y(high) - 8, words, paper.colours.ink, 14, ha="center", fontweight="bold")


def _write_ends(paper: Paper, waves: _Waves, depth: _Depth, series: Sequence[_Series]) -> None:
    """Of several series the name of each beside its last figure, moved apart where they would touch."""
    ends = sorted(
        (_end(one, waves, depth), at) for at, one in enumerate(series) if any(map(known, one.rows.values()))
    )
    below = depth.top - 20.0
    for y, at in ends:
        lines = fold(series[at].name, paper.right - waves.right - 8, 12.5, bold=True)
        below = max(y + 4.5, below + 6)
        for line in lines:
            paper.write(waves.right + 8, below, line, _colour(paper, at), 12.5, fontweight="bold")
            below += 14


def _end(one: _Series, waves: _Waves, depth: _Depth) -> float:
    shown = [row for when in waves.places if (row := one.rows.get(when)) is not None and known(row)]
    return depth.y(shown[-1]["estimate"])


def _write_beneath(paper: Paper, waves: _Waves, bottom: float, series: Sequence[_Series]) -> float:
    """Under the axis the waves, and of each series the figures and their bases; where the last line ends."""
    y = bottom + 20.0
    folded = {when: fold(words, waves.room, 12.5) for when, words in _labels(waves).items()}
    for when, lines in folded.items():
        for at, line in enumerate(lines):
            paper.write(waves.places[when], y + 15 * at, line, paper.colours.ink, 12.5, ha="center")
    y += 15 * max(map(len, folded.values())) + 3
    for at, one in enumerate(series):
        y = _write_bases(paper, waves, y, one, at if len(series) > 1 else None)
    return y - 12


def _write_bases(paper: Paper, waves: _Waves, y: float, one: _Series, at: int | None) -> float:
    """The bases of a series; with its name and figures, where there are several."""
    if at is None:
        words = {when: _base(one.rows.get(when)) for when in waves.places}
    else:
        y = _write_name(paper, y, one.name, at)
        paper.hatch(
            [(x - 13, y - 10, 26, 12) for when, x in waves.places.items() if _withheld(one.rows.get(when))]
        )
        words = {when: _figure_and_base(one.rows.get(when)) for when in waves.places}
    if any(map(known, one.rows.values())):
        paper.write(waves.left - 6, y + 15 * (at is not None), say("n"), ha="right")
    for when, lines in words.items():
        for down, line in enumerate(lines):
            colour = paper.colours.ink if line.endswith("%") else paper.colours.quiet
            paper.write(waves.places[when], y + 15 * down, line, colour, 12, ha="center")
    return y + 15 * max(map(len, words.values()))


def _write_name(paper: Paper, y: float, name: str, at: int) -> float:
    paper.dots([(paper.edge + 5, y + 3.5)], _colour(paper, at), marker=MARKERS[at])
    paper.write(paper.edge + 16, y + 8, name, _colour(paper, at), 12.5, fontweight="bold")
    return y + 26


def _base(row: Row | None) -> list[str]:
    if row is None or not known(row):
        return (say("no figure") if row is None else say("not shown")).split(" ", 1)
    return [f"{row['n']:,}"]


def _figure_and_base(row: Row | None) -> list[str]:
    if row is None or not known(row):
        return ["–", ""] if row is None else ["", ""]
    return [percent(row["estimate"]), f"{row['n']:,}"]


def _labels(waves: _Waves) -> dict[When, str]:
    """What each wave is called: of dates the month, and the day too where a month has several."""
    months = [f"{when:%b %Y}" for when in waves.places if isinstance(when, dt.date)]
    day = len(set(months)) < len(months)
    return {when: _label(when, day) for when in waves.places}


def _label(when: When, day: bool) -> str:
    return f"{when.day} " * day + f"{when:%b %Y}" if isinstance(when, dt.date) else when


def _describe(series: Sequence[_Series], waves: _Waves, called: str) -> str:
    parts = [say("%(count)s waves; in brackets the %(interval)s.", count=len(waves.places), interval=called)]
    for one in series:
        said = [
            say("%(wave)s: %(figures)s", wave=words, figures=_told(one.rows.get(when)))
            for when, words in _labels(waves).items()
        ]
        parts.append(f"{one.name}. " * bool(one.name) + ". ".join(said) + ".")
    return " ".join(parts)


def _told(row: Row | None) -> str:
    if row is None or not known(row):
        return say("no figure") if row is None else say("not shown, %(reason)s", reason=why_hidden(row))
    return say("%(figures)s, read with care", figures=with_base(row)) if unreliable(row) else with_base(row)
