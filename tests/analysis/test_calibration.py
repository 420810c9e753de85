"""Calibration: margins and totals met within bounds, by closed forms, by the shape of the factors, and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import CannotWeight, Margin, NotConverged, SurveyDesign, Total

Frame = dict[str, Any]
Floats = NDArray[np.float64]
SEX = Margin("sex", {"F": 260.0, "M": 240.0})
AGE = Margin("age", {"young": 190.0, "middle": 170.0, "old": 140.0})
SIBLINGS = Total("siblings", 800.0)
WAYS: list[tuple[str, tuple[float, float] | None]] = [
    ("raking", None),
    ("raking", (0.6, 1.9)),
    ("linear", None),
    ("linear", (0.6, 1.9)),
    ("logit", (0.5, 2.0)),
]


@pytest.fixture(scope="module")
def frame() -> Frame:
    """120 people of two sexes and three ages, with weights that add up to some 480."""
    random = np.random.default_rng(11)
    return {
        "sex": random.choice(["F", "M"], 120).tolist(),
        "age": random.choice(["young", "middle", "old"], 120).tolist(),
        "siblings": random.integers(0, 4, 120).tolist(),
        "school": random.integers(0, 15, 120).tolist(),
        "worry": random.integers(0, 2, 120).tolist(),
        "w": random.uniform(2, 6, 120).round(2).tolist(),
    }


@pytest.fixture(scope="module")
def design(frame: Frame) -> SurveyDesign:
    return SurveyDesign(frame, kind="quota", weights="w", clusters="school")


def auxiliary(frame: Frame) -> tuple[Floats, Floats]:
    """The indicators and numbers that are calibrated to (one sex is implied by the ages), and their totals."""
    columns = [np.array(frame["sex"]) == "F"]
    columns += [np.array(frame["age"]) == age for age in AGE.targets]
    x = np.column_stack([*columns, np.array(frame["siblings"])]).astype(np.float64)
    return x, np.array([SEX.targets["F"], *AGE.targets.values(), SIBLINGS.total])


@pytest.mark.parametrize(("method", "bounds"), WAYS)
def test_margins_and_totals_are_met(
    design: SurveyDesign, frame: Frame, method: Any, bounds: tuple[float, float] | None
) -> None:
    made = design.calibrate([SEX, AGE], [SIBLINGS], method=method, bounds=bounds)
    weights = made.final_weights()
    x, wanted = auxiliary(frame)
    np.testing.assert_allclose(x.T @ weights, wanted, rtol=1e-8)
    if bounds:
        factors = weights / np.array(frame["w"])
        assert bounds[0] - 1e-12 <= factors.min() < 1 < factors.max() <= bounds[1] + 1e-12
    met = made.total("siblings")
    assert met.estimate[0] == pytest.approx(800, rel=1e-8)
    assert met.se[0] < 1e-6


def test_linear_without_bounds_is_the_regression_estimator(design: SurveyDesign, frame: Frame) -> None:
    """Deville and Sarndal (1992), case 1: w (1 + x' (X'WX)^-1 (T - X'w)), and the weighted residuals' spread."""
    x, wanted = auxiliary(frame)
    w, y = np.array(frame["w"]), np.array(frame["worry"], dtype=float)
    gram = x.T @ (x * w[:, None])
    by_hand = w * (1 + x @ np.linalg.solve(gram, wanted - x.T @ w))
    made = design.calibrate([SEX, AGE], [SIBLINGS], method="linear")
    np.testing.assert_allclose(made.final_weights(), by_hand, rtol=1e-10)
    slope = np.linalg.solve(gram, x.T @ (w * y))
    total = made.total("worry")
    assert total.estimate[0] == pytest.approx((w * y).sum() + (wanted - x.T @ w) @ slope, rel=1e-10)
    schools = np.bincount(frame["school"], by_hand * (y - x @ slope))
    n = len(schools)
    variance = n / (n - 1) * ((schools - schools.mean()) ** 2).sum()
    assert total.se[0] == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_raking_by_calibration_is_raking(design: SurveyDesign) -> None:
    raked, made = design.rake([SEX, AGE]), design.calibrate([SEX, AGE])
    np.testing.assert_allclose(raked.final_weights(), made.final_weights(), rtol=1e-12)
    for by in ("sex", "age"):
        one, other = (each.proportion("worry", by=by) for each in (raked, made))
        np.testing.assert_allclose(one.covariance(), other.covariance(), rtol=1e-9, atol=1e-15)
    newton = design.calibrate([SEX, AGE], bounds=(1e-6, 1e6))
    np.testing.assert_allclose(raked.final_weights(), newton.final_weights(), rtol=1e-7)


@pytest.mark.parametrize(("method", "bounds"), WAYS)
def test_factors_have_the_shape_of_their_method(
    design: SurveyDesign, frame: Frame, method: Any, bounds: tuple[float, float] | None
) -> None:
    """What makes a factor out of x'b is undone: between the bounds the rest must be linear in x."""
    made = design.calibrate([SEX, AGE], [SIBLINGS], method=method, bounds=bounds)
    factors = made.final_weights() / np.array(frame["w"])
    low, high = bounds or (-np.inf, np.inf)
    inside = (factors > low + 1e-9) & (factors < high - 1e-9)
    g = factors[inside]
    if method == "logit":
        u = np.log((g - low) * (high - 1) / ((high - g) * (1 - low)))
    else:
        u = np.log(g) if method == "raking" else g - 1
    x = auxiliary(frame)[0][inside]
    left = u - x @ np.linalg.lstsq(x, u, rcond=None)[0]
    assert np.abs(left).max() < 1e-9
    assert inside.sum() > x.shape[1] * 3


def halves() -> SurveyDesign:
    """30 women and 10 men who should be 20 and 20: the factors can only be 2/3 and 2."""
    return SurveyDesign({"sex": ["F"] * 30 + ["M"] * 10}, kind="quota")


EVEN = Margin("sex", {"F": 20, "M": 20})


@pytest.mark.parametrize("method", ["raking", "linear", "logit"])
def test_bounds_that_nobody_can_keep_to_are_answered_with_the_tightest(method: Any) -> None:
    """Of the shape 1 - 0.2 k, 1 + 0.5 k: men need 1 + 0.5 k = 2, so k is 2, and 0.6 is enough for women."""
    with pytest.raises(CannotWeight, match=r"no weights between 0\.8 and 1\.5 times") as caught:
        halves().calibrate([EVEN], method=method, bounds=(0.8, 1.5))
    assert str(caught.value).endswith("The tightest that can are 0.6 and 2")
    room = 0.001 if method == "logit" else 0.0  # a logit comes near its bounds, and never to them
    weights = halves().calibrate([EVEN], method=method, bounds=(0.6 - room, 2 + room)).final_weights()
    np.testing.assert_allclose(weights, np.repeat([2 / 3, 2.0], [30, 10]), rtol=1e-6)
    with pytest.raises(CannotWeight, match=r"The tightest that can are 0\.6 and 2$"):
        halves().calibrate([EVEN], method=method, bounds=(1 - 0.2 * 1.99, 1 + 0.5 * 1.99))


def test_what_no_bounds_can_meet_is_said() -> None:
    twins = SurveyDesign({"sex": ["F", "M"] * 20, "siblings": [1] * 40}, kind="quota")
    with pytest.raises(CannotWeight, match="No bounds can"):
        twins.calibrate([EVEN], [Total("siblings", 60)], bounds=(0.5, 2))
    with pytest.raises(NotConverged, match=r"(siblings|sex) is still") as caught:
        twins.calibrate([EVEN], [Total("siblings", 60)], method="linear")
    assert caught.value.off > 0.01


def test_a_missing_number_is_refused_with_how_many(frame: Frame) -> None:
    holes = {**frame, "siblings": [None, None, *frame["siblings"][2:]]}
    design = SurveyDesign(holes, kind="quota", weights="w")
    with pytest.raises(CannotWeight, match="column 'siblings' is missing for 2 respondents"):
        design.calibrate([SEX], [SIBLINGS])
    with pytest.raises(ValueError, match="column 'sex' must hold numbers"):
        design.calibrate([AGE], [Total("sex", 3)])


def test_totals_that_disagree_are_refused(design: SurveyDesign) -> None:
    with pytest.raises(CannotWeight, match=r"margin age adds up to 500, margin sex to 250: 100\.0% apart"):
        design.calibrate([Margin("sex", {"F": 130, "M": 120}), AGE], method="linear")


@pytest.mark.parametrize(("method", "bounds"), WAYS)
def test_a_subset_is_calibrated_as_if_it_were_alone(
    design: SurveyDesign, frame: Frame, method: Any, bounds: tuple[float, float] | None
) -> None:
    women = [at for at, sex in enumerate(frame["sex"]) if sex == "F"]
    alone = SurveyDesign(
        {name: [values[at] for at in women] for name, values in frame.items()}, kind="quota", weights="w"
    )
    ages, total = AGE.scaled(260), Total("siblings", 400)
    inner = design.subset(sex="F").calibrate([ages], [total], method=method, bounds=bounds)
    outer = alone.calibrate([ages], [total], method=method, bounds=bounds)
    np.testing.assert_allclose(inner.final_weights()[women], outer.final_weights(), rtol=1e-8)
    assert inner.final_weights().sum() == pytest.approx(260)
    assert inner.proportion("worry").n[0] == len(women)
    assert inner.proportion("worry").estimate[0] == pytest.approx(outer.proportion("worry").estimate[0])


def test_calibrating_again_begins_at_the_base_weights(design: SurveyDesign) -> None:
    once = design.calibrate([SEX, AGE], method="linear")
    twice = design.calibrate([SEX], [SIBLINGS]).calibrate([SEX, AGE], method="linear")
    np.testing.assert_allclose(once.final_weights(), twice.final_weights(), rtol=1e-12)


def test_bounds_are_a_rule_that_is_told(design: SurveyDesign) -> None:
    made = design.calibrate([SEX], bounds=(0.5, 2))
    assert made.rules == ("No weight was multiplied by less than 0.5 or more than 2.",)
    assert design.calibrate([SEX]).rules == ()


def test_what_is_asked_wrongly_is_refused(design: SurveyDesign) -> None:
    with pytest.raises(ValueError, match=r"method='logit' needs bounds=\(least, most\)"):
        design.calibrate([SEX], method="logit")
    with pytest.raises(ValueError, match="bounds must lie on both sides of 1"):
        design.calibrate([SEX], bounds=(1.2, 3))
    with pytest.raises(CannotWeight, match="give a margin or a total"):
        design.calibrate()
    with pytest.raises(ValueError, match="method must be one of raking, linear, logit"):
        design.calibrate([SEX], method="entropy")  # type: ignore[arg-type]
