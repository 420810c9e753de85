"""Handlers: one transaction a request, opened and closed here."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Engine
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from survey.db import reading, transaction
from survey.web.forms import Form, Upload, read_form, read_upload
from survey.web.installation import installation
from survey.web.rendering import Page, render

Handler = Callable[[Request, Session], Page | Response]
FormHandler = Callable[[Request, Session, Form], Page | Response]
UploadHandler = Callable[[Request, Session, Form, Sequence[Upload]], Page | Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page(handler: Handler) -> Endpoint:
    """An endpoint from a synchronous handler that reads, in one transaction that waits for no writer."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, handler, reading(installation(request).engine))

    return endpoint


def action(handler: FormHandler) -> Endpoint:
    """An endpoint from a synchronous handler that takes a form, and reads and writes in one transaction."""

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(
            _answer, request, lambda req, session: handler(req, session, form), installation(request).engine
        )

    return endpoint


def upload(allowed: Callable[[Request, Session], object], handler: UploadHandler) -> Endpoint:
    """An endpoint from a synchronous handler that takes files with a form, and reads and writes in one transaction.

    `allowed` raises Problem for somebody who may not: before any of it is read. The transaction begins with the first
    question to the database, so a handler reads its files before that and keeps nobody waiting.
    """

    async def endpoint(request: Request) -> Response:
        await run_in_threadpool(_allow, request, allowed)
        form, files = await read_upload(request)
        return await run_in_threadpool(
            _answer,
            request,
            lambda req, session: handler(req, session, form, files),
            installation(request).engine,
        )

    return endpoint


def _allow(request: Request, allowed: Callable[[Request, Session], object]) -> None:
    with transaction(reading(installation(request).engine)) as session:
        allowed(request, session)


def _answer(request: Request, handler: Handler, engine: Engine) -> Response:
    with transaction(engine) as session:
        answer = handler(request, session)
        return render(answer, request) if isinstance(answer, Page) else answer
