"""What staff choose from when a finding rests on a room, on what readers counted, or on words that were cleared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session, col, select

from survey import coded, quotes
from survey.instruments import parsed
from survey.models import Code, Consultation
from survey.room_results import RoomResult, room_results

from .offer import SEPARATOR, Offer

SOURCE = "en"


def votes(session: Session, consultation: Consultation, _today: dt.date) -> list[Offer]:
    """What rooms said: each line that may be shown of a question that was revealed."""
    return [offer for room in room_results(session, consultation) for offer in _of_room(room)]


def _of_room(room: RoomResult) -> Iterator[Offer]:
    for at, question in enumerate(room.questions):
        for which, line in enumerate(question.lines):
            labels = "; ".join(label.into(SOURCE) for label in line.labels)
            words = f"{labels} ({question.prompt.into(SOURCE)})"
            yield Offer(
                SEPARATOR.join((room.name, str(room.held_on), str(at), str(which))),
                f"{labels}: {line.people} of {question.base}",
                f"{room.name}: {question.prompt.into(SOURCE)}",
                {"room": room.name, "words": words, "count": line.people, "base": question.base},
            )


def counted(session: Session, consultation: Consultation, _today: dt.date) -> list[Offer]:
    """How many texts have each code, as far as that may be shown."""
    asked = select(col(Code.question)).where(col(Code.consultation_id) == consultation.id).distinct()
    return [
        offer
        for question in sorted(session.exec(asked))
        for offer in _of_codes(session, consultation, question)
    ]


def _of_codes(session: Session, consultation: Consultation, question: str) -> Iterator[Offer]:
    counts = coded.counts(session, consultation, question)
    for one in counts.codes:
        if one.texts is not None and counts.base is not None:
            kept = {"question": question, "code": one.code, "words": one.name}
            yield Offer(
                SEPARATOR.join((question, str(one.code))),
                f"{one.name}: {one.texts} of {counts.base} texts",
                _prompt(consultation, question),
                kept | {"count": one.texts, "base": counts.base},
            )


def _prompt(consultation: Consultation, question: str) -> str:
    """What was asked, in English."""
    for collection in consultation.collections:
        for one in parsed(collection.instrument).questions:
            if one.key == question:
                return one.prompt.into(SOURCE)
    return question


def said(session: Session, consultation: Consultation) -> list[tuple[str, str]]:
    """The cleared quotes of a consultation: what a form sends, and the words, with [name] where a name was."""
    return [(str(one.id), quotes.plain(one.words)) for one in quotes.cleared(session, consultation.id)]
