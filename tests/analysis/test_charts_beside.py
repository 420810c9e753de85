"""Two surveys beside each other, and a sample beside its population: each figure with its own base."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.charts import beside, panel, svg, weighting

from .test_charts_drawn import WITHHELD, city, figure, hatched, words_of

PERIODS: dict[str, Any] = {"youth_period": "10 to 25, spring 2026", "adult_period": "16 and over, 2025-26"}
FEMALE = {"margin": "gender", "level": "female", "n": 620, "before": 0.62, "after": 0.49, "target": 0.49}
MALE = FEMALE | {"level": "male", "n": 380, "before": 0.38, "after": 0.51, "target": 0.51}


def draw(youth: Any, adult: Any, **options: Any) -> str:
    return svg(beside(youth, adult, labels={"worry": "Worried"}, title="Beside", **PERIODS, **options))


@pytest.mark.parametrize("width", ["phone", "page"])
def test_each_side_has_its_own_name_period_figure_and_base(width: str) -> None:
    words = words_of(
        draw([figure(0.42, 1412)], [figure(0.31, 19_312, 0.01)], width=width, adult_name="Grown-ups")
    )
    found = words[words.index("Young people") :]
    assert found[:3] == ["Young people", "42 % (39 to 45)", "n 1,412"]
    assert found[found.index("Grown-ups") :][:3] == ["Grown-ups", "31 % (30 to 32)", "n 19,312"]
    assert "Young people: 10 to 25, spring 2026." in words
    assert "Grown-ups: 16 and over, 2025-26." in words


def test_figures_of_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="on both sides; alone: problem, worry"):
        draw([figure(0.42)], [figure(0.42, measure="problem")])
    with pytest.raises(ValueError, match="the answer is very in some rows and yes in others"):
        draw([figure(0.42)], [figure(0.42, level="very")])
    with pytest.raises(ValueError, match="the wording"):
        draw([figure(0.42, wording="Worried?")], [figure(0.42, wording="A problem?")])
    with pytest.raises(ValueError, match="worry has two figures on one side"):
        draw([figure(0.42), figure(0.5)], [figure(0.42)])
    with pytest.raises(ValueError, match="there is none"):
        draw([], [])


def test_a_reference_without_an_interval_says_so_and_a_withheld_figure_why() -> None:
    alone = draw([figure(0.42)], [figure(0.31, ci_low=None, ci_high=None)])
    assert "31 %" in words_of(alone)
    assert "without its interval" in " ".join(words_of(alone))
    hidden = draw([WITHHELD], [figure(0.31)], width="phone")
    assert "fewer than 10 people answered" in words_of(hidden)
    assert hatched(hidden) == 1


def test_areas_may_stand_on_one_axis_where_the_question_is_the_same() -> None:
    youth = [figure(0.42) | {"area": area} for area in ("a", "b")]
    adult = [figure(0.31, ci_low=None, ci_high=None) | {"area": area, "n": None} for area in ("a", "b")]
    drawn = svg(beside(youth, adult, by="area", labels={"a": "Camden"}, title="Beside", **PERIODS))
    assert [words for words in words_of(drawn) if words in ("Camden", "b", "n not given")] == [
        "Camden",
        "n not given",
        "b",
        "n not given",
    ]
    with pytest.raises(ValueError, match="the wording"):
        beside(
            [youth[0] | {"wording": "Worried?"}],
            [adult[0] | {"wording": "A problem?"}],
            by="area",
            labels={},
            title="",
            **PERIODS,
        )


def test_a_panel_is_one_survey_and_one_question() -> None:
    rows = [figure(0.349, ci_low=None, ci_high=None) | {"area": "a", "n": None}, figure(0.42) | {"area": "b"}]
    words = words_of(svg(panel(rows, by="area", labels={"a": "Waltham Forest"}, title="Adults", notes=[])))
    assert [one for one in words if one in ("Waltham Forest", "34.9 %", "n not given")] == [
        "Waltham Forest",
        "34.9 %",
        "n not given",
    ]
    with pytest.raises(ValueError, match="one row for each level"):
        panel([*rows, rows[0]], by="area", labels={}, title="", notes=[])
    with pytest.raises(ValueError, match="one row at least"):
        panel([], by="area", labels={}, title="", notes=[])
    with pytest.raises(ValueError, match="the measure is"):
        panel([rows[0], rows[1] | {"measure": "trust"}], by="area", labels={}, title="", notes=[])


def test_tables_and_rows_may_be_given() -> None:
    table = city().proportion("worry")
    for youth in (table, [table], table.rows()):
        assert "n 6,000" in words_of(draw(youth, [figure(0.31)]))
    assert "95 % confidence interval" in draw(table, [figure(0.31)])


def test_each_level_has_its_two_shares_and_its_base() -> None:
    words = words_of(
        svg(weighting([FEMALE, MALE], title="Weighted", labels={"female": "Girls", "gender": "Gender"}))
    )
    assert words[words.index("Girls") :][:3] == ["Girls", "62.0 → 49.0 %", "n 620"]
    assert words[words.index("male") :][:3] == ["male", "38.0 → 51.0 %", "n 380"]
    assert {"Gender", "0", "40", "80 %"} <= set(words)


def test_a_share_that_weighting_did_not_meet_is_told() -> None:
    picture = weighting([FEMALE, MALE | {"after": 0.5}], title="Weighted")
    assert "38.0 → 50.0, not 51.0 %" in words_of(svg(picture))
    assert picture.description.endswith("not at their share of the population: male 50.0 %.")


def test_a_withheld_sample_share_is_hatched_and_its_target_still_stands() -> None:
    picture = weighting([FEMALE, MALE | {"n": None, "before": None}], title="Weighted")
    assert "– → 51.0 %" in words_of(svg(picture))
    assert hatched(svg(picture)) == 2
    assert "not shown: male" in picture.description


def test_shares_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1; gender male has"):
        weighting([FEMALE, MALE | {"before": 38}], title="Weighted")
    with pytest.raises(ValueError, match="not so: gender"):
        weighting([FEMALE, FEMALE], title="Weighted")
    with pytest.raises(ValueError, match="there is no row"):
        weighting([], title="Weighted")
