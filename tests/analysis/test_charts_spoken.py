"""Pictures in the tongue of who looks at them: every word is asked for, and what is read from the right is turned."""

from __future__ import annotations

import re

import numpy as np
import pytest

from analysis.charts import Picture, Tongue, heat, ordered, ranking, spoken_in, svg, tile_map, trend
from analysis.charts.words import say
from tests.analysis.test_charts_drawn import BOROUGHS, TILES, city, figure

SHOUTED = Tongue(
    lambda sentence: re.sub(r"%\(\w+\)s|%%|(.)", lambda one: (one[1] or "").upper() or one[0], sentence)
)
TURNED = Tongue(mirrored=True)
NAMES = {borough: f"{at}" for at, borough in enumerate(BOROUGHS)}
BY_BOROUGH = city().proportion("worry", by="borough")
BY_AGE = city().proportion("worry", by="age")


def boroughs() -> Picture:
    return ranking(BY_BOROUGH, labels=NAMES, title="7", overall=figure(0.4), overall_name="9")


def ages() -> Picture:
    return ordered(BY_AGE, labels={level: "1" for (level,), _ in BY_AGE.keys}, title="7")


def mapped() -> Picture:
    return tile_map(BY_BOROUGH, TILES, labels=NAMES, title="7", overall=figure(0.4), overall_name="9")


def crossed() -> Picture:
    table = city().proportion("worry", by=["borough", "age"])
    return heat(
        table, labels=dict.fromkeys([*BOROUGHS, *(level for (level,), _ in BY_AGE.keys)], "1"), title="7"
    )


def waves() -> Picture:
    rows = [("2024", figure(0.4, flag="[u]")), ("2025", None), ("2026", figure(0.5, kind="open"))]
    return trend(rows, title="7", interval_name="9")


@pytest.mark.parametrize("draw", [boroughs, ages, mapped, crossed, waves])
def test_no_word_of_a_picture_is_left_in_english(draw: object) -> None:
    with spoken_in(SHOUTED):
        picture = draw()  # type: ignore[operator]
    words = re.findall(r">([^<>]+)</text>", svg(picture))
    told = [*words, picture.description]
    left = [one for one in told if re.search("[a-z]", one.replace("95 % confidence interval", ""))]
    assert [one for one in left if "answered" not in one] == []  # the reason of a row is its table's


def dots(picture: Picture) -> list[float]:
    """How far from the left each mark of a picture stands, in thousandths."""
    lines = [np.asarray(line.get_xdata(), dtype=float) for line in picture.axes[0].lines]
    return [round(float(x) / (picture.get_figwidth() * 72) * 1000) for x in np.concatenate(lines)]


@pytest.mark.parametrize("draw", [boroughs, ages, waves])
def test_what_is_read_from_the_right_is_turned_round(draw: object) -> None:
    before = draw()  # type: ignore[operator]
    with spoken_in(TURNED):
        after = draw()  # type: ignore[operator]
    assert dots(after) == pytest.approx([1000 - x for x in dots(before)], abs=1)
    assert 'direction="rtl"' in svg(after)
    assert "direction" not in svg(before)


def test_numbers_keep_their_signs_and_names_from_elsewhere_keep_their_order() -> None:
    arabic = {"%(share)s %%": "%(share)s%%", "%(name)s, %(figures)s": "%(name)s، %(figures)s"}
    with spoken_in(Tongue(lambda sentence: arabic.get(sentence, sentence), mirrored=True)):
        assert say("%(share)s %%", share="42") == "42%"
        assert say("%(name)s, %(figures)s", name="St. Ives", figures="42%") == "\u2068St. Ives\u2069، 42%"
        drawn = svg(ranking(BY_BOROUGH, labels=NAMES | {BOROUGHS[0]: "Camd."}, title="7"))
    assert ">\u2068Camd.\u2069</text>" in drawn
    assert re.search(r">\d+</text>", drawn)


def test_a_city_keeps_its_east() -> None:
    before = mapped()
    with spoken_in(TURNED):
        after = mapped()
    assert [box[0] for box in after.areas.values()] == [box[0] for box in before.areas.values()]


def test_the_next_picture_is_in_english_again() -> None:
    with spoken_in(SHOUTED):
        boroughs()
    assert "Highest: " in boroughs().description
