"""Staff try a set before anybody is asked: by eye, by hand, and with a thousand random people."""

import re

from tests.survey.conftest import House
from tests.survey.designing import BEN, SET, reword


def test_the_preview_is_the_page_that_people_get_and_stores_nothing(house: House) -> None:
    reword(house, "Worried at all?")
    page = house.as_(BEN).get(f"{SET}/look/worry").text
    assert 'type="radio" name="worry" value="very"' in page
    assert "Worried at all?" in page
    assert f'action="{SET}/try/worry?' in page
    assert house.responses() == []


def test_a_walk_by_hand_follows_the_path_to_its_end(house: House) -> None:
    address, asked = f"{SET}/try/worry", []
    given = {"worry": "very", "why": "Dark streets", "helps": "clubs", "years": "3", "borough": "E09000022"}
    while "/the-end" not in address:
        key = re.search(r"/try/(\w+)", address)
        assert key
        asked.append(key[1])
        answer = house.as_(BEN).post(address, data={key[1]: given[key[1]]})
        assert answer.status_code == 303
        address = answer.headers["location"]
    assert asked == ["worry", "why", "helps", "years", "borough"]
    page = house.as_(BEN).get(address).text
    assert "This way through asked 5 questions." in page
    assert "Lambeth" in page
    assert house.responses() == []


def test_a_try_says_what_to_mend_and_survives_any_address(house: House) -> None:
    answer = house.as_(BEN).post(f"{SET}/try/years", data={"years": "99"})
    assert (answer.status_code, "Write a number from 0 to 25." in answer.text) == (422, True)
    for odd in ("answers=%%%", "answers=bm90IGpzb24", "answers=eyJ3b3JyeSI6ICJubyBzdWNoIGNvZGUifQ=="):
        assert house.as_(BEN).get(f"{SET}/try/worry?{odd}").status_code == 200


def test_a_thousand_random_people_are_the_same_for_a_number(house: House) -> None:
    first = house.as_(BEN).get(f"{SET}/try?seed=7").text
    assert "All 1,000 reached the end." in first
    assert first == house.as_(BEN).get(f"{SET}/try?seed=7").text
    assert first != house.as_(BEN).get(f"{SET}/try?seed=8").text
