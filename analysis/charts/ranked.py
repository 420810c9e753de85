"""One column's domains as soundings, one below the other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from .paper import Paper, Picture, Theme, Width
from .rows import Labels, Row, Table, domains_of, figures_of, known, name_of, told, unreliable, why_hidden
from .sounding import SHEETS, Sheet, contours, scale, soundings, write_row
from .words import say


def ranking(
    table: Table,
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
    Rows with no figures come last, hatched, with their reason, which stands below them all where it is long. Hollow
    dots are flagged "[u]".

    Raises:
        ValueError: the table has no `by` column, or several, or several rows for a domain.

    >>> from analysis import SurveyDesign
    >>> frame = {"age": ["10-11", "12-13"] * 40, "worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age"])
    >>> ranking(table, labels={}, title="Worried, by age", width="phone").heading
    'Worried, by age'
    """
    rows = domains_of(table)
    shown = sorted((row for row in rows if known(row)), key=lambda row: (-row["estimate"], -row["n"]))
    rows = [*shown, *(row for row in rows if not known(row))]
    return _drawn(
        table, rows, labels, title, Paper.of(width, theme), SHEETS[width], _Overall(overall, overall_name)
    )


def ordered(
    table: Table,
    *,
    labels: Labels,
    title: str,
    width: Width = "page",
    theme: Theme = "light",
    overall: Row | None = None,
    overall_name: str = "Everyone",
) -> Picture:
    """As `ranking`, in the order of the levels: for age bands, and anything else with an order of its own.

    >>> from analysis import SurveyDesign
    >>> frame = {"age": ["10-11", "12-13"] * 40, "worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age"])
    >>> ordered(table, labels={}, title="Worried, by age").heading
    'Worried, by age'
    """
    rows = domains_of(table)
    return _drawn(
        table, rows, labels, title, Paper.of(width, theme), SHEETS[width], _Overall(overall, overall_name)
    )


def describe(table: Table, labels: Labels) -> str:
    """The text alternative, made from the numbers: the highest, the lowest, and what is not shown.

    >>> from analysis import SurveyDesign
    >>> frame = {"age": ["10-11", "12-13"] * 40, "worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age"])
    >>> print(describe(table, {"10-11": "10 to 11"}))
    Estimates for 2 groups, each with its 95 % confidence interval. \
Highest: 10 to 11, 50 % (34 to 66), 40 people. Lowest: 12-13, 50 % (34 to 66), 40 people.
    """
    rows, column = domains_of(table), table.by[0]
    shown = sorted((row for row in rows if known(row)), key=lambda row: -row["estimate"])
    parts = [
        say(
            "Estimates for %(count)s groups, each with its %(interval)s.",
            count=len(shown),
            interval=table.interval_name,
        )
    ]
    if shown:
        parts.append(say("Highest: %(row)s.", row=told(shown[0], name_of(shown[0], column, labels))))
    if len(shown) > 1:
        parts.append(say("Lowest: %(row)s.", row=told(shown[-1], name_of(shown[-1], column, labels))))
    hidden = [name_of(row, column, labels) for row in rows if not known(row)]
    if hidden:
        parts.append(say("Not shown: %(names)s.", names=", ".join(hidden)))
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class _Overall:
    """The figure of everyone, when there is one to be drawn."""

    row: Row | None
    name: str

    @property
    def told(self) -> str:
        if self.row is None or not known(self.row):
            return ""
        return " " + say("%(name)s: %(figures)s.", name=self.name, figures=figures_of(self.row))


def _drawn(
    table: Table,
    rows: Sequence[Row],
    labels: Labels,
    title: str,
    paper: Paper,
    sheet: Sheet,
    overall: _Overall,
) -> Picture:
    rows, reasons = _in_short(rows, sheet)
    top = _write_head(paper, sheet, title, _key(table, rows)) + 44
    tops = _tops(rows, sheet, top)
    placed = [(row, y) for row, y in zip(rows, tops, strict=False) if known(row)]
    contours(paper, sheet, [y for _, y in placed])
    scale(paper, sheet, top - 28)
    _reference(paper, sheet, overall, top, [y for _, y in placed])
    for row, y in zip(rows, tops, strict=False):
        write_row(paper, sheet, row, name_of(row, table.by[0], labels), y)
    soundings(paper, sheet, placed, paper.colours.tide)
    paper.cut(_write_below(paper, sheet, reasons, tops[-1]) + 14)
    drawn = paper.called(title, describe(table, labels) + overall.told)
    drawn.folds = (top - 44, *tops)
    return drawn


def _in_short(rows: Sequence[Row], sheet: Sheet) -> tuple[list[Row], list[str]]:
    """The rows, of which those with a reason of several lines only say that they are not shown; and those reasons."""
    long = dict.fromkeys(why_hidden(row) for row in rows if not known(row) and len(sheet.reasons(row)) > 1)
    marks = {reason: f" ({at})" if len(long) > 1 else "" for at, reason in enumerate(long, 1)}
    told = [
        {**row, "reason": say("not shown") + marks[row["reason"]]} if row.get("reason") in marks else row
        for row in rows
    ]
    return told, [f"{mark} {say('Not shown: %(names)s.', names=why)}".strip() for why, mark in marks.items()]


def _write_below(paper: Paper, sheet: Sheet, reasons: Sequence[str], y: float) -> float:
    """Why rows are not shown, under the last of them; where that ends."""
    lines = [line for reason in reasons for line in textwrap.wrap(reason, sheet.characters)]
    for at, line in enumerate(lines):
        paper.write(sheet.name, y + 22 + 17 * at, line, size=12.5)
    return y + 17 * len(lines) + 12 * bool(lines)


def _tops(rows: Sequence[Row], sheet: Sheet, top: float) -> list[float]:
    """Where each row begins, and where the last one ends."""
    tops = [top]
    for row in rows:
        tops.append(tops[-1] + sheet.height(row))
    return tops


def _key(table: Table, rows: Sequence[Row]) -> str:
    care = any(unreliable(row) and known(row) for row in rows)
    marks = say(
        "Dot: the estimate. Line: its %(interval)s. n: people who answered.", interval=table.interval_name
    )
    return " ".join([marks, *([say("A hollow dot: read with care.")] if care else [])])


def _write_head(paper: Paper, sheet: Sheet, title: str, key: str) -> float:
    y = 30.0
    for line in textwrap.wrap(title, int(sheet.characters * 0.8)):
        paper.write(sheet.name, y, line, paper.colours.ink, 17, fontweight="bold")
        y += 22
    for line in textwrap.wrap(key, sheet.characters):
        paper.write(sheet.name, y, line, size=12.5)
        y += 17
    return y


def _reference(paper: Paper, sheet: Sheet, overall: _Overall, top: float, tops: Sequence[float]) -> None:
    """The figure of everyone as an upright line, named above it."""
    if overall.row is None or not known(overall.row):
        return
    x = sheet.x(overall.row["estimate"])
    paper.lines(sheet.uprights(x, tops), paper.colours.buoy, 1.4, 1.5)
    words = say("%(name)s %(share)s %%", name=overall.name, share=f"{overall.row['estimate'] * 100:.0f}")
    room = 3.8 * len(words)
    at = min(max(x, sheet.name + room), sheet.base - room)
    paper.write(at, top - 10, words, paper.colours.buoy, 13, ha="center", fontweight="bold")
