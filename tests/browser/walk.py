"""How a visitor answers: by what stands on the page, as a person would."""

from collections.abc import Callable

from playwright.sync_api import Page

from survey.demo import DEMO_CODE

MOST_PAGES = 40


def start(page: Page) -> None:
    """Open the start page and press Start."""
    page.goto(f"/s/{DEMO_CODE}")
    say_yes(page)


def say_yes(page: Page) -> None:
    """Say on a start page how old one is, and that one wants to."""
    page.locator("input[name=age][value='16']").check()
    page.locator("button[name=take_part][value=yes]").click()


def key_of(page: Page) -> str:
    """Which question this is: the address does not tell."""
    if page.locator("dl.answers").count():
        return "check-answers"
    return page.locator("main [data-question]").first.get_attribute("data-question") or ""


def answer_all(page: Page, at_each: Callable[[Page], object] = lambda _page: None) -> int:
    """Answer every question until "Check your answers"; how many there were."""
    for answered in range(MOST_PAGES):
        if key_of(page) == "check-answers":
            return answered
        at_each(page)
        answer(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Next").click()
    raise AssertionError("the survey never ended")


def answer(page: Page) -> None:
    """Give one answer to the question on the page."""
    choices = page.locator("label.choice")
    if choices.count():
        choices.nth(21 if key_of(page) == "borough" else 0).click()
    elif page.locator("textarea").count():
        page.locator("textarea").fill("More places to go after school.\nBetter lights.")


def send(page: Page) -> None:
    """Send the answers, and see that they arrived."""
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you. Your answers are in.").wait_for()
