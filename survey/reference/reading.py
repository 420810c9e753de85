"""A file of published figures, read: its figures, every assumption, everything to ask, and everything that is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from questions import Fault
from survey.delimited import MARKS, Row
from survey.places import Place
from survey.reference import areas, dates, shares
from survey.reference.columns import AREA, BASE, DATE, HEADINGS, MEASURE, NAMES, NEEDED, PROPORTION, proposed
from survey.reference.decided import Ask, Assumption, Choices, Decided, Rows
from survey.reference.table import Table, opened

__all__ = ["MARKS", "NOT_THERE", "ONLY", "Figure", "Left", "Reading", "column_field", "read"]

ONLY = "figures"  # the name of the measure where a file has one and does not say it
NOT_THERE = "none"
MOST_MEASURES = 40


class Figure(NamedTuple):
    """One share as it was read, and the row that says it."""

    row: int
    area: str
    measure: str
    ends_on: dt.date
    proportion: float
    people: int | None

    @property
    def of(self) -> tuple[str, str, dt.date]:
        """What it is a figure of."""
        return self.measure.casefold(), self.area, self.ends_on


class Left(NamedTuple):
    """A row that is left out, and why."""

    row: int
    why: str


@dataclass(slots=True)
class Reading:
    """What a file says. columns: the column of each of ours, counted from 0, where it has one."""

    table: Table
    columns: dict[str, int] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    assumed: list[Assumption] = field(default_factory=list)
    every_ask: list[Ask] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def asks(self) -> list[Ask]:
        """What nobody has answered yet."""
        return [ask for ask in self.every_ask if not ask.chosen]

    @property
    def answered(self) -> list[Ask]:
        """What was answered, or proposed, and may be changed."""
        return [ask for ask in self.every_ask if ask.chosen]

    @property
    def settled(self) -> bool:
        """Whether it may be approved: nothing is wrong, and nothing is left to ask."""
        return bool(self.figures) and not self.faults and not self.asks

    @property
    def measures(self) -> list[str]:
        """The measures that there are figures of, in the order of the file."""
        return list(dict.fromkeys(figure.measure for figure in self.figures))

    @property
    def sentences(self) -> list[str]:
        """Everything that was assumed, as it is kept."""
        return [f"{about}: {told}" for about, told in (*self.assumed, *self.left_out)]

    @property
    def left_out(self) -> list[Assumption]:
        """The rows that are left out, those of one reason together."""
        why: dict[str, list[int]] = {}
        for one in self.left:
            why.setdefault(one.why, []).append(one.row)
        return [Assumption("Left out", f"{_rows_told(rows)}: {reason}.") for reason, rows in why.items()]

    def fingerprint(self) -> str:
        """The same for the same figures and assumptions: what is approved is what was shown."""
        told = [[str(part) for part in figure] for figure in self.figures]
        return hashlib.sha256(json.dumps([told, self.sentences]).encode()).hexdigest()


def _rows_told(rows: list[int]) -> str:
    """Rows in few words.

    >>> _rows_told([4]), _rows_told([4, 6, 7, 8])
    ('Row 4', 'Rows 4, 6 to 8')
    """
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][-1] + 1:
            spans[-1][1:] = [row]
        else:
            spans.append([row])
    told = ", ".join(" to ".join(map(str, span)) for span in spans)
    return f"Rows {told}" if len(rows) > 1 else f"Row {told}"


def column_field(name: str) -> str:
    """The field of a form that says which column is one of ours."""
    return f"column {name}"


def read(content: bytes, place: Place, today: dt.date, choices: Choices) -> Reading:
    """What a file says, CSV or XLSX whatever it is called. choices: what somebody said of it, by field of the form."""
    found = Reading(opened(content, choices.get("mark", "")))
    found.faults += found.table.faults
    found.assumed += found.table.assumed
    if found.faults:
        return found
    found.columns = _columns(found.table, choices)
    found.faults += _missing(found)
    if not found.faults:
        found.assumed += _columns_told(found)
        _read_rows(found, place, today, choices)
    return found


def _columns(table: Table, choices: Choices) -> dict[str, int]:
    """The column of each of ours: as it was chosen, or else as its heading proposes."""
    found = proposed(table.headings.cells)
    for name in HEADINGS:
        chosen = choices.get(column_field(name), "")
        if chosen == NOT_THERE:
            found.pop(name, None)
        elif chosen.isascii() and chosen.isdecimal() and int(chosen) < len(table.headings.cells):
            found[name] = int(chosen)
    return found


def _missing(found: Reading) -> Iterator[Fault]:
    """A fault for each column that is needed and not known, or that was chosen twice."""
    place = found.table.place(found.table.headings.number)
    for name in (name for name in HEADINGS if name in NEEDED - set(found.columns)):
        yield Fault(place, f"No heading says which column has {NAMES[name]}. Choose it below.")
    for name, column in found.columns.items():
        twice = [other for other, at in found.columns.items() if at == column and other > name]
        if twice:
            told = f"This column cannot be both {NAMES[name]} and {NAMES[twice[0]]}. Choose another below."
            yield Fault(f"{place}, {found.table.column(column)}", told)


def _columns_told(found: Reading) -> Iterator[Assumption]:
    table = found.table
    for name, column in found.columns.items():
        told = table.column(column)
        yield Assumption("Columns", f"{told[0].upper()}{told[1:]} has {NAMES[name]}.")
    unread = [
        table.column(at)
        for at, heading in enumerate(table.headings.cells)
        if at not in found.columns.values() and (heading or any(row.cell(at) for row in table.rows))
    ]
    if unread:
        yield Assumption("Columns", f"Not read: {', '.join(unread)}.")


@dataclass(slots=True)
class _Decisions:
    """How the words of each column are read."""

    dates: Decided[dt.date]
    areas: Decided[str]
    shares: Decided[float]
    bases: Decided[int | None]

    def each(
        self,
    ) -> Iterator[tuple[str, Decided[dt.date] | Decided[str] | Decided[float] | Decided[int | None]]]:
        """Each with its column."""
        yield from ((DATE, self.dates), (AREA, self.areas), (PROPORTION, self.shares), (BASE, self.bases))


def _read_rows(found: Reading, place: Place, today: dt.date, choices: Choices) -> None:
    table, columns = found.table, found.columns
    rows = [row for row in table.rows if row.filled > 1]
    found.left += [
        Left(row.number, f"one cell only is filled (“{' '.join(row.cells).strip()[:60]}”)")
        for row in table.rows
        if row.filled == 1
    ]
    heading = table.headings.cell(columns[PROPORTION])
    figures = shares.decide(_first_rows(rows, columns[PROPORTION]), heading, choices)
    counted = [row for row in rows if row.cell(columns[PROPORTION]) not in figures.without]
    decided = _Decisions(
        dates.decide(_first_rows(counted, columns[DATE]), choices, today),
        areas.decide(_first_rows(counted, columns[AREA]), choices, place),
        figures,
        shares.decide_bases(_first_rows(counted, columns[BASE]) if BASE in columns else {}),
    )
    for _, one in decided.each():
        found.assumed += one.assumed
        found.every_ask += one.asks
    read = [figure for row in rows for figure in _figure(row, decided, found)]
    found.figures = list(_once(_one_spelling(read, found), found))
    found.left.sort()
    if not found.figures and not found.faults and not found.asks:
        found.faults.append(Fault("the file", "Every row is left out, so there is no figure."))


def _first_rows(rows: list[Row], column: int) -> Rows:
    """The words of a column, each with the first row in which it stands."""
    found: dict[str, int] = {}
    for row in rows:
        found.setdefault(row.cell(column), row.number)
    return found


def _figure(row: Row, decided: _Decisions, found: Reading) -> Iterator[Figure]:
    """The figure of a row; nothing, where it is left out, wrong or waits for an answer, which is noted."""
    told = {name: row.cell(column) for name, column in found.columns.items()}
    wrong = [(name, one.wrong[told[name]]) for name, one in decided.each() if told.get(name, "") in one.wrong]
    why = next((one.without[told[name]] for name, one in decided.each() if told.get(name) in one.without), "")
    measure = told.get(MEASURE, ONLY)
    if why:
        found.left.append(Left(row.number, why))
        return
    if not measure:
        wrong.append((MEASURE, "There is no measure. Write one in each row."))
    for name, message in wrong:
        found.faults.append(Fault(found.table.place(row.number, found.columns[name]), message))
    values = [one.values.get(told[name]) for name, one in decided.each() if name != BASE]
    if not wrong and None not in values:
        people = decided.bases.values.get(told.get(BASE, ""))
        area, ends = decided.areas.values[told[AREA]], decided.dates.values[told[DATE]]
        yield Figure(row.number, area, measure, ends, decided.shares.values[told[PROPORTION]], people)


def _one_spelling(figures: list[Figure], found: Reading) -> Iterator[Figure]:
    """Figures whose measures are spelt one way each: as they are spelt first."""
    names: dict[str, str] = {}
    told: set[str] = set()
    for figure in figures:
        name = names.setdefault(figure.measure.casefold(), figure.measure)
        if name != figure.measure and figure.measure not in told:
            told.add(figure.measure)
            found.assumed.append(
                Assumption("Measures", f"“{figure.measure}” (row {figure.row}) is “{name}”.")
            )
        yield figure._replace(measure=name)
    if len(names) > MOST_MEASURES:
        wrong = f"It has {len(names)} measures. Bring at most {MOST_MEASURES}; is this the right column?"
        found.faults.append(Fault("the file", wrong))


def _once(figures: Iterator[Figure], found: Reading) -> Iterator[Figure]:
    """Figures of which there is one for each measure, area and date; what is said twice otherwise is a fault."""
    seen: dict[tuple[str, str, dt.date], Figure] = {}
    for figure in figures:
        before = seen.setdefault(figure.of, figure)
        if before is figure:
            yield figure
        elif before[4:] == figure[4:]:
            found.left.append(Left(figure.row, f"it says the same as row {before.row}"))
        else:
            place = found.table.place(figure.row, found.columns[PROPORTION])
            told = f"Row {before.row} has another figure or base for this area, measure and date. Keep one of the two."
            found.faults.append(Fault(place, told))
