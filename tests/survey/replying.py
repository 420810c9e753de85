"""What was heard and promised before a story begins."""

import datetime as dt
from typing import Any

from sqlmodel import Session, col, select

from survey.db import transaction
from survey.models import Answer, Consultation, Evidence, Finding, Meeting, Reply
from tests.survey.conftest import MIDDAY, House

TODAY = MIDDAY.date()
FINDINGS = "/staff/consultations/safer-streets/findings"
ROSA, PRIYA, BEN = "Rosa, reader", "Priya, publisher", "Ben, designer"
NOTE: dict[str, Any] = {
    "rests_on": "note",
    "chosen": "1",
    "sentence": "People do not feel safe on the way home from school.",
    "topic": "travel",
}
REPLY = {
    "answer": "yes",
    "because": "You said that the last bus is full.",
    "promise": "One more bus at half past three",
    "owner": "Head of Transport",
    "due": "2027-03-31",
}


def consultation_of(session: Session) -> Consultation:
    """The one of the house."""
    return session.exec(select(Consultation).where(col(Consultation.slug) == "safer-streets")).one()


def held(house: House) -> None:
    """A session that was held and noted."""
    with transaction(house.engine) as session:
        there = consultation_of(session).id or 0
        session.add(
            Meeting(
                consultation_id=there,
                title="Workshop at Hill School",
                held_on=TODAY - dt.timedelta(days=3),
                where="Hill School",
                people=12,
                note="Eleven of twelve walk home alone.",
            )
        )


def promised(house: House, published_on: dt.date = TODAY, **told: Any) -> int:
    """A published finding with one published reply; the number of the reply."""
    with transaction(house.engine) as session:
        consultation = consultation_of(session)
        number = len(session.exec(select(Finding)).all()) + 1
        finding = Finding(
            consultation_id=consultation.id or 0,
            number=number,
            sentence=told.pop("sentence", f"Finding number {number}."),
            rests_on=Evidence.PRINTED,
            evidence={"title": "A report", "address": "https://example.org/r", "words": "What it says."},
            topics=told.pop("topics", ["travel"]),
            written_by=ROSA,
            published_on=published_on,
        )
        usual = {"because": "It is needed.", "promise": f"Promise {number}", "owner": "The council"}
        if told.get("answer") in (Answer.NO, Answer.ALREADY):
            usual["promise"] = ""
        reply = Reply(
            finding_id=0,
            finding=finding,
            **{"answer": Answer.YES, **usual, "written_by": ROSA, "published_on": published_on, **told},
        )
        session.add(reply)
        session.flush()
        return reply.id or 0


def seen(page: str) -> str:
    """The mark that a form of a page sends."""
    return page.partition('name="seen" value="')[2].partition('"')[0]
