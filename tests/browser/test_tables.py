"""Tables on a phone: figures fold under their names, and what must be scrolled shows that it goes on."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Visit

pytestmark = pytest.mark.browser

RESULTS = "/staff/consultations/youth-survey-2026/results"
OPENED = "document.querySelectorAll('details').forEach(one => one.open = true)"
WIDER = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
SHADOWED = "getComputedStyle(document.querySelector('.scroll')).backgroundImage"


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.evaluate(OPENED)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_figures_of_a_row_stand_under_its_name_on_a_phone(visit: Visit, scheme: str) -> None:
    page = opened(visit(PHONE, staff="Ada", scheme=scheme), RESULTS)
    assert page.locator(".scroll > .fold").count() > 4
    assert page.evaluate(WIDER) == 0
    row = page.locator(".scroll > .fold tbody tr").first
    name, figure, note = (row.locator(part).bounding_box() for part in ("th", "td >> nth=1", ".why"))
    assert name
    assert figure
    assert figure["y"] >= name["y"] + name["height"] - 1
    assert figure["x"] + figure["width"] <= PHONE[0]
    assert note is None or note["y"] > figure["y"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_that_must_be_scrolled_shows_a_shadow_where_it_goes_on(visit: Visit, scheme: str) -> None:
    page = visit(PHONE, staff="Ada", scheme=scheme)
    page.goto("/staff/consultations/youth-survey-2026")
    assert page.evaluate(WIDER) == 1
    assert page.evaluate(SHADOWED).count("gradient") == 4
    before, after = (edge(page), scrolled(page))
    assert before != after  # the shadow at the end is gone at the end


def edge(page: Page) -> bytes:
    """The last pixels of the table's edge where no word stands."""
    page.locator(".scroll").scroll_into_view_if_needed()
    box = page.locator(".scroll").bounding_box()
    assert box
    return page.screenshot(
        clip={"x": box["x"] + box["width"] - 6, "y": box["y"] + 4, "width": 6, "height": 6}
    )


def scrolled(page: Page) -> bytes:
    page.locator(".scroll").evaluate("one => one.scrollLeft = one.scrollWidth")
    return edge(page)
