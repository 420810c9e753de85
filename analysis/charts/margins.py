"""Before and after weighting: the share of the answers that each group gave, and its share of the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .paper import Paper, Picture, Theme, Width, measure
from .rows import Labels

Row = Mapping[str, Any]
SAME = 0.0005
TOLD = 6
MOSTS = (0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where the words and marks of a level stand."""

    left: int
    right: int
    shares: int
    base: int
    row: int
    stacked: bool

    def line(self, top: float) -> float:
        return top + (14 if self.stacked else 17)

    def mark(self, top: float) -> float:
        return top + (27 if self.stacked else 12.5)

    def below(self, top: float) -> float:
        return top + (31.5 if self.stacked else 17)


SHEETS = {"phone": _Sheet(20, 282, 346, 346, 42, True), "page": _Sheet(220, 540, 674, 744, 25, False)}


def weighting(
    rows: Sequence[Row],
    *,
    title: str,
    labels: Labels | None = None,
    width: Width = "page",
    theme: Theme = "light",
) -> Picture:
    """For each level of each margin its share of the answers before weighting, and the share it is weighted to.

    rows: mappings with margin, level, n (answers), and the shares before, after and target, between 0 and 1. What is
    withheld has None as n and before. labels: a name for each margin and level. A hollow dot is the sample, an
    upright stroke the population, and a full dot the weighted answers, which stands on the stroke where weighting met
    it. Each margin has a scale of its own.

    Raises:
        ValueError: no rows; a share is not between 0 and 1; a level is twice in a margin.

    >>> row = {"margin": "gender", "level": "female", "n": 620, "before": 0.62, "after": 0.49, "target": 0.49}
    >>> other = row | {"level": "male", "n": 380, "before": 0.38, "after": 0.51, "target": 0.51}
    >>> print(weighting([row, other], title="Before and after weighting").description)
    Shares before weighting, beside those of the population. gender: female, 62.0 % of the answers (620) and 49.0 % of \
the population; male, 38.0 % of the answers (380) and 51.0 % of the population. After weighting every group has its \
share of the population.
    """
    margins = _margins(rows)
    names = labels or {}
    paper, sheet = Paper.of(width, theme), SHEETS[width]
    y = _write_key(
        paper, paper.head(title, ["Figures: share of the answers → of the population."]) + 4, margins
    )
    for margin, levels in margins.items():
        y = _draw(paper, sheet, str(names.get(margin, margin)), levels, names, y + 30)
    paper.cut(y + 12)
    return paper.called(title, _describe(margins, names))


Margins = Mapping[str, Sequence[Row]]


def _margins(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows by margin, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["margin"], []).append(row)
        shares = [row[name] for name in ("before", "after", "target") if row[name] is not None]
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError(f"a share lies between 0 and 1; {row['margin']} {row['level']} has {shares}")
    twice = [name for name, levels in found.items() if len({row["level"] for row in levels}) < len(levels)]
    if twice or not rows:
        raise ValueError(
            f"one row for each level of a margin; not so: {', '.join(twice) or 'there is no row'}"
        )
    return found


def _met(row: Row) -> bool:
    return bool(abs(row["after"] - row["target"]) <= SAME)


def _write_key(paper: Paper, y: float, margins: Margins) -> float:
    """The three marks, named beside themselves."""
    tide, quiet, x = paper.colours.tide, paper.colours.quiet, paper.edge + 6.0
    paper.dots([(x, y - 4)], quiet, inside=paper.colours.paper, size=7)
    x = _key_word(paper, x, y, "the answers")
    paper.lines([[(x, y - 12), (x, y + 4)]], tide, 2.4, 2)
    x = _key_word(paper, x, y, "population")
    paper.dots([(x, y - 4)], tide, size=7)
    _key_word(paper, x, y, "after weighting")
    hidden = any(row["before"] is None for levels in margins.values() for row in levels)
    if hidden:
        paper.hatch([(paper.edge, y + 10, 22, 12)])
        paper.write(paper.edge + 30, y + 20, "not shown", size=12.5)
    return y + 24 * hidden


def _key_word(paper: Paper, x: float, y: float, words: str) -> float:
    """A word beside its mark, and where the next mark may stand."""
    paper.write(x + 10, y, words, size=12.5)
    return x + 10 + measure(words, 12.5) + 16


def _draw(paper: Paper, sheet: _Sheet, name: str, levels: Sequence[Row], labels: Labels, y: float) -> float:
    """A margin: its name and scale, and its levels; where the last one ends."""
    most = _most(levels)
    paper.write(paper.edge, y, name, paper.colours.ink, 14.5, fontweight="bold")
    _scale(paper, sheet, most, y + (18 if sheet.stacked else 0))
    y += 26 if sheet.stacked else 8
    tops = [y + at * sheet.row for at in range(len(levels))]
    _contours(paper, sheet, tops)
    for row, top in zip(levels, tops, strict=True):
        _write_level(paper, sheet, row, str(labels.get(row["level"], row["level"])), top)
    _marks(paper, sheet, most, levels, [sheet.mark(top) for top in tops])
    return tops[-1] + sheet.row


def _most(levels: Sequence[Row]) -> float:
    """The end of the scale: the least round share that holds every mark."""
    highest = max(row[name] or 0 for row in levels for name in ("before", "after", "target"))
    return next(most for most in MOSTS if highest <= most)


def _scale(paper: Paper, sheet: _Sheet, most: float, y: float) -> None:
    for part in (0, 0.5, 1):
        words = f"{most * part * 100:g}" + " %" * (part == 1)
        paper.write(sheet.left + part * (sheet.right - sheet.left), y, words, ha="center")


def _contours(paper: Paper, sheet: _Sheet, tops: Sequence[float]) -> None:
    """Fine upright lines at nought, the half and the end, leaving out what is written."""
    ends = [(sheet.mark(top) - 9, sheet.mark(top) + 9) for top in tops]
    if not sheet.stacked:
        ends = [(tops[0], tops[-1] + sheet.row)]
    middle = (sheet.left + sheet.right) / 2
    lines = [[(x, low), (x, high)] for x in (sheet.left, middle, sheet.right) for low, high in ends]
    paper.lines(lines, paper.colours.contour, 1)


def _write_level(paper: Paper, sheet: _Sheet, row: Row, name: str, top: float) -> None:
    paper.write(paper.edge, sheet.line(top), name, paper.colours.ink, 13.5)
    colour = paper.colours.ink if _met(row) else paper.colours.buoy
    paper.write(sheet.shares, sheet.line(top), _shares(row), colour, 13, ha="right")
    if row["before"] is None:
        paper.hatch([(sheet.base - 22, sheet.below(top) - 10, 22, 12)])
    else:
        paper.write(sheet.base, sheet.below(top), f"n {row['n']:,}", ha="right")


def _shares(row: Row) -> str:
    """From which share to which; where weighting did not meet the population, what it came to as well."""
    before = "–" if row["before"] is None else f"{row['before'] * 100:.1f}"
    short = "" if _met(row) else f"{row['after'] * 100:.1f}, not "
    return f"{before} → {short}{row['target'] * 100:.1f} %"


def _marks(paper: Paper, sheet: _Sheet, most: float, levels: Sequence[Row], depths: Sequence[float]) -> None:
    """From each sample share a thin line to the weighted one; the population as a stroke behind it."""
    colours, across = paper.colours, (sheet.right - sheet.left) / most
    placed = [(row, sheet.left + across * row["after"], y) for row, y in zip(levels, depths, strict=True)]
    strokes = [(sheet.left + across * row["target"], y) for row, _, y in placed]
    before = [
        (sheet.left + across * row["before"], x, y) for row, x, y in placed if row["before"] is not None
    ]
    paper.lines([[(start, y), (end, y)] for start, end, y in before], colours.quiet, 1.2, 1.5)
    paper.lines([[(x, y - 8), (x, y + 8)] for x, y in strokes], colours.tide, 2.4, 2)
    paper.dots([(start, y) for start, _, y in before], colours.quiet, inside=colours.paper, size=7)
    paper.dots([(x, y) for _, x, y in placed], colours.tide, size=7)


def _describe(margins: Margins, labels: Labels) -> str:
    parts = ["Shares before weighting, beside those of the population."]
    parts += [
        _describe_margin(str(labels.get(name, name)), levels, labels) for name, levels in margins.items()
    ]
    off = [row for levels in margins.values() for row in levels if not _met(row)]
    names = ", ".join(f"{labels.get(row['level'], row['level'])} {row['after'] * 100:.1f} %" for row in off)
    parts += [f"After weighting these are not at their share of the population: {names}."] if off else []
    parts += [] if off else ["After weighting every group has its share of the population."]
    return " ".join(parts)


def _describe_margin(name: str, levels: Sequence[Row], labels: Labels) -> str:
    """The levels in words: of many those whose shares are furthest apart, and all that are not shown."""
    shown = [row for row in levels if row["before"] is not None]
    if len(shown) > TOLD:
        shown = sorted(shown, key=lambda row: -abs(row["before"] - row["target"]))[:TOLD]
        name += f", the {TOLD} of {len(levels)} furthest from their share"
    said = [_told(row, str(labels.get(row["level"], row["level"]))) for row in shown]
    hidden = [str(labels.get(row["level"], row["level"])) for row in levels if row["before"] is None]
    said += [f"not shown: {', '.join(hidden)}"] if hidden else []
    return f"{name}: {'; '.join(said)}."


def _told(row: Row, name: str) -> str:
    before, base = f"{row['before'] * 100:.1f} % of the answers", f"{row['n']:,}"
    return f"{name}, {before} ({base}) and {row['target'] * 100:.1f} % of the population"
