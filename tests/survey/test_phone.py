"""What a phone sends by itself: answered in a few words, kept once, and never undone by what comes late."""

import re
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.testclient import TestClient

from questions import QuestionSet, editing, read, shipped
from questions.writing import as_text
from survey.answering import response as steps
from survey.app import make_app
from survey.responses.stored import Stored
from survey.settings import Settings
from tests.conftest import examples
from tests.survey.conftest import CODE, MIDDAY, PAGES, TINY, Clock, House, furnish, start_form

JSON = {"accept": "application/json"}
ROUND_TRIP, WITH_SCRIPTS = (
    14_600,
    30_000,
)  # bytes: the first flight of a connection, and all that is ever fetched
PACKED = {"accept-encoding": "br"}


def send(house: House, key: str, page: str, turn: int, tab: str = "a", **answers: Any) -> Any:
    """One write of a phone: what it was answered with."""
    there = f"/r/{key}/{PAGES.get(page, page)}?turn={turn}&tab={tab}"
    return house.client.post(there, data=answers, headers=JSON)


def test_a_write_is_answered_in_a_few_words(house: House) -> None:
    key = house.begin()
    kept = send(house, key, "worry", 1, worry="very")
    assert (kept.status_code, kept.json()) == (200, {"saved": True})
    assert house.responses()[0].answers == {"worry": "very"}
    wrong = send(house, key, "helps", 2, helps=["clubs", "lights", "police"])
    told = {"page": "3", "messages": {"helps": "You can choose up to 2. Untick 1."}}
    assert (wrong.status_code, wrong.json()) == (422, told)
    send(house, key, "worry", 3, worry="fairly")
    assert send(house, key, "why", 4, why="Dark").status_code == 409  # nobody is asked that now
    unknown = send(house, "A" * 22, "worry", 1, worry="very")
    assert (unknown.status_code, unknown.json()["title"]) == (404, "We cannot find those answers")


def test_the_same_write_twice_and_an_older_one_change_nothing(house: House) -> None:
    key = house.begin()
    send(house, key, "worry", 1, worry="very")
    send(house, key, "worry", 2, worry="fairly")
    for turn, answer, said in ((1, "very", {"turn": 2}), (2, "not_very", {})):
        assert send(house, key, "worry", turn, worry=answer).json() == {"saved": True, **said}
    assert house.responses()[0].answers == {"worry": "fairly"}
    house.answer(key, worry="not_at_all")  # a form comes when it is pressed
    send(house, key, "worry", 2, tab="z", worry="very")
    assert house.responses()[0].answers == {"worry": "not_at_all"}
    assert re.search(r'"turn":3,', house.client.get(f"/r/{key}/3").text)


def test_a_write_that_arrives_after_leaving_is_kept_and_hidden(house: House) -> None:
    key = house.begin()
    send(house, key, "worry", 1, worry="very")
    house.client.post(f"/r/{key}/leave-now", headers=JSON)
    assert send(house, key, "helps", 2, helps="clubs").json() == {"saved": True}
    (stored,) = house.responses()
    assert (stored.answers, stored.quarter) == ({"worry": "very", "helps": ["clubs"]}, 0)
    assert "You left this page" in house.client.get(f"/r/{key}/3").text
    house.client.post(f"/r/{key}/carry-on")
    assert " checked" not in house.client.get(f"/r/{key}/3").text


def test_a_write_that_arrives_after_an_hour_is_kept_and_hidden(house: House) -> None:
    key = house.begin()
    send(house, key, "worry", 1, worry="very")
    house.clock.forward(hours=1)
    assert send(house, key, "helps", 2, helps="clubs").json() == {"saved": True}
    (stored,) = house.responses()
    assert (stored.answers, stored.quarter) == ({"worry": "very", "helps": ["clubs"]}, 0)
    assert "You left this page" in house.client.get(f"/r/{key}/helps").text


def test_a_write_that_comes_again_for_a_page_that_is_asked_no_more_is_acknowledged(house: House) -> None:
    key = house.begin()
    send(house, key, "worry", 1, worry="very")
    send(house, key, "why", 2, why="Dark")
    send(house, key, "worry", 3, worry="fairly")
    assert send(house, key, "why", 2, why="Dark").json() == {"saved": True}
    assert house.responses()[0].answers == {"worry": "fairly", "why": "Dark"}


def test_a_set_in_random_order_has_pages_ahead_for_each_person(engine: Engine, database_url: str) -> None:
    furnish(engine, TINY.replace('kind = "many"', 'kind = "many"\nrandomise = true'))
    with TestClient(make_app(Settings(database_url=database_url), engine, Clock())) as browser:
        start = browser.get(f"/s/{CODE}").text
        form = start_form(start)
        key = form["key"]
        assert ahead(start).endswith(f"/en/own?order={sha256(key.encode()).hexdigest()[:16]}")
        page = browser.get(ahead(start))
        browser.post(f"/s/{CODE}", data=form)
        one_by_one = browser.get(f"/r/{key}/3").text
    assert page.headers["cache-control"] == "no-store"
    order = [re.findall(r'name="helps" value="(\w+)"', text) for text in (page.text, one_by_one)]
    assert order[0] == order[1]
    assert len(order[0]) == 4


def test_beginning_and_sending_may_be_said_twice(house: House) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text)
    key = form["key"]
    for _ in range(2):
        begun = house.client.post(f"/s/{CODE}", data=form, headers=JSON)
        assert begun.status_code == 200
    missing = house.client.post(f"/r/{key}/check-answers", headers=JSON)
    assert missing.json() == {"page": None, "messages": {"borough": "This one needs an answer."}}
    send(house, key, "borough", 1, borough="E09000022")
    for answer in ({"saved": True}, {"finished": True}):
        assert house.client.post(f"/r/{key}/check-answers", headers=JSON).json() == answer
    assert send(house, key, "worry", 2, worry="very").json() == {"finished": True}
    (response,) = house.responses()
    assert (response.answers, response.turns) == ({"borough": "E09000022"}, {})


@pytest.mark.parametrize(
    "turn", ["?turn=-1&tab=a", "?turn=1", "?turn=9999999999&tab=a", "?turn=1&tab=A!", "?turn=x"]
)
def test_a_turn_that_cannot_be_read_is_none(house: House, turn: str) -> None:
    key = house.begin()
    assert house.client.post(f"/r/{key}/1{turn}", data={"worry": "very"}, headers=JSON).status_code == 200
    assert house.responses()[0].turns == {"worry": [1, ""]}


PLAIN = read(TINY.replace("show_if = \"${worry} = 'very'\"\n", ""))
WAYS = {
    "worry": ["very", "fairly", "not_very"],
    "years": ["1", "2", "3"],
    "borough": ["E09000022", "E09000028"],
}
writes = st.sampled_from(sorted(WAYS)).flatmap(
    lambda page: st.tuples(st.just(page), st.sampled_from(WAYS[page]))
)


@examples(100, among=500)
def test_whatever_is_delivered_late_or_twice_the_last_answers_stand(count: int) -> None:
    @settings(max_examples=count)
    @given(st.lists(writes, min_size=1, max_size=8), st.data())
    def holds(given: list[tuple[str, str]], data: st.DataObject) -> None:
        numbered = list(enumerate(given, 1))
        again = data.draw(st.lists(st.sampled_from(numbered), max_size=8))
        stored = Stored("A" * 22, 1, 1, 1, MIDDAY.date(), quarter=0)
        for turn, (page, answer) in data.draw(st.permutations([*numbered, *again])):
            changed, _ = steps.save(stored, PLAIN, page, {page: [answer]}, 0, turn=(turn, "a"))
            stored = changed if isinstance(changed, Stored) else stored
        last = {page: answer for _, (page, answer) in numbered}
        assert {page: str(answer) for page, answer in stored.answers.items()} == last

    holds()


def test_the_pages_ahead_are_the_same_for_everybody_and_kept(house: House) -> None:
    address = ahead(house.client.get(f"/s/{CODE}").text)
    page = house.client.get(address)
    assert "immutable" in page.headers["cache-control"]
    assert re.findall(r'<template data-page="([^"]+)">', page.text) == [*"12345", "check-answers"]
    assert house.client.get(re.sub(r"/ahead/\d+", "/ahead/99", address)).status_code == 404
    assert house.client.get(address.replace("/en/", "/bn/")).status_code == 404
    assert house.client.get(address[:-3] + "abc").headers["cache-control"] == "no-store"
    key = house.begin()
    house.answer(key, worry="very")
    assert "very_" not in ahead(house.client.get(f"/r/{key}/3").text)
    house.clock.forward(hours=1)
    house.client.post(f"/r/{key}/carry-on")
    assert 'id="person"' not in house.client.get(f"/r/{key}/3").text  # what was answered stays hidden


def ahead(page: str) -> str:
    """The address of the pages ahead, as a page names it."""
    found = re.search(r'"ahead":"([^"]+)"', page)
    assert found
    return found[1]


def twenty() -> QuestionSet:
    """The Youth Survey, and its first questions again until there are twenty."""
    made = shipped("youth_survey")
    for question in made.questions[: 20 - len(made.questions)]:
        made, _ = editing.duplicate(made, question.key)
    return replace(made, key="twenty")


@pytest.mark.parametrize("code", ["en", "en-x-easy", "bn", "ar"])
def test_a_survey_of_twenty_questions_is_one_round_trip(engine: Engine, database_url: str, code: str) -> None:
    made = twenty()
    assert len(made.questions) == 20
    furnish(engine, as_text(made))
    with TestClient(
        make_app(Settings(database_url=database_url), engine, Clock()), headers=PACKED
    ) as browser:
        start = browser.get(f"/s/{CODE}?lang={code}")
        rest = [
            browser.get(ahead(start.text)),
            browser.get(re.findall(r'src="(/static/[^"]+)"', start.text)[0]),
        ]
    assert '<link rel="stylesheet' not in start.text
    assert len(re.findall(r"<script(?! type=\"application/json\"| type=\"module\")", start.text)) == 0
    assert weight(start) < ROUND_TRIP
    assert sum(map(weight, (start, *rest))) < WITH_SCRIPTS


def weight(answer: Any) -> int:
    """The bytes of an answer as it is sent, its headers too."""
    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    return headers + int(answer.headers["content-length"])


@pytest.mark.parametrize("jumps", [(-60, 26 * 60, -30), (24 * 60, -24 * 60, -60), (-600, -600, 1300)])
def test_a_clock_that_jumps_loses_no_answer_and_takes_no_older_one_for_newer(
    house: House, jumps: tuple[int, ...]
) -> None:
    """Which answer is the last is told by the phone's turns, never by the time of day."""
    key = house.begin()
    given = [("worry", "very"), ("years", "7"), ("worry", "not_very"), ("borough", "E09000022")]
    for turn, ((question, answer), minutes) in enumerate(zip(given, (0, *jumps), strict=True), 1):
        house.clock.forward(minutes=minutes)
        assert send(house, key, question, turn, **{question: answer}).json()["saved"] is True
    late = send(house, key, "worry", 1, worry="very")  # what was sent first comes once more
    assert late.json()["saved"] is True
    assert house.client.post(f"/r/{key}/check-answers").status_code == 303
    (response,) = house.responses()
    assert response.answers == {"worry": "not_very", "years": 7, "borough": "E09000022"}
    assert response.submitted_on is not None
