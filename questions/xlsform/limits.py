"""What a form says of an answer's limits: the constraint and the parameters of a question, both ways."""

from __future__ import annotations

import re
from typing import NamedTuple

from questions.conditions import numeral
from questions.definition import Question

_NUMBER = r"(-?[0-9]{1,16}(?:\.[0-9]{1,350})?)"
_LOW = re.compile(rf"\.\s*>=\s*{_NUMBER}")
_HIGH = re.compile(rf"\.\s*<=\s*{_NUMBER}")
_MOST = re.compile(r"count-selected\(\s*\.\s*\)\s*<=\s*([0-9]{1,9})")
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*<=\s*([0-9]{1,9})")
_PARAMETER = re.compile(r"([^\s=,;]+)\s*=\s*([^\s=,;]+)[\s,;]*")

RANGE = {"start": "1", "end": "10", "step": "1"}  # what XLSForm takes where a range says nothing


class WrongLimit(ValueError):
    """A limit that cannot be asked here, and what to do."""


class Ends(NamedTuple):
    """The least and the most that a number may be."""

    low: float | None = None
    high: float | None = None


def constraint(question: Question) -> str:
    """The limits of a question as a constraint; nothing where it has none.

    >>> from questions import Text
    >>> constraint(Question("age", "number", Text("How old?"), low=10, high=25))
    '. >= 10 and . <= 25'
    """
    if question.at_most is not None:
        return f"count-selected(.) <= {question.at_most}"
    if question.length is not None:
        return f"string-length(.) <= {question.length}"
    ends = ((">=", question.low), ("<=", question.high))
    return " and ".join(f". {sign} {numeral(end)}" for sign, end in ends if end is not None)


def ends(told: str, decimals: bool) -> Ends:
    """The ends in a constraint of a number; raises WrongLimit.

    >>> ends(". >= 10 and . <= 25", decimals=False)
    Ends(low=10, high=25)
    """
    found: dict[str, float] = {}
    for part in re.split(r"\s+and\s+", told) if told else ():
        for name, pattern in (("low", _LOW), ("high", _HIGH)):
            end = pattern.fullmatch(part)
            if end is not None and name not in found:
                found[name] = _number(end[1], decimals)
                break
        else:
            raise WrongLimit("Write the limits like . >= 10 and . <= 25, or one of the two.")
    return Ends(**found)


def _number(told: str, decimals: bool) -> float:
    if "." not in told:
        return int(told)
    if not decimals:
        raise WrongLimit(f"{told} is not a whole number. Write a whole one, or make the type decimal.")
    return float(told)


def at_most(told: str) -> int | None:
    """The number of answers in a constraint of a select_multiple; raises WrongLimit."""
    return _whole(told, _MOST, "Write how many may be picked like count-selected(.) <= 3.")


def length(told: str) -> int | None:
    """The number of characters in a constraint of a text; raises WrongLimit."""
    return _whole(told, _LENGTH, "Write how many characters there may be like string-length(.) <= 300.")


def _whole(told: str, pattern: re.Pattern[str], mend: str) -> int | None:
    found = pattern.fullmatch(told)
    if told and found is None:
        raise WrongLimit(mend)
    return int(found[1]) if found else None


def parameters(told: str, known: tuple[str, ...]) -> dict[str, str]:
    """The parameters of a question by name; raises WrongLimit for one that is not known.

    >>> parameters("start=1, end=5", ("start", "end"))
    {'start': '1', 'end': '5'}
    """
    if _PARAMETER.sub("", told.strip()):
        raise WrongLimit(f"Write it like {known[0]}={RANGE.get(known[0], 'true')}.")
    found = dict(_PARAMETER.findall(told))
    if len(found) < len(_PARAMETER.findall(told)):
        raise WrongLimit("One of them is written twice. Keep one.")
    for name in found:
        if name not in known:
            raise WrongLimit(f"{name} is not known here. Take it out: there may be {', '.join(known)}.")
    return found


def span(told: str) -> Ends:
    """The ends of a range; raises WrongLimit.

    >>> span("start=0 end=100")
    Ends(low=0, high=100)
    """
    said = {**RANGE, **parameters(told, tuple(RANGE))}
    if said["step"] != "1":
        raise WrongLimit("Numbers go up in steps of 1 here. Take step out, or make the type decimal.")
    if not all(re.fullmatch(r"-?[0-9]{1,16}", said[name]) for name in ("start", "end")):
        raise WrongLimit("start and end must be whole numbers. Change them, or make the type decimal.")
    return Ends(int(said["start"]), int(said["end"]))
