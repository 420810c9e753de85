"""What the sheets of a form may not be: its settings, its headings and languages, and what a cell holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from openpyxl.comments import Comment

from questions import Text
from questions.xlsform import read
from tests.questions.forms import CHOICES, HEADINGS, SETTINGS, Rows, book, faults, form, saved

WHY = ["text", "why", "Why?"]


@pytest.mark.parametrize(
    ("headings", "cells", "said"),
    [
        ({}, {"form_id": "My form"}, "row 2, column A (form_id): “My form” cannot be a key."),
        (
            {},
            {"form_id": None},
            "row 2, column A (form_id): There is nothing here. Write the key of the set.",
        ),
        ({}, {"form_title": None}, "row 2, column B (form_title): There is nothing here. Write form_title:"),
        (
            {},
            {"default_language": "English"},
            "row 2, column C (default_language): Write the language with its code",
        ),
        ({}, {"default_language": None}, "row 2, column C (default_language): There is nothing here."),
        ({"version": 3}, {}, "row 2, column D (version): This column is not read here: Soundings numbers"),
        (
            {"soundings_offered_unreviewed": "Bangla"},
            {},
            "row 2, column D (soundings_offered_unreviewed): offered_unreviewed: “Bangla” is not the code",
        ),
        (
            {},
            {"form_title": "About ${why}"},
            "row 2, column B (form_title): Answers can be repeated in a question,",
        ),
        (
            {"soundings_title_status_bn": "draft"},
            {},
            "row 2, column D (soundings_title_status_bn): This is the status",
        ),
    ],
)
def test_what_is_wrong_with_the_settings(headings: dict[str, Any], cells: dict[str, Any], said: str) -> None:
    usual = dict(zip(*SETTINGS, strict=True)) | cells | headings
    (found,) = faults(form(WHY, settings=[list(usual), list(usual.values())]))
    assert found.startswith(f"sheet settings, {said}")


def test_the_settings_are_one_row() -> None:
    (found,) = faults(form(WHY, settings=[*SETTINGS, ["b", "B", "en"]]))
    assert found == "sheet settings, row 3: The settings are one row. Take this one out."


def test_languages_have_a_code_a_column_and_words_in_the_forms_own() -> None:
    headings = [
        *("type", "name", "label::English (en)", "label::Bengali (bn)", "label::German", "label"),
        *("soundings_label_status_bn", "soundings_label_status_de"),
    ]
    rows: Rows = [
        headings,
        ["text", "a", "A", "B", "D", "L", "done", "draft"],
        ["text", "b", None, "B"],
        ["text", "c", "C", None, None, None, "draft"],
    ]
    assert [one.partition(".")[0] for one in faults(saved(book(survey=rows, settings=SETTINGS)))] == [
        "sheet survey, row 2, column E (label::German): Write the language with its code in brackets, like "
        "label::Bengali (bn), or label::English (en)",
        "sheet survey, row 2, column F (label): This heading stands twice",
        "sheet survey, row 2, column G (soundings_label_status_bn): “done” is not a status",
        "sheet survey, row 2, column H (soundings_label_status_de): This is the status of a translation that is "
        "not there",
        "sheet survey, row 3, column C (label::English (en)): There are words in another language, but none in en, "
        "the form’s own",
        "sheet survey, row 4, column G (soundings_label_status_bn): This is the status of a translation that is "
        "not there",
    ]


def test_blank_rows_blank_sheets_and_empty_columns_say_nothing() -> None:
    content = form([], WHY, [None, "  "], further=("default", "image"), Sheet1=[], Notes=[[" "]])
    assert read(content).question("why").prompt == Text("Why?")


def test_a_sheet_of_its_own_is_refused_and_a_hidden_one_is_read() -> None:
    assert faults(form(WHY, entities=[["list_name"], ["people"]])) == [
        "sheet entities: This sheet is not read here. Take it out. The sheets are survey, choices, settings."
    ]
    assert "Did you mean “choices”?" in faults(form(WHY, choises=CHOICES))[0]
    hidden = book(survey=[HEADINGS, WHY], settings=SETTINGS)
    hidden["settings"].sheet_state = "hidden"
    hidden["survey"].row_dimensions[2].hidden = True
    hidden["survey"].column_dimensions["C"].hidden = True
    assert read(saved(hidden)).question("why").prompt == Text("Why?")


def test_nothing_asked_and_nothing_set() -> None:
    assert faults(saved(book(Sheet1=[]))) == [
        "sheet survey, row 2: Nothing is asked. Write a row: type text, name why, label Why?",
        "sheet settings, row 2: The form has no name. Write form_id, form_title and default_language here, "
        "below their headings.",
    ]


def test_what_has_no_heading_is_not_passed_over() -> None:
    assert faults(form([*WHY, *[None] * 6, "lost"], ["text", "b", "B", *[None] * 6, "lost too"])) == [
        "sheet survey, row 2, column J: There is something here, but the column has no heading. Give it one, "
        "or empty the cell. (It holds 2 cells.)"
    ]


def test_merged_cells_comments_and_odd_numbers_are_refused_by_their_place() -> None:
    made = book(survey=[HEADINGS, WHY, ["text", "a", 7, 1.6]], settings=SETTINGS)
    made["survey"]["C3"].number_format = "000"
    made["survey"]["D3"].number_format = "0"
    made["survey"]["A2"].comment = Comment("Ask Ruth first.", "Ruth")
    made["survey"].merge_cells("C2:D2")
    assert faults(saved(made)) == [
        "sheet survey, row 3, column C (label): This is a number that may look different from what was typed. "
        "Format the cell as text and type it again.",
        "sheet survey, row 3, column D (hint): This is a number that may look different from what was typed. "
        "Format the cell as text and type it again.",
        "sheet survey, cells C2:D2: The cells C2:D2 are merged. Unmerge them: each cell says one thing.",
        "sheet survey, cell A2: There is a comment on this cell, which would be lost. Take it out.",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("=HYPERLINK(1)", "This is a formula. Write what it shows as plain text."),
        ("#REF!", "This shows an error, #REF!. Write the words, or empty the cell."),
        (dt.timedelta(hours=1), "This has become a date or a time."),
        (dt.time(12, 30), "This has become a date or a time."),
        (True, "The spreadsheet made this TRUE."),
        (10**15, "This is a number that may look different from what was typed."),
        ("a_x0007_", "There is a character here that cannot be seen."),
    ],
)
def test_a_cell_that_is_no_words_is_refused(value: object, said: str) -> None:
    (found,) = faults(form(["text", "why", value]))
    assert found.startswith(f"sheet survey, row 2, column C (label): {said}")
