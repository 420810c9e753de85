"""A young person answers: start, one question at a time, check, thank you; and leaves when they want to."""

import datetime as dt
import re

from sqlmodel import select
from starlette.testclient import TestClient

from survey.db import transaction
from survey.models import Consultation, Setting
from tests.survey.conftest import CODE, House, start_form

ALL: dict[str, str | list[str]] = {
    "worry": "very",
    "why": "It is dark",
    "helps": ["clubs", "lights"],
    "years": "7",
    "borough": "E09000022",
}


def test_a_whole_walk_stores_one_submitted_response(house: House) -> None:
    key = house.begin()
    house.answer(key, **ALL)

    sent = house.client.post(f"/r/{key}/check-answers")

    assert sent.headers["location"] == f"/r/{key}/thank-you"
    (response,) = house.responses()
    assert response.answers == {**ALL, "years": 7, "why": "wrote"}
    assert [one.words for one in house.written()] == ["It is dark"]
    assert (response.borough, response.submitted_on) == ("E09000022", house.clock().date())
    assert response.quarter is None


def test_the_start_page_says_the_truth_in_at_most_120_words(house: House) -> None:
    page = house.client.get(f"/s/{CODE}").text
    about = re.search(r'<div id="about">(.*?)</div>', page, re.S)
    assert about
    words = re.sub(r"<[^>]+>", " ", about[1]).split()
    assert len(words) <= 120
    assert "We do not know who you are, and so we cannot send help." in page
    assert "0800 1111" in page


def test_a_code_may_be_typed_in_small_letters_and_with_spaces(house: House) -> None:
    assert house.client.get("/s?code=hkn y7q").headers["location"] == "/s/hkny7q"
    assert house.client.get(f"/s/{CODE.lower()}").status_code == 200


def test_pressing_start_twice_begins_once(house: House) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text)
    for _ in range(2):
        assert house.client.post(f"/s/{CODE}", data=form).status_code == 303
    assert len(house.responses()) == 1


def test_each_answer_is_stored_before_the_next_page(house: House) -> None:
    key = house.begin()
    saved = house.client.post(f"/r/{key}/1", data={"worry": "fairly"})
    assert saved.headers["location"].startswith(f"/r/{key}/3")
    assert house.responses()[0].answers == {"worry": "fairly"}


def test_the_path_follows_the_answers_and_what_is_off_it_goes_at_the_end(house: House) -> None:
    key = house.begin()
    house.answer(key, **ALL)
    house.client.post(f"/r/{key}/1", data={"worry": "not_very"})
    assert house.responses()[0].answers["why"] == "It is dark"

    assert house.client.get(f"/r/{key}/2").status_code == 303
    house.client.post(f"/r/{key}/check-answers")

    assert "why" not in house.responses()[0].answers


def test_whoever_writes_is_asked_first_to_write_no_names(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very")
    page = house.client.get(f"/r/{key}/2").text
    assert "Please don’t write names" in page.split("<textarea")[0]
    assert "Please don’t write names" not in house.client.get(f"/r/{key}/1").text


def test_whoever_meets_a_problem_can_leave_too(house: House) -> None:
    key = house.begin()
    house.clock.forward(days=60)
    closed = house.client.get(f"/r/{key}/1")
    assert (closed.status_code, "data-leaves" in closed.text) == (410, True)
    assert "Leave now" in house.client.get("/nowhere").text
    assert "Leave now" not in house.client.get("/staff/nowhere").text


def test_skipped_do_not_know_and_rather_not_say_are_three_things(house: House) -> None:
    key = house.begin()
    for given, stored in (
        (None, None),
        ("dont_know", "dont_know"),
        ("prefer_not_to_say", "prefer_not_to_say"),
    ):
        house.client.post(f"/r/{key}/1", data={"worry": given} if given else {})
        assert house.responses()[0].answers == {"worry": stored}


def test_back_shows_what_was_answered(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly", helps=["clubs"])
    page = house.client.get(f"/r/{key}/1").text
    assert 'value="fairly" checked' in re.sub(r' id="\w+"', "", page)
    assert f'href="/r/{key}/3"' in house.client.get(f"/r/{key}/4").text


def test_a_mistake_is_said_above_and_beside_the_question_and_nothing_is_stored(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly")

    page = house.client.post(f"/r/{key}/3", data={"helps": ["clubs", "lights", "police"]})

    assert page.status_code == 422
    assert page.text.count("You can choose up to 2. Untick 1.") == 2
    assert 'id="here" tabindex="-1" role="alert"' in page.text
    assert page.text.count(" checked>") == 3
    assert house.responses()[0].answers == {"worry": "fairly"}


def test_the_count_of_questions_is_said_only_when_it_is_known(house: House) -> None:
    key = house.begin()
    assert "Question 1</p>" in house.client.get(f"/r/{key}/1").text
    house.answer(key, worry="not_very")
    assert "Question 2 of 4</p>" in house.client.get(f"/r/{key}/3").text


def test_changing_an_answer_leads_back_to_the_check_page(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="not_very", helps="clubs", years="3", borough="E09000028")
    changed = house.client.post(f"/r/{key}/4?check=1", data={"years": "4"})
    assert changed.headers["location"] == f"/r/{key}/check-answers#here"
    newly_asked = house.client.post(f"/r/{key}/1?check=1", data={"worry": "very"})
    assert newly_asked.headers["location"] == f"/r/{key}/2?check=1#here"


def test_sending_without_a_required_answer_names_it(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="", helps="clubs", years="3")
    page = house.client.post(f"/r/{key}/check-answers")
    assert page.status_code == 422
    assert f'<a href="/r/{key}/5?check=1">Where do you live?</a>' in page.text
    assert house.responses()[0].submitted_on is None


def test_sending_twice_is_the_same_as_once(house: House) -> None:
    key = house.begin()
    house.answer(key, **ALL)
    for _ in range(2):
        assert house.client.post(f"/r/{key}/check-answers").headers["location"] == f"/r/{key}/thank-you"
    assert len(house.responses()) == 1


def test_a_key_that_was_sent_in_shows_no_answers(house: House) -> None:
    key = house.begin()
    house.answer(key, **ALL)
    house.client.post(f"/r/{key}/check-answers")

    for address in ("", "/worry", "/check-answers"):
        assert house.client.get(f"/r/{key}{address}").headers["location"] == f"/r/{key}/thank-you"
    late = house.client.post(f"/r/{key}/1", data={"worry": "fairly"})

    assert late.status_code == 303
    assert house.responses()[0].answers["worry"] == "very"
    thanks = house.client.get(f"/r/{key}/thank-you").text
    assert "by <strong>22 February 2027</strong>" in thanks
    assert "It is dark" not in thanks


def test_after_leaving_nothing_is_shown_and_nothing_is_lost(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="It is dark")

    assert house.client.post(f"/r/{key}/leave-now").headers["location"] == "/left"

    for address in ("/worry", "/why", "/check-answers"):
        page = house.client.get(f"/r/{key}{address}")
        assert "You left this page" in page.text
        assert "It is dark" not in page.text
        assert " checked>" not in page.text
    assert house.responses()[0].answers == {"worry": "very", "why": "It is dark"}


def test_half_an_hour_away_counts_as_left(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="It is dark")
    house.clock.forward(minutes=29)
    assert "It is dark" in house.client.get(f"/r/{key}/2").text
    house.clock.forward(minutes=20)
    assert "It is dark" not in house.client.get(f"/r/{key}/2").text


def test_carrying_on_keeps_earlier_answers_and_keeps_them_hidden(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="It is dark")
    house.clock.forward(hours=2)

    assert house.client.post(f"/r/{key}/carry-on").headers["location"] == f"/r/{key}"
    assert house.client.get(f"/r/{key}").headers["location"] == f"/r/{key}/3#here"
    assert "It is dark" not in house.client.get(f"/r/{key}/2").text
    house.client.post(f"/r/{key}/2", data={})
    house.answer(key, helps="clubs", years="3", borough="E09000022")
    assert "It is dark" not in house.client.get(f"/r/{key}/check-answers").text
    house.client.post(f"/r/{key}/check-answers")

    assert [one.words for one in house.written()] == ["It is dark"]


def test_an_answer_that_arrives_after_a_long_time_is_kept_and_uncovers_nothing(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="It is dark")
    house.clock.forward(hours=2)
    assert house.client.post(f"/r/{key}/3", data={"helps": "clubs"}).status_code == 303
    assert house.responses()[0].answers["helps"] == ["clubs"]
    assert "It is dark" not in house.client.get(f"/r/{key}/2").text


def test_stopping_deletes_everything_at_any_time_before_sending(house: House) -> None:
    kept, key = house.begin(), house.begin()
    for one in (kept, key):
        house.answer(one, worry="very", why="Dark")
    asked = house.client.get(f"/r/{key}/2").text
    assert f'<a class="back" href="/r/{key}/stop-and-delete">Stop, and delete my answers</a>' in asked
    assert "nobody can bring it back" in house.client.get(f"/r/{key}/stop-and-delete").text
    assert len(house.responses()) == 2
    gone = house.client.post(f"/r/{key}/stop-and-delete")
    assert gone.headers["location"] == "/left?deleted=1"
    assert "Your answers are deleted" in house.client.get(gone.headers["location"]).text
    assert [one.key for one in house.responses()] == [kept]
    assert house.client.post(f"/r/{key}/1", data={"worry": "very"}).status_code == 410
    house.answer(kept, borough="E09000022")
    house.client.post(f"/r/{kept}/check-answers")
    assert house.client.post(f"/r/{kept}/stop-and-delete").headers["location"] == f"/r/{kept}"
    assert len(house.responses()) == 1


def test_no_cookie_is_set_and_nothing_is_cached(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very")
    for page in (house.client.get(f"/s/{CODE}"), house.client.get(f"/r/{key}/2"), house.client.get("/")):
        assert "set-cookie" not in page.headers
        assert page.headers["cache-control"] == "no-store"
    assert not house.client.cookies


def test_nothing_that_says_who_answered_is_stored(house: House) -> None:
    browser = TestClient(house.app, follow_redirects=False, headers={"user-agent": "PhoneOfZoe/1.0"})
    key = house.begin()
    browser.post(f"/r/{key}/1", data={"worry": "very"})
    (response,) = house.responses()
    stored = response.model_dump_json()
    assert "PhoneOfZoe" not in stored
    assert "testclient" not in stored
    assert set(response.model_dump()) == {
        "key", "collection_id", "instrument_id", "setting_id", "answers", "concealed", "quarter", "language",
        "turns", "route", "receipt_hash", "started_on", "submitted_on", "borough", "age_band", "gender",
        "quick", "counted",
    }  # fmt: skip


def test_a_closed_consultation_says_when_it_closed_and_when_the_reply_comes(house: House) -> None:
    key = house.begin()
    house.clock.forward(days=11)
    for page in (house.client.get(f"/s/{CODE}"), house.client.get(f"/r/{key}/1")):
        assert page.status_code == 410
        assert "closed on 30 November 2026" in page.text
        assert "by 22 February 2027" in page.text
    late = house.client.post(f"/r/{key}/1", data={"worry": "very"})
    assert late.status_code == 410
    assert house.responses()[0].answers == {}


def test_a_consultation_that_is_not_open_yet_says_when(house: House) -> None:
    house.clock.forward(days=-20)
    page = house.client.get(f"/s/{CODE}")
    assert (page.status_code, "opens on 10 November 2026" in page.text) == (403, True)


def test_the_day_ends_at_midnight_in_the_place_not_in_utc(house: House) -> None:
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().closes_on = dt.date(2026, 7, 1)
        session.exec(select(Consultation)).one().opens_on = dt.date(2026, 6, 1)
    house.clock.moment = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    assert house.client.get(f"/s/{CODE}").status_code == 410


def test_a_retired_code_says_so(house: House) -> None:
    with transaction(house.engine) as session:
        session.exec(select(Setting)).one().retired_on = house.clock().date()
    assert house.client.get(f"/s/{CODE}").status_code == 410


def test_made_up_answers_are_labelled_on_every_page(house: House) -> None:
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().synthetic = True
    key = house.begin()
    house.answer(key, worry="fairly")
    for address in (f"/s/{CODE}", f"/r/{key}/3", f"/r/{key}/check-answers"):
        assert "Made-up answers" in house.client.get(address).text
