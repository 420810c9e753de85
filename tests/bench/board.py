"""What the coverage page and its live strip cost with 12,000 responses and with a million, on both databases."""

import argparse
import datetime as dt
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, create_engine, func, text
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from analysis import Cube
from analysis.frame import Column
from questions import AGE_BANDS, QuestionSet
from survey import accounts
from survey.app import make_app
from survey.db import migrate, open_engine, transaction
from survey.instruments import parsed
from survey.measuring import documents, kept
from survey.measuring.documents import Document, stopped_at
from survey.measuring.packing import packed
from survey.models import Collection, KeptCube, PageTime, Response, Role
from survey.places import load
from survey.settings import Settings, with_driver
from tests.bench.kept import CODES, GENDERS, TODAY, a_wave

FEW, RUNS, NEW, TODAYS = 12_000, 7, 150, 5000
ABANDONED = 0.3  # for each response that was sent, so many are begun and never sent
LANGUAGES = (None, None, None, "bn", "ar")
COLUMNS = (
    *("key", "collection_id", "instrument_id", "setting_id", "answers", "concealed", "turns"),
    *("language", "started_on", "submitted_on", "borough", "age_band", "gender", "counted"),
)
MIDDAY = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


@dataclass(frozen=True, slots=True)
class Wave:
    """A collection that is to be filled: its number, instrument and questions, its settings, and its boroughs."""

    collection: int
    instrument: int
    question_set: QuestionSet
    settings: Sequence[int]
    boroughs: Sequence[str]


def run(folder: Path, most: int, server: str | None = None) -> None:
    """Print what the page and its strip cost with FEW responses and with `most`; server: of PostgreSQL, if any."""
    for name, addresses in _databases(folder, server):
        with addresses as (few, many):
            _print(name, most, _milliseconds(few, FEW, 150), _milliseconds(many, most, 1500))


def _print(name: str, most: int, few: Mapping[str, float], many: Mapping[str, float]) -> None:
    load_now = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"The coverage page, {ABANDONED:.0%} as many begun and not sent as sent ({name}; load {load_now})")
    print(f"  {'milliseconds, the middle of ' + str(RUNS):<44} {FEW:>10,} {most:>12,} {'ratio':>7}")
    for what, taken in few.items():
        print(f"  {what:<44} {taken:>10.1f} {many[what]:>12.1f} {many[what] / taken:>7.2f}")
    print()


def _milliseconds(database: str, people: int, settings: int) -> dict[str, float]:
    engine = open_engine(database)
    migrate(engine)
    fill(engine, people, settings)
    with transaction(engine) as session:
        token = accounts.invite(session, "Amara", [Role.ADMIN], MIDDAY)
    app = make_app(Settings(database_url=database), engine, lambda: MIDDAY)
    with TestClient(app) as browser:
        browser.post(f"/staff/in/{token}")
        page = "/staff/consultations/bench/coverage"
        found = {
            "an empty page of staff, beside it": _asked(browser, "/staff/reference"),
            "the live strip": _asked(browser, page, {"hx-request": "true"}),
            "the whole board": _asked(browser, page),
        }
        told = browser.get(page, headers={"hx-request": "true"}).text
    assert f"<dt>Sent</dt><dd>{people:,}</dd>" in told, told
    found["counting the responses by scanning, beside it"] = _scanned(engine)
    engine.dispose()
    return found


def _asked(browser: TestClient, address: str, headers: Mapping[str, str] | None = None) -> float:
    """The middle of some runs, after one that warms up."""
    taken = []
    for _run in range(RUNS + 1):
        began = time.perf_counter()
        answer = browser.get(address, headers=headers)
        taken.append((time.perf_counter() - began) * 1e3)
        assert answer.status_code == 200, address
    return statistics.median(taken[1:])


def _scanned(engine: Engine) -> float:
    """Milliseconds to count who sent and who has not, as it is without anything kept."""
    taken = []
    for _run in range(RUNS):
        with Session(engine) as session:
            began = time.perf_counter()
            for sent in (col(Response.submitted_on).is_not(None), col(Response.submitted_on).is_(None)):
                session.scalar(select(func.count()).select_from(Response).where(sent))
            taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


class _Databases:
    """Two databases on a PostgreSQL server, dropped at the end."""

    def __init__(self, server: str) -> None:
        self._server = create_engine(with_driver(server), isolation_level="AUTOCOMMIT")
        self._names = [f"soundings_bench_{os.getpid()}_{which}" for which in ("few", "many")]

    def __enter__(self) -> list[str]:
        for name in self._names:
            self._do(f'CREATE DATABASE "{name}"')
        address = self._server.url
        return [address.set(database=name).render_as_string(hide_password=False) for name in self._names]

    def __exit__(self, *_error: object) -> None:
        for name in self._names:
            self._do(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._server.dispose()

    def _do(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))


class _Files:
    """Two SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> list[str]:
        return [f"sqlite:///{self._folder / f'board-{which}.db'}" for which in ("few", "many")]

    def __exit__(self, *_error: object) -> None:
        return


def _databases(folder: Path, server: str | None) -> Iterator[tuple[str, Any]]:
    yield "SQLite", _Files(folder)
    if server:
        yield "PostgreSQL", _Databases(server)


# A wave that is there at once: rows in bulk, and the cubes that its responses come to


def fill(engine: Engine, people: int, settings: int) -> None:
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


def _drawn(wave: Wave, people: int) -> Drawn:
    """Most live where their school is."""
    random = np.random.default_rng(1)
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


def _sent(wave: Wave, drawn: Drawn) -> Iterator[tuple[Any, ...]]:
    levels, names = _levels(wave), [*drawn]
    each = zip(*(drawn[name].tolist() for name in names), strict=True)
    people = len(drawn["setting"])
    for at, numbers in enumerate(each):
        one = dict(zip(names, numbers, strict=True))
        answers = _answers(levels, one)
        yield (
            f"s{at:021}", wave.collection, wave.instrument, levels["setting"][one["setting"]], json.dumps(answers),
            "[]", "{}", levels["language"][one["language"]], levels["day"][one["day"]], levels["day"][one["day"]],
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as temporary:
        run(Path(temporary), parser.parse_args().responses, os.environ.get("TEST_DATABASE_URL"))
