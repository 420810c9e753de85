"""Random question sets for hypothesis: every kind, conditions that look back, translations, odd characters."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from hypothesis import strategies as st

from questions import (
    And,
    Answer,
    Choice,
    Comparison,
    Condition,
    Kind,
    Not,
    Or,
    Page,
    Question,
    QuestionSet,
    Selected,
    Text,
)
from questions.definition import KINDS, texts
from questions.text import UNSEEN, Status, shared_languages

LANGUAGES = ("ar", "bn", "de", "en", "en-x-easy")
CODES = ("a", "b", "c", "10-11", "E09.1", "not_sure")
WORDS = ("Well?", "How safe?", "“Quoted”", "nine words of it", "I don’t know", "I’d rather not say", "কেন?")

odd = st.sampled_from("\"'\\\n\t#=[]{}§é \u200c\u200d\u200f\u2028\u00a0আلا😀\U000e0067")
words: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(WORDS),
    st.text(odd, min_size=1, max_size=8),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6),
).map(lambda told: UNSEEN.sub("", told).replace("${", "").strip() or "Well?")


@st.composite
def worded(draw: st.DrawFn, own: str) -> Text:
    """Words in the language of a set, often alone, sometimes translated."""
    others = draw(st.just([]) | st.lists(st.sampled_from(LANGUAGES), unique=True, max_size=3))
    known = sorted(language for language in others if language != own)
    marked = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    status = st.sampled_from(cast(list[Status], ["draft", "reviewed"]))
    statuses = tuple((language, draw(status)) for language in sorted(marked))
    return Text(draw(words), tuple((language, draw(words)) for language in known), statuses)


@st.composite
def piped(draw: st.DrawFn, own: str, earlier: tuple[Question, ...]) -> Text:
    """Words, now and then with the answer to an earlier question in them."""
    text = draw(worded(own))
    keys = [question.key for question in earlier if question.kind != "text"]
    if not keys or draw(st.integers(0, 3)):
        return text
    return replace(text, source=f"{text.source} ${{{draw(st.sampled_from(keys))}}}?")


@st.composite
def choices(draw: st.DrawFn, kind: Kind, own: str) -> tuple[Choice, ...]:
    """Two choices or more, in any order; exclusive ones only where many can be picked."""
    found = draw(st.lists(st.sampled_from(CODES), unique=True, min_size=2, max_size=4))
    exclusive = st.booleans() if kind == "many" else st.just(False)
    return tuple(Choice(code, draw(worded(own)), draw(exclusive), draw(st.booleans())) for code in found)


@st.composite
def questions(draw: st.DrawFn, key: str, own: str, earlier: tuple[Question, ...]) -> Question:
    """A question of any kind with whatever belongs to it."""
    kind = cast(Kind, draw(st.sampled_from(KINDS)))
    asked = Question(
        key,
        kind,
        draw(piped(own, earlier)),
        choices=draw(choices(kind, own)) if kind in ("one", "many", "scale") else (),
        hint=draw(st.none() | worded(own)),
        required=draw(st.booleans()),
        sensitive=draw(st.booleans()),
        show_if=draw(show_ifs(earlier)),
    )
    if kind != "text":
        special = st.none() | worded(own)
        asked = replace(
            asked, dont_know=draw(special), prefer_not_to_say=draw(special), fallback=draw(special)
        )
    if kind in ("one", "many"):
        asked = replace(asked, randomise=draw(st.booleans()))
    if kind in ("many", "number", "text"):
        asked = replace(asked, constraint_message=draw(st.none() | worded(own)))
    return draw(limited(asked))


def limited(question: Question) -> st.SearchStrategy[Question]:
    """The same with some limits, where its kind has any."""
    if question.kind == "many":
        most = st.none() | st.integers(2, len(question.choices))
        return most.map(lambda at_most: replace(question, at_most=at_most))
    if question.kind == "text":
        return (st.none() | st.integers(1, 10_000)).map(lambda length: replace(question, length=length))
    if question.kind == "number":
        low = st.none() | st.integers(-9, 9) | st.floats(-9, 9)
        high = st.none() | st.integers(10, 10**15 - 1) | st.floats(10, 1e14)
        return st.builds(
            lambda low, high: replace(question, low=low, high=high, decimals=_broken(low, high)), low, high
        )
    return st.just(question)


def _broken(*ends: float | None) -> bool:
    return any(end is not None and end != int(end) for end in ends)


def show_ifs(earlier: tuple[Question, ...]) -> st.SearchStrategy[Condition | None]:
    """No condition, or one that looks at what was asked on an earlier page."""
    if not earlier:
        return st.none()
    looks = st.sampled_from(earlier).flatmap(_looks)
    return st.none() | st.recursive(looks, _joined, max_leaves=4)


def _joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return parts.map(Not) | several.map(And) | several.map(Or)


def _looks(question: Question) -> st.SearchStrategy[Condition]:
    if question.kind == "number":
        numbers = st.integers(-99, 99) | st.decimals(-9, 9, places=2).map(float)
        operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
        return st.builds(Comparison, st.just(question.key), operators, numbers)
    if question.kind == "text":
        told = words.filter(lambda word: not ("'" in word and '"' in word))
        return st.builds(Comparison, st.just(question.key), st.just("!="), told)
    if question.kind == "many":
        return st.builds(Selected, st.just(question.key), st.sampled_from(question.codes))
    operators = st.sampled_from(["=", "!="])
    return st.builds(Comparison, st.just(question.key), operators, st.sampled_from(question.codes))


@st.composite
def question_sets(draw: st.DrawFn) -> QuestionSet:
    """A set as reading one would give it; keys come from a small stock, so that two of them share some."""
    own = draw(st.sampled_from(LANGUAGES))
    keys = draw(st.permutations([f"q{number}" for number in range(8)]))
    pages: list[Page] = []
    earlier: tuple[Question, ...] = ()
    known: tuple[Question, ...] = ()  # to whoever is asked now: what comes before the block
    block: str | None = None
    for number in range(draw(st.integers(1, 4))):
        before, block = block, draw(st.none() | st.just(block or f"block_{number}"))
        known = known if block and block == before else earlier
        few = keys[2 * number : 2 * number + draw(st.integers(1, 2))]
        asked = tuple(draw(questions(key, own, known)) for key in few)
        told = st.none() | piped(own, known)
        named = draw(st.sampled_from([few[0], f"page_{number}"]))
        pages.append(Page(named, asked, draw(told), draw(told), draw(show_ifs(known)), block))
        earlier += asked
    title = draw(worded(own))
    shared = sorted(shared_languages(texts((title, *pages))))
    on = draw(st.lists(st.sampled_from([*shared, *LANGUAGES]), unique=True, max_size=2))
    return QuestionSet("random", title, own, tuple(pages), tuple(shared), tuple(sorted(on)))


@st.composite
def answers(draw: st.DrawFn, question_set: QuestionSet) -> dict[str, Answer]:
    """What a person may have answered: any of it, blank or not."""
    asked = draw(st.lists(st.sampled_from(question_set.questions), unique=True))
    return {question.key: draw(st.none() | _answer(question)) for question in asked}


def _answer(question: Question) -> st.SearchStrategy[Answer]:
    if question.kind == "text":
        return st.sampled_from(["Because.", "a", "b"])
    if question.kind == "many":
        return st.lists(st.sampled_from(question.codes), unique=True, min_size=1)
    codes = st.sampled_from(question.codes) if question.codes else st.nothing()
    return codes | st.integers(0, 99) if question.kind == "number" else codes
