"""Margins: summed from counts, merged by the stated rule, scaled, and refused with a message that helps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from analysis import CannotWeight, Margin, SurveyDesign

Frame = dict[str, Any]
AGES = ["10-11", "12-13", "14-15", "16-17", "18-19"]


def design(column: str = "age", /, **people: int) -> SurveyDesign:
    """So many people of each level: design(a=3, b=5)."""
    return SurveyDesign({column: [level for level, n in people.items() for _ in range(n)]}, kind="quota")


def weights_of(made: SurveyDesign, column: str, other: str | None = None) -> dict[Any, float]:
    """The sum of the final weights of each level of a column, or of each pair of levels of two."""
    table = made.crosstab(column, other, "total") if other else made.proportion(column)
    rows = {row["level"]: row["estimate"] * row["n_weighted"] for row in table.rows()}
    return {level: weight for level, weight in rows.items() if weight > 0}


@pytest.fixture(scope="module")
def counts() -> Frame:
    """Two boroughs by two sexes by three ages, in no order, one cell given in two rows."""
    return {
        "borough": ["B", "A", "A", "B", "A", "B", "A", "A", "B", "B", "A", "B", "A"],
        "sex": ["F", "F", "M", "M", "F", "F", "M", "F", "M", "F", "M", "M", "F"],
        "age": [1, 1, 1, 1, 2, 2, 2, 3, 2, 3, 3, 3, 3],
        "people": [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 5],
    }


@pytest.mark.parametrize("reader", [dict, pd.DataFrame, pl.DataFrame, pl.LazyFrame])
def test_a_margin_is_summed_from_any_frame(counts: Frame, reader: Any) -> None:
    for columns in ("sex", ("borough", "age"), ("age", "borough", "sex")):
        names = (columns,) if isinstance(columns, str) else columns
        wanted: dict[Any, float] = {}
        for *key, n in zip(*(counts[name] for name in (*names, "people")), strict=True):
            cell = tuple(key) if len(names) > 1 else key[0]
            wanted[cell] = wanted.get(cell, 0.0) + n
        margin = Margin.of(reader(counts), columns, count="people")
        assert margin.targets == wanted
        assert list(margin.targets) == sorted(wanted)
        assert margin.total == sum(counts["people"]) == 785
        assert (margin.names, margin.name) == (names, " x ".join(names))


def test_what_else_a_margin_is_told_is_kept(counts: Frame) -> None:
    margin = Margin.of(counts, "age", "people", merge={3: 2}, others="own share")
    assert (margin.merge, margin.others) == ({3: 2}, "own share")
    assert margin == Margin("age", {1: 100, 2: 270, 3: 415}, {3: 2}, "own share")


def test_a_margin_that_cannot_be_summed_is_refused(counts: Frame) -> None:
    with pytest.raises(KeyError, match="no column 'ward'; the frame has borough, sex, age, people"):
        Margin.of(counts, "ward", "people")
    with pytest.raises(KeyError, match="no column 'n'"):
        Margin.of(counts, "sex", "n")
    with pytest.raises(ValueError, match="column 'borough' must hold numbers; it holds words"):
        Margin.of(counts, "sex", "borough")
    holes = {**counts, "people": [None, *counts["people"][1:]]}
    with pytest.raises(CannotWeight, match="margin sex: the count for 'F' must be 0 or more"):
        Margin.of(holes, "sex", "people")


def test_a_sample_is_met_by_margins_that_were_summed(counts: Frame) -> None:
    random = np.random.default_rng(3)
    people = {
        name: random.choice(sorted(set(counts[name])), 200).tolist() for name in ("borough", "sex", "age")
    }
    margins = [Margin.of(counts, columns, "people") for columns in (("borough", "sex"), "age")]
    made = SurveyDesign(people, kind="quota").rake(margins)
    assert weights_of(made, "borough", "sex") == pytest.approx(margins[0].targets, rel=1e-8)
    assert weights_of(made, "age") == pytest.approx(margins[1].targets, rel=1e-8)


def test_scaled() -> None:
    margin = Margin("age", {"a": 10, "b": 30, "c": 0}, {"c": "b"}, "own share")
    scaled = margin.scaled(1000)
    assert scaled.targets == {"a": 250.0, "b": 750.0, "c": 0.0}
    assert (scaled.total, scaled.merge, scaled.others) == (1000, {"c": "b"}, "own share")
    assert margin.targets == {"a": 10, "b": 30, "c": 0}
    one, other = (design(a=4, b=3, c=2).rake([each]) for each in (margin, scaled))
    np.testing.assert_allclose(other.final_weights(), 25 * one.final_weights(), rtol=1e-10)
    assert one.proportion("age").estimate == pytest.approx(other.proportion("age").estimate)


def test_margins_that_nearly_agree_take_the_total_of_the_first() -> None:
    frame = {"sex": ["F", "M"] * 10, "age": ["a", "a", "b", "b", "b"] * 4}
    sex, age = Margin("sex", {"F": 510, "M": 490}), Margin("age", {"a": 400.0002, "b": 600.0003})
    made = SurveyDesign(frame, kind="quota").rake([sex, age])
    assert made.final_weights().sum() == pytest.approx(1000, rel=1e-9)
    with pytest.raises(CannotWeight) as caught:
        SurveyDesign(frame, kind="quota").rake([sex, Margin("age", {"a": 400, "b": 700})])
    assert str(caught.value) == (
        "margin age adds up to 1,100, margin sex to 1,000: 10.0% apart. Use counts of the same people, or "
        "margin.scaled(1000)"
    )
    mended = SurveyDesign(frame, kind="quota").rake([sex, Margin("age", {"a": 400, "b": 700}).scaled(1000)])
    assert weights_of(mended, "age") == pytest.approx({"a": 4000 / 11, "b": 7000 / 11}, rel=1e-8)


def joined(counts: list[int], least: int) -> list[list[int]]:
    """The rule, from the left: a list is closed once enough are in it; too few at the end go to those before."""
    lists: list[list[int]] = []
    now: list[int] = []
    for at in range(len(counts)):
        now.append(at)
        if sum(counts[one] for one in now) >= least:
            lists, now = [*lists, now], []
    if now and lists:
        lists[-1] = lists[-1] + now
    elif now:
        lists = [now]
    return lists


@pytest.mark.parametrize(
    ("people", "groups"),
    [
        ([3, 30, 40], [[0, 1], [2]]),
        ([30, 3, 40], [[0], [1, 2]]),
        ([30, 40, 3], [[0], [1, 2]]),
        ([5, 5, 5, 5, 40], [[0, 1, 2, 3], [4]]),
        ([20, 20, 20], [[0], [1], [2]]),
        ([19, 1, 19, 2], [[0, 1], [2, 3]]),
        ([0, 50, 0, 0], [[0, 1, 2, 3]]),
        ([4, 5], [[0, 1]]),
        ([4], [[0]]),
    ],
)
def test_small_cells_are_merged_with_the_next(people: list[int], groups: list[list[int]]) -> None:
    assert joined(people, 20) == groups
    levels = AGES[: len(people)]
    margin = Margin("age", {level: 100.0 + at for at, level in enumerate(levels)})
    found = margin.merging(design(**dict(zip(levels, people, strict=True))))
    wanted: dict[str, str] = {}
    for group in groups:
        largest = max(group, key=lambda at: people[at])
        wanted |= {levels[at]: levels[largest] for at in group if at != largest}
    assert found.merge == wanted
    assert found.targets == margin.targets
    assert margin.merge == {}
    assert found.rules == tuple(f"age: {a!r} is weighted together with {b!r}." for a, b in wanted.items())


def test_any_sample_can_be_weighted_once_its_cells_are_merged() -> None:
    """Of 80 samples with many small cells: the lists are those of the rule, and each meets the sum of its targets."""
    random = np.random.default_rng(14)
    for _ in range(80):
        levels = [f"level {at}" for at in range(8)]
        people, least = random.poisson(random.choice([0.5, 4, 15], 8)).tolist(), int(random.integers(1, 25))
        if not sum(people):
            continue
        targets = dict(zip(levels, random.integers(1, 500, 8).tolist(), strict=True))
        sample = design(**dict(zip(levels, people, strict=True)))
        margin = Margin("age", targets).merging(sample, least)
        made = sample.rake([margin])
        met = weights_of(made, "age")
        for group in joined(people, least):
            names = [levels[at] for at in group]
            together = {margin.merge.get(name, name) for name in names}
            assert len(together) == 1
            assert sum(met.get(name, 0.0) for name in names) == pytest.approx(
                sum(targets[one] for one in names)
            )
            each = {round(met[levels[at]] / people[at], 9) for at in group if people[at]}
            assert len(each) == 1  # all of them weigh the same


def test_the_order_is_that_of_the_targets() -> None:
    sample = design(a=3, b=30, c=40)
    assert Margin("age", {"a": 1, "b": 1, "c": 1}).merging(sample).merge == {"a": "b"}
    assert Margin("age", {"b": 1, "c": 1, "a": 1}).merging(sample).merge == {"a": "c"}
    assert Margin("age", {"a": 1, "c": 1, "b": 1}).merging(sample).merge == {"a": "c"}


def test_what_was_merged_before_stays_merged() -> None:
    """x is with a already; both have 12 and go to b together."""
    margin = Margin("age", {"a": 10, "b": 20, "c": 30, "x": 40}, {"x": "a"})
    found = margin.merging(design(a=5, x=7, b=50, c=60))
    assert found.merge == {"x": "b", "a": "b"}
    assert weights_of(design(a=5, x=7, b=50, c=60).rake([found]), "age") == pytest.approx(
        {"a": 70 * 5 / 62, "x": 70 * 7 / 62, "b": 70 * 50 / 62, "c": 30}
    )
    enough = margin.merging(design(a=5, x=17, b=50, c=60))
    assert enough.merge == {"x": "a"}


def test_none_is_merged_across_groups() -> None:
    """Camden and Islington are inner London; the small ones go to a neighbour of their own kind."""
    targets = {"Barnet": 1, "Camden": 1, "City": 1, "Harrow": 1, "Islington": 1}
    within = {"Barnet": "outer", "Harrow": "outer", "Camden": "inner", "City": "inner", "Islington": "inner"}
    sample = design("borough", Barnet=5, Camden=30, City=2, Harrow=50, Islington=40)
    found = Margin("borough", targets).merging(sample, within=within)
    assert found.merge == {"Barnet": "Harrow", "City": "Islington"}
    assert Margin("borough", targets).merging(sample).merge == {"Barnet": "Camden", "City": "Harrow"}
    apart = dict(zip(targets, targets, strict=True))
    assert Margin("borough", targets).merging(sample, within=apart).merge == {}


def crossed() -> SurveyDesign:
    cells = {("A", 1): 2, ("A", 2): 30, ("A", 3): 4, ("B", 1): 25, ("B", 2): 3, ("B", 3): 1}
    rows = [cell for cell, n in cells.items() for _ in range(n)]
    return SurveyDesign({"borough": [one for one, _ in rows], "age": [age for _, age in rows]}, kind="quota")


def test_of_several_columns_only_the_last_is_merged() -> None:
    targets = {(borough, age): 100 for borough in "AB" for age in (1, 2, 3)}
    margin = Margin(("borough", "age"), targets).merging(crossed())
    assert margin.merge == {
        ("A", 1): ("A", 2),
        ("A", 3): ("A", 2),
        ("B", 2): ("B", 1),
        ("B", 3): ("B", 1),
    }
    assert margin.rules[0] == "borough x age: ('A', 1) is weighted together with ('A', 2)."
    met = weights_of(crossed().rake([margin]), "borough", "age")
    assert met["A", 2] == pytest.approx(300 * 30 / 36)
    assert sum(weight for (borough, _), weight in met.items() if borough == "B") == pytest.approx(300)


def test_of_several_columns_the_groups_are_of_the_last() -> None:
    """Ages 1 and 2 are of one school, 3 of another: B's 3 stays alone, however small."""
    targets = {(borough, age): 100 for borough in "AB" for age in (1, 2, 3)}
    margin = Margin(("borough", "age"), targets)
    found = margin.merging(crossed(), within={1: "lower", 2: "lower", 3: "upper"})
    assert found.merge == {("A", 1): ("A", 2), ("B", 2): ("B", 1)}


def test_people_without_weight_are_not_counted() -> None:
    frame = {"age": ["a"] * 25 + ["b"] * 30, "w": [0.0] * 20 + [1.0] * 35}
    sample = SurveyDesign(frame, kind="quota", weights="w")
    assert Margin("age", {"a": 1, "b": 1}).merging(sample).merge == {"a": "b"}
    assert Margin("age", {"a": 1, "b": 1}).merging(sample, 5).merge == {}


def test_levels_merged_by_hand_weigh_the_same() -> None:
    margin = Margin("age", {"a": 10, "b": 20, "c": 70}, merge={"a": "b"})
    made = design(a=4, b=6, c=10).poststratify(margin)
    np.testing.assert_allclose(made.final_weights(), [3.0] * 10 + [7.0] * 10)
    assert made.rules == ("age: 'a' is weighted together with 'b'.",)
    unasked = design(b=6, c=10).poststratify(
        margin
    )  # nobody is in a: its people are weighted to by those in b
    np.testing.assert_allclose(unasked.final_weights(), [5.0] * 6 + [7.0] * 10)
    answer = Margin("age", {"b": 30, "c": 70}, merge={"other": "b"})  # an answer that the census has not
    np.testing.assert_allclose(
        design(b=4, c=10, other=2).poststratify(answer).final_weights(), [5.0] * 4 + [7.0] * 10 + [5.0] * 2
    )


def test_others_keep_the_share_that_they_have_by_weight() -> None:
    frame = {
        "sex": ["F"] * 4 + ["M"] * 4 + ["X", None],
        "w": [1.0] * 8 + [1.5, 0.5],
        "age": ["a", "b"] * 5,
    }
    margins = [Margin("sex", {"F": 60, "M": 40}, others="own share"), Margin("age", {"a": 30, "b": 70})]
    made = SurveyDesign(frame, kind="quota", weights="w").rake(margins)
    assert weights_of(made, "sex") == pytest.approx({"F": 48, "M": 32, "X": 15}, rel=1e-8)
    assert made.final_weights()[-1] == pytest.approx(5, rel=1e-8)
    assert weights_of(made, "age") == pytest.approx({"a": 30, "b": 70}, rel=1e-8)
    assert made.rules == (
        "sex: 2 respondents gave an answer without a population count, or none; they keep their 20.0% of the "
        "sample's weight, and the counts are scaled to the rest.",
    )
    assert margins[0].rule.startswith("sex: an answer without a population count keeps its own share")
    nobody = design(a=3, b=3).rake([Margin("age", {"a": 1, "b": 3}, others="own share")])
    np.testing.assert_allclose(nobody.final_weights(), np.repeat([1 / 3, 1.0], 3))


def test_a_level_that_nobody_lives_in_has_no_weight() -> None:
    made = design(a=3, b=3, c=3).rake([Margin("age", {"a": 6, "b": 12, "c": 0})])
    np.testing.assert_allclose(made.final_weights(), np.repeat([2.0, 4.0, 0.0], 3))
    assert made.proportion("age", "a").n[0] == 6
    made = design(a=3, b=3).rake([Margin("age", {"a": 6, "b": 12, "c": 0})])
    np.testing.assert_allclose(made.final_weights(), np.repeat([2.0, 4.0], 3))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"targets": {"a": -1, "b": 2}}, "margin age: the count for 'a' must be 0 or more"),
        (
            {"targets": {"a": float("inf"), "b": float("nan")}},
            "margin age: the count for 'a', 'b' must be 0 or more",
        ),
        ({"targets": {"a": 0}}, "margin age has no population: give a count for each level"),
        ({"targets": {}}, "margin age has no population"),
        (
            {"targets": {"a": 1}, "others": "drop"},
            "margin age: others must be None or 'own share', not 'drop'",
        ),
        (
            {"targets": {"a": 1}, "merge": {"b": "c"}},
            "margin age: 'b' cannot be merged into 'c', which is not among the targets",
        ),
        (
            {"targets": {"a": 1, "b": 2, "c": 3}, "merge": {"a": "b", "b": "c"}},
            "margin age: 'a' cannot be merged into 'b', which is merged itself",
        ),
        ({"targets": {"a": 1}, "merge": {"a": "a"}}, "'a' cannot be merged into 'a', which is merged itself"),
    ],
)
def test_a_margin_that_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(CannotWeight, match=message):
        Margin("age", **options)


def test_a_level_that_nobody_answered_is_named_with_who_lives_there() -> None:
    margin = Margin("age", {"a": 10, "b": 1200, "c": 34, "d": 0})
    with pytest.raises(CannotWeight) as caught:
        design(a=5).rake([margin])
    assert str(caught.value) == (
        "margin age: nobody in the sample is in 'b', 'c', where 1,234 people live. Merge it with a level that was "
        "answered: merge={'b': ...}"
    )
    with pytest.raises(CannotWeight, match=r"margin borough x age: nobody in the sample is in \('B', 4\)"):
        crossed().rake(
            [
                Margin(
                    ("borough", "age"), {("B", 4): 7.0, **{(b, age): 1.0 for b in "AB" for age in (1, 2, 3)}}
                )
            ]
        )


def test_answers_without_a_count_are_named_with_how_many() -> None:
    with pytest.raises(CannotWeight) as caught:
        design(a=5, b=3, c=1).rake([Margin("age", {"a": 10})])
    assert str(caught.value) == (
        "margin age: 'b', 'c' (4 respondents) has no population count (None is a missing answer). Give it a target, "
        "merge it, or say others='own share'"
    )
    many = {f"level {at}": 1 for at in range(9)}
    with pytest.raises(CannotWeight, match=r"'level 5' and 3 more \(9 respondents\)"):
        design(here=4, **many).rake([Margin("age", {"here": 10})])


def test_what_is_no_column_is_refused() -> None:
    with pytest.raises(KeyError, match="no column 'sex'; the frame has age"):
        design(a=5).rake([Margin("sex", {"F": 1})])
    with pytest.raises(KeyError, match="no column 'sex'"):
        Margin("sex", {"F": 1}).merging(design(a=5))
    with pytest.raises(CannotWeight, match="give at least one margin to weight to"):
        design(a=5).rake([])
