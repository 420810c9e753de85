"""Every page of answering for everybody: however somebody sees it, touches it, and whatever their browser can do.

Each walk goes on to "Thank you", and out by every other way: saying no, leaving, and stopping.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit
from tests.browser.look import cramped, hurried, keep

SMALL = (320, 640)
TWICE = "html{font-size:200%!important}"
SPACED = """
*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}
p{margin-bottom:2em!important}
"""
WAYS: dict[str, dict[str, Any]] = {  # how somebody sees the pages, or what their browser does with them
    "light": {},
    "dark": {"color_scheme": "dark"},
    "laptop": {},
    "forced colours": {"forced_colors": "active"},
    "reduced motion": {"reduced_motion": "reduce"},
    "320 px": {},
    "twice the text": {},
    "text spacing": {},
    "right to left": {},
    "right to left in the dark": {"color_scheme": "dark"},
    "in Bengali": {},
    "in Bengali in the dark": {"color_scheme": "dark"},
    "without scripts": {},
}
LANGUAGES = {"right to left": "ar", "in Bengali": "bn"}  # in all other ways: English

LONG = pytest.mark.long
# In the ways that differ most a page is looked at in every run; in the others among the long proofs.
AMONG_THE_LONG = ("light", "reduced motion", "right to left in the dark", "in Bengali in the dark")
ANSWERING = [pytest.param(way, marks=[LONG] * (way in AMONG_THE_LONG)) for way in WAYS]
SHARED = [
    pytest.param(way, marks=[LONG] * (way not in ("dark", "320 px", "twice the text", "right to left")))
    for way in WAYS
]

NOT_BLACK_ON_WHITE = """() => [...document.querySelectorAll("html, body, body *")]
  .filter((one) => one.checkVisibility() && !one.closest("svg"))
  .map((one) => [one.tagName, getComputedStyle(one).color, getComputedStyle(one).backgroundColor])
  .filter(([, ink, on]) => ink !== "rgb(0, 0, 0)" || !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(on))"""


def see(page: Page, way: str) -> None:
    """Let somebody see the pages in one of the ways."""
    if WAYS[way]:
        page.emulate_media(**WAYS[way])
    if way in ("twice the text", "text spacing"):
        restyle(page, TWICE if way == "twice the text" else SPACED)
    if way == "without scripts":  # the rules are a script themselves: so the page's own is kept away
        page.route("**/answering*.js", lambda route: route.abort())


def spoken(way: str) -> str:
    """The language in which somebody reads the pages."""
    return LANGUAGES.get(way.removesuffix(" in the dark"), "en")


def restyle(page: Page, style: str) -> None:
    """Put a style of one's own over every page, as an extension of a browser does."""
    page.add_init_script(
        f"const own = new CSSStyleSheet();own.replaceSync({style!r});document.adoptedStyleSheets = [own];"
    )


@pytest.fixture
def reached_the_end(site: Site) -> Callable[[], None]:
    """Holds a walk to it: one response was sent with all its answers, and the one that was deleted is gone."""
    before = {one.key for one in site.responses()}

    def see_to_it() -> None:
        (new,) = [one for one in site.responses() if one.key not in before]
        assert new.submitted_on is not None
        assert len(new.answers) >= 15

    return see_to_it


@pytest.mark.browser_long
@pytest.mark.parametrize("way", ANSWERING)
def test_no_page_of_answering_breaks_a_rule(
    visit: Visit, reached_the_end: Callable[[], None], way: str
) -> None:
    page = visit({"320 px": SMALL, "laptop": LAPTOP}.get(way, PHONE))
    see(page, way)

    def look(at: Page, name: str) -> None:
        keep(at, way, name)
        assert cramped(at) + hurried(at) == [], name

    walk.every_page(page, look, spoken(way))
    reached_the_end()


@pytest.mark.browser_long
@pytest.mark.parametrize("way", SHARED)
def test_no_page_of_a_device_that_people_share_breaks_a_rule(visit: Visit, way: str) -> None:
    page = visit({"320 px": SMALL, "laptop": LAPTOP}.get(way, PHONE))
    see(page, way)

    def look(at: Page, name: str) -> None:
        keep(at, way, name)
        assert cramped(at) + hurried(at) == [], name

    walk.every_other_page(page, look, spoken(way))


@pytest.mark.browser
def test_everything_fits_a_small_phone_and_a_thumb_and_leaves_people_their_choice(
    visit: Visit, reached_the_end: Callable[[], None]
) -> None:
    page = visit(SMALL)

    def look(at: Page, name: str) -> None:
        assert cramped(at) + hurried(at) == [], name
        if name == "start" or (name.startswith("question-") and not name.endswith("-help")):
            assert at.locator("input:checked").count() == 0
            assert (
                at.locator("textarea, main input[type=text]").evaluate_all(
                    "all => all.map(one => one.value).join('')"
                )
                == ""
            )

    walk.every_page(page, look)
    reached_the_end()


@pytest.mark.browser
def test_nobody_is_hurried(visit: Visit) -> None:
    page = visit()
    page.clock.install()
    walk.start(page)
    asked = walk.key_of(page)
    page.get_by_label("Fairly worried").check()
    page.clock.fast_forward("24:00:00")
    assert walk.key_of(page) == asked
    expect(page.get_by_label("Fairly worried")).to_be_checked()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("h1")).to_contain_text("in the daytime")
    walk.answer_all(page)
    walk.send(page)


@pytest.mark.browser_long
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_a_page_is_its_question_and_its_choices_black_on_white(
    visit: Visit, reached_the_end: Callable[[], None], scheme: str
) -> None:
    page = visit(scheme=scheme)

    def look(at: Page, name: str) -> None:
        at.emulate_media(media="print")
        expect(at.locator("h1").first).to_be_visible()
        expect(at.locator("button:visible, a.back:visible")).to_have_count(0)
        for choice in at.locator("label.choice").all():
            expect(choice).to_be_visible()
        assert at.evaluate(NOT_BLACK_ON_WHITE) == [], name
        at.emulate_media(media="screen")

    walk.every_page(page, look)
    reached_the_end()
