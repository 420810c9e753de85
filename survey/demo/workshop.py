"""Without a network: 14 forms of a prison workshop as words, a session that was counted, and forms to type."""

import datetime as dt

from sqlmodel import Session

from questions import QuestionSet, shipped_source
from survey import tallied
from survey.demo.words import name_leads
from survey.instruments import parsed, publish
from survey.models import (
    Batch,
    Collection,
    ConsentRoute,
    Consultation,
    CountedWords,
    Design,
    Kind,
    Meeting,
    PaperForm,
    Setting,
    Staff,
    Tally,
)
from survey.offline import filing
from survey.offline.typed import read
from survey.places import Place

PAPER_SLUG = "on-paper-2026"
FORMS = 14
OFFICERS = ("Officer Adeyemi (made up)", "Officer Price (made up)")
# How many of the 14 gave each answer: by its place in the question
SAID = {"worry_knife_crime": (6, 5, 2, 1), "safe_dark": (1, 3, 5, 5)}


def fill_workshop(session: Session, place: Place, today: dt.date) -> Consultation:
    """An open consultation with a workshop in a prison, one in a club, and forms of a class that wait to be typed."""
    pulse, survey = (publish(session, shipped_source(key), today) for key in ("pulse", "youth_survey"))
    made = _consultation(place, today)
    isis, class_, hands = (
        Collection(
            consultation_id=0, instrument_id=asks.id or 0, name=name, kind=kind, design=design, host=host
        )
        for asks, name, kind, design, host in (
            (pulse, "Workshop at HMP Isis", Kind.PAPER, Design.TALLY, "HMP Isis"),
            (survey, "Forms from a college", Kind.PAPER, Design.GATEKEPT, "Thames College"),
            (pulse, "Hands at workshops", Kind.TALLY, Design.TALLY, None),
        )
    )
    isis.settings = [Setting(collection_id=0, code="PAPRSS", name="HMP Isis, Thursday workshop")]
    class_.settings = [
        Setting(collection_id=0, code="PAPRCC", name="Thames College, group 2", borough="E09000011")
    ]
    made.collections = [isis, class_, hands]
    session.add(made)
    officers = [Staff(name=name, roles=[]) for name in OFFICERS]
    session.add_all(officers)
    session.flush()
    name_leads(session, made)
    _prison(session, isis, parsed(pulse), officers, today)
    _college(session, class_, parsed(survey), officers, today)
    _session(session, made, hands, parsed(pulse), today)
    return made


def _consultation(place: Place, today: dt.date) -> Consultation:
    return Consultation(
        slug=PAPER_SLUG,
        title="Feeling safe, on paper",
        summary="People who have no phone with them say how safe they feel: in a prison, a college and a club.",
        decides="The people who plan workshops next year read what was said, and decide what they are about.",
        outcome="We publish what we heard as counts and words, and say what will be different.",
        opens_on=today - dt.timedelta(days=14),
        closes_on=today + dt.timedelta(days=28),
        outcome_on=today + dt.timedelta(days=112),
        announced_on=today - dt.timedelta(days=21),
        deciding="What the workshops of next year are about, and where they are held. (Made up.)",
        settled="That there are workshops next year, and that whoever is in prison can come to one. (Made up.)",
        background="Not everybody has a phone with them. So we bring paper, and count hands. (Made up.)",
        decided_by="Head of Workshops (made up)",
        decided_on=today + dt.timedelta(days=98),
        owners=["A youth service (made up)"],
        topics=["streets", "voice"],
        place=place.key,
        synthetic=True,
        source="Made-up forms, as many as such a workshop has. Nobody filled them in.",
    )


def _batch(collection: Collection, letters: str, forms: int, today: dt.date) -> Batch:
    return Batch(
        collection_id=collection.id or 0,
        instrument_id=collection.instrument_id,
        setting_id=collection.settings[0].id or 0,
        letters=letters,
        language="en",
        forms=forms,
        made_on=today - dt.timedelta(days=9),
        made_by=OFFICERS[0],
        filled_on=today - dt.timedelta(days=7),
        route=ConsentRoute.OWN,
        noted_by=OFFICERS[0],
    )


def _prison(
    session: Session, isis: Collection, asked: QuestionSet, officers: list[Staff], today: dt.date
) -> None:
    """Fourteen forms that are in, and what they say, published as words."""
    batch = _batch(isis, "HMPS", FORMS + 2, today)
    session.add(batch)
    session.flush()
    first, second = officers
    checked_at = dt.datetime.combine(today - dt.timedelta(days=5), dt.time(12), dt.UTC)
    for place in range(1, FORMS + 1):
        typed = _typed(asked, place)
        form = PaperForm(
            batch_id=batch.id or 0, number=place, typed_by_id=first.id or 0, typed_on=today, typed=typed
        )
        session.add(form)
        session.flush()
        filing.file(session, batch, form, asked, read(asked, typed), second, checked_at, checked_at.date())
    words = [one.frozen for one in tallied.of_forms(session, isis)]
    day = today - dt.timedelta(days=2)
    session.add(
        CountedWords(
            collection_id=isis.id or 0,
            responses=FORMS,
            counted=words,
            published_on=day,
            published_by=OFFICERS[1],
        )
    )


def _typed(asked: QuestionSet, place: int) -> dict[str, str]:
    """A form as somebody types it: the answers of SAID by turns, and the last of what else is asked."""
    found = {}
    for question in asked.questions:
        if question.key in SAID:
            each = [code for code, people in enumerate(SAID[question.key], 1) for _ in range(people)]
            found[question.key] = str(each[place - 1])
        else:
            found[question.key] = "-"
    return found


def _college(
    session: Session, class_: Collection, asked: QuestionSet, officers: list[Staff], today: dt.date
) -> None:
    """Forms to try typing with: one is typed, and waits to be checked."""
    batch = _batch(class_, "CLSS", 12, today)
    session.add(batch)
    session.flush()
    typed = _typed(asked, 3)
    session.add(
        PaperForm(
            batch_id=batch.id or 0, number=1, typed_by_id=officers[0].id or 0, typed_on=today, typed=typed
        )
    )


def _session(
    session: Session, made: Consultation, hands: Collection, asked: QuestionSet, today: dt.date
) -> None:
    """A session in a club with what was counted there, and one that is to come."""
    held = Meeting(
        consultation_id=made.id or 0,
        title="Evening at Harbour Youth Club (made up)",
        held_on=today - dt.timedelta(days=4),
        where="Harbour Youth Club, Woolwich",
        about="We talked about the way home, and what would help.",
        host="Harbour Youth Club",
        people=31,
        note="Many spoke of the last bus and of the path by the water. Several said that more light would help.",
        kept_by=OFFICERS[0],
    )
    coming = Meeting(
        consultation_id=made.id or 0,
        title="Big Talk for young people (made up)",
        held_on=today + dt.timedelta(days=9),
        where="City Hall",
        host="The Mayor’s office",
    )
    session.add_all([held, coming])
    session.flush()
    worry = asked.question("worry_knife_crime")
    counts = dict(zip(worry.codes, (12, 9, 7, 1, 0, 0), strict=False))
    session.add(
        Tally(
            meeting_id=held.id or 0,
            collection_id=hands.id or 0,
            question=worry.key,
            counts=counts,
            kept_on=today,
            kept_by=OFFICERS[0],
        )
    )
