"""Every figure worked out again in R, beside the database: the script with every answer and its setting.

What it reads has each answer with its school, so it stays where the database is; only whoever runs that can make it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_model

from questions import AGE_BANDS, Question, QuestionSet
from survey import access, counts, instruments
from survey.exports import frozen_figures, page_figures, script, wave_changes
from survey.exports.measured import (
    CLAIMS_A_PLACE,
    NO_SETTING,
    NOT_AN_OPINION,
    NOWHERE,
    Measure,
    Weighted,
    answers,
    can_be_estimated,
    clustered,
    each_weight,
    measures,
    weigh,
)
from survey.exports.wave_changes import Trends
from survey.models import Collection, Consultation, Response, Setting
from survey.places import Place, load
from survey.wording import listed, number

PLACED = ("borough", "age_band", "gender")
AT_ONCE = 10_000


class CannotCheck(Exception):
    """A check that cannot be written, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be worked out again, and where to.

    collection: its number; that with most answers where there is none. publication: its number, where its frozen
    figures are to be worked out and not those of the results page. questions: their keys; all where there is none.
    """

    consultation: str
    folder: Path
    why: str
    collection: int | None = None
    publication: int | None = None
    questions: tuple[str, ...] = ()


def write(session: Session, wanted: Wanted, now: dt.datetime, trends: Trends) -> str:
    """Write the script with all it needs into a new folder; a sentence on how to run it.

    trends: what gives the waves that a publication's page prints.
    Raises CannotCheck where there is no such consultation, collection or question, nothing to estimate, or the folder
    is there.
    """
    collection, frozen = _collection(session, wanted), None
    if wanted.publication is not None:
        frozen, collection = _published(session, collection.consultation, wanted.publication)
    _known(wanted.questions, instruments.parsed(collection.instrument))
    if not wanted.why.strip():
        raise CannotCheck('Say what it is for, as in --why "before the figures of March are published".')
    folder = wanted.folder
    if folder.exists():
        raise CannotCheck(
            f"{folder} is there already. Name a folder that is not, so that nothing is mixed up."
        )
    folder.mkdir(mode=0o700, parents=True)
    try:
        made = _write(session, collection, wanted, frozen, trends)
    except BaseException:
        shutil.rmtree(folder)
        raise
    about = f"consultation {wanted.consultation}, {collection.name}"
    access.note(session, now, "command line", "wrote a check in R of", about, " ".join(wanted.why.split()))
    return (
        f"{number(made)} figures are to be worked out again. Run: Rscript {folder / script.SCRIPT.name} {folder}\n"
        "The folder has every answer with its school: leave it on this machine, and delete it afterwards."
    )


def _collection(session: Session, wanted: Wanted) -> Collection:
    slug = wanted.consultation
    consultation = session.exec(select_model(Consultation).where(col(Consultation.slug) == slug)).first()
    if consultation is None:
        known = ", ".join(session.exec(select_model(Consultation.slug)).all())
        raise CannotCheck(f"There is no consultation “{slug}”. There are: {known or 'none yet'}.")
    answered = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(consultation.collections, key=lambda one: -answered.get(one.id or 0, 0))
    found = next((one for one in ranked if wanted.collection in (None, one.id)), None)
    if found is None:
        there = ", ".join(str(one.id) for one in ranked)
        raise CannotCheck(f"“{slug}” has no collection {wanted.collection}. It has {there}.")
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


def _known(questions: Sequence[str], question_set: QuestionSet) -> None:
    there = [one.key for one in measures(question_set)]
    if unknown := [one for one in questions if one not in there]:
        raise CannotCheck(
            f"There is no question {listed(unknown)} with answers to count. There are: {listed(there)}."
        )


def _write(
    session: Session,
    collection: Collection,
    wanted: Wanted,
    frozen: Mapping[str, Any] | None,
    trends: Trends,
) -> int:
    """Write every file; how many figures there are."""
    consultation, question_set = collection.consultation, instruments.parsed(collection.instrument)
    place = load(consultation.place) if consultation.place else None
    asked = [one for one in measures(question_set) if not wanted.questions or one.key in wanted.questions]
    found = answers(session, collection, _any_of(asked[0]))
    weighted = weigh(collection, found, place)
    if weighted.nobody:
        raise CannotCheck(weighted.nobody)
    if frozen is None:
        figures = page_figures.of_page(session, collection, question_set, place, wanted.questions)
    elif frozen["method"] == [*weighted.notes]:
        trend = trends(session, consultation, frozen)
        asked_for = trend is None or not wanted.questions or trend.asked[0] in wanted.questions
        waves = wave_changes.rows(session, trend if asked_for else None, clustered=clustered(found))
        figures = frozen_figures.figures(frozen, wanted.questions, waves)
    else:
        raise CannotCheck(
            "It was weighted in another way than now. Choose the recipe that it was weighted by."
        )
    script.write(wanted.folder, weighted, figures, script.Rows(clustered(found)))
    header = (
        "stratum",
        "cluster",
        *PLACED,
        "inside",
        "chance",
        "weight",
        *(f"answer:{one.key}" for one in asked),
    )
    rows = _people(session, collection, asked, _Whose(collection, place, weighted))
    script.table(wanted.folder / script.PEOPLE, header, rows)
    return len(figures)


def _any_of(question: Question) -> Measure:
    """Any measure of a question: enough to see who answered."""
    return Measure(question, (question.choices[0].code,))


class _Whose:
    """What the script is told of whoever gave a response: whether they are of the population, and their weight."""

    def __init__(self, collection: Collection, place: Place | None, weighted: Weighted) -> None:
        self._everybody = place is None or collection.design not in CLAIMS_A_PLACE
        self._boroughs = {one.code for one in place.boroughs} if place else set()
        self._weights = each_weight(weighted)
        self._by_chance = weighted.by_chance

    def __call__(self, setting: int | None, chance: float | None, *who: str | None) -> tuple[Any, ...]:
        borough, age_band, gender = who
        inside = self._everybody or (borough in self._boroughs and age_band in AGE_BANDS)
        weight = self._weights.get((setting, borough, age_band, gender)) if inside else None
        return int(inside), chance if self._by_chance else None, weight


def _people(
    session: Session, collection: Collection, asked: Sequence[Question], whose: Callable[..., tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """A row for each response: where it came from, who gave it, and its codes, several apart by spaces."""
    placed = [getattr(Response, one) for one in PLACED]
    wanted: list[Any] = [Setting.borough, Setting.chance, Response.setting_id, *placed, Response.answers]
    rows = (
        select(*wanted)
        .select_from(Response)
        .outerjoin(Setting, col(Setting.id) == col(Response.setting_id))
        .where(col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None))
        .execution_options(yield_per=AT_ONCE)
    )
    with session.execute(rows) as found:
        for stratum, chance, setting, *who, given in found:
            codes = (_codes(given.get(one.key)) for one in asked)
            yield (stratum or NOWHERE, setting or NO_SETTING, *who, *whose(setting, chance, *who), *codes)


def _codes(answer: Any) -> str | None:
    """An answer's codes; nothing where it is no opinion."""
    codes = answer if isinstance(answer, list) else [answer]
    return " ".join(one for one in codes if one is not None and one not in NOT_AN_OPINION) or None
