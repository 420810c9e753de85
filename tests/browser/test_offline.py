"""Off the network: forms are typed and checked with the keyboard alone, and what is printed fits its paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from survey import counts
from survey.db import open_engine, transaction
from survey.demo.workshop import PAPER_SLUG, fill_workshop
from survey.models import Batch, Collection, Consultation, Meeting, Response
from survey.offline.numbers import FormNumber
from survey.places import load
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit
from tests.browser.look import violations
from tests.survey.conftest import MIDDAY

pytestmark = pytest.mark.browser

FIGURE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def workshop(site: Site) -> dict[str, int]:
    """The demonstration's workshop; the numbers of its collections by name."""
    with transaction(open_engine(site.database)) as session:
        found = session.exec(select(Consultation).where(col(Consultation.slug) == PAPER_SLUG)).first()
        made = found or fill_workshop(session, load("london"), MIDDAY.date())
        return {one.name: one.id or 0 for one in made.collections}


def batch(site: Site, collection: int) -> Batch:
    """The newest batch of a collection."""
    with transaction(open_engine(site.database)) as session:
        asked = select(Batch).where(col(Batch.collection_id) == collection).order_by(col(Batch.id).desc())
        found = session.exec(asked).first()
        assert found is not None
        session.expunge(found)
    return found


def number_forms(page: Page, collection: int) -> None:
    """Number three forms of a collection, and write down what their cover says."""
    page.goto(f"/staff/collections/{collection}/paper")
    page.get_by_label("How many").fill("3")
    page.get_by_role("button", name="Number them").click()
    page.get_by_label("Day on which the forms were filled in").fill(str(MIDDAY.date()))
    page.get_by_label("Everybody was 16 or over").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Now type the forms.")


def type_form(page: Page, form: str, answers: list[str], scripts: bool) -> None:
    """Type a form with nothing but the keyboard: its number first, Enter after each code, Tab after words."""
    page.keyboard.type(form.replace("-", "").lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(form)
    for answer in answers:
        expect(page.locator("#typed :focus")).to_be_visible()
        page.keyboard.type(answer)
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            page.keyboard.press("Tab")
        elif scripts:
            page.keyboard.press("Enter")
        else:
            with page.expect_navigation():
                page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.browser_long)])
def test_two_people_enter_three_forms_with_the_keyboard_alone(
    visit: Visit, site: Site, workshop: dict[str, int], scripts: bool
) -> None:
    """Without scripts each Enter sends the form, which comes back with the next empty box."""
    collection = workshop["Forms from a college"]
    femi, amara = (
        visit(LAPTOP, scripts=scripts, staff="Femi"),
        visit(LAPTOP, scripts=scripts, staff="Amara"),
    )
    number_forms(femi, collection)
    letters = batch(site, collection).letters
    femi.goto(f"/staff/batches/{letters}")
    amara.goto(f"/staff/batches/{letters}")
    before = answered(site, collection)
    answers = [
        "1",
        "2",
        "3",
        "1",
        "-",
        "1",
        "3",
        "1 2",
        "=",
        "?",
        "1 2",
        "More lamps",
        "3",
        "5",  # 16 or 17, as the cover says that everybody was 16 or over
        "1",
        "-",
        "-",
    ]
    for place in (1, 2, 3):
        type_form(femi, str(FormNumber(letters, place)), answers, scripts)
        expect(femi.get_by_role("status")).to_contain_text("is typed. Somebody else checks it.")
    for place in (1, 2):
        type_form(amara, str(FormNumber(letters, place)), answers, scripts)
        expect(amara.get_by_role("status")).to_contain_text("is checked, and in.")
    type_form(amara, str(FormNumber(letters, 3)), ["2", *answers[1:]], scripts)
    expect(amara.get_by_role("heading", level=1)).to_contain_text("Settle form")
    if scripts:
        assert violations(amara) == []
    amara.keyboard.press("Tab")
    while not amara.evaluate("document.activeElement.name?.startsWith('which ')"):
        amara.keyboard.press("Tab")
    amara.keyboard.press("Space")
    amara.keyboard.press("Enter")
    expect(amara.get_by_role("status")).to_contain_text("is checked, and in.")
    assert answered(site, collection) == before + 3


def answered(site: Site, collection: int) -> int:
    """How many responses a collection has, as every page counts them."""
    with transaction(open_engine(site.database)) as session:
        found = session.get_one(Collection, collection)
        told = counts.submitted_by_collection(session, found.consultation_id).get(collection, 0)
        rows = session.exec(select(Response).where(col(Response.collection_id) == collection)).all()
        assert told == len(rows)
        return told


@pytest.mark.browser_long
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (LAPTOP, "light")])
def test_every_page_is_open_to_everybody_who_works_with_it(
    visit: Visit, site: Site, workshop: dict[str, int], size: tuple[int, int], scheme: str
) -> None:
    page = visit(size, scheme=scheme, staff="Rosa")
    with transaction(open_engine(site.database)) as session:
        meeting = session.exec(select(Meeting.id).order_by(col(Meeting.id))).first()
    prison, college, hands = workshop.values()
    for address in (
        f"/staff/collections/{prison}/paper",
        f"/staff/collections/{college}/paper",
        f"/staff/collections/{hands}/paper",
        f"/staff/collections/{hands}/paper/tally-sheet?lang=ar",
        f"/staff/collections/{prison}/paper/guide?for=prison&lang=bn",
        "/staff/batches/CLSS",
        "/staff/batches/HMPS/forms",
        f"/staff/forms/{FormNumber('CLSS', 9)}",
        f"/staff/consultations/{PAPER_SLUG}/meetings",
        f"/staff/meetings/{meeting}",
        f"/staff/meetings/{meeting}/tallies/{hands}",
        f"/c/{PAPER_SLUG}/paper",
        f"/c/{PAPER_SLUG}/paper?size=large&lang=ar",
        f"/c/{PAPER_SLUG}/counted",
        f"/c/{PAPER_SLUG}/counted?lang=bn",
    ):
        page.goto(address)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
    page.goto(f"/staff/forms/{FormNumber('CLSS', 9)}")
    page.get_by_label("How worried are you").fill("77")
    page.get_by_role("button", name="Keep this form").click()
    expect(page.get_by_role("alert")).to_contain_text("“77” is no answer to question 1.")
    assert violations(page) == []


# On paper

CUT = """() => {
  const wide = document.querySelector("main").getBoundingClientRect();
  const out = [];
  for (const one of document.querySelectorAll("main *")) {
    const box = one.getBoundingClientRect();
    if (box.width && (box.right > wide.right + 1 || box.left < wide.left - 1)) out.push(one.outerHTML.slice(0, 80));
  }
  return out;
}"""
A4 = (794, 1123)  # CSS pixels


def pages_of(page: Page, tmp_path: Path) -> int:
    """Print a page; how many A4 sheets it has. Nothing may stand beyond the margins."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4[0] - 113, "height": A4[1]})  # 15 mm to either side
    assert page.evaluate(CUT) == []
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    content = (tmp_path / "printed.pdf").read_bytes()
    for box in set(re.findall(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", content)):
        assert [round(float(side) * 25.4 / 72) for side in box] == [210, 297]
    return len(FIGURE.findall(content))


@pytest.mark.parametrize(("letters", "forms", "each"), [("HMPS", 16, 1), ("CLSS", 12, 6)])
def test_a_batch_is_its_cover_and_as_many_pages_for_each_form(
    visit: Visit, workshop: dict[str, int], tmp_path: Path, letters: str, forms: int, each: int
) -> None:
    assert workshop
    page = visit(LAPTOP, staff="Femi")
    page.goto(f"/staff/batches/{letters}/forms")
    assert page.locator("article").count() == forms + 1
    assert pages_of(page, tmp_path) == forms * each + 1


@pytest.mark.browser_long
@pytest.mark.parametrize("language", ["en", "ar", "bn", "en-x-easy"])
@pytest.mark.parametrize(
    ("what", "most"), [("guide?for=prison", 2), ("guide?for=talk", 2), ("tally-sheet?x=1", 3)]
)
def test_a_guide_and_a_tally_sheet_fit_a_few_pages_in_every_language(
    visit: Visit, workshop: dict[str, int], tmp_path: Path, what: str, most: int, language: str
) -> None:
    page = visit(LAPTOP, staff="Femi")
    page.goto(f"/staff/collections/{workshop['Hands at workshops']}/paper/{what}&lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    assert 1 <= pages_of(page, tmp_path) <= most


def test_large_print_has_nothing_under_16_points(
    visit: Visit, workshop: dict[str, int], tmp_path: Path
) -> None:
    assert workshop
    page = visit(LAPTOP)
    page.goto(f"/c/{PAPER_SLUG}/paper?size=large")
    sizes = page.evaluate(
        "[...document.querySelectorAll('main *')].filter((one) => one.innerText && one.childElementCount === 0)"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert round(min(sizes) * 72 / 96, 2) >= 16
    assert pages_of(page, tmp_path) >= 4
