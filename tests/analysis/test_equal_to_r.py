"""Every London and lonely-PSU figure of R's `survey` that the package can produce, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import pytest
from scipy.special import betaincinv, stdtrit

from analysis import CannotWeight, LonelyCluster, Margin, SurveyDesign, change, rao_scott
from analysis.estimates import Estimates
from analysis.sampling import LonelyPSU

from .conftest import Columns, columns
from .profile_of_r import read_as_r_does

INTERVALS = {
    "logit": "ci_xlogit",
    "beta": "ci_beta",
    "wilson": "ci_wilson",
    "asin": "ci_asin",
    "wald": "ci_mean",
}
ALSO = {"logit": ("ci_xlogit", "ci_logit"), "wald": ("ci_mean", "wald_t")}
JUNK = 1e-6
ROUGHLY = {"ci_logit": 1e-8}
NOT_COMPARED = {
    "wald_z": "a normal quantile; the face has t, which is compared as ci_mean and wald_t",
    "ci_logit": "R's glm stops at 2e-9; compared to 1e-8, and ci_xlogit exactly",
    "ci_likelihood": "R reads it off lines between points of a spline, up to 0.02 beside; ours solves, and R's "
    "number is compared with what R's way of reading makes of our likelihood",
    "ci_asin of some cells": "R folds angles beyond 0 and 1 over; ours end there",
    "ci_logit of some cells": "R's glm does not converge, and its interval has no width",
    "deff": "over sampling without replacement; the face has deff_replace",
    "nrow, n_nonmissing": "R's bookkeeping of rows without weight; n_positive_weight is compared",
    "ci_beta of raked figures": "R takes n of the whole sample for a domain; compared with our form at that n",
    "intervals at p of 0 or 1": "R's SE there is rounding noise, and so are its intervals",
    "deff_replace where ours is pooled": "under 8 degrees of freedom the design effect is pooled over the domains",
    "london/youth_vs_adult_w1: log_or, ratio": "contrasts that are not linear are not offered",
    "london/youth_vs_adult_w1: ttest df, p": "R's regression takes one degree of freedom more than its contrast",
    "london/lonely_average/by_borough of the City": "R averages over strata it has no one in; ours is undefined",
    "lonely/*/domain_adjust_TRUE": "R's survey.adjust.domain.lonely is not offered",
    "errors/raked_with_zero_base_weights": "R's SE is NaN; ours leaves them out (test_edges)",
    "errors/calibrate_infeasible_bounds, negative_linear_weights": "on data that are not ours",
}


@dataclass
class Tally:
    """How many numbers were compared, and the largest difference of each kind."""

    count: int = 0
    largest: dict[str, float] = field(default_factory=dict)

    def add(self, kind: str, ours: object, theirs: object, within: float) -> None:
        a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        assert a.shape == b.shape, kind
        assert np.array_equal(np.isnan(a), np.isnan(b)), (kind, a, b)
        apart = np.abs(a - b) / np.maximum(1, np.abs(b))
        worst = float(np.nanmax(apart, initial=0))
        assert worst <= within, (kind, worst, a, b)
        self.count += a.size
        self.largest[kind] = max(self.largest.get(kind, 0.0), worst)


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    tally = Tally()
    yield tally
    worst = ", ".join(f"{kind} {apart:.1e}" for kind, apart in sorted(tally.largest.items()))
    print(f"\n{tally.count:,} numbers equal to R; largest differences: {worst}")
    for key, reason in NOT_COMPARED.items():
        print(f"not compared: {key}: {reason}")


@pytest.fixture(scope="module")
def designs(design: SurveyDesign, margins: list[Margin], london: Columns) -> dict[str, SurveyDesign]:
    raked = design.rake(margins, tolerance=1e-12, variance="r-rake")
    frame = {**london, "w": raked.final_weights()}
    given = SurveyDesign(frame, kind="gatekept", weights="w", strata="borough", clusters="psu")
    return {"base": design, "raked": raked, "raked_weights_as_given": given}


CASES = [
    (weights, by)
    for weights in ("base", "raked")
    for by in ([], ["borough"], ["age"], ["sex"], ["borough", "age"])
]


@pytest.mark.parametrize(("weights", "by"), CASES)
def test_proportions(
    designs: dict[str, SurveyDesign], figures: dict[str, Any], tally: Tally, weights: str, by: list[str]
) -> None:
    place = f"by_{'_x_'.join(by)}" if by else "overall"
    theirs = figures[f"london/w1/{weights}/{place}"]
    for interval in INTERVALS:
        table = designs[weights].proportion("y", by=by, interval=interval)
        for row, kish in zip(table.rows(), table.kish, strict=True):
            found = theirs.get(" | ".join(row[name] for name in by)) if by else theirs
            if found is None:
                assert row["n"] == 0
                continue
            compare(tally, row, float(kish), found, calibrated=weights == "raked")


def compare(tally: Tally, row: dict[str, Any], kish: float, theirs: dict[str, Any], calibrated: bool) -> None:
    tally.add("estimate", row["estimate"], theirs["estimate"], 1e-11)
    tally.add("se", row["se"], theirs["se"], 1e-10)
    tally.add("df", row["df"], theirs["degf"], 0)
    tally.add("n", row["n"], theirs["n_positive_weight"], 0)
    tally.add("n weighted", row["n_weighted"], theirs["sum_w"], 1e-9)
    tally.add("kish", kish, theirs["kish_neff"], 1e-9)
    if row["deff_source"] == "own" and "deff_replace" in theirs:
        tally.add("deff", row["deff"], theirs["deff_replace"], 1e-9)
    interval = row["interval"]
    if row["estimate"] in (0, 1):
        return
    ours = [row["ci_low"], row["ci_high"]]
    if interval == "beta" and calibrated:
        ours = korn_graubard(row["estimate"], row["se"], row["df"], theirs["nrow"])
    for name in ALSO.get(interval, (INTERVALS[interval],)):
        found = theirs.get(name, "")
        if isinstance(found, str) or any(isinstance(end, str) for end in found):
            assert np.isnan(ours).all() or row["df"] > 0
        elif not _junk(name, found, ours):
            tally.add(name, ours, found, ROUGHLY.get(name, 2e-10))


def korn_graubard(p: float, se: float, df: float, n: int) -> list[float]:
    """The interval `beta` were the sample n; both ends NaN where there are no degrees of freedom."""
    effective = p * (1 - p) / se**2 * (stdtrit(n - 1, 0.975) / stdtrit(df, 0.975)) ** 2 if df > 0 else np.nan
    yes, no = effective * p, effective * (1 - p)
    return [float(betaincinv(yes, no + 1, 0.025)), float(betaincinv(yes + 1, no, 0.975))]


def _junk(name: str, found: list[float], ours: list[float]) -> bool:
    if name == "ci_asin":
        return ours[0] == 0 or ours[1] == 1
    return name == "ci_logit" and found[1] - found[0] < JUNK


LIKELY = [
    *((weights, by) for weights in ("base", "raked") for by in (None, "borough", "age", "sex")),
    *(("raked_weights_as_given", by) for by in (None, "borough")),
]


@pytest.mark.parametrize(("weights", "by"), LIKELY)
def test_likelihood_intervals_are_r_s_but_for_how_r_reads_them(
    designs: dict[str, SurveyDesign],
    london: Columns,
    figures: dict[str, Any],
    tally: Tally,
    weights: str,
    by: str | None,
) -> None:
    whole = figures[f"london/w1/{weights}/{f'by_{by}' if by else 'overall'}"]
    table = designs[weights].proportion("y", by=by or [], interval="likelihood")
    answered = np.array([y is not None for y in london["y"]]) & (np.array(london["w0"]) > 0)
    weight = designs[weights].final_weights()[answered]
    yes = np.array(london["y"], dtype=float)[answered]
    for row in table.rows():
        assert_solved(row)
        theirs = whole[row[by]] if by else whole
        if not isinstance(theirs["ci_likelihood"][0], float) or row["estimate"] in (0, 1):
            continue
        here = np.array(london[by])[answered] == row[by] if by else np.full(len(yes), True)
        rows, total = (theirs["nrow"], theirs["nrow"]) if weights == "raked" else (here.sum(), here.sum())
        mean_of_one = weight[here] * total / weight[here].sum()
        read = read_as_r_does(mean_of_one, yes[here], row["se"], row["df"], rows)
        tally.add("likelihood, as R reads it", read, theirs["ci_likelihood"], 1e-8)


def assert_solved(row: dict[str, Any]) -> None:
    """Both ends of ours are where 2 n_eff times the divergence is t squared, n / (n - 1) times."""
    p, n = row["estimate"], row["n"]
    for x in (row["ci_low"], row["ci_high"]):
        if p not in (0, 1) and np.isfinite(x):
            apart = p * np.log(p / x) + (1 - p) * np.log((1 - p) / (1 - x))
            reach = stdtrit(row["df"], 0.975) ** 2 * n / (n - 1)
            assert 2 * p * (1 - p) / row["se"] ** 2 * apart == pytest.approx(reach, rel=1e-11)


def test_weights_as_given(designs: dict[str, SurveyDesign], figures: dict[str, Any], tally: Tally) -> None:
    given = designs["raked_weights_as_given"]
    for place, by in (("overall", []), ("by_borough", ["borough"])):
        theirs = figures[f"london/w1/raked_weights_as_given/{place}"]
        for interval in INTERVALS:
            table = given.proportion("y", by=by, interval=interval)
            for row, kish in zip(table.rows(), table.kish, strict=True):
                compare(tally, row, float(kish), theirs[row["borough"]] if by else theirs, calibrated=False)


WAYS: dict[str, Callable[[SurveyDesign, list[Margin]], SurveyDesign]] = {
    "rake": lambda design, margins: design.rake(margins, tolerance=1e-12, variance="r-rake"),
    "calibrate_raking": lambda design, margins: design.calibrate(margins, tolerance=1e-12),
    "calibrate_linear": lambda design, margins: design.calibrate(margins, method="linear"),
}


@pytest.mark.parametrize("key", WAYS)
def test_three_ways_of_weighting(
    design: SurveyDesign,
    margins: list[Margin],
    figures: dict[str, Any],
    tally: Tally,
    key: str,
) -> None:
    raked = WAYS[key](design, margins)
    theirs = figures["rake_vs_calibrate"][key]
    row = raked.proportion("y").rows()[0]
    tally.add("estimate", row["estimate"], theirs["mean"], 1e-11)
    tally.add("se", row["se"], theirs["se"], 1e-10)
    for by in ("borough", "age"):
        table = raked.proportion("y", by=[by])
        tally.add("estimate", table.estimate, theirs[by]["coef"], 1e-11)
        tally.add("se", table.se, theirs[by]["se"], 1e-10)


@pytest.mark.parametrize("by", ["age", "borough"])
def test_covariances(
    designs: dict[str, SurveyDesign], figures: dict[str, Any], tally: Tally, by: str
) -> None:
    theirs = figures[f"london/w1/raked/covmat_{by}"]
    table = designs["raked"].proportion("y", by=[by])
    tally.add("estimate", table.estimate, theirs["coef"], 1e-11)
    tally.add("covariance", table.covariance(), theirs["vcov"], 1e-11)


def test_levels_of_one_question(
    designs: dict[str, SurveyDesign], figures: dict[str, Any], tally: Tally
) -> None:
    theirs = figures["london/w1/raked/level_table"]
    table = designs["raked"].proportion("level")
    assert [f"factor(level){level}" for level in table.levels] == theirs["names"]
    tally.add("estimate", table.estimate, theirs["coef"], 1e-11)
    tally.add("covariance", table.covariance(), theirs["vcov"], 1e-11)


def test_whether_worry_hangs_together_with_age(
    designs: dict[str, SurveyDesign], figures: dict[str, Any], tally: Tally
) -> None:
    theirs = figures["london/w1/raked/chisq_age"]
    found = rao_scott(designs["raked"].proportion("y", by="age"))
    tally.add("F", found.f, theirs["F"]["statistic"], 1e-10)
    tally.add("df", [found.df1, found.df2], theirs["F"]["parameter"], 1e-9)
    tally.add("p", found.p, theirs["F"]["p"], 1e-10)
    rows = figures["london/w1/raked/overall"]
    counted_too = (
        rows["nrow"] / rows["n_positive_weight"]
    )  # R scales by the rows that the subset left out, too
    tally.add("chisq", found.chisq * counted_too, theirs["Chisq"]["statistic"], 1e-10)
    tally.add("df", found.df, theirs["Chisq"]["parameter"], 0)
    tally.add("p", found.p_chisq, theirs["Chisq"]["p"], 1e-10)


def test_youth_beside_adults(london: Columns, figures: dict[str, Any], tally: Tally) -> None:
    theirs = figures["london/youth_vs_adult_w1"]
    adults = columns("london_adults_wave_1.csv")
    whole = {name: [*london[name], *adults[name]] for name in london}
    who = ["youth"] * len(london["y"]) + ["adult"] * len(adults["y"])
    whole["who"] = who
    for name in ("borough", "psu"):
        whole[name] = [f"{one} {value}" for one, value in zip(who, whole[name], strict=True)]
    design = SurveyDesign(whole, kind="gatekept", weights="w0", strata="borough", clusters="psu")
    table = design.proportion("y", by="who")
    tally.add("estimate", table.estimate, theirs["coef"], 1e-11)
    tally.add("covariance", table.covariance(), theirs["vcov"], 1e-11)
    row = table.difference("youth", "adult").rows()[0]
    tally.add("difference", row["estimate"], theirs["diff"], 1e-11)
    tally.add("se", row["se"], theirs["se"], 1e-11)
    tally.add("df", row["df"], theirs["degf"], 0)
    tally.add("difference", [row["ci_low"], row["ci_high"]], theirs["ci_t"], 1e-10)
    tally.add("t", row["t"], theirs["ttest"]["stat"], 1e-10)
    youth, adult = (
        SurveyDesign(frame, kind="gatekept", weights="w0", strata="borough", clusters="psu").proportion("y")
        for frame in (london, adults)
    )
    apart = change(adult, youth).rows()[0]
    tally.add("difference", apart["estimate"], theirs["diff"], 1e-11)
    tally.add("se", apart["se"], theirs["se"], 1e-11)


RULES = [rule for rule in get_args(LonelyPSU) if rule != "fail"]


def lonely_design(rule: LonelyPSU) -> SurveyDesign:
    return SurveyDesign(
        columns("lonely.csv"), kind="probability", weights="w", strata="s", clusters="u", lonely_psu=rule
    )


def lonely_table(rule: LonelyPSU, by: list[str]) -> Estimates:
    return lonely_design(rule).proportion("y", by=by)


@pytest.mark.parametrize("rule", RULES)
def test_lonely_clusters(figures: dict[str, Any], tally: Tally, rule: LonelyPSU) -> None:
    whole, theirs = lonely_table(rule, []), figures[f"lonely/{rule}/mean"]
    tally.add("estimate", whole.estimate[0], theirs["coef"][0], 1e-12)
    tally.add("covariance", whole.covariance()[0, 0], theirs["vcov"][0][0], 1e-12)
    tally.add("df", whole.df[0], theirs["degf"], 0)
    numbers = lonely_design(rule).mean("x")
    theirs = figures[f"lonely/{rule}/mean"]
    tally.add("mean", numbers.estimate[0], theirs["coef"][1], 1e-12)
    both = [[whole.covariance()[0, 0], whole.spread.across(numbers.spread)[0, 0]]]
    both.append([both[0][1], numbers.covariance()[0, 0]])
    tally.add("covariance", both, theirs["vcov"], 1e-12)
    table, theirs = lonely_table(rule, ["g"]), figures[f"lonely/{rule}/domain_adjust_FALSE"]
    tally.add("estimate", table.estimate, theirs["coef"], 1e-12)
    tally.add("se", table.se, theirs["se"], 1e-12)
    tally.add("covariance", table.covariance(), theirs["vcov"], 1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_lonely_borough(london: Columns, figures: dict[str, Any], tally: Tally, rule: LonelyPSU) -> None:
    answered = [at for at, y in enumerate(london["y"]) if y is not None]
    frame = {name: [values[at] for at in answered] for name, values in london.items()}
    design = SurveyDesign(
        frame, kind="gatekept", weights="w0", strata="borough", clusters="psu", lonely_psu=rule
    )
    row, theirs = design.proportion("y").rows()[0], figures[f"london/lonely_{rule}/overall"]
    tally.add("estimate", row["estimate"], theirs["coef"], 1e-12)
    tally.add("se", row["se"], theirs["se"], 1e-12)
    tally.add("df", row["df"], theirs["degf"], 0)
    table, theirs = design.proportion("y", by=["borough"]), figures[f"london/lonely_{rule}/by_borough"]
    tally.add("estimate", table.estimate, theirs["coef"], 1e-12)
    ours, city = table.se, theirs["names"].index("City of London")
    if rule == "average":
        assert np.isnan(ours[city])
        ours, theirs["se"] = np.delete(ours, city), [se for at, se in enumerate(theirs["se"]) if at != city]
    tally.add("se", ours, theirs["se"], 1e-12)


def test_refuses_a_lonely_cluster_as_r_does(figures: dict[str, Any], london: Columns) -> None:
    assert "Stratum (City of London) has only one PSU" in figures["london/lonely_fail/overall"]["error"]
    design = SurveyDesign(london, kind="gatekept", strata="borough", clusters="psu", lonely_psu="fail")
    with pytest.raises(LonelyCluster, match="'City of London'"):
        design.proportion("y")


def test_refuses_what_r_refuses(figures: dict[str, Any], london: Columns, margins: list[Margin]) -> None:
    age = margins[1]
    assert "error" in figures["errors/rake_empty_level"]
    without = SurveyDesign(london, kind="gatekept").subset(np.array(london["age"]) != "f:22-24")
    with pytest.raises(CannotWeight, match=r"in the sample is in 'f:22-24', where 181,490 people live"):
        without.rake([age])
    assert "error" in figures["errors/poststrat_missing_level"]
    five = Margin("age", {level: n for level, n in age.targets.items() if level != "f:22-24"})
    with pytest.raises(CannotWeight, match=r"'f:22-24' \(\d+ respondents\) has no population count"):
        SurveyDesign(london, kind="gatekept").rake([five])


def test_says_what_r_passes_over(london: Columns, margins: list[Margin]) -> None:
    sex = Margin("sex", {level: n * 1.1 for level, n in margins[2].targets.items()})
    with pytest.raises(CannotWeight, match=r"sex adds up to 1,425,994, margin age to 1,296,358: 10\.0%"):
        SurveyDesign(london, kind="gatekept").rake([margins[1], sex])


def test_leaves_zero_weights_out(london: Columns, design: SurveyDesign, figures: dict[str, Any]) -> None:
    note = figures["london/zero_weight_note"]
    assert london["w0"].count(0.0) == note["n_zero"]
    assert design.proportion("y").rows()[0]["df"] == note["degf"]
