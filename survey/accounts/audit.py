"""The audit, to read: who of the staff did what to which object, and why; by person, words and days, and as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import or_
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.models import AuditEntry
from survey.web import Page

SHOWN = 200
HEADINGS = ("number", "when (UTC)", "who", "did", "to", "why, or with what")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the audit: of whom, with which words, from and until which days (UTC), before which line."""

    who: str
    words: str
    first: dt.date | None
    last: dt.date | None
    before: int | None
    wrong: tuple[str, ...]

    @classmethod
    def of(cls, request: Request) -> Wanted:
        """As the address asks; what cannot be read is left out, and told."""
        asked, wrong = request.query_params, list[str]()

        def day(name: str, called: str) -> dt.date | None:
            try:
                return dt.date.fromisoformat(asked[name]) if asked.get(name) else None
            except ValueError:
                wrong.append(f"{called} is no day. Write it as 2026-11-30.")
                return None

        first, last = day("from", "The first day"), day("until", "The last day")
        before = asked.get("before", "")
        return cls(
            " ".join(asked.get("who", "").split()),
            " ".join(asked.get("words", "").split()),
            first,
            last,
            int(before) if before.isdecimal() and len(before) < 10 else None,
            tuple(wrong),
        )

    def lines(self) -> Any:
        """The query of these lines, newest first."""
        asked = select(AuditEntry).order_by(col(AuditEntry.id).desc())
        if self.who:
            asked = asked.where(col(AuditEntry.who) == self.who)
        if self.words:
            places = (AuditEntry.did, AuditEntry.object, AuditEntry.why)
            asked = asked.where(or_(*(col(place).icontains(self.words, autoescape=True) for place in places)))
        if self.first:
            asked = asked.where(col(AuditEntry.at) >= _midnight(self.first))
        if self.last and self.last < dt.date.max:
            asked = asked.where(col(AuditEntry.at) < _midnight(self.last + dt.timedelta(days=1)))
        return asked if self.before is None else asked.where(col(AuditEntry.id) < self.before)

    def query(self, **more: object) -> str:
        """The same as the end of an address."""
        told = {"who": self.who, "words": self.words, "from": self.first, "until": self.last, **more}
        return urlencode({name: value for name, value in told.items() if value})


def audit(request: Request, session: Session) -> Page:
    """The lines that are asked for, newest first, some at a time."""
    staff, wanted = access.open_staff_page(request, session, access.READS_AUDIT), Wanted.of(request)
    found: Sequence[AuditEntry] = session.exec(wanted.lines().limit(SHOWN + 1)).all()
    shown = {
        "staff": staff,
        "entries": found[:SHOWN],
        "wanted": wanted,
        "names": session.exec(select(AuditEntry.who).distinct().order_by(AuditEntry.who)).all(),
        "older": wanted.query(before=found[SHOWN - 1].id) if len(found) > SHOWN else "",
        "file": wanted.query(),
    }
    return Page("accounts/audit.html", shown, 422 if wanted.wrong else 200)


def audit_as_csv(request: Request, session: Session) -> Response:
    """The same lines, all of them, as a CSV file."""
    access.open_staff_page(request, session, access.READS_AUDIT)
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(HEADINGS)
    for entry in session.exec(Wanted.of(request).lines()):
        told = (entry.who, entry.did, entry.object, entry.why or "")
        rows.writerow((entry.id, entry.at.isoformat(timespec="seconds"), *map(_plain, told)))
    headers = {"content-disposition": 'attachment; filename="audit.csv"'}
    return Response(out.getvalue().encode("utf-8-sig"), headers=headers, media_type="text/csv; charset=utf-8")


def _plain(words: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(FORMULA) else words


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, dt.UTC)
