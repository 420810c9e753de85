"""What must hold for any sample: hypothesis looks for one where it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Margin, NotConverged, SurveyDesign
from analysis.intervals import INTERVALS
from tests.conftest import examples

Frame = dict[str, list[Any]]


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    size = draw(st.integers(1, 60))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=size, max_size=size))

    return {
        "worry": column(st.sampled_from(["very", "fairly", "not", None])),
        "age": column(st.sampled_from(["a", "b", "c"])),
        "stratum": column(st.sampled_from(["s", "t"])),
        "school": column(st.integers(1, 6)),
        "w": column(st.sampled_from([0.5, 1.0, 2.0, 3.0])),
    }


def design(frame: Frame) -> SurveyDesign:
    levels = {"worry": ["very", "fairly", "not"], "age": ["a", "b", "c"]}
    return SurveyDesign(
        frame, kind="gatekept", weights="w", strata="stratum", clusters="school", levels=levels
    )


@given(frames(), st.sampled_from([0.001, 7.0, 1e6]))
def test_scaling_weights_changes_no_proportion(frame: Frame, by: float) -> None:
    scaled = {**frame, "w": [weight * by for weight in frame["w"]]}
    one, other = (design(f).proportion("worry", by=["age"]) for f in (frame, scaled))
    for name in ("estimate", "se", "low", "high", "df", "n_eff"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-7, atol=1e-9)


@given(frames(), st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(frame: Frame, random: Any) -> None:
    order = list(range(len(frame["w"])))
    random.shuffle(order)
    moved = {name: [values[at] for at in order] for name, values in frame.items()}
    moved["school"] = [f"school {10 - school}" for school in moved["school"]]
    one, other = (design(f).proportion("worry", by=["age"]) for f in (frame, moved))
    for name in ("estimate", "se", "low", "high", "df"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-7, atol=1e-9)


@given(frames(), st.integers(0, 60))
def test_parts_of_the_frame_add_up(frame: Frame, cut: int) -> None:
    names = ["stratum", "school", "age", "worry"]
    first, rest = ({k: v[part] for k, v in frame.items()} for part in (slice(0, cut), slice(cut, None)))
    cube, whole = design(first).cube(names) + design(rest).cube(names), design(frame).cube(names)
    assert cube.n.sum() == whole.n.sum()
    np.testing.assert_allclose(np.sort(cube.by(["school"]).w2), np.sort(whole.by(["school"]).w2))
    assert len(cube.n) == len(whole.n)


@given(frames())
def test_domains_add_up_to_the_whole(frame: Frame) -> None:
    whole = design(frame).proportion("worry", "very")
    parts = design(frame).proportion("worry", "very", by=["age"])
    assert parts.n.sum() == whole.n[0]
    if whole.n[0]:
        hits = np.nansum(parts.estimate * parts.n_weighted)
        np.testing.assert_allclose(hits, whole.estimate[0] * whole.n_weighted[0])


@given(frames())
def test_levels_add_up_and_their_covariance_is_possible(frame: Frame) -> None:
    table = design(frame).proportion("worry")
    if table.n[0]:
        covariance = table.covariance()
        np.testing.assert_allclose(table.estimate.sum(), 1)
        np.testing.assert_allclose(covariance.sum(), 0, atol=1e-12)
        assert np.linalg.eigvalsh(covariance).min() > -1e-12
        np.testing.assert_allclose(np.sqrt(np.diagonal(covariance)), table.se, atol=1e-12)


@given(frames(), st.sampled_from(sorted(set(INTERVALS) - {"wald"})))
def test_estimates_lie_inside_their_intervals(frame: Frame, interval: str) -> None:
    for row in design(frame).proportion("worry", by=["age"], interval=interval).rows():
        if row["n"] == 0:
            assert row["flag"] == "[u]"
        elif row["ci_low"] == row["ci_low"]:
            assert 0 <= row["ci_low"] <= row["ci_high"] <= 1
            assert row["ci_low"] - 1e-9 <= row["estimate"] <= row["ci_high"] + 1e-9
        else:
            assert row["flag"] == "[u]"


@examples(20, among=100)
def test_margins_are_met_after_raking(count: int) -> None:
    """Any two margins that the sample can meet are met, and the shares stay shares."""

    @settings(max_examples=count)
    @given(frames(), st.integers(1, 5), st.integers(1, 5))
    def holds(frame: Frame, one: int, other: int) -> None:
        ages = [age for age in "abc" if age in frame["age"]]
        strata = [stratum for stratum in "st" if stratum in frame["stratum"]]
        margins = [
            Margin("age", {age: (one, other, 3)[at] * 60 / (one + other + 3) for at, age in enumerate(ages)}),
            Margin("stratum", {stratum: (other, one)[at] for at, stratum in enumerate(strata)}),
        ]
        margins[1] = margins[1].scaled(margins[0].total)
        try:
            raked = design(frame).rake(margins)
        except NotConverged:
            return
        for margin in margins:
            met = raked.total(margin.name, list(margin.targets))
            assert met.estimate[0] == pytest.approx(margin.total, rel=1e-8)
            for level, target in margin.targets.items():
                found = raked.total(margin.name, level)
                assert found.estimate[0] == pytest.approx(target, rel=1e-8)
                assert found.se[0] < 1e-6 * margin.total
        table = raked.proportion("worry", by="age")
        known = table.n > 0
        assert ((table.estimate[known] >= 0) & (table.estimate[known] <= 1)).all()
        assert np.linalg.eigvalsh(table.covariance()[np.ix_(known, known)]).min(initial=0) > -1e-10

    holds()


@given(frames())
def test_a_frame_is_never_changed(frame: Frame) -> None:
    before = {name: list(values) for name, values in frame.items()}
    design(frame).subset(age="a").proportion("worry", by="stratum").rows()
    assert frame == before
