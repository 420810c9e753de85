"""Other languages on a phone: the way they run, and changing on the way."""

import pytest
from playwright.sync_api import expect

from tests.browser import walk
from tests.browser.conftest import Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser


def test_arabic_runs_from_right_to_left_and_fits_a_phone(visit: Visit) -> None:
    page = visit()
    page.goto("/s/THAMES")
    page.get_by_role("link", name="العربية").click()
    for press in (walk.say_yes, lambda at: at.get_by_role("button", name="التالي").click(), None):
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
        assert violations(page) == []
        if press:
            press(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="বাংলা").click()
    expect(page.locator("html")).to_have_attribute("lang", "bn")
    expect(page.get_by_role("button", name="এখনই বেরিয়ে যাও")).to_be_in_viewport()
