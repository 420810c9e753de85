"""The changes between waves that the public reads are worked out again in R; a false one stops the script."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey.db import transaction
from survey.models import Collection, Consultation, Design, Response, Setting
from tests.survey.in_r import alter, passes, publish, put, rows_of, rscript, stops, write_check
from tests.survey.test_waves import wave

__all__ = ["rscript"]

WAVES = "waves.csv"


def series(engine: Engine, *waves: dict[str, object]) -> None:
    """Waves of one series, each published."""
    with transaction(engine) as session:
        made = [wave(session, **one).slug for one in waves]  # type: ignore[arg-type]
    for slug in made:
        publish(engine, ("worry",), None, slug)


def with_schools(engine: Engine, slug: str) -> None:
    """Let the people of a wave have come through five schools."""
    with transaction(engine) as session:
        of = select(Collection).join(Consultation).where(col(Consultation.slug) == slug)
        collection = session.exec(of).one()
        named = [Setting(collection_id=0, code=f"{slug[-2:]}SCH{at}", name=f"School {at}") for at in range(5)]
        collection.settings = named
        session.flush()
        given = session.exec(select(Response).where(col(Response.collection_id) == collection.id)).all()
        for at, one in enumerate(sorted(given, key=lambda one: str(one.answers))):
            one.setting_id = named[at % 5].id


def checked(engine: Engine, database_url: str, folder: Path, *more: str) -> Path:
    """The check of the newest of four waves, of which two came in without a school."""
    with transaction(engine) as session:
        for year, worried in ((2021, 60), (2022, 64), (2023, 110), (2024, 70)):
            wave(session, year, worried, design=Design.GATEKEPT)
    for year in (2023, 2024):
        with_schools(engine, f"safer-{year}")
    for year in (2021, 2022, 2023, 2024):
        publish(engine, ("worry",), None, f"safer-{year}")
    write_check(database_url, folder, "safer-2024", "--publication", "1", *more)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_every_change_between_waves_and_stops_at_a_false_one(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    folder = checked(engine, database_url, tmp_path / "check")
    told = [row["told"] for row in rows_of(folder, WAVES)]
    assert [one.split(" (")[0] for one in told] == [
        "",
        "no clear change",
        "up by 23 in every 100",
        "down by 20 in every 100",
    ]
    said = passes(rscript, folder)
    assert "3 changes between waves are those that follow from the published figures." in said
    assert "Of Safer 2021, Safer 2022 no school or club is known" in said
    for name, at in (("change", 0), ("change_low", 1), ("change_high", 2)):
        alter(folder, WAVES, name, at, 0.01)
    rows = rows_of(folder, WAVES)
    rows[1]["told"] = "up by 2 in every 100 (from 1 more to 3 more)"
    put(folder, WAVES, rows)
    said = stops(rscript, folder)
    assert "4 numbers differ from R's" in said
    for name, year in (("change", 2022), ("change_low", 2023), ("change_high", 2024)):
        assert f"Safer {year}: {name} is " in said
    assert "Safer 2022: it is “no clear change" in said


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("at", "name", "value", "said"),
    [
        (3, "estimate", "0.36", "Safer 2024: estimate is 0.36 in waves.csv and 0.35 in figures.csv"),
        (1, "estimate", "0.37", "Safer 2023: change is 0.18 here and 0.23 in waves.csv"),
        (1, "design", "quota", "Safer 2022: it is “not compared” here and “no clear change"),
        (2, "estimate", "", "Safer 2024: it is “one of the two is not shown” here and “down by"),
        (2, "ci_low", "", "Safer 2024: it is “whether it changed cannot be tested” here"),
    ],
)
def test_a_change_that_its_figures_do_not_give_stops_it(
    rscript: str,
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    at: int,
    name: str,
    value: str,
    said: str,
) -> None:
    folder = checked(engine, database_url, tmp_path / "check")
    rows = rows_of(folder, WAVES)
    rows[at][name] = value
    put(folder, WAVES, rows)
    assert said in stops(rscript, folder)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_page_does_not_compare_is_not_compared_in_r_either(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    series(
        engine,
        {"year": 2022, "worried": 60, "design": Design.GATEKEPT},
        {"year": 2023, "worried": 64, "design": Design.QUOTA},
        {"year": 2024, "worried": 3, "design": Design.QUOTA},
    )
    write_check(database_url, tmp_path / "check", "safer-2024", "--publication", "1")
    rows = rows_of(tmp_path / "check", WAVES)
    assert [row["told"] for row in rows] == ["", "not compared", "one of the two is not shown"]
    assert rows[2]["estimate"] == ""
    assert "2 changes between waves" in passes(rscript, tmp_path / "check")


def test_there_are_waves_only_where_the_page_has_them(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    series(engine, {"year": 2023, "worried": 60})
    write_check(database_url, tmp_path / "first", "safer-2023", "--publication", "1")
    assert not (tmp_path / "first" / WAVES).exists()
    series(engine, {"year": 2024, "worried": 64})
    write_check(database_url, tmp_path / "second", "safer-2024", "--publication", "1")
    assert [row["wave"] for row in rows_of(tmp_path / "second", WAVES)] == ["Safer 2023", "Safer 2024"]
