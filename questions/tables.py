"""One table of a TOML document: it knows its place, and says what is wrong with what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from questions.arrangement import Fault, nearest
from questions.conditions import Condition, WrongCondition, parse
from questions.text import Text, WrongDefinition

USUAL = "translated"  # the status of a translation that does not say


def _is_words(value: object) -> bool:
    """Words, or words with the status of their translation."""
    if isinstance(value, dict):
        return value.keys() == {"words", "status"} and all(isinstance(one, str) for one in value.values())
    return isinstance(value, str)


def _how_words_are_written(name: str, value: object) -> str:
    if isinstance(value, dict) and any(isinstance(one, dict) for one in value.values()):
        return f'{name}: a translation with a status is {{words = "...", status = "reviewed"}}, and no more.'
    return f'{name} must be words in quotation marks, or a table like {{en = "...", de = "..."}}.'


@dataclass(slots=True)
class Table:
    """`faults` is one list for the whole document; `language` is the set's own, or None where it has none."""

    raw: dict[str, Any]
    place: str
    language: str | None
    faults: list[Fault]

    def fault(self, message: str) -> None:
        """Note a fault at this table's place."""
        self.faults.append(Fault(self.place, message))

    @contextmanager
    def noting(self, about: str = "") -> Iterator[None]:
        """Turn whatever refuses to be built inside into faults."""
        try:
            yield
        except WrongDefinition as wrong:
            for message in wrong.messages:
                self.fault(about + message)

    def only(self, words: Sequence[str]) -> None:
        """Note every key that is not one of these."""
        for name in self.raw:
            if name not in words:
                guess = nearest(name, words) or f" It may hold {', '.join(words)}."
                self.fault(f"“{name}” is not known here.{guess}")

    def word(self, name: str) -> str | None:
        """A string, or None when it is absent or wrong."""
        value = self.raw.get(name)
        if value is None or isinstance(value, str):
            return value
        self.fault(f"{name} must be in quotation marks.")
        return None

    def needed(self, name: str) -> str | None:
        """A string that must be there."""
        if name not in self.raw:
            self.fault(f'{name} is missing. Add {name} = "...".')
        return self.word(name)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of strings, each once and in order; empty when absent or wrong."""
        value = self.raw.get(name, [])
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(sorted(set(value)))
        self.fault(f'{name} must be a list of words: {name} = ["...", "..."].')
        return ()

    def flag(self, name: str) -> bool:
        """True or false; false when absent."""
        value = self.raw.get(name, False)
        if isinstance(value, bool):
            return value
        self.fault(f"{name} must be true or false, without quotation marks.")
        return False

    def whole(self, name: str) -> int | None:
        """A whole number, or None."""
        value = self.raw.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.fault(f"{name} must be a whole number, without quotation marks.")
        return None

    def number(self, name: str) -> float | None:
        """A number, or None."""
        value = self.raw.get(name)
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return value
        self.fault(f"{name} must be a number, without quotation marks.")
        return None

    def text(self, name: str) -> Text | None:
        """Words, in one language or as a table by language; None when there are none or they are wrong."""
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            value = {self.language or "": value}
        if not isinstance(value, dict) or not all(map(_is_words, value.values())):
            self.fault(_how_words_are_written(name, value))
            return None
        words = {
            language: told if isinstance(told, str) else told["words"] for language, told in value.items()
        }
        statuses = {language: told["status"] for language, told in value.items() if isinstance(told, dict)}
        return self._in_languages(name, {one: told.strip() for one, told in words.items()}, statuses)

    def needed_text(self, name: str) -> Text | None:
        """Words that must be there."""
        if name not in self.raw:
            self.fault(f'{name} is missing. Add {name} = "...".')
        return self.text(name)

    def _in_languages(self, name: str, words: dict[str, str], statuses: dict[str, Any]) -> Text | None:
        own = self.language if self.language is not None else next(iter(words), "")
        if own not in words:
            self.fault(f"{name} has no words in {own}, the language of the set. Add them.")
            return None
        others = tuple(sorted((language, told) for language, told in words.items() if language != own))
        marks = tuple((one, statuses[one]) for one, _ in others if statuses.get(one, USUAL) != USUAL)
        with self.noting(f"{name}: "):
            return Text(words[own], others, marks)
        return None

    def condition(self) -> Condition | None:
        """What stands under show_if."""
        told = self.word("show_if")
        if told is None:
            return None
        try:
            return parse(told)
        except WrongCondition as wrong:
            self.fault(f"show_if, {wrong}")
            return None

    def tables(self, name: str, called: str) -> list[Table]:
        """The tables of a list, each with its number in its place: `page 3, choice 2`."""
        value = self.raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault(f"{name} must be a list of tables.")
            return []
        before = f"{self.place}, " if self.place != "top" else ""
        return [
            Table(one, f"{before}{called} {n}", self.language, self.faults) for n, one in enumerate(value, 1)
        ]
