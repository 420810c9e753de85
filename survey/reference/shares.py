"""Figures as shares of 1, and bases as whole numbers: with a comma or a point, in percent or not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from survey.reference.columns import unit_of
from survey.reference.decided import Ask, Assumption, Choices, Decided, Rows

PERCENT, SHARE, MIXED = "percent", "share", "mixed"
NONE = frozenset(
    {
        "-",
        "–",
        "—",
        "n/a",
        "na",
        "#n/a",
        "..",
        "...",
        ".",
        "*",
        ":",
        "x",
        "c",
        "[c]",
        "[x]",
        "[z]",
        "[u]",
        "null",
    }
)
_FIGURE = re.compile(r"(\d{1,3}(?:[.,]\d{1,12})?|[.,]\d{1,12}) ?(%|per ?cent)?", re.I)
_BASE = re.compile(r"\d{1,3}(?:([., '’\u00a0\u202f])\d{3})(?:\1\d{3})*|\d{1,9}")
UNITS = (
    (PERCENT, "percentages: 0.5 is half of one in every 100"),
    (SHARE, "shares of 1: 0.5 is half of all people"),
    (MIXED, "some of each: up to 1 they are shares, above it percentages"),
)


def decide(rows: Rows, heading: str, choices: Choices) -> Decided[float]:
    """How the figures of a column are read, as shares from 0 to 1. choices: `unit`, where somebody was asked."""
    found: Decided[float] = Decided()
    bare: dict[str, Decimal] = {}
    signed: dict[str, Decimal] = {}
    for told in rows:
        figure = _FIGURE.fullmatch(told)
        if told.casefold() in NONE or not told:
            found.without[told] = f"no figure (“{told}”)" if told else "no figure"
        elif figure is None:
            found.wrong[told] = f"“{told}” cannot be read as a figure. Write it as 34.9, 34,9 %, or 0.349."
        else:
            (signed if figure[2] else bare)[told] = Decimal(figure[1].replace(",", "."))
    unit = _unit(bare, heading, choices, rows, found)
    for told, number in [*signed.items(), *bare.items()]:
        _keep(told, number, PERCENT if told in signed else unit, found)
    found.assumed += [*_sign(rows, [*bare, *signed]), *_percent(rows, signed)]
    return found


def _keep(told: str, number: Decimal, unit: str, found: Decided[float]) -> None:
    if not unit:
        return
    share = number if unit == SHARE or (unit == MIXED and number <= 1) else number / 100
    if share <= 1:
        found.values[told] = float(share)
    elif unit == SHARE:
        found.wrong[told] = (
            f"“{told}” is more than 1, and the others are shares of 1. Write all of them one way."
        )
    else:
        found.wrong[told] = f"“{told}” is more than 100 in every 100."


def _unit(bare: dict[str, Decimal], heading: str, choices: Choices, rows: Rows, found: Decided[float]) -> str:
    """What figures without a sign are: what the heading and the figures say together, or what was chosen; "" to ask."""
    low = [told for told, number in bare.items() if 0 < number <= 1]
    high = [told for told, number in bare.items() if number > 1]
    said = unit_of(heading)
    if not low and not high:
        return PERCENT  # nothing, or zero, which is zero either way
    if high and (not low or said == PERCENT):
        first = next((told for told in high if bare[told] <= 100), high[0])
        return _told(PERCENT, f"“{first}” in row {rows[first]} is {first} in every 100.", found)
    if low and not high and said == SHARE:
        hundreds = f"{bare[low[0]] * 100:f}".rstrip("0").rstrip(".") if bare[low[0]] != 1 else "100"
        return _told(SHARE, f"“{low[0]}” in row {rows[low[0]]} is {hundreds} in every 100.", found)
    chosen = choices.get("unit", "")
    options = tuple(one for one in UNITS if not high or one[0] != SHARE)
    if not high:
        options = options[:2]
    chosen = chosen if chosen in dict(options) else ""
    found.asks.append(Ask("unit", _question(low, high, heading, rows), options, chosen))
    return _told(chosen, f"You said that they are {dict(options)[chosen]}.", found) if chosen else ""


def _told(unit: str, told: str, found: Decided[float]) -> str:
    words = {PERCENT: "percentages", SHARE: "shares of 1", MIXED: "of both kinds"}[unit]
    found.assumed.append(Assumption("Unit", f"The figures are {words}. {told}"))
    return unit


def _question(low: list[str], high: list[str], heading: str, rows: Rows) -> str:
    if high:
        return (
            f"“{low[0]}” (row {rows[low[0]]}) stands beside “{high[0]}” (row {rows[high[0]]}). What are they? "
            "The heading does not say."
        )
    return f"No figure is above 1, as “{low[0]}” in row {rows[low[0]]}, under the heading “{heading}”. What are they?"


def _sign(rows: Rows, figures: Iterable[str]) -> list[Assumption]:
    """Which decimal signs there are."""
    found: dict[str, str] = {}
    for told in figures:
        found.setdefault("," if "," in told else "." if "." in told else "", told)
    found.pop("", None)
    names = {",": "a comma", ".": "a point"}
    examples = [f"{names[sign]}, as in “{told}” (row {rows[told]})" for sign, told in found.items()]
    return (
        [Assumption("Decimal sign", f"Before decimals stands {' or '.join(examples)}.")] if examples else []
    )


def _percent(rows: Rows, signed: dict[str, Decimal]) -> list[Assumption]:
    told = next(iter(signed), None)
    if told is None:
        return []
    return [Assumption("Unit", f"“{told}” in row {rows[told]} says itself that it is a percentage.")]


def decide_bases(rows: Rows) -> Decided[int | None]:
    """How the bases of a column are read: whole numbers, or None where nothing is said."""
    found: Decided[int | None] = Decided()
    thousands: list[str] = []
    for told in rows:
        number = _BASE.fullmatch(told)
        if not told or told.casefold() in NONE:
            found.values[told] = None
        elif number is None or not int(re.sub(r"\D", "", told)):
            found.wrong[told] = f"“{told}” is no number of people. Write a whole number, or leave it empty."
        else:
            found.values[told] = int(re.sub(r"\D", "", told))
            thousands += [told] if number[1] else []
    if thousands:
        told = f"“{thousands[0]}” in row {rows[thousands[0]]} is {found.values[thousands[0]]:,} people."
        found.assumed.append(Assumption("Bases", told))
    return found
