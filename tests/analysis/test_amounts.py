"""Means, totals, ratios and crossed tables: by hand in domains, with missing answers, and against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtr

from analysis import Estimates, Margin, SurveyDesign, rao_scott

Frame = dict[str, Any]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@pytest.fixture(scope="module")
def frame() -> Frame:
    """240 people of 24 schools in three boroughs; some did not say how many siblings or hours, or how worried."""
    random = np.random.default_rng(31)
    school = np.sort(random.integers(0, 24, 240))
    siblings = random.integers(0, 5, 240).tolist()
    hours = random.integers(1, 9, 240).astype(float).tolist()
    worry = random.choice(["very", "fairly", "not"], 240, p=[0.2, 0.3, 0.5]).tolist()
    return {
        "school": school.tolist(),
        "borough": (school // 8).tolist(),
        "sex": random.choice(["F", "M"], 240).tolist(),
        "siblings": [None if at % 11 == 0 else value for at, value in enumerate(siblings)],
        "hours": [float("nan") if at % 13 == 0 else value for at, value in enumerate(hours)],
        "worry": [None if at % 17 == 0 else value for at, value in enumerate(worry)],
        "w": random.uniform(1, 4, 240).round(3).tolist(),
    }


@pytest.fixture(scope="module")
def design(frame: Frame) -> SurveyDesign:
    return SurveyDesign(frame, kind="gatekept", weights="w", strata="borough", clusters="school")


def column(frame: Frame, name: str) -> tuple[Floats, Bools]:
    """The numbers of a column (0 where there is none), and who has one."""
    values = np.array([np.nan if one is None else one for one in frame[name]], dtype=np.float64)
    return np.nan_to_num(values), ~np.isnan(values)


def clustered(frame: Frame, u: Floats) -> float:
    """The sum over boroughs of n / (n - 1) times the spread of the schools' totals of w u."""
    school, borough, wu = np.array(frame["school"]), np.array(frame["borough"]), np.array(frame["w"]) * u
    found = 0.0
    for one in np.unique(borough):
        totals = np.array([wu[school == name].sum() for name in np.unique(school[borough == one])])
        found += len(totals) / (len(totals) - 1) * ((totals - totals.mean()) ** 2).sum()
    return found


def domains(frame: Frame) -> list[Bools]:
    return [np.array(frame["sex"]) == sex for sex in ("F", "M")]


def test_a_mean_by_hand(design: SurveyDesign, frame: Frame) -> None:
    y, there = column(frame, "siblings")
    w, table = np.array(frame["w"]), design.mean("siblings", by="sex")
    for at, who in enumerate(domains(frame)):
        asked = who & there
        mean = (w * y)[asked].sum() / w[asked].sum()
        assert table.estimate[at] == pytest.approx(mean, rel=1e-12)
        by_hand = clustered(frame, (y - mean) * asked / w[asked].sum())
        assert table.se[at] ** 2 == pytest.approx(by_hand, rel=1e-11)
        assert (table.n[at], table.n_weighted[at]) == pytest.approx((asked.sum(), w[asked].sum()))


def test_a_total_by_hand_in_which_a_missing_answer_counts_nothing(design: SurveyDesign, frame: Frame) -> None:
    y, there = column(frame, "siblings")
    w, table = np.array(frame["w"]), design.total("siblings", by="sex")
    for at, who in enumerate(domains(frame)):
        assert table.estimate[at] == pytest.approx((w * y)[who].sum(), rel=1e-12)
        assert table.se[at] ** 2 == pytest.approx(clustered(frame, y * who), rel=1e-11)
        assert table.n[at] == (who & there).sum()
    filled = SurveyDesign(
        {**frame, "siblings": y.tolist()}, kind="gatekept", weights="w", strata="borough", clusters="school"
    )
    np.testing.assert_allclose(filled.total("siblings", by="sex").se, table.se, rtol=1e-12)


def test_a_ratio_by_hand_among_those_who_have_both(design: SurveyDesign, frame: Frame) -> None:
    (y, said), (x, also) = column(frame, "siblings"), column(frame, "hours")
    w, table = np.array(frame["w"]), design.ratio("siblings", "hours", by="sex")
    for at, who in enumerate(domains(frame)):
        both = who & said & also
        whole = (w * x)[both].sum()
        ratio = (w * y)[both].sum() / whole
        assert table.estimate[at] == pytest.approx(ratio, rel=1e-12)
        by_hand = clustered(frame, (y - ratio * x) * both / whole)
        assert table.se[at] ** 2 == pytest.approx(by_hand, rel=1e-11)
        assert table.n[at] == both.sum()
    assert table.measure == "siblings / hours"


def test_a_mean_is_a_ratio_to_one_and_a_share_is_a_mean(design: SurveyDesign, frame: Frame) -> None:
    y, there = column(frame, "siblings")
    many = [None if not has else int(one >= 2) for one, has in zip(y, there, strict=True)]
    more = {
        **frame,
        "one": [1] * 240,
        "many": many,
        "yes": [None if one is None else bool(one) for one in many],
    }
    wider = SurveyDesign(more, kind="gatekept", weights="w", strata="borough", clusters="school")
    pairs = [
        (wider.mean("siblings", by="sex"), wider.ratio("siblings", "one", by="sex")),
        (wider.mean("many", by="sex"), wider.proportion("many", by="sex", interval="wald")),
        (wider.mean("yes", by="sex"), wider.mean("many", by="sex")),
        (wider.total("many", by="sex"), wider.total("many", level=1, by="sex")),
    ]
    for one, other in pairs:
        for name in ("estimate", "se", "low", "high", "n", "df", "n_eff", "deff"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-10)
    itself = wider.ratio("hours", "hours").rows()[0]
    assert (itself["estimate"], itself["se"]) == pytest.approx((1, 0), abs=1e-12)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_intervals_are_students(design: SurveyDesign, confidence: float) -> None:
    """Of 24 schools in three boroughs: 21 degrees of freedom."""
    for table in (
        design.mean("siblings", confidence=confidence),
        design.total("siblings", confidence=confidence),
        design.ratio("siblings", "hours", confidence=confidence),
    ):
        assert table.df[0] == 21
        np.testing.assert_allclose(table.estimate - table.low, table.high - table.estimate, rtol=1e-10)
        t = (table.high[0] - table.estimate[0]) / table.se[0]
        assert stdtr(21, t) - stdtr(21, -t) == pytest.approx(confidence, rel=1e-9)


def hand_deff(table: Estimates, at: int, w: Floats, v: Floats) -> float:
    """The variance over that of a simple sample with replacement: of the weighted spread of v over n - 1."""
    middle = (w * v).sum() / w.sum()
    return float(table.se[at] ** 2 / ((w * (v - middle) ** 2).sum() / w.sum() / (len(v) - 1)))


def test_design_effects_by_hand(design: SurveyDesign, frame: Frame) -> None:
    (y, said), (x, also) = column(frame, "siblings"), column(frame, "hours")
    weight = np.array(frame["w"])
    mean, total = design.mean("siblings", by="sex"), design.total("siblings", by="sex")
    ratio = design.ratio("siblings", "hours", by="sex")
    for at, who in enumerate(domains(frame)):
        one, both = who & said, who & said & also
        w, r = weight[one], ratio.estimate[at]
        wanted = [
            (mean, hand_deff(mean, at, w, y[one]), w),
            (total, hand_deff(total, at, w, w.sum() * y[one]), w),
            (
                ratio,
                hand_deff(
                    ratio, at, weight[both], (y - r * x)[both] / np.average(x[both], weights=weight[both])
                ),
                weight[both],
            ),
        ]
        for table, deff, used in wanted:
            assert table.deff[at] == pytest.approx(deff, rel=1e-10)
            kish = used.sum() ** 2 / (used**2).sum()
            assert table.n_eff[at] == pytest.approx(min((len(used) - 1) / deff, kish), rel=1e-10)
            assert table.deff_source[at] == "own"


def test_a_simple_sample_has_a_design_effect_of_one() -> None:
    y = np.random.default_rng(2).integers(0, 9, 50)
    design = SurveyDesign({"y": y, "x": y[::-1] + 1, "w": [40.0] * 50}, kind="probability", weights="w")
    for table in (design.mean("y"), design.total("y"), design.ratio("y", "x")):
        assert table.deff[0] == pytest.approx(1, rel=1e-12)
    assert design.mean("y").se[0] ** 2 == pytest.approx(y.var(ddof=1) / 50, rel=1e-12)
    assert design.total("y").se[0] ** 2 == pytest.approx(2000**2 * y.var(ddof=1) / 50, rel=1e-12)


def test_totals_of_levels(design: SurveyDesign, frame: Frame) -> None:
    w, worry = np.array(frame["w"]), np.array(frame["worry"], dtype=object)
    table = design.total("worry", by="sex")
    assert [level for _, level in table.keys] == ["fairly", "not", "very"] * 2
    for at, ((sex,), level) in enumerate(table.keys):
        hit = (worry == level) & (np.array(frame["sex"]) == sex)
        assert table.estimate[at] == pytest.approx(w[hit].sum(), rel=1e-12)
        assert table.se[at] ** 2 == pytest.approx(clustered(frame, hit.astype(float)), rel=1e-11)
    answered = [one is not None for one in frame["worry"]]
    assert table.estimate.sum() == pytest.approx(w[answered].sum(), rel=1e-12)
    np.testing.assert_allclose(table.estimate[:3].sum(), table.n_weighted[0], rtol=1e-12)
    one, union = design.total("worry", "very").rows()[0], design.total("worry", ["very", "fairly"])
    assert one["estimate"] == pytest.approx(table.estimate[[2, 5]].sum(), rel=1e-12)
    hit = (worry == "very") | (worry == "fairly")
    assert union.levels == (("very", "fairly"),)
    assert union.estimate[0] == pytest.approx(w[hit].sum(), rel=1e-12)
    assert union.se[0] ** 2 == pytest.approx(clustered(frame, hit.astype(float)), rel=1e-11)


def test_a_total_of_a_numeric_columns_level_is_of_its_people(design: SurveyDesign, frame: Frame) -> None:
    w, (y, there) = np.array(frame["w"]), column(frame, "siblings")
    assert design.total("siblings", 2).estimate[0] == pytest.approx(w[y == 2].sum(), rel=1e-12)
    none = design.total("siblings", 0)
    assert none.estimate[0] == pytest.approx(w[(y == 0) & there].sum(), rel=1e-12)
    assert none.n[0] == there.sum()


def test_domains_of_a_total_add_up_with_their_covariances(design: SurveyDesign) -> None:
    parts, whole = design.total("siblings", by=["borough", "sex"]), design.total("siblings")
    assert parts.estimate.sum() == pytest.approx(whole.estimate[0], rel=1e-12)
    assert parts.covariance().sum() == pytest.approx(whole.se[0] ** 2, rel=1e-10)


def test_poststratified_amounts_by_hand(design: SurveyDesign, frame: Frame) -> None:
    """The residual of poststratifying is what differs from the weighted mean of the cell (Sarndal et al. 1992, 7.6)."""
    made = design.poststratify(Margin("sex", {"F": 350, "M": 250}))
    w, final = np.array(frame["w"]), made.final_weights()
    (y, said), (x, also) = column(frame, "siblings"), column(frame, "hours")
    both = said & also
    ratio = made.ratio("siblings", "hours")
    r = (final * y)[both].sum() / (final * x)[both].sum()
    wanted = [
        (made.total("siblings"), y),
        (made.mean("siblings"), (y - made.mean("siblings").estimate[0]) * said / final[said].sum()),
        (ratio, (y - r * x) * both / (final * x)[both].sum()),
    ]
    assert ratio.estimate[0] == pytest.approx(r, rel=1e-12)
    for table, u in wanted:
        residual = u.astype(float)
        for who in domains(frame):
            residual[who] -= np.average(u[who], weights=w[who])
        by_hand = clustered({**frame, "w": final.tolist()}, residual)
        assert table.se[0] ** 2 == pytest.approx(by_hand, rel=1e-10)


def simple(values: list[Any], **more: Any) -> dict[str, Any]:
    return SurveyDesign({"y": values, **more}, kind="quota").mean("y").rows()[0]


def test_flags_of_amounts() -> None:
    assert (simple([1, 2] * 20)["flag"], simple([1, 2] * 20)["reason"]) == ("", "")
    assert simple([1, 2] * 14 + [None] * 20)["reason"] == "only 28 people answered"
    assert simple([1, None, None])["reason"].startswith(
        "only 1 person answered; the interval cannot be worked"
    )
    wide = simple([-9, 10] * 20)
    assert (wide["flag"], wide["reason"]) == ("[u]", "the interval is wide beside the figure itself")
    assert simple([-2, -1] * 20)["flag"] == ""
    unit = np.sqrt(39)  # of 20 at m - 1 and 20 at m + 1 the mean's standard error is 1 over this
    for part, flag in ((0.29, ""), (0.31, "[u]")):
        middle = 1 / unit / part
        assert simple([middle - 1, middle + 1] * 20)["flag"] == flag
    assert (simple([None] * 5)["flag"], simple([None] * 5)["reason"]) == ("[u]", "nobody answered")
    assert np.isnan(simple([None] * 5)["estimate"])
    same = simple([3] * 40)
    assert (same["estimate"], same["se"], same["deff_source"]) == (3, 0, "weights")


def test_flags_of_schools_and_of_weights() -> None:
    frame = {"y": [4, 5, 6, 5] * 10, "school": ["a", "b", "c", "d"] * 10, "w": [1.0] * 36 + [60.0] * 4}
    few = SurveyDesign(frame, kind="gatekept", clusters="school").mean("y").rows()[0]
    assert few["df"] == 3
    assert few["reason"].endswith("for review: 3 degrees of freedom")
    row = SurveyDesign(frame, kind="quota", weights="w").total("y").rows()[0]
    kish = (36 + 240) ** 2 / (36 + 4 * 3600)
    assert row["n_eff"] <= kish < 6
    assert row["reason"].startswith(f"the 40 answers carry as much as {row['n_eff']:.0f} independent ones")
    assert row["flag"] == "[u]"


def test_a_domain_that_nobody_answered_in() -> None:
    design = SurveyDesign({"y": [1, 2, None, None], "sex": ["F", "F", "M", "M"]}, kind="quota")
    for table in (design.mean("y", by="sex"), design.total("y", by="sex"), design.ratio("y", "y", by="sex")):
        row = table.rows()[1]
        assert (row["sex"], row["n"], row["flag"], row["reason"]) == ("M", 0, "[u]", "nobody answered")
        assert np.isnan([row["estimate"], row["se"], row["ci_low"]]).all()
        assert np.isnan(table.covariance()[1]).all()


def test_what_cannot_be_averaged_is_refused(design: SurveyDesign) -> None:
    words = "column 'worry' must hold numbers; it holds words"
    with pytest.raises(ValueError, match=words):
        design.mean("worry")
    for above, below in (("worry", "hours"), ("hours", "worry")):
        with pytest.raises(ValueError, match=words):
            design.ratio(above, below)
    with pytest.raises(KeyError, match="no column 'age'; the frame has school, borough"):
        design.mean("age")
    with pytest.raises(KeyError, match="no column 'age'"):
        design.ratio("siblings", "age")
    with pytest.raises(ValueError, match="nobody gave 'extremely'; there are 'fairly', 'not', 'very'"):
        design.total("worry", "extremely")
    allowed = "interval must be one of wald, bootstrap; not"
    with pytest.raises(ValueError, match=allowed):
        design.mean("siblings", interval="kg")
    with pytest.raises(ValueError, match=allowed):
        design.total("siblings", interval="wilson")
    with pytest.raises(ValueError, match=allowed):
        design.ratio("siblings", "hours", interval="logit")
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        design.mean("siblings", confidence=1)
    with pytest.raises(ValueError, match="a column is named twice in by: sex, sex"):
        design.mean("siblings", by=["sex", "sex"])


def test_an_amount_read_out(design: SurveyDesign) -> None:
    table = design.mean("siblings", by="sex")
    row = table.rows()[0]
    assert table.explain(row) == (
        f"From {row['n']} people with sex F who answered, the mean of siblings is {row['estimate']:.4g} (weighted); "
        f"the 95 % confidence interval is {row['ci_low']:.4g} to {row['ci_high']:.4g}."
    )
    total = design.total("worry", ["very", "fairly"])
    assert "the total of worry being very or fairly is" in total.explain(total.rows()[0])


def percentages(design: SurveyDesign) -> dict[str, dict[tuple[Any, Any], dict[str, Any]]]:
    """Each cell (worry, sex) of the three crossed tables."""
    columns, rows, total = (
        design.crosstab("worry", "sex", percent).rows() for percent in ("columns", "rows", "total")
    )
    return {
        "columns": {(row["level"], row["sex"]): row for row in columns},
        "rows": {(row["worry"], row["level"]): row for row in rows},
        "total": {row["level"]: row for row in total},
    }


@pytest.mark.parametrize("weighted", [False, True])
def test_the_three_percentages_agree(design: SurveyDesign, frame: Frame, weighted: bool) -> None:
    """A cell is its share of its column times that of the column, and its share of its row times that of the row."""
    if weighted:
        design = design.rake(
            [Margin("sex", {"F": 350, "M": 250}), Margin("borough", {0: 150, 1: 150, 2: 300})]
        )
    w = design.final_weights()
    worry, sex = np.array(frame["worry"], dtype=object), np.array(frame["sex"], dtype=object)
    both = np.array([one is not None for one in frame["worry"]])
    cells = percentages(design)
    assert cells["columns"].keys() == cells["rows"].keys() == cells["total"].keys()
    assert len(cells["total"]) == 6
    for one, other in cells["total"]:
        cell = w[(worry == one) & (sex == other)].sum()
        row, column = w[worry == one].sum(), w[(sex == other) & both].sum()
        assert cells["total"][one, other]["estimate"] == pytest.approx(cell / w[both].sum(), rel=1e-12)
        assert cells["columns"][one, other]["estimate"] == pytest.approx(cell / column, rel=1e-12)
        assert cells["rows"][one, other]["estimate"] == pytest.approx(cell / row, rel=1e-12)
        bases = [cells[name][one, other]["n"] for name in ("total", "columns", "rows")]
        assert bases == [both.sum(), ((sex == other) & both).sum(), (worry == one).sum()]
    for name, groups in (("columns", 2), ("rows", 3), ("total", 1)):
        assert sum(row["estimate"] for row in cells[name].values()) == pytest.approx(groups, rel=1e-12)


def test_the_standard_error_of_a_cell_of_everybody(design: SurveyDesign, frame: Frame) -> None:
    w, worry, sex = (
        np.array(frame["w"]),
        np.array(frame["worry"], dtype=object),
        np.array(frame["sex"], dtype=object),
    )
    both = np.array([one is not None for one in frame["worry"]])
    table = design.crosstab("worry", "sex", "total")
    assert table.measure == "worry x sex"
    levels: Any = table.levels
    for at, (one, other) in enumerate(levels):
        hit = (worry == one) & (sex == other)
        u = (hit - table.estimate[at]) * both / w[both].sum()
        assert table.se[at] ** 2 == pytest.approx(clustered(frame, u), rel=1e-11)
    assert table.covariance().sum() == pytest.approx(0, abs=1e-15)


def test_either_way_round_the_test_of_association_is_the_same(design: SurveyDesign) -> None:
    one = rao_scott(design.crosstab("worry", "sex", "columns"))
    other = rao_scott(design.subset(worry=["very", "fairly", "not"]).crosstab("worry", "sex", "rows"))
    assert one.p == pytest.approx(other.p, rel=1e-6)


def test_a_pair_that_nobody_is_in_has_a_row() -> None:
    frame = {"worry": ["very", "not", "very", None] * 10, "sex": ["F", "M", "F", "M"] * 10}
    design = SurveyDesign(frame, kind="quota", levels={"worry": ["very", "fairly", "not"]})
    rows = {row["level"]: row for row in design.crosstab("worry", "sex", "total").rows()}
    assert list(rows) == [(one, sex) for one in ("very", "fairly", "not") for sex in "FM"]
    assert rows["fairly", "F"]["estimate"] == 0
    assert rows["very", "F"]["estimate"] == pytest.approx(2 / 3)
    assert {row["n"] for row in rows.values()} == {30}
    across = {(row["worry"], row["level"]): row for row in design.crosstab("worry", "sex", "rows").rows()}
    assert (across["fairly", "F"]["n"], across["fairly", "F"]["reason"]) == (0, "nobody answered")


def test_a_percentage_that_there_is_not_is_refused(design: SurveyDesign) -> None:
    with pytest.raises(ValueError, match="percent must be one of columns, rows, total; not 'all'"):
        design.crosstab("worry", "sex", "all")  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="no column 'age'"):
        design.crosstab("worry", "age")
    with pytest.raises(ValueError, match="interval must be one of kg"):
        design.crosstab("worry", "sex", interval="exact")
