"""Question sets that staff are writing: every change is a revision, and none is ever overwritten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlmodel import Session, col, select

from questions import Kind, Question, QuestionSet, bank, read, shipped_source
from questions.document import SETS
from questions.naming import untouched
from questions.writing import as_text, refuse_what_is_lost
from survey.instruments import parsed, versions
from survey.models import Draft, Instrument, Revision

STARTED, FIRST = "started it", 1
SHIPPED = sorted(file.stem for file in SETS.glob("*.toml"))
REMEMBERED = 50  # changes back that an earlier kind of a question is looked for


@dataclass(frozen=True, slots=True)
class Working:
    """A question set as it stands now: its draft where there is one, else the version that is published.

    at: the number of the revision, 0 before the first change. versions: those that were published, newest first.
    author: who made the change that undoing takes back.
    """

    key: str
    at: int
    question_set: QuestionSet
    versions: tuple[Instrument, ...]
    last: Revision | None
    can_undo: bool
    can_redo: bool
    retired_on: dt.date | None
    marks: dict[str, str]
    author: str = ""

    @property
    def published(self) -> Instrument | None:
        """The version that is in use."""
        return self.versions[0] if self.versions else None

    @property
    def changed(self) -> bool:
        """Whether the draft differs from what is published."""
        return self.published is None or self.published.fingerprint != self.question_set.fingerprint

    @property
    def state(self) -> str:
        """The state in a word or two, as staff read it."""
        if self.retired_on:
            return "retired"
        if self.published is None:
            return "draft"
        return f"version {self.published.version}" + (", changed since" if self.changed else "")


class Nowhere(LookupError):
    """There is no such question set."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the same thing since it was opened."""


def working(session: Session, key: str, *, to_change: bool = False) -> Working:
    """A set as it stands; `to_change` keeps others from changing it until this transaction ends.

    Raises Nowhere when there is neither a draft nor a published version.
    """
    draft = session.get(Draft, key, with_for_update=to_change)
    every = tuple(versions(session, key))
    if draft is None and not every:
        raise Nowhere(key)
    if draft is None:
        return Working(key, 0, as_read(every[0].source), every, None, False, False, None, {})
    now = revision(session, key, draft.at)
    question_set = as_read(now.source)
    undo, redo = now.before is not None, now.undone is not None
    author = _author(session, now) if undo else ""
    return Working(key, draft.at, question_set, every, now, undo, redo, draft.retired_on, draft.marks, author)


def _author(session: Session, now: Revision) -> str:
    """Who made the change that a revision shows last: undoing and doing again are no changes of their own."""
    if now.did == now.change:
        return now.who
    made = select(Revision.who).where(
        col(Revision.draft_key) == now.draft_key,
        col(Revision.did) == now.change,
        col(Revision.number) < now.number,
    )
    return session.exec(made.order_by(col(Revision.number).desc())).first() or now.who


def writer(session: Session, now: Working) -> str:
    """Who first wrote what stands there now, whoever undid it and brought it back since; "" before any change."""
    if now.last is None:
        return ""
    same = select(Revision.who).where(
        col(Revision.draft_key) == now.key, col(Revision.source) == now.last.source
    )
    return session.exec(same.order_by(col(Revision.number))).first() or now.last.who


@lru_cache(maxsize=64)
def as_read(source: str) -> QuestionSet:
    """The set that a document holds."""
    return read(source)


def as_kept(question_set: QuestionSet) -> str:
    """The document of a set, read back once so that nothing is lost; raises WrongDefinition."""
    source = as_text(question_set)
    refuse_what_is_lost(question_set, lambda: as_read(source))
    return source


def revision(session: Session, key: str, number: int) -> Revision:
    """One revision of a draft that has it."""
    found = session.exec(
        select(Revision).where(col(Revision.draft_key) == key, col(Revision.number) == number)
    )
    return found.one()


def history(session: Session, key: str, since: int = 0) -> list[Revision]:
    """The revisions of a draft after a number, newest first."""
    found = select(Revision).where(col(Revision.draft_key) == key, col(Revision.number) > since)
    return list(session.exec(found.order_by(col(Revision.number).desc())).all())


def last_of_kind(session: Session, key: str, question: str, kind: Kind) -> Question | None:
    """A question as it was when it last had a kind, or at least choices, among the latest changes of a draft."""
    similar = None
    recent = select(Revision).where(col(Revision.draft_key) == key)
    for one in session.exec(recent.order_by(col(Revision.number).desc()).limit(REMEMBERED)):
        found = as_read(one.source).asked(question)
        if found is not None and found.kind == kind:
            return found
        if found is not None and kind not in ("text", "number"):
            similar = similar or (found if found.choices else None)
    return similar


def now_called(session: Session, key: str, question: str) -> str:
    """The key that a question of a draft has now, which had this one a while ago; the same where it has gone."""
    recent = select(Revision).where(col(Revision.draft_key) == key).order_by(col(Revision.number).desc())
    keys = [
        [one.key for one in as_read(found.source).questions]
        for found in session.exec(recent.limit(REMEMBERED))
    ]
    back = next((at for at, every in enumerate(keys) if question in every), 0)
    found = question
    for before, after in pairwise(reversed(keys[: back + 1])):
        at = before.index(found)
        if len(after) != len(before) or [*before[:at], after[at], *before[at + 1 :]] != after:
            if found not in after:
                return question
        else:
            found = after[at]
    return found


def in_use(session: Session, draft_key: str, question: str) -> frozenset[str] | None:
    """The codes under which a question was ever published, in any set, or stands in the bank; None where it is new.

    The question that every set begins with is new in each, whoever has published it as it was.
    """
    published = session.exec(
        select(Instrument).where(col(Instrument.source).contains(question, autoescape=True))
    )
    asked = [
        one
        for instrument in published
        if (one := parsed(instrument).asked(question)) and (instrument.key == draft_key or not untouched(one))
    ]
    asked += [one for name in SHIPPED if (one := as_read(shipped_source(name)).asked(question))]
    asked += [one for entry in bank() for one in entry.questions if one.key == question]
    return frozenset(code for one in asked for code in one.codes) if asked else None


def start(
    session: Session, question_set: QuestionSet, who: str, now: dt.datetime, did: str = STARTED
) -> None:
    """Begin a draft; its key must be free."""
    session.add(Draft(key=question_set.key, at=FIRST - 1))
    session.flush()
    _add(session, question_set.key, Made(as_kept(question_set), who, did, now, did))


def save(
    session: Session, before: Working, changed: QuestionSet, who: str, now: dt.datetime, did: str
) -> int:
    """Keep a change as the next revision, and give its number; a change that changes nothing keeps nothing."""
    if changed == before.question_set:
        return before.at
    at = before.at
    if session.get(Draft, before.key) is None:
        assert before.published is not None
        start(session, before.question_set, who, now, f"began with version {before.published.version}")
        at = FIRST
    return _add(session, before.key, Made(as_kept(changed), who, did, now, did, before=at))


def undo(session: Session, now: Working, who: str, at: dt.datetime) -> None:
    """Go back to before the last change; nothing happens where nothing came before."""
    if now.last is not None and now.last.before is not None:
        then = revision(session, now.key, now.last.before)
        _restore(session, then, who, at, f"undid: {now.last.change}", undone=now.at)


def redo(session: Session, now: Working, who: str, at: dt.datetime) -> None:
    """Bring back what was undone last; nothing happens where nothing was."""
    if now.last is not None and now.last.undone is not None:
        then = revision(session, now.key, now.last.undone)
        _restore(session, then, who, at, f"did again: {then.change}", undone=then.undone)


def _restore(
    session: Session, then: Revision, who: str, at: dt.datetime, did: str, *, undone: int | None
) -> None:
    """Make a revision once more as the newest; undone: the one that redoing brings back after it."""
    again = Made(then.source, who, did, at, then.change, before=then.before, undone=undone)
    _add(session, then.draft_key, again)


def go_to(session: Session, now: Working, number: int, who: str, at: dt.datetime) -> int:
    """Make a set as it was at a revision; itself a change that can be undone."""
    then = revision(session, now.key, number)
    return save(session, now, as_read(then.source), who, at, f"went back to change {number}")


@dataclass(frozen=True, slots=True)
class Made:
    """What becomes a revision; `change` is what last changed its content, which undo and redo are not."""

    source: str
    who: str
    did: str
    made_at: dt.datetime
    change: str
    before: int | None = None
    undone: int | None = None


def _add(session: Session, key: str, made: Made) -> int:
    draft = session.get_one(Draft, key)
    draft.at += 1
    spots = {name: getattr(made, name) for name in made.__slots__}
    session.add(Revision(draft_key=key, number=draft.at, **spots))
    session.flush()
    return draft.at


def titled(session: Session, title: str, but: str = "") -> bool:
    """Whether a set, other than the one with the key `but`, has this title."""
    others = (key for key in every_key(session) if key != but)
    return any(str(working(session, key).question_set.title) == title for key in others)


def every_key(session: Session) -> list[str]:
    """The keys of all sets, drafts and published ones, in order."""
    return sorted({*session.exec(select(Draft.key)).all(), *session.exec(select(Instrument.key)).all()})
