"""The codebook says what every code means and who was asked, and conditions read as sentences."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from questions import QuestionSet, parse, read, shipped
from questions.codebook import as_csv, as_html, codebook
from questions.sentences import sentence

SOURCE = """
key = "a"
title = {en = "A <b>", bn = "ক"}
language = "en"

[[page]]
[[page.question]]
key = "age"
kind = "number"
prompt = {en = "How old are you?", bn = "তোমার বয়স কত?"}
low = 8
high = 25
prefer_not_to_say = {en = "I’d rather not say", bn = "বলতে চাই না"}

[[page]]
[[page.question]]
key = "worries"
kind = "many"
at_most = 2
prompt = {en = "What worries you?", bn = "কী চিন্তা?"}
choices = [
  {code = "knives", label = {en = "Knives", bn = "ছুরি"}},
  {code = "dark", label = {en = "=The dark", bn = "অন্ধকার"}},
]

[[page]]
show_if = "${age} < 16 or ${age} = 'prefer_not_to_say'"
[[page.question]]
key = "why"
kind = "text"
prompt = {en = "Why?", bn = "কেন?"}
hint = {en = "In a few words.", bn = "অল্প কথায়।"}
show_if = "selected(${worries}, 'knives')"
"""


@pytest.fixture(scope="module")
def small() -> QuestionSet:
    return read(SOURCE)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("${age} < 16", "“How old are you?” is under 16"),
        (
            "${age} >= 16 and ${age} <= 18",
            "“How old are you?” is at least 16 and “How old are you?” is at most 18",
        ),
        ("${age} != 16", "“How old are you?” is answered, and is not 16"),
        ("not(${age} != 16)", "“How old are you?” is 16, or is not answered"),
        ("not(${age} > 16)", "“How old are you?” is not over 16, or is not answered"),
        ("${age} = 'prefer_not_to_say'", "“How old are you?” is “I’d rather not say”"),
        ("selected(${worries}, 'knives')", "“What worries you?” includes “Knives”"),
        ("not(selected(${worries}, 'knives'))", "“What worries you?” does not include “Knives”"),
        ("${why} != ''", "“Why?” is answered"),
        ("not(${why} != '')", "“Why?” is not answered"),
        (
            "${age} < 16 and (selected(${worries}, 'knives') or ${why} = 'x')",
            "“How old are you?” is under 16 and (“What worries you?” includes “Knives” or “Why?” is “x”)",
        ),
        (
            "not(${age} < 16 or ${age} > 20)",
            "it is not so that (“How old are you?” is under 16 or “How old are you?” is over 20)",
        ),
    ],
)
def test_conditions_read_as_sentences(small: QuestionSet, condition: str, told: str) -> None:
    assert sentence(parse(condition), small) == told


def test_every_condition_of_the_shipped_sets_can_be_said() -> None:
    survey = shipped("youth_survey")
    for question in survey.questions:
        if question.show_if is not None:
            assert sentence(question.show_if, survey).startswith("“")


def test_who_is_asked_and_what_an_answer_may_be(small: QuestionSet) -> None:
    age, *_, why = codebook(small)
    assert (age.asked, age.answers, age.code) == (
        "everybody",
        "a whole number from 8 to 25",
        "prefer_not_to_say",
    )
    assert why.asked == (
        "when (“How old are you?” is under 16 or “How old are you?” is “I’d rather not say”) and "
        "“What worries you?” includes “Knives”"
    )
    assert (why.page, why.hint, why.answers, why.code) == (3, "In a few words.", "words", "")


def test_the_codebook_in_another_language(small: QuestionSet) -> None:
    words = {entry.question: entry.words for entry in codebook(small, "bn")}
    assert words["age"] == "তোমার বয়স কত?"
    assert "ছুরি" in as_html(small, "bn")


def test_a_spreadsheet_takes_no_cell_for_a_formula(small: QuestionSet) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(small))))
    assert [row["label"] for row in rows if row["question"] == "worries"] == ["Knives", "'=The dark"]
    assert {row["question"] for row in rows} == {"age", "worries", "why"}


def test_the_page_is_whole_and_escaped(small: QuestionSet) -> None:
    page = as_html(small)
    root = ElementTree.fromstring(f"<div>{page}</div>")
    assert root.findtext("h1") == "A <b>"
    assert [one.text for one in root.iter("code")].count("knives") == 1
    assert "Asked when (“How old are you?”" in page
    survey = shipped("youth_survey")
    assert as_html(survey).count("<section>") == len(survey.questions)
