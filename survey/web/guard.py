"""What every answer carries, and what no request may do."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.web.rendering import style_hash, stylesheet


class Guard:
    """Adds the security headers to every answer, and refuses writes that come from another site."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = security_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is a write from elsewhere."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers, *_caching(message["headers"])]
            await send(message)

        if scope["method"] not in ("GET", "HEAD") and comes_from_elsewhere(dict(scope["headers"])):
            response = HTMLResponse("This form has to be sent from its own page. Please go back.", 403)
            await response(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def comes_from_elsewhere(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser says that another site sent this (Fetch Metadata, else Origin against Host)."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host")


def security_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers that go with everything we send."""
    combinations = (("soundings",), ("soundings", "staff"), ("soundings", "print"))
    styles = " ".join(style_hash(stylesheet(*names)) for names in combinations)
    policy = (
        f"default-src 'none'; style-src {styles}; script-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'"
    )
    headers = {
        "content-security-policy": policy,
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _caching(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Nothing is kept by a browser unless its handler said so."""
    said = any(name == b"cache-control" for name, _ in headers)
    return [] if said else [(b"cache-control", b"no-store")]
