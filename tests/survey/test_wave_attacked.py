"""A reader attacks the publication of a whole wave: its tables as they are frozen, and what each group weighs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog
from sqlalchemy import Engine
from sqlmodel import select

from analysis.disclosure import Counted, Rule
from survey.db import open_engine, transaction
from survey.demo.london import SLUG, fill_london
from survey.instruments import parsed
from survey.models import Consultation
from survey.places import load
from survey.publications import making
from tests.survey.conftest import MIDDAY

Row = np.ndarray[Any, Any]
LEAST = Rule().minimum_count


@pytest.fixture
def london(empty_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """The made-up wave. On one database: what is hidden is decided above any."""
    path = tmp_path / "london.db"
    path.write_bytes(empty_sqlite.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with transaction(engine) as session:
        fill_london(session, load("london"), MIDDAY)
    yield engine
    engine.dispose()


REST = "another answer"


@dataclass
class Reader:
    """Unknown to them: how many people of each borough, age and gender gave each answer to one question.

    Known: how many answered in all, the exact base of each row that is shown, what a person of each of the finest
    groups weighs, and every share as narrowly as it and the ends of its interval, rounded as they are, allow. What the
    tables of other questions tell is who answered those: of this one's answers it is how large each group is at most,
    and its base is known exactly. (Of who is asked because of an answer see docs/decisions/all-tables-together.md.)
    """

    finest: Counted
    lines: list[sparse.csr_array] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        inside = tuple(map(slice, map(len, self.finest.along)))
        given, people = self.finest.counts[inside], self.finest.people[inside]
        assert people.sum() == self.finest.people.sum(), "somebody has no borough, age or gender"
        self.levels = (*self.finest.levels, REST)
        self.truth = np.concatenate([given, (people - given.sum(axis=-1))[..., None]], axis=-1)
        self.weights = self.finest.heavy[0][inside][..., None]
        self.between(np.ones(self.truth.shape), self.truth.sum(), self.truth.sum())

    def of(self, group: Mapping[str, Any], codes: Sequence[Any]) -> Row:
        """Which of the unknown numbers those of a group are who gave one of some answers."""
        places = [np.arange(size) for size in self.truth.shape]
        for name, level in group.items():
            at = self.finest.by.index(name)
            places[at] = np.array([self.finest.along[at].index(level)])
        places[-1] = np.array([self.levels.index(code) for code in codes])
        found = np.zeros(self.truth.shape)
        found[np.ix_(*places)] = 1
        return found

    def people(self, row: Row) -> float:
        return float((row * self.truth).sum())

    def between(self, row: Row, low: float, high: float) -> None:
        self.at_most(row, high)
        self.at_most(-row, -low)

    def at_most(self, row: Row, most: float) -> None:
        self.lines.append(sparse.csr_array(row.reshape(1, -1)))
        self.most.append(most)

    def read(self, group: Mapping[str, Any], codes: Sequence[Any], share: float, slack: Row) -> None:
        """Learn a row that is shown."""
        everybody, some = self.of(group, self.levels), self.of(group, codes)
        base, heavy = self.people(everybody), self.weights * self.truth
        true = float((some * heavy).sum() / (everybody * heavy).sum())
        assert abs(true - share) < 0.00501
        self.between(everybody, base, base)
        self.at_most(((true - slack[0]) * everybody - some) * self.weights, 1e-6)
        self.at_most((some - (true + slack[1]) * everybody) * self.weights, 1e-6)

    def learns(self, row: Row) -> tuple[float, float]:
        """The least and the most that a number can be."""
        known: Any = sparse.vstack(self.lines).tocsr()
        most = np.array(self.most) + 1e-7
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * row.ravel(), A_ub=known, b_ub=most, bounds=(0, None), method="highs")
            assert found.status == 0, found.message
            ends.append(sign * float(found.fun or 0.0))
        return ends[0], ends[1]

    def read_as_it_is(self, group: Mapping[str, Any], codes: Sequence[Any]) -> None:
        """Learn a row that is withheld, as though it were shown."""
        everybody, some = self.of(group, self.levels), self.of(group, codes)
        heavy = self.weights * self.truth
        share = float((some * heavy).sum() / (everybody * heavy).sum())
        self.read(group, codes, share, np.array([0.005, 0.005]))


@dataclass(frozen=True)
class Attack:
    """Who has read everything that is published of one measure, and the rows of it that are withheld."""

    measure: str
    reader: Reader
    hidden: list[tuple[dict[str, Any], list[Any]]]

    def told(self) -> Iterator[str]:
        """The withheld rows that the reader puts within too few people."""
        reader = self.reader
        for group, codes in self.hidden:
            row, base = reader.of(group, codes), reader.people(reader.of(group, reader.levels))
            low, high = reader.learns(row)
            assert low - 0.01 <= reader.people(row) <= high + 0.01, "the reader has learnt something false"
            if high - low < min(LEAST, base) - 0.01:
                yield (
                    f"{self.measure} {group} {codes}: {reader.people(row):.0f} of {base:.0f}, {low:.1f} to {high:.1f}"
                )


def attacks(engine: Engine) -> Iterator[Attack]:
    """Every measure of the wave's publication."""
    with transaction(engine) as session:
        consultation = session.exec(select(Consultation).where(Consultation.slug == SLUG)).one()
        (collection,) = [one for one in consultation.collections if making.can_be_published(one)]
        place = load("london")
        content = making.preview(session, collection, place, MIDDAY.date()).content
        answered = [*making._answered(session, collection, place, parsed(collection.instrument))]
        frozen = iter(content["tables"])
        for made in answered:
            shown = [(next(frozen), Counted.of(table)) for _what, table in made.tables(consultation)]
            for measure in dict.fromkeys(table.measure for _frozen, table in shown):
                reader = Reader(Counted.of(made.weighted.design.proportion(measure, by=making.SPLITS)))
                some = [(told, table) for told, table in shown if table.measure == measure]
                yield Attack(measure, reader, [*_read(reader, some)])


def _read(
    reader: Reader, tables: Sequence[tuple[Mapping[str, Any], Counted]]
) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Learn what is shown; the rows that are not."""
    for frozen, table in tables:
        for row, (domain, level), slack in zip(frozen["rows"], table.keys, table.slack.T, strict=True):
            group = dict(zip(table.by, domain, strict=True))
            codes = list(level) if isinstance(level, tuple) else [level]
            if row["estimate"] is None:
                yield group, codes
            else:
                reader.read(group, codes, row["estimate"], slack)


@pytest.mark.long
def test_who_knows_what_each_group_weighs_bounds_no_withheld_row_of_a_wave(london: Engine) -> None:
    found = {one.measure: one for one in attacks(london)}
    headline = found.pop("worry_knife_crime")
    assert len(headline.hidden) > 50
    assert [*headline.told()] == []
    assert len(found) > 20
    assert sum(len(one.hidden) for one in found.values()) > 10
    assert [told for one in found.values() for told in one.told()] == []
    reader, ((group, codes), *rest) = headline.reader, headline.hidden
    for other in rest:
        reader.read_as_it_is(*other)
    low, high = reader.learns(reader.of(group, codes))
    assert high - low < LEAST, "the attack is real: beside all others, one row cannot be hidden"
