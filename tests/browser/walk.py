"""How a visitor answers: by what stands on the page, as a person would."""

from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Page, expect

from survey.demo import DEMO_CODE
from survey.languages import read_languages
from tests.browser.conftest import NO_PERMISSION

MOST_PAGES = 40
AtEach = Callable[[Page, str], object]  # what is done at each page, and the name it goes by


def start(page: Page) -> None:
    """Open the start page and press Start."""
    page.goto(f"/s/{DEMO_CODE}")
    say_yes(page)


def say_yes(page: Page) -> None:
    """Say on a start page how old one is, and that one wants to."""
    page.locator("input[name=age][value='16']").check()
    page.locator("button[name=take_part][value=yes]").click()


def key_of(page: Page) -> str:
    """Which question this is, by what stands on the page; "check-answers" where all of them stand."""
    asked = page.locator("main .question, main dl.answers").first
    return asked.get_attribute("data-question") or "check-answers"


def answer_all(page: Page, at_each: Callable[[Page], object] = lambda _page: None) -> int:
    """Answer every question until "Check your answers"; how many there were."""
    for answered in range(MOST_PAGES):
        if key_of(page) == "check-answers":
            return answered
        at_each(page)
        answer(page)
        with page.expect_navigation():
            page.locator("main button.go").click()
    raise AssertionError("the survey never ended")


# What the form of a page says; a field with a hyphen in its name is not an answer.
VALUES = (
    "[...new FormData(document.querySelector('main form'))]"
    ".flatMap(([name, value]) => (name.includes('-') ? [] : [value]))"
)


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


def every_page(page: Page, at_each: AtEach, language: str = "en") -> None:
    """Every page that somebody who answers may meet, each with its name: on to the end, and out by every other way."""
    said = read_languages()[language].gettext
    page.goto(f"/s/{DEMO_CODE}?lang={language}")
    at_each(page, "start")
    _press(page, said("No, thank you"))
    _see(page, "heading", said("That is fine"))
    at_each(page, "said-no")
    _to_the_end(page, at_each, language)
    _out(page, at_each, language)


def every_other_page(page: Page, at_each: AtEach, language: str = "en") -> None:
    """What is not on the way of most: a device that people share, a tablet on a stall, a code that is not for all."""
    said = read_languages()[language].gettext
    for devices, code in (("class", "SHARED"), ("tablet", "TABLET")):
        page.goto(f"/s/{code}?lang={language}")
        at_each(page, f"{devices}-start")
        _shared(page, _named(at_each, devices), code, language)
    page.goto(f"/s/{NO_PERMISSION}?lang={language}")
    page.locator("form.consent").evaluate("form => (form.noValidate = true)")
    _press(page, said("Yes, start"))
    _see(page, "alert", said("Please look at this again"))
    at_each(page, "no-age")
    page.locator("input[name=age][value='under_16']").check()
    page.locator("button[name=take_part][value=yes]").click()
    _see(page, "heading", said("You cannot take part here if you are under 16"))
    at_each(page, "not-here")
    page.goto(f"/receipt?lang={language}")
    at_each(page, "receipt")
    page.locator("#receipt").fill("BCDF-GHJK-LMNP-QRST")
    _press(page, said("Delete my answers"))
    page.get_by_role("alert").wait_for()
    at_each(page, "receipt-unknown")


def _named(at_each: AtEach, devices: str) -> AtEach:
    return lambda page, name: at_each(page, f"{devices}-{name}")


def _shared(page: Page, at_each: AtEach, code: str, language: str) -> None:
    """One who answers, one who stops, and one who says no; each of them chooses the language anew."""
    said = read_languages()[language].gettext
    say_yes(page)
    _press(page, said("Next"))
    _see(page, "alert", said("Please look at this again"))
    at_each(page, "mistake")
    for _page in range(MOST_PAGES):
        if (before := key_of(page)) == "check-answers":
            break
        at_each(page, f"question-{before}")
        answer(page)
        page.locator("main button.go").click()
        expect(page.locator(f"main form [data-question='{before}']")).to_have_count(0)
    at_each(page, "check")
    _press(page, said("Send my answers"))
    _see(page, "heading", said("Thank you. Your answers are in."))
    at_each(page, "thank-you")
    _next_person(page, code, language)
    say_yes(page)
    key_of(page)
    page.get_by_role("button", name=said("Stop, and delete my answers")).click()
    _see(page, "heading", said("Stop, and delete your answers?"))
    at_each(page, "stop")
    _press(page, said("Delete my answers"))
    _see(page, "heading", said("Your answers are deleted"))
    at_each(page, "deleted")
    _next_person(page, code, language)
    _press(page, said("No, thank you"))
    _see(page, "heading", said("That is fine"))
    at_each(page, "said-no")


def _next_person(page: Page, code: str, language: str) -> None:
    page.get_by_role("link", name=read_languages()[language].gettext("Next person")).click()
    page.wait_for_url(f"**/s/{code}")
    page.goto(f"/s/{code}?lang={language}")


def _to_the_end(page: Page, at_each: AtEach, language: str) -> None:
    said = read_languages()[language].gettext
    _begin(page, language)
    _press(page, said("Next"))
    _see(page, "alert", said("Please look at this again"))
    at_each(page, "mistake")
    page.goto(page.url)
    answer_all(page, lambda at: _at_question(at, at_each))
    at_each(page, "check")
    _press(page, said("Send my answers"))
    _see(page, "heading", said("Thank you. Your answers are in."))
    at_each(page, "thank-you")


def _out(page: Page, at_each: AtEach, language: str) -> None:
    said = read_languages()[language].gettext
    _begin(page, language)
    page.wait_for_load_state("networkidle")
    first = page.url.partition("#")[0]
    _send_too_early(page, at_each, language)
    page.goto(first)
    answer(page)
    with page.expect_navigation():
        _press(page, said("Next"))
    page.get_by_role("link", name=said("Come back later")).click()
    _see(page, "heading", said("Come back later"))
    at_each(page, "come-back")
    page.go_back()
    _leave(page, at_each, language)
    page.get_by_role("link", name=said("Stop, and delete my answers")).click()
    _see(page, "heading", said("Stop, and delete your answers?"))
    at_each(page, "stop")
    _press(page, said("Delete my answers"))
    _see(page, "heading", said("Your answers are deleted"))
    at_each(page, "deleted")


def _send_too_early(page: Page, at_each: AtEach, language: str) -> None:
    said = read_languages()[language].gettext
    page.goto(page.url.partition("#")[0].rpartition("/")[0] + "/check-answers")
    _press(page, said("Send my answers"))
    _see(page, "alert", said("Please look at this again"))
    asked = page.locator("dl.answers dt").first.inner_text()
    expect(page.get_by_role("alert").get_by_role("link", name=asked)).to_be_visible()
    at_each(page, "check-mistake")


def _leave(page: Page, at_each: AtEach, language: str) -> None:
    said = read_languages()[language].gettext
    _press(page, said("Leave now"))
    _see(page, "heading", said("This page is closed"))
    at_each(page, "left")
    look_back(page)
    page.reload()
    _see(page, "heading", said("You left this page"))
    at_each(page, "was-left")
    _press(page, said("Carry on"))


def look_back(page: Page) -> None:
    """After leaving: Back, and where that leads to what was before the survey, forward to where its pages were."""
    page.go_back()
    if page.url == "about:blank":
        for _ in range(2):
            page.wait_for_timeout(
                300
            )  # a page that comes from memory takes the other's place after it is there
            page.go_forward(wait_until="commit")  # and there is no other event
        page.wait_for_timeout(300)


def _begin(page: Page, language: str) -> None:
    page.goto(f"/s/{DEMO_CODE}?lang={language}")
    say_yes(page)
    key_of(page)


def _at_question(page: Page, at_each: AtEach) -> None:
    """A question as it comes, and once more where choosing an answer brings help."""
    key = key_of(page)
    at_each(page, f"question-{key}")
    if page.locator("[data-support]").count():
        page.locator("label.choice").first.click()
        at_each(page, f"question-{key}-help")


def _press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def _see(page: Page, role: Literal["alert", "heading"], words: str) -> None:
    expect(page.get_by_role(role).filter(has_text=words)).to_be_visible()
