"""A real network between a phone and the app, which does to each request what is planned for it."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

HERE = "127.0.0.1"


class Way(Protocol):
    """What a network does to one request."""

    async def meet(self, exchange: "Exchange") -> None:
        """Let the request through, or not."""


Plan = Callable[[bytes], Way]


@dataclass(frozen=True)
class Exchange:
    """One request on its way, and the phone that waits for its answer."""

    network: "Network"
    request: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def deliver(self) -> bytes:
        """Hand the request to the app: what it answers."""
        return await self.network.deliver(self.request)

    async def answer(self, response: bytes) -> None:
        """Hand an answer to the phone."""
        self.writer.write(response)
        await self.writer.drain()

    async def say_nothing(self) -> None:
        """Let the phone wait until it gives up."""
        self.network.patience(self.writer.get_extra_info("peername")[1]).set()
        await self.reader.read()


class Network:
    """Listens on a port of its own and goes on to the app's. A request that is held back is delivered after later ones.

    second: how long a second lasts here.
    """

    def __init__(self, app: int, second: float, plan: Plan) -> None:
        self.app, self.second, self.plan, self.port = app, second, plan, 0
        self._held: list[tuple[int, bytes]] = []
        self._patience: dict[int, asyncio.Event] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to listen."""
        self._listening = await asyncio.start_server(self._hear, HERE, 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop, whatever is under way."""
        self._listening.close()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def patience(self, phone: int) -> asyncio.Event:
        """Set as soon as a phone, known by its port, would wait in vain."""
        return self._patience.setdefault(phone, asyncio.Event())

    def forget(self, phone: int) -> None:
        """A phone's port is used no more."""
        self._patience.pop(phone, None)

    def hold(self, request: bytes, later: int) -> None:
        """Deliver a request once so many later ones have been heard."""
        self._held.append((later, request))

    async def deliver_what_is_held(self) -> None:
        """Deliver everything that has been held back so far."""
        held, self._held = self._held, []
        for _, request in held:
            await self.deliver(request)

    async def deliver(self, request: bytes, *, cut: bool = False) -> bytes:
        """Hand bytes to the app: everything it answers. If the connection is `cut`, nobody may hear it."""
        reader, writer = await asyncio.open_connection(HERE, self.app)
        try:
            writer.write(request)
            if cut:
                writer.write_eof()
            return await reader.read()
        finally:
            await _end(writer)

    def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of a connection; then it is over, so that each request has a connection of its own."""
        try:
            request = await _heard(reader)
            await self._deliver_what_is_due()
            await self.plan(request).meet(Exchange(self, request, reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the phone has gone
        finally:
            self.forget(writer.get_extra_info("peername")[1])
            await _end(writer)

    async def _deliver_what_is_due(self) -> None:
        due = [request for later, request in self._held if later <= 0]
        self._held = [(later - 1, request) for later, request in self._held if later > 0]
        for request in due:
            await self.deliver(request)


async def _heard(reader: asyncio.StreamReader) -> bytes:
    """A request with all of its body, asking for no more than one answer on its connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(_length(head))
    return re.sub(rb"(?i)connection: keep-alive", b"Connection: close", head) + body


def _length(head: bytes) -> int:
    found = re.search(rb"(?i)content-length: (\d+)", head)
    return int(found[1]) if found else 0


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


# What a network may do


@dataclass(frozen=True)
class Through:
    """Nothing happens to it."""

    async def meet(self, exchange: Exchange) -> None:
        """Pass both ways."""
        await exchange.answer(await exchange.deliver())


@dataclass(frozen=True)
class RequestCut:
    """The connection ends after so many bytes of the request."""

    at: int

    async def meet(self, exchange: Exchange) -> None:
        """The app hears a part, or all, and the phone nothing."""
        await exchange.network.deliver(exchange.request[: self.at], cut=True)
        exchange.writer.transport.abort()


@dataclass(frozen=True)
class AnswerCut:
    """The connection ends after so many bytes of the answer."""

    at: int

    async def meet(self, exchange: Exchange) -> None:
        """The app hears everything, and the phone a part."""
        await exchange.answer((await exchange.deliver())[: self.at])


@dataclass(frozen=True)
class Busy:
    """Something on the way says that the app is busy."""

    async def meet(self, exchange: Exchange) -> None:
        """The app hears nothing."""
        await exchange.answer(
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy"
        )


@dataclass(frozen=True)
class Lost:
    """The request is lost, and nobody says so."""

    async def meet(self, exchange: Exchange) -> None:
        """The phone waits in vain."""
        await exchange.say_nothing()


@dataclass(frozen=True)
class AnswerLost:
    """The answer is lost: the app has written, and the phone waits in vain."""

    async def meet(self, exchange: Exchange) -> None:
        """The app hears everything, and the phone nothing."""
        await exchange.deliver()
        await exchange.say_nothing()


@dataclass(frozen=True)
class Twice:
    """The request arrives again: at once, or after so many later ones."""

    later: int = 0

    async def meet(self, exchange: Exchange) -> None:
        """The phone hears one answer and knows nothing of the other."""
        response = await exchange.deliver()
        if self.later:
            exchange.network.hold(exchange.request, self.later)
        else:
            response = await exchange.deliver()
        await exchange.answer(response)


@dataclass(frozen=True)
class Late:
    """The request is held back until the phone has given up, and arrives after so many later ones."""

    later: int

    async def meet(self, exchange: Exchange) -> None:
        """The app hears it when nobody waits for it any more."""
        exchange.network.hold(exchange.request, self.later)
        await exchange.say_nothing()


@dataclass(frozen=True)
class Stall:
    """Nothing moves for a time, before the app has heard it and again before the phone has its answer."""

    seconds: float
    before_answer: float = 0

    async def meet(self, exchange: Exchange) -> None:
        """Both hear everything, late."""
        await asyncio.sleep(self.seconds * exchange.network.second)
        response = await exchange.deliver()
        await asyncio.sleep(self.before_answer * exchange.network.second)
        await exchange.answer(response)


@dataclass(frozen=True)
class Gate:
    """An answer is held back until somebody opens the gate."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def meet(self, exchange: Exchange) -> None:
        """The app has answered long before the phone hears it."""
        response = await exchange.deliver()
        self.reached.set()
        await self.opened.wait()
        await exchange.answer(response)
