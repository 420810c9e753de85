"""Statements on cards in the made-up wave, and made-up people who said whether they agree."""

import base64
import datetime as dt

import numpy as np
from sqlmodel import Session, select

from questions import AGE_BANDS
from survey.models import Cards, Consultation, Opinion, Statement, Voice
from survey.places import Place
from survey.statements.opinions import add_up

SEED, PEOPLE = 20261122, 180
# Its words, who said it, and which share of the made-up people agree
STATEMENTS = (
    ("There is nowhere warm to go after school that is free.", Voice.YOUNG, 0.81),
    ("I would tell a teacher if a friend carried a knife.", Voice.YOUNG, 0.44),
    ("Better lights would make my way home feel safer.", Voice.STAFF, 0.72),
    ("Police who stop people should say why, every time.", Voice.YOUNG, 0.9),
    ("Adults in my area listen to young people.", Voice.STAFF, 0.31),
    ("Posters about knives frighten me more than they help.", Voice.YOUNG, 0.55),
    ("Buses feel safe in the evening.", Voice.STAFF, 0.48),
)


def fill_statements(session: Session, place: Place, slug: str, today: dt.date) -> None:
    """Statements that two members of staff wrote and cleared, and what made-up people said to them."""
    consultation = session.exec(select(Consultation).where(Consultation.slug == slug)).one()
    of = consultation.id or 0
    made = [
        Statement(
            consultation_id=of,
            words=words,
            voice=voice,
            written_by="Dee",
            written_on=today,
            cleared_by="Alex",
            cleared_on=today,
        )
        for words, voice, _share in STATEMENTS
    ]
    session.add_all(made)
    session.flush()
    random = np.random.default_rng(SEED)
    boroughs = [one.code for one in place.boroughs]
    for _person in range(PEOPLE):
        given = {str(one.id): _opinion(random, told[2]) for one, told in zip(made, STATEMENTS, strict=True)}
        session.add(
            Cards(
                key=base64.urlsafe_b64encode(random.bytes(16)).decode().rstrip("="),
                consultation_id=of,
                given=given,
                age_band=str(random.choice(AGE_BANDS)),
                borough=str(random.choice(boroughs)),
                answered_on=today - dt.timedelta(days=int(random.integers(0, 14))),
            )
        )
    session.flush()
    add_up(session, consultation)


def _opinion(random: np.random.Generator, share: float) -> Opinion:
    if random.random() < 0.1:
        return Opinion.SKIP
    return Opinion.AGREE if random.random() < share else Opinion.DISAGREE
