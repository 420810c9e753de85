"""Storing responses, whichever way they came: the one place that inserts and changes them."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam

from survey.db import insert_unless_there
from survey.measuring import stopped
from survey.models import Response
from survey.responses.stored import Stored

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
_change = (
    _table.update()
    .where(_table.c.key == bindparam("this_key"))
    .values({name: bindparam(name) for name in _changing} | {"counted": False})
)


def keep(connection: Connection, before: Mapping[str, Stored], after: Mapping[str, Stored]) -> None:
    """Store what changed, by key. before: those that are there, locked; after: the same as they are now, and new ones.

    One that is in `before` alone goes: whoever calls this removes it.
    """
    new = [_values(response, _columns) for key, response in after.items() if key not in before]
    changed = [
        _values(response, _changing) | {"this_key": key}
        for key, response in after.items()
        if key in before and response is not before[key]
    ]
    if new:
        insert_unless_there(connection, _table, new)
    if changed:
        connection.execute(_change, changed)
    go_on = [one for key, one in before.items() if one.counted and after.get(key) is not one]
    if go_on:
        stopped.taken_back(connection, go_on)


def _values(response: Stored, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(response, name) for name in names}
