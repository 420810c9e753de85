"""What nobody wrote: invented texts that wait at the demonstration's reading desk, and who is named for them."""

import datetime as dt

from sqlalchemy import insert
from sqlmodel import Session, col, select

from survey.models import Code, CodeWording, Consultation, Named, Role, Staff, Written, new_name
from survey.reading.text import raise_concern
from survey.suggesting import tier_of
from survey.waiting import hour_of

QUESTION = "one_change"
LEAD, DEPUTY, READER = "Sam", "Dana", "Rosa"
# Story 5: an allegation as somebody might write one. It reaches the concern queue and no public page.
ALLEGATION = (
    "(Invented for this demonstration.) A coach at a Saturday club hurts the kids and tells them to keep it secret. "
    "My cousin told me."
)
# And one that a reader has raised already, so that a lead has something to do.
RAISED = (
    "(Invented for this demonstration.) A man in a white van waits by our hostel and gives girls phones, and then "
    "they have to carry things for him."
)
WHY = "Somebody may be using children to carry drugs. (Made up.)"
TIER = 2
TEXTS = (
    ("en", ALLEGATION),
    ("en", "Put more lights on the path by the canal. It is dark by five and nobody goes there alone."),
    ("en", "Keep the youth club open at weekends. Ask Jordan, he runs the football there, 07700 900123."),
    ("en", "More buses at night. I wait at the stop on 12 Hill Road for half an hour."),
    ("en", "Let us talk to the police at school and not only when they stop us."),
    ("en", "Jobs. Real ones, for people who are 16."),
    ("en-x-easy", "I want a place to go after school. It must be free."),
    ("bn", "খালের ধারের রাস্তায় আরও আলো দরকার।"),
    ("ar", "نريد ناديًا للشباب يفتح في عطلة الأسبوع."),
)
CODES = (
    ("Better lights", "Street lights, dark paths and parks, places that can be seen."),
    ("Places to go", "Youth clubs, sports, libraries, somewhere to be after school."),
    ("Police", "How the police speak to young people, stops and searches, officers in schools."),
    ("Getting about", "Buses, trains, stops and the way home."),
    ("Work and money", "Jobs, training, what things cost."),
)


def fill_words(session: Session, wave: Consultation, now: dt.datetime) -> None:
    """Name a lead and a deputy, write a code frame, let the invented texts wait, and raise one as a concern."""
    name_leads(session, wave)
    for name, sentence in CODES:
        code = Code(consultation_id=wave.id or 0, question=QUESTION)
        words = CodeWording(
            code_id=0, number=1, name=name, sentence=sentence, who="Demonstration", written_on=now.date()
        )
        code.wordings.append(words)
        session.add(code)
    session.flush()
    (collection,) = wave.collections
    texts = (*TEXTS, ("en", RAISED))
    session.execute(insert(Written), [_row(collection.id, *one, now) for one in texts])
    worrying = session.exec(select(Written).where(col(Written.words) == RAISED)).one()
    raise_concern(session, now, READER, worrying, tier=TIER, why=WHY)


def name_leads(session: Session, consultation: Consultation) -> None:
    """Name the lead and the deputy of a consultation."""
    lead, deputy = (_staff(session, name) for name in (LEAD, DEPUTY))
    session.add(Named(consultation_id=consultation.id or 0, lead_id=lead, deputy_id=deputy))


def _staff(session: Session, name: str) -> int:
    found = session.exec(select(Staff).where(Staff.name == name)).first()
    if found is None:
        found = Staff(name=name, roles=[Role.SAFEGUARDING_LEAD])
        session.add(found)
        session.flush()
    return found.id or 0


def _row(collection: int | None, language: str, words: str, now: dt.datetime) -> dict[str, object]:
    return {
        "id": new_name(),
        "collection_id": collection,
        "question": QUESTION,
        "words": words,
        "language": language,
        "arrived_at": hour_of(now),
        "age_band": "14-15",
        "suggested": tier_of(words, language),
        "redactions": [],
        "second": False,
    }
