"""What a handler may answer with, and how a page becomes HTML in the language of its reader."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import jinja2
from jinja2.ext import Extension
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from questions import Text, written
from survey.languages import SOURCE, Language
from survey.places import Place
from survey.web.installation import installation
from survey.web.packing import encoding, packed

HERE = Path(__file__).parent.parent
RESPONSE = re.compile(r"/r/[A-Za-z0-9_-]{22}(?=/)")  # what the address of a page of a response begins with
UNREVIEWED = "This translation has not been checked by a native speaker yet."
SCRIPTS = ("answering.js", "room.js", "typing.js", "htmx.min.js", "unsaved.js", "designer.js", "passkeys.js")


class Translated(Protocol):
    """What has words of its own by language, and by the name of what is said there."""

    @property
    def translations(self) -> Mapping[str, Mapping[str, str]]:
        """The words."""


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows; `block` is the part of it that htmx swaps."""

    template: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    block: str | None = None


def see(address: str) -> Response:
    """Send the browser on to another page of ours, with GET."""
    return Response(status_code=303, headers={"location": address})


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
        said_of=lambda told, part: said_of(told, part, language),
        paragraphs_of=lambda told, part: paragraphs_of(told, part, language),
        english_only=english_only(language),
        unreviewed_in_english="" if language.reviewed else UNREVIEWED,
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


def said_of(told: Translated, part: str, language: Language) -> str:
    """What a consultation says of itself on a page in a language; in English, marked so, where it is not translated."""
    words = told.translations.get(language.code, {}).get(part)
    return words or marked(getattr(told, part), SOURCE, language)


def paragraphs_of(told: Translated, part: str, language: Language) -> Markup:
    """The same in paragraphs, as its empty lines part it."""
    words = told.translations.get(language.code, {}).get(part)
    parts = (words or getattr(told, part)).split("\n\n")
    return Markup("").join(
        Markup("<p>{}</p>").format(one if words else marked(one, SOURCE, language)) for one in parts if one
    )


def english_only(language: Language) -> Markup:
    """The attributes of an element whose words stand in English on a page in a language."""
    return Markup("") if language.code.startswith(SOURCE) else Markup(' lang="en" dir="ltr"')


def as_asked(language: Language) -> str:
    """What an address ends in so that its page speaks a language too."""
    return "" if language.code == SOURCE else f"?lang={language.code}"


@lru_cache(maxsize=64)
def help_lines(place: Place, language: Language) -> Markup:
    """What stands at the bottom of every page: rendered once."""
    lines = templates_in(language).get_template("help_lines.html").render(place=place)
    return Markup(lines)  # noqa: S704


def spoken_to(request: Request) -> Language:
    """The language of this answer: what the handler found out (`speak`), or `?lang=` where that is offered."""
    found: Language | None = getattr(request.state, "language", None)
    return found or installation(request).asked_for(request.query_params.get("lang"))


def speak(request: Request, code: str | None) -> Language:
    """Answer this request in a language, whatever goes wrong with it later."""
    request.state.language = installation(request).language(code)
    return spoken_to(request)


def render(page: Page, request: Request) -> HTMLResponse:
    """A page as HTML: whole, or only its block where htmx asks for that."""
    html = as_html(page, request)
    content, headers = packed(html.encode(), request.headers.get("accept-encoding", ""))
    return HTMLResponse(content, page.status, headers)


def as_html(page: Page, request: Request) -> str:
    """The HTML of a page."""
    language, here = spoken_to(request), installation(request)
    template = templates_in(language).get_template(page.template)
    shown = {
        "place": here.place,
        "help_lines": help_lines(here.place, language),
        "demo": here.settings.demo,
        "moment": here.moment,
        "notices": getattr(request.state, "notices", ()),
        "path": request.scope["path"],
        "left_from": _came_from(request),
        **page.shown,
    }
    if page.block and "hx-request" in request.headers:
        return "".join(template.blocks[page.block](template.new_context(shown)))
    return template.render(shown)


def _came_from(request: Request) -> str:
    """The response whose page led here, as /r/KEY, so that it can be left from here too; "" if none did."""
    page = urlsplit(request.headers.get("referer", ""))
    found = RESPONSE.match(page.path) if page.netloc == request.url.netloc else None
    return found[0] if found else ""


async def static_file(request: Request) -> Response:
    """A script, under the address that its content gives it."""
    name = request.path_params["name"]
    if name not in SCRIPTS or request.url.path != static_address(name):
        raise HTTPException(404)
    content, headers = await run_in_threadpool(
        _script, name, encoding(request.headers.get("accept-encoding", ""))
    )
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(content, media_type="text/javascript", headers=headers | kept)


@lru_cache
def _script(name: str, chosen: str | None) -> tuple[bytes, dict[str, str]]:
    return packed((HERE / "static" / name).read_bytes(), chosen or "", once=True)
