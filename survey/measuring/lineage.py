"""The lineage of a question over versions and sets: whether its answers still compare, and which wording broke it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlmodel import Session

from questions import Change, Message, compare
from questions.messages import _
from survey.instruments import parsed, versions
from survey.models import Instrument

SORTS = {
    "wording changed": _("It was asked in other words"),
    "option relabelled": _("An answer had other words"),
    "option added": _("An answer was added"),
    "option retired": _("An answer is no longer offered"),
    "kind changed": _("It takes answers of another kind"),
    "limits changed": _("Its limits changed"),
    "re-routed": _("Other people are asked it"),
}


def broken(
    session: Session, before: Sequence[Instrument], after: Sequence[Instrument], key: str
) -> list[Change]:
    """The changes of a question by which later answers no longer compare with earlier ones; none where they do.

    before, after: the versions that people answered. Between versions of one set what staff said of a change of words
    counts, step by step; between two sets nobody has said, so any other words break it.
    """
    found = [change for one in before for other in after for change in _between(session, one, other, key)]
    return list(dict.fromkeys(found))


def _between(session: Session, one: Instrument, other: Instrument, key: str) -> Iterator[Change]:
    for step, next_step in pairwise(_steps(session, one, other)):
        marks = next_step.marks if step.key == next_step.key else {}
        try:
            changed = compare(parsed(step), parsed(next_step)).marked(marks).question(key)
        except KeyError:
            continue  # neither asks it
        yield from (change for change in changed.changes if change.breaks != "no")


def _steps(session: Session, one: Instrument, other: Instrument) -> list[Instrument]:
    """The versions from one to another, oldest first; of two sets just the two."""
    if one.key != other.key:
        return [one, other]
    low, high = sorted((one.version, other.version))
    return [found for found in reversed(versions(session, one.key)) if low <= found.version <= high]


def in_words(change: Change) -> Message:
    """A change that breaks comparison, as a sentence that says which words.

    >>> from questions import compare, read, shipped, shipped_source
    >>> newer = read(shipped_source("pulse").replace("after dark?", "at night?"))
    >>> print(in_words(compare(shipped("pulse"), newer).question("safe_dark").changes[0]))
    It was asked in other words: “How safe do you feel in your area after dark?” became “How safe do you feel in your \
area at night?”.
    """
    told = SORTS.get(change.sort, change.sort.capitalize())
    if change.old and change.new:
        return _("%(told)s: “%(old)s” became “%(new)s”.", told=told, old=change.old, new=change.new)
    if change.old or change.new:
        return _("%(told)s: “%(words)s”.", told=told, words=change.old or change.new)
    return _("%(told)s.", told=told)
