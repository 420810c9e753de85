"""The condition language: the part of XLSForm's that staff know, as text and as a small frozen tree."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
ORDERINGS = ("<", "<=", ">", ">=")
DIGITS = 20  # the longest number that may be written in a condition
DEEPEST = 40  # brackets inside brackets

KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")  # of a question, a page or a set


class WrongCondition(ValueError):
    """A condition that cannot be read: what is wrong and how to mend it, and the character (from 1) where."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"character {position}: {message}")
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Comparison:
    """`${question} < 16`, `${question} = 'code'`."""

    question: str
    operator: str
    value: str | int | float

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise ValueError(f"{self.operator} is not a comparison: use one of {' '.join(OPERATORS)}")
        _refuse_unwritable(self.question, self.value)


@dataclass(frozen=True, slots=True)
class Selected:
    """`selected(${question}, 'code')`: the code is among the answers."""

    question: str
    code: str

    def __post_init__(self) -> None:
        _refuse_unwritable(self.question, self.code)


@dataclass(frozen=True, slots=True)
class Not:
    """`not(condition)`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    """`condition and condition`, two or more."""

    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        _refuse_lonely("and", self.conditions)


@dataclass(frozen=True, slots=True)
class Or:
    """`condition or condition`, two or more."""

    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        _refuse_lonely("or", self.conditions)


Condition = Comparison | Selected | Not | And | Or


def _refuse_unwritable(question: str, value: str | float) -> None:
    if not KEY.fullmatch(question):
        raise ValueError(f"{question!r} cannot be the key of a question")
    if isinstance(value, str):
        if "'" in value and '"' in value:
            raise ValueError(f"{value!r} holds both kinds of quotation mark: a condition can hold one")
    elif (isinstance(value, float) and not math.isfinite(value)) or len(numeral(value)) > DIGITS:
        raise ValueError(f"a number in a condition has at most {DIGITS} digits")


def _refuse_lonely(word: str, conditions: tuple[Condition, ...]) -> None:
    if len(conditions) < 2:
        raise ValueError(f"“{word}” joins two conditions or more")


def numeral(number: float) -> str:
    """A number as people write it: 3, -2, 1.5; never an exponent, never a trailing .0."""
    if isinstance(number, float):
        return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")
    return str(number)


def leaves(condition: Condition) -> Iterator[Comparison | Selected]:
    """The comparisons of a condition, from left to right."""
    if isinstance(condition, (Comparison, Selected)):
        yield condition
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)
    else:
        for part in condition.conditions:
            yield from leaves(part)


def mentioned(condition: Condition) -> set[str]:
    """The keys of the questions that a condition looks at."""
    return {leaf.question for leaf in leaves(condition)}


def as_data(condition: Condition) -> dict[str, Any]:
    """A condition as plain data, the form in which it travels to a phone.

    >>> as_data(parse("${age} < 16 and not(selected(${worries}, 'knives'))"))["and"][0]
    {'question': 'age', 'operator': '<', 'value': 16}
    """
    match condition:
        case Comparison(question, operator, value):
            return {"question": question, "operator": operator, "value": value}
        case Selected(question, code):
            return {"question": question, "selected": code}
        case Not(inner):
            return {"not": as_data(inner)}
        case And(parts):
            return {"and": [as_data(part) for part in parts]}
        case Or(parts):
            return {"or": [as_data(part) for part in parts]}


def written(condition: Condition) -> str:
    """The one text form of a condition; `parse` gives the same condition back."""
    match condition:
        case Comparison(question, operator, value):
            literal = _quoted(value) if isinstance(value, str) else numeral(value)
            return f"${{{question}}} {operator} {literal}"
        case Selected(question, code):
            return f"selected(${{{question}}}, {_quoted(code)})"
        case Not(inner):
            return f"not({written(inner)})"
        case And(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " or ".join(written(part) if isinstance(part, And) else _bracketed(part) for part in parts)


def _bracketed(condition: Condition) -> str:
    text = written(condition)
    return f"({text})" if isinstance(condition, (And, Or)) else text


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


class _Token(NamedTuple):
    sort: str
    text: str
    position: int


_TOKENS = re.compile(
    r"""(?P<space>\s+)
    | \$\{\s*(?P<question>[^{}]*?)\s*\}
    | '(?P<single>[^']*)'
    | "(?P<double>[^"]*)"
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
    | (?P<operator>!=|<=|>=|=|<|>)
    | (?P<word>[A-Za-z][A-Za-z_-]*)
    | (?P<mark>[(),])""",
    re.VERBOSE,
)

_STRANGERS = {
    "$": "A question is written ${key}, with both curly brackets.",
    "&": "Write the word and.",
    "|": "Write the word or.",
    "!": "Write not(...), or != between a question and a value.",
    "'": "This quotation mark has no partner. Close it with another '.",
    '"': 'This quotation mark has no partner. Close it with another ".',
    "‘": "Use straight quotation marks, like 'knives'.",
    "’": "Use straight quotation marks, like 'knives'.",
    "“": "Use straight quotation marks, like 'knives'.",
    "”": "Use straight quotation marks, like 'knives'.",
}


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKENS.match(text, place)
        if found is None:
            stranger = text[place]
            mend = _STRANGERS.get(stranger, f"{stranger!r} has no meaning here. Take it out.")
            raise WrongCondition(mend, place + 1)
        sort = found.lastgroup or ""
        if sort != "space":
            yield _Token(sort, found[sort], place + 1)
        place = found.end()
    yield _Token("end", "", len(text) + 1)


def parse(text: str) -> Condition:
    """Read a condition; raises WrongCondition with the place of the first thing that cannot be read."""
    parser = _Parser(list(_tokens(text)))
    condition = parser.either()
    parser.finish()
    return condition


class _Parser:
    """Recursive descent: `or` binds least, then `and`, then not(), selected(), brackets and comparisons."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.next
        self.place += 1
        return token

    def took(self, text: str) -> bool:
        found = self.next.sort in ("word", "mark") and self.next.text == text
        self.place += found
        return found

    def expect(self, mark: str, mend: str) -> None:
        if not self.took(mark):
            raise WrongCondition(mend, self.next.position)

    def finish(self) -> None:
        token = self.next
        if token.sort == "end":
            return
        if token.text.lower() in ("and", "or"):
            raise WrongCondition(f"Write {token.text.lower()} in small letters.", token.position)
        if token.text == ")":
            raise WrongCondition("This bracket closes nothing. Take it out.", token.position)
        raise WrongCondition("Join two comparisons with and, or with or.", token.position)

    def either(self) -> Condition:
        parts = [self.both()]
        while self.took("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Condition:
        parts = [self.single()]
        while self.took("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def single(self) -> Condition:
        if self.took("("):
            return self.inside()
        if self.took("not"):
            self.expect("(", "Write brackets after not: not(...).")
            return Not(self.inside())
        if self.took("selected"):
            return self.selected()
        return self.comparison()

    def inside(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise WrongCondition("There are too many brackets inside each other.", self.next.position)
        condition = self.either()
        self.expect(")", "A closing bracket ) is missing here.")
        self.depth -= 1
        return condition

    def selected(self) -> Condition:
        self.expect("(", "Write selected(${key}, 'code').")
        question = self.question()
        self.expect(",", "Put a comma between the question and the code: selected(${key}, 'code').")
        code = self.take()
        if code.sort not in ("single", "double"):
            raise WrongCondition("Put the code in quotation marks: selected(${key}, 'code').", code.position)
        self.expect(")", "A closing bracket ) is missing here.")
        return Selected(question, code.text)

    def comparison(self) -> Condition:
        question = self.question()
        operator = self.take()
        if operator.sort != "operator":
            raise WrongCondition("Write one of = != < <= > >= after the question.", operator.position)
        if self.next.sort == "operator":
            raise WrongCondition(f"Write {operator.text} once, then a value.", self.next.position)
        return Comparison(question, operator.text, self.value())

    def question(self) -> str:
        token = self.take()
        if token.sort != "question":
            raise WrongCondition(_instead_of_question(token), token.position)
        if not KEY.fullmatch(token.text):
            raise WrongCondition("Write the key of a question inside ${ }.", token.position)
        return token.text

    def value(self) -> str | int | float:
        token = self.take()
        if token.sort in ("single", "double"):
            return token.text
        if token.sort != "number":
            raise WrongCondition(_instead_of_value(token), token.position)
        if len(token.text) > DIGITS:
            raise WrongCondition(f"This number is too long. Use at most {DIGITS} digits.", token.position)
        return float(token.text) if "." in token.text else int(token.text)


def _instead_of_question(token: _Token) -> str:
    if token.sort == "end":
        return "Something is missing at the end: a question, like ${age}."
    if token.sort in ("single", "double", "number"):
        return "Put the question first, then the value: ${age} < 16."
    if token.sort == "word" and token.text not in ("and", "or"):
        return (
            f"“{token.text}” is not known here. There are and, or, not(...) and selected(${{key}}, 'code')."
        )
    return "Write a question here, like ${age}."


def _instead_of_value(token: _Token) -> str:
    if token.sort == "end":
        return "Something is missing at the end: a number, or a code in quotation marks."
    if token.sort == "question":
        return "Compare a question with a value, not with another question."
    if token.sort == "word":
        return f"Put quotation marks round the code: '{token.text}'."
    return "Write a number here, or a code in quotation marks."
