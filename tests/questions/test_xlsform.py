"""XLSForm, both ways: what a set looks like in a spreadsheet, and the same set when it is read again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from questions import (
    Choice,
    Comparison,
    Not,
    Page,
    Question,
    QuestionSet,
    Text,
    WrongDefinition,
    shipped,
)
from questions import read as read_document
from questions.document import SETS
from questions.text import LONGEST_WORDS
from questions.xlsform import read, write
from questions.xlsform.asking import OTHERS, TYPES
from questions.xlsform.headings import PLAIN, WORDED
from tests.questions.forms import SETTINGS, Rows, form
from tests.questions.strategies import question_sets

NAMES = sorted(file.stem for file in SETS.glob("*.toml"))
YES_NO = (Choice("yes", Text("Yes")), Choice("no", Text("No")))


def only(*asked: Question, language: str = "en") -> QuestionSet:
    return QuestionSet("tiny", Text("Tiny"), language, tuple(Page(one.key, (one,)) for one in asked))


def sheet(question_set: QuestionSet, name: str) -> list[dict[str, str]]:
    """The rows of a sheet that is written, by heading, without what is empty."""
    book = load_workbook(BytesIO(write(question_set)))
    headings, *rows = book[name].iter_rows(values_only=True)
    return [
        {str(h): str(cell) for h, cell in zip(headings, row, strict=True) if cell is not None} for row in rows
    ]


def accepted(content: bytes) -> list[str]:
    """What pyxform warns of; it raises where it does not accept a form."""
    warnings: list[str] = []
    convert(content, file_type=".xlsx", warnings=warnings, validate=False)
    return warnings


@given(question_sets())
@settings(max_examples=15)
def test_every_set_is_read_back_as_it_was_and_pyxform_accepts_it(question_set: QuestionSet) -> None:
    content = write(question_set)
    back = read(content)
    assert (back, back.fingerprint) == (question_set, question_set.fingerprint)
    accepted(content)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_set_is_read_back_and_pyxform_has_nothing_to_say(name: str) -> None:
    content = write(shipped(name))
    assert read(content) == shipped(name)
    unknown = "do not contain valid machine-readable codes: Easy English (en-x-easy)."  # it knows no code of our own
    assert [warning for warning in accepted(content) if unknown not in warning] == []


AGE = Question("age", "number", Text("How old?"), low=0, high=99.5, decimals=True, dont_know=Text("?"))
WORRIES = Question(
    "worries",
    "many",
    Text("What worries you?", (("bn", "কী?"), ("en-x-easy", "What?")), (("bn", "draft"),)),
    hint=Text("Choose up to 2."),
    required=True,
    sensitive=True,
    choices=(*YES_NO, Choice("10-11", Text("None", (("bn", "না"),)), exclusive=True)),
    dont_know=Text("I don’t know"),
    prefer_not_to_say=Text("No thanks"),
    at_most=2,
    randomise=True,
    constraint_message=Text("Two at most."),
    fallback=Text("that"),
    show_if=Not(Comparison("age", "<", 12.5)),
)
WHY = Question("why", "text", Text("Why?"), length=80)
EVERYTHING = QuestionSet(
    "all",
    Text("All", (("bn", "সব"),), (("bn", "reviewed"),)),
    "en",
    (
        Page("age", (AGE,)),
        Page("more", (WORRIES, WHY), Text("More"), Text("Skip it."), Comparison("age", ">", 3), "block"),
    ),
)


def test_everything_has_its_place() -> None:
    assert read(write(EVERYTHING)) == EVERYTHING
    accepted(write(EVERYTHING))
    assert sheet(EVERYTHING, "settings") == [
        {
            "form_id": "all",
            "form_title": "All",
            "soundings_title::Bengali (bn)": "সব",
            "soundings_title_status_bn": "reviewed",
            "default_language": "English (en)",
        }
    ]
    assert sheet(EVERYTHING, "choices") == [
        {"list_name": "worries", "name": "yes", "label::English (en)": "Yes"},
        {"list_name": "worries", "name": "no", "label::English (en)": "No"},
        {
            "list_name": "worries",
            "name": "10-11",
            "label::English (en)": "None",
            "label::Bengali (bn)": "না",
            "soundings_exclusive": "yes",
        },
        {"list_name": "worries", "name": "dont_know", "label::English (en)": "I don’t know"},
        {"list_name": "worries", "name": "prefer_not_to_say", "label::English (en)": "No thanks"},
    ]
    assert sheet(EVERYTHING, "survey") == [
        {"type": "calculate", "name": "soundings-seed", "calculation": "once(random())"},
        {
            "type": "decimal",
            "name": "age",
            "label::English (en)": "How old?",
            "constraint": ". >= 0 and . <= 99.5",
            "soundings_dont_know::English (en)": "?",
        },
        {
            "type": "begin_group",
            "name": "more",
            "label::English (en)": "More",
            "relevant": "${age} > 3",
            "appearance": "field-list",
            "soundings_random_block": "block",
        },
        {"type": "note", "name": "more-note", "label::English (en)": "Skip it."},
        {
            "type": "select_multiple worries",
            "name": "worries",
            "label::English (en)": "What worries you?",
            "label::Bengali (bn)": "কী?",
            "label::Easy English (en-x-easy)": "What?",
            "soundings_label_status_bn": "draft",
            "hint::English (en)": "Choose up to 2.",
            "required": "yes",
            "relevant": "not(${age} < 12.5)",
            "constraint": "count-selected(.) <= 2",
            "constraint_message::English (en)": "Two at most.",
            "parameters": "randomize=true, seed=${soundings-seed}",
            "soundings_sensitive": "yes",
            "soundings_fallback::English (en)": "that",
        },
        {
            "type": "text",
            "name": "why",
            "label::English (en)": "Why?",
            "constraint": "string-length(.) <= 80",
        },
        {"type": "end_group"},
    ]


def test_a_scale_is_a_select_one_with_likert_and_equal_lists_are_one() -> None:
    one = Question("a", "one", Text("A?"), choices=YES_NO)
    scale = Question("b", "scale", Text("B?"), choices=YES_NO)
    other = Question("c", "scale", Text("C?"), choices=YES_NO, dont_know=Text("?"))
    rows = sheet(only(one, scale, other), "survey")
    assert [(row["type"], row.get("appearance")) for row in rows] == [
        ("select_one a", None),
        ("select_one a", "likert"),
        ("select_one c", "likert"),
    ]
    assert [row["list_name"] for row in sheet(only(one, scale, other), "choices")] == ["a"] * 2 + ["c"] * 3


def test_a_page_that_shares_its_key_with_a_question_is_told_apart() -> None:
    asked = (Question("a", "text", Text("A?")), Question("b", "text", Text("B?")))
    two = QuestionSet(
        "tiny", Text("Tiny"), "en", (Page("a", asked), Page("b", (replace(asked[0], key="c"),)))
    )
    assert [row.get("name") for row in sheet(two, "survey")] == [
        "a-page",
        "a",
        "b",
        None,
        "b-page",
        "c",
        None,
    ]
    assert read(write(two)) == two
    accepted(write(two))


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "+44 20",
        "007",
        "TRUE",
        "2026-01-31",
        "1e5",
        "#N/A",
        "'quoted",
        "_x000D_",
        "__x0041_x0042_",
        "two\nlines\tand a tab",
        "\ufffe\uffff",
        "a\u2028b\u200f",
        "কেন? 😀",
        "w" * LONGEST_WORDS,
        "<b> & ]]>",
    ],
)
def test_words_stay_words(words: str) -> None:
    asked = only(replace(WHY, prompt=Text(words), hint=Text(f"x{words}"[:LONGEST_WORDS])))
    assert read(write(asked)) == asked
    cell = load_workbook(BytesIO(write(asked)))["survey"]["C2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")


@pytest.mark.parametrize("code", ["1", "007", "10-11", "1.0", "1e5", "TRUE", "E09.1"])
def test_codes_stay_codes(code: str) -> None:
    asked = only(Question("a", "one", Text("A?"), choices=(Choice(code, Text("A")), *YES_NO)))
    assert read(write(asked)) == asked


@pytest.mark.parametrize("language", ["en", "zh-Hant", "xx", "en-x-easy", "ckb"])
def test_any_language_may_be_the_forms_own(language: str) -> None:
    asked = only(WHY, language=language)
    assert read(write(asked)) == asked
    assert f"({language})" in sheet(asked, "settings")[0]["default_language"]


def test_what_no_cell_can_hold_is_refused_with_its_place() -> None:
    long = replace(WHY, key="then", show_if=Comparison("why", "=", "w" * 32_760))
    told = r"survey, row 3, relevant: “\$\{why\} = 'w.*…” has 32,771 characters. A cell holds 32,767"
    with pytest.raises(WrongDefinition, match=told):
        write(replace(only(WHY), pages=(*only(WHY).pages, Page("then", (long,)))))
    with pytest.raises(WrongDefinition, match=r"page 1: .* Take the spaces"):
        write(only(replace(WHY, prompt=Text(" Why? "))))
    with pytest.raises(WrongDefinition, match=r"page 1: .* sort its translations"):
        write(only(replace(WHY, prompt=Text("Why?", (("de", "Warum?"), ("bn", "কেন?"))))))
    with pytest.raises(WrongDefinition, match=r"top: .* name every language"):
        write(
            replace(only(replace(WHY, prompt=Text("Why?", (("de", "W"),)))), title=Text("T", (("de", "T"),)))
        )


def test_a_condition_too_deep_to_be_read_is_refused() -> None:
    condition: Not | Comparison = Comparison("why", "!=", "")
    for _ in range(41):
        condition = Not(condition)
    with pytest.raises(WrongDefinition, match=r"row 3, column F \(relevant\): .* too many brackets"):
        write(only(WHY, replace(WHY, key="then", show_if=condition)))


def test_a_form_of_somebody_else_is_read() -> None:
    content = form(
        ["begin group", "you", "About you"],
        ["note", "welcome", "Thank you for coming."],
        ["integer", "age", "How old are you?", None, "TRUE", None, ". <= 25 and . >= 10", "From 10 to 25."],
        ["range", "rating", "How safe?", None, True],
        ["end group", "you"],
        [],
        ["Select_One yn", "again", "Again?", None, "No", "${age}>=16", None, None, "likert"],
        ["select_multiple yn", "both", "Which?", None, None, None, None, None, None, "randomize=true"],
        further=("parameters", "default"),
        choices=[
            ["list name", "name", "label"],
            ["yn", 1, "Yes"],
            ["yn", 2.0, "No"],
            ["yn", "dont_know", "?"],
        ],
        settings=[["form id", "Form Title", "default_language"], ["tiny", 2026, "en"]],
    )
    assert read(content) == read_document("""
        key = "tiny"
        title = "2026"
        language = "en"
        [[page]]
        key = "you"
        title = "About you"
        note = "Thank you for coming."
        [[page.question]]
        key = "age"
        kind = "number"
        prompt = "How old are you?"
        required = true
        low = 10
        high = 25
        constraint_message = "From 10 to 25."
        [[page.question]]
        key = "rating"
        kind = "number"
        prompt = "How safe?"
        required = true
        low = 1
        high = 10
        [[page]]
        [[page.question]]
        key = "again"
        kind = "scale"
        prompt = "Again?"
        show_if = "${age} >= 16"
        choices = [{code = "1", label = "Yes"}, {code = "2", label = "No"}]
        dont_know = "?"
        [[page]]
        [[page.question]]
        key = "both"
        kind = "many"
        prompt = "Which?"
        randomise = true
        choices = [{code = "1", label = "Yes"}, {code = "2", label = "No"}]
        dont_know = "?"
        """)


@pytest.mark.parametrize(("seed", "order"), [("42", "afcbde"), ("1", "bfeacd"), ("11111111", "acdbfe")])
def test_a_fixed_seed_gives_everybody_the_order_that_other_tools_show(seed: str, order: str) -> None:
    listed: Rows = [["list_name", "name", "label"], *(["letters", code, code.upper()] for code in "abcdef")]
    asked = ["select_one letters", "letter", "Which?", *[None] * 6, f"randomize=true, seed={seed}"]
    question = read(form(asked, further=("parameters",), choices=listed)).question("letter")
    assert ("".join(question.codes), question.randomise) == (order, False)


def test_under_a_fixed_seed_what_stands_alone_stays_last() -> None:
    codes = [("a", None), ("none", "yes"), ("b", None), ("c", None), ("dont_know", None)]
    listed: Rows = [
        ["list_name", "name", "label", "soundings_exclusive"],
        *(["letters", code, code, alone] for code, alone in codes),
    ]
    asked = ["select_multiple letters", "letter", "Which?", *[None] * 6, "randomize=true, seed=3"]
    question = read(form(asked, further=("parameters",), choices=listed)).question("letter")
    assert sorted(question.codes[:3]) == ["a", "b", "c"]
    assert question.codes[3:] == ("none", "dont_know")


def test_line_breaks_of_any_machine_are_line_breaks() -> None:
    content = form(["text", "why", "one_x000D_\ntwo"], settings=SETTINGS)
    assert read(content).question("why").prompt == Text("one\ntwo")


def test_whoever_never_opens_a_workbook_never_loads_what_does() -> None:
    told = "import sys, questions, questions.xlsform; print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_page_for_staff_names_everything_that_may_be_in_a_form() -> None:
    page = (Path(__file__).parents[2] / "docs" / "xlsform.md").read_text(encoding="utf-8")
    columns = {name for every in (PLAIN, WORDED) for names in every.values() for name in names}
    assert [name for name in (*TYPES, *OTHERS, *columns - {"calculation"}) if f"`{name}" not in page] == []
