"""Lanes to the database: a thread takes everything that waits, does it in one transaction, and then tells each."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from survey.db import looking

Asked = TypeVar("Asked")
Told = TypeVar("Told")
Work = Callable[
    [Connection, Sequence[Asked]], Sequence[Told]
]  # all that was asked of one kind: an outcome for each

MOST_IN_ONE_TRANSACTION = 256


@dataclass(slots=True)
class _Waiting:
    """What waits for its turn, the work that it is for, and the future that is told of it."""

    work: Work[Any, Any]
    asked: Any
    told: asyncio.Future[Any]


@dataclass(slots=True)
class _Done:
    """What became of it: its outcome, or what went wrong."""

    told: asyncio.Future[Any]
    outcome: Any = None
    error: BaseException | None = None


class Lane:
    """A thread that takes everything that is waiting and does it in one transaction.

    There is no waiting window: while one transaction commits, the next batch gathers. What waits for the same work is
    done together. A lane that does not write only looks, each statement on its own.
    """

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self._engine = engine if writes else looking(engine)
        self._connection: Connection | None = None
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer" if writes else "reader", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it takes anything."""
        return self._thread.is_alive()

    async def take(self, work: Work[Asked, Told], asked: Asked) -> Told:
        """Let `work` do what is asked, together with all that waits for it; answer once it is committed.

        It runs in the lane’s thread, so it must be quick, and may run twice.
        """
        waiting = _Waiting(work, asked, asyncio.get_running_loop().create_future())
        self._queue.put(waiting)
        outcome: Told = await waiting.told
        return outcome

    def close(self) -> None:
        """Finish what is waiting, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
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
                return _do(connection, batch)
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


def _do(connection: Connection, batch: Sequence[_Waiting]) -> list[_Done]:
    works: dict[Work[Any, Any], list[_Waiting]] = {}
    for waiting in batch:
        works.setdefault(waiting.work, []).append(waiting)
    return [
        _Done(one.told, outcome)
        for work, waiting_for in works.items()
        for one, outcome in zip(
            waiting_for, work(connection, [one.asked for one in waiting_for]), strict=True
        )
    ]


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
