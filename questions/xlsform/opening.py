"""A workbook that somebody sent, opened without trusting it: nothing is built before it is seen to be small."""

from __future__ import annotations

import posixpath
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple, cast
from zipfile import ZipFile, ZipInfo

from questions.arrangement import Fault
from questions.document import WrongSet
from questions.xlsform.scanning import CELLS, OTHER, Doctype, Scan, TooMuch, scan

LARGEST = 5 * 2**20  # bytes, as it is sent
UNPACKED = 20 * 2**20  # bytes, taken out of its wrapping
PARTS = 300
ROWS = 5_000
COLUMNS = 200

SAVE_AS = "Open it in your spreadsheet program and save it as .xlsx."
DAMAGED = f"This cannot be read as a workbook. {SAVE_AS}"
TOO_BIG = "This workbook unpacks to more than 20 MB. Copy its cells, as values, into a new workbook."
TOO_MANY = (
    f"This workbook has more than {CELLS:,} cells, filled or formatted. "
    "Copy the filled ones into a new workbook."
)
TOO_STYLED = "This workbook holds very many styles or rules. Copy the cells, as values, into a new workbook."


class Cell(NamedTuple):
    """A cell that holds something: where, what, of which sort (`s`, `n`, `b`, `d`, `f`, `e`), and how it is shown."""

    row: int
    column: int
    value: object
    sort: str
    shown: str


class Sheet(NamedTuple):
    """A sheet: its cells from left to right and from top to bottom, and the places that are no plain cells."""

    name: str
    cells: list[Cell]
    merged: list[str]
    comments: list[str]


def sheets(content: bytes) -> list[Sheet]:
    """The sheets of a workbook; raises WrongSet, and nothing else, whatever the bytes are."""
    if len(content) > LARGEST:
        raise _refused("This file is larger than 5 MB. Such a workbook is much smaller: is it the right one?")
    try:
        return _sheets(_checked(_parts(content)))
    except WrongSet:
        raise
    except TooMuch as much:
        raise _refused(TOO_MANY if much.cells else TOO_STYLED) from None
    except Doctype:
        raise _refused(f"This workbook holds code that no spreadsheet program writes. {SAVE_AS}") from None
    except Exception:  # a part that is cut off, or not what it says it is
        raise _refused(DAMAGED) from None


def _refused(told: str) -> WrongSet:
    return WrongSet([Fault("the workbook", told)])


def _parts(content: bytes) -> dict[str, bytes]:
    """The files that a workbook is made of; the sizes that it declares are not believed."""
    if not content.startswith(b"PK"):
        raise _refused(_what_else(content))
    with ZipFile(BytesIO(content)) as archive:
        every = archive.infolist()
        if len(every) > PARTS or sum(part.file_size for part in every) > UNPACKED:
            raise _refused(TOO_BIG)
        if any(part.flag_bits & 1 for part in every):
            raise _refused(f"This workbook is locked with a password. Take the password off. {SAVE_AS}")
        found: dict[str, bytes] = {}
        for part in every:
            found[part.filename] = _unpacked(archive, part, UNPACKED - sum(map(len, found.values())))
    return found


def _unpacked(archive: ZipFile, part: ZipInfo, room: int) -> bytes:
    with archive.open(part) as file:
        content = file.read(room + 1)
    if len(content) > room:
        raise _refused(TOO_BIG)
    return content


def _what_else(content: bytes) -> str:
    """What a file that is no .xlsx may be, and what to do."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return f"This workbook is locked with a password. Take the password off. {SAVE_AS}"
        return f"This is an old .xls workbook. {SAVE_AS}"
    if not content.strip():
        return "This file is empty. Choose the workbook again."
    kind = "it looks like a CSV file" if _is_table(content) else "it is something else"
    return f"This is not an .xlsx workbook; {kind}. {SAVE_AS}"


def _is_table(content: bytes) -> bool:
    start = content[:2_000]
    first = start.splitlines()[0]
    return b"\x00" not in start.lstrip(b"\xff\xfe") and any(mark in first for mark in (b",", b";", b"\t"))


def _checked(parts: dict[str, bytes]) -> tuple[dict[str, bytes], dict[str, Scan]]:
    """The parts that may be read, and what is in them: no macros, no pictures, nothing that takes long to build."""
    told = next(_strange(parts), None)
    if told is not None:
        raise _refused(told)
    plain = {name: part for name, part in parts.items() if name.lower().endswith((".xml", ".rels"))}
    seen: dict[str, Scan] = {}
    for name, part in plain.items():
        seen[name] = scan(part)
        if sum(one.cells for one in seen.values()) > CELLS:
            raise TooMuch(cells=True)
        if sum(one.other for one in seen.values()) > OTHER:
            raise TooMuch(cells=False)
    return plain, seen


def _strange(parts: dict[str, bytes]) -> Iterator[str]:
    names = [name.lower() for name in parts]
    types = parts.get("[Content_Types].xml", b"")
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis"):
        yield f"This is an OpenDocument file. {SAVE_AS}"
    if "xl/workbook.bin" in names:
        yield f"This is a binary workbook (.xlsb). {SAVE_AS}"
    if b"macroEnabled" in types or any(name.endswith("vbaproject.bin") for name in names):
        yield "This workbook holds macros. Save it as .xlsx, without macros."
    if not any(name.startswith("xl/") for name in names):
        yield f"This is not a workbook. {SAVE_AS}"
    if any(name.startswith(("xl/media/", "xl/charts", "xl/embeddings/")) for name in names):
        yield "This workbook holds a picture, a chart or a file. Only cells are read: take it out."


def _sheets(checked: tuple[dict[str, bytes], dict[str, Scan]]) -> list[Sheet]:
    """What is in the cells, read from a workbook of nothing but the parts that were checked."""
    from openpyxl import load_workbook

    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    parts, seen = checked
    book = load_workbook(_packed(parts), read_only=True, keep_links=False)
    found = []
    for sheet in book.worksheets:
        place = cast(Any, sheet)._worksheet_path
        comments = [ref for part in _beside(place, seen) for ref in seen[part].comments]
        found.append(Sheet(sheet.title, list(_cells(sheet, seen[place])), seen[place].merged, comments))
    return found


def _packed(parts: dict[str, bytes]) -> BytesIO:
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return held


def _beside(place: str, seen: dict[str, Scan]) -> list[str]:
    """The parts that a sheet refers to."""
    folder, _, file = place.rpartition("/")
    own = seen.get(f"{folder}/_rels/{file}.rels", Scan())
    named = (posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/") for target in own.targets)
    return [name for name in named if name in seen]


def _cells(sheet: Any, extent: Scan) -> Iterator[Cell]:
    if extent.last_row > ROWS or extent.last_column > COLUMNS:
        told = (
            f"A sheet may hold {ROWS:,} rows and {COLUMNS} columns. Something stands further out: delete it."
        )
        raise WrongSet([Fault(f"sheet {sheet.title}", told)])
    if not extent.last_row:
        return
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=extent.last_row, max_col=extent.last_column), 1):
        for column, cell in enumerate(row, 1):
            if cell.value is not None and str(cell.value).strip():
                yield Cell(number, column, cell.value, cell.data_type, cell.number_format)
