"""How long pages take: for each page of an instrument how many people took about so long, and nothing of who did.

A phone says with its first answer to a page which of a few spans it took, and one is added to a total. It stands with
no response and no day, and so stays where a response is deleted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from sqlalchemy import Connection
from sqlmodel import Session, col, select

from survey.db import add_up
from survey.models import Collection, PageTime

LIMITS = (5, 15, 30, 60, 120, 300)  # seconds: a span ends at each of them, and the last has no end
SPANS = tuple(pairwise((0, *LIMITS, None)))

Took = tuple[int, int, str, int]  # collection, instrument, page, and which of SPANS


def span_of(told: str) -> int | None:
    """Which of SPANS a phone says; None where it says none that there is."""
    at = int(told) if told.isascii() and told.isdecimal() and len(told) == 1 else len(SPANS)
    return at if at < len(SPANS) else None


def count(connection: Connection, taken: Iterable[Took]) -> None:
    """Add these to the totals, in the order that every other process adds in."""
    names = ("collection_id", "instrument_id", "page", "span")
    rows = [dict(zip(names, took, strict=True)) | {"people": n} for took, n in sorted(Counter(taken).items())]
    if rows:
        add_up(connection, PageTime.__table__, rows, "people")  # type: ignore[attr-defined]


def page_times(session: Session, collection: Collection) -> Mapping[str, list[int]]:
    """Of each page of a collection's instrument as it is now, how many took each of SPANS."""
    here = (col(PageTime.collection_id) == collection.id) & (
        col(PageTime.instrument_id) == collection.instrument_id
    )
    found: dict[str, list[int]] = {}
    for one in session.exec(select(PageTime).where(here)):
        found.setdefault(one.page, [0] * len(SPANS))[one.span] = one.people
    return found
