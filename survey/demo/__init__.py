"""The demonstration: a made-up London wave and a real survey, each labelled as what it is."""

import datetime as dt

from sqlalchemy import Engine

from survey.db import transaction
from survey.demo.london import DEMO_CODE, SLUG, fill_london
from survey.models import Role
from survey.places import Place

__all__ = ["DEMO_CODE", "SLUG", "STAFF", "fill"]

STAFF = {
    "Dee designs and runs consultations": [Role.DESIGNER, Role.PUBLISHER, Role.FIELDWORKER],
    "Ada analyses": [Role.ANALYST],
    "Alex looks after the installation": [Role.ADMIN],
}


def fill(engine: Engine, place: Place, today: dt.date) -> None:
    """Fill an empty installation; one that is filled stays as it is."""
    with transaction(engine) as session:
        print("Filling the demonstration with 12,000 made-up answers (some seconds)", flush=True)
        fill_london(session, place, today)
