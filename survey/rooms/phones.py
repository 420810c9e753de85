"""A phone in a room: the code, the question that is asked, and a vote that counts once."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from questions.messages import Message, _
from survey import web
from survey.lanes import Lane
from survey.rooms import votes
from survey.rooms.standing import Standing, Standings
from survey.rooms.votes import Counted, Refused, Vote
from survey.web import Page, Problem, installation, see, spoken_to

CODE = re.compile(r"[A-Z0-9]{1,20}")
KEY = re.compile(r"[A-Za-z0-9_-]{22}")
TURN = re.compile(r"[0-9]{1,9}")
CHOOSE = _("Choose an answer first. Then press the button.")


async def join(request: Request) -> Response:
    """The page for the code of a room; a code that was typed in leads into the room."""
    code = "".join(request.query_params.get("code", "").split()).upper()
    if not code:
        return web.render(Page("rooms/join.html"), request)
    return see(f"/room/{code if CODE.fullmatch(code) else '-'}{_asked(request)}")


async def door(request: Request) -> Response:
    """What a room is, before one goes in. The key of this phone comes with the page, and nothing is stored of it."""
    room = await _open_room(request)
    shown = {
        "room": room,
        "key": secrets.token_urlsafe(16),
        "languages": installation(request).offered,
        "chosen": spoken_to(request).code,
        "unreviewed": not spoken_to(request).reviewed,
    }
    return web.render(Page("rooms/door.html", shown), request)


async def go_in(request: Request) -> Response:
    """Go in with the key that the page carried."""
    key = web.one(await web.read_form(request), "key")
    room = await _open_room(request)
    return see(
        f"/room/{room.code}/{key if KEY.fullmatch(key) else secrets.token_urlsafe(16)}{_asked(request)}"
    )


async def question(request: Request) -> Response:
    """The question that is asked now, with this phone's own vote; or what the room said, or that it waits."""
    room = await _open_room(request)
    return web.render(await _question_page(request, room), request)


async def number(request: Request) -> Response:
    """Whoever comes to the address of one question is shown the one that is asked."""
    room, key = await _room(request), _key(request)
    return see(f"/room/{room.code}/{key}{_asked(request)}")


async def vote(request: Request) -> Response:
    """Count a vote, and show it as it stands; or say why it does not count."""
    form = await web.read_form(request)
    room, key = await _open_room(request), _key(request)
    wanted = int(request.path_params["number"])
    outcome = await _count(request, room, wanted, key, web.one(form, "choice"))
    if isinstance(outcome, Refused) and outcome.why == "not offered":
        return await _choose(request, room)
    if isinstance(outcome, Refused) and outcome.why == "shown" and not _by_itself(request):
        return await _too_late(request, room.code)
    if isinstance(outcome, Refused):
        raise _refused(room, outcome)
    if _by_itself(request):
        return JSONResponse({"counted": outcome.choice, "turn": outcome.turn})
    return see(f"/room/{room.code}/{key}{_asked(request)}#here")


async def now(request: Request) -> Response:
    """How many have voted, in words, and the mark of what is asked: for the strip of a page that shows one."""
    room = await _room(request)
    said = web.as_html(Page("rooms/strip.html", {"room": room}), request)
    return JSONResponse({"mark": room.mark, "words": " ".join(said.split())})


async def _count(request: Request, room: Standing, wanted: int, key: str, choice: str) -> Counted | Refused:
    """Hand a vote to the writer. One that waited on a phone may be for an earlier question."""
    writer: Lane = request.app.state.writer
    turn = request.query_params.get("turn", "")
    own = int(turn) if _by_itself(request) and TURN.fullmatch(turn) else None
    phone = votes.phone_of(room.code, key)
    given = Vote(room.code, wanted, phone, choice, installation(request).today(), own)
    counted = await writer.take(votes.count, given)
    if isinstance(counted, Counted) and counted.first:
        standings: Standings = request.app.state.standings
        standings.one_more(room.code, wanted)
    return counted


async def _choose(request: Request, room: Standing) -> Response:
    """The same page again, for whoever chose nothing that is offered."""
    if _by_itself(request):
        raise Problem(422, _("Please look at this again"), CHOOSE)
    return web.render(await _question_page(request, room, CHOOSE), request)


async def _too_late(request: Request, code: str) -> Response:
    """The room as it stands now, for whoever voted when the answers were shown already."""
    standings: Standings = request.app.state.standings
    standings.forget(code)
    page = await _question_page(request, await _open_room(request))
    return web.render(replace(page, shown={**page.shown, "too_late": True}, status=409), request)


async def _question_page(request: Request, room: Standing, message: Message | None = None) -> Page:
    reader: Lane = request.app.state.reader
    key, here = _key(request), installation(request)
    own = None
    if room.question_id is not None and room.result is None:
        own = await reader.take(votes.find, (room.question_id, votes.phone_of(room.code, key)))
    shown = {
        "room": room,
        "key": key,
        "own": own,
        "message": spoken_to(request).say(message) if message else "",
        "too_late": False,
        "languages": here.offered,
        "chosen": spoken_to(request).code,
    }
    return Page("rooms/question.html", shown, 422 if message else 200)


async def _room(request: Request) -> Standing:
    """The room with the code in the address; raises Problem where there is none."""
    standings: Standings = request.app.state.standings
    code = request.path_params["code"].upper()
    found = await standings.of_code(code) if CODE.fullmatch(code) else None
    if found is None:
        raise Problem(
            404,
            _("We do not know that code"),
            _("Check the letters and numbers and try again. There is no 0, O, 1 or I in our codes."),
            "rooms/join.html",
        )
    return found


async def _open_room(request: Request) -> Standing:
    """The same, where votes are taken today; raises Problem where they are not."""
    room, today = await _room(request), installation(request).today()
    if not room.over and today < room.held_on:
        sentence = _(
            "%(name)s opens on %(day)s. Please keep the code, and come back on that day.",
            name=room.name,
            day=room.held_on,
        )
        raise Problem(409, _("This room is not open yet"), sentence)
    if not room.open_on(today):
        raise closed(room)
    return room


def closed(room: Standing) -> Problem:
    """What is said of a room that is over."""
    sentence = _(
        "No more votes are taken in %(name)s. Thank you for coming. We say what we heard by %(day)s.",
        name=room.name,
        day=room.outcome_on,
    )
    return Problem(410, _("This room is closed"), sentence)


def _refused(room: Standing, outcome: Refused) -> Problem:
    if outcome.why == "closed":
        return closed(room)
    if outcome.why == "shown":
        return Problem(
            409,
            _("The answers are on the screen already"),
            _("No more votes are taken for that question."),
        )
    return Problem(
        409,
        _("That question is not asked now"),
        _("Please go back to the room and look at the question there."),
    )


def _key(request: Request) -> str:
    key: str = request.path_params["key"]
    if not KEY.fullmatch(key):
        raise Problem(
            404,
            _("We cannot find that page of the room"),
            _("The address may have been cut short. Type the code again to go in."),
            "rooms/join.html",
        )
    return key


def _asked(request: Request) -> str:
    return web.as_asked(spoken_to(request))


def _by_itself(request: Request) -> bool:
    """Whether the script of a page sent this, and not a form."""
    return request.headers.get("accept") == "application/json"
