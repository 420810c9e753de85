"""A place is a folder: London's figures add up, and another city needs no code."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

import survey.places
from questions import AGE_BANDS, shipped
from survey.places import WrongPlace, load

LONDON = load("london")


def test_london_has_33_boroughs_and_everybody_from_10_to_25() -> None:
    assert len(LONDON.boroughs) == 33
    assert sum(LONDON.population("borough").values()) == 1_836_924
    assert set(LONDON.population("age_band")) == set(AGE_BANDS)
    assert set(LONDON.population("gender")) == {"female", "male"}
    assert len(LONDON.frame) == 33 * 6 * 2


def test_a_cross_adds_up_to_its_margin() -> None:
    crossed = LONDON.population("borough", "age_band")
    for borough, people in LONDON.population("borough").items():
        assert sum(crossed[borough, band] for band in AGE_BANDS) == people


def test_the_city_is_weighted_together_with_a_borough_that_exists() -> None:
    codes = {borough.code for borough in LONDON.boroughs}
    assert LONDON.merges.items() >= {("E09000001", "E09000033")}
    assert set(LONDON.merges) | set(LONDON.merges.values()) <= codes


def test_the_youth_survey_asks_for_the_boroughs_of_the_frame() -> None:
    offered = {choice.code for choice in shipped("youth_survey").question("borough").choices}
    assert offered == {borough.code for borough in LONDON.boroughs} | {"not_in_london", "not_sure"}


def test_every_alias_is_of_a_borough() -> None:
    codes = {borough.code for borough in LONDON.boroughs}
    assert set(LONDON.aliases.values()) <= codes
    assert LONDON.aliases["richmond-upon-thames"] == LONDON.aliases["Richmond upon Thames"] == "E09000027"


def test_each_help_line_can_be_called_and_has_a_day_on_which_it_was_checked() -> None:
    assert all(line.verified_on >= dt.date(2026, 11, 20) for line in LONDON.help_lines)
    assert {str(line.contact) for line in LONDON.help_lines} >= {"999", "0800 1111", "116 123"}
    for line in LONDON.help_lines:
        assert line.href.startswith(("tel:", "sms:"))
        assert line.about


def test_each_borough_has_a_tile_of_its_own_where_a_londoner_looks_for_it() -> None:
    tiles = {LONDON.name_of(code): place for code, place in LONDON.tiles.items()}
    columns, rows = zip(*tiles.values(), strict=True)
    assert len(set(tiles.values())) == len(tiles) == 33
    assert tiles["Hillingdon"][0] == min(columns)
    assert tiles["Havering"][0] == max(columns)
    assert tiles["Enfield"][1] == min(rows)
    assert {tiles["Croydon"][1], tiles["Bromley"][1]} == {max(rows)}
    assert tiles["City of London"][0] == (min(columns) + max(columns)) / 2
    assert set(LONDON.short_names) == set(LONDON.tiles)
    assert all(0 < len(short) <= 7 for short in LONDON.short_names.values())


def test_another_city_is_another_folder(tmp_path: Path) -> None:
    smallville(tmp_path)

    place = load("smallville", tmp_path)

    assert (place.name_of("S1"), place.population("borough"), place.tiles) == ("North", {"S1": 7}, {})


@pytest.mark.parametrize(
    ("tiles", "why"),
    [
        ("S1,1,1,North\n", "exactly one tile"),
        ("S1,1,1,North\nS2,1,2,South\nS2,2,2,South\n", "exactly one tile"),
        ("S1,1,1,North\nS2,1,1,South\n", "two boroughs in one place"),
    ],
)
def test_a_map_that_is_not_one_tile_a_borough_is_refused(tmp_path: Path, tiles: str, why: str) -> None:
    (smallville(tmp_path) / "tiles.csv").write_text("code,column,row,short\n" + tiles, "utf8")
    with pytest.raises(ValueError, match=why):
        load("smallville", tmp_path)


def smallville(folder: Path) -> Path:
    """A city of two boroughs that has drawn no map."""
    city = folder / "smallville"
    city.mkdir()
    (city / "place.toml").write_text(
        'title = "Smallville"\ntimezone = "Europe/Paris"\nframe_source = "a count, 2026"\n', "utf8"
    )
    (city / "help_lines.toml").write_text(
        "verified_on = 2026-11-20\n[[line]]\n"
        'name = "Help"\ncontact = "112"\nhref = "tel:112"\nhours = "any time"\nages = "any"\n'
        'area = "Smallville"\nabout = "Call."\n',
        "utf8",
    )
    (city / "boroughs.csv").write_text(
        "code,name,sub_region,police_force\nS1,North,All,Police\nS2,South,All,Police\n", "utf8"
    )
    (city / "frame.csv").write_text("borough,age_band,gender,people\nS1,10-11,female,7\n", "utf8")
    (city / "aliases.csv").write_text("alias,code\nNord,S1\n", "utf8")
    return city


def test_a_place_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(LookupError, match="There are: london"):
        load("atlantis")


def test_every_topic_has_its_name_in_each_language() -> None:
    assert 8 <= len(LONDON.topics) <= 12
    assert all({"ar", "bn", "en-x-easy"} <= set(name.languages) for name in LONDON.topics.values())


def test_a_topic_without_a_name_says_where_and_how(tmp_path: Path) -> None:
    shutil.copytree(Path(survey.places.__file__).parent / "london", tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "topics.toml").write_text('police = "Police"\n', "utf8")
    with pytest.raises(WrongPlace, match=r"topics.toml of elsewhere: write police = {en = "):
        load("elsewhere", tmp_path)
