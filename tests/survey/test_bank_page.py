"""The bank beside a set: found while typing, taken over with its key, and once only."""

import re

import pytest

from questions import bank, read, search, write
from questions.bank import insert
from questions.definition import only_in
from survey.designer.bank import place
from tests.survey.conftest import TINY, House
from tests.survey.test_files import BEN, kept

BANK = "/staff/sets/tiny/bank"
HTMX = {"hx-request": "true"}


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 id="entry-\w+">([^<]+)</h2>', page)


def test_everything_is_there_until_somebody_types(house: House) -> None:
    page = house.as_(BEN).get(BANK).text
    assert titles(page) == [entry.title for entry in bank()]
    for entry in bank()[:3]:
        assert entry.licence.partition("’")[0] in page.replace("&#39;", "'")
    assert "It will stand at the end." in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_are_found_with_and_without_scripts(house: House, headers: dict[str, str]) -> None:
    page = house.as_(BEN).get(BANK, params={"find": "knif worr", "after": "why"}, headers=headers).text
    assert titles(page) == [entry.title for entry in search("knif worr")]
    assert page.startswith("<!doctype") == (not headers)
    assert 'name="after" value="why"' in page


def test_nothing_found_says_what_to_try(house: House) -> None:
    page = house.as_(BEN).get(BANK, params={"find": "<xyzzy> " * 100, "after": "nothing"}).text
    assert titles(page) == []
    assert "Try fewer" in page


def test_one_is_taken_after_the_open_question_with_its_key(house: House) -> None:
    ben = house.as_(BEN)
    taken = ben.post(BANK, data={"entry": "police_trust", "after": "worry", "seen": "0"})
    assert taken.status_code == 303
    assert taken.headers["location"].startswith("/staff/sets/tiny?q=police_trust")
    found = read(ben.get("/staff/sets/tiny/files/questions.toml").text)
    assert [page.key for page in found.pages][:3] == ["worry", "police_trust", "why"]
    (entry,) = (entry for entry in bank() if entry.name == "police_trust")
    assert found.question("police_trust") == only_in(entry.questions[0], set())
    assert kept(house)[-1][2] == f"took “{entry.title}” from the bank"


def test_one_that_is_asked_already_is_refused(house: House) -> None:
    ben = house.as_(BEN)
    page = ben.get(BANK, params={"find": "Hackney"}).text
    assert "This set asks it, as question 5" in page
    assert 'name="entry"' not in page
    again = ben.post(BANK, data={"entry": "borough", "after": "why", "seen": "0"})
    assert (again.status_code, kept(house)) == (422, [])
    assert "This set already asks borough, on page 5." in again.text


def test_one_that_the_bank_does_not_have_is_not_found(house: House) -> None:
    assert house.as_(BEN).post(BANK, data={"entry": "../nothing", "seen": "0"}).status_code == 404


def test_a_set_in_another_language_is_told_what_to_do(house: House) -> None:
    german = TINY.replace('"tiny"', '"klein"').replace('"en"', '"de"')
    for line in ("dont_know", "prefer_not_to_say"):
        german = german.replace(f"{line} = true", f'{line} = "x"')
    house.as_(BEN).post("/staff/sets/upload", files={"file": ("a.toml", german.encode(), "")})
    page = house.as_(BEN).get("/staff/sets/klein/bank").text
    assert "The bank is in English, and this set is not." in page
    assert 'name="entry"' not in page


def test_those_who_only_read_add_nothing(house: House) -> None:
    assert 'name="entry"' not in house.as_("Priya, publisher").get(BANK).text


def test_a_random_block_is_never_torn() -> None:
    blocks = TINY.replace(
        '[[page]]\n[[page.question]]\nkey = "helps"',
        '[[page]]\nrandom_block = "b"\n[[page.question]]\nkey = "helps"',
    )
    blocks = blocks.replace(
        '[[page]]\n[[page.question]]\nkey = "years"',
        '[[page]]\nrandom_block = "b"\n[[page.question]]\nkey = "years"',
    )
    found = read(blocks)
    assert [place(found, key) for key in ("worry", "helps", "years", "borough", "")] == [1, 4, 4, 5, 5]
    longer = insert(found, search("police")[0], place(found, "helps"))
    assert read(write(longer)) == longer
