"""A real browser behind a real network that fails: what was given last is stored, once, and nothing hidden is shown."""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine

from questions import as_sent, shipped
from questions.writing import as_text
from survey import waiting
from survey.app import make_app
from survey.settings import Settings
from tests.browser import walk
from tests.browser.conftest import PHONE
from tests.faults.phone import CHECK, address_of
from tests.faults.proxy import AnswerCut, AnswerLost, Busy, Gate, Plan, RequestCut, Stall, Through, Twice, Way
from tests.faults.serving import Served, serve, straight
from tests.survey.conftest import CODE, Clock, furnish

pytestmark = pytest.mark.browser

ALL_SENT = 120_000  # milliseconds: the most that is waited for
SIGNAL_AGAIN = "setInterval(() => dispatchEvent(new Event('online')), 100)"
WAITING = "Object.keys(localStorage).filter((key) => key.startsWith('soundings ')).length"


@dataclass
class House:
    """The Youth Survey behind a network, its clock, and a phone with a browser."""

    served: Served
    clock: Clock
    context: BrowserContext

    def page(self) -> Page:
        """A tab; leaving it while something is not sent is agreed to."""
        page = self.context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def begin(self) -> Page:
        """A tab in which Start has been pressed, once the pages ahead are on the phone."""
        page = self.page()
        page.goto(f"/s/{CODE}")
        page.wait_for_load_state("networkidle")
        walk.say_yes(page)
        return page

    def stored(self, page: Page) -> dict[str, list[str]]:
        """The answers that are stored of the response on a page, as a form would send them."""
        row = self.served.stored(key_of(page))
        return {key: as_sent(answer) for key, answer in row.answers.items()} if row else {}


@pytest.fixture
def house(engine: Engine, database_url: str, chromium: Browser) -> Iterator[House]:
    """The Youth Survey, open for answers, and a phone."""
    furnish(engine, as_text(shipped("youth_survey")))
    clock = Clock()
    faults: list[str] = []
    with serve(make_app(Settings(database_url=database_url), engine, clock), engine, second=1) as served:
        size = {"width": PHONE[0], "height": PHONE[1]}
        context = chromium.new_context(base_url=served.address, has_touch=True, viewport=size)  # type: ignore[arg-type]
        context.on("weberror", lambda error: faults.append(str(error.error)))
        yield House(served, clock, context)
        context.close()
    assert faults == []


def key_of(page: Page) -> str:
    """The key of the response on a page."""
    return page.url.partition("/r/")[2][:22]


def asked(page: Page) -> str:
    """The question on a page, by its key; empty on the page that asks to check the answers."""
    found: str = page.evaluate("document.querySelector('main form [data-question]')?.dataset.question || ''")
    return found


def give(page: Page, given: dict[str, list[str]], *, choice: int | None = None, taps: int = 1) -> None:
    """Answer the question on a page, remember what is given, and press Next."""
    if choice is None:
        walk.answer(page)
    else:
        page.locator("label.choice").nth(choice).click()
    values = page.evaluate(walk.VALUES)
    given[asked(page)] = [value.replace("\r\n", "\n") for value in values if value]
    page.get_by_role("button", name="Next").click(click_count=taps)


def no_signal(request: bytes) -> Way:
    """The plan of a network that lets no answer through."""
    return RequestCut(0) if request.startswith(b"POST") else Through()


def saved(page: Page) -> None:
    """Wait until everything has arrived."""
    expect(page.locator("main .kept")).to_have_text("Saved.", timeout=ALL_SENT)


def nothing_waits(page: Page) -> None:
    """Wait until this browser keeps nothing that has yet to arrive."""
    until = time.monotonic() + ALL_SENT / 1000
    while page.evaluate(WAITING):
        assert time.monotonic() < until
        time.sleep(0.05)


def signal(house: House, page: Page) -> None:
    """The network works again, and the phone notices."""
    house.served.plan(straight)
    page.evaluate("dispatchEvent(new Event('online'))")


def trouble(seed: int) -> Plan:
    """The plan of a network that loses three in ten, and does other things to as many; the same for a seed."""
    chance = random.Random(seed)
    slow: list[Way] = [AnswerLost(), Stall(10), Stall(5, 5)]
    chance.shuffle(slow)

    def plan(request: bytes) -> Way:
        if not request.startswith(b"POST"):
            return Through()
        drawn = chance.random()
        if drawn < 0.3:
            return RequestCut(chance.randrange(len(request)))
        if drawn < 0.4 and slow:
            return slow.pop()
        others: list[Way] = [AnswerCut(chance.randrange(700)), Busy(), Twice(), Twice(2)]
        return chance.choice(others) if drawn < 0.7 else Through()

    return plan


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(4))
def test_a_whole_survey_arrives_once_through_a_network_that_fails(house: House, seed: int) -> None:
    page = house.page()
    page.goto(f"/s/{CODE}")
    page.wait_for_load_state("networkidle")
    page.evaluate(SIGNAL_AGAIN)
    house.served.plan(trouble(seed))
    walk.say_yes(page)
    given: dict[str, list[str]] = {}
    while asked(page):
        give(page, given)
    saved(page)
    assert house.stored(page) == given
    key = key_of(page)
    page.get_by_role("button", name="Send my answers").dblclick()
    page.get_by_role("heading", name="Thank you. Your answers are in.").wait_for(timeout=ALL_SENT)
    house.served.do(house.served.come_to_rest())
    row = house.served.stored(key)
    assert row is not None
    assert {name: as_sent(answer) for name, answer in row.answers.items()} == once_sent(given)
    assert row.submitted_on == house.clock().date()
    assert house.served.count() == 1
    assert page.evaluate("localStorage.length") == 0


def wait_for(house: House, page: Page, given: dict[str, list[str]]) -> None:
    """The network works again: everything arrives, and is what was given last."""
    signal(house, page)
    nothing_waits(page)
    house.served.do(house.served.come_to_rest())
    assert house.stored(page) == given
    # Nothing stands there where all of it arrived from the page before this one.
    assert page.locator("main .kept").inner_text() in ("Saved.", "")
    assert house.served.count() == 1


@pytest.mark.faults
def test_a_double_tap_answers_one_question_and_sends_once(house: House) -> None:
    page, given = house.page(), dict[str, list[str]]()
    page.set_viewport_size({"width": 360, "height": 2000})  # so that Next stays where it is
    page.goto(f"/s/{CODE}")
    page.wait_for_load_state("networkidle")
    page.locator("input[name=age][value='16']").check()
    page.locator("button[value=yes]").dblclick()
    while asked(page):
        give(page, given, taps=2)
    saved(page)
    assert house.stored(page) == given
    key = key_of(page)
    page.get_by_role("button", name="Send my answers").dblclick()
    page.get_by_role("heading", name="Thank you. Your answers are in.").wait_for()
    row = house.served.stored(key)
    assert row is not None
    assert {name: as_sent(answer) for name, answer in row.answers.items()} == once_sent(given)
    assert house.served.count() == 1


@pytest.mark.faults
def test_the_tab_in_which_an_answer_was_given_last_wins(house: House) -> None:
    one, given = house.begin(), dict[str, list[str]]()
    give(one, given, choice=0)
    saved(one)
    one.go_back()
    other = house.page()
    other.goto(one.url)
    other.wait_for_load_state("networkidle")
    for seed, (page, choice) in enumerate([(other, 1), (one, 2), (other, 3), (one, 1)]):
        house.served.plan(trouble(seed) if seed % 2 else no_signal)
        expect(page.locator("label.choice").first).to_be_visible()
        give(page, given, choice=choice)
        page.go_back()
    house.served.plan(straight)
    for page in (one, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    saved(one)
    saved(other)
    house.served.do(house.served.come_to_rest())
    assert house.stored(one) == given
    assert house.served.count() == 1


@pytest.mark.faults
def test_two_tabs_without_signal_keep_what_was_given_in_both(house: House) -> None:
    one, given = house.begin(), dict[str, list[str]]()
    give(one, given)
    saved(one)
    other = house.page()
    other.goto(one.url)
    other.wait_for_load_state("networkidle")
    house.served.plan(no_signal)
    give(one, given)
    give(other, given, choice=1)
    give(one, given)
    one.reload()
    other.close()
    wait_for(house, one, given)


def test_what_was_given_before_anything_arrived_outlasts_a_reload(house: House) -> None:
    page, given = house.page(), dict[str, list[str]]()
    page.goto(f"/s/{CODE}")
    page.wait_for_load_state("networkidle")
    house.served.plan(no_signal)
    walk.say_yes(page)
    give(page, given)
    give(page, given)
    page.reload()
    expect(page.get_by_role("heading", name="We cannot find those answers")).to_be_visible()
    signal(house, page)
    expect(page.locator("main [data-question]")).to_be_visible(timeout=ALL_SENT)
    assert house.stored(page) == given
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.faults
def test_back_and_reload_while_the_network_is_off_lose_nothing(house: House) -> None:
    page, given = house.begin(), dict[str, list[str]]()
    give(page, given)
    saved(page)
    house.context.set_offline(True)
    give(page, given)
    page.go_back()
    give(page, given, choice=1)
    give(page, given)
    with pytest.raises(Exception, match="INTERNET_DISCONNECTED"):
        page.reload()
    house.context.set_offline(False)
    page.goto(f"{house.served.address}/r/{house_key(house)}")
    wait_for(house, page, given)


def house_key(house: House) -> str:
    """The key of the only response."""
    (key,) = house.served.keys()
    return key


@pytest.mark.faults
def test_a_tab_that_opens_late_and_knows_less_still_answers_last(house: House) -> None:
    page, given = house.begin(), dict[str, list[str]]()
    give(page, given)
    saved(page)
    page.go_back()
    gate = Gate()
    house.served.plan(lambda request: Through() if request.startswith(b"POST") else gate)
    late = house.page()
    late.evaluate("(there) => void setTimeout(() => (location.href = there), 0)", page.url)
    house.served.do(gate.reached.wait())
    for choice in (1, 2, 3):
        give(page, given, choice=choice)
        saved(page)
        page.go_back()
    house.served.plan(straight)
    house.served.loop.call_soon_threadsafe(gate.opened.set)
    late.wait_for_url("**/r/**")
    late.wait_for_load_state("networkidle")
    give(late, given, choice=1)
    wait_for(house, late, given)


def once_sent(given: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What a response holds after it was sent: what was written went to be read."""
    words = {name: ["wrote"] for name in waiting.texts_of(shipped("youth_survey")) if name in given}
    return {**given, **words}


def wake(page: Page) -> None:
    """The phone is looked at again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.faults
def test_after_an_hour_asleep_nothing_is_lost_and_nothing_hidden_is_shown(house: House) -> None:
    given: dict[str, list[str]] = {}
    page = house.page()
    page.clock.install()
    page.goto(f"/s/{CODE}")
    page.wait_for_load_state("networkidle")
    walk.say_yes(page)
    give(page, given)
    saved(page)
    house.served.plan(no_signal)
    give(page, given)
    page.go_back()
    assert page.locator("input:checked").count() == 1
    page.clock.fast_forward("01:00:00")
    house.clock.forward(hours=1)
    wake(page)
    expect(page.locator("main input")).to_have_count(0)
    expect(page.locator("main")).to_have_text("Saved on this phone. It will be sent when you have signal.")
    page.go_back()
    expect(page.locator("main input")).to_have_count(0)

    signal(house, page)
    expect(page.get_by_role("heading", name="You left this page")).to_be_visible(timeout=ALL_SENT)
    assert house.stored(page) == given
    page.get_by_role("button", name="Carry on").click()
    shows_nothing(page, hidden=len(given))
    while asked(page):
        give(page, given)
    walk.send(page)
    assert house.stored(page) == once_sent(given)


def shows_nothing(page: Page, hidden: int) -> None:
    """No page shows an answer that was given before; then on to the first that was not met."""
    key = key_of(page)
    page.goto(address_of(key, CHECK))
    expect(page.get_by_text("Answered before. We keep it hidden.")).to_have_count(hidden)
    links = page.locator("dd.change a").all()
    for address in [link.get_attribute("href") for link in links]:
        page.goto(str(address))
        assert page.locator("input:checked").count() == 0
    page.goto(address_of(key))


@pytest.mark.faults
def test_a_page_that_the_phone_threw_away_asleep_is_sent_and_stays_hidden(house: House) -> None:
    page, given = house.begin(), dict[str, list[str]]()
    give(page, given)
    saved(page)
    house.served.plan(no_signal)
    give(page, given)
    house.clock.forward(hours=1)
    page.reload()
    expect(page.get_by_role("heading", name="You left this page")).to_be_visible()
    with page.expect_navigation(timeout=ALL_SENT):
        signal(house, page)
    assert page.evaluate("localStorage.length") == 0
    expect(page.get_by_role("heading", name="You left this page")).to_be_visible()
    assert house.stored(page) == given
    page.get_by_role("button", name="Carry on").click()
    expect(page.locator("main [data-question]")).to_be_visible()
    assert page.locator("input:checked").count() == 0
