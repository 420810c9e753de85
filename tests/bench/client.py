"""Clients of the bench: plain sockets kept open, so that they cost little beside the server."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Browser:
    """One phone: a connection that stays open, and the milliseconds that each request took."""

    port: int
    milliseconds: list[float] = field(default_factory=list)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, address: str, body: str = "") -> tuple[int, str, bytes]:
        """The status, the Location and the body of an answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        began = time.perf_counter()
        writer.write(
            f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", head, re.I)
        content = await reader.readexactly(int(length[1])) if length else b""
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        location = re.search(r"location: (\S+)", head, re.I)
        return int(head.split(" ", 2)[1]), location[1] if location else "", content

    async def follow(self, address: str, body: str) -> str:
        """POST a form, GET the page that it leads to, and give its path."""
        status, location, _ = await self.request("POST", address, body)
        assert status == 303, (address, status)
        path = urlsplit(location).path
        status, _, _ = await self.request("GET", path)
        assert status == 200, (path, status)
        return path

    async def walk(self, code: str) -> None:
        """Answer a whole survey: start, every question, check, send."""
        _, _, page = await self.request("GET", f"/s/{code}")
        fields = re.findall(rb'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
        form = "&".join(f"{name.decode()}={value.decode()}" for name, value in fields)
        path = await self.follow(f"/s/{code}", f"{form}&age=16&take_part=yes")
        while not path.endswith("/check-answers"):
            path = await self.follow(path, f"q{path.rpartition('/')[2]}=fairly_safe")
        path = await self.follow(path, "")
        assert path.endswith("/thank-you")


def run_clients(
    port: int, clients: int, times: int, walk: Callable[[Browser], Coroutine[Any, Any, object]]
) -> tuple[float, list[float]]:
    """Let many browsers do the same a number of times; seconds in all, and the milliseconds of each request."""

    async def one(browser: Browser) -> None:
        for _ in range(times):
            await walk(browser)

    async def everyone() -> list[Browser]:
        browsers = [Browser(port) for _ in range(clients)]
        await asyncio.gather(*(one(browser) for browser in browsers))
        return browsers

    began = time.perf_counter()
    browsers = asyncio.run(everyone())
    return time.perf_counter() - began, [ms for browser in browsers for ms in browser.milliseconds]
