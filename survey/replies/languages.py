"""What a finding or a reply says, in other languages: for staff to write, beside the English."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.languages import SOURCE, Language
from survey.models import Finding, Reply, Staff
from survey.replies.loading import CHANGED_MEANWHILE, TRANSLATES, about, mark, open_finding, open_reply
from survey.web import Form, Page, installation, one, see

PARTS = {"sentence": "The finding", "promise": "What will be done", "because": "Because"}
LONGEST = 800
Words = Mapping[str, Mapping[str, str]]  # of a language, of a part


def of_finding(request: Request, session: Session) -> Page:
    """The words of a finding, side by side with the English ones."""
    return _page(request, *open_finding(request, session, TRANSLATES))


def of_reply(request: Request, session: Session) -> Page:
    """The words of a reply, side by side with the English ones."""
    return _page(request, *open_reply(request, session, TRANSLATES))


def change_finding(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was written of a finding."""
    return _change(request, session, form, *open_finding(request, session, TRANSLATES, to_change=True))


def change_reply(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was written of a reply."""
    return _change(request, session, form, *open_reply(request, session, TRANSLATES, to_change=True))


def _change(
    request: Request, session: Session, form: Form, staff: Staff, row: Finding | Reply
) -> Page | Response:
    """Keep what was written; nothing where something is wrong, or somebody else wrote meanwhile."""
    typed = {
        language.code: words
        for language in _others(request)
        if (words := {part: said for part in _parts(row) if (said := one(form, f"{language.code} {part}"))})
    }
    names = {language.code: language.name for language in _others(request)}
    faults = [
        f"{names[code]}, {PARTS[part]}: there are {len(said)} characters, and room for {LONGEST}."
        for code, words in typed.items()
        for part, said in words.items()
        if len(said) > LONGEST
    ]
    if one(form, "seen") != mark(row):
        faults.append(CHANGED_MEANWHILE)
    if faults:
        return _page(request, staff, row, typed, faults)
    if typed != row.translations:
        row.translations = typed
        why = ", ".join(typed) or "none"
        access.note(session, installation(request).now(), staff.name, "translated", about(row), why)
    return see(f"{_address(row)}?kept=1")


def _address(row: Finding | Reply) -> str:
    return f"/staff/{'findings' if isinstance(row, Finding) else 'replies'}/{row.id}"


def _others(request: Request) -> list[Language]:
    return [one for code, one in installation(request).languages.items() if code != SOURCE]


def _parts(row: Finding | Reply) -> list[str]:
    """What of it has words."""
    return [part for part in PARTS if getattr(row, part, "")]


def _page(
    request: Request,
    staff: Staff,
    row: Finding | Reply,
    typed: Words | None = None,
    faults: list[str] | None = None,
) -> Page:
    finding = row if isinstance(row, Finding) else row.finding
    shown = {
        "staff": staff,
        "consultation": finding.consultation,
        "finding": finding,
        "address": _address(row),
        "parts": [(part, PARTS[part], getattr(row, part)) for part in _parts(row)],
        "others": _others(request),
        "typed": row.translations if typed is None else typed,
        "seen": mark(row),
        "faults": faults or [],
    }
    return Page("replies/languages.html", shown, 422 if faults else 200)
