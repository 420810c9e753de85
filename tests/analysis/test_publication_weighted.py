"""Shares are weighted: a reader who knows what each group weighs adds and subtracts sums of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Counted, Publication, Rule, publish
from analysis.disclosure.rows import protected
from tests.analysis.attack import Attacker, Domain, hidden_rows
from tests.analysis.test_publication import who
from tests.analysis.test_publication_twice import BY, CODES, COLUMNS, World, changed, world

BOTH, GONE, CAME = "in both", "in the first only", "in the second only"
STAGES = {"first": (BOTH, GONE), "second": (BOTH, CAME)}
Weights = dict[tuple[Any, ...], float]


@dataclass(frozen=True)
class Told:
    """A publication, of whom it is, and what a person of each borough and age weighs in it."""

    frame: World
    weights: Weights
    publication: Publication

    def weight(self, cell: Mapping[str, Any]) -> float:
        return self.weights.get(tuple(cell[name] for name in COLUMNS), 1.0)


def uneven(random: np.random.Generator) -> Weights:
    """What a person of each borough, age and gender weighs: in some boroughs several times as much as in others."""
    return _each(np.exp(random.normal(0, [[1.0], [0.3], [0.3]], (3, 3))))


def heavy(random: np.random.Generator) -> Weights:
    """What a person weighs if hardly anybody answered from the first borough."""
    factors = random.uniform(0.7, 1.3, (3, 3))
    factors[0, 0] *= 20
    return _each(factors)


def _each(factors: np.ndarray[Any, Any]) -> Weights:
    found = [
        dict(zip(levels, some, strict=False)) for levels, some in zip(COLUMNS.values(), factors, strict=True)
    ]
    return {
        cell: float(np.prod([factor[level] for factor, level in zip(found, cell, strict=True)]))
        for cell in product(*COLUMNS.values())
    }


def tables(frame: World, weights: Weights) -> tuple[list[Estimates], list[Estimates]]:
    weighed = [weights[cell] for cell in zip(*(frame[name] for name in COLUMNS), strict=True)]
    levels = {"answer": CODES, **COLUMNS}
    design = SurveyDesign({**frame, "weight": weighed}, kind="quota", weights="weight", levels=levels)
    return [design.proportion("answer", by=by) for by in BY], [
        design.proportion("answer", by=["borough", "age"])
    ]


def told(frame: World, weights: Weights, *before: Told) -> Told:
    """A publication beside earlier ones."""
    shown, beneath = tables(frame, weights)
    kept = [[Counted.read(one) for one in first.publication.kept] for first in before]
    return Told(frame, weights, publish(shown, beneath=beneath, before=kept))


def reader(parts: Mapping[str, Told], moments: Sequence[str]) -> Attacker:
    """Who has all publications, everybody's number in each, the base of each group that is shown, and all weights."""
    pools = {part: ("when", dict.fromkeys(STAGES[part], "in")) for part in parts}
    knows = Attacker(COLUMNS | {"when": [*moments]}, CODES, (("borough", "age", "gender", "when"),), pools)
    for part, one in parts.items():
        people = len(one.frame["answer"])
        knows.between(knows.sum({part: "in"}, CODES), people, people)
        for table in one.publication.tables:
            rows, exactly = [row | {part: "in"} for row in table.rows()], dict[Domain, int]()
            for row in rows:
                group = {name: row[name] for name in table.by}
                exactly[tuple(sorted((group | {part: "in"}).items()))] = len(who(one.frame, group))
            knows.read(replace(table, by=(*table.by, part), _rows=tuple(rows)), exactly, one.weight)
    return knows


def bounded(parts: Mapping[str, Told], moments: Sequence[str]) -> list[str]:
    """The rows that no publication of the same people shows, and the reader puts within fewer than five people."""
    knows, out = reader(parts, moments), []
    hidden = [[*hidden_rows(one.publication.tables)] for one in parts.values()]
    for part, one in parts.items():
        for group, level in [row for row in hidden[0] if all(row in rows for rows in hidden)]:
            people = who(one.frame, group)
            count = people.count(level)
            low, high = knows.learns(group | {part: "in"}, [level])
            assert low - 0.01 <= count <= high + 0.01, "the attacker has learnt something false"
            if high - low < min(Rule().minimum_count, len(people)) - 0.01:
                out.append(
                    f"{part} {group} {level}: {count} of {len(people)} is between {low:.1f} and {high:.1f}"
                )
    return out


def drawn(seed: int) -> tuple[World, Weights, Weights]:
    """A few hundred people, and two recipes."""
    random = np.random.default_rng([seed, 6])
    return world(random, int(random.integers(120, 700))), uneven(random), uneven(random)


def drawn_heavy(seed: int) -> tuple[World, Weights, Weights]:
    """Thousands of people, about thirty of them in the first borough, who carry much weight by either recipe."""
    random = np.random.default_rng([seed, 7])
    frame = world(random, int(random.integers(1500, 6000)))
    few = 30 / len(frame["answer"])
    frame["borough"] = random.choice(
        COLUMNS["borough"], len(frame["answer"]), p=[few, 0.5, 0.5 - few]
    ).tolist()
    return frame, heavy(random), heavy(random)


WORLDS = {"uneven": drawn, "heavy": drawn_heavy}
MANY = [pytest.param(kind, seed, marks=pytest.mark.long) for kind in WORLDS for seed in range(3, 15)]
SOME = [("heavy", seed) for seed in range(3)] + [("uneven", 0)]


@pytest.mark.parametrize(("kind", "seed"), [*SOME, *MANY])
def test_who_knows_what_each_group_weighs_bounds_no_withheld_row(kind: str, seed: int) -> None:
    frame, weights, _ = WORLDS[kind](seed)
    assert bounded({"first": told(frame, weights)}, [BOTH]) == []


@pytest.mark.parametrize(("kind", "seed"), [*SOME, *MANY])
def test_the_same_answers_by_two_recipes_bound_no_withheld_row(kind: str, seed: int) -> None:
    frame, one, other = WORLDS[kind](seed)
    first = told(frame, one)
    assert bounded({"first": first, "second": told(frame, other, first)}, [BOTH]) == []


@pytest.mark.parametrize(("kind", "seed"), [*SOME[2:], *MANY])
def test_nor_if_some_came_and_left_between(kind: str, seed: int) -> None:
    frame, one, other = WORLDS[kind](seed)
    later = changed(np.random.default_rng(seed), frame, 12, 3)
    first = told(frame, one)
    assert bounded({"first": first, "second": told(later, other, first)}, [BOTH, GONE, CAME]) == []


def as_if_all_weighed_the_same(frame: World, *recipes: Weights) -> list[Told]:
    """What is shown of each weighting if what to withhold is decided as though there were none."""
    alike = told(frame, dict.fromkeys(product(*COLUMNS.values()), 1.0)).publication
    found = []
    for weights in recipes:
        shown = zip(tables(frame, weights)[0], alike.why, strict=True)
        printed = tuple(protected(table, why, Rule()) for table, why in shown)
        found.append(Told(frame, weights, Publication(printed, alike.why)))
    return found


def test_the_attacks_are_real() -> None:
    """Decided by people alone, one publication tells this reader of few people, and two by two recipes of more."""
    alone, together = [], []
    for seed in range(8):
        frame, one, other = drawn_heavy(seed)
        first, second = as_if_all_weighed_the_same(frame, one, other)
        alone.append(len(bounded({"first": first}, [BOTH])))
        together.append(len(bounded({"first": first, "second": second}, [BOTH])))
    assert sum(map(bool, alone)) >= 2
    assert sum(map(bool, together)) > sum(map(bool, alone))


def test_a_correction_of_nothing_but_the_recipe_is_decided_anew() -> None:
    frame, one, other = drawn(0)
    first = told(frame, one)
    assert told(frame, one, first).publication.why == first.publication.why
    kept, tables_kept = first.publication.kept, told(frame, other).publication.kept
    assert Counted.read(kept[0]).same_people(Counted.read(tables_kept[0]))
    assert not Counted.read(kept[1]).same_people(Counted.read(tables_kept[1]))


def test_what_was_kept_before_weights_were_is_taken_to_weigh_the_same() -> None:
    frame, one, _ = drawn(0)
    kept = told(frame, one).publication.kept[1]
    assert (Counted.read(kept).heavy != 1).any()
    assert (Counted.read({name: kept[name] for name in kept if name != "heavy"}).heavy == 1).all()


def test_the_scale_of_weights_changes_nothing() -> None:
    frame, one, _ = drawn(1)
    wider = {cell: 1000 * weight for cell, weight in one.items()}
    assert told(frame, one).publication.why == told(frame, wider).publication.why
