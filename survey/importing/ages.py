"""Which of our bands of ages a word of a past survey says, and what a column of ages is called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from questions import AGE_BANDS

NAMES = {
    *("age", "ages", "age in years", "age years", "your age", "alter", "how old are you", "what is your age"),
    *("age band", "age group", "agegroup", "ageband", "age range", "age category", "age cat", "altersgruppe"),
    *("your age group", "which age group are you in", "what is your age group"),
}
BAND = re.compile(
    r"(?:ages? |aged )?(\d\d) (?:(?:to|or|and|bis) )?(\d\d)(?: (?:years?|yrs)(?: old)?)?", re.ASCII
)


def band_said(said: str) -> str:
    """The band that a word says with its two ages; "" where it says none of ours.

    >>> [band_said(one) for one in ("10-11", "10 to 11", "10–11", "10/11", "Aged 18 to 20 years", "16-24", "10")]
    ['10-11', '10-11', '10-11', '10-11', '18-20', '', '']
    """
    match = BAND.fullmatch(" ".join(re.findall(r"[^\W_]+", said.casefold())))
    band = "-".join(match.groups()) if match else ""
    return band if band in AGE_BANDS else ""


def says_bands(people: Mapping[str, int]) -> bool:
    """Whether most people gave one of our bands. people: how many gave each word."""
    return sum(n for word, n in people.items() if band_said(word)) > sum(people.values()) / 2
