"""What is printed for a session: numbered forms with their cover, a tally sheet, and the guide for whoever runs it."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session
from starlette.requests import Request

from questions.messages import _
from survey.instruments import parsed
from survey.models import Collection, ConsentRoute, Kind
from survey.offline.loading import TYPES, open_batch, open_collection
from survey.offline.numbers import FormNumber
from survey.offline.typed import short_codes
from survey.set_on_paper import Paper, offered
from survey.web import Page, Problem, installation, speak

GUIDES = {
    "school": _("A school or a youth club"),
    "prison": _("A workshop in a prison"),
    "talk": _("A Big Talk, or another open event"),
}
STROKES = 24  # boxes for strokes of each choice


def forms(request: Request, session: Session) -> Page:
    """The numbered forms of a batch, with the cover that the facilitator fills in, as one document."""
    staff, found = open_batch(request, session)
    question_set = parsed(found.instrument)
    shown = {
        "staff": staff,
        "batch": found,
        "collection": found.collection,
        "consultation": found.collection.consultation,
        "paper": Paper(question_set, found.language, speak(request, found.language)),
        "numbers": [str(FormNumber(found.letters, place)) for place in range(1, found.forms + 1)],
        "large": request.query_params.get("size") == "large",
        "keys": _printed_for_short,
        "under_16": found.setting.permission is not None and ConsentRoute.SETTING in found.collection.routes,
        "over_16": ConsentRoute.OWN in found.collection.routes,
    }
    return Page("offline/forms.html", shown)


def _printed_for_short(question: Any, code: str) -> list[str]:
    """What is printed before a code because it may be typed instead; nothing where the code itself is typed."""
    return [short] if (short := short_codes(question).get(code)) else []


def sheet(request: Request, session: Session) -> Page:
    """The tally sheet or the guide of a collection, in a language that its questions are offered in."""
    staff, found = open_collection(request, session, TYPES)
    what = request.path_params["what"]
    if what not in ("tally-sheet", "guide"):
        raise Problem(
            404, "There is no such thing to print", "Go back, and choose the tally sheet or the guide."
        )
    shown = _shown(request, found) | {"staff": staff}
    return Page(f"offline/{what.replace('-', '_')}.html", shown)


def _shown(request: Request, found: Collection) -> dict[str, Any]:
    question_set = parsed(found.instrument)
    languages = offered(question_set, installation(request).languages)
    wanted = request.query_params.get("lang", "")
    language = wanted if wanted in dict(languages) else question_set.language
    guide = request.query_params.get("for", "school")
    return {
        "collection": found,
        "consultation": found.consultation,
        "paper": Paper(question_set, language, speak(request, language)),
        "languages": languages,
        "on_forms": found.kind == Kind.PAPER,
        "guide": guide if guide in GUIDES else "school",
        "guides": GUIDES,
        "strokes": STROKES,
        "under_16": ConsentRoute.SETTING in found.routes,
        "over_16": ConsentRoute.OWN in found.routes,
    }
