"""What changed between two versions: each sort of change, and whether it breaks comparison."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import Kind, Question, QuestionSet, Versions, compare, editing, read, shipped
from questions.versions import difference, reused
from tests.questions.bus import BUS, changed, only, said
from tests.questions.strategies import question_sets


def told(versions: Versions) -> dict[str, tuple[str, ...]]:
    """The sorts of change, by question, of those that are not the same."""
    return {one.key: one.sorts for one in versions.questions if one.sorts != ("same",)}


@pytest.mark.parametrize(("kind", "refused"), [("one", False), ("text", True)])
def test_a_published_question_takes_one_sort_of_answer(kind: Kind, refused: bool) -> None:
    pulse = shipped("pulse")
    old = pulse.question("safe_dark")
    other = Question("safe_dark", kind, old.prompt, choices=old.choices if kind == "one" else ())
    found = reused(editing.put(pulse, "safe_dark", other), [pulse])
    assert [str(one) for one in found] == (
        [
            "question safe_dark: under this key it took answers of another kind (scale) before. "
            "Copy it, which gives a new key, and take this one out; or put its kind back."
        ]
        if refused
        else []
    )


def test_a_set_is_the_same_as_itself() -> None:
    versions = changed()
    assert versions.same
    assert told(versions) == {}
    assert [one.breaks for one in versions.questions] == ["no"] * 4
    assert versions.refusals({}) == ()


# Words.


def test_other_words_are_shown_word_by_word_and_wait_for_staff() -> None:
    versions = changed(("Do you take the bus?", "Do you ever take a bus?"))
    change = only(versions)
    assert (change.sort, change.part, change.language, change.breaks) == (
        *("wording changed", "prompt", "en"),
        "undecided",
    )
    assert change.words == (
        ("kept", "Do you"),
        ("added", "ever"),
        ("kept", "take"),
        ("removed", "the"),
        ("added", "a"),
        ("kept", "bus?"),
    )
    assert change.why == "The words changed: say whether it still means the same."
    assert versions.unmarked({}) == ("takes_bus",)


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        (("Choose up to 2.", "Choose two."), "hint"),
        (('hint = "Choose up to 2."\n', ""), "hint"),
        (("You can skip this.", "Skip it if you like."), "note"),
        (("What do you like", "What do you love"), "prompt"),
    ],
)
def test_whatever_is_read_with_a_question_is_its_wording(edit: tuple[str, str], part: str) -> None:
    change = only(changed(edit))
    assert (change.question, change.sort, change.part) == ("likes", "wording changed", part)


def test_a_translation_alone_breaks_nothing() -> None:
    change = only(changed(("কত দিন?", "সপ্তাহে কত দিন?")))
    assert (change.part, change.language, change.breaks) == ("prompt", "bn", "no")
    assert change.words == (("added", "সপ্তাহে"), ("kept", "কত দিন?"))
    new = only(changed(('"Why so often?"', '{en = "Why so often?", ar = "لماذا؟"}')))
    assert (new.language, new.words, new.breaks) == ("ar", (("added", "لماذا؟"),), "no")


def test_spaces_and_line_ends_alone_break_nothing() -> None:
    change = only(changed(("Do you take", "Do  you\\ntake")))
    assert (change.breaks, change.why) == ("no", "Only spaces or line ends changed.")


BOTH = """
key = "both"
title = {en = "Both", de = "Beide"}
language = "en"
[[page]]
[[page.question]]
key = "why"
kind = "text"
prompt = {en = "Why?", de = "Warum?"}
"""


def test_writing_the_set_in_another_language_first_compares_each_language_with_itself() -> None:
    versions = compare(read(BOTH), read(BOTH.replace('language = "en"', 'language = "de"')))
    assert told(versions) == {}
    assert [change.sort for change in versions.whole] == [
        "language changed",
        "language lost",
        "language added",
    ]


def test_a_set_that_is_asked_in_another_language_waits_for_staff_in_both() -> None:
    english, german = BOTH.replace(', de = "Warum?"', ""), BOTH.replace('en = "Why?", ', "")
    versions = compare(read(english), read(german.replace('language = "en"', 'language = "de"')))
    found = {change.language: change.breaks for change in versions.question("why").changes}
    assert found == {"de": "undecided", "en": "undecided"}


def test_the_title_of_the_set_is_told_and_breaks_nothing() -> None:
    versions = changed(('"The bus"', '"Buses"'))
    assert [(change.part, change.breaks) for change in versions.whole] == [("title", "no")]
    assert not versions.same


OFFERED = BOTH.replace('language = "en"', 'language = "en"\noffered_unreviewed = ["de"]')


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        (BOTH.replace(', de = "Warum?"', ""), "not every text has it"),
        (BOTH, "nobody has reviewed it, and it is not switched on as it is"),
    ],
)
def test_a_language_that_is_no_longer_offered_is_told_with_the_reason(without: str, reason: str) -> None:
    versions = compare(read(OFFERED), read(without))
    (change,) = versions.whole
    assert (change.sort, change.language, change.breaks) == ("language lost", "de", "no")
    assert change.why == f"People can no longer answer in it: {reason}."
    assert versions.lost == ("de",)
    back = compare(read(without), read(OFFERED))
    assert [(one.sort, one.language) for one in back.whole] == [("language added", "de")]
    assert back.lost == ()


# Options.


@pytest.mark.parametrize(
    ("edit", "sort", "part", "old", "new"),
    [
        (
            ('{code = "views"', '{code = "driver", label = "The driver"},\n    {code = "views"'),
            *("option added", "driver", "", "The driver"),
        ),
        (
            ('    {code = "once", label = "I did once"},\n', ""),
            *("option retired", "once", "I did once", ""),
        ),
        (("dont_know = true", ""), "option retired", "dont_know", "I don’t know", ""),
    ],
)
def test_an_option_that_comes_or_goes_breaks_comparison(
    edit: tuple[str, str], sort: str, part: str, old: str, new: str
) -> None:
    change = only(changed(edit))
    assert (change.sort, change.part, change.old, change.new, change.breaks) == (sort, part, old, new, "yes")


def test_the_words_of_a_retired_code_under_a_new_one_are_told() -> None:
    versions = changed(('code = "once"', 'code = "one_time"'))
    added, retired = versions.question("takes_bus").changes
    assert (added.sort, retired.sort) == ("option added", "option retired")
    assert added.why == (
        "These were the words of “once” before: keep that code, or its answers stand in two columns."
    )


def test_the_same_words_twice_are_no_new_code_for_an_old_one() -> None:
    change = only(changed(('{code = "once"', '{code = "twice", label = "Yes"},\n    {code = "once"')))
    assert change.why.startswith("People can choose it now")


def test_other_words_of_an_option_wait_for_staff_under_a_name_of_their_own() -> None:
    versions = changed(("I did once", "Only once"))
    change = only(versions)
    assert (change.sort, change.part, change.breaks) == ("option relabelled", "once", "undecided")
    assert versions.unmarked({}) == ("takes_bus.once",)
    assert versions.unmarked({"takes_bus": "trivial"}) == ("takes_bus.once",)
    assert versions.unmarked({"takes_bus.once": "trivial"}) == ()


def test_a_code_that_took_the_words_of_another_means_something_else_and_no_mark_helps() -> None:
    swapped = changed(('label = "Yes"', 'label = "?"'), ('label = "No"', 'label = "yes"'), ('"?"', '"No"'))
    assert swapped.question("takes_bus").breaks == "yes"
    assert swapped.unmarked({}) == ()
    trivial = {"takes_bus": "trivial", "takes_bus.yes": "trivial", "takes_bus.no": "trivial"}
    assert said(swapped, trivial) == (
        "question takes_bus, option yes: These were the words of “no” before, so the code means something else now. "
        + "Add it as another choice, which gives a new code, and take this one out; or put its old words back.",
        "question takes_bus, option no: These were the words of “yes” before, so the code means something else now. "
        + "Add it as another choice, which gives a new code, and take this one out; or put its old words back.",
    )


def test_another_order_of_options_breaks_nothing_and_an_added_one_is_no_new_order() -> None:
    views, seats = '    {code = "views", label = "Views"},\n', '    {code = "seats", label = "Seats"},\n'
    change = only(changed((seats, ""), (views, views + seats)))
    assert (change.sort, change.breaks) == ("options reordered", "no")
    assert (change.old, change.new) == ("Seats, Views, None", "Views, Seats, None")


# Settings.


@pytest.mark.parametrize(
    ("edit", "sort", "part", "old", "new", "breaks"),
    [
        (("high = 7", "high = 14"), "limits changed", "high", "7", "14", "yes"),
        (("low = 0\n", ""), "limits changed", "low", "0", "none", "yes"),
        (("low = 0\n", "low = 0\ndecimals = true\n"), "limits changed", "decimals", "no", "yes", "yes"),
        (("at_most = 2", "at_most = 3"), "limits changed", "at_most", "2", "3", "yes"),
        ((", exclusive = true", ""), "limits changed", "exclusive, none", "yes", "no", "yes"),
        (("length = 300", "length = 600"), "limits changed", "length", "300", "600", "no"),
        (
            ("length = 300", "length = 300\nrequired = true"),
            "required changed",
            "required",
            "no",
            "yes",
            "no",
        ),
        (
            ("length = 300", "length = 300\nsensitive = true"),
            "sensitive changed",
            "sensitive",
            "no",
            "yes",
            "no",
        ),
        (('kind = "one"', 'kind = "scale"'), "kind changed", "kind", "one", "scale", "yes"),
    ],
)
def test_a_setting_is_told_with_what_it_was_and_is(
    edit: tuple[str, str], sort: str, part: str, old: str, new: str, breaks: str
) -> None:
    change = only(changed(edit))
    assert (change.sort, change.part, change.old, change.new, change.breaks) == (sort, part, old, new, breaks)
    assert change.why.endswith(".")


def test_another_kind_is_told_once() -> None:
    assert told(changed(('kind = "one"', 'kind = "scale"'))) == {"takes_bus": ("kind changed",)}
    many = BUS.replace('kind = "one"', 'kind = "many"').replace(
        "${takes_bus} = 'yes'", "selected(${takes_bus}, 'yes')"
    )
    assert compare(read(BUS), read(many)).question("takes_bus").sorts == ("kind changed",)


# Who is asked.


def test_another_condition_asks_other_people_and_so_does_one_that_looks_at_such_a_question() -> None:
    versions = changed(("${takes_bus} = 'yes'", "${takes_bus} != 'no'"))
    assert told(versions) == {"how_often": ("re-routed",), "why": ("re-routed",)}
    (direct,), (indirect,) = versions.question("how_often").changes, versions.question("why").changes
    assert (direct.old, direct.new) == ("${takes_bus} = 'yes'", "${takes_bus} != 'no'")
    assert (direct.breaks, direct.why) == ("yes", "Other people are asked now.")
    assert indirect.part == "how_often"
    assert indirect.why == "It is shown by the answer to “how_often”, and other people are asked that now."


def test_a_condition_taken_away_asks_everybody() -> None:
    versions = changed(('show_if = "${how_often} > 3"\n', ""))
    change = only(versions)
    assert (change.question, change.old, change.new) == ("why", "${how_often} > 3", "everybody")


def test_a_condition_moved_from_the_page_to_its_question_asks_the_same_people() -> None:
    condition = 'show_if = "${how_often} > 3"\n'
    assert changed((condition, ""), ("length = 300\n", f"length = 300\n{condition}")).same


def test_conditions_in_another_order_ask_the_same_people() -> None:
    old = BUS.replace("${how_often} > 3", "${how_often} > 3 and ${how_often} < 6")
    new = BUS.replace("${how_often} > 3", "${how_often} < 6 and ${how_often} > 3")
    assert compare(read(old), read(new)).same


# What two sets share.


def test_the_pulse_and_the_youth_survey_have_two_questions_in_common() -> None:
    versions = compare(shipped("youth_survey"), shipped("pulse"))
    assert [one.key for one in versions.questions if one.sorts == ("same",)] == [
        "worry_knife_crime",
        "safe_dark",
    ]


# Any two sets.


@given(question_sets(), question_sets())
@settings(max_examples=15, deadline=None)
def test_any_two_sets_can_be_compared(old: QuestionSet, new: QuestionSet) -> None:
    versions = compare(old, new)
    asked = {question.key for question in (*old.questions, *new.questions)}
    assert sorted(one.key for one in versions.questions) == sorted(asked)
    assert all(change.why for one in versions.questions for change in one.changes)
    trivial = dict.fromkeys(versions.unmarked({}), "trivial")
    assert versions.unmarked(trivial) == ()
    assert all("These were the words of" in told for told in said(versions, trivial))
    assert compare(new, new).same


spoken = st.lists(st.sampled_from(["how", "safe", "do", "you", "feel", "না"]), max_size=12).map(" ".join)


@given(spoken, spoken)
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert " ".join(words for sort, words in pieces if sort != "added") == old
    assert " ".join(words for sort, words in pieces if sort != "removed") == new
