"""A room on two phones, one without scripts, and on the big screen; a vote waits where there is no signal."""

import datetime as dt
import json
import re
import secrets
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from questions import Text
from survey import access
from survey.app import system_clock
from survey.db import open_engine, transaction
from survey.models import Audience, Consultation, Room, RoomQuestion, RoomVote
from survey.naming import new_codes
from survey.room_results import Asked
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit
from tests.browser.look import cramped, hurried, violations

pytestmark = pytest.mark.browser

PROJECTOR, LARGE = (1280, 720), (1920, 1080)
LONG = Asked(
    Text(
        "What would make the way home from school feel safer for you and your friends in winter, when it is dark, "
        * 2
    ),
    tuple(
        (str(n), Text(f"An answer that is about as long as any may be, with number {n}")) for n in range(1, 7)
    ),
)
SHORT = Asked(Text("Would later opening hours help?"), (("yes", Text("Yes")), ("no", Text("No"))))

OVERFLOWS = """() => {
  const low = (one) => one.getBoundingClientRect().bottom;
  const main = document.querySelector("main"), foot = document.querySelector("body > footer");
  const last = Math.max(...[...main.querySelectorAll("*")].map(low));
  const top = Math.min(...[...main.querySelectorAll("*")].map((one) => one.getBoundingClientRect().top));
  return { scrolls: document.documentElement.scrollHeight > innerHeight,
    over: last > foot.getBoundingClientRect().top + 1,
    under: top < low(document.querySelector("body > header")) - 1, beyond: low(foot) > innerHeight + 1,
    wide: document.documentElement.scrollWidth > innerWidth };
}"""


class Held:
    """A room that is held today on a site, and the link of its presenter."""

    def __init__(self, site: Site, *questions: Asked) -> None:
        self.site = site
        token, hashed = access.new_token()
        self.link = f"/present/{token}"
        with transaction(open_engine(site.database)) as session:
            (self.code,) = new_codes(session, 1)
            room = Room(
                consultation_id=0,
                code=self.code,
                name="Workshop",
                held_on=local_day(),
                venue="Town Hall",
                audience=Audience.YOUNG,
                presenter_hash=hashed,
            )
            room.consultation = session.exec(
                select(Consultation).where(Consultation.slug == "not-answered-yet")
            ).one()
            for number, one in enumerate(questions, 1):
                room.questions.append(RoomQuestion(room_id=0, number=number, asked=one.document()))
            session.add(room)

    def votes(self) -> list[str]:
        """The choices that stand in votes."""
        with transaction(open_engine(self.site.database)) as session:
            mine = (
                select(RoomVote.choice)
                .join(RoomQuestion, RoomVote.question_id == RoomQuestion.id)  # type: ignore[arg-type]
                .join(Room, RoomQuestion.room_id == Room.id)  # type: ignore[arg-type]
                .where(Room.code == self.code)
            )
            return sorted(session.exec(mine).all())

    def crowd(self, page: Page, number: int, **choices: int) -> None:
        """So many more phones vote."""
        for choice, many in choices.items():
            for _ in range(many):
                address = f"/room/{self.code}/{secrets.token_urlsafe(16)}/{number}"
                answer = page.request.post(address, form={"choice": choice.strip("_")}, max_redirects=0)
                assert answer.status == 303, answer.text()


def local_day() -> dt.date:
    """The day it is in London."""
    return system_clock().astimezone(ZoneInfo("Europe/London")).date()


def go_in(page: Page, held: Held) -> None:
    """Type the code, read what a room is, and go in."""
    page.goto("/join")
    page.get_by_label("The code of the room").fill(held.code.lower())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Workshop")).to_be_visible()
    assert violations_of(page) == []
    page.get_by_role("button", name="Go in").click()


def violations_of(page: Page) -> list[str]:
    """What is wrong with a page of a phone."""
    return [*violations(page), *cramped(page), *(one for one in hurried(page) if "focus is on" not in one)]


def test_two_phones_and_a_big_screen(visit: Visit, site: Site) -> None:
    held = Held(site, SHORT, SHORT)
    screen, phone, plain = visit(PROJECTOR), visit(PHONE), visit(PHONE, scripts=False)
    screen.goto(held.link)
    assert violations(screen) == []
    assert not any(screen.evaluate(OVERFLOWS).values())
    go_in(phone, held)
    expect(phone.get_by_role("heading", name="You are in")).to_be_visible()
    plain.goto(f"/room/{held.code}")
    plain.get_by_role("button", name="Go in").click()

    press_next(screen)
    expect(screen.get_by_role("heading", name="Would later opening hours help?")).to_be_visible()
    expect(phone.get_by_text("Something new is on the big screen.")).to_be_visible(timeout=10_000)
    for one in (phone, plain):
        one.locator("[data-next]").click()
        one.get_by_text("Yes", exact=True).click()
        one.get_by_role("button", name="Send my vote").click()
        expect(one.locator(".kept")).to_contain_text("Counted.")
    assert violations_of(phone) == []
    plain.reload()
    plain.get_by_text("No", exact=True).click()
    plain.get_by_role("button", name="Change my vote").click()
    expect(plain.get_by_label("No", exact=True)).to_be_checked()
    assert held.votes() == ["no", "yes"]
    expect(screen.locator("#strip strong")).to_have_text("2", timeout=10_000)


def test_numbers_are_hidden_until_they_are_shown_and_then_stand_on_every_phone(
    visit: Visit, site: Site
) -> None:
    held = Held(site, SHORT)
    screen, phone = visit(PROJECTOR), visit(PHONE, scheme="dark")
    screen.goto(held.link)
    screen.get_by_role("button", name="Ask the first question").click()
    go_in(phone, held)
    held.crowd(screen, 1, yes=12, no=8)
    assert "%" not in screen.locator("main").inner_text()
    assert violations(screen) == []
    screen.get_by_role("button", name="Show the answers").click()
    expect(screen.locator("main")).to_contain_text("60 % 12 of 20 who voted")
    assert violations(screen) == []
    phone.locator("[data-next]").click()
    expect(phone.locator("main")).to_contain_text("12 of 20 who voted")
    assert violations_of(phone) == []

    screen.get_by_role("link", name="Close the room").click()
    assert violations(screen) == []
    screen.get_by_role("button", name="Close the room").click()
    expect(screen.locator("main")).to_contain_text("20 people voted in this room.")
    assert violations(screen) == []
    phone.reload()
    expect(phone.get_by_role("heading", name="This room is closed")).to_be_visible()
    assert violations_of(phone) == []


def test_once_the_answers_are_shown_a_phone_offers_no_vote(visit: Visit, site: Site) -> None:
    held = Held(site, SHORT)
    screen, phone = visit(PROJECTOR), visit(PHONE)
    screen.goto(held.link)
    screen.get_by_role("button", name="Ask the first question").click()
    go_in(phone, held)
    phone.get_by_text("Yes", exact=True).click()
    phone.get_by_role("button", name="Send my vote").click()
    expect(phone.get_by_role("button", name="Change my vote")).to_be_visible()
    screen.get_by_role("button", name="Show the answers").click()
    expect(phone.get_by_text("Something new is on the big screen.")).to_be_visible(timeout=10_000)
    expect(phone.locator("main button.go")).to_be_hidden()
    expect(phone.get_by_label("Yes", exact=True)).to_be_disabled()
    expect(phone.locator(".kept")).to_be_empty()
    assert violations_of(phone) == []
    expect(phone.locator("[data-next]")).to_have_text("Look again")  # no question comes after the last


def test_a_vote_waits_without_signal_and_nothing_is_called_counted_before_it_is(
    visit: Visit, site: Site
) -> None:
    held = Held(site, SHORT)
    screen, phone = visit(PROJECTOR), visit(PHONE)
    screen.goto(held.link)
    screen.get_by_role("button", name="Ask the first question").click()
    go_in(phone, held)
    phone.wait_for_load_state("networkidle")
    kept = phone.locator(".kept")
    phone.context.set_offline(True)
    phone.get_by_text("Yes", exact=True).click()
    expect(kept).to_have_text("Not sent yet. Press the button to send it.")
    phone.get_by_role("button", name="Send my vote").click()
    expect(kept).to_contain_text("Your vote is on this phone and is not counted yet.")
    phone.get_by_text("No", exact=True).click()
    phone.locator("main button.go").click()
    assert held.votes() == []
    assert stored_on(phone) == [f"{held.code}/1"] * 2
    phone.context.set_offline(False)
    expect(kept).to_contain_text("Counted.", timeout=20_000)
    expect(phone.get_by_label("No", exact=True)).to_be_checked()
    assert held.votes() == ["no"]
    assert stored_on(phone) == []


def test_a_vote_that_comes_after_the_answers_were_shown_is_not_called_counted(
    visit: Visit, site: Site
) -> None:
    held = Held(site, SHORT)
    screen, phone = visit(PROJECTOR), visit(PHONE)
    screen.goto(held.link)
    screen.get_by_role("button", name="Ask the first question").click()
    go_in(phone, held)
    phone.wait_for_load_state("networkidle")
    phone.context.set_offline(True)
    phone.get_by_text("Yes", exact=True).click()
    phone.get_by_role("button", name="Send my vote").click()
    expect(phone.locator(".kept")).to_contain_text("Your vote is on this phone")
    screen.get_by_role("button", name="Show the answers").click()
    phone.context.set_offline(False)
    expect(phone.locator(".kept")).to_contain_text("The answers are on the screen already.", timeout=20_000)
    assert stored_on(phone) == []


def test_a_vote_that_waits_goes_when_its_person_leaves(visit: Visit, site: Site) -> None:
    held = Held(site, SHORT)
    screen, phone = visit(PROJECTOR), visit(PHONE)
    screen.goto(held.link)
    screen.get_by_role("button", name="Ask the first question").click()
    go_in(phone, held)
    phone.route("**/room/*/*/1*", lambda route: route.abort())
    phone.get_by_text("Yes", exact=True).click()
    phone.get_by_role("button", name="Send my vote").click()
    expect(phone.locator(".kept")).to_contain_text("not counted yet")
    phone.get_by_text("Leave now").click()
    phone.wait_for_url("**/left*")
    assert stored_on(phone) == []
    assert phone.context.cookies() == []
    assert held.votes() == []


def stored_on(phone: Page) -> list[str]:
    """The rooms and questions of the votes that a phone keeps."""
    values = phone.evaluate("Object.values({ ...localStorage })")
    writes = [write for value in values for write in json.loads(value)["writes"]]
    return [
        f"{found[1]}/{found[2]}"
        for one in writes
        if (found := re.search(r"/room/(\w+)/[^/]+/(\d+)", one["address"]))
    ]


@pytest.mark.parametrize(("size", "scheme"), [(PROJECTOR, "light"), (LARGE, "dark")])
def test_the_longest_question_fits_the_big_screen(
    visit: Visit, site: Site, size: tuple[int, int], scheme: str
) -> None:
    longest = Asked(
        Text(LONG.prompt.source[:160]), tuple((code, Text(str(one)[:60])) for code, one in LONG.choices)
    )
    held = Held(site, longest)
    screen = visit(size, scheme=scheme)
    screen.goto(held.link)
    for press in ("Ask the first question", "Show the answers"):
        if press == "Show the answers":
            held.crowd(screen, 1, **{f"_{n}": 5 + n for n in range(1, 7)})
        screen.get_by_role("button", name=press).click()
        expect(screen.get_by_role("heading", name=re.compile("What would make"))).to_be_visible()
        assert screen.evaluate(OVERFLOWS) == dict.fromkeys(
            ("scrolls", "over", "under", "beyond", "wide"), False
        )
        assert violations(screen) == []


def test_staff_make_a_room_and_present_it(visit: Visit, site: Site) -> None:
    page = visit(LAPTOP, staff="Femi")
    page.goto("/staff/consultations/not-answered-yet")
    page.get_by_role("link", name="Rooms").click()
    assert violations(page) == []
    page.get_by_role("link", name="Make a room").click()
    assert violations(page) == []
    page.get_by_role("button", name="Make the room").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no question yet.")
    assert violations(page) == []
    page.get_by_label("What is it called?").fill("Youth club")
    page.get_by_label("On which day?").fill(local_day().isoformat())
    page.get_by_label("Where?").fill("Brixton")
    page.get_by_label("Young people", exact=True).check()
    page.locator("#q1-from").select_option(index=1)
    page.get_by_role("button", name="Make the room").click()
    expect(page.get_by_role("heading", name="Youth club")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Open the big screen").click()
    expect(page.get_by_role("button", name="Ask the first question")).to_be_focused()


def test_the_screen_works_by_keyboard_without_scripts_and_on_a_phone(visit: Visit, site: Site) -> None:
    held = Held(site, SHORT, SHORT)
    screen, remote = visit(PROJECTOR, scripts=False), visit(PHONE)
    screen.goto(held.link)
    press_next(screen)
    expect(screen.get_by_role("button", name="Show the answers")).to_be_visible()
    held.crowd(screen, 1, yes=6, no=6)
    expect(screen.locator("#strip strong")).to_have_text("0")
    screen.get_by_role("link", name="Count again").click()
    expect(screen.locator("#strip strong")).to_have_text("12")
    press_next(screen)
    expect(screen.locator("main")).to_contain_text("50 % 6 of 12 who voted")
    remote.goto(held.link)
    assert remote.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert violations(remote) == []
    press_next(screen)
    expect(screen.locator("main")).to_contain_text("Question 2 of 2")
    expect(remote.locator("main")).to_contain_text("Question 2 of 2", timeout=10_000)  # it draws itself anew


def press_next(screen: Page) -> None:
    """Press Enter: the button that comes next has the focus."""
    expect(screen.locator("footer [autofocus]")).to_be_focused()
    screen.keyboard.press("Enter")
