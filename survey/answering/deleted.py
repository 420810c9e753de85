"""Responses that were deleted: for two days nothing begins again under the key of one, whatever the network repeats.

A start page may be sent again for a day (see `survey.answering.tokens`). What is kept is a hash of the key and the day.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from survey.db import insert_unless_there
from survey.models import DeletedResponse

DAYS = 2


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def keep(connection: Connection, keys: Iterable[str], today: dt.date) -> None:
    """Know these keys for two days, and those of earlier days no more."""
    over = today - dt.timedelta(days=DAYS)
    connection.execute(delete(DeletedResponse).where(col(DeletedResponse.deleted_on) < over))
    rows: list[dict[str, object]] = [{"key_hash": _hashed(key), "deleted_on": today} for key in keys]
    insert_unless_there(connection, DeletedResponse.__table__, rows)  # type: ignore[attr-defined]


def known(connection: Connection, keys: Collection[str]) -> set[str]:
    """Which of these keys are those of responses that were deleted."""
    by_hash = {_hashed(key): key for key in keys}
    found = connection.scalars(
        select(col(DeletedResponse.key_hash)).where(col(DeletedResponse.key_hash).in_([*by_hash]))
    )
    return {by_hash[one] for one in found}
