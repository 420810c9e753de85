"""From a code on a poster to a response that has begun."""

import re
import secrets
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from questions import Page, QuestionSet, path
from questions.messages import _
from survey import web
from survey.answering import response as steps
from survey.answering.desk import KEY, closed, desk
from survey.answering.openings import Door, Opening
from survey.answering.pages import go
from survey.answering.phone import by_itself, for_person, told
from survey.answering.reading import offered
from survey.answering.response import Saved
from survey.web import Problem, installation, see

CODE = re.compile(r"[A-Z0-9]{1,20}")
UNREVIEWED = _("This translation has not been checked by a native speaker yet.")


async def enter_code(request: Request) -> Response:
    """The page for a code from a poster; a code that was typed in goes to its start page."""
    code = "".join(request.query_params.get("code", "").split())
    if not code:
        return web.render(web.Page("answering/code.html"), request)
    return see(f"/s/{_in_path(code)}{web.as_asked(web.spoken_to(request))}")


async def start(request: Request) -> Response:
    """The start page of a setting: what this is, who reads it, and where help is."""
    door = await _door(request)
    question_set = desk(request).openings.question_set(door.opening.instrument_id)
    code = _chosen(request.query_params.get("lang"), question_set)
    language, here = web.speak(request, code), installation(request)
    key = secrets.token_urlsafe(16)
    shown = {
        "opening": door.opening,
        "door": door,
        "minutes": minutes(question_set.pages),
        "key": key,
        "languages": offered(question_set, here.languages),
        "chosen": code,
        "ahead": for_person(
            request,
            steps.begin(key, door.opening, door.setting_id, here.now(), here.today(), code),
            question_set,
            f"/s/{door.code}",
        ),
        "warning": None if question_set.reviewed(code) and language.reviewed else UNREVIEWED,
    }
    return web.render(web.Page("answering/start.html", shown), request)


def _chosen(code: str | None, question_set: QuestionSet) -> str:
    """The language that somebody asks for, if the questions are offered in it; else their own."""
    return code if code in question_set.offered else question_set.language


async def begin(request: Request) -> Response:
    """Begin a response under the key that the start page carries; the same key again begins nothing new."""
    form = await web.read_form(request)
    code = one(form, "lang")
    web.speak(request, code)
    door = await _door(request)
    key = one(form, "key")
    if not KEY.fullmatch(key):
        raise Problem(
            400, _("That did not work"), _("Please go back to the start page and press Start again.")
        )
    here = installation(request)
    question_set = desk(request).openings.question_set(door.opening.instrument_id)
    code = _chosen(code, question_set)
    new = steps.begin(key, door.opening, door.setting_id, here.now(), here.today(), code)
    existing = await desk(request).writer.do(key, lambda stored: (None if stored else new, stored))
    if existing is None:
        desk(request).pace.begins(key)
    if by_itself(request):
        return told(request, Saved(new), {})
    if existing is not None:
        return see(f"/r/{key}")
    return go(new, path(question_set, {}, key)[0])


def one(form: web.Form, name: str) -> str:
    """The first value of a field; empty where it was not sent."""
    return next(iter(form.get(name, ())), "")


def minutes(pages: Sequence[Page]) -> int:
    """About how long a set takes: 12 seconds a question, and a minute for one that is written."""
    questions = [question for page in pages for question in page.questions]
    seconds = sum(60 if question.kind == "text" else 12 for question in questions)
    return max(1, round(seconds / 60))


async def _door(request: Request) -> Door:
    """The open door that a code leads to; raises Problem where there is none, or it is shut."""
    code = request.path_params["code"].upper()
    door = await run_in_threadpool(desk(request).openings.of_code, code) if CODE.fullmatch(code) else None
    if door is None:
        raise Problem(
            404,
            _("We do not know that code"),
            _("Check the letters and numbers and try again. There is no 0, O, 1 or I in our codes."),
            "answering/code.html",
        )
    if door.retired_on is not None:
        raise Problem(
            410, _("This code is no longer used"), _("Please ask whoever gave it to you for the new one.")
        )
    must_be_open(door.opening, request)
    return door


def must_be_open(opening: Opening, request: Request) -> None:
    today = installation(request).today()
    if today < opening.opens_on:
        sentence = _(
            "%(title)s opens on %(day)s. Please come back then.", title=opening.title, day=opening.opens_on
        )
        raise Problem(403, _("Not open yet"), sentence)
    if today > opening.closes_on:
        raise closed(opening)


def _in_path(code: str) -> str:
    """A code as it may stand in an address: what cannot be in a code is dropped."""
    return re.sub(r"[^A-Za-z0-9]", "", code)[:20] or "-"
