"""Staff, for administrators: who may do what, how they sign in, and letting somebody in or out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.accounts import invitations, passkeys, passwords, sessions
from survey.models import Identity, Role, Staff, StaffSession
from survey.web import Form, Page, Problem, installation, one, see

KEEPS_STAFF = (Role.ADMIN,)
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff as an administrator sees them. seen_at: when they were last here, as far as sessions tell."""

    staff: Staff
    passkeys: int
    password: bool
    seen_at: dt.datetime | None


def people(request: Request, session: Session) -> Page:
    """Everybody of the staff, who has left last."""
    staff = access.open_staff_page(request, session, KEEPS_STAFF)
    return _page(request, session, staff)


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    messages: Sequence[str] = (),
    link: tuple[str, str] | None = None,
    typed: Form | None = None,
) -> Page:
    every = session.exec(
        select(Staff).order_by(col(Staff.left_on).is_not(None), func.lower(Staff.name))
    ).all()
    shown = {
        "staff": staff,
        "people": [_person(session, one) for one in every],
        "roles": [*Role],
        "messages": messages,
        "link": link,
        "typed": typed or {},
        "longest_name": LONGEST_NAME,
        "kept": request.query_params.get("kept", ""),
    }
    return Page("accounts/people.html", shown, 422 if messages else 200)


def _person(session: Session, staff: Staff) -> Person:
    last = select(func.max(StaffSession.seen_at)).where(col(StaffSession.staff_id) == staff.id)
    seen = session.exec(last).one()
    return Person(staff, len(passkeys.of(session, staff)), passwords.has(session, staff), seen)


def invite_person(request: Request, session: Session, form: Form) -> Page:
    """Invite somebody new, and show their link this once."""
    staff = access.open_staff_page(request, session, KEEPS_STAFF)
    access.must_be_confirmed(request, session)
    name, roles = one(form, "name"), _roles(form)
    wrong = []
    if not name:
        wrong.append("Write the name of the person, as colleagues know it.")
    if len(name) > LONGEST_NAME:
        wrong.append(f"Shorten the name to {LONGEST_NAME} characters or fewer.")
    if not roles:
        wrong.append("Tick at least one role.")
    if session.exec(select(Staff).where(func.lower(Staff.name) == name.lower())).first():
        wrong.append("Somebody of this name is in the list. Change their roles there, or add a second name.")
    if wrong:
        return _page(request, session, staff, wrong, typed=form)
    return _page(request, session, staff, link=(name, _link(request, session, staff, name, roles)))


def change_person(request: Request, session: Session, form: Form) -> Response | Page:
    """Give somebody other roles or a new link, sign them out everywhere, or note that they have left."""
    staff = access.open_staff_page(request, session, KEEPS_STAFF)
    found = session.get(Staff, request.path_params["id"])
    if found is None:
        raise Problem(404, "There is nobody with that number", "Go back to the list of staff.")
    access.must_be_confirmed(request, session)
    do, now = one(form, "do"), installation(request).now()
    if do == "roles":
        return _change_roles(request, session, staff, found, _roles(form))
    if do == "link":
        link = _link(request, session, staff, found.name, [])
        return _page(request, session, staff, link=(found.name, link))
    if do == "end":
        ended = sessions.end_all(session, found)
        access.note(session, now, staff.name, f"signed out of {ended} browsers", f"staff {found.name}")
        return see("/staff/people?kept=1")
    if do != "left":
        raise Problem(400, "We could not read that", "Go back, and use the buttons of the page.")
    if found.id == staff.id:
        return _page(
            request, session, staff, ["You cannot leave by yourself: another administrator does that."]
        )
    _let_go(session, found, installation(request).today())
    access.note(session, now, staff.name, "noted that they left", f"staff {found.name}")
    return see("/staff/people?kept=1")


def _change_roles(
    request: Request, session: Session, staff: Staff, found: Staff, roles: Sequence[Role]
) -> Response | Page:
    if not roles:
        return _page(
            request, session, staff, [f"Tick at least one role for {found.name}, or note that they left."]
        )
    if found.id == staff.id and Role.ADMIN not in roles:
        sentence = "You cannot stop being an administrator by yourself: another administrator does that."
        return _page(request, session, staff, [sentence])
    found.roles = sorted(role.value for role in roles)
    now = installation(request).now()
    access.note(
        session, now, staff.name, "changed the roles of", f"staff {found.name}", ", ".join(found.roles)
    )
    return see("/staff/people?kept=1")


def _let_go(session: Session, found: Staff, today: dt.date) -> None:
    """Somebody who has left is out at once, and every way in is gone; what they did keeps their name."""
    found.left_on = today
    sessions.end_all(session, found)
    invitations.take_back(session, found)
    for passkey in passkeys.of(session, found):
        session.delete(passkey)
    passwords.forget(session, found)
    for account in session.exec(select(Identity).where(col(Identity.staff_id) == found.id)).all():
        session.delete(account)


def _link(request: Request, session: Session, staff: Staff, name: str, roles: Sequence[Role]) -> str:
    here = installation(request)
    token = invitations.invite(session, name, roles, here.now(), staff.name)
    return f"{here.settings.public_url}/staff/in/{token}"


def _roles(form: Form) -> list[Role]:
    return [role for role in Role if role.value in form.get("role", [])]
