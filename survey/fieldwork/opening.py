"""Opening a collection, and changing one: by what way, with which design and so which claim, and when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts, leads
from survey.fieldwork import terms
from survey.fieldwork.claims import CLAIMS, WAYS, designs_of
from survey.fieldwork.loading import CHANGES, open_collection
from survey.fieldwork.setting import PERMISSIONS
from survey.fieldwork.terms import Terms
from survey.instruments import parsed
from survey.models import Audience, Collection, Consultation, Instrument, Kind, Staff
from survey.web import Form, Page, installation, see


def ways(request: Request, session: Session) -> Page:
    """The kinds of collection to choose from; with one chosen, the form that opens it."""
    staff, found = access.open_consultation(request, session, CHANGES)
    chosen = request.query_params.get("kind", "")
    if chosen in [*Kind]:
        return _form(request, session, staff, found, _usual(session, found, Kind(chosen)))
    shown = {"staff": staff, "consultation": found, "ways": WAYS, "claims": CLAIMS}
    return Page("fieldwork/ways.html", shown)


def _usual(session: Session, found: Consultation, kind: Kind) -> Terms:
    """What a new collection of a kind begins with: the questions that others of its consultation ask."""
    asked = [one.instrument_id for one in found.collections] or [
        one.id for one in _published(session, found) if one.id is not None
    ]
    return Terms(
        kind=kind,
        design=WAYS[kind].designs[0],
        name=WAYS[kind].name.removeprefix("An ").removeprefix("A ").capitalize(),
        instrument=asked[-1] if asked else None,
    )


def open_new(request: Request, session: Session, form: Form) -> Page | Response:
    """Open a collection in a consultation."""
    staff, found = access.open_consultation(request, session, CHANGES)
    asked, faults = terms.read(form, _limits(request, session, found, None))
    faults += _unnamed(session, found, asked.instrument)
    if faults:
        return _form(request, session, staff, found, asked, form, faults)
    made = Collection(consultation_id=0, instrument_id=0, name="", design=asked.design)
    terms.keep(made, asked)
    found.collections.append(made)
    session.flush()
    _note(request, session, staff, made, "opened")
    return see(f"/staff/collections/{made.id}?kept=1")


def change_page(request: Request, session: Session) -> Page:
    """One collection to change; what cannot be changed any more says why."""
    staff, found = open_collection(request, session, CHANGES)
    return _form(request, session, staff, found.consultation, terms.of(found), collection=found)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was changed of a collection."""
    staff, found = open_collection(request, session, CHANGES, to_change=True)
    asked, faults = terms.read(form, _limits(request, session, found.consultation, found))
    if asked.instrument != found.instrument_id:
        faults += _unnamed(session, found.consultation, asked.instrument)
    if faults:
        return _form(request, session, staff, found.consultation, asked, form, faults, found)
    before = _said(session, found)
    terms.keep(found, asked)
    session.flush()
    if _said(session, found) != before:
        _note(request, session, staff, found, "changed")
    return see(f"/staff/collections/{found.id}?kept=1")


def _unnamed(session: Session, found: Consultation, instrument: int | None) -> list[str]:
    """That nobody is told of a concern, where the questions ask people for their own words."""
    asks = session.get(Instrument, instrument) if instrument is not None else None
    told = leads.lacking(session, found.id, parsed(asks)) if asks else ""
    return [told] if told else []


def _note(request: Request, session: Session, staff: Staff, found: Collection, did: str) -> None:
    about = f"collection {found.consultation.slug}, {found.name}"
    access.note(session, installation(request).now(), staff.name, did, about, _said(session, found))


def _said(session: Session, found: Collection) -> str:
    return terms.said(found, session.get_one(Instrument, found.instrument_id))


def _limits(
    request: Request, session: Session, found: Consultation, collection: Collection | None
) -> terms.Limits:
    """What the words of a form are held against."""
    held = terms.of(collection) if collection and counts.has_begun(session, collection.id) else None
    return terms.Limits(
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        instruments=frozenset(one.id for one in _published(session, found) if one.id is not None),
        others=frozenset(one.name.casefold() for one in found.collections if one is not collection),
        place=installation(request).place,
        held=held,
    )


def _published(session: Session, found: Consultation) -> list[Instrument]:
    """What a collection may ask: the newest version of each set, and what this consultation asks already."""
    newest: dict[str, Instrument] = {}
    for one in session.exec(select(Instrument).order_by(col(Instrument.version))).all():
        newest[one.key] = one
    asked = {one.instrument_id: one.instrument for one in found.collections}
    every = {one.id: one for one in (*newest.values(), *asked.values())}
    return sorted(every.values(), key=lambda one: (one.key, -one.version))


def _form(
    request: Request,
    session: Session,
    staff: Staff,
    found: Consultation,
    asked: Terms,
    form: Form | None = None,
    faults: Sequence[str] = (),
    collection: Collection | None = None,
) -> Page:
    """The form of a collection, as it stands or as it was typed; `faults` say what to mend."""
    begun = collection is not None and counts.has_begun(session, collection.id)
    designs = designs_of(asked.kind if collection is None else None)
    shown = {
        "staff": staff,
        "consultation": found,
        "collection": collection,
        "asked": asked,
        "begun": begun,
        "ways": {one: way for one, way in WAYS.items() if not begun or asked.design in way.designs},
        "claims": CLAIMS,
        "designs": {one: CLAIMS[one] for one in designs},
        "published": [(one, _title(one)) for one in _published(session, found)],
        "permissions": PERMISSIONS,
        "audiences": {one: one.capitalize() for one in Audience},
        "typed": form or terms.typed(asked),
        "faults": faults,
    }
    return Page("fieldwork/collection_form.html", shown, 422 if faults else 200)


def _title(instrument: Instrument) -> str:
    question_set = parsed(instrument)
    return question_set.title.into(question_set.language)
