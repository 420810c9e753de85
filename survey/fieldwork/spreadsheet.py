"""A list of settings in a spreadsheet, opened without trusting it: its rows, and everything that cannot be read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from questions import Fault, WrongSet
from questions.xlsform.cells import Unreadable, words
from questions.xlsform.opening import Cell, Sheet, sheets
from questions.xlsform.rows import refuse_what_is_no_cell
from questions.xlsform.scanning import column_number, letters
from survey.wording import listed

NAME, BOROUGH, EXPECTED = "name", "borough", "expected young people"
KINDS = ("setting", "school", "club")
COLUMNS = {
    NAME: (NAME, "place", *KINDS, *(f"{one} name" for one in KINDS), *(f"name of {one}" for one in KINDS)),
    BOROUGH: (BOROUGH, "area", "local authority", "la", "council"),
    EXPECTED: (EXPECTED, "expected", "young people", "pupils", "how many"),
}
OURS = ("code", "link", "answered", "state")  # of our own list, which may come back
REFERENCE = "boroughs"  # the sheet of our template that lists them
MOST_ROWS = 900
MOST_HEADINGS, SHOWN = 12, 40  # that a fault names, and how much of each
FURTHEST = 5_000  # rows of a CSV file that are looked at
WORKBOOK = (b"PK", b"\xd0\xcf\x11\xe0")
CALLED = (".xlsx", ".xlsm", ".xls", ".ods")  # as workbooks are called, whatever is in them
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PLACE = re.compile("row ([0-9]+)(?:, column ([A-Z]{1,3}) )?")
NO_WORKBOOK = (
    "Its name is that of a workbook, and it is none. Open the list in your spreadsheet program, and save it again as "
    ".xlsx, or as CSV in UTF-8."
)
ANSI = "It is not in UTF-8, so it was read as Windows text: look whether letters with accents are right."


@dataclass(slots=True)
class Line:
    """A row of the list: what stands in its columns, and how its places are called."""

    sheet: str
    row: int
    headed: dict[str, tuple[str, str]]  # the letter of each column, and its heading as it is written
    told: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def place(self, about: str | None = None) -> str:
        """Where it is: `sheet Schools, row 7, column B (borough)`; a CSV file has no sheet."""
        row = f"sheet {self.sheet}, row {self.row}" if self.sheet else f"row {self.row}"
        if about is None:
            return row
        letter, heading = self.headed.get(about, ("", about))
        return f"{row}, column {letter} ({heading})" if letter else f"{row}, column {heading}"

    def word(self, about: str) -> str:
        """What stands in a column, its words one space apart; empty where there is nothing."""
        return " ".join(self.told.get(about, "").split())


@dataclass(slots=True)
class Lines:
    """What a file holds: its rows, every fault, and what was assumed in reading it.

    head: where the headings stand, and what they are; known: the columns that they name.
    """

    lines: list[Line] = field(default_factory=list)
    head: tuple[str, list[str]] = ("", [])
    known: frozenset[str] = frozenset()
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def without(self, column: str) -> Fault:
        """That a column is not there, with what stands in the first row instead."""
        row, headings = self.head
        there = listed([f"“{one[:SHOWN]}”" for one in headings[:MOST_HEADINGS]])
        told = f"No column is called {column}. The first row must hold the headings {listed(tuple(COLUMNS))}"
        return Fault(row, f"{told}; it holds {there}." if there else f"{told}; it is empty.")


def read(content: bytes, name: str = "") -> Lines:
    """The rows of a list of settings, XLSX or CSV whatever it is called, with everything that is wrong with it.

    name: that of the file, so that a broken workbook is not taken for a table without headings.
    """
    found = Lines()
    try:
        sheet = _one_sheet(content, found) if content.startswith(WORKBOOK) else _table(content, found)
    except WrongSet as wrong:
        found.faults += wrong.faults
        return found
    headed = _headings(sheet, found)
    if NAME not in headed:
        broken = not content.startswith(WORKBOOK) and name.lower().endswith(CALLED)
        found.faults = [Fault("the file", NO_WORKBOOK) if broken else found.without(NAME)]
        return found
    lines: dict[int, Line] = {}
    names = {column: name for name, column in headed.items()}
    written = {name: (letters(column), _heading(sheet, column)) for name, column in headed.items()}
    for cell in sheet.cells:
        if cell.row > 1 and cell.column in names:
            line = lines.setdefault(cell.row, Line(sheet.name, cell.row, written))
            _read(cell, names[cell.column], line, found.faults)
    found.lines = list(lines.values())
    _refuse_none_and_many(sheet, found)
    return found


def _one_sheet(content: bytes, found: Lines) -> Sheet:
    """The one sheet that holds something, besides our own list of boroughs; raises WrongSet."""
    filled = [one for one in sheets(content) if one.cells and one.name.strip().lower() != REFERENCE]
    if not filled:
        raise WrongSet([Fault("the workbook", "There is nothing in it. Write one setting in each row.")])
    if len(filled) > 1:
        named = ", ".join(one.name for one in filled)
        told = f"Several sheets hold something: {named}. Keep the one that lists the settings, and delete the others."
        raise WrongSet([Fault("the workbook", told)])
    refuse_what_is_no_cell(filled[0], filled[0].name, found.faults)
    return filled[0]


def _table(content: bytes, found: Lines) -> Sheet:
    """A CSV file as a sheet without a name; raises WrongSet."""
    text = _text(content, found)
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    cells: list[Cell] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for row, line in enumerate(reader, 1):
            if row > FURTHEST:
                told = f"A list may have {FURTHEST:,} rows. Something stands further down: delete it."
                raise WrongSet([Fault("the file", told)])
            cells += (
                Cell(row, column, told, "f" if told.lstrip().startswith("=") else "s", "@")
                for column, told in enumerate(line, 1)
                if told.strip()
            )
    except csv.Error:
        told = "A quotation mark is opened and not closed, or stands inside a cell. Mend it, or save the file again."
        raise WrongSet([Fault(f"line {reader.line_num}", told)]) from None
    if not cells:
        raise WrongSet([Fault("the file", "There is nothing in it. Write one setting in each row.")])
    return Sheet("", cells, [], [])


def _text(content: bytes, found: Lines) -> str:
    if content.startswith(UTF_16):
        return content.decode("utf-16", "replace")
    if b"\x00" in content:
        told = "It is neither a workbook nor a table in text. Save the list as .xlsx, or as CSV in UTF-8."
        raise WrongSet([Fault("the file", told)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.notes.append(ANSI)
        return content.decode("cp1252", "replace")


def _heading(sheet: Sheet, column: int) -> str:
    return next((str(one.value).strip() for one in sheet.cells if (one.row, one.column) == (1, column)), "")


def _headings(sheet: Sheet, found: Lines) -> dict[str, int]:
    """The column of each heading in row 1; what cannot be one is a fault where something stands below it.

    Where the name has no column nothing else is said: the rest follows from that.
    """
    known: dict[str, int] = {}
    for cell in (one for one in sheet.cells if one.row == 1):
        name = _known(str(cell.value))
        if name and name in known:
            place = f"{_row(sheet, 1)}, column {letters(cell.column)}"
            found.faults.append(Fault(place, f"A second column says {name}. Keep one of the two."))
        elif name:
            known[name] = cell.column
    found.head = (_row(sheet, 1), [str(cell.value).strip() for cell in sheet.cells if cell.row == 1])
    found.known = frozenset(known)
    found.faults += _strangers(sheet, known, found.notes)
    return known


def _known(told: str) -> str | None:
    plain = " ".join(told.replace("_", " ").casefold().split())
    return next((name for name, names in COLUMNS.items() if plain in names), None)


def _strangers(sheet: Sheet, known: dict[str, int], notes: list[str]) -> Iterator[Fault]:
    """One fault for each column that is not read and holds something; those of our own list are passed over."""
    seen: set[int] = set(known.values())
    passed: list[str] = []
    for cell in sheet.cells:
        if cell.row == 1 or cell.column in seen:
            continue
        seen.add(cell.column)
        heading = _heading(sheet, cell.column)
        if heading.casefold() in OURS:
            passed.append(heading)
        elif _known(heading) is None:
            about = f" ({heading})" if heading else ""
            place = f"{_row(sheet, cell.row)}, column {letters(cell.column)}{about}"
            yield Fault(
                place, f"This column is not read here. Take it out: there may be {', '.join(COLUMNS)}."
            )
    if passed:
        notes.append(f"Not read, since we make them ourselves: {', '.join(passed)}.")


def _row(sheet: Sheet, row: int) -> str:
    return f"sheet {sheet.name}, row {row}" if sheet.name else f"row {row}"


def _read(cell: Cell, about: str, line: Line, faults: list[Fault]) -> None:
    whole = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool) and cell.value % 1 == 0
    if about == EXPECTED and cell.sort == "n" and whole:  # however it is shown, as in 1,200
        cell = cell._replace(shown="General")
    try:
        line.told[about] = words(cell)
    except Unreadable as wrong:
        line.unread.add(about)
        faults.append(Fault(line.place(about), str(wrong)))


def _refuse_none_and_many(sheet: Sheet, found: Lines) -> None:
    if not found.lines and not found.faults:
        told = "Nothing stands below the headings. Write one setting in each row."
        found.faults.append(Fault(_row(sheet, 2), told))
    if len(found.lines) > MOST_ROWS:
        told = f"It lists {len(found.lines):,} settings. Bring at most {MOST_ROWS} at once, in several files."
        found.faults.append(Fault("the file", told))


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults from the top of the file to its bottom; those of the whole file first."""

    def where(fault: Fault) -> tuple[int, int]:
        found = _PLACE.search(fault.place)
        return (int(found[1]), column_number(found[2] or "")) if found else (0, 0)

    return sorted(faults, key=where)
