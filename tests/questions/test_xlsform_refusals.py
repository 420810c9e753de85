"""What the questions, pages and choices of a form may not be: each cell by its place, with what to do, all at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.questions.forms import CHOICES, HEADINGS, Rows, faults, form

FURTHER = (
    *("parameters", "calculation", "soundings_sensitive", "soundings_fallback", "soundings_dont_know"),
    *("soundings_random_block", "default"),
)


def row(kind: str, name: str | None = "q", label: str | None = "Q?", **cells: Any) -> list[Any]:
    """A row of the survey sheet by its headings."""
    columns = [*HEADINGS, *FURTHER]
    told = {"type": kind, "name": name, "label": label, **cells}
    return [told.get(column) for column in columns]


def told(*rows: list[Any], choices: Rows = CHOICES) -> list[str]:
    """What is said of some rows, which begin in row 2."""
    return faults(form(*rows, further=FURTHER, choices=choices))


YN = row("select_one yes_no", "yn")  # uses the list, so that nobody asks who does
NUMBER = "Write the limits like . >= 10 and . <= 25, or one of the two."
ONE_OF = "Change it, or take the row out."


@pytest.mark.parametrize(
    ("asked", "place", "mend"),
    [
        (
            row("date"),
            "A (type)",
            f"“date” is not a type that is read here. {ONE_OF} It may be text, integer, ",
        ),
        (row("itneger"), "A (type)", "Did you mean “integer”?"),
        (row("begin_repeat"), "A (type)", "“begin_repeat” is not a type that is read here."),
        (row("select_one_from_file a.csv"), "A (type)", "is not a type that is read here."),
        (
            row("select_one"),
            "A (type)",
            "Write the type and one list from the choices sheet, like select_one yes_no.",
        ),
        (
            row("select_one yesno"),
            "A (type)",
            "There is no list “yesno” on the choices sheet. Did you mean “yes_no”?",
        ),
        (row("select_one yes_no or_other"), "A (type)", "Take or_other out, and add a choice"),
        (row("", "q"), "A (type)", "There is nothing here. Write one, like text, or empty the row."),
        (row("text", "Q 1"), "B (name)", "“Q 1” cannot be a key. Use small letters, digits"),
        (row("text", None), "B (name)", "There is nothing here. Write the key of the question."),
        (row("text", "q", None), "C (label)", "There is nothing here. Write what is asked."),
        (row("text", "yn"), "B (name)", "The key “yn” is used before. Give each question its own key."),
        (row("text", "q", "Is ${zz}?"), "C (label)", "The words hold ${zz}, but no question has that key."),
        (row("text", hint="${q}?"), "D (hint)", "The words hold ${q}, which is not on an earlier page."),
        (row("text", required="maybe"), "E (required)", "Write yes or no."),
        (
            row("text", relevant="${yn} = yes"),
            "F (relevant)",
            "character 9: Put quotation marks round the code",
        ),
        (
            row("text", relevant="${yn} = 'y'"),
            "F (relevant)",
            "relevant looks for “y”, which is not a code of “yn”.",
        ),
        (
            row("text", relevant="${zz} = 1"),
            "F (relevant)",
            "relevant looks at “zz”, but no question has that key.",
        ),
        (
            row("text", relevant="count(${yn}) > 1"),
            "F (relevant)",
            "“count” is not known here. There are and, or,",
        ),
        (row("integer", constraint=". > 3"), "G (constraint)", NUMBER),
        (row("integer", constraint=". >= 1 and . >= 2"), "G (constraint)", NUMBER),
        (
            row("integer", constraint=". >= 9 and . <= 3"),
            "G (constraint)",
            "Make it smaller.",
        ),
        (
            row("integer", constraint=". >= 1.5"),
            "G (constraint)",
            "1.5 is not a whole number. Write a whole one, or",
        ),
        (
            row("decimal", constraint=". <= 9999999999999999"),
            "G (constraint)",
            "must have at most 15 digits",
        ),
        (row("text", constraint="regex(., 'x')"), "G (constraint)", "like string-length(.) <= 300."),
        (
            row("text", constraint="string-length(.) <= 0"),
            "G (constraint)",
            "The room to write in string-length(.) is 0.",
        ),
        (
            row("select_multiple yes_no", constraint="count-selected(.) <= 9"),
            "G (constraint)",
            "At most 9 may be chosen by count-selected(.). Write a number",
        ),
        (row("select_multiple yes_no", constraint="x"), "G (constraint)", "like count-selected(.) <= 3."),
        (
            row("select_one yes_no", constraint=". = 1"),
            "G (constraint)",
            "A select_one row has no constraint.",
        ),
        (row("select_one yes_no", constraint_message="No."), "H (constraint_message)", "Empty the cell."),
        (
            row("select_one yes_no", appearance="minimal"),
            "I (appearance)",
            "Write likert for a scale, or nothing.",
        ),
        (
            row("text", appearance="multiline"),
            "I (appearance)",
            "A text row has no appearance. Empty the cell.",
        ),
        (
            row("select_one yes_no", parameters="randomise=true"),
            "J (parameters)",
            "randomise is not known here.",
        ),
        (row("select_one yes_no", parameters="randomize"), "J (parameters)", "Write it like randomize=true."),
        (
            row("select_one yes_no", parameters="randomize=yes"),
            "J (parameters)",
            "Write randomize=true, or nothing.",
        ),
        (
            row("select_one yes_no", parameters="seed=4"),
            "J (parameters)",
            "A seed is nothing without randomize=true.",
        ),
        (
            row("select_one yes_no", parameters="randomize=true seed=four"),
            "J (parameters)",
            "A seed is a whole number, or names a calculate row",
        ),
        (
            row("select_one yes_no", parameters="randomize=true, randomize=true"),
            "J (parameters)",
            "Keep one.",
        ),
        (
            row("select_one yes_no", appearance="likert", parameters="randomize=true"),
            "J (parameters)",
            "The choices of a scale keep their order.",
        ),
        (
            row("range", parameters="start=0 end=1 step=0.1"),
            "J (parameters)",
            "Numbers go up in steps of 1 here.",
        ),
        (
            row("range", parameters="start=0.5 end=4.5"),
            "J (parameters)",
            "start and end must be whole numbers.",
        ),
        (
            row("range", constraint=". >= 1"),
            "G (constraint)",
            "A range row has no constraint. Empty the cell.",
        ),
        (
            row("calculate", "s", None, calculation="1 + 1"),
            "K (calculation)",
            "Only once(random()), the seed",
        ),
        (
            row("calculate", "s", None, calculation="once(random())"),
            "B (name)",
            "No question takes its order from",
        ),
        (row("text", soundings_sensitive="x"), "L (soundings_sensitive)", "Write yes or no."),
        (
            row("text", soundings_fallback="x"),
            "M (soundings_fallback)",
            "A text row has no soundings_fallback.",
        ),
        (
            row("text", soundings_dont_know="x"),
            "N (soundings_dont_know)",
            "A text row has no soundings_dont_know.",
        ),
        (row("text", soundings_random_block="x"), "O (soundings_random_block)", "Empty the cell."),
        (
            row("text", default="x"),
            "P (default)",
            "This column is not read here: no answer is filled in for a person.",
        ),
        (
            row("note", None, "Hello."),
            "A (type)",
            "A note belongs to a page. Put it and its questions between",
        ),
        (row("end_group", None, None), "A (type)", "This ends a group that has not begun. Take the row out."),
    ],
)
def test_a_cell_outside_the_subset_is_refused_with_its_place(asked: list[Any], place: str, mend: str) -> None:
    found = [one for one in told(YN, asked) if f"column {place}:" in one]
    assert len(found) == 1
    assert found[0].startswith("sheet survey, row 3, column ")
    assert mend in found[0]


END = row("end_group", None, None)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("begin_group", "p"), END], "row 3, column A (type): This page asks nothing."),
        (
            [row("begin_group", "p"), row("text")],
            "row 3, column A (type): This group does not end. Add a row end",
        ),
        (
            [row("begin_group", None), row("text"), END],
            "row 3, column B (name): There is nothing here. Write the key",
        ),
        (
            [row("begin_group", "yn-page"), row("text"), END],
            "row 3, column B (name): The page key “yn” is used",
        ),
        ([row("begin_group", "p q"), row("text"), END], "row 3, column B (name): “p q” cannot be a key."),
        (
            [row("begin_group", "p", hint="x"), row("text"), END],
            "row 3, column D (hint): A begin_group row has no",
        ),
        (
            [row("begin_group", "p", appearance="table-list"), row("text"), END],
            "row 3, column I (appearance): Write field-list, or nothing: a group is one page.",
        ),
        (
            [row("begin_group", "p", soundings_random_block="B!"), row("text"), END],
            "row 3, column O (soundings_random_block): “B!” cannot be a key.",
        ),
        (
            [row("begin_group", "p", "Is ${zz}?"), row("text"), END],
            "row 3, column C (label): The words hold ${zz}, but no question has that key.",
        ),
        (
            [row("begin_group", "p"), row("begin_group", "p2"), row("text"), END, END],
            "row 4, column A (type): A group inside a group cannot be asked",
        ),
        (
            [row("begin_group", "p"), row("text"), row("note", None), END],
            "row 5, column A (type): A note stands first on its page.",
        ),
        (
            [row("begin_group", "p"), row("note", "n"), row("note", "m"), row("text"), END],
            "row 5, column A (type): A page has one note. Add these words to the first.",
        ),
        (
            [row("begin_group", "p"), row("note", "n", relevant="${yn} = 'yes'"), row("text"), END],
            "row 4, column F (relevant): A note row has no relevant. Empty the cell.",
        ),
        (
            [row("begin_group", "p"), row("note", "n", None), row("text"), END],
            "row 4, column C (label): There is nothing here. Write the words of the note.",
        ),
        (
            [row("begin_group", "p"), row("text"), row("end_group", "q", None)],
            "row 5, column B (name): The group that ends here is called p. Write that, or nothing.",
        ),
        (
            [row("begin_group", "p"), row("text"), row("end_group", None, "More")],
            "row 5, column C (label): A end_group row has no label. Empty the cell.",
        ),
    ],
)
def test_what_is_wrong_with_a_page_is_told_where_it_is(rows: Rows, said: str) -> None:
    (found,) = told(YN, *rows)
    assert found.startswith(f"sheet survey, {said}".replace("A end_group", "An end_group"))


SCATTERED = [
    *(row("begin_group", "p1", soundings_random_block="b"), row("text", "a"), END),
    YN,
    *(row("begin_group", "p2", soundings_random_block="b"), row("text", "c"), END),
]


def test_pages_of_a_block_that_stand_apart_are_told_in_our_column() -> None:
    assert told(*SCATTERED) == [
        "sheet survey, row 6, column O (soundings_random_block): The pages of soundings_random_block “b” must "
        "stand side by side. Move this one up."
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [["l", "dont_know", "?"], ["l", "a", "A"]],
            "row 3, column B (name): This choice stands below an answer",
        ),
        (
            [["l", "prefer_not_to_say", "?"], ["l", "dont_know", "?"]],
            "row 3, column B (name): prefer_not_to_say is always the last. Move dont_know above it.",
        ),
        ([["l", "a b", "A"]], "row 2, column B (name): “a b” cannot be a code."),
        (
            [["l", "a", "A"], ["l", "a", "A"]],
            "row 3, column B (name): The code “a” stands twice in this list.",
        ),
        ([["l", None, "A"]], "row 2, column B (name): There is nothing here. Write the code of this choice."),
        ([["l", "a", None]], "row 2, column C (label): There is nothing here. Write what people read."),
        ([["l", "a", "A", "so"]], "row 2, column D (soundings_exclusive): Write yes or no."),
        (
            [["l", "dont_know", "A", "yes"]],
            "row 2, column D (soundings_exclusive): dont_know always stands alone.",
        ),
        (
            [[None, "a", "A"]],
            "row 2, column A (list_name): There is nothing here. Write the name of the list",
        ),
        ([["a b", "a", "A"]], "row 2, column A (list_name): A list has a name without spaces."),
        ([["other", "a", "A"]], "row 2, column A (list_name): No question takes the list “other”."),
        (
            [["l", "a", "A", None, "x.png"]],
            "row 2, column E (image): This column is not read here: there are no",
        ),
        ([["l", "a", dt.date(2026, 10, 11)]], "row 2, column C (label): This has become a date or a time."),
        ([["l", True, "A"]], "row 2, column B (name): The spreadsheet made this TRUE."),
        (
            [["l", 0.5, "=A1"]],
            "row 2, column C (label): This is a formula. Write what it shows as plain text.",
        ),
    ],
)
def test_what_is_wrong_with_choices_is_told_on_their_sheet(rows: Rows, said: str) -> None:
    headings = ["list_name", "name", "label", "soundings_exclusive", "image"]
    found = told(row("select_multiple l"), choices=[headings, *rows])
    assert any(one.startswith(f"sheet choices, {said}") for one in found)


def test_too_few_choices_are_told_where_the_question_is() -> None:
    assert told(row("select_one l"), choices=[CHOICES[0], ["l", "a", "A"]]) == [
        "sheet survey, row 2, column A (type): A question with one answer (one) needs at least two choices. "
        "Add them on the choices sheet."
    ]


def test_a_list_with_choices_that_stand_alone_is_for_many() -> None:
    rows = [["list_name", "name", "label", "soundings_exclusive"], ["l", "a", "A"], ["l", "b", "B", "yes"]]
    (found,) = told(row("select_one l"), choices=rows)
    assert "Empty soundings_exclusive, or give this question a list of its own." in found


def test_everything_is_told_at_once_from_top_to_bottom() -> None:
    found = told(
        row("date", "D 1", required="so", relevant="${yn} = yes"),
        row("text", "a", None, required="so", relevant="${b} = 1"),
        row("select_one no", "b", appearance="quick"),
        choices=[CHOICES[0], ["spare", "x y", "X"]],
    )
    assert [one.partition(":")[0] for one in found] == [
        "sheet survey, row 2, column A (type)",
        "sheet survey, row 2, column B (name)",
        "sheet survey, row 2, column E (required)",
        "sheet survey, row 2, column F (relevant)",
        "sheet survey, row 3, column C (label)",
        "sheet survey, row 3, column E (required)",
        "sheet survey, row 3, column F (relevant)",
        "sheet survey, row 4, column A (type)",
        "sheet survey, row 4, column I (appearance)",
        "sheet choices, row 2, column A (list_name)",
        "sheet choices, row 2, column B (name)",
    ]
