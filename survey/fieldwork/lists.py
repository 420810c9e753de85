"""Lists to take away: the settings with their codes and links, the template to begin with, and links for hosts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions.xlsform.scanning import letters
from survey import counts
from survey.fieldwork.loading import open_collection
from survey.fieldwork.printing import by_name, link_of
from survey.fieldwork.spreadsheet import COLUMNS, MOST_ROWS, OURS, REFERENCE
from survey.models import Collection
from survey.naming import FORMULA
from survey.places import Place
from survey.web import Problem, installation

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = "text/csv; charset=utf-8"
WIDTHS = (40, 26, 24, 12, 48, 12, 24)  # characters of the columns

Cells = Sequence[str | int | None]


def download(request: Request, session: Session) -> Response:
    """A list of a collection's settings, or an empty one to fill, as a spreadsheet or as CSV."""
    _, found = open_collection(request, session)
    place = installation(request).place
    name = request.path_params["name"]
    rows: dict[str, Callable[[], list[Cells]]] = {
        "settings": lambda: settings_of(request, session, found),
        "template": lambda: [tuple(COLUMNS)],
    }
    what, _, kind = name.rpartition(".")
    if what not in rows or kind not in ("csv", "xlsx"):
        raise Problem(404, "There is no such file", "Go back to the collection, and choose one there.")
    file = f"{found.consultation.slug}-{found.id}-{name}"
    if kind == "csv":
        return sent(as_csv(rows[what]()), file, TABLE)
    return sent(as_workbook(rows[what](), place, empty=what == "template"), file, SPREADSHEET)


def sent(content: bytes, name: str, kind: str) -> Response:
    """A file to keep."""
    return Response(
        content, headers={"content-disposition": f'attachment; filename="{name}"'}, media_type=kind
    )


def settings_of(request: Request, session: Session, found: Collection) -> list[Cells]:
    """The settings of a collection, headings first; it can be brought back as it is."""
    answered = counts.submitted_by_setting(session, found.id)
    rows: list[Cells] = [(*COLUMNS, *OURS)]
    for one in by_name(found.settings):
        borough = installation(request).place.name_of(one.borough) if one.borough else None
        state = f"code retired on {one.retired_on}" if one.retired_on else "code in use"
        link = link_of(request, one)
        rows.append((one.name, borough, one.expected, one.code, link, answered.get(one.id, 0), state))
    return rows


def as_csv(rows: Iterable[Cells]) -> bytes:
    """Rows as CSV that a spreadsheet program opens in the right encoding, and runs nothing of."""
    out = io.StringIO()
    csv.writer(out).writerows([[_plain(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str | int | None) -> str | int | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_workbook(rows: Sequence[Cells], place: Place, *, empty: bool = False) -> bytes:
    """Rows as a workbook. empty: one to fill, with the boroughs on a sheet of their own to choose from."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "settings"
    for row in rows:
        sheet.append([*row])
    for at, width in enumerate(WIDTHS[: len(rows[0])], 1):
        sheet.cell(1, at).font = Font(bold=True)
        sheet.column_dimensions[letters(at)].width = width
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            if cell.data_type == "f":  # a name that looks like a formula is a name
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    if empty:
        listed = book.create_sheet(REFERENCE)
        for borough in place.boroughs:
            listed.append([borough.name])
        choose = DataValidation(
            "list", formula1=f"{REFERENCE}!$A$1:$A${len(place.boroughs)}", allow_blank=True
        )
        choose.showErrorMessage = False  # other ways to write a borough are understood
        choose.add(f"B2:B{MOST_ROWS + 1}")
        sheet.add_data_validation(choose)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
