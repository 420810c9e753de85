"""A column of a past survey that says how old people are is proposed as their age; one that says days is left out."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from sqlmodel import col, select

from questions import AGE_BANDS
from survey.db import transaction
from survey.models import Response
from tests.survey.conftest import House
from tests.survey.test_importing_genders import csv
from tests.survey.test_importing_pages import KEEP, WRITTEN, look, shown
from tests.survey.test_reference_pages import post, sent_back

START = dt.date(2021, 6, 1)
DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%B %d, %Y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"]


@pytest.mark.parametrize("between", ["-", " to ", "–", "/"])
@pytest.mark.parametrize("name", ["Age", "Age group", "age_band", "How old are you?"])
def test_our_own_bands_are_peoples_age(house: House, name: str, between: str) -> None:
    _status, page = look(house, csv(name, *(band.replace("-", between) for band in AGE_BANDS)), asked="own")
    form, told = sent_back(page), shown(page)
    assert form["column 1"] == "ask age_band"
    assert [form[f"word 1 {at}"] for at in range(6)] == [*AGE_BANDS]
    assert "Every value has a meaning" in told
    assert "No column says how old people are" not in told
    assert post(house, KEEP, form | WRITTEN)[0] == 303
    with transaction(house.engine) as session:
        kept = session.exec(select(Response.age_band).where(col(Response.submitted_on).is_not(None))).all()
    assert sorted(map(str, kept)) == sorted([*AGE_BANDS] * 10)


def test_bands_that_are_not_ours_and_columns_of_another_name_are_not_taken_for_it(house: House) -> None:
    _status, page = look(house, csv("Age", "16-24", "25-34"), asked="own")
    assert sent_back(page)["column 1"] == "own one"
    _status, page = look(house, csv("Buses", "10-11", "12-13"), asked="own")
    assert sent_back(page)["column 1"] == "own one"


def test_labels_of_an_spss_file_are_our_bands(house: House, tmp_path: Path) -> None:
    labels = {1: "Aged 12 to 13", 2: "Aged 14 to 15", 9: "Not stated"}
    frame = pd.DataFrame({"age": [1.0, 2.0, 9.0] * 5, "worry": ["Very worried"] * 15})
    pyreadstat.write_sav(frame, tmp_path / "old.sav", variable_value_labels={"age": labels})
    form = sent_back(look(house, (tmp_path / "old.sav").read_bytes(), asked="own")[1])
    assert form["column 0"] == "ask age_band"
    assert [form[f"word 0 {at}"] for at in range(3)] == ["12-13", "14-15", "-"]


@pytest.mark.parametrize("words", [("12", "14", "16", "99"), ("12-13", "14-15", "16-17", "99")])
@pytest.mark.parametrize("name", ["Age", "Age group", "Your age"])
def test_99_among_ages_is_asked(house: House, name: str, words: tuple[str, ...]) -> None:
    _status, page = look(house, csv(name, *words), asked="own")
    assert "For 1 value nobody knows yet what it means." in shown(page)
    assert "Keep these responses" not in page


@pytest.mark.parametrize("form", DAYS)
@pytest.mark.parametrize("rows", [28, 4])
def test_days_are_left_out_with_the_reason(house: House, form: str, rows: int) -> None:
    days = [(START + dt.timedelta(days=at)).strftime(form) for at in range(rows)]
    lines = [f'{("Often", "Seldom")[at % 2]};"{days[at % rows]}"' for at in range(rows * 3)]
    status, page = look(house, "\n".join(["Anger;Date", *lines]).encode(), asked="own")
    assert (status, sent_back(page)["column 1"]) == (200, "out"), shown(page)
    assert "left out: days, and whose day is whose is not kept" in shown(page)


def test_days_of_an_spss_file_are_left_out(house: House, tmp_path: Path) -> None:
    days = [START + dt.timedelta(days=at % 5) for at in range(20)]
    frame = pd.DataFrame({"worry": ["Very worried", "Not worried at all"] * 10, "when": days})
    pyreadstat.write_sav(frame, tmp_path / "old.sav")
    page = look(house, (tmp_path / "old.sav").read_bytes(), asked="own")[1]
    assert sent_back(page)["column 1"] == "out", shown(page)
    assert "left out: days" in shown(page)
