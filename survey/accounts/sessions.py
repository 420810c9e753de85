"""Browsers in which staff are signed in: begun anew at every sign-in, listed, ended one by one or all at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.models import Staff, StaffSession
from survey.web import Form, installation, see

BROWSERS = (  # what a browser calls itself, those that also name another first
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)
HOME = "/staff"
NEXT = re.compile(r"/staff(/[\w./-]*)?(\?[\w=&%.-]*)?")


@dataclass(frozen=True, slots=True)
class Signed:
    """A browser as its own staff see it; `at` names it in a form and opens nothing."""

    at: str
    device: str
    way: str
    started_at: dt.datetime
    seen_at: dt.datetime
    this: bool


def begin(request: Request, session: Session, staff: Staff, way: str, then: str = HOME) -> Response:
    """Sign somebody in in this browser with a new cookie, and end what was signed in here; `then` is the next page."""
    now = installation(request).now()
    end_here(request, session)
    token, token_hash = access.new_token()
    assert staff.id is not None
    session.add(
        StaffSession(
            token_hash=token_hash,
            staff_id=staff.id,
            started_at=now,
            seen_at=now,
            confirmed_at=now,
            way=way,
            device=device(request.headers.get("user-agent", "")),
        )
    )
    access.note(
        session,
        now,
        staff.name,
        f"signed in with {'an' if way == 'account' else 'a'} {way}",
        f"staff {staff.name}",
    )
    response = see(then if NEXT.fullmatch(then) else HOME)
    response.set_cookie(
        access.cookie_name(request),
        token,
        path="/",
        secure=installation(request).settings.secure,
        httponly=True,
        samesite="lax",
    )
    return response


def device(agent: str) -> str:
    """The browser and the system that a browser says it is, in words.

    >>> device("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> device("curl/8.5")
    'an unknown browser'
    """
    browser = next((name for mark, name in BROWSERS if mark in agent), "an unknown browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def signed(request: Request, session: Session, staff: Staff) -> list[Signed]:
    """Where somebody is signed in, this browser first and then by when each was last used."""
    here, now = _hash_here(request), installation(request).now()
    found = [
        Signed(one.token_hash[:16], one.device, one.way, one.started_at, one.seen_at, one.token_hash == here)
        for one in _of(session, staff)
        if access.is_open(one, now)
    ]
    return sorted(found, key=lambda one: (one.this, one.seen_at), reverse=True)


def end_one(session: Session, staff: Staff, at: str) -> bool:
    """End one of somebody's sessions, named as `Signed.at`; whether there was one."""
    found = [one for one in _of(session, staff) if one.token_hash.startswith(at) and len(at) == 16]
    for one in found:
        session.delete(one)
    return bool(found)


def end_all(session: Session, staff: Staff, but: str = "") -> int:
    """End all of somebody's sessions but the one of this hash; how many there were."""
    found = [one for one in _of(session, staff) if one.token_hash != but]
    for one in found:
        session.delete(one)
    return len(found)


def end_elsewhere(request: Request, session: Session, staff: Staff) -> int:
    """End all of somebody's sessions but that of this browser; how many there were."""
    return end_all(session, staff, _hash_here(request))


def end_here(request: Request, session: Session) -> None:
    """End what is signed in in this browser, if anything is."""
    found = session.get(StaffSession, _hash_here(request))
    if found is not None:
        session.delete(found)


def confirm(request: Request, session: Session) -> None:
    """Note that whoever sits at this browser has just shown who they are."""
    session.get_one(StaffSession, _hash_here(request)).confirmed_at = installation(request).now()


def sign_out(request: Request, session: Session, _form: Form) -> Response:
    """End the session of this browser."""
    staff = access.open_staff_page(request, session)
    end_here(request, session)
    access.note(session, installation(request).now(), staff.name, "signed out", f"staff {staff.name}")
    response = see("/staff/sign-in")
    response.delete_cookie(
        access.cookie_name(request), path="/", secure=installation(request).settings.secure, httponly=True
    )
    return response


def _hash_here(request: Request) -> str:
    return access.hashed(request.cookies.get(access.cookie_name(request), ""))


def _of(session: Session, staff: Staff) -> Sequence[StaffSession]:
    return session.exec(select(StaffSession).where(col(StaffSession.staff_id) == staff.id)).all()
