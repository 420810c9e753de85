"""What it costs to open a long set in the designer and to change a question, beside reading its document."""

import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from questions import read
from survey import accounts
from survey.app import make_app
from survey.db import migrate, open_engine, transaction
from survey.designer import drafts, showing
from survey.instruments import publish
from survey.models import Role
from survey.settings import Settings

QUESTIONS = 200
PAGE = """
[[page]]
[[page.question]]
key = "q{n}"
kind = "one"
prompt = "Question number {n} of the long set?"
prefer_not_to_say = true
{show_if}
choices = [{choices}]
"""
CHOICES = ", ".join(f'{{code = "c{n}", label = "Choice {n}"}}' for n in range(6))


def run(folder: Path) -> None:
    """Print the time to open a set of 200 questions, at first and again, and of one change."""
    source = long_set()
    engine = open_engine(f"sqlite:///{folder / 'designer.db'}")
    migrate(engine)
    now = dt.datetime.now(dt.UTC)
    with transaction(engine) as session:
        publish(session, source, now.date())
        token = accounts.invite(session, "Ada", list(Role), now)
    with TestClient(make_app(Settings(database_url=str(engine.url)), engine)) as browser:
        browser.post(f"/staff/in/{token}")
        browser.get("/staff/sets")
        reading = _best(lambda: read(source))
        first = _best(lambda: _open(browser), before=_forget)
        again = _best(lambda: _open(browser))
        changing = _best(lambda: _change(browser))
    print(
        f"A set of {QUESTIONS} questions in the designer; reading its document takes {reading * 1000:.0f} ms"
    )
    for name, took in (
        ("opened for the first time", first),
        ("opened again", again),
        ("one change", changing),
    ):
        print(f"  {name:30} {took * 1000:6.0f} ms, {took / reading:.1f} times reading it")
    print()


def long_set() -> str:
    """Two hundred questions, a third of them with a condition."""
    shown = "show_if = \"${{q{a}}} = 'c1' or ${{q{b}}} = 'c2'\""
    pages = (
        PAGE.format(n=n, choices=CHOICES, show_if=shown.format(a=n - 1, b=n - 2) if n % 3 == 2 else "")
        for n in range(QUESTIONS)
    )
    return 'key = "long"\ntitle = "Long"\nlanguage = "en"\n' + "".join(pages)


def _open(browser: TestClient) -> str:
    return browser.get("/staff/sets/long?q=q150").text


def _forget() -> None:
    drafts.as_read.cache_clear()
    showing.audited.cache_clear()


def _change(browser: TestClient) -> None:
    seen = re.search(r'name="seen" value="(\d+)"', _open(browser))
    assert seen
    words = f"Other words after {seen[1]}?"
    form = {"seen": seen[1], "kind": "one", "key": "q150", "prompt": words}
    codes = {"code": [f"c{n}" for n in range(6)], "label": [f"Choice {n}" for n in range(6)]}
    answer = browser.post("/staff/sets/long/questions/q150", data=form | codes)
    assert words in answer.text


def _best(action: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    """Its seconds: the best of five."""
    took = []
    for _ in range(5):
        before()
        began = time.perf_counter()
        action()
        took.append(time.perf_counter() - began)
    return min(took)
