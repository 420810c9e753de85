"""Who puts new responses into parts: a thread beside the app that looks every few seconds, so that no page has to."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from survey.db import reading, transaction
from survey.measuring import kept, stopped
from survey.models import Collection, Response

LOOKS_EVERY = 2.0  # seconds
PAUSE = 0.1  # seconds between two lots, in which others may write


@dataclass
class Keeper:
    """Looks every few seconds whether enough responses wait to be put into parts, and puts them there, lot by lot.

    Several beside each other, on one machine or many, do no harm: one of them is at a collection at a time. Without
    any, pages are as right, and slower the more is new.
    """

    engine: Engine
    today: Callable[[], dt.date]
    every: float = LOOKS_EVERY
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, in a thread of our own."""
        self._thread = threading.Thread(target=self._look, name="keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the lot that is being put into parts."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(self.every):
            while self._some() and not self._stop.wait(PAUSE):
                pass

    def _some(self) -> int:
        """Put some into parts; none while the database does not answer."""
        try:
            return keep_some(self.engine, self.today())
        except SQLAlchemyError:
            return 0


def keep_some(engine: Engine, today: dt.date) -> int:
    """Put a lot of what waits into parts, in each collection where enough of it does; how many responses.

    Each lot in a transaction of its own, so that whoever answers meanwhile waits for one at most.
    """
    with Session(reading(engine)) as session:
        sent = session.scalars(_with_enough(col(Response.submitted_on).is_not(None))).all()
        is_open = col(Response.submitted_on).is_(None) & (col(Response.started_on) < today)
        begun = session.scalars(_with_enough(is_open)).all()
    many = 0
    for number in sent:
        with transaction(engine) as session:
            many += kept.keep(session, number)
    for number in begun:
        with transaction(engine) as session:
            many += stopped.keep(session, number, today)
    return many


def _with_enough(waits: Any) -> Any:
    """The numbers of the collections in which so many wait."""
    here = (col(Response.collection_id) == col(Collection.id)) & col(Response.counted).is_(False)
    waiting = select(func.count()).select_from(Response).where(here, waits).scalar_subquery()
    return select(col(Collection.id)).where(waiting >= kept.WORTH_KEEPING)
