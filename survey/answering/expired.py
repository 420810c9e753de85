"""Responses that were begun and not sent: after seven days they go, and only where people stopped stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Engine, and_, delete, or_, select
from sqlmodel import Session, col

from survey.answering import deleted
from survey.answering.response import LEFT, quarter_of
from survey.db import reading, transaction
from survey.measuring import kept, stopped
from survey.models import Response

KEPT_FOR = dt.timedelta(days=7)


def remove(engine: Engine, now: dt.datetime, today: dt.date) -> int:
    """Delete the responses whose last answer is seven days old; how many. Doing it again deletes nothing more.

    Of one that was left by choice nobody knows when, so its days run from the one on which it began. Where each stopped
    is counted first and stays counted, as `survey.measuring.stopped` keeps it: no row and no answer is behind it.
    """
    over = _over(now, today)
    with Session(reading(engine)) as session:
        asked = select(col(Response.collection_id)).where(over).distinct()
        collections = session.scalars(asked.order_by(col(Response.collection_id))).all()
    return sum(_remove_all(engine, number, over, today) for number in collections)


def _over(now: dt.datetime, today: dt.date) -> Any:
    known = and_(col(Response.quarter).is_not(None), col(Response.quarter) != LEFT)
    last = and_(known, col(Response.quarter) <= quarter_of(now - KEPT_FOR))
    begun = and_(~known | col(Response.quarter).is_(None), col(Response.started_on) <= today - KEPT_FOR)
    return and_(col(Response.submitted_on).is_(None), or_(last, begun))


def _remove_all(engine: Engine, collection_id: int, over: Any, today: dt.date) -> int:
    """Delete those of a collection lot by lot, each in a transaction of its own, so that nobody waits for more."""
    gone = 0
    while some := _remove_some(engine, collection_id, over, today):
        gone += some
    return gone


def _remove_some(engine: Engine, collection_id: int, over: Any, today: dt.date) -> int:
    """Count where a lot of them stopped, and delete it. What somebody else holds just now waits for the next time."""
    with transaction(engine) as session:
        while stopped.keep(session, collection_id, today):
            pass
        here = and_(col(Response.collection_id) == collection_id, col(Response.counted).is_(True), over)
        lot = select(col(Response.key)).where(here).limit(kept.AT_ONCE).with_for_update(skip_locked=True)
        keys = session.scalars(lot).all()
        session.execute(delete(Response).where(col(Response.key).in_(keys)))
        if keys:
            deleted.keep(session.connection(), keys, today)
        return len(keys)
