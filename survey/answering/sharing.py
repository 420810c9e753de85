"""Answering on a shared device: each page is sent for with a form, and none has an address that leads back to it."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from survey import web
from survey.answering.desk import KEY, unknown
from survey.answering.ways import CARRIED_KEY, LOOK_ONLY, share

MOST_STEPS = 5


async def through(request: Request) -> Response:
    """Do what the form asks for, with the response whose key it carries, and show the page that comes then."""
    share(request)
    form = await web.read_form(request)
    key = next(iter(form.get(CARRIED_KEY, [])), "")
    if not KEY.fullmatch(key):
        raise unknown()
    method = "GET" if LOOK_ONLY in form else "POST"
    address = f"/r/{key}/{request.path_params.get('rest', '')}".rstrip("/")
    return await follow(request, key, await _ask(request, method, address, request.url.query))


async def follow(request: Request, key: str, answer: Response) -> Response:
    """Where an answer leads on to another page of the same response, that page itself."""
    for _ in range(MOST_STEPS):
        parts = urlsplit(answer.headers.get("location", ""))
        if not parts.path.startswith(f"/r/{key}"):
            return answer
        answer = await _ask(request, "GET", parts.path, parts.query)
    return answer


async def _ask(request: Request, method: str, path: str, query: str) -> Response:
    """Ask ourselves, as if the key stood in the address."""
    scope: dict[str, Any] = {**request.scope, "method": method, "path": path, "query_string": query.encode()}
    for route in request.app.routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            scope |= found
            answer: Response = await scope["endpoint"](Request(scope))
            return answer
    raise unknown()
