"""For those who watch an installation: is it alive, may people be sent to it, and what has it counted."""

from __future__ import annotations

import hmac

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from survey.db import newest
from survey.web import installation


def healthy(_request: Request, session: Session) -> Response:
    """Whether this process and its database answer."""
    try:
        session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return PlainTextResponse("no database", status_code=503)
    return PlainTextResponse("ok")


def ready(request: Request, session: Session) -> Response:
    """Whether this process may be sent people: its database answers in this version's shape, and it takes answers."""
    try:
        shape = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return PlainTextResponse("no database", status_code=503)
    if shape != newest():
        return PlainTextResponse("the tables are of another version", status_code=503)
    if not request.app.state.writer.alive:
        return PlainTextResponse("it takes no answers", status_code=503)
    return PlainTextResponse("ok")


def metrics(request: Request) -> Response:
    """What a watcher counts, for whoever has the operator's token; there is no such page without one."""
    token = installation(request).settings.metrics_token
    given = request.headers.get("authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise HTTPException(404)
    told, kind = request.app.state.metrics.told()
    return Response(told, headers={"content-type": kind})
