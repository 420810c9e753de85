"""The codebook of a set: every question, what it is asked of, and what each code means, as CSV and as HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from html import escape

from questions.conditions import And, numeral
from questions.definition import SPECIAL, Page, Question, QuestionSet
from questions.sentences import sentence

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for one


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a question with one of its codes, or with none."""

    page: int
    question: str
    kind: str
    words: str
    hint: str
    asked: str
    answers: str
    code: str
    label: str


def codebook(question_set: QuestionSet, language: str | None = None) -> tuple[Entry, ...]:
    """A line for each code of each question, in the order of asking; one line for a question without codes.

    >>> from questions import shipped
    >>> [entry.code for entry in codebook(shipped("youth_survey")) if entry.question == "at_school"]
    ['yes', 'no', 'prefer_not_to_say']
    """
    return tuple(
        entry
        for number, page in enumerate(question_set.pages, 1)
        for question in page.questions
        for entry in _entries(question_set, number, page, question, language)
    )


def _entries(
    question_set: QuestionSet, number: int, page: Page, question: Question, language: str | None
) -> Iterator[Entry]:
    conditions = tuple(one for one in (page.show_if, question.show_if) if one is not None)
    asked = "everybody"
    if conditions:
        whole = And(conditions) if len(conditions) > 1 else conditions[0]
        asked = f"when {sentence(whole, question_set, language)}"
    hint = question.hint.into(language) if question.hint else ""
    options = [(option.code, option.label.into(language)) for option in question.options]
    for code, label in options or [("", "")]:
        yield Entry(
            number,
            question.key,
            question.kind,
            question.prompt.into(language),
            hint,
            asked,
            _answers(question),
            code,
            label,
        )


def _answers(question: Question) -> str:
    """What an answer may be, in a few words."""
    if question.kind == "many":
        alone = [option.code for option in question.options if option.exclusive or option.code in SPECIAL]
        many = f"up to {question.at_most}" if question.at_most else "any number"
        return f"{many}, or one of these alone: {', '.join(alone)}" if alone else many
    if question.kind == "text":
        return f"up to {question.length} characters" if question.length else "words"
    if question.kind != "number":
        return "one"
    low, high = (None if end is None else numeral(end) for end in (question.low, question.high))
    whole = "a number" if question.decimals else "a whole number"
    ends = {
        (True, True): f" from {low} to {high}",
        (True, False): f", {low} or more",
        (False, True): f", {high} or less",
    }
    return whole + ends.get((low is not None, high is not None), "")


def as_csv(question_set: QuestionSet, language: str | None = None) -> str:
    """The codebook as CSV, lines ending in CRLF; what would be a formula in a spreadsheet begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([spot.name for spot in fields(Entry)])
    for entry in codebook(question_set, language):
        writer.writerow([_safe(str(cell)) for cell in astuple(entry)])
    return out.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_html(question_set: QuestionSet, language: str | None = None) -> str:
    """The codebook as a part of a page: a heading and a table for each question. Everything in it is escaped."""
    parts = [f"<h1>{escape(question_set.title.into(language))}</h1>"]
    entries = codebook(question_set, language)
    for question in question_set.questions:
        own = [entry for entry in entries if entry.question == question.key]
        parts.append(_section(own))
    return "\n".join(parts)


def _section(own: list[Entry]) -> str:
    first = own[0]
    told = f"<p>Asked of {escape(first.asked)}. Answer: {escape(first.answers)}.</p>".replace(
        "of when", "when", 1
    )
    hint = f"<p>{escape(first.hint)}</p>" if first.hint else ""
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(entry.code)}</code></th><td>{escape(entry.label)}</td></tr>"
        for entry in own
        if entry.code
    )
    table = (
        f"<table><tr><th scope='col'>Code</th><th scope='col'>Answer</th></tr>{rows}</table>" if rows else ""
    )
    heading = f"<h2>{escape(first.words)} <code>{escape(first.question)}</code></h2>"
    return f"<section>{heading}{hint}{told}{table}</section>"
