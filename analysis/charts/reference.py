"""Young people beside adults: two soundings for each measure, each with its own base, and never added together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .paper import Paper, Picture, Theme, Width, fold
from .rows import Labels, Row, Table, known, same_question, told, unreliable, why_hidden
from .sounding import SHEETS, Sheet, contours, scale, soundings, write_row

Figures = Table | Sequence[Row | Table]


def beside(
    youth: Figures,
    adult: Figures,
    *,
    labels: Labels,
    title: str,
    youth_period: str,
    adult_period: str,
    youth_name: str = "Young people",
    adult_name: str = "Adults",
    width: Width = "page",
    theme: Theme = "light",
    interval_name: str = "",
    by: str = "measure",
) -> Picture:
    """Figures of young people with those of adults as a reference, one above the other for each measure.

    youth, adult: for each measure one row, or a table with one; the same measures on both sides, counting the same
    answers. A reference that was published without an interval has None as its `ci_low` and `ci_high`. labels: a
    name for each measure. youth_period, adult_period: who was asked, by whom and when, in a few words. interval_name:
    what the intervals are called, where rows and not tables are given. by: what tells the rows of a side apart, where
    that is not the measure, such as an area. Figures are never pooled. Hollow marks are flagged "[u]".

    Raises:
        ValueError: a measure is on one side only, twice on one, or counts another answer or has another wording on
            the other; there is nothing to draw.

    >>> row = {"measure": "worry", "level": None, "kind": "gatekept", "flag": "", "reason": ""}
    >>> young = row | {"estimate": 0.42, "ci_low": 0.381, "ci_high": 0.462, "n": 1412}
    >>> grown = row | {"estimate": 0.31, "ci_low": None, "ci_high": None, "n": 19000, "kind": "probability"}
    >>> picture = beside([young], [grown], labels={"worry": "Worried"}, title="Young people and adults",
    ...                  youth_period="10 to 25, spring 2026", adult_period="16 and over, year to March 2026")
    >>> print(picture.description)
    Two separate surveys, never added together. Young people: 10 to 25, spring 2026. Adults: 16 and over, year to \
March 2026. In brackets the confidence interval. Worried: Young people, 42 % (38 to 46), 1,412 people; \
Adults, 31 %, 19,000 people.
    """
    pairs = _pairs(_rows(youth, by), _rows(adult, by))
    called = interval_name or _interval_name([youth, adult])
    sides = _Sides((youth_name, adult_name), (youth_period, adult_period))
    paper, sheet = Paper.of(width, theme), SHEETS[width]
    top = paper.head(title, [*sides.told, _notes(pairs, called)]) + 24
    bottom = _draw(paper, sheet, pairs, [_name(young, by, labels) for young, _ in pairs], sides, top)
    paper.cut(bottom + 8)
    return paper.called(
        title, _describe(pairs, [_name(young, by, labels) for young, _ in pairs], sides, called)
    )


Pairs = Sequence[tuple[Row, Row]]


@dataclass(frozen=True, slots=True)
class _Sides:
    """What the two sides are called, and who they are."""

    names: tuple[str, str]
    periods: tuple[str, str]

    @property
    def told(self) -> list[str]:
        return [f"{name}: {period}." for name, period in zip(self.names, self.periods, strict=True)]


def _given(figures: Figures) -> list[Row | Table]:
    return list(figures) if isinstance(figures, Sequence) else [figures]


def _name(row: Row, by: str, labels: Labels) -> str:
    return str(labels.get(row[by], row[by]))


def _rows(figures: Figures, by: str) -> dict[object, Row]:
    """One row for each measure, or for each of whatever tells them apart."""
    found: dict[object, Row] = {}
    for one in _given(figures):
        for row in [one] if isinstance(one, Mapping) else one.rows():
            if row[by] in found:
                raise ValueError(f"{row[by]} has two figures on one side; name a level, and no `by` column")
            found[row[by]] = row
    return found


def _pairs(youth: Mapping[object, Row], adult: Mapping[object, Row]) -> list[tuple[Row, Row]]:
    alone = sorted(map(str, set(youth) ^ set(adult)))
    if alone or not youth:
        raise ValueError(
            f"every measure needs a figure on both sides; alone: {', '.join(alone) or 'there is none'}"
        )
    pairs = [(row, adult[measure]) for measure, row in youth.items()]
    for pair in pairs:
        same_question(pair)
    return pairs


def _interval_name(sides: Sequence[Figures]) -> str:
    tables = [one for side in sides for one in _given(side) if not isinstance(one, Mapping)]
    return " or ".join(dict.fromkeys(table.interval_name for table in tables)) or "confidence interval"


def _notes(pairs: Pairs, called: str) -> str:
    shown = [row for pair in pairs for row in pair if known(row)]
    alone = any(row["ci_low"] is None for row in shown)
    parts = ["Two separate surveys, never added together.", f"Line: the {called}. n: people who answered."]
    parts += ["A mark without a line: published without its interval."] * alone
    parts += ["A hollow mark: read with care."] * any(map(unreliable, shown))
    return " ".join(parts)


def _draw(paper: Paper, sheet: Sheet, pairs: Pairs, names: Sequence[str], sides: _Sides, top: float) -> float:
    """The measures one below the other, and where the last one ends."""
    scale(paper, sheet, top - 8)
    for pair, name in zip(pairs, names, strict=True):
        top = _write_measure(paper, name, top + 22)
        top = _draw_pair(paper, sheet, pair, sides, top)
    return top


def _write_measure(paper: Paper, name: str, top: float) -> float:
    """What is measured, above its two soundings."""
    for line in fold(name, paper.right - paper.edge, 14.5, bold=True):
        paper.write(paper.edge, top, line, paper.colours.ink, 14.5, fontweight="bold")
        top += 19
    return top - 6


def _draw_pair(paper: Paper, sheet: Sheet, pair: tuple[Row, Row], sides: _Sides, top: float) -> float:
    """One measure: the young people's sounding above the adults', which is a quiet square."""
    marks, tops = (("o", paper.colours.tide), ("s", paper.colours.quiet)), []
    for row, name, (marker, colour) in zip(pair, sides.names, marks, strict=True):
        write_row(paper, sheet, row, name, top)
        soundings(paper, sheet, [(row, top)], colour, marker)
        tops += [top] if known(row) else []
        top += sheet.height(row)
    contours(paper, sheet, tops)
    return top


def _describe(pairs: Pairs, names: Sequence[str], sides: _Sides, called: str) -> str:
    parts = ["Two separate surveys, never added together.", *sides.told, f"In brackets the {called}."]
    for pair, what in zip(pairs, names, strict=True):
        said = [_told(row, name) for row, name in zip(pair, sides.names, strict=True)]
        parts.append(f"{what}: {'; '.join(said)}.")
    return " ".join(parts)


def _told(row: Row, name: str) -> str:
    if not known(row):
        return f"{name}, not shown, {why_hidden(row)}"
    return told(row, name) + ", read with care" * unreliable(row)
