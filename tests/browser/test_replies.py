"""Staff promise, everybody reads it, and a youth group says whether it answers: with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from survey.db import open_engine, transaction
from survey.models import Consultation, Finding, Meeting, Reply, Tally, Update, Verdict, YouthGroup
from tests.browser.conftest import LAPTOP, PHONE, Site, Visit
from tests.browser.look import cramped, violations

pytestmark = pytest.mark.browser

FINDINGS = "/staff/consultations/not-answered-yet/findings"


@pytest.fixture(autouse=True)
def alone(site: Site) -> Iterator[None]:
    """Each walk begins without promises, and leaves none."""
    clear(site)
    yield
    clear(site)


def clear(site: Site) -> None:
    with transaction(open_engine(site.database)) as session:
        for kind in (Verdict, YouthGroup, Update, Reply, Finding):
            for row in session.exec(select(kind)):
                session.delete(row)
            session.flush()
        counted = {one.meeting_id for one in session.exec(select(Tally))}  # other walks have
        for meeting in session.exec(select(Meeting)):
            if meeting.id not in counted:
                session.delete(meeting)
        for consultation in session.exec(select(Consultation)):
            consultation.replied_on = None


@pytest.mark.parametrize(("size", "scripts", "scheme"), [(PHONE, False, "light"), (LAPTOP, True, "dark")])
def test_from_what_was_heard_to_what_a_youth_group_says_of_the_reply(
    visit: Visit, size: tuple[int, int], scripts: bool, scheme: str
) -> None:
    ada = visit(size, scripts=scripts, scheme=scheme, staff="Ada")
    dee = visit(size, scripts=scripts, scheme=scheme, staff="Dee")
    reader = visit(size, scripts=scripts, scheme=scheme)
    reader.goto("/did")
    expect(reader.get_by_text("Nothing is promised yet.")).to_be_visible()
    look(reader, scripts)

    finding = write(ada, scripts)
    publish(dee, finding, scripts)
    reply = answer(ada, scripts)
    publish(dee, reply, scripts)

    reader.goto("/did?topic=travel")
    expect(reader.get_by_text("Due by 31 March 2099")).to_be_visible()
    look(reader, scripts)
    reader.get_by_role("link", name="One more bus").click()
    expect(reader.get_by_text("You said that the last bus is full.")).to_be_visible()
    look(reader, scripts)

    say(dee, reader, scripts)
    reader.goto("/did")
    reader.get_by_role("link", name="One more bus").click()
    expect(reader.get_by_text("Because: It goes too early.")).to_be_visible()
    tell(dee, reply, scripts)
    reader.reload()
    expect(reader.get_by_text("It runs since Monday.")).to_be_visible()
    look(reader, scripts)


def look(page: Page, scripts: bool, *, staff: bool = False) -> None:
    """Hold a page against the rules; they are a script, so that the other walk goes on without them."""
    if scripts:
        assert violations(page) == []
        assert staff or cramped(page) == []


def write(page: Page, scripts: bool) -> str:
    """Write a finding, forgetting everything at first."""
    page.goto(FINDINGS)
    page.get_by_role("link", name="Write a finding").click()
    look(page, scripts, staff=True)
    page.get_by_role("link", name="A printed document").click()
    page.get_by_role("button", name="Keep it as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the finding as one sentence.")
    look(page, scripts, staff=True)
    page.get_by_label("What did you hear?").fill("The last bus is full.")
    page.get_by_label("What it is called").fill("A report of 2026")
    page.get_by_label("Where it can be read").fill("https://example.org/report")
    page.get_by_label("What it says").fill("Two of three buses were full.")
    page.get_by_label("Getting around").check()
    page.get_by_role("button", name="Keep it as a draft").click()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    look(page, scripts, staff=True)
    return page.url.partition("?")[0]


def publish(page: Page, address: str, scripts: bool) -> None:
    page.goto(address)
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("Everybody can read it since")).to_be_visible()
    look(page, scripts, staff=True)


def answer(page: Page, scripts: bool) -> str:
    """Write a reply to what stands on a page, at first without a because."""
    page.get_by_role("link", name="Write a reply").click()
    page.get_by_label("Yes: it will be done").check()
    page.get_by_label("What will be done").fill("One more bus")
    page.get_by_label("Who answers for it").fill("Head of Transport")
    page.get_by_label("By which day").fill("2099-03-31")
    page.get_by_role("button", name="Keep it as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("a reply without a because is none")
    expect(page.get_by_label("What will be done")).to_have_value("One more bus")
    look(page, scripts, staff=True)
    page.get_by_label("Because").fill("You said that the last bus is full.")
    page.get_by_role("button", name="Keep it as a draft").click()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    return page.url.partition("?")[0]


def say(staff: Page, young: Page, scripts: bool) -> None:
    """Make a group its link, and let it say that the reply does not answer."""
    staff.goto("/staff/youth-groups")
    look(staff, scripts, staff=True)
    staff.get_by_label("What is it called?").fill("Youth Council")
    staff.get_by_role("button", name="Add it and make its link").click()
    young.goto(staff.locator(".note .link a").get_attribute("href") or "")
    look(young, scripts)
    young.get_by_label("It does not answer it").check()
    young.get_by_role("button", name="Say this").click()
    expect(young.get_by_role("alert")).to_contain_text("Say why it does not answer it.")
    look(young, scripts)
    young.get_by_label("Because").fill("It goes too early.")
    young.get_by_role("button", name="Say this").click()
    expect(young.get_by_text("No reply waits for your word.")).to_be_visible()
    look(young, scripts)


def tell(page: Page, reply: str, scripts: bool) -> None:
    """Report that it is done."""
    page.goto(reply)
    page.get_by_label("What happened").fill("It runs since Monday.")
    page.get_by_label("It is done").check()
    page.get_by_role("button", name="Tell everybody").click()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    look(page, scripts, staff=True)
    page.goto("/staff/replies")
    expect(page.get_by_role("cell", name="done")).to_be_visible()
    look(page, scripts, staff=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_asking_to_be_told_by_mail(visit: Visit, scripts: bool) -> None:
    page = visit(PHONE, scripts=scripts)
    page.goto("/did/mail")
    expect(page.get_by_text("its mail goes nowhere")).to_be_visible()
    look(page, scripts)
    page.get_by_label("Your e-mail address").fill("ada@nowhere")
    page.get_by_role("button", name="Send me a mail to confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("Write an e-mail address")
    look(page, scripts)
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Send me a mail to confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("If you are 13 or older, tick the box.")
    look(page, scripts)
    page.get_by_label("I am 13 or older").check()
    page.get_by_role("button", name="Send me a mail to confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Look in your mail.")
    look(page, scripts)
