"""A map and a crossed table: each shade is its stated class, each number is its row's, and a part is no map."""

from __future__ import annotations

from typing import Any

import pytest

from analysis import SurveyDesign
from analysis.charts import heat, svg, tile_map
from analysis.charts.shades import SHADES
from analysis.disclosure import Protected, protect

from .test_charts_drawn import AGES, BOROUGHS, SHORT, TILES, city, contrast, hatched, words_of, written


@pytest.fixture(scope="module")
def boroughs() -> Protected:
    return protect(city().proportion("worry", by=["borough"]))


@pytest.fixture(scope="module")
def crossed() -> Protected:
    return protect(city().proportion("worry", by=["borough", "age"]))


def mapped(table: Any, **options: Any) -> str:
    return svg(tile_map(table, **{"tiles": TILES, "labels": {}, "title": "Worried"} | options))


def percent(row: dict[str, Any]) -> str:
    return f"{row['estimate'] * 100:.0f}"


def shown(table: Protected) -> list[dict[str, Any]]:
    return [row for row in table.rows() if row["estimate"] is not None]


def test_each_tile_has_its_boroughs_name_and_percentage(boroughs: Protected) -> None:
    words = words_of(mapped(boroughs, short=SHORT, width="phone"))
    for row in shown(boroughs):
        assert words[words.index(SHORT[row["borough"]]) + 1] == percent(row)
    assert len(shown(boroughs)) < len(BOROUGHS)
    assert hatched(mapped(boroughs)) == len(BOROUGHS) - len(shown(boroughs))


def test_the_number_on_each_tile_can_be_read_on_the_shade_of_its_class(boroughs: Protected) -> None:
    for theme in SHADES:
        drawn = mapped(boroughs, short=SHORT, theme=theme, edges=(20, 30, 40, 50, 60, 80))
        numbers = {one.words: one.colour for one in written(drawn) if one.size > 17 and one.words.isdigit()}
        for row in shown(boroughs):
            place = sum(int(percent(row)) >= edge for edge in (30, 40, 50, 60))
            assert contrast(numbers[percent(row)], SHADES[theme][place]) >= 4.5
            assert f'fill="{SHADES[theme][place].lower()}"' in drawn


def test_the_classes_are_stated_and_the_same_for_several_maps_where_that_is_asked(
    boroughs: Protected,
) -> None:
    key = ["20 to 29", "30 to 39", "40 to 49", "50 to 59", "60 to 70"]
    assert set(key) <= set(words_of(mapped(boroughs, width="phone")))
    words = words_of(mapped(boroughs, width="phone", edges=(0, 10, 30, 50, 70, 100)))
    assert words[words.index("0 to 9") + 4] == "70 to 100"
    with pytest.raises(ValueError, match="in none of the classes"):
        mapped(boroughs, edges=(0, 5, 10, 15, 20, 25))
    with pytest.raises(ValueError, match="six whole percentages"):
        mapped(boroughs, edges=(0, 50, 100))


def test_part_of_a_city_is_no_map_of_it() -> None:
    places = list(BOROUGHS[:4]) * 60
    table = SurveyDesign({"borough": places, "worry": [0, 0, 1] * 80}, kind="gatekept").proportion(
        "worry", by=["borough"]
    )
    with pytest.raises(ValueError, match=r"at least 22 of its 33 areas, and there are 4"):
        mapped(table)
    assert "4 of 4 areas" in mapped(table, tiles={one: TILES[one] for one in BOROUGHS[:4]})


def test_a_figure_on_no_tile_is_told_and_not_dropped(boroughs: Protected) -> None:
    tiles = dict(list(TILES.items())[1:])
    row = next(row for row in boroughs.rows() if row["borough"] == BOROUGHS[0])
    assert f"On no tile: {BOROUGHS[0]}, {percent(row)} %" in mapped(boroughs, tiles=tiles)


def test_a_map_names_the_highest_the_lowest_and_what_is_not_shown(boroughs: Protected) -> None:
    picture = tile_map(boroughs, TILES, labels={BOROUGHS[-1]: "Nowhere"}, title="Worried")
    ranked = sorted(shown(boroughs), key=lambda row: -row["estimate"])
    assert f"Highest: {ranked[0]['borough']}, {percent(ranked[0])} %" in picture.description
    assert f"Lowest: {ranked[-1]['borough']}, {percent(ranked[-1])} %" in picture.description
    assert "Nowhere (" in picture.description.split("Not shown: ")[1]


def test_a_map_that_cannot_be_drawn_is_refused(boroughs: Protected, crossed: Protected) -> None:
    with pytest.raises(ValueError, match="two tiles of the map are in one place"):
        mapped(boroughs, tiles=TILES | {BOROUGHS[1]: TILES[BOROUGHS[0]]})
    with pytest.raises(ValueError, match="domains of one column"):
        mapped(crossed)


def test_doubtful_figures_have_a_folded_corner_and_say_so() -> None:
    table = protect(city(1000).proportion("worry", by=["borough"]))
    care = [row["borough"] for row in shown(table) if row["flag"] == "[u]"]
    picture = tile_map(table, TILES, labels={}, title="Worried", least=0.5)
    assert care
    assert all(name in picture.description.split("Read with care: ")[1] for name in care)
    assert "Folded corner: read with care." in svg(picture)
    assert "Folded corner" not in mapped(protect(city(20_000).proportion("worry", by=["borough"])))


def test_each_cell_has_its_percentage_in_its_row_and_column(crossed: Protected) -> None:
    drawn = written(svg(heat(crossed, labels={}, title="Worried")))
    columns = {one.words: (one.left + one.right) / 2 for one in drawn if one.words in AGES}
    rows = {one.words: one.base for one in drawn if one.words in BOROUGHS}
    numbers = {
        (round(one.left + one.right), round(one.base)): one.words for one in drawn if one.words.isdigit()
    }
    assert len(numbers) == len(shown(crossed)) > 150
    for row in shown(crossed):
        assert numbers[round(2 * columns[row["age"]]), round(rows[row["borough"]])] == percent(row)
    assert hatched(svg(heat(crossed, labels={}, title="Worried"))) == len(crossed) - len(shown(crossed))


def test_either_column_may_go_down(crossed: Protected) -> None:
    turned = city().proportion("worry", by=["age", "borough"])
    assert heat(crossed, labels={}, title="").description.startswith(
        "Table of 33 rows by 6 columns: 10 to 11, 12"
    )
    for rows, columns in (("borough", None), (None, "age"), ("borough", "age")):
        picture = heat(turned, labels={}, title="", rows=rows, columns=columns)
        assert picture.description.startswith("Table of 33 rows by 6 columns")


def test_a_figure_that_is_no_share_is_refused() -> None:
    frame = {"borough": BOROUGHS * 20, "age": AGES * 110, "visits": [2, 4, 5] * 220}
    design = SurveyDesign(frame, kind="gatekept")
    with pytest.raises(ValueError, match="shares between 0 and 1; visits has"):
        mapped(design.mean("visits", by=["borough"]))
    with pytest.raises(ValueError, match="shares between 0 and 1; visits has"):
        heat(design.mean("visits", by=["borough", "age"]), labels={}, title="Visits")


def test_a_table_that_is_not_crossed_is_refused(boroughs: Protected, crossed: Protected) -> None:
    with pytest.raises(ValueError, match="two columns crossed"):
        heat(boroughs, labels={}, title="Worried")
    with pytest.raises(ValueError, match="not by borough and gender"):
        heat(crossed, labels={}, title="Worried", columns="gender")
    with pytest.raises(ValueError, match="one row for each cell"):
        heat(city().proportion("age", by=["borough", "worry"]), labels={}, title="Worried")


def test_a_crossed_table_says_what_of_each_row_is_not_shown(crossed: Protected) -> None:
    words = heat(crossed, labels={"10 to 11": "ten"}, title="Worried").description
    assert f"{len(shown(crossed))} of {33 * 6} cells have figures" in words
    assert f"{BOROUGHS[-1]}: all" in words.split("Not shown: ")[1]


@pytest.mark.parametrize("width", ["phone", "page"])
def test_every_tile_can_be_touched_where_it_is_drawn(width: str, boroughs: Protected) -> None:
    picture = tile_map(boroughs, TILES, labels=SHORT, title="Worried", width=width)  # type: ignore[arg-type]
    across, down = (72 * side / 1000 for side in picture.get_size_inches())
    names = {one.words: one for one in written(svg(picture))}
    for borough in BOROUGHS:
        left, top, wide, tall = picture.areas[borough]
        name = names[SHORT[borough]]
        assert left * across <= name.left < name.right <= (left + wide) * across
        assert top * down < name.base < (top + tall) * down
