"""A young person goes through the cards: one statement at a time, agree, disagree or skip, then what all think."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions import AGE_BANDS
from questions.messages import _
from survey import stages
from survey.languages import SOURCE, Language
from survey.models import Cards, Consultation, Opinion, Statement
from survey.statements.opinions import add_up, cleared, people, thoughts
from survey.web import Form, Page, Problem, as_asked, installation, marked, one, see, speak, spoken_to

KEY = re.compile(r"[A-Za-z0-9_-]{22}")


def start(request: Request, session: Session) -> Page:
    """What this is, and a button."""
    found = _open(request, session)
    statements = cleared(session, found)
    return Page("statements/start.html", {"consultation": found, "many": len(statements)})


def begin(request: Request, session: Session, form: Form) -> Response:
    """Give somebody a key of their own; nothing is stored before the first card is answered."""
    speak(request, one(form, "lang"))
    found = _open(request, session)
    return see(_address(request, found, secrets.token_urlsafe(16)))


def card(request: Request, session: Session) -> Page | Response:
    """The next card, or one that was answered and is looked at again; after the last what all think."""
    found, key = _open(request, session), _key(request)
    kept = session.get(Cards, key)
    given = kept.given if kept and kept.consultation_id == found.id else {}
    statements = in_order(cleared(session, found), key)
    left = [statement for statement in statements if str(statement.id) not in given]
    again = _asked_again(request, statements)
    if again is None and not left:
        return see(_address(request, found, key, "about" if statements else "results"))
    shown = again or left[0]
    place = statements.index(shown)
    page = {
        "consultation": found,
        "key": key,
        "statement": shown,
        "words": words_of(shown, spoken_to(request)),
        "given": given.get(str(shown.id)),
        "number": place + 1,
        "many": len(statements),
        "before": statements[place - 1] if place else None,
        "opinions": Opinion,
        "answered": bool(given),
    }
    return Page("statements/card.html", page)


def say(request: Request, session: Session, form: Form) -> Response:
    """Keep what somebody thinks of a statement. The same again changes nothing, another answer takes its place."""
    speak(request, one(form, "lang"))
    found, key = _open(request, session), _key(request)
    which, told = one(form, "statement"), one(form, "opinion")
    on_cards = cleared(session, found)
    if which not in {str(statement.id) for statement in on_cards}:
        return see(_address(request, found, key))  # taken out meanwhile
    if told not in [*Opinion]:
        raise Problem(422, _("Please choose one"), _("Press agree, disagree or skip. Nothing was kept."))
    kept = _locked(session, key, found, request)
    kept.given = kept.given | {which: Opinion(told)}
    if all(str(statement.id) in kept.given for statement in on_cards):
        add_up(session, found)
    return see(_address(request, found, key))


def about(request: Request, session: Session) -> Page:
    """How old they are and where they live, if they like to say."""
    found, key = _open(request, session), _key(request)
    page = {"consultation": found, "key": key, "kept": session.get(Cards, key), "ages": AGE_BANDS}
    return Page("statements/about.html", page)


def tell(request: Request, session: Session, form: Form) -> Response:
    """Keep what they said of themselves; anything else is kept as nothing."""
    speak(request, one(form, "lang"))
    found, key = _open(request, session), _key(request)
    kept = session.get(Cards, key)
    if kept is not None and kept.consultation_id == found.id:
        age, borough = one(form, "age_band"), one(form, "borough")
        kept.age_band = age if age in AGE_BANDS else None
        codes = {place.code for place in installation(request).place.boroughs}
        kept.borough = borough if borough in codes else None
    return see(_address(request, found, key, "results"))


def results(request: Request, session: Session) -> Page | Response:
    """What all think of each statement, for who has answered; whoever has not goes to the cards first."""
    found, key = _found(request, session), _key(request)
    kept = session.get(Cards, key)
    if kept is None or kept.consultation_id != found.id:
        return see(f"/c/{found.slug}/statements{as_asked(spoken_to(request))}")
    language = spoken_to(request)
    page = {
        "consultation": found,
        "key": key,
        "thoughts": [
            (thought, words_of(thought.statement, language)) for thought in thoughts(session, found)
        ],
        "people": people(session, found),
    }
    return Page("statements/results.html", page)


def forget(request: Request, session: Session, form: Form) -> Response:
    """Delete what this person said."""
    speak(request, one(form, "lang"))
    found, key = _found(request, session), _key(request)
    kept = session.get(Cards, key)
    if kept is not None and kept.consultation_id == found.id:
        session.delete(kept)
    return see(f"/c/{found.slug}{as_asked(spoken_to(request))}")


def in_order(statements: Sequence[Statement], key: str) -> list[Statement]:
    """The order in which this person sees them: as good as random, the same after a reload, and when one is added."""
    return sorted(statements, key=lambda one: hashlib.sha256(f"{key} {one.id}".encode()).digest())


def words_of(statement: Statement, language: Language) -> str:
    """A statement in the language of the page; in English, marked so, where it has no words in it."""
    return statement.translations.get(language.code) or marked(statement.words, SOURCE, language)


def _asked_again(request: Request, statements: Sequence[Statement]) -> Statement | None:
    which = request.query_params.get("card", "")
    return next((statement for statement in statements if str(statement.id) == which), None)


def _locked(session: Session, key: str, found: Consultation, request: Request) -> Cards:
    """What is kept of this person, for this transaction alone; new where nothing is."""
    asked = select(Cards).where(col(Cards.key) == key).with_for_update()
    kept = session.exec(asked).first()
    if kept is not None and kept.consultation_id != found.id:
        raise _gone()
    if kept is None:
        today = installation(request).today()
        kept = Cards(key=key, consultation_id=found.id or 0, given={}, answered_on=today)
        session.add(kept)
    return kept


def _key(request: Request) -> str:
    key = request.path_params["key"]
    if not KEY.fullmatch(key):
        raise _gone()
    return str(key)


def _found(request: Request, session: Session) -> Consultation:
    slug = request.path_params["slug"]
    found = session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first()
    if found is None or found.planning:
        raise _gone()
    return found


def _open(request: Request, session: Session) -> Consultation:
    found = _found(request, session)
    if stages.state(found, installation(request).today()) != stages.OPEN:
        raise Problem(
            403,
            _("This is not open now"),
            _("You can read what it was about, and what came of it, on its page."),
        )
    return found


def _gone() -> Problem:
    return Problem(404, _("We cannot find that page"), _("Please begin again from the first page."))


def _address(request: Request, found: Consultation, key: str, page: str = "") -> str:
    return f"/c/{found.slug}/statements/{key}{'/' + page if page else ''}{as_asked(spoken_to(request))}"
