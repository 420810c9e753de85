"""Where people stopped: responses that were begun before today and not sent, summed once and kept until they go on.

As with what was sent (see `survey.measuring.kept`), `Response.counted` says which of them are in a kept part, and a
page reads only the others. Whoever goes on, or deletes what they gave, is subtracted in the transaction in which they
do so (`taken_back`).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, func, insert, select
from sqlmodel import Session, col

from analysis import Cube
from questions import Answer, QuestionSet, order
from survey.instruments import parsed
from survey.measuring import kept
from survey.measuring.documents import OTHER_AXES, STOPPED, STOPPED_THERE, Cell, stopped_at
from survey.measuring.packing import packed
from survey.models import Collection, Instrument, KeptCube, Response


class Open(Protocol):
    """A response that is not sent, wherever it was loaded."""

    @property
    def key(self) -> str: ...
    @property
    def collection_id(self) -> int: ...
    @property
    def instrument_id(self) -> int: ...
    @property
    def answers(self) -> dict[str, Answer]: ...


def cube(session: Session, collection: Collection, today: dt.date) -> Cube:
    """Who began before today and has not sent, by `page` and what `became` of it: they went on, or stopped there."""
    new = _cells(session.connection(), session.execute(uncounted(collection, today, *_WANTED)).all())
    return kept.total([*kept.parts(session, collection, STOPPED), kept.cube_of(new, OTHER_AXES[STOPPED])])


def under_way(session: Session, collection: Collection) -> int:
    """How many responses of a collection are begun and not sent, today's too."""
    new = session.scalar(_open(collection, func.count())) or 0
    parts = kept.parts(session, collection, STOPPED)
    return new + sum(round(float(_there(part).n.sum())) for part in parts)


def _there(found: Cube) -> Cube:
    """Each person once: at the page where they stopped."""
    axis = found.axis("became")
    return found.where(axis.codes == axis.levels.index(STOPPED_THERE))


def keep(session: Session, collection_id: int | None, today: dt.date) -> int:
    """Put up to `kept.AT_ONCE` of those who stopped into a part; how many there were.

    The responses are locked meanwhile, so that nobody goes on without being subtracted.
    """
    collection = kept.locked(session, collection_id)
    if collection is None:
        return 0
    asked = uncounted(collection, today, *_WANTED).limit(kept.AT_ONCE).with_for_update(skip_locked=True)
    new = session.execute(asked).all()
    if new:
        kept.add_parts(session, collection.id, {STOPPED: _cells(session.connection(), new)})
        kept.merge(session, collection, [STOPPED])
        kept.count(session, [one.key for one in new])
    return len(new)


def taken_back(connection: Connection, responses: Sequence[Open]) -> None:
    """Subtract responses from the parts that they are in, as they were when they were put there."""
    by_collection: dict[int, list[Open]] = defaultdict(list)
    for one in responses:
        by_collection[one.collection_id].append(one)
    for collection_id, some in sorted(by_collection.items()):
        gone = {cell: -people for cell, people in _cells(connection, some).items()}
        part = packed(kept.cube_of(gone, OTHER_AXES[STOPPED]))
        connection.execute(insert(_parts).values(collection_id=collection_id, question=STOPPED, cells=part))


_parts: Any = KeptCube.__table__  # type: ignore[attr-defined]
_instruments: Any = Instrument.__table__  # type: ignore[attr-defined]
_WANTED = (
    col(Response.key),
    col(Response.collection_id),
    col(Response.instrument_id),
    col(Response.answers),
)


def _cells(connection: Connection, responses: Iterable[Any]) -> Counter[Cell]:
    """What responses put into a part."""
    found: Counter[Cell] = Counter()
    sets: dict[int, QuestionSet] = {}
    for one in responses:
        if one.instrument_id not in sets:
            sets[one.instrument_id] = _question_set(connection, one.instrument_id)
        found.update(stopped_at(sets[one.instrument_id], one.answers, order.seed_of(one.key)))
    return found


def _question_set(connection: Connection, instrument_id: int) -> QuestionSet:
    row = connection.execute(select(_instruments).where(_instruments.c.id == instrument_id)).one()
    return parsed(Instrument(**row._asdict()))


def uncounted(collection: Collection, today: dt.date, *wanted: Any) -> Any:
    """Of those who began before today and have not sent those that no part has in it."""
    return _open(collection, *wanted).where(col(Response.started_on) < today)


def _open(collection: Collection, *wanted: Any) -> Any:
    """Of the responses that are not sent those that no part has in it."""
    here = (col(Response.collection_id) == collection.id) & col(Response.submitted_on).is_(None)
    return select(*wanted).where(here, col(Response.counted).is_(False))
