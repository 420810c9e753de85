"""Consultations as staff see them: all of them, one with its collections, and what it asks."""

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions.definition import ASKED_WITH
from survey import access, counts, leads, stages
from survey.consultations.checklist import missing
from survey.consultations.planning import ANNOUNCES, PLANS
from survey.consultations.ways import why_nobody
from survey.instruments import parsed
from survey.models import Consultation, Role, Staff
from survey.room_results import room_results
from survey.web import Page, installation


def everything(request: Request, session: Session) -> Page:
    """All consultations, with their state and how many have answered; those first that wait for our reply."""
    staff = access.open_staff_page(request, session)
    today = installation(request).today()
    found = session.exec(select(Consultation).order_by(col(Consultation.opens_on).desc())).all()
    heard = stages.heard(session, found)
    rows = [
        (
            one,
            stages.state(one, today, heard.get(one.id)),
            stages.late(one, today),
            counts.submitted_to(session, one.id),
        )
        for one in found
    ]
    rows.sort(key=lambda row: row[2] == 0)
    shown = {
        "staff": staff,
        "rows": rows,
        "may_plan": bool(set(PLANS) & set(staff.roles)),
        "now": installation(request).now(),
        **_for_leads(request, session, staff),
    }
    return Page("consultations/list.html", shown)


def _for_leads(request: Request, session: Session, staff: Staff) -> dict[str, leads.Pressing | None]:
    """What waits for a safeguarding lead: concerns, and people who asked to be contacted; None for anybody else."""
    if Role.SAFEGUARDING_LEAD not in staff.roles:
        return {"concerns": None, "contacts": None}
    here = installation(request)
    return {
        "concerns": leads.concerns_waiting(session, staff, here),
        "contacts": leads.contacts_waiting(session, here),
    }


def consultation(request: Request, session: Session) -> Page:
    """One consultation: its dates, and each of its collections with how far it is."""
    staff, found = access.open_consultation(request, session)
    today = installation(request).today()
    nobody = why_nobody(session, found) if today <= found.closes_on else ""
    collections = [
        (collection, parsed(collection.instrument), counts.standing(session, collection))
        for collection in found.collections
    ]
    shown = {
        "staff": staff,
        "consultation": found,
        "state": stages.state(found, today, stages.heard(session, [found]).get(found.id)),
        "late": stages.late(found, today),
        "collections": collections,
        "rooms": room_results(session, found),
        "submitted": counts.submitted_to(session, found.id),
        "may_change": bool({Role.FIELDWORKER, Role.ADMIN} & set(staff.roles)),
        "may_plan": bool(set(PLANS) & set(staff.roles)),
        "may_announce": bool(set(ANNOUNCES) & set(staff.roles)),
        "nobody": nobody,
        "missing": missing(found, today, nobody) if found.planning else [],
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
