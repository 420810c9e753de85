"""Publishing again when one school has come: its figure is not what the second publication has beyond the first."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from analysis import SurveyDesign
from analysis.disclosure import Counted, Publication, publish
from tests.analysis.test_publication import who
from tests.analysis.test_publication_twice import (
    BY,
    CODES,
    COLUMNS,
    FIRST,
    SECOND,
    Reader,
    World,
    world,
)

SCHOOLS = ["Ash", "Elm", "Fir", "Oak", "Yew"]
AREA = COLUMNS["borough"][1]


def of_schools(random: np.random.Generator, people: int) -> World:
    """People of three boroughs, each of any of five schools."""
    return world(random, people) | {"school": random.choice(SCHOOLS, people).tolist()}


def with_more(random: np.random.Generator, frame: World, schools: list[str]) -> World:
    """The same people, and of one borough as many more as schools are named."""
    came = world(random, len(schools)) | {"school": schools}
    came |= {"borough": [AREA] * len(schools), "age": ["16+"] * len(schools)}
    return {name: known + came[name] for name, known in frame.items()}


def published(frame: World, *before: Publication) -> Publication:
    design = SurveyDesign(frame, kind="gatekept", clusters="school", levels={"answer": CODES, **COLUMNS})
    kept = [[Counted.read(one) for one in json.loads(json.dumps(first.kept))] for first in before]
    beneath = [design.proportion("answer", by=["borough", "age"])]
    return publish([design.proportion("answer", by=by) for by in BY], beneath=beneath, before=kept)


def known_of(
    one: World, two: World, first: Publication, second: Publication
) -> Iterator[tuple[str, float, int]]:
    """Of each group and answer how narrowly those who came are known, and how many they are."""
    reader = Reader({FIRST: one, SECOND: two}, anybody_left=False)
    reader.read(FIRST, first.tables)
    reader.read(SECOND, second.tables)
    for group, level, more, low, high in reader.changes(second.tables):
        assert low - 0.01 <= more[CODES.index(level)] <= high + 0.01, (
            "the attacker has learnt something false"
        )
        if came := len(who(two, group)) - len(who(one, group)):
            yield f"{group} {level}", high - low, came


@pytest.mark.parametrize("seed", range(6))
def test_what_a_school_brought_is_not_read_from_two_publications(seed: int) -> None:
    random = np.random.default_rng([seed, 9])
    one = of_schools(random, 150)
    first = published(one)
    came = ["Ash"] * int(random.integers(12, 60))
    two = with_more(random, one, [*came, *["Elm"] * (len(came) // 20)])
    second = published(two, first)
    for row, wide, more in known_of(one, two, first, second):
        assert wide >= min(5.0, more) - 0.01, row
    of_many = with_more(random, one, [*came, *["Elm"] * len(came), *["Oak"] * len(came)])
    many = published(of_many, first)
    assert many.withheld <= second.withheld  # those who came of many schools are a figure like any other
