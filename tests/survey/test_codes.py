"""Code frames, what is counted by them, and how far two readers agree."""

import re

import pytest
from sqlmodel import select

from survey.coded import agreement, counts
from survey.db import transaction
from survey.models import Code, CodeWording, Consultation, Reading, Staff, Written
from tests.survey.conftest import House
from tests.survey.reading import RANA, ROSA, clear, take, write

CODES = "/staff/consultations/safer-streets/codes"
LIGHTS = {
    "question": "why",
    "do": "add",
    "name": "Better lights",
    "sentence": "Street lights and dark paths.",
}


def add(house: House, **other: str) -> None:
    """Add a code."""
    answer = house.as_(ROSA).post(CODES, data=LIGHTS | other)
    assert answer.status_code == 303, answer.text


def many(house: House, firsts: list[list[int]], seconds: dict[int, list[int]] | None = None) -> None:
    """Texts that were read and cleared, with the codes that each has, and some that a second reader coded."""
    with transaction(house.engine) as session:
        readers = [Staff(name=name, roles=["reader"]) for name in ("First", "Second")]
        session.add_all(readers)
        session.flush()
        day, offered = house.clock().date(), [one.id or 0 for one in session.exec(select(Code))]
        for at, chosen in enumerate(firsts):
            text = Written(collection_id=1, question="why", language="en", cleared="…", cleared_on=day)
            session.add(text)
            session.flush()
            for number, codes in ((1, chosen), (2, (seconds or {}).get(at))):
                if codes is not None:
                    session.add(
                        Reading(
                            written_id=text.id,
                            number=number,
                            staff_id=readers[number - 1].id or 0,
                            read_on=day,
                            offered=offered,
                            chosen=codes,
                        )
                    )


def test_a_code_has_a_name_and_a_sentence_and_readers_choose_it(house: House) -> None:
    add(house)
    add(house, name="Places to go", sentence="Clubs and sports.")
    write(house, "It is dark")
    address, rosa = take(house), house.as_(ROSA)
    page = rosa.get(address).text
    assert "Street lights and dark paths." in page
    clear(rosa, address, code=["1", "2", "99", "x"])
    with transaction(house.engine) as session:
        (reading,) = session.exec(select(Reading)).all()
        assert (reading.chosen, reading.offered, reading.number) == ([1, 2], [1, 2], 1)


def test_better_words_keep_the_code_and_the_earlier_words_stay(house: House) -> None:
    add(house)
    house.clock.forward(days=1)
    house.signed_in.clear()
    reworded = {"question": "why", "code": "1", "do": "reword", "name": "Lights", "sentence": "All lights."}
    assert house.as_(ROSA).post(CODES, data=reworded).status_code == 303
    with transaction(house.engine) as session:
        assert [one.name for one in session.exec(select(CodeWording).order_by("number"))] == [
            "Better lights",
            "Lights",
        ]
        assert len(session.exec(select(Code)).all()) == 1
    page = house.as_(ROSA).get(CODES).text
    assert (
        "Until then: “Better lights”. Street lights and dark paths. (Rosa, reader, 20 November 2026)" in page
    )


def test_a_retired_code_is_offered_no_more_and_still_counted(house: House) -> None:
    add(house)
    many(house, [[1]] * 15 + [[]] * 15)
    house.as_(ROSA).post(CODES, data={"question": "why", "code": "1", "do": "retire"})
    write(house, "It is dark")
    assert "Better lights" not in house.as_(ROSA).get(take(house)).text
    page = house.as_(ROSA).get(CODES).text
    assert "“Better lights” was retired on 20 November 2026 and is still counted." in page
    with transaction(house.engine) as session:
        found = counts(session, session.exec(select(Consultation)).one(), "why")
    assert [(one.name, one.texts) for one in found.codes] == [("Better lights", 15)]
    again = house.as_(ROSA).post(CODES, data=LIGHTS)
    assert again.status_code == 303  # the name is free again


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (LIGHTS | {"name": ""}, "Give the code a name"),
        (LIGHTS | {"sentence": ""}, "Write a sentence that says what belongs to the code"),
        (LIGHTS | {"name": "x" * 61}, "The name has 61 characters. There is room for 60."),
        (LIGHTS | {"name": "BETTER lights"}, "There is a code called “BETTER lights” already."),
        (LIGHTS | {"do": "reword", "code": "9"}, "That code is not in use any more."),
        (LIGHTS | {"do": "explode"}, "Press one of the buttons on the page."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    house: House, form: dict[str, str], told: str
) -> None:
    add(house)
    page = house.as_(ROSA).post(CODES, data=form)
    assert page.status_code == 422
    assert told in page.text
    with transaction(house.engine) as session:
        assert len(session.exec(select(CodeWording)).all()) == 1


def test_a_question_that_asks_for_no_words_has_no_codes(house: House) -> None:
    assert house.as_(ROSA).post(CODES, data=LIGHTS | {"question": "worry"}).status_code == 404


@pytest.mark.parametrize(
    ("with_it", "without", "shown"),
    [
        (9, 0, None),
        (4, 26, None),
        (26, 4, None),
        (5, 25, 5),
        (25, 5, 25),
        (0, 30, 0),
        (0, 29, None),
        (30, 0, 30),
    ],
)
def test_small_counts_are_withheld_by_the_rule_of_the_consultation(
    house: House, with_it: int, without: int, shown: int | None
) -> None:
    add(house)
    many(house, [[1]] * with_it + [[]] * without)
    with transaction(house.engine) as session:
        found = counts(session, session.exec(select(Consultation)).one(), "why")
    assert found.codes[0].texts == shown
    assert found.base == (with_it + without if with_it + without >= 10 else None)
    page = house.as_(ROSA).get(CODES).text
    row = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    assert row
    assert ("Not shown: " in row[1]) == (shown is None and found.base is not None)
    assert ("No counts yet: " in page) == (found.base is None)


def test_a_text_that_waits_or_is_a_concern_is_not_counted(house: House) -> None:
    add(house)
    many(house, [[1]] * 6 + [[]] * 6)
    write(house, "Not read yet")
    with transaction(house.engine) as session:
        assert counts(session, session.exec(select(Consultation)).one(), "why").base == 12


def test_two_readers_agree_as_far_as_kappa_says(house: House) -> None:
    add(house)
    firsts = [[1]] * 25 + [[]] * 25
    seconds = {at: [1] for at in range(20)} | {at: [] for at in range(20, 25)}
    seconds |= {at: [1] for at in range(25, 35)} | {at: [] for at in range(35, 50)}
    many(house, firsts + [[1]] * 5, seconds)
    with transaction(house.engine) as session:
        found = agreement(session, session.exec(select(Consultation)).one(), "why")
    assert found.texts == 50
    ((name, worth),) = found.codes
    assert (name, worth.n) == ("Better lights", 50)
    assert worth.kappa == pytest.approx(0.4)
    assert ">0.40</td>" in house.as_(ROSA).get(CODES).text


def test_a_code_that_one_of_them_could_not_choose_is_not_compared(house: House) -> None:
    add(house)
    many(house, [[1], [], [1], []], {0: [1], 1: [], 2: [], 3: []})
    add(house, name="Newer", sentence="It came later.")
    with transaction(house.engine) as session:
        found = agreement(session, session.exec(select(Consultation)).one(), "why")
    assert [(name, worth.n) for name, worth in found.codes] == [("Better lights", 4), ("Newer", 0)]
    assert found.codes[1][1].why_not == "no text was read twice"


def test_the_second_reader_codes_blind_through_the_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.reading.queue.drawn", lambda _written, _share: True)
    add(house)
    write(house, "It is dark")
    clear(house.as_(ROSA), take(house), code="1")
    address = take(house, RANA, "second")
    page = house.as_(RANA).get(address).text
    assert "checked" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    clear(house.as_(RANA), address, code=[])
    with transaction(house.engine) as session:
        ((_name, worth),) = agreement(session, session.exec(select(Consultation)).one(), "why").codes
    assert (worth.n, worth.first, worth.second) == (1, 1, 0)
