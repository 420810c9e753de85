"""What every answer carries, and which writes are refused because another site sent them."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from questions.messages import _
from survey.web.headers import guarded
from survey.web.problems import Problem, show_problem

READS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Adds the security headers to every answer, and refuses writes that come from another site."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is a write from elsewhere."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = guarded(list(message["headers"]), secure=self._secure)
            await send(message)

        if "\0" in scope["path"]:  # PostgreSQL could not even look for it
            scope = {**scope, "path": scope["path"].replace("\0", "\ufffd")}
        headers = dict(scope["headers"])
        if scope["method"] not in READS and comes_from_elsewhere(headers, secure=self._secure):
            await show_problem(Request(scope), _from_elsewhere())(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _from_elsewhere() -> Problem:
    return Problem(
        403,
        _("That did not come from our page"),
        _("Nothing was changed. Please go back to the page, and use the buttons there."),
    )


def comes_from_elsewhere(headers: Mapping[bytes, bytes], *, secure: bool) -> bool:
    """Whether a browser says that another site sent this.

    It says so by Fetch Metadata, which no page can forge; where it is too old for that, by Origin against Host. What
    says neither is no browser that somebody could have been lured with. docs/operators.md has every case in a table.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is not None and not _is_own(origin, headers.get(b"host"), secure=secure)


def _is_own(origin: bytes, host: bytes | None, *, secure: bool) -> bool:
    scheme, apart, there = origin.partition(b"://")
    return bool(apart) and there == host and (scheme == b"https" or not secure)
