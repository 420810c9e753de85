"""Firefox and WebKit as Debian packs them, each driven by the wire that it speaks itself; no package stands between."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedRWPair
from pathlib import Path
from typing import Any

from tests.browser.conftest import missing

PATIENCE = 60  # seconds until something that never comes is given up
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver writes that something is an element
FIREFOX_NEEDS = "There is no Firefox: `apt-get install firefox-esr`, or set FIREFOX to its path"
WEBKIT_NEEDS = "There is no WebKit to drive, or no screen for it: `apt-get install webkit2gtk-driver xvfb`"
PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
ADDRESSES = {  # what Marionette calls a command, and where WebDriver has it
    "WebDriver:Navigate": "/url",
    "WebDriver:Back": "/back",
    "WebDriver:FindElements": "/elements",
    "WebDriver:ElementClick": "/element/{id}/click",
    "WebDriver:ElementSendKeys": "/element/{id}/value",
    "WebDriver:ExecuteScript": "/execute/sync",
}

Command = Callable[[str, dict[str, Any]], Any]


class Refused(Exception):
    """The browser could not do what it was told, in its own words."""


@dataclass
class Visitor:
    """Somebody with one of these browsers, and what they can do with a page."""

    command: Command

    def open(self, address: str) -> None:
        """Go to an address."""
        self.command("WebDriver:Navigate", {"url": address})

    def back(self) -> None:
        """Press the browser's own Back."""
        self.command("WebDriver:Back", {})

    def press(self, words: str) -> None:
        """Press the button that says this."""
        (button,) = self._all("xpath", f"//button[normalize-space()='{words}']")
        self.command("WebDriver:ElementClick", {"id": button})

    def choose(self, place: int) -> None:
        """Tick one of the choices on the page."""
        self.command("WebDriver:ElementClick", {"id": self._all("css selector", "label.choice")[place]})

    def write(self, words: str) -> None:
        """Type into the field on the page."""
        (field,) = self._all("css selector", "textarea")
        self.command("WebDriver:ElementSendKeys", {"id": field, "text": words, "value": list(words)})

    def run(self, function: str) -> Any:
        """What a line of JavaScript gives; also where the page itself may run none."""
        return self.command("WebDriver:ExecuteScript", {"script": f"return {function}", "args": []})

    def wait(self, function: str) -> Any:
        """Wait until a line of JavaScript gives something on a page that is there as a whole; what it gave."""
        last: Any = None
        for _ in _until_given_up():
            try:
                last = self.run(f"document.readyState === 'complete' && ({function})")
            except Refused as between:  # one page is gone, and the next has not begun
                last = between
            if last and not isinstance(last, Refused):
                return last
        raise AssertionError(f"{function} stayed {last!r} on {self.run('document.body.innerText')}")

    def _all(self, using: str, value: str) -> list[str]:
        found = self.command("WebDriver:FindElements", {"using": using, "value": value})
        return [element[ELEMENT] for element in found]


def _until_given_up() -> Iterator[None]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield
        time.sleep(0.02)


@contextmanager
def firefox(*, scripts: bool) -> Iterator[Visitor]:
    """Somebody with Firefox, in a profile of its own."""
    program = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        missing(FIREFOX_NEEDS)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        wanted = {**PREFERENCES, "javascript.enabled": scripts}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items()]
        Path(profile, "user.js").write_text("".join(lines), encoding="utf-8")
        with _running([program, "--headless", "--marionette", "--no-remote", "--profile", profile]):
            port = _written(Path(profile, "MarionetteActivePort"))
            with (
                socket.create_connection(("127.0.0.1", int(port))) as line,
                line.makefile("rwb") as wire,
            ):
                _hear(wire)
                command = _marionette(wire)
                command("WebDriver:NewSession", {})
                command("WebDriver:SetWindowRect", {"width": 360, "height": 740})
                yield Visitor(command)
                command("Marionette:Quit", {"flags": ["eForceQuit"]})


def _written(path: Path) -> str:
    for _ in _until_given_up():
        if path.exists() and (text := path.read_text(encoding="utf-8").strip()):
            return text
    raise AssertionError(f"{path.name} was never written")


def _marionette(wire: BufferedRWPair) -> Command:
    def command(name: str, about: dict[str, Any]) -> Any:
        message = json.dumps([0, 1, name, about]).encode()
        wire.write(b"%d:%b" % (len(message), message))
        wire.flush()
        _, _, refused, given = _hear(wire)
        if refused:
            raise Refused(f"{refused['error']}: {refused['message']}")
        return given["value"] if isinstance(given, dict) and "value" in given else given

    return command


def _hear(wire: BufferedRWPair) -> Any:
    """One message of Firefox: how long it is, a colon, and JSON."""
    length = b""
    while (digit := wire.read(1)) != b":":
        length += digit
    return json.loads(wire.read(int(length)))


@contextmanager
def webkit(*, scripts: bool) -> Iterator[Visitor]:
    """Somebody with WebKit, on a screen that nobody sees."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    if driver is None or screen is None:
        missing(WEBKIT_NEEDS)
    with _running([screen, "-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"]) as shown:
        assert shown.stdout
        display = f":{shown.stdout.readline().decode().strip()}"
        port = _free_port()
        with _running([driver, f"--port={port}"], DISPLAY=display, GDK_BACKEND="x11"):
            there = f"http://127.0.0.1:{port}"
            for _ in _until_given_up():
                if _answers(port):
                    break
            options = {"args": ["--automation", f"--enable-javascript={str(scripts).lower()}"]}
            wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
            session = f"{there}/session/{_post(f'{there}/session', wanted)['sessionId']}"
            _post(f"{session}/window/rect", {"width": 360, "height": 740})
            yield Visitor(lambda name, about: _post(session + ADDRESSES[name].format(**about), about))
            _post(session, None, method="DELETE")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _post(address: str, about: dict[str, Any] | None, method: str = "POST") -> Any:
    body = None if about is None else json.dumps(about).encode()
    request = urllib.request.Request(address, body, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        with error:
            told = json.load(error)["value"]
        raise Refused(f"{told['error']}: {told['message']}") from None


@contextmanager
def _running(command: list[str], **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs beside us, and is gone afterwards."""
    with subprocess.Popen(
        command, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
