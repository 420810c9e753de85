"""What somebody typed from a form on paper: a code for each answer, and what a phone would have sent for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Answer, Question, QuestionSet, path, validate

NOT_ANSWERED, TWO_TICKS, UNREADABLE = "-", "=", "?"  # no code begins with one of these
MARKS = {NOT_ANSWERED: "not answered", TWO_TICKS: "two ticks", UNREADABLE: "unreadable"}
_BESIDE_A_NUMBER = {DONT_KNOW: "d", PREFER_NOT_TO_SAY: "p"}
LONGEST_SHOWN = 30

Typed = Mapping[str, str]  # what was typed, by the key of its question


def short_codes(question: Question) -> dict[str, str]:
    """What may be typed instead of each code of a question: its place, as printed beside it.

    There is none where codes of its own are figures, so that no figure means two things; beside a number that is
    written, the two special answers have a letter.
    """
    if question.kind == "number":
        return {code: _BESIDE_A_NUMBER[code] for code in question.codes}
    if any(code.isdecimal() for code in question.codes):
        return {}
    return {code: str(place) for place, code in enumerate(question.codes, 1)}


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A form as one person typed it: what a response would hold, what is wrong, and what is not on the path.

    answers: by the keys of the questions on the path, None for what was not answered or cannot be taken. faults: a
    sentence for each question that has to be mended. aside: the keys of questions that were answered although the
    person should have passed them over; they do not count. marks: how many answers were two ticks or unreadable.
    """

    answers: dict[str, Answer]
    faults: dict[str, str]
    aside: tuple[str, ...]
    marks: Counter[str]


def read(question_set: QuestionSet, typed: Typed) -> FilledIn:
    """Read what was typed of a form, with the same rules as what a phone sends.

    A question that has to be answered on a phone may be left out on paper: nobody was there to ask again.
    """
    answers: dict[str, Answer] = {}
    faults: dict[str, str] = {}
    for number, question in enumerate(question_set.questions, 1):
        told = typed.get(question.key, "").strip()
        answer, fault = _read(question, number, told) if told else (None, "")
        answers[question.key] = answer
        if fault:
            faults[question.key] = fault
    on_path = {question.key for page in path(question_set, answers) for question in page.questions}
    for number, question in enumerate(question_set.questions, 1):
        if question.key in on_path and not typed.get(question.key, "").strip():
            faults[question.key] = (
                f"Question {number} is still empty. Type {NOT_ANSWERED} if it was not answered."
            )
    return FilledIn(
        {key: answer for key, answer in answers.items() if key in on_path},
        faults,
        tuple(key for key, answer in answers.items() if answer is not None and key not in on_path),
        Counter(mark for mark in map(str.strip, typed.values()) if mark in (TWO_TICKS, UNREADABLE)),
    )


def _read(question: Question, number: int, told: str) -> tuple[Answer, str]:
    """The answer in what was typed for a question, and what is wrong with it; "" for nothing."""
    if told in MARKS:
        return None, ""
    sent, strange = _sent(question, told)
    if strange:
        return None, _no_code(question, number, strange)
    if question.kind in ("one", "scale") and len(sent) > 1:
        return None, f"Question {number} takes one answer. If two are crossed, type {TWO_TICKS}."
    checked = validate([replace(question, required=False)], {question.key: sent})
    if checked.messages:
        told_phone = checked.messages[question.key]
        return None, f"Question {number}: {told_phone} {_if_it_says_so(question)}".rstrip()
    return checked.answers[question.key], ""


def _sent(question: Question, told: str) -> tuple[list[str], str]:
    """What a phone would send, and the first word that is no code; "" where all are."""
    if question.kind == "text":
        return [told], ""
    if question.kind == "number":
        return [_code(question, told) or told], ""
    words = [one for one in re.split(r"[\s,;+]+", told) if one]
    found = [_code(question, one) for one in words]
    strange = next((word for word, code in zip(words, found, strict=True) if code is None), "")
    return [code for code in found if code is not None], strange


def _code(question: Question, word: str) -> str | None:
    """The code that a word means: itself in any case, or what is printed for short."""
    if question.has(word):
        return word
    meant = {short: code for code, short in short_codes(question).items()}
    same = [code for code in question.codes if code.casefold() == word.casefold()]
    return meant.get(word.casefold()) or (same[0] if len(same) == 1 else None)


def _no_code(question: Question, number: int, word: str) -> str:
    shown = word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}…"
    shorts = short_codes(question)
    codes = f"1 to {len(shorts)}, as printed beside them" if shorts else ", ".join(question.codes)
    return f"“{shown}” is no answer to question {number}. Its codes are {codes}."


def _if_it_says_so(question: Question) -> str:
    """What to type where the form itself has what cannot be taken."""
    if question.kind == "many":
        return f"If the form has more crosses than that, type {TWO_TICKS}."
    return f"If the form says so, type {UNREADABLE}." if question.kind == "number" else ""


def differences(question_set: QuestionSet, first: Typed, second: Typed) -> tuple[str, ...]:
    """The keys of the questions that two people typed differently; how words are spaced or pointed is no difference."""
    return tuple(
        question.key
        for question in question_set.questions
        if _meaning(question, first.get(question.key, "")) != _meaning(question, second.get(question.key, ""))
    )


def _meaning(question: Question, typed: str) -> tuple[str, ...]:
    """What two people must agree on: codes in any order, a number, the words of a text, or a mark."""
    told = typed.strip()
    if not told or told in MARKS:
        return ("",) if not told else (told,)
    if question.kind == "text":
        return tuple(re.findall(r"\w+", told.casefold()))
    answer, fault = _read(question, 0, told)
    if fault:
        return (told,)
    return tuple(answer) if isinstance(answer, list) else (str(answer),)


def meant(question: Question, typed: str) -> str:
    """What was typed, in words for staff: the labels of its codes, a mark by its name, or what is written."""
    told = typed.strip()
    if told in MARKS or not told:
        return MARKS.get(told, "nothing")
    answer, fault = _read(question, 0, told)
    if fault or answer is None:
        return told
    codes = answer if isinstance(answer, list) else [str(answer)]
    return "; ".join(str(question.label(code)) if question.has(code) else code for code in codes)
