"""Figures that London's strategies printed, rebuilt from made-up answers: as many people, with the same share."""

import base64
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session, col, select

from questions import AGE_BANDS
from survey.demo.fewer import fewer_questions
from survey.demo.publishing import publish as publish_results
from survey.instruments import publish
from survey.models import Audience, Collection, Consultation, Design, Meeting, Milestone, Response
from survey.places import Place

FOUR_SLUG, PLAN_SLUG = "four-boroughs-2017", "police-and-crime-plan-2021"
FOUR = ("Croydon", "Lambeth", "Southwark", "Tower Hamlets")
FOUR_PEOPLE, FOUR_WORRIED = 413, 173  # 42 %
PLAN_PEOPLE = 1396
SEED = 20170627
LEVELS = ["very", "fairly"]


def fill_strategy(session: Session, place: Place, today: dt.date) -> None:
    """Two consultations that are over: the youth survey of four boroughs, and the one on the Police and Crime Plan."""
    random = np.random.default_rng(SEED)
    codes = [one.code for one in place.boroughs]
    four = [one.code for one in place.boroughs if one.name in FOUR]
    for consultation, design, name, boroughs, people, worried in (
        (_four_boroughs(place), Design.QUOTA, "Interviews in four boroughs", four, FOUR_PEOPLE, FOUR_WORRIED),
        (_plan(place), Design.OPEN, "Anyone with the link", codes, PLAN_PEOPLE, PLAN_PEOPLE // 2),
    ):
        instrument = publish(session, fewer_questions(consultation.closes_on.year), today)
        asks = instrument.id or 0
        collection = Collection(consultation_id=0, instrument_id=asks, name=name, design=design)
        consultation.collections = [collection]
        session.add(consultation)
        session.flush()
        collection.audience = Audience.ANYONE if design is Design.OPEN else Audience.YOUNG
        rows = list(_responses(collection, consultation, random, boroughs, people, worried))
        session.execute(insert(Response), rows)
        if consultation.slug == PLAN_SLUG:
            session.add_all(_beside_the_plan(consultation))


def publish_strategy(session: Session, place: Place) -> None:
    """Publish both, each on the day that its outcome came; the open one may only say how many answered what."""
    asked = select(Consultation).where(col(Consultation.slug).in_([FOUR_SLUG, PLAN_SLUG]))
    for consultation in session.exec(asked).all():
        (collection,) = consultation.collections
        publish_results(session, collection, place, consultation.outcome_on)


def _beside_the_plan(consultation: Consultation) -> list[Milestone | Meeting]:
    """Three stages and four workshops, as the consultation had; what happened in each is not known here, so made up."""
    of = consultation.id or 0
    stages = (
        ("Talking before the draft", dt.date(2021, 11, 16), dt.date(2021, 12, 10)),
        ("Answering the draft", dt.date(2021, 12, 11), dt.date(2022, 1, 21)),
        ("Writing the plan", dt.date(2022, 1, 22), dt.date(2022, 3, 24)),
    )
    workshops = (("Camden", 18, 31), ("Newham", 25, 28), ("Croydon", 30, 24), ("Hounslow", 30, 22))
    return [
        *(
            Milestone(consultation_id=of, title=name, about="", on=on, until=until)
            for name, on, until in stages
        ),
        *(
            Meeting(
                consultation_id=of,
                title="Workshop (its day, place and people are made up)",
                held_on=dt.date(2021, 11, day),
                where=where,
                audience=Audience.ANYONE,
                people=people,
            )
            for where, day, people in workshops
        ),
    ]


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
        announced_on=dt.date(2017, 3, 1),
        replied_on=dt.date(2017, 6, 27),
        deciding="What the London Knife Crime Strategy of 2017 does.",
        decided_by="The Mayor of London",
        decided_on=dt.date(2017, 6, 27),
        owners=["MOPAC"],
        topics=["knives", "police"],
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
        decides="MOPAC read the answers before the Plan was written.",
        outcome="The Plan was published in March 2022.",
        opens_on=dt.date(2021, 11, 16),
        closes_on=dt.date(2022, 1, 21),
        outcome_on=dt.date(2022, 3, 24),
        announced_on=dt.date(2021, 11, 16),
        replied_on=dt.date(2022, 3, 24),
        deciding="What the Police and Crime Plan for 2022 to 2025 puts first.",
        settled="That London has such a plan: the law asks every Mayor for one.",
        background="Every four years the Mayor sets out how London is to be safer. First comes a draft to talk about.",
        decided_by="The Mayor of London",
        decided_on=dt.date(2022, 3, 24),
        owners=["MOPAC", "The Mayor of London"],
        topics=["police", "streets", "voice"],
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
