"""The flags of what is in the kept cubes are kept with them, and are what every document says."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from questions.patterns import batteries, document, straight_lined
from survey.db import transaction
from survey.measuring import kept, soft_flags
from survey.measuring.answers import timed
from survey.measuring.soft_flags import ALIKE, Flag, Flags
from survey.models import Collection, FlaggedResponse, Response
from tests.survey.test_soft_flags import FLOOD, TODAY, Crowd, opened, store


def by_hand(session: Session) -> dict[str, Flags]:
    """The flags of each response by every document, one after another."""
    sent = session.exec(select(Response).where(col(Response.submitted_on).is_not(None))).all()
    said = Counter((one.setting_id, one.submitted_on, document(one.answers)) for one in sent)
    that_day = Counter((one.setting_id, one.submitted_on) for one in sent)
    found = {}
    for one in sent:
        where = (one.setting_id, one.submitted_on)
        alike = said[*where, document(one.answers)] if document(one.answers) and one.setting_id else 0
        told = {
            Flag.SPEED: bool(one.quick),
            Flag.STRAIGHT_LINES: straight_lined(batteries(FLOOD), one.answers),
            Flag.BURSTS: alike >= ALIKE and alike * 100 >= that_day[where],
        }
        found[one.key] = frozenset(flag for flag, has in told.items() if has)
    return {key: flags for key, flags in found.items() if flags}


def drawn(crowd: Crowd) -> dict[str, Any]:
    """A response of a person or of a programme, in one of few settings and on one of few days."""
    chance = crowd.random
    give = chance.choice([crowd.person, crowd.straight_line, crowd.same, crowd.same])
    day = TODAY - dt.timedelta(days=chance.randrange(2))
    row = crowd.send(give(), chance.choice([None, 4.0, 600.0]), place=chance.randrange(2), day=day)
    return row | ({"setting_id": None} if chance.random() < 0.1 else {})


def the_collection(session: Session) -> Collection:
    return session.exec(select(Collection)).one()


@pytest.mark.parametrize("seed", range(2))
def test_whatever_came_was_kept_and_was_deleted_the_flags_say_what_the_documents_say(
    engine: Engine, seed: int
) -> None:
    crowd = Crowd(opened(engine, 2), seed)
    burst = 0
    for _step in range(25):
        what = crowd.random.random()
        if what < 0.5:
            store(engine, [drawn(crowd) for _ in range(crowd.random.randrange(1, 9))])
        with transaction(engine) as session:
            if 0.5 <= what < 0.75:
                kept.keep(session, the_collection(session).id)
            elif what >= 0.75:
                sent = session.exec(select(Response)).all()
                for gone in crowd.random.sample(sent, min(len(sent), 3)):
                    kept.take_out(session, gone)
                    session.delete(gone)
        with transaction(engine) as session:
            found = soft_flags.flagged(session, the_collection(session))
            assert found == by_hand(session)
            known = session.exec(select(Response.key).where(col(Response.quick).is_not(None))).all()
            assert timed(session, the_collection(session)) == len(known)
            burst += any(Flag.BURSTS in flags for flags in found.values())
    assert burst > 5


def test_flags_of_what_is_kept_are_read_without_its_answers(engine: Engine) -> None:
    crowd = Crowd(opened(engine, 2))
    store(engine, [drawn(crowd) for _ in range(60)])
    with transaction(engine) as session:
        expected = by_hand(session)
        kept.keep(session, the_collection(session).id)
        assert len(session.exec(select(FlaggedResponse)).all()) == len(expected) > 20
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    with transaction(engine) as session:
        assert soft_flags.flagged(session, the_collection(session)) == expected
    reading_answers = [one for one in asked if "answers" in one.partition("FROM")[0]]
    assert len(reading_answers) == 1  # that of what is new: nothing
    assert "counted" in reading_answers[0].partition("WHERE")[2]


def test_a_deleted_response_leaves_no_flag(engine: Engine) -> None:
    crowd = Crowd(opened(engine))
    store(engine, [crowd.send(crowd.same(), None) for _ in range(ALIKE)])
    with transaction(engine) as session:
        kept.keep(session, the_collection(session).id)
        assert len(session.exec(select(FlaggedResponse)).all()) == ALIKE
        gone = session.exec(select(Response)).first()
        assert gone is not None
        kept.take_out(session, gone)
        session.delete(gone)
    with transaction(engine) as session:
        assert session.exec(select(FlaggedResponse)).all() == []
