"""Somebody joins the panel, is invited, answers and leaves, with scripts and without; staff invite them."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from threading import Event
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from survey.db import open_engine, transaction
from survey.models import Consultation, Meeting, PanelTicket
from survey.panel import news
from survey.panel.crowd import reached
from survey.panel.inviting import send_next
from survey.panel.tables import Groups, News, Progress, Purpose
from tests.browser import look
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit

pytestmark = pytest.mark.browser


def letters(site: Site, to: str) -> list[EmailMessage]:
    """What was sent to an address."""
    read = [email.message_from_bytes(file.read_bytes(), policy=default) for file in site.mails.iterdir()]
    return [one for one in read if isinstance(one, EmailMessage) and one["To"] == to]


def link_in(letter: EmailMessage, way: str) -> str:
    found = re.search(rf"http://127\.0\.0\.1:\d+({way}\S+)", letter.get_content())
    assert found is not None
    return found[1]


def violations(page: Page) -> Any:
    """What the rules of WCAG find on a page; a page without scripts is looked at by its markup elsewhere."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": look.RULES}})
    return [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]


def join(page: Page, address: str, site: Site, *, scripts: bool) -> str:
    """From the first page to the button in the mail; the link to their own page."""

    def at() -> None:
        assert not scripts or violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True

    page.goto("/panel")
    at()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("Please say how old you are.")
    at()
    page.get_by_label("18 to 20").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Yes, ask me again").click()
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_count(3)
    at()
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_label("Where do you live?").select_option("Lambeth")
    page.get_by_label("new questions that I can answer").check()
    page.get_by_role("button", name="Yes, ask me again").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    at()
    link = link_in(letters(site, address)[0], "/panel/you/")
    page.goto(link)
    at()
    page.get_by_role("button", name="Yes, ask me again").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you. We may write to you until")
    at()
    return link


@pytest.mark.parametrize(("scripts", "scheme"), [(True, "light"), (False, "dark")])
def test_somebody_joins_changes_and_leaves(visit: Visit, site: Site, scripts: bool, scheme: str) -> None:
    page = visit(PHONE, scripts=scripts, scheme=scheme)
    link = join(page, f"zoe-{scripts}-{scheme}@example.org", site, scripts=scripts)
    page.get_by_label("what changed because of us").check()
    page.get_by_role("button", name="Keep my changes").click()
    expect(page.get_by_role("status")).to_contain_text("Your changes are kept.")
    expect(page.get_by_label("what changed because of us")).to_be_checked()
    page.goto(link.replace("/you/", "/leave/"))
    assert not scripts or violations(page) == []
    page.get_by_role("button", name="Take me off").click()
    expect(page.get_by_role("heading", name="You are off")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="We do not know this link")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_under_16_the_way_is_through_a_setting(visit: Visit, scripts: bool) -> None:
    page = visit(PHONE, scripts=scripts)
    page.goto("/panel")
    page.get_by_label("Under 16").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Ask your school or club")).to_be_visible()
    assert page.locator("main input").count() == 0
    assert not scripts or violations(page) == []


def test_staff_open_a_pulse_and_invite_and_a_member_answers_with_and_without_scripts(
    visit: Visit, site: Site
) -> None:
    people = {f"kofi-{scripts}@example.org": scripts for scripts in (True, False)}
    for address, scripts in people.items():
        join(visit(PHONE, scripts=scripts), address, site, scripts=scripts)
    staff = visit(LAPTOP, staff="Kim")
    staff.goto("/staff/panel")
    staff.get_by_role("button", name="Open the pulse of quarter").click()
    expect(staff.get_by_role("status")).to_contain_text("The pulse is open.")
    assert violations(staff) == []
    staff.get_by_role("button", name="Send the invitations").click()
    expect(staff.locator("main")).to_contain_text("It cannot be sent again or called back.")
    assert violations(staff) == []
    staff.get_by_role("button", name="Yes, send them now").click()
    expect(staff.get_by_role("status")).to_contain_text("The invitations leave in the next minutes.")
    assert send_next(site.app.state.panel, site.app.state.installation, Event()) is Progress.DONE
    staff.goto("/staff/panel")
    assert violations(staff) == []
    for address, scripts in people.items():
        (invitation,) = [one for one in letters(site, address) if "/p/" in one.get_content()]
        _answer(visit(PHONE, scripts=scripts), link_in(invitation, "/p/"))


def test_staff_read_a_letter_before_it_leaves(visit: Visit, site: Site) -> None:
    store, here = site.app.state.panel, site.app.state.installation
    with transaction(open_engine(site.database)) as session:
        told = session.exec(select(Consultation).where(col(Consultation.announced_on).is_not(None))).first()
        assert told is not None
        assert told.id is not None
        session.add(
            Meeting(consultation_id=told.id, title="Routes home", held_on=here.today(), where="Elm Hall")
        )
    staff = visit(PHONE, staff="Kim")
    staff.goto("/staff/panel")
    staff.get_by_role("radio", name="Routes home").check()
    staff.get_by_role("button", name="Read the letter first").click()
    expect(staff.get_by_role("heading", name="A meeting that you can come to")).to_be_visible()
    assert violations(staff) == []
    staff.get_by_role("button", name="Yes, send it now").click()
    expect(staff.get_by_role("status")).to_contain_text("The letter leaves in the next minutes.")
    assert violations(staff) == []
    assert news.send_next(store, here, Event()) is Progress.DONE
    with store.looking() as panel:
        (letter,) = panel.exec(select(News)).all()
        assert letter.sent == len(reached(panel, Groups(), here.today(), Purpose.MEETINGS)) > 0


def _answer(page: Page, way: str) -> None:
    page.goto(way)
    page.get_by_label("16 or over").check()
    page.get_by_role("button", name="Yes, start").click()
    for answer in ("Very worried", "Fairly safe", "Yes"):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()
    page.goto(way)
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()


def test_links_that_were_not_used_are_all_that_is_left(site: Site) -> None:
    with transaction(open_engine(site.database)) as session:
        kept = session.exec(select(PanelTicket)).all()
        assert all(len(one.token_hash) == 64 for one in kept)
