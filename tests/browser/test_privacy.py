"""After a whole run nothing that tells who somebody was is found: not in the database, the logs or the browser."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from questions import shipped_source
from survey.app import system_clock
from survey.db import migrate, open_engine
from tests.browser import walk
from tests.browser.conftest import PHONE, QUIET
from tests.survey.conftest import CODE, furnish

pytestmark = pytest.mark.browser

ADDRESS, AGENT, LANGUAGE = "203.0.113.77", "PhoneOfZoe/17", "cy-GB"
WRITTEN = "Lanterns along the towpath"
TRACES = (ADDRESS, AGENT, "PhoneOfZoe", LANGUAGE)
# What stands in a row of `response` once it was sent: nothing else may ever be there.
KEPT = {
    *(
        "key",
        "collection_id",
        "instrument_id",
        "setting_id",
        "answers",
        "concealed",
        "turns",
        "language",
        "route",
    ),
    *("receipt_hash", "started_on", "submitted_on", "borough", "age_band", "gender", "quick", "counted"),
}


# And in one of `written`, while nobody has read it.
UNREAD = {
    *("id", "collection_id", "question", "words", "language", "arrived_at", "tie"),
    *("borough", "age_band", "suggested", "redactions", "second"),
}


@dataclass
class Served:
    """`soundings serve`, as an operator runs it: its files, and what it printed."""

    address: str
    folder: Path

    def printed(self) -> str:
        """Its log."""
        return (self.folder / "log").read_text()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """An installation behind a proxy that says where a request came from."""
    database = f"sqlite:///{tmp_path / 'soundings.db'}"
    engine = open_engine(database)
    migrate(engine)
    furnish(engine, shipped_source("youth_survey"), system_clock().date())
    engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DATABASE_URL": database, "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "survey", "serve", "--port", str(port)],
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
        made = Served(f"http://127.0.0.1:{port}", tmp_path)
        try:
            _until_it_answers(made.address)
            yield made
        finally:
            process.terminate()
            process.wait()


def _until_it_answers(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz")
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("soundings serve did not start")


@pytest.fixture
def scripts() -> bool:
    """Whether a visitor's browser runs scripts."""
    return True


@pytest.fixture
def zoe(served: Served, chromium: Browser, tmp_path: Path, scripts: bool) -> Iterator[BrowserContext]:
    """A visitor whose browser keeps its profile in a folder, and says things about her with every request."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    context = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=path,
        args=[*QUIET],
        base_url=served.address,
        user_agent=AGENT,
        locale=LANGUAGE,
        java_script_enabled=scripts,
        viewport={"width": PHONE[0], "height": PHONE[1]},
        extra_http_headers={"x-forwarded-for": ADDRESS},
    )
    yield context
    context.close()


def test_nothing_tells_who_answered(served: Served, zoe: BrowserContext) -> None:
    page = zoe.new_page()
    page.goto("/nowhere")
    page.goto("/s/NOSUCH")
    with page.expect_response("**/ahead/**"):
        page.goto(f"/s/{CODE}")
    walk.say_yes(page)
    zoe.set_offline(True)
    _answer(page)
    assert page.evaluate("Object.keys(localStorage).every((key) => key.startsWith('soundings '))")
    assert page.evaluate("localStorage.length") == 1  # what could not be sent yet, as the privacy page says
    zoe.set_offline(False)
    while walk.key_of(page) != "check-answers":
        _answer(page)
    walk.send(page)
    receipt = page.locator(".receipt .letters").inner_text()
    assert _left_in(page) == {
        "cookies": "",
        "local": 0,
        "session": 0,
        "databases": 0,
        "caches": 0,
        "workers": 0,
    }
    assert zoe.cookies() == []
    zoe.close()

    database = b"".join(path.read_bytes() for path in served.folder.glob("soundings.db*"))
    for trace in (*TRACES, receipt, receipt.replace("-", "")):
        assert trace.encode() not in database, trace
        assert trace not in served.printed(), trace
    _only_what_is_listed(served.folder / "soundings.db")
    _words_lead_nowhere(served.folder / "soundings.db", receipt.replace("-", ""))
    assert served.printed() == ""
    assert _files_with(WRITTEN, served.folder / "profile") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_shared_device_keeps_nothing_that_leads_back(
    served: Served, zoe: BrowserContext, scripts: bool
) -> None:
    with sqlite3.connect(served.folder / "soundings.db") as database:
        database.execute("UPDATE setting SET devices = 'shared'")
    page = zoe.new_page()
    if scripts:
        with page.expect_response("**/ahead/**"):
            page.goto(f"/s/{CODE}")
    else:
        page.goto(f"/s/{CODE}")
    walk.say_yes(page)
    while walk.key_of(page) != "check-answers":
        _answer(page)
        assert page.evaluate("localStorage.length") == 0
    walk.send(page)
    zoe.close()
    with sqlite3.connect(served.folder / "soundings.db") as database:
        ((key,),) = database.execute("SELECT key FROM response WHERE submitted_on IS NOT NULL").fetchall()
    for trace in (WRITTEN, key):
        assert _files_with(trace, served.folder / "profile") == [], trace


def _answer(page: Page) -> None:
    before = walk.key_of(page)
    walk.answer(page)
    if page.locator("textarea").count():
        page.locator("textarea").fill(WRITTEN)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(f"main [data-question='{before}'].question")).to_have_count(0)


def _left_in(page: Page) -> object:
    """What a page left in the browser."""
    return page.evaluate("""async () => ({
        cookies: document.cookie,
        local: localStorage.length,
        session: sessionStorage.length,
        databases: (await indexedDB.databases()).length,
        caches: (await caches.keys()).length,
        workers: (await navigator.serviceWorker.getRegistrations()).length,
    })""")


def _only_what_is_listed(file: Path) -> None:
    """The row of a response that was sent holds what the privacy page lists, and no time finer than a day."""
    with sqlite3.connect(file) as database:
        database.row_factory = sqlite3.Row
        (row,) = database.execute("SELECT * FROM response").fetchall()
        found = {name: value for name, value in dict(row).items() if value is not None}
        columns = database.execute("SELECT name, type FROM pragma_table_info('response')").fetchall()
    assert found.keys() <= KEPT
    assert (found["concealed"], found["turns"]) == ("[]", "{}")
    assert len(found["started_on"]) == len(found["submitted_on"]) == len("2026-11-21")
    assert [column["name"] for column in columns if "TIME" in column["type"].upper()] == []


def _words_lead_nowhere(file: Path, receipt: str) -> None:
    """What was written stands apart from its response, with its hour and nothing that only the two of them share."""
    with sqlite3.connect(file) as database:
        database.row_factory = sqlite3.Row
        (sent,) = map(dict, database.execute("SELECT * FROM response").fetchall())
        (written,) = map(dict, database.execute("SELECT * FROM written").fetchall())
    assert WRITTEN in written["words"]
    assert WRITTEN not in str(sent)
    assert {name for name, value in written.items() if value is not None} <= UNREAD
    assert written["arrived_at"].endswith(":00:00.000000") or written["arrived_at"].endswith(":00:00")
    shared = {str(value) for value in sent.values()} & {str(value) for value in written.values()}
    told = {str(sent[name]) for name in ("collection_id", "borough", "age_band", "language", "quick")}
    assert shared <= told | {"None", "0", "1", "[]"}
    assert receipt not in str(written)


def _files_with(words: str, folder: Path) -> list[str]:
    """The files of a browser's profile in which some words stand."""
    sent = quote_plus(words)
    spellings = (words.encode(), words.encode("utf-16-le"), sent.encode(), sent.encode("utf-16-le"))
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path.name for path in files if any(one in path.read_bytes() for one in spellings)]
