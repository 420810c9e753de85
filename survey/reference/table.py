"""A file of figures as a table of words, whatever it is: its separator, its letters, and where its headings stand."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from questions import Fault, WrongSet
from questions.xlsform.opening import Cell, Sheet, sheets
from questions.xlsform.rows import refuse_what_is_no_cell
from questions.xlsform.scanning import letters
from survey.delimited import MARKS, WORKBOOK, Row, split, squeezed, text_of
from survey.reference.columns import NEEDED, proposed
from survey.reference.decided import Assumption

MOST_ROWS = 20_000  # of a CSV file
MOST_COLUMNS = 60
LONGEST = 300  # characters of a cell
FEWEST_COLUMNS = 3  # a date, an area and a figure
LOOKED_AT = 40  # rows in which the headings are looked for
NEITHER = "It is neither a workbook nor a table in text. Save it as .xlsx, or as CSV in UTF-8."


NOTHING = Row(0, ())


@dataclass(slots=True)
class Table:
    """What a file holds. sheet: its name in a workbook; mark: what stands between the cells of a CSV file."""

    sheet: str = ""
    mark: str = ""
    headings: Row = NOTHING
    above: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    assumed: list[Assumption] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def place(self, row: int, column: int | None = None) -> str:
        """Where something is: `row 7, column B (Gebiet)`, in a workbook with its sheet."""
        told = f"sheet {self.sheet}, row {row}" if self.sheet else f"row {row}"
        return told if column is None else f"{told}, {self.column(column)}"

    def column(self, column: int) -> str:
        """What a column is called: `column B (Gebiet)`."""
        heading = self.headings.cell(column)
        return f"column {letters(column + 1)}" + (f" ({heading})" if heading else "")


def opened(content: bytes, mark: str = "") -> Table:
    """The table of a file, with everything that keeps it from being one. mark: the separator, where it was chosen."""
    try:
        return _workbook(content) if content.startswith(WORKBOOK) else _text_table(content, mark)
    except WrongSet as wrong:
        return Table(faults=list(wrong.faults))


def _workbook(content: bytes) -> Table:
    filled = [one for one in sheets(content) if one.cells]
    if not filled:
        raise WrongSet([Fault("the workbook", "There is nothing in it. Write one figure in each row.")])
    if len(filled) > 1:
        named = ", ".join(one.name for one in filled)
        told = (
            f"Several sheets hold something: {named}. Keep the one with the figures, and delete the others."
        )
        raise WrongSet([Fault("the workbook", told)])
    found = Table(sheet=filled[0].name)
    refuse_what_is_no_cell(filled[0], filled[0].name, found.faults)
    found.assumed.append(Assumption("File", f"A workbook; its sheet “{found.sheet}” holds the figures."))
    return _headed(found, list(_rows_of(filled[0], found)))


def _rows_of(sheet: Sheet, found: Table) -> Iterator[Row]:
    rows: dict[int, dict[int, str]] = {}
    for cell in sheet.cells:
        told = _words(cell)
        if told is None:
            why = "This is a formula." if cell.sort == "f" else "This is an error of the workbook."
            place = f"sheet {sheet.name}, row {cell.row}, column {letters(cell.column)}"
            found.faults.append(Fault(place, f"{why} Write what it shows as a plain value."))
        rows.setdefault(cell.row, {})[cell.column] = told or ""
    for number, cells in sorted(rows.items()):
        yield Row(number, tuple(cells.get(at, "") for at in range(1, max(cells) + 1)))


def _words(cell: Cell) -> str | None:
    """A cell as words: a date as 2017-03-31, a number shown as a percentage with its sign; None for no value."""
    if cell.sort in ("f", "e"):
        return None
    if isinstance(cell.value, dt.datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, dt.date):
        return cell.value.isoformat()
    if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
        return _number(cell.value, cell.shown) if math.isfinite(cell.value) else None
    return squeezed(str(cell.value))


def _number(value: float, shown: str) -> str:
    exact = Decimal(str(value))
    return f"{(exact * 100).normalize():f}%" if "%" in shown else f"{exact.normalize():f}"


def _text_table(content: bytes, mark: str) -> Table:
    text, letters_told = text_of(content, NEITHER)
    if not text.strip():
        raise WrongSet([Fault("the file", "There is nothing in it. Write one figure in each row.")])
    tried = {one: split(text, one, MOST_ROWS) for one in ([mark] if mark in MARKS else MARKS)}
    best = max(tried, key=lambda one: _likeness(tried[one]))
    rows = tried[best]
    broken = [one for one in tried.values() if isinstance(one, Fault)]
    if isinstance(rows, Fault) or (broken and _heading(rows).filled < FEWEST_COLUMNS):
        raise WrongSet(broken[:1])
    found = Table(mark=best)
    found.assumed += [
        Assumption("Letters", letters_told),
        Assumption("Separator", f"{MARKS[best]} stand between the cells."),
    ]
    return _headed(found, rows)


def _likeness(rows: list[Row] | Fault) -> tuple[int, int]:
    """How much rows look like a table with our headings: which of these it has, and how many columns."""
    if isinstance(rows, Fault):
        return (-1, 0)
    heading = _heading(rows)
    return (len(proposed(heading.cells)), heading.filled)


def _heading(rows: Sequence[Row]) -> Row:
    """The row of headings: the one that says most of what we look for, or else the first that is wide enough."""
    first = rows[:LOOKED_AT]
    best = max(first, key=lambda row: len(NEEDED & set(proposed(row.cells))), default=NOTHING)
    if len(NEEDED & set(proposed(best.cells))) > 1:
        return best
    return next((row for row in first if row.filled >= FEWEST_COLUMNS), NOTHING)


def _headed(found: Table, rows: list[Row]) -> Table:
    """The table with its headings found; raises WrongSet where it can have none."""
    heading = _heading(rows)
    if heading.filled < FEWEST_COLUMNS:
        between = " Choose another separator below, or save it again." if found.mark else ""
        told = f"No row has three cells or more: a date, an area and a figure are needed.{between}"
        found.faults.append(Fault("the file", told))
        return found
    found.headings = heading
    found.above = [row for row in rows if row.number < heading.number]
    found.rows = [row for row in rows if row.number > heading.number]
    if found.above:
        told = f"Row {heading.number} holds the headings. Not read, above them: {_told(found.above)}."
        found.assumed.append(Assumption("Headings", told))
    found.faults += _unfit(found)
    return found


def _told(rows: Iterable[Row]) -> str:
    return "; ".join(f"“{' '.join(filter(None, row.cells))[:60]}”" for row in rows)


def _unfit(found: Table) -> Iterator[Fault]:
    """What no table of figures has: too many columns, rows that are too long, cells that are too full."""
    width = _width(found.headings.cells)
    if width > MOST_COLUMNS:
        yield Fault(
            found.place(found.headings.number), f"There may be {MOST_COLUMNS} columns. Take some out."
        )
    if not found.rows:
        yield Fault(found.place(found.headings.number + 1), "Nothing stands below the headings.")
    comma = " A figure such as 34,9 then needs quotation marks." if found.mark == "," else ""
    for row in found.rows:
        if _width(row.cells) > width:
            told = f"This row has {_width(row.cells)} cells, and there are {width} headings.{comma}"
            yield Fault(found.place(row.number), told)
        if max(map(len, row.cells)) > LONGEST:
            yield Fault(found.place(row.number), f"A cell has more than {LONGEST} characters. Shorten it.")


def _width(cells: Sequence[str]) -> int:
    """How far cells reach, without the empty ones at the end."""
    return max((at for at, cell in enumerate(cells, 1) if cell), default=0)
