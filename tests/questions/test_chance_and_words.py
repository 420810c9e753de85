"""Random order, earlier answers in later words, statuses of translations, and messages of one's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import (
    PREFER_NOT_TO_SAY,
    Choice,
    Question,
    QuestionSet,
    Text,
    Wording,
    WrongDefinition,
    WrongSet,
    order,
    path,
    read,
    validate,
    write,
)
from questions.audit import audit
from questions.definition import SPECIAL
from questions.text import PIPE
from tests.questions.strategies import answers, question_sets

SET = """
key = "a"
title = "A"
language = "en"
{top}
[[page]]
[[page.question]]
key = "borough"
kind = "one"
prompt = "Where do you live?"
choices = [{{code = "h", label = {{en = "Hackney", bn = "হ্যাকনি"}}}}, {{code = "t", label = "<b>Tower</b>"}}]
prefer_not_to_say = true
{fallback}
[[page]]
{block}
[[page.question]]
key = "safe"
kind = "number"
low = 1
high = 9
constraint_message = "From 1 (not at all) to 9."
prompt = {prompt}
"""


def a_set(**said: str) -> QuestionSet:
    return read(document(**said))


def document(**said: str) -> str:
    usual = {
        "top": "",
        "fallback": 'fallback = "your area"',
        "block": "",
        "prompt": '"How safe is ${borough}?"',
    }
    return SET.format(**{**usual, **said})


def faults(**said: str) -> list[str]:
    with pytest.raises(WrongSet) as wrong:
        read(document(**said))
    return [str(fault) for fault in wrong.value.faults]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"borough": "h"}, "How safe is Hackney?"),
        ({"borough": "t"}, "How safe is <b>Tower</b>?"),
        ({"borough": None}, "How safe is your area?"),
        ({"borough": PREFER_NOT_TO_SAY}, "How safe is your area?"),
        ({}, "How safe is your area?"),
    ],
)
def test_an_answer_stands_in_later_words_or_its_fallback(answers: dict[str, str | None], told: str) -> None:
    found = a_set()
    assert Wording(found, "en", answers)(found.question("safe").prompt) == told


def test_the_label_is_that_of_the_language() -> None:
    found = a_set(prompt='{en = "Is ${borough} safe?", bn = "${borough} কি নিরাপদ?"}')
    assert Wording(found, "bn", {"borough": "h"})(found.question("safe").prompt) == "হ্যাকনি কি নিরাপদ?"


def test_the_audit_demands_a_fallback() -> None:
    told = [str(one) for one in audit(a_set(fallback="")).must_mend]
    assert told == [
        "page 1: Its answer stands in the words of a later question, and some people give none. "
        "Say under Limits what stands there instead (fallback), like “your area”."
    ]
    assert not audit(a_set()).must_mend


def test_words_may_only_hold_what_was_asked_before() -> None:
    assert faults(prompt='"Is ${boroughs} safe?"') == [
        "page 2, question safe: The words hold ${boroughs}, but no question has that key. Did you mean “borough”?"
    ]
    assert "which is not on an earlier page" in faults(prompt='"Is ${safe} safe?"')[0]


def test_what_people_write_is_never_shown_in_a_question() -> None:
    told = document().replace('kind = "one"', 'kind = "text"').replace("prefer_not_to_say = true", "")
    told = "\n".join(line for line in told.splitlines() if not line.startswith(("choices", "fallback")))
    with pytest.raises(WrongSet, match="What people write in “borough” is never shown"):
        read(told)


ONLY = (
    "Answers can be repeated in a question, its hint, a page’s title or its note only. Take ${borough} out."
)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ('label = "<b>Tower', "page 1, question borough"),
        ('fallback = "your area', "page 1, question borough"),
        ('constraint_message = "From 1', "page 2, question safe"),
        ('prompt = "Is it?"\ndont_know = "No idea', "page 2, question safe"),
        ('prompt = "Is it?"\nprefer_not_to_say = {bn = "${borough}", en = "No', "page 2, question safe"),
        ('title = "A', "the set"),
    ],
)
def test_an_answer_is_repeated_nowhere_else(words: str, place: str) -> None:
    told = document(prompt='"Is it?"').replace(words.partition("\n")[0], f"{words} ${{borough}}", 1)
    if "\n" in words:
        told = document(prompt='"Is it?"').replace('prompt = "Is it?"', f'{words} ${{borough}}"', 1)
        told = told.replace('No ${borough}"', 'No"}') if "bn" in words else told
    with pytest.raises(WrongSet) as wrong:
        read(told)
    assert [str(one) for one in wrong.value.faults] == [f"{place}: {ONLY}"]


def test_no_set_is_built_that_repeats_an_answer_elsewhere() -> None:
    found = a_set()
    with pytest.raises(WrongDefinition) as wrong:
        replace(found, title=Text("A", (("bn", "${borough}"),)))
    assert wrong.value.messages == (f"the set: {ONLY}",)
    first = found.pages[0].questions[0]
    page = replace(found.pages[0], questions=(replace(first, fallback=Text("${} ${nobody")),))
    with pytest.raises(
        WrongDefinition, match=r"^page 1, question borough: Answers can .* Take \$\{\} out\.$"
    ):
        replace(found, pages=(page, *found.pages[1:]))


def test_a_page_repeats_an_answer_in_its_title_and_its_note() -> None:
    found = a_set(block='title = "${borough}"\nnote = "About ${borough}."')
    assert found.pages[1].title == Text("${borough}")
    assert "but no question has that key" in faults(block='note = "${who}"')[0]


@given(
    st.text("ab${}_ \n")
    | st.sampled_from(["${nobody}", "${}", "${written}", "${borough}${", "${${borough}}"])
)
def test_any_words_can_be_said(words: str) -> None:
    found = read(document() + '[[page]]\n[[page.question]]\nkey = "written"\nkind = "text"\nprompt = "?"\n')
    say = Wording(found, "en", {"borough": "gone", "written": "My name", "safe": "x"})
    told = say(Text(f"Well: {words}"))
    assert "My name" not in told
    assert not PIPE.search(words) or "…" in told or "your area" in told


@pytest.mark.parametrize(("name", "place"), [("key", "top"), ("language", "top")])
def test_a_very_long_word_is_quoted_by_its_beginning(name: str, place: str) -> None:
    told = document().replace(f'{name} = "', f'{name} = "{"B" * 5_000}', 1)
    with pytest.raises(WrongSet) as wrong:
        read(told)
    first = str(wrong.value.faults[0])
    assert first.startswith(f"{place}: “{'B' * 39}…” ")
    assert len(first) < 200


def test_a_very_long_key_of_a_question_is_quoted_by_its_beginning() -> None:
    for fault in faults(prompt=f'"${{{"x" * 5_000}}}"', block=f'random_block = "{"B" * 5_000}"'):
        assert len(fault) < 200
    with pytest.raises(WrongSet) as wrong:
        read(document().replace('key = "safe"', f'key = "{"S" * 5_000}"'))
    assert all(len(str(fault)) < 200 for fault in wrong.value.faults)


def test_a_message_of_ones_own_replaces_ours() -> None:
    found = a_set()
    assert validate([found.question("safe")], {"safe": ["10"]}).messages == {
        "safe": "From 1 (not at all) to 9."
    }
    assert "whole number" in validate([found.question("safe")], {"safe": ["ten"]}).messages["safe"]


BLOCK = "\n".join(
    f"""
[[page]]
random_block = "all"
[[page.question]]
key = "q{n}"
kind = "text"
prompt = "Why {n}?"
"""
    for n in range(4)
)


def test_pages_of_a_block_come_in_every_order_and_the_others_stay() -> None:
    found = read(document() + BLOCK)
    seen = Counter(tuple(page.key for page in path(found, {}, f"person {n}")) for n in range(600))
    assert len(seen) == 24
    assert {keys[:2] for keys in seen} == {("borough", "safe")}
    assert max(seen.values()) < 3 * min(seen.values())
    assert path(found, {}, "person 1") == path(found, {}, "person 1")
    assert path(found, {}) == found.pages


def test_a_page_cannot_look_at_another_of_its_block() -> None:
    looks = document() + BLOCK.replace('prompt = "Why 2?"', 'prompt = "Why 2?"\nshow_if = "${q1} != \'\'"')
    with pytest.raises(WrongSet, match="“q1”, which is not on an earlier page"):
        read(looks)
    outside = document() + BLOCK.replace('prompt = "Why 2?"', 'prompt = "Why 2?"\nshow_if = "${safe} > 3"')
    assert read(outside).question("q2").show_if is not None


def test_the_pages_of_a_block_stand_side_by_side() -> None:
    apart = BLOCK.replace(
        'random_block = "all"\n[[page.question]]\nkey = "q2"', '[[page.question]]\nkey = "q2"'
    )
    with pytest.raises(WrongSet, match="must stand side by side"):
        read(document() + apart)


@given(st.data())
@settings(max_examples=20)
def test_no_seed_changes_codes_or_what_stands_last(data: st.DataObject) -> None:
    found, seed = data.draw(question_sets()), data.draw(st.text(max_size=4))
    for question in found.questions:
        shuffled = order.options(question, seed)
        assert sorted(shuffled, key=question.options.index) == list(question.options)
        if question.randomise:
            last = [one.exclusive or one.code in SPECIAL for one in shuffled]
            assert last == sorted(last)
        else:
            assert shuffled == question.options


@given(st.data())
@settings(max_examples=20)
def test_the_order_of_pages_changes_nothing_about_what_is_asked(data: st.DataObject) -> None:
    found = data.draw(question_sets())
    given_, seed = data.draw(answers(found)), data.draw(st.text(max_size=4))
    shuffled = path(found, given_, seed)
    assert sorted(page.key for page in shuffled) == sorted(page.key for page in path(found, given_))
    say = Wording(found, None, given_)
    for page in shuffled:
        for question in page.questions:
            assert not question.prompt.pipes or "${" not in say(question.prompt)


def test_statuses_are_read_and_written() -> None:
    found = a_set(
        prompt='{en = "Is it?", bn = {words = "তাই?", status = "reviewed"}, de = {words = "Ja?", status = "draft"}}'
    )
    prompt = found.question("safe").prompt
    assert (prompt.into("bn"), prompt.into("de")) == ("তাই?", "Is it?")
    assert (prompt.status("bn"), prompt.status("de"), prompt.status("ar")) == ("reviewed", "draft", None)
    assert read(write(found)) == found
    assert "“done” is not a status" in faults(prompt='{en = "A?", bn = {words = "B", status = "done"}}')[0]


TWO = """
key = "two"
title = {{en = "Two", bn = {{words = "দুই", status = "{status}"}}}}
language = "en"
{top}
[[page]]
[[page.question]]
key = "why"
kind = "text"
prompt = {{en = "Why?", bn = {{words = "কেন?", status = "reviewed"}}}}
"""


@pytest.mark.parametrize(
    ("status", "top", "offered"),
    [
        ("translated", "", ("en",)),
        ("reviewed", "", ("en", "bn")),
        ("translated", 'offered_unreviewed = ["bn"]', ("en", "bn")),
    ],
)
def test_an_unreviewed_language_is_offered_only_when_switched_on(
    status: str, top: str, offered: tuple[str, ...]
) -> None:
    assert read(TWO.format(status=status, top=top)).offered == offered


def test_a_draft_is_not_offered_at_all() -> None:
    assert read(TWO.format(status="draft", top="")).languages == ()
    on = read(TWO.format(status="draft", top='offered_unreviewed = ["bn"]'))
    assert (on.offered, on.offered_unreviewed) == (("en",), ("bn",))
    told = "1 of 2 texts have no bn, or only a draft, so nobody is offered it any more, although it is switched on;"
    assert any(one.told.startswith(told) for one in audit(on).worth_a_look)
    with pytest.raises(WrongSet, match="offered_unreviewed: “Bangla” is not the code of a language"):
        read(TWO.format(status="draft", top='offered_unreviewed = ["Bangla"]'))


def test_a_language_that_is_switched_on_without_a_word_in_it_is_told() -> None:
    on = read(TWO.format(status="reviewed", top='offered_unreviewed = ["fr"]'))
    assert any("2 of 2 texts have no fr" in one.told for one in audit(on).worth_a_look)
    assert not any("no en" in one.told for one in audit(replace(on, offered_unreviewed=("en",))).findings)


def test_an_unreviewed_language_is_worth_a_look() -> None:
    told = [str(one) for one in audit(read(TWO.format(status="translated", top=""))).worth_a_look]
    assert (
        "the set: Nobody who speaks bn has reviewed it. Have it reviewed, or switch it on as it is." in told
    )


def test_what_stands_alone_stays_last_in_any_order() -> None:
    choices = (
        Choice("none", Text("None of these"), exclusive=True),
        *(Choice(code, Text(code)) for code in ("a1", "b1", "c1")),
    )
    asked = Question("q", "many", Text("Which?"), choices=choices, dont_know=Text("?"), randomise=True)
    ends = {tuple(one.code for one in order.options(asked, str(n)))[3:] for n in range(50)}
    assert ends == {("none", "dont_know")}
