"""What the designer's page shows of a set: its questions in order, the open one, and what the audit says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from questions import Condition, Question, QuestionSet, compare, editing, written
from questions import Page as Screen
from questions.audit import MUST, Audit, Finding, audit
from questions.changes import Refusal
from questions.definition import ASKED_WITH
from questions.sentences import sentence
from questions.versions import reused
from survey.designer import drafts, forms, show_if
from survey.designer.drafts import Working
from survey.designer.opening import may_design, one
from survey.designer.refilling import PAGE, Sent, rows_as_sent, says_now
from survey.designer.tongues import english_name
from survey.instruments import parsed
from survey.languages import Language, read_languages
from survey.models import Revision, Staff
from survey.web import Page

KINDS = {kind: words.capitalize() for kind, words in ASKED_WITH.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the list of a set: its number, who is asked it, and how much the audit says of it."""

    question: Question
    number: int
    asked_when: str
    must_mend: int
    worth_a_look: int


@lru_cache(maxsize=64)
def audited(source: str, past: tuple[str, ...], marks: tuple[tuple[str, str], ...]) -> Audit:
    """The audit of a draft, with all that keeps it from being the next version.

    past: the versions that were published, newest first. marks: what staff said of changed words, by name.
    """
    now, before = drafts.as_read(source), [drafts.as_read(one) for one in past]
    found = audit(now, before[0] if before else None, english_name)
    if not before or now.fingerprint == before[0].fingerprint:
        return found
    versions = compare(before[0], now)
    refusals = [*versions.refusals(versions.fitting(dict(marks))), *reused(now, before)]
    return replace(found, findings=(*found.findings, *(_placed(one, now) for one in refusals)))


def _placed(refusal: Refusal, question_set: QuestionSet) -> Finding:
    """What keeps a set from being the next version, at its page and with the words of the choice that it is about."""
    told, (_, _, code) = refusal.words, refusal.place.partition(", option ")
    if code:
        told = f"“{question_set.question(refusal.question).label(code)}”: {told}"
    place = f"page {editing.page_number(question_set, refusal.question) + 1}"
    return Finding(MUST, place, refusal.question, told, refusal.mend)


def audit_of(now: Working) -> Audit:
    """The audit of a set as it stands: what must be mended is all that keeps it from being published."""
    source = now.last.source if now.last else now.published.source if now.published else ""
    return audited(source, tuple(one.source for one in now.versions), tuple(sorted(now.marks.items())))


def lines(now: Working, found: Audit) -> list[tuple[Screen, str, list[Line]]]:
    """The pages of a set, each with when it is shown and its questions."""
    number, pages = 0, []
    must: dict[str, int] = {}
    look: dict[str, int] = {}
    for finding in found.findings:
        counts = must if finding.weight == "must mend" else look
        counts[finding.question] = counts.get(finding.question, 0) + 1
    for page in now.question_set.pages:
        of_page = []
        for question in page.questions:
            number += 1
            told = _when(question.show_if, now.question_set)
            key = question.key
            of_page.append(Line(question, number, told, must.get(key, 0), look.get(key, 0)))
        pages.append((page, _when(page.show_if, now.question_set), of_page))
    return pages


def _when(condition: Condition | None, question_set: QuestionSet) -> str:
    return sentence(condition, question_set) if condition is not None else ""


def shown_designer(
    staff: Staff,
    now: Working,
    key: str | None,
    *,
    sent: Sent | None = None,
    messages: Sequence[str] = (),
    nothing_typed: bool = False,
    news: Sequence[Revision] = (),
    clash: bool = False,
    status: int = 200,
    phone: str = "",
) -> Page:
    """The designer's page; `sent` is a form that could not be kept, and holds again what was typed in it.

    nothing_typed: what `messages` refuse was pressed, not written. clash: somebody else changed the same thing.
    phone: the language of the page on the phone.
    """
    question_set = now.question_set
    keys = [question.key for question in question_set.questions]
    question = question_set.question(key if key in keys else keys[0])
    told = {
        "messages": messages,
        "nothing_typed": nothing_typed,
        "news": news,
        "clash": clash,
        "says": says_now(sent, key, question_set) if clash and sent else [],
        "sent": sent,
    }
    shown = {
        **told,
        **_of_the_set(staff, now, question, phone),
        **_of_the_question(now, question, sent),
        **_of_its_page(question_set, question, sent),
    }
    return Page("designer/designer.html", shown, status, block="designer")


def _of_the_set(staff: Staff, now: Working, question: Question, phone: str) -> dict[str, Any]:
    """The list of questions, what the audit says, and the languages that the phone may speak."""
    question_set, found = now.question_set, audit_of(now)
    return {
        "staff": staff,
        "may_design": may_design(staff) and not now.retired_on,
        "now": now,
        "set": question_set,
        "pages": lines(now, found),
        "audit": found,
        "findings": [one for one in found.findings if one.question == question.key],
        "tongues": _spoken(question_set),
        "phone": phone if phone in question_set.languages else question_set.language,
    }


def _of_the_question(now: Working, question: Question, sent: Sent | None) -> dict[str, Any]:
    """The open question: its form, who is asked it, and what of it stays as it was published."""
    form = (sent.of("question") if sent else {}) or forms.as_typed(question)
    return {
        "question": question,
        "form": form,
        "choice_rows": forms.rows_of(form),
        "kinds": KINDS,
        "usual_words": forms.has_usual_words(now.question_set.language),
        "published_key": _was_published(now, question.key),
        "published_codes": _published_codes(now, question.key),
        "question_asked": _asked("shown", question.show_if, now.question_set, sent),
    }


def _of_its_page(question_set: QuestionSet, question: Question, sent: Sent | None) -> dict[str, Any]:
    """The page that the open question is on, who comes to it, and the questions that a condition may look at."""
    number = editing.page_number(question_set, question.key)
    page = question_set.pages[number]
    return {
        "open_page": page,
        "page_words": {name: _said(sent, page, name) for name in PAGE},
        "page_number": number,
        "alone": len(page.questions) == 1,
        "earlier": show_if.earlier(question_set, number),
        "page_asked": _asked("page-shown", page.show_if, question_set, sent),
    }


def _said(sent: Sent | None, page: Screen, name: str) -> str:
    """What stands in a box of a page's form: what was just typed there, or what is kept."""
    typed = sent.of("page") if sent else {}
    return one(typed, name) if name in typed else str(getattr(page, name) or "")


def _spoken(question_set: QuestionSet) -> list[Language]:
    """The languages of a set that the interface speaks too, the set's own first."""
    known = read_languages()
    return [known[one] for one in (question_set.language, *question_set.languages) if one in known]


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition as its form shows it: in words, as menus (None where only text can say it), and as text.

    path: where the form is sent. typed: text that could not be read, to be mended. add: the question that is chosen in
    the menu of those to look at.
    """

    path: Literal["shown", "page-shown"]
    when: str
    rows: list[show_if.Menu] | None
    join: str
    text: str
    typed: str | None
    add: str = ""


def _asked(
    path: Literal["shown", "page-shown"],
    condition: Condition | None,
    question_set: QuestionSet,
    sent: Sent | None,
) -> Asked:
    rows, typed = show_if.as_rows(condition), sent.of(path) if sent else {}
    kept = show_if.menus(rows.rows, question_set) if rows else None
    return Asked(
        path,
        _when(condition, question_set),
        rows_as_sent(typed, question_set) or kept,
        one(typed, "join") or (rows.join if rows else "and"),
        written(condition) if condition else "",
        one(typed, "text") if one(typed, "do") == "text" else None,
        one(typed, "add"),
    )


def _was_published(now: Working, key: str) -> bool:
    if now.published is None:
        return False
    return any(question.key == key for question in parsed(now.published).questions)


def _published_codes(now: Working, key: str) -> frozenset[str]:
    if now.published is None or not _was_published(now, key):
        return frozenset()
    return frozenset(parsed(now.published).question(key).codes)
