"""What stays of a room: counts with their base, nothing that tells who said what, and the Knife Crime Summit again."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from analysis.disclosure import Rule, together
from questions import Text
from survey.db import transaction
from survey.demo.summit import PHONES, PRINTED, SUMMIT_SLUG, fill_summit, question
from survey.languages import read_languages
from survey.models import Audience, Consultation, Room, RoomQuestion
from survey.places import load
from survey.room_results import Asked, RoomResult, result, room_results
from survey.web import templates_in
from tests.survey.conftest import MIDDAY, House
from tests.survey.test_rooms import FEMI, go_in, make, present, stored, vote


def results(engine: Engine, slug: str = "safer-streets") -> tuple[RoomResult, ...]:
    """What the rooms of a consultation said."""
    with transaction(engine) as session:
        found = session.exec(select(Consultation).where(Consultation.slug == slug)).one()
        return room_results(session, found)


def shown(rooms: tuple[RoomResult, ...], language: str = "en") -> str:
    """What the public page shows of them, as words."""
    template = templates_in(read_languages()[language]).get_template("rooms/results.html")
    return " ".join(re.sub("<[^>]+>", " ", template.render(rooms=rooms)).split())


YES_NO = Asked(Text("Does it help?"), (("yes", Text("Yes")), ("no", Text("No"))))


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ({"a": 3, "b": 0}, ()),  # three people in a room
        ({"a": 5, "b": 4}, ()),
        ({"a": 5, "b": 5}, (("a",), ("b",))),
        ({"a": 12, "b": 0}, ()),  # all of a few
        ({"a": 30, "b": 0}, (("a",), ("b",))),
        ({"a": 148, "b": 2}, ()),
        ({"a": 10, "b": 3, "c": 3}, (("a",), ("b", "c"))),
        ({"a": 10, "b": 6, "c": 1}, (("a",), ("b", "c"))),  # b goes with c, or c could be subtracted
        ({"a": 20, "b": 9, "c": 0, "d": 2}, (("a",), ("b", "c", "d"))),
    ],
)
def test_no_choice_is_shown_that_tells_of_a_few(
    counts: dict[str, int], groups: tuple[tuple[str, ...], ...]
) -> None:
    assert set(together(counts, Rule())) == set(groups)


def test_whatever_is_shown_of_any_small_room_holds_the_rule() -> None:
    rule = Rule()
    for base in range(1, 36):
        for a in range(base + 1):
            for b in range(base - a + 1):
                counts = {"a": a, "b": b, "c": base - a - b}
                groups = together(counts, rule)
                assert not groups or sorted(code for group in groups for code in group) == ["a", "b", "c"]
                for group in groups:
                    assert rule.why_not(base, sum(counts[code] for code in group)) == "", (counts, groups)
                assert len(groups) != 1


def test_three_people_see_how_many_voted_and_no_number_of_any_answer(house: House) -> None:
    room = make(house)
    present(house, "next")
    for choice in ("1", "1", "2"):
        vote(house, go_in(house, room.code), 1, choice)
    present(house, "reveal")
    screen = house.as_(FEMI).get(f"/staff/rooms/{room.id}/present").text
    assert "We show no numbers here" in screen
    assert (
        "%" not in re.sub("<style>.*?</style>", "", screen, flags=re.S).split("<main>")[1].split("</main>")[0]
    )
    present(house, "close")
    words = shown(results(house.engine))
    assert "In the room, 3 people." in words
    assert "3 people voted. We show no numbers here" in words


def test_only_what_was_revealed_in_a_closed_room_stays(house: House) -> None:
    room = make(house)
    present(house, "next")
    phones = [go_in(house, room.code) for _ in range(12)]
    for at, phone in enumerate(phones):
        vote(house, phone, 1, "1" if at < 7 else "2")
    present(house, "reveal")
    assert results(house.engine) == ()  # the room is still open
    present(house, "next")
    for phone in phones:
        vote(house, phone, 2, "very")
    present(house, "close")
    (found,) = results(house.engine)
    assert (found.people, found.venue, found.audience) == (12, "Town Hall, room 2", Audience.YOUNG)
    (asked,) = found.questions
    assert [(line.people, line.percent) for line in asked.lines] == [(7, 58), (5, 42)]
    page = house.as_(FEMI).get(f"/staff/rooms/{room.id}").text
    assert "It was not shown in the room, so it stays hidden." in page


def test_what_is_shown_is_never_weighted_and_has_its_base_in_every_language() -> None:
    said = result(YES_NO, {"yes": 83, "no": 67}, Rule())
    room = RoomResult("Hall", MIDDAY.date(), "Euston", Audience.ANYONE, 150, (said,))
    for language in read_languages():
        words = shown((room,), language)
        assert "55 %" in words
        assert len(re.findall(r"\b150\b", words)) == 3  # of the room, and of each answer
        assert "±" not in words
    english = shown((room,))
    assert "83 of 150 who voted" in english
    assert "interval" not in english.casefold()
    assert "weight" not in english.casefold()


def test_the_demonstration_has_the_summit_with_the_shares_that_were_printed(engine: Engine) -> None:
    with transaction(engine) as session:
        fill_summit(session, load("london"))
    (room,) = results(engine, SUMMIT_SLUG)
    assert (room.people, room.audience) == (PHONES, Audience.ANYONE)
    firsts = [asked.lines[0] for asked in room.questions]
    assert [line.percent for line in firsts] == [share for share, _ in PRINTED] == [55, 63]
    assert {asked.base for asked in room.questions} == {150}
    with transaction(engine) as session:
        consultation = session.exec(select(Consultation)).one()
        assert consultation.synthetic
        assert "Made-up votes" in (consultation.source or "")


def test_150_phones_at_the_summit_reveal_55_and_63_percent(house: House) -> None:
    """The acceptance story: votes are hidden until they are revealed, and then have their base and no interval."""
    room = summit(house)
    phones = [go_in(house, room.code) for _ in range(PHONES)]
    address = f"/staff/rooms/{room.id}/present"
    for number, (share, people) in enumerate(PRINTED, 1):
        present(house, "next")
        for at, phone in enumerate(phones):
            vote(house, phone, number, "1" if at < people else "2", turn=1)
        for phone in phones[:20]:
            vote(house, phone, number, "1", turn=1)  # sent again on a bad signal
        hidden = house.as_(FEMI).get(address).text
        assert "<strong>150</strong> have voted" in hidden
        assert f"{share} %" not in words_of(hidden)
        present(house, "reveal")
        screen = words_of(house.as_(FEMI).get(address).text)
        assert f"{share} % {people} of 150 who voted" in screen
        assert "interval" not in screen
        assert "±" not in screen
    present(house, "close")
    (found,) = results(house.engine)
    assert found.people == PHONES
    assert [asked.lines[0].percent for asked in found.questions] == [55, 63]


def words_of(page: str) -> str:
    """What the middle of a page says, apart from the choices as they are worded."""
    (main,) = re.findall("<main>(.*?)</main>", page, re.S)
    return " ".join(re.sub("<[^>]+>", " ", main.replace(" % chose", "")).split())


def summit(house: House) -> Room:
    """The room of the Summit, today."""
    with transaction(house.engine) as session:
        consultation = session.exec(select(Consultation)).one()
        made: dict[str, Any] = {"name": "The Summit", "held_on": MIDDAY.date(), "venue": "Euston"}
        room = Room(consultation_id=0, code="SMMT23", audience=Audience.ANYONE, **made)
        room.consultation = consultation
        for number, (share, _) in enumerate(PRINTED, 1):
            document = question(number, share).document()
            room.questions.append(RoomQuestion(room_id=0, number=number, asked=document))
        session.add(room)
    return stored(house)


def test_a_consultation_of_rooms_alone_says_so_and_not_that_nobody_came(house: House) -> None:
    with transaction(house.engine) as session:
        fill_summit(session, load("london"))
    told = house.client.get(f"/c/{SUMMIT_SLUG}").text
    assert "In the room" in told
    assert "Nobody yet" not in told
    page = house.as_("Ada, analyst").get(f"/staff/consultations/{SUMMIT_SLUG}").text
    assert "what came in are the votes of its rooms" in page
    assert "nobody can answer" not in page
