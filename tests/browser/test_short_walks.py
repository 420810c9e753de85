"""The whole survey on a phone, with scripts and without, by thumb and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from survey.demo import DEMO_CODE
from tests.browser import walk
from tests.browser.conftest import LAPTOP, Launch, Site, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const one = document.activeElement, { top, bottom } = one.getBoundingClientRect();
  const seen = getComputedStyle(one).outlineStyle !== "none" && top >= 0 && bottom <= innerHeight;
  return [one.textContent.trim(), seen];
}"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_survey_on_a_phone(visit: Visit, site: Site, scripts: bool) -> None:
    before = {one.key for one in site.responses()}
    page = visit(scripts=scripts)
    walk.start(page)
    assert walk.answer_all(page) >= 15
    walk.send(page)

    (newest,) = [one for one in site.responses() if one.key not in before]
    assert newest.answers["one_change"] == "wrote"  # the words went to be read
    assert newest.submitted_on is not None
    assert page.context.cookies() == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_by_keyboard_alone(visit: Visit, site: Site, scripts: bool) -> None:
    before = len(site.responses())
    page = visit(scripts=scripts)
    _start_by_keyboard(page)
    _press(page, "Next")
    expect(page.get_by_role("alert")).to_be_visible()
    _press(page, "Choose an answer to go on. “I’d rather not say” is fine too.")
    for _ in range(walk.MOST_PAGES):
        if walk.key_of(page) == "check-answers":
            break
        _answer_by_keyboard(page)
    _press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()
    assert [one.submitted_on is not None for one in site.responses()[before:]] == [True]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_out_by_keyboard_alone(visit: Visit, site: Site, scripts: bool) -> None:
    before = len(site.responses())
    page = visit(scripts=scripts)
    _start_by_keyboard(page)
    _answer_by_keyboard(page)
    _press(page, "Leave now")
    expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
    walk.look_back(page)
    page.reload()
    _press(page, "Carry on")
    expect(page.locator("label.choice").first).to_be_visible()
    _press(page, "Stop, and delete my answers")
    expect(page.get_by_role("heading", name="Stop, and delete your answers?")).to_be_visible()
    _press(page, "Delete my answers")
    expect(page.get_by_role("heading", name="Your answers are deleted")).to_be_visible()
    assert len(site.responses()) == before


def _start_by_keyboard(page: Page) -> None:
    page.goto(f"/s/{DEMO_CODE}")
    _choose_by_keyboard(page)
    _press(page, "Yes, start")
    expect(page.locator("main .question")).to_be_visible()


def _answer_by_keyboard(page: Page) -> None:
    """Tab into the answers, choose one with the space bar where there are choices, and press Next."""
    if page.locator("label.choice").count():
        _choose_by_keyboard(page)
    with page.expect_navigation():
        _press(page, "Next")


def _choose_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.matches('.choice input')") is False:
        page.keyboard.press("Tab")
    page.keyboard.press("Space")


def _press(page: Page, name: str) -> None:
    """Tab until something of this name has the focus, always seeing where the focus is, and press Enter."""
    for _ in range(80):
        words, seen = page.evaluate(FOCUS)
        if words == name:
            assert seen, f"nobody can see that the focus is on {name}"
            page.keyboard.press("Enter")
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
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_label("Fairly worried")).to_be_checked()


def test_a_page_that_was_asked_for_before_its_first_answer_arrived_finds_it_after_all(visit: Visit) -> None:
    page = visit()
    with page.expect_response("**/ahead/**"):
        page.goto("/s/THAMES")
    page.wait_for_load_state("networkidle")
    begun: list[Route] = []
    page.route("**/s/THAMES", lambda route: begun.append(route))

    def too_early(route: Route) -> None:
        unknown = route.fetch()
        assert unknown.status == 404
        with page.expect_response("**/s/THAMES"):
            begun[0].continue_()
        route.fulfill(response=unknown)

    page.route("**/r/*/1", too_early, times=1)
    walk.say_yes(page)
    expect(page.locator("h1")).to_contain_text("How worried are you")
    with page.expect_response(lambda answer: "/r/" in answer.url and answer.status == 404):
        page.reload()
    expect(page.locator("h1")).to_contain_text("How worried are you")


def test_the_way_out_is_on_the_screen_after_every_step(visit: Visit) -> None:
    page = visit()
    walk.start(page)
    for _ in range(3):
        expect(page.get_by_role("button", name="Leave now")).to_be_in_viewport()
        expect(page.locator("h1").first).to_be_in_viewport()
        walk.answer(page)
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("link", name="Back", exact=True)).to_be_in_viewport()


def _next(page: Page) -> None:
    """Press Next, and wait for the server to say that the answer is stored."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Next").click()


def test_two_tabs_lose_nothing(visit: Visit, site: Site) -> None:
    first = visit()
    walk.start(first)
    first.get_by_label("Very worried", exact=True).check()
    _next(first)
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_label("Fairly safe").check()
    _next(second)
    second.get_by_label("Fairly unsafe").check()
    _next(second)
    first.get_by_label("Very safe").check()
    _next(first)
    key = first.url.split("/r/")[1].split("/")[0]
    (stored,) = [one.answers for one in site.responses() if one.key == key]
    assert stored == {"worry_knife_crime": "very", "safe_day": "very_safe", "safe_dark": "fairly_unsafe"}


def test_leaving_hides_everything_and_going_back_does_not_bring_it_back(visit: Visit) -> None:
    page = visit()
    walk.start(page)
    page.get_by_label("Very worried", exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Leave now").click()
    expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
    page.go_back()
    assert page.url == "about:blank"  # what was before the survey
    page.go_forward()
    expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
    page.go_forward()
    page.reload()
    expect(page.get_by_role("heading", name="You left this page")).to_be_visible()
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
    walk.look_back(page)
    expect(page.get_by_role("heading", name=re.compile("You left this page|Thank you"))).to_be_visible()
    expect(page.get_by_text("Fairly worried")).to_have_count(0)
    browser.close()


def test_a_choice_of_question_changes_the_figures_in_place(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Ada")
    page.goto("/staff/consultations/youth-survey-2026/results")
    page.evaluate("window.stayed = true")
    page.locator("select[name=question]").select_option("safe_dark")
    expect(
        page.get_by_text("They were asked: “How safe do you feel in your area after dark?”")
    ).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert "question=safe_dark" in page.url


def test_the_results_work_without_scripts(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Ada", scripts=False)
    page.goto("/staff/consultations/youth-survey-2026/results")
    page.locator("select[name=question]").select_option("safe_dark")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(
        page.get_by_text("They were asked: “How safe do you feel in your area after dark?”")
    ).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()


@pytest.mark.browser_long
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
