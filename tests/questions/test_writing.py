"""Writing a set down: the text a person would have written, and the same set when it is read again."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from questions import (
    Choice,
    Comparison,
    Not,
    Page,
    Question,
    QuestionSet,
    Text,
    WrongDefinition,
    read,
    shipped,
    shipped_source,
    write,
)
from questions.document import SETS
from tests.questions.strategies import question_sets

NAMES = sorted(file.stem for file in SETS.glob("*.toml"))
YES_NO = (Choice("yes", Text("Yes")), Choice("no", Text("No")))


def only(question: Question, language: str = "en") -> QuestionSet:
    return QuestionSet("tiny", Text("Tiny"), language, (Page(question.key, (question,)),))


def line(question: Question, name: str, language: str = "en") -> str:
    """What the document says about one thing."""
    (found,) = re.findall(rf"^{name} = (.*)$", write(only(question, language)), re.MULTILINE)
    return str(found)


@given(question_sets())
@settings(max_examples=30, deadline=None)
def test_every_set_is_read_back_as_it_was(question_set: QuestionSet) -> None:
    text = write(question_set)
    back = read(text)
    assert (back, back.fingerprint) == (question_set, question_set.fingerprint)
    assert write(back) == text


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_set_is_written_as_it_was_but_for_its_comments(name: str) -> None:
    source = re.sub(r"^#.*\n\n?", "", shipped_source(name), flags=re.MULTILINE)
    assert write(shipped(name)) == source


def test_everything_about_a_question_has_its_line() -> None:
    asked = Question(
        "worries",
        "many",
        Text("What worries you?", (("bn", "কী?"), ("en-x-easy", "What?"))),
        hint=Text("Choose up to 2."),
        required=True,
        sensitive=True,
        choices=(*YES_NO, Choice("none", Text("None", (("bn", "না"),)), exclusive=True)),
        dont_know=Text("I don’t know"),
        prefer_not_to_say=Text("No thanks"),
        at_most=2,
        show_if=Not(Comparison("age", "<", 12.5)),
    )
    age = Question("age", "number", Text("How old?"), low=0, high=99.5, decimals=True)
    why = Question("why", "text", Text("Why?"), length=80)
    second = Page("more", (asked, why), Text("More"), Text("Skip it if you like."), Comparison("age", ">", 3))
    text = write(QuestionSet("all", Text("All"), "en", (Page("age", (age,)), second)))
    assert (
        text
        == """\
key = "all"
title = "All"
language = "en"

[[page]]
[[page.question]]
key = "age"
kind = "number"
prompt = "How old?"
low = 0
high = 99.5
decimals = true

[[page]]
key = "more"
title = "More"
note = "Skip it if you like."
show_if = "${age} > 3"
[[page.question]]
key = "worries"
kind = "many"
prompt = {en = "What worries you?", bn = "কী?", en-x-easy = "What?"}
hint = "Choose up to 2."
required = true
sensitive = true
at_most = 2
show_if = "not(${age} < 12.5)"
choices = [
    {code = "yes", label = "Yes"},
    {code = "no", label = "No"},
    {code = "none", label = {en = "None", bn = "না"}, exclusive = true},
]
dont_know = true
prefer_not_to_say = "No thanks"
[[page.question]]
key = "why"
kind = "text"
prompt = "Why?"
length = 80
"""
    )


@pytest.mark.parametrize(
    ("words", "line_of_it"),
    [
        ('Say "hi"', r'"Say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines\tand a tab", r'"two\nlines\tand a tab"'),
        ("15 minutes’ walk — “now”", '"15 minutes’ walk — “now”"'),
        ("আপনি কেমন আছেন? র‍্যাব", '"আপনি কেমন আছেন? র‍্যাব"'),
        ("كيف حالك؟ 😀", '"كيف حالك؟ 😀"'),
        ("a\u2028b\u200fc\U000e0067d", r'"a\u2028b\u200fc\U000e0067d"'),
    ],
)
def test_words_are_written_as_they_are_and_what_cannot_be_seen_by_its_number(
    words: str, line_of_it: str
) -> None:
    assert line(Question("a", "text", Text(words)), "prompt") == line_of_it


def test_special_answers_say_true_only_for_the_usual_words_of_the_language() -> None:
    usual, german = Text("I don’t know"), Text("Ich weiss es nicht")
    asked = Question("a", "one", Text("Well?"), choices=YES_NO, dont_know=usual)
    assert line(asked, "dont_know") == "true"
    assert line(asked, "dont_know", "de") == '"I don’t know"'
    assert line(replace(asked, dont_know=german), "dont_know", "de") == "true"
    assert line(replace(asked, dont_know=Text("Hm")), "dont_know", "bn") == '"Hm"'
    both = Text("I don’t know", (("de", "Keine Ahnung"),))
    assert line(replace(asked, dont_know=both), "dont_know") == '{en = "I don’t know", de = "Keine Ahnung"}'


def test_a_set_that_no_document_can_hold_is_refused_with_its_place() -> None:
    padded = only(Question("a", "text", Text(" Well? ")))
    with pytest.raises(WrongDefinition, match=r"page 1: .* Take the spaces"):
        write(padded)
    both = Text("Well?", (("de", "Nun?"), ("bn", "কেন?")))
    with pytest.raises(WrongDefinition, match=r"page 1: .* sort its translations"):
        write(only(Question("a", "text", both)))
    with pytest.raises(WrongDefinition, match=r"top: .* name every language"):
        write(
            replace(
                only(Question("a", "text", Text("Well?", (("de", "Nun?"),)))), title=Text("T", (("de", "T"),))
            )
        )


def test_a_condition_too_deep_to_be_read_is_refused() -> None:
    condition: Not | Comparison = Comparison("a", "!=", "")
    for _ in range(41):
        condition = Not(condition)
    pages = (Page("a", (Question("a", "text", Text("Well?")),)),)
    deep = Page("b", (Question("b", "text", Text("Why?"), show_if=condition),))
    with pytest.raises(WrongDefinition, match=r"page 2, question b: show_if, .* too many brackets"):
        write(QuestionSet("deep", Text("Deep"), "en", (*pages, deep)))
