"""Whether a column of a past survey holds days: when somebody answered, which is no answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

DAY = re.compile(
    r"""(?:[a-z]{2,9},?\ )?                                      # Monday,
    (?:\d{4}([-/.])\d{1,2}\1\d{1,2}                              # 2021-06-30
    |\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})                      # 30/06/2021
    |\d{1,2}(?:st|nd|rd|th)?[-\ .]{1,2}[a-z]{3,9}\.?,?[-\ ]\d{2,4}  # 30 June 2021
    |[a-z]{3,9}\.?\ \d{1,2}(?:st|nd|rd|th)?,?\ \d{4})            # June 30, 2021
    (?:,?[t\ ]\ ?\d{1,2}:\d{2}.{0,20})?                          # 14:03:59 GMT""",
    re.ASCII | re.VERBOSE,
)
LEAST = 0.9  # of the people, for a column to be taken for days


def says_day(word: str) -> bool:
    """Whether a word is a day of a year, with the hour or without.

    >>> [says_day(one) for one in ("2021-06-30 14:03", "30.6.21", "30 June 2021", "June 30, 2021", "10-11", "2021")]
    [True, True, True, True, False, False]
    """
    return DAY.fullmatch(word.strip().casefold()) is not None


def says_days(people: Mapping[str, int]) -> bool:
    """Whether hardly anything but days was given. people: how many gave each word."""
    known = sum(n for word, n in people.items() if says_day(word))
    return bool(people) and known >= LEAST * sum(people.values())
