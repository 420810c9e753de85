"""Asking for a consultation in another form, such as Braille or by phone; staff see who asked until it is done."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import Message, _
from survey import access
from survey.consultations.planning import PLANS
from survey.consultations.told import of_address
from survey.models import FormatRequest
from survey.web import Form, Page, Problem, as_asked, installation, one, see, speak, spoken_to

LONGEST, LONGEST_CONTACT = 300, 120
MOST_WAITING = 200  # of one consultation: more is nobody who asks


def ask(request: Request, session: Session) -> Page:
    """The form."""
    found = of_address(request, session)
    thanks = "thanks" in request.query_params
    return Page(
        "consultations/formats.html", {"consultation": found, "typed": {}, "faults": {}, "thanks": thanks}
    )


def send(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep who wants it in which form, until staff have done it."""
    speak(request, one(form, "lang"))
    found = of_address(request, session)
    typed = {name: one(form, name) for name in ("wanted", "contact")}
    faults = _faults(typed)
    if faults:
        shown = {"consultation": found, "typed": typed, "faults": faults, "thanks": False}
        return Page("consultations/formats.html", shown, 422)
    asked = select(FormatRequest).where(
        col(FormatRequest.consultation_id) == found.id, col(FormatRequest.done_on).is_(None)
    )
    waiting = session.exec(asked).all()
    if len(waiting) >= MOST_WAITING:
        raise Problem(
            429, _("We cannot take more requests now"), _("Please try again tomorrow. Nothing was kept.")
        )
    if not any(kept.wanted == typed["wanted"] and kept.contact == typed["contact"] for kept in waiting):
        today = installation(request).today()
        wanted, contact = typed["wanted"], typed["contact"]
        session.add(
            FormatRequest(consultation_id=found.id or 0, asked_on=today, wanted=wanted, contact=contact)
        )
    language = as_asked(spoken_to(request))
    return see(f"/c/{found.slug}/formats{language}{'&' if language else '?'}thanks=1")


def _faults(typed: dict[str, str]) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    for name, most, empty in (
        ("wanted", LONGEST, _("Say in which form you want it.")),
        ("contact", LONGEST_CONTACT, _("Say how we can reach you: an e-mail address or a phone number.")),
    ):
        if not typed[name]:
            faults[name] = empty
        elif len(typed[name]) > most:
            faults[name] = _(
                "You wrote %(written)s characters. There is room for %(most)s.",
                written=str(len(typed[name])),
                most=str(most),
            )
    return faults


def waiting(request: Request, session: Session) -> Page:
    """Who asked and is not answered yet, for staff."""
    staff, found = access.open_consultation(request, session, PLANS)
    asked = select(FormatRequest).where(col(FormatRequest.consultation_id) == found.id)
    requests = session.exec(asked.order_by(col(FormatRequest.id))).all()
    shown = {
        "staff": staff,
        "consultation": found,
        "waiting": [one for one in requests if one.done_on is None],
        "done": [one for one in requests if one.done_on],
    }
    return Page("consultations/format_requests.html", shown)


def done(request: Request, session: Session, form: Form) -> Response:
    """It is done: how to reach them is deleted."""
    staff, found = access.open_consultation(request, session, PLANS)
    told = one(form, "request")
    kept = (
        session.get(FormatRequest, int(told))
        if told.isascii() and told.isdecimal() and len(told) < 10
        else None
    )
    if kept is not None and kept.consultation_id == found.id and kept.done_on is None:
        kept.contact, kept.done_on, kept.done_by = "", installation(request).today(), staff.name
        access.note(
            session,
            installation(request).now(),
            staff.name,
            "answered a request for",
            f"{found.slug} in another form",
        )
    return see(f"/staff/consultations/{found.slug}/formats")
