"""The frozen values: what they give, and that a wrong one cannot be made."""

import dataclasses

import pytest

from questions import Choice, Page, Question, QuestionSet, Text, WrongDefinition, parse, read

YES_NO = (Choice("yes", Text("Yes")), Choice("no", Text("No")))
NEVER = Choice("never", Text("Never"), exclusive=True)


def asked(key: str = "q", *, kind: str = "one", **parts: object) -> Question:
    with_choices = {"choices": YES_NO} if kind in ("one", "many", "scale") else {}
    return Question(key=key, kind=kind, prompt=Text("Well?"), **{**with_choices, **parts})  # type: ignore[arg-type]


def test_the_options_are_the_choices_and_then_what_else_may_be_said() -> None:
    question = asked(dont_know=Text("Not sure"), prefer_not_to_say=Text("Rather not"))
    assert question.codes == ("yes", "no", "dont_know", "prefer_not_to_say")
    assert [str(option.label) for option in question.options] == ["Yes", "No", "Not sure", "Rather not"]
    assert str(question.label("dont_know")) == "Not sure"
    assert question.has("no")
    assert not question.has("maybe")
    with pytest.raises(KeyError):
        question.label("maybe")


def test_in_a_many_question_the_special_answers_stand_alone() -> None:
    question = asked(kind="many", choices=(*YES_NO, NEVER), dont_know=Text("Not sure"))
    assert question.exclusive == {"never", "dont_know"}
    assert asked(dont_know=Text("Not sure")).exclusive == frozenset()


def test_a_number_may_offer_special_answers_too() -> None:
    assert asked(kind="number", prefer_not_to_say=Text("Rather not")).codes == ("prefer_not_to_say",)


@pytest.mark.parametrize(
    ("kind", "parts", "told"),
    [
        ("one", {"key": "Big"}, "cannot be a key"),
        ("one", {"key": "a" * 65}, "cannot be a key"),
        ("several", {}, "not a kind of question"),
        ("one", {"choices": ()}, "at least two choices"),
        ("scale", {"choices": YES_NO[:1]}, "at least two choices"),
        ("one", {"choices": (*YES_NO, YES_NO[0])}, "“yes” is used 2 times"),
        ("one", {"choices": (*YES_NO, Choice("dont_know", Text("?")))}, "dont_know = true"),
        ("one", {"choices": (*YES_NO, NEVER)}, "Take that mark off"),
        ("one", {"at_most": 2}, "no most that may be chosen"),
        ("many", {"at_most": 1}, "At most 1 may"),
        ("many", {"at_most": 3}, "At most 3 may"),
        ("text", {"choices": YES_NO}, "has no choices"),
        ("text", {"dont_know": Text("?")}, "Leaving it blank is enough"),
        ("text", {"prefer_not_to_say": Text("?")}, "Leaving it blank is enough"),
        ("text", {"length": 0}, "from 1 to 10000"),
        ("one", {"length": 5}, "no room to write"),
        ("one", {"low": 0}, "no smallest number"),
        ("number", {"low": 5, "high": 5}, "Make it smaller"),
        ("number", {"low": float("nan")}, "at most 15 digits"),
        ("number", {"high": float("inf")}, "at most 15 digits"),
        ("number", {"high": 10**400}, "at most 15 digits"),
        ("number", {"low": 0.5}, "decimals = true"),
    ],
)
def test_a_wrong_question_cannot_be_made(kind: str, parts: dict[str, object], told: str) -> None:
    with pytest.raises(WrongDefinition, match=told):
        asked(kind=kind, **parts)  # type: ignore[arg-type]


def test_it_says_everything_that_is_wrong_with_a_question() -> None:
    with pytest.raises(WrongDefinition) as refused:
        asked("Q", kind="text", choices=YES_NO, at_most=2, length=-1)
    assert len(refused.value.messages) == 4


def test_a_text_has_words_that_can_be_seen() -> None:
    for empty in ("", "  \n"):
        with pytest.raises(WrongDefinition, match="no words"):
            Text(empty)
    for unseen in ("a\x00b", "a\ud800b", "a\x1bb"):
        with pytest.raises(WrongDefinition, match="cannot be seen"):
            Text(unseen)
    with pytest.raises(WrongDefinition, match="code of a language"):
        Text("Yes", (("German!", "Ja"),))
    with pytest.raises(WrongDefinition, match="given twice"):
        Text("Yes", (("de", "Ja"), ("de", "Jo")))


def test_a_text_is_said_in_the_nearest_language_it_has() -> None:
    text = Text("Ja", (("en", "Yes"), ("en-x-easy", "Yep")))
    said = {language: text.into(language) for language in ("en", "en-GB", "en-x-easy", "de", "bn", None)}
    assert said == {"en": "Yes", "en-GB": "Yes", "en-x-easy": "Yep", "de": "Ja", "bn": "Ja", None: "Ja"}
    assert str(text) == "Ja"


@pytest.mark.parametrize("code", ["", "two words", "-x", "a" * 65, "ä", "x'y"])
def test_a_code_is_a_plain_word(code: str) -> None:
    with pytest.raises(WrongDefinition, match="cannot be a code"):
        Choice(code, Text("Yes"))


def test_a_page_asks_something() -> None:
    with pytest.raises(WrongDefinition, match="asks nothing"):
        Page("empty", ())


def one_set(*pages: Page, languages: tuple[str, ...] = ()) -> QuestionSet:
    return QuestionSet("tiny", Text("Tiny"), "en", pages, languages)


def test_a_set_finds_its_questions_and_pages() -> None:
    first, second = asked("a"), asked("b")
    made = one_set(Page("a", (first,)), Page("rest", (second,)))
    assert made.questions == (first, second)
    assert made.question("b") is second
    assert made.page("rest").questions == (second,)
    with pytest.raises(KeyError):
        made.question("c")
    with pytest.raises(KeyError):
        made.page("b")


def test_a_wrong_set_cannot_be_made() -> None:
    with pytest.raises(WrongDefinition, match="asks nothing"):
        one_set()
    with pytest.raises(WrongDefinition, match="page 2, question a: The key “a” is used before"):
        one_set(Page("a", (asked("a"),)), Page("b", (asked("a"),)))
    with pytest.raises(WrongDefinition, match="page 2: The page key “a” is used before"):
        one_set(Page("a", (asked("a"),)), Page("a", (asked("b"),)))
    with pytest.raises(WrongDefinition, match="can only look back"):
        one_set(Page("a", (asked("a"),), show_if=parse("${b} = 'yes'")), Page("b", (asked("b"),)))
    with pytest.raises(WrongDefinition, match="Not every text has the language de"):
        one_set(Page("a", (asked("a"),)), languages=("de",))


def test_nothing_of_it_can_be_changed() -> None:
    made = one_set(Page("a", (asked("a"),)))
    for part, name in (
        (made, "key"),
        (made.pages[0], "title"),
        (made.question("a"), "kind"),
        (made.title, "source"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, "other")


TINY = """
key = "tiny"
title = "Tiny"
language = "en"
[[page]]
[[page.question]]
key = "a"
kind = "one"
prompt = "Well?"
choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]
[[page]]
show_if = "${a}='yes'"
[[page.question]]
key = "b"
kind = "number"
prompt = {en = "How many?", de = "Wie viele?"}
high = 10
"""


def test_the_fingerprint_is_of_the_meaning_and_not_of_the_typing() -> None:
    retyped = TINY.replace("${a}='yes'", ' (${a} = \\"yes\\") ').replace(
        "high = 10", "# ten\nhigh = 10.0\nrequired = false"
    )
    assert read(retyped) == read(TINY)
    assert read(retyped).fingerprint == read(TINY).fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"tiny"', '"tony"'),
        ('"Well?"', '"Well then?"'),
        ('code = "no"', 'code = "nope"'),
        ('label = "No"', 'label = "Nope"'),
        ("high = 10", "high = 11"),
        ("'yes'", "'no'"),
        ("Wie viele?", "Wie viel?"),
        ("high = 10", "high = 10\nrequired = true"),
    ],
)
def test_whatever_changes_the_meaning_changes_the_fingerprint(old: str, new: str) -> None:
    assert read(TINY.replace(old, new)).fingerprint != read(TINY).fingerprint


def test_a_published_fingerprint_stays_as_it_is() -> None:
    """Instruments keep the fingerprint of the day they were published: if this fails, theirs break too."""
    assert read(TINY).fingerprint == "11c841685e70dc5ba40905e9da78f0bd87ef5b900fc665b32fbef6e481af2fcf"
