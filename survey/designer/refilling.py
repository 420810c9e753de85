"""What a form holds again when it could not be kept: what was typed, and theirs in every box that was left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from questions import Page, Question, QuestionSet, editing
from questions.sentences import sentence
from survey.designer import forms, show_if
from survey.designer.opening import one
from survey.web import Form

Which = Literal["question", "page", "shown", "page-shown", "title", "add"]

PAGE = ("title", "note", "random_block")
ROWS = ("code", "label", "exclusive", "support")  # of the choices, which are one table
TICKS = ("required", "sensitive", "decimals", "randomise", "dont_know", "prefer_not_to_say")
TOLD = {  # the boxes of a question that a sentence of its own tells of
    "kind": "Answered by",
    "key": "Key",
    "low": "Smallest",
    "high": "Biggest",
    "at_most": "At most this many",
    "length": "Room to write",
    "constraint_message": "What we say when an answer is outside the limits",
    "fallback": "What to say where there is no answer",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that could not be kept, and which of the page it was."""

    which: Which
    form: Form

    def of(self, which: Which) -> Form:
        """What was sent, if it was this form; else nothing."""
        return self.form if self.which == which else {}

    @property
    def words(self) -> str:
        """What somebody wrote in it first of all."""
        names = {"question": ("prompt",), "page": ("note", "title")}.get(self.which, ())
        return next((said for name in names if (said := one(self.form, name))), "")


def sent_to(path: str, form: Form) -> Sent | None:
    """The form that went to an address; None for a button that nothing is written beside."""
    last = path.rpartition("/")[2]
    if "prompt" in form:
        return Sent("question", form)
    for which in ("page", "shown", "page-shown", "title", "add"):
        if which == last:
            return Sent(which, form)
    return None


def beside_theirs(sent: Sent, keys: Sequence[str], then: QuestionSet, found: QuestionSet) -> Sent:
    """A form that somebody else overtook: every box that was left as it was says what theirs says.

    keys: those that the open question has and had. then: the set as it was when the form was made.
    """
    before, theirs = (
        _as_form(sent.which, next(filter(None, map(one.asked, keys)), None), one) for one in (then, found)
    )
    if before is None or theirs is None:
        return sent
    return Sent(sent.which, _refilled(sent.form, before, theirs))


def _as_form(which: Which, question: Question | None, question_set: QuestionSet) -> Form | None:
    if question is not None and which == "question":
        return forms.as_typed(question)
    if question is not None and which == "page":
        page = _page_of(question_set, question)
        return {name: [str(getattr(page, name) or "")] for name in PAGE}
    return None


def _page_of(question_set: QuestionSet, question: Question) -> Page:
    return question_set.pages[editing.page_number(question_set, question.key)]


def _refilled(mine: Form, before: Form, theirs: Form) -> Form:
    """A form with theirs in each box that says what it said before, or that it did not have."""
    filled = {**mine}
    names = {*before, *theirs} - {*ROWS, "seen", "do"}
    for name in names:
        alone = (name not in mine and name not in TICKS) or _same(mine, before, name)
        filled[name] = (theirs if alone else mine).get(name, [])
    if "code" not in mine or _rows(mine) == _rows(before):
        filled |= {name: theirs.get(name, []) for name in ROWS}
    return filled


def _same(mine: Form, before: Form, name: str) -> bool:
    if name in TICKS:
        return bool(mine.get(name)) == bool(before.get(name))
    return one(mine, name).split() == one(before, name).split()


def _rows(form: Form) -> list[forms.Row]:
    return [row for row in forms.rows_of(form) if row.label]


def says_now(sent: Sent, key: str | None, found: QuestionSet) -> list[str]:
    """What stands where somebody else changed the same thing, so that theirs can be read beside one's own."""
    question = found.asked(key or "")
    if sent.which == "title":
        return [f"“{found.title}”"]
    if question is None:
        return []
    page = _page_of(found, question)
    match sent.which:
        case "question":
            return _question_says(sent.form, question)
        case "page":
            return [f"“{said}”" for name in PAGE if (said := getattr(page, name))] or ["nothing"]
        case "shown" | "page-shown":
            condition = question.show_if if sent.which == "shown" else page.show_if
            return [sentence(condition, found) if condition else "asked of everybody"]
    return []


def _question_says(mine: Form, theirs: Question) -> list[str]:
    told = [f"“{theirs.prompt}”", *([str(theirs.hint)] if theirs.hint else [])]
    if theirs.choices:
        told.append(" · ".join(str(choice.label) for choice in theirs.choices))
    now = forms.as_typed(theirs)
    differ = [name for name in TOLD if name in mine and one(mine, name) != one(now, name)]
    return told + [f"{TOLD[name]}: {one(now, name) or 'nothing'}" for name in differ]


def rows_as_sent(form: Form, question_set: QuestionSet) -> list[show_if.Menu] | None:
    """The menus of a condition as they were sent; None where they say nothing that could be shown again."""
    try:
        rows = show_if.rows_of(form)
        return show_if.menus(rows, question_set) if rows else None
    except (KeyError, forms.WrongForm):
        return None
