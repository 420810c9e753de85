"""The app as it is served, and a network before it: both in one thread of their own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import uvicorn
from sqlalchemy import Engine, Row, func, select
from starlette.applications import Starlette

from survey.models import Response
from tests.faults.proxy import HERE, Network, Plan, Through, Way

T = TypeVar("T")

_table = Response.__table__  # type: ignore[attr-defined]


def straight(_request: bytes) -> Way:
    """The plan of a network without faults."""
    return Through()


@dataclass(frozen=True)
class Served:
    """An app that is being served behind a network, and the database beneath it."""

    server: uvicorn.Server
    network: Network
    engine: Engine
    loop: asyncio.AbstractEventLoop

    @property
    def address(self) -> str:
        """Where a browser finds the app, through the network."""
        return f"http://{HERE}:{self.network.port}"

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something beside the app and the network, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def plan(self, plan: Plan) -> None:
        """What the network does from now on."""
        self.network.plan = plan

    async def come_to_rest(self) -> None:
        """Let everything arrive that is still under way, without faults, and the app finish with all of it."""
        self.network.plan = straight
        await self.network.deliver_what_is_held()
        await asyncio.gather(*self.server.server_state.tasks)

    def stored(self, key: str) -> Row[Any] | None:
        """The response under a key, as another connection sees it."""
        with self.engine.connect() as connection:
            return connection.execute(select(_table).where(_table.c.key == key)).one_or_none()

    def keys(self) -> list[str]:
        """The keys of all responses."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(_table.c.key)).scalars())

    def count(self) -> int:
        """How many responses there are."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(_table)).scalar_one()


@contextmanager
def serve(app: Starlette, engine: Engine, *, second: float) -> Iterator[Served]:
    """Serve an app behind a network in which a second lasts so long."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def do(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    server = uvicorn.Server(uvicorn.Config(app, host=HERE, port=0, access_log=False, log_level="error"))
    serving = asyncio.run_coroutine_threadsafe(server.serve(), loop)
    network = do(_open(server, second))
    yield Served(server, network, engine, loop)
    do(network.close())
    server.should_exit = True
    serving.result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _open(server: uvicorn.Server, second: float) -> Network:
    while not server.started:
        await asyncio.sleep(0.01)
    network = Network(server.servers[0].sockets[0].getsockname()[1], second, straight)
    await network.open()
    return network
