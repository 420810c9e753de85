"""Accounts of staff: invitations, signing in and out, and the audit."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import _
from survey import access
from survey.models import AuditEntry, Invitation, Role, Staff, StaffSession
from survey.web import Form, Page, Problem, installation, see

VALID_FOR = dt.timedelta(days=7)
SHOWN_IN_AUDIT = 200


def invite(session: Session, name: str, roles: Sequence[Role], now: dt.datetime) -> str:
    """Invite somebody of this name, adding the roles to those they hold; the token of their one-time link.

    Links that they were given before and did not use stop working.
    """
    staff = session.exec(select(Staff).where(col(Staff.name) == name)).first() or Staff(name=name)
    staff.roles = sorted({*staff.roles, *(role.value for role in roles)})
    session.add(staff)
    session.flush()
    assert staff.id is not None
    unused = select(Invitation).where(col(Invitation.staff_id) == staff.id, col(Invitation.used_at).is_(None))
    for earlier in session.exec(unused):
        session.delete(earlier)
    token, token_hash = access.new_token()
    session.add(Invitation(token_hash=token_hash, staff_id=staff.id, expires_at=now + VALID_FOR))
    access.note(session, now, "command line", "invited", f"staff {name}", ", ".join(staff.roles))
    return token


def invitation(request: Request, session: Session) -> Page:
    """The page of a one-time link. Opening it uses nothing up: only its button signs in."""
    found = _valid_invitation(request, session)
    return Page("accounts/invitation.html", {"name": found.staff.name, "roles": found.staff.roles})


def sign_in(request: Request, session: Session, _form: Form) -> Response:
    """Use an invitation up and start a session in this browser."""
    found = _valid_invitation(request, session)
    now = installation(request).now()
    found.used_at = now
    token, token_hash = access.new_token()
    session.add(StaffSession(token_hash=token_hash, staff_id=found.staff_id, started_at=now, seen_at=now))
    access.note(session, now, found.staff.name, "signed in", f"staff {found.staff.name}")
    response = see("/staff")
    response.set_cookie(
        access.cookie_name(request),
        token,
        path="/",
        secure=installation(request).settings.secure,
        httponly=True,
        samesite="lax",
    )
    return response


def _valid_invitation(request: Request, session: Session) -> Invitation:
    found = session.get(Invitation, access.hashed(request.path_params["token"]), with_for_update=True)
    if found is None or found.used_at is not None or found.expires_at < installation(request).now():
        raise Problem(
            410,
            _("This link does not work any more"),
            _("A sign-in link works once, and for seven days. Ask an administrator for a new one."),
        )
    return found


def sign_out(request: Request, session: Session, _form: Form) -> Response:
    """End the session of this browser."""
    staff = access.open_staff_page(request, session)
    name = access.cookie_name(request)
    session.delete(session.get_one(StaffSession, access.hashed(request.cookies[name])))
    access.note(session, installation(request).now(), staff.name, "signed out", f"staff {staff.name}")
    response = see("/")
    response.delete_cookie(name, path="/", secure=installation(request).settings.secure, httponly=True)
    return response


def audit(request: Request, session: Session) -> Page:
    """The last entries of the audit, newest first."""
    staff = access.open_staff_page(request, session, access.READS_AUDIT)
    entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(SHOWN_IN_AUDIT)).all()
    return Page("accounts/audit.html", {"staff": staff, "entries": entries})
