"""How many: each number that people see has one query, here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from survey.measuring import kept
from survey.models import Audience, Collection, Consultation, Instrument, Response, Setting


def submitted_to(session: Session, consultation_id: int | None) -> int:
    """How many responses a consultation has, over all its collections."""
    return sum(submitted_by_collection(session, consultation_id).values())


def submitted_by_collection(session: Session, consultation_id: int | None) -> dict[int, int]:
    """How many responses each collection of a consultation has; a collection without any is absent."""
    theirs = select(Collection.id).where(col(Collection.consultation_id) == consultation_id)
    return {collection: people for (collection, _all), people in kept.sent(session, theirs).items()}


def submitted_by_audience(session: Session, found: Consultation) -> dict[Audience, int]:
    """How many young people, adults and organisations have answered, apart; 0 is absent."""
    people = submitted_by_collection(session, found.id)
    answered: dict[Audience, int] = {}
    for collection in found.collections:
        answered[collection.audience] = answered.get(collection.audience, 0) + people.get(
            collection.id or 0, 0
        )
    return {audience: number for audience, number in answered.items() if number}


def submitted_by_setting(
    session: Session, collection_id: int | None, setting_id: int | None = None
) -> dict[int | None, int]:
    """How many responses each setting of a collection has, or one of them; a setting without any is absent."""
    this = select(Collection.id).where(col(Collection.id) == collection_id)
    found = kept.sent(session, this, by_setting=True)
    return {
        setting: people
        for (_collection, setting), people in found.items()
        if setting_id is None or setting == setting_id
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a collection is: responses in all and by setting, how many are expected, and where nobody has finished.

    A setting whose code is retired is neither expected from nor waited for. expected: None unless every other setting
    says how many, since it is what the responses of all of them are held against.
    """

    answered: int
    by_setting: dict[int | None, int]
    expected: int | None
    waiting: tuple[Setting, ...]

    def of(self, setting: Setting) -> int:
        """How many responses a setting has."""
        return self.by_setting.get(setting.id, 0)


def standing(session: Session, collection: Collection) -> Standing:
    """How far a collection is."""
    by_setting = submitted_by_setting(session, collection.id)
    used = [setting for setting in collection.settings if setting.retired_on is None]
    return Standing(
        answered=submitted_by_collection(session, collection.consultation_id).get(collection.id or 0, 0),
        by_setting=by_setting,
        expected=in_all([setting.expected for setting in used]),
        waiting=tuple(setting for setting in used if not by_setting.get(setting.id)),
    )


def in_all(expected: Sequence[int | None]) -> int | None:
    """How many are expected of settings together; None unless each of them says how many.

    >>> in_all([120, 50]), in_all([120, None]), in_all([])
    (170, None, None)
    """
    told = [one for one in expected if one]
    return sum(told) if told and len(told) == len(expected) else None


def submitted_on(session: Session, setting_id: int | None, day: dt.date) -> int:
    """How many responses were sent in from a setting on a day."""
    asked = select(func.count()).select_from(Response)
    return session.exec(
        asked.where(col(Response.setting_id) == setting_id, col(Response.submitted_on) == day)
    ).one()


def has_begun(session: Session, collection_id: int | None) -> bool:
    """Whether anybody has begun to answer in a collection, sent in or not."""
    begun = select(Response.collection_id).where(col(Response.collection_id) == collection_id).limit(1)
    return session.exec(begun).first() is not None


def under_way_by_version(session: Session, key: str) -> dict[int, int]:
    """How many responses to each version of a question set are begun and not sent in; 0 is absent."""
    rows = session.exec(
        select(Instrument.version, func.count())
        .join(Response, col(Response.instrument_id) == col(Instrument.id))
        .where(col(Instrument.key) == key, col(Response.submitted_on).is_(None))
        .group_by(col(Instrument.version))
    )
    return dict(rows.all())
