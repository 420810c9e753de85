"""Consultations: what is open and what it decides, for everybody; its collections and settings, for staff."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions.definition import ASKED_WITH
from survey import access, counts, help_lines
from survey.instruments import parsed
from survey.languages import SOURCE, Language
from survey.models import Consultation, Role
from survey.web import Page, installation, spoken_to

# For everybody


def home(request: Request, session: Session) -> Page:
    """What is open now, a box for a code, and where help is."""
    today = installation(request).today()
    consultations = session.exec(select(Consultation).order_by(col(Consultation.closes_on))).all()
    current = [one for one in consultations if state(one, today) == "open"]
    published = any(one.results_published_on for one in consultations)
    shown = {"current": current, "languages": _spoken(request, current), "published": published}
    return Page("consultations/home.html", shown)


def _spoken(request: Request, consultations: Sequence[Consultation]) -> list[Language]:
    """The languages in which something that is open can be answered, and the one this page is in."""
    asked = [parsed(one.instrument) for found in consultations for one in found.collections]
    codes = {SOURCE, spoken_to(request).code, *(code for one in asked for code in one.offered)}
    return [language for code, language in installation(request).languages.items() if code in codes]


def staying_safe(request: Request, session: Session) -> Page:
    """Where help is, with more about each line."""
    checks = help_lines.checked(session, installation(request).place)
    oldest = min((one.on for one in checks), default=None)
    return Page("consultations/staying_safe.html", {"checked_on": oldest})


def what_we_keep(_request: Request, _session: Session) -> Page:
    """What is stored of an answer, and what never is."""
    return Page("consultations/what_we_keep.html")


def state(consultation: Consultation, today: dt.date) -> str:
    """Where a consultation stands on a day, by its dates alone."""
    if today < consultation.opens_on:
        return "planned"
    if today <= consultation.closes_on:
        return "open"
    return "being read" if today <= consultation.outcome_on else "closed"


# For staff


def everything(request: Request, session: Session) -> Page:
    """All consultations, with their state and how many have answered."""
    staff = access.open_staff_page(request, session)
    today = installation(request).today()
    consultations = session.exec(select(Consultation).order_by(col(Consultation.opens_on).desc())).all()
    rows = [(one, state(one, today), counts.submitted_to(session, one.id)) for one in consultations]
    return Page("consultations/list.html", {"staff": staff, "rows": rows})


def consultation(request: Request, session: Session) -> Page:
    """One consultation: its dates, and each of its collections with how far it is."""
    staff, found = access.open_consultation(request, session)
    collections = [
        (collection, parsed(collection.instrument), counts.standing(session, collection))
        for collection in found.collections
    ]
    shown = {
        "staff": staff,
        "consultation": found,
        "state": state(found, installation(request).today()),
        "collections": collections,
        "submitted": counts.submitted_to(session, found.id),
        "may_change": bool({Role.FIELDWORKER, Role.ADMIN} & set(staff.roles)),
        "reads_results": bool(set(access.READS_RESULTS) & set(staff.roles)),
    }
    return Page("consultations/consultation.html", shown)


def questions(request: Request, session: Session) -> Page:
    """What a consultation asks, as staff read it: every question with its codes and its condition."""
    staff, found = access.open_consultation(request, session)
    sets = {collection.instrument.id: collection.instrument for collection in found.collections}
    instruments = [(instrument, parsed(instrument)) for instrument in sets.values()]
    shown = {"staff": staff, "consultation": found, "instruments": instruments, "kinds": ASKED_WITH}
    return Page("consultations/questions.html", shown)
