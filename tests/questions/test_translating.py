"""Words in another language, written at an address and read back: and nothing else of the set changes."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import QuestionSet, Text, WrongDefinition, read, write
from questions.definition import texts
from questions.editing import reworded
from questions.text import STATUSES, Status
from questions.translating import (
    MISSING,
    Said,
    faults,
    languages,
    progress,
    said_in,
    spots,
    switched,
    tidy,
    translated,
)
from tests.questions.strategies import question_sets, words

EVERYTHING = """
key = "all"
title = {en = "All", bn = "সব"}
language = "en"
[[page]]
key = "first"
title = "Where you are"
note = "Skip what you like."
[[page.question]]
key = "borough"
kind = "one"
prompt = "Where do you live?"
hint = "Or stay"
choices = [{code = "E09.1", label = "Hackney"}, {code = "prompt", label = "Elsewhere"}]
dont_know = true
prefer_not_to_say = true
fallback = "your area"
[[page]]
[[page.question]]
key = "title"
kind = "text"
prompt = "What is ${borough} like?"
constraint_message = "Write less."
"""
ADDRESSES = [
    *("title", "page first.title", "page first.note", "borough.prompt", "borough.hint"),
    *("borough.choices.E09.1", "borough.choices.prompt", "borough.dont_know", "borough.prefer_not_to_say"),
    *("borough.fallback", "title.prompt", "title.constraint_message"),
]


def everything() -> QuestionSet:
    return read(EVERYTHING)


def test_every_text_has_an_address_in_the_order_people_meet_them() -> None:
    assert [spot.address for spot in spots(everything())] == ADDRESSES


@given(question_sets())
@settings(max_examples=15, deadline=None)
def test_addresses_are_of_one_text_each_and_none_is_left_out(question_set: QuestionSet) -> None:
    found = spots(question_set)
    assert len({spot.address for spot in found}) == len(found)
    assert sorted(map(id, texts(question_set))) == sorted(id(spot.text) for spot in found)


statuses = st.sampled_from(cast(tuple[Status, ...], STATUSES))


@st.composite
def renderings(draw: st.DrawFn) -> tuple[QuestionSet, str, dict[str, Said]]:
    """A set, a language, and words in it for some of the texts: with the answers that stand in the source."""
    question_set = draw(question_sets())
    language = draw(
        st.sampled_from(["bn", "de", "fr", "pt-BR"]).filter(lambda one: one != question_set.language)
    )
    some = draw(st.lists(st.sampled_from(spots(question_set)), unique_by=lambda spot: spot.address))
    told: dict[str, Said] = {}
    for spot in some:
        pipes = "".join(f" ${{{key}}}" for key in Text(spot.text.source).pipes)
        given_words = draw(st.sampled_from(["", draw(words) + pipes]))
        told[spot.address] = (given_words, draw(statuses))
    return question_set, language, told


@given(renderings())
@settings(max_examples=25, deadline=None)
def test_words_are_read_back_and_nothing_else_changes(case: tuple[QuestionSet, str, dict[str, Said]]) -> None:
    question_set, language, told = case
    before = said_in(question_set, language)
    changed = translated(question_set, language, told)
    expected = {address: one if one[0] else MISSING for address, one in told.items()}
    assert said_in(changed, language) == before | expected
    for other in {*languages(question_set)} - {language}:
        assert said_in(changed, other) == said_in(question_set, other)
    assert _without(changed, language) == _without(question_set, language)
    assert read(write(changed)) == changed


def _without(question_set: QuestionSet, language: str) -> QuestionSet:
    bare = translated(question_set, language, dict.fromkeys(said_in(question_set, language), MISSING))
    return replace(bare, offered_unreviewed=())


@given(renderings())
@settings(max_examples=15, deadline=None)
def test_writing_the_same_words_again_changes_nothing(case: tuple[QuestionSet, str, dict[str, Said]]) -> None:
    question_set, language, _ = case
    told = said_in(question_set, language)
    for fault in faults(question_set, language, told):
        told.pop(fault.place, None)  # an answer that these words never had
    assert translated(question_set, language, told) == question_set


@given(renderings())
@settings(max_examples=15, deadline=None)
def test_progress_counts_every_text_once(case: tuple[QuestionSet, str, dict[str, Said]]) -> None:
    question_set, language, told = case
    changed = translated(question_set, language, told)
    found = progress(changed, language)
    assert found.total == len(spots(changed))
    assert found.complete == (language in changed.languages)
    assert (found.reviewed == found.total) == changed.reviewed(language)


def whole(status: Status) -> QuestionSet:
    asked = everything()
    return translated(asked, "bn", {spot.address: (spot.text.source, status) for spot in spots(asked)})


def test_an_unreviewed_language_is_offered_only_when_it_is_switched_on() -> None:
    assert whole("translated").offered == ("en",)
    on = switched(whole("translated"), "bn", True)
    assert on.offered == ("en", "bn")
    assert switched(on, "bn", False) == whole("translated")
    assert whole("reviewed").offered == ("en", "bn")


def test_a_language_with_gaps_or_drafts_cannot_be_switched_on() -> None:
    for question_set in (everything(), whole("draft")):
        with pytest.raises(WrongDefinition, match="ot every text"):
            switched(question_set, "bn", True)


def test_taking_words_out_of_a_language_that_is_offered_stops_offering_it() -> None:
    on = switched(whole("translated"), "bn", True)
    without = translated(on, "bn", {"borough.hint": ("  ", "translated")})
    assert without.offered == ("en",)
    assert translated(without, "bn", {"borough.hint": ("কোথায়?", "translated")}).offered == ("en", "bn")


def test_new_words_in_the_source_leave_a_draft() -> None:
    asked = whole("reviewed")
    title = reworded(asked.title, "All of it")
    assert title is not None
    assert progress(replace(asked, title=title, languages=()), "bn").draft == 1


def test_everything_that_is_wrong_is_said_at_once_with_its_address() -> None:
    told: dict[str, Said] = {
        "title.prompt": ("কেমন?", "draft"),
        "borough.prompt": ("${age}?", "translated"),
        "borough.promt": ("?", "translated"),
        "borough.hint": ("\x00", "translated"),
        "title": ("সব", "reviewed"),
    }
    assert list(map(str, faults(everything(), "bn", told))) == [
        "title.prompt: ${borough} is lost. An answer comes in its place: put it where that belongs.",
        "borough.prompt: ${age} is not in the source. Take it out.",
        "borough.promt: The set has no text of this name. Did you mean “borough.prompt”?",
        "borough.hint: There is a character here that cannot be seen. Write the words again.",
    ]
    with pytest.raises(WrongDefinition) as wrong:
        translated(everything(), "bn", told)
    assert len(wrong.value.messages) == 4


@pytest.mark.parametrize(
    ("language", "told"), [("en", "The set is written in this language"), ("Bengali", "is not the code of a")]
)
def test_a_language_must_be_another_one(language: str, told: str) -> None:
    with pytest.raises(WrongDefinition, match=told):
        translated(everything(), language, {"title": ("?", "draft")})


def test_words_of_several_lines_come_from_a_form_or_a_file_alike() -> None:
    assert tidy(" one\r\ntwo\rthree \n") == "one\ntwo\nthree"


def test_languages_that_have_only_drafts_count_too() -> None:
    assert languages(everything()) == ("bn",)
    assert languages(translated(everything(), "so", {"title": ("?", "draft")})) == ("bn", "so")
