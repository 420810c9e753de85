"""Which pages and questions a person sees, computed from what they answered and never stored."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace

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
    "Not",
    "Or",
    "Selected",
    "WrongCondition",
    "as_data",
    "first_unmet",
    "holds",
    "mentioned",
    "on_path",
    "parse",
    "path",
    "written",
]

_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether a condition is true; a comparison with a question without an answer is false."""
    if isinstance(condition, Comparison):
        return _compares(condition, answers.get(condition.question))
    if isinstance(condition, Selected):
        answer = answers.get(condition.question)
        return condition.code in answer if isinstance(answer, list) else answer == condition.code
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


def on_path(question_set: QuestionSet, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those to questions on the path, in the order they are asked."""
    asked = (question.key for page in path(question_set, answers) for question in page.questions)
    return {key: answers[key] for key in asked if key in answers}


def first_unmet(pages: Sequence[Page], answers: Answers) -> Page | None:
    """The first page of a path with a question that its person has not met."""
    return next((page for page in pages if any(one.key not in answers for one in page.questions)), None)
