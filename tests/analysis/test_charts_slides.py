"""A picture on a slide: 16 to 9 whatever its own shape, nothing cut off, and its rows in the order they had."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.image import imread

from analysis.charts import Picture, heat, ranking, slide, tile_map
from analysis.charts.slides import Pixels
from tests.analysis.test_charts_drawn import BOROUGHS, TILES, city

ASKED = "How worried are you about knife crime in the area where you live, in the daytime and after dark, and why?"


def boroughs() -> Picture:
    return ranking(city().proportion("worry", by="borough"), labels={}, title="Worried, by borough")


def crossed() -> Picture:
    return heat(city().proportion("worry", by=["borough", "age"]), labels={}, title="Worried, by both")


def mapped() -> Picture:
    return tile_map(city().proportion("worry", by="borough"), TILES, labels={}, title="Worried, on a map")


def seen(picture: Picture) -> Pixels:
    """Where the slide of a picture has anything on its paper: (720, 1280), every second pixel."""
    drawn = imread(io.BytesIO(slide(picture, ASKED, ["Of 6,000 people.", "Through schools."])))
    assert drawn.shape[:2] == (1440, 2560)
    return np.asarray(np.abs(drawn - drawn[0, 0]).max(axis=2)[::2, ::2] > 0.1)


@pytest.mark.parametrize("draw", [boroughs, crossed, mapped])
def test_whatever_its_shape_it_fills_a_wide_slide_and_keeps_clear_of_its_edges(draw: object) -> None:
    marked = seen(draw())  # type: ignore[operator]
    assert not marked[:14].any()
    assert not marked[-14:].any()
    assert not marked[:, :14].any()
    assert not marked[:, -14:].any()
    assert marked[20:60].any()  # the question
    assert marked[-45:-14].any()  # the base and the claim
    wide = np.flatnonzero(marked.any(axis=0))
    assert wide[-1] - wide[0] > 640


def test_a_tall_picture_is_laid_in_two_columns_with_its_axis_over_each() -> None:
    picture = boroughs()
    assert len(picture.folds) == len(BOROUGHS) + 2
    marked = seen(picture)
    left, right = marked[150:600, :640].sum(), marked[150:600, 640:].sum()
    assert 0.6 < left / right < 1.6


def test_drawing_a_slide_leaves_the_picture_as_it_was() -> None:
    picture = mapped()
    before = picture.get_dpi(), picture.get_size_inches().tolist()
    slide(picture, ASKED, [])
    assert (picture.get_dpi(), picture.get_size_inches().tolist()) == before
