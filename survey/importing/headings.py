"""The first row of a messy file, mended where it can mean one thing alone, and what was mended, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from questions.xlsform.scanning import letters
from survey.delimited import Row
from survey.wording import listed, number


def mended(rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """Rows of which every column has a name, the first with the names; and what was done, in sentences.

    Columns at the end without a name and with nothing in them are passed over; one without a name that holds something
    is called after its letter, and so are those that share a name.

    >>> found, told = mended([Row(1, ("A", "A", "", "")), Row(2, ("Very", "", "x", "")), Row(3, ("Very", "", "x"))])
    >>> found[0].cells, found[1].cells
    (('A (column A)', 'A (column B)', 'column C'), ('Very', '', 'x'))
    >>> for one in told:
    ...     print(one)
    2 columns are called “A”: here each has its letter beside its name.
    Column C has no name: here it has its letter.
    A column at the end has no name and nothing in it. It is passed over.
    """
    heading = rows[0].cells
    width = max((at for at, name in enumerate(heading, 1) if name), default=0)
    width = max([width, *(_filled(row) for row in rows[1:] if len(row.cells) <= len(heading))])
    found = [Row(row.number, row.cells[: max(width, _filled(row))]) for row in rows]
    names = _apart(found[0].cells)
    return [Row(rows[0].number, tuple(names)), *found[1:]], _told(heading, width)


def _filled(row: Row) -> int:
    """How many of its cells there are up to the last that holds something."""
    return max((at for at, word in enumerate(row.cells, 1) if word), default=0)


def _apart(heading: Sequence[str]) -> list[str]:
    often = Counter(heading)
    return [
        f"column {letters(at)}" if not name else f"{name} (column {letters(at)})" if often[name] > 1 else name
        for at, name in enumerate(heading, 1)
    ]


def _told(heading: Sequence[str], width: int) -> list[str]:
    often = Counter(name for name in heading[:width] if name)
    told = [
        f"{number(n)} columns are called “{name}”: here each has its letter beside its name."
        for name, n in often.items()
        if n > 1
    ]
    nameless = [letters(at) for at, name in enumerate(heading[:width], 1) if not name]
    if nameless:
        one = len(nameless) == 1
        which = f"Column {nameless[0]} has" if one else f"Columns {listed(nameless)} have"
        told.append(f"{which} no name: here {'it has its letter' if one else 'each has its letter'}.")
    if over := len(heading) - width:
        which = "A column at the end has no name and nothing in it. It is" if over == 1 else ""
        which = which or f"{number(over)} columns at the end have no name and nothing in them. They are"
        told.append(f"{which} passed over.")
    return told
