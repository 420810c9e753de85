"""A host's own page: one count and what to do next, behind a secret that is stored as a hash and can be made anew."""

import datetime as dt
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlmodel import select

from survey import counts
from survey.db import transaction
from survey.models import AuditEntry, Collection, OldCode, Response, Setting
from tests.survey.conftest import CODE, House

FEMI = "Femi, fieldworker"
PLACE = f"/staff/settings/{CODE}"


def link(house: House) -> str:
    """Make the link of the school's host, and give its path."""
    page = house.as_(FEMI).post(f"{PLACE}/host")
    (found,) = re.findall(r'href="http://127.0.0.1:8000(/h/[^"]+)"', page.text)
    assert isinstance(found, str)
    return found


def finished(house: House, day: dt.date, people: int = 1, setting: int | None = 1) -> None:
    """Let people have sent in their answers on a day."""
    with transaction(house.engine) as session:
        session.add_all(
            Response(
                collection_id=1,
                instrument_id=1,
                setting_id=setting,
                answers={"worry": "very", "borough": "E09000028"},
                started_on=day,
                submitted_on=day,
                borough="E09000028",
            )
            for _ in range(people)
        )


def lead(house: House, address: str) -> str:
    """The sentence with the count."""
    (found,) = re.findall(r'<p class="lead">(.*?)</p>', house.client.get(address).text, re.S)
    return re.sub("<.*?>", "", found)


def test_a_host_sees_how_many_have_finished_today_and_in_all(house: House) -> None:
    address, today = link(house), house.clock().date()
    assert lead(house, address) == "0 people have finished here today."
    house.begin()  # who has only begun is not counted
    finished(house, today)
    assert lead(house, address) == "1 person has finished here today."
    finished(house, today - dt.timedelta(days=3), 11)
    finished(house, today, setting=None)  # and who is of another place is not either
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).expected = 30
    assert lead(house, address) == "1 person has finished here today, 12 in all, of about 30 expected."
    with transaction(house.engine) as session:  # one number, one query
        assert counts.submitted_by_setting(session, 1) == {1: 12, None: 1}
        assert counts.submitted_by_setting(session, 1, 1) == {1: 12}
        assert counts.submitted_on(session, 1, today) == 1
    assert '<dd>12 <span class="quiet">of 30 expected</span></dd>' in house.as_(FEMI).get(PLACE).text


def test_the_page_shows_nothing_of_any_answer_keeps_nothing_and_is_found_by_nobody(house: House) -> None:
    address = link(house)
    finished(house, house.clock().date(), 3)
    page = house.client.get(address)
    assert page.headers.get_list("set-cookie") == []
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    for told in ("Southwark", "Very worried", "E09000028", FEMI, "/staff", "<script", "<form"):
        assert told not in page.text, told
    assert '<meta name="referrer" content="no-referrer">' in page.text
    assert "Nothing of what anybody answered" in page.text
    assert "0800 1111" in page.text  # help is at hand for whoever is asked


def test_its_secret_is_long_stored_as_a_hash_and_shown_once(house: House) -> None:
    address = link(house)
    secret = address.removeprefix("/h/")
    assert len(secret) >= 43  # 256 bits
    page = house.as_(FEMI).get(PLACE).text
    assert secret not in page
    assert "A link was made on 20 November 2026." in page
    with house.engine.connect() as connection:
        for table in ("setting", "audit_entry", "collection"):
            assert secret not in str(connection.execute(text(f"SELECT * FROM {table}")).all())
    with transaction(house.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.did == "made the host’s link of")).one()
        assert (entry.who, entry.object) == (FEMI, f"setting {CODE}")


def test_a_new_link_takes_the_place_of_the_old_one(house: House) -> None:
    first, second = link(house), link(house)
    gone = house.client.get(first)
    assert (gone.status_code, "This link does not work any more" in gone.text) == (404, True)
    assert house.client.get(second).status_code == 200
    for nothing in ("/h/x", f"{second}x", "/h/%00", f"/h/{'A' * 5000}", f"/h/{CODE}"):
        assert house.client.get(nothing).status_code == 404


def test_what_to_do_next_follows_the_days_and_the_count(house: House) -> None:
    address, today = link(house), house.clock().date()

    def told() -> str:
        (found,) = re.findall("<h2>What to do next</h2>.*?</div>", house.client.get(address).text, re.S)
        assert isinstance(found, str)
        return found

    assert "Nobody has finished yet. Print the card" in told()
    assert "Answers are taken until the end of 30 November 2026." in told()
    finished(house, today, 5)
    assert "Give the code to those who have not answered yet." in told()
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).expected = 5
    assert "As many have finished as you expected, or more." in told()
    with transaction(house.engine) as session:
        session.get_one(Collection, 1).opens_on = today + dt.timedelta(days=1)
    assert "This opens on 21 November 2026." in told()
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).retired_on = today
    assert "The code of this place is no longer used." in told()
    with transaction(house.engine) as session:
        found = session.get_one(Collection, 1)
        found.opens_on, found.closes_on = None, today - dt.timedelta(days=1)
    assert "This closed on 19 November 2026. Thank you." in told()
    assert "Answers are taken" not in told()


def test_another_code_leaves_the_hosts_link_as_it_is(house: House) -> None:
    address = link(house)
    house.as_(FEMI).post(f"{PLACE}/code", data={"wish": "another", "code": CODE})
    page = house.client.get(address).text
    with transaction(house.engine) as session:
        assert session.get_one(Setting, 1).code in page
        assert session.get(OldCode, CODE) is not None
    assert CODE not in page


@pytest.mark.parametrize("what", ["card", "poster"])
def test_a_host_prints_the_card_and_the_poster(house: House, what: str) -> None:
    address = link(house)
    page = house.client.get(f"{address}/{what}")
    assert (page.status_code, CODE in page.text, f'href="{address}"' in page.text) == (200, True, True)
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "/staff" not in page.text
    assert house.client.get(f"{address}/answers").status_code == 404


def test_the_links_of_all_hosts_are_made_once_as_a_list(house: House) -> None:
    femi = house.as_(FEMI)
    femi.post("/staff/collections/1/settings", data={"name": "River Club", "borough": "E09000007"})
    file = femi.post("/staff/collections/1/hosts")
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == ["Hill School", "River Club"]
    for name, *_, address in rows:
        page = house.client.get(str(address).removeprefix("http://127.0.0.1:8000"))
        assert (page.status_code, f"<h1>{name}</h1>" in page.text) == (200, True)
    again = femi.post("/staff/collections/1/hosts")
    assert (again.status_code, "Every host has a link already" in again.text) == (409, True)
    assert "Every host has one." in femi.get("/staff/collections/1").text
