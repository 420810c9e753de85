"""The edges, where R gives NaN, zero width or silence: each has a figure or a flag with a reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis import Margin, SurveyDesign, rao_scott
from analysis.intervals import INTERVALS, figures

from .conftest import Columns


def test_nobody_at_all() -> None:
    row = SurveyDesign({"worry": []}, kind="open").proportion("worry", "very").rows()[0]
    assert (row["n"], row["flag"], row["reason"]) == (0, "[u]", "nobody answered")
    assert np.isnan(row["estimate"])


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("answers", [[0] * 40, [1] * 40])
def test_all_or_none(answers: list[int], interval: str) -> None:
    design = SurveyDesign({"worry": answers, "school": list("abcde") * 8}, kind="gatekept", clusters="school")
    row = design.proportion("worry", interval=interval).rows()[0]
    wide = row["ci_low"] < row["ci_high"]
    assert wide or row["flag"] == "[u]"
    if interval in {"kg", "nchs", "wilson-pooled"}:
        assert wide
        assert 0 <= row["ci_low"] <= row["estimate"] <= row["ci_high"] <= 1


def test_one_school_in_a_borough(raked: SurveyDesign) -> None:
    rows = {row["borough"]: row for row in raked.proportion("y", by=["borough"]).rows()}
    city = rows["City of London"]
    assert (city["df"], city["flag"], city["deff_source"]) == (0, "[u]", "pooled")
    assert 0 < city["ci_low"] < city["estimate"] < city["ci_high"] < 1


def test_zero_weights_carry_nothing(london: Columns, raked: SurveyDesign, margins: list[Margin]) -> None:
    kept = [at for at, weight in enumerate(london["w0"]) if weight > 0]
    assert len(kept) < len(london["w0"])
    without = {name: [values[at] for at in kept] for name, values in london.items()}
    design = SurveyDesign(without, kind="gatekept", weights="w0", strata="borough", clusters="psu")
    table = design.rake(margins, tolerance=1e-12).proportion("y", by=["age"])
    assert np.isfinite(table.se).all()
    np.testing.assert_allclose(raked.proportion("y", by=["age"]).se, table.se, rtol=1e-12)


def test_missing_answers_are_a_domain(london: Columns, raked: SurveyDesign) -> None:
    answered = np.array([y is not None for y in london["y"]])
    table, subset = raked.proportion("y"), raked.subset(answered).proportion("y")
    assert int(table.n[0]) == answered.sum() - london["w0"].count(0.0)
    (row,) = subset.rows()
    near = {
        name: pytest.approx(one, rel=1e-12) if isinstance(one, float) else one for name, one in row.items()
    }
    assert table.rows() == [near]  # what a processor adds in another order is off in the last digit


def test_missing_domains_stay_in_the_design() -> None:
    frame: dict[str, list[Any]] = {
        "worry": [1, 0, 1, 0] * 10,
        "age": ["a", "b", None, "a"] * 10,
        "school": list("pqrst") * 8,
    }
    design = SurveyDesign(frame, kind="gatekept", clusters="school")
    table = design.proportion("worry", by=["age"])
    assert [(row["age"], row["n"]) for row in table.rows()] == [("a", 20), ("b", 10)]
    mask = np.array([age is not None for age in frame["age"]])
    np.testing.assert_allclose(table.se, design.subset(mask).proportion("worry", by=["age"]).se)


def test_a_domain_nobody_is_in(raked: SurveyDesign) -> None:
    rows = {(row["borough"], row["age"]): row for row in raked.proportion("y", by=["borough", "age"]).rows()}
    assert len(rows) == 33 * 6
    empty = rows["Bexley", "f:22-24"]
    assert (empty["n"], empty["flag"], empty["reason"]) == (0, "[u]", "nobody answered")


def test_declared_levels_come_in_their_order() -> None:
    design = SurveyDesign(
        {"worry": ["not", "very"], "age": ["12-13", "10-11"]},
        kind="open",
        levels={"worry": ["very", "fairly", "not"], "age": ["10-11", "12-13", "14-15"]},
    )
    assert [(r["level"], r["estimate"]) for r in design.proportion("worry").rows()] == [
        ("very", 0.5),
        ("fairly", 0.0),
        ("not", 0.5),
    ]
    assert [r["n"] for r in design.proportion("worry", ["very", "fairly"], by="age").rows()] == [1, 1, 0]


def test_an_unknown_level_is_refused_with_those_there_are() -> None:
    design = SurveyDesign({"worry": ["not", "very"]}, kind="open")
    with pytest.raises(ValueError, match=r"nobody gave 'verry'; there are 'not', 'very'\. Declare"):
        design.proportion("worry", "verry")
    declared = SurveyDesign({"worry": ["not", "verry"]}, kind="open", levels={"worry": ["very", "not"]})
    with pytest.raises(ValueError, match="column 'worry' holds 'verry', not among its declared levels"):
        declared.proportion("worry")


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (
            {"y": [1, 0], "w": [1.0, -2.0]},
            {"weights": "w"},
            r"'w' must be a number, 0 or more; 1 rows .*: 1\)",
        ),
        ({"y": [1, 0], "w": [None, 2.0]}, {"weights": "w"}, r"1 rows break this \(counted from 0: 0\)"),
        ({"y": [1, 0], "w": ["a", "b"]}, {"weights": "w"}, "must hold numbers"),
        ({"y": [1, 0], "c": [1, 2.5]}, {"counts": "c"}, "must be a whole number"),
        ({"y": [1, 0], "s": ["a", None]}, {"clusters": "s"}, "'s' must not be missing"),
        ({"y": [1, 0]}, {"lonely_psu": "ignore"}, "lonely_psu must be one of fail, adjust"),
    ],
)
def test_a_wrong_design_is_refused(frame: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SurveyDesign(frame, kind="probability", **options)


def test_what_is_asked_wrongly_is_refused() -> None:
    design = SurveyDesign({"y": [1, 0]}, kind="open")
    with pytest.raises(KeyError, match="no column 'worry'; the frame has y"):
        design.proportion("worry")
    with pytest.raises(ValueError, match="interval must be one of kg"):
        design.proportion("y", interval="exact")
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        design.proportion("y", confidence=95)
    with pytest.raises(ValueError, match="2 booleans"):
        design.subset([True])
    with pytest.raises(ValueError, match="kind must be one of probability, quota, gatekept, open"):
        SurveyDesign({"y": [1]}, kind="random")  # type: ignore[arg-type]


def test_an_open_design_has_a_model_interval() -> None:
    table = SurveyDesign({"y": [1, 0] * 30}, kind="open").proportion("y")
    assert table.interval_name == "95 % model interval"
    assert "assumes" in table.footer
    assert "model interval" in table.explain(table.rows()[0])


def test_a_design_does_not_print_its_respondents(london: Columns, raked: SurveyDesign) -> None:
    assert "Camden" not in repr(raked)
    assert len(repr(raked)) < 500


def test_a_borough_with_one_school_says_so() -> None:
    """However many its pupils are, one school cannot say how schools differ."""
    frame = {"y": [1, 0, 1] * 200, "b": ["a"] * 300 + ["b"] * 300, "s": ["one"] * 300 + list("pqrst") * 60}
    design = SurveyDesign(frame, kind="gatekept", strata="b", clusters="s")
    rows = design.proportion("y", by="b").rows()
    assert rows[0]["flag"] == "[u]"
    assert "one cluster only" in rows[0]["reason"]


def test_an_empty_frame_has_an_empty_table() -> None:
    assert SurveyDesign({"y": [], "g": []}, kind="quota").proportion("y", by="g").rows() == []
    assert SurveyDesign({"y": [None] * 5}, kind="quota").proportion("y").rows() == []
    row = SurveyDesign({"y": [None] * 5}, kind="quota").mean("y").rows()[0]
    assert (row["flag"], row["reason"], row["n"]) == ("[u]", "nobody answered", 0)


def test_a_ratio_over_nothing_is_undefined_and_flagged() -> None:
    row = SurveyDesign({"a": [1, 2] * 20, "b": [0, 0] * 20}, kind="quota").ratio("a", "b").rows()[0]
    assert (np.isnan(row["estimate"]), np.isnan(row["se"]), row["flag"]) == (True, True, "[u]")


def test_one_group_is_compared_with_nobody() -> None:
    table = SurveyDesign({"y": [1, 0] * 30, "g": ["a"] * 60}, kind="quota").proportion("y", by="g")
    for apart, verdict in ((False, "no clear difference"), (True, "cannot be tested")):
        row = table.against_rest("g", apart=apart).rows()[0]
        assert (row["flag"], row["verdict"], np.isnan(row["ci_low"])) == ("[u]", verdict, True)
    with pytest.raises(ValueError, match="the test needs two groups and two answers"):
        rao_scott(table)
    totals = SurveyDesign({"y": [1, 0] * 30, "g": ["a", "b"] * 30}, kind="quota").total("y", by="g")
    with pytest.raises(ValueError, match="a part's total is always less than that of the whole"):
        totals.against_rest("g")


def test_a_domains_own_design_effect_has_credit_by_its_degrees_of_freedom_and_only_widens() -> None:
    """Ten domains alike, and two of one and of four degrees of freedom with ten times and a tenth of their variance."""
    df = np.array([1.0] * 10 + [1.0, 4.0, 1.0, 4.0])
    variance = np.array([0.005] * 10 + [0.05] * 2 + [0.0005] * 2)
    half, hundred = np.full(14, 0.5), np.full(14, 100.0)
    made, source = figures(half, variance, hundred, hundred, df, design_df=30, confidence=0.95)
    assert set(source) == {"pooled"}
    pooled = hundred[0] / made.n_eff[0]
    own = variance * hundred / 0.25
    more = np.maximum(own - pooled, 0.0) * df / (df + 4)
    assert made.n_eff == pytest.approx(hundred / (pooled + more))
    assert made.n_eff[10] > made.n_eff[11] > hundred[0] * 0.25 / (0.05 * 100)
    assert made.n_eff[12] == made.n_eff[13] == made.n_eff[0]
