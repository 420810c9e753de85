"""A past survey as its file has it: the columns, what is known of each, and the rows in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from questions import Fault, WrongSet
from questions.xlsform.scanning import letters
from survey.delimited import MARKS, WORKBOOK, Row, first_cells, split, text_of
from survey.importing import spss, too_wide
from survey.importing.headings import mended

MOST_ROWS = 50_000
MOST_COLUMNS = 250
LONGEST_NAME = 300  # characters of a column's name
SPREADSHEET = "It is a spreadsheet, whatever its name says. Save it as CSV (UTF-8), and choose that."
NEITHER = "It is neither an SPSS file (.sav) nor a table in text. Save it as one of the two."
NOTHING = "It has no rows. Its first line names the columns; each line after it is one person."


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and what an SPSS file says of it.

    label: what it is about, mostly its question; labels: what its values stand for; missing: values that are no answer.
    """

    name: str
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    def said(self, word: str) -> str:
        """A value in words."""
        return self.labels.get(word, word)


@dataclass(slots=True)
class PastFile:
    """What a file holds. sort: "CSV" or "SPSS"; told: how it was read, in sentences; faults: why it cannot be."""

    sort: str = ""
    columns: tuple[Column, ...] = ()
    rows: list[Row] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def each(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's number, and its words by the names of the columns."""
        names = [column.name for column in self.columns]
        for row in self.rows:
            yield row.number, dict(zip(names, row.cells, strict=True))

    def place(self, at: int) -> str:
        """Where a column is, counted from 0: `column B (Worry)`; SPSS has no letters for them."""
        name = self.columns[at].name
        return f"column {name}" if self.sort == "SPSS" else f"column {letters(at + 1)} ({name})"


def opened(content: bytes) -> PastFile:
    """A file as it was sent, with everything that keeps it from being read."""
    try:
        found = _spss(content) if content.startswith(spss.BEGINNINGS) else _text_file(content)
    except WrongSet as wrong:
        return PastFile(faults=list(wrong.faults))
    if len(found.columns) > MOST_COLUMNS:
        found.faults.append(Fault("the file", too_wide(len(found.columns), MOST_COLUMNS)))
    return found


def _spss(content: bytes) -> PastFile:
    told = spss.read(content, MOST_ROWS, MOST_COLUMNS)
    columns = tuple(
        Column(one["name"], one["label"], one["labels"], frozenset(one["missing"])) for one in told["columns"]
    )
    rows = [Row(number, tuple(cells)) for number, cells in enumerate(told["rows"], 1)]
    found = PastFile("SPSS", columns, [row for row in rows if row.filled])
    found.told.append("An SPSS file. Values are shown with the labels that it gives them.")
    if not found.rows:
        found.faults.append(Fault("the file", "It has no rows with anything in them."))
    return found


def _text_file(content: bytes) -> PastFile:
    if content.startswith(WORKBOOK):
        raise WrongSet([Fault("the file", SPREADSHEET)])
    text, letters_told = text_of(content, NEITHER)
    mark, rows = _divided(text)
    called = rows[0].cells if rows else ()
    rows, told = mended(rows) if len(rows) > 1 else (rows, [])
    found = table(rows)
    found.columns = tuple(
        Column(one.name, "" if name == one.name else name)
        for one, name in zip(found.columns, called, strict=False)
    )
    found.told = [letters_told, f"{MARKS[mark]} stand between the cells.", *told]
    return found


def _divided(text: str) -> tuple[str, list[Row]]:
    """The rows of a text, and the mark between their cells: that which makes most of its first row."""
    width = {mark: len(first_cells(text, mark)) for mark in MARKS}
    broken: list[Fault] = []
    for mark in sorted(MARKS, key=lambda one: -width[one]):
        rows = split(text, mark, MOST_ROWS)
        if not isinstance(rows, Fault) and (width[mark] > 1 or not broken):
            return mark, rows
        broken += [rows] if isinstance(rows, Fault) else []
    raise WrongSet(broken[:1])


def table(rows: list[Row] | Fault) -> PastFile:
    """The table of rows of which the first has the names; raises WrongSet where they are none."""
    if isinstance(rows, Fault):
        raise WrongSet([rows])
    if len(rows) < 2:
        raise WrongSet([Fault("the file", NOTHING)])
    names = rows[0].cells
    faults = [
        Fault("the first row", f"Two columns are called “{name}”. Give each its own name.")
        for name in sorted({name for name in names if name and names.count(name) > 1})
    ]
    faults += [
        Fault(
            "the first row",
            f"The name of column {letters(at)} has more than {LONGEST_NAME} characters. Shorten it.",
        )
        for at, name in enumerate(names, 1)
        if len(name) > LONGEST_NAME
    ]
    faults += [
        Fault("the first row", f"Column {letters(at)} has no name. Give it one.")
        for at, name in enumerate(names, 1)
        if not name
    ]
    faults += [
        Fault(
            f"row {row.number}",
            f"It has {len(row.cells)} cells and the header has {len(names)}. Is a delimiter missing?",
        )
        for row in rows[1:]
        if len(row.cells) != len(names)
    ]
    if faults:
        raise WrongSet(faults)
    return PastFile("CSV", tuple(map(Column, names)), rows[1:])
