"""Staff write statements, clear those that another wrote, put them into other languages, and take them out."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, quotes
from survey.languages import SOURCE, Language
from survey.models import Consultation, Quote, Role, Staff, Statement, Voice
from survey.statements.opinions import people, thoughts
from survey.web import Form, Page, Problem, installation, one, see

WRITES = (Role.DESIGNER, Role.PUBLISHER, Role.READER, Role.ADMIN)
LONGEST, MOST = 140, 30


def look(request: Request, session: Session) -> Page:
    """The statements of a consultation: on cards, waiting, and taken out; a new one may begin as a cleared text."""
    staff, found = access.open_consultation(request, session, WRITES)
    begun = _quote(session, found, request.query_params.get("quote", ""))
    typed = {"quote": [begun.id], "words": [quotes.plain(begun.words)], "voice": ["young"]} if begun else {}
    return _page(request, session, staff, found, typed)


def add(request: Request, session: Session, form: Form) -> Page | Response:
    """Write a statement. It waits until somebody clears it."""
    staff, found = access.open_consultation(request, session, WRITES)
    words, voice = one(form, "words"), one(form, "voice")
    translations = _translations(form, _others(request))
    begun = _quote(session, found, one(form, "quote"))
    faults = _faults(words, voice, translations, _every(session, found))
    if one(form, "quote") and begun is None:
        faults.insert(
            0, "The text that this was made of is gone: whoever wrote it took it back. Leave it out too."
        )
    if faults:
        return _page(request, session, staff, found, form, faults)
    made = Statement(
        consultation_id=found.id or 0,
        words=words,
        voice=Voice(voice),
        written_by=staff.name,
        written_on=installation(request).today(),
        translations=translations,
        quote_id=begun.id if begun else None,
    )
    session.add(made)
    session.flush()
    _note(request, session, staff, found, "wrote a statement", made)
    return see(_address(found))


def act(request: Request, session: Session, form: Form) -> Response:
    """Clear a statement, or take it out. What people said to it stays, and is shown no more."""
    staff, found = access.open_consultation(request, session, WRITES)
    told, which = one(form, "act"), one(form, "which")
    kept = (
        session.get(Statement, int(which))
        if which.isascii() and which.isdecimal() and len(which) < 10
        else None
    )
    if kept is None or kept.consultation_id != found.id or kept.taken_out_on:
        return see(_address(found))
    today = installation(request).today()
    if told == "clear" and kept.cleared_on is None:
        if installation(request).settings.four_eyes and kept.written_by == staff.name:
            raise Problem(
                403,
                "Somebody else clears it",
                "You wrote this statement, so another clears it.",
            )
        kept.cleared_by, kept.cleared_on = staff.name, today
        _note(request, session, staff, found, "cleared a statement", kept)
    elif told == "take out":
        kept.taken_out_on = today
        _note(request, session, staff, found, "took out a statement", kept)
    return see(_address(found))


def _quote(session: Session, found: Consultation, which: str) -> Quote | None:
    """The cleared text of a consultation that a statement is made of, if it is still there."""
    return next((one for one in quotes.cleared(session, found.id) if one.id == which), None)


def _faults(words: str, voice: str, translations: dict[str, str], every: list[Statement]) -> list[str]:
    faults = []
    used = [statement for statement in every if statement.taken_out_on is None]
    if not words:
        faults.append("Write the statement: one short sentence that people can agree or disagree with.")
    if any(len(told) > LONGEST for told in (words, *translations.values())):
        longest = max(len(told) for told in (words, *translations.values()))
        faults.append(f"It has {longest} characters. There is room for {LONGEST}, so that it fits a card.")
    if words.casefold() in {statement.words.casefold() for statement in used}:
        faults.append("There is such a statement already.")
    if voice not in [*Voice]:
        faults.append("Say who said it: a young person, or staff.")
    if len(used) >= MOST:
        faults.append(f"There are {MOST} statements. Take one out first: nobody goes through more.")
    return faults


def _translations(form: Form, others: list[Language]) -> dict[str, str]:
    return {one_of.code: told for one_of in others if (told := one(form, f"in {one_of.code}"))}


def _others(request: Request) -> list[Language]:
    return [one for code, one in installation(request).languages.items() if code != SOURCE]


def _every(session: Session, found: Consultation) -> list[Statement]:
    asked = select(Statement).where(col(Statement.consultation_id) == found.id)
    return list(session.exec(asked.order_by(col(Statement.id))).all())


def _unused(session: Session, found: Consultation, every: list[Statement]) -> list[Quote]:
    """The cleared texts of a consultation of which no statement was made yet."""
    used = {statement.quote_id for statement in every}
    return [quote for quote in quotes.cleared(session, found.id) if quote.id not in used]


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    found: Consultation,
    typed: Form | None = None,
    faults: list[str] | None = None,
) -> Page:
    every = _every(session, found)
    shown = {
        "staff": staff,
        "consultation": found,
        "thoughts": thoughts(session, found),
        "people": people(session, found),
        "waiting": [one for one in every if one.cleared_on is None and one.taken_out_on is None],
        "gone": [one for one in every if one.taken_out_on],
        "begun": _quote(session, found, one((typed or {}), "quote")),
        "pieces": quotes.pieces,
        "quotes": _unused(session, found, every),
        "others": _others(request),
        "typed": typed or {},
        "faults": faults or [],
        "four_eyes": installation(request).settings.four_eyes,
        "longest": LONGEST,
    }
    return Page("statements/desk.html", shown, 422 if faults else 200)


def _note(
    request: Request, session: Session, staff: Staff, found: Consultation, did: str, made: Statement
) -> None:
    """Write down what somebody did, without the words: what is written down stays when they are deleted."""
    about, which = f"consultation {found.slug}", f"number {made.id}"
    access.note(session, installation(request).now(), staff.name, did, about, which)


def _address(found: Consultation) -> str:
    return f"/staff/consultations/{found.slug}/statements"
