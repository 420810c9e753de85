"""Rows that leave come with a check in R of what was published, and it says what they cannot tell any more."""

import csv
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from survey.db import transaction
from survey.measuring.recipes import Weighting
from survey.models import ConsentRoute, Response
from survey.places import load
from tests.survey.exporting import Office, fill, office
from tests.survey.in_r import FIGURES, alter, chosen, passes, publish, rows_of, rscript, stops

__all__ = ["rscript"]

EXACT = {
    "borough": "as it is",
    "age_band": "as it is",
    "gender": "as it is",
    "ethnicity": "as it is",
    "rest": "",
}
BY_GENDER = Weighting(load("london"), (("gender",),))
CHECK = ("check.R", "figures.csv", "design.csv", "population.csv", "merges.csv", "questions.csv")


@pytest.fixture
def crowds(engine: Engine) -> Engine:
    """The wave, of people in a few large groups, so that nobody stands alone in exact rows."""
    fill(engine, place="london")
    draw = random.Random(8)
    with transaction(engine) as session:
        for one in session.exec(select(Response)).all():
            who: dict[str, Any] = {
                "borough": draw.choice(["E09000022", "E09000003"]),
                "age_band": draw.choice(["14-15", "18-20"]),
                "gender": draw.choices(["female", "male", "another"], [50, 40, 10])[0],
            }
            one.answers = {key: said for key, said in one.answers.items() if key != "ethnicity"} | who
            one.borough, one.age_band, one.gender = who.values()
            one.route = ConsentRoute.SETTING if one.age_band == "14-15" else ConsentRoute.OWN
    return engine


def nobody_by_a_setting(engine: Engine) -> None:
    """Everybody came by the link itself."""
    with transaction(engine) as session:
        session.execute(update(Response).values(setting_id=None))


def made(engine: Engine, database_url: str, folder: Path, **form: str) -> Path:
    """The folder of a file of rows."""
    return office(engine, database_url, folder).made(**{**EXACT, **form})


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_exact_rows_without_settings_give_every_published_figure(
    rscript: str, crowds: Engine, database_url: str, tmp_path: Path
) -> None:
    nobody_by_a_setting(crowds)
    chosen(crowds, replace(BY_GENDER, highest=1.1), chances=False)
    many = publish(crowds, ("worry", "helps"), "london")
    folder = made(crowds, database_url, tmp_path)
    assert "it stops at once" not in (folder / "README.txt").read_text()
    assert passes(rscript, folder).startswith(f"{many} published figures ({4 * many} numbers) ")
    for name, by in {"estimate": 0.01, "ci_low": -0.01, "n": 5}.items():
        alter(folder, FIGURES, name, 0, by)
    assert "3 numbers differ from R's" in stops(rscript, folder)
    alter(folder, "responses.csv", "weight", 0, 0.01)
    assert "1 weights differ from R's" in stops(rscript, folder)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_exact_rows_with_settings_all_but_intervals_is_checked(
    rscript: str, crowds: Engine, database_url: str, tmp_path: Path
) -> None:
    chosen(crowds, BY_GENDER, chances=False)
    many = publish(crowds, ("worry", "helps"), "london")
    folder = made(crowds, database_url, tmp_path)
    assert "Intervals rest on the settings" in (folder / "README.txt").read_text()
    said = passes(rscript, folder)
    assert said.startswith(f"{many} published figures ({2 * many} numbers) ")
    assert "Intervals are not checked" in said


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_coarser_rows_say_that_figures_cannot_agree(
    rscript: str, crowds: Engine, database_url: str, tmp_path: Path
) -> None:
    chosen(crowds, BY_GENDER, chances=False)
    publish(crowds, ("worry",), "london")
    folder = made(crowds, database_url, tmp_path, gender="joined")
    assert "the weights rest on gender, which these rows have coarser" in (folder / "README.txt").read_text()
    assert "In these rows gender is coarser than it was answered" in stops(rscript, folder)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_coarser_rows_still_tell_is_checked(
    rscript: str, crowds: Engine, database_url: str, tmp_path: Path
) -> None:
    chosen(crowds, BY_GENDER, chances=False)
    many = publish(crowds, ("worry",), "london")
    folder = made(crowds, database_url, tmp_path, borough="left out")
    by_borough = [row for row in rows_of(folder, FIGURES) if "borough" in row["by"] and row["estimate"]]
    said = passes(rscript, folder)
    assert said.startswith(f"{many - len(by_borough)} published figures ")
    assert f"{len(by_borough)} figures are left out: they rest on borough" in said


def test_rows_come_with_the_check_of_the_newest_publication_of_these_answers(
    crowds: Engine, database_url: str, tmp_path: Path
) -> None:
    rooms = office(crowds, database_url, tmp_path)
    before = rooms.made(**EXACT)
    assert not any((before / name).exists() for name in CHECK)
    assert (
        "the newest publication, if there is one, is of other answers" in (before / "README.txt").read_text()
    )
    publish(crowds, ("worry", "helps"), "london")
    asked = rooms.made(**EXACT)
    assert all((asked / name).exists() for name in CHECK)
    assert columns_of(asked) == {
        ("worry", "", "worry"),
        ("helps", "clubs", "helps.clubs"),
        ("helps", "street-lights", "helps.street-lights"),
        ("helps", "jobs", "helps.jobs"),
    }
    assert fetched(rooms, 2, "check.R").startswith("# Works every figure out again")
    assert rooms.house.as_("Ada, analyst").get("/staff/files/1/check.R").status_code == 503
    with transaction(crowds) as session:
        one = session.exec(select(Response).where(col(Response.submitted_on).is_not(None))).first()
        session.delete(one)
    assert not any((rooms.made(**EXACT) / name).exists() for name in CHECK)


def columns_of(folder: Path) -> set[tuple[str, ...]]:
    """Which column says what code of which question."""
    with (folder / "questions.csv").open(newline="") as file:
        return {tuple(row) for row in csv.reader(file)} - {("question", "code", "column")}


def fetched(rooms: Office, number: int, name: str) -> str:
    """A file of a request, as its page gives it."""
    analyst = rooms.house.as_("Ada, analyst")
    assert f"/staff/files/{number}/{name}" in analyst.get(f"/staff/files/{number}").text
    return analyst.get(f"/staff/files/{number}/{name}").text
