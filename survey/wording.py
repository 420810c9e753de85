"""How days, numbers and lists are written for people."""

import datetime as dt
from collections.abc import Sequence


def day(value: dt.date) -> str:
    """A day, as in 3 December 2026."""
    return f"{value.day} {value:%B %Y}"


def number(value: float) -> str:
    """A whole number with its thousands apart, as in 12,001."""
    return f"{value:,.0f}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a list in a sentence, as in a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
