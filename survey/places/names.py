"""A borough as people write it: found by its name, its official code, another name, or the first words of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from survey.places import Place

AROUND = re.compile(
    r"^(the )?((london|royal|metropolitan) )?borough of "
    r"|( london)? (boro|borough)( council)?$|( city)? council$| [lr]b$"
)
LEAST = 4  # letters of a beginning that is believed


class UnknownBorough(ValueError):
    """Words that are no borough of a place, and what they may have meant."""


@dataclass(frozen=True, slots=True)
class Named:
    """A borough that was found, and how: empty where it is written as we write it."""

    code: str
    how: str


def borough_named(told: str, place: Place) -> Named:
    """The borough that somebody means; raises UnknownBorough with the nearest name, where there is one.

    >>> from survey.places import load
    >>> london = load("london")
    >>> borough_named("Lambeth", london), borough_named("LB  richmond-upon-thames", london).how
    (Named(code='E09000022', how=''), 'another way to write it')
    >>> borough_named("Richmond", london).code, borough_named("e09000022", london).how
    ('E09000027', 'its official code')
    """
    told = " ".join(told.split())
    names = {borough.name: borough.code for borough in place.boroughs}
    if told in names:
        return Named(names[told], "")
    if told.upper() in names.values():
        return Named(told.upper(), "its official code")
    plain = _plain(told)
    known = _known(place)
    if plain in known:
        return Named(known[plain], "another way to write it")
    begun = {code for name, code in known.items() if name.startswith(f"{plain} ")}
    if len(begun) == 1 and len(plain) >= LEAST:
        return Named(begun.pop(), "the beginning of its name")
    raise UnknownBorough(_unknown(told, plain, place))


def _unknown(told: str, plain: str, place: Place) -> str:
    names = {_plain(borough.name): borough.name for borough in place.boroughs}
    (near,) = get_close_matches(plain, names, n=1) or [""]
    guess = f" Did you mean “{names[near]}”?" if near else ""
    return f"“{told}” is no borough of {place.title}.{guess}"


@cache
def _known(place: Place) -> dict[str, str]:
    """Every name and alias of a place, written plainly; what could be two boroughs is left out."""
    every = [(borough.name, borough.code) for borough in place.boroughs] + list(place.aliases.items())
    found: dict[str, set[str]] = {}
    for name, code in every:
        found.setdefault(_plain(name), set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def _plain(name: str) -> str:
    """A name without what people write in different ways."""
    words = re.sub(r"[^\w]+", " ", name.casefold().replace("&", " and ")).strip()
    words = re.sub(r"^(lb|rb)( of)? ", "", words)
    return AROUND.sub("", words).strip() or words
