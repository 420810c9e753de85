"""The reading desk: what waits, the next text, and handing out each to one reader."""

from __future__ import annotations

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access, suggesting
from survey.models import Role, Staff
from survey.reading import queue
from survey.web import Form, Page, installation, one, see

READS = (Role.READER,)
WATCHES = (Role.READER, Role.SAFEGUARDING_LEAD, Role.ADMIN)
DONE = ("cleared", "raised", "raised-to-nobody", "back", "coded", "empty")


def desk(request: Request, session: Session) -> Page:
    """What waits in each consultation, since when, and the button that gives the next text."""
    staff, here = access.open_staff_page(request, session, WATCHES), installation(request)
    limits = here.settings.limits
    did = request.query_params.get("did", "")
    shown = {
        "staff": staff,
        "waits": queue.every(session, staff, limits, here.zone, here.now()),
        "now": here.now(),
        "limits": limits,
        "may_read": bool(set(READS) & set(staff.roles)),
        "did": did if did in DONE else "",
    }
    return Page("reading/desk.html", shown)


def take_next(request: Request, session: Session, form: Form) -> Response:
    """Hand out the next text to read, or to code as the second reader."""
    staff = access.open_staff_page(request, session, READS)
    return next_of(request, session, staff, form, nothing="empty")


def next_of(request: Request, session: Session, staff: Staff, form: Form, nothing: str) -> Response:
    """The way to the next text, or to the desk where there is none; nothing: what the desk says then."""
    second = one(form, "reading") == "second"
    found = queue.claim(session, staff, installation(request).now(), one(form, "of"), second=second)
    return see(f"/staff/reading/{found.id}" if found else f"/staff/reading?did={nothing}")


def word_lists(request: Request, session: Session) -> Page:
    """Every word that suggests a concern, in every language: anybody who reads may look, and say what is missing."""
    staff, here = access.open_staff_page(request, session, WATCHES), installation(request)
    called = {code: language.name for code, language in here.languages.items()}
    shown = {"staff": staff, "lists": suggesting.lists(), "called": called, "gap": suggesting.WIDEST}
    return Page("reading/words.html", shown)
