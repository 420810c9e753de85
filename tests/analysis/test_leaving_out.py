"""The linearised jackknife against leaving out one cluster after the other, with the calibration done anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import Margin, SurveyDesign

from .conftest import Columns

SCHOOLS = {"a": 3, "b": 2, "c": 5, "d": 1}


def wave(seed: int, rare: bool = False) -> dict[str, list[Any]]:
    """Boroughs of one to five schools of very different sizes. rare: one school has the only people of an age."""
    random = np.random.default_rng(seed)
    made: dict[str, list[Any]] = {name: [] for name in ("borough", "school", "age", "w", "y")}
    for borough, schools in SCHOOLS.items():
        for school in range(schools):
            for _ in range(int(random.integers(5, 40))):
                age = "old" if rare and (borough, school) == ("c", 0) and random.random() < 0.3 else None
                person = (borough, f"{borough}{school}", age or str(random.choice(["10-11", "12-15", "16+"])))
                for name, value in zip(
                    made, (*person, 1 + school % 2, int(random.random() < 0.4)), strict=True
                ):
                    made[name].append(value)
    return made


def raked(frame: Columns) -> SurveyDesign:
    margins = [Margin("borough", {"a": 30, "b": 20, "c": 40, "d": 10})]
    ages = dict.fromkeys(sorted(set(frame["age"])), 10.0)
    design = SurveyDesign(frame, kind="gatekept", weights="w", strata="borough", clusters="school")
    return design.rake(
        [*margins, Margin("age", {age: 100 * n / sum(ages.values()) for age, n in ages.items()})]
    )


def calibrated(frame: Columns, weight: NDArray[Any], out: str | None) -> float:
    """The regression estimate of the total of the influence of the share, from the schools but one."""
    y = np.array(frame["y"], dtype=float)
    u = (y - (weight * y).sum() / weight.sum()) / weight.sum()
    columns = [
        np.array(frame[name]) == level for name in ("borough", "age") for level in sorted(set(frame[name]))
    ]
    x = np.column_stack(columns).astype(float)
    kept = np.array(frame["school"]) != out
    gram = (x[kept].T * weight[kept]) @ x[kept]
    slope = np.linalg.pinv(gram) @ ((x[kept].T * weight[kept]) @ u[kept])
    return float((weight @ x) @ slope)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_the_deletion_of_each_cluster(seed: int) -> None:
    frame = wave(seed)
    design = raked(frame)
    weight = design.final_weights()
    whole = calibrated(frame, weight, None)
    moved = {
        borough: [whole - calibrated(frame, weight, f"{borough}{school}") for school in range(schools)]
        for borough, schools in SCHOOLS.items()
        if schools > 1
    }
    expected = sum((len(each) - 1) / len(each) * sum(one**2 for one in each) for each in moved.values())
    expected += (sum(map(sum, moved.values())) / sum(SCHOOLS.values())) ** 2  # the only school of its borough
    table = design.proportion("y")
    found = table.ask.left_out(table.linear)
    assert found is not None
    assert found[0] == pytest.approx(expected, rel=1e-8)


def test_it_is_near_the_jackknife_that_rakes_anew() -> None:
    """And the linearised standard error is under both, where schools are few and uneven."""
    ratios, small = [], []
    for seed in range(10):
        design = raked(wave(seed))
        table, again = design.proportion("y"), design.replicates("jackknife").proportion("y")
        found = table.ask.left_out(table.linear)
        assert found is not None
        ratios.append(np.sqrt(found[0]) / again.se[0])
        small.append(table.se[0] / again.se[0])
    assert np.mean(ratios) == pytest.approx(1, abs=0.03)
    assert np.mean(small) < 0.95


def test_people_whom_nobody_can_stand_for_stand_for_themselves() -> None:
    """All of an age are in one school: without it the age is no part of the margins, and nothing runs away."""
    frame = wave(4, rare=True)
    design = raked(frame)
    table, again = design.proportion("y"), design.replicates("jackknife").proportion("y")
    found = table.ask.left_out(table.linear)
    assert found is not None
    assert 0.5 < np.sqrt(found[0]) / again.se[0] < 2


def test_without_weighting_or_clusters_there_is_nothing_to_leave_out() -> None:
    frame = wave(1)
    for clusters in ("school", None):
        design = SurveyDesign(frame, kind="gatekept", weights="w", strata="borough", clusters=clusters)
        table = design.proportion("y")
        assert table.ask.left_out(table.linear) is None
    people = {**frame, "school": list(range(len(frame["y"])))}
    table = raked(people).proportion("y")
    assert table.ask.left_out(table.linear) is None
