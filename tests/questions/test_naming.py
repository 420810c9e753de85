"""Keys and codes that were made of words follow them, and what looks at them follows too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from questions import Choice, Question, QuestionSet, Text, read
from questions.audit import LOOK, audit
from questions.editing import key_after, put
from questions.naming import coded_by_itself, named_by_itself
from questions.writing import write

from .test_audit import made, told

SAFE = Question("feel_safe", "text", Text("Do you feel safe?"))


def with_conditions() -> QuestionSet:
    return read(
        made(
            'key = "worry"\nkind = "one"\nchoices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}, '
            '{code = "7", label = "7"}]',
            'page: show_if = "${worry} = \'yes\'"\nkind = "text"\n'
            "show_if = \"not(selected(${worry}, 'no')) and (${worry} != 7 or ${worry} = 'yes')\"",
        )
    )


def test_conditions_follow_codes_that_change_places() -> None:
    found = with_conditions()
    labels = (("no", "Yes"), ("yes", "No"), ("seven", "7"))
    choices = tuple(Choice(code, Text(label)) for code, label in labels)
    question = replace(found.question("worry"), choices=choices)
    after = write(put(found, "worry", question, {"yes": "no", "no": "yes", "7": "seven"}))
    assert "show_if = \"${worry} = 'no'\"" in after
    assert "not(selected(${worry}, 'yes')) and (${worry} != 'seven' or ${worry} = 'no')" in after


@pytest.mark.parametrize(
    ("question", "words", "key"),
    [
        (SAFE, "Are you happy at home?", "happy_at_home"),
        (replace(SAFE, key="feel_safe_2"), "Are you happy at home?", "happy_at_home"),
        (SAFE, "Do you feel safe", "feel_safe"),
        (replace(SAFE, key="mine"), "Are you happy at home?", "mine"),
        (replace(SAFE, prompt=Text("Do you feel safe?", (("bn", "?"),))), "Are you happy?", "feel_safe"),
        (Question("first", "text", Text("What do you want to ask first?")), "Are you happy?", "happy"),
    ],
)
def test_a_key_follows_the_words_it_was_made_of(question: Question, words: str, key: str) -> None:
    found = read(made('kind = "text"'))
    assert key_after(found, question, replace(question, prompt=Text(words))) == key


def test_a_key_that_was_typed_in_the_same_form_stays() -> None:
    found = read(made('kind = "text"'))
    assert key_after(found, SAFE, replace(SAFE, key="typed", prompt=Text("Are you happy?"))) == "typed"


def test_what_was_made_of_words_is_known() -> None:
    assert named_by_itself(SAFE)
    assert not named_by_itself(replace(SAFE, key="feel_safer"))
    assert coded_by_itself(Choice("very_worried_2", Text("Very worried")))
    assert coded_by_itself(Choice("no", Text("না")))
    assert not coded_by_itself(Choice("yes", Text("Knives")))


def test_a_code_that_says_what_another_choice_says_is_worth_a_look() -> None:
    crossed = made(
        'kind = "one"\nchoices = [{code = "yes", label = "Knives"}, {code = "knives", label = "Nothing like that"}]'
    )
    (found,) = audit(read(crossed)).findings
    assert (found.weight, found.question) == (LOOK, "q0")
    assert found.told == "The code of “Nothing like that” is “knives”, which says “Knives”."
    assert audit(read(crossed), published=read(crossed)).findings == ()


def test_the_question_a_set_begins_with_is_worth_a_look() -> None:
    stock = made('kind = "text"\nprompt = "What do you want to ask first?"')
    assert "the question that a new set begins with" in told(audit(read(stock)), "q0")
    assert audit(read(stock), published=read(stock)).findings == ()
