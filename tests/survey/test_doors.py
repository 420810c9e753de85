"""What is let in from other sites, and the headers that every answer carries: as docs/operators.md has it."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from survey.app import make_app
from survey.settings import Settings
from tests.survey.conftest import CODE, Clock, House, furnish, mostly_sqlite, switch_on
from tests.survey.test_access import OPEN_TO

PAPER = (Path(__file__).parents[2] / "docs" / "operators.md").read_text("utf8")
SITES = {"absent": None, "`none`": "none", "`same-origin`": "same-origin", "`same-site`": "same-site"}
SITES["`cross-site`"] = "cross-site"
ORIGINS = {
    "no `Origin`": None,
    "our own `Origin`": "http://testserver",
    "`Origin: null`": "null",
    "another `Origin`": "http://elsewhere.example",
}
EVERYWHERE = {
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
AMARA = "Amara, administrator"


def cells() -> Iterator[tuple[str, str, str]]:
    """The table of the paper: what a browser says of the site, what of the origin, and what becomes of its write."""
    heads, _, *rows = re.findall(r"^\|(.+)\|$", PAPER[PAPER.index("| `Sec-Fetch-Site` |") :], re.M)[:7]
    for row in rows:
        site, *fates = (cell.strip() for cell in row.split("|"))
        origins = [cell.strip() for cell in heads.split("|")[1:]]
        yield from ((site, origin, fate) for origin, fate in zip(origins, fates, strict=True))


def test_the_table_has_every_case() -> None:
    assert {(site, origin) for site, origin, _ in cells()} == {
        (site, origin) for site in SITES for origin in ORIGINS
    }


def test_what_the_table_says_of_a_write_is_what_becomes_of_it(house: House) -> None:
    for site, origin, fate in cells():
        key = house.begin()
        said = {"sec-fetch-site": SITES[site], "origin": ORIGINS[origin]}
        headers = {name: value for name, value in said.items() if value}
        answer = house.client.post(f"/r/{key}/1", data={"worry": "very"}, headers=headers)
        stored = next(one.answers for one in house.responses() if one.key == key)
        found = {"taken": (303, {"worry": "very"}), "refused": (403, {})}[fate]
        assert (answer.status_code, stored) == found, (site, origin)


def test_a_refused_write_is_told_so_in_plain_words(house: House) -> None:
    switch_on(house, "bn")
    elsewhere = {"sec-fetch-site": "cross-site"}
    page = house.client.post(f"/s/{CODE}?lang=bn", headers=elsewhere)
    assert '<html lang="bn">' in page.text
    told = house.client.post(f"/s/{CODE}", headers=elsewhere | {"accept": "application/json"}).json()
    assert told["title"] == "That did not come from our page"
    assert house.client.get(f"/s/{CODE}", headers=elsewhere).status_code == 200  # a link may stand anywhere


@pytest.mark.parametrize(("origin", "status"), [("https://testserver", 404), ("http://testserver", 403)])
def test_over_tls_a_page_that_came_without_it_is_another_site(
    engine: Engine, clock: Clock, origin: str, status: int
) -> None:
    app = make_app(Settings(public_url="https://testserver"), engine, clock)
    with TestClient(app) as browser:
        assert browser.post(f"/r/{'A' * 22}/1", headers={"origin": origin}).status_code == status


@mostly_sqlite
def test_every_route_answers_with_every_header(house: House) -> None:
    for (method, _), (address, _) in sorted(OPEN_TO.items(), reverse=True):
        for browser in (house.client, house.as_(AMARA)):
            guarded(browser.request(method, address))
        if address == "/staff/out":
            house.signed_in.clear()


def test_pages_on_the_way_of_a_young_person_too(house: House) -> None:
    key = house.begin()
    pages = [
        house.client.get(address) for address in (f"/s/{CODE}", f"/r/{key}/1", f"/r/{key}/check-answers")
    ]
    script = re.findall(r'src="(/static/[^"]+)"', pages[0].text)[0]
    ahead = re.findall(r'"ahead":"([^"]+)"', pages[0].text)[0]
    for page in (*pages, house.client.get(script), house.client.get(ahead)):
        assert page.status_code == 200
        guarded(page)


def test_what_goes_wrong_has_every_header_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.answering.response.validate", None)
    house.client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    key, form = house.begin(), {"content-type": "application/x-www-form-urlencoded"}
    found = [
        house.client.post(f"/r/{key}/1", data={"worry": "very"}),
        house.client.post(f"/r/{key}/1", data={}, headers={"sec-fetch-site": "cross-site"}),
        house.client.post(f"/r/{key}/1", content=b"x" * 70_000, headers=form),
        house.client.get("/nowhere"),
        house.client.get("/left/"),
        house.client.delete("/"),
    ]
    assert [answer.status_code for answer in found] == [500, 403, 413, 404, 307, 405]
    for answer in found:
        guarded(answer)


@pytest.mark.parametrize(
    ("address", "sent"), [("https://a.example", ["max-age=31536000"]), ("http://a.example", [])]
)
def test_browsers_are_told_to_come_over_tls_where_there_is_tls(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch, address: str, sent: list[str]
) -> None:
    monkeypatch.setattr("survey.answering.starting.minutes", None)
    furnish(engine)
    app = make_app(Settings(public_url=address), engine, clock)
    with TestClient(app, raise_server_exceptions=False) as browser:
        answers = [browser.get(there) for there in ("/", "/nowhere", f"/s/{CODE}")]
    assert [answer.status_code for answer in answers] == [200, 404, 500]
    for answer in answers:
        assert answer.headers.get_list("strict-transport-security") == sent


def guarded(answer: Any) -> None:
    """Fail unless an answer has each header once, and holds no script or style that its policy would refuse."""
    for name, value in EVERYWHERE.items():
        assert answer.headers.get_list(name) == [value], answer.url
    for name in ("content-security-policy", "permissions-policy", "cache-control"):
        assert len(answer.headers.get_list(name)) == 1, answer.url
    assert "camera=()" in answer.headers["permissions-policy"]
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["base-uri"]) == ("'none'", "'self'", "'none'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    if answer.headers.get("content-type", "").startswith("text/html"):
        page = Inside()
        page.feed(answer.text)
        assert page.refused == [], answer.url
        assert page.styles <= set(policy["style-src"].split()), answer.url


class Inside(HTMLParser):
    """What stands inside a page: the hashes of its styles, and whatever a strict policy refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.styles: set[str] = set()
        self._in_style = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self._in_style = tag == "style"
        if tag == "script" and "src" not in named and named.get("type") != "application/json":
            self.refused.append("a script in the page")
        self.refused += [name for name in named if name == "style" or name.startswith("on")]
        self.refused += [value for value in named.values() if value and value.startswith("javascript:")]

    def handle_data(self, data: str) -> None:
        if self._in_style:
            digest = hashlib.sha256(data.encode()).digest()
            self.styles.add(f"'sha256-{base64.b64encode(digest).decode()}'")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
