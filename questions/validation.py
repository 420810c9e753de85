"""From what a form sent to answers, or to words for the person about what to mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from questions.conditions import numeral
from questions.definition import (
    BIGGEST,
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    SPECIAL,
    UNSEEN,
    USUAL_LENGTH,
    Answer,
    Answers,
    Question,
    QuestionSet,
)
from questions.routing import path


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers that can be kept, and a message for each question whose answer cannot."""

    answers: dict[str, Answer]
    messages: dict[str, str]


Read = tuple[Answer, str]  # an answer and "", or None and a message

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6}|,[0-9]{1,2}|,[0-9]{4,6})?")


def validate(
    questions: Iterable[Question], form: Mapping[str, Sequence[str]], language: str | None = None
) -> Checked:
    """Read the fields of a form: each value list under the key of its question.

    A number question may send its box and its special code under the same name; an empty box is ignored.
    Fields that belong to no question are ignored. Blank is None, or a message where an answer is required.
    """
    answers: dict[str, Answer] = {}
    messages: dict[str, str] = {}
    for question in questions:
        sent = [value for value in form.get(question.key, ()) if value and not value.isspace()]
        answer, message = _READERS[question.kind](question, sent, language) if sent else (None, "")
        if message:
            messages[question.key] = message
        elif answer is None and question.required:
            messages[question.key] = _blank(question, language)
        else:
            answers[question.key] = answer
    return Checked(answers, messages)


def _read_one(question: Question, sent: list[str], language: str | None) -> Read:
    if len(sent) > 1:
        return None, "Choose one answer."
    if not question.has(sent[0]):
        return None, "Choose one of the answers on this page."
    return sent[0], ""


def _read_many(question: Question, sent: list[str], language: str | None) -> Read:
    ticked = set(sent)
    chosen = [code for code in question.codes if code in ticked]
    if len(chosen) < len(ticked):
        return None, "Choose from the answers on this page."
    message = _together(question, chosen, language)
    return (None, message) if message else (chosen, "")


def _together(question: Question, chosen: list[str], language: str | None) -> str:
    """What keeps these codes from standing together: an exclusive one among others, or too many."""
    alone = [code for code in chosen if code in question.exclusive]
    if alone and len(chosen) > 1:
        label = question.label(alone[0]).into(language)
        return f"You ticked “{label}” and something else. Untick one or the other."
    if question.at_most is not None and len(chosen) > question.at_most:
        if question.constraint_message:
            return question.constraint_message.into(language)
        return f"You can choose up to {question.at_most}. Untick {len(chosen) - question.at_most}."
    return ""


def _read_number(question: Question, sent: list[str], language: str | None) -> Read:
    if len(sent) > 1:
        special = next((code for code in sent if code in SPECIAL and question.has(code)), None)
        if special is None:
            return None, "Write one number."
        return None, f"Write a number or choose “{question.label(special).into(language)}”, not both."
    value = sent[0].strip()
    if question.has(value):
        return value, ""
    if not _NUMBER.fullmatch(value):
        return None, _how_to_write(question)
    number = float(value.replace(",", "."))
    if not question.decimals and ("." in value or "," in value):
        return None, _how_to_write(question)
    message = _out_of_range(question, number, language)
    return (None, message) if message else (int(number) if number.is_integer() else number, "")


def _how_to_write(question: Question) -> str:
    if question.decimals:
        return "Write a number in figures, like 12 or 1.5."
    return "Write a whole number in figures, like 12."


def _out_of_range(question: Question, number: float, language: str | None) -> str:
    low, high = question.low, question.high
    too_low, too_high = low is not None and number < low, high is not None and number > high
    if (too_low or too_high) and question.constraint_message:
        return question.constraint_message.into(language)
    if low is not None and high is not None and (too_low or too_high):
        return f"Write a number from {numeral(low)} to {numeral(high)}."
    if low is not None and too_low:
        return f"Write {numeral(low)} or a bigger number."
    if high is not None and too_high:
        return f"Write {numeral(high)} or a smaller number."
    return ""


def _read_text(question: Question, sent: list[str], language: str | None) -> Read:
    if len(sent) > 1:
        return None, "Write one answer."
    text = clean(sent[0])
    return (None, message) if (message := _too_long(question, text, language)) else (text or None, "")


def clean(text: str) -> str:
    """Text as it is kept: one kind of line end, nothing that cannot be seen or stored, no space around it."""
    return UNSEEN.sub("", _NEWLINES.sub("\n", text).replace("\t", " ")).strip()


def _too_long(question: Question, text: str, language: str | None) -> str:
    room = question.length or USUAL_LENGTH
    if len(text) <= room:
        return ""
    if question.constraint_message:
        return question.constraint_message.into(language)
    return f"You have written {len(text)} characters. There is room for {room}. Take out {len(text) - room}."


_READERS: dict[str, Callable[[Question, list[str], str | None], Read]] = {
    "one": _read_one,
    "scale": _read_one,
    "many": _read_many,
    "number": _read_number,
    "text": _read_text,
}


def _blank(question: Question, language: str | None) -> str:
    ask = {"number": "Write a number", "text": "Write an answer"}.get(question.kind, "Choose an answer")
    ways = [code for code in (PREFER_NOT_TO_SAY, DONT_KNOW) if question.has(code)]
    if not ways:
        return f"{ask} to go on."
    return f"{ask} to go on. “{question.label(ways[0]).into(language)}” is fine too."


def missing(question_set: QuestionSet, answers: Answers) -> tuple[str, ...]:
    """The keys of the required questions on the path that have no answer."""
    asked = (question for page in path(question_set, answers) for question in page.questions)
    return tuple(
        question.key for question in asked if question.required and answers.get(question.key) is None
    )


def check(question_set: QuestionSet, answers: Answers) -> dict[str, str]:
    """What is wrong with stored or imported answers, by key; empty when all can be kept."""
    known = {question.key: question for question in question_set.questions}
    found: dict[str, str] = {}
    for key, answer in answers.items():
        question = known.get(key)
        message = _unfit(question, answer) if question else "No question has this key."
        if message:
            found[key] = message
    return found


def _unfit(question: Question, answer: Answer) -> str:
    if answer is None:
        return ""
    if question.kind == "many":
        return _unfit_many(question, answer)
    if question.kind == "text":
        return _unfit_text(question, answer)
    if isinstance(answer, str) and question.has(answer):
        return ""
    if question.kind == "number" and isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return _unfit_number(question, answer)
    return f"{_shown(answer)} is not an answer to this question.{_known(question)}"


def _unfit_many(question: Question, answer: Answer) -> str:
    if not isinstance(answer, list) or not answer:
        return "This question takes a list of codes, or nothing."
    for code in answer:
        if not isinstance(code, str) or not question.has(code):
            return f"{_shown(code)} is not an answer to this question.{_known(question)}"
    if len(set(answer)) < len(answer):
        return "A code is in the list twice."
    return _together(question, answer, None)


def _unfit_text(question: Question, answer: Answer) -> str:
    if not isinstance(answer, str):
        return f"{_shown(answer)} is not text."
    if not answer or clean(answer) != answer:
        return "The text is empty or holds characters that cannot be kept."
    return _too_long(question, answer, None)


def _unfit_number(question: Question, number: float) -> str:
    if not abs(number) <= BIGGEST:
        return "This is not a number that can be kept."
    if not question.decimals and number != int(number):
        return f"{_shown(number)} is not a whole number."
    return _out_of_range(question, number, None)


def _shown(answer: object) -> str:
    if isinstance(answer, int) and abs(answer) > 10**15:
        return "This number"
    text = str(answer)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _known(question: Question) -> str:
    if question.kind == "number":
        return " Give a number."
    return f" Its codes are {', '.join(question.codes)}."
