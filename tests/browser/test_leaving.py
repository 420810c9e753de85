"""Leaving from wherever one is, and going back without losing what was ticked."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import Site, Visit
from tests.browser.test_phone import ready, stored
from tests.browser.test_shared import answer_on, start_at

pytestmark = pytest.mark.browser
FIRST = "Very worried"


def begun(page: Page) -> str:
    """Answer the first question; where the response stands."""
    ready(page)
    walk.say_yes(page)
    answer_on(page, 1)
    expect(page.locator("main .kept")).to_have_text("Saved.")
    return page.url.rpartition("/")[0]


def until_sent(page: Page) -> None:
    """Wait until nothing waits on the phone."""
    for _ in range(50):
        if not page.evaluate("Object.keys(localStorage).length"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("it was never sent")


def is_left(page: Page, root: str) -> None:
    """Nothing of a response is shown, by its address or by Back."""
    expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
    for _ in range(4):
        page.go_back()
        assert page.locator("main input:checked").count() == 0
    page.goto(f"{root}/1")
    expect(page.get_by_role("heading", name="You left this page")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_leaving_from_a_page_about_help_leaves_the_answers(visit: Visit, scripts: bool) -> None:
    page = visit(scripts=scripts)
    if scripts:
        root = begun(page)
    else:
        walk.start(page)
        answer_on(page, 1)
        root = page.url.rpartition("/")[0]
    page.get_by_role("link", name="More about staying safe").click()
    page.get_by_role("button", name="Leave now").click()
    is_left(page, root)


@pytest.mark.parametrize("where", ["the first page", "the start page"])
def test_leaving_from_any_page_of_ours_leaves_what_this_tab_came_past(visit: Visit, where: str) -> None:
    page = visit()
    root = begun(page)
    if where == "the first page":
        page.get_by_role("link", name="More about staying safe").click()
        page.get_by_role("link", name="Soundings").click()
        page.get_by_role("link", name="Leave now").click()
    else:
        page.goto("/s/THAMES")
        page.wait_for_load_state("networkidle")
        for _ in range(3):
            page.keyboard.press("Shift")
    is_left(page, root)


def test_without_signal_a_page_about_help_leaves_the_answers_too(visit: Visit) -> None:
    page = visit()
    root = begun(page)
    page.get_by_role("link", name="More about staying safe").click()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="Leave now").click()
    page.wait_for_url("about:blank")
    page.context.set_offline(False)
    page.goto(f"{root}/1")
    expect(page.get_by_role("heading", name="You left this page")).to_be_visible()
    assert page.locator("main input:checked").count() == 0


def test_on_a_shared_device_help_is_left_where_it_opens(visit: Visit) -> None:
    page = visit()
    start_at(page, "SHARED")
    answer_on(page, 1)
    page.get_by_role("link", name="More about staying safe").click()
    leave = page.locator("dialog").get_by_role("button", name="Leave now")
    expect(leave).to_be_in_viewport()
    leave.click()
    expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()


@pytest.mark.parametrize("way", ["Back", "Come back later"])
def test_what_stands_on_a_page_is_found_again(site: Site, visit: Visit, way: str) -> None:
    page = visit()
    root = begun(page)
    page.locator("label.choice").nth(1).click()
    page.get_by_role("link", name=way, exact=True).click()
    if way == "Back":
        expect(page.get_by_text(FIRST, exact=True)).to_be_visible()
        page.get_by_role("button", name="Next").click()
    else:
        expect(page.get_by_role("heading", name=way)).to_be_visible()
        until_sent(page)
        page.goto(f"{root}/2")
    expect(page.locator("main input:checked")).to_have_count(1)
    expect(page.locator("main input[type=radio]").nth(1)).to_be_checked()
    assert len(stored(site, page)) == 2


def test_what_is_only_saved_on_the_phone_is_not_taken_for_sent(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    answer_on(page, 1)
    page.context.set_offline(True)
    answer_on(page, walk.MOST_PAGES)
    kept = page.locator("main .kept")
    expect(kept).to_have_text("Saved on this phone, but not sent in yet. Press “Send my answers”.")
    page.get_by_role("button", name="Send my answers").click()
    expect(kept).to_have_text("Saved on this phone. It will be sent when you have signal.")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()


def test_whoever_comes_back_by_the_link_goes_on_where_they_stopped(visit: Visit) -> None:
    page = visit()
    root = begun(page)
    page.context.set_offline(True)
    answer_on(page, 3)
    asked = walk.key_of(page)
    again = page.context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.close(run_before_unload=True)
    page.context.set_offline(False)
    again.goto(root)
    expect(again.locator(f"main form [data-question='{asked}']")).to_be_visible()
