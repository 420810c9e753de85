"""A real Chromium, and an installation that it visits over a real socket."""

import datetime as dt
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.applications import Starlette

from survey import accounts, demo
from survey.app import make_app, system_clock
from survey.db import migrate, open_engine, transaction
from survey.demo.london import fill_london
from survey.demo.past import fill_past
from survey.demo.reference import bring_adults
from survey.demo.statements import fill_statements
from survey.demo.words import fill_words
from survey.models import Collection, Consultation, Publication, Response, Role, Setting
from survey.panel.seals import new_key
from survey.places import Place, load
from survey.publications.making import checksum, preview
from survey.settings import Mailing, Settings

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BROUGHT_ABOUT = (  # by the stories themselves: refused forms, and networks that fail
    "the server responded with a status of 4",
    "the server responded with a status of 503",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_FAILED",
)
PHONE, LAPTOP = (360, 740), (1280, 800)
NO_PERMISSION = "SIXTEEN"  # the code of a setting where nobody under 16 may take part


def missing(sentence: str) -> NoReturn:
    """Say which browser is not here: to a newcomer a reason to go on without it, to CI a fault."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)


Launch = Callable[..., Browser]


@pytest.fixture(scope="package")
def launch() -> Iterator[Launch]:
    """Starts Debian's Chromium, or the one that CHROMIUM names; a machine without one is told so."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        missing("There is no Chromium: install it, or set CHROMIUM to its path")
    with sync_playwright() as playwright:

        def start(*more: str, **options: list[str]) -> Browser:
            return playwright.chromium.launch(executable_path=path, args=[*QUIET, *more], **options)  # type: ignore[arg-type]

        yield start


@pytest.fixture(scope="package")
def chromium(launch: Launch) -> Iterator[Browser]:
    """The browser that most visitors use."""
    browser = launch()
    yield browser
    browser.close()


@dataclass
class Site:
    """An installation that is being served, and the setting that its visitors come in by."""

    address: str
    database: str
    visitors_setting: int
    mails: Path
    app: Starlette

    def responses(self) -> list[Response]:
        """What the visitors' answers became."""
        with transaction(open_engine(self.database)) as session:
            mine = select(Response).where(col(Response.setting_id) == self.visitors_setting)
            found = list(session.exec(mine).all())
            session.expunge_all()
        return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration with 3,000 made-up answers, and the real survey beside it."""
    database = f"sqlite:///{tmp_path_factory.mktemp('site') / 'site.db'}"
    engine, place, now = open_engine(database), load("london"), system_clock()
    migrate(engine)
    setting = _furnished(engine, place, now)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mails = tmp_path_factory.mktemp("mails")
    settings = Settings(
        database_url=database,
        public_url=f"http://127.0.0.1:{port}",
        demo=True,
        panel_key=new_key(),
        mailing=Mailing(folder=str(mails)),
    )
    app = make_app(settings, engine)
    app.state.panel.migrate()
    demo.fill_panel(app.state.panel, place, now.date())
    config = uvicorn.Config(app, port=port, access_log=False, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Site(f"http://127.0.0.1:{port}", database, visitors_setting=setting, mails=mails, app=app)
    server.should_exit = True
    thread.join()
    engine.dispose()


def _furnished(engine: Engine, place: Place, now: dt.datetime) -> int:
    """Fill it with the demonstration; the number of the setting that visitors come in by."""
    with transaction(engine) as session:
        wave = fill_london(session, place, now.date(), people=3000)
        fill_words(session, wave, now)
        bring_adults(session, place, now)
        fill_statements(session, place, demo.SLUG, now.date())
        door = next(one for one in wave.collections[0].settings if one.code == demo.DEMO_CODE)
        setting = door.id or 0
        demo.bring_uster(session, now)
        session.add(_not_answered_yet(wave))
        demo.fill_pulses(session, place, now.date())
        fill_past(session, place, now.date(), people=1500)
        _published(session, wave, place, now.date())
    return setting


def _published(session: Session, wave: Consultation, place: Place, today: dt.date) -> None:
    """Publish the wave of this year too, so that its page has a trend."""
    content = preview(session, wave.collections[0], place, today).content
    made = Publication(
        consultation_id=wave.id or 0,
        number=1,
        published_on=today,
        published_by="Ada",
        content=content,
        checksum=checksum(content),
    )
    session.add(made)
    wave.results_published_on = today


def _not_answered_yet(like: Consultation) -> Consultation:
    """A consultation that nobody has answered, asking the same."""
    (collection,) = like.collections
    empty = Consultation(**like.model_dump(exclude={"id", "slug", "synthetic"}), slug="not-answered-yet")
    unasked = Setting(collection_id=0, code=NO_PERMISSION, name="Nobody was asked about people under 16 here")
    empty.collections = [Collection(**collection.model_dump(exclude={"id"}), settings=[unasked])]
    return empty


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """A new visitor; at the end none of them may have met a violation, another host or a fault."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def new_visitor(
        size: tuple[int, int] = PHONE, *, scripts: bool = True, scheme: str = "light", staff: str = ""
    ) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _heard(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _same_host(request.url, site.address, complaints))
        if staff:
            _sign_in(page, site, staff)
        return page

    yield new_visitor
    for context in contexts:
        context.close()
    assert [one for one in complaints if not any(brought in one for brought in BROUGHT_ABOUT)] == []


def _heard(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error":
        complaints.append(message.text)


def _same_host(url: str, address: str, complaints: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.netloc != urlsplit(address).netloc:
        complaints.append(f"asked another host: {url}")


def invitation(site: Site, who: str = "Ada") -> str:
    """The address of a new one-time link for somebody with every role."""
    with transaction(open_engine(site.database)) as session:
        return f"/staff/in/{accounts.invite(session, who, list(Role), system_clock())}"


def _sign_in(page: Page, site: Site, who: str) -> None:
    page.goto(invitation(site, who))
    page.get_by_role("button", name="Sign in on this device").click()
