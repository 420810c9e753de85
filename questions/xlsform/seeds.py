"""The order that a fixed seed gives in XLSForm: the same for everybody, so it is read as the order of the choices."""

from __future__ import annotations

from collections.abc import Sequence
from math import fmod
from typing import TypeVar

T = TypeVar("T")

PRIME = 2**31 - 1
MULTIPLIER = 16807


def in_order_of(seed: int, things: Sequence[T]) -> list[T]:
    """Things as `randomize(…, seed)` puts them.

    Fisher and Yates' shuffle, inside out, with the generator of Park and Miller (“Random number generators: good ones
    are hard to find”, Communications of the ACM 31, 1988), as ODK's forms do it.

    >>> "".join(in_order_of(42, "ABCDEF")), "".join(in_order_of(1, "ABCDEF"))
    ('AFCBDE', 'BFEACD')
    """
    state = int(fmod(seed, PRIME))
    if state <= 0:
        state += PRIME - 1
    found: list[T] = []
    for thing in things:
        state = state * MULTIPLIER % PRIME
        place = (state - 1) * (len(found) + 1) // (PRIME - 1)
        found.append(thing)
        found[-1], found[place] = found[place], thing
    return found
