"""Which column is which: proposed by its heading, and changeable."""

from __future__ import annotations

import re
from collections.abc import Sequence

DATE, AREA, MEASURE, PROPORTION, BASE = "date", "area", "measure", "proportion", "base"
NEEDED = frozenset({DATE, AREA, PROPORTION})
NAMES = {
    DATE: "the date at which the period ends",
    AREA: "the area",
    MEASURE: "the measure, if there are several",
    PROPORTION: "the figure",
    BASE: "how many people were asked, if it is known",
}
HEADINGS = {
    DATE: (
        "date", "end date", "period", "period end", "period ending", "quarter", "quarter end", "quarter ending",
        "month", "year", "financial year", "year ending", "12 months to", "datum", "zeitraum", "quartal", "jahr",
    ),
    AREA: (
        "area", "area name", "area code", "borough", "borough name", "local authority", "council", "district",
        "gss", "gss code", "lad", "geography", "gebiet", "bezirk",
    ),
    MEASURE: ("measure", "indicator", "metric", "question", "item", "topic", "merkmal", "frage"),
    PROPORTION: (
        "proportion", "share", "percent", "per cent", "percentage", "pct", "figure", "value", "estimate", "result",
        "rate", "anteil", "prozent", "wert",
    ),
    BASE: (
        "base", "unweighted base", "n", "sample", "sample size", "respondents", "interviews", "people", "basis",
        "fallzahl",
    ),
}  # fmt: skip
PERCENT = frozenset({"percent", "percentage", "pct", "prozent", "cent"})
SHARE = frozenset({"proportion", "share", "fraction"})


def plain(heading: str) -> str:
    """A heading without what people write in different ways.

    >>> plain("Share (%)"), plain("GSS_code")
    ('share percent', 'gss code')
    """
    return " ".join(re.sub(r"[\W_]+", " ", heading.casefold().replace("%", " percent ")).split())


def known(heading: str) -> str | None:
    """Which of our columns a heading means.

    >>> known("Anteil in %"), known("mps_proportion")
    ('proportion', None)
    """
    told = plain(heading)
    for name, headings in HEADINGS.items():
        if told in headings:
            return name
    return next(
        (
            name
            for name, every in HEADINGS.items()
            if any(len(h) > 3 and told.startswith(f"{h} ") for h in every)
        ),
        None,
    )


def proposed(headings: Sequence[str]) -> dict[str, int]:
    """The column, counted from 0, of each of ours that the headings name: the first, where several do."""
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        name = known(heading) if heading else None
        if name and name not in found:
            found[name] = at
    return found


def unit_of(heading: str) -> str:
    """What a heading says of its figures: "percent", "share" (of 1), or "" where it says neither.

    >>> unit_of("Share (%)"), unit_of("proportion"), unit_of("value")
    ('percent', 'share', '')
    """
    words = set(plain(heading).split())
    return "percent" if words & PERCENT else "share" if words & SHARE else ""
