"""Every figure of the results page is worked out again by R's survey; a figure that is another stops the script."""

import csv
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey import demo
from survey.__main__ import main
from survey.db import transaction
from survey.demo.london import fill_london
from survey.models import (
    AuditEntry,
    Collection,
    Consultation,
    Design,
    Publication,
    PublicationCounts,
    Response,
)
from survey.places import load
from survey.publications.making import checksum, preview
from tests.survey.conftest import MIDDAY
from tests.survey.exporting import SLUG, fill

FIGURES = "figures.csv"


def missing(sentence: str) -> NoReturn:
    """Say what is not here: to a newcomer a reason to go on without it, to CI a fault."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)


@pytest.fixture(scope="module")
def rscript() -> str:
    """R, with what the script needs."""
    found = shutil.which("Rscript")
    if found is None:
        missing(
            "There is no Rscript: install R and its packages survey and MASS, or let `tools/environment.py r` do it"
        )
    asked = 'quit(status = !(requireNamespace("survey", quietly = TRUE) && requireNamespace("MASS", quietly = TRUE)))'
    if subprocess.run([found, "-e", asked], capture_output=True, check=False).returncode:
        missing(
            "R is here without its packages survey and MASS: install them, or let `tools/environment.py r` do it"
        )
    return found


def write_check(url: str, folder: Path, slug: str, *more: str) -> None:
    """Let the command line write a check."""
    os.environ["DATABASE_URL"] = url
    try:
        assert (
            main(["check-in-r", slug, "--why", "before it is published", "--folder", str(folder), *more]) == 0
        )
    finally:
        del os.environ["DATABASE_URL"]


def run(rscript: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Let R work everything out again."""
    return subprocess.run(
        [rscript, str(folder / "check.R"), str(folder)], capture_output=True, text=True, check=False
    )


def passes(rscript: str, folder: Path) -> str:
    """What R says of a check that it agrees with."""
    said = run(rscript, folder)
    assert said.returncode == 0, said.stderr
    return said.stdout


def stops(rscript: str, folder: Path) -> str:
    """What R says of a check that it does not agree with."""
    said = run(rscript, folder)
    assert said.returncode != 0, said.stdout
    return said.stderr


def alter(folder: Path, name: str, at: int, by: float) -> None:
    """Change one number of one figure."""
    with (folder / FIGURES).open(newline="") as file:
        rows = list(csv.DictReader(file))
    known = [row for row in rows if row[name]]
    known[at][name] = str(float(known[at][name]) + by)
    with (folder / FIGURES).open("w", newline="") as file:
        made = csv.DictWriter(file, rows[0])
        made.writeheader()
        made.writerows(rows)


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
    write_check(london, folder, demo.SLUG)
    _only(folder, ("worry_knife_crime", "what_would_help"))
    assert "are equal to those of R survey" in passes(rscript, folder)
    alter(folder, "se", 40, 2e-8)
    assert "1 numbers differ from R's" in stops(rscript, folder)
    numbers = {"estimate": 2e-8, "ci_low": -2e-8, "ci_high": 2e-8, "n": 1, "df": 1}
    for at, (name, by) in enumerate(numbers.items()):
        alter(folder, name, at, by)
    said = stops(rscript, folder)
    assert "6 numbers differ from R's" in said
    assert all(f": {name} is " in said for name in (*numbers, "se"))


def _only(folder: Path, questions: tuple[str, ...]) -> None:
    """Keep the figures of some questions, so that R is not minutes at it; there must be enough of them."""
    with (folder / FIGURES).open(newline="") as file:
        rows = [row for row in csv.reader(file) if row[0] in ("question", *questions)]
    assert len(rows) > 100
    with (folder / FIGURES).open("w", newline="") as file:
        csv.writer(file).writerows(rows)


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


def _publish(engine: Engine, asked: tuple[str, ...], place: str | None) -> int:
    """Freeze what a publication would be, of some questions; how many figures it shows."""
    with transaction(engine) as session:
        collection = session.exec(select(Collection)).one()
        found = preview(session, collection, load(place) if place else None, MIDDAY.date())
        content = found.content | {
            "tables": [one for one in found.content["tables"] if one["question"] in asked]
        }
        made = Publication(
            consultation_id=collection.consultation_id,
            number=1,
            published_on=MIDDAY.date(),
            published_by="Priya, publisher",
            content=content,
            checksum=checksum(content),
        )
        session.add(made)
        session.flush()
        counted = PublicationCounts(
            publication_id=made.id or 0, collection_id=collection.id or 0, counted=[*found.counted]
        )
        session.add(counted)
    return sum(row["estimate"] is not None for one in content["tables"] for row in one["rows"])


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r_finds_every_figure_of_a_publication(
    rscript: str, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine, place="london")
    many = _publish(engine, ("worry", "helps"), "london")
    folder = tmp_path / "check"
    write_check(database_url, folder, SLUG, "--publication", "1")
    assert many > 10
    assert passes(rscript, folder).startswith(f"{many} published figures ")
    for name, by in {"estimate": 0.01, "ci_low": -0.01, "ci_high": 0.01, "n": 5}.items():
        alter(folder, name, 0, by)
    assert "4 numbers differ from R's" in stops(rscript, folder)


def test_a_publication_is_worked_out_from_its_own_answers_only(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(engine)
    _publish(engine, ("worry",), None)
    monkeypatch.setenv("DATABASE_URL", database_url)
    wanted = ["check-in-r", SLUG, "--why", "x", "--folder", str(tmp_path / "new"), "--publication"]
    assert main([*wanted, "2"]) == 2
    assert "has no publication 2" in capsys.readouterr().err
    with transaction(engine) as session:
        session.delete(session.exec(select(Response).where(col(Response.submitted_on).is_not(None))).first())
    assert main([*wanted, "1"]) == 2
    assert "responses, and now there are" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
