"""What may be said of a change between waves: whether both speak for the same people, and how far it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from survey.models import Design

NO_CHANGE = "no clear change"
NOT_TESTED = "whether it changed cannot be tested"
NOBODY_DRAWN = (Design.OPEN, Design.PANEL)


@dataclass(frozen=True, slots=True)
class SpeaksFor:
    """Whom a wave speaks for: its design, and the place that it is weighted to, "" where it is to none."""

    design: str
    place: str


def reached(before: SpeaksFor, after: SpeaksFor) -> Iterator[str]:
    """Why the people of two waves cannot be compared, in sentences.

    >>> list(reached(SpeaksFor("open", ""), SpeaksFor("panel", "")))
    ['People were reached in another way: “open” before, “panel” after.']
    >>> list(reached(SpeaksFor("quota", "London"), SpeaksFor("quota", "London")))
    []
    >>> list(reached(SpeaksFor("quota", "London"), SpeaksFor("quota", "")))
    ['They speak for different people: before, for all young people in London; after, only for those who answered.']
    """
    if before.design != after.design:
        yield f"People were reached in another way: “{before.design}” before, “{after.design}” after."
    elif before.design in NOBODY_DRAWN:
        yield "Nobody chose who took part in either, so they say nothing of a change among anybody else."
    if before.place != after.place:
        named = [_whom(one.place) for one in (before, after)]
        yield f"They speak for different people: before, {named[0]}; after, {named[1]}."


def _whom(place: str) -> str:
    return f"for all young people in {place}" if place else "only for those who answered"


def in_words(estimate: float, low: float, high: float, *, clear: bool) -> str:
    """A change of a share with its interval in words; clear: whether chance alone is ruled out.

    >>> in_words(0.062, 0.021, 0.103, clear=True)
    'up by 6 in every 100 (from 2 more to 10 more)'
    >>> in_words(0.01, -0.031, 0.051, clear=False)
    'no clear change (from 3 fewer to 5 more in every 100)'
    """
    between = f"from {_points(low)} to {_points(high)}"
    if not clear:
        return f"{NO_CHANGE} ({between} in every 100)"
    way = "up" if estimate > 0 else "down"
    return f"{way} by {abs(estimate) * 100:.0f} in every 100 ({between})"


def _points(share: float) -> str:
    points = round(share * 100)
    return "none" if points == 0 else f"{abs(points)} {'more' if points > 0 else 'fewer'}"
