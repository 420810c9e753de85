"""Which pages and questions a person sees, computed from what they answered and never stored."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from questions import order
from questions.conditions import (
    And,
    Comparison,
    Condition,
    Not,
    Or,
    Selected,
    WrongCondition,
    as_data,
    mentioned,
    numeral,
    parse,
    written,
)
from questions.definition import Answer, Answers, Page, QuestionSet

__all__ = [
    "And",
    "Comparison",
    "Condition",
    "Holds",
    "Not",
    "Or",
    "Selected",
    "WrongCondition",
    "as_data",
    "compiled",
    "first_unmet",
    "holds",
    "mentioned",
    "on_path",
    "parse",
    "path",
    "without",
    "written",
]

Holds = Callable[[Answers], bool]

_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether a condition is true; a comparison with a question without an answer is false."""
    if isinstance(condition, Comparison):
        return _compares(condition, answers.get(condition.question))
    if isinstance(condition, Selected):
        return _selects(condition.question, condition.code, answers)
    if isinstance(condition, Not):
        return not holds(condition.condition, answers)
    if isinstance(condition, And):
        return all(holds(part, answers) for part in condition.conditions)
    return any(holds(part, answers) for part in condition.conditions)


def _compares(comparison: Comparison, answer: Answer) -> bool:
    if answer is None or isinstance(answer, list):
        return False
    value = comparison.value
    if comparison.operator in _ORDER:
        if isinstance(value, str) or not isinstance(answer, (int, float)):
            return False
        return bool(_ORDER[comparison.operator](answer, value))
    if isinstance(answer, str) and not isinstance(value, str):
        value = numeral(value)  # ${school_year} = 7, where the code is '7'
    return (answer == value) is (comparison.operator == "=")


def compiled(condition: Condition | None) -> Holds:
    """What `holds` says of a condition, made ready to be asked of many people; no condition holds for everybody.

    >>> adult = compiled(parse("${age} >= 18"))
    >>> adult({"age": 18}), adult({"age": None})
    (True, False)
    """
    if condition is None:
        return lambda answers: True
    if isinstance(condition, (And, Or)):
        parts = tuple(compiled(part) for part in condition.conditions)
        return partial(_every if isinstance(condition, And) else _some, parts)
    if isinstance(condition, Not):
        inner = compiled(condition.condition)
        return lambda answers: not inner(answers)
    if isinstance(condition, Comparison):
        key, compares = condition.question, partial(_compares, condition)
        return lambda answers: compares(answers.get(key))
    return partial(_selects, condition.question, condition.code)


def _every(parts: Sequence[Holds], answers: Answers) -> bool:
    for part in parts:  # noqa: SIM110  `all` over a generator takes twice as long
        if not part(answers):
            return False
    return True


def _some(parts: Sequence[Holds], answers: Answers) -> bool:
    for part in parts:  # noqa: SIM110
        if part(answers):
            return True
    return False


def _selects(key: str, code: str, answers: Answers) -> bool:
    answer = answers.get(key)
    return code in answer if isinstance(answer, list) else answer == code


def path(question_set: QuestionSet, answers: Answers, seed: str | None = None) -> tuple[Page, ...]:
    """The pages that a person with these answers sees, each with only the questions it shows.

    An answer that is itself off the path is invisible to the conditions after it. seed: of the person, for the
    order of pages in random blocks; without it they come as they were written.
    """
    every = question_set.pages
    if seed is not None and question_set.randomised:
        every = order.pages(every, seed)
    if not question_set.routed:
        return every
    shown: list[Page] = []
    visible: dict[str, Answer] = {}
    for whole in every:
        page = _narrowed(whole, visible) if whole.routed else whole
        if page is None:
            continue
        shown.append(page)
        for question in page.questions:
            if question.key in answers:
                visible[question.key] = answers[question.key]
    return tuple(shown)


def _narrowed(page: Page, visible: Answers) -> Page | None:
    if page.show_if is not None and not holds(page.show_if, visible):
        return None
    shown = tuple(one for one in page.questions if one.show_if is None or holds(one.show_if, visible))
    if len(shown) == len(page.questions):
        return page
    return replace(page, questions=shown) if shown else None


def without(pages: Sequence[Page], unasked: Collection[str]) -> tuple[Page, ...]:
    """Pages without the questions that have some keys; a page that asks nothing else is gone."""
    if not unasked:
        return tuple(pages)
    left = ((page, tuple(one for one in page.questions if one.key not in unasked)) for page in pages)
    return tuple(
        page if len(asked) == len(page.questions) else replace(page, questions=asked)
        for page, asked in left
        if asked
    )


def on_path(question_set: QuestionSet, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those to questions on the path, in the order they are asked."""
    asked = (question.key for page in path(question_set, answers) for question in page.questions)
    return {key: answers[key] for key in asked if key in answers}


def first_unmet(pages: Sequence[Page], answers: Answers) -> Page | None:
    """The first page of a path with a question that its person has not met."""
    return next((page for page in pages if any(one.key not in answers for one in page.questions)), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """The first and the last question of a page, counted along the path, and how many it has; None while answers may
    change that."""

    first: int
    last: int
    count: int | None


def along(pages: tuple[Page, ...], page: Page, *, known: bool) -> Progress:
    """The questions of a page, counted along a path; known: whether no answer can change how many it has.

    >>> from questions import Page, Question, Text
    >>> a, b, c = (Question(key, "text", Text(key)) for key in "abc")
    >>> pages = (Page("one", (a,)), Page("two", (b, c)))
    >>> along(pages, pages[1], known=True)
    Progress(first=2, last=3, count=3)
    """
    before = 0
    for one in pages:
        if one.key == page.key:
            break
        before += len(one.questions)
    count = sum(len(one.questions) for one in pages) if known else None
    return Progress(before + 1, before + max(1, len(page.questions)), count)
