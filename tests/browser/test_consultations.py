"""From a plan to a page that everybody reads, and through the cards, with and without scripts."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser

TODAY = dt.datetime.now(dt.UTC).date()
TEXTS = {
    "What it asks about": "We ask what the park should be like.",
    "What is being decided": "What is built first.",
    "What is decided already": "That the park stays.",
    "Background": "There is money for two things.",
    "Who decides": "The parks committee",
    "Who reads the answers, and what they decide": "The committee reads every answer.",
    "What happens with the answers": "We say what we heard.",
    "Who asks": "The council",
}


def looked_at(page: Page, scripts: bool) -> None:
    """No rule of accessibility is broken; axe itself is a script."""
    if scripts:
        assert violations(page) == []


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, False), (LAPTOP, True)])
def test_from_a_title_to_a_page_that_everybody_reads(
    visit: Visit, size: tuple[int, int], scripts: bool
) -> None:
    page, title = visit(size, scripts=scripts, staff="Dee"), f"Plans for the park {size[0]}"
    page.goto("/staff")
    page.get_by_role("link", name="Plan a consultation").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Say on which day it opens.")
    looked_at(page, scripts)
    page.get_by_label("First day").fill(str(TODAY))
    page.get_by_label("Last day", exact=True).fill(str(TODAY + dt.timedelta(weeks=12)))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("nobody sees it, and no code opens")).to_be_visible()
    looked_at(page, scripts)
    page.get_by_role("link", name="Say by when it is decided.").click()
    for label, words in TEXTS.items():
        page.get_by_label(label).first.fill(words)
    page.get_by_label("By when").fill(str(TODAY + dt.timedelta(weeks=20)))
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Nobody can answer it yet.").click()
    page.get_by_role("link", name="Add a session").click()
    page.get_by_label("Name", exact=True).fill("Walk through the park")
    page.get_by_label("Day", exact=True).fill(str(TODAY))
    page.get_by_label("Where", exact=True).fill("At the gate")
    page.locator("form.bring button").click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Announce it").click()
    page.get_by_role("link", name="Its public page").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.get_by_text("12 weeks:")).to_be_visible()
    looked_at(page, scripts)


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, True), (LAPTOP, False)])
def test_through_the_cards_to_what_everybody_thinks(
    visit: Visit, size: tuple[int, int], scripts: bool
) -> None:
    page = visit(size, scripts=scripts)
    page.goto("/c/youth-survey-2026")
    page.get_by_role("link", name="Agree or disagree").click()
    page.get_by_role("button", name="Start").click()
    for number in range(1, 8):
        expect(page.get_by_text(f"Statement {number} of 7")).to_be_visible()
        page.get_by_role("button", name=["Agree", "Disagree", "Skip"][number % 3], exact=True).click()
    page.get_by_label("16–17").check()
    looked_at(page, scripts)
    page.get_by_role("button", name="See what everybody thinks").click()
    expect(page.get_by_text("Of every 100 people").first).to_be_visible()
    looked_at(page, scripts)
    page.get_by_role("button", name="Delete what I said").click()
    expect(page.get_by_role("heading", name="Youth Survey 2026")).to_be_visible()


def test_asking_for_another_form_says_what_is_missing_where_it_is(visit: Visit) -> None:
    page = visit(PHONE)
    page.goto("/c/youth-survey-2026/formats")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in which form you want it.")
    looked_at(page, scripts=True)
    page.get_by_label("Which form do you need?").fill("Braille")
    page.get_by_label("How can we reach you?").fill("someone@example.org")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you.")
