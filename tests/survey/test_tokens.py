"""A response begins from a start page of ours, of the last day; else there is a fresh one to press Start on."""

from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from survey.answering.tokens import Tokens
from survey.app import make_app
from survey.db import transaction
from survey.models import Collection, Setting
from survey.settings import Settings
from tests.survey.conftest import CODE, TINY, Clock, House, furnish, start_form
from tests.survey.pseudo import in_languages

JSON = {"accept": "application/json"}
KEY, OTHER = "A" * 22, "B" * 22
NOON = 1_000_000  # a quarter of an hour


def form_of(house: House, code: str = CODE) -> dict[str, str]:
    """What a new start page would send."""
    return start_form(house.client.get(f"/s/{code}").text)


@pytest.mark.parametrize(
    "changed",
    [
        {"token": ""},
        {"token": "x"},
        {"token": "1.AAAA"},
        {"token": "٣.é😀"},
        {"key": KEY},
        {"key": ""},
        {"token": "-1.", "key": "'; DROP TABLE response"},
    ],
)
def test_what_is_missing_or_false_begins_nothing_and_brings_a_fresh_start_page(
    house: House, changed: dict[str, str]
) -> None:
    page = house.client.post(f"/s/{CODE}", data=form_of(house) | changed)
    assert page.status_code == 400
    assert "Please press “Yes, start” again." in page.text
    assert house.responses() == []
    assert house.client.post(f"/s/{CODE}", data=start_form(page.text)).status_code == 303
    assert len(house.responses()) == 1


def test_without_any_token_nothing_begins_either(house: House) -> None:
    form = form_of(house)
    del form["token"]
    assert house.client.post(f"/s/{CODE}", data=form).status_code == 400
    assert house.responses() == []


def test_the_start_page_itself_asks_for_nothing_again(house: House) -> None:
    assert "Please press “Yes, start” again." not in house.client.get(f"/s/{CODE}").text


def test_a_token_is_of_one_code(house: House) -> None:
    with transaction(house.engine) as session:
        collection = session.get_one(Collection, 1)
        collection.settings.append(Setting(collection_id=1, code="OTHER2", name="Lake School"))
    assert house.client.post("/s/OTHER2", data=form_of(house)).status_code == 400
    assert house.client.post("/s/other2", data=form_of(house, "other2")).status_code == 303


def test_a_phone_that_was_without_signal_for_a_day_still_begins(house: House) -> None:
    form = form_of(house)
    house.clock.forward(hours=24)
    answer = house.client.post(f"/s/{CODE}", data=form, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"saved": True})
    later = house.client.post(f"/r/{form['key']}/1?turn=1&tab=a", data={"worry": "very"}, headers=JSON)
    assert later.json() == {"saved": True}


def test_after_that_it_is_told_so_and_nothing_is_stored(house: House) -> None:
    form = form_of(house)
    house.clock.forward(hours=24, minutes=15)
    told = house.client.post(f"/s/{CODE}", data=form, headers=JSON)
    sentence = "Please go back to the start page and press “Yes, start” again."
    assert (told.status_code, told.json()["sentence"]) == (400, sentence)
    assert house.client.post(f"/s/{CODE}", data=form).status_code == 400
    assert house.responses() == []


def test_the_fresh_page_speaks_the_language_that_was_chosen(
    engine: Engine, database_url: str, clock: Clock
) -> None:
    furnish(engine, in_languages(TINY, "bn"))
    with TestClient(make_app(Settings(database_url=database_url), engine, clock)) as browser:
        page: Any = browser.post(f"/s/{CODE}", data={"lang": "bn"})
    assert '<html lang="bn">' in page.text
    assert start_form(page.text)["lang"] == "bn"


def test_all_processes_of_an_installation_take_each_others_tokens(engine: Engine) -> None:
    one, other = Tokens(engine), Tokens(engine)
    assert other.good(one.sign(CODE, KEY, NOON), CODE, KEY, NOON)
    with engine.connect() as connection:
        (secret,) = connection.execute(text("SELECT value FROM secret")).scalars()
    assert len(bytes(secret)) == 32


def test_another_installation_takes_none_of_them(engine: Engine) -> None:
    ours = Tokens(engine)
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM secret"))
    assert not Tokens(engine).good(ours.sign(CODE, KEY, NOON), CODE, KEY, NOON)


@pytest.mark.parametrize(
    ("code", "key", "quarters", "good"),
    [
        (CODE, KEY, 0, True),
        (CODE, KEY, 96, True),
        (CODE, KEY, 97, False),
        (CODE, KEY, -1, True),  # the clock of the machine that made it is a little ahead
        (CODE, KEY, -2, False),
        (CODE, OTHER, 0, False),
        ("OTHER2", KEY, 0, False),
    ],
)
def test_a_token_holds_for_its_code_its_key_and_a_day(
    engine: Engine, code: str, key: str, quarters: int, good: bool
) -> None:
    tokens = Tokens(engine)
    assert tokens.good(tokens.sign(CODE, KEY, NOON), code, key, NOON + quarters) is good


def test_a_token_cannot_be_made_younger(engine: Engine) -> None:
    tokens = Tokens(engine)
    _, _, signed = tokens.sign(CODE, KEY, NOON).partition(".")
    assert not tokens.good(f"{NOON + 97}.{signed}", CODE, KEY, NOON + 97)
