"""Comparisons: with the covariance between their sides, adjusted for how many there are, and never overstated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import CannotClaim, Estimates, Margin, SurveyDesign, change, rao_scott
from analysis.comparison import adjusted

from .conftest import Columns

Floats = NDArray[np.float64]


def arrays(london: Columns) -> dict[str, NDArray[Any]]:
    return {name: np.array([np.nan if v is None else v for v in london[name]]) for name in ("w0", "y")} | {
        name: np.array(london[name]) for name in ("borough", "psu", "age")
    }


def by_hand(london: Columns, influence: Floats) -> float:
    """The standard error of an estimate from what each row adds to it: cluster totals about their stratum's mean."""
    rows = arrays(london)
    total: dict[str, dict[str, float]] = {}
    kept = rows["w0"] > 0
    for borough, school, value in zip(
        rows["borough"][kept], rows["psu"][kept], (rows["w0"] * influence)[kept], strict=True
    ):
        schools = total.setdefault(str(borough), {})
        schools[str(school)] = schools.get(str(school), 0.0) + float(value)
    every = np.array([value for schools in total.values() for value in schools.values()])
    variance = 0.0
    for schools in total.values():
        values, n = np.array(list(schools.values())), len(schools)
        centre = values.mean() if n > 1 else every.mean()
        variance += ((values - centre) ** 2).sum() * (n / (n - 1) if n > 1 else 1)
    return float(np.sqrt(variance))


def share(london: Columns, inside: NDArray[np.bool_]) -> tuple[float, Floats]:
    """A weighted share among those inside who answered, and the influence of each row on it."""
    rows = arrays(london)
    inside = inside & np.isfinite(rows["y"])
    weight, y = np.where(inside, rows["w0"], 0.0), np.nan_to_num(rows["y"])
    p = float((weight * y).sum() / weight.sum())
    return p, np.where(inside, (y - p) / weight.sum(), 0.0)


@pytest.mark.parametrize("apart", [False, True])
def test_a_borough_against_everyone_or_the_others(london: Columns, design: SurveyDesign, apart: bool) -> None:
    camden = arrays(london)["borough"] == "Camden"
    (p, one), (whole, other) = share(london, camden), share(london, ~camden if apart else camden | ~camden)
    found = design.proportion("y", by="borough").against_rest("borough", apart=apart)
    row = next(row for row in found.rows() if row["compared"] == "Camden")
    assert row["against"] == ("the others" if apart else "everyone")
    assert row["estimate"] == pytest.approx(p - whole, rel=1e-12)
    assert row["se"] == pytest.approx(by_hand(london, one - other), rel=1e-10)
    assert row["n"] + row["n_against"] == (2131 if apart else 2131 + row["n"])


def test_against_everyone_of_the_same_age(london: Columns, design: SurveyDesign) -> None:
    rows = arrays(london)
    brent, young = rows["borough"] == "Brent", rows["age"] == "a:11-12"
    (p, one), (whole, other) = share(london, brent & young), share(london, young)
    found = design.proportion("y", by=["borough", "age"]).against_rest("borough")
    row = next(row for row in found.rows() if row["compared"] == "Brent a:11-12")
    assert (row["estimate"], row["se"]) == pytest.approx((p - whole, by_hand(london, one - other)), rel=1e-10)


def test_the_difference_of_two_boroughs(london: Columns, design: SurveyDesign) -> None:
    boroughs = arrays(london)["borough"]
    (p, one), (q, other) = share(london, boroughs == "Camden"), share(london, boroughs == "Brent")
    table = design.proportion("y", by="borough")
    row = table.difference("Camden", "Brent").rows()[0]
    assert (row["estimate"], row["se"]) == pytest.approx((p - q, by_hand(london, one - other)), rel=1e-10)
    again = table.contrast({"Camden": 1, "Brent": -1}).rows()[0]
    assert again["se"] == row["se"]
    by_rows = {one["borough"]: one for one in table.rows()}
    assert table.difference(by_rows["Camden"], by_rows["Brent"]).rows()[0]["se"] == row["se"]
    assert row["df"] == by_rows["Camden"]["df"] + by_rows["Brent"]["df"]
    assert (row["n"], row["n_against"]) == (by_rows["Camden"]["n"], by_rows["Brent"]["n"])


def test_raked_comparisons_agree_with_the_jackknife(raked: SurveyDesign) -> None:
    linear = raked.proportion("y", by="age").against_rest("age")
    again = raked.replicates("jackknife").proportion("y", by="age").against_rest("age")
    np.testing.assert_allclose(linear.difference, again.difference, rtol=1e-10)
    np.testing.assert_allclose(linear.se, again.se, rtol=0.05)


def test_standardised_to_the_same_ages(london: Columns, design: SurveyDesign) -> None:
    rows = arrays(london)
    population = {"a:11-12": 18, "b:13-14": 18, "c:15-16": 17, "d:17-18": 16, "e:19-21": 17, "f:22-24": 14}
    table = design.proportion("y", by=["borough", "age"]).standardise("age", population)
    camden = rows["borough"] == "Camden"
    value, influence = 0.0, np.zeros(len(camden))
    for age, part in population.items():
        p, one = share(london, camden & (rows["age"] == age))
        value, influence = value + p * part / 100, influence + one * part / 100
    row = table.rows()[table.place("Camden")]
    assert (row["estimate"], row["se"]) == pytest.approx((value, by_hand(london, influence)), rel=1e-10)
    assert row["ci_low"] < row["estimate"] < row["ci_high"]
    bexley = table.rows()[table.place("Bexley")]
    assert (bexley["flag"], np.isnan(bexley["estimate"])) == ("[u]", True)
    with pytest.raises(ValueError, match="age: 'f:22-24' has no population count"):
        design.proportion("y", by=["age"]).standardise("age", {k: 1 for k in population if k != "f:22-24"})
    with pytest.raises(ValueError, match="cannot be standardised by 'age'"):
        design.proportion("y", by=["borough"]).standardise("age", population)


def test_a_standard_equal_to_the_sample_changes_nothing(design: SurveyDesign) -> None:
    by_age = design.proportion("y", by="age")
    population = {row["age"]: row["n_weighted"] for row in by_age.rows()}
    whole = by_age.standardise("age", population)
    assert whole.estimate[0] == pytest.approx(design.proportion("y").estimate[0], rel=1e-12)


def waves(london: Columns) -> dict[str, list[Any]]:
    """The same answers as two waves in the same schools, the second with every other answer turned round."""
    turned = [y if y is None or at % 5 else 1 - y for at, y in enumerate(london["y"])]
    twice = {name: [*values, *values] for name, values in london.items()}
    return {**twice, "y": [*london["y"], *turned], "wave": [1] * len(turned) + [2] * len(turned)}


@pytest.mark.parametrize("clusters", ["psu", None])
def test_waves_in_the_same_schools_share_their_covariance(london: Columns, clusters: str | None) -> None:
    design = SurveyDesign(waves(london), kind="gatekept", weights="w0", strata="borough", clusters=clusters)
    together = design.proportion("y", by="wave").difference(2, 1).rows()[0]
    before, after = (design.subset(wave=wave).proportion("y") for wave in (1, 2))
    apart = change(before, after).rows()[0]
    assert apart["estimate"] == pytest.approx(together["estimate"], rel=1e-12)
    assert apart["se"] == pytest.approx(together["se"], rel=1e-10)
    if clusters:
        assert apart["se"] < np.hypot(before.se[0], after.se[0])
    with pytest.raises(ValueError, match="the two tables share respondents"):
        change(before, design.proportion("y"))


def test_separate_samples_are_independent(design: SurveyDesign, london: Columns) -> None:
    other = SurveyDesign(dict(london), kind="gatekept", weights="w0", strata="borough", clusters="psu")
    before, after = design.proportion("y", by="age"), other.proportion("y", by="age")
    found = change(before, after)
    np.testing.assert_allclose(found.se, np.hypot(before.se, after.se))
    assert {row["verdict"] for row in found.rows()} == {"no clear difference"}
    with pytest.raises(ValueError, match="cannot be compared with"):
        change(before, other.proportion("level", by="age"))


def test_many_comparisons_are_adjusted(raked: SurveyDesign) -> None:
    found = raked.proportion("y", by="age").against_rest("age")
    p = found.p
    order = np.argsort(p)
    expected = np.empty(len(p))
    for rank, at in enumerate(order):
        expected[at] = min(
            1.0, *(p[later] * len(p) / (place + 1) for place, later in enumerate(order) if place >= rank)
        )
    np.testing.assert_allclose(adjusted(p), expected)
    for row in found.rows():
        assert row["verdict"] in {"higher", "lower", "no clear difference"}
        assert (row["verdict"] == "no clear difference") == (row["p_adjusted"] >= 0.05)
    oldest = found.rows()[-1]
    assert oldest["verdict"] == "higher"
    assert found.explain(oldest).startswith("y: f:22-24 is higher than everyone (+")


def test_an_unreliable_side_is_said(raked: SurveyDesign) -> None:
    rows = raked.proportion("y", by="borough").against_rest("borough").rows()
    city = next(row for row in rows if row["compared"] == "City of London")
    assert (city["flag"], city["verdict"], np.isnan(city["p"])) == ("[u]", "cannot be tested", True)
    nobody = raked.proportion("y", by=["borough", "age"]).difference(
        ("Bexley", "f:22-24"), ("Brent", "f:22-24")
    )
    row = nobody.rows()[0]
    assert (row["flag"], row["reason"].split(";")[0], np.isnan(row["estimate"])) == (
        "[u]",
        "nobody answered",
        True,
    )
    assert "cannot be worked out" in nobody.explain(row)


CLAIMS: dict[str, Callable[[Estimates], object]] = {
    "difference": lambda table: table.difference("a", "b"),
    "contrast": lambda table: table.contrast({"a": 1}),
    "against_rest": lambda table: table.against_rest("group"),
    "change": lambda table: change(table, table),
    "rao_scott": rao_scott,
}


@pytest.mark.parametrize("what", CLAIMS)
def test_an_open_design_is_compared_with_nothing(what: str) -> None:
    frame = {"worry": [1, 0] * 40, "group": ["a", "a", "b", "b"] * 20}
    table = SurveyDesign(frame, kind="open").proportion("worry", by="group")
    with pytest.raises(CannotClaim, match="anyone with the link could answer"):
        CLAIMS[what](table)


def test_rows_that_there_are_not(raked: SurveyDesign) -> None:
    table = raked.proportion("y", by="age")
    with pytest.raises(KeyError, match="the table has no row 'x'"):
        table.difference("x", "a:11-12")
    with pytest.raises(ValueError, match="the table is by age; it cannot be compared by 'sex'"):
        table.against_rest("sex")
    with pytest.raises(ValueError, match="the test needs proportions by one column"):
        rao_scott(raked.proportion("y"))


def test_levels_have_comparisons_of_their_own(raked: SurveyDesign) -> None:
    table = raked.proportion("level", by="sex")
    row = table.difference(("F", "major"), ("M", "major")).rows()[0]
    assert row["level"] == "major"
    union = raked.proportion("level", "major", by="sex").difference("F", "M").rows()[0]
    assert (row["estimate"], row["se"]) == pytest.approx((union["estimate"], union["se"]))


def test_a_test_of_association_holds_its_level(margins: list[Margin]) -> None:
    """Where nothing hangs together, one test in twenty says it does; Pearson's alone says so far more often."""
    random = np.random.default_rng(5)
    found, naive = 0, 0
    for _ in range(300):
        school = np.repeat(np.arange(24), 20)
        lean = random.normal(0, 0.6, 24)[school]
        worry = (random.random(480) < 1 / (1 + np.exp(-lean))).astype(int)
        half = (school % 2 == 0).astype(int)
        design = SurveyDesign(
            {"y": worry, "half": half, "school": school}, kind="gatekept", clusters="school"
        )
        test = rao_scott(design.proportion("y", by="half"))
        found += test.p < 0.05
        naive += test.chisq > 3.841
    assert 3 <= found <= 30
    assert naive > 2 * found
