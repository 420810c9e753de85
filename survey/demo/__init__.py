"""The demonstration: a made-up London wave and a real survey, each labelled as what it is."""

import datetime as dt
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from survey.db import transaction
from survey.demo.london import DEMO_CODE, DOORS, PEOPLE, SLUG, fill_london
from survey.demo.panel import fill_panel, fill_pulses
from survey.demo.past import PAST_SLUG, fill_past
from survey.demo.promises import fill_promises
from survey.demo.reference import bring_adults
from survey.demo.statements import fill_statements
from survey.demo.strategy import FOUR_SLUG, fill_strategy, publish_strategy
from survey.demo.summit import SUMMIT_SLUG, fill_summit
from survey.demo.twelve_weeks import TWELVE_SLUG, fill_twelve_weeks
from survey.demo.words import fill_words
from survey.demo.workshop import PAPER_SLUG, fill_workshop
from survey.importing.command import import_responses
from survey.models import Consultation, Role
from survey.panel import pulse
from survey.places import Place

__all__ = [
    "DEMO_CODE",
    "DOORS",
    "SLUG",
    "STAFF",
    "USTER_SLUG",
    "bring_uster",
    "fill",
    "fill_panel",
    "fill_pulses",
]

USTER = Path(__file__).parent / "uster"
USTER_SLUG = "uster-2021"
PAST_PART = 6  # for so many people of the London wave there is one in that of the year before
STAFF = {
    "Dee": [Role.DESIGNER, Role.PUBLISHER, Role.FIELDWORKER],
    "Ada": [Role.ANALYST],
    "Rosa": [Role.READER],
    "Sam": [Role.SAFEGUARDING_LEAD],
    "Dana": [Role.SAFEGUARDING_LEAD],
    "Alex": [Role.ADMIN],
    "Kim": [Role.PANEL_KEEPER],
}


def fill(engine: Engine, place: Place, now: dt.datetime, *, people: int = PEOPLE) -> None:
    """Fill an empty installation; what is there already stays as it is."""
    with transaction(engine) as session:
        if not _has(session, SLUG):
            print(f"Drawing {people:,} made-up answers for London (some seconds)", flush=True)
            wave = fill_london(session, place, now.date(), people=people)
            fill_statements(session, place, SLUG, now.date())
            fill_words(session, wave, now)
        if not _has(session, FOUR_SLUG):
            fill_strategy(session, place, now.date())
            publish_strategy(session, place)
        if not _has(session, TWELVE_SLUG):
            fill_twelve_weeks(session, place, now.date())
        if not _has(session, SUMMIT_SLUG):
            fill_summit(session, place)
        if not _has(session, PAST_SLUG):
            fill_past(session, place, now.date(), people // PAST_PART)
        fill_promises(session, now.date())
        if not _has(session, PAPER_SLUG):
            fill_workshop(session, place, now.date())
        if not pulse.waves(session):
            fill_pulses(session, place, now.date())
        if not _has(session, USTER_SLUG):
            print("Importing the real survey of Uster, 213 answers", flush=True)
            bring_uster(session, now)
        bring_adults(session, place, now)


def bring_uster(session: Session, now: dt.datetime) -> str:
    """Import the real youth survey of Uster; a sentence that says what was done."""
    return import_responses(
        session, USTER / "responses.csv", USTER / "questions.toml", USTER / "mapping.toml", now
    )


def _has(session: Session, slug: str) -> bool:
    return session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first() is not None
