"""Replicates: the jackknife against delete-one by hand, half-samples and the bootstrap against what they must equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import CannotWeight, Margin, SurveyDesign, Total

Frame = dict[str, Any]
Floats = NDArray[np.float64]
Estimator = Callable[[Floats], Floats]
SEX = Margin("sex", {"F": 330.0, "M": 270.0})
AGE = Margin("age", {"young": 190.0, "middle": 220.0, "old": 190.0})


@pytest.fixture(scope="module")
def frame() -> Frame:
    """150 people of 15 schools in three boroughs (of 4, 5 and 6), with weights; every school has each sex and age."""
    random = np.random.default_rng(23)
    school = np.repeat(np.arange(15), 10)
    return {
        "school": school.tolist(),
        "borough": np.array(["a"] * 40 + ["b"] * 50 + ["c"] * 60).tolist(),
        "schools": [20] * 40 + [10] * 50 + [30] * 60,
        "sex": np.tile(["F", "M"], 75).tolist(),
        "age": np.tile(["young", "middle", "old", "young", "old"], 30).tolist(),
        "siblings": random.integers(0, 5, 150).tolist(),
        "worry": (random.random(150) < 0.3 + 0.02 * school).astype(int).tolist(),
        "w": random.uniform(2, 6, 150).round(2).tolist(),
    }


@pytest.fixture(scope="module")
def design(frame: Frame) -> SurveyDesign:
    return SurveyDesign(frame, kind="gatekept", weights="w", strata="borough", clusters="school")


def jackknifed(frame: Frame, cluster: str, estimator: Estimator, share: dict[Any, float]) -> Floats:
    """The covariances of what an estimator makes of weights, leaving each cluster of each stratum out in turn; the
    deviations are from the estimate itself. share: how much of each stratum was drawn."""
    weight, unit = np.array(frame["w"]), np.array(frame[cluster])
    stratum = np.array(frame["borough"])
    whole = estimator(weight)
    found = np.zeros((len(whole), len(whole)))
    for h in np.unique(stratum):
        inside = np.unique(unit[stratum == h])
        n = len(inside)
        for one in inside:
            left = weight * np.where(stratum == h, n / (n - 1), 1.0) * (unit != one)
            off = estimator(left) - whole
            found += (n - 1) / n * (1 - share.get(h, 0.0)) * np.outer(off, off)
    return found


def shares(frame: Frame) -> Estimator:
    """The share who worry at each age."""
    worry = np.array(frame["worry"])
    at = [np.array(frame["age"]) == age for age in sorted(AGE.targets)]
    return lambda w: np.array([(w * worry)[one].sum() / w[one].sum() for one in at])


def raked(frame: Frame, weight: Floats) -> Floats:
    """Raked by hand, margin after margin."""
    cells = [
        (np.array(frame[margin.name]) == level, count)
        for margin in (SEX, AGE)
        for level, count in margin.targets.items()
    ]
    weight = weight.copy()
    for _ in range(60):
        for at, count in cells:
            weight[at] *= count / weight[at].sum()
    return weight


def calibrated(frame: Frame, weight: Floats) -> Floats:
    """Calibrated by hand to the ages and all siblings: w (1 + x' (X'WX)^-1 (T - X'w))."""
    x = np.column_stack(
        [*(np.array(frame["age"]) == age for age in AGE.targets), np.array(frame["siblings"])]
    )
    x = x.astype(np.float64)
    wanted = np.array([*AGE.targets.values(), 1210.0])
    gram = x.T @ (x * weight[:, None])
    return np.asarray(weight * (1 + x @ np.linalg.solve(gram, wanted - x.T @ weight)), dtype=np.float64)


def test_leaving_each_school_out(design: SurveyDesign, frame: Frame) -> None:
    again = design.replicates("jackknife", centre="estimate")
    table = again.proportion("worry", by="age")
    np.testing.assert_allclose(table.estimate, shares(frame)(np.array(frame["w"])), rtol=1e-12)
    np.testing.assert_allclose(
        table.covariance(), jackknifed(frame, "school", shares(frame), {}), rtol=1e-9, atol=1e-15
    )
    worry, siblings = np.array(frame["worry"]), np.array(frame["siblings"])
    for table, estimator in (
        (again.mean("siblings"), lambda w: np.array([w @ siblings / w.sum()])),
        (again.ratio("worry", "siblings"), lambda w: np.array([w @ worry / (w @ siblings)])),
        (again.total("siblings"), lambda w: np.array([w @ siblings])),
    ):
        by_hand = jackknifed(frame, "school", estimator, {})
        assert table.se[0] ** 2 == pytest.approx(by_hand[0, 0], rel=1e-9)


def test_deviations_are_from_the_plain_mean_of_the_replicates(design: SurveyDesign) -> None:
    """As R's svrVar has it, however many schools the boroughs have."""
    table = design.replicates("jackknife").ratio("worry", "siblings")
    assert table.linear.replicates is not None
    each, n = table.linear.replicates[:, 0], np.repeat([4, 5, 6], [4, 5, 6])
    by_hand = ((n - 1) / n * (each - each.mean()) ** 2).sum()
    assert table.se[0] ** 2 == pytest.approx(by_hand, rel=1e-12)


def test_leaving_each_school_out_of_a_finite_number(frame: Frame) -> None:
    design = SurveyDesign(
        frame, kind="gatekept", weights="w", strata="borough", clusters="school", fpc="schools"
    )
    table = design.replicates("jackknife", centre="estimate").proportion("worry", by="age")
    drawn = {"a": 4 / 20, "b": 5 / 10, "c": 6 / 30}
    by_hand = jackknifed(frame, "school", shares(frame), drawn)
    np.testing.assert_allclose(table.covariance(), by_hand, rtol=1e-9, atol=1e-15)


def test_leaving_each_person_out(frame: Frame) -> None:
    """People who are alike are left out as one group, which must be as if each had been on their own."""
    rounded = {**frame, "w": np.array(frame["w"]).round().tolist(), "person": list(range(150))}
    design = SurveyDesign(rounded, kind="quota", weights="w", strata="borough")
    table = design.replicates("jackknife", centre="estimate").proportion("worry", by="age")
    by_hand = jackknifed(rounded, "person", shares(rounded), {})
    np.testing.assert_allclose(table.covariance(), by_hand, rtol=1e-9, atol=1e-15)
    assert len(design.cube(["borough", "age", "worry", "w"])) < 100


def test_raking_is_done_anew_without_each_school(design: SurveyDesign, frame: Frame) -> None:
    table = design.rake([SEX, AGE]).replicates("jackknife", centre="estimate").proportion("worry", by="age")
    by_hand = jackknifed(frame, "school", lambda w: shares(frame)(raked(frame, w)), {})
    np.testing.assert_allclose(table.covariance(), by_hand, rtol=1e-7, atol=1e-13)
    total = design.rake([SEX, AGE]).replicates("jackknife", centre="estimate").total("worry", 1, by="sex")
    whole = np.array(frame["worry"])[:, None] * (np.array(frame["sex"])[:, None] == ["F", "M"])
    by_hand = jackknifed(frame, "school", lambda w: raked(frame, w) @ whole, {})
    np.testing.assert_allclose(total.covariance(), by_hand, rtol=1e-7, atol=1e-9)


def test_raking_is_done_anew_without_each_person(frame: Frame) -> None:
    rounded = {**frame, "w": np.array(frame["w"]).round().tolist(), "person": list(range(150))}
    design = SurveyDesign(rounded, kind="quota", weights="w", strata="borough").rake([SEX, AGE])
    table = design.replicates("jackknife", centre="estimate").proportion("worry", by="age")
    by_hand = jackknifed(rounded, "person", lambda w: shares(rounded)(raked(rounded, w)), {})
    np.testing.assert_allclose(table.covariance(), by_hand, rtol=1e-7, atol=1e-13)


def test_calibration_is_done_anew_without_each_school(design: SurveyDesign, frame: Frame) -> None:
    made = design.calibrate([AGE], [Total("siblings", 1210)], method="linear")
    assert made.final_weights().min() > 0
    np.testing.assert_allclose(made.final_weights(), calibrated(frame, np.array(frame["w"])), rtol=1e-9)
    table = made.replicates("jackknife", centre="estimate").proportion("worry", by="age")
    by_hand = jackknifed(frame, "school", lambda w: shares(frame)(calibrated(frame, w)), {})
    np.testing.assert_allclose(table.covariance(), by_hand, rtol=1e-7, atol=1e-13)
    met = made.replicates("jackknife").total("siblings")
    assert met.se[0] < 1e-6 * met.estimate[0]


def test_what_was_trimmed_before_raking_enters_each_replicate(design: SurveyDesign, frame: Frame) -> None:
    trimmed = design.trim(upper=5.003)
    given = {**frame, "w": trimmed.final_weights().tolist()}
    table = trimmed.rake([SEX, AGE]).replicates("jackknife", centre="estimate").proportion("worry", by="age")
    by_hand = jackknifed(given, "school", lambda w: shares(frame)(raked(frame, w)), {})
    np.testing.assert_allclose(table.covariance(), by_hand, rtol=1e-7, atol=1e-13)


def test_a_level_that_a_replicate_has_nobody_of_is_left_out_of_it() -> None:
    """Only school 0 has the old: without it the young stand for everyone, so that the total stays 600."""
    frame = {
        "school": np.repeat(np.arange(5), 4).tolist(),
        "age": (["old"] * 2 + ["young"] * 18),
        "worry": ([1, 0, 1, 1] + [0, 1, 0, 0, 1, 1, 0, 1] * 2),
    }
    margin = Margin("age", {"old": 200, "young": 400})
    design = SurveyDesign(frame, kind="gatekept", clusters="school").poststratify(margin)
    school, old, worry = np.array(frame["school"]), np.array(frame["age"]) == "old", np.array(frame["worry"])
    found = []
    for one in range(5):
        kept = school != one
        young = (kept & ~old) * (600.0 if one == 0 else 400.0) / (kept & ~old).sum()
        found.append((young + (0.0 if one == 0 else 100.0) * old) @ worry)
    table = design.replicates("jackknife").total("worry", level=1)
    assert table.se[0] ** 2 == pytest.approx(
        4 / 5 * ((np.array(found) - np.mean(found)) ** 2).sum(), rel=1e-7
    )
    everyone = design.replicates("jackknife").total("age", level=["old", "young"])
    assert everyone.se[0] < 1e-6


@pytest.mark.parametrize("centre", ["replicates", "estimate"])
def test_a_simple_samples_mean_has_the_variance_s2_over_n(centre: Any) -> None:
    numbers = np.random.default_rng(1).integers(0, 9, 60)
    design = SurveyDesign({"siblings": numbers, "N": [240] * 60}, kind="probability")
    table = design.replicates("jackknife", centre=centre).mean("siblings")
    assert table.se[0] ** 2 == pytest.approx(numbers.var(ddof=1) / 60, rel=1e-12)
    drawn = SurveyDesign({"siblings": numbers, "N": [240] * 60}, kind="probability", fpc="N")
    table = drawn.replicates("jackknife", centre=centre).mean("siblings")
    assert table.se[0] ** 2 == pytest.approx((1 - 60 / 240) * numbers.var(ddof=1) / 60, rel=1e-12)


def test_the_jackknife_of_a_total_is_the_linearised_variance(frame: Frame) -> None:
    """A total is linear. The stratum of one school adds nothing, as with lonely_psu="remove"."""
    alone = {**frame, "borough": ["z"] * 10 + frame["borough"][10:]}
    for fpc in (None, "schools"):
        design = SurveyDesign(
            alone,
            kind="gatekept",
            weights="w",
            strata="borough",
            clusters="school",
            fpc=fpc,
            lonely_psu="remove",
        )
        one = design.total("worry", level=1, by="age")
        other = design.replicates("jackknife").total("worry", level=1, by="age")
        np.testing.assert_allclose(one.covariance(), other.covariance(), rtol=1e-10)
        np.testing.assert_array_equal(one.df, other.df)
        np.testing.assert_array_equal(one.estimate, other.estimate)


@pytest.fixture(scope="module")
def pairs() -> SurveyDesign:
    """Eight strata of two schools each, of different sizes."""
    random = np.random.default_rng(8)
    school = random.integers(0, 16, 160)
    frame = {
        "school": [f"school {one}" for one in school],
        "stratum": (school // 2).tolist(),
        "age": random.choice(["young", "old"], 160).tolist(),
        "worry": random.integers(0, 2, 160).tolist(),
        "siblings": random.integers(0, 5, 160).tolist(),
        "w": random.uniform(1, 3, 160).tolist(),
    }
    return SurveyDesign(frame, kind="gatekept", weights="w", strata="stratum", clusters="school")


@pytest.mark.parametrize(
    "options", [{"kind": "brr"}, *({"kind": "fay", "rho": rho} for rho in (0, 0.3, 0.9))]
)
@pytest.mark.parametrize("centre", ["replicates", "estimate"])
def test_half_samples_of_a_total_have_the_linearised_variance(
    pairs: SurveyDesign, options: Any, centre: Any
) -> None:
    """Balanced: over the half-samples no two strata go together, so that a linear estimate's variance is exact."""
    again = pairs.replicates(**options, centre=centre)
    one, other = pairs.total("worry", level=1, by="age"), again.total("worry", level=1, by="age")
    np.testing.assert_allclose(other.covariance(), one.covariance(), rtol=1e-10)
    one, other = pairs.total("siblings"), again.total("siblings")
    assert other.se[0] == pytest.approx(one.se[0], rel=1e-10)
    assert (other.df[0], other.low[0]) == pytest.approx((8, one.low[0]))
    assert other.linear.replicates is not None
    assert other.linear.replicates.mean() == pytest.approx(one.estimate[0], rel=1e-12)


def test_half_samples_are_near_to_the_linearised_of_a_share(pairs: SurveyDesign) -> None:
    """A share is not linear; the nearer Fay's factors are to 1, the nearer it comes."""
    linear = pairs.proportion("worry").se[0]
    off = [
        abs(pairs.replicates("fay", rho=rho, centre="estimate").proportion("worry").se[0] / linear - 1)
        for rho in (0.0, 0.5, 0.999)
    ]
    assert off[0] < 0.1
    assert off[2] < 1e-4
    assert off == sorted(off, reverse=True)


def test_a_half_sample_that_is_raked_meets_the_margin(pairs: SurveyDesign) -> None:
    made = pairs.rake([Margin("age", {"young": 200, "old": 120})])
    table = made.replicates("fay", rho=0.5).total("age")
    np.testing.assert_allclose(table.estimate, [120, 200])
    assert table.se.max() < 1e-6
    near = made.replicates("fay", rho=0.99, centre="estimate").proportion("worry", by="age").se
    np.testing.assert_allclose(near, made.proportion("worry", by="age").se, rtol=1e-3)


def test_half_samples_of_strata_without_two_schools_are_refused(
    design: SurveyDesign, pairs: SurveyDesign
) -> None:
    for kind in ("brr", "fay"):
        with pytest.raises(
            CannotWeight, match=r"need two clusters in each stratum; stratum 'a', 'b', 'c' has more"
        ):
            design.replicates(kind).proportion("worry")
    frame = {"worry": [1, 0, 1, 0, 1], "school": list("abcde"), "stratum": [1, 1, 2, 2, 2]}
    odd = SurveyDesign(frame, kind="gatekept", strata="stratum", clusters="school")
    with pytest.raises(CannotWeight, match=r"stratum 2 has more or fewer\. Use replicates\('jackknife'\)"):
        odd.replicates("brr").proportion("worry")


@pytest.mark.parametrize("fpc", [None, "schools"])
def test_the_bootstrap_is_near_to_the_linearised(frame: Frame, fpc: str | None) -> None:
    design = SurveyDesign(frame, kind="gatekept", weights="w", strata="borough", clusters="school", fpc=fpc)
    again = design.replicates("bootstrap", count=2000, seed=3)
    for one, other in (
        (design.total("worry", level=1), again.total("worry", level=1)),
        (design.proportion("worry"), again.proportion("worry")),
        (design.mean("siblings", by="sex"), again.mean("siblings", by="sex")),
    ):
        np.testing.assert_allclose(other.se, one.se, rtol=0.06)
        np.testing.assert_allclose(other.estimate, one.estimate, rtol=1e-12)
        np.testing.assert_array_equal(other.df, one.df)


def test_the_bootstrap_of_people_and_of_the_raked(frame: Frame) -> None:
    rounded = {**frame, "w": np.array(frame["w"]).round().tolist()}
    people = SurveyDesign(rounded, kind="quota", weights="w", strata="borough")
    for design in (people, people.rake([SEX, AGE])):
        again = design.replicates("bootstrap", count=2000, seed=5)
        np.testing.assert_allclose(
            again.proportion("worry", by="sex").se, design.proportion("worry", by="sex").se, rtol=0.06
        )


def test_a_bootstrap_comes_back_by_its_seed(design: SurveyDesign) -> None:
    one, same, other = (design.replicates("bootstrap", count=50, seed=seed) for seed in (7, 7, 8))
    tables = [each.proportion("worry", by="age") for each in (one, same, other)]
    assert tables[0].rows() == tables[1].rows()
    assert (tables[0].se != tables[2].se).all()
    assert tables[0].linear.replicates is not None
    assert tables[0].linear.replicates.shape == (50, 3)


def test_the_bootstraps_interval_is_the_middle_of_its_estimates(design: SurveyDesign) -> None:
    again = design.replicates("bootstrap", count=400, seed=2)
    for confidence in (0.5, 0.9):
        table = again.proportion("worry", by="age", interval="bootstrap", confidence=confidence)
        assert table.linear.replicates is not None
        inside = (table.linear.replicates >= table.low) & (table.linear.replicates <= table.high)
        np.testing.assert_allclose(inside.mean(axis=0), confidence, atol=0.01)
        below = (table.linear.replicates < table.low).mean(axis=0)
        np.testing.assert_allclose(below, (1 - confidence) / 2, atol=0.01)


def test_the_bootstraps_interval_of_any_design(design: SurveyDesign) -> None:
    """500 replicates are made for the interval alone; the standard error stays that of the design."""
    asked = {"by": "age", "interval": "bootstrap"}
    own = design.replicates("bootstrap").proportion("worry", **asked)  # type: ignore[arg-type]
    for each in (design, design.replicates("jackknife")):
        table = each.proportion("worry", **asked)  # type: ignore[arg-type]
        np.testing.assert_array_equal(table.low, own.low)
        np.testing.assert_array_equal(table.high, own.high)
        np.testing.assert_array_equal(table.se, each.proportion("worry", by="age").se)
        assert table.rows()[0]["interval"] == "bootstrap"
    for table, wald in (
        (design.mean("siblings", interval="bootstrap"), design.mean("siblings")),
        (design.total("siblings", interval="bootstrap"), design.total("siblings")),
    ):
        assert table.low[0] < table.estimate[0] < table.high[0]
        assert table.high[0] - table.low[0] == pytest.approx(wald.high[0] - wald.low[0], rel=0.25)


def test_covariances_come_from_the_replicates(design: SurveyDesign) -> None:
    table = design.replicates("jackknife").proportion("worry", by="age")
    cov = table.covariance()
    found = table.difference("old", "young").rows()[0]
    assert found["se"] ** 2 == pytest.approx(cov[1, 1] + cov[2, 2] - 2 * cov[1, 2], rel=1e-9)


def test_what_is_asked_wrongly_is_refused(design: SurveyDesign) -> None:
    for wrong in ({"count": 1}, {"count": 0}, {"rho": 1.0}, {"rho": -0.1}):
        with pytest.raises(ValueError, match="count must be a whole number, 2 or more"):
            design.replicates("fay", **wrong)
    with pytest.raises(ValueError, match="kind must be one of jackknife, bootstrap, brr, fay; not 'boot'"):
        design.replicates("boot")  # type: ignore[arg-type]
    assert design.replicates("bootstrap", count=2).proportion("worry").se[0] >= 0


def test_more_replicates_than_memory_is_made_for_are_refused(design: SurveyDesign) -> None:
    with pytest.raises(CannotWeight, match=r"100,000,000 replicates of .*\. Ask for fewer replicates"):
        design.replicates("bootstrap", count=100_000_000).proportion("worry")
    people = SurveyDesign({"siblings": np.arange(8000)}, kind="quota")
    with pytest.raises(CannotWeight, match=r"8,000 replicates of 8,000 cells .*replicates\('bootstrap'"):
        people.replicates("jackknife").mean("siblings")
