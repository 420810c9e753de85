"""Slows an address that writes more than a whole school would."""

import datetime as dt
from collections.abc import Callable
from math import ceil

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from questions.messages import _
from survey.web.installation import installation
from survey.web.pace import ANSWERING, BEGINNING, SIGNING_IN, SUBSCRIBING, Pace
from survey.web.problems import Problem, show_problem
from survey.web.rendering import Page, render, spoken_to

TITLE = _("One moment, please")
SENTENCE = _(
    "Very many answers are coming from where you are. What you sent before is kept. "
    "Please wait a minute, then go back and press the button again."
)
TOO_MANY_TRIES = _(
    "Very many tries to sign in come from where you are. Please wait a minute, then try again."
)
GOING_IN = 2  # slashes of the address that leads into a room; a vote has more


class Throttle:
    """Lets a school in all at once, and a program that writes without end only little by little.

    Four paces: one for beginning responses, one for everything else that a young person sends, one for asking to be
    told by e-mail, and one for staff who sign in. To leave is never slowed, and nobody is whose address is not known.
    """

    def __init__(self, app: ASGIApp, *, clock: Callable[[], dt.datetime]) -> None:
        self._app = app
        self._beginning, self._answering = Pace(BEGINNING, clock), Pace(ANSWERING, clock)
        self._subscribing, self._signing_in = Pace(SUBSCRIBING, clock), Pace(SIGNING_IN, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say when to try again."""
        self._beginning.forget_yesterday()  # whoever asks for whatever: so that it does not wait for a write
        self._answering.forget_yesterday()
        self._subscribing.forget_yesterday()
        self._signing_in.forget_yesterday()
        pace, client = self._pace_of(scope), scope.get("client")
        wait = pace.wait(client[0]) if pace and client else 0
        if not wait:
            await self._app(scope, receive, send)
            return
        response = slow_down(Request(scope))
        response.headers["retry-after"] = str(ceil(wait))
        await response(scope, receive, send)

    def _pace_of(self, scope: Scope) -> Pace | None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        path: str = scope["path"]
        if path.startswith(("/s/", "/p/", "/panel")):
            return self._beginning
        if path.startswith("/room/"):
            return self._answering if path.count("/") > GOING_IN else self._beginning
        if path == "/did/mail":
            return self._subscribing
        if path.startswith("/staff/sign-in"):
            return self._signing_in
        return self._answering if path.startswith("/r/") and not path.endswith("/leave-now") else None


def slow_down(request: Request) -> Response:
    """The page that asks for a little patience: in every language, for whose this is would have to be looked up."""
    if request.url.path.startswith("/staff"):
        return show_problem(request, Problem(429, TITLE, TOO_MANY_TRIES))
    if request.headers.get("accept") == "application/json":
        return show_problem(request, Problem(429, TITLE, SENTENCE))
    own = spoken_to(request)
    languages = [own, *(one for one in installation(request).offered if one.code != own.code)]
    said = [(one, one.say(TITLE), one.say(SENTENCE)) for one in languages]
    return render(Page("slow_down.html", {"said": said}, 429), request)
