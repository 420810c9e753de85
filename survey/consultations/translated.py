"""What a consultation says of itself, in each language that its questions are asked in; for staff to write."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import Message, _
from survey import access
from survey.consultations.plan import TEXTS
from survey.languages import SOURCE, Language
from survey.models import Consultation, Role, Staff
from survey.web import Form, Page, installation, mark_of, see

WRITES = (Role.DESIGNER, Role.PUBLISHER)
PARTS = {
    "title": _("Title"),
    "summary": _("What it asks about"),
    "deciding": _("What is being decided"),
    "settled": _("What is decided already"),
    "background": _("The background"),
    "decided_by": _("Who decides"),
    "decides": _("Who reads the answers, and what they decide"),
    "outcome": _("What happens with the answers"),
}
Words = dict[str, dict[str, str]]  # of a language, of a part


def look(request: Request, session: Session) -> Page:
    """The words of a consultation, side by side with the English ones."""
    staff, consultation = access.open_consultation(request, session, WRITES)
    return _page(request, staff, consultation, consultation.translations, [])


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was written; nothing where something is wrong, or somebody else wrote meanwhile."""
    staff, consultation = access.open_consultation(request, session, WRITES)
    typed = _typed(form, _languages(request))
    faults = list(_too_long(typed, _languages(request)))
    if next(iter(form.get("seen", [])), "") != mark_of(consultation.translations):
        faults.append(
            _(
                "Somebody changed these words while you wrote. Yours are still below: compare, and keep them once more."
            )
        )
    if faults:
        return _page(request, staff, consultation, typed, faults)
    if typed != consultation.translations:
        consultation.translations = typed
        about = f"consultation {consultation.slug}: {', '.join(typed) or 'none'}"
        access.note(session, installation(request).now(), staff.name, "translated", about)
    return see(f"/staff/consultations/{consultation.slug}")


def _languages(request: Request) -> list[Language]:
    return [one for code, one in installation(request).languages.items() if code != SOURCE]


def _typed(form: Form, languages: list[Language]) -> Words:
    """What was written, without what was left empty."""
    found: Words = {}
    for language in languages:
        words = {
            part: told
            for part in PARTS
            if (told := " ".join("".join(form.get(f"{language.code} {part}", [])).split()))
        }
        if words:
            found[language.code] = words
    return found


def _too_long(typed: Words, languages: list[Language]) -> list[Message]:
    names = {language.code: language.name for language in languages}
    return [
        _(
            "%(language)s, %(part)s: there are %(written)s characters, and room for %(most)s.",
            language=names[code],
            part=str(PARTS[part]),
            written=str(len(told)),
            most=str(TEXTS[part][1]),
        )
        for code, words in typed.items()
        for part, told in words.items()
        if len(told) > TEXTS[part][1]
    ]


def _page(
    request: Request,
    staff: Staff,
    consultation: Consultation,
    typed: Mapping[str, Mapping[str, str]],
    faults: list[Message],
) -> Page:
    shown = {
        "staff": staff,
        "consultation": consultation,
        "parts": [(part, called, getattr(consultation, part)) for part, called in PARTS.items()],
        "others": _languages(request),
        "typed": typed,
        "seen": mark_of(consultation.translations),
        "faults": faults,
    }
    return Page("consultations/translated.html", shown, 422 if faults else 200)
