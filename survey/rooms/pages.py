"""Staff make rooms for a consultation, change them until they begin, and pass the presenter's link on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.models import Audience, Consultation, Role, Room, Staff
from survey.naming import new_codes
from survey.room_results import asked, result_of
from survey.rooms import written
from survey.rooms.closing import NO_KEY
from survey.rooms.showing import join_link, picture
from survey.web import Form, Page, Problem, installation, see

CHANGES = (Role.FIELDWORKER, Role.ADMIN)


def rooms(request: Request, session: Session) -> Page:
    """The rooms of a consultation, the last day first."""
    staff, found = access.open_consultation(request, session)
    every = select(Room).where(col(Room.consultation_id) == found.id)
    ordered = session.exec(every.order_by(col(Room.held_on).desc(), col(Room.id).desc())).all()
    shown = {
        "staff": staff,
        "consultation": found,
        "rooms": [(room, state(request, room)) for room in ordered],
        "may_change": may_change(staff),
    }
    return Page("rooms/list.html", shown)


def state(request: Request, room: Room) -> str:
    """Where a room stands: it is open on its day alone, and not after somebody has closed it."""
    today = installation(request).today()
    if room.closed_on is not None or today > room.held_on:
        return "closed"
    return "open" if today == room.held_on else "planned"


def may_change(staff: Staff) -> bool:
    """Whether somebody may make and present rooms."""
    return bool(set(CHANGES) & set(staff.roles))


def new(request: Request, session: Session) -> Page:
    """The form of a new room."""
    staff, found = access.open_consultation(request, session, CHANGES)
    return _form(request, staff, found, {})


def make(request: Request, session: Session, form: Form) -> Page | Response:
    """Make a room, or give the form another place for a question."""
    staff, found = access.open_consultation(request, session, CHANGES)
    if "more" in form:
        return _form(request, staff, found, _with_more(form))
    told, faults = written.read(form, found, written.offered(found.collections))
    if faults:
        return _form(request, staff, found, form, faults)
    (code,) = new_codes(session, 1)
    room = Room(
        consultation_id=0, code=code, name="", held_on=found.opens_on, venue="", audience=Audience.YOUNG
    )
    room.consultation = found
    session.add(room)
    told.keep(room)
    session.flush()
    _note(request, session, staff, room, "made")
    return see(f"/staff/rooms/{room.id}?kept=1")


def _with_more(form: Form) -> Form:
    return {**form, "places": [str(written.places(form) + 1)]}


def room(request: Request, session: Session) -> Page:
    """One room: how to come in, how to present it, and what it said."""
    staff, found = open_room(request, session)
    return room_page(request, staff, found)


def room_page(request: Request, staff: Staff, found: Room, presenter_link: str = "") -> Page:
    """The page of a room. presenter_link: one that was made just now, and is shown this once."""
    consultation = found.consultation
    link = join_link(request, found.code)
    shown = {
        "staff": staff,
        "consultation": consultation,
        "room": found,
        "state": state(request, found),
        "asked": [
            (
                question,
                asked(question.asked),
                result_of(question, consultation) if question.revealed else None,
            )
            for question in found.questions
        ],
        "link": link,
        "picture": picture(link),
        "may_change": may_change(staff),
        "presenter_link": presenter_link,
        "kept": request.query_params.get("kept") == "1",
    }
    return Page("rooms/room.html", shown)


def change_page(request: Request, session: Session) -> Page:
    """A room to change, until its first question is asked."""
    staff, found = open_room(request, session, CHANGES)
    _must_not_have_begun(found)
    fields = written.typed(found, written.offered(found.consultation.collections))
    return _form(request, staff, found.consultation, fields, room=found)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was changed of a room."""
    staff, found = open_room(request, session, CHANGES, to_change=True)
    _must_not_have_begun(found)
    if "more" in form:
        return _form(request, staff, found.consultation, _with_more(form), room=found)
    told, faults = written.read(form, found.consultation, written.offered(found.consultation.collections))
    if faults:
        return _form(request, staff, found.consultation, form, faults, found)
    found.questions.clear()
    session.flush()
    told.keep(found)
    _note(request, session, staff, found, "changed")
    return see(f"/staff/rooms/{found.id}?kept=1")


def _must_not_have_begun(found: Room) -> None:
    if found.at or found.closed_on is not None:
        raise Problem(
            409,
            "This room has begun",
            "People have seen its questions, so they stay as they are. Make another room for other questions.",
        )


def make_link(request: Request, session: Session, _form: Form) -> Page:
    """Make the presenter's link of a room, and show it this once; one made before stops working."""
    staff, found = open_room(request, session, CHANGES, to_change=True)
    token, found.presenter_hash = access.new_token()
    found.presenter_since = installation(request).today()
    _note(request, session, staff, found, "made the presenter’s link of")
    session.flush()
    return room_page(request, staff, found, f"{installation(request).settings.public_url}/present/{token}")


def open_room(
    request: Request,
    session: Session,
    roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN,
    *,
    to_change: bool = False,
) -> tuple[Staff, Room]:
    """The member of staff, and the room in the address; raises Problem where there is no such.

    to_change: nobody else moves it on until this request is answered.
    """
    staff = access.open_staff_page(request, session, roles)
    found = session.get(Room, request.path_params["id"], with_for_update=NO_KEY if to_change else None)
    if found is None:
        raise Problem(404, "We cannot find that room", "Open its consultation from the list.")
    return staff, found


def _note(request: Request, session: Session, staff: Staff, found: Room, did: str) -> None:
    access.note(session, installation(request).now(), staff.name, did, f"room {found.code}, {found.name}")


def _form(
    request: Request,
    staff: Staff,
    found: Consultation,
    form: Form,
    faults: Sequence[str] = (),
    room: Room | None = None,
) -> Page:
    """The form of a room as it was typed; `faults` say what to mend."""
    shown: dict[str, Any] = {
        "staff": staff,
        "consultation": found,
        "room": room,
        "typed": form,
        "places": written.places(form),
        "most": written.MOST_QUESTIONS,
        "choices": written.MOST_CHOICES,
        "longest": (written.LONGEST_NAME, written.LONGEST_PROMPT, written.LONGEST_CHOICE),
        "offered": written.offered(found.collections),
        "audiences": [one for one in Audience if one != Audience.ORGANISATIONS],
        "faults": faults,
    }
    return Page("rooms/form.html", shown, 422 if faults else 200)
