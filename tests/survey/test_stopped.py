"""Where people stopped is kept as they left it, and subtracted in the moment in which they go on."""

import random
from collections import Counter

import pytest
from sqlmodel import Session, col, select

from survey.db import transaction
from survey.measuring import kept, stopped
from survey.measuring.documents import STOPPED, STOPPED_THERE, THE_END, WENT_ON
from survey.measuring.packing import unpacked
from survey.models import KeptCube, Response
from tests.survey.conftest import PAGES, House
from tests.survey.test_kept import people, the_collection

GIVEN = {"worry": "very", "why": "My secret words", "helps": "clubs", "years": "3", "borough": "E09000022"}


def asked_of(response: Response) -> list[str]:
    """The questions that somebody comes by in the tiny set: only who is very worried is asked why."""
    return [one for one in PAGES if one != "why" or response.answers.get("worry") == "very"]


def where_they_are(session: Session, house: House) -> Counter[tuple[object, ...]]:
    """Of each page how many went on from it, and how many stopped there, from every document."""
    found: Counter[tuple[object, ...]] = Counter()
    begun = select(Response).where(col(Response.submitted_on).is_(None))
    for response in session.exec(begun.where(col(Response.started_on) < house.clock().date())):
        met = [one for one in asked_of(response) if one in response.answers]
        missing = [one for one in asked_of(response) if one not in response.answers]
        found.update((one, WENT_ON) for one in met)
        found[missing[0] if missing else THE_END, STOPPED_THERE] += 1
    return found


def all_alike(house: House) -> int:
    """Hold what is kept against the documents; how many stopped."""
    today = house.clock().date()
    with transaction(house.engine) as session:
        collection = the_collection(session)
        found = people(stopped.cube(session, collection, today))
        assert found == where_they_are(session, house)
        is_open = col(Response.submitted_on).is_(None)
        begun = session.exec(select(Response.key).where(is_open)).all()
        assert stopped.under_way(session, collection) == len(begun)
        return sum(n for cell, n in found.items() if cell[1] == STOPPED_THERE)


def put_aside(house: House) -> int:
    """Keep who stopped; how many were new."""
    with transaction(house.engine) as session:
        return stopped.keep(session, the_collection(session).id, house.clock().date())


def goes_on(house: House, key: str, chance: random.Random) -> None:
    """Somebody comes back: they answer one more page, change one, send, leave or delete everything."""
    house.client.post(f"/r/{key}/carry-on")
    response = next(one for one in house.responses() if one.key == key)
    missing = [one for one in asked_of(response) if one not in response.answers]
    what = chance.random()
    if what < 0.1:
        house.client.post(f"/r/{key}/stop-and-delete", data={"sure": "yes"})
    elif what < 0.2:
        house.client.post(f"/r/{key}/leave-now")
    elif what < 0.3:
        house.answer(key, worry=chance.choice(["very", "fairly"]))
    elif missing:
        house.answer(key, **{missing[0]: GIVEN[missing[0]]})
    else:
        house.client.post(f"/r/{key}/check-answers")


@pytest.mark.parametrize("seed", range(2))
def test_whoever_stops_goes_on_sends_or_deletes_what_is_kept_is_what_the_documents_say(
    house: House, seed: int
) -> None:
    chance = random.Random(seed)
    for _step in range(16):
        what = chance.random()
        for _person in range(chance.randrange(3)):
            house.begin()
        there = [one.key for one in house.responses() if one.submitted_on is None]
        for key in chance.sample(there, min(len(there), 3)):
            goes_on(house, key, chance)
        if what < 0.3:
            house.clock.forward(days=1)
        elif what < 0.7:
            put_aside(house)
        all_alike(house)
    house.clock.forward(days=1)
    put_aside(house)
    assert all_alike(house) > 3
    assert put_aside(house) == 0


def test_who_began_today_has_not_stopped(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly")
    assert (put_aside(house), all_alike(house)) == (0, 0)
    house.clock.forward(days=1)
    assert (all_alike(house), put_aside(house), all_alike(house)) == (1, 1, 1)


def test_who_stopped_and_then_sends_is_counted_among_those_who_sent(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly", helps="clubs", years="3")
    house.clock.forward(days=1)
    put_aside(house)
    house.answer(key, borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    assert all_alike(house) == 0
    with transaction(house.engine) as session:
        collection = the_collection(session)
        assert sum(kept.sent(session, [collection.id]).values()) == 1
        assert kept.keep(session, collection.id) == 1
        assert sum(kept.sent(session, [collection.id]).values()) == 1


def test_the_mark_of_what_was_sent_is_the_same_whoever_stops(house: House) -> None:
    def mark() -> str:
        with transaction(house.engine) as session:
            return kept.mark(session, the_collection(session))

    before = mark()
    house.begin()
    house.clock.forward(days=1)
    put_aside(house)
    assert mark() == before


def test_nothing_that_was_answered_is_kept_of_who_stopped(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="My secret words")
    house.clock.forward(days=1)
    put_aside(house)
    with transaction(house.engine) as session:
        parts = session.exec(select(KeptCube)).all()
        assert {part.question for part in parts} == {STOPPED}
        levels = [str(unpacked(part.cells).axes) for part in parts]
    assert "very" not in str(levels)
    assert "secret" not in str(levels)
