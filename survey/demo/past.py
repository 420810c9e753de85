"""The demonstration's wave of the year before, made up as the London one is: fewer people, who were less worried."""

import datetime as dt

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session, col, select

from questions import shipped
from survey.demo.fewer import ASKED, fewer_questions
from survey.demo.london import SLUG, responses, schools
from survey.demo.publishing import publish as publish_results
from survey.demo.strategy import FOUR_SLUG
from survey.instruments import publish
from survey.models import Collection, Consultation, Design, Kind, Response, Series
from survey.places import Place

PAST_SLUG, SERIES, SERIES_TITLE = "youth-survey-2025", "youth-survey", "Youth Survey"
SEED = 20251120
LEANING = -0.06  # the truth is that so many fewer were worried
YEAR = dt.timedelta(days=365)


def fill_past(session: Session, place: Place, today: dt.date, people: int) -> Consultation:
    """A wave that is over and published, and the series of which it and the other waves of the demonstration are."""
    random = np.random.default_rng(SEED)
    instrument = publish(session, fewer_questions(2025), today)
    assert instrument.id is not None
    ended = today - YEAR
    consultation = _consultation(place, ended)
    collection = Collection(
        consultation_id=0,
        instrument_id=instrument.id,
        name="Schools, colleges and youth clubs",
        kind=Kind.SCHOOLS,
        design=Design.GATEKEPT,
    )
    collection.settings = list(schools(place, random))
    consultation.collections = [collection]
    consultation.series = Series(key=SERIES, title=SERIES_TITLE)
    session.add(consultation)
    session.flush()
    drawn = responses(collection, shipped("youth_survey"), place, random, ended, people, LEANING)
    rows = [row | {"answers": {key: row["answers"].get(key) for key in ASKED}} for row in drawn]
    session.execute(insert(Response), rows)
    _other_waves(session, consultation.series)
    publish_results(session, collection, place, ended + dt.timedelta(weeks=4))
    return consultation


def _consultation(place: Place, ended: dt.date) -> Consultation:
    return Consultation(
        slug=PAST_SLUG,
        title="Youth Survey 2025",
        summary=f"We asked how worried young people in {place.title} are about knife crime.",
        decides="People who plan how to stop knife crime read the answers, added up.",
        outcome="We said what we heard, and asked again a year later.",
        opens_on=ended - dt.timedelta(days=28),
        closes_on=ended,
        outcome_on=ended + dt.timedelta(weeks=12),
        announced_on=ended - dt.timedelta(days=42),
        replied_on=ended + dt.timedelta(weeks=11),
        deciding="Where the money for safer streets goes.",
        settled="That young people are asked again a year later.",
        decided_by="The Deputy Mayor for Policing and Crime",
        decided_on=ended + dt.timedelta(weeks=10),
        owners=["MOPAC"],
        topics=["knives", "streets"],
        place=place.key,
        synthetic=True,
        source="Made-up responses, drawn by a computer from a known truth. Nobody gave them.",
        headline="worry_knife_crime",
        headline_level=["very", "fairly"],
    )


def _other_waves(session: Session, series: Series) -> None:
    """Put the wave of this year into the series, and that of four boroughs, which cannot be compared."""
    for slug in (SLUG, FOUR_SLUG):
        wave = session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first()
        if wave is not None:
            wave.series_id = series.id
