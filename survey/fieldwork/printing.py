"""What is printed and handed out: a setting's card for whoever asks, its poster for whoever answers; one or all."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey.fieldwork.loading import open_collection, open_setting
from survey.instruments import parsed
from survey.languages import Language
from survey.models import Collection, ConsentRoute, Setting
from survey.set_on_paper import offered
from survey.web import Page, Problem, as_asked, installation, speak

PRINTED = ("cards", "posters")
SVG = "image/svg+xml"


def card(request: Request, session: Session) -> Page:
    """A card to print for whoever hands the code out."""
    _, found = open_setting(request, session)
    return sheets(request, found.collection, [found], "cards", f"/staff/settings/{found.code}")


def poster(request: Request, session: Session) -> Page:
    """An A5 poster for whoever answers."""
    _, found = open_setting(request, session)
    return sheets(request, found.collection, [found], "posters", f"/staff/settings/{found.code}")


def all_sheets(request: Request, session: Session) -> Page:
    """The cards or the posters of all settings of a collection whose codes are used, as one document."""
    _, found = open_collection(request, session)
    what = request.path_params["what"]
    used = [setting for setting in found.settings if setting.retired_on is None]
    if what not in PRINTED:
        raise Problem(404, "There is no such thing to print", "Go back, and choose the cards or the posters.")
    if not used:
        raise Problem(404, "There is nothing to print yet", "Add a setting first: each has its own card.")
    return sheets(request, found, by_name(used), what, f"/staff/collections/{found.id}")


def sheets(request: Request, found: Collection, settings: list[Setting], what: str, back: str) -> Page:
    """Cards or posters of settings of one collection, in a language that its questions are offered in (`?lang=`).

    `back` is the page that they belong to.
    """
    question_set = parsed(found.instrument)
    languages = offered(question_set, installation(request).languages)
    wanted = request.query_params.get("lang", "")
    language = wanted if wanted in dict(languages) else question_set.language
    spoken = speak(request, language)
    shown = {
        "consultation": found.consultation,
        "collection": found,
        "handed": [handed_out(request, setting, spoken) for setting in settings],
        "back": back,
        "languages": languages,
        "chosen": language,
    }
    return Page("fieldwork/cards.html" if what == "cards" else "fieldwork/posters.html", shown)


def by_name(settings: list[Setting]) -> list[Setting]:
    """Settings in the order of their names."""
    return sorted(settings, key=lambda one: (one.name.casefold(), one.id or 0))


def handed_out(request: Request, found: Setting, language: Language | None = None) -> dict[str, Any]:
    """What is given to the people of a setting: its code, its link, and as a picture the link into a language."""
    link = link_of(request, found)
    scanned = link + (as_asked(language) if language else "")
    return {
        "setting": found,
        "link": link,
        "code_as_picture": Markup(_qr(scanned).svg_inline(**_DRAWN)),  # noqa: S704
        "under_16_open": ConsentRoute.SETTING in found.collection.routes,
        "over_16_open": ConsentRoute.OWN in found.collection.routes,
    }


def picture(request: Request, session: Session) -> Response:
    """The QR code of a setting's link as a file, for a poster of one's own."""
    _, found = open_setting(request, session)
    headers = {"content-disposition": f'attachment; filename="{found.code}.svg"'}
    drawn = BytesIO()
    _qr(link_of(request, found)).save(drawn, kind="svg", scale=10, border=4)
    return Response(drawn.getvalue(), headers=headers, media_type=SVG)


def link_of(request: Request, found: Setting) -> str:
    """The short link of a setting."""
    return f"{installation(request).settings.public_url}/s/{found.code}"


_DRAWN: dict[str, Any] = {"scale": 1, "border": 4, "omitsize": True, "svgclass": "qr", "lineclass": None}


def _qr(link: str) -> segno.QRCode:
    return segno.make(link, micro=False, error="m")
