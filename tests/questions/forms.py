"""Forms as a person would make them in a spreadsheet: rows in, the bytes of a workbook out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from questions import WrongSet
from questions.xlsform import read

Rows = list[list[Any]]

SETTINGS: Rows = [["form_id", "form_title", "default_language"], ["tiny", "Tiny", "English (en)"]]
CHOICES: Rows = [
    ["list_name", "name", "label::English (en)"],
    ["yes_no", "yes", "Yes"],
    ["yes_no", "no", "No"],
]
HEADINGS = [
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "appearance",
]


def book(**sheets: Rows) -> Workbook:
    """A workbook with these sheets."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: Workbook) -> bytes:
    """The bytes of a workbook."""
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def form(
    *survey: list[Any], further: tuple[str, ...] = (), choices: Rows | None = None, **sheets: Rows
) -> bytes:
    """A form: rows of its survey sheet under the usual headings and `further` ones, and its other sheets."""
    rows = [[*HEADINGS, *further], *survey]
    given: dict[str, Rows] = {"survey": rows, "settings": SETTINGS}
    if choices is not None:
        given["choices"] = choices
    return saved(book(**{**given, **sheets}))


def faults(content: bytes) -> list[str]:
    """What is said of a workbook that is no form."""
    with pytest.raises(WrongSet) as wrong:
        read(content)
    return [str(fault) for fault in wrong.value.faults]
