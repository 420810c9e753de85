"""What may be said of a change between waves: whether both speak for the same people, and how far it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from questions import Message
from questions.messages import _
from survey.models import Design

NOT_TESTED = _("whether it changed cannot be tested")
NONE = _("none")
WAYS = {
    Design.PROBABILITY: _("drawn by chance"),
    Design.GATEKEPT: _("through schools and clubs that took part"),
    Design.QUOTA: _("until there were enough of each group"),
    Design.OPEN: _("by a link that anyone may use"),
    Design.PANEL: _("as people who asked to be asked"),
}
NOBODY_DRAWN = (Design.OPEN, Design.PANEL)


@dataclass(frozen=True, slots=True)
class SpeaksFor:
    """Whom a wave speaks for: its design, and the place that it is weighted to, "" where it is to none."""

    design: str
    place: str


def reached(before: SpeaksFor, after: SpeaksFor) -> Iterator[Message]:
    """Why the people of two waves cannot be compared, in sentences.

    >>> list(reached(SpeaksFor("open", ""), SpeaksFor("probability", "")))
    ['People were reached in another way. Before: by a link that anyone may use. After: drawn by chance.']
    >>> list(reached(SpeaksFor("quota", "London"), SpeaksFor("quota", "London")))
    []
    >>> list(reached(SpeaksFor("quota", "London"), SpeaksFor("quota", "")))
    ['They speak for different people: before, for all young people in London; after, only for those who answered.']
    """
    if before.design != after.design:
        designs = {"before": WAYS[Design(before.design)], "after": WAYS[Design(after.design)]}
        yield _("People were reached in another way. Before: %(before)s. After: %(after)s.", **designs)
    elif before.design in NOBODY_DRAWN:
        yield _("Nobody chose who took part in either, so they say nothing of a change among anybody else.")
    if before.place != after.place:
        whom = {"before": _whom(before.place), "after": _whom(after.place)}
        yield _("They speak for different people: before, %(before)s; after, %(after)s.", **whom)


def _whom(place: str) -> Message:
    return _("for all young people in %(place)s", place=place) if place else _("only for those who answered")


def in_words(estimate: float, low: float, high: float, *, clear: bool) -> Message:
    """A change of a share with its interval in words; clear: whether chance alone is ruled out.

    >>> in_words(0.062, 0.021, 0.103, clear=True)
    'up by 6 in every 100 (from 2 more to 10 more)'
    >>> in_words(0.01, -0.031, 0.051, clear=False)
    'no clear change (from 3 fewer to 5 more in every 100)'
    """
    ends = {"low": _points(low), "high": _points(high)}
    if not clear:
        return _("no clear change (from %(low)s to %(high)s in every 100)", **ends)
    points = f"{abs(estimate) * 100:.0f}"
    if estimate > 0:
        return _("up by %(points)s in every 100 (from %(low)s to %(high)s)", points=points, **ends)
    return _("down by %(points)s in every 100 (from %(low)s to %(high)s)", points=points, **ends)


def _points(share: float) -> Message:
    points = round(share * 100)
    if points == 0:
        return NONE
    many = str(abs(points))
    return _("%(points)s more", points=many) if points > 0 else _("%(points)s fewer", points=many)
