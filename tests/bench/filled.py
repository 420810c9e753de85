"""A wave of a million responses that is there at once: rows in bulk, and the cubes that they come to."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from analysis import Cube
from analysis.frame import Column
from questions import AGE_BANDS, QuestionSet
from survey.db import transaction
from survey.instruments import parsed
from survey.measuring import documents, kept
from survey.measuring.documents import Document, stopped_at
from survey.measuring.packing import packed
from survey.models import Collection, KeptCube, PageTime
from survey.places import load
from tests.bench.kept import CODES, GENDERS, TODAY, a_wave

NEW, TODAYS = 150, 5000
ABANDONED = 0.3  # for each response that was sent, so many are begun and never sent
LANGUAGES = (None, None, None, "bn", "ar")
COLUMNS = (
    *("key", "collection_id", "instrument_id", "setting_id", "answers", "concealed", "turns"),
    *("language", "started_on", "submitted_on", "borough", "age_band", "gender", "counted"),
)


@dataclass(frozen=True, slots=True)
class Wave:
    """A collection that is to be filled: its number, instrument and questions, its settings, and its boroughs."""

    collection: int
    instrument: int
    question_set: QuestionSet
    settings: Sequence[int]
    boroughs: Sequence[str]


def fill(engine: Engine, people: int, settings: int) -> Wave:
    """Responses of so many people from so many settings; all but NEW of them are in kept cubes, and so are ABANDONED.

    The rows and the cubes are made of the same draws; that they are alike is checked for one question.
    """
    place = load("london")
    with transaction(engine) as session:
        collection = a_wave(session, place, settings)
        of = [one.id or 0 for one in collection.settings]
        question_set = parsed(collection.instrument)
        wave = Wave(
            collection.id or 0,
            collection.instrument_id,
            question_set,
            of,
            [one.code for one in place.boroughs],
        )
    drawn = _drawn(wave, people)
    _insert(engine, _sent(wave, drawn))
    _insert(engine, _stopped(wave, round(people * ABANDONED)))
    with transaction(engine) as session:
        for name, cube in _cubes(wave, drawn, round(people * ABANDONED)):
            session.add(KeptCube(collection_id=wave.collection, question=name, cells=packed(cube)))
        for page in wave.question_set.pages:
            session.add_all(
                PageTime(
                    collection_id=wave.collection,
                    instrument_id=wave.instrument,
                    page=page.key,
                    span=at,
                    people=people // 9,
                )
                for at in range(7)
            )
    _checked(engine, wave)
    return wave


def _checked(engine: Engine, wave: Wave) -> None:
    """Hold the headline's cube against every document."""
    with transaction(engine) as session:
        if engine.dialect.name != "sqlite":
            session.connection().execute(text("ANALYZE"))
        collection = session.get_one(Collection, wave.collection)
        question = wave.question_set.question("worry_knife_crime")
        by = (*documents.WHO, "given")
        one, other = (
            kept.total([found]).by(by)
            for found in (
                kept.cube(session, collection, question),
                kept.recounted(session, collection, question),
            )
        )
        assert (len(one), one.n.sum()) == (len(other), other.n.sum())


Drawn = dict[str, Any]  # of each person a number for each axis


def come_in(engine: Engine, wave: Wave, first: int) -> None:
    """NEW more, sent, who answered every question with choices. first: the number of the first of them."""
    besides = {
        one.key: [one.choices[0].code] if one.kind == "many" else one.choices[0].code
        for one in wave.question_set.questions
        if one.choices
    }
    _insert(engine, _sent(wave, _drawn(wave, NEW, seed=first), first, besides))


def _drawn(wave: Wave, people: int, seed: int = 1) -> Drawn:
    """Most live where their school is."""
    random = np.random.default_rng(seed)
    setting = random.integers(0, len(wave.settings), people)
    there = random.random(people) < 0.9
    home = np.where(there, setting % len(wave.boroughs), random.integers(0, len(wave.boroughs), people))
    return {
        "setting": setting,
        "borough": home,
        "age_band": random.integers(0, len(AGE_BANDS), people),
        "gender": random.integers(0, len(GENDERS), people),
        "given": random.integers(0, len(CODES), people),
        "day": random.integers(0, 28, people),
        "language": random.integers(0, len(LANGUAGES), people),
    }


def _levels(wave: Wave) -> dict[str, list[Any]]:
    return {
        "setting": [*wave.settings],
        "borough": [*wave.boroughs],
        "age_band": [*AGE_BANDS],
        "gender": [*GENDERS],
        "given": [*CODES],
        "day": [str(TODAY - dt.timedelta(days=ago)) for ago in range(28)],
        "language": [*LANGUAGES],
    }


def _answers(levels: Mapping[str, Sequence[Any]], one: Mapping[str, int]) -> dict[str, Any]:
    given = {name: levels[name][one[name]] for name in ("borough", "age_band", "gender")}
    return {"worry_knife_crime": levels["given"][one["given"]], **given}


def _sent(
    wave: Wave, drawn: Drawn, first: int = 0, besides: Mapping[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Rows of those who sent, all but NEW of them counted. first: the number of the first; besides: more answers."""
    levels, names = _levels(wave), [*drawn]
    each = zip(*(drawn[name].tolist() for name in names), strict=True)
    people = len(drawn["setting"])
    for at, numbers in enumerate(each):
        one = dict(zip(names, numbers, strict=True))
        answers, day = {**(besides or {}), **_answers(levels, one)}, levels["day"][one["day"]]
        yield (
            f"s{first + at:021}", wave.collection, wave.instrument, levels["setting"][one["setting"]],
            json.dumps(answers), "[]", "{}", levels["language"][one["language"]], day, day,
            answers["borough"], answers["age_band"], answers["gender"], at < people - NEW,
        )  # fmt: skip


def _how_far(wave: Wave, at: int) -> dict[str, Any]:
    """What the one with a number had met when they stopped."""
    met = [question.key for page in wave.question_set.pages for question in page.questions]
    return dict.fromkeys(met[: at % len(met)])


def _stopped(wave: Wave, people: int) -> Iterator[tuple[Any, ...]]:
    for at in range(people + TODAYS):
        begun = TODAY if at >= people else TODAY - dt.timedelta(days=1 + at % 27)
        yield (
            f"o{at:021}", wave.collection, wave.instrument, wave.settings[at % len(wave.settings)],
            json.dumps(_how_far(wave, at)), "[]", "{}", None, str(begun), None, None, None, None, at < people - NEW,
        )  # fmt: skip


def _cubes(wave: Wave, drawn: Drawn, stopped: int) -> Iterator[tuple[str, Cube]]:
    """What all but NEW of them come to."""
    counted = {name: numbers[:-NEW] for name, numbers in drawn.items()}
    levels = _levels(wave)
    for name in (documents.EVERYBODY, documents.DAYS, documents.LANGUAGES):
        yield name, _summed(levels, counted, documents.OTHER_AXES[name])
    who = documents.WHO
    answered = {name: numbers[counted["given"] < len(CODES) - 1] for name, numbers in counted.items()}
    yield "worry_knife_crime", _summed(levels, answered, (*who, "given"))
    pages: Counter[tuple[Any, ...]] = Counter()
    for code, people in enumerate(np.bincount(counted["given"])):
        told = {"worry_knife_crime": CODES[code], "borough": "", "age_band": "", "gender": ""}
        document = Document(wave.instrument, (None,) * len(who), "", None, told)
        cells = (cell for name, cell in document.cells(wave.question_set) if name == documents.PAGES)
        for cell in cells:
            pages[cell] += int(people)
    yield documents.PAGES, kept.cube_of(pages, documents.OTHER_AXES[documents.PAGES])
    left: Counter[tuple[Any, ...]] = Counter()
    for at in range(stopped - NEW):
        left.update(stopped_at(wave.question_set, _how_far(wave, at), ""))
    yield documents.STOPPED, kept.cube_of(left, documents.OTHER_AXES[documents.STOPPED])


def _summed(levels: Mapping[str, Sequence[Any]], drawn: Drawn, axes: Sequence[str]) -> Cube:
    """People by their numbers in some axes."""
    shape = [len(levels[name]) for name in axes]
    cells, people = np.unique(np.ravel_multi_index([drawn[name] for name in axes], shape), return_counts=True)
    columns = [
        _column(name, codes, levels[name])
        for name, codes in zip(axes, np.unravel_index(cells, shape), strict=True)
    ]
    n = people.astype(np.float64)
    return Cube(tuple(columns), n, n, n).by(axes)


def _column(name: str, codes: Any, levels: Sequence[Any]) -> Column:
    """An axis in which None is missing and each level stands once."""
    known = [level for level in dict.fromkeys(levels) if level is not None]
    place = np.array([known.index(level) if level is not None else -1 for level in levels])
    return Column(name, place[codes].astype(np.intp), tuple(known))


def _insert(engine: Engine, rows: Iterator[tuple[Any, ...]]) -> None:
    """Rows in bulk, as each database takes them fastest."""
    raw: Any = engine.raw_connection()
    names = ", ".join(COLUMNS)
    cursor = raw.cursor()
    if engine.dialect.name == "sqlite":
        cursor.execute("BEGIN")
        holes = ", ".join("?" * len(COLUMNS))
        cursor.executemany(f"INSERT INTO response ({names}) VALUES ({holes})", rows)
        cursor.execute("COMMIT")
    else:
        with cursor.copy(f"COPY response ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        raw.commit()
    raw.close()
