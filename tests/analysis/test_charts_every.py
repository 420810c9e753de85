"""What holds for every picture: small, the same each time, readable on a phone, and said in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from analysis import charts
from analysis.charts.paper import COLOURS, Width
from analysis.charts.shades import SHADES
from analysis.disclosure import protect

from .test_charts_drawn import (
    AGES,
    BOROUGHS,
    SHORT,
    SVG,
    TILES,
    WITHHELD,
    city,
    contrast,
    figure,
    hatched,
    lightness,
    written,
)

WIDTHS = {"phone": 360, "page": 760}
Draw = Callable[..., charts.Picture]


def tile_map(**look: Any) -> charts.Picture:
    design = city()
    table, overall = protect(design.proportion("worry", by=["borough"])), design.proportion("worry").rows()[0]
    title = "Very or fairly worried about knife crime, by borough (made-up answers)"
    return charts.tile_map(table, TILES, labels={}, short=SHORT, title=title, overall=overall, **look)


def heat(**look: Any) -> charts.Picture:
    table = protect(city().proportion("worry", by=["borough", "age"]))
    return charts.heat(table, labels={}, title="Worried, by borough and age", **look)


def trend(**look: Any) -> charts.Picture:
    waves = [("Wave 1", figure(0.42)), ("Wave 2", WITHHELD), ("Wave 3", figure(0.5, 24, 0.2, flag="[u]"))]
    return charts.trend(waves, title="Worried, over waves", **look)


def trends(**look: Any) -> charts.Picture:
    waves = [(f"Wave {at}", figure(0.42 + at / 50)) for at in range(1, 7)]
    lower = [(wave, figure(row["estimate"] - 0.1)) for wave, row in waves[:-1]]
    series = {
        "Girls and young women": waves,
        "Boys and young men": [*lower, ("Wave 6", WITHHELD)],
        "No one": [],
    }
    return charts.trend(series, title="Worried, over waves, by gender", **look)


def beside(**look: Any) -> charts.Picture:
    youth = [figure(0.62), WITHHELD | {"measure": "trust"}]
    adult = [figure(0.71, 19_312, ci_low=None, ci_high=None), figure(0.5, measure="trust")]
    labels = {"worry": "Feels safe walking alone after dark where they live", "trust": "Trusts the police"}
    periods: dict[str, Any] = {
        "youth_period": "aged 10 to 25, spring 2026",
        "adult_period": "aged 16 and over, year to March 2026",
    }
    return charts.beside(youth, adult, labels=labels, title="Young people and adults", **periods, **look)


def panel(**look: Any) -> charts.Picture:
    rows = [
        figure(0.349, ci_low=None, ci_high=None) | {"area": "forest", "n": None},
        WITHHELD | {"area": "city"},
        figure(0.048, 400) | {"area": "bromley", "flag": "[u]"},
    ]
    labels = {"forest": "Waltham Forest", "city": "City of London", "bromley": "Kingston upon Thames"}
    title = "Adults: “A problem in this area (the Strategy does not say which answers it counts)”"
    notes = ["Adults aged 16 and over in London, the 12 months to 31 March 2017."]
    return charts.panel(rows, by="area", labels=labels, title=title, notes=notes, quiet=True, **look)


def weighting(**look: Any) -> charts.Picture:
    margins = {"borough": BOROUGHS, "age": AGES, "gender": ("Girls and women", "Boys and men")}
    rows = [
        {"margin": name, "level": level, "n": 100 + at, "before": (1 + at % 3) / 2 / len(levels)}
        | dict.fromkeys(("after", "target"), 1 / len(levels))
        for name, levels in margins.items()
        for at, level in enumerate(levels)
    ]
    rows[0] |= {"n": None, "before": None}
    rows[1] |= {"after": 0.04}
    return charts.weighting(rows, title="Before and after weighting", **look)


def differences(**look: Any) -> charts.Picture:
    figures = {"ci_low": -0.02, "ci_high": 0.16, "flag": "", "reason": ""}
    rows: list[dict[str, Any]] = [
        {"name": "Kensington and Chelsea", "estimate": 0.12, "verdict": "higher"}
        | figures
        | {"ci_low": 0.05},
        {"name": "Barking and Dagenham", "estimate": 0.07, "verdict": "no clear difference"} | figures,
        {"name": "City of London", "estimate": None, "verdict": ""} | WITHHELD,
    ]
    rows[1] |= {"flag": "[u]", "reason": "only 24 people answered"}
    title = "Very or fairly worried about knife crime, by borough (made-up answers)"
    return charts.differences(rows, title=title, against="the rest of London", **look)


@cache
def drawing(draw: Draw, width: str = "page", theme: str = "light") -> str:
    return charts.svg(draw(width=width, theme=theme))


PICTURES = [tile_map, differences, heat, trend, trends, beside, panel, weighting]
every_picture = pytest.mark.parametrize("draw", PICTURES, ids=lambda draw: draw.__name__)
every_width = pytest.mark.parametrize("width", WIDTHS)


@every_picture
@every_width
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_small_scales_and_is_the_same_each_time(draw: Draw, width: str, theme: str) -> None:
    drawn = drawing(draw, width, theme)
    assert len(drawn.encode()) < 60_000
    root = ElementTree.fromstring(drawn)
    assert root.attrib["viewBox"].startswith(f"0 0 {WIDTHS[width]} ")
    assert "height" not in root.attrib
    assert "style" not in drawn
    assert min(one.size for one in written(drawn)) >= 12
    assert drawn == charts.svg(draw(width=width, theme=theme))


@every_picture
@every_width
def test_no_words_leave_the_paper_or_stand_in_each_others_way(draw: Draw, width: str) -> None:
    drawn = drawing(draw, width)
    words = [one for one in written(drawn) if one.words]
    tall = float(ElementTree.fromstring(drawn).attrib["viewBox"].split()[-1])
    for one in words:
        assert one.left > 0, one
        assert one.right < WIDTHS[width], one
        assert one.size < one.base < tall - 3, one
    assert [pair for pair in combinations(words, 2) if pair[0].touches(pair[1])] == []


@every_picture
def test_a_picture_says_in_words_what_it_shows_and_hatches_what_it_does_not(draw: Draw) -> None:
    picture = draw(width="phone")
    drawn = charts.svg(picture)
    root = ElementTree.fromstring(drawn)
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == picture.heading
    assert root.findtext(f"{SVG}desc") == picture.description
    assert "not shown" in picture.description.lower()
    assert hatched(drawn) >= 1


@every_picture
def test_nothing_is_written_in_a_colour_that_cannot_be_read(draw: Draw) -> None:
    for theme, colours in COLOURS.items():
        drawn = drawing(draw, theme=theme)
        shades = SHADES[theme] if draw in (tile_map, heat) else ()
        for colour in {one.colour for one in written(drawn)}:
            assert max(contrast(colour, ground) for ground in (colours.paper, *shades)) >= 4.5


@pytest.mark.parametrize("theme", COLOURS)
def test_words_on_every_shade_pass_and_the_shades_rise_or_fall_in_even_order(theme: str) -> None:
    colours, shades = COLOURS[theme], SHADES[theme]
    for shade in shades:
        assert max(contrast(shade, colours.ink), contrast(shade, colours.paper)) >= 4.5
    depths = [lightness(shade) for shade in shades]
    falling = lightness(colours.paper) > lightness(colours.ink)
    steps = [(one - other) * (1 if falling else -1) for one, other in pairwise(depths)]
    assert min(steps) > 8
    for token in (colours.ink, colours.quiet, colours.tide, colours.buoy):
        assert contrast(token, colours.paper) >= 4.5


def test_the_rows_that_were_drawn_are_unchanged() -> None:
    row = figure(0.42)
    before = dict(row)
    charts.trend([("Wave 1", row)], title="Worried")
    assert row == before


@dataclass(frozen=True)
class _Rows:
    """A table by hand."""

    made: Sequence[Mapping[str, Any]]
    by: tuple[str, ...] = ("borough",)
    interval_name: str = "95 % confidence interval"

    def rows(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.made]


@pytest.mark.parametrize("width", ["page", "phone"])
def test_a_long_reason_stands_once_under_the_rows_that_it_is_of(width: Width) -> None:
    why = "fewer than 10 people answered, nearly everybody came through one school or club, or it could be worked out"
    other = why.replace("10", "30")
    boroughs = [figure(0.4) | {"borough": "Camden"}]
    boroughs += [WITHHELD | {"borough": name, "reason": why} for name in ("Barnet", "Brent", "Ealing")]
    both = [*boroughs, WITHHELD | {"borough": "Bexley", "reason": other}]
    for rows, told in ((boroughs, "not shown"), (both, "not shown (1)")):
        words = written(charts.svg(charts.ranking(_Rows(rows), labels={}, title="By borough", width=width)))
        said = " ".join(one.words for one in words)
        assert said.count(f"Not shown: {why}.") == 1
        assert [one.words for one in words].count(told) == 3
        assert [(a.words, b.words) for a, b in combinations(words, 2) if a.touches(b)] == []
