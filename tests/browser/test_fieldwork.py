"""Staff walk from a consultation to a class that answers, without being told how; what is printed fits its paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser

LIST = b"name,borough,expected young people\nHill School,Lambeth,120\nRiver Club,LB Richmond,30\n"
WRONG = b"name,borough,expected young people\nHill School,Lambet,many\n"


@pytest.mark.browser_long
@pytest.mark.parametrize(("size", "scripts"), [(PHONE, False), (LAPTOP, True)])
def test_from_a_consultation_to_a_class_that_answers(
    visit: Visit, size: tuple[int, int], scripts: bool
) -> None:
    page = visit(size, scripts=scripts, staff="Femi")
    name = f"Clubs, {size[0]}"
    open_collection(page, name)

    page.get_by_role("link", name="Add settings").click()
    choose(page, WRONG)
    expect(page.get_by_role("alert")).to_contain_text(
        "row 2, column B (borough): “Lambet” is no borough of London."
    )
    choose(page, LIST)
    expect(page.get_by_text("Richmond upon Thames (the beginning of its name)")).to_be_visible()
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Add 2 settings").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("2 settings were added")

    page.get_by_role("link", name="River Club").click()
    code = page.locator(".facts code").inner_text()
    page.get_by_role("button", name="Make the link").click()
    page.locator(".note .link a").click()
    expect(page.locator(".lead")).to_have_text("0 people have finished here today, of about 30 expected.")
    if scripts:
        assert violations(page) == []
    page.get_by_role("link", name="Print the card").click()
    expect(page.get_by_text(code, exact=True)).to_be_visible()
    page.goto(f"/s/{code}")
    expect(page.get_by_role("button", name="Yes, start")).to_be_visible()


def open_collection(page: Page, name: str) -> None:
    """Open a collection of youth settings."""
    page.goto("/staff/consultations/youth-survey-2026")
    page.get_by_role("link", name="Open a collection").click()
    page.get_by_role("link", name="Youth settings").click()
    expect(page.get_by_text("This is not a probability sample").first).to_be_visible()
    page.get_by_label("What is it called?").fill(name)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("It has no settings yet, so nobody can answer.")).to_be_visible()


def choose(page: Page, content: bytes) -> None:
    """Choose a file, and look at what it would add."""
    file = {"name": "schools.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Spreadsheet (.xlsx) or CSV").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Look at it first").click()


@pytest.mark.browser_long
@pytest.mark.parametrize(("what", "paper"), [("posters", (148, 210)), ("cards", (210, 297))])
def test_each_setting_has_one_sheet_of_its_paper(
    visit: Visit, tmp_path: Path, what: str, paper: tuple[int, int]
) -> None:
    page = visit(LAPTOP, staff="Femi")
    page.goto(f"/staff/collections/1/print/{what}")
    settings = page.locator("article").count()
    assert settings > 60
    page.pdf(path=tmp_path / "all.pdf", prefer_css_page_size=True)
    content = (tmp_path / "all.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == settings
    for box in set(re.findall(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", content)):
        assert [round(float(side) * 25.4 / 72) for side in box] == [*paper]
