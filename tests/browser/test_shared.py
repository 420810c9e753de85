"""Devices that people use after each other: a class, and a tablet on a stall."""

import time

import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from sqlmodel import col, select

from survey.db import open_engine, transaction
from survey.models import Response, Setting
from tests.browser import walk
from tests.browser.conftest import Site, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser


def start_at(page: Page, code: str) -> None:
    """Say yes on the start page of a code."""
    page.goto(f"/s/{code}")
    walk.say_yes(page)


def answer_on(page: Page, times: int) -> None:
    """Answer so many pages, wherever their addresses lead."""
    for _ in range(times):
        if walk.key_of(page) == "check-answers":
            return
        before = walk.key_of(page)
        walk.answer(page)
        page.get_by_role("button", name="Next", exact=True).click()
        expect(page.locator(f"main form [data-question='{before}']")).to_have_count(0)


def came_in_by(site: Site, code: str) -> list[Response]:
    """The responses of a setting."""
    with transaction(open_engine(site.database)) as session:
        asked = select(Response).join(Setting, col(Setting.id) == col(Response.setting_id))
        found = list(session.exec(asked.where(col(Setting.code) == code)).all())
        session.expunge_all()
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_one_pupil_after_another_and_nothing_leads_back(site: Site, visit: Visit, scripts: bool) -> None:
    before = {one.key for one in came_in_by(site, "SHARED")}
    page = visit(scripts=scripts)
    for pupil in range(2):
        if pupil:
            page.get_by_role("link", name="Next person").click()
            walk.say_yes(page)
        else:
            start_at(page, "SHARED")
        answer_on(page, walk.MOST_PAGES)
        walk.send(page)
        expect(page.locator(".receipt .letters")).to_have_text(page.locator(".receipt .letters").inner_text())
    new = [one for one in came_in_by(site, "SHARED") if one.key not in before]
    assert [one.submitted_on is not None for one in new] == [True, True]
    assert new[0].answers == new[1].answers
    assert len(new[0].answers) > 10
    assert page.evaluate("localStorage.length") == 0
    entries = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name).join()")
    for one in new:
        assert one.key not in page.url + entries + page.content()


def test_on_a_shared_device_one_goes_back_and_forth_as_ever(site: Site, visit: Visit) -> None:
    page = visit()
    with page.expect_response("**/ahead/**"):
        start_at(page, "SHARED")
    answer_on(page, 2)
    third = walk.key_of(page)
    page.get_by_role("button", name="Back", exact=True).click()
    page.wait_for_function(f"!document.querySelector('[data-question={third}]')")
    expect(page.locator("main input:checked")).to_have_count(1)
    page.go_back()  # the browser's own way
    expect(page.locator(f"main [data-question={third}]")).to_have_count(1)
    assert violations(page) == []
    assert "/r/" not in page.url or "/r/-" in page.url


def test_whoever_stops_before_their_first_answer_arrived_still_finds_it(visit: Visit) -> None:
    page = visit()
    with page.expect_response("**/ahead/**"):
        page.goto("/s/SHARED")
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/s/SHARED", lambda route: held.append(route))
    walk.say_yes(page)
    expect(page.locator("h1")).to_contain_text("How worried are you")
    page.get_by_role("button", name="Stop, and delete my answers").click()
    page.wait_for_timeout(500)
    held[0].continue_()
    expect(page.get_by_role("heading", name="Stop, and delete your answers?")).to_be_visible()


def test_a_tablet_goes_back_to_its_start_when_nobody_is_there(site: Site, visit: Visit) -> None:
    before = {one.key for one in came_in_by(site, "TABLET")}
    page = visit()
    page.clock.install()
    with page.expect_response("**/ahead/**"):
        page.goto("/s/TABLET")
    page.wait_for_load_state("networkidle")
    walk.say_yes(page)
    answer_on(page, 1)
    page.clock.fast_forward(95_000)
    asked = page.get_by_role("dialog", name="Are you still there?")
    expect(asked).to_be_visible()
    assert violations(page) == []
    asked.get_by_role("button", name="Yes, go on").click()
    expect(asked).to_have_count(0)
    page.clock.fast_forward(95_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    with page.expect_navigation(url="**/s/TABLET"):
        page.clock.fast_forward(31_000)
    for _ in range(100):  # what hides the answers goes out as the page goes home
        (new,) = [one for one in came_in_by(site, "TABLET") if one.key not in before]
        if new.concealed:
            break
        time.sleep(0.05)
    assert new.answers
    assert set(new.concealed) == set(new.answers)


def test_after_sending_a_tablet_is_ready_for_the_next_person(site: Site, visit: Visit) -> None:
    page = visit()
    page.clock.install()
    start_at(page, "TABLET")
    answer_on(page, walk.MOST_PAGES)
    walk.send(page)
    with page.expect_navigation(url="**/s/TABLET"):
        page.clock.fast_forward(61_000)
    expect(page.get_by_role("heading", name="How old are you?")).to_be_visible()


@pytest.mark.parametrize("delete", [False, True])
def test_a_tablet_does_not_stay_where_somebody_stopped(visit: Visit, delete: bool) -> None:
    page = visit()
    page.clock.install()
    with page.expect_response("**/ahead/**"):
        page.goto("/s/TABLET")
    page.wait_for_load_state("networkidle")
    walk.say_yes(page)
    answer_on(page, 1)
    page.get_by_role("button", name="Stop, and delete my answers").click()
    expect(page.get_by_role("heading", name="Stop, and delete your answers?")).to_be_visible()
    if delete:
        page.get_by_role("button", name="Delete my answers", exact=True).click()
        expect(page.get_by_role("link", name="Next person")).to_be_visible()
    with page.expect_navigation():
        page.clock.fast_forward(121_000)
    if not delete:  # what was answered is left first
        page.clock.fast_forward(61_000)
    page.wait_for_url("**/s/TABLET")


@pytest.mark.parametrize("how", ["said no", "sent", "deleted"])
def test_what_says_more_opens_beside_the_last_page_of_a_tablet(visit: Visit, how: str) -> None:
    page = visit()
    page.clock.install()
    page.goto("/s/TABLET")
    page.wait_for_load_state("networkidle")
    if how == "said no":
        page.get_by_role("button", name="No, thank you").click()
    else:
        walk.say_yes(page)
        answer_on(page, walk.MOST_PAGES if how == "sent" else 1)
        if how == "sent":
            walk.send(page)
        else:
            page.get_by_role("button", name="Stop, and delete my answers").click()
            page.get_by_role("button", name="Delete my answers", exact=True).click()
    expect(page.get_by_role("link", name="Next person")).to_be_visible()
    page.get_by_role("link", name="More about staying safe").click()
    beside = page.get_by_role("dialog")
    expect(beside.get_by_role("heading", name="Staying safe")).to_be_visible()
    assert violations(page) == []
    beside.get_by_role("button", name="Back").click()
    page.get_by_role("link", name="More about staying safe").click()
    with page.expect_navigation(url="**/s/TABLET"):
        page.clock.fast_forward(61_000)


def test_on_a_shared_device_our_own_ways_do_not_ask_whether_to_leave(visit: Visit) -> None:
    page = visit()
    asked: list[str] = []

    def hear(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", hear)
    with page.expect_response("**/ahead/**"):
        start_at(page, "SHARED")
    answer_on(page, 1)
    page.get_by_role("link", name="More about staying safe").click()
    aside = page.get_by_role("dialog")
    expect(aside.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    aside.get_by_role("button", name="Back").click()
    expect(aside).to_have_count(0)
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert asked == []
