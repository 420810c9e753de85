"""The door of staff: a passkey, or a password with six figures; and the same again before what cannot be undone."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from survey import access, web
from survey.accounts import openid, passkeys, passwords, sessions
from survey.db import reading, transaction
from survey.models import Staff
from survey.web import Form, Page, Problem, installation, one, see

WRONG = "That name, password or those six figures are not right. Look at each, wait for new figures, and try again."
NOT_KNOWN = "That passkey does not open this place. Use another one, or ask an administrator for a new link."


def sign_in_page(request: Request, session: Session) -> Response | Page:
    """Where staff sign in; who is signed in already goes on."""
    then = request.query_params.get("then", "")
    if access.signed_in(request, session) is not None:
        return see(then if sessions.NEXT.fullmatch(then) else sessions.HOME)
    return _page(request, then)


def _page(request: Request, then: str, name: str = "", message: str = "", confirms: str = "") -> Page:
    shown = {
        "then": then,
        "name": name,
        "message": message,
        "confirms": confirms,
        "passkeys": passkeys.possible(installation(request).settings),
        "provider": installation(request).settings.provider,
    }
    return Page("accounts/sign_in.html", shown, 422 if message else 200)


def ask_passkey(request: Request, session: Session, _form: Form) -> Response:
    """What the browser is to sign with a passkey, as JSON."""
    here = installation(request)
    if not passkeys.possible(here.settings):
        raise Problem(409, "Passkeys do not work at this address", "They need a name and TLS.")
    return JSONResponse(passkeys.ask(session, here.settings, here.now()))


async def sign_in(request: Request) -> Response:
    """Let somebody in, or tell them what to try again. What takes long is done between two transactions."""
    form = await web.read_form(request)
    return await run_in_threadpool(_sign_in, request, form)


def _sign_in(request: Request, form: Form) -> Response:
    then, found = one(form, "then"), _who(request, form)
    if found is None:
        message = NOT_KNOWN if "credential" in form else WRONG
        return web.render(_page(request, then, one(form, "name"), message), request)
    with transaction(installation(request).engine) as session:
        staff, way = session.get_one(Staff, found[0]), found[1]
        return sessions.begin(request, session, staff, way, then)


def _who(request: Request, form: Form) -> tuple[int | None, str] | None:
    """Whom a form proves to be there, and how; None for nobody."""
    here = installation(request)
    if "credential" in form:
        with transaction(here.engine) as session:
            try:
                told = form["credential"][0], one(form, "ceremony")
                return passkeys.proved(session, here.settings, *told, here.now()).staff_id, "passkey"
            except passkeys.Refused:
                return None
    with transaction(reading(here.engine)) as session:
        known = passwords.known(session, one(form, "name"))
    right = passwords.fits(known, next(iter(form.get("password", [])), ""))
    with transaction(here.engine) as session:
        staff = passwords.let_in(session, known, right, one(form, "figures"), here.now())
        return (staff.id, "password") if staff else None


def confirm_page(request: Request, session: Session) -> Page:
    """Where somebody who is signed in shows again who they are."""
    staff = access.open_staff_page(request, session)
    return _confirm_page(request, session, staff, request.query_params.get("then", ""))


def _confirm_page(request: Request, session: Session, staff: Staff, then: str, message: str = "") -> Page:
    page = _page(request, then, staff.name, message, confirms=staff.name)
    ways: dict[str, Any] = {
        "staff": staff,
        "passkeys": page.shown["passkeys"] and bool(passkeys.of(session, staff)),
        "password": passwords.has(session, staff),
        "account": openid.of(session, staff, page.shown["provider"]),
    }
    return Page("accounts/confirm.html", {**page.shown, **ways}, page.status)


async def confirm(request: Request) -> Response:
    """Note that it is they who sit there, or tell them what to try again."""
    form = await web.read_form(request)
    return await run_in_threadpool(_confirm, request, form)


def _confirm(request: Request, form: Form) -> Response:
    here, then = installation(request), one(form, "then")
    with transaction(reading(here.engine)) as session:
        staff = access.open_staff_page(request, session)
        name, mine = staff.name, staff.id
    found = _who(request, {**form, "name": [name]})
    with transaction(here.engine) as session:
        staff = access.open_staff_page(request, session)
        shown = (found is not None and found[0] == mine) or (here.settings.demo and "demo" in form)
        if not shown:
            message = NOT_KNOWN if "credential" in form else WRONG
            return web.render(_confirm_page(request, session, staff, then, message), request)
        sessions.confirm(request, session)
        access.note(session, here.now(), staff.name, "confirmed who they are", f"staff {staff.name}")
    return see(then if sessions.NEXT.fullmatch(then) else sessions.HOME)
