"""The words of pictures: written here in English, and said in the tongue of whoever looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from unicodedata import bidirectional


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a picture speaks.

    gettext: an English sentence in its words, with the same values, such as %(share)s. mirrored: it is read from right
    to left, so that what stands on the left stands on the right. A city is not turned round.

    >>> Tongue().gettext("Hatched: not shown."), Tongue().mirrored
    ('Hatched: not shown.', False)
    """

    gettext: Callable[[str], str] = str
    mirrored: bool = False


_spoken: ContextVar[Tongue] = ContextVar("tongue")
ENGLISH = Tongue()


def tongue() -> Tongue:
    """What pictures are drawn in now."""
    return _spoken.get(ENGLISH)


@contextmanager
def spoken_in(one: Tongue) -> Iterator[None]:
    """Draw and describe pictures in a tongue.

    >>> german = {"Not shown: %(names)s.": "Nicht gezeigt: %(names)s."}
    >>> with spoken_in(Tongue(lambda sentence: german.get(sentence, sentence))):
    ...     say("Not shown: %(names)s.", names="Camden")
    'Nicht gezeigt: Camden.'
    """
    before = _spoken.set(one)
    try:
        yield
    finally:
        _spoken.reset(before)


def say(sentence: str, **values: object) -> str:
    """A sentence with its values in the tongue of the picture; words that run the other way are kept apart from it.

    >>> say("%(name)s: %(figures)s.", name="Camden", figures="42 %")
    'Camden: 42 %.'
    """
    one = tongue()
    said = one.gettext(sentence)
    if one.mirrored:
        values = {name: apart(value) if isinstance(value, str) else value for name, value in values.items()}
    return said % values if values else said


def apart(words: str) -> str:
    """Words that run from left to right, so that they can stand in a sentence that does not; others as they are.

    >>> len(apart("42 %")), len(apart("Camd."))
    (4, 7)
    """
    if not any(bidirectional(letter) == "L" for letter in words):
        return words
    return f"\N{FIRST STRONG ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}"
