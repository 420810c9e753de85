"""What staff type is called saved only when it is; the page asks before it is left, and says why it was not saved."""

import re

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from survey.web.forms import LARGEST_BODY
from tests.browser.conftest import LAPTOP, Visit
from tests.browser.test_designer import begin

pytestmark = pytest.mark.browser_long

NOT_YET = "Not saved yet."


def status(page: Page) -> Locator:
    return page.get_by_role("status").first


def asked(page: Page) -> list[str]:
    """The questions that the browser asks before the page is left; each is answered with staying."""
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", hear)
    return heard


def leave(page: Page) -> None:
    """Try to go to another page as somebody does who types an address; stay where the browser asks."""
    page.evaluate("location.assign('/staff/sets')")
    page.wait_for_timeout(500)


def test_what_is_typed_is_not_called_saved_and_leaving_asks(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    key = begin(page, "Half typed")
    heard, box = asked(page), page.get_by_label("What you ask")
    expect(status(page)).to_contain_text("Saved.")
    box.press("End")
    box.press_sequentially(" And why")
    expect(status(page)).to_contain_text(NOT_YET)
    expect(status(page)).not_to_contain_text("Saved.")
    expect(status(page)).to_contain_text("draft.")
    leave(page)
    assert (heard, f"/sets/{key}" in page.url) == (["beforeunload"], True)
    expect(box).to_have_value("What do you want to ask first? And why")
    page.get_by_label("Hint under it").focus()
    expect(status(page)).to_contain_text("Saved. Last change")
    expect(status(page)).not_to_contain_text(NOT_YET)
    leave(page)
    assert (heard, page.url.endswith("/staff/sets")) == (["beforeunload"], True)


def test_words_that_are_taken_back_leave_nothing_unsaved(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    begin(page, "Taken back")
    heard, box = asked(page), page.get_by_label("What you ask")
    box.press("End")
    box.press("x")
    expect(status(page)).to_contain_text(NOT_YET)
    box.press("Backspace")
    page.get_by_label("Hint under it").focus()
    expect(status(page)).to_contain_text("Saved.")
    page.locator("#shown-written summary").click()
    page.locator("#shown-text").fill("x")
    expect(status(page)).to_contain_text(NOT_YET)
    page.locator("#shown-text").fill("")
    expect(status(page)).to_contain_text("Saved.")
    page.get_by_text("Add a question", exact=True).click()
    kind = page.locator("select[name=new_kind]")
    kind.select_option(value="text")
    expect(status(page)).to_contain_text(NOT_YET)
    kind.select_option(index=0)
    expect(status(page)).to_contain_text("Saved.")
    leave(page)
    assert heard == []


def test_a_link_that_is_pressed_while_typing_waits_until_all_is_saved(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    key = begin(page, "Link pressed")
    heard = asked(page)
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    page.get_by_label("What you ask").fill("Do you take the bus?")
    page.get_by_role("link", name="History").click()
    page.wait_for_url(f"**/{key}/history")
    expect(page.get_by_text("changed “What do you want to ask first?”")).to_be_visible()
    assert heard == []


def test_what_was_typed_before_the_scripts_came_is_not_lost(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    key = begin(page, "Slow scripts")
    held: list[Route] = []
    page.route(re.compile("/unsaved"), lambda route: held.append(route))
    page.goto(f"/staff/sets/{key}", wait_until="commit")
    page.get_by_label("What you ask").fill("Do you take the bus?")
    expect(status(page)).to_contain_text("Saved.")
    held[0].continue_()
    expect(status(page)).to_contain_text(NOT_YET)
    page.wait_for_load_state()
    page.get_by_role("link", name="History").click()
    page.wait_for_url(f"**/{key}/history")
    expect(page.get_by_text("changed “What do you want to ask first?”")).to_be_visible()


def test_what_was_refused_is_not_sent_again_by_a_link_and_leaving_asks(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    key = begin(page, "Link refused")
    heard, box = asked(page), page.get_by_label("What you ask")
    box.fill("")
    page.get_by_label("Hint under it").focus()
    expect(page.get_by_role("alert")).to_contain_text("Write the question.")
    expect(status(page)).to_contain_text(NOT_YET)
    page.get_by_role("link", name="History").click()
    page.wait_for_timeout(500)
    assert (heard, f"/sets/{key}?" in page.url) == (["beforeunload"], True)


@pytest.mark.parametrize("where", ["designer", "languages"])
def test_why_something_was_not_saved(visit: Visit, where: str) -> None:
    page = visit(LAPTOP, staff="Dee")
    key = begin(page, f"Refused {where}")
    if where == "languages":
        page.goto(f"/staff/sets/{key}/languages/bn")
    told = page.locator("[data-tells]")
    box = page.locator("textarea").first
    box.fill("?" * (LARGEST_BODY + 1))
    box.blur()
    expect(told).to_have_text(
        "Not saved: it is too long to be kept. What you wrote is still here. Make it shorter, then save again."
    )
    page.request.post(f"/staff/sets/{key}/retire", form={"do": "retire"})
    box.fill("Shorter?")
    box.blur()
    expect(told).to_have_text(
        "Not saved. What you wrote is still here. This set is retired. Bring it back before you change it."
    )
    page.request.post(f"/staff/sets/{key}/retire", form={"do": "bring back"})
    page.request.post("/staff/out")
    box.fill("Shorter still?")
    box.blur()
    expect(told).to_contain_text("You may be signed out")
    expect(box).to_have_value("Shorter still?")


def test_the_page_of_a_language_keeps_up_with_what_is_saved(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    key = begin(page, "Kept up")
    page.goto(f"/staff/sets/{key}/languages/bn")
    heard, boxes, far = asked(page), page.locator("textarea[name=words]"), page.locator("#far")
    total = boxes.count()
    expect(far).to_contain_text(f"{total} missing")
    boxes.nth(0).press_sequentially("কথা")
    expect(far).to_contain_text(NOT_YET)
    expect(page.locator("#saved")).to_have_text(NOT_YET)
    leave(page)
    assert heard == ["beforeunload"]
    boxes.nth(1).focus()
    expect(far).to_contain_text("1 translated")
    expect(far).to_contain_text(f"{total - 1} missing")
    expect(far).to_contain_text("Dee changed 1 text in Bangla")
    expect(page.locator("#count-left")).to_have_text(str(total - 1))
    expect(page.locator("#saved")).to_have_text("Saved.")
    boxes.nth(1).press_sequentially("আরও")
    expect(boxes.nth(1)).to_be_focused()
    expect(far).to_contain_text(NOT_YET)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(far).to_contain_text("2 translated")
    assert heard == ["beforeunload"]
