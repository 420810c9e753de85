"""A question set of what a past survey asked, where no published one fits: made of its own columns and of the bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from questions import (
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    Choice,
    Kind,
    Page,
    Question,
    QuestionSet,
    Text,
    WrongDefinition,
    bank,
    write,
)
from questions.audit import ENGLISH
from questions.definition import only_in
from questions.naming import code_from
from survey.importing.answers import number_of
from survey.importing.files import Column
from survey.importing.proposing import ITS_OWN

NONE_OF_THESE = "None of these"
SPECIAL = {DONT_KNOW: "I don’t know", PREFER_NOT_TO_SAY: "I’d rather not say"}


def standard_questions() -> list[Question]:
    """The questions of the bank that everybody may be asked, each key once."""
    found: dict[str, Question] = {}
    for entry in bank():
        asked = [page for page in entry.pages if page.show_if is None]
        for question in (question for page in asked for question in page.questions):
            if question.show_if is None:
                found.setdefault(question.key, question)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Own:
    """A question made of a column: its key, its wording as it was asked, and what each of its words means.

    Of kind "many" a cell holds several answers, and these are its words.
    """

    column: Column
    kind: Kind
    key: str
    wording: str
    meanings: Mapping[str, str]

    def codes(self) -> dict[str, str]:
        """The code of each word, in the order of the words; a word that is no answer has none."""
        found: dict[str, str] = {}
        for word, meaning in self.meanings.items():
            if meaning == ITS_OWN:
                found[word] = code_from(self.column.said(word), found.values())
            elif meaning in SPECIAL:
                found[word] = meaning
        return found

    def question(self, words: Counter[str], decimal: str) -> Question:
        """The question; raises WrongDefinition where there can be no such."""
        prompt = Text(self.wording)
        if self.kind in ("one", "many"):
            choices = tuple(
                Choice(code, Text(self.column.said(word)))
                for word, code in self.codes().items()
                if code not in SPECIAL
            )
            given = set(self.codes().values())
            dont_know, rather_not = (
                Text(words) if code in given else None for code, words in SPECIAL.items()
            )
            return Question(
                self.key,
                self.kind,
                prompt,
                choices=choices,
                dont_know=dont_know,
                prefer_not_to_say=rather_not,
            )
        if self.kind == "text":
            return Question(self.key, self.kind, prompt, length=max(map(len, words), default=1))
        numbers = [float(str(n)) for n in _numbers((w for w in words if w not in self.meanings), decimal)]
        return Question(
            self.key,
            self.kind,
            prompt,
            low=min(numbers, default=0),
            high=max([*numbers, min(numbers, default=0) + 1]),
            decimals=any(not n.is_integer() for n in numbers),
        )


@dataclass(frozen=True, slots=True)
class OwnTicks:
    """A question with many answers, of which each has a column that ticks it. otherwise: the code of none of them."""

    key: str
    wording: str
    answers: tuple[str, ...]
    otherwise: str = ""

    @property
    def codes(self) -> list[str]:
        """The code of each answer."""
        found: list[str] = []
        for answer in self.answers:
            found.append(code_from(answer, found))
        return found

    def question(self) -> Question:
        """The question; raises WrongDefinition where there can be no such."""
        every = zip(self.codes, self.answers, strict=True)
        choices = [Choice(code, Text(answer)) for code, answer in every]
        if self.otherwise:
            choices.append(Choice(self.otherwise, Text(NONE_OF_THESE), exclusive=True))
        return Question(self.key, "many", Text(self.wording), choices=tuple(choices))


def _numbers(words: Iterable[str], decimal: str) -> list[object]:
    found: list[object] = []
    for word in words:
        try:
            found.append(number_of(word, "", decimal))
        except ValueError:
            continue  # that it is none is said where its row is read
    return found


def made_set(
    key: str, title: str, language: str, questions: Sequence[Question], fault: Callable[[str], None]
) -> QuestionSet | None:
    """A set that asks these questions, a page each; None where there can be none, and `fault` is told why."""
    standard = [one.prompt for one in standard_questions() if one in questions]
    if standard and language not in ENGLISH:
        fault("The standard questions are in English. Make questions of their own of these columns instead.")
        return None
    try:
        pages = tuple(Page(question.key, (only_in(question, set()),)) for question in questions)
        made = QuestionSet(key, Text(title), language, pages)
        write(made)
    except WrongDefinition as wrong:
        for told in wrong.messages:
            fault(told)
        return None
    return made
