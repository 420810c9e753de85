"""The page of one consultation: what is decided and by whom, when, who has answered, and what came of it."""

from __future__ import annotations

from sqlmodel import Session, col, func, select
from starlette.requests import Request

from questions.messages import _
from survey import counts, stages
from survey.consultations.everybody import ask, spoken
from survey.consultations.timeline import timeline
from survey.heard import findings_of
from survey.models import Audience, Consultation, Link, Meeting, Statement
from survey.room_results import room_results
from survey.web import Page, Problem, installation, spoken_to

STATES = {
    stages.PLANNED: _("Not open yet"),
    stages.OPEN: _("Open"),
    stages.BEING_READ: _("We are reading"),
    stages.HEARD: _("What we heard"),
    stages.DID: _("What we did"),
}


def page(request: Request, session: Session) -> Page:
    """The page of a consultation that was announced."""
    found, today = of_address(request, session), installation(request).today()
    state = stages.state(found, today, stages.heard(session, [found]).get(found.id))
    meetings = session.exec(
        select(Meeting).where(col(Meeting.consultation_id) == found.id).order_by(col(Meeting.held_on))
    ).all()
    links = select(Link).where(col(Link.consultation_id) == found.id).order_by(col(Link.id))
    shown = {
        "consultation": found,
        "state": state,
        "states": STATES,
        "late": stages.late(found, today),
        "pulse": stages.shown_on(found) is not None,
        "ask": ask(found, today) if state == stages.OPEN else None,
        "length": stages.length(found.opens_on, found.closes_on),
        "answered": counts.submitted_by_audience(session, found),
        "audiences": Audience,
        "timeline": timeline(session, found, today),
        "to_come": [one for one in meetings if one.held_on >= today],
        "past": [one for one in reversed(meetings) if one.held_on < today],
        "links": session.exec(links).all(),
        "findings": findings_of(session, found, today, spoken_to(request)),
        "rooms": room_results(session, found),
        "statements": _on_cards(session, found) if state == stages.OPEN else 0,
        "languages": spoken(request, [found]),
    }
    return Page("consultations/told.html", shown)


def _on_cards(session: Session, found: Consultation) -> int:
    """How many statements people can say something to."""
    cards = select(func.count()).where(
        col(Statement.consultation_id) == found.id,
        col(Statement.cleared_on).is_not(None),
        col(Statement.taken_out_on).is_(None),
    )
    return session.exec(cards).one()


def of_address(request: Request, session: Session) -> Consultation:
    """The announced consultation in the address; raises Problem: 404 where there is none."""
    slug = request.path_params["slug"]
    found = session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first()
    if found is None or found.planning:
        raise Problem(
            404,
            _("We cannot find that page"),
            _("It may have another address now. You find everything that we ask on the first page."),
        )
    return found
