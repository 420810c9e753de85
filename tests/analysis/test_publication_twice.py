"""Publishing again what a few people joined or left: nobody can subtract one publication from the other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis import SurveyDesign
from analysis.disclosure import Counted, Protected, Publication, Rule, publish
from tests.analysis.attack import Attacker
from tests.analysis.test_publication import who

BOTH, GONE, CAME = "in both", "in the first only", "in the second only"
FIRST, SECOND = "first", "second"
COLUMNS: dict[str, list[Any]] = {
    "borough": ["b0", "b1", "b2"],
    "age": ["10-15", "16+"],
    "gender": ["female", "male", "non_binary"],
}
CODES = ["never", "some", "often"]
BY: tuple[list[str], ...] = ([], ["borough"], ["age"], ["gender"])
World = dict[str, list[Any]]
Group = dict[str, Any]


def world(random: np.random.Generator, people: int) -> World:
    """People of three boroughs, two ages and a few of a third gender, of whom few gave one of three answers."""
    return {
        "borough": random.choice(COLUMNS["borough"], people, p=[0.06, 0.44, 0.5]).tolist(),
        "age": random.choice(COLUMNS["age"], people).tolist(),
        "gender": random.choice(COLUMNS["gender"], people, p=[0.49, 0.49, 0.02]).tolist(),
        "answer": random.choice(CODES, people, p=[0.55, 0.35, 0.1]).tolist(),
    }


def changed(random: np.random.Generator, frame: World, more: int, fewer: int) -> World:
    """The same world after some people came and some left."""
    gone = set(random.choice(len(frame["answer"]), fewer, replace=False).tolist())
    came = world(random, more)
    return {
        name: [one for at, one in enumerate(known) if at not in gone] + came[name]
        for name, known in frame.items()
    }


def published(frame: World, *before: Publication, rule: Rule | None = None) -> Publication:
    """A publication beside earlier ones, of which there is only what was kept, as text."""
    design = SurveyDesign(frame, kind="quota", levels={"answer": CODES, **COLUMNS})
    tables = [design.proportion("answer", by=by) for by in BY]
    kept = [[Counted.read(one) for one in json.loads(json.dumps(first.kept))] for first in before]
    beneath = [design.proportion("answer", by=["borough", "age"])]
    return publish(tables, rule, beneath=beneath, before=kept)


class Reader:
    """An attacker who has both publications, everybody's number in each, and knows whether anybody left between."""

    def __init__(self, worlds: Mapping[str, World], anybody_left: bool) -> None:
        self.worlds = worlds
        moments = [BOTH, CAME, *([GONE] if anybody_left else [])]
        pools: dict[str, Any] = {
            FIRST: ("when", {BOTH: "in", GONE: "in"}),
            SECOND: ("when", {BOTH: "in", CAME: "in"}),
        }
        crossed = (("borough", "age", "when"), ("gender", "when"))
        self.knows = Attacker(COLUMNS | {"when": moments}, CODES, crossed, pools)
        for part, frame in worlds.items():
            people = len(frame["answer"])
            self.knows.between(self.knows.sum({part: "in"}, CODES), people, people)
        for code in CODES:
            for moment in moments:
                one, other = (self.knows.sum({"when": moment}, [code], at) for at in (0, 1))
                self.knows.between(one - other, 0, 0)

    def read(self, part: str, tables: Sequence[Protected]) -> None:
        """All tables of a publication, with the exact base of every group that is shown."""
        for table in tables:
            rows, exactly = [row | {part: "in"} for row in table.rows()], {}
            for row in rows:
                group = {name: row[name] for name in table.by}
                if row["estimate"] is not None:
                    exactly[tuple(sorted((group | {part: "in"}).items()))] = len(
                        who(self.worlds[part], group)
                    )
            self.knows.read(replace(table, by=(*table.by, part), _rows=tuple(rows)), exactly)

    def changes(self, tables: Sequence[Protected]) -> Iterator[tuple[Group, Any, list[int], float, float]]:
        """Of each row its group, how many more of it gave each answer, and between what the reader puts the row's."""
        for table in tables:
            for row in table.rows():
                group, level = {name: row[name] for name in table.by}, row["level"]
                one, two = (who(self.worlds[part], group) for part in (FIRST, SECOND))
                later = self.knows.sum(group | {SECOND: "in"}, [level])
                low, high = self.knows.learns_of(later - self.knows.sum(group | {FIRST: "in"}, [level]))
                yield group, level, [two.count(code) - one.count(code) for code in CODES], low, high


def moved(one: World, two: World, left: int, group: Group) -> list[Any]:
    """What those of a group answered who came or left: whom a difference of two publications is about."""
    stayed = len(one["answer"]) - left
    came = who({name: known[stayed:] for name, known in two.items()}, group)
    still = who({name: known[:stayed] for name, known in two.items()}, group)
    return [*came, *(Counter(who(one, group)) - Counter(still)).elements()]


def subtracted(one: World, two: World, first: Publication, second: Publication, left: int) -> list[str]:
    """The changes made by a few people that the attacker puts within fewer than five, or than all who came or left."""
    reader = Reader({FIRST: one, SECOND: two}, left > 0)
    reader.read(FIRST, first.tables)
    reader.read(SECOND, second.tables)
    rule, out = Rule(), []
    for group, level, more, low, high in reader.changes(second.tables):
        change, people = more[CODES.index(level)], moved(one, two, left, group)
        assert low - 0.01 <= change <= high + 0.01, "the attacker has learnt something false"
        unfit = len(people) < rule.minimum_base or people.count(level) < rule.minimum_count
        if people and unfit and high - low < min(rule.minimum_count, len(people)) - 0.01:
            out.append(f"{group} {level}: {change} of {people} is between {low:.1f} and {high:.1f}")
    return out


WORLDS = [(1, 0), (3, 0), (40, 0), (0, 2), (12, 3), (300, 20)]


def drawn(seed: int, more: int, fewer: int) -> tuple[World, World]:
    random = np.random.default_rng([seed, more, fewer])
    one = world(random, int(random.integers(120, 700)))
    return one, changed(random, one, more, fewer)


@pytest.mark.parametrize(("more", "fewer"), WORLDS)
def test_no_few_people_are_found_by_subtracting_publications(more: int, fewer: int) -> None:
    one, two = drawn(0, more, fewer)
    first = published(one)
    assert subtracted(one, two, first, published(two, first), fewer) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 11))
@pytest.mark.parametrize(("more", "fewer"), WORLDS)
def test_no_few_people_are_found_in_any_of_many_worlds(seed: int, more: int, fewer: int) -> None:
    one, two = drawn(seed, more, fewer)
    first = published(one)
    assert subtracted(one, two, first, published(two, first), fewer) == []


def test_the_attack_is_real() -> None:
    """Two publications that know nothing of each other, each safe by itself, tell the same reader of one person."""
    one, two = drawn(2, 1, 0)
    assert len(subtracted(one, two, published(one), published(two), 0)) > 5


def test_what_has_not_changed_is_published_again_as_it_was() -> None:
    """A correction of words, of a recipe: nobody came or left, so nothing more is withheld."""
    one, _ = drawn(0, 1, 0)
    first = published(one)
    second = published(one, first)
    assert second.withheld <= first.withheld
    hidden = [
        [row["estimate"] is None for table in every.tables for row in table.rows()]
        for every in (first, second)
    ]
    assert all(before or not now for before, now in zip(*hidden, strict=True))


@pytest.mark.long
def test_the_third_publication_is_safe_beside_both_before_it() -> None:
    random = np.random.default_rng(5)
    one = world(random, 300)
    two = changed(random, one, 60, 0)
    three = changed(random, two, 4, 0)
    first = published(one)
    second = published(two, first)
    third = published(three, first, second)
    assert subtracted(two, three, second, third, 0) == []
    assert subtracted(one, three, first, third, 0) == []
    assert len(subtracted(two, three, second, published(three), 0)) > 0


def test_a_looser_rule_does_not_show_what_an_earlier_publication_hides_of_few_people() -> None:
    one, two = drawn(0, 3, 0)
    first = published(one, rule=Rule(20, 10, 40))
    assert subtracted(one, two, first, published(two, first), 0) == []
