"""In which school or club the people of a past survey answered: its settings, and which row is of which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from questions import Fault
from survey.importing.answers import named
from survey.importing.files import PastFile
from survey.importing.mapping import Attended
from survey.importing.proposing import plain
from survey.naming import wrong_name
from survey.places import Place
from survey.places.names import UnknownBorough, borough_named
from survey.wording import listed, number

MOST_SETTINGS = 900
TOO_MANY = (
    "It has {wanted} different values, and there may be {most} schools or clubs. Is it the number of each person? "
    "Choose another column."
)


class PastSetting(NamedTuple):
    """A school or club: its name as it is written most often, and the code of its borough where a column says it."""

    name: str
    borough: str | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """The settings of a past survey. rows: for each row the place of its setting among them, None where it has none.

    told: what was taken to be one school or club, in sentences.
    """

    settings: tuple[PastSetting, ...] = ()
    rows: tuple[int | None, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def sizes(self) -> list[int]:
        """How many rows each setting has, the fewest first."""
        return sorted(Counter(row for row in self.rows if row is not None).values())

    @property
    def without(self) -> int:
        """How many rows have no setting."""
        return self.rows.count(None)


class _Row(NamedTuple):
    number: int
    name: str
    borough: str


def too_many(wanted: int) -> str:
    """Why there cannot be so many different values; "" where there can."""
    told = TOO_MANY.format(wanted=number(wanted), most=number(MOST_SETTINGS))
    return told if wanted > MOST_SETTINGS else ""


def attendance_of(file: PastFile, attended: Attended | None) -> tuple[Attendance, list[Fault]]:
    """Which setting each row is of, by the columns that say it, and everything that is wrong with them."""
    if attended is None:
        return Attendance(rows=(None,) * len(file.rows)), []
    rows = list(_rows(file, attended))
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.name:
            found[_same(row.name)].append(row)
    column = _place(file, attended.column)
    if told := too_many(len(found)):
        return Attendance(), [Fault(column, told)]
    faults = [Fault(column, told) for told in _wrong_names(found)]
    faults += [Fault(_place(file, attended.borough), told) for told in _two_boroughs(found, attended)]
    settings = tuple(_setting(every, attended) for every in found.values())
    at = {same: number for number, same in enumerate(found)}
    places = tuple(at[_same(row.name)] if row.name else None for row in rows)
    return Attendance(settings, places, tuple(_spelled(found))), faults


def _rows(file: PastFile, attended: Attended) -> Iterator[_Row]:
    columns = {column.name: column for column in file.columns}
    for at, row in file.each():
        word = row[attended.column]
        name = "" if word in attended.missing else columns[attended.column].said(word)
        borough = row[attended.borough] if attended.borough else ""
        yield _Row(at, name, "" if borough in attended.nowhere else borough)


def _same(name: str) -> str:
    """What is the same for two ways to write a name; a name of signs alone is only itself."""
    return plain(name) or name


def _setting(rows: Sequence[_Row], attended: Attended) -> PastSetting:
    borough = next((row.borough for row in rows if row.borough), "")
    return PastSetting(_written(rows)[0], attended.boroughs.get(borough))


def _written(rows: Sequence[_Row]) -> list[str]:
    """Every way in which the name of one setting is written, the commonest first."""
    return [name for name, _ in Counter(row.name for row in rows).most_common()]


def _spelled(found: Mapping[str, Sequence[_Row]]) -> Iterator[str]:
    for rows in found.values():
        first, *others = _written(rows)
        if others:
            told = listed([f"“{one}”" for one in others])
            yield f"{told} {'is' if len(others) == 1 else 'are'} taken for “{first}”."


def _wrong_names(found: Mapping[str, Sequence[_Row]]) -> Iterator[str]:
    for rows in found.values():
        name = _written(rows)[0]
        if told := wrong_name(name):
            yield f"“{name[:40]}” ({named([row.number for row in rows])}): {told}"


def _two_boroughs(found: Mapping[str, Sequence[_Row]], attended: Attended) -> Iterator[str]:
    for rows in found.values():
        first: dict[str, _Row] = {}
        for row in rows:
            if row.borough in attended.boroughs:
                first.setdefault(attended.boroughs[row.borough], row)
        if len(first) > 1:
            said = listed([f"“{row.borough}” (row {row.number})" for row in first.values()])
            yield f"“{rows[0].name}” is in {said}. Give two places two names, or mend the borough."


def with_boroughs(file: PastFile, attended: Attended, place: Place) -> tuple[Attended, list[Fault]]:
    """Attended with the code of every borough that its column names, and a fault for each that nobody knows."""
    codes: dict[str, str] = {}
    faults: list[Fault] = []
    at: dict[str, list[int]] = defaultdict(list)
    for row in _rows(file, attended):
        at[row.borough].append(row.number)
    for word in filter(None, at):
        try:
            codes[word] = borough_named(word, place).code
        except UnknownBorough as unknown:
            faults.append(Fault(_place(file, attended.borough), f"{named(at[word])}: {unknown}"))
    return replace(attended, boroughs=codes), faults


def _place(file: PastFile, name: str) -> str:
    return next((file.place(at) for at, column in enumerate(file.columns) if column.name == name), name)
