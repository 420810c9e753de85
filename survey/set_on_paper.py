"""A question set on paper: every question with its number, and who skips to where."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from babel import Locale, UnknownLocaleError

from questions import And, Comparison, Condition, Not, Or, Question, QuestionSet, Selected, Text
from questions import Page as Screen
from questions.conditions import numeral
from questions.definition import USUAL_LENGTH
from questions.messages import Message, _
from questions.piping import NOTHING
from questions.text import PIPE
from survey.languages import Language

LETTERS_A_LINE, FEWEST_LINES, MOST_LINES = 75, 2, 8
FEW_BOXES, MOST_BOXES = 4, 8


def offered(question_set: QuestionSet, known: Mapping[str, Language]) -> list[tuple[str, str]]:
    """The languages that people may choose to answer in, the set's own first: each with its name."""
    return [(code, name) for code, name in tongues(question_set, known) if code in question_set.offered]


def tongues(question_set: QuestionSet, known: Mapping[str, Language]) -> list[tuple[str, str]]:
    """The languages that a set can be printed in, its own first: each with its name."""
    every = (question_set.language, *(one for one in question_set.languages if one != question_set.language))
    return [(code, known[code].name if code in known else code) for code in every]


# Who skips to where


@dataclass(frozen=True, slots=True)
class Skip:
    """Who goes on at a question, and which number, from 1, is next for everybody else (None: the end)."""

    condition: Condition
    else_to: int | None


def skips(question_set: QuestionSet) -> list[tuple[Skip, ...]]:
    """What must be said before each question, so that whoever reads from the top answers what is on their path.

    A condition is said once, and not again while all who come there have read it.
    """
    own = [_conditions(screen, question) for screen in question_set.pages for question in screen.questions]
    told, read = [], list[Condition]()
    for number, conditions in enumerate(own, 1):
        read = list(takewhile(conditions.__contains__, read))
        new = [one for one in conditions if one not in read]
        told.append(tuple(Skip(one, _first_without(one, own, number)) for one in new))
        read += new
    return told


def _conditions(screen: Screen, question: Question) -> tuple[Condition, ...]:
    both = (screen.show_if, question.show_if)
    return tuple(dict.fromkeys(one for one in both if one is not None))


def _first_without(condition: Condition, own: Sequence[tuple[Condition, ...]], after: int) -> int | None:
    return next((n for n, ours in enumerate(own, 1) if n > after and condition not in ours), None)


# The form


@dataclass(frozen=True, slots=True)
class Routed:
    """Who goes on, in words, and the number of the question for everybody else (None: the end)."""

    only_if: str
    else_to: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on paper; `lines` to write on, or `boxes` for the figures of a number."""

    number: int
    question: Question
    routed: tuple[Routed, ...]
    lines: int
    boxes: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a set on paper, and who skips all of it."""

    screen: Screen
    routed: tuple[Routed, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A set as a form in one language: its own words in `language`, the fixed sentences as `spoken` says them."""

    question_set: QuestionSet
    language: str
    spoken: Language

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        try:
            return Locale.parse(self.language.partition("-")[0]).text_direction
        except (UnknownLocaleError, ValueError):
            return "ltr"

    def words(self, text: Text) -> str:
        """A text as it can be printed: an answer that would stand in it is left open, or named."""
        return PIPE.sub(lambda found: self._instead(found[1]), text.into(self.language))

    def _instead(self, key: str) -> str:
        question = self.question_set.asked(key)
        if question is None:
            return NOTHING
        fallback = question.fallback
        if fallback is not None:
            return fallback.into(self.language)
        return self.spoken.say(_("[your answer to question %(number)s]", number=self._number(key)))

    def _number(self, key: str) -> int:
        return next(n for n, one in enumerate(self.question_set.questions, 1) if one.key == key)

    def sheets(self) -> Iterator[Sheet]:
        """Every page in order."""
        every, number = skips(self.question_set), 1
        for screen in self.question_set.pages:
            of_page = [one for one in every[number - 1] if one.condition == screen.show_if]
            asked = list[Asked]()
            for question in screen.questions:
                own = [one for one in every[number - 1] if asked or one not in of_page]
                asked.append(
                    Asked(number, question, self._routed(own), lines_for(question), boxes_for(question))
                )
                number += 1
            yield Sheet(screen, self._routed(of_page), tuple(asked))

    def _routed(self, found: Sequence[Skip]) -> tuple[Routed, ...]:
        return tuple(Routed(self.spoken.say(self._clause(one.condition)), one.else_to) for one in found)

    # Conditions, as they are said to whoever holds the form

    def _clause(self, condition: Condition) -> Message:
        match condition:
            case Comparison() | Selected():
                return self._said(condition)
            case Not(Comparison(key, _op, "")):
                return _("you left question %(number)s empty", number=self._number(key))
            case Not(Comparison(key, "=", value) | Selected(key, value)):
                return _("you did not say %(answer)s to question %(number)s", **self._values(key, value))
            case Not(inner):
                return _("it is not so that %(condition)s", condition=self._clause(inner))
            case And(parts):
                return _joined(AND, [self._part(part) for part in parts])
            case Or(parts):
                return self._one_of(parts) or _joined(OR, [self._part(part) for part in parts])

    def _part(self, condition: Condition) -> Message:
        """A condition inside another."""
        clause = self._clause(condition)
        return _("(%(condition)s)", condition=clause) if isinstance(condition, (And, Or)) else clause

    def _said(self, leaf: Comparison | Selected) -> Message:
        value = leaf.code if isinstance(leaf, Selected) else leaf.value
        if value == "":
            return _("you answered question %(number)s", number=self._number(leaf.question))
        operator = "=" if isinstance(leaf, Selected) else leaf.operator
        return Message(SAID[operator].sentence, **self._values(leaf.question, value))

    def _one_of(self, parts: Sequence[Condition]) -> Message | None:
        """Several answers to one question, in one clause."""
        picked = [_picked(part) for part in parts]
        keys = {one[0] for one in picked if one}
        if None in picked or len(keys) > 1:
            return None
        answers = [self._values(*one)["answer"] for one in picked if one]
        return Message(SAID["="].sentence, answer=_joined(OR, answers), number=self._number(*keys))

    def _values(self, key: str, value: str | float) -> dict[str, object]:
        question, code = self.question_set.question(key), value if isinstance(value, str) else numeral(value)
        if not question.has(code):
            return {"answer": code, "number": self._number(key)}
        label = question.label(code).into(self.language)
        return {"answer": _("“%(label)s”", label=label), "number": self._number(key)}


AND, OR = _("%(one)s and %(other)s"), _("%(one)s or %(other)s")
SAID = {
    "=": _("you said %(answer)s to question %(number)s"),
    "!=": _("you answered question %(number)s, and did not say %(answer)s"),
    "<": _("your answer to question %(number)s is under %(answer)s"),
    "<=": _("your answer to question %(number)s is %(answer)s or less"),
    ">": _("your answer to question %(number)s is over %(answer)s"),
    ">=": _("your answer to question %(number)s is %(answer)s or more"),
}


def _picked(condition: Condition) -> tuple[str, str | float] | None:
    match condition:
        case Selected(key, value) | Comparison(key, "=", value) if value != "":
            return key, value
    return None


def _joined(word: Message, parts: Sequence[object]) -> Message:
    """All the parts in one; half by half, so that a thousand of them are not a thousand deep."""
    half = len(parts) // 2
    both = (each[0] if len(each) == 1 else _joined(word, each) for each in (parts[:half], parts[half:]))
    one, other = both
    return Message(word.sentence, one=one, other=other)


def lines_for(question: Question) -> int:
    """How many lines there are to write on."""
    if question.kind != "text":
        return 0
    wanted = math.ceil((question.length or USUAL_LENGTH) / LETTERS_A_LINE)
    return min(max(wanted, FEWEST_LINES), MOST_LINES)


def boxes_for(question: Question) -> int:
    """How many boxes a whole number needs, one for each figure; none where it may have decimals."""
    if question.kind != "number" or question.decimals or (question.low or 0) < 0:
        return 0
    return min(len(numeral(question.high)), MOST_BOXES) if question.high is not None else FEW_BOXES
