"""A borough in which one school took part has no figure: on no page and in no file, and the check in R has none."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import col, select

from analysis.disclosure import ONE_SCHOOL
from survey.db import transaction
from survey.models import Collection, Response
from tests.survey.conftest import Clock, House, mostly_sqlite, opened
from tests.survey.exporting import SLUG, fill
from tests.survey.in_r import FIGURES, rows_of, write_check

ENFIELD = "E09000010"
LOOK = f"/staff/consultations/{SLUG}/publish"
RESULTS = f"/staff/consultations/{SLUG}/results"
SENTENCE = "nearly everybody came through one school or club"
PUBLISHER = "Priya, publisher"


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock) -> Iterator[House]:
    """An installation with a wave in which all of Enfield came through one of five schools."""
    fill(engine)
    with transaction(engine) as session:
        *_others, last = session.exec(select(Collection)).one().settings
        for one in session.exec(select(Response).where(col(Response.borough) == ENFIELD)).all():
            one.setting_id = last.id
    with opened(engine, database_url, clock) as house:
        yield house


def of_enfield(page: str) -> list[str]:
    """The rows of a page's tables that are of Enfield."""
    return re.findall(rf"<tr[^>]*><th scope=\"row\">(?:{ENFIELD}|Enfield)</th>.*?</tr>", page, re.DOTALL)


@mostly_sqlite
def test_an_analyst_reads_why(house: House) -> None:
    page = house.as_("Ada, analyst").get(RESULTS).text
    rows = of_enfield(page)
    assert rows
    assert all("[c]" in row and ONE_SCHOOL in row for row in rows)
    assert "it would be that school’s figure." in page


@mostly_sqlite
def test_a_publisher_reads_why_and_the_public_that_it_may_be_so(house: House) -> None:
    before = house.looked_at(PUBLISHER, LOOK).text
    assert re.search(rf"\d+ figures: {ONE_SCHOOL}\.", before)
    (seen,) = re.findall(r'name="checksum" value="(\w{64})"', before)
    address = house.as_(PUBLISHER).post(LOOK, data={"checksum": seen}).headers["location"]
    page = house.client.get(address).text
    assert "it would be that school’s figure." in page
    assert ONE_SCHOOL not in page
    assert of_enfield(page)
    assert all("[c]" in row for row in of_enfield(page))
    told = house.client.get(f"/api/v1/publications/{SLUG}/1").json()["content"]
    rows = [row for table in told["tables"] for row in table["rows"] if row.get("borough") == ENFIELD]
    assert rows
    assert all(row["estimate"] is None and SENTENCE in row["reason"] for row in rows)
    lines = list(csv.DictReader(io.StringIO(house.client.get(f"{address}/figures.csv").text)))
    there = [line for line in lines if line["borough"] == ENFIELD]
    assert len(there) == len(rows)
    assert all(
        (line["percent"], line["mark"]) == ("", "[c]") and SENTENCE in line["reason"] for line in there
    )
    sheet = load_workbook(io.BytesIO(house.client.get(f"{address}/figures.xlsx").content))["Figures"]
    assert [["" if cell is None else str(cell) for cell in line] for line in list(sheet.values)[1:]] == [
        [*line.values()] for line in lines
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_check_in_r_has_no_figure_of_it(house: House, database_url: str, tmp_path: Path) -> None:
    write_check(database_url, tmp_path / "check", SLUG, "--question", "worry")
    levels = {row["level"] for row in rows_of(tmp_path / "check", FIGURES) if "borough" in row["by"]}
    assert levels
    assert not any(ENFIELD in level for level in levels)
