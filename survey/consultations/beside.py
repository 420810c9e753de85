"""What staff tell beside a consultation: documents and links in plain words, and stages with days of their own."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.consultations.planning import PLANS
from survey.models import Consultation, Link, Milestone, Staff
from survey.web import Form, Page, installation, one, see
from survey.wording import day as in_words
from survey.wording import read_day

LONGEST, LONGEST_SUMMARY, LONGEST_ADDRESS = 120, 400, 500


def look(request: Request, session: Session) -> Page:
    """The links and the stages, with a form to add one of each."""
    staff, found = access.open_consultation(request, session, PLANS)
    return _page(request, session, staff, found)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Add a link or a stage, or take one out."""
    staff, found = access.open_consultation(request, session, PLANS)
    act = one(form, "act")
    if act in TAKEN_OUT:
        return _take_out(request, session, staff, found, form)
    faults, made = (_link if act == "link" else _stage)(found, form, installation(request).today())
    if faults or made is None:
        return _page(request, session, staff, found, act, form, faults)
    session.add(made)
    _note(request, session, staff, found, f"added {made.title}")
    return see(_address(found))


def _link(found: Consultation, form: Form, today: dt.date) -> tuple[list[str], Link | None]:
    title, address, summary = (one(form, name) for name in ("title", "address", "summary"))
    faults = _wrong_words(title, summary)
    if not summary:
        faults.append("Say in plain words what it says, so that nobody has to read it to know.")
    if not _may_link(address):
        faults.append("Give its whole address, such as https://www.example.org/plan.pdf.")
    elif len(address) > LONGEST_ADDRESS:
        faults.append(f"Its address has {len(address)} characters. There is room for {LONGEST_ADDRESS}.")
    if faults:
        return faults, None
    return [], Link(
        consultation_id=found.id or 0, title=title, address=address, summary=summary, added_on=today
    )


def _may_link(address: str) -> bool:
    """Whether it is an address that may stand on a public page."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme == "https"
            and bool(parts.hostname)
            and "." in str(parts.hostname)
            and not parts.username
        )
    except ValueError:
        return False


def _stage(found: Consultation, form: Form, _today: dt.date) -> tuple[list[str], Milestone | None]:
    title, about = one(form, "title"), one(form, "about")
    faults = _wrong_words(title, about)
    days: dict[str, dt.date | None] = {}
    for name, what in (("on", "first day"), ("until", "last day")):
        told = one(form, name)
        days[name] = read_day(told) if told else None
        if told and days[name] is None:
            faults.append(f"“{told}” is no day. Write the {what} like 2026-11-03 or 3/11/2026.")
    first, last = days["on"], days["until"]
    if not first and not one(form, "on"):
        faults.append("Say on which day it begins.")
    if first and last and last < first:
        faults.append(f"It would end on {in_words(last)}, before it begins on {in_words(first)}.")
    if faults or first is None:
        return faults, None
    return [], Milestone(consultation_id=found.id or 0, title=title, about=about, on=first, until=last)


def _wrong_words(title: str, about: str) -> list[str]:
    faults = [] if title else ["Give it a title."]
    if len(title) > LONGEST:
        faults.append(f"The title has {len(title)} characters. There is room for {LONGEST}.")
    if len(about) > LONGEST_SUMMARY:
        faults.append(f"What it is about has {len(about)} characters. There is room for {LONGEST_SUMMARY}.")
    return faults


TAKEN_OUT = ("take out link", "take out stage")


def _take_out(request: Request, session: Session, staff: Staff, found: Consultation, form: Form) -> Response:
    told = one(form, "which")
    which = int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0
    of_link = one(form, "act") == TAKEN_OUT[0]
    kept = session.get(Link, which) if of_link else session.get(Milestone, which)
    if kept is not None and kept.consultation_id == found.id:
        _note(request, session, staff, found, f"took out {kept.title}")
        session.delete(kept)
    return see(_address(found))


def _note(request: Request, session: Session, staff: Staff, found: Consultation, did: str) -> None:
    access.note(session, installation(request).now(), staff.name, did, f"consultation {found.slug}")


def _address(found: Consultation) -> str:
    return f"/staff/consultations/{found.slug}/beside-it"


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    found: Consultation,
    act: str = "",
    typed: Form | None = None,
    faults: list[str] | None = None,
) -> Page:
    links = select(Link).where(col(Link.consultation_id) == found.id).order_by(col(Link.id))
    marks = select(Milestone).where(col(Milestone.consultation_id) == found.id).order_by(col(Milestone.on))
    shown = {
        "staff": staff,
        "consultation": found,
        "links": session.exec(links).all(),
        "stages": session.exec(marks).all(),
        "act": act,
        "typed": typed or {},
        "faults": faults or [],
    }
    return Page("consultations/beside.html", shown, 422 if faults else 200)
