"""Who puts new responses into parts: a thread beside the app that looks every few seconds, so that no page has to."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from survey.db import reading, transaction
from survey.measuring import kept, stopped
from survey.models import Collection, Response
from survey.recurring import Recurring

LOOKS_EVERY = 2.0  # seconds
PAUSE = 0.1  # seconds between two lots, in which others may write


@dataclass
class Keeper(Recurring):
    """Looks whether enough responses wait to be put into parts, and puts them there, lot by lot.

    Several beside each other, on one machine or many, do no harm: one of them is at a collection at a time. Without
    any, pages are as right, and slower the more is new.
    """

    engine: Engine
    today: Callable[[], dt.date]
    every: float = field(default=LOOKS_EVERY, kw_only=True)

    def look(self) -> None:
        """Put lot after lot into parts until none waits."""
        while self._some() and not self.stopping.wait(PAUSE):
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
