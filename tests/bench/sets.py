"""What the bench asks: twelve scales, one a page."""

import datetime as dt

from survey.app import system_clock
from survey.db import migrate, open_engine, transaction
from survey.instruments import publish
from survey.models import Collection, Consultation, Design, Setting

QUESTIONS = 12
CODE = "BENCH2"
PAGE = """
[[page]]
[[page.question]]
key = "q{n}"
kind = "scale"
prompt = "How safe do you feel in place number {n}?"
hint = "Think about the last three months."
dont_know = true
prefer_not_to_say = true
choices = [
  {{ code = "very_safe", label = "Very safe" }},
  {{ code = "fairly_safe", label = "Fairly safe" }},
  {{ code = "fairly_unsafe", label = "Fairly unsafe" }},
  {{ code = "very_unsafe", label = "Very unsafe" }},
]
"""
SOURCE = 'key = "bench"\ntitle = "Bench"\nlanguage = "en"\n' + "".join(
    PAGE.format(n=n) for n in range(1, QUESTIONS + 1)
)


def fill(database: str, source: str = SOURCE) -> None:
    """An open consultation with one setting."""
    engine, today = open_engine(database), system_clock().date()
    migrate(engine)
    with transaction(engine) as session:
        instrument = publish(session, source, today)
        assert instrument.id is not None
        consultation = Consultation(
            slug="bench",
            title="Bench",
            summary="How safe is it?",
            decides="Nothing.",
            outcome="Nothing.",
            opens_on=today - dt.timedelta(1),
            closes_on=today + dt.timedelta(1),
            outcome_on=today + dt.timedelta(2),
        )
        collection = Collection(
            consultation_id=0, instrument_id=instrument.id, name="Bench", design=Design.GATEKEPT
        )
        collection.settings = [Setting(collection_id=0, code=CODE, name="Bench")]
        consultation.collections = [collection]
        session.add(consultation)
    engine.dispose()
