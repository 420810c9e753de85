"""Every page there is, held against the rules on a phone and on a laptop, in the light and in the dark.

With PICTURES set, each is also kept as a picture to look at, and all four ways are gone.
"""

import os

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import LAPTOP, PHONE, SCREENSHOTS, Site, Visit, invitation
from tests.browser.look import PAGES_FOR_ALL, PAGES_FOR_STAFF, violations

pytestmark = pytest.mark.browser_long

PICTURES = bool(os.environ.get("PICTURES"))
WAYS = [(PHONE, "light"), (LAPTOP, "dark"), *([(PHONE, "dark"), (LAPTOP, "light")] if PICTURES else [])]
NAMES = [f"{size[0]}-{scheme}" for size, scheme in WAYS]


def keep(page: Page, way: str, name: str) -> None:
    """Hold a page against the rules, and keep its picture where pictures are wanted."""
    if PICTURES:
        folder = SCREENSHOTS / way
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert violations(page) == []


@pytest.mark.parametrize(("size", "scheme"), WAYS, ids=NAMES)
def test_every_page_for_everybody(visit: Visit, site: Site, size: tuple[int, int], scheme: str) -> None:
    page = visit(size, scheme=scheme)
    page.goto(invitation(site))
    keep(page, f"{size[0]}-{scheme}", "invitation")
    for name, address in PAGES_FOR_ALL.items():
        page.goto(address)
        keep(page, f"{size[0]}-{scheme}", name)


@pytest.mark.parametrize(("size", "scheme"), WAYS, ids=NAMES)
def test_every_page_of_the_answering_flow(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    way = f"{size[0]}-{scheme}"
    page = visit(size, scheme=scheme)
    walk.start(page)
    page.get_by_role("button", name="Next").click()
    keep(page, way, "question-mistake")
    page.goto(page.url)
    walk.answer_all(page, lambda at: keep(at, way, f"question-{walk.key_of(at)}"))
    keep(page, way, "check")
    walk.send(page)
    keep(page, way, "thank-you")
    walk.start(page)
    walk.answer(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Leave now").click()
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    page.go_back()
    page.reload()
    keep(page, way, "was-left")


@pytest.mark.parametrize(("size", "scheme"), WAYS, ids=NAMES)
def test_every_page_for_staff(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    page = visit(size, scheme=scheme, staff="Ada")
    for address in PAGES_FOR_STAFF:
        page.goto(address, wait_until="networkidle")
        keep(page, f"{size[0]}-{scheme}", address.strip("/").replace("/", "-").replace("?", "-"))


@pytest.mark.parametrize("way", ["320 px", "twice the text", "forced colours", "still"])
def test_the_survey_for_people_who_see_it_otherwise(visit: Visit, way: str) -> None:
    page = visit((320, 640) if way == "320 px" else PHONE)
    if way == "forced colours":
        page.emulate_media(forced_colors="active")
    if way == "still":
        page.emulate_media(reduced_motion="reduce")
    walk.start(page)

    def look(at: Page) -> None:
        if way == "twice the text":
            at.evaluate("document.documentElement.style.fontSize = '200%'")
        keep(at, way.replace(" ", "-"), walk.key_of(at))

    walk.answer_all(page, look)
    walk.send(page)


def test_the_same_walk_without_scripts_reaches_the_end_on_a_small_phone(visit: Visit) -> None:
    page = visit((320, 568), scripts=False)
    walk.start(page)
    walk.answer_all(page)
    walk.send(page)
    expect(page.get_by_text("What happens next")).to_be_visible()
