"""The rows of a sheet under its headings; whatever stands outside them is refused, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field

from questions.arrangement import Fault
from questions.xlsform.cells import Unreadable, words
from questions.xlsform.headings import FLAGS, Heading, Stranger, heading
from questions.xlsform.opening import Cell, Sheet
from questions.xlsform.row import Row
from questions.xlsform.scanning import letters

NO_HEADING = "There is something here, but the column has no heading. Give it one, or empty the cell."


@dataclass(slots=True)
class Headings:
    """What the first row says: the column of each heading, as it is written, and the columns that cannot be read."""

    known: dict[int, Heading] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)
    strange: dict[int, str] = field(default_factory=dict)

    @property
    def columns(self) -> dict[Heading, tuple[str, str]]:
        """Where each heading stands."""
        return {one: (letters(column), self.written[column]) for column, one in self.known.items()}


def rows(sheet: Sheet, language: str, faults: list[Fault]) -> list[Row]:
    """The rows of a sheet that hold something, with every cell that cannot be read among the faults."""
    name = sheet.name.strip().lower()
    refuse_what_is_no_cell(sheet, name, faults)
    headings = _headings(sheet, name, language, faults)
    columns = headings.columns
    found: dict[int, Row] = {}
    for cell in sheet.cells:
        if cell.row > 1 and cell.column in headings.known:
            row = found.setdefault(cell.row, Row(name, cell.row, language, columns, faults))
            _read(cell, headings.known[cell.column], row)
    _refuse_strangers(sheet, name, headings, faults)
    return list(found.values())


def refuse_what_is_no_cell(sheet: Sheet, name: str, faults: list[Fault]) -> None:
    """Note merged cells and comments, which say something that no cell says."""
    for ref in sheet.merged:
        told = f"The cells {ref} are merged. Unmerge them: each cell says one thing."
        faults.append(Fault(f"sheet {name}, cells {ref}", told))
    for ref in sheet.comments:
        told = "There is a comment on this cell, which would be lost. Take it out."
        faults.append(Fault(f"sheet {name}, cell {ref}", told))


def _headings(sheet: Sheet, name: str, language: str, faults: list[Fault]) -> Headings:
    found = Headings()
    for cell in sheet.cells:
        if cell.row > 1:
            break
        found.written[cell.column] = str(cell.value).strip()
        try:
            known = heading(words(cell), name, language)
        except (Stranger, Unreadable) as wrong:
            found.strange[cell.column] = str(wrong)
            continue
        if known in found.known.values():
            found.strange[cell.column] = "This heading stands twice. Keep one of the two columns."
        else:
            found.known[cell.column] = known
    if not found.written and sheet.cells:
        faults.append(
            Fault(f"sheet {name}, row 1", "The first row must hold the headings. Write them there.")
        )
    return found


def _read(cell: Cell, about: Heading, row: Row) -> None:
    try:
        told = words(cell)
    except Unreadable as wrong:
        row.unread.add(about)
        row.fault(str(wrong), about)
        return
    if isinstance(cell.value, bool) and about.name not in FLAGS:
        row.unread.add(about)
        row.fault(f"The spreadsheet made this {told}. Format the cell as text and type it again.", about)
    elif told:
        row.cells[about] = told


def _refuse_strangers(sheet: Sheet, name: str, headings: Headings, faults: list[Fault]) -> None:
    """One fault for each column that cannot be read and holds something, at the first thing that it holds."""
    lost: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        if cell.row > 1 and cell.column not in headings.known:
            lost.setdefault(cell.column, []).append(cell)
    for column, cells in lost.items():
        told = headings.strange.get(column, NO_HEADING)
        more = f" (It holds {len(cells)} cells.)" if len(cells) > 1 else ""
        about = f" ({headings.written[column]})" if column in headings.written else ""
        place = f"sheet {name}, row {cells[0].row}, column {letters(column)}{about}"
        faults.append(Fault(place, told + more))
