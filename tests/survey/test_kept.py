"""Cubes are kept: a page reads only what is new, and finds what every document says."""

import datetime as dt
import random
import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, func, text
from sqlmodel import Session, col, delete, select

from analysis import Cube
from questions import Question
from survey.answering import receipts
from survey.db import transaction
from survey.instruments import parsed, publish
from survey.measuring import documents, kept, stopped, submitted
from survey.measuring.packing import unpacked
from survey.models import Collection, Instrument, KeptCube, Response
from tests.survey.conftest import MIDDAY, TINY, House, furnish

TODAY = MIDDAY.date()


def people(cube: Cube) -> Counter[tuple[object, ...]]:
    """A cube as people by a value for each of its axes; lists of codes in any order of the axes' levels."""
    found: Counter[tuple[object, ...]] = Counter()
    for at, number in enumerate(cube.n):
        cell = tuple(axis.levels[axis.codes[at]] if axis.codes[at] >= 0 else None for axis in cube.axes)
        found[cell] += int(number)
    return found


def the_collection(session: Session) -> Collection:
    return session.exec(select(Collection)).one()


def drawn(chance: random.Random, collection: Collection) -> Response:
    """A response that somebody sent, or is still giving."""
    answers: dict[str, Any] = {
        "worry": chance.choice(["very", "fairly", "prefer_not_to_say"]),
        "why": "My secret words",
        "helps": chance.sample(["clubs", "lights", "police"], 2),
        "borough": chance.choice(["E09000022", "E09000028"]),
    }
    for key in list(answers):
        if chance.random() < 0.3:
            del answers[key]
        elif chance.random() < 0.1:
            answers[key] = None
    return Response(
        collection_id=collection.id or 0,
        instrument_id=collection.instrument_id,
        setting_id=chance.choice([collection.settings[0].id, None]),
        answers=answers,
        started_on=TODAY,
        submitted_on=TODAY - dt.timedelta(days=chance.randrange(9)) if chance.random() < 0.8 else None,
        language=chance.choice([None, "bn"]),
        borough=answers.get("borough"),
        age_band=chance.choice(["12_13", "14_15", None]),
        gender=chance.choice(["female", "male", None]),
    )


def questions(collection: Collection) -> list[Question]:
    return [one for one in parsed(collection.instrument).questions if one.choices]


OTHERS: dict[str, tuple[Any, ...]] = {
    documents.EVERYBODY: (Response.setting_id, Response.borough, Response.age_band, Response.gender),
    documents.DAYS: (Response.setting_id, Response.submitted_on),
    documents.LANGUAGES: (Response.language,),
}


def all_alike(engine: Engine) -> int:
    """Hold every cube of the collection against its documents; how many people there are."""
    with transaction(engine) as session:
        collection = the_collection(session)
        for question in questions(collection):
            found = people(kept.cube(session, collection, question))
            assert found == people(kept.recounted(session, collection, question)), question.key
        for name, columns in OTHERS.items():
            wanted = select(*columns).where(col(Response.submitted_on).is_not(None))
            told = Counter(tuple(map(str, row)) for row in session.execute(wanted))
            cube = people(kept.other(session, collection, name))
            assert {tuple(map(str, cell)): number for cell, number in cube.items()} == told, name
        assert people(kept.other(session, collection, documents.PAGES)) == shown(session, collection)
        return found.total()


def shown(session: Session, collection: Collection) -> Counter[tuple[object, ...]]:
    """Of each page how many sent something who were shown it, and what became of each of its questions."""
    found: Counter[tuple[object, ...]] = Counter()
    sent = select(Response).where(col(Response.submitted_on).is_not(None))
    for response in session.exec(sent):
        asked = parsed(session.get_one(Instrument, response.instrument_id))
        for page in asked.pages:
            (key,) = (question.key for question in page.questions)
            if key in response.answers:
                answer = response.answers[key]
                told = "skipped" if answer is None else "answered"
                found[page.key, key, answer if answer == "prefer_not_to_say" else told] += 1
                found[page.key, None, None] += 1
    return found


@pytest.mark.parametrize("seed", range(2))
def test_whatever_came_was_kept_and_was_deleted_the_cubes_say_what_the_documents_say(
    engine: Engine, seed: int
) -> None:
    chance = random.Random(seed)
    furnish(engine)
    for _step in range(30):
        with transaction(engine) as session:
            collection = the_collection(session)
            what = chance.random()
            if what < 0.5:
                session.add_all(drawn(chance, collection) for _person in range(chance.randrange(1, 9)))
            elif what < 0.8:
                kept.keep(session, collection.id)
            else:
                sent = session.exec(select(Response).where(col(Response.submitted_on).is_not(None))).all()
                for gone in chance.sample(sent, min(len(sent), 2)):
                    kept.take_out(session, gone)
                    session.delete(gone)
        all_alike(engine)
    with transaction(engine) as session:
        people_sent = len(
            session.exec(select(Response.key).where(col(Response.submitted_on).is_not(None))).all()
        )
        parts = Counter(session.exec(select(KeptCube.question)).all())
    assert all_alike(engine) == people_sent > 20
    assert max(parts.values()) < 2 * kept.LEAST_MERGED


def test_what_is_kept_is_not_read_again(engine: Engine) -> None:
    furnish(engine)
    with transaction(engine) as session:
        collection = the_collection(session)
        session.add_all(drawn(random.Random(1), collection) for _person in range(50))
    before = all_alike(engine)
    with transaction(engine) as session:
        assert kept.keep(session, the_collection(session).id) == before
        assert kept.keep(session, the_collection(session).id) == 0
    with transaction(engine) as session:
        session.exec(delete(Response))
        collection = the_collection(session)
        assert people(kept.cube(session, collection, questions(collection)[0])).total() == before


def test_a_new_version_asks_more_and_everybody_is_still_in_its_cube(engine: Engine) -> None:
    furnish(engine)
    chance = random.Random(2)
    with transaction(engine) as session:
        session.add_all(drawn(chance, the_collection(session)) for _person in range(40))
    with transaction(engine) as session:
        kept.keep(session, the_collection(session).id)
    more = TINY.replace('key = "worry"', 'key = "worry_now"').replace("${worry}", "${worry_now}")
    with transaction(engine) as session:
        collection = the_collection(session)
        collection.instrument_id = publish(session, more, TODAY).id or 0
    with transaction(engine) as session:
        collection = the_collection(session)
        for _person in range(40):
            response = drawn(chance, collection)
            response.answers["worry_now"] = "fairly"
            session.add(response)
        kept.keep(session, collection.id)
    all_alike(engine)


@pytest.mark.parametrize("counted", [True, False])
def test_the_mark_is_another_when_one_goes_and_one_comes(engine: Engine, counted: bool) -> None:
    chance = random.Random(5)
    furnish(engine)
    marks = set()
    for _time in range(12):
        with transaction(engine) as session:
            collection = the_collection(session)
            sent = session.exec(select(Response).where(col(Response.submitted_on).is_not(None))).all()
            for gone in sent[:1]:
                kept.take_out(session, gone)
                session.delete(gone)
            new = drawn(chance, collection)
            new.submitted_on = TODAY
            session.add(new)
            session.flush()
            if counted:
                kept.keep(session, collection.id)
            marks.add(kept.mark(session, collection))
    assert len(marks) == 12


def test_free_text_is_in_no_cube(engine: Engine) -> None:
    furnish(engine)
    with transaction(engine) as session:
        session.add_all(drawn(random.Random(3), the_collection(session)) for _person in range(40))
        session.flush()
        kept.keep(session, the_collection(session).id)
    with transaction(engine) as session:
        parts = session.exec(select(KeptCube)).all()
        assert {part.question for part in parts} == {
            *(documents.OTHER_AXES.keys() - {documents.STOPPED}),
            *("worry", "helps", "borough"),
        }
        assert all("secret" not in str(axis.levels) for part in parts for axis in unpacked(part.cells).axes)


def test_a_receipt_takes_its_response_out_of_the_cubes(house: House) -> None:
    code = receipts.new()
    with transaction(house.engine) as session:
        response = drawn(random.Random(4), the_collection(session))
        response.submitted_on, response.receipt_hash = TODAY, receipts.hashed(code)
        session.add(response)
        session.flush()
        kept.keep(session, response.collection_id)
    assert all_alike(house.engine) == 1
    answer = house.client.post("/receipt", data={"receipt": code}, headers={"origin": "http://testserver"})
    assert answer.status_code == 200
    assert all_alike(house.engine) == 0


def test_what_is_new_is_found_by_an_index_and_not_by_looking_through_everything(engine: Engine) -> None:
    furnish(engine)
    asked: list[str] = []
    with transaction(engine) as session:
        if engine.dialect.name != "sqlite":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        collection, looks = (
            the_collection(session),
            "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN",
        )
        for new in (
            submitted.uncounted(collection, func.count()),
            stopped.uncounted(collection, TODAY, func.count()),
        ):
            words = str(new.compile(engine, compile_kwargs={"literal_binds": True}))
            asked.append(" ".join(str(row) for row in session.execute(text(f"{looks} {words}"))))
    wanted = (
        "ix_response_counted" if engine.dialect.name == "sqlite" else "Index Cond"
    )  # with few rows any index does
    for plan in asked:
        assert wanted in plan, plan
        assert re.search(r"counted ?=|NOT counted|counted IS FALSE|counted = false", plan), plan
