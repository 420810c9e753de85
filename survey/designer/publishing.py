"""Before a set is published: what the change does; and publishing itself, by a second pair of eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions import Column, Marks, QuestionSet, Versions, columns, compare, write
from questions.changes import MARKS
from questions.versions import reused
from survey import access, counts, instruments
from survey.designer.drafts import Working
from survey.designer.opening import READS, may_design, one, open_set
from survey.designer.showing import audit_of
from survey.models import Collection, Consultation, Draft, Instrument, Role, Staff
from survey.web import Form, Page, Problem, installation, see

PUBLISHES = (Role.PUBLISHER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing a draft would do.

    versions: what changed since the last version, None for the first. refusals: why it cannot be published yet.
    columns: those of the export over all versions with the new one; new_columns: the names that it adds.
    """

    versions: Versions | None
    refusals: tuple[str, ...]
    columns: tuple[Column, ...]
    new_columns: frozenset[str]


def effect(now: Working, past: Sequence[QuestionSet], marks: Marks) -> Effect:
    """What publishing a set would do; `past` are its published versions, newest first."""
    versions = compare(past[0], now.question_set).marked(marks) if past else None
    refusals = [finding.told for finding in audit_of(now).must_mend]
    if past:
        refusals += [*compare(past[0], now.question_set).refusals(marks), *reused(now.question_set, past)]
    before = {column.name for column in columns(reversed(past))}
    merged = columns([*reversed(past), now.question_set])
    return Effect(versions, tuple(refusals), merged, frozenset(one.name for one in merged) - before)


def before_publishing(request: Request, session: Session) -> Page:
    """What this change does, and the button that publishes it for whoever may."""
    staff, now = open_set(request, session)
    return _page(request, session, staff, now)


def _page(request: Request, session: Session, staff: Staff, now: Working, status: int = 200) -> Page:
    past = [instruments.parsed(one) for one in instruments.versions(session, now.key)]
    found = effect(now, past, now.marks)
    shown = {
        "staff": staff,
        "now": now,
        "effect": found,
        "trivial": MARKS[0],
        "changes_meaning": MARKS[1],
        "undecided": compare(past[0], now.question_set).unmarked({}) if past else (),
        "version": (now.published.version if now.published else 0) + 1,
        "under_way": counts.under_way_by_version(session, now.key),
        "collections": _collections(session, now.key),
        "may_design": may_design(staff),
        "why_not": _why_not(request, staff, now),
    }
    return Page("designer/publish.html", shown, status)


def _collections(session: Session, key: str) -> list[tuple[Collection, Consultation, Instrument]]:
    """The collections that ask some version of a set."""
    found = (
        select(Collection, Consultation, Instrument)
        .join(Consultation, col(Consultation.id) == col(Collection.consultation_id))
        .join(Instrument, col(Instrument.id) == col(Collection.instrument_id))
        .where(col(Instrument.key) == key)
        .order_by(col(Consultation.opens_on).desc(), col(Collection.id))
    )
    return [
        (collection, consultation, asked) for collection, consultation, asked in session.exec(found).all()
    ]


def _why_not(request: Request, staff: Staff, now: Working) -> str:
    """Why this member of staff cannot publish this set; empty where they can."""
    if not set(PUBLISHES) & set(staff.roles):
        return "Publishing needs the role publisher. Ask a colleague who has it to open this page."
    if installation(request).settings.four_eyes and now.last and now.last.who == staff.name:
        return "You changed it last, so somebody else must publish it: four eyes see more than two."
    return ""


def mark(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what staff say of changed words: trivial, or changes meaning."""
    _, now = open_set(request, session, READS, to_change=True)
    draft = session.get(Draft, now.key)
    if draft is None:
        raise Problem(409, "Nothing has been changed", "There is nothing to say of this set yet.")
    said = {
        name.removeprefix("mark "): values[0] for name, values in form.items() if name.startswith("mark ")
    }
    draft.marks = {**draft.marks, **{name: value for name, value in said.items() if value in MARKS}}
    return see(f"/staff/sets/{now.key}/publish")


def publish(request: Request, session: Session, form: Form) -> Page | Response:
    """Freeze the draft as the next version, and let the chosen collections ask it from now on."""
    staff, now = open_set(request, session, PUBLISHES, to_change=True)
    past = [instruments.parsed(found) for found in instruments.versions(session, now.key)]
    seen_another = one(form, "seen") != str(now.at)
    if (
        seen_another
        or _why_not(request, staff, now)
        or effect(now, past, now.marks).refusals
        or not now.changed
    ):
        return _page(request, session, staff, now, 409)
    here = installation(request)
    made = instruments.publish(session, write(now.question_set), here.today(), staff.name, now.marks)
    access.note(
        session, here.now(), staff.name, "published", f"question set {now.key}, version {made.version}"
    )
    draft = session.get(Draft, now.key)
    if draft is not None:
        draft.marks = {}
    _ask_from_now_on(request, session, staff, made, set(form.get("collection", [])))
    return see(f"/staff/sets/{now.key}/publish#done")


def _ask_from_now_on(
    request: Request, session: Session, staff: Staff, made: Instrument, chosen: set[str]
) -> None:
    """New responses of these collections get the new version; those that are begun keep theirs."""
    assert made.id is not None
    for collection, consultation, _ in _collections(session, made.key):
        if str(collection.id) in chosen:
            collection.instrument_id = made.id
            about = f"{consultation.slug}, {collection.name}"
            did = f"set version {made.version} of {made.key} for"
            access.note(session, installation(request).now(), staff.name, did, about)
