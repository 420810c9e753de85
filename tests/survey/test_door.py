"""An attack on the door of one measure: everything it lets through of every split, subtracted from everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from analysis import SurveyDesign
from analysis.disclosure import Rule, publish
from questions import Choice, Question, Text
from survey.measuring.answers import Measure
from survey.measuring.door import Door
from survey.publications.as_on_pages import withheld

CODES = "abc"
WAYS: tuple[tuple[str, ...], ...] = ((), ("area",), ("age",), ("area", "age"))
QUESTION = Question("q", "scale", Text("?"), choices=tuple(Choice(code, Text(code)) for code in CODES))
MEASURES = [Measure(QUESTION, codes) for codes in (("a", "b"), ("a",), ("b",), ("c",))]
Person = tuple[str, str | None, str]
Domain = tuple[tuple[str, Any], ...]


def people(seed: int) -> list[Person]:
    """A few hundred people of three small areas and two large ones: area, age (not always said), answer."""
    random = np.random.default_rng(seed)
    sizes = dict(zip("PQRST", random.integers([3, 6, 12, 60, 90], [9, 25, 40, 90, 140]), strict=True))
    return [
        (
            area,
            str(random.choice(["young", "old"])) if random.random() > 0.03 else None,
            str(random.choice([*CODES], p=[0.5, 0.4, 0.1])),
        )
        for area, size in sizes.items()
        for _ in range(size)
    ]


def large(seed: int) -> list[Person]:
    """Thousands of people of five areas, in one of which hardly anybody gave one of the answers."""
    random = np.random.default_rng(seed)
    return [
        (area, str(random.choice(["young", "old"])), str(random.choice([*CODES], p=[0.6 - rare, 0.4, rare])))
        for area, size, rare in zip("PQRST", (200, 900, 1500, 2500, 3000), (0.01, *[0.1] * 4), strict=True)
        for _ in range(size)
    ]


def shown(everybody: list[Person]) -> Iterator[set[Person]]:
    """The kinds of people whose number can be read: those behind each share that is shown, and behind its base."""
    kinds = set(everybody)
    for measure in MEASURES:
        area, age, code = zip(*everybody, strict=True)
        answer = [one in measure.codes for one in code]
        frame = {"area": area, "age": age, "code": code, "answer": answer}
        door = Door(SurveyDesign(frame, kind="quota", levels={"code": [*CODES]}), measure, Rule())
        for by in WAYS:
            for row in door.table(by).rows():
                if row["estimate"] is not None:
                    group = {
                        kind
                        for kind in kinds
                        if all(kind[at] == row[name] for at, name in enumerate(("area", "age")) if name in by)
                    }
                    yield group
                    yield {kind for kind in group if kind[2] in measure.codes}


def covered_differently() -> list[Person]:
    """Area P is of eight people. By area the smallest covers it, Q; by age it would be R, many of whom did not say."""
    sizes = {"P": (4, 4, 0), "Q": (36, 24, 0), "R": (30, 20, 60), "S": (90, 90, 0), "T": (80, 99, 0)}
    return [
        (area, age, "ab"[at % 2])
        for area, by_age in sizes.items()
        for age, size in zip(("young", "old", None), by_age, strict=True)
        for at in range(size)
    ]


@pytest.mark.parametrize("everybody", [covered_differently(), *map(people, range(8))])
def test_no_small_group_follows_from_all_the_splits_together(everybody: list[Person]) -> None:
    count = Counter(everybody)
    kinds = sorted(count, key=str)
    known = np.array([[kind in one for kind in kinds] for one in shown(everybody)], dtype=float)
    for name, group in small(count):
        wanted = np.array([kind in group for kind in kinds], dtype=float)
        left = wanted - known.T @ np.linalg.lstsq(known.T, wanted, rcond=None)[0]
        assert np.abs(left).max() > 1e-6, f"{name} can be worked out"


def small(count: Counter[Person]) -> Iterator[tuple[str, set[Person]]]:
    """Groups of fewer than five people who gave an answer, by area, by age and by both."""
    for places in ((0,), (1,), (0, 1)):
        groups: dict[Any, set[Person]] = {}
        for kind in count:
            if None not in [kind[at] for at in places]:
                groups.setdefault((*(kind[at] for at in places), kind[2]), set()).add(kind)
        for name, group in groups.items():
            if 0 < sum(count[kind] for kind in group) < 5:
                yield " ".join(map(str, name)), group


def test_what_is_withheld_of_a_group_is_withheld_in_every_group_within_it() -> None:
    area, age, code = zip(*people(3), strict=True)
    for measure in MEASURES:
        answer = [one in measure.codes for one in code]
        frame = {"area": area, "age": age, "code": code, "answer": answer}
        door = Door(SurveyDesign(frame, kind="quota", levels={"code": [*CODES]}), measure, Rule())
        gone = {row["area"] for row in door.table(("area",)).rows() if row["estimate"] is None}
        within = [row for row in door.table(("area", "age")).rows() if row["area"] in gone]
        assert gone
        assert all(row["estimate"] is None for row in within)


def published(everybody: list[Person], *, as_on_pages: bool) -> set[tuple[Measure, Domain]]:
    """What a publication of all codes by area and by age shows of each measure, as rows of the analyst's page."""
    area, age, code = zip(*everybody, strict=True)
    design = SurveyDesign({"area": area, "age": age, "q": code}, kind="quota", levels={"q": [*CODES]})
    ways, crossed = [(), ("area",), ("age",)], design.proportion("q", by=["area", "age"])
    tables = [
        *(design.proportion("q", by=by) for by in ways),
        *(design.proportion("q", ["a", "b"], by=by) for by in ways),
    ]
    besides = withheld(QUESTION, tables, [crossed], Rule()) if as_on_pages else []
    found = publish(tables, Rule(), beneath=[crossed], besides=besides)
    return {
        (
            Measure(QUESTION, row["level"] if type(row["level"]) is tuple else (row["level"],)),
            _domain(row, table.by),
        )
        for table in found.tables
        for row in table.rows()
        if row["estimate"] is not None
    }


def _domain(row: dict[str, Any], by: tuple[str, ...]) -> Domain:
    return tuple((name, row[name]) for name in by)


def on_the_page(everybody: list[Person]) -> set[tuple[Measure, Domain]]:
    """What an analyst is shown of each measure."""
    area, age, code = zip(*everybody, strict=True)
    found = set()
    for measure in MEASURES:
        frame = {"area": area, "age": age, "code": code, "answer": [one in measure.codes for one in code]}
        door = Door(SurveyDesign(frame, kind="quota", levels={"code": [*CODES]}), measure, Rule())
        for by in ((), ("area",), ("age",)):
            rows = door.table(by).rows()
            found |= {(measure, _domain(row, by)) for row in rows if row["estimate"] is not None}
    return found


LARGE = [large(seed) for seed in range(6)]


@pytest.mark.parametrize("everybody", [covered_differently(), *map(people, range(4)), *LARGE])
def test_what_an_analyst_is_not_shown_is_not_published_either(everybody: list[Person]) -> None:
    assert published(everybody, as_on_pages=True) <= on_the_page(everybody)


def test_by_itself_a_publication_would_cover_with_other_rows_than_the_page() -> None:
    apart = [published(one, as_on_pages=False) - on_the_page(one) for one in LARGE]
    assert sum(map(bool, apart)) > 2


def test_the_order_in_which_tables_are_asked_for_changes_nothing() -> None:
    area, age, code = zip(*people(5), strict=True)
    frame = {"area": area, "age": age, "code": code, "answer": [one == "a" for one in code]}
    design = SurveyDesign(frame, kind="quota", levels={"code": [*CODES]})
    for one, other in combinations(WAYS, 2):
        there, back = Door(design, MEASURES[1], Rule()), Door(design, MEASURES[1], Rule())
        first, then = there.table(one).rows(), there.table(other).rows()
        assert back.table(other).rows() == then
        assert back.table(one).rows() == first
