"""What a young person's phone has to fetch, and how soon it can answer, beside what others' pages took.

A phone at 100 kbit/s, 800 ms a round trip and a sixth of this machine's speed, as Chromium plays it. The figures of the
others were measured in the same way on one question page each, in 2026, brotli on; they are not measured again.
Lighthouse comes from npm into a folder of its own (`.venv-peers/lighthouse`), where there is npm.
"""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from questions import editing, shipped
from questions.writing import as_text
from tests.bench.servers import Server
from tests.bench.sets import CODE, fill

PORT = 8743
SLOW = {"offline": False, "latency": 800, "downloadThroughput": 12_500, "uploadThroughput": 12_500}
SLOWER_CPU = 6
OTHERS = {  # one question page: KB, seconds until it can be answered
    "NHS.UK": (40, None),
    "GOV.UK": (92, 11.0),
    "ONS census runner": (344, 31.0),
    "SurveyJS": (354, 36.0),
}
LIGHTHOUSE = "lighthouse@12.8.2"
LIGHTHOUSE_RUNS = 5  # as many as its makers advise: one run and the next differ by a third of a second
SPOTS = {
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}
TOOLS = Path(".venv-peers/lighthouse")


@dataclass(frozen=True)
class Fetched:
    """A page on a slow phone: bytes of the document and of all, and seconds until one can answer."""

    document: int
    everything: int
    seconds: float


def run(folder: Path) -> None:
    """Print how a survey of twenty questions comes to a phone."""
    database = f"sqlite:///{folder / 'phone.db'}"
    fill(database, twenty())
    with Server("survey", database, PORT) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        start = slowly(browser, f"http://127.0.0.1:{server.port}/s/{CODE}", "main form button")
        question = first_question(browser, server.port)
        print("A survey of 20 questions on a slow phone (100 kbit/s, 800 ms, a sixth of the CPU)")
        _line("start page, without scripts", start)
        _line("first question after Start, without scripts", question)
        print(f"  {'the same, with scripts':<48} {with_scripts(browser, server.port):>38.2f} s, no network")
        _beside(question)
        browser.close()
        _lighthouse(server.port)
    print()


def twenty() -> str:
    """The Youth Survey, and its first questions again until there are twenty; nobody is asked to be somewhere."""
    made = shipped("youth_survey")
    for question in made.questions[: 20 - len(made.questions)]:
        made, _ = editing.duplicate(made, question.key)
    return as_text(replace(made, key="twenty"))


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def _slow_page(browser: Browser, *, scripts: bool) -> tuple[Page, CDPSession, dict[str, int]]:
    """A page of a slow phone; the bytes that come to it, by request."""
    page = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=scripts).new_page()
    phone, came = page.context.new_cdp_session(page), dict[str, int]()
    phone.send("Network.enable")
    phone.on("Network.loadingFinished", lambda one: came.update({one["requestId"]: one["encodedDataLength"]}))
    return page, phone, came


def _slow_down(phone: CDPSession) -> None:
    phone.send("Network.emulateNetworkConditions", SLOW)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})


def slowly(browser: Browser, address: str, wanted: str) -> Fetched:
    """Open a page on a slow phone, and wait until what is wanted can be pressed."""
    page, phone, came = _slow_page(browser, scripts=False)
    _slow_down(phone)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(wanted).first.wait_for()
    seconds = time.perf_counter() - began
    page.wait_for_load_state("networkidle")
    page.context.close()
    return Fetched(max(came.values()), sum(came.values()), seconds)


def first_question(browser: Browser, port: int) -> Fetched:
    """A question page by its address, as somebody without scripts opens it."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"http://127.0.0.1:{port}/s/{CODE}")
    page.locator("input[name=age]").first.check()
    page.locator("main form button.go").click()
    address = page.url
    page.close()
    return slowly(browser, address, "main .question")


def with_scripts(browser: Browser, port: int) -> float:
    """Seconds from Start to the first question once the pages ahead are on the phone."""
    page, phone, _ = _slow_page(browser, scripts=True)
    page.goto(f"http://127.0.0.1:{port}/s/{CODE}")
    page.wait_for_load_state("networkidle")
    page.locator("input[name=age]").first.check()
    _slow_down(phone)
    began = time.perf_counter()
    page.locator("main form button.go").click(no_wait_after=True)
    page.locator("main .question").first.wait_for()
    seconds = time.perf_counter() - began
    page.context.close()
    return seconds


def _beside(ours: Fetched) -> None:
    """Print one question page of others beside ours."""
    print(f"  {'One question page':<22} {'KB':>6} {'times ours':>11} {'seconds':>8} {'times ours':>11}")
    print(f"  {'Soundings':<22} {ours.everything / 1000:>6.1f} {'':>11} {ours.seconds:>8.1f}")
    for name, (kilobytes, seconds) in OTHERS.items():
        size = f"{kilobytes:>6} {kilobytes * 1000 / ours.everything:>11.0f}"
        time_ = f"{seconds:>8.0f} {seconds / ours.seconds:>11.0f}" if seconds else ""
        print(f"  {name:<22} {size} {time_}")


def _line(name: str, found: Fetched) -> None:
    print(f"  {name:<48} {found.document:>6,} bytes, {found.everything:>6,} in all, {found.seconds:.2f} s")


def _lighthouse(port: int) -> None:
    """Print what Lighthouse says of the start page as a phone sees it."""
    tool = TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not tool.exists():
        if not shutil.which("npm"):
            print("  Lighthouse: there is no npm here")
            return
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", LIGHTHOUSE], cwd=TOOLS, check=False
        )
    runs = [found for _run in range(LIGHTHOUSE_RUNS) if (found := _audited(tool, port))]
    if len(runs) < LIGHTHOUSE_RUNS:
        return
    scores = ", ".join(
        f"{name} {min(one['categories'][name]['score'] for one in runs) * 100:.0f}"
        for name in runs[0]["categories"]
    )
    values = ", ".join(f"{name} {_middle(runs, spot)}" for name, spot in SPOTS.items())
    version = runs[0]["lighthouseVersion"]
    print(f"  Lighthouse {version}, mobile, start page, the middle of {len(runs)} runs (scores: the least):")
    print(f"    {scores}; {values}")
    print(
        f"    LCP of each run, in seconds: {', '.join(f'{one:.2f}' for one in _seconds(runs, SPOTS['LCP']))}"
    )


def _audited(tool: Path, port: int) -> dict[str, Any] | None:
    """What Lighthouse says of the start page in one run; None, and why, where it does not run."""
    told = subprocess.run(
        [tool, f"http://127.0.0.1:{port}/s/{CODE}", "--quiet", "--output=json",
         "--chrome-flags=--headless --no-sandbox",
         "--only-categories=performance,accessibility,best-practices"],
        env={**os.environ, "CHROME_PATH": _chromium() or ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        print(f"  Lighthouse did not run: {told.stderr.strip().splitlines()[-1:]}")
        return None
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _seconds(runs: list[dict[str, Any]], spot: str) -> list[float]:
    """A value of every run, in seconds, the least first."""
    return sorted(float(one["audits"][spot]["numericValue"]) / 1000 for one in runs)


def _middle(runs: list[dict[str, Any]], spot: str) -> str:
    """A value in words, of the run that is in the middle by it."""
    ranked = sorted((one["audits"][spot] for one in runs), key=lambda one: float(one["numericValue"]))
    return str(ranked[len(ranked) // 2]["displayValue"])
