"""Concerns: those that are open, late ones first, and what was done about each, which nobody can change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access, leads, waiting
from survey.leads import Standing, standing
from survey.models import Concern, ConcernEntry, Role, Staff, Written
from survey.web import Form, Page, Problem, installation, one, see
from survey.wording import day

READS = (Role.SAFEGUARDING_LEAD,)
LONGEST = 1000
TIERS = {
    1: "Immediate danger",
    2: "Abuse, exploitation or intent to use a weapon",
    3: "Distress",
    0: "No concern",
}
NEXT = {
    1: "Call 999 if anybody can be found from the words. We do not know who wrote them, so tell the police and the "
    "safeguarding partners what is known, and write down whom you told and when.",
    2: "Tell the local safeguarding partners or the police today, and write down whom you told and when.",
    3: "See whether help is offered where they are, such as at the schools or clubs that take part, and write down "
    "what you did.",
    0: "Nothing more is needed. Close it, so that its text goes back to the reading desk.",
}
OUTCOMES = {
    "referred": "Told the police or safeguarding partners",
    "help offered": "Help was offered where they are",
    "nobody found": "Nobody can be found from these words",
    "no concern": "No concern: the text goes back to the reading desk",
}
DID = {"act": leads.ACTED, "tier": "regraded", "close": "closed"}


def every(request: Request, session: Session) -> Page:
    """The concerns of the consultations that one is named in: late ones first, then by when they fall due."""
    staff, here = access.open_staff_page(request, session, READS), installation(request)
    standings = leads.concerns_of(session, staff, here)
    now = here.now()
    shown = {
        "staff": staff,
        "open": sorted((one for one in standings if one.outcome is None), key=lambda one: _order(one, now)),
        "closed": sorted(
            (one for one in standings if one.outcome),
            key=lambda one: one.concern.entries[-1].at,
            reverse=True,
        ),
        "tiers": TIERS,
        "outcomes": OUTCOMES,
        "now": now,
        "is_named": bool(leads.leads_in(session, staff)),
    }
    return Page("safeguarding/concerns.html", shown)


def _order(one: Standing, now: dt.datetime) -> tuple[bool, bool, float]:
    """Late ones first, then those that nobody did anything about, then by when they fall due."""
    return not one.late(now), one.acted, one.by.timestamp() if one.by else float("inf")


def _open(request: Request, session: Session, *, to_change: bool = False) -> tuple[Staff, Concern]:
    """The concern in the address, for its lead and its deputy; raises Problem for anybody else."""
    staff = access.open_staff_page(request, session, READS)
    found = session.get(Concern, request.path_params["id"], with_for_update=to_change or None)
    if found is None or found.consultation_id not in leads.leads_in(session, staff):
        raise Problem(
            404,
            "We cannot find that concern",
            "You see the concerns of the consultations in which you are named. Look in the list.",
        )
    return staff, found


def look(request: Request, session: Session) -> Page:
    """A concern: the words, what little is known, what to do next, and what was done."""
    staff, found = _open(request, session)
    return _page(request, staff, found)


def _page(
    request: Request, staff: Staff, found: Concern, form: Form | None = None, faults: Sequence[str] = ()
) -> Page:
    here = installation(request)
    shown = {
        "staff": staff,
        "concern": found,
        "standing": standing(found, here),
        "borough": here.place.name_of(found.borough) if found.borough else None,
        "language": here.language(found.language),
        "tiers": TIERS,
        "next": NEXT,
        "outcomes": OUTCOMES,
        "now": here.now(),
        "hour": lambda at: _hour(at.astimezone(here.zone)),
        "typed": form or {},
        "faults": faults,
    }
    return Page("safeguarding/concern.html", shown, 422 if faults else 200)


def _hour(at: dt.datetime) -> str:
    """The day and the hour of a line of the record, which is read on other days than its own."""
    return f"{day(at.date())}, {at:%H:%M}"


def act(request: Request, session: Session, form: Form) -> Page | Response:
    """Write the next line of the record: what was done, another tier, or how it ended."""
    staff, found = _open(request, session, to_change=True)
    before, did = found.entries[-1], one(form, "do")
    faults = _faults(form, before, did)
    if faults:
        return _page(request, staff, found, form, faults)
    outcome = one(form, "outcome") if did == "close" else None
    tier = int(one(form, "tier")) if did == "tier" else before.tier
    now = installation(request).now()
    entry = ConcernEntry(
        concern_id=found.id or 0,
        at=now,
        who=staff.name,
        did=DID[did],
        tier=0 if outcome == "no concern" else tier,
        outcome=outcome,
        sentence=one(form, "sentence"),
    )
    session.add(entry)
    if outcome:
        _end_of_text(session, found, outcome, now)
    access.note(session, now, staff.name, DID[did], f"concern {found.id} of {found.consultation.slug}")
    return see(f"/staff/concerns/{found.id}" if outcome is None else "/staff/concerns")


def _faults(form: Form, before: ConcernEntry, did: str) -> list[str]:
    """Everything that keeps a line from being written."""
    if before.outcome:
        return ["It is closed. Nothing can be added to its record."]
    faults, sentence = [], one(form, "sentence")
    if did not in DID:
        faults.append("Press one of the buttons on the page.")
    if not sentence:
        faults.append("Write in a sentence what you did, or why.")
    if len(sentence) > LONGEST:
        faults.append(f"The sentence has {len(sentence)} characters. There is room for {LONGEST}.")
    if did == "tier" and one(form, "tier") not in [str(tier) for tier in TIERS if tier != before.tier]:
        faults.append("Choose another tier than the one it has.")
    if did == "close" and one(form, "outcome") not in OUTCOMES:
        faults.append("Choose how it ended.")
    return faults


def _end_of_text(session: Session, found: Concern, outcome: str, now: dt.datetime) -> None:
    """Of what was no concern the text waits to be read again, from this hour on; of all else its words are with the
    concern alone."""
    text = session.get(Written, found.written_id or "")
    if text is not None and outcome == "no concern":
        text.arrived_at = waiting.hour_of(now)
    elif text is not None:
        text.words = None
