"""Files of rows in text: which letters they are in, and what stands between their cells."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from questions import Fault, WrongSet

WORKBOOK = (b"PK", b"\xd0\xcf\x11\xe0")
MARKS = {";": "Semicolons", ",": "Commas", "\t": "Tabs"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """A row that holds something: its number in the file, and its cells as words."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(map(bool, self.cells))

    def cell(self, column: int) -> str:
        """The words in a column, counted from 0; empty where the row is shorter."""
        return self.cells[column] if column < len(self.cells) else ""


def squeezed(told: str) -> str:
    """Words one space apart."""
    return " ".join(told.split())


def text_of(content: bytes, otherwise: str) -> tuple[str, str]:
    """The text of a file, and in which encoding it was read, in a sentence.

    otherwise: what else may be sent here, for somebody who sent what is no text. Raises WrongSet for that.
    """
    if content.startswith(UTF_16):
        return content.decode("utf-16", "replace").replace("\0", ""), "The file is in UTF-16."
    if b"\x00" in content:
        raise WrongSet([Fault("the file", otherwise)])
    try:
        marked = content.startswith(b"\xef\xbb\xbf")
        how = "UTF-8, with a mark at its beginning" if marked else "UTF-8"
        return content.decode("utf-8-sig"), f"The file is in {how}."
    except UnicodeDecodeError:
        told = "The file is not in UTF-8, so it was read as Windows text (cp1252): look whether accents are right."
        return content.decode("cp1252", "replace"), told


def first_cells(text: str, mark: str) -> list[str]:
    """The cells of the first row that holds something, split at a separator; none where it cannot be."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        return next((line for line in reader if any(map(squeezed, line))), [])
    except csv.Error:
        return []


def split(text: str, mark: str, most: int) -> list[Row] | Fault:
    """The rows that hold something, split at a separator; or why they cannot be. most: rows that there may be."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[Row] = []
    try:
        for number, line in enumerate(reader, 1):
            if number > most:
                return Fault("the file", f"It has more than {most:,} rows. Bring it in several files.")
            row = Row(number, tuple(map(squeezed, line)))
            rows += [row] if row.filled else []
    except csv.Error:
        told = "A quotation mark is opened and not closed, or stands inside a cell. Mend it, or save the file again."
        return Fault(f"line {reader.line_num}", told)
    return rows
