"""Twelve weeks as the draft plan of 2016 was open, and beside them a made-up promise that is late from its day on."""

import base64
import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session

from questions import AGE_BANDS, shipped_source
from survey.instruments import publish
from survey.models import (
    Answer,
    Audience,
    Collection,
    Consultation,
    Design,
    Evidence,
    Finding,
    Meeting,
    Reply,
    Response,
    Update,
)
from survey.places import Place

TWELVE_SLUG = "police-and-crime-plan-2016"
FIRST, LAST, DUE = dt.date(2016, 12, 1), dt.date(2017, 2, 23), dt.date(2017, 3, 31)
REPLIED = dt.date(2017, 3, 2)
PEOPLE = 320
SEED = 20161201
WORRIES = ("very", "fairly", "not_very", "not_at_all")
WHO = "The demonstration"


def fill_twelve_weeks(session: Session, place: Place, today: dt.date) -> Consultation:
    """A consultation that is over, with a promise of a plan by the end of March 2017 that nobody has kept here."""
    instrument = publish(session, shipped_source("youth_survey"), today)
    consultation = _consultation(place)
    collection = Collection(
        consultation_id=0,
        instrument_id=instrument.id or 0,
        name="Anyone with the link",
        design=Design.OPEN,
        audience=Audience.ANYONE,
    )
    consultation.collections = [collection]
    session.add(consultation)
    session.flush()
    session.execute(insert(Response), [*_responses(collection, place)])
    session.add(_late(_finding(consultation, _talk(session, consultation))))
    return consultation


def _consultation(place: Place) -> Consultation:
    return Consultation(
        slug=TWELVE_SLUG,
        title="Police and Crime Plan, 2016 to 2017",
        summary="Anyone could say for twelve weeks what they think of the draft of a plan.",
        decides="The people who wrote the plan read the answers (made up).",
        outcome="A plan was promised by the end of March 2017. That promise is made up, to show what late looks like.",
        opens_on=FIRST,
        closes_on=LAST,
        outcome_on=DUE,
        announced_on=FIRST,
        replied_on=REPLIED,
        deciding="What the plan puts first.",
        settled="That there is a plan every four years.",
        background="The first and the last day are those on which the draft of a real plan for London could be talked "
        "about. The workshop, the answers and the promise are made up, and nobody is late in truth.",
        decided_by="The Mayor of London",
        decided_on=DUE,
        owners=["MOPAC"],
        topics=["police", "voice"],
        place=place.key,
        synthetic=True,
        source="Made-up responses and a made-up promise, with the days of a real consultation. Nobody gave them.",
    )


def _responses(collection: Collection, place: Place) -> Iterator[dict[str, Any]]:
    random = np.random.default_rng(SEED)
    codes = [one.code for one in place.boroughs]
    for at in range(PEOPLE):
        placed = {
            "borough": codes[at % len(codes)],
            "age_band": str(random.choice(AGE_BANDS)),
            "gender": str(random.choice(["female", "male"])),
        }
        day = FIRST + dt.timedelta(days=int(random.integers(0, (LAST - FIRST).days + 1)))
        yield {
            "key": base64.urlsafe_b64encode(random.bytes(16)).decode().rstrip("="),
            "collection_id": collection.id,
            "instrument_id": collection.instrument_id,
            "setting_id": None,
            "answers": {"worry_knife_crime": str(random.choice(WORRIES)), **placed},
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            **placed,
        }


def _talk(session: Session, consultation: Consultation) -> Meeting:
    held = Meeting(
        consultation_id=consultation.id or 0,
        title="Talk about the draft (made up)",
        held_on=dt.date(2017, 2, 9),
        where="A library in Camden",
        people=22,
        note="Most of those who came want to see the plan before the summer, and one page of it in plain words.",
        kept_by=WHO,
    )
    session.add(held)
    session.flush()
    return held


def _finding(consultation: Consultation, held: Meeting) -> Finding:
    return Finding(
        consultation_id=consultation.id or 0,
        number=1,
        sentence="People at a talk want to see the plan soon, and in plain words.",
        rests_on=Evidence.NOTE,
        evidence={"meeting": held.id},
        topics=["police", "voice"],
        written_by=WHO,
        published_on=REPLIED,
    )


def _late(finding: Finding) -> Reply:
    """A promise with a day, and what was said of it on the day after."""
    update = Update(
        reply_id=0,
        made_on=DUE + dt.timedelta(days=1),
        words="The plan was due yesterday, and it is not here. From today this page says that it is late.",
        who=WHO,
    )
    return Reply(
        finding=finding,
        finding_id=0,
        answer=Answer.YES,
        promise="A plan in plain words by the end of March 2017 (made up)",
        because="You asked to see it soon.",
        owner="Head of Plans (made up)",
        due=DUE,
        written_by=WHO,
        published_on=REPLIED,
        updates=[update],
    )
