"""Stages of a sample: finite populations, strata and two stages by the textbook, and the weights they imply."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import LonelyCluster, SurveyDesign

Frame = dict[str, Any]
Floats = NDArray[np.float64]


def simple(n: int = 40, population: float = 100) -> Frame:
    random = np.random.default_rng(3)
    return {
        "siblings": random.integers(0, 6, n).tolist(),
        "worry": random.integers(0, 2, n).tolist(),
        "N": [population] * n,
    }


def test_a_simple_sample_of_a_finite_population() -> None:
    """N mean, N^2 (1 - n/N) s^2 / n; of a share (1 - n/N) p (1 - p) / (n - 1)."""
    frame = simple()
    y = np.array(frame["siblings"])
    design = SurveyDesign(frame, kind="probability", fpc="N")
    np.testing.assert_allclose(design.final_weights(), 2.5)
    total, mean, share = design.total("siblings"), design.mean("siblings"), design.proportion("worry")
    assert total.estimate[0] == pytest.approx(100 * y.mean(), rel=1e-12)
    assert total.se[0] ** 2 == pytest.approx(100**2 * (1 - 0.4) * y.var(ddof=1) / 40, rel=1e-12)
    assert mean.se[0] ** 2 == pytest.approx(0.6 * y.var(ddof=1) / 40, rel=1e-12)
    p = np.mean(frame["worry"])
    assert share.se[0] ** 2 == pytest.approx(0.6 * p * (1 - p) / 39, rel=1e-12)
    assert (total.df[0], total.n_weighted[0]) == pytest.approx((39, 100))


def test_a_domain_of_a_simple_sample() -> None:
    """A domain's total: N^2 (1 - f) / n times the spread of y in the domain and 0 outside."""
    frame = simple()
    worry, y = np.array(frame["worry"]), np.array(frame["siblings"])
    table = SurveyDesign(frame, kind="probability", fpc="N").total("siblings", by="worry")
    for at in (0, 1):
        z = y * (worry == at)
        assert table.se[at] ** 2 == pytest.approx(100**2 * 0.6 * z.var(ddof=1) / 40, rel=1e-12)
    mean = SurveyDesign(frame, kind="probability", fpc="N").mean("siblings", by="worry")
    for at in (0, 1):
        inside = worry == at
        e = (y - y[inside].mean()) * inside / inside.mean()
        assert mean.se[at] ** 2 == pytest.approx(0.6 * e.var(ddof=1) / 40, rel=1e-12)


def stratified() -> Frame:
    random = np.random.default_rng(5)
    sizes = {"a": (10, 20.0), "b": (25, 400.0), "c": (15, 60.0)}
    return {
        "borough": [name for name, (n, _) in sizes.items() for _ in range(n)],
        "N": [size for n, size in sizes.values() for _ in range(n)],
        "share": [n / size for n, size in sizes.values() for _ in range(n)],
        "siblings": random.integers(0, 6, 50).tolist(),
    }


def by_stratum(frame: Frame) -> tuple[float, float]:
    """sum N_h mean_h, and sum N_h^2 (1 - f_h) s_h^2 / n_h."""
    borough, y, size = (np.array(frame[name]) for name in ("borough", "siblings", "N"))
    total = variance = 0.0
    for one in np.unique(borough):
        inside = borough == one
        n, whole = inside.sum(), size[inside][0]
        total += whole * y[inside].mean()
        variance += whole**2 * (1 - n / whole) * y[inside].var(ddof=1) / n
    return total, variance


@pytest.mark.parametrize("fpc", ["N", "share"])
def test_a_stratified_sample(fpc: str) -> None:
    frame = stratified()
    estimate, variance = by_stratum(frame)
    design = SurveyDesign(frame, kind="probability", strata="borough", fpc=fpc)
    table = design.total("siblings")
    assert (table.estimate[0], table.se[0] ** 2) == pytest.approx((estimate, variance), rel=1e-12)
    assert table.df[0] == 47
    mean = design.mean("siblings")
    assert mean.estimate[0] == pytest.approx(estimate / 480, rel=1e-12)
    assert mean.se[0] ** 2 == pytest.approx(variance / 480**2, rel=1e-12)
    np.testing.assert_allclose(design.final_weights(), 1 / np.array(frame["share"]), rtol=1e-12)


def test_without_a_population_size_nothing_is_taken_off() -> None:
    frame = stratified()
    frame["w"] = (1 / np.array(frame["share"])).tolist()
    design = SurveyDesign(frame, kind="probability", strata="borough", weights="w")
    borough, y, size = (np.array(frame[name]) for name in ("borough", "siblings", "N"))
    variance = sum(
        size[borough == one][0] ** 2 * y[borough == one].var(ddof=1) / (borough == one).sum()
        for one in np.unique(borough)
    )
    assert design.total("siblings").se[0] ** 2 == pytest.approx(variance, rel=1e-12)


def test_one_stage_of_clusters() -> None:
    """All the people of 8 of 30 schools: N^2 (1 - n/N) / n times the spread of the schools' totals."""
    random = np.random.default_rng(7)
    school = np.repeat(np.arange(8), random.integers(3, 9, 8))
    y = random.integers(0, 6, len(school))
    frame = {"school": school, "siblings": y, "N": np.full(len(school), 30)}
    design = SurveyDesign(frame, kind="probability", clusters="school", fpc="N")
    totals = np.bincount(school, y)
    table = design.total("siblings")
    assert table.estimate[0] == pytest.approx(30 * totals.mean(), rel=1e-12)
    assert table.se[0] ** 2 == pytest.approx(30**2 * (1 - 8 / 30) * totals.var(ddof=1) / 8, rel=1e-12)
    assert table.df[0] == 7
    mean, size = design.mean("siblings"), np.bincount(school)
    e = totals - mean.estimate[0] * size
    by_hand = (
        (1 - 8 / 30) * e.var(ddof=1) / (8 * size.mean() ** 2)
    )  # the ratio of the schools' totals to their sizes
    assert mean.se[0] ** 2 == pytest.approx(by_hand, rel=1e-12)


def two_stages() -> Frame:
    """In each of two boroughs some of the schools, and in each school some of the pupils."""
    random = np.random.default_rng(9)
    frame: Frame = {name: [] for name in ("borough", "school", "schools", "pupils", "siblings", "f1", "f2")}
    for borough, (drawn, there) in {"a": (4, 12), "b": (6, 9)}.items():
        for school in range(drawn):
            pupils, asked = int(random.integers(10, 40)), int(random.integers(3, 8))
            frame["borough"] += [borough] * asked
            frame["school"] += [f"{borough}{school}"] * asked
            frame["schools"] += [there] * asked
            frame["pupils"] += [pupils] * asked
            frame["f1"] += [drawn / there] * asked
            frame["f2"] += [asked / pupils] * asked
            frame["siblings"] += random.integers(0, 6, asked).tolist()
    return frame


def textbook(frame: Frame, y: Floats) -> tuple[float, float]:
    """Sarndal, Swensson and Wretman (1992), 4.3: for simple samples at both stages, in each stratum
    N^2 (1 - n/N) s^2 / n of the schools' estimated totals, and N/n sum M_i^2 (1 - m_i/M_i) s_i^2 / m_i."""
    borough, school, schools, pupils = (
        np.array(frame[name]) for name in ("borough", "school", "schools", "pupils")
    )
    estimate = variance = 0.0
    for one in np.unique(borough):
        names = np.unique(school[borough == one])
        n, whole = len(names), schools[borough == one][0]
        totals, within = [], 0.0
        for name in names:
            mine = y[school == name]
            m, size = len(mine), pupils[school == name][0]
            totals.append(size * mine.mean())
            within += size**2 * (1 - m / size) * mine.var(ddof=1) / m
        estimate += whole * np.mean(totals)
        variance += whole**2 * (1 - n / whole) * np.var(totals, ddof=1) / n + whole / n * within
    return float(estimate), float(variance)


PLACE: dict[str, Any] = {"kind": "probability", "strata": "borough"}


@pytest.mark.parametrize("fpc", [["schools", "pupils"], ["f1", "f2"], ["schools", "f2"]])
def test_two_stages_by_the_textbook(fpc: list[str]) -> None:
    frame = {**two_stages(), "person": list(range(len(two_stages()["school"])))}
    y = np.array(frame["siblings"], dtype=float)
    design = SurveyDesign(frame, **PLACE, clusters=["school", "person"], fpc=fpc)
    estimate, variance = textbook(frame, y)
    table = design.total("siblings")
    assert (table.estimate[0], table.se[0] ** 2) == pytest.approx((estimate, variance), rel=1e-11)
    assert table.df[0] == 8  # schools less boroughs: of the first stage
    chance = np.array(frame["f1"]) * np.array(frame["f2"])
    np.testing.assert_allclose(design.final_weights(), 1 / chance, rtol=1e-12)
    mean, size = design.mean("siblings"), (1 / chance).sum()
    assert mean.estimate[0] == pytest.approx(estimate / size, rel=1e-12)
    _, residual = textbook(frame, (y - estimate / size) / size)
    assert mean.se[0] ** 2 == pytest.approx(residual, rel=1e-11)
    share = design.proportion("siblings", 3)
    hit = (y == 3).astype(float)
    _, residual = textbook(frame, (hit - share.estimate[0]) / size)
    assert share.se[0] ** 2 == pytest.approx(residual, rel=1e-11)


def test_domains_of_two_stages_and_their_covariance() -> None:
    frame = two_stages()
    frame["person"] = list(range(len(frame["school"])))
    frame["sex"] = ["F", "M", "M"] * (len(frame["school"]) // 3) + ["F"] * (len(frame["school"]) % 3)
    design = SurveyDesign(frame, **PLACE, clusters=["school", "person"], fpc=["schools", "pupils"])
    y, women = np.array(frame["siblings"], dtype=float), np.array(frame["sex"]) == "F"
    table = design.total("siblings", by="sex")
    parts = [textbook(frame, y * who) for who in (women, ~women)]
    np.testing.assert_allclose(table.estimate, [one for one, _ in parts], rtol=1e-11)
    np.testing.assert_allclose(table.se**2, [one for _, one in parts], rtol=1e-11)
    together = textbook(frame, y)[1]
    assert table.covariance().sum() == pytest.approx(together, rel=1e-10)


def test_a_second_stage_beneath_a_first_that_is_not_counted_adds_nothing() -> None:
    frame = two_stages()
    frame["w"] = (1 / (np.array(frame["f1"]) * np.array(frame["f2"]))).tolist()
    frame["person"] = list(range(len(frame["school"])))
    one = SurveyDesign(frame, **PLACE, weights="w", clusters="school")
    two = SurveyDesign(frame, **PLACE, weights="w", clusters=["school", "person"])
    assert one.total("siblings").se[0] == pytest.approx(two.total("siblings").se[0], rel=1e-13)
    y, w = np.array(frame["siblings"]), np.array(frame["w"])
    school, borough = np.array(frame["school"]), np.array(frame["borough"])
    variance = 0.0
    for stratum in "ab":
        totals = [(w * y)[school == name].sum() for name in np.unique(school[borough == stratum])]
        variance += len(totals) * np.var(totals, ddof=1)
    assert one.total("siblings").se[0] ** 2 == pytest.approx(variance, rel=1e-12)


def test_strata_at_the_second_stage() -> None:
    """Pupils drawn by year group in each school: s^2 within school and year, and the sizes of each."""
    frame: Frame = {name: [] for name in ("school", "schools", "year", "pupils", "siblings")}
    random = np.random.default_rng(17)
    for drawn in range(5):
        for group in (7, 8):
            asked = int(random.integers(2, 6))
            frame["school"] += [drawn] * asked
            frame["schools"] += [20] * asked
            frame["year"] += [group] * asked
            frame["pupils"] += [10 * (group - 5) + drawn] * asked
            frame["siblings"] += random.integers(0, 6, asked).tolist()
    frame["person"], frame["all"] = list(range(len(frame["school"]))), ["x"] * len(frame["school"])
    design = SurveyDesign(
        frame,
        kind="probability",
        strata=["all", "year"],
        clusters=["school", "person"],
        fpc=["schools", "pupils"],
    )
    school, year, y, size = (np.array(frame[name]) for name in ("school", "year", "siblings", "pupils"))
    totals, within = np.zeros(5), 0.0
    for one in range(5):
        for group in (7, 8):
            at = np.flatnonzero((school == one) & (year == group))
            m, whole = len(at), size[at][0]
            totals[one] += whole * y[at].mean()
            within += whole**2 * (1 - m / whole) * y[at].var(ddof=1) / m
    table = design.total("siblings")
    assert table.estimate[0] == pytest.approx(20 * totals.mean(), rel=1e-12)
    by_hand = 20**2 * (1 - 5 / 20) * totals.var(ddof=1) / 5 + 20 / 5 * within
    assert table.se[0] ** 2 == pytest.approx(by_hand, rel=1e-11)


def test_a_stratum_that_was_drawn_whole_adds_nothing() -> None:
    """A certainty stratum: its share is 1, so is the weight, and only the others vary."""
    frame = stratified()
    for at, borough in enumerate(frame["borough"]):
        if borough == "a":
            frame["N"][at], frame["share"][at] = 10.0, 1.0
    estimate, variance = by_stratum(frame)
    for fpc in ("N", "share"):
        design = SurveyDesign(frame, kind="probability", strata="borough", fpc=fpc)
        table = design.total("siblings", by="borough")
        assert table.se[0] == pytest.approx(0, abs=1e-12)
        assert table.se[1:].min() > 0
        whole = design.total("siblings")
        assert (whole.estimate[0], whole.se[0] ** 2) == pytest.approx((estimate, variance), rel=1e-12)


def test_everyone_asked_leaves_no_doubt() -> None:
    design = SurveyDesign(simple(40, 40), kind="probability", fpc="N")
    np.testing.assert_array_equal(design.final_weights(), np.ones(40))
    for table in (design.total("siblings"), design.mean("siblings"), design.proportion("worry")):
        assert table.se[0] == 0


@pytest.mark.parametrize("lonely", ["fail", "adjust", "remove", "certainty"])
def test_a_stratum_of_one_that_was_drawn_whole_is_not_lonely(lonely: Any) -> None:
    """The only school of its borough, with certainty: there is nothing to be estimated, whatever the rule."""
    frame = {
        "borough": ["a"] * 4 + ["b"] * 9,
        "school": ["one"] * 4 + list("pqr") * 3,
        "schools": [1] * 4 + [6] * 9,
        "siblings": [0, 1, 2, 3, 1, 2, 0, 4, 3, 1, 0, 2, 2],
    }
    design = SurveyDesign(frame, **PLACE, clusters="school", fpc="schools", lonely_psu=lonely)
    totals = np.array([1 + 4 + 0, 2 + 3 + 2, 0 + 1 + 2])
    variance = 6**2 * (1 - 3 / 6) * totals.var(ddof=1) / 3
    table = design.total("siblings")
    assert table.estimate[0] == pytest.approx(6 + 2 * totals.sum(), rel=1e-12)
    assert table.se[0] ** 2 == pytest.approx(variance, rel=1e-12)


def test_a_lonely_school_is_told_and_treated_by_its_rule() -> None:
    frame = {"borough": ["a"] + ["b"] * 4, "siblings": [5, 1, 2, 0, 4], "N": [10] + [20] * 4}
    with pytest.raises(LonelyCluster, match=r"one cluster only in stratum 'a'.*lonely_psu='adjust'"):
        SurveyDesign(frame, **PLACE, fpc="N", lonely_psu="fail").total("siblings")
    w, y = np.array([10.0, 5, 5, 5, 5]), np.array(frame["siblings"])
    others = 0.8 * 4 * np.var((w * y)[1:], ddof=1)
    alone = 0.9 * ((w * y)[0] - (w * y).mean()) ** 2
    wanted: dict[Any, float] = {
        "adjust": others + alone,
        "remove": others,
        "certainty": others,
        "average": 2 * others,
    }
    for rule, variance in wanted.items():
        table = SurveyDesign(frame, **PLACE, fpc="N", lonely_psu=rule).total("siblings")
        assert table.se[0] ** 2 == pytest.approx(variance, rel=1e-12)


def test_base_weights_that_are_given_are_kept() -> None:
    frame = {**stratified(), "w": [1.0] * 50}
    design = SurveyDesign(frame, kind="probability", strata="borough", fpc="N", weights="w")
    np.testing.assert_array_equal(design.final_weights(), np.ones(50))
    borough, y, share = (np.array(frame[name]) for name in ("borough", "siblings", "share"))
    variance = 0.0
    for one in np.unique(borough):
        at = borough == one
        variance += (1 - share[at][0]) * at.sum() * y[at].var(ddof=1)
    assert design.total("siblings").se[0] ** 2 == pytest.approx(variance, rel=1e-12)


def test_rows_that_stand_for_many() -> None:
    """How many were drawn is how many respondents there are, not how many rows."""
    frame = simple()
    cells: dict[tuple[int, int], int] = {}
    for key in zip(frame["siblings"], frame["worry"], strict=True):
        cells[key] = cells.get(key, 0) + 1
    grouped = {
        "siblings": [siblings for siblings, _ in cells],
        "worry": [worry for _, worry in cells],
        "people": list(cells.values()),
        "N": [100] * len(cells),
    }
    assert len(cells) < 20
    rows = SurveyDesign(frame, kind="probability", fpc="N")
    few = SurveyDesign(grouped, kind="probability", fpc="N", counts="people")
    np.testing.assert_allclose(few.final_weights(), 2.5 * np.array(grouped["people"]), rtol=1e-12)
    for one, other in (
        (rows.total("siblings", by="worry"), few.total("siblings", by="worry")),
        (rows.proportion("worry"), few.proportion("worry")),
    ):
        for name in ("estimate", "se", "df", "n", "n_eff"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)


WRONG: list[tuple[list[float | None], str]] = [
    ([1.5] * 4, "column 'N' must not be smaller than what was drawn; look at stratum 'b'"),
    ([3, 3, 3, 3], "column 'N' must not be smaller than what was drawn; look at stratum 'b'"),
    ([0.0] * 4, "column 'N' must be a number above 0; look at stratum 'a', 'b'"),
    ([-5] * 4, "column 'N' must be a number above 0; look at stratum 'a', 'b'"),
    ([9, 10, 10, 10], "column 'N' must be one number in a stratum; look at stratum 'b'"),
    ([None, 10, 10, 10], "column 'N' must not be missing"),
]


@pytest.mark.parametrize(("sizes", "message"), WRONG)
def test_a_population_size_that_cannot_be_is_refused(sizes: list[float | None], message: str) -> None:
    first = sizes[-1] if sizes[-1] in (0.0, -5) else 10
    frame = {
        "borough": ["a"] * 4 + ["b"] * 4,
        "siblings": [1, 2, 3, 4, 0, 2, 1, 1],
        "w": [1.0] * 8,
        "N": [first] * 4 + sizes,
    }
    for weights in (None, "w"):
        with pytest.raises(ValueError, match=message):
            SurveyDesign(frame, **PLACE, fpc="N", weights=weights).total("siblings")


def test_what_is_not_a_column_or_a_number_is_refused() -> None:
    frame = {**stratified(), "w": [1.0] * 50}
    with pytest.raises(KeyError, match="no column 'size'; the frame has borough"):
        SurveyDesign(frame, **PLACE, fpc="size")
    cube = SurveyDesign(frame, **PLACE, fpc="N", weights="w").cube(["borough", "N", "siblings"])
    with pytest.raises(ValueError, match="fpc without weights needs rows; name the column of base weights"):
        SurveyDesign(cube, **PLACE, fpc="N")
