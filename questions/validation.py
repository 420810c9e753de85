"""From what a form sent to answers, or to words for the person about what to mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import decimal

from questions.conditions import numeral
from questions.definition import (
    BIGGEST,
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    SPECIAL,
    USUAL_LENGTH,
    Answer,
    Answers,
    Question,
    QuestionSet,
)
from questions.messages import Message, _
from questions.routing import path
from questions.text import UNSEEN, Text


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers that can be kept, and a message for each question whose answer cannot."""

    answers: dict[str, Answer]
    messages: dict[str, Message]


Read = tuple[Answer, Message | None]  # an answer and None, or None and a message

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_POINT = str.maketrans({"٫": "."})  # as Arabic writes it
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6}|,[0-9]{1,2}|,[0-9]{4,6})?")


def validate(questions: Iterable[Question], form: Mapping[str, Sequence[str]]) -> Checked:
    """Read the fields of a form: each value list under the key of its question.

    A number question may send its box and its special code under the same name; an empty box is ignored.
    Fields that belong to no question are ignored. Blank is None, or a message where an answer is required.
    """
    answers: dict[str, Answer] = {}
    messages: dict[str, Message] = {}
    for question in questions:
        sent = [value for value in form.get(question.key, ()) if value and not value.isspace()]
        answer, message = _READERS[question.kind](question, sent) if sent else (None, None)
        if message:
            messages[question.key] = message
        elif answer is None and question.required:
            messages[question.key] = blank(question)
        else:
            answers[question.key] = answer
    return Checked(answers, messages)


def _read_one(question: Question, sent: list[str]) -> Read:
    if len(sent) > 1:
        return None, _("Choose one answer.")
    if not question.has(sent[0]):
        return None, _("Choose one of the answers on this page.")
    return sent[0], None


def _read_many(question: Question, sent: list[str]) -> Read:
    ticked = set(sent)
    chosen = [code for code in question.codes if code in ticked]
    if len(chosen) < len(ticked):
        return None, _("Choose from the answers on this page.")
    message = _together(question, chosen)
    return (None, message) if message else (chosen, None)


def _together(question: Question, chosen: list[str]) -> Message | None:
    """What keeps these codes from standing together: an exclusive one among others, or too many."""
    alone = [code for code in chosen if code in question.exclusive]
    if alone and len(chosen) > 1:
        label = question.label(alone[0])
        return _("You ticked “%(label)s” and something else. Untick one or the other.", label=label)
    if question.at_most is not None and len(chosen) > question.at_most:
        if question.constraint_message:
            return _own_words(question.constraint_message)
        most, over = question.at_most, len(chosen) - question.at_most
        return _("You can choose up to %(most)s. Untick %(over)s.", most=most, over=over)
    return None


def _own_words(message: Text) -> Message:
    """What the set itself says to somebody whose answer does not fit."""
    return Message("%(words)s", words=message)


def _read_number(question: Question, sent: list[str]) -> Read:
    if len(sent) > 1:
        special = next((code for code in sent if code in SPECIAL and question.has(code)), None)
        if special is None:
            return None, _("Write one number.")
        label = question.label(special)
        return None, _("Write a number or choose “%(label)s”, not both.", label=label)
    value = _in_figures(sent[0].strip())
    if question.has(value):
        return value, None
    if not _NUMBER.fullmatch(value):
        return None, how_to_write(question)
    number = float(value.replace(",", "."))
    if not question.decimals and ("." in value or "," in value):
        return None, how_to_write(question)
    message = _out_of_range(question, number)
    return (None, message) if message else (int(number) if number.is_integer() else number, None)


def _in_figures(value: str) -> str:
    """Figures of any script as 0 to 9: a phone set to Arabic or Bengali writes its own."""
    return "".join(str(decimal(one)) if one.isdecimal() else one for one in value).translate(_POINT)


def how_to_write(question: Question) -> Message:
    """What to say where no number can be read."""
    if question.decimals:
        return _("Write a number in figures, like 12 or 1.5.")
    return _("Write a whole number in figures, like 12.")


def _out_of_range(question: Question, number: float) -> Message | None:
    low, high = question.low, question.high
    inside = (low is None or number >= low) and (high is None or number <= high)
    return None if inside else outside(question)


def outside(question: Question) -> Message | None:
    """What to say of a number outside the limits of a question; None where it has none."""
    low, high = question.low, question.high
    if low is None and high is None:
        return None
    if question.constraint_message:
        return _own_words(question.constraint_message)
    if low is None or high is None:
        if low is None:
            return _("Write %(high)s or a smaller number.", high=numeral(high or 0))
        return _("Write %(low)s or a bigger number.", low=numeral(low))
    return _("Write a number from %(low)s to %(high)s.", low=numeral(low), high=numeral(high))


def _read_text(question: Question, sent: list[str]) -> Read:
    if len(sent) > 1:
        return None, _("Write one answer.")
    text = clean(sent[0])
    return (None, message) if (message := _too_long(question, text)) else (text or None, None)


def clean(text: str) -> str:
    """Text as it is kept: one kind of line end, nothing that cannot be seen or stored, no space around it."""
    return UNSEEN.sub("", _NEWLINES.sub("\n", text).replace("\t", " ")).strip()


def _too_long(question: Question, text: str) -> Message | None:
    room = question.length or USUAL_LENGTH
    if len(text) <= room:
        return None
    if question.constraint_message:
        return _own_words(question.constraint_message)
    return _(
        "You have written %(written)s characters. There is room for %(room)s. Take out %(over)s.",
        written=len(text),
        room=room,
        over=len(text) - room,
    )


_READERS: dict[str, Callable[[Question, list[str]], Read]] = {
    "one": _read_one,
    "scale": _read_one,
    "many": _read_many,
    "number": _read_number,
    "text": _read_text,
}


def blank(question: Question) -> Message:
    """What to say where a required question was left without an answer."""
    ask = _ASK.get(question.kind, _("Choose an answer to go on."))
    ways = [code for code in (PREFER_NOT_TO_SAY, DONT_KNOW) if question.has(code)]
    if not ways:
        return ask
    return _("%(ask)s “%(label)s” is fine too.", ask=ask, label=question.label(ways[0]))


_ASK = {"number": _("Write a number to go on."), "text": _("Write an answer to go on.")}


def as_sent(answer: Answer) -> list[str]:
    """An answer as a form would send it: what `validate` reads back."""
    if answer is None:
        return []
    return answer if isinstance(answer, list) else [str(answer)]


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
    return _together(question, answer) or ""


def _unfit_text(question: Question, answer: Answer) -> str:
    if not isinstance(answer, str):
        return f"{_shown(answer)} is not text."
    if not answer or clean(answer) != answer:
        return "The text is empty or holds characters that cannot be kept."
    return _too_long(question, answer) or ""


def _unfit_number(question: Question, number: float) -> str:
    if not abs(number) <= BIGGEST:
        return "This is not a number that can be kept."
    if not question.decimals and number != int(number):
        return f"{_shown(number)} is not a whole number."
    return _out_of_range(question, number) or ""


def _shown(answer: object) -> str:
    if isinstance(answer, int) and abs(answer) > 10**15:
        return "This number"
    text = str(answer)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _known(question: Question) -> str:
    if question.kind == "number":
        return " Give a number."
    return f" Its codes are {', '.join(question.codes)}."
