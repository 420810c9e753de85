"""How SPSS calls columns and codes: names that it takes, and a number for each code."""

from __future__ import annotations

from collections.abc import Iterable

from survey.exports.columns import Field, special_numbers

LONGEST = 64  # bytes of a name
WORDS = (
    "ALL",
    "AND",
    "BY",
    "EQ",
    "GE",
    "GT",
    "LE",
    "LT",
    "NE",
    "NOT",
    "OR",
    "TO",
    "WITH",
)  # that are no names


def names_of(fields: Iterable[Field]) -> list[str]:
    """A name for each column that SPSS takes: its own where it can be, else one that is near and not taken."""
    taken: set[str] = set()
    return [_free(one.name, taken) for one in fields]


def _free(name: str, taken: set[str]) -> str:
    usual = "".join(one if one.isalnum() or one in "._" else "_" for one in name)[:LONGEST].rstrip("._")
    found, number = usual, 1
    while found.upper() in taken or found.upper() in WORDS:
        number += 1
        found = f"{usual[: LONGEST - 6]}_{number}"
    taken.add(found.upper())
    return found


def numbers_of(field: Field) -> dict[str, float]:
    """The number of each code: from 1 in the order they came over the versions, and -8 and -9 for no opinion."""
    special = special_numbers(field)
    codes = [value for value in field.values if value not in special]
    return {code: float(number) for number, code in enumerate(codes, 1)} | special
