"""Story 5: an answer to an open question is an allegation of child abuse. It reaches the concern queue, and nothing
that anybody else can open: no page, no file, no answer of the API has one word of it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from starlette.testclient import TestClient

from survey.measuring.keeper import keep_some
from tests.survey import exporting
from tests.survey.conftest import CAST, House, start_form
from tests.survey.reading import DANA, RANA, ROSA, SAM, raise_concern, take, write
from tests.survey.test_access import OPEN_TO

ALLEGATION = (
    "A coach at the Saturday club hurts the kids zebrafinch and tells them to keep it secret. "
    "I know as my cousin told me."
)
WORDS = ("zebrafinch", "Saturday club", "tells them to keep it", "my cousin told me")
OF_ONE_PERSON = ("/staff/reading/{id}", "/staff/concerns/{id:number}")
WHEN = ("while it waits", "while it is read", "while it is a concern", "when it is over")
# Each asks for every page as everybody: in the two stages that somebody is at work with it in every run, in the others
# and on PostgreSQL among the long proofs.
ONCE_EACH = pytest.mark.parametrize(
    ("database_url", "when"),
    [
        *(pytest.param("sqlite", when, marks=[pytest.mark.long] * (when not in WHEN[1:3])) for when in WHEN),
        pytest.param("postgresql", WHEN[2], marks=pytest.mark.long),
    ],
    indirect=["database_url"],
)


def everything(house: House, key: str) -> dict[tuple[str, str], str]:
    """Every page, picture, file and answer of the API that each of the cast and a stranger can ask for."""
    found = {}
    for who in ("a stranger", *CAST):
        browser = house.client if who not in CAST else house.as_(who)
        for (method, path), (address, _allowed) in OPEN_TO.items():
            if method == "GET" and path not in OF_ONE_PERSON:
                found[who, address] = browser.get(address).text
    for page in ("", "/thank-you", "/check-answers", "/2"):
        found["whoever wrote it", page] = house.client.get(f"/r/{key}{page}").text
    return found


@ONCE_EACH
def test_it_reaches_the_lead_and_nobody_else(house: House, when: str) -> None:
    key = write(house, ALLEGATION)
    address = take(house) if when == "while it is read" else ""
    if when in WHEN[2:]:
        raise_concern(house, 2)
    if when == "when it is over":
        how = {"do": "close", "outcome": "referred", "sentence": "Told the partners."}
        assert house.as_(SAM).post("/staff/concerns/1", data=how).status_code == 303
    pages = everything(house, key)
    assert len(pages) > 500
    assert [at for at, shown in pages.items() if any(word in shown for word in WORDS)] == []
    if when == "while it is read":
        assert "my cousin told me" in house.as_(ROSA).get(address).text
        assert house.as_(RANA).get(address).status_code == 409
    for who in (SAM, DANA) if when in WHEN[2:] else ():
        assert "zebrafinch" in house.as_(who).get("/staff/concerns/1").text
    assert house.as_("Ada, analyst").get("/staff/concerns/1").status_code == 403


def tables_with(house: House, word: str) -> set[str]:
    """The tables of the database in which a word stands."""
    with house.engine.connect() as connection:
        return {
            table
            for table in inspect(house.engine).get_table_names()
            if any(word in str(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')))
        }


def test_its_words_stand_where_nothing_that_counts_or_writes_files_looks(house: House) -> None:
    write(house, ALLEGATION)
    assert tables_with(house, "zebrafinch") == {"written"}
    raise_concern(house, 2)
    assert tables_with(house, "zebrafinch") == {"written", "concern"}
    how = {"do": "close", "outcome": "referred", "sentence": "Told the partners."}
    house.as_(SAM).post("/staff/concerns/1", data=how)
    keep_some(house.engine, house.clock().date())
    assert tables_with(house, "zebrafinch") == {"concern"}


def test_no_file_of_rows_and_no_published_figure_has_a_word_of_it(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    exporting.fill(engine)
    office = exporting.office(engine, database_url, tmp_path)
    with TestClient(office.app, follow_redirects=False) as browser:
        form = start_form(browser.get("/s/AAAAA0").text)
        key = form["key"]
        browser.post("/s/AAAAA0", data=form)
        browser.post(f"/r/{key}/1", data={"worry": "very"})
        browser.post(f"/r/{key}/2", data={"why": ALLEGATION})
        assert browser.post(f"/r/{key}/check-answers").status_code == 303
        assert [one.words for one in office.house.written()] == [ALLEGATION]
        folder = office.made(format=["csv", "sav", "parquet"])
        files = [one for one in folder.rglob("*") if one.is_file()]
        assert len(files) >= 3
        assert [one.name for one in files if any(word.encode() in one.read_bytes() for word in WORDS)] == []
        priya = office.house.as_("Priya, publisher")
        looked = office.house.looked_at("Priya, publisher", f"/staff/consultations/{exporting.SLUG}/publish")
        results = priya.get(f"/staff/consultations/{exporting.SLUG}/results?by=borough")
        assert not any(word in looked.text + results.text for word in WORDS)
    assert tables_with(office.house, "zebrafinch") == {"written"}
