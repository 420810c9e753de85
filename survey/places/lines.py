"""Help lines as a place's file has them: read whole, or refused with everything that is missing and where."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from questions import Text

Line = Mapping[str, Any]


class WrongPlace(ValueError):
    """A file of a place that cannot be used, with what to mend in it."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Where help is: who it is, how to reach it and for whom it is; when that was last checked.

    `when` is the occasion it is for, where that matters more than its hours; `lowest` and `highest` are the ages
    that may call, each None where there is no such limit; `area` is where it may be called from.
    """

    name: Text
    contact: Text
    href: str
    when: Text | None
    hours: Text
    lowest: int | None
    highest: int | None
    area: Text
    about: Text
    verified_on: dt.date

    @property
    def for_anyone(self) -> bool:
        """Whether it asks nobody's age."""
        return self.lowest is None and self.highest is None


# What each line must have, and how to write it.
NEEDED = {
    "name": "who it is",
    "contact": "the number as people read it",
    "href": 'the address that calls it, as in href = "tel:116123"',
    "hours": 'when it answers, as in hours = "any time"',
    "ages": 'who may call it, as in ages = {highest = 18}, or ages = "any"',
    "area": 'where it may be called from, as in area = "the whole UK"',
    "about": "what it is for, in a sentence",
}


def read_lines(path: Path, place: str) -> tuple[HelpLine, ...]:
    """The help lines in a file of a place. Raises WrongPlace with all that is wrong with them."""
    found = tomllib.loads(path.read_text("utf8"))
    lines = [{"verified_on": found.get("verified_on"), **line} for line in found.get("line", [])]
    faults = [fault for number, line in enumerate(lines, 1) for fault in _faults(number, line)]
    if faults:
        raise WrongPlace("\n".join(f"{path.name} of {place}, {fault}" for fault in faults))
    return tuple(_help_line(line) for line in lines)


def _faults(number: int, line: Line) -> Iterator[str]:
    """What a line lacks or has wrong, each as the end of a sentence that begins with its file."""
    where = f"line {number} ({_in_english(line.get('name')) or 'without a name'})"
    for name, how in NEEDED.items():
        if not line.get(name):
            yield f"{where}: it does not say {name}. Write {how}."
        elif name not in ("href", "ages") and not _in_english(line[name]):
            yield f"{where}: {name} must be words in English, and in other languages beside them."
    if line.get("ages") and not _ages_are_right(line["ages"]):
        yield f"{where}: its ages cannot be read. Write {NEEDED['ages']}."
    if not isinstance(line["verified_on"], dt.date):
        yield f"{where}: it does not say when it was checked. Write that day, as in verified_on = 2026-11-20."


def _in_english(words: object) -> str:
    said = words.get("en") if isinstance(words, Mapping) else words
    return said if isinstance(said, str) else ""


def _ages_are_right(ages: object) -> bool:
    if not isinstance(ages, Mapping):
        return ages == "any"
    limits = [ages[name] for name in ("lowest", "highest") if name in ages]
    whole = all(type(age) is int and age >= 0 for age in limits)
    return len(limits) == len(ages) and whole and limits == sorted(limits)


def _help_line(line: Line) -> HelpLine:
    ages = {} if line["ages"] == "any" else line["ages"]
    return HelpLine(
        href=line["href"],
        when=text_of(line["when"]) if line.get("when") else None,
        lowest=ages.get("lowest"),
        highest=ages.get("highest"),
        verified_on=line["verified_on"],
        **{name: text_of(line[name]) for name in ("name", "contact", "hours", "area", "about")},
    )


def text_of(words: str | Mapping[str, str]) -> Text:
    """Words in English, or in several languages: `{en = "any time", bn = "..."}`."""
    if isinstance(words, str):
        return Text(words)
    return Text(words["en"], tuple((code, said) for code, said in words.items() if code != "en"))
