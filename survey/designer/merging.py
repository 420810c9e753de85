"""Words that come back after others may have changed the same: what is taken, and what two people disagree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from questions.translating import MISSING, Said, Spot, said, tidy


@dataclass(slots=True)
class Merged:
    """What to keep of words that came back, by address.

    clashing: somebody changed the same text, or its source, since it was opened. gone: there is no such text now.
    """

    taken: dict[str, Said] = field(default_factory=dict)
    clashing: dict[str, Said] = field(default_factory=dict)
    gone: dict[str, Said] = field(default_factory=dict)


def merged(
    now: Mapping[str, Spot], language: str, typed: Mapping[str, Said], marks: Mapping[str, str]
) -> Merged:
    """What came back beside what a set says now; marks: the `mark` of each text as it was when it was opened."""
    found = Merged()
    for address, given in typed.items():
        told, opened = plain(given), marks.get(address, "")
        if opened.endswith(_short(*told)):  # as it was opened: what others made of it stays
            continue
        spot = now.get(address)
        if spot is None:
            found.gone[address] = told
        elif told != said(spot.text, language):
            alone = opened == mark(spot, language)
            (found.taken if alone else found.clashing)[address] = told
    return found


def plain(given: Said) -> Said:
    """Words as a set would hold them: no words have no status."""
    words = tidy(given[0])
    return (words, given[1]) if words else MISSING


def mark(spot: Spot, language: str) -> str:
    """A short mark of a text and its words in a language: another one whenever any of it changes."""
    return f"{_short(spot.text.source)}.{_short(*said(spot.text, language))}"


def _short(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:12]


def counted(given: Said, before: Said) -> Said:
    """Other words for a text that was reviewed are not reviewed yet, whatever the menu beside them still says.

    >>> counted(("কেন?", "reviewed"), ("কি?", "reviewed")), counted(("কেন?", "reviewed"), ("কি?", "draft"))
    (('কেন?', 'translated'), ('কেন?', 'reviewed'))
    """
    words, status = given
    return (words, "translated") if status == before[1] == "reviewed" and words != before[0] else given
