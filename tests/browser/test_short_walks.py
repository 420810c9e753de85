"""The whole survey on a phone, with scripts and without, by thumb and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import LAPTOP, Launch, Site, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_survey_on_a_phone(visit: Visit, site: Site, scripts: bool) -> None:
    before = len(site.responses())
    page = visit(scripts=scripts)
    walk.start(page)
    assert walk.answer_all(page) >= 15
    walk.send(page)

    stored = site.responses()
    assert len(stored) == before + 1
    newest = next(one for one in stored if one.answers.get("one_change"))
    assert newest.answers["one_change"] == "More places to go after school.\nBetter lights."
    assert newest.submitted_on is not None
    assert page.context.cookies() == []


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    walk.start(page)
    for _ in range(walk.MOST_PAGES):
        if walk.key_of(page) == "check-answers":
            break
        _answer_by_keyboard(page)
    _tab_to(page, "Send my answers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()


def _answer_by_keyboard(page: Page) -> None:
    """Tab into the answers, choose one with the space bar where there are choices, and press Next."""
    if page.locator("label.choice").count():
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.matches('.choice input')") is False:
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
    _tab_to(page, "Next")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _tab_to(page: Page, name: str) -> None:
    for _ in range(80):
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {name}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_mistake_takes_the_focus_to_what_has_to_be_mended(visit: Visit, scripts: bool) -> None:
    page = visit(scripts=scripts)
    walk.start(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".wrong")).to_contain_text("Choose an answer to go on.")
    if scripts:
        assert page.evaluate("document.activeElement.id") == "here"


def test_back_and_reload_lose_nothing(visit: Visit) -> None:
    page = visit()
    walk.start(page)
    page.get_by_label("Fairly worried").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Very safe").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="How safe do you feel in your area after dark?")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Very safe")).to_be_checked()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("Fairly worried")).to_be_checked()


def test_the_way_out_is_on_the_screen_after_every_step(visit: Visit) -> None:
    page = visit()
    walk.start(page)
    for _ in range(3):
        expect(page.get_by_role("button", name="Leave now")).to_be_in_viewport()
        expect(page.locator("h1").first).to_be_in_viewport()
        walk.answer(page)
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("link", name="Back")).to_be_in_viewport()


def test_two_tabs_lose_nothing(visit: Visit, site: Site) -> None:
    first = visit()
    walk.start(first)
    first.get_by_label("Very worried", exact=True).check()
    first.get_by_role("button", name="Next").click()
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_label("Fairly safe").check()
    second.get_by_role("button", name="Next").click()
    second.get_by_label("Fairly unsafe").check()
    second.get_by_role("button", name="Next").click()
    first.get_by_label("Very safe").check()
    first.get_by_role("button", name="Next").click()
    key = first.url.split("/r/")[1].split("/")[0]
    (stored,) = [one.answers for one in site.responses() if one.key == key]
    assert stored == {"worry_knife_crime": "very", "safe_day": "very_safe", "safe_dark": "fairly_unsafe"}


def test_leaving_hides_everything_and_going_back_does_not_bring_it_back(visit: Visit) -> None:
    page = visit()
    walk.start(page)
    page.get_by_label("Very worried", exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Leave now").click()
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="This page was left")).to_be_visible()
    expect(page.get_by_text("Very worried")).to_have_count(0)


@pytest.mark.parametrize("way_out", ["Leave now", "Send my answers"])
def test_back_does_not_bring_a_page_back_from_memory(launch: Launch, site: Site, way_out: str) -> None:
    browser = launch(
        "--enable-features=BackForwardCache,CacheControlNoStoreEnterBackForwardCache",
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = browser.new_page(base_url=site.address)
    walk.start(page)
    page.get_by_label("Fairly worried").check()
    page.get_by_role("button", name="Next").click()
    if way_out == "Send my answers":
        walk.answer_all(page)
    with page.expect_response("**/left/forget"):
        page.get_by_role("button", name=way_out).click()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("This page was left|Thank you"))).to_be_visible()
    expect(page.get_by_text("Fairly worried")).to_have_count(0)
    browser.close()


def test_nothing_is_too_wide_or_too_small_to_touch(visit: Visit) -> None:
    page = visit((320, 640))
    walk.start(page)

    def measure(at: Page) -> None:
        assert at.evaluate("document.documentElement.scrollWidth") <= 320, walk.key_of(at)
        to_answer, others = "label.choice, main button", "header button, main a, footer a"
        for targets, least in ((to_answer, 48), (others, 44)):
            heights = at.locator(targets).evaluate_all(
                "found => found.filter(one => one.checkVisibility())"
                ".map(one => [one.innerText, one.getBoundingClientRect().height])"
            )
            assert heights, walk.key_of(at)
            assert [one for one in heights if one[1] < least] == [], walk.key_of(at)

    walk.answer_all(page, measure)
    measure(page)


def test_a_choice_of_question_changes_the_figures_in_place(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Ada")
    page.goto("/staff/consultations/youth-survey-2026/results")
    page.evaluate("window.stayed = true")
    page.get_by_label("Question").select_option("safe_dark")
    expect(
        page.get_by_text("They were asked: “How safe do you feel in your area after dark?”")
    ).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert "question=safe_dark" in page.url


def test_the_results_work_without_scripts(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Ada", scripts=False)
    page.goto("/staff/consultations/youth-survey-2026/results")
    page.get_by_label("Question").select_option("safe_dark")
    page.get_by_role("button", name="Show").click()
    expect(
        page.get_by_text("They were asked: “How safe do you feel in your area after dark?”")
    ).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()


def test_no_page_of_the_answering_flow_breaks_an_accessibility_rule(visit: Visit) -> None:
    page = visit()
    page.goto("/s/THAMES")
    assert violations(page) == []
    walk.start(page)
    page.get_by_role("button", name="Next").click()
    assert violations(page) == []
    page.goto(page.url)
    walk.answer_all(page, lambda at: _assert_none(at))
    assert violations(page) == []
    walk.send(page)
    assert violations(page) == []


def _assert_none(page: Page) -> None:
    found = violations(page)
    assert found == []
