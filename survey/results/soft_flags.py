"""Soft flags: marks of responses that may not be a person's honest answers. Nothing is ever deleted for one.

An analyst switches them on to see whether a figure holds without the flagged ones. What may be shown of that is
decided in `survey.results.cut`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlmodel import Session, col

from questions.patterns import Battery, batteries, document, straight_lined
from survey.instruments import parsed
from survey.measuring.answers import answered_versions
from survey.models import Collection, Response

ALIKE = 5
ONE_IN = 100


class Flag(StrEnum):
    """What a response may be marked for."""

    SPEED = "speed"
    STRAIGHT_LINES = "straight"
    BURSTS = "bursts"


Flags = frozenset[Flag]
NONE: Flags = frozenset()


def flagged(session: Session, collection: Collection) -> dict[str, Flags]:
    """The flags of each submitted response of a collection that has any, by its key."""
    found: dict[str, Flags] = defaultdict(frozenset)
    for flag, keys in (
        (Flag.SPEED, _fast(session, collection)),
        (Flag.STRAIGHT_LINES, _in_a_line(session, collection)),
        (Flag.BURSTS, _in_bursts(session, collection)),
    ):
        for key in keys:
            found[key] |= {flag}
    return dict(found)


def timed(session: Session, collection: Collection) -> int:
    """Of how many submitted responses it is known whether they came very fast."""
    known = col(Response.quick).is_not(None)
    return session.scalar(_submitted(collection, func.count()).where(known)) or 0


def has_batteries(session: Session, collection: Collection) -> bool:
    """Whether anybody was asked enough questions alike to answer them in a straight line."""
    return any(batteries(parsed(version)) for version in answered_versions(session, collection))


def _fast(session: Session, collection: Collection) -> Iterable[str]:
    """Sent in faster than anybody reads; see `survey.answering.stopwatch`."""
    return session.scalars(_submitted(collection, col(Response.key)).where(col(Response.quick).is_(True)))


def _in_a_line(session: Session, collection: Collection) -> Iterable[str]:
    """The same choice for every question of a battery; see `questions.patterns`."""
    for version in answered_versions(session, collection):
        found = batteries(parsed(version))
        if found:
            yield from _lines_of(session, collection, version.id, found)


def _lines_of(
    session: Session, collection: Collection, instrument_id: int | None, found: tuple[Battery, ...]
) -> Iterable[str]:
    asked = [key for battery in found for key in battery]
    answers = [col(Response.answers)[key].as_string() for key in asked]
    wanted = _submitted(collection, col(Response.key), *answers)
    for key, *given in session.execute(wanted.where(col(Response.instrument_id) == instrument_id)):
        if straight_lined(found, dict(zip(asked, given, strict=True))):
            yield key


def _in_bursts(session: Session, collection: Collection) -> Iterable[str]:
    """The same whole document of answers from many responses of one setting on one day.

    At least five, of at least ten answers, and at least one in a hundred of that setting and day. By chance: where half
    of all people choose the commonest answer of each of ten questions, apart from one another, one response in 1,024 is
    the commonest document. Of 30 people, five give it on one day in eight thousand million; of 500 on one in 6,600; of
    1,000, where it takes ten, on one in eleven million (binomial). Answers hang together, so it is oftener in truth.
    """
    text = cast(col(Response.answers), String)
    place = (col(Response.setting_id), col(Response.submitted_on))
    every = _submitted(
        collection,
        col(Response.key),
        text.label("text"),
        func.count().over(partition_by=[*place, text]).label("alike"),
        func.count().over(partition_by=place).label("that_day"),
    ).where(col(Response.setting_id).is_not(None))
    sieve = every.subquery()
    many = (sieve.c.alike >= ALIKE) & (sieve.c.alike * ONE_IN >= sieve.c.that_day)
    enough: dict[str, bool] = {}
    for key, given in session.execute(select(sieve.c.key, sieve.c.text).where(many)):
        if given not in enough:
            enough[given] = document(json.loads(given)) is not None
        if enough[given]:
            yield key


def _submitted(collection: Collection, *wanted: Any) -> Select[Any]:
    """Columns of the responses that count."""
    return select(*wanted).where(
        col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None)
    )
