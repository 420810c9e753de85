"""Planning a consultation, announcing it, and changing what was announced, which everybody then sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, help_lines
from survey.consultations import plan
from survey.consultations.checklist import PRINCIPLES, missing, unsaid
from survey.consultations.ways import why_nobody
from survey.models import Consultation, Role, Staff
from survey.web import Form, Page, Problem, installation, mark_of, see

PLANS = (Role.DESIGNER, Role.PUBLISHER, Role.FIELDWORKER, Role.ADMIN)
ANNOUNCES = (Role.PUBLISHER, Role.ADMIN)
MOVED = ("opens_on", "closes_on", "decided_on", "outcome_on")


def new(request: Request, session: Session) -> Page:
    """The form of a consultation that is to be planned."""
    return _form(request, access.open_staff_page(request, session, PLANS), None, {}, [])


def make(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep a plan. Nobody sees it before it is announced."""
    staff = access.open_staff_page(request, session, PLANS)
    limits = _limits(request, session, None)
    told, faults = plan.read(form, limits)
    if faults:
        return _form(request, staff, None, form, faults)
    made = plan.begun(told, plan.address(told.texts["title"], limits.taken), limits.place.key)
    session.add(made)
    _note(request, session, staff, made, "planned")
    return see(f"/staff/consultations/{made.slug}")


def look(request: Request, session: Session) -> Page:
    """The plan of one consultation, to change."""
    staff, found = access.open_consultation(request, session, PLANS)
    return _form(request, staff, found, plan.typed(found), [])


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was changed. Days that move after the announcement are told to everybody."""
    staff, found = access.open_consultation(request, session, PLANS)
    told, faults = plan.read(form, _limits(request, session, found))
    faults += [] if found.planning else _said_no_more(found, told)
    if seen(found) != next(iter(form.get("seen", [])), ""):
        faults.append(
            "Somebody changed this plan while you wrote. Yours is still below: compare, and save once more."
        )
    if faults:
        return _form(request, staff, found, form, faults)
    before = plan.typed(found)
    if not found.planning:
        found.moved = [*found.moved, *_moved(found, told, installation(request).today())]
    plan.keep(found, told)
    changed = [name for name, words in plan.typed(found).items() if words != before[name]]
    if changed:
        _note(request, session, staff, found, "changed", ", ".join(changed))
    return see(f"/staff/consultations/{found.slug}")


def announce(request: Request, session: Session, _form: Form) -> Page | Response:
    """Give it its page. Refused, with all that is missing, as long as the checklist is not met."""
    staff, found = access.open_consultation(request, session, ANNOUNCES)
    today = installation(request).today()
    lacking = missing(found, today, why_nobody(session, found)) if found.planning else []
    if lacking:
        shown = {"staff": staff, "consultation": found, "missing": lacking, "principles": PRINCIPLES}
        return Page("consultations/not_yet.html", shown, 422)
    if found.planning:
        if unchecked := help_lines.why_not(session, installation(request).place, today):
            raise Problem(409, "A help line has to be checked first", unchecked)
        found.planning, found.announced_on = False, today
        _note(request, session, staff, found, "announced")
    return see(f"/staff/consultations/{found.slug}")


def _said_no_more(found: Consultation, told: plan.Plan) -> list[str]:
    """What everybody was told when it was announced, and would not be told any more, or not truly.

    Of empty texts and days that are none the plan says so itself.
    """
    if not all(told.days[name] for name in ("opens_on", "closes_on", "outcome_on")):
        return []
    changed = Consultation(**found.model_dump())
    plan.keep(changed, told)
    lacked = unsaid(found)
    return [one.mend for one in unsaid(changed) if one not in lacked and one.field not in plan.TEXTS]


def seen(found: Consultation) -> str:
    """The same as long as nobody changes the plan."""
    return mark_of(plan.typed(found))


def _moved(found: Consultation, told: plan.Plan, today: dt.date) -> list[dict[str, str]]:
    """Which announced days are others now."""
    return [
        {
            "what": name,
            "on": str(today),
            "from": str(getattr(found, name) or ""),
            "to": str(told.days[name] or ""),
        }
        for name in MOVED
        if told.days[name] != getattr(found, name)
    ]


def _limits(request: Request, session: Session, found: Consultation | None) -> plan.Limits:
    here = installation(request)
    taken = frozenset(session.exec(select(col(Consultation.slug))).all())
    return plan.Limits(here.today(), here.place, taken, found)


def _note(
    request: Request, session: Session, staff: Staff, found: Consultation, did: str, why: str | None = None
) -> None:
    access.note(session, installation(request).now(), staff.name, did, f"consultation {found.slug}", why)


def _form(
    request: Request, staff: Staff, found: Consultation | None, typed: Form, faults: Sequence[str]
) -> Page:
    """The form, as it stands or as it was typed."""
    today = installation(request).today()
    shown = {
        "staff": staff,
        "consultation": found,
        "typed": typed,
        "faults": faults,
        "texts": plan.TEXTS,
        "seen": seen(found) if found else "",
        "begun": found is not None and not found.planning and found.opens_on <= today,
    }
    return Page("consultations/plan.html", shown, 422 if faults else 200)
