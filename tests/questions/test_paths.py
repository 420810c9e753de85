"""The path through a set: what is shown to whom."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
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
    holds,
    missing,
    on_path,
    parse,
    path,
    read,
)

BUS = """
key = "bus"
title = "The bus"
language = "en"

[[page]]
[[page.question]]
key = "takes_bus"
kind = "one"
prompt = "Do you take the bus?"
required = true
choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]

[[page]]
key = "on_the_bus"
show_if = "${takes_bus} = 'yes'"
[[page.question]]
key = "how_often"
kind = "number"
prompt = "How many days a week?"
required = true
low = 0
high = 7
[[page.question]]
key = "likes"
kind = "many"
prompt = "What do you like about it?"
choices = [{code = "seats", label = "Seats"}, {code = "views", label = "Views"}]

[[page]]
key = "more"
[[page.question]]
key = "which_view"
kind = "text"
prompt = "Which view is best?"
show_if = "selected(${likes}, 'views')"
[[page.question]]
key = "season_ticket"
kind = "one"
prompt = "Do you have a season ticket?"
show_if = "${how_often} >= 3"
choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]
"""
bus = read(BUS)


def shown(answers: dict[str, Answer]) -> list[str]:
    return [question.key for page in path(bus, answers) for question in page.questions]


def test_a_page_is_shown_when_its_condition_holds() -> None:
    assert shown({"takes_bus": "yes"}) == ["takes_bus", "how_often", "likes"]
    assert shown({"takes_bus": "no"}) == ["takes_bus"]


def test_a_page_shows_only_the_questions_whose_condition_holds() -> None:
    often: dict[str, Answer] = {"takes_bus": "yes", "how_often": 5}
    assert shown(often) == ["takes_bus", "how_often", "likes", "season_ticket"]
    assert shown({**often, "likes": ["views"]})[-2:] == ["which_view", "season_ticket"]
    more = path(bus, often)[-1]
    assert (more.key, [question.key for question in more.questions]) == ("more", ["season_ticket"])


def test_nothing_is_shown_for_a_question_that_nobody_answered() -> None:
    assert shown({}) == ["takes_bus"]
    assert shown({"takes_bus": None}) == ["takes_bus"]


def test_an_answer_off_the_path_is_kept_but_not_seen() -> None:
    changed_their_mind: dict[str, Answer] = {"takes_bus": "no", "how_often": 5, "likes": ["views"]}
    assert shown(changed_their_mind) == ["takes_bus"]
    assert on_path(bus, changed_their_mind) == {"takes_bus": "no"}
    assert shown({**changed_their_mind, "takes_bus": "yes"})[-1] == "season_ticket"


def test_answers_of_no_question_are_off_every_path() -> None:
    assert on_path(bus, {"takes_bus": "no", "left_over": "x"}) == {"takes_bus": "no"}


def test_only_what_is_on_the_path_can_be_missing() -> None:
    assert missing(bus, {}) == ("takes_bus",)
    assert missing(bus, {"takes_bus": "no"}) == ()
    assert missing(bus, {"takes_bus": "yes"}) == ("how_often",)
    assert missing(bus, {"takes_bus": "yes", "how_often": None}) == ("how_often",)
    assert missing(bus, {"takes_bus": "yes", "how_often": 0}) == ()


def test_a_set_without_conditions_has_one_path() -> None:
    plain = QuestionSet("plain", Text("Plain"), "en", bus.pages[:1])
    assert path(plain, {}) is plain.pages


@pytest.mark.parametrize(
    ("condition", "answer", "true"),
    [
        ("${q} < 16", 15, True),
        ("${q} < 16", 16, False),
        ("${q} <= 16", 16.0, True),
        ("${q} > 1.5", 2, True),
        ("${q} >= 3", 2.5, False),
        ("${q} = 16", 16, True),
        ("${q} != 16", 16, False),
        ("${q} = 'yes'", "yes", True),
        ("${q} != 'yes'", "no", True),
        ("${q} = 7", "7", True),
        ("${q} != 7", "7", False),
        ("${q} < 16", "dont_know", False),
        ("${q} != 16", "dont_know", True),
        ("${q} = 'dont_know'", "dont_know", True),
        ("${q} != 'dont_know'", 12, True),
        ("${q} != ''", "words", True),
        ("selected(${q}, 'a')", ["a", "b"], True),
        ("selected(${q}, 'c')", ["a", "b"], False),
        ("selected(${q}, 'a')", "a", True),
        ("selected(${q}, 'a')", "abc", False),
        ("not(selected(${q}, 'a'))", ["b"], True),
        ("${q} = 'a'", ["a"], False),
    ],
)
def test_a_comparison_holds(condition: str, answer: Answer, true: bool) -> None:
    assert holds(parse(condition), {"q": answer}) is true


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("answers", [{}, {"q": None}])
def test_without_an_answer_every_comparison_is_false_and_its_not_is_true(
    operator: str, answers: dict[str, Answer]
) -> None:
    comparison = Comparison("q", operator, 5)
    assert not holds(comparison, answers)
    assert holds(Not(comparison), answers)
    assert not holds(Selected("q", "a"), answers)


def test_and_needs_all_and_or_needs_one() -> None:
    answers: dict[str, Answer] = {"a": 1, "b": 2}
    right, wrong = Comparison("a", "=", 1), Comparison("b", "=", 1)
    assert holds(Or((wrong, wrong, right)), answers)
    assert not holds(And((right, right, wrong)), answers)


# Random sets and random answers. What hypothesis draws is a recipe; `built` makes a set of it.

KINDS: tuple[Kind, ...] = ("one", "many", "scale", "number", "text")
CHOICES = tuple(Choice(code, Text(code)) for code in "abc")


@dataclass
class Leaf:
    about: int
    operator: str
    value: int


@dataclass
class Tree:
    sort: str
    parts: list[Leaf | Tree]


@dataclass
class Ask:
    kind: Kind
    required: bool
    dont_know: bool
    show_if: Leaf | Tree | None


@dataclass
class Screen:
    asks: list[Ask]
    show_if: Leaf | Tree | None


def built(screens: list[Screen]) -> QuestionSet:
    pages: list[Page] = []
    earlier: list[Question] = []
    for number, screen in enumerate(screens):
        asked = [question(f"q{number}_{place}", ask, earlier) for place, ask in enumerate(screen.asks)]
        pages.append(Page(f"p{number}", tuple(asked), show_if=condition(screen.show_if, earlier)))
        earlier += asked
    return QuestionSet("random", Text("Random"), "en", tuple(pages))


def question(key: str, ask: Ask, earlier: list[Question]) -> Question:
    return Question(
        key=key,
        kind=ask.kind,
        prompt=Text("Well?"),
        required=ask.required,
        choices=CHOICES if ask.kind in ("one", "many", "scale") else (),
        dont_know=Text("Not sure") if ask.dont_know and ask.kind != "text" else None,
        show_if=condition(ask.show_if, earlier),
    )


def condition(recipe: Leaf | Tree | None, earlier: list[Question]) -> Condition | None:
    return made(recipe, earlier) if recipe and earlier else None


def made(recipe: Leaf | Tree, earlier: list[Question]) -> Condition:
    if isinstance(recipe, Leaf):
        return leaf_about(earlier[recipe.about % len(earlier)], recipe)
    parts = tuple(made(part, earlier) for part in recipe.parts)
    if recipe.sort == "not":
        return Not(parts[0])
    return And(parts) if recipe.sort == "and" else Or(parts)


def leaf_about(question: Question, leaf: Leaf) -> Condition:
    if question.kind == "number":
        return Comparison(question.key, leaf.operator, leaf.value)
    if question.kind == "text":
        return Comparison(question.key, "!=", "")
    code = question.codes[leaf.value % len(question.codes)]
    if question.kind == "many":
        return Selected(question.key, code)
    return Comparison(question.key, "=" if "=" in leaf.operator else "!=", code)


operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
leaves: st.SearchStrategy[Leaf | Tree] = st.builds(Leaf, st.integers(0, 9), operators, st.integers(0, 5))


def joined(parts: st.SearchStrategy[Leaf | Tree]) -> st.SearchStrategy[Leaf | Tree]:
    return st.builds(Tree, st.sampled_from(["not", "and", "or"]), st.lists(parts, min_size=2, max_size=2))


show_ifs = st.none() | st.recursive(leaves, joined, max_leaves=4)
asks = st.builds(Ask, st.sampled_from(KINDS), st.booleans(), st.booleans(), show_ifs)
screens = st.builds(Screen, st.lists(asks, min_size=1, max_size=3), show_ifs)
sets = st.lists(screens, min_size=1, max_size=5).map(built)

codes = st.sampled_from(["a", "b", "c", "dont_know", "7", "", "nobody knows this code"])
anything: st.SearchStrategy[Answer] = st.one_of(
    st.none(), codes, st.lists(codes, max_size=3), st.integers(-1, 6), st.floats(), st.integers()
)
key_of = st.builds("q{}_{}".format, st.integers(0, 5), st.integers(0, 3))
many_answers = st.dictionaries(key_of, anything, max_size=12)


@given(sets, many_answers)
def test_what_is_shown_is_exactly_what_holds_on_the_answers_that_count(
    random_set: QuestionSet, answers: dict[str, Answer]
) -> None:
    counted = on_path(random_set, answers)
    expected = [
        (page.key, question.key)
        for page in random_set.pages
        for question in page.questions
        if (page.show_if is None or holds(page.show_if, counted))
        and (question.show_if is None or holds(question.show_if, counted))
    ]
    taken = path(random_set, answers)
    assert [(page.key, question.key) for page in taken for question in page.questions] == expected
    assert all(page.questions for page in taken)


@given(sets, many_answers, many_answers)
def test_answers_off_the_path_change_nothing(
    random_set: QuestionSet, answers: dict[str, Answer], others: dict[str, Answer]
) -> None:
    on = {question.key for page in path(random_set, answers) for question in page.questions}
    off = {key: answer for key, answer in others.items() if key not in on}
    kept = {key: answer for key, answer in answers.items() if key in on}
    assert path(random_set, {**kept, **off}) == path(random_set, answers)
    assert missing(random_set, {**kept, **off}) == missing(random_set, answers)
