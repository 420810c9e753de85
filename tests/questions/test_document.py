"""The TOML document: what it may say, and that every fault is told at once with its place and its mend."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import Comparison, Fault, Text, WrongSet, read, read_file, shipped, shipped_source

HEAD = 'key = "tiny"\ntitle = "Tiny"\nlanguage = "en"\n'


def page(*questions: str, more: str = "") -> str:
    return "\n".join(["[[page]]", more, *(f"[[page.question]]\n{question}" for question in questions)]) + "\n"


def question(key: str = "a", kind: str = "one", more: str = "") -> str:
    choices = 'choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]'
    if kind in ("number", "text"):
        choices = ""
    return f'key = "{key}"\nkind = "{kind}"\nprompt = "Well?"\n{choices}\n{more}'


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(WrongSet) as refused:
        read(text)
    return [(fault.place, fault.message) for fault in refused.value.faults]


def only_fault(text: str) -> tuple[str, str]:
    (fault,) = faults(text)
    return fault


# What it may say: one tiny set for each thing.


def test_a_page_is_named_after_its_first_question_or_by_its_own_key() -> None:
    pages = read(HEAD + page(question("a"), question("b")) + page(question("c"), more='key = "end"')).pages
    assert [page.key for page in pages] == ["a", "end"]


def test_a_page_has_a_title_a_note_and_a_condition() -> None:
    more = 'title = "About buses"\nnote = """\nYou can skip it. """\nshow_if = "${a} = \'yes\'"'
    second = read(HEAD + page(question("a")) + page(question("b"), more=more)).pages[1]
    assert (second.title, second.note) == (Text("About buses"), Text("You can skip it."))
    assert second.show_if == Comparison("a", "=", "yes")


def test_a_question_has_a_hint_and_says_whether_it_is_required_or_sensitive() -> None:
    plain, full = read(
        HEAD
        + page(question("a"), question("b", more='hint = "Only one."\nrequired = true\nsensitive = true'))
    ).questions
    assert (plain.hint, plain.required, plain.sensitive) == (None, False, False)
    assert (full.hint, full.required, full.sensitive) == (Text("Only one."), True, True)


def test_a_scale_is_labelled_all_along() -> None:
    scale = read(HEAD + page(question(kind="scale"))).question("a")
    assert [(choice.code, str(choice.label)) for choice in scale.choices] == [("yes", "Yes"), ("no", "No")]


def test_many_has_exclusive_choices_and_a_maximum() -> None:
    none = '{code = "z", label = "None", exclusive = true}'
    choices = f'choices = [{{code = "x", label = "X"}}, {{code = "y", label = "Y"}}, {none}]'
    many = read(HEAD + page(f'key = "a"\nkind = "many"\nprompt = "Which?"\nat_most = 2\n{choices}')).question(
        "a"
    )
    assert (many.at_most, many.exclusive) == (2, frozenset("z"))


def test_a_number_has_a_range() -> None:
    number = read(HEAD + page(question(kind="number", more="low = 0\nhigh = 7.5\ndecimals = true"))).question(
        "a"
    )
    assert (number.low, number.high, number.decimals) == (0, 7.5, True)


def test_a_text_has_a_length() -> None:
    assert read(HEAD + page(question(kind="text", more="length = 80"))).question("a").length == 80


def test_dont_know_and_prefer_not_to_say_have_usual_words_or_their_own() -> None:
    usual, own, neither = read(
        HEAD
        + page(
            question("a", more="dont_know = true\nprefer_not_to_say = true"),
            question(
                "b", more='dont_know = "Not sure"\nprefer_not_to_say = {en = "No thanks", de = "Nein danke"}'
            ),
            question("c", more="dont_know = false"),
        )
    ).questions
    assert (usual.dont_know, usual.prefer_not_to_say) == (Text("I don’t know"), Text("I’d rather not say"))
    assert (own.dont_know, own.prefer_not_to_say) == (
        Text("Not sure"),
        Text("No thanks", (("de", "Nein danke"),)),
    )
    assert neither.codes == ("yes", "no")


BOTH = """
key = "both"
title = {de = "Beide", en = "Both"}
language = "de"
[[page]]
[[page.question]]
key = "a"
kind = "text"
prompt = {en = "Well?", de = "Nun?"}
"""


def test_words_may_be_a_table_by_language() -> None:
    both = read(BOTH)
    assert both.title == Text("Beide", (("en", "Both"),))
    assert both.languages == ("en",)
    assert both.question("a").prompt.into("en") == "Well?"


def test_a_language_counts_when_every_text_has_it() -> None:
    assert read(BOTH.replace('{en = "Well?", de = "Nun?"}', '"Nun?"')).languages == ()


def test_a_byte_order_mark_and_windows_line_ends_are_nothing() -> None:
    assert read("\ufeff" + BOTH.replace("\n", "\r\n")) == read(BOTH)


# What it refuses.


def test_every_fault_is_told_at_once() -> None:
    told = faults("""
key = "My Set"
titel = "Tiny"
language = "en"
[[page]]
key = "First page"
[[page.question]]
key = "a"
kind = "choose"
prompt = ""
[[page.question]]
kind = "one"
prompt = {de = "Nun?"}
requird = true
choices = [{code = "y y", label = "Yes"}, {code = "no", labell = "No"}, {code = "dont_know", label = "?"}]
[[page]]
show_if = "${aa} = 'yes'"
[[page.question]]
key = "c"
kind = "number"
prompt = "How many?"
low = 5
high = 3
decimals = "yes"
length = 10
show_if = "${c} > 2 AND ${a} = 'yes'"
[[page]]
[[page.question]]
key = "c"
kind = "one"
prompt = "Again?"
show_if = "${later} = 'x'"
choices = [{code = "x", label = "X"}, {code = "x", label = "X too"}]
[[page]]
note = 5
[[page]]
[[page.question]]
key = "later"
kind = "text"
prompt = "Later?"
dont_know = true
""")
    assert told == [
        ("top", "“titel” is not known here. Did you mean “title”?"),
        ("top", "“My Set” cannot be a key. Use small letters, digits and underscores, a letter first."),
        ("top", 'title is missing. Add title = "...".'),
        ("page 1, question a", "prompt: There are no words here. Write them, or take this out."),
        (
            "page 1, question a",
            "“choose” is not a kind of question. Write one of one, many, scale, number, text.",
        ),
        ("page 1, question 2", 'key is missing. Add key = "...".'),
        ("page 1, question 2", "“requird” is not known here. Did you mean “required”?"),
        ("page 1, question 2", "prompt has no words in en, the language of the set. Add them."),
        (
            "page 1, question 2, choice 1",
            "“y y” cannot be a code. Use letters, digits, dots, hyphens and underscores.",
        ),
        ("page 1, question 2, choice 2", "“labell” is not known here. Did you mean “label”?"),
        ("page 1, question 2, choice 2", 'label is missing. Add label = "...".'),
        (
            "page 1, question 2",
            "The code “dont_know” is kept. Take the choice out, and let the question offer it: dont_know = true.",
        ),
        (
            "page 1",
            "“First page” cannot be a key. Use small letters, digits and underscores, a letter first.",
        ),
        ("page 2, question c", "show_if, character 10: Write and in small letters."),
        ("page 2, question c", "decimals must be true or false, without quotation marks."),
        (
            "page 2, question c",
            "A question with a number (number) has no room to write (length). Take it out.",
        ),
        (
            "page 2, question c",
            "The smallest number (low) is 5, the biggest (high) 3. Make it smaller.",
        ),
        ("page 3, question c", "The code “x” is used 2 times. Give each choice its own code."),
        ("page 4", 'note must be words in quotation marks, or a table like {en = "...", de = "..."}.'),
        ("page 4", "This page asks nothing. Add a [[page.question]], or take the page out."),
        (
            "page 5, question later",
            "A question with their own words (text) has no “I don’t know” (dont_know). Take it out. "
            "Leaving it blank is enough.",
        ),
        ("page 3, question c", "The key “c” is used before. Give each question its own key."),
        ("page 2", "show_if looks at “aa”, but no question has that key. Did you mean “a”?"),
        (
            "page 3, question c",
            "show_if looks at “later”, which is not on an earlier page. "
            + "A condition can only look back: move “later” to a page before this one.",
        ),
    ]


def test_a_wrong_set_prints_all_its_faults() -> None:
    with pytest.raises(WrongSet) as refused:
        read(HEAD + page(question("a", kind="text", more="low = 1")) + "[[page]]")
    assert str(refused.value).splitlines() == [
        "page 1, question a: A question with their own words (text) has no smallest number (low). Take it out.",
        "page 2: This page asks nothing. Add a [[page.question]], or take the page out.",
    ]
    assert all(isinstance(fault, Fault) for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('key = "tiny\n', "line 1, column 12"),
        ('key = "a"\nkey = "b"\n', "line 2, column 10"),
        ("[[page", "end of document"),
        ("a = \x00", "line 1, column 5"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text: str, place: str) -> None:
    at, message = only_fault(text)
    assert at == place
    assert message.startswith("This is not TOML: ")


@pytest.mark.parametrize("name", [".".join(["a"] * 50_000), '"a". ' * 16 + "b", "['a'" + ".a" * 16 + "]"])
def test_a_name_with_very_many_dots_is_not_even_read(name: str) -> None:
    place, message = only_fault(f"\n{name} = 1")
    assert (place, "very many dots" in message) == ("line 2", True)


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5000])
def test_what_would_break_the_reader_is_told_too(text: str) -> None:
    assert only_fault(text)[0] == "the document"


@pytest.mark.parametrize(
    ("text", "place", "mend"),
    [
        ("", "top", "key is missing"),
        (HEAD, "top", "The set asks nothing"),
        (HEAD + "page = 5", "top", "page must be a list of tables"),
        (HEAD + '[page]\nkey = "a"', "top", "page must be a list of tables"),
        (HEAD + "[[page]]\nquestion = 1", "page 1", "question must be a list of tables"),
        (HEAD.replace('"en"', '"English"') + page(question()), "top", "code of a language"),
        (HEAD.replace('"en"', "5") + page(question()), "top", "language must be in quotation marks"),
        (HEAD + page(question(more="colour = 1")), "page 1, question a", "It may hold key, kind, prompt"),
        (HEAD + page(question(more="required = 1")), "page 1, question a", "true or false"),
        (HEAD + page(question(kind="text", more="length = true")), "page 1, question a", "whole number"),
        (HEAD + page(question(kind="text", more='length = "8"')), "page 1, question a", "whole number"),
        (HEAD + page(question(kind="number", more='low = "0"')), "page 1, question a", "must be a number"),
        (HEAD + page(question(kind="number", more="low = nan")), "page 1, question a", "15 digits"),
        (HEAD + page(question(kind="number", more="low = " + "9" * 900)), "page 1, question a", "15 digits"),
        (HEAD + page(question(more='hint = {en = "x", "D E" = "y"}')), "page 1, question a", "hint: “D E”"),
        (
            HEAD + page(question(more='hint = "a\\u0000b"')),
            "page 1, question a",
            "hint: There is a character",
        ),
        (
            HEAD + page(question(kind="text", more="choices = 5")),
            "page 1, question a",
            "choices must be a list",
        ),
    ],
)
def test_a_fault_has_its_place_and_its_mend(text: str, place: str, mend: str) -> None:
    assert any(at == place and mend in message for at, message in faults(text))


def test_in_a_language_without_usual_words_they_must_be_written() -> None:
    text = HEAD.replace('"en"', '"cy"') + page(question(more="dont_know = true"))
    assert only_fault(text) == (
        "page 1, question a",
        'Write the words of dont_know in cy: dont_know = "...".',
    )


pieces = st.sampled_from(
    ["key", "kind", "prompt", "choices", "code", "label", "page", "question", "show_if", "title", "language"]
)
values: st.SearchStrategy[str] = st.sampled_from(
    [
        "1",
        "-1.5",
        "nan",
        "true",
        "[]",
        "[1]",
        "[[]]",
        "{}",
        '{en = "x"}',
        "{en = 1}",
        '""',
        '"one"',
        '"${a} = 1"',
        '"a"',
    ]
)
lines = st.builds("{} = {}".format, pieces, values) | st.sampled_from(
    ["[[page]]", "[[page.question]]", "[page]"]
)


@given(st.lists(lines, max_size=14).map("\n".join))
def test_any_document_is_read_or_refused_with_places_and_mends(text: str) -> None:
    try:
        read(text)
    except WrongSet as refused:
        assert refused.faults
        assert all(fault.place and fault.message for fault in refused.faults)


# Files.


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "both.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BOTH.encode())
    assert read_file(file) == read(BOTH)


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes('title = "Zürich"'.encode("latin-1"))
    with pytest.raises(WrongSet, match="Byte 11 is not UTF-8"):
        read_file(file)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["", "nothing", "../sets/pulse", "pulse.toml"])
def test_only_sets_that_come_with_it_are_shipped(name: str) -> None:
    with pytest.raises(LookupError, match=r"There are: .*pulse, youth_survey"):
        shipped_source(name)


def test_a_shipped_set_is_its_source() -> None:
    assert shipped("pulse") == read(shipped_source("pulse"))


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "There are too many brackets inside each other. Take some out."),
        ("a = " + "9" * 5000, "Look for a number of thousands of digits."),
    ],
)
def test_what_no_reader_of_toml_can_hold_is_told_as_what_it_is(text: str, mend: str) -> None:
    with pytest.raises(WrongSet) as wrong:
        read(text)
    assert [str(one) for one in wrong.value.faults] == [f"the document: This cannot be read as TOML. {mend}"]
