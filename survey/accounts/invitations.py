"""Links of invitation: each signs one member of staff in, once, so that they can make a passkey."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import _
from survey import access
from survey.accounts import openid, passkeys, passwords, sessions
from survey.models import Invitation, Role, Staff
from survey.web import Form, Page, Problem, installation

VALID_FOR = dt.timedelta(days=7)
BY_COMMAND = "command line"


def invite(session: Session, name: str, roles: Sequence[Role], now: dt.datetime, by: str = BY_COMMAND) -> str:
    """Invite somebody of this name, adding the roles to those they hold; the token of their one-time link.

    Links that they were given before and did not use stop working. Who had left is back.
    """
    staff = session.exec(select(Staff).where(col(Staff.name) == name)).first() or Staff(name=name)
    staff.roles = sorted({*staff.roles, *(role.value for role in roles)})
    staff.left_on = None
    session.add(staff)
    session.flush()
    assert staff.id is not None
    take_back(session, staff)
    token, token_hash = access.new_token()
    session.add(Invitation(token_hash=token_hash, staff_id=staff.id, expires_at=now + VALID_FOR))
    access.note(session, now, by, "invited", f"staff {name}", ", ".join(staff.roles))
    return token


def take_back(session: Session, staff: Staff) -> None:
    """Let the links that somebody did not use stop working."""
    unused = select(Invitation).where(col(Invitation.staff_id) == staff.id, col(Invitation.used_at).is_(None))
    for earlier in session.exec(unused):
        session.delete(earlier)


def invitation(request: Request, session: Session) -> Page:
    """The page of a one-time link. Opening it uses nothing up: only its button signs in."""
    found = _valid(request, session)
    return Page("accounts/invitation.html", {"name": found.staff.name, "roles": found.staff.roles})


def sign_in_by_link(request: Request, session: Session, _form: Form) -> Response:
    """Use an invitation up and start a session in this browser."""
    found = _valid(request, session)
    found.used_at = installation(request).now()
    provider = installation(request).settings.provider
    settled = (
        openid.of(session, found.staff, provider)
        or passkeys.of(session, found.staff)
        or passwords.has(session, found.staff)
    )
    demo = installation(request).settings.demo
    return sessions.begin(
        request, session, found.staff, "link", "/staff" if settled or demo else "/staff/you"
    )


def _valid(request: Request, session: Session) -> Invitation:
    found = session.get(Invitation, access.hashed(request.path_params["token"]), with_for_update=True)
    now = installation(request).now()
    if found is None or found.used_at is not None or found.expires_at < now or found.staff.left_on:
        raise Problem(
            410,
            _("This link does not work any more"),
            _("A sign-in link works once, and for seven days. Ask an administrator for a new one."),
        )
    return found
