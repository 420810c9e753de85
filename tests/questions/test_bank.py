"""The bank: standard questions that can be trusted, found while typing, and put into a set without harm."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import (
    Choice,
    Entry,
    Page,
    Question,
    QuestionSet,
    Text,
    WrongDefinition,
    WrongSet,
    bank,
    insert,
    path,
    read,
    search,
    shipped,
    write,
)
from questions.audit import audit
from questions.bank import BANK, read_bank, read_entry
from questions.definition import only_in, texts
from questions.document import SETS
from questions.plain_words import grade, words
from tests.questions.strategies import question_sets

ENTRIES = {entry.name: entry for entry in bank()}
SHIPPED = [shipped(file.stem) for file in SETS.glob("*.toml")]
pulse = shipped("pulse")

GOOD = """\
title = "Tea"
topics = ["drinks", "Café"]
source = "Our neighbours"
licence = "Ours"
note = "Ask it at four."

[[page]]
[[page.question]]
key = "tea"
kind = "one"
prompt = "Tea?"
choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]
"""


@pytest.fixture(params=list(ENTRIES))
def entry(request: pytest.FixtureRequest) -> Entry:
    return ENTRIES[request.param]


def alone(entry: Entry) -> QuestionSet:
    return QuestionSet("alone", Text("Alone"), "en", entry.pages)


def own(entry: Entry) -> bool:
    return entry.licence.startswith("Our own wording")


def apart(question_set: QuestionSet, at: int) -> bool:
    """Whether the pages on both sides of a place are not of one block."""
    blocks = [None, *(page.random_block for page in question_set.pages), None]
    return blocks[at] is None or blocks[at] != blocks[at + 1]


def found(typed: str) -> list[str]:
    return [entry.name for entry in search(typed)]


# What is in it.


def test_it_is_every_file_of_the_bank_by_title_and_read_once() -> None:
    assert sorted(ENTRIES) == sorted(file.stem for file in BANK.glob("*.toml"))
    assert [entry.title for entry in bank()] == sorted({entry.title for entry in bank()})
    assert bank() is bank()
    with pytest.raises(FrozenInstanceError):
        ENTRIES["sex"].title = "Other"  # type: ignore[misc]


def test_an_entry_says_where_it_is_from_how_it_may_be_used_and_how_to_find_it(entry: Entry) -> None:
    for told in (entry.title, entry.source, entry.licence, entry.note, *entry.topics):
        assert told == told.strip() != ""
    assert entry.note.endswith(".")
    assert len(set(entry.topics)) == len(entry.topics) >= 3
    assert any(
        licence in entry.licence
        for licence in ("Open Government Licence v3.0", "Apache License 2.0", "MOPAC")
    )


def test_it_is_named_like_what_it_asks(entry: Entry) -> None:
    assert entry.page is entry.pages[0]
    assert entry.name == entry.page.key == entry.questions[0].key


def test_a_key_means_the_same_in_every_set_and_in_the_bank() -> None:
    meanings: dict[str, set[Question]] = defaultdict(set)
    for questions in (*(one.questions for one in SHIPPED), *(one.questions for one in bank())):
        for question in questions:
            meanings[question.key].add(question)
    assert {key: len(asked) for key, asked in meanings.items() if len(asked) > 1} == {}


def test_a_question_stands_in_one_entry_only() -> None:
    keys = [question.key for entry in bank() for question in entry.questions]
    assert len(set(keys)) == len(keys)


def test_what_waves_and_weights_compare_by_is_the_youth_surveys_own() -> None:
    core = ("worry_knife_crime", "safe_day", "safe_dark", "borough", "age_band", "gender")
    assert all(ENTRIES[key].questions == (shipped("youth_survey").question(key),) for key in core)


def test_worry_and_problem_are_two_questions() -> None:
    worry, problem = ENTRIES["worry_knife_crime"].questions[0], ENTRIES["problem_knife_crime"].questions[0]
    assert str(problem.prompt) == "To what extent do you think knife crime is a problem in this area?"
    assert problem.codes == ("major", "minor", "not_a_problem", "dont_know", "prefer_not_to_say")
    assert not set(worry.codes) & set(problem.codes) - {"dont_know", "prefer_not_to_say"}


def test_the_19_ethnic_groups_add_up_to_the_five() -> None:
    codes = [choice.code for choice in ENTRIES["ethnic_group"].questions[0].choices]
    groups = [code.partition("_")[0] for code in codes]
    assert list(dict.fromkeys(groups)) == ["white", "mixed", "asian", "black", "other"]
    assert [groups.count(group) for group in dict.fromkeys(groups)] == [5, 4, 5, 3, 2]
    assert set(groups) == {choice.code for choice in ENTRIES["ethnicity"].questions[0].choices}


def test_who_is_disabled_is_asked_in_two_steps() -> None:
    condition, reduced = ENTRIES["health_condition"].pages
    assert condition.show_if is None
    asked = insert(pulse, ENTRIES["health_condition"], 1)
    assert reduced in path(asked, {"health_condition": "yes"})
    assert reduced not in path(asked, {"health_condition": "no"})


# How it reads.


def test_the_audit_finds_nothing_to_mend_in_an_entry_alone(entry: Entry) -> None:
    assert audit(alone(entry)).must_mend == ()


def test_everybody_may_decline(entry: Entry) -> None:
    for question in entry.questions:
        assert question.prefer_not_to_say or question.key == "borough"  # which has “I’m not sure”


def test_what_is_personal_is_announced() -> None:
    for name in (
        "ethnic_group",
        "ethnicity",
        "religion",
        "disability",
        "health_condition",
        "gender_identity",
    ):
        for page in ENTRIES[name].pages:
            assert page.note is not None
            assert "skip" in str(page.note)
            assert all(question.sensitive for question in page.questions)


def test_a_prompt_is_a_short_question_and_ours_are_easy(entry: Entry) -> None:
    for question in entry.questions:
        assert str(question.prompt).endswith("?")
        assert len(words(str(question.prompt))) <= 20
        assert grade(str(question.prompt)) <= (6 if own(entry) else 13)
        hint = str(question.hint or "")
        assert len(words(hint)) <= 5 or grade(hint) <= 8


# Finding one.


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("knife", ["problem_knife_crime", "worry_knife_crime"]),
        ("  KNI   worr", ["worry_knife_crime"]),
        ("worry_knife", ["worry_knife_crime"]),
        ("knife knife knife", ["problem_knife_crime", "worry_knife_crime"]),
        ("fear", ["worry_knife_crime"]),
        ("hackney", ["borough"]),
        ("Häckney", ["borough"]),
        ("roma", ["ethnic_group"]),
        ("mopac", ["problem_knife_crime"]),
        ("nife", []),
        ("knife hackney", []),
    ],
)
def test_every_word_typed_begins_a_word_of_what_is_found(typed: str, names: list[str]) -> None:
    assert found(typed) == names


def test_titles_come_before_topics_and_topics_before_the_rest() -> None:
    assert found("police") == ["police_trust"]
    assert found("gender") == ["gender", "gender_identity"]
    assert found("disab")[:2] == ["disability", "health_condition"]
    title, topic, rest = (
        read_entry("tea", GOOD),
        read_entry("cake", GOOD.replace('"Tea"', '"Cake"').replace('"drinks"', '"tea"')),
        read_entry("milk", GOOD.replace('"Tea"', '"Milk"')),
    )
    assert search("tea", [rest, topic, title]) == [title, topic, rest]
    assert search("TEÁ cafe", [rest, topic, title]) == [title, topic, rest]
    assert search("don't", [title]) == []
    assert search("neighbours", iter([rest])) == [rest]


@pytest.mark.parametrize("typed", ["", "   ", "?!"])
def test_nothing_typed_gives_all_in_order(typed: str) -> None:
    assert search(typed) == list(bank())
    assert search(typed, bank()[3:1:-1]) == list(bank()[3:1:-1])


@given(st.text("aeé nknsf'?_W", max_size=8))
@settings(max_examples=50)
def test_typing_on_never_finds_more(typed: str) -> None:
    assert set(found(typed)) <= set(found(typed[:-1]))


@given(st.sampled_from(list(ENTRIES.values())), st.data())
def test_an_entry_is_found_by_the_beginnings_of_its_words(entry: Entry, data: st.DataObject) -> None:
    told = [entry.title, *entry.topics, str(entry.questions[0].prompt)]
    word = data.draw(st.sampled_from([word for text in told for word in text.replace("’", "").split()]))
    assert entry in search(word[: data.draw(st.integers(1, len(word)))])


# Putting one in.


def test_it_stands_where_it_is_put_and_keeps_its_key() -> None:
    for at in range(4):
        longer = insert(pulse, ENTRIES["police_trust"], at)
        assert longer.pages[at] == ENTRIES["police_trust"].page
        assert (*longer.pages[:at], *longer.pages[at + 1 :]) == pulse.pages
    assert [page.key for page in insert(pulse, ENTRIES["health_condition"], 0).pages][:2] == [
        "health_condition",
        "activities_reduced",
    ]
    assert len(pulse.pages) == 3


def test_it_is_refused_twice_with_the_page_that_has_it() -> None:
    once = insert(pulse, ENTRIES["religion"], 2)
    with pytest.raises(WrongDefinition) as wrong:
        insert(once, ENTRIES["religion"], 0)
    assert wrong.value.messages == ("This set already asks religion, on page 3.",)
    with pytest.raises(WrongDefinition, match=r"^This set already asks worry_knife_crime, on page 1\.$"):
        insert(pulse, ENTRIES["worry_knife_crime"], 3)


def test_a_page_that_is_called_the_same_keeps_its_key() -> None:
    other = Page("religion", (Question("tea", "text", Text("Tea?")),))
    longer = insert(
        replace(pulse, pages=(*pulse.pages, other), languages=(), offered_unreviewed=()),
        ENTRIES["religion"],
        0,
    )
    assert [page.key for page in longer.pages] == [
        "religion_2",
        *(page.key for page in pulse.pages),
        "religion",
    ]
    assert longer.question("religion") == ENTRIES["religion"].questions[0]


def test_a_set_in_another_language_needs_a_translation_first() -> None:
    german = QuestionSet("a", Text("A"), "de", (Page("tee", (Question("tee", "text", Text("Tee?")),)),))
    with pytest.raises(WrongDefinition, match=r"The bank is in English, and this set is in de\. Translate"):
        insert(german, ENTRIES["religion"], 0)
    assert insert(replace(pulse, language="en-GB"), ENTRIES["religion"], 0).pages[1:] == pulse.pages


@pytest.mark.parametrize("at", [-1, 4, 99])
def test_there_is_no_place_before_the_first_or_after_the_last(at: int) -> None:
    with pytest.raises(
        WrongDefinition, match=rf"^There is no place {at}\. Choose one from 0, the first, to 3, the last\.$"
    ):
        insert(pulse, ENTRIES["religion"], at)


def test_nothing_stands_between_pages_that_chance_orders() -> None:
    first, *others = pulse.pages
    shuffled = replace(pulse, pages=(first, *(replace(page, random_block="safety") for page in others)))
    with pytest.raises(
        WrongDefinition, match=r"^Pages 2 and 3 are of one random_block, so nothing can stand"
    ):
        insert(shuffled, ENTRIES["religion"], 2)
    for at in (0, 1, 3):
        assert len(insert(shuffled, ENTRIES["religion"], at).pages) == 4
    two_blocks = (replace(page, random_block=block) for page, block in zip(pulse.pages, "aab", strict=True))
    assert insert(replace(pulse, pages=tuple(two_blocks)), ENTRIES["religion"], 2).pages[2].key == "religion"


def test_every_reason_is_told_at_once() -> None:
    french = replace(pulse, language="fr")
    with pytest.raises(WrongDefinition) as wrong:
        insert(french, ENTRIES["worry_knife_crime"], 9)
    assert [message.split(",")[0].split(".")[0] for message in wrong.value.messages] == [
        "The bank is in English",
        "There is no place 9",
        "This set already asks worry_knife_crime",
    ]


def test_a_set_in_two_languages_speaks_one_until_the_new_words_are_translated() -> None:
    both = Question("tea", "text", Text("Tea?", (("de", "Tee?"),)))
    bilingual = QuestionSet("a", Text("A", (("de", "A"),)), "en", (Page("tea", (both,)),), ("de",), ("de",))
    longer = insert(bilingual, ENTRIES["religion"], 1)
    assert (longer.languages, longer.offered, longer.offered_unreviewed) == ((), ("en",), ("de",))
    assert longer.question("tea") == both
    assert any("have no de" in one.told for one in audit(longer).worth_a_look)
    german = (("de", "Religion"),)
    choices = (Choice("a", Text("A", german)), Choice("b", Text("B", german)))
    known = Page("r", (Question("r", "one", Text("R?", german), choices=choices),))
    kept = insert(bilingual, replace(ENTRIES["religion"], pages=(known,)), 0)
    assert kept.languages == kept.offered_unreviewed == ("de",)


@given(question_sets(), st.sampled_from(list(ENTRIES.values())), st.data())
@settings(max_examples=30, deadline=None)
def test_all_other_questions_stay_and_the_set_can_be_written_and_read(
    question_set: QuestionSet, entry: Entry, data: st.DataObject
) -> None:
    before = replace(question_set, language="en-GB")
    at = data.draw(st.sampled_from([place for place in range(len(before.pages) + 1) if apart(before, place)]))
    longer = insert(before, entry, at)
    after = at + len(entry.pages)
    spoken = {language for text in texts(before) for language, _ in text.translations}
    assert longer.pages[at:after] == only_in(entry.pages, spoken)
    assert (*longer.pages[:at], *longer.pages[after:]) == before.pages
    as_before = {name: getattr(before, name) for name in ("pages", "languages", "offered_unreviewed")}
    assert replace(longer, **as_before) == before
    assert read(write(longer)) == longer


# A wrong file.


def faults(text: str) -> list[str]:
    with pytest.raises(WrongSet) as wrong:
        read_entry("tea", text)
    return [str(fault) for fault in wrong.value.faults]


def test_a_good_file_is_read() -> None:
    tea = read_entry("tea", GOOD)
    assert (tea.name, tea.title, tea.topics, tea.source) == (
        "tea",
        "Tea",
        ("drinks", "Café"),
        "Our neighbours",
    )
    assert (tea.licence, tea.note) == ("Ours", "Ask it at four.")
    assert read_entry("tea", GOOD.replace('"Ask it at four."', '"""\nAsk it\n  at four.\n"""')) == tea
    assert (
        tea.questions
        == read(f'key = "a"\ntitle = "A"\nlanguage = "en"\n{GOOD[GOOD.index("[[") :]}').questions
    )


def test_every_fault_has_its_file_and_its_place() -> None:
    wrong = GOOD.replace('licence = "Ours"', 'license = "Ours"').replace('"one"', '"won"')
    assert faults(wrong.replace('["drinks", "Café"]', '"drinks"')) == [
        "tea.toml, top: “license” is not known here. Did you mean “licence”?",
        'tea.toml, top: licence is missing. Add licence = "...".',
        'tea.toml, top: topics must be a list of words to find it by. Write topics = ["...", "..."].',
        "tea.toml, page 1, question tea: “won” is not a kind of question. "
        "Write one of one, many, scale, number, text.",
    ]


@pytest.mark.parametrize("topics", ["[]", "[1]", "7", '[["a"]]'])
def test_topics_are_words(topics: str) -> None:
    (told,) = faults(GOOD.replace('["drinks", "Café"]', topics))
    assert "topics must be a list of words" in told


def test_what_is_said_of_it_may_not_be_blank() -> None:
    assert faults(GOOD.replace('"Ours"', '" "')) == [
        "tea.toml, top: licence: There are no words here. Write them, or take this out."
    ]


def test_an_entry_asks_something() -> None:
    assert faults(GOOD[: GOOD.index("[[")]) == [
        "tea.toml, top: The set asks nothing. Add a [[page]] with a [[page.question]]."
    ]


def test_a_file_that_is_not_toml_says_where() -> None:
    (told,) = faults(GOOD.replace('key = "tea"', "key = tea"))
    assert told.startswith("tea.toml, line 9, column 7: This is not TOML")


def wrong_files(folder: Path) -> Iterator[str]:
    with pytest.raises(WrongSet) as wrong:
        read_bank(folder)
    yield from map(str, wrong.value.faults)


def test_a_wrong_bank_tells_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD.replace('title = "Tea"', ""), encoding="utf-8")
    (tmp_path / "b.toml").write_bytes(GOOD.encode("latin-1"))
    (tmp_path / "c.toml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert list(wrong_files(tmp_path)) == [
        'a.toml, top: title is missing. Add title = "...".',
        "b.toml: Byte 39 is not UTF-8. Save the file as UTF-8.",
    ]
    (tmp_path / "a.toml").unlink()
    (tmp_path / "b.toml").unlink()
    assert [entry.name for entry in read_bank(tmp_path)] == ["c"]
