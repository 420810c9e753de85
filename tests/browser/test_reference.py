"""An analyst brings a messy file of published figures, says what it means, approves it, and sees it beside the wave."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser

MESSY = """\
Datum;Gebiet;Wert
03/04/2017;Richmond;34,9 %
03/04/2017;Richmond-upon-Thames LB;34,9 %
03/04/2017;Inner London;20,1 %
"""


@pytest.mark.browser_long
@pytest.mark.parametrize(("size", "scripts"), [(PHONE, False), (LAPTOP, True)])
def test_from_a_messy_file_to_two_panels(visit: Visit, size: tuple[int, int], scripts: bool) -> None:
    page, title = visit(size, scripts=scripts, staff="Ada"), f"Adults {size[0]}"
    page.goto("/staff/consultations/youth-survey-2026/results")
    page.get_by_role("link", name="See it beside adults").click()
    expect(page.get_by_role("cell", name="34.9")).to_be_visible()
    page.goto("/staff/reference")
    sent = FilePayload(name="pas.csv", mimeType="text/csv", buffer=MESSY.encode("utf-8-sig"))
    page.get_by_label("CSV or spreadsheet (.xlsx)").set_input_files(sent)
    page.get_by_role("button", name="Look at it first").click()

    page.get_by_label("No row decides it.").select_option("day")
    page.get_by_label("Which area is it").select_option("-")
    page.get_by_role("button", name="Read it so").first.click()
    expect(page.get_by_text("So “03/04/2017” is 3 April 2017.")).to_be_visible()
    expect(page.get_by_text("Row 3: it says the same as row 2.")).to_be_visible()
    if scripts:
        assert violations(page) == []
    approve(page, title)

    page.goto("/staff/consultations/youth-survey-2026/beside")
    page.get_by_label("Adults: the measure").select_option(title)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The 3 months to 3 April 2017")).to_be_visible()
    expect(page.get_by_role("img")).to_have_count(2)
    if scripts:
        assert violations(page) == []


def approve(page: Page, title: str) -> None:
    """Say what the figures are about, forget their wording at first, and approve them."""
    page.get_by_label("Title").fill(title)
    page.get_by_label("Who was asked").fill("Adults in London")
    page.get_by_label("How many months").select_option("3")
    page.get_by_label("Source").fill("A survey")
    page.get_by_label("Licence").fill("As published")
    page.get_by_role("button", name="Approve and bring it in").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the exact question")
    page.get_by_label("The question, word for word").fill("Is it a problem?")
    page.get_by_label("The answer that is counted").fill("Yes")
    page.get_by_role("button", name="Approve and bring it in").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
