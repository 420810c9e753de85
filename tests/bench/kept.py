"""What figures and the coverage board cost as responses grow: from kept cubes, beside reading every document."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert
from sqlmodel import Session

from questions import AGE_BANDS, shipped_source
from survey.coverage.board import board, headline
from survey.db import migrate, open_engine, reading, transaction
from survey.instruments import publish
from survey.measuring import documents, kept, soft_flags
from survey.measuring.answers import answers
from survey.measuring.weights import weigh
from survey.models import Collection, Consultation, Design, Response, Setting
from survey.places import Place, load

TODAY = dt.date(2026, 11, 20)
CODES = ("very", "fairly", "not_very", "not_at_all", None)
GENDERS = ("female", "male", "another")
AT_ONCE = 20_000
RUNS = 3


def run(folder: Path, most: int) -> None:
    """Print what a figure by borough, and the board, cost with 10,000 responses and with `most`."""
    print("Figures and the coverage board, from kept cubes (SQLite)")
    few = _seconds(folder, 10_000, settings=150)
    many = _seconds(folder, most, settings=1500)
    print(f"  {'':<44} {'10,000':>10} {f'{most:,}':>10} {'ratio':>7}")
    for what, seconds in few.items():
        print(f"  {what:<44} {seconds:>8.3f} s {many[what]:>8.3f} s {many[what] / seconds:>7.1f}")
    print()


def _seconds(folder: Path, people: int, settings: int) -> dict[str, float]:
    place, engine = load("london"), open_engine(f"sqlite:///{folder / f'kept-{people}.db'}")
    migrate(engine)
    number = _fill(engine, place, people, settings)
    documents = _timed(engine, number, lambda session, one: kept.recounted(session, one, _asked(one)), runs=1)
    began = time.perf_counter()
    while _keep(engine, number):
        pass
    folding = time.perf_counter() - began
    return {
        "read every document (as without kept cubes)": documents,
        "put all into cubes, once": folding,
        "the cube of a question": _timed(
            engine, number, lambda session, one: kept.cube(session, one, _asked(one))
        ),
        "which are flagged (1 in 100), and answers by it": _timed(engine, number, _by_flags),
        "weighted, by borough, with intervals": _timed(
            engine, number, lambda session, one: _by_borough(session, one, place)
        ),
        "the coverage board": _timed(engine, number, lambda session, one: _board(session, one, place)),
    }


def _keep(engine: Engine, number: int) -> int:
    with transaction(engine) as session:
        return kept.keep(session, number)


def _timed(
    engine: Engine, number: int, act: Callable[[Session, Collection], object], runs: int = RUNS
) -> float:
    """The least of some runs, each in a transaction of its own."""
    taken = []
    for _run in range(runs):
        with transaction(reading(engine)) as session:
            collection = session.get_one(Collection, number)
            began = time.perf_counter()
            act(session, collection)
            taken.append(time.perf_counter() - began)
    return min(taken)


def _asked(collection: Collection) -> Any:
    measure = headline(collection)
    assert measure is not None
    return measure.question


def _by_borough(session: Session, collection: Collection, place: Place) -> object:
    measure = headline(collection)
    assert measure is not None
    design = weigh(collection, answers(session, collection, measure), place).design
    return design.proportion("answer", by=["borough"])


def _by_flags(session: Session, collection: Collection) -> object:
    measure = headline(collection)
    assert measure is not None
    marks = {key: "+".join(sorted(flags)) for key, flags in soft_flags.flagged(session, collection).items()}
    assert marks
    return answers(session, collection, measure, marks)


def _board(session: Session, collection: Collection, place: Place) -> object:
    measure = headline(collection)
    assert measure is not None
    days = kept.other(session, collection, documents.DAYS)
    return board(session, collection, place, measure, days, TODAY)


def a_wave(session: Session, place: Place, settings: int) -> Collection:
    """A collection of schools that nobody has answered in yet."""
    boroughs = [one.code for one in place.boroughs]
    instrument = publish(session, shipped_source("youth_survey"), TODAY)
    consultation = Consultation(
        slug="bench", title="Bench", summary="", decides="", outcome="", place=place.key,
        opens_on=TODAY - dt.timedelta(days=60), closes_on=TODAY, outcome_on=TODAY,
        headline="worry_knife_crime", headline_level=["very", "fairly"],
    )  # fmt: skip
    collection = Collection(
        consultation_id=0, instrument_id=instrument.id or 0, name="Schools", design=Design.GATEKEPT
    )
    collection.settings = [
        Setting(collection_id=0, code=f"S{at}", name=f"School {at}", borough=boroughs[at % len(boroughs)])
        for at in range(settings)
    ]
    consultation.collections = [collection]
    session.add(consultation)
    session.flush()
    return collection


def _fill(engine: Engine, place: Place, people: int, settings: int) -> int:
    """A wave with so many responses from so many settings; the number of its collection."""
    with transaction(engine) as session:
        collection = a_wave(session, place, settings)
        number, asked = collection.id or 0, collection.instrument_id
        first = min(one.id or 0 for one in collection.settings)
    boroughs = [one.code for one in place.boroughs]
    with transaction(engine) as session:
        for rows in _responses(number, asked, first, boroughs, people, settings):
            session.execute(insert(Response), rows)
    return number


def _responses(
    collection: int, instrument: int, first: int, boroughs: list[str], people: int, settings: int
) -> Iterator[list[dict[str, Any]]]:
    """Rows, some thousands at once: most people live where their school is."""
    random = np.random.default_rng(1)
    for start in range(0, people, AT_ONCE):
        size = min(AT_ONCE, people - start)
        setting = random.integers(0, settings, size)
        home = np.where(
            random.random(size) < 0.9, setting % len(boroughs), random.integers(0, len(boroughs), size)
        )
        drawn = zip(setting, home, *(random.integers(0, n, size) for n in (6, 3, 5, 28)), strict=True)
        yield [
            {
                "key": f"k{start + at:021}", "collection_id": collection, "instrument_id": instrument,
                "setting_id": first + int(where), "concealed": [], "started_on": TODAY,
                "quick": at % 100 == 0,
                "submitted_on": TODAY - dt.timedelta(days=int(ago)),
                "borough": boroughs[lives], "age_band": AGE_BANDS[age], "gender": GENDERS[gender],
                "answers": {
                    "worry_knife_crime": CODES[said], "borough": boroughs[lives],
                    "age_band": AGE_BANDS[age], "gender": GENDERS[gender],
                },
            }
            for at, (where, lives, age, gender, said, ago) in enumerate(drawn)
        ]  # fmt: skip
