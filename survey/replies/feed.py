"""What changed as an Atom feed (RFC 4287): of everything, of a topic, or for a borough."""

from __future__ import annotations

import datetime as dt
import hashlib
from xml.etree import ElementTree as ET

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey.heard import Change, changes
from survey.heard.saying import headline, saying
from survey.languages import Language
from survey.replies.pages import chosen, narrowed
from survey.web import installation, spoken_to
from survey.web.conditional import unchanged

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
BEFORE_ANY = dt.date(2017, 1, 1)  # when a feed in which nothing has happened was changed
ET.register_namespace("", ATOM)


def feed(request: Request, session: Session) -> Response:
    """The latest changes; or only the word that nothing is new to whoever asks again."""
    topic, borough = chosen(request)
    found = changes(session, dt.date.min, installation(request).today(), topic, borough, ENTRIES)
    content = _written(request, found, topic, borough)
    kept = {
        "etag": f'"{hashlib.sha256(content).hexdigest()}"',
        "cache-control": "no-cache",
        "access-control-allow-origin": "*",
    }
    if unchanged(request, kept["etag"]):
        return Response(status_code=304, headers=kept)
    return Response(content, media_type="application/atom+xml; charset=utf-8", headers=kept)


def _written(request: Request, found: list[Change], topic: str, borough: str) -> bytes:
    here, language = installation(request), spoken_to(request)
    public, asked = here.settings.public_url, narrowed(topic, borough)
    lang = f"{'&' if asked else '?'}lang={language.code}" if language.code != "en" else ""
    root = ET.Element(_name("feed"), {"xml:lang": language.code})
    about = [here.place.topics[topic].into(language.code)] if topic else []
    about += [here.place.name_of(borough)] if borough else []
    _put(root, "title", ": ".join(["Soundings", *about, language.gettext("What changed because of you")]))
    _put(root, "id", f"{public}/did.atom{asked}")
    _put(root, "updated", _moment(found[0].day if found else BEFORE_ANY))
    _put(ET.SubElement(root, _name("author")), "name", "Soundings")
    _link(root, f"{public}/did.atom{asked}{lang}", "self", "application/atom+xml")
    _link(root, f"{public}/did{asked}{lang}", "alternate", "text/html")
    for change in found:
        _entry(root, public, change, language)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ET.Element, public: str, change: Change, language: Language) -> None:
    entry = ET.SubElement(root, _name("entry"))
    _put(entry, "title", headline(change, language))
    _put(entry, "id", f"{public}/did#{change.key}")
    _put(entry, "updated", _moment(change.day))
    _link(entry, f"{public}{change.address}", "alternate", "text/html")
    for topic in change.finding.topics:
        ET.SubElement(entry, _name("category"), {"term": topic})
    _put(entry, "content", "\n\n".join(saying(change, language)), {"type": "text"})


def _put(parent: ET.Element, name: str, words: str, more: dict[str, str] | None = None) -> None:
    ET.SubElement(parent, _name(name), more or {}).text = words


def _link(parent: ET.Element, href: str, rel: str, kind: str) -> None:
    ET.SubElement(parent, _name("link"), {"href": href, "rel": rel, "type": kind})


def _name(tag: str) -> str:
    return f"{{{ATOM}}}{tag}"


def _moment(day: dt.date) -> str:
    """A day as RFC 3339 wants a moment: its beginning."""
    return f"{day.isoformat()}T00:00:00Z"
