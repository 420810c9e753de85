"""One's own account: passkeys, a password, and the browsers in which one is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from survey import access
from survey.accounts import openid, passkeys, passwords, sessions
from survey.models import Passkey, Password, Staff
from survey.web import Form, Page, Problem, installation, one, see

DONE = {
    "passkey": "Your passkey is kept. From now on, sign in with it.",
    "passkey-gone": "That passkey opens nothing here any more. Delete it from your device too.",
    "password": "Your password is kept, and you are signed out everywhere else.",
    "password-gone": "Your password opens nothing any more.",
    "account": "That account is joined to yours. You can sign in with it.",
    "account-gone": "That account opens nothing here any more.",
    "ended": "That browser is signed out.",
    "ended-all": "You are signed out everywhere but here.",
}


def you(request: Request, session: Session) -> Page:
    """The page of one's own account."""
    staff = access.open_staff_page(request, session)
    return _page(request, session, staff)


def _page(
    request: Request, session: Session, staff: Staff, messages: Sequence[str] = (), secret: str = ""
) -> Page:
    secret, provider = secret or passwords.new_secret(), installation(request).settings.provider
    shown: dict[str, Any] = {
        "staff": staff,
        "messages": messages,
        "done": DONE.get(request.query_params.get("done", ""), ""),
        "possible": passkeys.possible(installation(request).settings),
        "passkeys": passkeys.of(session, staff),
        "most": passkeys.MOST,
        "longest_name": passkeys.LONGEST_NAME,
        "password": session.get(Password, staff.id),
        "provider": provider,
        "account": openid.of(session, staff, provider),
        "shortest": passwords.SHORTEST,
        "secret": secret,
        "picture": passwords.picture(secret, staff),
        "signed": sessions.signed(request, session, staff),
    }
    return Page("accounts/you.html", shown, 422 if messages else 200)


def ask_new_passkey(request: Request, session: Session, _form: Form) -> Response:
    """What the browser needs to make a passkey, as JSON."""
    staff, here = access.open_staff_page(request, session), installation(request)
    access.must_be_confirmed(request, session)
    return JSONResponse(passkeys.ask_new(session, here.settings, staff, here.now()))


def change_yourself(request: Request, session: Session, form: Form) -> Response | Page:
    """Do one thing to one's own account."""
    staff, do = access.open_staff_page(request, session), one(form, "do")
    if do == "end":
        return _done("ended") if sessions.end_one(session, staff, one(form, "at")) else see("/staff/you")
    if do == "end-others":
        ended = sessions.end_elsewhere(request, session, staff)
        _note(request, session, staff, f"signed out of {ended} other browsers")
        return _done("ended-all")
    access.must_be_confirmed(request, session)
    if do not in WAYS_IN:
        raise Problem(400, "We could not read that", "Go back, and use the buttons of the page.")
    return WAYS_IN[do](request, session, staff, form)


def _keep_passkey(request: Request, session: Session, staff: Staff, form: Form) -> Response | Page:
    here = installation(request)
    told = next(iter(form.get("credential", [])), "")
    name, ceremony = one(form, "name"), one(form, "ceremony")
    try:
        made = passkeys.keep(session, here.settings, staff, told, ceremony, name, here.now())
    except passkeys.Refused:
        sentence = "That passkey could not be kept. Press the button again, and follow what your device asks."
        return _page(request, session, staff, [sentence])
    _note(request, session, staff, f"made the passkey “{made.name}”")
    return _done("passkey")


def _remove_passkey(request: Request, session: Session, staff: Staff, form: Form) -> Response:
    found = session.get(Passkey, one(form, "id"))
    if found is None or found.staff_id != staff.id:
        return see("/staff/you")
    session.delete(found)
    _note(request, session, staff, f"removed the passkey “{found.name}”")
    return _done("passkey-gone")


def _keep_password(request: Request, session: Session, staff: Staff, form: Form) -> Response | Page:
    now, secret, figures = installation(request).now(), one(form, "secret"), one(form, "figures")
    password, again = (next(iter(form.get(name, [])), "") for name in ("password", "again"))
    wrong = passwords.faults(password, again, secret, figures, now)
    if wrong:
        return _page(request, session, staff, wrong, secret if passwords.is_secret(secret) else "")
    passwords.keep(session, staff, password, secret, figures, now)
    sessions.end_elsewhere(request, session, staff)
    _note(request, session, staff, "set a password")
    return _done("password")


def _remove_password(request: Request, session: Session, staff: Staff, _form: Form) -> Response:
    if passwords.has(session, staff):
        passwords.forget(session, staff)
        _note(request, session, staff, "removed their password")
    return _done("password-gone")


def _leave_account(request: Request, session: Session, staff: Staff, _form: Form) -> Response:
    found = openid.of(session, staff, installation(request).settings.provider)
    if found is not None:
        session.delete(found)
        _note(request, session, staff, "left their account elsewhere")
    return _done("account-gone")


WAYS_IN: dict[str, Callable[[Request, Session, Staff, Form], Response | Page]] = {
    "passkey": _keep_passkey,
    "passkey-gone": _remove_passkey,
    "password": _keep_password,
    "password-gone": _remove_password,
    "account-gone": _leave_account,
}


def _note(request: Request, session: Session, staff: Staff, did: str) -> None:
    access.note(session, installation(request).now(), staff.name, did, f"staff {staff.name}")


def _done(what: str) -> Response:
    return see(f"/staff/you?done={what}")
