"""Staff who sign in, confirm or join with an account that they have elsewhere: sent there, and back again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.accounts import openid, sessions
from survey.db import reading, transaction
from survey.models import Identity, Staff
from survey.web import Problem, installation, see

SIGN_IN, JOIN, CONFIRM = "sign in", "join", "confirm"


def going(what: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that sends somebody to the provider, to `SIGN_IN`, `JOIN` or `CONFIRM`."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_go, request, what)

    return endpoint


def _go(request: Request, what: str) -> Response:
    here = installation(request)
    with transaction(reading(here.engine)) as session:
        if what != SIGN_IN:
            access.open_staff_page(request, session)
        if what == JOIN:
            access.must_be_confirmed(request, session)
    if not here.settings.provider.issuer:
        raise Problem(404, "There is no such way in here", "Sign in with a passkey, or with a password.")
    try:
        about = openid.told(here.settings.provider)
    except openid.NotProved:
        raise _away(here.settings.provider.name) from None
    with transaction(here.engine) as session:
        staff = None if what == SIGN_IN else access.open_staff_page(request, session)
        then = request.query_params.get("then", "")
        address, state = openid.send(session, here.settings, about, what, then, staff, here.now())
    response = see(address)
    response.set_cookie(
        _cookie(request),
        state,
        path="/",
        max_age=int(openid.GOOD_FOR.total_seconds()),
        secure=here.settings.secure,
        httponly=True,
        samesite="lax",
    )
    return response


async def back(request: Request) -> Response:
    """Where the provider sends them back to; what they came for is done if it proves who they are."""
    return await run_in_threadpool(_back, request)


def _back(request: Request) -> Response:
    try:
        response = _done(request, _came(request))
    except openid.NotProved:
        name = installation(request).settings.provider.name
        raise Problem(
            400,
            "That did not prove who you are",
            f"Nothing was changed. Go to the page where you sign in, and try {name} again, or another way.",
        ) from None
    response.delete_cookie(
        _cookie(request), path="/", secure=installation(request).settings.secure, httponly=True
    )
    return response


def _came(request: Request) -> openid.Came:
    """Who came back. The state that they bring is the one that this browser kept, or they were lured here."""
    here, asked = installation(request), request.query_params
    state = asked.get("state", "")
    if not here.settings.provider.issuer or not state or request.cookies.get(_cookie(request)) != state:
        raise openid.NotProved("this browser was not sent there")
    with transaction(here.engine) as session:
        errand, began_by = openid.errand_of(session, state, here.now())
    if "code" not in asked:
        raise openid.NotProved(asked.get("error", "no code came back"))
    about = openid.told(here.settings.provider)
    return openid.Came(errand, began_by, openid.came(here.settings, about, errand, asked["code"], here.now()))


def _done(request: Request, came: openid.Came) -> Response:
    here = installation(request)
    with transaction(here.engine) as session:
        known = openid.whose(session, here.settings.provider, came.subject)
        if came.errand.what == SIGN_IN:
            return _signed_in(request, session, known, came.errand.then)
        staff = access.open_staff_page(request, session)
        if staff.id != came.staff_id:
            raise openid.NotProved("somebody else began it")
        if came.errand.what == JOIN:
            return _joined(request, session, staff, known, came.subject)
        if known is None or known.id != staff.id:
            raise openid.NotProved("that is the account of somebody else")
        sessions.confirm(request, session)
        access.note(session, here.now(), staff.name, "confirmed who they are", f"staff {staff.name}")
    return see(came.errand.then if sessions.NEXT.fullmatch(came.errand.then) else sessions.HOME)


def _signed_in(request: Request, session: Session, known: Staff | None, then: str) -> Response:
    if known is None:
        name = installation(request).settings.provider.name
        raise Problem(
            403,
            "Nobody here has joined that account",
            f"Open the link of your invitation first. Then join {name} on the page “You”.",
        )
    return sessions.begin(request, session, known, "account", then)


def _joined(request: Request, session: Session, staff: Staff, known: Staff | None, subject: str) -> Response:
    here = installation(request)
    if (
        openid.of(session, staff, here.settings.provider) is None
        and session.get(Identity, (here.settings.provider.issuer, subject)) is None
    ):
        assert staff.id is not None
        issuer = here.settings.provider.issuer
        session.add(Identity(issuer=issuer, subject=subject, staff_id=staff.id, joined_at=here.now()))
        access.note(
            session,
            here.now(),
            staff.name,
            "joined their account elsewhere to",
            f"staff {staff.name}",
            issuer,
        )
        return see("/staff/you?done=account")
    if known is not None and known.id == staff.id:
        return see("/staff/you?done=account")
    raise Problem(
        409,
        "That account is joined already",
        "Somebody here uses it, or you have another one. Leave that one first.",
    )


def _away(name: str) -> Problem:
    sentence = f"We cannot reach {name} just now. Try again in a minute, or sign in another way."
    return Problem(503, "That way in is closed just now", sentence)


def _cookie(request: Request) -> str:
    return f"{access.cookie_name(request)}-errand"
