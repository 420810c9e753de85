"""Coming back to answers that were begun, and having answers deleted that were sent."""

import datetime as dt
import re

import pytest
from sqlmodel import select

from survey.answering import receipts
from survey.db import transaction
from survey.models import Consultation
from tests.survey.conftest import House

JSON = {"accept": "application/json"}


def sent(house: House) -> tuple[str, str, str]:
    """Answer and send: the key, the receipt, and the page that shows it."""
    key = house.begin()
    house.answer(key, worry="fairly", borough="E09000022")
    found = re.search(r'name="receipt" value="([A-Z2-9]+)"', house.client.get(f"/r/{key}/check-answers").text)
    assert found
    page = house.client.post(f"/r/{key}/check-answers", data={"receipt": found[1]})
    assert page.status_code == 200
    return key, found[1], page.text


def test_a_receipt_is_shown_once_and_stored_hashed(house: House) -> None:
    key, code, page = sent(house)
    assert receipts.spaced(code) in page
    assert house.responses()[0].receipt_hash == receipts.hashed(code)
    assert code not in house.responses()[0].model_dump_json()
    again = house.client.post(f"/r/{key}/check-answers", data={"receipt": code})
    assert receipts.spaced(code) in again.text  # the answer to the first may have been lost
    other = house.client.post(f"/r/{key}/check-answers", data={"receipt": receipts.new()})
    assert other.headers["location"] == f"/r/{key}/thank-you"
    assert code not in house.client.get(f"/r/{key}/thank-you").text.replace("-", "")


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}", "{2}"])
def test_its_holder_deletes_the_response_however_it_is_written(house: House, written: str) -> None:
    key, code, _ = sent(house)
    house.begin()
    told = written.format(code, receipts.spaced(code), code.lower())
    page = house.client.post("/receipt", data={"receipt": told})
    assert (page.status_code, "Your answers are deleted" in page.text) == (200, True)
    assert [one.submitted_on for one in house.responses()] == [None]
    assert house.client.get(f"/r/{key}").status_code == 410
    gone = house.client.post("/receipt", data={"receipt": told})
    assert (gone.status_code, "Each code works once" in gone.text) == (422, True)


@pytest.mark.parametrize("written", ["", "ABCD", "0" * 16, "<script>", "A" * 5000])
def test_another_code_deletes_nothing(house: House, written: str) -> None:
    sent(house)
    page = house.client.post("/receipt", data={"receipt": written})
    assert (page.status_code, "We do not know that code." in page.text) == (422, True)
    assert "<script>" not in page.text
    assert len(house.responses()) == 1


def test_no_receipt_leaves_nothing_that_an_empty_code_could_find(house: House) -> None:
    key = house.begin()
    house.answer(key, borough="E09000022")
    assert house.client.post(f"/r/{key}/check-answers").headers["location"] == f"/r/{key}/thank-you"
    house.client.post("/receipt", data={"receipt": ""})
    assert [one.receipt_hash for one in house.responses()] == [None]


def test_once_results_are_published_nothing_is_taken_out(house: House) -> None:
    _, code, _ = sent(house)
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().results_published_on = dt.date(2026, 11, 19)
    page = house.client.post("/receipt", data={"receipt": code})
    assert "The results of Safer streets were published on 19 November 2026." in page.text
    assert (page.status_code, len(house.responses())) == (422, 1)


def test_before_sending_one_is_told_of_the_code_and_how_long_it_works(house: House) -> None:
    key = house.begin()
    page = house.client.get(f"/r/{key}/check-answers").text
    assert "You get a code with which you can have them deleted, until the results are published." in page


def test_a_phone_sends_its_own_receipt(house: House) -> None:
    key, code = house.begin(), receipts.new()
    house.answer(key, borough="E09000022")
    for _ in range(2):  # the answer to the first may have been lost
        told = house.client.post(f"/r/{key}/check-answers", data={"receipt": code}, headers=JSON).json()
        assert told["saved"] is True
        assert receipts.spaced(code) in told["end"]
    other = house.client.post(f"/r/{key}/check-answers", data={"receipt": receipts.new()}, headers=JSON)
    assert other.json() == {"finished": True}


def test_the_link_to_come_back_by_leads_on_and_shows_no_answer(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly")
    page = house.client.get(f"/r/{key}/come-back").text
    assert f"/r/{key}</a>" in page
    assert "until 26 November 2026" in page
    house.clock.forward(hours=1)
    assert "You left this page" in house.client.get(f"/r/{key}").text
    house.client.post(f"/r/{key}/carry-on")
    assert house.client.get(f"/r/{key}").headers["location"] == f"/r/{key}/3#here"
    assert " checked" not in house.client.get(f"/r/{key}/1").text
