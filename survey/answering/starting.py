"""From a code on a poster to a response that has begun."""

import re
import secrets
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from questions import Message, QuestionSet, without
from questions.messages import _
from survey import access, waiting, web
from survey.answering import response as steps
from survey.answering.desk import CODE, KEY, closed, desk, gone, path_of, place_in
from survey.answering.openings import Door, Opening
from survey.answering.pages import go
from survey.answering.phone import by_itself, for_person
from survey.answering.phone import told as answered
from survey.answering.reading import offered, unreviewed
from survey.answering.response import Removed, Saved
from survey.answering.sharing import follow
from survey.answering.ways import share, shared, shared_door
from survey.answering.writer import TicketUsed
from survey.instruments import minutes
from survey.models import ConsentRoute, Permission
from survey.responses.stored import Stored
from survey.web import Problem, installation, see

AGES = {"16": ConsentRoute.OWN, "under_16": ConsentRoute.SETTING}  # who decides, by what the start page asks
PERMISSIONS = {
    Permission.PARENTS_AGREED: _("If you are under 16: your parents or carers have said yes to this."),
    Permission.PARENTS_COULD_OBJECT: _(
        "If you are under 16: your parents or carers were told about this, and could say no."
    ),
    Permission.SETTING_DECIDED: _(
        "If you are under 16: the people who run this place have said yes to this."
    ),
}
UNREVIEWED = _("This translation has not been checked by a native speaker yet.")


async def enter_code(request: Request) -> Response:
    """The page for a code from a poster; a code that was typed in goes to its start page."""
    code = "".join(request.query_params.get("code", "").split())
    if not code:
        return web.render(web.Page("answering/code.html"), request)
    lang = web.as_asked(web.spoken_to(request))
    if await run_in_threadpool(desk(request).openings.is_room, code.upper()):
        return see(f"/room/{code.upper()}{lang}")
    return see(f"/s/{_in_path(code)}{lang}")


async def start(request: Request) -> Response:
    """The start page of a setting: what this is, who reads it, where help is, and whether one wants to."""
    door = await _door(request)
    code = request.query_params.get("lang")
    return _start_page(request, door, code, secrets.token_urlsafe(16))


def _start_page(
    request: Request,
    door: Door,
    code: str | None,
    key: str,
    messages: Mapping[str, Message] | None = None,
    *,
    again: bool = False,
) -> Response:
    """The start page. messages: what is still to say before one can start, by the field that it is said in.

    again: Start was pressed on one that cannot be used any more.
    """
    question_set = desk(request).openings.question_set(door.opening.instrument_id)
    code = _chosen(code, question_set)
    language, here = web.speak(request, code), installation(request)
    new = steps.begin(key, door, here.now(), here.today(), code)
    unasked = place_in(desk(request), new, question_set, door.opening).unasked
    pages = without(question_set.pages, unasked)
    shown = {
        "opening": door.opening,
        "door": door,
        "minutes": minutes(pages),
        "may_skip": not any(question.required for question in question_set.questions),
        "key": key,
        "token": desk(request).tokens.sign(door.code, key, steps.quarter_of(here.now())),
        "again": again,
        "languages": offered(question_set, here.languages),
        "chosen": code,
        "under_16": door.admits(ConsentRoute.SETTING),
        "basis": language.say(PERMISSIONS[door.permission]) if door.permission else "",
        "messages": {name: language.say(message) for name, message in (messages or {}).items()},
        "ahead": for_person(request, new, question_set, door, begins=True, unasked=unasked),
        "warning": UNREVIEWED if unreviewed(question_set, code, language) else None,
    }
    return web.render(web.Page("answering/start.html", shown, _status(bool(messages), again)), request)


def _status(wrong: bool, again: bool) -> int:
    return 400 if again else 422 if wrong else 200


def _chosen(code: str | None, question_set: QuestionSet) -> str:
    """The language that somebody asks for, if the questions are offered in it; else their own."""
    return code if code in question_set.offered else question_set.language


async def begin(request: Request) -> Response:
    """Begin a response under the key that the start page carries; the same key again begins nothing new.

    A key that is not signed, or was more than a day ago, begins nothing: there is a fresh start page instead.
    """
    form = await web.read_form(request)
    web.speak(request, one(form, "lang"))
    door = await _door(request)
    if one(form, "take_part") == "no":
        return web.render(
            web.Page("answering/no.html", {"opening": door.opening, "next_at": shared_door(request)}), request
        )
    key, route = one(form, "key"), AGES.get(one(form, "age"))
    now = steps.quarter_of(installation(request).now())
    if not desk(request).tokens.good(one(form, "token"), door.code, key, now):
        return _start_again(request, door, one(form, "lang"))
    messages = _unsaid(form)
    if messages and by_itself(request):
        raise Problem(422, _("That did not work"), next(iter(messages.values())))
    if messages or route is None:
        return _start_page(request, door, one(form, "lang"), key, messages)
    if not door.admits(route) and by_itself(request):
        raise Problem(
            403,
            _("You cannot take part with this code"),
            _("It may have changed since this page was opened. Nothing was kept."),
        )
    if not door.admits(route):
        shown = {"door": door, "opening": door.opening, "route": route}
        return web.render(web.Page("answering/not_here.html", shown, 403), request)
    return await _begin(request, door, key, route, one(form, "lang"))


def _unsaid(form: web.Form) -> dict[str, Message]:
    """What has to be said before one can start, and is not: nobody takes part who has not said yes."""
    said = {
        "age": (one(form, "age") in AGES, _("Please say how old you are.")),
        "take_part": (one(form, "take_part") == "yes", _("Please say whether you want to take part.")),
    }
    return {name: message for name, (told, message) in said.items() if not told}


async def _begin(request: Request, door: Door, key: str, route: ConsentRoute, told: str) -> Response:
    here = installation(request)
    question_set = desk(request).openings.question_set(door.opening.instrument_id)
    new = steps.begin(key, door, here.now(), here.today(), _chosen(told, question_set), route)
    try:
        existing = await desk(request).writer.do(
            key, lambda stored: (None if stored else new, stored), door.code if door.ticket else None
        )
    except TicketUsed:
        raise used() from None
    if isinstance(existing, Removed):
        raise gone()
    if existing is None:
        desk(request).stopwatch.begins(key)
    place = place_in(desk(request), new, question_set, door.opening)
    if by_itself(request):
        return answered(Saved(new), unasked=place.unasked)
    first = Saved(new, path_of(place)[0])
    answer = go(request, first) if existing is None else see(f"/r/{key}")
    return await follow(request, key, answer) if shared(request) else answer


def _start_again(request: Request, door: Door, lang: str) -> Response:
    """A fresh start page for somebody whose own cannot be used; a script is told so in words."""
    if by_itself(request):
        raise Problem(
            400, _("That did not work"), _("Please go back to the start page and press “Yes, start” again.")
        )
    return _start_page(request, door, lang, secrets.token_urlsafe(16), again=True)


def one(form: web.Form, name: str) -> str:
    """The first value of a field; empty where it was not sent."""
    return next(iter(form.get(name, ())), "")


async def _door(request: Request) -> Door:
    """The open door that a code or a one-time link leads to; raises Problem where there is none, or it is shut."""
    if "ticket" in request.path_params:
        return await _door_of_ticket(request, request.path_params["ticket"])
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
    if door.opening.on_paper:
        raise Problem(
            403,
            _("This is answered on paper"),
            _("Please ask whoever gave you this code for a form. Nothing was kept."),
        )
    if not door.opening.asks_for_words(installation(request).now()):
        await run_in_threadpool(_must_ask_something, request, door)
    if door.shared:
        share(request, door)
    return door


def _must_ask_something(request: Request, door: Door) -> None:
    """Nobody begins where only words are asked for, and nobody can read them soon enough."""
    asked = desk(request).openings.question_set(door.opening.instrument_id)
    if not without(asked.pages, waiting.texts_of(asked)):
        raise Problem(
            403,
            _("Please come back later"),
            _(
                "Here we ask for your own words, and at the moment nobody can read them soon enough. "
                "If you want to talk to someone now, the lines below are there for you."
            ),
        )


async def _door_of_ticket(request: Request, ticket: str) -> Door:
    """The open door of a one-time link. Opening its page uses nothing up: mail programs do that by themselves.

    Where the phone repeats a start whose answer it did not get, the link is used, and its response is there.
    """
    found = await run_in_threadpool(desk(request).openings.of_ticket, ticket)
    if found is None and request.method == "POST":
        found = await _begun_with(request, ticket)
    if found is None:
        raise used()
    must_be_open(found.opening, request)
    return found


async def _begun_with(request: Request, ticket: str) -> Door | None:
    """The door of a link that was used, for the response that its own start page began."""
    key = one(await web.read_form(request), "key")
    known = KEY.fullmatch(key) is not None
    stored = await desk(request).reader.do(key, lambda found: (None, found)) if known else None
    if not isinstance(stored, Stored) or stored.setting_id is not None:
        return None
    opening = await run_in_threadpool(desk(request).openings.of_collection, stored.collection_id)
    return Door(None, access.hashed(ticket), "", None, opening, ticket=ticket)


def used() -> Problem:
    """What is said of a one-time link that opens nothing."""
    return Problem(
        410,
        _("This link does not work any more"),
        _(
            "Each link works once, for one person, until it closes. Have you begun? Then go on where you were."
        ),
    )


def must_be_open(opening: Opening, request: Request) -> None:
    today = installation(request).today()
    if opening.planning:
        raise Problem(403, _("Not open yet"), _("This is still being prepared. Please come back later."))
    if today < opening.opens_on:
        sentence = _(
            "%(title)s opens on %(day)s. Please come back then.", title=opening.called, day=opening.opens_on
        )
        raise Problem(403, _("Not open yet"), sentence)
    if today > opening.closes_on:
        raise closed(opening)


def _in_path(code: str) -> str:
    """A code as it may stand in an address: what cannot be in a code is dropped."""
    return re.sub(r"[^A-Za-z0-9]", "", code)[:20] or "-"
