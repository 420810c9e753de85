"""Questions with many answers, each of which a column of a past survey ticks: of a published set, or of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from questions import Question
from questions.naming import code_from
from survey.importing.columns import Choices, Planned
from survey.importing.making import NONE_OF_THESE, SPECIAL, OwnTicks
from survey.importing.proposing import NO_ANSWER, TICK


def none_field(name: str) -> str:
    """The field that says which answer those gave who ticked nothing of a question."""
    return f"none {name}"


@dataclass(frozen=True, slots=True)
class Ticks:
    """A question with many answers and the columns that tick them. question: None where it is made of them.

    name: what its fields are called after; key and wording: of the question.
    """

    name: str
    key: str
    wording: str
    columns: tuple[Planned, ...]
    question: Question | None = None

    @property
    def codes(self) -> list[str]:
        """The code that each column ticks."""
        if self.question is not None:
            return [one.target.code for one in self.columns]
        return self._own("").codes

    @property
    def may_be_none(self) -> list[tuple[str, str]]:
        """Which answers people may have given who ticked nothing: those that no column has, as code and words."""
        if self.question is None:
            return [(code_from(NONE_OF_THESE, self.codes), NONE_OF_THESE)]
        ticked, labels = self.codes, ((code, self.question.label(code)) for code in self.question.codes)
        return [(code, told.into("en")) for code, told in labels if code not in ticked]

    def otherwise(self, choices: Choices) -> str:
        """The code of those who ticked nothing: as it was chosen, or the one that stands alone and has no column."""
        allowed = [code for code, _ in self.may_be_none]
        chosen = choices.get(none_field(self.name))
        if chosen == NO_ANSWER:
            return ""
        if chosen in allowed:
            return str(chosen)
        if self.question is None:
            return "" if any(_says_none(one.answer) for one in self.columns) else allowed[0]
        alone = (code for code in allowed if code in self.question.exclusive and code not in SPECIAL)
        return next(alone, "")

    def asked(self, choices: Choices) -> Question:
        """The question; raises WrongDefinition where there can be no such."""
        return self.question or self._own(self.otherwise(choices)).question()

    def _own(self, otherwise: str) -> OwnTicks:
        return OwnTicks(self.key, self.wording, tuple(one.answer for one in self.columns), otherwise)


def ticks_of(planned: Sequence[Planned]) -> list[Ticks]:
    """The questions that columns tick the answers of."""
    columns: dict[tuple[str, str], list[Planned]] = {}
    for one in (one for one in planned if one.ticks):
        name = one.target.key if one.target.sort == TICK else one.group
        columns.setdefault((one.target.sort, name), []).append(one)
    return [
        Ticks(name, first.key or name, first.wording, (first, *more), first.question)
        for (_, name), (first, *more) in columns.items()
    ]


def _says_none(answer: str) -> bool:
    return re.match(r"(none|nothing|neither|no, none)\b", answer.casefold()) is not None
