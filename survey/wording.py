"""How days, numbers, lists and addresses are written; `formats` is a locale that Babel knows."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

ENGLISH = "en_GB"


def day(value: dt.date, formats: str = ENGLISH) -> str:
    """A day, as in 3 December 2026."""
    return format_date(value, "long", locale=formats)


def read_day(told: str) -> dt.date | None:
    """A day as a form says it, 2026-11-03 or 3/11/2026; None for anything else.

    >>> read_day("2026-11-03") == read_day("3/11/2026") == dt.date(2026, 11, 3), read_day("soon")
    (True, None)
    """
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(told, shape).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def month(value: dt.date, formats: str = ENGLISH) -> str:
    """A month, as in Oct 2025."""
    return format_date(value, "MMM yyyy", locale=formats)


@lru_cache(maxsize=4096)
def number(value: float, formats: str = ENGLISH) -> str:
    """A whole number with its thousands apart, as in 12,001."""
    return format_decimal(value, "#,##0", locale=formats)


def listed(words: Sequence[str], formats: str = ENGLISH) -> str:
    """Words as a list in a sentence, as in a, b and c."""
    return format_list(words, locale=formats)


def either(words: Sequence[str], formats: str = ENGLISH) -> str:
    """Words of which one holds, as in a, b or c."""
    return format_list(words, "or", locale=formats)


def key_of(title: str) -> str:
    """A title as part of an address.

    >>> key_of("Public Attitude Survey, 2016/17")
    'public-attitude-survey-2016-17'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")
