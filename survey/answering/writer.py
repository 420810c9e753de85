"""Steps of responses in a lane: what a batch of them needs is loaded in one statement, and stored in one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, select
from sqlmodel import col

from survey import lanes
from survey.answering import deleted
from survey.answering.response import Removed, Saved
from survey.measuring import page_times
from survey.models import PanelTicket, Response
from survey.responses import storing
from survey.responses.stored import Stored
from survey.waiting import Arrived
from survey.waiting import keep as keep_unread

T = TypeVar("T")
Found = Stored | Removed | None  # a response as it stands; one that was deleted; or none that anybody knows
Step = Callable[[Found], tuple[Stored | Removed | None, T]]
_Asked = tuple[str, Step[Any], str | None]

_table = Response.__table__  # type: ignore[attr-defined]
_columns = tuple(field.name for field in fields(Stored))
_find = select(*(_table.c[name] for name in _columns)).where(
    _table.c.key.in_(bindparam("keys", expanding=True))
)
_find_and_lock = _find.order_by(_table.c.key).with_for_update()
_use = delete(PanelTicket).where(col(PanelTicket.token_hash) == bindparam("ticket"))
_remove = _table.delete().where(_table.c.key.in_(bindparam("keys", expanding=True)))


class TicketUsed(Exception):
    """A one-time link that was used before: nothing began."""


class Lane(lanes.Lane):
    """A lane in which responses are loaded, and, where it `writes`, locked, merged and stored."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        super().__init__(engine, writes=writes)
        self._work = _take_steps if writes else _look

    async def do(self, key: str, step: Step[T], ticket: str | None = None) -> T:
        """Give what is stored under `key` to `step`; answer once it is committed.

        `step` returns what to store (None: nothing changes; Removed: it goes) and the outcome. It runs in the lane’s
        thread, so it must be quick, and may run twice. ticket: the hash of a one-time link, which is used up where
        nothing is stored yet. Raises TicketUsed where somebody has done that.
        """
        outcome: T = await self.take(self._work, (key, step, ticket))
        return outcome


def _take_steps(connection: Connection, asked: Sequence[_Asked]) -> list[Any]:
    before, now, outcomes = _stepped(connection, asked, _find_and_lock)
    _store(connection, before, now)
    page_times.count(connection, _taken(outcomes))
    keep_unread(connection, _arrived(outcomes))
    return outcomes


def _look(connection: Connection, asked: Sequence[_Asked]) -> list[Any]:
    return _stepped(connection, asked, _find)[2]


def _stepped(
    connection: Connection, asked: Sequence[_Asked], find: Select[Any]
) -> tuple[dict[str, Stored], dict[str, Stored | Removed], list[Any]]:
    """Responses as they stand, as steps would have them, and what came of each step."""
    keys = sorted({key for key, *_rest in asked})
    before = {row.key: _stored(row) for row in connection.execute(find, {"keys": keys})}
    now: dict[str, Stored | Removed] = dict(before)
    if unknown := [key for key in keys if key not in before]:
        now |= dict.fromkeys(deleted.known(connection, unknown), Removed())
    outcomes = []
    for key, step, ticket in asked:
        found = now.get(key)
        if ticket is not None and found is None and not _use_up(connection, ticket):
            raise TicketUsed
        after, outcome = step(found)
        if after is not None:
            now[key] = after
        outcomes.append(outcome)
    return before, now, outcomes


def _use_up(connection: Connection, ticket: str) -> bool:
    """Delete a one-time link, in the transaction that its response begins in; False where somebody has used it.

    Nothing else is written: which response it was for is known nowhere.
    """
    return connection.execute(_use, {"ticket": ticket}).rowcount == 1


def _stored(row: Row[Any]) -> Stored:
    values = row._asdict()
    values["concealed"] = tuple(values["concealed"])
    return Stored(**values)


def _taken(outcomes: Iterable[Any]) -> Iterator[page_times.Took]:
    """How long pages took, of those that were answered for the first time."""
    for saved in outcomes:
        if isinstance(saved, Saved) and saved.took is not None:
            yield saved.response.collection_id, saved.response.instrument_id, *saved.took


def _arrived(outcomes: Iterable[Any]) -> Iterator[Arrived]:
    """What people wrote, of the responses that were sent in."""
    for saved in outcomes:
        if isinstance(saved, Saved) and saved.arrived is not None:
            yield saved.arrived


def _store(connection: Connection, before: dict[str, Stored], after: dict[str, Stored | Removed]) -> None:
    storing.keep(connection, before, {key: one for key, one in after.items() if isinstance(one, Stored)})
    if gone := {key: one.today for key, one in after.items() if isinstance(one, Removed) and one.today}:
        connection.execute(_remove, {"keys": sorted(gone)})
        deleted.keep(connection, gone, max(gone.values()))
