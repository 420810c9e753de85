"""A place is a folder: London's figures add up, and another city needs no code."""

import datetime as dt
from pathlib import Path

import pytest

from questions import AGE_BANDS, shipped
from survey.places import load

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
    assert LONDON.help_lines_verified_on >= dt.date(2026, 11, 20)
    assert {line.contact for line in LONDON.help_lines} >= {"999", "0800 1111", "116 123"}
    for line in LONDON.help_lines:
        assert line.href.startswith(("tel:", "sms:"))
        assert line.about


def test_another_city_is_another_folder(tmp_path: Path) -> None:
    city = tmp_path / "smallville"
    city.mkdir()
    (city / "place.toml").write_text(
        'title = "Smallville"\ntimezone = "Europe/Paris"\nframe_source = "a count, 2026"\n', "utf8"
    )
    (city / "help_lines.toml").write_text(
        "verified_on = 2026-11-20\n[[line]]\n"
        'name = "Help"\ncontact = "112"\nhref = "tel:112"\nwhen = ""\nabout = "Call."\n',
        "utf8",
    )
    (city / "boroughs.csv").write_text(
        "code,name,sub_region,police_force,tile_column,tile_row\nS1,North,All,Police,0,0\n", "utf8"
    )
    (city / "frame.csv").write_text("borough,age_band,gender,people\nS1,10-11,female,7\n", "utf8")
    (city / "aliases.csv").write_text("alias,code\nNord,S1\n", "utf8")

    place = load("smallville", tmp_path)

    assert (place.name_of("S1"), place.population("borough")) == ("North", {"S1": 7})


def test_a_place_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(LookupError, match="There are: london"):
        load("atlantis")
