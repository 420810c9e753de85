"""Who is told of a concern: an administrator names a lead and a deputy for each consultation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access, leads
from survey.models import Consultation, Named, Role, Staff
from survey.web import Form, Page, installation, one, see

NAMES = (Role.ADMIN,)
LOOKS = (Role.ADMIN, Role.SAFEGUARDING_LEAD, Role.READER, Role.FIELDWORKER, Role.PUBLISHER)


def look(request: Request, session: Session) -> Page:
    """Who is named in a consultation, and a form for whoever may change that."""
    staff, consultation = access.open_consultation(request, session, LOOKS)
    return _page(request, session, staff, consultation)


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    consultation: Consultation,
    form: Form | None = None,
    faults: Sequence[str] = (),
) -> Page:
    shown = {
        "staff": staff,
        "consultation": consultation,
        "named": leads.named(session, consultation.id),
        "choices": leads.may_be_named(session),
        "may_change": bool(set(NAMES) & set(staff.roles)),
        "limits": installation(request).settings.limits,
        "typed": form or {},
        "faults": faults,
        "kept": request.query_params.get("kept") == "1",
    }
    return Page("safeguarding/naming.html", shown, 422 if faults else 200)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Name a lead and a deputy, who are two people and both have the role."""
    staff, consultation = access.open_consultation(request, session, NAMES)
    every = {str(each.id): each for each in leads.may_be_named(session)}
    lead, deputy = every.get(one(form, "lead")), every.get(one(form, "deputy"))
    faults = []
    if lead is None:
        faults.append("Choose the lead.")
    if deputy is None:
        faults.append("Choose the deputy: the lead is not always there.")
    if lead is not None and lead is deputy:
        faults.append(f"{lead.name} cannot stand in for themselves. Choose two people.")
    if faults or lead is None or deputy is None:
        return _page(request, session, staff, consultation, form, faults)
    found = leads.named(session, consultation.id) or Named(
        consultation_id=consultation.id or 0, lead_id=0, deputy_id=0
    )
    found.lead_id, found.deputy_id = lead.id or 0, deputy.id or 0
    session.add(found)
    about = f"{consultation.slug}: lead {lead.name}, deputy {deputy.name}"
    access.note(session, installation(request).now(), staff.name, "named for safeguarding in", about)
    return see(f"/staff/consultations/{consultation.slug}/safeguarding?kept=1")
