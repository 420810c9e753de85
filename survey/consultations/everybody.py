"""The first page, and those that tell everybody where help is and what is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request

from survey import help_lines, leads, stages
from survey.consultations.doors import open_doors
from survey.heard import latest_changes
from survey.heard.saying import headline
from survey.instruments import minutes, parsed
from survey.languages import SOURCE, Language
from survey.models import Consultation, Design
from survey.models.kinds import ON_PAPER
from survey.web import Page, installation, spoken_to

CLOSES_SOON = dt.timedelta(days=7)
LATEST = 3  # of what changed, on the first page


@dataclass(frozen=True, slots=True)
class Ask:
    """A consultation that is open: about how many minutes it takes, and where one can start without a code.

    on_paper: it is answered on paper or in sessions, and on no phone.
    """

    consultation: Consultation
    minutes: int | None
    code: str | None
    soon: bool
    on_paper: bool


def home(request: Request, session: Session) -> Page:
    """What closes soon, what else is open, what will be, a box for a code, what changed, and where help is."""
    today = installation(request).today()
    announced = select(Consultation).where(col(Consultation.planning).is_(False))
    every = session.exec(announced.order_by(col(Consultation.closes_on))).all()
    standing = {one.id: stages.state(one, today) for one in every}
    current = [one for one in every if standing[one.id] == stages.OPEN and _has_a_door(one)]
    asks = [ask(one, today) for one in current]
    shown = {
        "closing": [one for one in asks if one.soon],
        "current": [one for one in asks if not one.soon],
        "coming": sorted(
            (one for one in every if standing[one.id] == stages.PLANNED), key=lambda one: one.opens_on
        ),
        "languages": spoken(request, current),
        "changes": [
            (one, headline(one, spoken_to(request))) for one in latest_changes(session, today, LATEST)
        ],
        "asks_again": request.app.state.panel is not None,
        "published": any(one.results_published_on for one in every),
        "over": any(standing[one.id] not in (stages.OPEN, stages.PLANNED) for one in every),
    }
    return Page("consultations/home.html", shown)


def every(request: Request, session: Session) -> Page:
    """Every consultation that was announced, or those about a topic; those first that wait for a reply that is late."""
    today, topics = installation(request).today(), installation(request).place.topics
    announced = select(Consultation).where(col(Consultation.planning).is_(False))
    everything = session.exec(announced.order_by(col(Consultation.opens_on).desc())).all()
    used = {topic for one in everything for topic in one.topics}
    topic = request.query_params.get("topic", "")
    topic = topic if topic in topics else ""
    found = [one for one in everything if not topic or topic in one.topics]
    heard = stages.heard(session, found)
    rows = [(one, stages.state(one, today, heard.get(one.id)), stages.late(one, today)) for one in found]
    rows.sort(key=lambda row: (row[2] == 0, stages.STAGES.index(row[1])))
    shown = {
        "rows": rows,
        "languages": spoken(request, found),
        "topics": {key: name for key, name in topics.items() if key in used},
        "topic": topic,
    }
    return Page("consultations/every.html", shown)


def ask(found: Consultation, today: dt.date) -> Ask:
    """How a consultation that can be answered is offered."""
    phones = [one for one in found.collections if one.kind not in ON_PAPER]
    sets = [parsed(one.instrument) for one in phones if one.first_day <= today <= one.last_day]
    doors = open_doors(found, today)
    return Ask(
        found,
        max((minutes(one.pages) for one in sets), default=None),
        doors[0].code if doors else None,
        found.closes_on - today < CLOSES_SOON,
        bool(found.collections) and not phones,
    )


def _has_a_door(consultation: Consultation) -> bool:
    """Whether somebody without an invitation can answer it; a panel is asked by mail."""
    designs = {one.design for one in consultation.collections}
    return designs != {Design.PANEL}


def spoken(request: Request, consultations: Iterable[Consultation]) -> list[Language]:
    """The languages in which any of these can be answered, and the one this page is in."""
    asked = [parsed(one.instrument) for found in consultations for one in found.collections]
    codes = {SOURCE, spoken_to(request).code, *(code for one in asked for code in one.offered)}
    return _in_order(request, codes)


def _in_order(request: Request, codes: Sequence[str] | set[str]) -> list[Language]:
    return [language for code, language in installation(request).languages.items() if code in codes]


def staying_safe(request: Request, session: Session) -> Page:
    """Where help is, with more about each line."""
    checks = help_lines.checked(session, installation(request).place)
    oldest = min((one.on for one in checks), default=None)
    return Page("consultations/staying_safe.html", {"checked_on": oldest, "contact": leads.anybody(session)})


def what_we_keep(_request: Request, _session: Session) -> Page:
    """What is stored of an answer, and what never is."""
    return Page("consultations/what_we_keep.html")
