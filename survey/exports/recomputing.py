"""Every figure worked out again in R: a script, what it reads, and what must come out.

What it reads has each answer with its school, so it stays where the database is; only whoever runs that can make it.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_model

from analysis import Cube, Margin
from questions import AGE_BANDS, Question, QuestionSet
from survey import access, counts, instruments
from survey.exports import frozen_figures
from survey.exports.measured import (
    CLAIMS_A_PLACE,
    NOT_AN_OPINION,
    Asked,
    Measure,
    Weighted,
    answers,
    can_be_estimated,
    choices_of,
    clustered,
    figures,
    margins,
    measure,
    measures,
    weigh,
)
from survey.models import Collection, Consultation, Response, Setting
from survey.places import Place, load
from survey.wording import number

SCRIPT = Path(__file__).parent / "check.R"
FIGURES = ("question", "codes", "by", "level", "together", "estimate", "se", "ci_low", "ci_high", "n", "df")
PLACED = ("borough", "age_band", "gender")
AT_ONCE = 10_000


class CannotCheck(Exception):
    """A check that cannot be written, with what to do about it."""


def write(
    session: Session,
    slug: str,
    wanted: int | None,
    folder: Path,
    why: str,
    now: dt.datetime,
    publication: int | None = None,
) -> str:
    """Write the script with all it needs into a new folder; a sentence on how to run it.

    publication: its number, where its frozen figures are to be worked out and not those of the results page.

    Raises CannotCheck where there is no such consultation or collection, nothing to estimate, or the folder is there.
    """
    collection, frozen = _collection(session, slug, wanted), None
    if publication is not None:
        frozen, collection = _published(session, collection.consultation, publication)
    if not why.strip():
        raise CannotCheck('Say what it is for, as in --why "before the figures of March are published".')
    if folder.exists():
        raise CannotCheck(
            f"{folder} is there already. Name a folder that is not, so that nothing is mixed up."
        )
    folder.mkdir(mode=0o700, parents=True)
    try:
        made = _write(session, collection, folder, frozen)
    except BaseException:
        shutil.rmtree(folder)
        raise
    about = f"consultation {slug}, {collection.name}"
    access.note(session, now, "command line", "wrote a check in R of", about, " ".join(why.split()))
    return (
        f"{number(made)} figures are to be worked out again. Run: Rscript {folder / SCRIPT.name} {folder}\n"
        "The folder has every answer with its school: leave it on this machine, and delete it afterwards."
    )


def _collection(session: Session, slug: str, wanted: int | None) -> Collection:
    consultation = session.exec(select_model(Consultation).where(col(Consultation.slug) == slug)).first()
    if consultation is None:
        known = ", ".join(session.exec(select_model(Consultation.slug)).all())
        raise CannotCheck(f"There is no consultation “{slug}”. There are: {known or 'none yet'}.")
    answered = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(consultation.collections, key=lambda one: -answered.get(one.id or 0, 0))
    found = next((one for one in ranked if wanted in (None, one.id)), None)
    if found is None:
        raise CannotCheck(
            f"“{slug}” has no collection {wanted}. It has {', '.join(str(one.id) for one in ranked)}."
        )
    if not answered.get(found.id or 0):
        raise CannotCheck(f"Nobody has answered {found.name} yet.")
    if not can_be_estimated(found):
        raise CannotCheck(f"{found.name} is a {found.design}: it has counts and no estimates.")
    return found


def _published(
    session: Session, consultation: Consultation, number: int
) -> tuple[Mapping[str, Any], Collection]:
    try:
        return frozen_figures.published(session, consultation, number)
    except frozen_figures.CannotCompare as reason:
        raise CannotCheck(str(reason)) from None


def _write(session: Session, collection: Collection, folder: Path, frozen: Mapping[str, Any] | None) -> int:
    """Write every file; how many figures there are."""
    consultation, question_set = collection.consultation, instruments.parsed(collection.instrument)
    place = load(consultation.place) if consultation.place else None
    asked = measures(question_set)
    found = answers(session, collection, _any_of(asked[0]))
    weighted = weigh(collection, found, place)
    to = _weighted_to(weighted)
    if frozen is not None and frozen["method"] != [*weighted.notes]:
        raise CannotCheck(
            "It was weighted in another way than now. Choose the recipe that it was weighted by."
        )
    if frozen is not None:
        shown = list(frozen_figures.figures(frozen))
    else:
        shown = list(_figures(session, collection, question_set, place))
    shutil.copyfile(SCRIPT, folder / SCRIPT.name)
    _table(folder / "figures.csv", FIGURES, shown)
    printed = "yes" if frozen is not None else "no"
    _table(folder / "design.csv", ("weighted", "clustered", "printed"), [(*_how(found, weighted), printed)])
    _table(folder / "population.csv", ("margin", "level", "people"), _population(to))
    merges = ((margin, *both) for margin, merge in _merges(to) for both in merge)
    _table(folder / "merges.csv", ("margin", "level", "into"), merges)
    header = ("stratum", "cluster", *PLACED, "inside", *(one.key for one in asked))
    _table(folder / "people.csv", header, _people(session, collection, asked, place))
    return sum(row[5] is not None for row in shown)


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; nothing, and what is no number, is an empty cell."""
    with path.open("w", encoding="utf8", newline="") as file:
        made = csv.writer(file)
        made.writerow(header)
        made.writerows([_cell(one) for one in row] for row in rows)


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value


def _figures(
    session: Session, collection: Collection, question_set: QuestionSet, place: Place | None
) -> Iterator[tuple[Any, ...]]:
    """Every figure that the results page shows of any measure, whole and in splits, and nothing that it withholds."""
    consultation = collection.consultation
    for question in measures(question_set):
        usual = measure(consultation, question_set, question.key).codes
        for codes in dict.fromkeys([usual, *choices_of(question)]):
            asked = measure(consultation, question_set, question.key, " ".join(codes))
            found = figures(session, Asked(consultation, collection, question_set, place, asked))
            for by, table in [("", found.whole), *found.splits.items()]:
                for row in table.rows():
                    if row["estimate"] is not None:
                        level = row[by] if by else ""
                        words = " ".join(codes)
                        yield (question.key, words, by, level, words, *(row[name] for name in FIGURES[5:]))


def _how(found: Cube, weighted: Weighted) -> tuple[str, str]:
    """Whether it is weighted, and whether there are settings."""
    return ("yes" if weighted.weighted else "no", "yes" if clustered(found) else "no")


def _weighted_to(weighted: Weighted) -> list[Margin]:
    try:
        return margins(weighted)
    except ValueError as reason:
        raise CannotCheck(
            f"These figures cannot be checked in R: {reason}. Choose the usual recipe to check what it gives."
        ) from None


def _any_of(question: Question) -> Measure:
    """Any measure of a question: enough to see who answered."""
    return Measure(question, (question.choices[0].code,))


def _population(to: Sequence[Margin]) -> Iterator[tuple[str, Any, float]]:
    """How many people each level of each margin has."""
    for margin in to:
        yield from ((margin.name, level, people) for level, people in margin.targets.items())


def _merges(to: Sequence[Margin]) -> Iterator[tuple[str, Iterable[tuple[Any, Any]]]]:
    for margin in to:
        yield margin.name, margin.merge.items()


def _people(
    session: Session, collection: Collection, asked: Sequence[Question], place: Place | None
) -> Iterator[tuple[Any, ...]]:
    """A row for each response: where it came from, who gave it, and its codes, several apart by spaces."""
    rows = (
        select(
            Setting.borough,
            Response.setting_id,
            *(getattr(Response, one) for one in PLACED),
            Response.answers,
        )  # type: ignore[call-overload]
        .select_from(Response)
        .outerjoin(Setting, col(Setting.id) == col(Response.setting_id))
        .where(col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None))
        .execution_options(yield_per=AT_ONCE)
    )
    everybody = place is None or collection.design not in CLAIMS_A_PLACE
    boroughs = {one.code for one in place.boroughs} if place else set()
    with session.execute(rows) as found:
        for stratum, setting, borough, age_band, gender, answers in found:
            inside = everybody or (borough in boroughs and age_band in AGE_BANDS)
            given = (_codes(answers.get(one.key)) for one in asked)
            yield (stratum or "no borough", setting, borough, age_band, gender, int(inside), *given)


def _codes(answer: Any) -> str | None:
    """An answer's codes; nothing where it is no opinion."""
    codes = answer if isinstance(answer, list) else [answer]
    return " ".join(one for one in codes if one is not None and one not in NOT_AN_OPINION) or None
