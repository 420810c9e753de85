"""Planning: the least number of answers, by trying every one; and a change that is as often seen as said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import bdtr, bdtrc, ndtr, stdtrit

from analysis import SurveyDesign, change
from analysis.intervals import Figures, kg
from analysis.planning import answers_needed, half_width, more_needed, smallest_change


@pytest.mark.parametrize("n", [10, 50, 400])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_the_interval_is_clopper_and_pearsons(n: int, share: float, confidence: float) -> None:
    """Its ends are the shares at which so many, or so few, have a chance of half of what is not confidence."""
    hits, tail = round(n * share), (1 - confidence) / 2
    width = 2 * half_width(share, n, confidence=confidence)
    grid = np.linspace(0, 1, 200_001)
    low = grid[bdtrc(hits - 1, n, grid) >= tail][0] if hits else 0.0
    high = grid[bdtr(hits, n, grid) >= tail][-1]
    assert width == pytest.approx(high - low, abs=2e-5)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("deff", [0.7, 1.0, 2.3])
def test_the_interval_is_as_wide_as_that_of_the_tables(share: float, deff: float) -> None:
    n = np.array([1.0, 2.0, 7.0, 60.0, 5000.0])
    p, size, many = np.full(5, share), n / deff, np.full(5, 1e9)
    low, high = kg(Figures(p, p * (1 - p) / size, n, size, many, size, np.zeros(5), 0.0, 0.95))
    planned = [half_width(share, one, deff) for one in n.tolist()]
    np.testing.assert_allclose(planned, (high - low) / 2, rtol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.2, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("half", [0.03, 0.1, 0.3])
@pytest.mark.parametrize("deff", [0.7, 1.0, 2.3])
def test_it_is_the_least_that_is_enough(share: float, half: float, deff: float) -> None:
    needed = answers_needed(share, half, deff)
    assert half_width(share, needed, deff) <= half
    assert not any(half_width(share, n, deff) <= half for n in range(max(1, needed - 40), needed))
    assert all(half_width(share, n, deff) <= half for n in range(needed, needed + 40))


def test_every_number_is_tried() -> None:
    for share, half in ((0.4, 0.08), (0.1, 0.2), (0.0, 0.1), (0.5, 0.45), (0.0, 0.49)):
        tried = next(n for n in range(1, 2000) if half_width(share, n) <= half)
        assert answers_needed(share, half) == tried


def test_more_is_asked_for_more() -> None:
    """A narrower interval, a larger design effect, greater confidence, and a share nearer to a half."""
    assert answers_needed(0.5, 0.02) > answers_needed(0.5, 0.03) > answers_needed(0.3, 0.03)
    assert answers_needed(0.5, 0.03, confidence=0.99) > answers_needed(0.5, 0.03, confidence=0.9)
    assert answers_needed(0.2, 0.04) == answers_needed(0.8, 0.04)
    one, two = answers_needed(0.5, 0.03), answers_needed(0.5, 0.03, deff=2)
    assert two == pytest.approx(2 * one, abs=2)


def test_it_is_near_to_what_kish_has() -> None:
    """z^2 p (1 - p) / half^2, to which Clopper and Pearson's interval adds about 1 / half."""
    for share in (0.2, 0.5):
        for half in (0.01, 0.03):
            simple = 1.959964**2 * share * (1 - share) / half**2
            assert simple < answers_needed(share, half) == pytest.approx(simple + 1 / half, rel=0.01)


@pytest.mark.parametrize(
    ("share", "half", "deff", "confidence"),
    [
        (-0.1, 0.05, 1, 0.95),
        (1.1, 0.05, 1, 0.95),
        (0.5, 0.0, 1, 0.95),
        (0.5, 0.5, 1, 0.95),
        (0.5, -0.05, 1, 0.95),
        (0.5, 0.05, 0, 0.95),
        (0.5, 0.05, -2, 0.95),
        (0.5, 0.05, 1, 1.0),
        (0.5, 0.05, 1, 0.0),
        (0.5, 5, 1, 0.95),
        (float("nan"), 0.05, 1, 0.95),
        (0.5, float("nan"), 1, 0.95),
    ],
)
def test_what_cannot_be_planned_is_refused(share: float, half: float, deff: float, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"share must lie in \[0, 1\], half in \(0, 0\.5\), deff above 0"):
        answers_needed(share, half, deff, confidence)


def rows() -> list[dict[str, Any]]:
    """A table of two groups, of schools that differ; the second is small."""
    random = np.random.default_rng(6)
    school = np.repeat(np.arange(40), 10)
    worry = (random.random(400) < np.where(school % 2, 0.3, 0.6)).astype(int)
    frame = {"worry": worry, "school": school, "group": np.where(school < 30, "a", "b")}
    design = SurveyDesign(frame, kind="gatekept", clusters="school", levels={"group": ["a", "b", "c"]})
    return design.proportion("worry", by="group").rows()


def test_a_row_is_planned_for_as_its_own_interval_is_made() -> None:
    """As wide as it is it needs no more; for a narrower one the answers at its design effect and few schools."""
    for row, df in zip(rows(), (29, 9), strict=False):
        own = (row["ci_high"] - row["ci_low"]) / 2
        assert (row["df"], row["deff_source"]) == (df, "own")
        assert more_needed(row, own * 1.0001) == 0
        assert 0 < more_needed(row, own * 0.99) < 0.05 * row["n"]
        t, normal = stdtrit([df, row["n"] - 1], 0.975)
        deff = row["n"] / row["n_eff"] * (t / normal) ** 2
        more = more_needed(row, 0.05)
        assert more == answers_needed(row["estimate"], 0.05, deff) - row["n"] > 0
        assert half_width(row["estimate"], row["n"] + more, deff) <= 0.05
        assert half_width(row["estimate"], row["n"] + more - 1, deff) > 0.05


def test_a_group_that_has_enough_needs_none_and_one_without_answers_is_planned_for_a_half() -> None:
    large, _, nobody = rows()
    assert more_needed(large, 0.3) == 0
    assert nobody["n"] == 0
    assert more_needed(nobody, 0.05) == answers_needed(0.5, 0.05) == 402
    assert more_needed(nobody, 0.05, 0.9) == answers_needed(0.5, 0.05, confidence=0.9) < 402
    with pytest.raises(ValueError, match="share must lie in"):
        more_needed(large, 0.6)


def test_the_smallest_change_by_hand() -> None:
    """(1.959964 + 0.841621) sqrt(p (1 - p) (1/n + 1/m) deff)."""
    z = 1.959964 + 0.841621
    assert smallest_change(0.3, 500, 800, deff=1.5) == pytest.approx(
        z * np.sqrt(1.5 * 0.21 * (1 / 500 + 1 / 800)), rel=1e-6
    )
    assert smallest_change(0.3, 500) == smallest_change(0.3, 500, 500)
    assert smallest_change(0.3, 500) == pytest.approx(2 * smallest_change(0.3, 2000), rel=1e-12)
    assert smallest_change(0.3, 500, 1e12) == pytest.approx(smallest_change(0.3, 1000), rel=1e-6)
    assert (
        smallest_change(0.3, 500, power=0.9)
        > smallest_change(0.3, 500)
        > smallest_change(0.3, 500, power=0.5)
    )
    half = smallest_change(0.3, 500, power=0.5) / np.sqrt(0.3 * 0.7 / 250)
    assert 2 * ndtr(half) - 1 == pytest.approx(0.95, rel=1e-9)


@pytest.mark.parametrize(("share", "n", "n_next", "power"), [(0.4, 800, None, 0.8), (0.5, 1500, 600, 0.9)])
def test_such_a_change_is_seen_as_often_as_was_said(
    share: float, n: int, n_next: int | None, power: float
) -> None:
    """4,000 pairs of waves, each with the usual test of two shares."""
    step = smallest_change(share, n, n_next, power=power)
    random, m = np.random.default_rng(12), n_next or n
    for sign in (1, -1):
        p, q = random.binomial(n, share, 4000) / n, random.binomial(m, share + sign * step, 4000) / m
        seen = np.abs(q - p) / np.sqrt(p * (1 - p) / n + q * (1 - q) / m) > 1.959964
        assert seen.mean() == pytest.approx(power, abs=0.025)
    p, q = random.binomial(n, share, 4000) / n, random.binomial(m, share, 4000) / m
    seen = np.abs(q - p) / np.sqrt(p * (1 - p) / n + q * (1 - q) / m) > 1.959964
    assert seen.mean() == pytest.approx(0.05, abs=0.012)


def test_a_change_of_that_size_is_seen_by_the_package_itself() -> None:
    """What was planned for is what `change` does: 120 pairs of waves at a power of a half."""
    random, step, seen = np.random.default_rng(20), smallest_change(0.5, 300, power=0.5), 0
    for _ in range(120):
        waves = [
            SurveyDesign({"worry": (random.random(300) < share).astype(int)}, kind="quota").proportion(
                "worry"
            )
            for share in (0.5, 0.5 + step)
        ]
        seen += change(*waves).rows()[0]["verdict"] == "higher"
    assert seen / 120 == pytest.approx(0.5, abs=0.12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": 0},
        {"share": 1},
        {"n": 0},
        {"n_next": 0},
        {"deff": 0},
        {"confidence": 1},
        {"power": 0},
        {"power": 1},
        {"n_next": -5},
        {"share": float("nan")},
    ],
)
def test_a_change_that_cannot_be_planned_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(
        ValueError, match=r"share, confidence and power must lie in \(0, 1\); n and deff above 0"
    ):
        smallest_change(**{"share": 0.4, "n": 100, **wrong})
