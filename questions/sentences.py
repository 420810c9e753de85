"""Conditions as the sentences that staff read: “How old are you?” is under 16, and “Worries?” includes “Knives”."""

from __future__ import annotations

from questions.conditions import And, Comparison, Condition, Not, Or, Selected, numeral
from questions.definition import Question, QuestionSet

_ORDERED = {"<": "is under", "<=": "is at most", ">": "is over", ">=": "is at least"}


def sentence(condition: Condition, question_set: QuestionSet, language: str | None = None) -> str:
    """A condition in words, with the questions and answers as people see them in a language.

    >>> from questions import parse, shipped
    >>> sentence(parse("${at_school} = 'yes'"), shipped("youth_survey"))
    '“Do you go to school or college?” is “Yes”'

    Raises:
        KeyError: the set has no such question.
    """
    match condition:
        case Comparison(key) | Selected(key):
            question = question_set.question(key)
            return f"“{question.prompt.into(language)}” {_leaf(condition, question, language)}"
        case Not(Comparison(key) | Selected(key) as leaf):
            question = question_set.question(key)
            return f"“{question.prompt.into(language)}” {_unless(leaf, question, language)}"
        case Not(inner):
            return f"it is not so that {_part(inner, question_set, language)}"
        case And(parts):
            return " and ".join(_part(part, question_set, language) for part in parts)
        case Or(parts):
            return " or ".join(_part(part, question_set, language) for part in parts)


def _part(condition: Condition, question_set: QuestionSet, language: str | None) -> str:
    told = sentence(condition, question_set, language)
    return f"({told})" if isinstance(condition, (And, Or)) else told


def _leaf(leaf: Comparison | Selected, question: Question, language: str | None) -> str:
    if isinstance(leaf, Selected):
        includes = "includes" if question.kind == "many" else "is"
        return f"{includes} {_value(leaf.code, question, language)}"
    if leaf.operator in _ORDERED:
        return f"{_ORDERED[leaf.operator]} {_value(leaf.value, question, language)}"
    if leaf.value == "":
        return "is answered"
    verb = "is" if leaf.operator == "=" else "is answered, and is not"
    return f"{verb} {_value(leaf.value, question, language)}"


def _unless(leaf: Comparison | Selected, question: Question, language: str | None) -> str:
    """A comparison turned round: an answer that is not there makes it true."""
    if isinstance(leaf, Comparison) and leaf.value == "":
        return "is not answered"
    told = _leaf(leaf, question, language)
    if isinstance(leaf, Comparison) and leaf.operator == "!=":
        return f"is {_value(leaf.value, question, language)}, or is not answered"
    verb, rest = told.split(" ", 1)
    negated = {"is": "is not", "includes": "does not include"}[verb]
    return f"{negated} {rest}" if verb == "includes" else f"{negated} {rest}, or is not answered"


def _value(value: str | float, question: Question, language: str | None) -> str:
    code = value if isinstance(value, str) else numeral(value)
    if question.has(code):
        return f"“{question.label(code).into(language)}”"
    return f"“{value}”" if isinstance(value, str) else code
