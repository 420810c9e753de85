"""The demonstration: a made-up London wave and a real survey, each labelled as what it is."""

import datetime as dt
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from survey.db import transaction
from survey.demo.london import DEMO_CODE, DOORS, PEOPLE, SLUG, fill_london
from survey.demo.past import PAST_SLUG, fill_past
from survey.demo.reference import bring_adults
from survey.demo.strategy import FOUR_SLUG, fill_strategy
from survey.importing.command import import_responses
from survey.models import Consultation, Role
from survey.places import Place

__all__ = ["DEMO_CODE", "DOORS", "SLUG", "STAFF", "USTER_SLUG", "bring_uster", "fill"]

USTER = Path(__file__).parent / "uster"
USTER_SLUG = "uster-2021"
PAST_PART = 6  # for so many people of the London wave there is one in that of the year before
STAFF = {
    "Dee": [Role.DESIGNER, Role.PUBLISHER, Role.FIELDWORKER],
    "Ada": [Role.ANALYST],
    "Alex": [Role.ADMIN],
}


def fill(engine: Engine, place: Place, now: dt.datetime, *, people: int = PEOPLE) -> None:
    """Fill an empty installation; what is there already stays as it is."""
    with transaction(engine) as session:
        if not _has(session, SLUG):
            print(f"Drawing {people:,} made-up answers for London (some seconds)", flush=True)
            fill_london(session, place, now.date(), people=people)
        if not _has(session, FOUR_SLUG):
            fill_strategy(session, place, now.date())
        if not _has(session, PAST_SLUG):
            fill_past(session, place, now.date(), people // PAST_PART)
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
