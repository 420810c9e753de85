"""Between a request and its handler: rendering, transactions, errors, and what every answer carries."""

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import jinja2
from jinja2.ext import Extension
from markupsafe import Markup
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from questions import Text, written
from questions.messages import _
from survey.db import reading, transaction
from survey.languages import SOURCE, Language, read_languages
from survey.places import Place
from survey.settings import Settings
from survey.vocabulary import Vocabulary

HERE = Path(__file__).parent
LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = 5 * 2**20  # bytes, with what a form has beside the file
MOST_FILES = 10
MOST_FIELDS = 1000
SCRIPTS = ("htmx.min.js", "designer.js")

Form = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Installation:
    """What one running process knows: its settings, database, place and languages, and what time it is."""

    settings: Settings
    engine: Engine
    place: Place
    clock: Callable[[], dt.datetime]
    catalogues: Mapping[str, Language] = field(default_factory=read_languages)
    vocabulary: Vocabulary = field(init=False)
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        """Find the place's time zone, and what is spoken, once."""
        object.__setattr__(self, "_zone", ZoneInfo(self.place.timezone))
        object.__setattr__(self, "vocabulary", Vocabulary(self.engine, self.catalogues))

    @property
    def languages(self) -> Mapping[str, Language]:
        """The interface's languages by code, with the words that staff chose."""
        return self.vocabulary.languages()

    def language(self, code: str | None) -> Language:
        """The interface's language of a code; English where it does not speak that one."""
        languages = self.languages
        return languages.get(code or SOURCE) or languages[SOURCE]

    def now(self) -> dt.datetime:
        """This moment."""
        return self.clock()

    def moment(self, at: dt.datetime) -> str:
        """A moment as staff read it here: the time alone for today, else the day too."""
        here = at.astimezone(self._zone)
        return f"{here:%H:%M}" if here.date() == self.today() else f"{here.day} {here:%B %Y, %H:%M}"

    def today(self) -> dt.date:
        """The day it is in this place."""
        return self.clock().astimezone(self._zone).date()


def installation(request: Request) -> Installation:
    """The installation that a request came to."""
    found: Installation = request.app.state.installation
    return found


# What a handler may answer with


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows; `block` is the part of it that htmx swaps."""

    template: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    block: str | None = None


class Problem(Exception):
    """What stops a person from going on, said so that they know what to do."""

    def __init__(self, status: int, title: str, sentence: str, template: str = "problem.html") -> None:
        super().__init__(title)
        self.status, self.title, self.sentence, self.template = status, title, sentence, template


def see(address: str) -> Response:
    """Send the browser on to another page of ours, with GET."""
    return Response(status_code=303, headers={"location": address})


# Rendering


@lru_cache
def stylesheet(*names: str) -> Markup:
    """Stylesheets of ours as one, for inlining: without comments and indentation."""
    text = "".join((HERE / "static" / f"{name}.css").read_text("utf8") for name in names)
    lines = (line.strip() for line in text.splitlines())
    return Markup("".join(line for line in lines if not line.startswith("/*")))  # noqa: S704


def style_hash(style: str) -> str:
    """A style's hash, as a content security policy names it."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'"


@lru_cache
def static_address(name: str) -> str:
    """The address of a script of ours; it changes with the file, so that browsers may keep it for ever."""
    content = (HERE / "static" / name).read_bytes()
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


WHOLE = re.compile(r"\{\{ _\(\"([^\"]+)\"\) }}")  # a sentence without values


class Words(Extension):
    """Puts a language's words into a template when it is compiled: a sentence without values costs nothing."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with every whole sentence translated."""
        spoken = self.environment.globals["spoken"]
        assert isinstance(spoken, Language)
        return WHOLE.sub(lambda found: _unless_code(spoken.gettext(found[1]), found[0]), source)


def _unless_code(words: str, expression: str) -> str:
    """Words for a template; one that could be taken for its code stays an expression, which is never run."""
    return expression if "{" in words or "%" in words else words


@lru_cache(maxsize=64)
def templates_in(language: Language) -> jinja2.Environment:
    """The templates in one language."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        extensions=["jinja2.ext.i18n", Words],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    templates.globals.update(
        spoken=language,
        in_words=lambda text: in_words(text, language),
        in_english=lambda words: marked(words, SOURCE, language),
        as_asked=as_asked(language),
        stylesheet=stylesheet,
        static=static_address,
        mark=Markup((HERE / "templates" / "mark.svg").read_text("utf8").strip()),  # noqa: S704
    )
    templates.filters.update(
        day=language.day, number=language.number, listed=language.listed, condition=written
    )
    templates.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return templates


def in_words(text: Text, language: Language) -> str:
    """A text of ours on a page in a language; in English, marked so, where it is not translated."""
    translated = language.code in text.languages
    return text.into(language.code) if translated else marked(str(text), SOURCE, language)


def marked(words: str, code: str, language: Language) -> str:
    """Words in the language of a code as they stand on a page in another: marked, unless it is a kind of the same."""
    if language.code.partition("-")[0] == code:
        return words
    return Markup('<span lang="{}" dir="auto">{}</span>').format(code, words)


def as_asked(language: Language) -> str:
    """What an address ends in so that its page speaks a language too."""
    return "" if language.code == SOURCE else f"?lang={language.code}"


@lru_cache(maxsize=64)
def help_lines(place: Place, language: Language) -> Markup:
    """What stands at the bottom of every page: rendered once."""
    lines = templates_in(language).get_template("help_lines.html").render(place=place)
    return Markup(lines)  # noqa: S704


def spoken_to(request: Request) -> Language:
    """The language of this answer: what the handler found out (`speak`), or `?lang=` in the address."""
    found: Language | None = getattr(request.state, "language", None)
    return found or installation(request).language(request.query_params.get("lang"))


def speak(request: Request, code: str | None) -> Language:
    """Answer this request in a language, whatever goes wrong with it later."""
    request.state.language = installation(request).language(code)
    return spoken_to(request)


def render(page: Page, request: Request) -> HTMLResponse:
    """A page as HTML: whole, or only its block where htmx asks for that."""
    language, here = spoken_to(request), installation(request)
    template = templates_in(language).get_template(page.template)
    shown = {
        "place": here.place,
        "help_lines": help_lines(here.place, language),
        "demo": here.settings.demo,
        "moment": here.moment,
        "path": request.scope["path"],
        **page.shown,
    }
    if page.block and "hx-request" in request.headers:
        block = template.blocks[page.block](template.new_context(shown))
        return HTMLResponse("".join(block), page.status)
    return HTMLResponse(template.render(shown), page.status)


async def static_file(request: Request) -> Response:
    """A script, under the address that its content gives it."""
    name = request.path_params["name"]
    if name not in SCRIPTS or request.url.path != static_address(name):
        raise HTTPException(404)
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    return FileResponse(HERE / "static" / name, media_type="text/javascript", headers=kept)


# Handlers: one transaction a request, opened and closed here

Handler = Callable[[Request, Session], Page | Response]
FormHandler = Callable[[Request, Session, Form], Page | Response]
UploadHandler = Callable[[Request, Session, Form, Sequence["Upload"]], Page | Response]
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


async def read_form(request: Request) -> Form:
    """The fields of a form as it was sent, each with all its values.

    Raises Problem: 413 for more than 64 KB, 415 for another kind of body, 400 for one that is not a form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _read_body(request)
    if body and kind != "application/x-www-form-urlencoded":
        raise Problem(415, _("We could not read that"), _("Please go back and use the form on the page."))
    try:
        return parse_qs(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Problem(
            400,
            _("We could not read that"),
            _("Some of it was not in a form that we can read. Please go back and try again."),
        ) from None


async def _read_body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise Problem(
                413,
                _("That is too much at once"),
                _("Please go back, make your answer shorter, and try again."),
            )
        parts.append(part)
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent: what they call it, and what is in it."""

    name: str
    content: bytes


async def read_upload(request: Request) -> tuple[Form, list[Upload]]:
    """The fields of a form, and the files sent with it; a form without any is read as any other.

    Raises Problem: 413 as soon as more than 5 MB have come, 400 for what is not a form.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await read_form(request), []
    limited = Request(request.scope, _at_most(LARGEST_UPLOAD, request.receive))
    try:
        async with limited.form(max_files=MOST_FILES, max_part_size=LARGEST_BODY) as sent:
            return await _sorted_out(sent)
    except HTTPException:
        raise Problem(
            400,
            _("We could not read that"),
            _("Some of it was not in a form that we can read. Please go back and try again."),
        ) from None


def _at_most(most: int, receive: Receive) -> Receive:
    """Hear a request until it gets too long; what comes after that is never kept."""
    size = 0

    async def heard() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise Problem(
                413,
                _("That file is too big"),
                _("It is larger than 5 MB, and nothing was changed. Go back and choose another."),
            )
        return message

    return heard


async def _sorted_out(sent: FormData) -> tuple[Form, list[Upload]]:
    """What was typed and what was sent; a place for a file that was left empty is no file."""
    form: Form = {}
    files = []
    for name, value in sent.multi_items():
        if not isinstance(value, UploadFile):
            form.setdefault(name, []).append(value)
        elif value.filename or value.size:
            files.append(Upload(value.filename or "", await value.read()))
    return form, files


# Errors, in the same plain voice


def show_problem(request: Request, problem: Exception) -> Response:
    """A page for a problem that a handler raised."""
    assert isinstance(problem, Problem)
    return _problem_page(request, problem.status, problem.title, problem.sentence, problem.template)


def _problem_page(
    request: Request, status: int, title: str, sentence: str, template: str = "problem.html"
) -> Response:
    say = spoken_to(request).say
    return render(Page(template, {"title": say(title), "sentence": say(sentence)}, status), request)


def hang_up(_request: Request, _gone: Exception) -> Response:
    """For somebody whose connection broke while they were sending: nobody hears this, and nothing was stored."""
    return Response(status_code=400)


def show_http_error(request: Request, error: Exception) -> Response:
    """A page for an address that is not there, or that is used in the wrong way."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        title = _("We cannot find that page")
        sentence = _("Check the address, or start again from the code you were given.")
    else:
        title = _("That does not work here")
        sentence = _("Please go back and use the buttons on the page.")
    response = _problem_page(request, error.status_code, title, sentence)
    response.headers.update(error.headers or {})
    return response


def show_fault(request: Request, _error: Exception) -> Response:
    """A page for a fault of ours."""
    title = _("Sorry, that did not work")
    sentence = _("Something went wrong on our side, not yours. Please go back and try again in a minute.")
    return _problem_page(request, 500, title, sentence)


# What every answer carries, and what no request may do


class Guard:
    """Adds the security headers to every answer, and refuses writes that come from another site."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = security_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is a write from elsewhere."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers, *_caching(message["headers"])]
            await send(message)

        if scope["method"] not in ("GET", "HEAD") and comes_from_elsewhere(dict(scope["headers"])):
            response = HTMLResponse("This form has to be sent from its own page. Please go back.", 403)
            await response(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def comes_from_elsewhere(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser says that another site sent this (Fetch Metadata, else Origin against Host)."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host")


def security_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers that go with everything we send."""
    combinations = (("soundings",), ("soundings", "staff"), ("soundings", "print"))
    styles = " ".join(style_hash(stylesheet(*names)) for names in combinations)
    policy = (
        f"default-src 'none'; style-src {styles}; script-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'"
    )
    headers = {
        "content-security-policy": policy,
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _caching(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Nothing is kept by a browser unless its handler said so."""
    said = any(name == b"cache-control" for name, _ in headers)
    return [] if said else [(b"cache-control", b"no-store")]
