"""How long something may wait: by the clock, or in the hours in which somebody is there to see to it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"(\w{3})-(\w{3}) (\d{1,2})-(\d{1,2})")
FURTHEST = 366  # days that anything is looked ahead


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a week in which somebody is there, by the clocks of the place.

    first_day, last_day: 0 for Monday to 6 for Sunday; opens, closes: full hours, 0 to 24; closed: days on which nobody
    is, such as holidays. On one that is not told of the clock runs, so that it ends too soon and never too late.
    """

    first_day: int = 0
    last_day: int = 4
    opens: int = 9
    closes: int = 17
    closed: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        days, hours = 0 <= self.first_day <= self.last_day <= 6, 0 <= self.opens < self.closes <= 24
        if not (days and hours):
            raise ValueError("staffed hours begin before they end, on days of one week")

    @property
    def said(self) -> str:
        """The hours as people say them.

        >>> Hours().said
        'Monday to Friday, 9:00 to 17:00'
        """
        first, last = (dt.date(2024, 1, 1 + day).strftime("%A") for day in (self.first_day, self.last_day))
        return f"{first} to {last}, {self.opens}:00 to {self.closes}:00"

    def after(self, moment: dt.datetime, hours: float, zone: dt.tzinfo) -> dt.datetime:
        """When so many of these hours have passed since a moment.

        >>> friday = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)
        >>> Hours().after(friday, 4, dt.UTC).isoformat()
        '2026-11-23T12:00:00+00:00'
        >>> Hours(closed=frozenset([dt.date(2026, 11, 23)])).after(friday, 4, dt.UTC).isoformat()
        '2026-11-24T12:00:00+00:00'
        """
        left, here = dt.timedelta(hours=hours), moment.astimezone(zone)
        for ahead in range(FURTHEST):
            begins, ends = self._on(here.date() + dt.timedelta(days=ahead), zone)
            begins = max(begins, moment)
            if ends - begins >= left:
                return begins + left
            left -= max(ends - begins, dt.timedelta())
        return moment + dt.timedelta(days=FURTHEST)

    def _on(self, day: dt.date, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
        """When they begin and end on a day; at the same moment where nobody is there."""
        midnight = dt.datetime.combine(day, dt.time(), zone)
        if day in self.closed or not self.first_day <= day.weekday() <= self.last_day:
            return midnight.astimezone(dt.UTC), midnight.astimezone(dt.UTC)
        return self._at(day, self.opens, zone), self._at(day, self.closes, zone)

    @staticmethod
    def _at(day: dt.date, hour: int, zone: dt.tzinfo) -> dt.datetime:
        day, hour = (day + dt.timedelta(days=1), 0) if hour == 24 else (day, hour)
        return dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long what people write may wait.

    unread: hours by the clock until a text must have been read. tiers: staffed hours until something must have been
    done about a concern of tier 1, 2 and 3; an unread text runs on the clock of tier 1 too, whichever ends first.
    second: of a hundred texts, how many a second reader codes. contact: days that a request for contact is kept after
    it was handled. raw: days that the words under a redaction are kept.
    """

    unread: int = 24
    tiers: tuple[int, int, int] = (4, 8, 24)
    hours: Hours = field(default=Hours())
    second: int = 20
    contact: int = 30
    raw: int = 90

    def read_by(self, arrived_at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
        """When a text that came in an hour must have been read."""
        staffed = self.hours.after(arrived_at, self.tiers[0], zone)
        return min(arrived_at + dt.timedelta(hours=self.unread), staffed)

    def act_by(self, tier: int, since: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
        """When something must have been done about a concern of a tier; None for tier 0, which is none."""
        return self.hours.after(since, self.tiers[tier - 1], zone) if tier else None


NUMBERS = {"UNREAD_HOURS": "unread", "SECOND_READER": "second", "CONTACT_DAYS": "contact"}
MOST = {"unread": 24 * 7, "second": 100, "contact": 365}


class WrongLimits(ValueError):
    """A limit in the environment that cannot be read, with what to write."""


def limits_from(environment: Mapping[str, str]) -> Limits:
    """Limits from SOUNDINGS_UNREAD_HOURS, _TIER_HOURS ("4 8 24"), _STAFFED ("mon-fri 9-17"), _CLOSED ("2026-12-25"),
    _SECOND_READER (percent) and _CONTACT_DAYS. WrongLimits with what to write where one of them cannot be read."""
    found = Limits()
    for name, what in NUMBERS.items():
        if told := environment.get(f"SOUNDINGS_{name}"):
            found = replace(found, **{what: _number(name, told, MOST[what])})  # type: ignore[arg-type]
    if told := environment.get("SOUNDINGS_TIER_HOURS"):
        found = replace(found, tiers=_tiers(told))
    if told := environment.get("SOUNDINGS_STAFFED"):
        found = replace(found, hours=_hours(told))
    if told := environment.get("SOUNDINGS_CLOSED"):
        found = replace(found, hours=replace(found.hours, closed=_closed(told)))
    return found


def _number(name: str, told: str, most: int) -> int:
    least = 0 if name == "SECOND_READER" else 1
    if not (told.isascii() and told.isdecimal() and len(told) < 6 and least <= int(told) <= most):
        raise WrongLimits(f"SOUNDINGS_{name} is “{told}”. Write a whole number from {least} to {most}.")
    return int(told)


def _tiers(told: str) -> tuple[int, int, int]:
    parts = told.split()
    if len(parts) != 3 or not all(
        one.isascii() and one.isdecimal() and len(one) < 4 and int(one) for one in parts
    ):
        raise WrongLimits(
            f"SOUNDINGS_TIER_HOURS is “{told}”. Write three whole numbers of staffed hours: 4 8 24."
        )
    first, second, third = map(int, parts)
    return first, second, third


def _hours(told: str) -> Hours:
    found = HOURS.fullmatch(told.strip().lower())
    try:
        if found is None:
            raise ValueError
        return Hours(DAYS.index(found[1]), DAYS.index(found[2]), int(found[3]), int(found[4]))
    except ValueError:
        raise WrongLimits(
            f"SOUNDINGS_STAFFED is “{told}”. Write days and hours of one week: mon-fri 9-17."
        ) from None


def _closed(told: str) -> frozenset[dt.date]:
    days, wrong = set(), []
    for one in told.split():
        try:
            days.add(dt.date.fromisoformat(one))
        except ValueError:
            wrong.append(f"“{one}”")
    if wrong:
        raise WrongLimits(
            f"SOUNDINGS_CLOSED is “{told}”. Write days as 2026-12-25, with spaces between; no day: {', '.join(wrong)}."
        )
    return frozenset(days)
