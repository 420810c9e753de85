"""Whatever is sent, the right status and a page in the same plain voice: never a fault of ours."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from survey.app import ROUTES
from tests.conftest import examples
from tests.survey.conftest import CODE, PAGES, House

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("code", ["NOSUCH", "%00", "😀", "a" * 5000, "HKNY7Q%20", "' OR 1=1"])
def test_an_unknown_code_offers_to_try_again(house: House, code: str) -> None:
    page = house.client.get(f"/s/{code}")
    assert page.status_code == 404
    assert "We do not know that code" in page.text
    assert 'name="code"' in page.text


NUMBERED = [route for route in ROUTES if ":number}" in route.path]
LONG = "9" * 30


@pytest.mark.parametrize("route", NUMBERED, ids=lambda route: route.path)
def test_a_number_that_nothing_can_have_is_an_address_that_is_not_there(house: House, route: Route) -> None:
    address = re.sub(r"{[^}]*}", "x", re.sub(r"{\w+:number}", LONG, route.path))
    staff = house.as_("Amara, administrator")
    answer = staff.post(address) if "POST" in (route.methods or ()) else staff.get(address)
    assert answer.status_code == 404
    if route.path.startswith("/api/"):
        assert answer.json()["title"] == "Nothing is published there"
    else:
        assert "We cannot find that page" in answer.text


@pytest.mark.parametrize("key", ["A" * 22, "short", "A" * 23, "A" * 21 + "!", "%00" * 8, "é" * 22])
def test_a_tampered_key_finds_nothing(house: House, key: str) -> None:
    house.begin()
    for send in (house.client.get, house.client.post):
        for rest in ("/1", "/check-answers"):
            page = send(f"/r/{key}{rest}")
            assert page.status_code == 404
            assert "We cannot find those answers" in page.text


def test_a_start_with_a_key_of_the_wrong_shape_begins_nothing(house: House) -> None:
    page = house.client.post(f"/s/{CODE}", data={"key": "'; DROP TABLE response"})
    assert page.status_code == 400
    assert house.responses() == []


def test_ten_megabytes_are_refused(house: House) -> None:
    key = house.begin()
    page = house.client.post(f"/r/{key}/1", content=b"worry=" + b"x" * 10_000_000, headers=FORM)
    assert page.status_code == 413
    assert "make what you wrote shorter" in page.text


@pytest.mark.parametrize("body", [b"worry=%ff%fe", b"worry=\xff\xfe", "worry=\xe9".encode("latin-1")])
def test_a_wrong_encoding_is_refused(house: House, body: bytes) -> None:
    key = house.begin()
    page = house.client.post(f"/r/{key}/1", content=body, headers=FORM)
    assert page.status_code == 400
    assert "We could not read that" in page.text
    assert house.responses()[0].answers == {}


def test_another_kind_of_body_is_refused(house: House) -> None:
    key = house.begin()
    assert house.client.post(f"/r/{key}/1", json={"worry": "very"}).status_code == 415
    assert house.client.post(f"/r/{key}/1", files={"worry": b"very"}).status_code == 415


def test_an_unknown_choice_is_said_beside_its_question(house: House) -> None:
    key = house.begin()
    page = house.client.post(f"/r/{key}/1", data={"worry": "terrified"})
    assert page.status_code == 422
    assert "Choose one of the answers on this page." in page.text


def test_a_repeated_field_is_said_beside_its_question(house: House) -> None:
    key = house.begin()
    page = house.client.post(f"/r/{key}/1", data={"worry": ["very", "fairly"]})
    assert (page.status_code, "Choose one answer." in page.text) == (422, True)


def test_answers_to_other_questions_are_not_taken(house: House) -> None:
    key = house.begin()
    house.client.post(f"/r/{key}/1", data={"worry": "fairly", "borough": "E09000022", "admin": "1"})
    assert house.responses()[0].answers == {"worry": "fairly"}


def test_a_page_that_is_not_there_leads_to_one_that_is(house: House) -> None:
    key = house.begin()
    assert house.client.get(f"/r/{key}/nothing").headers["location"] == f"/r/{key}"
    assert house.client.post(f"/r/{key}/nothing", data={"a": "b"}).headers["location"] == f"/r/{key}"


def test_markup_in_an_answer_is_shown_as_text(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="<script>alert(1)</script>")
    page = house.client.get(f"/r/{key}/check-answers").text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_a_wrong_method_and_a_wrong_address_get_a_page(house: House) -> None:
    for page, status in ((house.client.delete("/"), 405), (house.client.get("/nowhere/at/all"), 404)):
        assert page.status_code == status
        assert "<h1>" in page.text


def test_a_fault_of_ours_gets_a_page_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_(*_: object) -> None:
        raise ZeroDivisionError

    key = house.begin()
    monkeypatch.setattr("survey.answering.response.validate", break_)
    house.client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    page = house.client.post(f"/r/{key}/1", data={"worry": "very"})
    assert page.status_code == 500
    assert "not yours" in page.text


VALUES = st.one_of(
    st.text(max_size=300), st.sampled_from(["very", "dont_know", "clubs", "none", "7", "-1", "1e9"])
)
FIELDS = st.sampled_from(["worry", "why", "helps", "years", "borough", "key", "\x00", "worry[]"])


@examples(40, among=150)
def test_no_form_is_a_fault(house: House, count: int) -> None:
    @settings(max_examples=count)
    @given(
        page=st.sampled_from([*map(str, PAGES.values()), "check-answers", "leave-now", "carry-on"]),
        fields=st.dictionaries(FIELDS, st.lists(VALUES, max_size=4), max_size=5),
    )
    def holds(page: str, fields: dict[str, list[str]]) -> None:
        sendable: Any = {
            name: [value.encode("utf8", "ignore").decode() for value in values]
            for name, values in fields.items()
        }
        key = house.begin()
        assert house.client.post(f"/r/{key}/{page}", data=sendable).status_code in (303, 422)

    holds()


@examples(40, among=150)
def test_no_body_is_a_fault(house: House, count: int) -> None:
    @settings(max_examples=count)
    @given(
        body=st.binary(max_size=400),
        kind=st.sampled_from([FORM["content-type"], "text/plain", "", "multipart/form-data"]),
    )
    def holds(body: bytes, kind: str) -> None:
        key = house.begin()
        for address in (f"/r/{key}/1", f"/r/{key}/2", f"/s/{CODE}"):
            page = house.client.post(address, content=body, headers={"content-type": kind})
            assert page.status_code in (303, 400, 415, 422)

    holds()


def test_what_no_keyboard_writes_is_left_out_of_forms_and_found_in_no_address(house: House) -> None:
    dee = house.as_("Ben, designer")
    sent = {"words": "It is \x00dark\x01\ufffe here.", "voice": "young"}
    assert dee.post("/staff/consultations/safer-streets/statements", data=sent).status_code == 303
    assert "It is dark here." in dee.get("/staff/consultations/safer-streets/statements").text
    for address in ("/c/%00", "/s/A%00", "/did/%00", "/room/%00"):
        assert house.client.get(address).status_code == 404, address
