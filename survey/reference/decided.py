"""What was decided of a column: how each of its words is read, what was assumed, and what only a person can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
Rows = Mapping[str, int]  # the words of a column, each with the first row in which it stands
Choices = Mapping[str, str]  # what somebody chose, by the name of the field


class Assumption(NamedTuple):
    """Something that was assumed in reading a file, for somebody to approve: what of, and what."""

    about: str
    told: str


class Ask(NamedTuple):
    """Something that a person may say: the field that answers it, the question, and what may be answered.

    chosen: what is answered, or proposed; empty where the file decides nothing and nobody has said.
    """

    name: str
    told: str
    options: tuple[tuple[str, str], ...]
    chosen: str = ""


@dataclass(slots=True)
class Decided(Generic[T]):
    """How the words of a column are read.

    values: what each means; wrong: why it cannot be read; without: why its rows are left out. Words in none of the
    three wait for an answer in `asks`.
    """

    values: dict[str, T] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    assumed: list[Assumption] = field(default_factory=list)
