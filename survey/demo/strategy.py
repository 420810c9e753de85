"""Figures that London's strategies printed, rebuilt from made-up answers: as many people, with the same share."""

import base64
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session

from questions import AGE_BANDS, shipped_source
from survey.instruments import publish
from survey.models import Collection, Consultation, Design, Response
from survey.places import Place

FOUR_SLUG, PLAN_SLUG = "four-boroughs-2017", "police-and-crime-plan-2021"
FOUR = ("Croydon", "Lambeth", "Southwark", "Tower Hamlets")
FOUR_PEOPLE, FOUR_WORRIED = 413, 173  # 42 %
PLAN_PEOPLE = 1396
SEED = 20170627
LEVELS = ["very", "fairly"]


def fill_strategy(session: Session, place: Place, today: dt.date) -> None:
    """Two consultations that are over: the youth survey of four boroughs, and the one on the Police and Crime Plan."""
    instrument = publish(session, shipped_source("youth_survey"), today)
    assert instrument.id is not None
    random = np.random.default_rng(SEED)
    codes = [one.code for one in place.boroughs]
    four = [one.code for one in place.boroughs if one.name in FOUR]
    for consultation, design, name, boroughs, people, worried in (
        (_four_boroughs(place), Design.QUOTA, "Interviews in four boroughs", four, FOUR_PEOPLE, FOUR_WORRIED),
        (_plan(place), Design.OPEN, "Anyone with the link", codes, PLAN_PEOPLE, PLAN_PEOPLE // 2),
    ):
        collection = Collection(consultation_id=0, instrument_id=instrument.id, name=name, design=design)
        consultation.collections = [collection]
        session.add(consultation)
        session.flush()
        rows = list(_responses(collection, consultation, random, boroughs, people, worried))
        session.execute(insert(Response), rows)


def _four_boroughs(place: Place) -> Consultation:
    return Consultation(
        slug=FOUR_SLUG,
        title="Young people in four boroughs, 2017",
        summary=f"{FOUR_PEOPLE} young people in four boroughs were asked how worried they are about knife crime.",
        decides="The London Knife Crime Strategy of 2017 printed what they said: 42 % were worried.",
        outcome="The Strategy promised a new Youth Survey for all of London.",
        opens_on=dt.date(2017, 3, 1),
        closes_on=dt.date(2017, 4, 30),
        outcome_on=dt.date(2017, 6, 27),
        place=place.key,
        synthetic=True,
        source="Made-up responses, as many as the Strategy names and with the share that it prints. Nobody gave them.",
        headline="worry_knife_crime",
        headline_level=LEVELS,
    )


def _plan(place: Place) -> Consultation:
    return Consultation(
        slug=PLAN_SLUG,
        title="Police and Crime Plan, 2021 to 2022",
        summary="Anyone could say what they think of the draft Police and Crime Plan.",
        decides="1396 Londoners responded between 16 November 2021 and 21 January 2022.",
        outcome="The Plan was published in March 2022.",
        opens_on=dt.date(2021, 11, 16),
        closes_on=dt.date(2022, 1, 21),
        outcome_on=dt.date(2022, 3, 24),
        place=place.key,
        synthetic=True,
        source="Made-up responses, as many as the consultation had. Nobody gave them.",
        headline="worry_knife_crime",
        headline_level=LEVELS,
    )


def _responses(
    collection: Collection,
    consultation: Consultation,
    random: np.random.Generator,
    boroughs: Sequence[str],
    people: int,
    worried: int,
) -> Iterator[dict[str, Any]]:
    """So many people, spread evenly, of whom so many are worried."""
    share = worried // 3
    said = ["very"] * share + ["fairly"] * (worried - share)
    rest = people - worried
    said += ["not_very"] * (rest // 2) + ["not_at_all"] * (rest - rest // 2)
    days = (consultation.closes_on - consultation.opens_on).days
    for at, worry in enumerate(random.permutation(said)):
        placed = {
            "borough": boroughs[at % len(boroughs)],
            "age_band": str(random.choice(AGE_BANDS)),
            "gender": str(random.choice(["female", "male"])),
        }
        day = consultation.opens_on + dt.timedelta(days=int(random.integers(0, days + 1)))
        yield {
            "key": base64.urlsafe_b64encode(random.bytes(16)).decode().rstrip("="),
            "collection_id": collection.id,
            "instrument_id": collection.instrument_id,
            "setting_id": None,
            "answers": {"worry_knife_crime": str(worry), **placed},
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            **placed,
        }
