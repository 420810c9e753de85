"""Staff make a room and change it until it begins: every fault is said at once, and nothing typed is lost."""

from sqlmodel import select

from survey.db import transaction
from survey.models import Audience, AuditEntry, Room
from tests.survey.conftest import MIDDAY, House
from tests.survey.test_rooms import FEMI, FORM, NEW, make, present, stored


def test_staff_make_a_room_from_a_published_question_and_one_of_their_own(house: House) -> None:
    room = make(house)
    assert (room.name, room.venue, room.audience, room.held_on) == (
        "Workshop for 14 to 18",
        "Town Hall, room 2",
        Audience.YOUNG,
        MIDDAY.date(),
    )
    first, second = (one.asked for one in room.questions)
    assert first["prompt"] == {"": "Would later opening hours help?"}
    assert [one["label"][""] for one in first["choices"]] == ["Yes", "No"]
    assert second["source"] == "tiny, version 1: worry"
    assert [one["code"] for one in second["choices"]][-2:] == ["dont_know", "prefer_not_to_say"]
    page = house.as_(FEMI).get(f"/staff/rooms/{room.id}").text
    assert room.code in page
    assert "Would later opening hours help?" in page
    with transaction(house.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.did == "made")).one()
        assert entry.object == f"room {room.code}, Workshop for 14 to 18"


def test_every_fault_of_a_room_is_said_at_once_and_nothing_typed_is_lost(house: House) -> None:
    wrong = {
        "name": "",
        "held_on": "soon",
        "venue": "x" * 121,
        "audience": "",
        "q1-prompt": "Why?",
        "q1-choice": ["Only this"],
        "q2-from": "1:worry",
        "q2-prompt": "And another?",
    }
    page = house.as_(FEMI).post(NEW, data=FORM | wrong)
    assert page.status_code == 422
    for said in (
        "Give it a name",
        "“soon” is no day.",
        "The place has 121 characters.",
        "Say who will be there",
        "Question 1: Write at least two answers",
        "Question 2: Either take a question from the set or write one",
    ):
        assert said in page.text, said
    for typed in ('value="Why?"', 'value="Only this"', 'value="And another?"', 'value="soon"'):
        assert typed in page.text
    nothing = house.as_(FEMI).post(NEW, data={**FORM, "q1-prompt": "", "q1-choice": "", "q2-from": ""})
    assert "There is no question yet." in nothing.text
    far = house.as_(FEMI).post(NEW, data={**FORM, "held_on": "2027-01-01"})
    assert "1 January 2027 is outside the consultation" in far.text
    with transaction(house.engine) as session:
        assert session.exec(select(Room)).all() == []


def test_a_place_for_another_question_comes_without_scripts_and_keeps_what_is_typed(house: House) -> None:
    page = house.as_(FEMI).post(NEW, data=FORM | {"more": "1", "places": "2"})
    assert page.status_code == 200
    assert 'id="q3-prompt"' in page.text
    assert 'value="Would later opening hours help?"' in page.text


def test_a_room_is_changed_until_its_first_question_is_asked(house: House) -> None:
    room = make(house)
    address = f"/staff/rooms/{room.id}/change"
    form = house.as_(FEMI).get(address).text
    assert 'value="Would later opening hours help?"' in form
    assert '<option value="1:worry" selected>' in form
    house.as_(FEMI).post(address, data=FORM | {"name": "Another name", "q2-from": ""})
    changed = stored(house)
    assert (changed.name, len(changed.questions)) == ("Another name", 1)
    present(house, "next")
    assert house.as_(FEMI).post(address, data=FORM).status_code == 409
    assert "This room has begun" in house.as_(FEMI).get(address).text
