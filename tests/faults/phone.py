"""A phone that follows the rules of survey/static/answering.js: what it keeps, what it sends and when again."""

import asyncio
import itertools
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.faults.proxy import HERE, Network
from tests.survey.conftest import CODE, PAGES, start_form

Told = tuple[int, dict[str, Any]]  # a status, and what was said


def address_of(key: str, page: str = "") -> str:
    """Where a response is, or a page of it."""
    return f"/r/{key}/{PAGES.get(page, page)}".rstrip("/")


CHECK = "check-answers"


@dataclass(frozen=True)
class Write:
    """What is sent when somebody presses a button."""

    page: str
    address: str
    fields: tuple[tuple[str, str], ...] = ()
    turn: int = 0
    tab: str = ""


async def ask(network: Network, request: bytes) -> bytes:
    """What comes back through the network until the connection ends, or until it is waited for in vain."""
    reader, writer = await asyncio.open_connection(HERE, network.port)
    phone = writer.get_extra_info("sockname")[1]
    in_vain = asyncio.ensure_future(network.patience(phone).wait())
    heard = asyncio.ensure_future(_heard(reader, writer, request))
    await asyncio.wait((in_vain, heard), return_when=asyncio.FIRST_COMPLETED)
    in_vain.cancel()
    writer.close()
    network.forget(phone)
    return await heard


async def _heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def request_of(write: Write) -> bytes:
    """A write as a phone sends it."""
    body = urlencode(write.fields).encode()
    lines = (
        f"POST {write.address} HTTP/1.1",
        f"Host: {HERE}",
        "Accept: application/json",
        "Content-Type: application/x-www-form-urlencoded;charset=UTF-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def page_of(address: str) -> bytes:
    """The request for a page."""
    return f"GET {address} HTTP/1.1\r\nHost: {HERE}\r\nConnection: close\r\n\r\n".encode()


def read_answer(response: bytes) -> Told | None:
    """What a write was answered with; None where it must be tried again."""
    head, _, body = response.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    if not length or int(length[1]) != len(body):
        return None
    status = int(head.split(b" ", 2)[1])
    if status >= 500 or status in (408, 429):
        return None
    return status, json.loads(body)


async def post(network: Network, write: Write) -> Told | None:
    """Try once to send a write."""
    return read_answer(await ask(network, request_of(write)))


@dataclass(frozen=True)
class Start:
    """A start page: the key of its response, and what its form sends."""

    key: str
    form: tuple[tuple[str, str], ...]


async def start(network: Network) -> Start:
    """Open a start page."""
    form = start_form((await ask(network, page_of(f"/s/{CODE}"))).decode())
    return Start(form["key"], tuple(form.items()))


def beginning(opened: Start) -> Write:
    """Start is pressed."""
    return Write("", f"/s/{CODE}", opened.form)


def answering(key: str, page: str, fields: dict[str, list[str]], turn: int, tab: str) -> Write:
    """Next is pressed."""
    pairs = tuple((name, value) for name, values in fields.items() for value in values)
    return Write(page, f"{address_of(key, page)}?turn={turn}&tab={tab}", pairs, turn, tab)


def sending(key: str) -> Write:
    """Send my answers is pressed."""
    return Write(CHECK, address_of(key, CHECK))


async def until_heard(network: Network, write: Write) -> tuple[int, Told]:
    """Send a write again and again until it is acknowledged: how often, and how it was answered."""
    for tries in itertools.count(1):
        told = await post(network, write)
        if told is not None:
            return tries, told
    raise AssertionError
