"""Attacks by subtraction: what is hidden stays hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import SurveyDesign
from analysis.disclosure import FIGURES, Protected, Rule, protect


def uster() -> dict[str, list[Any]]:
    """213 young people, one of them non-binary."""
    gender = ["female"] * 110 + ["male"] * 102 + ["non_binary"]
    return {"gender": gender, "safe": [int(at % 5 > 0) for at in range(213)]}


def shown(table: Protected, name: str = "n") -> list[Any]:
    return [row[name] for row in table.rows() if row["flag"] != "[c]"]


def test_213_less_110_less_102() -> None:
    table = protect(SurveyDesign(uster(), kind="probability").proportion("safe", by=["gender"]))
    assert shown(table, "gender") == ["female"]
    withheld = table.rows()[1]
    assert table.explain(table.rows()[2]) == "Not shown for gender non_binary: fewer than 10 people answered."
    assert all(withheld[name] is None for name in FIGURES)
    assert withheld["reason"] == "withheld so that a smaller group cannot be worked out by subtraction"
    assert table.rows()[2]["reason"] == "fewer than 10 people answered"


def test_the_small_group_as_a_missing_answer() -> None:
    frame = uster()
    frame["gender"][-1] = None
    table = protect(SurveyDesign(frame, kind="probability").proportion("safe", by=["gender"]))
    assert shown(table, "gender") == ["female"]


def test_leaving_the_small_group_out_does_not_help() -> None:
    """With 212 known as well as 213, either group would give the other away, and so the one."""
    design = SurveyDesign(uster(), kind="probability").subset(gender=["female", "male"])
    assert shown(protect(design.proportion("safe", by=["gender"]))) == []


def test_those_of_another_wave_are_no_part_of_a_total() -> None:
    frame = {"wave": [1] * 100 + [2] * 3, "age": ["a", "b"] * 50 + ["a"] * 3, "y": [0, 1, 1] * 34 + [0]}
    design = SurveyDesign(frame, kind="quota").subset(wave=1)
    assert shown(protect(design.proportion("y", by=["age"]))) == [50, 50]


def test_the_same_group_is_hidden_where_it_skipped_the_question() -> None:
    """Else the groups shown in one table and the totals of another would give it away."""
    frame = uster()
    frame["safe"][-1] = None
    table = protect(SurveyDesign(frame, kind="probability").proportion("safe", by=["gender"]))
    assert shown(table, "gender") == ["female"]


def test_people_outside_the_subset_are_no_cover() -> None:
    """The subset's own total is known too, so 200 others elsewhere hide nobody within it."""
    frame: dict[str, list[Any]] = {
        "borough": ["A"] * 60 + ["B"] * 50 + ["C"] * 3 + ["elsewhere"] * 200,
        "y": [0, 1] * 156 + [0],
    }
    inside = np.array([borough != "elsewhere" for borough in frame["borough"]])
    design = SurveyDesign(frame, kind="quota").subset(inside)
    assert shown(protect(design.proportion("y", by=["borough"])), "borough") == ["A"]


def test_a_level_few_gave_is_not_the_rest_of_the_others() -> None:
    frame = {"gender": ["female"] * 110 + ["male"] * 102 + ["non_binary"]}
    rows = protect(SurveyDesign(frame, kind="probability").proportion("gender")).rows()
    assert [row["level"] for row in rows if row["flag"] != "[c]"] == ["female"]


def test_nothing_is_hidden_without_need() -> None:
    frame = {"age": ["a", "b", "c", "d"] * 30, "y": [0, 1, 1] * 40}
    table = protect(SurveyDesign(frame, kind="quota").proportion("y", by=["age"]))
    assert table.withheld == 0
    assert [row["n"] for row in table.rows()] == [30] * 4


@pytest.mark.parametrize(
    ("base", "count", "fit"),
    [
        (9, 5, False),
        (10, 5, True),
        (20, 4, False),
        (20, 16, False),
        (29, 0, False),
        (30, 0, True),
        (29, 29, False),
        (30, 30, True),
        (30, 29, False),
    ],
)
def test_the_thresholds(base: int, count: int, fit: bool) -> None:
    assert (Rule().why_not(base, count) == "") is fit


def test_never_under_five() -> None:
    with pytest.raises(ValueError, match="never under 5"):
        Rule(minimum_count=4)


def test_public_figures_are_rounded() -> None:
    frame = {"age": ["a"] * 63 + ["b"] * 58, "y": [1, 0, 0] * 40 + [1]}
    rows = protect(SurveyDesign(frame, kind="quota").proportion("y", by=["age"]), public=True).rows()
    assert [row["n"] for row in rows] == [65, 60]
    assert all(row[name] == round(row[name], 2) for row in rows for name in ("estimate", "ci_low", "ci_high"))


def test_nothing_to_show() -> None:
    table = protect(SurveyDesign({"y": []}, kind="open").proportion("y", "yes"))
    assert table.rows()[0]["reason"] == "nobody answered"


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    frame: dict[str, list[Any]] = {"area": [], "age": [], "answer": []}
    for area in range(draw(st.integers(1, 4))):
        for age in ("young", "old", None):
            for answer in ("yes", "no", "maybe"):
                people = draw(st.sampled_from([0, 0, 1, 3, 6, 12, 40]))
                frame["area"] += [f"area {area}"] * people
                frame["age"] += [age] * people
                frame["answer"] += [answer] * people
    return frame


@given(tables(), st.sampled_from(["yes", ["yes", "no"], None]))
def test_no_one_way_table_gives_a_few_people_away(frame: dict[str, list[Any]], level: Any) -> None:
    design = SurveyDesign(frame, kind="quota", levels={"answer": ["yes", "no", "maybe"]})
    for by in ("area", "age"):
        table = design.proportion("answer", level, by=[by])
        attack(frame, by, protect(table), [level] if level else ["yes", "no", "maybe"])


def attack(frame: dict[str, list[Any]], by: str, table: Protected, levels: list[Any]) -> None:
    """Subtract what is shown from the totals: what is left must be fit to be shown, and two groups."""
    people = list(zip(frame[by], frame["answer"], strict=True))
    rows = table.rows()
    for level in levels:
        named = level if isinstance(level, list) else [level]
        mine = [row for row in rows if row["level"] == (tuple(level) if isinstance(level, list) else level)]
        open_groups = {row[by] for row in mine if row["flag"] != "[c]"}
        left = [(group, answer) for group, answer in people if group not in open_groups]
        groups = {group: [a in named for g, a in left if g == group] for group, _ in left}
        unfit = [g for g, hits in groups.items() if Rule().why_not(len(hits), sum(hits))]
        if unfit and open_groups:
            hits = [answer in named for _, answer in left]
            assert Rule().why_not(len(hits), sum(hits)) == ""
            assert len(groups) >= 2
    for group in {row[by] for row in rows}:
        within(frame, by, group, [row for row in rows if row[by] == group], levels)


def within(
    frame: dict[str, list[Any]], by: str, group: Any, rows: list[dict[str, Any]], levels: list[Any]
) -> None:
    """Subtract the levels that are shown from the base of their group."""
    if len(levels) < 2:
        return
    answers = [a for g, a in zip(frame[by], frame["answer"], strict=True) if g == group]
    hidden = [row["level"] for row in rows if row["flag"] == "[c]"]
    if hidden and len(hidden) < len(levels):
        assert Rule().why_not(len(answers), sum(a in hidden for a in answers)) == ""
        assert len(hidden) >= 2


@given(tables())
def test_no_crossed_table_gives_a_row_or_a_column_away(frame: dict[str, list[Any]]) -> None:
    design = SurveyDesign(frame, kind="quota", levels={"answer": ["yes", "no", "maybe"]})
    rows = protect(design.proportion("answer", "yes", by=["area", "age"])).rows()
    people = list(zip(frame["area"], frame["age"], frame["answer"], strict=True))
    for axis, name in enumerate(("area", "age")):
        for value in {row[name] for row in rows}:
            seen = {(row["area"], row["age"]) for row in rows if row[name] == value and row["flag"] != "[c]"}
            left = [who for who in people if who[axis] == value and who[:2] not in seen]
            cells = {who[:2]: [w[2] == "yes" for w in left if w[:2] == who[:2]] for who in left}
            if seen and any(Rule().why_not(len(hits), sum(hits)) for hits in cells.values()):
                assert Rule().why_not(len(left), sum(who[2] == "yes" for who in left)) == ""
                assert len(cells) >= 2


def test_means_and_totals_go_through_the_same_door() -> None:
    frame = {"years": [3, 4, 8, 9] * 30 + [50] * 4, "area": ["a"] * 60 + ["b"] * 60 + ["c"] * 4}
    design = SurveyDesign(frame, kind="quota")
    rows = {row["area"]: row for row in protect(design.mean("years", by="area"), public=True).rows()}
    assert (rows["c"]["estimate"], rows["c"]["flag"]) == (None, "[c]")
    assert rows["a"]["estimate"] is None or rows["b"]["estimate"] is None
    whole = protect(design.total("years"), public=True)
    assert whole.rows()[0]["estimate"] == 920
    assert whole.explain(whole.rows()[0]).startswith(
        "From 125 people who answered, the total of years is 920"
    )
