"""The order that chance gives: the same for one person at every look, another for the next person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import groupby

from questions.definition import SPECIAL, Choice, Page, Question


def seed_of(key: str) -> str:
    """What chance orders pages and choices by: made of a response's key, so that the key itself need not be told."""
    return sha256(key.encode()).hexdigest()[:16]


def pages(every: Sequence[Page], seed: str) -> tuple[Page, ...]:
    """Pages with those of each random block in the order of a seed; the others stay where they are.

    seed: of one person, such as the key of their response. Nothing else is needed to see their order again.

    >>> from questions import Text
    >>> a, b, c = (Page(key, (Question(f"q_{key}", "text", Text("Why?")),), random_block="all") for key in "abc")
    >>> [page.key for page in pages((a, b, c), "me")], [page.key for page in pages((a, b, c), "you")]
    (['a', 'c', 'b'], ['b', 'c', 'a'])
    """
    found: list[Page] = []
    for block, side_by_side in groupby(every, key=lambda page: page.random_block):
        group = list(side_by_side)
        found += sorted(group, key=lambda page: _lot(seed, page.key)) if block else group
    return tuple(found)


def options(question: Question, seed: str) -> tuple[Choice, ...]:
    """The options of a question in the order of a seed; what stands alone, and “I’d rather not say”, stay last.

    >>> from questions import Text
    >>> colours = tuple(Choice(code, Text(code)) for code in ("red", "green", "blue"))
    >>> asked = Question("colour", "one", Text("Which?"), choices=colours, dont_know=Text("?"), randomise=True)
    >>> [option.code for option in options(asked, "me")]
    ['blue', 'red', 'green', 'dont_know']
    """
    if not question.randomise:
        return question.options
    last = [option for option in question.options if option.exclusive or option.code in SPECIAL]
    return (*_shuffled(question.key, (one for one in question.options if one not in last), seed), *last)


def _shuffled(key: str, choices: Iterable[Choice], seed: str) -> list[Choice]:
    return sorted(choices, key=lambda choice: _lot(seed, f"{key} {choice.code}"))


def _lot(seed: str, name: str) -> bytes:
    return sha256(f"{seed} {name}".encode()).digest()
