"""The columns of an export over all versions of a set: a value never stands under another code's heading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from questions.definition import Answers, QuestionSet
from questions.text import Text

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the export of all versions: a question, or one code of a question that takes many.

    `words` and `label` are the newest; `versions` are those that ask it, numbered from 1.
    """

    name: str
    question: str
    code: str | None
    words: Text
    label: Text | None
    versions: tuple[int, ...]

    def cell(self, question_set: QuestionSet, answers: Answers) -> Cell:
        """What a person who answered that set has here; None where it was not asked, offered or answered.

        `answers` are those that count: `on_path(question_set, answers)`.
        """
        answer = answers.get(self.question) if self.belongs_to(question_set) else None
        if isinstance(answer, list):
            return self.code in answer
        return answer if self.code is None else None

    def belongs_to(self, question_set: QuestionSet) -> bool:
        """Whether a set can have anything here: the question, asked in this way, with this code."""
        try:
            asked = question_set.question(self.question)
        except KeyError:
            return False
        if self.code is None:
            return asked.kind != "many"
        return asked.kind == "many" and asked.has(self.code)


def columns(versions: Iterable[QuestionSet]) -> tuple[Column, ...]:
    """The columns of the export over all versions, oldest first; a later version only adds some at the end.

    >>> from questions import columns, read, shipped
    >>> [column.name for column in columns([shipped("pulse")])]
    ['worry_knife_crime', 'safe_dark', 'heard_of_change']
    """
    found: dict[str, Column] = {}
    for number, question_set in enumerate(versions, 1):
        for column in _columns(question_set):
            before = found[column.name].versions if column.name in found else ()
            found[column.name] = replace(column, versions=(*before, number))
    return tuple(found.values())


def _columns(question_set: QuestionSet) -> Iterator[Column]:
    for question in question_set.questions:
        if question.kind != "many":
            yield Column(question.key, question.key, None, question.prompt, None, ())
            continue
        for code in question.codes:
            name = f"{question.key}.{code}"
            yield Column(name, question.key, code, question.prompt, question.label(code), ())
