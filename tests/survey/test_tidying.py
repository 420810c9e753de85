"""What is past its days goes, once, and the evidence says so; what people stopped at stays counted."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from survey.backups import files, sealing
from survey.db import transaction
from survey.measuring import stopped
from survey.models import EvidenceEntry
from survey.tidying import Tidying, tidy
from tests.survey.conftest import House
from tests.survey.reading import ROSA, clear, take, write
from tests.survey.test_kept import people, the_collection


def tidied(house: House, folder: Path | None = None) -> dict[str, int]:
    """Tidy up twice: what went the first time; the second time nothing goes, and nothing more is noted."""
    here = house.app.state.installation
    first = {one.rule: one.how_many for one in tidy(here, backups=folder)}
    noted = evidence(house)
    assert not any(one.how_many for one in tidy(here, backups=folder))
    assert evidence(house) == noted
    return {rule: many for rule, many in first.items() if many}


def evidence(house: House) -> list[tuple[str, int]]:
    """The lines of the log that say that something went."""
    with transaction(house.engine) as session:
        every = session.exec(select(EvidenceEntry).order_by(text("id"))).all()
        return [(one.rule, one.how_many) for one in every]


def where_they_stopped(house: House) -> dict[tuple[object, ...], int]:
    """What the coverage page rests on."""
    with transaction(house.engine) as session:
        collection = the_collection(session)
        found = dict(people(stopped.cube(session, collection, house.clock().date())))
        return found | {("begun",): stopped.under_way(session, collection)}


def test_what_was_begun_goes_seven_days_after_the_last_answer_and_stays_counted(house: House) -> None:
    first, second = house.begin(), house.begin()
    house.answer(first, worry="fairly")
    house.clock.forward(days=5)
    house.client.post(f"/r/{second}/carry-on")
    house.answer(second, worry="very")
    house.clock.forward(days=1, hours=23)
    assert tidied(house) == {}
    before = where_they_stopped(house)
    house.clock.forward(hours=1)
    assert tidied(house) == {"partial": 1}
    assert [one.key for one in house.responses()] == [second]
    assert where_they_stopped(house) == before
    house.clock.forward(days=5)
    assert tidied(house) == {"partial": 1}
    assert house.responses() == []
    assert where_they_stopped(house) == before
    assert house.client.get(f"/r/{second}/1").status_code == 410


def test_who_goes_on_in_time_and_who_has_sent_stay(house: House) -> None:
    sent, goes_on = house.begin(), house.begin()
    house.answer(sent, worry="fairly", borough="E09000022")
    house.client.post(f"/r/{sent}/check-answers")
    house.answer(goes_on, worry="fairly")
    house.clock.forward(days=6)
    house.client.post(f"/r/{goes_on}/carry-on")
    house.answer(goes_on, worry="very")
    house.clock.forward(days=4)
    assert tidied(house) == {}
    assert {one.key for one in house.responses()} == {sent, goes_on}


def test_who_left_by_choice_is_kept_seven_days_from_the_day_they_began(house: House) -> None:
    key = house.begin()
    house.client.post(f"/r/{key}/leave-now")
    house.clock.forward(days=6)
    assert tidied(house) == {}
    house.clock.forward(days=1)
    assert tidied(house) == {"partial": 1}


def test_nobody_is_told_to_come_back_after_their_answers_have_gone(house: House) -> None:
    assert "until 26 November 2026" in house.client.get(f"/r/{house.begin()}/come-back").text


def test_words_under_a_bar_go_after_ninety_days(house: House) -> None:
    write(house, "My mate Jordan knows")
    clear(house.as_(ROSA), take(house))
    house.clock.forward(days=89)
    assert tidied(house) == {}
    house.clock.forward(days=1)
    assert tidied(house) == {"words": 1}
    assert [(one.words, one.cleared) for one in house.written()] == [(None, "My mate ⟦name⟧ knows")]


def test_backups_go_after_thirty_five_days_and_nothing_else_in_their_folder(
    house: House, tmp_path: Path
) -> None:
    made = tmp_path / files.name_of("answers", house.clock())
    made.write_bytes(b"encrypted")
    files.beside(made).write_text(json.dumps({"sha256": sealing.sha256(made)}))
    stranger = tmp_path / "soundings-answers-20200101T000000Z.age"
    stranger.write_bytes(b"somebody else's")
    other = tmp_path / "notes.age"
    other.write_bytes(b"")
    house.clock.forward(days=35)
    assert tidied(house, tmp_path) == {}
    house.clock.forward(minutes=1)
    assert tidied(house, tmp_path) == {"backups": 1}
    assert {*tmp_path.iterdir()} == {stranger, other}
    assert not files.beside(made).exists()


def test_a_backup_that_was_altered_is_not_taken_for_ours(house: House, tmp_path: Path) -> None:
    backup = tmp_path / "soundings-answers-20200101T000000Z.age"
    backup.write_bytes(b"altered")
    files.beside(backup).write_text('{"sha256": "0"}')
    assert files.remove_old(tmp_path, house.clock()) == 0
    assert backup.exists()


def test_the_evidence_says_each_day_that_it_looked_and_no_line_of_it_changes(house: House) -> None:
    here = house.app.state.installation
    tidy(here)
    assert {many for _rule, many in evidence(house)} == {0}
    lines = len(evidence(house))
    house.clock.forward(days=1)
    tidy(here)
    assert len(evidence(house)) == 2 * lines
    for change in ("UPDATE evidence SET how_many = 5", "DELETE FROM evidence"):
        with pytest.raises(DatabaseError, match="never change"), Session(house.engine) as session:
            session.execute(text(change))


def test_a_thread_beside_the_app_tidies_by_itself(house: House) -> None:
    house.answer(house.begin(), worry="fairly")
    house.clock.forward(days=7)
    Tidying(house.app.state.installation).look()
    assert house.responses() == []
