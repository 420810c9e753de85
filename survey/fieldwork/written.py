"""One setting as somebody wrote it, in a form or in a spreadsheet: what it will be, and everything wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from survey.fieldwork.claims import WAYS
from survey.models import Collection
from survey.naming import wrong_name
from survey.places import Place
from survey.places.names import Named, UnknownBorough, borough_named

MOST_EXPECTED = 20_000  # more young people than any school or club has


class Planned(NamedTuple):
    """A setting that may be made: its name, the code of its borough, and how many young people are expected."""

    name: str
    borough: str | None
    expected: int | None

    def is_same_place(self, name: str, borough: str | None) -> bool:
        """Whether a setting of this name and borough is the same place; a borough that is not said tells nothing."""
        same = self.name.casefold() == name.casefold()
        return same and (self.borough is None or borough is None or self.borough == borough)


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote of a setting: what it will be, how its borough was found, what is wrong by column."""

    planned: Planned
    how: str = ""
    faults: tuple[tuple[str, str], ...] = ()


def read(name: str, borough: str, expected: str, collection: Collection, place: Place) -> Written:
    """A setting of a collection from the words for it.

    Where no borough is written it is the collection's; schools and youth settings must be in one.
    """
    faults = [("name", told) for told in _wrong_name(name)]
    named = Named(collection.borough, "the collection’s") if collection.borough else None
    try:
        named = borough_named(borough, place) if borough else named
    except UnknownBorough as unknown:
        faults.append(("borough", f"{unknown} Write it as in the list of boroughs."))
        named = Named("", "")
    if named is None and needs_borough(collection):
        faults.append(("borough", "There is no borough. Write the one that it is in: results depend on it."))
    number = _expected(expected)
    if number == 0:
        told = f"“{expected}” cannot be read. Write a whole number from 1 to {MOST_EXPECTED:,}, or leave it empty."
        faults.append(("expected young people", told))
    planned = Planned(name, named.code or None if named else None, number or None)
    return Written(planned, named.how if named else "", tuple(faults))


def needs_borough(collection: Collection) -> bool:
    """Whether each setting of a collection must say its borough."""
    in_boroughs = collection.kind is not None and WAYS[collection.kind].in_boroughs
    return in_boroughs and not collection.borough


def _wrong_name(name: str) -> list[str]:
    if told := wrong_name(name):
        return [told]
    named = any(letter.isalpha() for letter in name)
    return [] if named else ["The name has no letter. Write what it is called."]


def _expected(told: str) -> int | None:
    """How many are expected; None where nothing is said, 0 where it cannot be read."""
    if not told:
        return None
    plain = told.replace(",", "") if re.fullmatch("[0-9]{1,3}(,[0-9]{3})+", told) else told
    number = int(plain) if re.fullmatch("[0-9]{1,9}", plain) else 0
    return number if number <= MOST_EXPECTED else 0
