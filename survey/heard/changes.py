"""What changed because of what people said, day by day: the same list for the first page, the feed and the mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from survey.models import Correction, Finding, Reply, Update


class Happened(StrEnum):
    """What happened to a finding or to a reply to it."""

    FOUND = "found"
    REPLIED = "replied"
    UPDATED = "updated"
    DONE = "done"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that everybody could read from a day on; `told` is the row that says it.

    `key` is the same for ever, and no other change has it.
    """

    day: dt.date
    happened: Happened
    finding: Finding
    reply: Reply | None
    told: Finding | Reply | Update | Correction

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"{type(self.told).__name__.lower()}-{self.told.id}"

    @property
    def address(self) -> str:
        """Where it can be read."""
        consultation = self.finding.consultation
        return (
            f"/did/{self.reply.id}" if self.reply else f"/c/{consultation.slug}#finding-{self.finding.number}"
        )


def changes(
    session: Session,
    after: dt.date,
    until: dt.date,
    topic: str = "",
    borough: str = "",
    most: int | None = None,
) -> list[Change]:
    """What changed on the days after one and until another (with it), the newest first; on a topic, for a borough.

    most: no more than so many.
    """
    few = (
        most if not topic and not borough else None
    )  # what is wanted of the others is known only when they are read
    every = (*_found(session, after, until, few), *_since(session, after, until, few))
    wanted = (
        one for one in every if (not topic or topic in one.finding.topics) and borough in ("", _borough(one))
    )
    return sorted(wanted, key=_place, reverse=True)[:most]


def latest_changes(session: Session, today: dt.date, most: int) -> list[Change]:
    """The latest of what was replied and done, the newest first: "what changed because of you"."""
    told = (Happened.REPLIED, Happened.UPDATED, Happened.DONE)
    every = (*_replied(session, dt.date.min, today, most), *_updated(session, dt.date.min, today, most))
    return sorted((one for one in every if one.happened in told), key=_place, reverse=True)[:most]


_ORDER = {one: at for at, one in enumerate(Happened)}


def _place(change: Change) -> tuple[dt.date, int, int]:
    return change.day, _ORDER[change.happened], change.told.id or 0


def _borough(change: Change) -> str:
    return (change.reply.borough if change.reply else change.finding.borough) or ""


def _found(session: Session, after: dt.date, until: dt.date, most: int | None) -> Iterator[Change]:
    """Findings and replies as they were published."""
    for finding in session.exec(_rows(Finding, Finding.published_on, after, until, most)):
        yield Change(finding.published_on or until, Happened.FOUND, finding, None, finding)
    yield from _replied(session, after, until, most)


def _replied(session: Session, after: dt.date, until: dt.date, most: int | None) -> Iterator[Change]:
    for reply in session.exec(_rows(Reply, Reply.published_on, after, until, most)):
        yield Change(reply.published_on or until, Happened.REPLIED, reply.finding, reply, reply)


def _since(session: Session, after: dt.date, until: dt.date, most: int | None) -> Iterator[Change]:
    """What was said of them later."""
    yield from _updated(session, after, until, most)
    for one in session.exec(_rows(Correction, Correction.made_on, after, until, most)):
        finding = one.reply.finding if one.reply else one.finding
        assert finding is not None
        yield Change(one.made_on, Happened.CORRECTED, finding, one.reply, one)


def _updated(session: Session, after: dt.date, until: dt.date, most: int | None) -> Iterator[Change]:
    for update in session.exec(_rows(Update, Update.made_on, after, until, most)):
        happened = Happened.DONE if update.done else Happened.UPDATED
        yield Change(update.made_on, happened, update.reply.finding, update.reply, update)


Row = TypeVar("Row", Finding, Reply, Update, Correction)


def _rows(kind: type[Row], day: Any, after: dt.date, until: dt.date, most: int | None) -> SelectOfScalar[Row]:
    """The rows of some days, the newest first."""
    asked = select(kind).where(col(day) > after, col(day) <= until)
    return asked.order_by(col(day).desc(), col(kind.id).desc()).limit(most)
