"""A past survey comes in by a page: its file is looked at, every mapping shown, and it is kept as it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from analysis.wording import CLAIMS, footer
from questions import Fault, QuestionSet, Text, WrongDefinition, write
from survey import access
from survey.db import reading, transaction
from survey.importing import keeping, losses
from survey.importing.about import DESIGNS, About, about, headline_of
from survey.importing.columns import Choices, column_field, mark_field, shown_field, word_field
from survey.importing.mapping import SPLITS
from survey.importing.proposing import WITH_CHOICES
from survey.importing.reading import Reading, read
from survey.importing.ticks import Ticks, none_field, ticks_of
from survey.instruments import parsed, publish
from survey.models import Draft, Instrument, Role, Series, Staff
from survey.web import Form, Page, Problem, Upload, installation, one, see
from survey.web.held import held, taken_back
from survey.wording import number

BRINGS = (Role.ANALYST, Role.ADMIN)
MOST_FAULTS = 100
LONGEST_NAME = 200
LONGEST_NUMBER = 9
CONFIDENCE = 0.95
OWN_SET = "own"
TAKEN = "A consultation of this title is here already. Give this one another title."
TOO_BIG = (
    "It is too big to be shown for approval. Take columns out that are not needed, or bring it in parts."
)
CHANGED = "The file is read otherwise now than it was shown to you. Look at it again before you keep it."


def may_bring(request: Request, session: Session) -> Staff:
    """Who may bring a past survey."""
    return access.open_staff_page(request, session, BRINGS)


def start(request: Request, session: Session) -> Page:
    """The form that takes a file, and what its people answered."""
    return _start(may_bring(request, session), session)


def _start(staff: Staff, session: Session, faults: Sequence[Fault] = (), form: Form | None = None) -> Page:
    shown = {
        "staff": staff,
        "versions": _versions(session),
        "own_set": OWN_SET,
        "chosen": one(form or {}, "asked"),
        "faults": faults[:MOST_FAULTS],
    }
    return Page("importing/start.html", shown, 422 if faults else 200)


def _versions(session: Session) -> list[tuple[str, str]]:
    """Every published version of a set, as a form says it and in words, the newest of each first."""
    every = session.exec(select(Instrument).order_by(col(Instrument.key), col(Instrument.version).desc()))
    return [(str(found.id), f"{parsed(found).title}, version {found.version}") for found in every]


def _series(session: Session) -> list[tuple[str, str, int | None]]:
    """The series of which it may become a wave: key, title and number."""
    every = session.exec(select(Series).order_by(col(Series.title)))
    return [(one.key, one.title, one.id) for one in every]


def look(request: Request, session: Session, form: Form, sent: Sequence[Upload]) -> Page:
    """Show what a file says and what every column and word is taken to be. Nothing is stored."""
    name, content = _file(form, sent)
    asked = _asked(request, form)
    told = _missing(sent, content, form, asked)
    found = (
        read(content, asked, installation(request).place, _choices(form)) if content and not told else None
    )
    staff = may_bring(request, session)
    if found is None or content is None:
        return _start(staff, session, told, form)
    if not found.planned:
        return _start(staff, session, found.faults, form)
    if not held(content):
        return _start(staff, session, [Fault("the file", TOO_BIG)], form)
    return _preview(request, session, staff, found, content, name, form)


def _file(form: Form, sent: Sequence[Upload]) -> tuple[str, bytes | None]:
    """The name and the content of the file that was chosen, or that the preview sent back; None where there is none."""
    if len(sent) == 1:
        return sent[0].name[:LONGEST_NAME], sent[0].content
    pieces = form.get("held", [])
    if sent or not pieces:
        return "", None
    try:
        return one(form, "file name")[:LONGEST_NAME], taken_back(pieces)
    except ValueError:
        raise _not_ours() from None


def _not_ours() -> Problem:
    return Problem(
        400,
        "That is not what we showed",
        "Nothing was stored. Go back, and choose the file again.",
    )


def _missing(
    sent: Sequence[Upload], content: bytes | None, form: Form, asked: QuestionSet | None
) -> list[Fault]:
    """What has to be said before a file can be read."""
    told = []
    if len(sent) > 1:
        told.append(Fault("the file", f"{len(sent)} files were sent. Choose one."))
    elif content is None:
        told.append(Fault("the file", "No file was chosen. Choose one."))
    elif not content:
        told.append(Fault("the file", "There is nothing in it."))
    if asked is None and one(form, "asked") != OWN_SET:
        told.append(Fault("the questions", "Say what its people answered."))
    return told


def _asked(request: Request, form: Form) -> QuestionSet | None:
    """The published set that somebody chose. Read in a moment of its own: nobody waits while a file is read."""
    with transaction(reading(installation(request).engine)) as session:
        found = _instrument(session, form)
        return parsed(found) if found else None


def _instrument(session: Session, form: Form) -> Instrument | None:
    chosen = one(form, "asked")
    return (
        session.get(Instrument, int(chosen))
        if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10
        else None
    )


def _choices(form: Form) -> Choices:
    return {name: one(form, name) for name in form}


def _preview(
    request: Request,
    session: Session,
    staff: Staff,
    found: Reading,
    content: bytes,
    name: str,
    form: Form,
    wrong: Sequence[str] = (),
    status: int = 200,
) -> Page:
    shown: dict[str, Any] = {
        "staff": staff,
        "read": found,
        "name": name,
        "held": held(content),
        "asked": one(form, "asked"),
        "versions": _versions(session),
        "series": _series(session),
        "own_set": OWN_SET,
        "faults": found.faults[:MOST_FAULTS],
        "more": max(len(found.faults) - MOST_FAULTS, 0),
        "typed": form,
        "place": installation(request).place,
        "wrong": wrong,
        "seen": found.fingerprint(),
        **_mapping(found),
        **(_coming(found, form, installation(request).place.title) if found.settled else {}),
    }
    faults = bool(found.faults or wrong)
    return Page("importing/preview.html", shown, status if status != 200 else 422 if faults else 200)


def _mapping(found: Reading) -> dict[str, Any]:
    """What the columns may be, what their fields are called, and which of them have to be mended."""
    places = {found.file.place(one.at): one.at for one in found.planned}
    return {
        "options": found.options,
        "column_field": column_field,
        "word_field": word_field,
        "mark_field": mark_field,
        "shown_field": shown_field,
        "splits": SPLITS,
        "with_choices": WITH_CHOICES,
        "ticked": _ticked(found),
        "places": places,
        "faulty": {places[fault.place] for fault in found.faults if fault.place in places},
    }


def _coming(found: Reading, form: Form, place: str) -> dict[str, Any]:
    """What would be kept, and what can be said of it. place: its name."""
    assert found.question_set is not None
    headline, levels = headline_of(form, found.question_set)
    return {
        "counted": losses.counted(found),
        "lost": losses.lost(found),
        "no_place": losses.no_place(found.answers, place),
        "designs": DESIGNS,
        "claims": [(design, footer(design, CONFIDENCE)) for design in DESIGNS if design in CLAIMS],
        "questions": [one for one in found.question_set.questions if one.choices],
        "headline": headline,
        "levels": levels,
    }


def _ticked(found: Reading) -> dict[int, tuple[Ticks, str, str]]:
    """Each question of ticks by the place of its last column, with the field of who ticked none and its code."""
    return {
        ticks.columns[-1].at: (ticks, none_field(ticks.name), ticks.otherwise(found.choices))
        for ticks in ticks_of(found.planned)
    }


def keep(request: Request, session: Session, form: Form, sent: Sequence[Upload]) -> Page | Response:
    """Keep the responses that the preview showed, with what was written of them: all of it, or nothing."""
    here = installation(request)
    name, content = _file(form, sent)
    asked = _asked(request, form)
    if content is None or (asked is None and one(form, "asked") != OWN_SET):
        raise _not_ours()
    found = read(content, asked, here.place, _choices(form))
    staff = may_bring(request, session)
    if found.question_set is None or not found.settled or one(form, "seen") != found.fingerprint():
        changed = ([], 422) if found.faults else ([CHANGED], 409)
        return _preview(request, session, staff, found, content, name, form, *changed)
    series = {key: number for key, _title, number in _series(session)}
    told = about(form, found.question_set, here.place, here.today(), series)
    wrong = [*told.faults, *_no_place(told, found, here.place.title), *_taken(session, told, found)]
    source = _kept_set(found, told, wrong)
    if wrong:
        return _preview(request, session, staff, found, content, name, form, wrong)
    try:
        with session.begin_nested():
            _keep(request, session, staff, found, told, source, form)
    except IntegrityError:  # somebody else kept one of this title at the same moment
        return _preview(request, session, staff, found, content, name, form, [TAKEN])
    return see(f"/staff/consultations/{told.slug}")


def _no_place(told: About, found: Reading, place: str) -> list[str]:
    """Why it cannot speak for the place that it is said to speak for."""
    why = losses.no_place(found.answers, place) if told.consultation["place"] else ""
    return [why] if why else []


def _taken(session: Session, told: About, found: Reading) -> list[str]:
    """What is here already under the names that it would have."""
    if not told.slug:
        return []
    own = found.asked is None and (
        session.get(Draft, told.set_key) is not None
        or session.exec(select(Instrument.id).where(col(Instrument.key) == told.set_key)).first() is not None
    )
    return [TAKEN] if own or keeping.taken(session, told.slug) else []


def _kept_set(found: Reading, told: About, faults: list[str]) -> str:
    """The set that is made of the file, as it is published; "" where a published one was answered, or with faults."""
    if found.asked is not None or found.question_set is None or told.faults:
        return ""
    title = str(told.consultation["title"])
    try:
        return write(replace(found.question_set, key=told.set_key, title=Text(title)))
    except WrongDefinition as wrong:
        faults += wrong.messages
        return ""


def _keep(
    request: Request, session: Session, staff: Staff, found: Reading, told: About, source: str, form: Form
) -> None:
    """Store everything. source: of the set that is made, "" where a published one was answered."""
    here = installation(request)
    instrument = publish(session, source, here.today(), staff.name) if source else _instrument(session, form)
    assert instrument is not None
    keeping.keep(
        session, instrument, told.consultation, told.collection, found.answers, found.attendance, here.now()
    )
    why = (
        f"{number(len(found.answers))} responses from {one(form, 'file name') or 'a file'}, "
        f"as answers to {instrument.key}, version {instrument.version}. {' '.join(losses.lost(found))}"
    )
    access.note(session, here.now(), staff.name, "brought in", f"past survey {told.slug}", why)
