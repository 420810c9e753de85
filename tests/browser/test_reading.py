"""The reading desk with the keyboard alone, its pages for everybody, and a phone whose open questions close."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from survey import accounts
from survey.answering.openings import Openings
from survey.app import system_clock
from survey.db import open_engine, transaction
from survey.models import Named, Role, Staff, Written
from survey.suggesting import tier_of
from tests.browser import walk
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit
from tests.browser.look import cramped, violations

READ_NEXT = "form:has([value='youth-survey-2026']) button[value=first]"
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

pytestmark = pytest.mark.browser


def come_in(page: Page, site: Site, name: str, role: Role) -> None:
    """Sign somebody in with one role."""
    with transaction(open_engine(site.database)) as session:
        link = f"/staff/in/{accounts.invite(session, name, [role], system_clock())}"
    page.goto(link)
    page.get_by_role("button", name="Sign in on this device").click()


def look(page: Page, scripts: bool = True) -> None:
    """Hold a page of staff against the rules; axe is a script itself, and would never end without any."""
    assert not scripts or violations(page) == []
    assert not page.evaluate(SCROLLS), f"{page.url} scrolls sideways"


def tab_to(page: Page, css: str, key: str = "Tab") -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press(key)
        if page.evaluate("css => document.activeElement.matches(css)", css):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab does not lead to {css}")


def wait_again(site: Site, words: str, like: str = "one_change") -> None:
    """Let a text wait to be read, as if it had just been sent."""
    with transaction(open_engine(site.database)) as session:
        now = system_clock().replace(minute=0, second=0, microsecond=0)
        session.add(
            Written(
                collection_id=1,
                question=like,
                words=words,
                language="en",
                arrived_at=now,
                suggested=tier_of(words, "en"),
            )
        )


def unread(site: Site) -> int:
    """How many texts nobody has read."""
    with transaction(open_engine(site.database)) as session:
        return sum(one.arrived_at is not None for one in session.exec(select(Written)))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_reads_codes_and_raises_without_a_mouse(visit: Visit, site: Site, scripts: bool) -> None:
    wait_again(site, "Ask Jordan to open the club")
    wait_again(site, "he hits me")
    page = visit(LAPTOP, scripts=scripts)
    come_in(page, site, f"Rosa {scripts}", Role.READER)  # somebody who has nothing in hand
    before = unread(site)
    page.goto("/staff/reading")
    look(page, scripts)
    tab_to(page, READ_NEXT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Read a text")).to_be_visible()
    expect(page.get_by_text("Look closely.")).to_be_visible()  # what is suggested comes first
    look(page, scripts)
    tab_to(page, "input[name=tier]")
    page.keyboard.press("Space")
    tab_to(page, "textarea[name=why]")
    page.keyboard.type("It says that somebody is hit.")
    tab_to(page, "button[value=concern]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The concern is with the lead and the deputy.")).to_be_visible()
    assert unread(site) == before - 1
    _code_and_clear(page)
    assert unread(site) == before - 2


def _code_and_clear(page: Page) -> None:
    tab_to(page, READ_NEXT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Read a text")).to_be_visible()
    tab_to(page, "input[name=code]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=then]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=clear]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cleared.")).to_be_visible()


@pytest.mark.browser_long
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (LAPTOP, "light")])
def test_no_page_of_reading_or_safeguarding_breaks_a_rule(
    visit: Visit, site: Site, size: tuple[int, int], scheme: str
) -> None:
    wait_again(site, "My mate Jordan hits me, text him on 07700 900123")
    reader, lead = (visit(size, scheme=scheme) for _ in range(2))
    come_in(reader, site, f"Rosa {size} {scheme}", Role.READER)
    come_in(lead, site, "Sam", Role.SAFEGUARDING_LEAD)
    reader.goto("/staff/reading")
    reader.locator(READ_NEXT).click()
    look(reader)
    reader.get_by_role("button", name="Raise a concern").click()
    expect(reader.get_by_text("Choose how urgent it is.")).to_be_visible()
    look(reader)
    reader.get_by_label("Immediate danger").check()
    reader.get_by_role("button", name="Raise a concern").click()
    _ask_for_contact(visit(size, scheme=scheme))
    for address in ("/staff/concerns", "/staff/contacts", "/staff/reading"):
        lead.goto(address)
        look(lead)
    lead.goto("/staff/concerns")
    lead.get_by_role("link", name="Immediate danger").first.click()
    for summary in lead.locator("summary").all():
        summary.click()
    look(lead)
    lead.get_by_label("What you did, whom you told, and when").fill("Rang 999 at once.")
    lead.get_by_role("button", name="Write it down").click()
    expect(lead.get_by_text("Rang 999 at once.")).to_be_visible()


def _ask_for_contact(asked: Page) -> None:
    asked.goto("/contact")
    assert violations(asked) + cramped(asked) == []
    asked.get_by_role("button", name="Send it").click()
    assert violations(asked) + cramped(asked) == []
    asked.get_by_label("What shall we call you?").fill("Zed")
    asked.get_by_label("How can we reach you?").fill("zed@mail.example")
    asked.get_by_role("button", name="Send it").click()
    expect(asked.get_by_role("heading", name="We have it")).to_be_visible()
    assert violations(asked) + cramped(asked) == []


def test_a_phone_under_way_leaves_out_what_closes_and_keeps_what_is_written(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks, shuts = visit(), visit()
    for page in (asks, shuts):
        walk.start(page)
    _go_on(asks, until_words=True)
    asks.locator("textarea").fill("Lanterns on the towpath")
    monkeypatch.setattr("survey.answering.openings.Opening.asks_for_words", lambda _opening, _now: False)
    assert _go_on(shuts) == 0
    walk.send(shuts)
    asks.get_by_role("button", name="Next", exact=True).click()
    expect(asks.locator("main textarea")).to_have_count(0)
    _go_on(asks)
    expect(asks.get_by_text("Lanterns on the towpath")).to_be_visible()
    walk.send(asks)
    with transaction(open_engine(site.database)) as session:
        found = [one for one in session.exec(select(Written)) if one.words == "Lanterns on the towpath"]
        assert len(found) == 1
        session.delete(found[0])


def _go_on(page: Page, *, until_words: bool = False) -> int:
    """Answer until all is answered, or until words are asked for; on how many pages they were."""
    asked = 0
    for _ in range(walk.MOST_PAGES):
        words = page.locator("main textarea").count()
        if walk.key_of(page) == "check-answers" or (words and until_words):
            return asked
        asked += words
        walk.answer(page)
        before = walk.key_of(page)
        with page.expect_response(lambda answer: "/r/" in answer.url and answer.request.method == "POST"):
            page.get_by_role("button", name="Next", exact=True).click()
        expect(page.locator(f"main [data-question='{before}'].question")).to_have_count(0)
    raise AssertionError("the survey never ended")


def test_the_demonstration_names_who_is_told(site: Site) -> None:
    with transaction(open_engine(site.database)) as session:
        named = session.exec(select(Named).where(col(Named.consultation_id) == 1)).one()
        names = {one.id: one.name for one in session.exec(select(Staff))}
        assert {names[named.lead_id], names[named.deputy_id]} == {"Sam", "Dana"}
    assert Openings(open_engine(site.database)).of_collection(1).contact
