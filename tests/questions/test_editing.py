"""Changes that staff make to a set, one at a time and any number of them in a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import (
    Kind,
    Page,
    Question,
    QuestionSet,
    Text,
    WrongDefinition,
    mentioned,
    read,
    shipped,
    write,
    written,
)
from questions.editing import (
    add,
    down,
    duplicate,
    join,
    place_before,
    put,
    remove,
    reworded,
    split,
    up,
)
from questions.leaning import depending, overtaken
from questions.naming import key_from
from tests.questions.strategies import question_sets

SURVEY = shipped("youth_survey")


def keys(question_set: QuestionSet) -> list[list[str]]:
    return [[question.key for question in page.questions] for page in question_set.pages]


def abc() -> QuestionSet:
    pages = "".join(
        f'[[page]]\n[[page.question]]\nkey = "{key}"\nkind = "text"\nprompt = "{key}?"\n' for key in "abc"
    )
    return read(f'key = "s"\ntitle = "S"\nlanguage = "en"\n{pages}')


def test_a_page_moves_up_and_down() -> None:
    assert keys(up(abc(), "c")) == [["a"], ["c"], ["b"]]
    assert keys(down(abc(), "a")) == [["b"], ["a"], ["c"]]
    assert keys(up(abc(), "a")) == keys(down(abc(), "c")) == [["a"], ["b"], ["c"]]


def test_a_question_that_joins_the_page_before_takes_its_pages_condition_with_it() -> None:
    condition = "${a} = 'x'"
    text = "".join(
        f'[[page]]\n{shown}[[page.question]]\nkey = "{key}"\nkind = "text"\nprompt = "{key}?"\n{own}'
        for key, shown, own in (
            ("a", "", ""),
            ("b", "", ""),
            ("c", f'show_if = "{condition}"\n', "show_if = \"${a} != 'z'\"\n"),
        )
    )
    found = read(f'key = "s"\ntitle = "S"\nlanguage = "en"\n{text}')
    joined = join(found, "c")
    assert keys(joined) == [["a"], ["b", "c"]]
    asked = joined.question("c").show_if
    assert asked is not None
    assert written(asked) == "${a} = 'x' and ${a} != 'z'"


def test_questions_join_a_page_and_leave_it() -> None:
    joined = join(abc(), "b")
    assert keys(joined) == [["a", "b"], ["c"]]
    assert keys(up(joined, "b")) == [["b", "a"], ["c"]]
    assert keys(up(joined, "a")) == [["a"], ["b"], ["c"]]
    assert keys(down(joined, "b")) == [["a"], ["b"], ["c"]]
    assert keys(split(joined, "a")) == [["b"], ["a"], ["c"]]
    with pytest.raises(WrongDefinition, match="no page before"):
        join(abc(), "a")


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("c", "a", [["c"], ["a", "b"]]),
        ("c", "b", [["a", "c", "b"]]),
        ("a", None, [["b"], ["c"], ["a"]]),
        ("a", "c", [["b"], ["a"], ["c"]]),
        ("a", "a", [["a", "b"], ["c"]]),
    ],
)
def test_a_question_is_dropped_before_another(key: str, before: str | None, after: list[list[str]]) -> None:
    assert keys(place_before(join(abc(), "b"), key, before)) == after


def test_a_question_does_not_move_before_what_it_depends_on() -> None:
    told = "“How safe do you feel at your school or college?” is asked of those who answered “Yes” to "
    with pytest.raises(WrongDefinition) as wrong:
        place_before(SURVEY, "safe_school", "at_school")
    after = "“Do you go to school or college?”, so it must stand on a page after it."
    assert wrong.value.messages == (told + after,)


PARKS = """
key = "parks"
title = "Parks"
language = "en"
[[page]]
[[page.question]]
key = "go_park"
kind = "one"
prompt = "Do you go to parks?"
choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}, {code = "once", label = "Once"}]
[[page]]
show_if = "${go_park} = 'yes'"
[[page.question]]
key = "which"
kind = "text"
prompt = "Which parks?"
[[page]]
[[page.question]]
key = "why"
kind = "text"
prompt = "You said ${go_park}. Why?"
"""


@pytest.mark.parametrize(
    "move",
    [
        lambda parks: down(parks, "go_park"),
        lambda parks: up(parks, "which"),
        lambda parks: place_before(parks, "which", "go_park"),
    ],
)
def test_a_move_that_cannot_be_is_told_in_the_words_of_the_questions(
    move: Callable[[QuestionSet], QuestionSet],
) -> None:
    parks = read(PARKS.replace("You said ${go_park}. ", ""))
    with pytest.raises(WrongDefinition) as wrong:
        move(parks)
    asked = "“Which parks?” is asked of those who answered “Yes” to “Do you go to parks?”"
    assert wrong.value.messages == (f"{asked}, so it must stand on a page after it.",)


def test_what_repeats_an_answer_is_not_moved_before_it() -> None:
    with pytest.raises(WrongDefinition) as wrong:
        place_before(read(PARKS), "why", "go_park")
    repeats = "“You said ${go_park}. Why?” repeats the answer to “Do you go to parks?”"
    assert wrong.value.messages == (f"{repeats}, so it must stand on a page after it.",)


def test_pages_of_one_random_block_are_none_before_the_others() -> None:
    block = PARKS.replace("[[page]]\n", '[[page]]\nrandom_block = "b"\n').replace(
        "show_if = \"${go_park} = 'yes'\"\n", ""
    )
    parks = read(block.replace("You said ${go_park}. ", ""))
    assert keys(place_before(parks, "why", "go_park")) == [["why"], ["go_park"], ["which"]]
    late = read(
        PARKS.replace(
            '[[page]]\n[[page.question]]\nkey = "why"',
            '[[page]]\nrandom_block = "b"\n[[page.question]]\nkey = "why"',
        )
    )
    page = replace(late.pages[0], random_block="b")
    moved = [late.pages[1], page, late.pages[2]]
    assert [one.partition(" ")[0] for one in overtaken(late, moved)] == ["“Which", "“You"]


def test_a_choice_that_others_look_for_is_not_taken_out() -> None:
    parks = read(PARKS)
    asked = parks.question("go_park")
    with pytest.raises(WrongDefinition) as wrong:
        put(parks, "go_park", replace(asked, choices=asked.choices[1:]))
    told = "“Which parks?” is asked of those who answered “Yes” to this. Change who is asked that first."
    assert wrong.value.messages == (told,)
    without = put(parks, "go_park", replace(asked, choices=asked.choices[:2]))
    assert without.question("go_park").codes == ("yes", "no")
    often = (replace(asked.choices[0], code="often"), *asked.choices[1:])
    assert put(parks, "go_park", replace(asked, choices=often), {"yes": "often"}).pages[1].show_if is not None


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (
            "many",
            ["“Which parks?” is asked of those who answered “Yes” to this. Change who is asked that first."],
        ),
        (
            "text",
            [
                "“Which parks?” is asked of those who answered “Yes” to this. Change who is asked that first.",
                "“You said ${go_park}. Why?” repeats the answer to this, and what people write is never shown in a "
                "question. Change its words first.",
            ],
        ),
    ],
)
def test_a_kind_that_others_cannot_lean_on_is_told_in_words(kind: Kind, told: list[str]) -> None:
    parks = read(PARKS)
    asked = parks.question("go_park")
    with pytest.raises(WrongDefinition) as wrong:
        put(parks, "go_park", replace(asked, kind=kind, choices=() if kind == "text" else asked.choices))
    assert list(wrong.value.messages) == told


def test_what_others_look_at_is_not_taken_out() -> None:
    assert list(depending(SURVEY, "at_school")) == ["How safe do you feel at your school or college?"]
    with pytest.raises(WrongDefinition, match="is needed by “How safe do you feel at your school or college"):
        remove(SURVEY, "at_school")


def test_the_last_question_stays() -> None:
    with pytest.raises(WrongDefinition, match="only question"):
        remove(remove(remove(abc(), "a"), "b"), "c")


def test_what_looks_at_a_question_follows_its_new_key() -> None:
    renamed = put(SURVEY, "at_school", replace(SURVEY.question("at_school"), key="in_education"))
    condition = renamed.question("safe_school").show_if
    assert condition is not None
    assert mentioned(condition) == {"in_education"}
    assert renamed.page("in_education")
    with pytest.raises(WrongDefinition, match="used by another question"):
        put(SURVEY, "at_school", replace(SURVEY.question("at_school"), key="safe_day"))


GOES = """
key = "s"
title = "S"
language = "en"
[[page]]
[[page.question]]
key = "goes"
kind = "one"
prompt = "Do you go?"
choices = [{code = "1", label = "Yes"}, {code = "no", label = "No"}]
dont_know = "Not sure"
[[page]]
title = "More"
show_if = "%s"
[[page.question]]
key = "where"
kind = "text"
prompt = "Where to?"
"""


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("${goes} = '1'", "“More” is asked of those who answered “Yes” to this."),
        ("${goes} = 1", "“More” is asked of those who answered “Yes” to this."),
        ("selected(${goes}, 'no')", "“More” is asked of those who answered “No” to this."),
        ("${goes} != 'no'", "Who is asked “More” depends on the answer “No” to this."),
        (
            "${goes} = 'no' or ${goes} = '1'",
            "Who is asked “More” depends on the answer “No” or “Yes” to this.",
        ),
        ("${goes} = 'dont_know'", "“More” is asked of those who answered “Not sure” to this."),
    ],
)
@pytest.mark.parametrize("kind", ["text", "number"])
def test_a_question_keeps_its_choices_while_others_look_for_one(
    condition: str, told: str, kind: Kind
) -> None:
    with pytest.raises(WrongDefinition) as wrong:
        put(read(GOES % condition), "goes", Question("goes_2", kind, Text("Do you go?")))
    assert wrong.value.messages == (f"{told} Change who is asked that first.",)


def test_a_question_loses_its_choices_when_nobody_looks_for_one() -> None:
    nobody = replace(read(GOES % "${goes} = 'no'"), pages=read(GOES % "${goes} = 'no'").pages[:1])
    assert put(nobody, "goes", Question("goes", "text", Text("?"))).question("goes").kind == "text"
    unsure = read(GOES % "${goes} = 'dont_know'")
    number = Question("goes", "number", Text("How often?"), dont_know=Text("Not sure"))
    assert put(unsure, "goes", number).question("goes") == number


def test_a_language_that_is_switched_on_is_offered_again_once_it_is_complete() -> None:
    bengali = (("bn", "কেন?"),)
    page = Page("why", (Question("why", "text", Text("Why?", bengali)),))
    on = QuestionSet("s", Text("S", bengali), "en", (page,), ("bn",), ("bn",))
    longer = add(on, Question("who", "text", Text("Who?")), 1)
    assert (on.offered, longer.offered, longer.languages) == (("en", "bn"), ("en",), ())
    assert read(write(longer)) == longer
    assert remove(longer, "who") == on


def test_a_copy_comes_next_under_a_key_of_its_own() -> None:
    copied, key = duplicate(abc(), "a")
    assert (key, keys(copied)) == ("a_2", [["a"], ["a_2"], ["b"], ["c"]])
    assert duplicate(copied, "a")[1] == "a_3"


def test_other_words_make_a_draft_of_the_translation() -> None:
    text = Text("Why?", (("bn", "কেন?"), ("de", "Warum?")), (("bn", "reviewed"),))
    changed = reworded(text, "Why is that?")
    assert changed is not None
    assert (changed.status("bn"), changed.status("de")) == ("draft", "draft")
    assert reworded(text, " Why? ") == text


@pytest.mark.parametrize(
    ("words", "key"),
    [("", "question"), ("1 or 2?", "q_1_2"), ("Où es-tu?", "ou_es_tu"), ("আপনি?", "question")],
)
def test_keys_from_any_words(words: str, key: str) -> None:
    assert key_from(words) == key


STEPS: dict[str, Callable[[QuestionSet, str, str], QuestionSet]] = {
    "up": lambda found, key, _: up(found, key),
    "down": lambda found, key, _: down(found, key),
    "join": lambda found, key, _: join(found, key),
    "split": lambda found, key, _: split(found, key),
    "remove": lambda found, key, _: remove(found, key),
    "duplicate": lambda found, key, _: duplicate(found, key)[0],
    "drop": place_before,
    "rename": lambda found, key, _: put(found, key, replace(found.question(key), key=f"{key}_x")),
    "add": lambda found, key, _: add(found, Question(f"new_{len(found.questions)}", "text", Text("?")), 1),
}


@given(st.data())
@settings(max_examples=25)
def test_any_changes_in_a_row_lose_nothing_and_leave_a_set_that_is_whole(data: st.DataObject) -> None:
    found = data.draw(question_sets())
    for _ in range(data.draw(st.integers(1, 6))):
        name = data.draw(st.sampled_from(sorted(STEPS)))
        every = st.sampled_from([question.key for question in found.questions])
        before = {question.prompt.source for question in found.questions}
        try:
            after = STEPS[name](found, data.draw(every), data.draw(every))
        except WrongDefinition as wrong:
            assert all(message.endswith((".", "?")) for message in wrong.messages)
            continue
        if name not in ("remove", "rename", "add"):
            assert {question.prompt.source for question in after.questions} == before
        assert read(write(after)) == after
        found = after
