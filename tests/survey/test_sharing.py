"""A class shares its devices: no address leads back to anybody's answers, and thirty start in the same minute."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from survey.db import transaction
from survey.models import Devices, Setting
from tests.survey.conftest import CODE, House, start_form

JSON = {"accept": "application/json"}


@pytest.fixture
def classroom(house: House) -> House:
    """The same house, where the school shares its devices."""
    with transaction(house.engine) as session:
        session.exec(select(Setting).where(Setting.code == CODE)).one().devices = Devices.SHARED
    return house


def start(house: House, client: TestClient | None = None) -> tuple[str, httpx.Response]:
    """Press Start: the key that the form carries, and the page that comes."""
    browser = client or house.client
    form = start_form(browser.get(f"/s/{CODE}").text)
    return form["key"], browser.post(f"/s/{CODE}", data=form)


def press(house: House, key: str, page: str, **fields: str | list[str]) -> httpx.Response:
    """Send one of the forms of a page."""
    return house.client.post(f"/r/-/{page}", data={"response-key": key, **fields})


def test_a_whole_survey_never_shows_its_key_in_an_address(classroom: House) -> None:
    key, page = start(classroom)
    walked = [page]
    for number, given in (
        (1, {"worry": "fairly"}),
        (3, {"helps": ["clubs"]}),
        (4, {"years": "3"}),
        (5, {"borough": "E09000022"}),
    ):
        assert f'action="/r/-/{number}#here"' in walked[-1].text
        walked.append(press(classroom, key, str(number), **given))
    walked.append(press(classroom, key, "check-answers"))
    assert "Thank you. Your answers are in." in walked[-1].text
    for one in walked:
        assert one.status_code == 200
        assert re.findall(rf'(?:href|action|formaction|src)="[^"]*{key}', one.text) == []
    (stored,) = classroom.responses()
    assert (stored.answers["worry"], stored.submitted_on is not None) == ("fairly", True)


def test_one_looks_back_and_changes_an_answer(classroom: House) -> None:
    key, _ = start(classroom)
    press(classroom, key, "1", worry="fairly")
    back = press(classroom, key, "1", **{"look-only": "1"})
    assert re.search(r'value="fairly"[^>]* checked', back.text)
    press(classroom, key, "1?check=1", worry="not_very")
    assert classroom.responses()[0].answers == {"worry": "not_very"}
    wrong = press(classroom, key, "3", helps=["clubs", "lights", "police"])
    assert (wrong.status_code, "Untick 1." in wrong.text) == (422, True)


def test_leaving_stopping_and_another_language_work_as_ever(classroom: House) -> None:
    key, _ = start(classroom)
    press(classroom, key, "1", worry="fairly")
    assert press(classroom, key, "leave-now").headers["location"] == f"/left?at={CODE}"
    assert "You left this page" in press(classroom, key, "1", **{"look-only": "1"}).text
    press(classroom, key, "carry-on")
    assert (
        "Stop, and delete your answers?"
        in press(classroom, key, "stop-and-delete", **{"look-only": "1"}).text
    )
    assert press(classroom, key, "stop-and-delete").headers["location"] == f"/left?at={CODE}&deleted=1"
    assert classroom.responses() == []


def test_a_phone_sends_by_itself_with_the_key_in_its_form(classroom: House) -> None:
    key, page = start(classroom)
    assert '"root":"/r/-","shared":true' in page.text
    told = classroom.client.post(
        "/r/-/1?turn=1&tab=a", data={"response-key": key, "worry": "very"}, headers=JSON
    )
    assert told.json() == {"saved": True}


@pytest.mark.parametrize("key", ["", "-", "A" * 22, "A" * 21 + "/"])
def test_a_form_without_a_key_that_is_known_finds_nothing(classroom: House, key: str) -> None:
    start(classroom)
    page = press(classroom, key, "1", worry="very")
    assert (page.status_code, "We cannot find those answers" in page.text) == (404, True)
    assert classroom.client.get("/r/-/1").status_code == 404
    assert classroom.responses()[0].answers == {}


def test_a_class_of_thirty_starts_in_the_same_minute(classroom: House) -> None:
    def pupil(number: int) -> str:
        key, _ = start(classroom, TestClient(classroom.app, follow_redirects=False))
        press(classroom, key, "1", worry="very" if number % 2 else "fairly")
        return key

    with ThreadPoolExecutor(10) as together:
        keys = [*together.map(pupil, range(30))]
    stored = {one.key: one.answers["worry"] for one in classroom.responses()}
    assert stored == {key: "very" if number % 2 else "fairly" for number, key in enumerate(keys)}


def test_the_end_leads_to_the_next_person_and_wipes_the_device(classroom: House) -> None:
    key, _ = start(classroom)
    press(classroom, key, "5", borough="E09000022")
    end = press(classroom, key, "check-answers")
    assert f'href="/s/{CODE}"' in end.text
    assert "Next person" in end.text
    assert "/left/forget" in end.text
    again = press(classroom, key, "1", **{"look-only": "1"})
    assert "Thank you. Your answers are in." in again.text  # whoever goes back sees no answer


def test_no_address_leads_back_to_a_response_of_a_shared_device(classroom: House) -> None:
    key, _page = start(classroom)
    press(classroom, key, "1", worry="very")
    for address in ("", "/1", "/check-answers", "/come-back", "/stop-and-delete"):
        found = classroom.client.get(f"/r/{key}{address}")
        assert found.status_code == 404
        assert "radio" not in found.text.split("<main>")[1]


def test_nobody_is_offered_to_come_back_to_a_shared_device(classroom: House) -> None:
    key, page = start(classroom)
    assert "come-back" not in page.text
    there = press(classroom, key, "come-back", **{"look-only": "1"})
    assert "Come back later" not in there.text
