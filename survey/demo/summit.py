"""The Knife Crime Summit of 2016 as a room: 150 made-up votes on two questions, with the shares that were printed."""

import datetime as dt

from sqlmodel import Session

from questions import Text
from survey.models import Audience, Consultation, Room, RoomQuestion
from survey.naming import new_codes
from survey.places import Place
from survey.room_results import Asked

SUMMIT_SLUG = "knife-crime-summit-2016"
PHONES = 150
PRINTED = (
    (55, 83),
    (63, 95),
)  # the share that the Strategy of 2017 prints, in percent, and as many votes of 150
DAY = dt.date(2016, 10, 13)


def fill_summit(session: Session, place: Place) -> Consultation:
    """A consultation that was one room. The words of its questions are not known to us, and so none are made up."""
    consultation = Consultation(
        slug=SUMMIT_SLUG,
        title="Knife Crime Summit, 2016",
        summary=f"About {PHONES} Londoners met in Euston, and voted on what to do about knife crime.",
        decides="What was said there went into the London Knife Crime Strategy of 2017.",
        outcome="The Strategy was published on 27 June 2017.",
        opens_on=DAY,
        closes_on=DAY,
        outcome_on=dt.date(2017, 6, 27),
        place=place.key,
        synthetic=True,
        source=f"Made-up votes of {PHONES} phones, with the two shares that the Strategy of 2017 prints. Nobody gave "
        "them. We know the shares and not the words of the questions, so the words stand for them.",
    )
    (code,) = new_codes(session, 1)
    room = Room(
        consultation_id=0,
        code=code,
        name="The Summit",
        held_on=DAY,
        venue="Euston, London",
        audience=Audience.ANYONE,
        at=len(PRINTED),
        closed_on=DAY,
        people=PHONES,
    )
    room.consultation = consultation
    for number, (share, people) in enumerate(PRINTED, 1):
        counts = {"1": people, "2": PHONES - people}
        document = question(number, share).document()
        room.questions.append(
            RoomQuestion(room_id=0, number=number, asked=document, revealed=True, counts=counts)
        )
    session.add(room)
    session.flush()
    return consultation


def question(number: int, share: int) -> Asked:
    """A question of the Summit, in words that say what is known of it."""
    which = {1: "first", 2: "second"}[number]
    prompt = f"The {which} vote of the Summit (its share was printed, its words are not known to us)"
    choices = (("1", Text(f"The answer that {share} % chose")), ("2", Text("Any other answer")))
    return Asked(Text(prompt), choices)
