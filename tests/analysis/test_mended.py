"""Corners where a figure was once wrong, or a sentence untrue; each stays as it was mended."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis import (
    CannotWeight,
    Cube,
    Margin,
    NotConverged,
    SurveyDesign,
    Total,
    change,
    planning,
    rao_scott,
)

from .conftest import Columns


def quota(frame: Any, **options: Any) -> SurveyDesign:
    return SurveyDesign(frame, kind="quota", **options)


def test_negative_weights_of_a_linear_calibration_count() -> None:
    random = np.random.default_rng(1)
    frame = {"x": random.integers(0, 20, 60).astype(float), "sex": ["F" if i % 3 else "M" for i in range(60)]}
    margin = Margin("sex", {"F": 500, "M": 100})
    design = quota(frame).calibrate([margin], [Total("x", 600 * 18.5)], method="linear")
    assert (design.final_weights() < 0).sum() > 5
    row = design.proportion("sex", "F").rows()[0]
    assert (row["estimate"], row["n"]) == (pytest.approx(500 / 600), 60)
    assert design.total("x").estimate[0] == pytest.approx(11_100)
    assert design.report().after.n == 60


def test_a_bound_that_is_somebodys_weight_keeps_the_total() -> None:
    frame = {"w": [0.1] * 30 + [0.05] * 30 + [0.3] * 6, "q": [1, 0, 0] * 22}
    design = quota(frame, weights="w").trim(upper=0.1, lower=0.01)
    assert design.final_weights().sum() == pytest.approx(6.3)
    assert design.proportion("q").n_weighted[0] == pytest.approx(6.3)
    with pytest.raises(CannotWeight, match="too few are inside to take up what is cut"):
        quota(frame, weights="w").trim(upper=6.3 / 66 * 1.000001, lower=6.3 / 66 * 0.999999, strict=True)


@pytest.mark.parametrize("replicates", [False, True])
def test_waves_in_the_same_schools_by_masks_and_by_replicates(replicates: bool) -> None:
    random = np.random.default_rng(3)
    school = np.repeat(np.arange(20), 40)
    wave = np.tile([1, 2], 400)
    y = (random.random(800) < 0.3 + 0.4 * (school % 5 == 0)).astype(int)
    design = quota({"y": y, "wave": wave, "school": school}, clusters="school")
    design = design.replicates("jackknife") if replicates else design
    truth = design.proportion("y", by="wave").difference(2, 1).rows()[0]["se"]
    one, two = (design.subset(wave == at).proportion("y") for at in (1, 2))
    assert change(one, two).se[0] == pytest.approx(truth, rel=1e-9)
    assert truth < 0.9 * np.hypot(one.se[0], two.se[0])
    for other in (design.subset(wave > 0), design):
        with pytest.raises(ValueError, match="share respondents"):
            change(one, other.proportion("y"))


def test_half_samples_of_people_who_are_alike() -> None:
    frame = {"s": [1, 1, 2, 2, 3, 3, 4, 4], "y": [1, 1, 0, 0, 1, 0, 0, 1]}
    design = quota(frame, strata="s")
    assert design.replicates("brr").total("y").se[0] == pytest.approx(design.total("y").se[0])
    assert design.replicates("fay", rho=0.3).total("y").se[0] == pytest.approx(design.total("y").se[0])


@pytest.mark.parametrize("total", [float("nan"), float("inf")])
def test_a_total_is_a_number(total: float) -> None:
    with pytest.raises(CannotWeight, match="the total of 'x' must be a number"):
        Total("x", total)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0])
def test_weights_that_are_none_are_found_behind_every_door(bad: float) -> None:
    frame = {"y": [1, 0, 1, 0], "w": [1.0, bad, 2.0, 1.0]}
    with pytest.raises(ValueError, match="'w' must be a number, 0 or more"):
        quota(pl.LazyFrame(frame), weights="w").proportion("y")
    base = sqlite3.connect(":memory:")
    base.execute("create table t (y, w)")
    base.executemany("insert into t values (?, ?)", [(1, 1.0), (0, bad), (1, 2.0)])
    with pytest.raises(ValueError, match="'w' must be a number, 0 or more; 1 rows break this"):
        Cube.query(base, "t", ["y"], weights="w")
    with pytest.raises(KeyError, match="there is no column 'nope'; the table has y, w"):
        Cube.query(base, "t", ["nope"])
    base.close()


def test_a_standardised_table_is_not_compared_with_what_is_not() -> None:
    random = np.random.default_rng(2)
    frame = {name: random.choice(list(levels), 600) for name, levels in (("a", "xyz"), ("b", "pq"))}
    table = quota({**frame, "y": random.integers(0, 2, 600)}).proportion("y", by=["a", "b"])
    same = table.standardise("a", {"x": 10, "y": 1, "z": 1})
    assert same.difference("p", "q").rows()[0]["se"] > 0
    with pytest.raises(ValueError, match="standardised by a"):
        same.against_rest("b")
    with pytest.raises(ValueError, match="standardised by a"):
        rao_scott(same)
    with pytest.raises(ValueError, match="nobody in the table is at 'v'"):
        table.standardise("a", {"x": 1, "y": 1, "z": 1, "v": 5})
    with pytest.raises(ValueError, match="counts of 0 or more; look at 'z'"):
        table.standardise("a", {"x": 1, "y": 1, "z": -1})


def test_a_by_column_may_not_be_called_as_a_key_of_every_row(london: Columns) -> None:
    with pytest.raises(ValueError, match="a by column cannot be called 'level'"):
        quota(london).proportion("y", by="level")


def test_sentences_say_what_they_mean() -> None:
    frame = {
        "age": [10, 12, 14, 16] * 30,
        "sex": ["F", "M"] * 60,
        "worry": ["very", "not", "not", "very"] * 30,
    }
    design = quota(frame)
    means = design.mean("age", by="sex").difference("F", "M")
    assert "(-2; the" in means.explain(means.rows()[0])
    crossed = design.crosstab("worry", "sex", "total")
    assert "said not and F" in crossed.explain(crossed.rows()[0])
    zero = quota({"y": [0, 1] * 20}).total("y", 0)
    assert zero.explain(zero.rows()[0]).startswith(
        "From 40 people who answered, the total of y being 0 is 20"
    )


def test_the_most_certain_difference_is_not_denied() -> None:
    frame = {"y": [1] * 60 + [0] * 60, "g": ["a"] * 60 + ["b"] * 60}
    found = quota(frame).proportion("y", by="g").difference("a", "b")
    row = found.rows()[0]
    assert (row["estimate"], row["verdict"]) == (1.0, "cannot be tested")
    assert "the difference between a and b cannot be tested" in found.explain(row)


def test_what_the_weighting_fixes_is_not_significant(raked: SurveyDesign) -> None:
    for interval in ("logit", "wald", "kg"):
        for row in raked.proportion("sex", interval=interval).rows():
            assert (row["se"], row["flag"]) == (0.0, "[u]")
            assert "the weighting fixes it" in row["reason"]
    found = raked.proportion("sex").difference("F", "M").rows()[0]
    assert (found["verdict"], found["flag"]) == ("cannot be tested", "[u]")


def test_a_test_leaves_empty_answers_out() -> None:
    frame = {"y": ["u", "v", "v", "u", "u", "v"] * 20, "g": ["a", "b"] * 60}
    plain = rao_scott(quota(frame).proportion("y", by="g"))
    declared = rao_scott(quota(frame, levels={"y": ["u", "v", "never"]}).proportion("y", by="g"))
    assert declared.f == pytest.approx(plain.f)
    assert declared.df == 1


def test_a_subset_that_nobody_is_in_is_refused() -> None:
    design = quota({"b": ["Camden", None] * 20, "s": list(range(40)), "y": [1, 0] * 20})
    with pytest.raises(ValueError, match="nobody has b 'Camdn'; there are 'Camden'"):
        design.subset(b="Camdn")
    assert design.subset(b=None).proportion("y").n[0] == 20
    assert design.subset(s=range(3)).proportion("y").n[0] == 3
    assert design.subset(s=np.array([1, 2])).proportion("y").n[0] == 2
    with pytest.raises(ValueError, match="name a level; there are 0, 1"):
        design.proportion("y", [])


@pytest.mark.parametrize("levels", [{"y": "abc"}, {"y": [0, 0, 1]}, {"y": [0, 1, None]}])
def test_levels_that_are_declared_wrongly(levels: Any) -> None:
    with pytest.raises(ValueError, match="the levels of 'y' must be a list of different values"):
        quota({"y": [0, 1]}, levels=levels)


def test_levels_of_a_column_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="levels= names 'z'"):
        quota({"y": [0, 1]}, levels={"z": [1]})


def test_few_clusters_need_more_answers() -> None:
    frame = {"y": [1, 0, 0, 1] * 100, "s": list(range(20)) * 20}
    row = quota(frame, clusters="s").proportion("y").rows()[0]
    wider = {**row, "df": 1000}
    assert planning.more_needed(row, 0.03) > planning.more_needed(wider, 0.03)


def test_nothing_to_repeat_is_undefined_and_flagged() -> None:
    lonely = quota({"y": [1, 0] * 20, "s": ["a", "b"] * 20}, strata="s", clusters="s").replicates("jackknife")
    row = lonely.proportion("y").rows()[0]
    assert (np.isnan(row["se"]), row["flag"]) == (True, "[u]")
    census = quota({"y": [1, 0] * 20, "n": [40] * 40}, fpc="n")
    assert census.replicates("jackknife").proportion("y").se[0] == census.proportion("y").se[0] == 0
    assert quota({"y": [None] * 4}).proportion("y", interval="bootstrap").rows() == []


@pytest.mark.parametrize("method", ["raking", "linear", "logit"])
def test_the_bounds_that_are_told_can_be_kept_to(method: Any) -> None:
    random = np.random.default_rng(11)
    ages = random.choice(list("abcde"), 200, p=[0.1, 0.2, 0.3, 0.3, 0.1])
    design = quota({"age": ages, "sex": random.choice(["F", "M"], 200)})
    margins = [Margin("age", dict.fromkeys("abcde", 40)), Margin("sex", {"F": 70, "M": 130})]
    with pytest.raises(CannotWeight, match="The tightest that can are") as told:
        design.calibrate(margins, method=method, bounds=(0.95, 1.05))
    low, high = (float(word) for word in str(told.value).rsplit(" are ", 1)[1].split(" and "))
    weights = design.calibrate(margins, method=method, bounds=(low, high)).final_weights()
    assert low - 1e-9 <= weights.min() <= weights.max() <= high + 1e-9


def test_bounds_on_one_side() -> None:
    design = quota({"a": ["x", "y"] * 30})
    margin = Margin("a", {"x": 10, "y": 50})
    with pytest.raises(CannotWeight, match=r"The tightest that can are 0\.3333"):
        design.calibrate([margin], bounds=(0.95, float("inf")))
    with pytest.raises(ValueError, match="needs two finite bounds"):
        design.calibrate([margin], method="logit", bounds=(0.0, float("inf")))
    with pytest.raises(ValueError, match="tolerance must be a small number above 0"):
        design.rake([margin], tolerance=0)


def test_a_target_of_nothing_can_be_met() -> None:
    design = quota({"a": ["x", "y"] * 30, "x": list(range(60))})
    weights = design.calibrate([Margin("a", {"x": 0, "y": 60})], method="linear").final_weights()
    np.testing.assert_allclose(weights, [0, 2] * 30, atol=1e-9)
    zero = design.calibrate([Margin("a", {"x": 30, "y": 30})], [Total("x", 0)], method="linear")
    assert zero.total("x").estimate[0] == pytest.approx(0, abs=1e-5)


def test_what_did_not_converge_says_which_way_it_was_tried() -> None:
    frame = {"a": ["x"] * 5 + ["y"] * 5, "b": ["p"] * 5 + ["q"] * 5}
    margins = [Margin("a", {"x": 50, "y": 50}), Margin("b", {"p": 90, "q": 10})]
    with pytest.raises(NotConverged, match="linear calibration has not converged"):
        quota(frame).calibrate(margins, method="linear")


def test_a_stratum_of_one_that_was_drawn_whole_is_not_lonely() -> None:
    frame = {
        "b": ["a"] * 4 + ["b"] * 9,
        "s": ["one"] * 4 + list("pqr") * 3,
        "N": [1] * 4 + [6] * 9,
        "y": [0, 1, 2, 3, 1, 2, 0, 4, 3, 1, 0, 2, 2],
    }
    options: dict[str, Any] = {"strata": "b", "clusters": "s", "fpc": "N"}
    found = [quota(frame, lonely_psu=rule, **options).total("y").se[0] for rule in ("remove", "average")]
    assert found[0] == pytest.approx(found[1])


def test_replicates_refuse_what_they_would_drop() -> None:
    two = {"s": [0, 0, 1, 1], "N": [4] * 4, "M": [30] * 4, "p": [0, 1, 2, 3], "y": [1, 4, 2, 8]}
    stages = quota(two, clusters=["s", "p"], fpc=["N", "M"])
    with pytest.raises(CannotWeight, match="replicates repeat the first stage of a sample only"):
        stages.replicates("jackknife").total("y")
    half = quota({**two, "b": [1, 1, 2, 2]}, strata="b", clusters="p", fpc="N")
    with pytest.raises(CannotWeight, match="half-samples do not allow for a finite population"):
        half.replicates("brr").total("y")


def test_merging_counts_those_who_are_weighted() -> None:
    frame = {"age": ["a"] * 30 + ["b"] * 60, "wave": [1] * 60 + [2] * 30}
    design = quota(frame).subset(wave=2)
    margin = Margin("age", {"a": 1, "b": 1}).merging(design)
    assert margin.merge == {"a": "b"}
    assert design.rake([margin]).total("age", "b").estimate[0] == pytest.approx(2)
