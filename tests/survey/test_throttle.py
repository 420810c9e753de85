"""Behind one address a whole school answers at once; a program that begins without end is asked to wait."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from survey.app import make_app
from survey.languages import read_languages
from survey.settings import Settings, from_environment
from survey.web import behind_proxies, throttle
from survey.web.pace import PUPILS, Pace, Rate
from tests.survey.conftest import CODE, Clock, House, furnish, opened, switch_on
from tests.survey.test_answering import ALL
from tests.survey.test_pace import reachable

SCHOOL, PHONE = "198.51.100.7", "203.0.113.9"
JSON = {"accept": "application/json"}


def at(house: House, address: str) -> House:
    """The same installation, as it is reached from an address."""
    browser = TestClient(house.app, follow_redirects=False, client=(address, 50000))
    return House(house.app, browser, house.engine, house.clock)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", [20, pytest.param(1, marks=pytest.mark.long)])
def test_a_school_year_behind_one_address_answers_whole_surveys_untouched(
    engine: Engine, database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """All of a year; and a part of one, with that part of the room."""
    for rate in ("BEGINNING", "ANSWERING"):
        whole: Rate = getattr(throttle, rate)
        monkeypatch.setattr(throttle, rate, Rate(whole.holds // part, whole.seconds))
    furnish(engine)
    with opened(engine, database_url, clock) as house:
        school = at(house, SCHOOL)
        for _ in range(PUPILS // part):
            key = school.begin()
            school.answer(key, **ALL)
            assert school.client.post(f"/r/{key}/check-answers").status_code == 303
        assert sum(one.submitted_on is not None for one in house.responses()) == PUPILS // part


@pytest.fixture
def small(
    engine: Engine, database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """An installation with room for very few at once."""
    monkeypatch.setattr("survey.web.throttle.BEGINNING", Rate(holds=3, seconds=60))
    monkeypatch.setattr("survey.web.throttle.ANSWERING", Rate(holds=5, seconds=60))
    monkeypatch.setattr("survey.web.throttle.SIGNING_IN", Rate(holds=4, seconds=60))
    furnish(engine)
    with opened(engine, database_url, clock) as house:
        yield house


def test_a_program_that_begins_without_end_is_slowed_and_nothing_of_it_is_stored(small: House) -> None:
    program = at(small, SCHOOL)
    for _ in range(3):
        program.begin()
    for _ in range(10):
        page = program.client.post(f"/s/{CODE}", data={"key": "A" * 22})
        assert (page.status_code, page.headers["retry-after"]) == (429, "20")
    assert len(small.responses()) == 3
    assert program.client.get(f"/s/{CODE}").status_code == 200  # to read is never slowed
    small.clock.forward(seconds=20)
    program.begin()
    assert len(small.responses()) == 4


def test_another_address_and_one_that_is_not_known_go_on(small: House) -> None:
    program = at(small, SCHOOL)
    while program.client.post(f"/s/{CODE}").status_code != 429:
        pass
    for address in (PHONE, "127.0.0.1", "10.1.2.3"):
        at(small, address).begin()
    small.begin()


def test_answers_are_slowed_apart_from_beginnings_and_leaving_never_is(small: House) -> None:
    phone = at(small, PHONE)
    key = phone.begin()
    for _ in range(5):
        phone.answer(key, worry="very")
    assert phone.client.post(f"/r/{key}/1", data={"worry": "fairly"}).status_code == 429
    assert small.responses()[0].answers == {"worry": "very"}
    assert phone.client.post(f"/r/{key}/leave-now").status_code == 303
    assert small.responses()[0].quarter == 0
    phone.begin()
    small.clock.forward(seconds=12)
    phone.answer(key, worry="fairly")


def test_whoever_tries_passwords_without_end_is_slowed(small: House) -> None:
    guesser = at(small, PHONE)
    guess = {"name": "Ada", "password": "a guess of fifteen", "figures": "000000"}
    tried = [guesser.client.post("/staff/sign-in", data=guess) for _ in range(5)]
    assert [one.status_code for one in tried] == [422] * 4 + [429]
    assert "Very many tries to sign in" in tried[-1].text
    assert guesser.client.post("/staff/sign-in/passkey").status_code == 429
    assert at(small, SCHOOL).client.post("/staff/sign-in", data=guess).status_code == 422


def test_it_is_said_kindly_in_every_language_and_shortly_to_a_script(small: House) -> None:
    switch_on(small, *read_languages())
    program = at(small, SCHOOL)
    while (page := program.client.post(f"/s/{CODE}?lang=bn")).status_code != 429:
        pass
    title, sentence = "One moment, please", "Very many answers are coming from where you are. "
    for code, language in read_languages().items():
        assert f'<section lang="{code}" dir="{language.direction}">' in page.text
        assert language.gettext(title) in page.text
    assert sentence in page.text
    assert f"<h1>{read_languages()['bn'].gettext(title)}</h1>" in page.text
    assert "0800 1111" in page.text
    told = program.client.post(f"/s/{CODE}", headers=JSON)
    assert (told.status_code, told.json()["title"], told.headers["retry-after"]) == (429, title, "20")
    assert told.headers["referrer-policy"] == "same-origin"


def test_the_first_request_after_midnight_ends_what_was_known_of_the_day(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    paces: list[Pace] = []

    def remembered(rate: Rate, clock: Callable[[], dt.datetime]) -> Pace:
        paces.append(Pace(rate, clock))
        return paces[-1]

    monkeypatch.setattr("survey.web.throttle.Pace", remembered)
    furnish(engine)
    with TestClient(make_app(Settings(), engine, clock), client=(SCHOOL, 50000)) as browser:
        browser.post(f"/s/{CODE}")
        browser.post(f"/r/{'A' * 22}/1")
        browser.post("/did/mail")
        browser.post("/staff/sign-in")
        assert [len(pace._buckets) for pace in paces] == [1, 1, 1, 1]
        clock.moment = dt.datetime(2026, 11, 21, 0, 0, 1, tzinfo=dt.UTC)
        browser.get("/healthz")
    assert [len(pace._buckets) for pace in paces] == [0, 0, 0, 0]


async def who_asks(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that says from where it was asked."""
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


@pytest.mark.parametrize(
    ("peer", "proxies", "heard"),
    [
        ("127.0.0.1", "127.0.0.1,::1", SCHOOL),
        ("172.17.0.1", "172.16.0.0/12", SCHOOL),
        ("172.17.0.1", "127.0.0.1,::1", "172.17.0.1"),
        (PHONE, "127.0.0.1,::1", PHONE),
    ],
)
def test_a_proxy_is_believed_where_it_is_trusted_and_nothing_it_said_is_remembered(
    peer: str, proxies: str, heard: str
) -> None:
    app = behind_proxies(who_asks, proxies)
    client: Any = TestClient(app, client=(peer, 50000))  # type: ignore[arg-type]
    assert client.get("/", headers={"x-forwarded-for": f"192.0.2.1, {SCHOOL}"}).text == heard
    remembered = set(reachable(app.trusted_hosts))
    assert not remembered & {SCHOOL, PHONE, "192.0.2.1"}
    assert peer not in remembered - set(proxies.split(","))


def test_the_proxies_stand_in_the_environment() -> None:
    assert from_environment({}).proxies == "127.0.0.1,::1"
    assert from_environment({"FORWARDED_ALLOW_IPS": "10.0.0.2"}).proxies == "10.0.0.2"
