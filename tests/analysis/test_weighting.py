"""Raking: the margins are met, and every rule is a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import CannotWeight, Margin, NotConverged, SurveyDesign


def people(**counts: int) -> dict[str, list[str | None]]:
    """A frame of people by sex and age, from counts such as F_old=3."""
    pairs = [key.split("_") for key, n in counts.items() for _ in range(n)]
    return {"sex": [None if sex == "none" else sex for sex, _ in pairs], "age": [age for _, age in pairs]}


def weighted(design: SurveyDesign, column: str) -> dict[object, float]:
    rows = design.proportion(column).rows()
    return {row["level"]: row["estimate"] * row["n_weighted"] for row in rows}


def test_margins_are_met(raked: SurveyDesign, margins: list[Margin]) -> None:
    for margin in margins:
        met = weighted(raked, margin.name)
        for level, target in margin.targets.items():
            assert met[level] == pytest.approx(target, rel=1e-9)


def test_a_crossed_margin_is_met() -> None:
    frame = people(F_old=3, F_young=5, M_old=7, M_young=2)
    targets = {("F", "old"): 25, ("F", "young"): 25, ("M", "old"): 20, ("M", "young"): 30}
    design = SurveyDesign(frame, kind="quota").rake([Margin(("sex", "age"), targets)])
    table = design.proportion("sex", "F", by=["age"])
    np.testing.assert_allclose(table.estimate, [25 / 45, 25 / 55])
    np.testing.assert_allclose(table.n_weighted, [45, 55])


def test_others_keep_their_own_share() -> None:
    frame = people(F_old=40, M_old=50, another_old=6, none_old=4)
    margin = Margin("sex", {"F": 510, "M": 490}, others="own share")
    with pytest.raises(CannotWeight, match=r"None, 'another' \(10 respondents\) has no population count"):
        SurveyDesign(frame, kind="quota").rake([Margin("sex", margin.targets)])
    design = SurveyDesign(frame, kind="quota").rake([margin])
    assert weighted(design, "sex") == pytest.approx({"F": 459, "M": 441, "another": 60})
    assert design.rules == (
        "sex: 10 respondents gave an answer without a population count, or none; they keep their 10.0% of "
        "the sample's weight, and the counts are scaled to the rest.",
    )


def test_levels_are_merged_by_a_stated_rule() -> None:
    frame = people(F_city=1, F_west=9, F_brent=10)
    targets = {"city": 10, "west": 290, "brent": 300, "barnet": 400}
    margin = Margin("age", targets, merge={"city": "west", "barnet": "brent"})
    design = SurveyDesign(frame, kind="quota").rake([margin])
    assert weighted(design, "age") == pytest.approx({"city": 30, "west": 270, "brent": 700})
    assert design.rules == (
        "age: 'city' is weighted together with 'west'.",
        "age: 'barnet' is weighted together with 'brent'.",
    )
    with pytest.raises(CannotWeight, match="'city' cannot be merged into 'wset', which is not among"):
        Margin("age", targets, merge={"city": "wset"})


def test_a_margin_summed_from_a_frame() -> None:
    frame = {"borough": ["A", "A", "B"], "sex": ["F", "M", "F"], "people": [1, 2, 3]}
    assert Margin.of(frame, ("borough", "sex"), count="people").targets == {
        ("A", "F"): 1.0,
        ("A", "M"): 2.0,
        ("B", "F"): 3.0,
    }


def test_margins_that_contradict_each_other_are_named() -> None:
    frame = people(F_old=5, M_young=5)
    margins = [Margin("sex", {"F": 50, "M": 50}), Margin("age", {"old": 90, "young": 10})]
    with pytest.raises(NotConverged, match="has not converged after") as caught:
        SurveyDesign(frame, kind="quota").rake(margins)
    assert (caught.value.margin, abs(caught.value.off) > 0.1) == ("sex", True)


@pytest.mark.parametrize("targets", [{"F": -1, "M": 2}, {"F": float("nan")}, {"F": 0}, {}])
def test_a_margin_of_wrong_counts_is_refused(targets: dict[str, float]) -> None:
    with pytest.raises(CannotWeight, match="margin sex"):
        Margin("sex", targets)


def test_raking_after_a_subset_is_raking_of_the_subset() -> None:
    frame = people(F_old=3, F_young=5, M_old=7, M_young=2)
    inner = SurveyDesign(frame, kind="quota").subset(age="old").rake([Margin("sex", {"F": 50, "M": 50})])
    assert weighted(inner, "sex") == pytest.approx({"F": 50, "M": 50})
    alone = SurveyDesign(people(F_old=3, M_old=7), kind="quota").rake([Margin("sex", {"F": 50, "M": 50})])
    assert weighted(alone, "sex") == pytest.approx(weighted(inner, "sex"))


def test_a_margin_fully_explains_itself(margins: list[Margin], raked: SurveyDesign) -> None:
    """A level whose total is fixed has no variance left."""
    table = raked.proportion("sex", "F")
    assert table.estimate[0] == pytest.approx(margins[2].targets["F"] / margins[2].total)
    assert table.se[0] == pytest.approx(0, abs=1e-9)


def test_inputs_are_unchanged(design: SurveyDesign, margins: list[Margin]) -> None:
    before, targets = design.proportion("y").rows(), dict(margins[0].targets)
    design.rake(margins)
    assert design.proportion("y").rows() == before
    assert margins[0].targets == targets
