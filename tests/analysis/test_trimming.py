"""Trimming: the total kept, the bounds kept, and a report that brute force agrees with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import CannotWeight, Cube, Margin, SurveyDesign
from analysis.trimming import Weights

Frame = dict[str, Any]
Floats = NDArray[np.float64]
MARGINS = [
    Margin("sex", {"F": 510, "M": 490}),
    Margin("age", {"young": 450, "middle": 350, "old": 200}),
]


@pytest.fixture(scope="module")
def frame() -> Frame:
    """200 people with weights of a long tail; nobody's is at a bound that is used below."""
    random = np.random.default_rng(4)
    return {
        "sex": random.choice(["F", "M"], 200).tolist(),
        "age": random.choice(["young", "middle", "old"], 200).tolist(),
        "school": random.integers(0, 20, 200).tolist(),
        "worry": random.integers(0, 2, 200).tolist(),
        "w": random.lognormal(0, 0.8, 200).round(3).tolist(),
    }


@pytest.fixture(scope="module")
def design(frame: Frame) -> SurveyDesign:
    return SurveyDesign(frame, kind="quota", weights="w", clusters="school")


def once(weight: Floats, lower: float, upper: float) -> Floats:
    """Cut to the bounds; what that took is given to those who were inside, each the same."""
    inside = (weight >= lower) & (weight <= upper)
    cut = np.clip(weight, lower, upper)
    cut[inside] += (weight - cut).sum() / inside.sum()
    return np.asarray(cut, dtype=np.float64)


def test_what_is_cut_is_shared_out_equally(design: SurveyDesign, frame: Frame) -> None:
    weight = np.array(frame["w"])
    trimmed = design.trim(lower=0.4, upper=2.5).final_weights()
    np.testing.assert_allclose(trimmed, once(weight, 0.4, 2.5), rtol=1e-12)
    assert trimmed.sum() == pytest.approx(weight.sum(), rel=1e-12)
    assert trimmed.max() > 2.5  # once only: what was shared out has lifted somebody over the bound


@pytest.mark.parametrize(("lower", "upper"), [(0.4, 2.5), (0.0, 1.9), (0.8, 4.0), (1.0, 2.0)])
def test_strict_keeps_both_the_bounds_and_the_total(
    design: SurveyDesign, frame: Frame, lower: float, upper: float
) -> None:
    weight = np.array(frame["w"])
    by_hand = weight
    while (by_hand < lower - 1e-12).any() or (by_hand > upper + 1e-12).any():
        by_hand = once(by_hand, lower, upper)
    trimmed = design.trim(lower=lower, upper=upper, strict=True).final_weights()
    assert lower - 1e-9 <= trimmed.min() <= trimmed.max() <= upper + 1e-9
    assert trimmed.sum() == pytest.approx(weight.sum(), rel=1e-9)
    np.testing.assert_allclose(trimmed, by_hand, rtol=1e-7)


def test_estimates_are_those_of_the_trimmed_weights(design: SurveyDesign, frame: Frame) -> None:
    trimmed = design.trim(upper=2.5)
    given = SurveyDesign(
        {**frame, "w": trimmed.final_weights()}, kind="quota", weights="w", clusters="school"
    )
    for by in ([], ["age"], ["age", "sex"]):
        one, other = (each.proportion("worry", by=by) for each in (trimmed, given))
        for name in ("estimate", "se", "n_weighted", "low", "high"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-10)
    assert trimmed.total("worry").se == pytest.approx(given.total("worry").se, rel=1e-10)


def test_trimmed_then_raked_begins_at_the_trimmed_weights(design: SurveyDesign, frame: Frame) -> None:
    trimmed = design.rake(MARGINS).trim(upper=9)
    again = trimmed.rake(MARGINS)
    given = SurveyDesign(
        {**frame, "w": trimmed.final_weights()}, kind="quota", weights="w", clusters="school"
    )
    np.testing.assert_allclose(again.final_weights(), given.rake(MARGINS).final_weights(), rtol=1e-9)
    one, other = (each.proportion("worry", by="age") for each in (again, given.rake(MARGINS)))
    np.testing.assert_allclose(one.covariance(), other.covariance(), rtol=1e-8, atol=1e-15)
    for row in again.report().rows():
        assert row["after"] == pytest.approx(row["target"], rel=1e-8)
    assert len(again.rules) == 1


def brute(weight: Floats) -> dict[str, float]:
    mean, top = weight.mean(), np.sort(weight)[::-1][: len(weight) // 100]
    deff = len(weight) * (weight**2).sum() / weight.sum() ** 2
    return {
        "n": len(weight),
        "deff": deff,
        "n_eff": len(weight) / deff,
        "max_over_mean": weight.max() / mean,
        "top_share": top.sum() / weight.sum(),
        "over_five": int((weight > 5 * mean).sum()),
    }


def told(weights: Weights) -> dict[str, float]:
    return {name: getattr(weights, name) for name in brute(np.ones(100))}


def test_the_report_before_and_after(design: SurveyDesign, frame: Frame) -> None:
    trimmed = design.trim(lower=0.4, upper=2.5, strict=True)
    report = trimmed.report()
    assert told(report.before) == pytest.approx(brute(np.array(frame["w"])), rel=1e-12)
    assert told(report.after) == pytest.approx(brute(trimmed.final_weights()), rel=1e-12)
    assert report.after.deff < report.before.deff
    assert report.rows() == []
    lines = str(report).splitlines()
    assert lines[0].split() == ["before", "after"]
    assert len(lines) == 7


def test_the_report_of_a_raking(design: SurveyDesign, frame: Frame) -> None:
    raked = design.rake(MARGINS)
    report = raked.report()
    assert told(report.after) == pytest.approx(brute(raked.final_weights()), rel=1e-12)
    rows = {(row["margin"], row["level"]): row for row in report.rows()}
    old, weight = np.array(frame["age"]) == "old", np.array(frame["w"])
    row = rows["age", "old"]
    assert row["n"] == old.sum()
    assert row["before"] == pytest.approx(weight[old].sum() / weight.sum())
    assert (row["after"], row["target"]) == pytest.approx((0.2, 0.2))
    assert len(rows) == 5


def test_the_report_of_a_subset_is_of_those_who_were_weighted(design: SurveyDesign, frame: Frame) -> None:
    women = np.array(frame["sex"]) == "F"
    report = design.subset(sex="F").rake([MARGINS[1]]).report()
    assert report.before.n == women.sum()
    assert report.before.deff == pytest.approx(brute(np.array(frame["w"])[women])["deff"])


def grouped(frame: Frame, names: list[str]) -> Frame:
    """The rows summed to cells, with how many each stands for."""
    cells: dict[tuple[Any, ...], int] = {}
    for key in zip(*(frame[name] for name in names), strict=True):
        cells[key] = cells.get(key, 0) + 1
    columns = zip(*cells, strict=True)
    return {**dict(zip(names, map(list, columns), strict=True)), "people": list(cells.values())}


def test_rows_that_stand_for_many_are_trimmed_alike(frame: Frame) -> None:
    frame = {**frame, "w": np.array(frame["w"]).round().clip(1).tolist()}
    cells = grouped(frame, ["sex", "age", "worry", "w"])
    assert len(cells["people"]) < 80
    rows = SurveyDesign(frame, kind="quota", weights="w").trim(upper=2.5)
    few = SurveyDesign(cells, kind="quota", weights="w", counts="people").trim(upper=2.5)
    for name in ("estimate", "se"):
        one, other = (getattr(each.proportion("worry", by="age"), name) for each in (rows, few))
        np.testing.assert_allclose(one, other, rtol=1e-10)
    assert rows.report().after.deff == pytest.approx(few.report().after.deff, rel=1e-12)


def test_people_of_one_cell_must_weigh_the_same(frame: Frame) -> None:
    design = SurveyDesign(frame, kind="quota", weights="w")
    coarse = SurveyDesign(design.cube(["sex", "worry"]), kind="quota")
    with pytest.raises(
        CannotWeight, match="cells of the cube hold people with different weights; make the col"
    ):
        coarse.trim(upper=2.5)
    with pytest.raises(CannotWeight, match="make the column of base weights an axis"):
        coarse.report()
    fine: Cube = design.cube(["sex", "worry", "w"])
    trimmed = SurveyDesign(fine, kind="quota", weights="w").trim(upper=2.5)
    one, other = trimmed.proportion("worry", by="sex"), design.trim(upper=2.5).proportion("worry", by="sex")
    np.testing.assert_allclose(one.se, other.se, rtol=1e-10)


def test_bounds_that_cannot_hold_are_refused(design: SurveyDesign) -> None:
    for lower, upper in ((0.0, 0.5), (3.0, 9.0), (2.0, 1.0), (0.0, float("nan"))):
        with pytest.raises(CannotWeight, match=r"the weights have a mean of 1\.\d+, so bounds of"):
            design.trim(lower=lower, upper=upper)


def test_trimming_leaves_the_design_as_it_was(design: SurveyDesign, frame: Frame) -> None:
    before = design.proportion("worry").rows()
    trimmed = design.trim(upper=2.5)
    assert design.proportion("worry").rows() == before
    np.testing.assert_array_equal(design.final_weights(), frame["w"])
    assert trimmed.rules == (
        "Weights under 0 or over 2.5 were cut to that, and the difference was shared out equally among the others.",
    )
    np.testing.assert_array_equal(design.trim(upper=1e9).final_weights(), frame["w"])
