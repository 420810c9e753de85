"""Staff look at what would be published, see what is withheld and why, and publish it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts, help_lines
from survey.db import reading, transaction
from survey.measuring import frozen, kept
from survey.measuring.door import rule_of
from survey.models import Collection, Consultation, LookedAt, Publication, PublicationCounts, Role, Staff
from survey.places import load
from survey.publications import beside
from survey.publications.making import NotComparable, NothingToPublish, can_be_published, checksum, preview
from survey.publications.pages import address_of, page_of, published
from survey.publications.trend import trend
from survey.web import Form, Page, Problem, installation, see

PUBLISHES = (Role.PUBLISHER, Role.ADMIN)
LONGEST_CORRECTION = 500  # characters
MAKE = "make"  # in an address: make it now, however long that takes
STALE = "Answers came in since you looked, or somebody looked later. Open this page again, and publish what it shows."
DECIDED = 3  # one more whenever it is decided in another way what is withheld, or said in other words

_one_at_a_time: defaultdict[int, Lock] = defaultdict(Lock)  # by collection


def look(request: Request, session: Session) -> Page:
    """The publication as it would be, exactly as the public will see it, with what is withheld and why above it.

    Where it has to be made first, which takes seconds, a page says so at once and asks for it, with MAKE.
    """
    if MAKE not in request.query_params and not _made(request):
        staff, consultation = access.open_consultation(request, session, access.READS_RESULTS)
        return Page("publications/making.html", {"staff": staff, "consultation": consultation, "make": MAKE})
    with _asked(request) as (_session, asked):
        making = _one_at_a_time[asked.id or 0]
    with making:  # who asks for the same meanwhile waits for it, and does not make it too
        _catch_up(request)
        staff, consultation = access.open_consultation(request, session, access.READS_RESULTS)
        found = _looked_at(request, session, collection_to_publish(session, consultation))
    return _page(session, request, staff, consultation, found)


def _made(request: Request) -> bool:
    """Whether what would be published is there already."""
    with _asked(request) as (session, collection):
        return _stored(session, collection, installation(request).today()) is not None


def _catch_up(request: Request) -> None:
    """Put everything new into the cubes, before this page looks at the moment that it is made of."""
    with _asked(request) as (session, collection):
        session.expunge_all()
    kept.catch_up(installation(request).engine, collection)


@contextmanager
def _asked(request: Request) -> Iterator[tuple[Session, Collection]]:
    """The collection that a page is about, in a transaction of its own."""
    with transaction(reading(installation(request).engine)) as session:
        _staff, consultation = access.open_consultation(request, session, access.READS_RESULTS)
        yield session, collection_to_publish(session, consultation)


def _stored(session: Session, collection: Collection, today: dt.date) -> LookedAt | None:
    """What was looked at last, unless responses came in or went since."""
    before = session.get(LookedAt, collection.id)
    same = before and (before.mark, before.made_on) == (_mark(session, collection), today)
    return before if same else None


def _page(
    session: Session,
    request: Request,
    staff: Staff,
    consultation: Consultation,
    found: LookedAt,
    message: str = "",
) -> Page:
    publications = published(session, consultation)
    reasons = Counter(reason for table in found.why for reason in table if reason)
    content = beside.with_reasons(found)
    shown = page_of(request, session, consultation, content, publications, None, found.checksum) | {
        "staff": staff,
        "trend": trend(session, consultation, found.content),
        "publications": publications,
        "checksum": found.checksum,
        "unchanged": bool(publications) and _same(publications[-1].content, found.content),
        "lost": beside.lost(publications, content),
        "withheld": frozen.withheld(found.content),
        "figures": frozen.shown(found.content),
        "reasons": reasons.most_common(),
        "rule": rule_of(consultation),
        "may_publish": bool(set(PUBLISHES) & set(staff.roles)),
        "still_open": installation(request).today() <= consultation.closes_on,
        "message": message,
    }
    return Page("publications/preview.html", shown, 422 if message else 200)


def _looked_at(request: Request, session: Session, collection: Collection) -> LookedAt:
    """What would be published of a collection: as it was made last, unless responses came in or went since."""
    here = installation(request)
    before = _stored(session, collection, here.today())
    if before is not None:
        return before
    consultation = collection.consultation
    try:
        found = preview(
            session, collection, load(consultation.place) if consultation.place else None, here.today()
        )
    except NothingToPublish as why:
        raise Problem(409, "There is nothing to publish", str(why)) from None
    except NotComparable as one:
        told = (
            f"Number {one} was published before Soundings kept what a publication counts. Nobody can say what it and "
            "another one would tell together, so there cannot be another one of this consultation."
        )
        raise Problem(409, "This cannot be published", told) from None
    except ArithmeticError as reason:
        told = (
            f"Nothing could be shown that is safe beside everything else: {reason}. Wait for more responses."
        )
        raise Problem(409, "This cannot be published yet", told) from None
    made = LookedAt(
        collection_id=collection.id or 0,
        mark=_mark(session, collection),
        made_on=here.today(),
        content=found.content,
        why=[[*table] for table in found.why],
        checksum=checksum(found.content),
        counted=[*found.counted],
    )
    with transaction(here.engine) as writing:  # its own: nobody's answers wait while figures are made
        writing.merge(LookedAt(**made.model_dump()))
    return made


def _mark(session: Session, collection: Collection) -> str:
    """A mark of all that figures are made of: responses, the settings' boroughs and chances, the recipe, the rule, and
    how it is decided what is withheld."""
    chosen = collection.recipe_in_use
    settings = sorted((one.id or 0, one.borough or "", one.chance or 0.0) for one in collection.settings)
    made_of = repr(
        (
            settings,
            chosen.recipe_id if chosen else None,
            collection.instrument_id,
            collection.design,
            rule_of(collection.consultation),
            DECIDED,
        )
    )
    return f"{kept.mark(session, collection)}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


def collection_to_publish(session: Session, consultation: Consultation) -> Collection:
    """The collection with most answers among those that can be published; different designs are never pooled."""
    submitted = counts.submitted_by_collection(session, consultation.id)
    able = [one for one in consultation.collections if can_be_published(one) and submitted.get(one.id or 0)]
    if not able:
        raise Problem(
            409, "There is nothing to publish yet", "Nobody has answered anything that gives a share."
        )
    return max(able, key=lambda one: submitted[one.id or 0])


def _same(earlier: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether two contents say the same, whenever they were made."""
    return {**earlier, "made_on": ""} == {**now, "made_on": ""}


def publish(request: Request, session: Session, form: Form) -> Page | Response:
    """Freeze what was looked at; the form says which content that was, so that nothing else is published."""
    staff, consultation = access.open_consultation(request, session, PUBLISHES)
    session.refresh(consultation, with_for_update=True)  # so that two who publish at once have two numbers
    collection = collection_to_publish(session, consultation)
    found = session.get(LookedAt, collection.id)
    if found is None:
        return see(f"/staff/consultations/{consultation.slug}/publish")
    earlier, correction = published(session, consultation), " ".join(_one(form, "correction").split())
    stale = _one(form, "checksum") != found.checksum or found.mark != _mark(session, collection)
    here = installation(request)
    told = STALE if stale else _refusal(found, earlier, correction)
    told = told or help_lines.why_not(session, here.place, here.today())
    if told:
        return _page(session, request, staff, consultation, found, told)
    return _frozen(request, session, staff, consultation, found, earlier, correction)


def _frozen(
    request: Request,
    session: Session,
    staff: Staff,
    consultation: Consultation,
    found: LookedAt,
    earlier: list[Publication],
    correction: str,
) -> Response:
    today, number = installation(request).today(), earlier[-1].number + 1 if earlier else 1
    made = Publication(
        consultation_id=consultation.id or 0,
        number=number,
        published_on=today,
        published_by=staff.name,
        correction=correction or None,
        content=found.content,
        checksum=found.checksum,
    )
    session.add(made)
    session.flush()
    session.add(
        PublicationCounts(
            publication_id=made.id or 0, collection_id=found.collection_id, counted=found.counted
        )
    )
    consultation.results_published_on = consultation.results_published_on or today
    why = f"number {number}, {found.checksum[:12]}{f'; what is new: {correction}' if correction else ''}"
    access.note(
        session, installation(request).now(), staff.name, "published", f"results of {consultation.slug}", why
    )
    return see(address_of(consultation.slug, number))


def _refusal(found: LookedAt, earlier: list[Publication], correction: str) -> str:
    """Why this is not published, in a sentence; "" where it is."""
    if earlier and _same(earlier[-1].content, found.content):
        return f"Number {earlier[-1].number} says the same already. There is nothing new to publish."
    if earlier and not correction:
        return "Write what is new or corrected since the last publication: people who used it have to know."
    if len(correction) > LONGEST_CORRECTION:
        return f"What is new has {len(correction)} characters. There is room for {LONGEST_CORRECTION}."
    return ""


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, [])), "").strip()
