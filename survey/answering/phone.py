"""What a phone with scripts asks for: the pages ahead, and a short answer to each write that it makes by itself."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from questions import QuestionSet
from survey.answering.ahead import Fragment, by_chance, fragment, in_script
from survey.answering.openings import Door, Openings
from survey.answering.reading import offered
from survey.answering.response import Elsewhere, Finished, Mend, Outcome, Saved, Turn
from survey.answering.unasked import EVERYTHING, Unasked
from survey.answering.ways import shared, ways
from survey.languages import Language
from survey.measuring.page_times import span_of
from survey.models import Devices
from survey.responses.stored import Stored
from survey.web import Form, installation, packed

LARGEST = 2**31  # more than any number of an instrument
OWN = "own"  # in place of a mark: these pages are one person's, and are not kept
PAGE_SPAN, PAGE_SEEN = "page-span", "page-seen"  # fields: no question's key has a hyphen
TAB = re.compile(r"[a-z0-9]{1,12}")


def for_person(
    request: Request,
    response: Stored,
    question_set: QuestionSet,
    door: Door | None,
    *,
    begins: bool = False,
    unasked: Unasked = EVERYTHING,
) -> Markup | None:
    """What the script of a page has to know of one person; None where what they answered is hidden.

    door: the one they came in by, where the page begins a response or stands on a shared device. unasked: the questions
    that are left out just now.
    """
    if response.concealed:
        return None
    code, together = response.language or question_set.language, shared(request)
    seed = response.seed if by_chance(question_set) else ""
    mark = OWN if seed else _fragment(request, question_set, code, "", together).mark
    asked = {"order": seed, "shared": "1" if together else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = f"/ahead/{response.instrument_id}/{code}/{mark}{f'?{query}' if query else ''}"
    turn = max((count for count, _ in response.turns.values()), default=0)
    return in_script(
        {
            "key": response.key,
            "root": ways(request, response.key)["root"],
            "shared": together,
            "begin": door.way if door and begins else "",
            "home": door.way if door else "",
            "kiosk": door is not None and door.devices is Devices.KIOSK,
            "language": code,
            "turn": turn,
            "answers": response.answers,
            "ahead": address,
            "unasked": sorted(unasked),
        }
    )


def _fragment(request: Request, question_set: QuestionSet, code: str, seed: str, together: bool) -> Fragment:
    here = installation(request)
    languages: tuple[Language, ...] = (here.language(code), *offered(question_set, here.languages))
    return fragment(question_set, code, languages, here.place, seed=seed, shared=together)


async def pages_ahead(request: Request, openings: Openings) -> Response:
    """Every page of an instrument in one language; it never changes under its address."""
    wanted = request.path_params
    known = wanted["instrument"] < LARGEST
    question_set = await run_in_threadpool(openings.known, wanted["instrument"]) if known else None
    if question_set is None or wanted["language"] not in question_set.offered:
        raise HTTPException(404)
    seed = request.query_params.get("order", "") if by_chance(question_set) else ""
    together = request.query_params.get("shared") == "1"
    made = _fragment(request, question_set, wanted["language"], seed, together)
    content, headers = packed(made.html.encode(), request.headers.get("accept-encoding", ""))
    if made.mark == wanted["mark"] and not seed:
        headers["cache-control"] = "public, max-age=31536000, immutable"
    return HTMLResponse(content, headers=headers)


def by_itself(request: Request) -> bool:
    """Whether the script of a page sent this, and not a form."""
    return request.headers.get("accept") == "application/json"


def turn_of(request: Request) -> Turn | None:
    """When a write was made, by the phone's own count, and in which of its tabs; None for a form."""
    count, tab = (request.query_params.get(name, "") for name in ("turn", "tab"))
    if not (count.isascii() and count.isdecimal() and len(count) < 10 and TAB.fullmatch(tab)):
        return None
    return int(count), tab


def seen_by(form: Form) -> int | None:
    """How often a page had been answered when the form was made that was sent; None where it does not say."""
    told = next(iter(form.get(PAGE_SEEN, ())), "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else None


def span_told(request: Request, form: Form) -> int | None:
    """About how long a page took, of what a phone sent by itself; None where it does not say, or it was a form."""
    told = next(iter(form.get(PAGE_SPAN, ())), "")
    return span_of(told) if turn_of(request) is not None else None


def the_end(html: str) -> Response:
    """The last page, said to a script: it needs no network to show it."""
    return JSONResponse({"saved": True, "end": html})


def told(
    outcome: Outcome,
    page: str | None = None,
    messages: dict[str, str] | None = None,
    *,
    unasked: Unasked = EVERYTHING,
) -> Response:
    """What became of a write, said to a script; of one to mend, the number of its page and what to mend.

    unasked: the questions that are left out just now, so that the pages ahead leave them out too.
    """
    also = {"unasked": sorted(unasked)} if unasked else {}
    if isinstance(outcome, Mend):
        return JSONResponse({"page": page, "messages": messages}, 422)
    if isinstance(outcome, Finished):
        return JSONResponse({"finished": True}, 200)
    if isinstance(outcome, Elsewhere):
        return JSONResponse({"elsewhere": True}, 409)
    if isinstance(outcome, Saved) and outcome.newer is not None:
        return JSONResponse({"saved": True, "turn": outcome.newer, **also})
    return JSONResponse({"saved": True, **also})
