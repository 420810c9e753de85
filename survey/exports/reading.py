"""Reading responses in one picture of the database, some thousands at a time, whatever comes in meanwhile."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, Text, cast, select
from sqlmodel import Session, col

from questions import QuestionSet
from survey import counts, instruments
from survey.db import reading
from survey.exports.columns import CLUSTER, NOTHING, WEIGHT, Field, Values, fields_of, filled, shown_values
from survey.exports.crowds import Crowd, Floats, Numbers, Steps, crowd, finest, places_of
from survey.exports.identifying import PLACED, ROUTE, SETTING, Variable, variables
from survey.exports.measured import weights
from survey.models import Collection, Response, Setting
from survey.places import Place

AT_ONCE = 5_000
COLUMNS = {
    **{name: name for name in PLACED},
    ROUTE: "route",
    SETTING: "setting_id",
}  # the others are answers only
READ = ("key", "instrument_id", *COLUMNS.values())


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows: a column of values for each field, and the key of the last, by which reading goes on."""

    columns: tuple[Values, ...]
    rows: int
    last: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known before the first row: the set's versions, oldest first, and who may stand alone."""

    collection: Collection
    versions: tuple[QuestionSet, ...]
    numbers: Mapping[int, int]  # where each instrument stands among the versions
    crowd: Crowd
    total: int
    place: Place | None

    @property
    def variables(self) -> tuple[Variable, ...]:
        return self.crowd.variables


@contextmanager
def picture(engine: Engine) -> Iterator[Session]:
    """A session that sees the database as it is now, until it ends; it only reads, and nobody waits for it."""
    with Session(reading(engine)) as session, session.begin():
        yield session


def known(
    session: Session, collection: Collection, place: Place | None, order: Sequence[int] | None = None
) -> Known:
    """What a file rests on. order: the settings as they are numbered, where the file is to have them."""
    published = [*reversed(instruments.versions(session, collection.instrument.key))]
    versions = tuple(instruments.parsed(one) for one in published)
    sought = variables(versions, place, order)
    total = counts.submitted_by_collection(session, collection.consultation_id).get(collection.id or 0, 0)
    numbers = {one.id or 0: at for at, one in enumerate(published)}
    return Known(collection, versions, numbers, crowd(session, collection, sought), total, place)


def settings_of(session: Session, collection: Collection) -> list[int]:
    """The settings of a collection, by their ids."""
    found = session.exec(
        select(Setting.id).where(col(Setting.collection_id) == collection.id).order_by(col(Setting.id))  # type: ignore[call-overload]
    )
    return [one for (one,) in found]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a file. cells: those of the crowd as one number each, rising; gone: which of them lose what tells who
    somebody is; counts: what a response in each counts for.
    """

    known: Known
    steps: Steps
    fields: tuple[Field, ...]
    cells: Numbers
    gone: NDArray[np.bool_]
    counts: Floats

    @classmethod
    def of(cls, session: Session, found: Known, steps: Steps, before: Sequence[Steps]) -> Rows:
        """The rows of a collection in these steps, beside what files before it gave."""
        together = finest(found.variables, [steps, *before])
        gone = found.crowd.blanked(steps, together)
        fields = fields_of(found.versions, shown_values(found.variables, steps))
        each = _averaged(session, found, steps, gone)
        cells = _numbered(found.crowd.variables, found.crowd.places.T)
        order = np.argsort(cells)
        return cls(found, steps, fields, cells[order], gone[order], each[order])

    def chunks(self, session: Session, after: str = "") -> Generator[Chunk, None, None]:
        """The rows after a key, in the order of the keys, which is nobody's order of coming."""
        asked = (
            select(*(col(getattr(Response, name)) for name in READ), cast(col(Response.answers), Text))
            .where(
                col(Response.collection_id) + 0 == self.known.collection.id,  # or SQLite sorts them all first
                col(Response.submitted_on).is_not(None),
                col(Response.key) > after,
            )
            .order_by(col(Response.key))
            .execution_options(yield_per=AT_ONCE)
        )
        with session.connection().execute(asked) as found:
            for rows in found.partitions():
                yield self._chunk(rows)

    def _chunk(self, rows: Sequence[Any]) -> Chunk:
        *known, texts = zip(*rows, strict=True)
        read = dict(zip(READ, known, strict=True))
        # All at once is half the time of each alone: their keys are then made once.
        answers: list[dict[str, Any]] = json.loads(f"[{','.join(texts)}]")
        keys, asked = read["key"], read["instrument_id"]
        places = [_places(one, _values(one, read, answers)) for one in self.known.variables]
        at = np.searchsorted(self.cells, _numbered(self.known.variables, places))
        gone, each = self.gone[at], self.counts[at]
        shown = {
            one.key: np.where(gone, NOTHING, np.array(one.step(self.steps[one.key]).places)[place])
            for one, place in zip(self.known.variables, places, strict=True)
        }
        columns = self._answered(np.array([self.known.numbers[one] for one in asked]), answers, shown, each)
        return Chunk(columns, len(rows), keys[-1])

    def _answered(
        self,
        version: Numbers,
        answers: Sequence[Mapping[str, Any]],
        shown: Mapping[str, Numbers],
        each: Floats,
    ) -> tuple[Values, ...]:
        """The columns of some rows, each version's by itself."""
        own: dict[str, Values] = {
            **shown,
            WEIGHT: each,
            **({CLUSTER: shown[SETTING]} if SETTING in shown else {}),
        }
        parts = [(number, np.flatnonzero(version == number)) for number in np.unique(version)]
        some = [
            (self.known.versions[number], rows, [answers[at] for at in rows.tolist()])
            for number, rows in parts
        ]
        return tuple(
            own[one.question]
            if one.column is None or one.question in shown
            else _joined(one, some, len(version))
            for one in self.fields
        )


Part = tuple[QuestionSet, Numbers, list[Mapping[str, Any]]]


def _joined(field: Field, parts: Sequence[Part], size: int) -> Values:
    """One column from the parts that answered different versions."""
    if len(parts) == 1:
        return filled(field, parts[0][0], parts[0][2])
    made = np.empty(size, dtype=object if field.kind == "number" else np.int16)
    for question_set, rows, answers in parts:
        made[rows] = filled(field, question_set, answers)
    return made


def _values(
    variable: Variable, read: Mapping[str, Sequence[Any]], answers: Sequence[Mapping[str, Any]]
) -> Any:
    """A variable's value of each row."""
    column = COLUMNS.get(variable.key)
    return read[column] if column else [one.get(variable.key) for one in answers]


def _places(variable: Variable, values: Sequence[Any]) -> Numbers:
    """Where a variable's value of each row stands."""
    return np.fromiter(map(places_of(variable).__getitem__, values), np.int64, len(values))


def _numbered(variables: Sequence[Variable], places: Iterable[Numbers]) -> Numbers:
    """The places of all variables as one number."""
    shape = tuple(len(one.values) + 1 for one in variables)
    return np.asarray(np.ravel_multi_index(tuple(places), shape), dtype=np.int64)


def _averaged(session: Session, found: Known, steps: Steps, gone: Any) -> Floats:
    """What a response of each cell counts for, NaN for nothing: the mean of those who look alike in the file.

    The exact weight follows from borough, age and gender, and so would tell what the steps have taken away.
    """
    crowd = found.crowd
    each, _ = weights(session, found.collection, instruments.parsed(found.collection.instrument), found.place)
    whole = np.array([each.get(who, np.nan) for who in _placed(crowd)], dtype=np.float64)
    groups = np.where(gone, -1, crowd.groups(steps)) + 1
    has = np.isfinite(whole)
    # Nobody is told apart by having no weight either: who looks alike shares what they have.
    total = np.bincount(groups, np.where(has, whole, 0.0) * crowd.people)
    people = np.bincount(groups, crowd.people)
    mean = (total / np.maximum(people, 1))[groups] if len(groups) else whole
    return np.where(mean > 0, mean, np.nan)


def _placed(crowd: Crowd) -> list[tuple[Any, Any, Any]]:
    """Borough, age band and gender of each cell, None for what is not asked."""
    at = {one.key: (place, (*one.values, None)) for place, one in enumerate(crowd.variables)}
    columns = []
    for key in PLACED:
        if key in at:
            place, values = at[key]
            columns.append([values[value] for value in crowd.places[:, place]])
        else:
            columns.append([None] * len(crowd.people))
    return list(zip(*columns, strict=True))
