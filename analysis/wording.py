"""The sentences that go with a figure: what its design lets us say, and a row read out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

CLAIMS = {
    "probability": "A random sample: the interval says how far chance may have taken the figure from that of everyone. "
    "It does not allow for people who were drawn and did not answer.",
    "gatekept": "Young people were reached through schools and youth settings. This is not a probability "
    "sample: the intervals allow for chance, and not for the settings that did not take part.",
    "quota": "People were chosen to fill quotas. This is not a probability sample: "
    "the intervals allow for chance, and not for how people were chosen.",
    "open": "Anyone with the link could answer, so the figures speak only for those who did. "
    "The {name} assumes that, given the weighting, those who answered are like those who did not.",
}


def interval_name(kind: str, confidence: float) -> str:
    """As AAPOR asks: samples that nobody drew at random have model intervals.

    >>> interval_name("open", 0.95)
    '95 % model interval'
    """
    return f"{confidence * 100:.4g} % {'model' if kind == 'open' else 'confidence'} interval"


def footer(kind: str, confidence: float) -> str:
    return CLAIMS[kind].format(name=interval_name(kind, confidence))


def explain(row: Mapping[str, Any], by: tuple[str, ...], name: str, statistic: str = "proportion") -> str:
    """One row in a sentence.

    >>> row = {"measure": "worry", "level": ("very", "fairly"), "borough": "Camden", "estimate": 0.42,
    ...        "ci_low": 0.381, "ci_high": 0.462, "n": 412, "flag": "", "reason": "", "kind": "gatekept"}
    >>> explain(row, ("borough",), "95 % confidence interval")
    'Of the 412 people with borough Camden who answered worry, 42 % (weighted) said very or fairly; \
the 95 % confidence interval is 38 to 46 in every 100.'
    """
    where = " and ".join(f"{column} {row[column]}" for column in by)
    if row["estimate"] is None:
        return f"Not shown{f' for {where}' if where else ''}: {row['reason']}."
    if row["n"] == 0:
        return f"Nobody{f' with {where}' if where else ''} answered {row['measure']}."
    people = f"the {row['n']:,} people{f' with {where}' if where else ''} who answered {row['measure']}"
    if statistic != "proportion":
        return _amount(row, statistic, where, name)
    said = _said(row["level"])
    low, high = row["ci_low"] * 100, row["ci_high"] * 100
    between = (
        f"the {name} is {low:.0f} to {high:.0f} in every 100"
        if low == low and high == high
        else f"a {name} cannot be worked out"
    )
    warning = f" Read it with care: {row['reason']}." if row["flag"] else ""
    return f"Of {people}, {_percent(row['estimate'])} (weighted) {said}; {between}.{warning}"


def _amount(row: Mapping[str, Any], statistic: str, where: str, name: str) -> str:
    being = "" if row["level"] is None else f" being {_listed(row['level'])}"
    what = f"the {statistic} of {row['measure']}{being}"
    if row["estimate"] != row["estimate"]:
        return f"From {row['n']:,} people{f' with {where}' if where else ''}, {what} cannot be worked out."
    low, high = row["ci_low"], row["ci_high"]
    between = f"the {name} is {low:,.4g} to {high:,.4g}" if low == low else f"a {name} cannot be worked out"
    warning = f" Read it with care: {row['reason']}." if row["flag"] else ""
    people = f"{row['n']:,} people{f' with {where}' if where else ''} who answered"
    return f"From {people}, {what} is {row['estimate']:,.4g} (weighted); {between}.{warning}"


def explain_difference(row: Mapping[str, Any], name: str, statistic: str = "proportion") -> str:
    """A comparison in a sentence; "no clear difference" is never "no difference".

    >>> row = {"measure": "worry", "level": "very", "compared": "Camden", "against": "everyone", "estimate": 0.041,
    ...        "ci_low": -0.012, "ci_high": 0.094, "verdict": "no clear difference", "flag": "", "reason": ""}
    >>> explain_difference(row, "95 % confidence interval")
    'worry (very): no clear difference between Camden and everyone (+4 points; the 95 % confidence interval is \
-1 to +9).'
    """
    what = row["measure"] + (f" ({_listed(row['level'])})" if row["level"] is not None else "")
    shares = statistic == "proportion"
    told = _points if shares else "{:+,.4g}".format
    points = [told(row[one]) for one in ("estimate", "ci_low", "ci_high")]
    size = f"{points[0]}{' points' if shares else ''}; the {name} is {points[1]} to {points[2]}"
    if row["ci_low"] != row["ci_low"]:
        size = f"a {name} cannot be worked out"
    sides = f"{row['compared']} and {row['against']}"
    verdict = f"{row['compared']} is {row['verdict']} than {row['against']}"
    if row["verdict"] == "no clear difference":
        verdict = f"no clear difference between {sides}"
    elif row["verdict"] == "cannot be tested":
        verdict = f"the difference between {sides} cannot be tested"
    warning = f" Read it with care: {row['reason']}." if row["flag"] else ""
    return f"{what}: {verdict} ({size}).{warning}"


def _points(share: float) -> str:
    return f"{share * 100:+.0f}" if share == share else ""


def told(key: object) -> str:
    """A key of a table as words: its values, one after the other."""
    if isinstance(key, Mapping):
        return f"{key['measure']}" if key.get("level") is None else str(key["level"])
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _listed(level: Hashable) -> str:
    if not isinstance(level, tuple):
        return str(level)
    return (" or " if type(level) is tuple else " and ").join(map(str, level))


def _said(level: Hashable) -> str:
    if level is None:
        return "said yes"
    return f"said {_listed(level)}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
