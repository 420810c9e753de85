"""The date at which a period ends, however it is written; what could be two dates is asked, never guessed."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence

from survey.reference.decided import Ask, Assumption, Choices, Decided, Rows
from survey.wording import day

DAY, MONTH, CALENDAR, FINANCIAL = "day", "month", "calendar", "financial"
FIRST_YEAR = 1950
Readings = dict[str, dt.date]  # by how it is read; "" where there is one way only

MONTHS = {
    name.casefold(): at for at in range(1, 13) for name in (calendar.month_name[at], calendar.month_abbr[at])
}
MONTHS["sept"] = 9
_AT_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_SHORT = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}|[A-Za-z]{3,9}[ -]\d{2}")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_YEARS = r"(?:FY ?)?(\d{4}) ?[/–-] ?(\d{2}|\d{4})"
_FINANCIAL_QUARTER = re.compile(rf"Q([1-4]) ?(?:of )?{_YEARS}|{_YEARS} ?Q([1-4])", re.I)
_QUARTER = re.compile(r"Q([1-4])[ -]?(\d{4})|(\d{4})[ -]?Q([1-4])", re.I)
_FINANCIAL_YEAR = re.compile(_YEARS, re.I)

ORDER = (
    (DAY, "the day stands first, as in the United Kingdom"),
    (MONTH, "the month stands first, as in the United States"),
)
QUARTERS = (
    (CALENDAR, "quarters of the calendar year: the first ends on 31 March"),
    (FINANCIAL, "quarters of the financial year that begins then: the first ends on 30 June"),
)


def readings(told: str) -> Readings:
    """Every date that words may mean, by how they are read; raises ValueError with what to do.

    >>> readings("Q4 2016/17"), sorted(readings("3/4/2017"))
    ({'financial quarter': datetime.date(2017, 3, 31)}, ['day', 'month'])
    >>> readings("31/3/2017")
    {'day': datetime.date(2017, 3, 31)}
    """
    told = _AT_MIDNIGHT.sub("", told)
    for pattern, read in FORMS:
        dates = _read(read, pattern.fullmatch(told))
        if dates:
            return dates
    if _SHORT.fullmatch(told):
        raise ValueError(f"“{told}” has a year of two digits. Write all four, as in 2017.")
    raise ValueError(f"“{told}” cannot be read as a date. Write it as 2017-03-31, 31/03/2017 or Q4 2016/17.")


def _read(read: Callable[..., Readings], found: re.Match[str] | None) -> Readings:
    """What a form makes of words that have it; nothing where there is no such day."""
    try:
        return read(*found.groups()) if found else {}
    except ValueError:  # beyond the last year that there is
        return {}


def _date(year: str | int, month: str | int, at: str | int) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(at))
    except ValueError:
        return None


def _end(year: int, month: int) -> dt.date:
    """The last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _iso(year: str, month: str, at: str) -> Readings:
    found = _date(year, month, at)
    return {"": found} if found else {}


def _slashed(one: str, _mark: str, other: str, year: str) -> Readings:
    both = {DAY: _date(year, other, one), MONTH: _date(year, one, other)}
    found = {way: date for way, date in both.items() if date}
    return {"": found[DAY]} if len(found) == 2 and found[DAY] == found[MONTH] else found


def _named(at: str | None, name: str, year: str) -> Readings:
    month = MONTHS.get(name.casefold())
    if month is None:
        return {}
    found = _date(year, month, at) if at else _end(int(year), month)
    return {"" if at else "month alone": found} if found else {}


def _second_year(first: str, second: str) -> int | None:
    """The second calendar year of a financial one, as in 2016/17; None where they do not follow each other."""
    year = int(first) + 1
    return year if second in (str(year), f"{year % 100:02}") else None


def _financial_quarter(*parts: str | None) -> Readings:
    quarter, first, second = parts[:3] if parts[0] else (parts[5], parts[3], parts[4])
    year = _second_year(str(first), str(second))
    if year is None:
        return {}
    return {"financial quarter": _quarter_end(year - 1, int(str(quarter)))}


def _quarter_end(begins: int, quarter: int) -> dt.date:
    """The last day of a quarter of the financial year that begins in April of a year."""
    return _end(begins + (quarter == 4), (quarter * 3 + 2) % 12 + 1)


def _either_quarter(*parts: str | None) -> Readings:
    quarter, year = (parts[0], parts[1]) if parts[0] else (parts[3], parts[2])
    at, of = int(str(quarter)), int(str(year))
    return {CALENDAR: _end(of, at * 3), FINANCIAL: _quarter_end(of, at)} if of else {}


def _financial_year(first: str, second: str) -> Readings:
    year = _second_year(first, second)
    return {"financial year": _end(year, 3)} if year else {}


FORMS: Sequence[tuple[re.Pattern[str], Callable[..., Readings]]] = (
    (_ISO, _iso),
    (_SLASHED, _slashed),
    (_NAMED, _named),
    (_FINANCIAL_QUARTER, _financial_quarter),
    (_FINANCIAL_YEAR, _financial_year),
    (_QUARTER, _either_quarter),
)

ASSUMED = {
    "month alone": "A month means its last day",
    "financial quarter": "A financial year begins in April",
    "financial year": "A financial year ends on 31 March",
}


def decide(rows: Rows, choices: Choices, today: dt.date) -> Decided[dt.date]:
    """How the dates of a column are read. choices: `days` and `quarters`, where somebody was asked."""
    found: Decided[dt.date] = Decided()
    read: dict[str, Readings] = {}
    for told in rows:
        try:
            read[told] = readings(told)
        except ValueError as wrong:
            found.wrong[told] = str(wrong)
    ways = {_order(read, rows, choices, found), _quarters(read, choices, found)}
    for told, dates in read.items():
        ends = _chosen(dates, ways)
        if ends is not None:
            _keep(told, ends, today, found)
        elif not _waits(dates, ways):
            found.wrong[told] = f"“{told}” cannot be a date, as {_said(ways)}."
    found.assumed += _assumed(read, rows, found)
    return found


def _chosen(dates: Readings, ways: set[str]) -> dt.date | None:
    if len(dates) == 1 and not {DAY, MONTH} & dates.keys():
        return next(iter(dates.values()))
    return next((dates[way] for way in ways if way in dates), None)


def _waits(dates: Readings, ways: set[str]) -> bool:
    """Whether somebody has still to say how these are read."""
    asked = {DAY, MONTH} if {DAY, MONTH} & dates.keys() else {CALENDAR, FINANCIAL}
    return not asked & ways


def _said(ways: set[str]) -> str:
    return next((words for way, words in ORDER if way in ways), "it is read")


def _keep(told: str, ends: dt.date, today: dt.date, found: Decided[dt.date]) -> None:
    if FIRST_YEAR <= ends.year <= today.year + 1:
        found.values[told] = ends
    else:
        found.wrong[told] = f"“{told}” would be {day(ends)}. Is the year right?"


def _order(read: dict[str, Readings], rows: Rows, choices: Choices, found: Decided[dt.date]) -> str:
    """Whether the day or the month stands first: what the file says, or what was chosen; "" where it is asked."""
    says = {way: [told for told, dates in read.items() if set(dates) == {way}] for way in (DAY, MONTH)}
    if says[DAY] and says[MONTH]:
        _refuse_both(says, read, rows, found)
        return DAY
    either = [told for told, dates in read.items() if {DAY, MONTH} <= dates.keys()]
    for way, words in ORDER:
        if says[way]:
            first = says[way][0]
            told = f"In dates {_short(words)}: “{first}” in row {rows[first]} can be nothing else."
            found.assumed.append(Assumption("Dates", told + _so(either, read, way)))
            return way
    return _chosen_order(either, read, rows, choices, found) if either else ""


def _refuse_both(
    says: dict[str, list[str]], read: dict[str, Readings], rows: Rows, found: Decided[dt.date]
) -> None:
    """Some dates can only have their day first, and some only their month: one of the two is a mistake."""
    first = says[DAY][0]
    for told in says[MONTH]:
        found.wrong[told] = (
            f"“{told}” has its month first, and “{first}” in row {rows[first]} its day. Write all dates one way."
        )
        read.pop(told)


def _chosen_order(
    either: list[str], read: dict[str, Readings], rows: Rows, choices: Choices, found: Decided[dt.date]
) -> str:
    told, chosen = either[0], choices.get("days", "")
    dates = read[told]
    question = f"Is “{told}” (row {rows[told]}) {day(dates[DAY])}, or {day(dates[MONTH])}? No row decides it."
    if chosen not in (DAY, MONTH):
        found.asks.append(Ask("days", question, ORDER))
        return ""
    words = f"You said that {_short(dict(ORDER)[chosen])}.{_so(either, read, chosen)}"
    found.assumed.append(Assumption("Dates", words))
    found.asks.append(Ask("days", question, ORDER, chosen))
    return chosen


def _short(words: str) -> str:
    return words.partition(",")[0]


def _so(either: list[str], read: dict[str, Readings], way: str) -> str:
    return f" So “{either[0]}” is {day(read[either[0]][way])}." if either else ""


def _quarters(read: dict[str, Readings], choices: Choices, found: Decided[dt.date]) -> str:
    """Of which year quarters such as Q1 2017 are: what was chosen; "" where it is asked, or nobody needs to know."""
    either = [told for told, dates in read.items() if CALENDAR in dates]
    chosen = choices.get("quarters", "")
    if not either:
        return ""
    chosen = chosen if chosen in (CALENDAR, FINANCIAL) else ""
    found.asks.append(Ask("quarters", f"Of which year is “{either[0]}” a quarter?", QUARTERS, chosen))
    if not chosen:
        return ""
    told = f"You said that these are {dict(QUARTERS)[chosen]}. So “{either[0]}” ends on "
    found.assumed.append(Assumption("Quarters", f"{told}{day(read[either[0]][chosen])}."))
    return chosen


def _assumed(read: dict[str, Readings], rows: Rows, found: Decided[dt.date]) -> Iterator[Assumption]:
    """What else was assumed, each with an example; and one example of any."""
    for way, words in ASSUMED.items():
        told = next((told for told, dates in read.items() if way in dates and told in found.values), None)
        if told:
            yield Assumption("Dates", f"{words}: “{told}” in row {rows[told]} is {day(found.values[told])}.")
    if not any(one.about in ("Dates", "Quarters") for one in found.assumed) and found.values:
        told, ends = next(iter(found.values.items()))
        if not set(read[told]) & ASSUMED.keys():
            yield Assumption("Dates", f"“{told}” in row {rows[told]} is {day(ends)}.")
