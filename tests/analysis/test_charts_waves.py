"""Over waves: every figure with its base, a break where there is none, and one question on one axis."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from analysis.charts import svg, trend

from .test_charts_drawn import WITHHELD, city, figure, words_of, written


def joins(drawn: str) -> int:
    """How many stretches the line through a series has: thinner than an interval."""
    found = re.findall(r'<path d="([^"]*)" [^>]*stroke-width="1.2"', drawn)
    return sum(path.count("M") for path in found)


def draw(*rows: dict[str, Any] | None, **options: Any) -> str:
    points = [(f"Wave {at}", row) for at, row in enumerate(rows, 1)]
    return svg(trend(points, title="Worried", **options))


def test_every_wave_has_its_figure_and_its_base() -> None:
    words = words_of(draw(figure(0.42, 1412), figure(0.47, 1380), width="phone"))
    assert {"42 %", "47 %", "1,412", "1,380", "Wave 1", "Wave 2"} <= set(words)


def test_the_line_breaks_where_a_wave_is_missing_or_withheld() -> None:
    one, other = figure(0.42), figure(0.47)
    assert joins(draw(one, other, one, other)) == 3
    assert joins(draw(one, other, None, other)) == 1
    assert joins(draw(one, WITHHELD, other)) == 0
    assert {"no", "figure"} <= set(words_of(draw(one, None, other)))
    assert {"not", "shown"} <= set(words_of(draw(one, WITHHELD, other)))


def test_no_line_joins_waves_that_reached_people_in_different_ways() -> None:
    drawn = draw(figure(0.42), figure(0.45), figure(0.47, kind="open"))
    assert joins(drawn) == 1
    assert "No line joins waves" in " ".join(words_of(drawn))
    assert "No line joins waves" not in draw(figure(0.42), figure(0.45))


def test_another_question_is_not_accepted_on_the_axis() -> None:
    with pytest.raises(ValueError, match="the measure is problem in some rows and worry in others"):
        draw(figure(0.42), figure(0.6, measure="problem"))
    with pytest.raises(ValueError, match="the answer is fairly or very in some rows and very in others"):
        draw(figure(0.42, level=("very", "fairly")), figure(0.2, level=("very",)))
    with pytest.raises(ValueError, match="the wording"):
        draw(figure(0.42, wording="How worried are you?"), figure(0.6, wording="Is it a problem?"))
    with pytest.raises(ValueError, match="the measure"):
        draw(figure(0.42), WITHHELD | {"measure": "problem"})
    assert draw(figure(0.42, level=("very", "fairly")), figure(0.4, level=["fairly", "very"]))


def test_a_figure_that_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shares between 0 and 1; worry has 4\.2"):
        draw(figure(0.4), figure(4.2))


def test_a_table_with_one_row_is_a_wave_and_names_its_interval() -> None:
    whole, by_age = city().proportion("worry"), city().proportion("worry", by=["age"])
    picture = trend([("2025", whole), ("2026", whole)], title="Worried")
    assert f"{whole.rows()[0]['estimate'] * 100:.0f} %" in words_of(svg(picture))
    assert "95 % confidence interval" in picture.description
    with pytest.raises(ValueError, match="this table has 6"):
        trend([("2025", by_age)], title="Worried")


def test_dates_stand_as_far_apart_as_they_are() -> None:
    days = (dt.date(2024, 3, 1), dt.date(2026, 3, 1), dt.date(2025, 3, 1), dt.date(2030, 3, 1))
    drawn = written(svg(trend([(day, figure(0.4)) for day in days], title="Worried")))
    places = {one.words: (one.left + one.right) / 2 for one in drawn if one.words.startswith("Mar")}
    assert list(places) == ["Mar 2024", "Mar 2025", "Mar 2026", "Mar 2030"]
    assert places["Mar 2030"] - places["Mar 2026"] > 3.9 * (places["Mar 2026"] - places["Mar 2025"])
    crowded = [(dt.date(2024, 3, 1), figure(0.4)), (dt.date(2024, 3, 9), figure(0.4)), (days[1], figure(0.4))]
    assert {"1 Mar 2024", "9 Mar 2024"} <= set(words_of(svg(trend(crowded, title="Worried"))))


def test_several_series_have_marks_of_their_own_and_their_figures_beneath() -> None:
    girls = [("2025", figure(0.52, 700)), ("2026", figure(0.5, 650))]
    boys = [("2026", figure(0.41, 601))]
    drawn = svg(trend({"Girls": girls, "Boys": boys}, title="Worried"))
    words = words_of(drawn)
    assert words.count("Girls") == words.count("Boys") == 2
    assert {"52 %", "700", "50 %", "650", "41 %", "601", "–"} <= set(words)
    assert len(set(re.findall(r'<use xlink:href="#(\w+)"', drawn))) == 2
    names = {one.words: one.colour for one in written(drawn) if one.words in ("Girls", "Boys")}
    assert len(set(names.values())) == 2


def test_what_is_no_trend_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one wave"):
        trend([], title="Worried")
    with pytest.raises(ValueError, match="two figures in one series"):
        trend([("2025", figure(0.4)), ("2025", figure(0.5))], title="Worried")
    with pytest.raises(ValueError, match="from one to 4 series; not 5"):
        trend({str(at): [("2025", figure(0.4))] for at in range(5)}, title="Worried")


def test_the_words_tell_every_wave() -> None:
    doubtful = figure(0.5, 24, 0.2, flag="[u]")
    words = trend(
        [("2024", figure(0.42)), ("2025", WITHHELD), ("2026", doubtful)], title="Worried"
    ).description
    assert "2024: 42 % (39 to 45), 1,412 people." in words
    assert "2025: not shown, fewer than 10 people answered." in words
    assert "2026: 50 % (30 to 70), 24 people, read with care." in words


def test_a_trend_of_nothing_that_may_be_shown_can_be_drawn() -> None:
    assert "42 %" not in draw(WITHHELD, WITHHELD)
    assert draw(figure(0.0, half=0), figure(1.0, half=0))
