"""One survey on a sheet of its own, so that another can stand beside it without sharing an axis."""

from __future__ import annotations

from collections.abc import Sequence

from .paper import Paper, Picture, Theme, Width
from .rows import Labels, Row, known, name_of, same_question, told, unreliable, why_hidden
from .sounding import SHEETS, contours, scale, soundings, write_row


def panel(
    rows: Sequence[Row],
    *,
    by: str,
    labels: Labels,
    title: str,
    notes: Sequence[str],
    quiet: bool = False,
    width: Width = "phone",
    theme: Theme = "light",
    interval_name: str = "confidence interval",
) -> Picture:
    """The figures of one survey in the order in which they are given, on an axis that is theirs alone.

    rows: as those of a table, one for each level of `by`; a figure that was published without an interval has None as
    its `ci_low` and `ci_high`, and one without a base None as its `n`. notes: who was asked, what and when, a sentence
    each. quiet: drawn as a reference, in squares. Hollow marks are flagged "[u]".

    Raises:
        ValueError: there is nothing to draw, a level is there twice, or the rows do not ask the same.

    >>> row = {"measure": "problem", "estimate": 0.349, "ci_low": None, "ci_high": None, "n": None}
    >>> picture = panel([row | {"area": "a"}, row | {"area": "b", "estimate": 0.048, "n": 400}], by="area",
    ...                 labels={"a": "Waltham Forest", "b": "Bromley"}, title="Adults", notes=["Asked in 2016/17."])
    >>> print(picture.description)
    Asked in 2016/17. Waltham Forest, 34.9 %, base not published. Bromley, 4.8 %, 400 people.
    """
    names = [row[by] for row in rows]
    if not rows or len(set(names)) < len(names):
        raise ValueError("a panel shows one row for each level, and one row at least")
    same_question(rows)
    paper, sheet = Paper.of(width, theme), SHEETS[width]
    top = paper.head(title, [*notes, *_marks(rows, interval_name)]) + 24
    scale(paper, sheet, top - 8)
    colour, marker, tops = (paper.colours.quiet, "s", []) if quiet else (paper.colours.tide, "o", [])
    for row in rows:
        write_row(paper, sheet, row, name_of(row, by, labels), top)
        soundings(paper, sheet, [(row, top)], colour, marker)
        tops += [top] if known(row) else []
        top += sheet.height(row)
    contours(paper, sheet, tops)
    paper.cut(top + 8)
    return paper.called(
        title, " ".join([*notes, *(f"{_told(row, name_of(row, by, labels))}." for row in rows)])
    )


def _marks(rows: Sequence[Row], interval_name: str) -> list[str]:
    """What the marks mean, as far as there are such."""
    shown = [row for row in rows if known(row)]
    lines = [f"Line: the {interval_name}."] if any(row["ci_low"] is not None for row in shown) else []
    none = ["Published without intervals."] if any(row["ci_low"] is None for row in shown) else []
    return [" ".join([*lines, *none, *["A hollow mark: read with care."] * any(map(unreliable, shown))])]


def _told(row: Row, name: str) -> str:
    if not known(row):
        return f"{name}, not shown, {why_hidden(row)}"
    return told(row, name) + ", read with care" * unreliable(row)
