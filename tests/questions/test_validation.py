"""From a form to answers, and what a person is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import (
    Answer,
    Checked,
    Choice,
    Kind,
    Message,
    Page,
    Question,
    QuestionSet,
    Text,
    check,
    validate,
)

COLOURS = tuple(
    Choice(code, Text(code.title(), (("de", f"{code} (de)"),))) for code in ("red", "blue", "green")
)
NONE = Choice("none", Text("None of these"), exclusive=True)
NOT_SURE, RATHER_NOT = Text("Not sure", (("de", "Weiss nicht"),)), Text("Rather not")


def colour(kind: Kind = "one", required: bool = False, special: bool = True) -> Question:
    return Question(
        key="q",
        kind=kind,
        prompt=Text("Which colour?"),
        required=required,
        choices=COLOURS,
        dont_know=NOT_SURE if special else None,
        prefer_not_to_say=RATHER_NOT if special else None,
    )


def colours(at_most: int | None = None) -> Question:
    choices = (*COLOURS, NONE)
    return Question("q", "many", Text("Which?"), choices=choices, at_most=at_most, dont_know=NOT_SURE)


def number(
    low: float | None = None, high: float | None = None, decimals: bool = False, required: bool = False
) -> Question:
    return Question(
        "q",
        "number",
        Text("How many?"),
        low=low,
        high=high,
        decimals=decimals,
        required=required,
        dont_know=NOT_SURE,
    )


def words(length: int | None = None, required: bool = False) -> Question:
    return Question("q", "text", Text("Why?"), length=length, required=required)


def answer(question: Question, *sent: str) -> Answer:
    checked = validate([question], {"q": sent})
    assert checked.messages == {}
    return checked.answers["q"]


def message(question: Question, *sent: str) -> Message:
    checked = validate([question], {"q": sent})
    assert checked.answers == {}
    return checked.messages["q"]


EVERY_KIND = [colour(), colour("scale"), colours(), number(), words()]


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda question: question.kind)
def test_blank_is_an_answer_of_nothing(question: Question) -> None:
    assert validate([question], {}) == Checked({"q": None}, {})
    assert answer(question) is None
    assert answer(question, "") is None
    assert answer(question, " \n ", "\t") is None


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (colour(required=True, special=False), "Choose an answer to go on."),
        (colour(required=True), "Choose an answer to go on. “Rather not” is fine too."),
        (colour("many", required=True), "Choose an answer to go on. “Rather not” is fine too."),
        (number(required=True), "Write a number to go on. “Not sure” is fine too."),
        (words(required=True), "Write an answer to go on."),
    ],
)
def test_blank_where_an_answer_is_required_says_how_to_go_on(question: Question, told: str) -> None:
    assert message(question) == told
    assert message(question, "", " ") == told


def test_only_control_characters_are_blank_too() -> None:
    assert answer(words(), "\x00\x01") is None
    assert message(words(required=True), "\x00\x01") == "Write an answer to go on."


@pytest.mark.parametrize("kind", ["one", "scale"])
def test_one_answer_of_those_offered(kind: Kind) -> None:
    assert answer(colour(kind), "blue") == "blue"
    assert answer(colour(kind), "dont_know") == "dont_know"
    assert message(colour(kind), "red", "blue") == "Choose one answer."
    assert message(colour(kind), "red", "red") == "Choose one answer."
    for unknown in ("pink", "RED", " red", "re\x00d", "\ud800", "9" * 5000, "none"):
        assert message(colour(kind), unknown) == "Choose one of the answers on this page."
    assert message(colour(kind, special=False), "dont_know") == "Choose one of the answers on this page."


def test_many_answers_in_the_order_they_are_offered() -> None:
    assert answer(colours(), "green", "red") == ["red", "green"]
    assert answer(colours(), "red", "", "red") == ["red"]
    assert answer(colours(), "none") == ["none"]
    assert answer(colours(), "dont_know") == ["dont_know"]
    assert message(colours(), "red", "pink") == "Choose from the answers on this page."


def test_an_exclusive_answer_stands_alone() -> None:
    assert (
        message(colours(), "red", "none")
        == "You ticked “None of these” and something else. Untick one or the other."
    )
    assert message(colours(), "dont_know", "none").startswith("You ticked “None of these”")


def test_a_message_holds_what_it_takes_to_say_it_in_another_language() -> None:
    told = message(colours(), "dont_know", "blue")
    assert told.sentence == "You ticked “%(label)s” and something else. Untick one or the other."
    assert told.values == {"label": colours().dont_know}


def test_no_more_than_the_most() -> None:
    assert answer(colours(at_most=2), "red", "blue") == ["red", "blue"]
    assert message(colours(at_most=2), "red", "blue", "green") == "You can choose up to 2. Untick 1."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("12", 12), (" 12 ", 12), ("+3", 3), ("-4", -4), ("007", 7), ("-0", 0), ("9" * 15, 10**15 - 1)],
)
def test_a_whole_number(sent: str, kept: int) -> None:
    found = answer(number(), sent)
    assert found == kept
    assert isinstance(found, int)


@pytest.mark.parametrize(("sent", "kept"), [("1.5", 1.5), ("1,5", 1.5), ("2", 2), ("2.0", 2), ("0,25", 0.25)])
def test_a_number_with_decimals_takes_a_comma_or_a_point(sent: str, kept: float) -> None:
    assert answer(number(decimals=True), sent) == kept


NASTY = [
    *(
        "abc",
        "1 2",
        "1_000",
        "0x10",
        "1e3",
        "1e999",
        "nan",
        "inf",
        "-Infinity",
        "9" * 16,
        "9" * 5000,
        "--1",
        "1..5",
    ),
    *("½", "1\x002", "\ud800", ".", ",", "5.", "=1+1", "1,000,000", "twelve"),
]


@pytest.mark.parametrize("sent", ["１２", "١٢", "১২"])
def test_figures_of_any_script_are_a_number(sent: str) -> None:
    assert answer(number(), sent) == 12


@pytest.mark.parametrize("sent", NASTY)
def test_what_is_no_number_is_told_kindly(sent: str) -> None:
    assert message(number(), sent) == "Write a whole number in figures, like 12."
    assert message(number(decimals=True), sent) == "Write a number in figures, like 12 or 1.5."


@pytest.mark.parametrize("sent", ["1.5", "1,5", "2.0", "1,000", "1.000"])
def test_a_point_or_a_comma_never_slips_into_a_whole_number(sent: str) -> None:
    assert message(number(), sent) == "Write a whole number in figures, like 12."


def test_a_comma_that_may_mean_thousands_is_asked_again() -> None:
    assert message(number(decimals=True), "1,000") == "Write a number in figures, like 12 or 1.5."


@pytest.mark.parametrize(
    ("question", "sent", "told"),
    [
        (number(0, 7), "8", "Write a number from 0 to 7."),
        (number(0, 7), "-1", "Write a number from 0 to 7."),
        (number(low=10), "9", "Write 10 or a bigger number."),
        (number(high=2.5, decimals=True), "2.6", "Write 2.5 or a smaller number."),
    ],
)
def test_a_number_out_of_range_says_the_range(question: Question, sent: str, told: str) -> None:
    assert message(question, sent) == told


def test_the_ends_of_a_range_are_in_it() -> None:
    assert [answer(number(0, 7), sent) for sent in ("0", "7")] == [0, 7]


def test_a_number_or_a_special_answer_but_not_both() -> None:
    assert answer(number(), "", "dont_know") == "dont_know"
    assert message(number(), "5", "dont_know") == "Write a number or choose “Not sure”, not both."
    assert message(number(), "5", "6") == "Write one number."
    assert message(number(), "prefer_not_to_say") == "Write a whole number in figures, like 12."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  More buses. \n", "More buses."),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("a\x00b\x07c\x1b[31md\x9f", "abc[31md"),
        ("half \ud83d a face", "half  a face"),
        ("tab\there", "tab here"),
        ("\ufeffmark", "mark"),
        ("👩🏽‍🎓 ক্ষ עברית ñ", "👩🏽‍🎓 ক্ষ עברית ñ"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_text_is_kept_as_written_but_for_what_cannot_be_stored(sent: str, kept: str) -> None:
    found = answer(words(), sent)
    assert found == kept
    assert str(found).encode().decode() == kept


def test_text_that_is_too_long_says_by_how_much() -> None:
    assert answer(words(length=10), "x" * 10 + "  ") == "x" * 10
    told = "You have written 12 characters. There is room for 10. Take out 2."
    assert message(words(length=10), "x" * 12) == told
    assert "There is room for 1000." in message(words(), "x" * 10_000_000)


def test_one_text_only() -> None:
    assert message(words(), "a", "b") == "Write one answer."


def test_fields_of_no_question_are_left_alone() -> None:
    form = {f"field_{n}": ["x" * 100] for n in range(10_000)}
    assert validate([colour()], {**form, "q": ["red"]}) == Checked({"q": "red"}, {})


def test_ten_thousand_values_of_one_field_are_no_trouble() -> None:
    flood = [str(n) for n in range(10_000)]
    assert [message(question, *flood) for question in EVERY_KIND] == [
        "Choose one answer.",
        "Choose one answer.",
        "Choose from the answers on this page.",
        "Write one number.",
        "Write one answer.",
    ]


def test_each_question_has_its_own_answer_or_message() -> None:
    questions = [Question(key, "number", Text("How many?")) for key in ("a", "b", "c")]
    checked = validate(questions, {"a": ["1"], "b": ["x"]})
    assert checked == Checked(
        {"a": 1, "c": None}, {"b": Message("Write a whole number in figures, like 12.")}
    )


values = st.sampled_from(["red", "blue", "none", "dont_know", "1", "1,5", "", "nan"]) | st.text(max_size=8)


@given(st.sampled_from([*EVERY_KIND, colours(2), number(0, 7, True), words(3)]), st.lists(values, max_size=4))
def test_whatever_is_sent_is_kept_fit_to_store_or_told_in_a_few_words(
    question: Question, sent: list[str]
) -> None:
    checked = validate([question], {"q": sent})
    assert set(checked.answers) | set(checked.messages) == {"q"}
    assert not (checked.answers and checked.messages)
    whole = QuestionSet("tiny", Text("Tiny"), "en", (Page("q", (question,)),))
    assert check(whole, checked.answers) == {}
    assert all(0 < len(told) < 120 for told in checked.messages.values())


# Stored and imported answers.


def stored(question: Question, kept: object) -> str | None:
    whole = QuestionSet("tiny", Text("Tiny"), "en", (Page("q", (question,)),))
    return check(whole, {"q": kept}).get("q")  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        *((question, None) for question in EVERY_KIND),
        (colour(), "red"),
        (colour("scale"), "prefer_not_to_say"),
        (colours(), ["red", "blue"]),
        (colours(), ["dont_know"]),
        (number(), 5),
        (number(), 5.0),
        (number(decimals=True), 1.5),
        (number(), "dont_know"),
        (words(), "Because."),
    ],
)
def test_a_good_stored_answer_is_let_through(question: Question, kept: object) -> None:
    assert stored(question, kept) is None


@pytest.mark.parametrize(
    ("question", "kept", "told"),
    [
        (
            colour(),
            "pink",
            "“pink” is not an answer to this question. Its codes are red, blue, green, dont_know",
        ),
        (colour(), ["red"], "is not an answer"),
        (colour(), 5, "“5” is not an answer"),
        (colour(), "x" * 500, "“" + "x" * 40 + "…” is not an answer"),
        (colour(), {"a": 1}, "is not an answer"),
        (colours(), "red", "takes a list of codes"),
        (colours(), [], "takes a list of codes"),
        (colours(), ["red", "pink"], "“pink” is not an answer"),
        (colours(), ["red", None], "“None” is not an answer"),
        (colours(), ["red", ["blue"]], "is not an answer"),
        (colours(), ["red", "red"], "in the list twice"),
        (colours(), ["red", "none"], "You ticked “None of these”"),
        (colours(2), ["red", "blue", "green"], "up to 2"),
        (number(), True, "is not an answer"),
        (number(), "5", "“5” is not an answer to this question. Give a number."),
        (number(), 1.5, "“1.5” is not a whole number."),
        (number(), float("nan"), "not a number that can be kept"),
        (number(), float("inf"), "not a number that can be kept"),
        (number(0, 7), 8, "from 0 to 7"),
        (words(), 5, "“5” is not text."),
        (words(), "", "empty or holds characters"),
        (words(), " x", "empty or holds characters"),
        (words(), "a\x00", "empty or holds characters"),
        (words(length=3), "xxxx", "Take out 1."),
    ],
)
def test_a_wrong_stored_answer_is_told(question: Question, kept: object, told: str) -> None:
    assert told in (stored(question, kept) or "")


def test_a_number_of_thousands_of_digits_is_told() -> None:
    assert stored(number(), 10**5000) == "This is not a number that can be kept."
    assert (stored(colour(), 10**5000) or "").startswith("This number is not an answer")


def test_an_answer_to_no_question_is_told() -> None:
    whole = QuestionSet("tiny", Text("Tiny"), "en", (Page("q", (colour(),)),))
    assert check(whole, {"q": "red", "left_over": "x"}) == {"left_over": "No question has this key."}
