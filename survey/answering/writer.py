"""The one writer of a process: it commits all that is waiting in one transaction, then acknowledges each."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, bindparam, select

from survey.answering import deleted
from survey.answering.response import Removed, Saved, Stored
from survey.db import insert_unless_there, looking
from survey.measuring import page_times, stopped
from survey.models import Response

T = TypeVar("T")
Found = Stored | Removed | None  # a response as it stands; one that was deleted; or none that anybody knows
Step = Callable[[Found], tuple[Stored | Removed | None, T]]

MOST_IN_ONE_TRANSACTION = 256

_table = Response.__table__  # type: ignore[attr-defined]
_columns = tuple(field.name for field in fields(Stored))
_changing = (
    "answers",
    "concealed",
    "quarter",
    "language",
    "turns",
    "receipt_hash",
    "submitted_on",
    "borough",
    "age_band",
    "gender",
    "quick",
)
_find = select(*(_table.c[name] for name in _columns)).where(
    _table.c.key.in_(bindparam("keys", expanding=True))
)
_find_and_lock = _find.order_by(_table.c.key).with_for_update()
_change = (
    _table.update()
    .where(_table.c.key == bindparam("this_key"))
    .values({name: bindparam(name) for name in _changing} | {"counted": False})
)
_remove = _table.delete().where(_table.c.key.in_(bindparam("keys", expanding=True)))


@dataclass(slots=True)
class _Waiting:
    """A step that waits for its turn, and the future that is told of it."""

    key: str
    step: Step[Any]
    told: asyncio.Future[Any]


@dataclass(slots=True)
class _Done:
    """What became of a step: its outcome, or what went wrong."""

    told: asyncio.Future[Any]
    outcome: Any = None
    error: BaseException | None = None


class Lane:
    """A thread that takes everything that is waiting and does it in one transaction.

    There is no waiting window: while one transaction commits, the next batch gathers. A lane that
    `writes` locks the responses it loads, merges and stores them; one that does not only looks.
    """

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self._engine = engine if writes else looking(engine)
        self._writes = writes
        self._connection: Connection | None = None
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer" if writes else "reader", daemon=True)
        self._thread.start()

    async def do(self, key: str, step: Step[T]) -> T:
        """Give what is stored under `key` to `step`; answer once it is committed.

        `step` returns what to store (None: nothing changes; Removed: it goes) and the outcome. It runs in the lane’s
        thread, so it must be quick, and may run twice.
        """
        waiting = _Waiting(key, step, asyncio.get_running_loop().create_future())
        self._queue.put(waiting)
        outcome: T = await waiting.told
        return outcome

    def close(self) -> None:
        """Finish what is waiting, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._gather()
            if batch:
                _tell(self._do_all(batch))
        self._disconnect()

    def _gather(self) -> tuple[list[_Waiting], bool]:
        """Everything that is waiting, and whether more may come."""
        batch: list[_Waiting] = []
        waiting = self._queue.get()
        while waiting is not None:
            batch.append(waiting)
            if len(batch) == MOST_IN_ONE_TRANSACTION:
                return batch, True
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _do_all(self, batch: Sequence[_Waiting]) -> list[_Done]:
        """Do a batch in one transaction; if that fails, each alone, so that one cannot spoil another."""
        try:
            connection = self._connected()
            with connection.begin():
                return self._do(connection, batch)
        except Exception as error:
            self._disconnect()
            if len(batch) == 1:
                return [_Done(batch[0].told, error=error)]
            return [done for waiting in batch for done in self._do_all([waiting])]

    def _connected(self) -> Connection:
        """The connection that the lane keeps for itself."""
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        """Let go of the connection: after a fault, the next batch begins on a fresh one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _do(self, connection: Connection, batch: Sequence[_Waiting]) -> list[_Done]:
        keys = sorted({waiting.key for waiting in batch})
        rows = connection.execute(_find_and_lock if self._writes else _find, {"keys": keys})
        before = {row.key: _stored(row) for row in rows}
        now: dict[str, Stored | Removed] = dict(before)
        if unknown := [key for key in keys if key not in before]:
            now |= dict.fromkeys(deleted.known(connection, unknown), Removed())
        done = []
        for waiting in batch:
            after, outcome = waiting.step(now.get(waiting.key))
            if after is not None:
                now[waiting.key] = after
            done.append(_Done(waiting.told, outcome))
        if self._writes:
            _store(connection, before, now)
            page_times.count(connection, _taken(one.outcome for one in done))
        return done


def _stored(row: Row[Any]) -> Stored:
    values = row._asdict()
    values["concealed"] = tuple(values["concealed"])
    return Stored(**values)


def _taken(outcomes: Iterable[Any]) -> Iterator[page_times.Took]:
    """How long pages took, of those that were answered for the first time."""
    for saved in outcomes:
        if isinstance(saved, Saved) and saved.took is not None:
            yield saved.response.collection_id, saved.response.instrument_id, *saved.took


def _store(connection: Connection, before: dict[str, Stored], after: dict[str, Stored | Removed]) -> None:
    now = {key: response for key, response in after.items() if isinstance(response, Stored)}
    new = [_values(response, _columns) for key, response in now.items() if key not in before]
    changed = [
        _values(response, _changing) | {"this_key": key}
        for key, response in now.items()
        if key in before and response is not before[key]
    ]
    if new:
        insert_unless_there(connection, _table, new)
    if changed:
        connection.execute(_change, changed)
    if gone := {key: one.today for key, one in after.items() if isinstance(one, Removed) and one.today}:
        connection.execute(_remove, {"keys": sorted(gone)})
        deleted.keep(connection, gone, max(gone.values()))
    go_on = [one for key, one in before.items() if one.counted and now.get(key) is not one]
    if go_on:
        stopped.taken_back(connection, go_on)


def _values(response: Stored, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(response, name) for name in names}


def _tell(everything: Sequence[_Done]) -> None:
    """Wake each one that waits, in the event loop that it waits in."""
    for loop in {done.told.get_loop() for done in everything}:
        loop.call_soon_threadsafe(_tell_here, [d for d in everything if d.told.get_loop() is loop])


def _tell_here(everything: Iterable[_Done]) -> None:
    for done in everything:
        if done.told.done():
            continue
        if done.error is not None:
            done.told.set_exception(done.error)
        else:
            done.told.set_result(done.outcome)
