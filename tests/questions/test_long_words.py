"""No text is longer than anybody reads: each that is, is named with how long it is, wherever it comes from."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from questions import Text, WrongDefinition, WrongSet, read, shipped, write, xlsform
from questions.text import LONGEST_TITLE, LONGEST_WORDS
from questions.translating import faults

LONG = "w" * (LONGEST_WORDS + 1)
TOLD = f"“{'w' * 39}…” has {LONGEST_WORDS + 1:,} characters. Use at most {LONGEST_WORDS:,}."
SOURCE = """
key = "long"
title = "TITLE"
language = "en"
[[page]]
title = "PAGE"
note = "NOTE"
[[page.question]]
key = "a"
kind = "many"
prompt = {en = "Why?", de = "PROMPT"}
hint = "HINT"
prefer_not_to_say = "RATHER"
fallback = "FALLBACK"
choices = [{code = "a", label = "A"}, {code = "b", label = "CHOICE"}]
"""


def with_long(*names: str) -> str:
    text = SOURCE
    for name in names:
        text = text.replace(f'"{name}"', f'"{LONG}"')
    return text


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("PAGE", "page 1: title"),
        ("NOTE", "page 1: note"),
        ("PROMPT", "page 1, question a: prompt"),
        ("HINT", "page 1, question a: hint"),
        ("RATHER", "page 1, question a: prefer_not_to_say"),
        ("FALLBACK", "page 1, question a: fallback"),
        ("CHOICE", "page 1, question a, choice 2: label"),
    ],
)
def test_each_text_that_is_too_long_is_named(name: str, place: str) -> None:
    with pytest.raises(WrongSet) as wrong:
        read(with_long(name))
    assert [str(fault) for fault in wrong.value.faults] == [f"{place}: {TOLD}"]


def test_all_of_them_at_once_and_the_title_is_shorter_than_the_rest() -> None:
    with pytest.raises(WrongSet) as wrong:
        read(with_long("TITLE", "NOTE", "HINT", "CHOICE"))
    told = [str(fault) for fault in wrong.value.faults]
    assert len(told) == 4
    assert f"characters. Use at most {LONGEST_TITLE}." in told[0]
    assert read(SOURCE.replace("TITLE", "t" * LONGEST_TITLE)).title
    with pytest.raises(WrongDefinition, match=r"title: .* 121 characters\. Use at most 120"):
        replace(read(SOURCE), title=Text("t" * 121))


def test_a_page_built_by_hand_has_the_same_limits() -> None:
    with pytest.raises(WrongDefinition, match=r"note: .* Use at most 4,000"):
        replace(read(SOURCE).pages[0], note=Text(LONG))


def test_a_workbook_says_which_cell() -> None:
    book = load_workbook(BytesIO(xlsform.write(shipped("pulse"))))
    book["survey"]["C3"], book["settings"]["B2"], book["choices"]["C2"] = LONG, "t" * 121, LONG
    sent = BytesIO()
    book.save(sent)
    with pytest.raises(WrongSet) as wrong:
        xlsform.read(sent.getvalue())
    places = sorted(str(fault).partition(", column")[0] for fault in wrong.value.faults)
    assert places == ["sheet choices, row 2", "sheet settings, row 2", "sheet survey, row 3"]
    assert all("Use at most" in fault.message for fault in wrong.value.faults)


def test_a_translation_has_the_limit_of_its_text() -> None:
    given = {"title": ("t" * 121, "draft"), "safe_dark.prompt": (LONG, "draft")}
    found = faults(shipped("pulse"), "fr", given)  # type: ignore[arg-type]
    assert [(one.place, "Use at most" in one.message) for one in found] == [*((key, True) for key in given)]


def test_what_is_long_enough_is_kept_by_a_document_and_a_workbook() -> None:
    longest = read(SOURCE.replace("NOTE", "\ufffe" * LONGEST_WORDS))
    assert read(write(longest)) == longest
    assert xlsform.read(xlsform.write(longest)) == longest
