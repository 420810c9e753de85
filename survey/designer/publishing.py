"""Before a set is published: what the change does; and publishing itself, by a second pair of eyes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions import Column, QuestionSet, Versions, columns, compare, write
from questions.changes import MARKS, Refusal
from questions.messages import _
from questions.translating import languages
from survey import access, counts, help_lines, instruments, leads, wording
from survey.designer import drafts
from survey.designer.drafts import Working
from survey.designer.languages import standing
from survey.designer.opening import READS, may_design, one, open_set
from survey.designer.showing import audit_of
from survey.designer.tongues import english_name, names_of, tongue
from survey.models import Collection, Consultation, Draft, Instrument, Role, Staff
from survey.web import Form, Page, Problem, installation, see

PUBLISHES = (Role.PUBLISHER, Role.ADMIN)
NAMED = 5  # people who may publish
WAITS = {
    "incomplete": _("some texts have no words in it, or only a draft"),
    "waiting": _("nobody who speaks it has reviewed it, and it is not switched on as it is"),
}
RETIRED = "This set is retired. Bring it back on the page History first."
MOVED_ON = "The set was changed since you opened this page, so nothing was kept. This is how it stands now."
LOSES = "Some people lose their language. Tick at the end of this page that you know, or translate the rest."


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing a draft would do.

    versions: what changed since the last version, None for the first. refusals: why it cannot be published yet.
    undecided: the names of the changes of words that staff must speak on. marks: what they said of these words; what
    they said of other words no longer counts.
    columns: those of the export over all versions with the new one; new_columns: the names that it adds.
    """

    versions: Versions | None
    refusals: tuple[Refusal, ...]
    undecided: tuple[str, ...]
    marks: dict[str, str]
    columns: tuple[Column, ...]
    new_columns: frozenset[str]

    @property
    def lost(self) -> str:
        """The languages that are no longer offered, as the tick says them back; empty where none is lost."""
        return ",".join(self.versions.lost) if self.versions else ""


def effect(now: Working) -> Effect:
    """What publishing a set would do."""
    past = _past(now)
    versions = compare(past[0], now.question_set) if past else None
    undecided = versions.unmarked({}) if versions else ()
    marks = versions.fitting(now.marks) if versions else {}
    refusals = [Refusal(one.place, one.question, one.told, one.mend) for one in audit_of(now).must_mend]
    if versions:
        versions = versions.marked(marks)
    before = {column.name for column in columns(reversed(past))}
    merged = columns([*reversed(past), now.question_set])
    new = frozenset(column.name for column in merged) - before
    return Effect(versions, tuple(refusals), undecided, marks, merged, new)


def before_publishing(request: Request, session: Session) -> Page:
    """What this change does, and the button that publishes it for whoever may."""
    staff, now = open_set(request, session)
    return _page(request, session, staff, now, effect(now))


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    now: Working,
    found: Effect,
    message: str = "",
    status: int = 200,
) -> Page:
    names = names_of(found.versions)
    shown = {
        "staff": staff,
        "now": now,
        "message": message,
        "effect": found,
        "prompts": {question.key: question.prompt for question in now.question_set.questions},
        "names": names,
        "lost": found.lost,
        "lost_names": ", ".join(names[code] for code in found.versions.lost) if found.versions else "",
        "trivial": MARKS[0],
        "changes_meaning": MARKS[1],
        "undecided": () if now.retired_on else found.undecided,
        "version": (now.published.version if now.published else 0) + 1,
        "under_way": counts.under_way_by_version(session, now.key),
        "collections": _collections(session, now.key),
        "may_design": may_design(staff),
        "why_not": _why_not(request, session, staff, now),
        "offered": [english_name(code) for code in now.question_set.offered],
        "unfinished": _unfinished(request, now, found),
    }
    return Page("designer/publish.html", shown, status)


def _unfinished(request: Request, now: Working, found: Effect) -> list[tuple[str, str]]:
    """The languages that were begun and will not be offered, each with the reason; but those that are lost."""
    lost = found.versions.lost if found.versions else ()
    begun = [tongue(installation(request), code) for code in languages(now.question_set) if code not in lost]
    every = [standing(one, now.question_set) for one in begun]
    return [(one.tongue.english, WAITS[one.offered]) for one in every if one.offered in WAITS]


def _past(now: Working) -> list[QuestionSet]:
    """The published versions of a set, newest first."""
    return [instruments.parsed(found) for found in now.versions]


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


def _why_not(request: Request, session: Session, staff: Staff, now: Working) -> str:
    """Why this member of staff cannot publish this set; empty where they can."""
    if now.retired_on:
        return RETIRED
    four_eyes = installation(request).settings.four_eyes
    last = now.last.who if now.last and four_eyes else ""
    wrote = drafts.writer(session, now) if four_eyes else ""
    others = _who_may(session, {staff.name, last, wrote})
    if not set(PUBLISHES) & set(staff.roles):
        return f"Publishing needs the role publisher. {others}"
    if last == staff.name:
        return f"You changed it last, so somebody else must publish it: four eyes see more than two. {others}"
    if wrote == staff.name:
        told = f"You wrote what stands here; {last} only undid something or brought it back"
        return f"{told}. Somebody else must publish it: four eyes see more than two. {others}"
    here = installation(request)
    return help_lines.why_not(session, here.place, here.today())


def _who_may(session: Session, but: set[str]) -> str:
    """Who may publish, by name, other than those in `but`; or how to get somebody."""
    every = session.exec(select(Staff).order_by(col(Staff.name))).all()
    names = [one.name for one in every if set(PUBLISHES) & set(one.roles) and one.name not in but]
    if not names:
        asked = "Ask whoever runs this installation for somebody"
        return f"Nobody else here has the role publisher. {asked}: soundings invite NAME --role publisher."
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return f"Ask {wording.either([*names[:NAMED], *more])} to open this page."


def mark(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what staff say of changed words: trivial, or changes meaning; it counts for these words only."""
    staff, now = open_set(request, session, READS, to_change=True)
    draft, past = session.get(Draft, now.key), _past(now)
    if draft is None or not past:
        raise Problem(409, "Nothing has been changed", "There is nothing to say of this set yet.")
    if now.retired_on or one(form, "seen") != str(now.at):
        told = RETIRED if now.retired_on else MOVED_ON
        return _page(request, session, staff, now, effect(now), told, 409)
    versions = compare(past[0], now.question_set)
    said = {name: one(form, f"mark {name}") for name in versions.unmarked({})}
    before, clock = versions.fitting(now.marks), installation(request).now()
    new = {name: told for name, told in said.items() if told in MARKS and before.get(name) != told}
    draft.marks = {**draft.marks, **{name: versions.sign(name, told) for name, told in new.items()}}
    for name, told in new.items():
        access.note(session, clock, staff.name, f"marked as {told}", f"question set {now.key}, {name}")
    return see(f"/staff/sets/{now.key}/publish")


def _hindrance(form: Form, now: Working, found: Effect, why_not: str) -> str:
    """Why the button did not publish a set, where the page does not say so at its top; empty where it may."""
    if one(form, "seen") != str(now.at):
        return MOVED_ON
    if why_not:
        return why_not
    return LOSES if found.lost and one(form, "lost") != found.lost else ""


def publish(request: Request, session: Session, form: Form) -> Page | Response:
    """Freeze the draft as the next version, and let the chosen collections ask it from now on."""
    staff, now = open_set(request, session, PUBLISHES, to_change=True)
    found = effect(now)
    chosen = set(form.get("collection", []))
    hindrance = _hindrance(form, now, found, _why_not(request, session, staff, now))
    hindrance = hindrance or _unnamed(session, now, chosen)
    if hindrance or found.refusals or not now.changed:
        return _page(request, session, staff, now, found, hindrance, 409)
    here = installation(request)
    made = instruments.publish(session, write(now.question_set), here.today(), staff.name, found.marks)
    access.note(
        session, here.now(), staff.name, "published", f"question set {now.key}, version {made.version}"
    )
    draft = session.get(Draft, now.key)
    if draft is not None:
        draft.marks = {}
    _ask_from_now_on(request, session, staff, made, chosen)
    here.vocabulary.look_again()
    return see(f"/staff/sets/{now.key}/publish#done")


def _unnamed(session: Session, now: Working, chosen: set[str]) -> str:
    """That nobody is named in a chosen collection, which asks people for their own words; empty where all is well."""
    for collection, consultation, _before in _collections(session, now.key):
        if str(collection.id) in chosen and (
            told := leads.lacking(session, consultation.id, now.question_set)
        ):
            return f"{consultation.title} cannot ask this version yet. {told}"
    return ""


def _ask_from_now_on(
    request: Request, session: Session, staff: Staff, made: Instrument, chosen: set[str]
) -> None:
    """New responses of these collections get the new version; those that are begun keep theirs."""
    assert made.id is not None
    for collection, consultation, _before in _collections(session, made.key):
        if str(collection.id) in chosen:
            collection.instrument_id = made.id
            about = f"{consultation.slug}, {collection.name}"
            did = f"set version {made.version} of {made.key} for"
            access.note(session, installation(request).now(), staff.name, did, about)
