"""Results are published: what staff looked at, frozen, and the same on every page and in every file."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from analysis.charts.paper import Paper
from survey import demo
from survey.answering import receipts
from survey.app import make_app
from survey.db import transaction
from survey.demo.london import SLUG, fill_london
from survey.instruments import parsed
from survey.measuring.answers import Measure
from survey.measuring.figures import Asked
from survey.measuring.figures import figures as figures_of
from survey.measuring.recipes import Weighting
from survey.models import (
    AuditEntry,
    Collection,
    Consultation,
    LookedAt,
    Publication,
    PublicationCounts,
    Response,
)
from survey.places import load
from survey.publications import beside, publishing
from survey.publications.making import Preview, checksum, preview
from survey.settings import Settings
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, Clock, House, mostly_sqlite, opened
from tests.survey.recipes import saved, used

USTER = f"/results/{demo.USTER_SLUG}/1"
API = "/api/v1/publications"
LOOK = f"/staff/consultations/{demo.USTER_SLUG}/publish"
PARTS = ("boroughs/E09000022", "figures.csv", "figures.xlsx")
ANALYST, PUBLISHER = "Ada, analyst", "Priya, publisher"


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock, again: Again) -> Iterator[House]:
    """An installation with the real survey of Uster."""
    again.fill(engine, uster)
    with opened(engine, database_url, clock) as house:
        yield house


def uster(engine: Engine) -> None:
    with transaction(engine) as session:
        demo.bring_uster(session, MIDDAY)
        _only_some_questions(session)


def _only_some_questions(session: Session) -> None:
    """Keep the answers to a few of the questions, so that a story takes seconds: the others have no answer at all."""
    kept = {"safe_evening", "safe_internet", "gender", "age_band"}
    for response in session.exec(select(Response)):
        response.answers = {key: answer for key, answer in response.answers.items() if key in kept}


def look(house: House, who: str = PUBLISHER) -> str:
    page = house.looked_at(who, LOOK)
    assert page.status_code == 200
    text: str = page.text
    return text


def publish(house: House, page: str, **more: str) -> Any:
    (found,) = re.findall(r'name="checksum" value="(\w{64})"', page)
    return house.as_(PUBLISHER).post(LOOK, data={"checksum": found, **more})


def figures(page: str) -> list[str]:
    """The cells of all tables of a page."""
    return re.findall(r'<td class="figure">([^<]*)</td>', page)


def test_what_was_looked_at_is_published_and_says_the_same_to_everybody(house: House) -> None:
    before = look(house)
    assert "What is withheld, and why" in before
    assert "This one shows less" not in before
    answer = publish(house, before)
    assert answer.headers["location"] == USTER
    page = house.client.get(USTER).text
    assert figures(page) == figures(before)
    assert "<strong>79 in every 100</strong>" in page
    assert re.search(r"between 7\d and 8\d in every 100", page)
    assert "How safe" in page or "Wie sicher" in page
    assert house.client.get(f"/results/{demo.USTER_SLUG}").headers["location"] == USTER
    assert "79 in every 100" in house.client.get("/results").text
    with transaction(house.engine) as session:
        assert session.exec(select(Consultation)).one().results_published_on == MIDDAY.date()
        assert session.exec(select(AuditEntry.did).where(AuditEntry.did == "published")).all() == [
            "published"
        ]


@mostly_sqlite
def test_what_is_looked_at_has_the_pictures_that_everybody_will_see(house: House) -> None:
    before = look(house)
    names = re.findall(rf'src="{LOOK}/(\w+)\.svg"', before)
    assert names
    seen = [house.as_(PUBLISHER).get(f"{LOOK}/{name}.svg?width=phone") for name in names]
    assert house.client.get(f"{LOOK}/{names[0]}.svg").status_code == 401
    publish(house, before)
    for name, one in zip(names, seen, strict=True):
        assert one.headers["cache-control"] == "no-store"
        assert house.client.get(f"{USTER}/{name}.svg?width=phone").content == one.content
    assert house.as_(PUBLISHER).get(f"{LOOK}/moon.svg").status_code == 404


@mostly_sqlite
def test_nothing_leads_to_help_lines_that_nobody_checked_for_too_long(house: House) -> None:
    house.clock.forward(days=91)
    page = publish(house, look(house))
    assert "Nobody has checked Emergency and Childline and" in page.text
    with transaction(house.engine) as session:
        assert session.exec(select(Publication)).all() == []


@mostly_sqlite
def test_the_reasons_that_would_tell_of_a_group_are_for_staff_only(house: House) -> None:
    before = look(house)
    publish(house, before)
    page = house.client.get(USTER).text
    above, _button, below = before.partition("Publish what stands below")
    assert "fewer than 10 people answered." in above
    withheld = re.findall(
        r'<td class="figure">\[c\]</td><td></td><td></td><td class="why">\s*(.+?)\s*</td>', below
    )
    assert "fewer than 10 people answered" in withheld
    assert "withheld to protect people" not in withheld
    notes = {one.strip() for one in re.findall(r'<td class="why">([^<]+)</td>', page)}
    assert "withheld to protect people" in notes
    assert notes <= {
        "withheld to protect people",
        "not reliable enough to rest on",
        "from few schools or clubs",
    }
    told = house.client.get(f"/api/v1/publications/{demo.USTER_SLUG}/1").json()["content"]
    reasons = {row["reason"] for table in told["tables"] for row in table["rows"] if row["flag"] == "[c]"}
    assert len(reasons) == 1
    assert "could be worked out by subtraction" in reasons.pop()


def test_the_one_non_binary_respondent_is_a_cell_of_no_file(house: House) -> None:
    publish(house, look(house))
    rows = list(csv.DictReader(io.StringIO(house.client.get(f"{USTER}/figures.csv").text)))
    told = house.client.get(f"/api/v1/publications/{demo.USTER_SLUG}/1").json()["content"]
    many = {told["levels"]["gender"][code] for code in ("female", "male")}
    alone = [row for row in rows if row["gender"] and row["gender"] not in many]
    assert alone
    assert {(row["percent"], row["low"], row["people"], row["mark"]) for row in alone} == {
        ("", "", "", "[c]")
    }
    for measure in {(row["question"], row["codes"]) for row in rows}:
        of_gender = [row for row in rows if row["gender"] and (row["question"], row["codes"]) == measure]
        whole = next(
            row
            for row in rows
            if (row["question"], row["codes"]) == measure and not row["gender"] + row["age_band"]
        )
        hidden = [row for row in of_gender if row["mark"] == "[c]"]
        assert whole["mark"] == "[c]" or len(hidden) != 1


@mostly_sqlite
def test_every_file_says_what_is_frozen(house: House) -> None:
    publish(house, look(house))
    with transaction(house.engine) as session:
        frozen = session.exec(select(Publication)).one()
        content, mark = frozen.content, frozen.checksum
    assert checksum(content) == mark
    told = house.client.get(f"/api/v1/publications/{demo.USTER_SLUG}/1").json()
    assert (told["content"], told["checksum"]) == (json.loads(json.dumps(content)), mark)
    rows = list(csv.DictReader(io.StringIO(house.client.get(f"{USTER}/figures.csv").text)))
    assert len(rows) == sum(len(table["rows"]) for table in content["tables"])
    shown = [
        round(row["estimate"] * 100)
        for table in content["tables"]
        for row in table["rows"]
        if row["estimate"] is not None
    ]
    assert [int(row["percent"]) for row in rows if row["percent"]] == shown
    sheet = load_workbook(io.BytesIO(house.client.get(f"{USTER}/figures.xlsx").content))["Figures"]
    assert [["" if cell is None else str(cell) for cell in line] for line in list(sheet.values)[1:]] == [
        [row[name] for name in rows[0]] for row in rows
    ]
    described = house.client.get(f"{USTER}/figures.csv-metadata.json").json()
    assert [one["name"] for one in described["tableSchema"]["columns"]] == list(rows[0])
    assert described["@context"] == "http://www.w3.org/ns/csvw"


def test_machines_may_ask_from_anywhere_and_are_told_when_nothing_changed(house: House) -> None:
    publish(house, look(house))
    for address in (API, f"{API}/{demo.USTER_SLUG}/1", f"{USTER}/figures.csv"):
        first = house.client.get(address)
        assert first.headers["access-control-allow-origin"] == "*"
        assert "no-store" not in first.headers["cache-control"]
        for told in (first.headers["etag"], f'"of another", W/{first.headers["etag"]}'):
            again = house.client.get(address, headers={"if-none-match": told})
            assert (again.status_code, again.content) == (304, b"")
        assert house.client.get(address, headers={"if-none-match": '"of another"'}).content == first.content
    (one,) = house.client.get("/api/v1/publications").json()["publications"]
    assert one["address"].endswith(USTER)


def test_a_page_of_another_site_may_read_the_list_and_is_told_when_something_was_added(house: House) -> None:
    before = house.client.get(API).headers["etag"]
    publish(house, look(house))
    assert house.client.get(API, headers={"if-none-match": before}).status_code == 200
    elsewhere = {"origin": "https://other.example", "sec-fetch-site": "cross-site"}
    asked = elsewhere | {
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match",
    }
    answer = house.client.options(f"{API}/{demo.USTER_SLUG}/1", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-headers"]) == (204, "*")
    assert house.client.post(API, headers=elsewhere).status_code == 403
    assert house.client.options("/staff", headers=elsewhere).status_code == 405


@mostly_sqlite
def test_pictures_are_drawn_from_what_is_frozen(house: House) -> None:
    publish(house, look(house))
    for name in ("age_band", "gender"):
        assert house.client.get(f"{USTER}/{name}.svg?theme=dark&width=phone").text.startswith("<svg")
        assert house.client.get(f"{USTER}/{name}.png").content.startswith(b"\x89PNG")
    for nothing in ("map.svg", "heat.png", "school.svg", "figures.doc", "boroughs/E09000022"):
        assert house.client.get(f"{USTER}/{nothing}").status_code == 404


def test_what_takes_seconds_says_so_at_once_and_is_made_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def slowly(*asked: Any) -> Preview:
        made.append(len(made))
        time.sleep(0.5)
        return preview(*asked)

    monkeypatch.setattr(publishing, "preview", slowly)
    staff = house.as_(PUBLISHER)
    waits = staff.get(LOOK).text
    assert "The figures are being worked out" in waits
    assert f'content="0; url={LOOK}?make=1"' in waits
    assert "<script" not in waits.split("<body")[0].replace("</script", "")
    assert (made, figures(waits)) == ([], [])
    with ThreadPoolExecutor(2) as both:  # somebody is impatient, or two people look
        one, other = both.map(lambda _: house.as_(PUBLISHER).get(f"{LOOK}?make=1").text, range(2))
    assert made == [0]
    assert figures(one) == figures(other)
    assert len(figures(one)) > 10
    assert figures(staff.get(LOOK).text) == figures(one)
    assert made == [0]


@mostly_sqlite
def test_a_slide_is_wide_and_says_what_was_asked_of_whom_and_what_may_be_claimed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(house, look(house))
    said: list[str] = []

    def written(paper: Paper, x: float, y: float, words: str, *style: Any, **more: Any) -> None:
        said.append(words)
        write(paper, x, y, words, *style, **more)

    write = Paper.write
    monkeypatch.setattr(Paper, "write", written)
    drawn = house.client.get(f"{USTER}/age_band.png").content
    assert (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])) == (2560, 1440)
    words = " ".join(said)
    assert "How safe do you feel" in words
    assert "All or nearly all of the 213 people who took part gave an opinion." in words
    assert "It does not allow for people who were drawn and did not answer." in words
    assert f"{USTER}" in words


def test_only_what_was_looked_at_is_published(house: House) -> None:
    before = look(house)
    with transaction(house.engine) as session:
        session.delete(session.exec(select(Response)).first())
        one = session.exec(select(Response)).first()
        assert one is not None
        one.counted = False
    refused = publish(house, before)
    assert refused.status_code == 422
    assert "Open this page again" in refused.text
    assert house.as_(PUBLISHER).post(LOOK, data={}).status_code == 422
    with transaction(house.engine) as session:
        assert session.exec(select(Publication)).all() == []


@mostly_sqlite
def test_a_correction_says_what_is_new_and_the_earlier_one_stays(house: House) -> None:
    publish(house, look(house))
    earlier = house.client.get(USTER).text
    assert "Nothing has changed since the last publication" in look(house)
    with transaction(house.engine) as session:
        for response in session.exec(select(Response).limit(20)):
            session.add(Response(**response.model_dump(exclude={"key", "counted", "receipt_hash"})))
    page = look(house)
    assert publish(house, page).status_code == 422
    assert "people who used it have to know" in publish(house, page).text
    answer = publish(house, page, correction="20 answers that came by post were added.")
    assert answer.headers["location"] == f"/results/{demo.USTER_SLUG}/2"
    now = house.client.get(USTER).text
    assert figures(now) == figures(earlier)
    assert "There are newer figures." in now
    assert "20 answers that came by post were added." in now
    assert "20 answers that came by post were added." in house.client.get(answer.headers["location"]).text
    told = house.client.get(f"/api/v1/publications/{demo.USTER_SLUG}/1").json()
    assert told["superseded_by"] == 2


def test_nobody_can_change_what_was_published(house: House) -> None:
    publish(house, look(house))
    for change in ("UPDATE publication SET checksum = 'x'", "DELETE FROM publication"):
        with pytest.raises(DBAPIError, match="never change"), transaction(house.engine) as session:
            session.execute(text(change))


def test_after_publication_no_answers_can_be_taken_out(house: House) -> None:
    code = receipts.new()
    with transaction(house.engine) as session:
        one = session.exec(select(Response)).first()
        assert one is not None
        one.receipt_hash = receipts.hashed(code)
    publish(house, look(house))
    refused = house.client.post("/receipt", data={"receipt": code})
    assert refused.status_code == 422
    assert "Since then no answers can be taken out" in refused.text


def test_analysts_look_and_publishers_publish(house: House) -> None:
    page = look(house, ANALYST)
    assert "Publish what stands below" not in page
    assert house.as_(ANALYST).post(LOOK, data={"checksum": "x"}).status_code == 403
    assert house.as_("Femi, fieldworker").get(LOOK).status_code == 403


def test_where_nothing_is_published_the_pages_say_so(house: House) -> None:
    assert "Nothing is published yet" in house.client.get("/results").text
    for address in (USTER, "/results/nowhere", f"/results/{demo.USTER_SLUG}/9", f"{USTER}/figures.csv"):
        assert house.client.get(address).status_code == 404
    assert house.client.get("/api/v1/publications").json() == {"publications": []}


@mostly_sqlite
def test_a_wave_of_a_city_has_its_map_its_boroughs_and_its_method(engine: Engine, database_url: str) -> None:
    with transaction(engine) as session:
        wave = fill_london(session, load("london"), MIDDAY.date(), people=1500)
        (collection,) = wave.collections
        kept = {wave.headline, "borough", "age_band", "gender"}
        for response in session.exec(select(Response).where(col(Response.collection_id) == collection.id)):
            response.answers = {key: answer for key, answer in response.answers.items() if key in kept}
    house = House(make_app(Settings(database_url=database_url), engine, Clock()), None, engine, Clock())  # type: ignore[arg-type]
    house.client = TestClient(house.app, follow_redirects=False)
    address = f"/staff/consultations/{SLUG}/publish"
    before = what_would_be_published(house, address)
    sent = house.as_(PUBLISHER).post(address, data={"checksum": before[0]})
    assert sent.headers["location"] == f"/results/{SLUG}/1"
    page = house.client.get(f"/results/{SLUG}/1").text
    assert "young people in London" in page
    assert all(told in page for told in ("On the map", "Weighted by borough, age band and gender"))
    assert re.search(r"older than 25\. They are (fewer than 10|about [\d,]*[05])\.</li>", page)
    assert "Made-up answers" in page
    lambeth = house.client.get(f"/results/{SLUG}/1/boroughs/E09000022").text
    what_was_looked_at_is_what_is_published(house, before[1:])
    assert "<h1>Lambeth</h1>" in lambeth
    assert all("A figure is marked [u] if fewer than 30 people answered" in one for one in (page, lambeth))
    assert f"/results/{SLUG}/1</span>" in lambeth  # on paper it says where it is from
    assert house.client.get(f"/results/{SLUG}/1/map.svg").text.startswith("<svg")
    touched = re.findall(r'<a href="#(at-\w+)" tabindex="-1"><rect', page)
    assert len(touched) == 2 * 33
    assert all(f'<p id="{one}"><strong>' in page for one in touched)
    uncertain_figures_are_said_to_be_so(house)
    read_in_arabic(house)
    what_analysts_are_not_shown_is_not_published(engine)
    that_a_map_would_vanish_is_told(engine)
    other_weights_are_a_second_equation(house, engine, address)


def what_would_be_published(house: House, address: str) -> list[Any]:
    """The checksum of what staff look at before publishing, a borough's sheet of it, and its files."""
    looked_at = house.looked_at(PUBLISHER, address).text
    assert f'href="{address}/boroughs/E09' in looked_at
    (found,) = re.findall(r'name="checksum" value="(\w{64})"', looked_at)
    return [found, *(house.as_(PUBLISHER).get(f"{address}/{part}") for part in PARTS)]


def what_was_looked_at_is_what_is_published(house: House, before: list[Any]) -> None:
    """A borough's sheet and the files, from before publishing, say what those that are published say."""
    sheet, *files = (house.client.get(f"/results/{SLUG}/1/{part}") for part in PARTS)
    assert [one.status_code for one in before] == [200, 200, 200]
    assert [one.content for one in files] == [one.content for one in before[1:]]
    tables, looked_at = (re.findall("<table>.*?</table>", one.text, re.S) for one in (sheet, before[0]))
    assert tables == looked_at != []
    assert "This is not published yet. Only staff can see it." in before[0].text
    assert "This is not published yet." not in sheet.text


def what_analysts_are_not_shown_is_not_published(engine: Engine) -> None:
    """The page and the publication laid over each other tell no more than the page."""
    with transaction(engine) as session:
        (looked_at,) = session.exec(select(LookedAt))
        collection = session.get_one(Collection, looked_at.collection_id)
        asked = parsed(collection.instrument)
        for table in looked_at.content["tables"]:
            (question,) = (one for one in asked.questions if one.key == table["question"])
            rows = [row for row in table["rows"] if row["estimate"] is not None]
            for level in {str(row["level"]): row["level"] for row in rows}.values():
                measure = Measure(question, tuple(level) if isinstance(level, list) else (level,))
                wanted = Asked(collection.consultation, collection, asked, load("london"), measure)
                page = figures_of(session, wanted).door.table(tuple(table["by"])).rows()
                unshown = [[row[name] for name in table["by"]] for row in page if row["estimate"] is None]
                assert not [
                    row
                    for row in rows
                    if row["level"] == level and [row[name] for name in table["by"]] in unshown
                ]


def that_a_map_would_vanish_is_told(engine: Engine) -> None:
    with transaction(engine) as session:
        (publication,), (looked_at,) = session.exec(select(Publication)), session.exec(select(LookedAt))
        content = beside.with_reasons(looked_at)
        assert beside.lost([], content) is None
        assert beside.lost([publication], content) is None
        without = [one for one in content["pictures"] if one["name"] != "map"]
        assert beside.lost([publication], {**content, "pictures": without}) == beside.Lost(1, None, "", True)


def other_weights_are_a_second_equation(house: House, engine: Engine, address: str) -> None:
    """The same people by another recipe: what may be shown is decided anew, beside what is published."""
    with transaction(engine) as session:
        named = col(Collection.name).startswith("Schools")
        collection = session.exec(select(Collection).where(named)).one()
        by_age = Weighting(load("london"), margins=(("age_band",),))
        used(session, collection, saved(session, collection.id, by_age.source()))
    assert house.looked_at(PUBLISHER, address).status_code == 200
    with transaction(engine) as session:
        (published,), (looked_at,) = session.exec(select(PublicationCounts)), session.exec(select(LookedAt))
        pairs = [*zip(published.counted, looked_at.counted, strict=True)]
        assert all(one["people"] == other["people"] for one, other in pairs)
        assert any(one["heavy"] != other["heavy"] for one, other in pairs)
        assert sum(map(_shown, looked_at.counted)) < sum(map(_shown, published.counted))


def _shown(table: dict[str, Any]) -> int:
    return sum(table["shown"])


def uncertain_figures_are_said_to_be_so(house: House) -> None:
    """A borough's own sheet never states a figure flatly that is not to be rested on."""
    content = house.client.get(f"/api/v1/publications/{SLUG}/1").json()["content"]
    rows = [
        row for one in content["tables"] if one["codes"] and one["by"] == ["borough"] for row in one["rows"]
    ]
    assert {row["flag"] for row in rows} >= {"[u]", "[c]"}
    everybody = house.client.get(f"/results/{SLUG}/1").text
    assert re.search(
        r'<p class="lead">\s*<strong>\d+ in every 100</strong> young people in London', everybody
    )
    for row in rows:
        page = house.client.get(f"/results/{SLUG}/1/boroughs/{row['borough']}").text
        (lead,) = re.findall(r'<p class="lead">(.+?)</p>', page, re.DOTALL)
        unsure = (
            "Perhaps <strong>" in lead and ". This is uncertain, and not reliable enough to rest on" in lead
        )
        assert unsure == (row["flag"] == "[u]")
        if unsure:
            assert f"{row['ci_low'] * 100:.0f} and {row['ci_high'] * 100:.0f} in every 100" in lead


def names_of_boroughs() -> set[str]:
    """What boroughs are called, in whole, in short and in lines: the same in every language."""
    place = load("london")
    whole = [borough.name for borough in place.boroughs]
    words = [word for name in whole for word in name.split()]
    parts = {" ".join(name.split()[a:b]) for name in whole for a in range(4) for b in range(1, 5)}
    return {*whole, *words, *parts, *place.short_names.values()}


def read_in_arabic(house: House) -> None:
    """The same publication for somebody who reads Arabic: as the set was asked, and what is in English marked so."""
    page = house.client.get(f"/results/{SLUG}/1?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "قلق كبير" in page
    assert "</strong> young people in London" not in page
    assert re.search(r'<ul lang="en" dir="ltr">\s*<li>Weighted by borough', page)
    told = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', page)
    assert len(told) == 5
    for address, said in told:
        assert "الأعلى: " in said
        assert not re.search("Highest|Estimates|people|fewer than", said)
        drawn = house.client.get(address.replace("&amp;", "&")).text
        assert 'direction="rtl"' in drawn
        assert "إجابات غير حقيقية" in drawn
        assert "قلق كبير" in drawn
        words = set(re.findall(r">([^<>]*[A-Za-z]{3}[^<>]*)</text>", drawn))
        assert {one.strip("\u2068\u2069") for one in words} <= names_of_boroughs()
    boroughs = re.findall(r'href="[^"]*/boroughs/[^"]*"', page)
    assert boroughs
    assert all(one.endswith('?lang=ar"') for one in boroughs)
    assert "على الخريطة" in page
    assert "قلق كبير" in house.client.get(f"/results/{SLUG}/1/boroughs/E09000022?lang=ar").text
    assert house.client.get(f"/results/{SLUG}?lang=ar").headers["location"] == f"/results/{SLUG}/1?lang=ar"
    english = house.client.get(f"/results/{SLUG}/1").text
    assert [
        one.replace("من ", "").replace("إلى", "to").replace("لا فترة", "no interval") for one in figures(page)
    ] == figures(english)


def _cells(house: House, number: int) -> dict[tuple[str, ...], tuple[str, str]]:
    """Percent and base of each row of a publication's file."""
    told = house.client.get(f"/results/{demo.USTER_SLUG}/{number}/figures.csv").text
    rows = csv.DictReader(io.StringIO(told))
    by = ("question", "codes", "age_band", "gender")
    return {tuple(row[name] for name in by): (row["percent"], row["people"]) for row in rows}


def test_one_more_answer_is_not_told_by_a_second_publication(house: House) -> None:
    publish(house, look(house))
    with transaction(house.engine) as session:
        like = session.exec(select(Response).order_by(col(Response.key))).first()
        assert like is not None
        session.add(Response(**like.model_dump(exclude={"key", "counted"})))
    answer = publish(house, look(house), correction="One more.")
    assert answer.headers["location"] == f"/results/{demo.USTER_SLUG}/2"
    one, two = _cells(house, 1), _cells(house, 2)
    both = [(one[row], two[row]) for row in one if one[row][0] and two[row][0]]
    assert both
    assert all(first[0] == second[0] for first, second in both)
    with transaction(house.engine) as session:
        assert len(session.exec(select(PublicationCounts)).all()) == 2


def test_a_publication_whose_counts_are_not_known_stands_in_the_way_of_the_next(house: House) -> None:
    publish(house, look(house))
    with transaction(house.engine) as session:
        session.delete(session.exec(select(PublicationCounts)).one())
        like = session.exec(select(Response).order_by(col(Response.key))).first()
        assert like is not None
        session.add(Response(**like.model_dump(exclude={"key", "counted"})))
    page = house.looked_at(PUBLISHER, LOOK)
    assert (page.status_code, "Number 1 was published before Soundings kept" in page.text) == (409, True)


@mostly_sqlite
def test_before_a_correction_staff_are_told_that_the_headline_would_vanish(house: House) -> None:
    publish(house, look(house))
    with transaction(house.engine) as session:
        like = session.exec(select(Response).order_by(col(Response.key))).first()
        assert like is not None
        for _time in range(3):
            session.add(Response(**like.model_dump(exclude={"key", "counted"})))
    page = look(house)
    before = page.split("Publish what stands below")[0]
    assert re.search(r"Number 1 says 79 in every 100\. This one does not show it: \w[^.<]+\.</p>", before)
    assert "has a map" not in before
    assert "is not shown, to protect" in page
