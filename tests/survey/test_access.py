"""Every route as every member of the cast: loading is authorising."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select
from starlette.routing import Route
from starlette.testclient import TestClient

from survey import accounts
from survey.app import ROUTES
from survey.db import transaction
from survey.models import AuditEntry, Role
from tests.survey.conftest import CAST, CODE, House

STAFF = set(CAST)
TRANSLATES = {"Ben, designer", "Priya, publisher"}
PUBLISH_RESULTS = {"Priya, publisher", "Amara, administrator"}
RESULTS = {"Ada, analyst", "Priya, publisher", "Amara, administrator"}
WEIGHT = {"Ada, analyst", "Amara, administrator"}
FIELDWORK = {"Femi, fieldworker", "Amara, administrator"}
BRINGS = {"Ada, analyst", "Amara, administrator"}
PLAN = FIELDWORK | {"Ada, analyst"}
DESIGN = {"Ben, designer", "Amara, administrator"}
READ_SETS = DESIGN | {"Priya, publisher"}
WORDS = {"Ben, designer", "Priya, publisher", "Amara, administrator"}
FILES = {"Ada, analyst", "Amara, administrator"}
KEEPS_HELP = {"Priya, publisher", "Sam, safeguarding lead", "Amara, administrator"}
STRANGER = "a stranger"
KEY = "A" * 22

# Who may open each route; the addresses stand for all of their kind.
EVERYBODY = STAFF | {STRANGER}
OPEN_TO: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("GET", "/"): ("/", EVERYBODY),
    ("GET", "/staying-safe"): ("/staying-safe", EVERYBODY),
    ("GET", "/what-we-keep"): ("/what-we-keep", EVERYBODY),
    ("GET", "/static/{version}/{name}"): ("/static/x/htmx.min.js", EVERYBODY),
    ("GET", "/healthz"): ("/healthz", EVERYBODY),
    ("GET", "/s"): ("/s", EVERYBODY),
    ("GET", "/s/{code}"): (f"/s/{CODE}", EVERYBODY),
    ("POST", "/s/{code}"): (f"/s/{CODE}", EVERYBODY),
    ("POST", "/r/-"): ("/r/-", EVERYBODY),
    ("POST", "/r/-/{rest:path}"): ("/r/-/1", EVERYBODY),
    ("GET", "/r/{key}"): (f"/r/{KEY}", EVERYBODY),
    ("GET", "/r/{key}/check-answers"): (f"/r/{KEY}/check-answers", EVERYBODY),
    ("POST", "/r/{key}/check-answers"): (f"/r/{KEY}/check-answers", EVERYBODY),
    ("GET", "/r/{key}/thank-you"): (f"/r/{KEY}/thank-you", EVERYBODY),
    ("POST", "/r/{key}/leave-now"): (f"/r/{KEY}/leave-now", EVERYBODY),
    ("GET", "/r/{key}/stop-and-delete"): (f"/r/{KEY}/stop-and-delete", EVERYBODY),
    ("POST", "/r/{key}/stop-and-delete"): (f"/r/{KEY}/stop-and-delete", EVERYBODY),
    ("POST", "/r/{key}/carry-on"): (f"/r/{KEY}/carry-on", EVERYBODY),
    ("POST", "/r/{key}/change-language"): (f"/r/{KEY}/change-language", EVERYBODY),
    ("GET", "/r/{key}/{page}"): (f"/r/{KEY}/1", EVERYBODY),
    ("POST", "/r/{key}/{page}"): (f"/r/{KEY}/1", EVERYBODY),
    ("GET", "/ahead/{instrument:number}/{language}/{mark}"): ("/ahead/1/en/x", EVERYBODY),
    ("GET", "/r/{key}/come-back"): (f"/r/{KEY}/come-back", EVERYBODY),
    ("GET", "/receipt"): ("/receipt", EVERYBODY),
    ("POST", "/receipt"): ("/receipt", EVERYBODY),
    ("GET", "/left"): ("/left", EVERYBODY),
    ("GET", "/left/forget"): ("/left/forget", EVERYBODY),
    ("GET", "/staff/in/{token}"): ("/staff/in/x", EVERYBODY),
    ("POST", "/staff/in/{token}"): ("/staff/in/x", EVERYBODY),
    ("POST", "/staff/out"): ("/staff/out", STAFF),
    ("GET", "/staff/help-lines"): ("/staff/help-lines", KEEPS_HELP),
    ("POST", "/staff/help-lines"): ("/staff/help-lines", KEEPS_HELP),
    ("GET", "/staff/words"): ("/staff/words", WORDS),
    ("POST", "/staff/words"): ("/staff/words", WORDS),
    ("GET", "/staff/audit"): ("/staff/audit", {"Amara, administrator"}),
    ("GET", "/staff"): ("/staff", STAFF),
    ("GET", "/staff/consultations/{slug}"): ("/staff/consultations/safer-streets", STAFF),
    ("GET", "/staff/consultations/{slug}/questions"): (
        "/staff/consultations/safer-streets/questions",
        STAFF,
    ),
    ("GET", "/staff/consultations/{slug}/collections"): (
        "/staff/consultations/safer-streets/collections",
        FIELDWORK,
    ),
    ("POST", "/staff/consultations/{slug}/collections"): (
        "/staff/consultations/safer-streets/collections",
        FIELDWORK,
    ),
    ("GET", "/staff/collections/{id:number}"): ("/staff/collections/1", STAFF),
    ("GET", "/staff/collections/{id:number}/terms"): ("/staff/collections/1/terms", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/terms"): ("/staff/collections/1/terms", FIELDWORK),
    ("GET", "/staff/consultations/{slug}/coverage"): ("/staff/consultations/safer-streets/coverage", STAFF),
    ("POST", "/staff/collections/{id:number}/targets"): ("/staff/collections/1/targets", PLAN),
    ("POST", "/staff/collections/{id:number}/routes"): ("/staff/collections/1/routes", FIELDWORK),
    ("GET", "/staff/collections/{id:number}/settings"): ("/staff/collections/1/settings", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/settings"): ("/staff/collections/1/settings", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/settings/look"): (
        "/staff/collections/1/settings/look",
        FIELDWORK,
    ),
    ("POST", "/staff/collections/{id:number}/settings/make"): (
        "/staff/collections/1/settings/make",
        FIELDWORK,
    ),
    ("GET", "/staff/collections/{id:number}/files/{name}"): (
        "/staff/collections/1/files/settings.csv",
        STAFF,
    ),
    ("GET", "/staff/collections/{id:number}/print/{what}"): ("/staff/collections/1/print/posters", STAFF),
    ("POST", "/staff/collections/{id:number}/hosts"): ("/staff/collections/1/hosts", FIELDWORK),
    ("GET", "/staff/settings/{code}"): (f"/staff/settings/{CODE}", STAFF),
    ("POST", "/staff/settings/{code}"): (f"/staff/settings/{CODE}", FIELDWORK),
    ("POST", "/staff/settings/{code}/about"): (f"/staff/settings/{CODE}/about", FIELDWORK),
    ("POST", "/staff/settings/{code}/code"): (f"/staff/settings/{CODE}/code", FIELDWORK),
    ("POST", "/staff/settings/{code}/host"): (f"/staff/settings/{CODE}/host", FIELDWORK),
    ("GET", "/staff/settings/{code}/card"): (f"/staff/settings/{CODE}/card", STAFF),
    ("GET", "/staff/settings/{code}/poster"): (f"/staff/settings/{CODE}/poster", STAFF),
    ("GET", "/staff/settings/{code}/qr.svg"): (f"/staff/settings/{CODE}/qr.svg", STAFF),
    ("GET", "/h/{token}"): ("/h/x", EVERYBODY),
    ("GET", "/h/{token}/{what}"): ("/h/x/card", EVERYBODY),
    ("GET", "/staff/sets"): ("/staff/sets", READ_SETS),
    ("POST", "/staff/sets"): ("/staff/sets", DESIGN),
    ("GET", "/staff/sets/{key}"): ("/staff/sets/tiny", READ_SETS),
    ("GET", "/staff/sets/{key}/history"): ("/staff/sets/tiny/history", READ_SETS),
    ("GET", "/staff/sets/{key}/history/{number:number}"): ("/staff/sets/tiny/history/1", READ_SETS),
    ("GET", "/staff/sets/{key}/look/{page}"): ("/staff/sets/tiny/look/worry", READ_SETS),
    ("GET", "/staff/sets/{key}/try"): ("/staff/sets/tiny/try", READ_SETS),
    ("GET", "/staff/sets/{key}/try/{page}"): ("/staff/sets/tiny/try/worry", READ_SETS),
    ("POST", "/staff/sets/{key}/try/{page}"): ("/staff/sets/tiny/try/worry", READ_SETS),
    ("GET", "/staff/sets/{key}/publish"): ("/staff/sets/tiny/publish", READ_SETS),
    ("POST", "/staff/sets/{key}/publish"): (
        "/staff/sets/tiny/publish",
        {"Priya, publisher", "Amara, administrator"},
    ),
    ("POST", "/staff/sets/{key}/marks"): ("/staff/sets/tiny/marks", READ_SETS),
    **{
        ("POST", f"/staff/sets/{{key}}/{what}"): (f"/staff/sets/tiny/{what}", DESIGN)
        for what in ("title", "add", "act", "step", "retire")
    },
    ("POST", "/staff/sets/{key}/questions/{question}"): ("/staff/sets/tiny/questions/worry", DESIGN),
    ("POST", "/staff/sets/{key}/questions/{question}/shown"): (
        "/staff/sets/tiny/questions/worry/shown",
        DESIGN,
    ),
    ("POST", "/staff/sets/{key}/questions/{question}/page-shown"): (
        "/staff/sets/tiny/questions/worry/page-shown",
        DESIGN,
    ),
    ("POST", "/staff/sets/{key}/questions/{question}/page"): (
        "/staff/sets/tiny/questions/worry/page",
        DESIGN,
    ),
    ("POST", "/staff/sets/upload"): ("/staff/sets/upload", DESIGN),
    ("POST", "/staff/sets/{key}/upload"): ("/staff/sets/tiny/upload", DESIGN),
    ("GET", "/staff/sets/{key}/files"): ("/staff/sets/tiny/files", READ_SETS),
    ("GET", "/staff/sets/{key}/files/{name}"): ("/staff/sets/tiny/files/paper", READ_SETS),
    ("GET", "/staff/sets/{key}/bank"): ("/staff/sets/tiny/bank", READ_SETS),
    ("POST", "/staff/sets/{key}/bank"): ("/staff/sets/tiny/bank", DESIGN),
    ("GET", "/staff/sets/{key}/languages"): ("/staff/sets/tiny/languages", READ_SETS),
    ("POST", "/staff/sets/{key}/languages"): ("/staff/sets/tiny/languages", DESIGN),
    ("GET", "/staff/sets/{key}/languages/{lang}"): ("/staff/sets/tiny/languages/bn", READ_SETS),
    ("POST", "/staff/sets/{key}/languages/{lang}"): ("/staff/sets/tiny/languages/bn", DESIGN),
    ("GET", "/staff/sets/{key}/languages/{lang}/po"): ("/staff/sets/tiny/languages/bn/po", READ_SETS),
    ("POST", "/staff/sets/{key}/languages/{lang}/po"): ("/staff/sets/tiny/languages/bn/po", DESIGN),
    ("GET", "/results"): ("/results", EVERYBODY),
    ("GET", "/results/{slug}"): ("/results/safer-streets", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}"): ("/results/safer-streets/1", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/boroughs/{borough}"): (
        "/results/safer-streets/1/boroughs/x",
        EVERYBODY,
    ),
    ("GET", "/results/{slug}/{number:number}/trend.svg"): ("/results/safer-streets/1/trend.svg", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/trend.png"): ("/results/safer-streets/1/trend.png", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/{name}.svg"): ("/results/safer-streets/1/map.svg", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/{name}.png"): ("/results/safer-streets/1/map.png", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/{file}"): ("/results/safer-streets/1/figures.csv", EVERYBODY),
    ("GET", "/api/v1/publications"): ("/api/v1/publications", EVERYBODY),
    ("GET", "/api/v1/publications/{slug}/{number:number}"): (
        "/api/v1/publications/safer-streets/1",
        EVERYBODY,
    ),
    ("OPTIONS", "/api/v1/publications"): ("/api/v1/publications", EVERYBODY),
    ("OPTIONS", "/api/v1/publications/{slug}/{number:number}"): (
        "/api/v1/publications/safer-streets/1",
        EVERYBODY,
    ),
    ("GET", "/staff/consultations/{slug}/publish"): ("/staff/consultations/safer-streets/publish", RESULTS),
    ("POST", "/staff/consultations/{slug}/publish"): (
        "/staff/consultations/safer-streets/publish",
        PUBLISH_RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/languages"): (
        "/staff/consultations/safer-streets/languages",
        TRANSLATES,
    ),
    ("POST", "/staff/consultations/{slug}/languages"): (
        "/staff/consultations/safer-streets/languages",
        TRANSLATES,
    ),
    ("GET", "/staff/consultations/{slug}/rule"): (
        "/staff/consultations/safer-streets/rule",
        PUBLISH_RESULTS,
    ),
    ("POST", "/staff/consultations/{slug}/rule"): (
        "/staff/consultations/safer-streets/rule",
        PUBLISH_RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/results"): ("/staff/consultations/safer-streets/results", RESULTS),
    ("GET", "/staff/consultations/{slug}/results/{by}.svg"): (
        "/staff/consultations/safer-streets/results/borough.svg",
        RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/files"): ("/staff/consultations/safer-streets/files", FILES),
    ("POST", "/staff/consultations/{slug}/files"): (
        "/staff/consultations/safer-streets/files",
        {"Ada, analyst"},
    ),
    ("GET", "/staff/files/{id:number}"): ("/staff/files/1", FILES),
    ("POST", "/staff/files/{id:number}/decision"): ("/staff/files/1/decision", FILES),
    ("GET", "/staff/files/{id:number}/{name}"): ("/staff/files/1/responses.csv", FILES),
    ("GET", "/staff/consultations/{slug}/weighting"): (
        "/staff/consultations/safer-streets/weighting",
        WEIGHT,
    ),
    ("GET", "/staff/consultations/{slug}/weighting.svg"): (
        "/staff/consultations/safer-streets/weighting.svg",
        WEIGHT,
    ),
    ("POST", "/staff/collections/{id:number}/recipes"): ("/staff/collections/1/recipes", WEIGHT),
    ("POST", "/staff/collections/{id:number}/recipe"): ("/staff/collections/1/recipe", WEIGHT),
    ("POST", "/staff/collections/{id:number}/chances"): ("/staff/collections/1/chances", WEIGHT),
    ("GET", "/staff/consultations/{slug}/beside"): ("/staff/consultations/safer-streets/beside", RESULTS),
    ("GET", "/staff/consultations/{slug}/beside/{side}.svg"): (
        "/staff/consultations/safer-streets/beside/young.svg",
        RESULTS,
    ),
    ("GET", "/staff/series"): ("/staff/series", RESULTS),
    ("POST", "/staff/series"): ("/staff/series", RESULTS),
    ("GET", "/staff/series/{key}"): ("/staff/series/x", RESULTS),
    ("POST", "/staff/series/{key}/waves"): ("/staff/series/x/waves", RESULTS),
    ("GET", "/staff/series/{key}/{run:number}.svg"): ("/staff/series/x/0.svg", RESULTS),
    ("GET", "/staff/import"): ("/staff/import", BRINGS),
    **{("POST", f"/staff/import/{what}"): (f"/staff/import/{what}", BRINGS) for what in ("look", "keep")},
    ("GET", "/staff/reference"): ("/staff/reference", RESULTS),
    ("GET", "/staff/reference/{key}"): ("/staff/reference/pas", RESULTS),
    **{
        ("POST", f"/staff/reference/{what}"): (f"/staff/reference/{what.replace('{key}', 'pas')}", BRINGS)
        for what in ("look", "keep", "{key}/take-out")
    },
}


def routes() -> set[tuple[str, str]]:
    """Every method and path that the app answers."""
    found = set()
    for route in ROUTES:
        assert isinstance(route, Route)
        found |= {(method, route.path) for method in route.methods or set() if method != "HEAD"}
    return found


def test_a_problem_of_staff_leads_back_to_their_pages(house: House) -> None:
    lost = house.as_("Ben, designer").get("/staff/sets/nowhere").text
    assert '<a href="/staff/sets">Go to the question sets</a>' in lost
    assert "0800 1111" not in lost
    assert "0800 1111" in house.client.get("/nowhere").text


def test_a_change_after_a_pause_is_saved_at_once(house: House) -> None:
    ben = house.as_("Ben, designer")
    house.clock.forward(minutes=6)
    assert ben.post("/staff/sets", data={"title": "After a pause"}).status_code == 303
    house.clock.forward(hours=11, minutes=58)  # more than twelve since Ben signed in, and less since then
    assert ben.get("/staff/sets").status_code == 200


def test_every_route_says_who_may_open_it() -> None:
    assert routes() == set(OPEN_TO)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_of_the_cast_opens_their_pages_and_no_others(house: House, who: str) -> None:
    for (method, _), (address, allowed) in sorted(OPEN_TO.items(), reverse=True):
        browser = house.client if who == STRANGER else house.as_(who)
        answer = browser.request(method, address)
        if who in allowed:
            assert answer.status_code not in (401, 403, 405, 500), (address, answer.status_code)
        else:
            assert answer.status_code == (401 if who == STRANGER else 403), (address, answer.status_code)
        if address == "/staff/out":
            house.signed_in.clear()


def test_a_link_signs_in_once(house: House) -> None:
    with transaction(house.engine) as session:
        token = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    first, second = (TestClient(house.app, follow_redirects=False) for _ in range(2))

    assert "Welcome, Ada" in first.get(f"/staff/in/{token}").text
    assert "Welcome, Ada" in first.get(f"/staff/in/{token}").text
    signed_in = first.post(f"/staff/in/{token}")
    assert signed_in.headers["location"] == "/staff"
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert first.get("/staff").status_code == 200
    assert second.post(f"/staff/in/{token}").status_code == 410
    assert second.get("/staff").status_code == 401


def test_a_new_link_replaces_the_one_before(house: House) -> None:
    with transaction(house.engine) as session:
        first = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    with transaction(house.engine) as session:
        second = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    assert house.client.get(f"/staff/in/{first}").status_code == 410
    assert house.client.get(f"/staff/in/{second}").status_code == 200


def test_a_link_lasts_seven_days(house: House) -> None:
    with transaction(house.engine) as session:
        token = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    house.clock.forward(days=7, minutes=1)
    assert house.client.post(f"/staff/in/{token}").status_code == 410


@pytest.mark.parametrize(
    ("steps", "status"), [([dt.timedelta(hours=11)] * 3, 200), ([dt.timedelta(hours=13)], 401)]
)
def test_a_session_ends_when_it_is_not_used(house: House, steps: list[dt.timedelta], status: int) -> None:
    browser, answer = house.as_("Ada, analyst"), None
    for step in steps:
        house.clock.moment += step
        answer = browser.get("/staff")
    assert answer is not None
    assert answer.status_code == status


def test_a_session_ends_after_a_week_however_much_it_is_used(house: House) -> None:
    browser = house.as_("Ada, analyst")
    for _ in range(15):
        house.clock.forward(hours=11)
        browser.get("/staff")
    house.clock.forward(hours=11)
    assert browser.get("/staff").status_code == 401


def test_signing_out_ends_the_session_here_and_in_a_copied_cookie(house: House) -> None:
    browser = house.as_("Ada, analyst")
    copied = TestClient(house.app, cookies=dict(browser.cookies))
    assert copied.get("/staff").status_code == 200
    browser.post("/staff/out")
    assert browser.get("/staff").status_code == 401
    assert copied.get("/staff").status_code == 401


def test_a_page_that_only_reads_waits_for_no_writer(house: House) -> None:
    ada = house.as_("Ada, analyst")
    with house.engine.begin() as busy:
        busy.execute(text("UPDATE setting SET name = 'Hill School, renamed'"))
        for address in ("/", "/staff", "/staff/consultations/safer-streets", "/healthz", f"/s/{CODE}"):
            assert ada.get(address).status_code == 200


def test_health_says_when_the_database_is_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.client.get("/healthz").text == "ok"

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(Session, "connection", gone)
    answer = house.client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "no database")


def test_no_secret_is_stored_in_the_clear(house: House) -> None:
    browser = house.as_("Ada, analyst")
    (token,) = browser.cookies.values()
    with house.engine.connect() as connection:
        stored = [
            str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("staff_session", "invitation")
        ]
    assert token not in "".join(stored)


def test_who_did_what_is_written_down_and_cannot_be_changed(house: House) -> None:
    house.as_("Amara, administrator")
    page = house.as_("Amara, administrator").get("/staff/audit").text
    assert "signed in" in page
    assert "invited" in page
    for change in ("UPDATE audit_entry SET who = 'nobody'", "DELETE FROM audit_entry"):
        with (
            pytest.raises(Exception, match="audit_entry rows never change"),
            house.engine.begin() as connection,
        ):
            connection.execute(text(change))
    with transaction(house.engine) as session:
        assert {entry.who for entry in session.exec(select(AuditEntry))} == {
            "command line",
            "Amara, administrator",
        }


@pytest.mark.parametrize("change", ["UPDATE instrument SET source = ''", "DELETE FROM instrument"])
def test_a_published_instrument_cannot_be_changed(house: House, change: str) -> None:
    with pytest.raises(Exception, match="instrument rows never change"), house.engine.begin() as connection:
        connection.execute(text(change))
