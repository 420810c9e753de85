"""The bank beside a set: standard questions found as one types, and taken over as they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

import questions
from questions import Entry, QuestionSet, editing
from questions.audit import ENGLISH
from survey.designer import changes
from survey.designer.changes import Changed, Ground
from survey.designer.opening import may_design, one, open_set
from survey.web import Form, Page, Problem


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the number of the question in the set that asks it already; 0 where none does."""

    entry: Entry
    asked_at: int


def bank(request: Request, session: Session) -> Page:
    """What the bank has for the words that are typed, and all of it where there are none."""
    staff, now = open_set(request, session)
    numbers = {question.key: number for number, question in enumerate(now.question_set.questions, 1)}
    find, after = (request.query_params.get(name, "") for name in ("find", "after"))
    shown = {
        "staff": staff,
        "now": now,
        "may_add": may_design(staff) and not now.retired_on,
        "english": now.question_set.language in ENGLISH,
        "find": find,
        "after": now.question_set.question(after) if after in numbers else None,
        "found": [Found(entry, _asked_at(entry, numbers)) for entry in questions.search(find[:200])],
    }
    return Page("designer/bank.html", shown, block="found")


def _asked_at(entry: Entry, numbers: dict[str, int]) -> int:
    return next((numbers[question.key] for question in entry.questions if question.key in numbers), 0)


def take(request: Request, session: Session, form: Form) -> Page | Response:
    """Put an entry into a set, after the question that was open or at the end."""
    after = one(form, "after")

    def edit(ground: Ground) -> Changed:
        found = ground.found
        entry = _entry(one(form, "entry"))
        longer = questions.insert(found, entry, place(found, after))
        return Changed(longer, f"took “{entry.title}” from the bank", entry.questions[0].key)

    return changes.change(request, session, form, after or None, lambda _: None, edit)


def _entry(name: str) -> Entry:
    for entry in questions.bank():
        if entry.name == name:
            return entry
    raise Problem(404, "The bank has no such question", "Go back to the bank, and choose one that is there.")


def place(question_set: QuestionSet, after: str) -> int:
    """The number of the page that new ones come before: after a question, and never inside a random block."""
    pages = question_set.pages
    if all(question.key != after for question in question_set.questions):
        return len(pages)
    at = editing.page_number(question_set, after) + 1
    while at < len(pages) and pages[at].random_block == pages[at - 1].random_block is not None:
        at += 1
    return at
