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


@dataclass
class Reader:
    """Unknown to them: how many people of each borough, age and gender gave each answer.

    Known: how many answered in all, the exact base of each row that is shown, what a person of each of the finest
    groups weighs, and every share as narrowly as it and the ends of its interval, rounded as they are, allow.
    """

    finest: Counted
    lines: list[sparse.csr_array] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        sizes = tuple(map(len, self.finest.along))
        inside = tuple(map(slice, sizes))
        self.truth = self.finest.counts[inside]
        self.weights = self.finest.heavy[0][inside][..., None]
        assert self.truth.sum() == self.finest.counts.sum(), "somebody has no borough, age or gender"
        self.between(np.ones(self.truth.shape), self.truth.sum(), self.truth.sum())

    def of(self, group: Mapping[str, Any], codes: Sequence[Any]) -> Row:
        """Which of the unknown numbers those of a group are who gave one of some answers."""
        places = [np.arange(size) for size in self.truth.shape]
        for name, level in group.items():
            at = self.finest.by.index(name)
            places[at] = np.array([self.finest.along[at].index(level)])
        places[-1] = np.array([self.finest.levels.index(code) for code in codes])
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
        everybody, some = self.of(group, self.finest.levels), self.of(group, codes)
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
        everybody, some = self.of(group, self.finest.levels), self.of(group, codes)
        heavy = self.weights * self.truth
        share = float((some * heavy).sum() / (everybody * heavy).sum())
        self.read(group, codes, share, np.array([0.005, 0.005]))


Hidden = list[tuple[dict[str, Any], list[Any]]]


def attacked(engine: Engine) -> tuple[Reader, Hidden]:
    """Who has read everything that is published of the headline's question, and the rows that are withheld."""
    with transaction(engine) as session:
        consultation = session.exec(select(Consultation).where(Consultation.slug == SLUG)).one()
        (collection,) = [one for one in consultation.collections if making.can_be_published(one)]
        place, key = load("london"), consultation.headline or ""
        content = making.preview(session, collection, place, MIDDAY.date()).content
        answered = making._answered(session, collection, place, parsed(collection.instrument))
        (made,) = [one for one in answered if one.question.key == key]
        reader = Reader(Counted.of(made.weighted.design.proportion(key, by=making.SPLITS)))
        tables = [Counted.of(table) for _what, table in made.tables(consultation)]
    shown, hidden = [table for table in content["tables"] if table["question"] == key], list[Any]()
    for frozen, table in zip(shown, tables, strict=True):
        for row, (domain, level), slack in zip(frozen["rows"], table.keys, table.slack.T, strict=True):
            group = dict(zip(table.by, domain, strict=True))
            codes = list(level) if isinstance(level, tuple) else [level]
            if row["estimate"] is None:
                hidden.append((group, codes))
            else:
                reader.read(group, codes, row["estimate"], slack)
    return reader, hidden


@pytest.mark.long
def test_who_knows_what_each_group_weighs_bounds_no_withheld_row_of_a_wave(london: Engine) -> None:
    reader, hidden = attacked(london)
    assert len(hidden) > 50
    told = []
    for group, codes in hidden:
        row, base = reader.of(group, codes), reader.people(reader.of(group, reader.finest.levels))
        low, high = reader.learns(row)
        assert low - 0.01 <= reader.people(row) <= high + 0.01, "the reader has learnt something false"
        if high - low < min(LEAST, base) - 0.01:
            told.append(f"{group} {codes}: {reader.people(row):.0f} of {base:.0f}, {low:.1f} to {high:.1f}")
    assert told == []
    (group, codes), *rest = hidden
    for other in rest:
        reader.read_as_it_is(*other)
    low, high = reader.learns(reader.of(group, codes))
    assert high - low < LEAST, "the attack is real: beside all others, one row cannot be hidden"
