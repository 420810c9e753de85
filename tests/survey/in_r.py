"""R, what it says of a check, and changing what it reads."""

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey.__main__ import main
from survey.db import transaction
from survey.measuring.recipes import Weighting
from survey.models import (
    Collection,
    Consultation,
    Design,
    PublicationCounts,
)
from survey.places import load
from survey.publications.making import preview
from tests.survey.conftest import MIDDAY
from tests.survey.exporting import SLUG
from tests.survey.freezing import frozen
from tests.survey.recipes import saved, used

FIGURES, DIFFERENCES = "figures.csv", "differences.csv"


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


def rows_of(folder: Path, file: str) -> list[dict[str, str]]:
    """The rows of a file of a check."""
    with (folder / file).open(newline="") as opened:
        return list(csv.DictReader(opened))


def put(folder: Path, file: str, rows: list[dict[str, str]]) -> None:
    """Write rows over a file of a check; there must be some."""
    with (folder / file).open("w", newline="") as opened:
        made = csv.DictWriter(opened, rows[0])
        made.writeheader()
        made.writerows(rows)


def alter(folder: Path, file: str, name: str, at: int, by: float) -> None:
    """Change one number of one row."""
    rows = rows_of(folder, file)
    known = [row for row in rows if row[name]]
    known[at][name] = str(float(known[at][name]) + by)
    put(folder, file, rows)


def keep(folder: Path, file: str, which: Callable[[dict[str, str]], bool]) -> None:
    """Keep some of the rows, so that R is not minutes at it; there must be enough of them."""
    rows = [row for row in rows_of(folder, file) if which(row)]
    assert len(rows) > 5
    put(folder, file, rows)


def chosen(engine: Engine, weighting: Weighting, *, chances: bool) -> None:
    """Weight the only collection by a recipe. chances: as a probability design, its settings drawn with chances."""
    with transaction(engine) as session:
        collection = session.exec(select(Collection)).one()
        if chances:
            collection.design = Design.PROBABILITY
            for at, setting in enumerate(collection.settings):
                setting.chance = 0.1 + 0.05 * (at % 7)
        used(session, collection, saved(session, collection.id, weighting.source()))


def publish(engine: Engine, asked: tuple[str, ...], place: str | None, slug: str = SLUG) -> int:
    """Freeze what a publication of a consultation would be, of some questions; how many figures it shows."""
    with transaction(engine) as session:
        of = select(Collection).join(Consultation).where(col(Consultation.slug) == slug)
        collection = session.exec(of).one()
        found = preview(session, collection, load(place) if place else None, MIDDAY.date())
        content = found.content | {
            "tables": [one for one in found.content["tables"] if one["question"] in asked]
        }
        made = frozen(session, collection.consultation, content, MIDDAY.date())
        counted = PublicationCounts(
            publication_id=made.id or 0, collection_id=collection.id or 0, counted=[*found.counted]
        )
        session.add(counted)
    return sum(row["estimate"] is not None for one in content["tables"] for row in one["rows"])
