"""What stands in one part of a workbook, seen before anything is built from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

LIGHT = {"row", "c", "v", "f", "is", "t", "r", "rPr", "si"}  # what cells are made of
FILLED = {"v", "f", "is"}
CELLS = 60_000  # filled or not; rows and words that cells share count too
OTHER = 30_000  # whatever else a workbook is made of: styles, themes, lists
PIECES = 6  # of which a cell is made, at most, on average
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")


class Doctype(Exception):
    """A part that declares names of its own, as no spreadsheet program does."""


class TooMuch(Exception):
    """More than would be read in a second or two: of cells, or of whatever else there is (`cells` is false)."""

    def __init__(self, cells: bool) -> None:
        self.cells = cells
        super().__init__(cells)


@dataclass(slots=True)
class Scan:
    """One part: how much is in it, how far it reaches, and what of it is no plain cell.

    cells: rows, cells and shared words; pieces: what those are made of; other: all else. last_row and last_column are
    those of the last cell that holds something.
    """

    root: str = ""
    cells: int = 0
    pieces: int = 0
    other: int = 0
    last_row: int = 0
    last_column: int = 0
    merged: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    _row: int = 0
    _column: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition(":")[2]
        self.root = self.root or name
        self.cells += name in ("row", "c", "si")
        self.pieces += name in LIGHT
        self.other += name not in LIGHT
        if self.cells > CELLS or self.pieces > PIECES * CELLS or self.other > OTHER:
            raise TooMuch(self.other <= OTHER)
        if self.root == "worksheet":
            self._in_sheet(name, attributes)
        elif name == "comment" and self.root == "comments":
            self.comments.append(attributes.get("ref", "?"))
        elif name == "Relationship":
            self.targets.append(attributes.get("Target", ""))

    def _in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _onward(self._row, int(attributes.get("r", self._row + 1)))
            self._column = 0
        elif name == "c":
            place = _PLACE.fullmatch(attributes.get("r", "").upper())
            self._column = _onward(self._column, column_number(place[1]) if place else self._column + 1)
        elif name in FILLED:
            self.last_row = max(self.last_row, self._row)
            self.last_column = max(self.last_column, self._column)
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", "?"))


def _onward(before: int, place: int) -> int:
    """The next row or column; two in one place, or one before the other, is no order that a program writes."""
    if place <= before:
        raise ValueError(place)
    return place


def scan(content: bytes) -> Scan:
    """Look through a part; raises Doctype, and expat.ExpatError or ValueError where it is not what it should be."""
    found = Scan()
    parser = expat.ParserCreate()
    parser.StartElementHandler = found.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)
    return found


def _refuse_doctype(*_: object) -> None:
    raise Doctype


def column_number(letters: str) -> int:
    """The number of a column.

    >>> column_number("A"), column_number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def letters(number: int) -> str:
    """The letters of a column.

    >>> letters(1), letters(27)
    ('A', 'AA')
    """
    told = ""
    while number:
        number, rest = divmod(number - 1, 26)
        told = chr(ord("A") + rest) + told
    return told
