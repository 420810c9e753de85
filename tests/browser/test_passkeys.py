"""Passkeys in a real browser: made, used, refused, used again before what cannot be undone, and removed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, CDPSession, Page, expect
from sqlmodel import select

from survey import accounts
from survey.app import make_app, system_clock
from survey.db import migrate, open_engine, transaction
from survey.models import Ceremony, Passkey, Role, StaffSession
from survey.settings import Settings
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser_long


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation that people reach by a name, as passkeys need."""
    database = f"sqlite:///{tmp_path_factory.mktemp('passkeys') / 'site.db'}"
    engine = open_engine(database)
    migrate(engine)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(database_url=database, public_url=f"http://localhost:{port}")
    server = uvicorn.Server(uvicorn.Config(make_app(settings, engine), port=port, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield settings
    server.should_exit = True
    thread.join()
    engine.dispose()


@pytest.fixture
def phone(chromium: Browser, place: Settings) -> Iterator[tuple[Page, CDPSession, str]]:
    """A phone that knows its owner by a finger, and the name that it gives its passkeys in the browser."""
    context = chromium.new_context(
        base_url=place.public_url, viewport={"width": PHONE[0], "height": PHONE[1]}
    )
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    faults: list[str] = []
    page.on("pageerror", lambda wrong: faults.append(str(wrong)))
    yield page, line, made["authenticatorId"]
    context.close()
    assert faults == []


def invited(place: Settings, name: str) -> str:
    with transaction(open_engine(place.database_url)) as session:
        return f"/staff/in/{accounts.invite(session, name, list(Role), system_clock())}"


def with_passkey(page: Page, place: Settings, name: str) -> None:
    """Come by a link, and make a passkey."""
    page.goto(invited(place, name))
    page.get_by_role("button", name="Sign in on this device").click()
    expect(page.get_by_role("heading", name="Make a passkey on this device")).to_be_visible()
    page.get_by_label("What you call this device").fill("My phone")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("status").first).to_contain_text("Your passkey is kept.")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=False).first.click()
    expect(page.get_by_role("heading", name="Staff: sign in")).to_be_visible()


def test_a_passkey_is_made_once_and_then_signs_in(
    phone: tuple[Page, CDPSession, str], place: Settings
) -> None:
    page, _, _ = phone
    with_passkey(page, place, "Mina")
    expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    sign_out(page)
    page.goto("/staff/sets")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Question sets")).to_be_visible()
    page.goto("/staff/you")
    expect(page.get_by_text("With a passkey,")).to_be_visible()
    with transaction(open_engine(place.database_url)) as session:
        kept = session.exec(select(Passkey).where(Passkey.name == "My phone")).one()
        assert kept.used_at is not None
        assert session.exec(select(Ceremony)).all() == []
        assert len(session.exec(select(StaffSession)).all()) == 1


def test_a_device_that_does_not_know_its_owner_opens_nothing(
    phone: tuple[Page, CDPSession, str], place: Settings
) -> None:
    page, line, device = phone
    with_passkey(page, place, "Noor")
    sign_out(page)
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Consultations")).to_be_visible()


def test_a_passkey_that_was_removed_opens_nothing(
    phone: tuple[Page, CDPSession, str], place: Settings
) -> None:
    page, _, _ = phone
    with_passkey(page, place, "Omar")
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_role("status").first).to_contain_text("opens nothing here any more")
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That passkey does not open this place.")


def test_an_answer_is_taken_once_and_for_nobody_else(
    phone: tuple[Page, CDPSession, str], place: Settings
) -> None:
    page, _, _ = phone
    with_passkey(page, place, "Pia")
    sign_out(page)
    sent: list[str] = []
    page.on(
        "request",
        lambda asked: sent.append(asked.post_data or "") if "credential" in (asked.post_data or "") else None,
    )
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Consultations")).to_be_visible()
    (form,) = [told for told in sent if "credential=" in told]
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": place.public_url}
    again = page.context.request.post("/staff/sign-in", data=form, headers=headers, max_redirects=0)
    assert again.status == 422


def test_what_cannot_be_undone_asks_for_the_passkey_again(
    phone: tuple[Page, CDPSession, str], place: Settings
) -> None:
    page, _, _ = phone
    with_passkey(page, place, "Quin")
    with transaction(open_engine(place.database_url)) as session:
        for one in session.exec(select(StaffSession)):
            one.confirmed_at = one.confirmed_at.replace(year=2020)
    page.goto("/staff/people")
    page.get_by_label("Their name").fill("Zoe")
    page.get_by_label("reader").last.check()
    page.get_by_role("button", name="Make their link").click()
    page.get_by_role("link", name="Show that it is you").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1, name="People")).to_be_visible()
    page.get_by_label("Their name").fill("Zoe")
    page.get_by_label("reader").last.check()
    page.get_by_role("button", name="Make their link").click()
    expect(page.get_by_text("This is the link for Zoe.")).to_be_visible()
