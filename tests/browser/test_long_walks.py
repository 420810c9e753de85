"""Every page there is, held against the rules on a phone and on a laptop, in the light and in the dark.

With PICTURES set, each is also kept as a picture to look at, and all four ways are gone.
"""

import pytest
from playwright.sync_api import expect

from tests.browser import walk
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit, invitation
from tests.browser.look import PAGES_FOR_ALL, PAGES_FOR_STAFF, PICTURES, keep

pytestmark = pytest.mark.browser_long

WAYS = [(PHONE, "light"), (LAPTOP, "dark"), *([(PHONE, "dark"), (LAPTOP, "light")] if PICTURES else [])]
NAMES = [f"{size[0]}-{scheme}" for size, scheme in WAYS]


@pytest.mark.parametrize(("size", "scheme"), WAYS, ids=NAMES)
def test_every_page_for_everybody(visit: Visit, site: Site, size: tuple[int, int], scheme: str) -> None:
    page = visit(size, scheme=scheme)
    page.goto(invitation(site))
    keep(page, f"{size[0]}-{scheme}", "invitation")
    for name, address in PAGES_FOR_ALL.items():
        page.goto(address)
        keep(page, f"{size[0]}-{scheme}", name)


LEADS_NOWHERE = """() => [...document.querySelectorAll("button, [role=button], a:not([href])")]
  .filter((one) => one.checkVisibility() && !one.form && !one.closest("summary")).map((one) => one.outerHTML)"""


def test_every_page_for_everybody_without_scripts(visit: Visit) -> None:
    page = visit(PHONE, scripts=False)
    for address in PAGES_FOR_ALL.values():
        page.goto(address)
        expect(page.locator("main h1").first).to_be_visible()
        assert page.evaluate(LEADS_NOWHERE) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], address


@pytest.mark.parametrize(("size", "scheme"), WAYS, ids=NAMES)
def test_every_page_for_staff(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    page = visit(size, scheme=scheme, staff="Ada")
    for address in PAGES_FOR_STAFF:
        page.goto(address, wait_until="networkidle")
        keep(page, f"{size[0]}-{scheme}", address.strip("/").replace("/", "-").replace("?", "-"))


def test_the_same_walk_without_scripts_reaches_the_end_on_a_small_phone(visit: Visit) -> None:
    page = visit((320, 568), scripts=False)
    walk.start(page)
    walk.answer_all(page)
    walk.send(page)
    expect(page.get_by_text("What happens next")).to_be_visible()
