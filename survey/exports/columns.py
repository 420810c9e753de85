"""The columns of a file, and how answers become them: whole columns at a time, so that a million rows take seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Column, QuestionSet
from questions import columns as merged
from questions.definition import SPECIAL, Question
from survey.exports.identifying import NEVER, ROUTE, SETTING, SOUGHT, Variable

NOTHING, UNKNOWN = -1, -2
WEIGHT, CLUSTER = "weight", "cluster"
Kind = Literal["code", "tick", "number", "weight"]
Places = NDArray[np.int16]
Values = NDArray[Any]  # places among `values` (-1: none), 1 and 0 (-1: none), or numbers as they are


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file. values: the codes that a place stands for, all versions' in the order they came.

    column: where its answers come from, None for what is no question. labels: the newest words of each value.
    low: the least number that any version takes, None where one of them does not say.
    """

    name: str
    kind: Kind
    label: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    column: Column | None
    question: str
    low: float | None = None

    @property
    def special(self) -> tuple[str, ...]:
        """The codes of it that are no opinions, but reasons for there being none."""
        return tuple(value for value in self.values if value in SPECIAL)


def fields_of(versions: Sequence[QuestionSet], shown: Mapping[str, tuple[str, ...]]) -> tuple[Field, ...]:
    """The columns of a file over all versions, oldest first: ours in front, so that later questions come at the end.

    shown: the values that each of the variables that may tell who somebody is has in the file; one that is left out is
    absent. Words that people wrote are left out, and ages as numbers.
    """
    found = [_of(column, versions, shown) for column in merged(versions) if _leaves(column, versions, shown)]
    taken = {one.name for one in found}
    own = [_ours(WEIGHT, "weight", (), "What this response counts for")]
    if ROUTE in shown:
        own.insert(0, _ours(ROUTE, "code", shown[ROUTE], "Who decided that this person takes part"))
    if SETTING in shown:
        own.append(_ours(CLUSTER, "code", shown[SETTING], "Setting, as a number drawn for this file"))
    return (*(_free(one, taken) for one in own), *found)


def _ours(name: str, kind: Kind, values: tuple[str, ...], label: str) -> Field:
    return Field(name, kind, label, values, values, None, name)


def _free(field: Field, taken: Iterable[str]) -> Field:
    """A column of ours under a name that no question has."""
    name = field.name
    while name in taken:
        name += "_"
    return Field(name, field.kind, field.label, field.values, field.labels, None, field.question)


def _leaves(column: Column, versions: Sequence[QuestionSet], shown: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a column may be in a file of rows at all."""
    if column.question in SOUGHT:
        return bool(shown.get(column.question))
    return column.question not in NEVER and _newest(column, versions).kind != "text"


def _newest(column: Column, versions: Sequence[QuestionSet]) -> Question:
    return versions[column.versions[-1] - 1].question(column.question)


def _of(column: Column, versions: Sequence[QuestionSet], shown: Mapping[str, tuple[str, ...]]) -> Field:
    words, newest = str(column.words), _newest(column, versions)
    if column.code is not None:
        label = f"{column.label}: {words}"
        return Field(column.name, "tick", label, (), (), column, column.question)
    labels = _labels(column, versions)
    values = shown.get(column.question) or tuple(labels)
    kind: Kind = "number" if newest.kind == "number" else "code"
    said = tuple(labels.get(value, value) for value in values)
    lows = [versions[number - 1].question(column.question).low for number in column.versions]
    low = None if None in lows else min(one for one in lows if one is not None)
    return Field(column.name, kind, words, values, said, column, column.question, low)


def _labels(column: Column, versions: Sequence[QuestionSet]) -> dict[str, str]:
    """The codes of a question in all versions, in the order they came, with their newest words."""
    found: dict[str, str] = {}
    for number in column.versions:
        asked = versions[number - 1].question(column.question)
        found |= {code: str(asked.label(code)) for code in asked.codes}
    return found


class Unreadable(ValueError):
    """An answer that the set never offered: the file would not say what was given, and so is not made."""


def filled(field: Field, question_set: QuestionSet, answers: Sequence[Mapping[str, Any]]) -> Values:
    """A column's values of people who answered one version of a set.

    Raises Unreadable for a code that no version offers.
    """
    column = field.column
    assert column is not None
    size = len(answers)
    if not column.belongs_to(question_set):
        return np.full(size, None if field.kind == "number" else NOTHING, dtype=_type(field))
    given = [one.get(column.question) for one in answers]
    if field.kind == "number":
        return _objects(given)
    if field.kind == "tick":
        ticks = [NOTHING if one is None else column.code in one for one in given]
        return np.array(ticks, dtype=np.int16)
    places: dict[Any, int] = {value: place for place, value in enumerate(field.values)} | {None: NOTHING}
    found = np.fromiter(map(places.get, given, repeat(UNKNOWN)), np.int16, size)
    if (found == UNKNOWN).any():
        raise Unreadable(f"Question {column.question} has an answer that no version of the set offers.")
    return found


def _type(field: Field) -> type:
    return object if field.kind == "number" else np.int16


def _objects(values: Sequence[Any]) -> Values:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def special_numbers(field: Field) -> dict[str, float]:
    """The number that stands for each code that is no opinion, where only numbers can stand: -8 and -9, or, of a
    question that takes numbers below 0 or without an end, ones that nobody may write."""
    far = 0 if field.kind == "code" or (field.low is not None and field.low >= 0) else 10**15
    usual = {DONT_KNOW: -8.0 - far, PREFER_NOT_TO_SAY: -9.0 - far}
    return {code: usual[code] for code in field.special}


def shown_values(variables: Sequence[Variable], steps: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The values that each variable has in a file; none of one that is left out, but for what is no question."""
    found = {one.key: one.step(steps[one.key]).values for one in variables}
    return {key: values for key, values in found.items() if values or key not in (ROUTE, SETTING)}
