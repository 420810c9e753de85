"""Soft flags: marks of responses that may not be a person's honest answers. Nothing is ever deleted for one.

An analyst switches them on to see whether a figure holds without the flagged ones. What may be shown of that is
decided in `survey.results.cut`. The flags of what is in the kept cubes are kept beside them, and what is new is looked
at when it is asked for: so they are exact at every moment, and nobody reads all documents.
"""

import datetime as dt
import json
from collections.abc import Collection as Some
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import String, cast, delete, func, insert, or_, select, update
from sqlmodel import Session, col

from questions import Answer
from questions.patterns import Battery, batteries, document, straight_lined
from survey.instruments import parsed
from survey.measuring.documents import Document
from survey.measuring.submitted import uncounted
from survey.models import Collection, FlaggedResponse, Instrument, Response

ALIKE = 5
ONE_IN = 100
AT_ONCE = 250  # settings and days that one statement asks for


class Flag(StrEnum):
    """What a response may be marked for."""

    SPEED = "speed"
    STRAIGHT_LINES = "straight"
    BURSTS = "bursts"


Flags = frozenset[Flag]
NONE: Flags = frozenset()
BURSTS: Flags = frozenset({Flag.BURSTS})
Group = tuple[int, dt.date]  # a setting, and a day


def flagged(session: Session, collection: Collection) -> dict[str, Flags]:
    """The flags of each submitted response of a collection that has any, by its key."""
    found = _kept(session, col(FlaggedResponse.collection_id) == collection.id)
    new = _new(session, collection)
    groups = _groups(one for _key, one in new)
    found |= _alone(session, new)
    return _with_bursts(found, _kept_of(session, groups), _in_bursts(session, groups))


def keep(session: Session, collection: Collection, new: Sequence[tuple[str, Document]]) -> None:
    """Keep the flags of responses that have just been put into the kept cubes, and what they change of others."""
    groups = _groups(one for _key, one in new)
    before = _kept_of(session, groups)
    after = _with_bursts(before | _alone(session, new), before, _in_bursts(session, groups, counted=True))
    _store(session, collection.id, before, after)


def take_out(session: Session, response: Response) -> None:
    """Before a response that is in the kept cubes is deleted: keep its flags no longer, nor what it made of others."""
    session.execute(update(Response).where(col(Response.key) == response.key).values(counted=False))
    session.execute(delete(FlaggedResponse).where(col(FlaggedResponse.key) == response.key))
    if response.setting_id is not None and response.submitted_on is not None:
        groups = {(response.setting_id, response.submitted_on)}
        before = _kept_of(session, groups)
        after = _with_bursts(before, before, _in_bursts(session, groups, counted=True))
        _store(session, response.collection_id, before, after)


def has_batteries(versions: Iterable[Instrument]) -> bool:
    """Whether any of these asks enough questions alike to answer them in a straight line."""
    return any(batteries(parsed(version)) for version in versions)


def _store(
    session: Session, collection_id: int | None, before: Mapping[str, Flags], after: Mapping[str, Flags]
) -> None:
    gone = [key for key, flags in before.items() if after.get(key) != flags]
    rows = [
        {"key": key, "collection_id": collection_id, "flags": "+".join(sorted(flags))}
        for key, flags in after.items()
        if before.get(key) != flags
    ]
    if gone:
        session.execute(delete(FlaggedResponse).where(col(FlaggedResponse.key).in_(gone)))
    if rows:
        session.execute(insert(FlaggedResponse), rows)


def _with_bursts(
    found: Mapping[str, Flags], looked_at: Some[str], in_bursts: Iterable[str]
) -> dict[str, Flags]:
    """Flags with those of bursts as they are now; looked_at: the keys that may have had it before."""
    told = {key: flags - BURSTS if key in looked_at else flags for key, flags in found.items()}
    for key in in_bursts:
        told[key] = told.get(key, NONE) | BURSTS
    return {key: flags for key, flags in told.items() if flags}


def _kept(session: Session, *where: Any) -> dict[str, Flags]:
    asked = select(col(FlaggedResponse.key), col(FlaggedResponse.flags)).where(*where)
    return {key: frozenset(map(Flag, flags.split("+"))) for key, flags in session.execute(asked)}


def _kept_of(session: Session, groups: Some[Group]) -> dict[str, Flags]:
    """The flags that are kept of the responses of some settings and days."""
    found: dict[str, Flags] = {}
    for here in _here(groups):
        found |= _kept(session, col(FlaggedResponse.key).in_(select(col(Response.key)).where(here)))
    return found


def _new(session: Session, collection: Collection) -> list[tuple[str, Document]]:
    """The submitted responses whose flags are not kept."""
    wanted = (
        Response.key,
        Response.instrument_id,
        Response.setting_id,
        Response.submitted_on,
        Response.quick,
    )
    asked = uncounted(collection, *wanted, Response.answers)
    return [
        (key, Document(instrument, (setting,), str(day), None, answers, quick))
        for key, instrument, setting, day, quick, answers in session.execute(asked)
    ]


def _groups(documents: Iterable[Document]) -> set[Group]:
    return {(one.who[0], dt.date.fromisoformat(one.day)) for one in documents if one.who[0] is not None}


def _here(groups: Some[Group]) -> Iterator[Any]:
    """Conditions on responses, each for some of the settings and days."""
    every = sorted(groups)
    for start in range(0, len(every), AT_ONCE):
        yield or_(  # each by the index of setting and day: SQLite reads every response for a list of pairs
            *(
                (col(Response.setting_id) == setting) & (col(Response.submitted_on) == day)
                for setting, day in every[start : start + AT_ONCE]
            )
        )


def _alone(session: Session, documents: Iterable[tuple[str, Document]]) -> dict[str, Flags]:
    """The flags that each response has by itself: sent very fast, or in a straight line; see `questions.patterns`."""
    lines: dict[int, tuple[Battery, ...]] = {}
    found = {}
    for key, one in documents:
        if one.instrument_id not in lines:
            lines[one.instrument_id] = batteries(parsed(session.get_one(Instrument, one.instrument_id)))
        flags = _flags_of(one.quick, lines[one.instrument_id], one.answers)
        if flags:
            found[key] = flags
    return found


def _flags_of(quick: bool | None, lines: tuple[Battery, ...], answers: Mapping[str, Answer]) -> Flags:
    straight = Flag.STRAIGHT_LINES if lines and straight_lined(lines, answers) else None
    return frozenset(filter(None, (Flag.SPEED if quick else None, straight)))


def _in_bursts(session: Session, groups: Some[Group], *, counted: bool = False) -> Iterator[str]:
    """The same whole document of answers from many responses of one setting on one day.

    At least five, of at least ten answers, and at least one in a hundred of that setting and day. By chance: where half
    of all people choose the commonest answer of each of ten questions, apart from one another, one response in 1,024 is
    the commonest document. Of 30 people, five give it on one day in eight thousand million; of 500 on one in 6,600; of
    1,000, where it takes ten, on one in eleven million (binomial). Answers hang together, so it is oftener in truth.
    """
    for here in _here(groups):
        yield from _alike(session, here & col(Response.counted) if counted else here)


def _alike(session: Session, here: Any) -> Iterator[str]:
    text = cast(col(Response.answers), String)
    place = (col(Response.setting_id), col(Response.submitted_on))
    sieve = (
        select(
            col(Response.key),
            text.label("text"),
            func.count().over(partition_by=[*place, text]).label("alike"),
            func.count().over(partition_by=place).label("that_day"),
        )
        .where(here)
        .subquery()
    )
    many = (sieve.c.alike >= ALIKE) & (sieve.c.alike * ONE_IN >= sieve.c.that_day)
    enough: dict[str, bool] = {}
    for key, given in session.execute(select(sieve.c.key, sieve.c.text).where(many)):
        if given not in enough:
            enough[given] = document(json.loads(given)) is not None
        if enough[given]:
            yield key
