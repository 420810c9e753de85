"""Every figure of the results page is worked out again by R's survey; a figure that is another stops the script."""

import csv
import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey import demo
from survey.__main__ import main
from survey.db import transaction
from survey.demo.london import fill_london
from survey.measuring.recipes import Merge, Weighting
from survey.models import (
    AuditEntry,
    Collection,
    Consultation,
    Design,
    Response,
)
from survey.places import load
from tests.survey.conftest import MIDDAY
from tests.survey.exporting import SLUG, fill
from tests.survey.in_r import (
    DIFFERENCES,
    FIGURES,
    alter,
    chosen,
    keep,
    passes,
    publish,
    put,
    rows_of,
    rscript,
    stops,
    write_check,
)

__all__ = ["rscript"]


@pytest.fixture
def london(engine: Engine, database_url: str) -> str:
    """The made-up wave of London, raked to its population, with boroughs of one school."""
    with transaction(engine) as session:
        fill_london(session, load("london"), MIDDAY.date(), people=1500)
    return database_url


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_every_figure_of_london(rscript: str, london: str, tmp_path: Path) -> None:
    folder = tmp_path / "check"
    write_check(london, folder, demo.SLUG, "--question", "worry_knife_crime")
    assert {len(row["by"].split()) for row in rows_of(folder, FIGURES)} == {0, 1, 2}
    assert {row["compared"] for row in rows_of(folder, DIFFERENCES)} == {"borough", "age_band", "gender"}
    assert "are equal to those of R survey" in passes(rscript, folder)
    numbers = {"estimate": 2e-8, "ci_low": -2e-8, "ci_high": 2e-8, "n": 1, "df": 1, "se": 2e-8}
    for at, (name, by) in enumerate(numbers.items()):
        alter(folder, FIGURES, name, at, by)
    alter(folder, DIFFERENCES, "estimate", 0, 0.01)
    alter(folder, DIFFERENCES, "p_adjusted", 1, 2e-8)
    alter(folder, "tests.csv", "f", 0, 2e-6)
    said = stops(rscript, folder)
    assert "9 numbers differ from R's" in said
    assert all(f": {name} is " in said for name in (*numbers, "p_adjusted", "f"))


CROSSED = Weighting(load("london"), (("borough", "age_band"), ("gender",)), fewer_than=12)
BY_AGE = Weighting(
    load("london"), (("gender", "age_band"), ("borough",)), (Merge("borough", "E09000001", "E09000033"),)
)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("weighting", "chances"),
    [
        (CROSSED, False),
        (replace(CROSSED, lowest=0.5, highest=1.5), True),
        (replace(BY_AGE, highest=1.3), False),
        (BY_AGE, True),
    ],
    ids=["crossed", "crossed, bounded, by chance", "bounded", "by chance"],
)
def test_r_weights_by_every_recipe(
    rscript: str, engine: Engine, london: str, tmp_path: Path, weighting: Weighting, chances: bool
) -> None:
    chosen(engine, weighting, chances=chances)
    folder = tmp_path / "check"
    write_check(london, folder, demo.SLUG, "--question", "know_someone_affected")
    (how,) = rows_of(folder, "design.csv")
    assert (how["weighted"], how["chances"]) == ("yes", "yes" if chances else "no")
    assert [how["lowest"], how["highest"]] == [
        str(one or "") for one in (weighting.lowest, weighting.highest)
    ]
    keep(folder, FIGURES, lambda row: len(row["by"].split()) < 2)
    keep(folder, DIFFERENCES, lambda row: row["by"] == "age_band")
    assert "are equal to those of R survey" in passes(rscript, folder)
    alter(folder, "people.csv", "weight", 0, 0.01)
    assert "1 weights differ from R's" in stops(rscript, folder)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("design", "place"), [(Design.GATEKEPT, None), (Design.OPEN, "london"), (Design.PROBABILITY, "london")]
)
def test_r_finds_every_figure_of_a_wave(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path, design: Design, place: str | None
) -> None:
    fill(engine, place=place)
    with transaction(engine) as session:
        session.exec(select(Collection)).one().design = design
    write_check(database_url, tmp_path / "check", SLUG)
    assert "are equal to those of R survey" in passes(rscript, tmp_path / "check")


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_a_wave_where_some_came_in_by_no_setting(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine)
    with transaction(engine) as session:
        for one in session.exec(select(Response).where(col(Response.key) > "n")).all():
            one.setting_id = None
    write_check(database_url, tmp_path / "check", SLUG, "--question", "worry")
    assert "0" in {row["cluster"] for row in rows_of(tmp_path / "check", "people.csv")}
    assert "are equal to those of R survey" in passes(rscript, tmp_path / "check")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_stops_where_one_settings_figure_is_shown(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine)
    folder = tmp_path / "check"
    write_check(database_url, folder, SLUG, "--question", "worry")
    here = next(row["level"] for row in rows_of(folder, FIGURES) if row["by"] == "borough")
    people = rows_of(folder, "people.csv")
    one = next(row for row in people if row["borough"] == here)
    for row in people:
        if row["borough"] == here:
            row["stratum"], row["cluster"] = one["stratum"], one["cluster"]
    put(folder, "people.csv", people)
    said = stops(rscript, folder)
    assert f"| borough | {here}: nearly everybody came through one setting" in said
    assert " |  | : nearly everybody" not in said


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_a_wave_that_is_weighted_by_chances_alone(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine)
    with transaction(engine) as session:
        collection = session.exec(select(Collection)).one()
        collection.design = Design.PROBABILITY
        for at, setting in enumerate(collection.settings):
            setting.chance = 0.1 * (1 + at)
    write_check(database_url, tmp_path / "check", SLUG, "--question", "worry")
    (how,) = rows_of(tmp_path / "check", "design.csv")
    assert (how["weighted"], how["chances"]) == ("no", "yes")
    weights = {round(float(row["weight"]), 9) for row in rows_of(tmp_path / "check", "people.csv")}
    assert weights == {10, 5, 3.333333333, 2.5, 2}
    assert "are equal to those of R survey" in passes(rscript, tmp_path / "check")


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_every_figure_of_uster_that_has_no_settings(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        demo.bring_uster(session, MIDDAY)
    write_check(database_url, tmp_path / "check", demo.USTER_SLUG)
    assert "are equal to those of R survey" in passes(rscript, tmp_path / "check")


@pytest.mark.long
def test_what_is_withheld_is_not_among_the_figures_and_who_wrote_it_is_audited(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        demo.bring_uster(session, MIDDAY)
    write_check(database_url, tmp_path / "check", demo.USTER_SLUG)
    with (tmp_path / "check" / FIGURES).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["level"] for row in rows if row["by"] == "gender"}.isdisjoint({"another"})
    with transaction(engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.did == "wrote a check in R of")).one()
        assert (entry.who, entry.why) == ("command line", "before it is published")


def test_a_check_that_cannot_be_written_says_why(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(engine)
    monkeypatch.setenv("DATABASE_URL", database_url)
    new = str(tmp_path / "new")
    for slug, more, told in (
        (
            "nowhere",
            ["--why", "x", "--folder", new],
            "There is no consultation “nowhere”. There are: a-wave.",
        ),
        (SLUG, ["--why", "x", "--folder", new, "--collection", "9"], "has no collection 9"),
        (SLUG, ["--why", " ", "--folder", new], "Say what it is for"),
        (SLUG, ["--why", "x", "--folder", str(tmp_path)], "is there already"),
        (
            SLUG,
            ["--why", "x", "--folder", new, "--question", "years"],
            "There is no question years with answers",
        ),
    ):
        assert main(["check-in-r", slug, *more]) == 2
        assert told in capsys.readouterr().err
    with transaction(engine) as session:
        session.exec(select(Collection)).one().design = Design.ROOM
    assert main(["check-in-r", SLUG, "--why", "x", "--folder", new]) == 2
    assert "it has counts and no estimates" in capsys.readouterr().err
    assert not Path(new).exists()
    with transaction(engine) as session:
        assert session.exec(select(Consultation)).one().slug == SLUG


def test_the_script_comes_with_the_package() -> None:
    found = importlib.util.find_spec("survey.exports")
    assert found is not None
    assert found.origin is not None
    assert (Path(found.origin).parent / "check.R").is_file()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_every_figure_of_a_publication(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine, place="london")
    many = publish(engine, ("worry", "helps"), "london")
    folder = tmp_path / "check"
    write_check(database_url, folder, SLUG, "--publication", "1")
    assert many > 10
    assert "borough age_band" in {row["by"] for row in rows_of(folder, FIGURES)}
    assert passes(rscript, folder).startswith(f"{many} published figures ")
    for name, by in {"estimate": 0.01, "ci_low": -0.01, "ci_high": 0.01, "n": 5}.items():
        alter(folder, FIGURES, name, 0, by)
    assert "4 numbers differ from R's" in stops(rscript, folder)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_what_is_published_of_london_where_groups_are_of_few_settings(
    rscript: str, engine: Engine, london: str, tmp_path: Path
) -> None:
    many = publish(engine, ("worry_knife_crime", "safe_day"), "london", demo.SLUG)
    folder = tmp_path / "check"
    write_check(london, folder, demo.SLUG, "--publication", "1")
    assert many > 100
    assert passes(rscript, folder).startswith(f"{many} published figures ({4 * many} numbers) ")


def test_a_publication_is_worked_out_from_its_own_answers_only(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(engine)
    publish(engine, ("worry",), None)
    monkeypatch.setenv("DATABASE_URL", database_url)
    wanted = ["check-in-r", SLUG, "--why", "x", "--folder", str(tmp_path / "new"), "--publication"]
    assert main([*wanted, "2"]) == 2
    assert "has no publication 2" in capsys.readouterr().err
    with transaction(engine) as session:
        session.delete(session.exec(select(Response).where(col(Response.submitted_on).is_not(None))).first())
    assert main([*wanted, "1"]) == 2
    assert "responses, and now there are" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
