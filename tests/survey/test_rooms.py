"""People in a room vote on their phones: each counts once, may change its vote until it is shown, and stays unknown."""

import re
import time
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from survey.db import transaction
from survey.models import Room, RoomPhone, RoomQuestion, RoomVote
from survey.rooms.closing import Closer, close_past
from survey.rooms.votes import phone_of
from tests.survey.conftest import CODE, MIDDAY, House, switch_on
from tests.survey.test_phone import ROUND_TRIP, WITH_SCRIPTS

FEMI = "Femi, fieldworker"
NEW = "/staff/consultations/safer-streets/rooms/new"
JSON = {"accept": "application/json"}
FORM: dict[str, Any] = {
    "name": "Workshop for 14 to 18",
    "held_on": "2026-11-20",
    "venue": "Town Hall, room 2",
    "audience": "young people",
    "q1-prompt": "Would later opening hours help?",
    "q1-choice": ["Yes", "No", ""],
    "q2-from": "1:worry",
}


def make(house: House, **fields: Any) -> Room:
    """A room that staff made; its questions are loaded."""
    answer = house.as_(FEMI).post(NEW, data=FORM | fields)
    assert answer.status_code == 303, answer.text
    return stored(house)


def stored(house: House) -> Room:
    """The room as it stands in the database."""
    with transaction(house.engine) as session:
        room = session.exec(select(Room)).one()
        assert room.questions is not None
        session.expunge_all()
    return room


def present(house: House, wish: str, who: str = FEMI) -> Any:
    """Press a button of the screen as it is shown."""
    address = f"/staff/rooms/{stored(house).id}/present"
    page = house.as_(who).get(f"{address}?close=1" if wish == "close" else address).text
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return house.as_(who).post(address, data={"wish": wish, "seen": seen})


def go_in(house: House, code: str) -> str:
    """Go in as one more phone: the address of its page."""
    page = house.client.get(f"/room/{code}").text
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    answer = house.client.post(f"/room/{code}", data={"key": key})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def vote(house: House, phone: str, number: int, choice: str, turn: int | None = None) -> Any:
    """One vote: of a form, or, with a turn, of the script of a page."""
    if turn is None:
        return house.client.post(f"{phone}/{number}", data={"choice": choice})
    return house.client.post(f"{phone}/{number}?turn={turn}", data={"choice": choice}, headers=JSON)


def votes(house: House) -> list[str]:
    """The choices that stand in votes."""
    with transaction(house.engine) as session:
        return sorted(session.exec(select(RoomVote.choice)).all())


@pytest.fixture
def room(house: House) -> Room:
    """A room whose first question is asked."""
    made = make(house)
    present(house, "next")
    return made


def test_a_vote_counts_once_however_often_it_is_sent(house: House, room: Room) -> None:
    phone = go_in(house, room.code)
    for _ in range(3):
        answer = vote(house, phone, 1, "1")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{phone}#here")
    for _ in range(2):
        assert vote(house, phone, 1, "1", turn=4).json() == {"counted": "1", "turn": 4}
    assert votes(house) == ["1"]
    page = house.client.get(phone).text
    assert 'value="1" id="choice" checked' in page
    assert "Counted. You can change it" in page
    assert "1 person has voted on this question." in page


def test_a_vote_is_changed_and_what_comes_late_does_not_change_it_back(house: House, room: Room) -> None:
    phone = go_in(house, room.code)
    vote(house, phone, 1, "1", turn=1)
    vote(house, phone, 1, "2", turn=2)
    assert vote(house, phone, 1, "1", turn=1).json() == {"counted": "2", "turn": 2}
    assert votes(house) == ["2"]
    vote(house, phone, 1, "1")  # a form comes when it is pressed
    assert votes(house) == ["1"]


def test_nothing_is_counted_that_is_not_offered(house: House, room: Room) -> None:
    phone = go_in(house, room.code)
    for choice in ("", "3", "very"):
        page = vote(house, phone, 1, choice)
        assert page.status_code == 422
        assert "Choose an answer first. Then press the button." in page.text
        assert vote(house, phone, 1, choice, turn=1).json()["sentence"].startswith("Choose an answer")
    assert votes(house) == []


def test_wrong_codes_and_addresses_get_a_sentence_and_a_box_for_the_code(house: House, room: Room) -> None:
    for address in ("/room/BBBBBB", "/room/B_B", f"/room/BBBBBB/{'A' * 22}", "/room/BBBBBB/now"):
        page = house.client.get(address)
        assert page.status_code == 404
        assert "We do not know that code" in page.text
        assert 'action="/join"' in page.text
    short = house.client.get(f"/room/{room.code}/short")
    assert (short.status_code, "Type the code again" in short.text) == (404, True)
    assert house.client.get("/join").status_code == 200
    assert house.client.get("/join?code=%2F%2Fevil").headers["location"] == "/room/-"
    typed = f" {room.code[:3].lower()} {room.code[3:]}"
    assert house.client.get("/join", params={"code": typed}).headers["location"] == f"/room/{room.code}"
    assert (
        house.client.get("/s", params={"code": room.code.lower()}).headers["location"] == f"/room/{room.code}"
    )
    assert house.client.get("/s", params={"code": CODE}).headers["location"] == f"/s/{CODE}"


def test_a_question_that_is_not_asked_yet_takes_no_vote_and_an_earlier_one_does(
    house: House, room: Room
) -> None:
    phone = go_in(house, room.code)
    assert "That question is not asked now" in vote(house, phone, 2, "very").text
    assert "That question is not asked now" in vote(house, phone, 7, "very").text
    present(house, "next")
    assert vote(house, phone, 1, "1", turn=1).json() == {"counted": "1", "turn": 1}  # it waited on the phone
    assert house.client.get(f"{phone}/1").headers["location"] == phone
    for lost in (f"/room/%0D%0Ax/{'A' * 22}/1", f"/room/{room.code}/%E0%A6%95/1"):
        assert house.client.get(lost).status_code == 404
    assert votes(house) == ["1"]


def test_revealing_ends_the_votes_and_leaves_only_counts(house: House, room: Room) -> None:
    phones = [go_in(house, room.code) for _ in range(20)]
    for at, phone in enumerate(phones):
        vote(house, phone, 1, "1" if at < 12 else "2")
    assert "60 %" not in house.as_(FEMI).get(f"/staff/rooms/{room.id}/present").text
    present(house, "reveal")
    assert votes(house) == []
    with transaction(house.engine) as session:
        assert session.get_one(RoomQuestion, room.questions[0].id).counts == {"1": 12, "2": 8}
    late = vote(house, phones[0], 1, "2")
    assert (late.status_code, "Your vote came too late" in late.text) == (409, True)
    assert "60 %" in late.text
    by_itself = vote(house, phones[0], 1, "2", turn=9)
    assert (by_itself.status_code, by_itself.json()["title"]) == (
        409,
        "The answers are on the screen already",
    )
    present(house, "next")
    late = vote(house, phones[0], 1, "2").text
    assert "Your vote came too late" in late  # and the question that is asked now can be answered
    assert f'action="{phones[0]}/2#here"' in late


def test_what_the_room_said_stands_on_phones_and_on_the_screen(house: House, room: Room) -> None:
    phones = [go_in(house, room.code) for _ in range(20)]
    for at, phone in enumerate(phones):
        vote(house, phone, 1, "1" if at < 12 else "2")
    assert "Look again" in house.client.get(phones[0]).text  # the answers come next, or the next question
    present(house, "reveal")
    assert "Next question" in house.client.get(phones[0]).text
    for page in (
        house.as_(FEMI).get(f"/staff/rooms/{room.id}/present").text,
        house.client.get(phones[0]).text,
    ):
        assert "60 %" in page
        assert "12 of 20 who voted" in page
        assert "interval" not in page
        assert "±" not in page
    present(house, "next")
    for page in (
        house.as_(FEMI).get(f"/staff/rooms/{room.id}/present").text,
        house.client.get(phones[0]).text,
    ):
        assert "Question 2 of 2" in page
        assert "Next question" not in page  # none comes after the last


def test_a_closed_room_takes_no_vote_and_keeps_nothing_of_any_phone(house: House, room: Room) -> None:
    phones = [go_in(house, room.code) for _ in range(3)]
    for phone in phones[:2]:
        vote(house, phone, 1, "1")
    present(house, "next")
    vote(house, phones[0], 2, "very")
    present(house, "close")
    for answer in (
        vote(house, phones[2], 2, "very"),
        house.client.get(phones[2]),
        house.client.get(f"/room/{room.code}"),
        house.client.post(f"/room/{room.code}"),
    ):
        assert answer.status_code == 410
        assert "This room is closed" in answer.text
    assert vote(house, phones[2], 2, "very", turn=1).json()["title"] == "This room is closed"
    with transaction(house.engine) as session:
        assert session.exec(select(RoomVote)).all() == []
        assert session.exec(select(RoomPhone)).all() == []
        assert session.exec(select(Room.people)).one() == 2
    assert [one.counts for one in stored(house).questions] == [{"1": 2}, {"very": 1}]


def test_a_room_is_open_on_its_day_alone(house: House, room: Room) -> None:
    phone = go_in(house, room.code)
    vote(house, phone, 1, "1")
    house.clock.forward(days=1)
    assert "This room is closed" in vote(house, phone, 1, "2").text
    assert close_past(house.engine, house.clock().date()) == 1
    assert close_past(house.engine, house.clock().date()) == 0
    closed = stored(house)
    assert (closed.people, closed.closed_on, votes(house)) == (1, MIDDAY.date(), [])
    house.clock.forward(days=-3)
    later = make_on(house, "2026-11-21")
    early = house.client.get(f"/room/{later.code}")
    assert "opens on 21 November 2026" in early.text
    pressed = house.as_(FEMI).post(f"/staff/rooms/{later.id}/present", data={"wish": "next", "seen": "0open"})
    assert "This room is not open today" in pressed.text


def test_the_thread_beside_the_app_closes_rooms_of_past_days(house: House, room: Room) -> None:
    vote(house, go_in(house, room.code), 1, "1")
    closer = Closer(house.engine, lambda: house.clock().date(), every=0.01)
    closer.look()
    assert stored(house).closed_on is None
    house.clock.forward(days=1)
    closer.start()
    for _ in range(500):
        if stored(house).closed_on is not None:
            break
        time.sleep(0.02)
    closer.stop()
    assert (stored(house).people, votes(house)) == (1, [])


def test_a_question_comes_to_a_phone_in_one_round_trip(house: House, room: Room) -> None:
    phone = go_in(house, room.code)
    with house.client.stream("GET", phone, headers={"accept-encoding": "br"}) as answer:
        page = len(b"".join(answer.iter_raw()))
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    assert page + head < ROUND_TRIP
    scripts = re.findall(r'src="(/static/[^"]+)"', house.client.get(phone).text)
    assert [one.rpartition("/")[2] for one in scripts] == ["answering.js", "room.js"]
    for script in scripts:
        with house.client.stream("GET", script, headers={"accept-encoding": "br"}) as answer:
            page += len(b"".join(answer.iter_raw()))
    assert page < WITH_SCRIPTS


def make_on(house: House, day: str) -> Room:
    """Another room, on a day."""
    assert house.as_(FEMI).post(NEW, data=FORM | {"held_on": day}).status_code == 303
    with transaction(house.engine) as session:
        found = session.exec(select(Room).order_by(text("id DESC"))).first()
        assert found is not None
        session.expunge_all()
    return found


def test_what_is_pressed_twice_moves_the_room_once(house: House, room: Room) -> None:
    address = f"/staff/rooms/{room.id}/present"
    for _ in range(2):
        answer = house.as_(FEMI).post(address, data={"wish": "next", "seen": "1open"})
        assert answer.status_code == 303
    assert stored(house).at == 2


def test_whoever_has_the_link_presents_and_nobody_else(house: House, room: Room) -> None:
    page = house.as_(FEMI).post(f"/staff/rooms/{room.id}/link").text
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/present/[\w-]{43})", page)
    assert link not in house.as_(FEMI).get(f"/staff/rooms/{room.id}").text
    screen = house.client.get(link)
    assert "Would later opening hours help?" in screen.text
    assert screen.headers["x-robots-tag"] == "noindex, nofollow"
    assert house.client.post(link, data={"wish": "reveal", "seen": "1open"}).status_code == 303
    assert stored(house).questions[0].revealed
    for other in ("/present/x", f"{link}x"):
        assert (house.client.get(other).status_code, house.client.post(other).status_code) == (404, 404)
    house.as_(FEMI).post(f"/staff/rooms/{room.id}/link")
    assert "This link does not work any more" in house.client.get(link).text


def test_the_strip_of_the_screen_and_of_a_phone_tell_when_the_room_moved_on(house: House, room: Room) -> None:
    address = f"/staff/rooms/{room.id}/present"
    strip = house.as_(FEMI).get(f"{address}?seen=1open", headers={"hx-request": "true"})
    assert "<strong>0</strong> have voted" in strip.text
    assert "<html" not in strip.text
    assert "hx-refresh" not in strip.headers
    before = house.client.get(f"/room/{room.code}/now").json()
    assert before == {"mark": "1open", "words": "0 people have voted on this question."}
    present(house, "next")
    assert house.client.get(f"/room/{room.code}/now").json()["mark"] == "2open"
    strip = house.as_(FEMI).get(f"{address}?seen=1open", headers={"hx-request": "true"})
    assert strip.headers["hx-refresh"] == "true"


def test_nothing_of_a_phone_but_a_hash_and_no_time_is_stored(house: House, room: Room) -> None:
    phone = go_in(house, room.code)
    vote(house, phone, 1, "1")
    key = phone.rpartition("/")[2]
    with transaction(house.engine) as session:
        row = session.exec(select(RoomVote)).one().model_dump()
        assert session.exec(select(RoomPhone)).one().model_dump().keys() == {"room_id", "phone"}
    assert row == {"question_id": 1, "phone": phone_of(room.code, key), "choice": "1", "turn": 1}
    assert key not in str(row)
    assert list(house.client.cookies) == []
    for table in ("room", "room_question", "room_vote", "room_phone"):
        columns = SQLModel.metadata.tables[table].columns
        assert [one.name for one in columns if "TIME" in str(one.type).upper()] == []


def test_what_we_keep_tells_of_rooms(house: House) -> None:
    page = house.client.get("/what-we-keep").text
    for said in (
        "Your phone gets a number by chance when you go in.",
        "how often you changed it",
        "When the answers are on the big screen we only keep how many people gave each answer.",
        "We never keep the time of a vote.",
        "your phone keeps a vote that it could not send, for a day at most",
    ):
        assert said in page


def test_a_phone_speaks_the_language_that_was_chosen_all_the_way(house: House, room: Room) -> None:
    switch_on(house, "bn")
    door = house.client.get(f"/room/{room.code}?lang=bn").text
    assert '<html lang="bn"' in door
    assert f'action="/room/{room.code}?lang=bn"' in door
    phone = house.client.post(f"/room/{room.code}?lang=bn", data={"key": "A" * 22}).headers["location"]
    assert phone == f"/room/{room.code}/{'A' * 22}?lang=bn"
    page = house.client.get(phone).text
    assert f'action="/room/{room.code}/{"A" * 22}/1?lang=bn#here"' in page
    assert '<span lang="en" dir="auto">Would later opening hours help?</span>' in page
    answer = house.client.post(f"/room/{room.code}/{'A' * 22}/1?lang=bn", data={"choice": "1"})
    assert answer.headers["location"] == f"{phone}#here"


def test_a_program_that_votes_without_end_is_slowed(
    house: House, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey.app import make_app
    from survey.settings import Settings
    from survey.web.pace import Rate

    monkeypatch.setattr("survey.web.throttle.BEGINNING", Rate(holds=3, seconds=60))
    monkeypatch.setattr("survey.web.throttle.ANSWERING", Rate(holds=5, seconds=60))
    app = make_app(Settings(), house.engine, house.clock)
    with TestClient(app, follow_redirects=False, client=("198.51.100.7", 50000)) as program:
        went_in = [program.post(f"/room/{room.code}", data={"key": "A" * 22}).status_code for _ in range(4)]
        voted = [
            program.post(f"/room/{room.code}/{'A' * 22}/1", data={"choice": "1"}).status_code
            for _ in range(6)
        ]
    assert went_in == [303, 303, 303, 429]
    assert voted == [303] * 5 + [429]
    assert votes(house) == ["1"]
