"""One row of the survey sheet as a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from questions.arrangement import Asked, nearest
from questions.definition import DONT_KNOW, PREFER_NOT_TO_SAY, Kind, Question, key_faults
from questions.text import Text
from questions.xlsform import limits
from questions.xlsform.headings import OURS
from questions.xlsform.limits import WrongLimit
from questions.xlsform.lists import EXCLUSIVE, Listed
from questions.xlsform.row import Row

LIKERT = "likert"
WHOLE = re.compile(r"-?[0-9]{1,15}")
SELECTS = ("select_one", "select_multiple")
TYPES = ("text", "integer", "decimal", "range", *SELECTS)
OTHERS = ("note", "begin_group", "end_group", "calculate")

_EVERY = ("type", "name", "label", "hint", "required", "relevant", f"{OURS}sensitive")
_LIMITED = ("constraint", "constraint_message")
_NUMBERED = (f"{OURS}fallback", f"{OURS}{DONT_KNOW}", f"{OURS}{PREFER_NOT_TO_SAY}", "constraint_message")
_HOLDS = {
    "text": (*_EVERY, *_LIMITED),
    "integer": (*_EVERY, *_NUMBERED, "constraint"),
    "decimal": (*_EVERY, *_NUMBERED, "constraint"),
    "range": (*_EVERY, *_NUMBERED, "parameters"),
    "select_one": (*_EVERY, "appearance", "parameters", f"{OURS}fallback"),
    "select_multiple": (*_EVERY, *_LIMITED, "parameters", f"{OURS}fallback"),
}


class Sort(NamedTuple):
    """The type of a row: its first word, and the list that it takes."""

    name: str
    list_name: str = ""


def sort_of(row: Row) -> Sort:
    """The type of a row; an empty name where it cannot be read, which is noted."""
    told = row.needed("type", "Write one, like text, or empty the row.").split()
    first = told[0].lower() if told else ""
    if first in ("begin", "end"):
        told = ["_".join(told).lower()]
        first = told[0]
    if first in SELECTS:
        return Sort(first, _list_name(row, told))
    if len(told) == 1 and first in (*TYPES, *OTHERS):
        return Sort(first)
    if told:
        every = (*TYPES, *OTHERS[:3])
        guess = nearest(first, every) or f" It may be {', '.join(every)}."
        row.fault(
            f"“{row.word('type')}” is not a type that is read here. Change it, or take the row out.{guess}",
            "type",
        )
    return Sort("")


def of_no_kind(row: Row) -> None:
    """What can be told of a row whose type cannot be read: cells that say the same in every row."""
    for told in key_faults(row.word("name") or None):
        row.fault(told, "name")
    row.condition()
    row.flag("required")
    row.flag(f"{OURS}sensitive")


def _list_name(row: Row, told: list[str]) -> str:
    rest = told[1:]
    if rest[1:] and rest[-1] in ("or_other", "other"):
        row.fault("Take or_other out, and add a choice like “Something else” to the list.", "type")
    elif len(rest) != 1:
        row.fault(f"Write the type and one list from the choices sheet, like {told[0]} yes_no.", "type")
    return rest[0] if rest else ""


def asked(row: Row, sort: Sort, every: Mapping[str, Listed], seeds: set[str]) -> Asked:
    """A row as a question, or as much of it as the check of the order wants; `seeds` are those that there are."""
    key, show_if = row.needed("name", "Write the key of the question."), row.condition()
    for told in key_faults(key or None):
        row.fault(told, "name")
    label = row.needed_text("label", "Write what is asked.")
    row.only(_HOLDS[sort.name], f"A {sort.name} row")
    said = {**_said(row), **_of_its_kind(row, sort, every, seeds)}
    listed = every.get(sort.list_name)
    question = None
    if not row.wrong and label is not None and not (listed is not None and listed.wrong):
        with row.noting():
            question = Question(key=key, prompt=label, show_if=show_if, **said)
    return Asked(key or row.place(), show_if, question)


def _said(row: Row) -> dict[str, Any]:
    return {
        "hint": row.text("hint"),
        "required": row.flag("required"),
        "sensitive": row.flag(f"{OURS}sensitive"),
        "constraint_message": row.text("constraint_message"),
        "fallback": row.text(f"{OURS}fallback"),
    }


def _of_its_kind(row: Row, sort: Sort, every: Mapping[str, Listed], seeds: set[str]) -> dict[str, Any]:
    """The kind, the choices and the limits."""
    try:
        if sort.name in SELECTS:
            return _select(row, sort, every, seeds)
        if sort.name == "text":
            return {"kind": "text", "length": limits.length(row.word("constraint"))}
        return _number(row, sort.name)
    except WrongLimit as wrong:
        row.fault(str(wrong), "parameters" if sort.name == "range" else "constraint")
        return {"kind": "text"}


def _number(row: Row, name: str) -> dict[str, Any]:
    decimals = name == "decimal"
    low, high = (
        limits.span(row.word("parameters"))
        if name == "range"
        else limits.ends(row.word("constraint"), decimals)
    )
    special: dict[str, Text | None] = {
        code: row.text(f"{OURS}{code}") for code in (DONT_KNOW, PREFER_NOT_TO_SAY)
    }
    return {"kind": "number", "low": low, "high": high, "decimals": decimals, **special}


def _select(row: Row, sort: Sort, every: Mapping[str, Listed], seeds: set[str]) -> dict[str, Any]:
    many = sort.name == "select_multiple"
    kind: Kind = "many" if many else "scale" if _likert(row) else "one"
    listed = _listed(row, sort.list_name, every)
    if not many and any(choice.exclusive for choice in listed.choices):
        told = "This list has choices that stand alone, and here only one can be picked."
        row.fault(f"{told} Empty {EXCLUSIVE}, or give this question a list of its own.", "type")
    chance = _chance(row, kind, seeds)
    return {
        "kind": kind,
        "choices": tuple(listed.choices if chance.seed is None else listed.in_order_of(chance.seed)),
        DONT_KNOW: listed.special.get(DONT_KNOW),
        PREFER_NOT_TO_SAY: listed.special.get(PREFER_NOT_TO_SAY),
        "randomise": chance.for_each_person,
        "at_most": limits.at_most(row.word("constraint")) if many else None,
    }


def _listed(row: Row, name: str, every: Mapping[str, Listed]) -> Listed:
    listed = every.get(name)
    if listed is None:
        if name:
            guess = nearest(name, list(every)) or " Add it there."
            row.fault(f"There is no list “{name}” on the choices sheet.{guess}", "type")
        return Listed()
    listed.used = True
    return listed


def _likert(row: Row) -> bool:
    told = row.word("appearance")
    if told and told != LIKERT:
        row.fault(
            f"“{told}” is not an appearance that is read here. Write {LIKERT} for a scale, or nothing.",
            "appearance",
        )
    return told == LIKERT


class Chance(NamedTuple):
    """How chance orders the choices: anew for each person, or once for everybody by a fixed seed."""

    for_each_person: bool = False
    seed: int | None = None


def _chance(row: Row, kind: Kind, seeds: set[str]) -> Chance:
    try:
        said = limits.parameters(row.word("parameters"), ("randomize", "seed"))
        chance = _ordered(said, seeds)
    except WrongLimit as wrong:
        row.fault(str(wrong), "parameters")
        return Chance()
    if said and kind == "scale":
        row.fault(
            "The choices of a scale keep their order. Empty the cell, or take likert out.", "parameters"
        )
    return chance


def _ordered(said: Mapping[str, str], seeds: set[str]) -> Chance:
    by_chance = said.get("randomize", "false").lower()
    if by_chance not in ("true", "false"):
        raise WrongLimit("Write randomize=true, or nothing.")
    seed = said.get("seed", "")
    if seed and by_chance != "true":
        raise WrongLimit("A seed is nothing without randomize=true. Write both, or neither.")
    if WHOLE.fullmatch(seed):
        return Chance(seed=int(seed))
    if seed and not (seed.startswith("${") and seed[2:].removesuffix("}") in seeds):
        raise WrongLimit(
            "A seed is a whole number, or names a calculate row with once(random()), like ${order}. "
            "Mend it, or take seed out."
        )
    return Chance(for_each_person=by_chance == "true")
