"""The languages of a set: how far each is, whether young people are offered it, and switching that on or off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import QuestionSet, WrongDefinition
from questions.text import language_faults
from questions.translating import MISSING, Progress, languages, progress, said_in, switched, translated
from survey import access
from survey.designer import drafts
from survey.designer.drafts import Working
from survey.designer.opening import DESIGNS, may_design, one, open_set
from survey.designer.tongues import Tongue, tongue
from survey.instruments import parsed
from survey.models import Staff
from survey.web import Form, Page, Problem, installation, see

DID = {
    "on": "offered, though nobody who speaks it has reviewed it,",
    "off": "no longer offered",
    "out": "took out",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A language of a set: how far it is, and whether young people are offered it.

    offered: `reviewed`, `switched on` although nobody has reviewed it, `waiting` for one of the two, or `incomplete`.
    wished: staff have switched it on, so that it is offered whenever it is complete.
    """

    tongue: Tongue
    progress: Progress
    offered: str
    wished: bool


def standing(about: Tongue, question_set: QuestionSet) -> Standing:
    """How far a set is in a language, and what that means for those who answer."""
    found, offered = progress(question_set, about.code), "waiting"
    if not found.complete:
        offered = "incomplete"
    elif question_set.reviewed(about.code):
        offered = "reviewed"
    elif about.code in question_set.offered_unreviewed:
        offered = "switched on"
    return Standing(about, found, offered, about.code in question_set.offered_unreviewed)


def list_languages(request: Request, session: Session) -> Page:
    """Every language of a set, by its own name."""
    staff, now = open_set(request, session)
    return _list_page(request, staff, now)


def _list_page(
    request: Request, staff: Staff, now: Working, messages: Sequence[str] = (), typed: str = ""
) -> Page:
    here, known = installation(request), languages(now.question_set)
    others = [code for code in here.languages if code not in (*known, now.question_set.language)]
    published = parsed(now.published).offered if now.published else ()
    shown = {
        "staff": staff,
        "may_change": may_change(staff, now),
        "now": now,
        "own": tongue(here, now.question_set.language),
        "standings": [standing(tongue(here, code), now.question_set) for code in known],
        "others": [tongue(here, code) for code in others],
        "published": [tongue(here, code).called for code in published],
        "messages": messages,
        "typed": typed,
    }
    return Page("designer/languages.html", shown, 422 if messages else 200)


def change_languages(request: Request, session: Session, form: Form) -> Page | Response:
    """Begin a language, offer one that nobody has reviewed or stop that, or take one out."""
    staff, now = to_change(request, session)
    do, code = one(form, "do"), one(form, "code")
    try:
        if do == "add":
            return _begin(now, code)
        changed = _changed(now.question_set, do, code)
    except WrongDefinition as wrong:
        return _list_page(request, staff, now, wrong.messages, code)
    about = tongue(installation(request), code)
    keep(request, session, staff, now, changed, f"{DID[do]} {about.english}")
    access.note(
        session, installation(request).now(), staff.name, f"{DID[do]} {code}", f"question set {now.key}"
    )
    return see(f"/staff/sets/{now.key}/languages")


def _begin(now: Working, code: str) -> Response:
    """The empty page of a language; raises WrongDefinition where its code cannot be one."""
    told = list(language_faults(code))
    if code == now.question_set.language:
        told.append("The set is written in that language already. Choose another.")
    if told:
        raise WrongDefinition(told)
    return see(f"/staff/sets/{now.key}/languages/{code}")


def _changed(question_set: QuestionSet, do: str, code: str) -> QuestionSet:
    if do == "out":
        without = translated(question_set, code, dict.fromkeys(said_in(question_set, code), MISSING))
        return switched(without, code, False)
    if do in ("on", "off"):
        return switched(question_set, code, do == "on")
    raise Problem(400, "Nothing was chosen", "Go back and press one of the buttons.")


# What every change of words goes through


def may_change(staff: Staff, now: Working) -> bool:
    """Whether somebody may change a set as it stands."""
    return may_design(staff) and not now.retired_on


def to_change(request: Request, session: Session) -> tuple[Staff, Working]:
    """The member of staff, and the set in the address, which nobody else changes meanwhile; raises Problem."""
    staff, now = open_set(request, session, DESIGNS, to_change=True)
    if now.retired_on:
        raise Problem(409, "This set is retired", "Bring it back before you change it.")
    return staff, now


def keep(
    request: Request, session: Session, staff: Staff, now: Working, changed: QuestionSet, did: str
) -> None:
    """Keep a change as the next revision."""
    try:
        drafts.save(session, now, changed, staff.name, installation(request).now(), did)
    except IntegrityError:
        told = "Go back, and press the button again."
        raise Problem(409, "Somebody changed this at the same moment", told) from None
