"""The whole survey in Firefox and in WebKit, with scripts and without: what was answered is what is stored."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from questions import as_sent
from survey.demo import DEMO_CODE
from survey.models import Response
from tests.browser.conftest import Site
from tests.browser.engines import Visitor, firefox, webkit
from tests.browser.walk import MOST_PAGES, VALUES

pytestmark = pytest.mark.browser_long

ENGINES = {"Firefox": firefox, "WebKit": webkit}
AHEAD = "performance.getEntriesByType('resource').some((one) => one.name.includes('/ahead/'))"
WHICH = (
    "(document.querySelector('main dl.answers') ? 'the end'"
    " : document.querySelector('main .question')?.dataset.question)"
)
FOUND = "document.querySelector('main h1')?.textContent"

Enter = Callable[[bool], Visitor]


@pytest.fixture(params=ENGINES)
def enter(request: pytest.FixtureRequest, site: Site) -> Iterator[Enter]:
    """Opens the start page in one of the engines, with scripts or without."""
    with ExitStack() as open_now:

        def visitor(scripts: bool) -> Visitor:
            new = open_now.enter_context(ENGINES[request.param](scripts=scripts))
            new.open(f"{site.address}/s/{DEMO_CODE}")
            if scripts:
                new.wait(AHEAD)
            return new

        yield visitor


@pytest.fixture
def new_responses(site: Site) -> Callable[[], list[Response]]:
    """The responses that came since the story began."""
    before = {one.key for one in site.responses()}
    return lambda: [one for one in site.responses() if one.key not in before]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_survey_in_another_engine(
    enter: Enter, new_responses: Callable[[], list[Response]], scripts: bool
) -> None:
    visitor = enter(scripts)
    visitor.run("window.stayed = 'the same page'")
    given = _answer_all(visitor)
    assert len(given) >= 15
    if scripts:
        visitor.wait("document.querySelector('main .kept').textContent === 'Saved.'")
        assert _stored(new_responses()) == given  # sent in the background, nothing but Next was pressed
    assert visitor.run("window.stayed || 'another page'") == ("the same page" if scripts else "another page")
    visitor.press("Send my answers")
    visitor.wait(f"{FOUND} === 'Thank you. Your answers are in.'")
    words = next(key for key, said in given.items() if "Better lights." in said[0])
    assert _stored(new_responses()) == given | {words: ["wrote"]}  # what was written went to be read
    assert new_responses()[0].submitted_on is not None


def _answer_all(visitor: Visitor) -> dict[str, list[str]]:
    """Start, and answer each question until the last; what was sent for each."""
    given: dict[str, list[str]] = {}
    _start(visitor)
    for _ in range(MOST_PAGES):
        key = visitor.wait(f"!{list(given)}.includes({WHICH}) && {WHICH}")
        if key == "the end":
            return given
        if visitor.run("document.querySelectorAll('main label.choice').length"):
            visitor.choose(21 if key == "borough" else 0)
        elif visitor.run("document.querySelectorAll('main textarea').length"):
            visitor.write("More places to go after school.\nBetter lights.")
        given[key] = visitor.run(VALUES)
        visitor.press("Next")
    raise AssertionError("the survey never ended")


def _start(visitor: Visitor) -> None:
    visitor.choose(0)  # 16 or over
    visitor.press("Yes, start")


def _stored(responses: list[Response]) -> dict[str, list[str]]:
    (response,) = responses
    return {key: as_sent(answer) for key, answer in response.answers.items()}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_leaving_in_another_engine_hides_what_was_answered(
    enter: Enter, site: Site, new_responses: Callable[[], list[Response]], scripts: bool
) -> None:
    visitor = enter(scripts)
    _start(visitor)
    first = visitor.wait(WHICH)
    visitor.choose(0)
    visitor.press("Next")
    visitor.wait(f"{WHICH} && {WHICH} !== {first!r}")
    visitor.press("Leave now")
    visitor.wait(f"{FOUND} === 'This page is closed'")
    visitor.back()
    if scripts:  # no page of the survey lies behind: one is asked for by its address
        visitor.wait("location.pathname !== '/s/" + DEMO_CODE + "' && !location.pathname.startsWith('/r/')")
        visitor.open(f"{site.address}/r/{new_responses()[0].key}")
    visitor.wait(f"{FOUND} === 'You left this page'")
    assert visitor.run("document.querySelectorAll('main input').length") == 0
    assert list(_stored(new_responses())) == [first]
