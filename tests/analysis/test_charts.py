"""Pictures: small, the same each time, readable on a phone, and said in words."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from analysis import SurveyDesign
from analysis.charts import Picture, describe, ordered, ranking, svg
from analysis.disclosure import Protected, protect

WIDTHS = {"phone": 360, "page": 760}


@pytest.fixture(scope="module")
def boroughs(raked: SurveyDesign) -> Protected:
    return protect(raked.proportion("y", by=["borough"]))


@pytest.fixture(scope="module")
def overall(raked: SurveyDesign) -> dict[str, Any]:
    return raked.proportion("y").rows()[0]


def draw(table: Protected, overall: dict[str, Any] | None = None, **options: Any) -> Picture:
    return ranking(
        table,
        labels={"Brent": "Brent & Harrow $x$"},
        title="Worry, by borough",
        overall=overall,
        overall_name="London",
        **options,
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_small_and_scales(
    boroughs: Protected, overall: dict[str, Any], width: Any, theme: Any
) -> None:
    drawn = svg(draw(boroughs, overall, width=width, theme=theme))
    assert len(drawn.encode()) < 60_000
    root = ElementTree.fromstring(drawn)
    assert root.attrib["viewBox"].startswith(f"0 0 {WIDTHS[width]} ")
    assert root.attrib["role"] == "img"
    assert "height" not in root.attrib
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', drawn)]
    assert min(sizes) >= 12


def test_the_same_figure_is_the_same_text(boroughs: Protected, overall: dict[str, Any]) -> None:
    one, other = svg(draw(boroughs, overall)), svg(draw(boroughs, overall))
    assert one == other
    assert "metadata" not in one
    assert "style=" not in one
    assert "<style" not in one


def test_every_row_is_labelled_and_withheld_rows_say_why(boroughs: Protected) -> None:
    drawn = svg(draw(boroughs))
    assert "Brent &amp; Harrow $x$" in drawn
    for row in boroughs.rows():
        if row["flag"] == "[c]":
            assert row["reason"].split()[0] in drawn
        else:
            low, high = row["ci_low"] * 100, row["ci_high"] * 100
            assert f"{row['estimate'] * 100:.0f} % ({low:.0f} to {high:.0f})" in drawn
    assert drawn.index(">Barnet<") < drawn.index(">Camden<") < drawn.index(">Havering<")
    assert drawn.index(">Havering<") < drawn.index(">City of London<")


def test_age_bands_keep_their_order(raked: SurveyDesign) -> None:
    drawn = svg(ordered(raked.proportion("y", by=["age"]), labels={}, title="Worry, by age"))
    places = [drawn.index(f">{age}<") for age in ("a:11-12", "b:13-14", "c:15-16", "f:22-24")]
    assert places == sorted(places)


def test_words_are_made_from_the_numbers(boroughs: Protected) -> None:
    words = describe(boroughs, {"Barnet": "Barnet (north)"})
    assert "Highest: Barnet (north), 100 %" in words
    assert "Lowest: Havering, 0 %" in words
    assert "Not shown: City of London" in words


def test_a_table_that_cannot_be_ranked_is_refused(raked: SurveyDesign) -> None:
    with pytest.raises(ValueError, match="domains of one column"):
        ranking(raked.proportion("y"), labels={}, title="Worry")
    with pytest.raises(ValueError, match="one row for each domain"):
        ranking(raked.proportion("level", by=["age"]), labels={}, title="Worry")


def test_a_picture_of_nothing_can_be_drawn() -> None:
    frame = {"age": ["a", "b"], "y": [1, 0]}
    table = protect(SurveyDesign(frame, kind="open").proportion("y", by=["age"]))
    assert "fewer than 10 people" in svg(ranking(table, labels={}, title="Worry", width="phone"))
