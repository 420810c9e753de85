"""What a column of a past survey may be, and what its words may mean: proposed, for somebody to change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Question, Text
from survey.importing.answers import band_of
from survey.importing.files import Column
from survey.places import Place
from survey.places.names import UnknownBorough, borough_named

OUT, ASK, TICK, AGE, OWN = "out", "ask", "tick", "age", "own"
NO_ANSWER, TICKED, NOT_TICKED, ITS_OWN = "-", "yes", "no", "+"
AGE_BAND, BOROUGH = "age_band", "borough"
OWN_KINDS = {
    "one": "A question of its own: one answer",
    "number": "A question of its own: a number",
    "text": "A question of its own: free text",
}
NOTHING = {
    "na",
    "n a",
    "nan",
    "null",
    "none",
    "missing",
    "no answer",
    "not answered",
    "not stated",
    "skipped",
}
YES, NO = (
    {"1", "yes", "true", "ja", "oui", "ticked", "selected", "quoted", "x"},
    {"0", "2", "no", "false", "nein"},
)
NOT_YES = ("not ", "untick", "unselect", "unquote")
DO_NOT_KNOW = re.compile(r"\b(do not|don t|dont) know\b|\bnot sure\b|\bunsure\b|weiss (es )?nicht")
RATHER_NOT = re.compile(r"\b(prefer|rather|want) not\b|\bnot say\b|\brefused\b|keine angabe")
AGES = {"age", "age in years", "alter", "how old are you", "age_band", "age band"}
MOST_CHOICES = 40  # different words of a column that is taken for a question with choices
FEWEST_REPEATS = 2  # people for each of them, on average


class Target(NamedTuple):
    """What a column is: left out, the answer to a question, a tick of one with many answers, an age, or its own."""

    sort: str
    key: str = ""
    code: str = ""

    @classmethod
    def of(cls, told: str) -> Target:
        """As a form says it: `ask worry`, `tick helps clubs`, `own one`."""
        return cls(*[*told.split(" "), "", ""][:3])

    def __str__(self) -> str:
        return " ".join(filter(None, self))


def options_of(questions: Iterable[Question], *, own: bool) -> list[tuple[str, str]]:
    """Everything that a column may be, as a form says it and in words; own: also a question made of it."""
    found = [(OUT, "Leave this column out")]
    found += [(f"{OWN} {kind}", told) for kind, told in OWN_KINDS.items()] if own else []
    for question in questions:
        if question.kind == "many":
            found += [
                (f"{TICK} {question.key} {code}", f"{question.key}: {question.label(code).into('en')}")
                for code in question.codes
            ]
            continue
        found.append((f"{ASK} {question.key}", f"{question.key}: {question.prompt.into('en')}"))
        if question.key == AGE_BAND:
            found.append((f"{AGE} {question.key}", f"{question.key}, from an age in years"))
    return found


def target_of(
    column: Column, words: Counter[str], questions: Sequence[Question], place: Place, *, own: bool
) -> Target:
    """What a column is proposed to be: by its name, by the words of the question in its label, or by its boroughs."""
    said = {plain(column.name), plain(column.label)} - {""}
    for question in questions:
        if question.key == AGE_BAND and (said & AGES) and words and _ages(words):
            return Target(AGE, AGE_BAND)
        if question.kind == "many":
            for code in question.codes:
                names = {f"{question.key} {code}", *map(plain, _every(question.label(code)))}
                if said & names or plain(column.name) == plain(f"{question.key}_{code}"):
                    return Target(TICK, question.key, code)
        elif said & {plain(question.key), *map(plain, _every(question.prompt))}:
            return Target(ASK, question.key)
    where = next((question for question in questions if question.key == BOROUGH), None)
    if where is not None and words and _boroughs(words, column, where, place) > words.total() / 2:
        return Target(ASK, BOROUGH)
    return _own(column, words) if own else Target(OUT)


def _boroughs(words: Counter[str], column: Column, where: Question, place: Place) -> int:
    """How many people gave the name of a borough; a number could be one by chance alone."""
    told = [(word, n) for word, n in words.most_common(MOST_CHOICES) if not is_number(column.said(word))]
    return sum(n for word, n in told if _borough(column.said(word), where, place))


def _own(column: Column, words: Counter[str]) -> Target:
    """Free text, and what is different for nearly everybody (as a number of a row is), is not taken unasked."""
    many = words.total() / max(1, len(words))
    if column.labels or (len(words) <= MOST_CHOICES and many >= FEWEST_REPEATS):
        return Target(OWN, "one")
    if many >= FEWEST_REPEATS and all(is_number(word) for word in words):
        return Target(OWN, "number")
    return Target(OUT)


def _ages(words: Counter[str]) -> bool:
    return sum(n for word, n in words.items() if band_of(word)) > words.total() / 2


def _every(text: Text) -> list[str]:
    return [text.source, *(words for _, words in text.translations)]


def plain(told: str) -> str:
    """Words without capitals, signs and underscores.

    >>> plain("How_safe  do you FEEL?"), plain("helps.clubs")
    ('how safe do you feel', 'helps clubs')
    """
    return re.sub(r"[\W_]+", " ", told.casefold()).strip()


def is_number(word: str) -> bool:
    """Whether a word is a number, with a point or a comma.

    >>> is_number("7"), is_number("-1,5"), is_number("7 years")
    (True, True, False)
    """
    return re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,15})?", word, re.ASCII) is not None


def meanings_of(target: Target, question: Question | None) -> list[tuple[str, str]]:
    """What a word of a column may mean, as a form says it and in words; nothing where words are taken as they are."""
    nothing = (NO_ANSWER, "No answer")
    if target.sort == TICK:
        return [(TICKED, "Ticked"), (NOT_TICKED, "Not ticked"), nothing]
    if target == (OWN, "one", ""):
        return [
            (ITS_OWN, "An answer of its own"),
            (DONT_KNOW, "I don’t know"),
            (PREFER_NOT_TO_SAY, "I’d rather not say"),
            nothing,
        ]
    if question is None or question.kind in ("number", "text"):
        return [nothing]
    return [(code, f"{question.label(code).into('en')} ({code})") for code in question.codes] + [nothing]


def meaning_of(word: str, column: Column, target: Target, question: Question | None, place: Place) -> str:
    """What a word is proposed to mean; empty where somebody has to say."""
    said = plain(column.said(word))
    if target.sort == TICK:
        return _tick(word, said, column)
    nothing = word in column.missing or said in NOTHING or not said
    if target == (OWN, "one", ""):
        return _no_opinion(said, None) or (NO_ANSWER if nothing else ITS_OWN)
    if question is None or question.kind in ("number", "text"):
        return NO_ANSWER if nothing else ""
    return _code(word, column, question, place) or (NO_ANSWER if nothing else "")


def _code(word: str, column: Column, question: Question, place: Place) -> str:
    """The code of a question that a word stands for; empty where none does."""
    said = plain(column.said(word))
    for code in question.codes:
        if {plain(word), said} & {plain(code), *map(plain, _every(question.label(code)))}:
            return code
    if found := _no_opinion(said, question):
        return found
    return _borough(column.said(word), question, place) if question.key == BOROUGH else ""


def _tick(word: str, said: str, column: Column) -> str:
    if word in column.missing or said in NOTHING:
        return NO_ANSWER
    if said in YES:
        return TICKED
    if said in NO or said.startswith(NOT_YES):
        return NOT_TICKED
    return TICKED if said in {plain(column.name), plain(column.label)} else ""


def _no_opinion(said: str, question: Question | None) -> str:
    """ "Don't know" and "prefer not to say" in words, where the question has them (None: it takes what it needs)."""
    for code, pattern in ((DONT_KNOW, DO_NOT_KNOW), (PREFER_NOT_TO_SAY, RATHER_NOT)):
        if pattern.search(said) and (question is None or question.has(code)):
            return code
    return ""


def _borough(said: str, question: Question, place: Place) -> str:
    try:
        code = borough_named(said, place).code
    except UnknownBorough:
        return ""
    return code if question.has(code) else ""
