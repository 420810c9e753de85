"""One cell as words: as they were typed, or why they cannot be known."""

from __future__ import annotations

import math
import re
from datetime import date, time, timedelta

from questions.conditions import numeral
from questions.text import UNSEEN
from questions.xlsform.opening import Cell

LONGEST_CELL = 32_767  # characters, in any spreadsheet program

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\ufffe\uffff]")
_PLAIN = ("General", "@")  # how a number is shown as it is
_WHOLE = (*_PLAIN, "0")  # and how a whole one is
_SPREADSHEET_WORDS = {True: "TRUE", False: "FALSE"}


class Unreadable(ValueError):
    """A cell whose words cannot be known, and what to do."""


def words(cell: Cell) -> str:
    """The words of a cell without the spaces at both ends; raises Unreadable.

    >>> words(Cell(2, 1, 7.0, "n", "General")), words(Cell(2, 1, " _x005F_x0041_ ", "s", "@"))
    ('7', '_x0041_')
    """
    if cell.sort == "f":
        raise Unreadable("This is a formula. Write what it shows as plain text.")
    if cell.sort == "e":
        raise Unreadable(f"This shows an error, {cell.value}. Write the words, or empty the cell.")
    if cell.sort == "d" or isinstance(cell.value, (date, time, timedelta)):
        raise Unreadable("This has become a date or a time. Format the cell as text and type it again.")
    if isinstance(cell.value, bool):
        return _SPREADSHEET_WORDS[cell.value]
    return _number(cell.value, cell.shown) if isinstance(cell.value, (int, float)) else _text(str(cell.value))


def _number(value: float, shown: str) -> str:
    if not math.isfinite(value) or abs(value) >= 10**15 or shown not in (_PLAIN if value % 1 else _WHOLE):
        told = "This is a number that may look different from what was typed."
        raise Unreadable(f"{told} Format the cell as text and type it again.")
    return numeral(value)


def _text(value: str) -> str:
    told = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    told = told.replace("\r\n", "\n").replace("\r", "\n").strip()
    if UNSEEN.search(told):
        raise Unreadable("There is a character here that cannot be seen. Write the words again.")
    return told


def held(text: str) -> str:
    r"""Words as a cell holds them: what a spreadsheet program would take for an escape is escaped.

    >>> held("_x0041_ \ufffe")
    '_x005F_x0041_ _xFFFE_'
    """
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
