"""The presenter's screen: it asks one question after another, and shows what the room said when that is revealed."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import _
from survey import access, web
from survey.models import Room
from survey.rooms.closing import close, reveal
from survey.rooms.pages import CHANGES, open_room
from survey.rooms.showing import join_address, join_link, picture
from survey.rooms.standing import Standing, Standings, standing
from survey.web import Form, Page, Problem, installation, see

UNSEEN = {"x-robots-tag": "noindex, nofollow"}
WITH_LINK = "the presenter’s link"


def staff_screen(request: Request, session: Session) -> Response:
    """The screen, for staff who are signed in."""
    _, found = open_room(request, session, CHANGES)
    return _screen(request, session, found)


def staff_act(request: Request, session: Session, form: Form) -> Response:
    """What staff press on it."""
    staff, found = open_room(request, session, CHANGES, to_change=True)
    return _act(request, session, found, form, staff.name)


def screen(request: Request, session: Session) -> Response:
    """The screen, for whoever has the presenter's link."""
    return _screen(request, session, _by_link(request, session))


def act(request: Request, session: Session, form: Form) -> Response:
    """What a presenter presses on it."""
    return _act(request, session, _by_link(request, session, to_change=True), form, WITH_LINK)


def _by_link(request: Request, session: Session, *, to_change: bool = False) -> Room:
    """The room whose presenter has this link; raises Problem where there is none."""
    secret = access.hashed(request.path_params["token"])
    asked = select(Room).where(col(Room.presenter_hash) == secret)
    found = session.exec(asked.with_for_update(key_share=True) if to_change else asked).first()
    if found is None:
        raise Problem(
            404,
            _("This link does not work any more"),
            _("It may have been cut short, or replaced by a new one. Please ask whoever sent it to you."),
        )
    return found


def _screen(request: Request, session: Session, found: Room) -> Response:
    now, today = standing(session, found), installation(request).today()
    link = join_link(request, found.code)
    shown = {
        "room": now,
        "today": today,
        "asking": request.query_params.get("close") == "1" and not now.over,
        "join_at": join_address(request),
        "picture": picture(link),
    }
    moved = "hx-request" in request.headers and request.query_params.get("seen") != now.mark
    response = web.render(Page("rooms/projector.html", shown, block="strip"), request)
    response.headers.update(UNSEEN | ({"hx-refresh": "true"} if moved else {}))
    return response


def _act(request: Request, session: Session, found: Room, form: Form, who: str) -> Response:
    """Move a room on. What was pressed on a screen that shows an older state changes nothing."""
    before, wish = standing(session, found), web.one(form, "wish")
    if web.one(form, "seen") == before.mark and not before.over:
        _must_be_today(request, before)
        did = _move(request, session, found, wish)
        if did:
            access.note(session, installation(request).now(), who, did, f"room {found.code}, {found.name}")
    standings: Standings = request.app.state.standings
    standings.forget(found.code)
    return see(f"{request.url.path}{web.as_asked(web.spoken_to(request))}")


def _must_be_today(request: Request, room: Standing) -> None:
    if not room.open_on(installation(request).today()):
        raise Problem(
            409,
            _("This room is not open today"),
            _("It is for %(day)s. Change its day, or come back then.", day=room.held_on),
        )


def _move(request: Request, session: Session, found: Room, wish: str) -> str:
    """Do what was pressed; what was done, for the audit."""
    question = next((one for one in found.questions if one.number == found.at), None)
    if wish == "next" and found.at < len(found.questions):
        found.at += 1
        return f"asked question {found.at} of"
    if wish == "reveal" and question is not None and not question.revealed:
        reveal(session, question)
        return f"showed the answers to question {question.number} of"
    if wish == "close":
        close(session, found, installation(request).today())
        return "closed"
    return ""
