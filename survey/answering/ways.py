"""The ways through a response: addresses that say nothing of what is asked, and no key where a device is shared.

A page has its number in the question set as its address. On a device of one's own the key of the response stands in the
address too, so that one can come back to it. On a shared one it travels in the form, and "-" stands in its place:
nothing that a browser remembers leads the next person to it.
"""

from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from questions import Page, QuestionSet
from survey.answering.openings import Door

NOWHERE = "-"
CARRIED_KEY, LOOK_ONLY = "response-key", "look-only"  # fields of a form; no question's key has a hyphen
# A form with a password in it is the one thing of which Chromium keeps nothing in its session files on the disk.
CARRIED = Markup('<input type="password" name="response-key" value="{}" autocomplete="one-time-code" hidden>')


def share(request: Request, door: Door | None = None) -> None:
    """Answer this request as on a shared device; door: the one that people come in by one after another."""
    request.state.shared = True
    request.state.door = door


def shared_door(request: Request) -> Door | None:
    """The door that people come in by one after another, on a shared device; None elsewhere."""
    return getattr(request.state, "door", None)


def shared(request: Request) -> bool:
    """Whether this request came from a shared device."""
    return getattr(request.state, "shared", False)


def ways(request: Request, key: str) -> dict[str, Any]:
    """What a template needs to lead on: where the pages of a response stand, and what each form carries."""
    if not shared(request):
        return {"root": f"/r/{key}", "carried": "", "next_at": None}
    return {"root": f"/r/{NOWHERE}", "carried": CARRIED.format(key), "next_at": shared_door(request)}


def number(question_set: QuestionSet, page: Page) -> int:
    """The number of a page in its set, which is its address."""
    return next(at for at, one in enumerate(question_set.pages, 1) if one.key == page.key)


def page_key(question_set: QuestionSet, told: str) -> str:
    """The key of the page with a number; empty where there is none."""
    at = int(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0
    return question_set.pages[at - 1].key if 0 < at <= len(question_set.pages) else ""
