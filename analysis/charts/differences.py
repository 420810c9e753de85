"""How far groups are from the others, as soundings about a line where there is no difference."""

from __future__ import annotations

from collections.abc import Sequence

from .paper import Paper, Picture, Theme, Width
from .rows import UNRELIABLE, Row, known, unreliable
from .sounding import QUARTERS, SHEETS, Sheet, contours, soundings, write_hidden

STEPS = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)  # how far the axis may reach to either side, as a share of 1
CLEAR = ("higher", "lower")


def differences(
    rows: Sequence[Row],
    *,
    title: str,
    against: str,
    width: Width = "page",
    theme: Theme = "light",
    interval_name: str = "confidence interval",
) -> Picture:
    """Differences in points, in the order in which they are given, on both sides of a line.

    rows: of each its name, and estimate, ci_low, ci_high, verdict and flag as in `Comparisons.rows()`; the estimate of
    a row that is not shown is None, and it has a reason. against: what each is compared with, in words. A filled dot
    is a clear difference, a hollow one is none; the axis is as long to either side as the dots need.

    Raises:
        ValueError: there is nothing to draw, or a difference is of something else than shares.

    >>> row = {"ci_low": 0.02, "ci_high": 0.12, "verdict": "higher", "flag": "", "reason": ""}
    >>> picture = differences([row | {"name": "Croydon", "estimate": 0.07}], title="Worried", against="the rest")
    >>> print(picture.description)
    Differences from the rest in points, each with its confidence interval. Clearly more: Croydon +7 (+2 to +12).
    """
    if not rows or any(known(row) and abs(row["estimate"]) > 1 for row in rows):
        raise ValueError("this picture shows differences between shares, and one at least")
    paper, sheet = Paper.of(width, theme), SHEETS[width]
    top = paper.head(title, [_key(rows, against, interval_name)]) + 44
    reach = _reach(rows)
    _scale(paper, sheet, top - 28, reach)
    tops = []
    for row in rows:
        _write(paper, sheet, row, top)
        tops.append(top)
        top += sheet.height(row)
    placed = [(_on(row, reach), y) for row, y in zip(rows, tops, strict=True) if known(row)]
    _mark(paper, sheet, placed)
    paper.cut(top + 14)
    return paper.called(title, describe_differences(rows, against, interval_name))


def _mark(paper: Paper, sheet: Sheet, placed: Sequence[tuple[Row, float]]) -> None:
    """The line of no difference, and a sounding for each row: hollow where no difference is clear."""
    tops = [y for _, y in placed]
    contours(paper, sheet, tops)
    paper.lines(sheet.uprights(sheet.x(0.5), tops), paper.colours.ink, 1.4, 1.5)
    for clear, colour in ((True, paper.colours.tide), (False, paper.colours.quiet)):
        marks = [
            ({**row, "flag": "" if clear else UNRELIABLE}, y) for row, y in placed if _clear(row) == clear
        ]
        soundings(paper, sheet, marks, colour)


def _clear(row: Row) -> bool:
    return row["verdict"] in CLEAR


def _reach(rows: Sequence[Row]) -> float:
    """How far the axis goes to either side; an interval that is longer is cut off at its end."""
    dots = [abs(row["estimate"]) for row in rows if known(row)]
    ends = sorted(max(abs(row["ci_low"]), abs(row["ci_high"])) for row in rows if known(row))
    wanted = max([*dots, *ends[: max(1, round(len(ends) * 0.9))], STEPS[0]])
    return next(step for step in (*STEPS, max(wanted, STEPS[-1])) if step >= wanted)


def _on(row: Row, reach: float) -> dict[str, object]:
    """A row with its figures as places along the axis."""
    ends = {name: min(max(row[name] / reach, -1), 1) / 2 + 0.5 for name in ("estimate", "ci_low", "ci_high")}
    return {**row, **ends}


def _scale(paper: Paper, sheet: Sheet, y: float, reach: float) -> None:
    """What the quarters of the axis are."""
    for share in QUARTERS:
        side = (share * 2 - 1) * reach
        paper.write(sheet.x(share), y, _points(side) if side else "no difference", ha="center")


def _write(paper: Paper, sheet: Sheet, row: Row, top: float) -> None:
    """The words of one row."""
    line, clear = sheet.line(top), known(row) and _clear(row)
    ink = paper.colours.ink if clear else paper.colours.quiet
    paper.write(sheet.name, line, str(row["name"]), ink, 14, fontweight="bold" if clear else "normal")
    if not known(row):
        return write_hidden(paper, sheet, row, line)
    return paper.write(sheet.base, line, _figures(row), ink, 13.5, ha="right")


def _points(share: float) -> str:
    """A share as points with its sign: +7, −3 or 0."""
    points = round(share * 100)
    return f"{points:+d}".replace("-", "−") if points else "0"


def _figures(row: Row) -> str:
    """The difference with its interval, as in +7 (+2 to +12)."""
    told = [_points(row[name]) for name in ("estimate", "ci_low", "ci_high")]
    return f"{told[0]} ({told[1]} to {told[2]})" + " [u]" * unreliable(row)


def _key(rows: Sequence[Row], against: str, interval_name: str) -> str:
    unclear = " A hollow dot: one that does not." * any(known(row) and not _clear(row) for row in rows)
    care = " [u]: read with care." * any(known(row) and unreliable(row) for row in rows)
    marks = (
        f"Line: the {interval_name} of each by itself. A filled dot: one that stands out among all of them."
    )
    return f"Points more or fewer than {against}. {marks}{unclear}{care}"


def describe_differences(rows: Sequence[Row], against: str, interval_name: str) -> str:
    """The text alternative: which differ clearly, and by how much; how many do not; and which are not shown.

    >>> row = {"name": "Croydon", "estimate": 0.07, "ci_low": -0.02, "ci_high": 0.16, "flag": ""}
    >>> describe_differences([row | {"verdict": "no clear difference"}], "the rest", "confidence interval")
    'Differences from the rest in points, each with its confidence interval. No clear difference: 1 group.'
    """
    parts = [f"Differences from {against} in points, each with its {interval_name}."]
    for verdict, words in (("higher", "more"), ("lower", "fewer")):
        found = [f"{row['name']} {_figures(row)}" for row in rows if known(row) and row["verdict"] == verdict]
        parts += [f"Clearly {words}: {'; '.join(found)}."] if found else []
    unclear = sum(known(row) and not _clear(row) for row in rows)
    parts += [f"No clear difference: {unclear} group{'s' * (unclear > 1)}."] if unclear else []
    hidden = [str(row["name"]) for row in rows if not known(row)]
    return " ".join([*parts, *([f"Not shown: {', '.join(hidden)}."] if hidden else [])])
