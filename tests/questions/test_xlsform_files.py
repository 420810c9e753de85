"""Files that are not what they should be: a clear sentence each, soon, and nothing else is ever raised."""

from __future__ import annotations

import random
import struct
import time
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import WrongSet, shipped
from questions.xlsform import read, write
from tests.questions.forms import faults, form

GOOD = form(["text", "why", "Why?"])
SHEET = "xl/worksheets/sheet1.xml"
END = b"</sheetData>"


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def packed(every: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, part in every.items():
            archive.writestr(name, part)
    return held.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    """The good workbook with something else in one of its parts."""
    every = parts(GOOD)
    assert old in every[part]
    return packed({**every, part: every[part].replace(old, new, 1)})


def with_part(name: str, content: bytes = b"x") -> bytes:
    return packed({**parts(GOOD), name: content})


BOMB = packed({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": bytes(64 * 2**20)})
LYING = bytearray(BOMB)
_AT = LYING.rfind(b"PK\x01\x02") + 24
LYING[_AT : _AT + 4] = struct.pack("<I", 10)

LOCKED = bytearray(GOOD)
_FLAGS = LOCKED.find(b"PK\x01\x02") + 8
LOCKED[_FLAGS] |= 1

MACROS = "This workbook holds macros. Save it as .xlsx, without macros."
SAVE_AS = "Open it in your spreadsheet program and save it as .xlsx."
DAMAGED = f"This cannot be read as a workbook. {SAVE_AS}"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><worksheet><sheetData/></worksheet>'
FAR = "sheet survey: A sheet may hold 5,000 rows and 200 columns. Something stands further out: delete it."
MANY = "This workbook has more than 60,000 cells, filled or formatted."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty. Choose the workbook again."),
        (b"hello", f"This is not an .xlsx workbook; it is something else. {SAVE_AS}"),
        (
            b"type,name,label\ntext,q,Q?\n",
            f"This is not an .xlsx workbook; it looks like a CSV file. {SAVE_AS}",
        ),
        (
            "type;näme\n".encode("latin-1"),
            f"This is not an .xlsx workbook; it looks like a CSV file. {SAVE_AS}",
        ),
        (b"\xd0\xcf\x11\xe0" + bytes(512), f"This is an old .xls workbook. {SAVE_AS}"),
        (
            b"\xd0\xcf\x11\xe0" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
            f"This workbook is locked with a password. Take the password off. {SAVE_AS}",
        ),
        (bytes(LOCKED), f"This workbook is locked with a password. Take the password off. {SAVE_AS}"),
        (b"PK" + bytes(50_000_000), "This file is larger than 5 MB."),
        (BOMB, "This workbook unpacks to more than 20 MB."),
        (bytes(LYING), DAMAGED),
        (packed({f"xl/{number}": b"" for number in range(301)}), "This workbook unpacks to more than 20 MB."),
        (with_part("xl/vbaProject.bin"), MACROS),
        (changed("[Content_Types].xml", b"openxmlformats", b"macroEnabled"), MACROS),
        (
            packed({"mimetype": b"application/vnd.oasis.opendocument.text"}),
            f"This is an OpenDocument file. {SAVE_AS}",
        ),
        (packed({"xl/workbook.bin": b""}), f"This is a binary workbook (.xlsb). {SAVE_AS}"),
        (packed({"word/document.xml": b"<a/>"}), f"This is not a workbook. {SAVE_AS}"),
        (with_part("xl/media/image1.png"), "This workbook holds a picture, a chart or a file."),
        (with_part("xl/custom.xml", b"<a>"), DAMAGED),
        (with_part(SHEET, ENTITY), "This workbook holds code that no spreadsheet program writes."),
        (
            with_part(SHEET, ENTITY.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")),
            "This workbook holds code that no spreadsheet program writes.",
        ),
        (changed(SHEET, END, b'<row r="2"><c><v>1</v></c></row>' + END), DAMAGED),
        (changed(SHEET, END, b'<row r="9"><c r="A9"/><c r="A9"><v>1</v></c></row>' + END), DAMAGED),
        (changed(SHEET, END, b'<row r="1048576"><c><v>1</v></c></row>' + END), FAR),
        (changed(SHEET, END, b'<row r="9"><c r="XFD9"><v>1</v></c></row>' + END), FAR),
        (changed(SHEET, END, b"<row/>" * 70_000 + END), MANY),
        (changed(SHEET, END, b"<row><c>" + b"<v/>" * 400_000 + b"</c></row>" + END), MANY),
        (
            changed("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 31_000 + b"</cellXfs>"),
            "This workbook holds very many styles or rules.",
        ),
        (
            changed(SHEET, END, END + b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
            "sheet survey, cells A1:XFD1048576: The cells A1:XFD1048576 are merged.",
        ),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_soon(content: bytes, said: str) -> None:
    begun = time.process_time()
    (found,) = faults(content)
    assert time.process_time() - begun < 2
    assert found.startswith(said if said.startswith("sheet") else f"the workbook: {said}")


@pytest.mark.parametrize(
    "content",
    [
        changed(SHEET, b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'),
        changed(SHEET, END, b'<row r="1048576"><c r="XFD1048576"/></row>' + END),
        changed(SHEET, END, END + b'<hyperlinks><hyperlink ref="A1:XFD1048576" display="x"/></hyperlinks>'),
        with_part("xl/printerSettings/printerSettings1.bin"),
        with_part("xl/drawings/vmlDrawing1.vml", b"<br>"),
    ],
)
def test_a_sheet_that_only_says_it_is_large_is_read_as_it_is(content: bytes) -> None:
    begun = time.process_time()
    assert read(content) == read(GOOD)
    assert time.process_time() - begun < 1


def survives(content: bytes) -> None:
    begun = time.process_time()
    with suppress(WrongSet):
        read(content)
    assert time.process_time() - begun < 1


@given(st.binary(max_size=2_000) | st.binary(max_size=500).map(lambda tail: b"PK\x03\x04" + tail))
@settings(max_examples=100, deadline=None)
def test_random_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(WrongSet):
        read(content)


def test_a_real_workbook_cut_off_or_with_bits_flipped_raises_nothing_else() -> None:
    chance, whole = random.Random(7), write(shipped("pulse"))
    for _ in range(100):
        survives(whole[: chance.randrange(len(whole))])
        flipped = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        survives(bytes(flipped))


def test_a_real_workbook_with_a_part_changed_inside_raises_nothing_else() -> None:
    chance, every = random.Random(7), parts(write(shipped("pulse")))
    for _ in range(100):
        name = chance.choice(list(every))
        part = bytearray(every[name])
        start = chance.randrange(len(part))
        change = chance.choice([b"", b"<", b"9", b"x", bytes([chance.randrange(256)]), bytes(part[:40])])
        part[start : start + chance.randrange(5)] = change
        survives(packed({**every, name: bytes(part)}))


def test_without_one_of_its_parts_it_raises_nothing_else() -> None:
    every = parts(write(shipped("pulse")))
    for name in every:
        survives(packed({other: part for other, part in every.items() if other != name}))
