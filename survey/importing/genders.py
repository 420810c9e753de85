"""Which gender a word of a past survey says, in the ways in which forms write it; nothing else is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from questions import Question

GENDER = "gender"
NAMES = {"sex", "your sex", "what is your sex", "geschlecht", "sexe", "your gender", "gender identity"}
FEMALE, MALE, ANOTHER = "female", "male", "another"
WORDS = {
    FEMALE: {
        "f",
        "w",
        "fem",
        "female",
        "females",
        "woman",
        "women",
        "girl",
        "girls",
        "lady",
        "weiblich",
        "frau",
    }
    | {"mädchen", "fille", "femme"},
    MALE: {"m", "masc", "male", "males", "man", "men", "boy", "boys", "männlich", "mann", "junge", "garçon"}
    | {"homme"},
}
OTHERS = {"another", "another word", "i use another word", "other", "another gender", "other gender", "x"} | {
    *("non binary", "nonbinary", "enby", "divers", "diverse", "prefer to self describe", "self described"),
}
LITTLE = {"a", "an", "i", "am", "or", "and", "young", "identify", "as"}
LEAST_KNOWN = 0.9  # of the people, for a column to be taken for their gender by its words alone


def gender_of(said: str) -> str:
    """The gender that a word says; "" where it says none, or more than that.

    >>> [gender_of(one) for one in ("F", "Girl or woman", "young man", "Non-binary", "trans man", "1", "")]
    ['female', 'female', 'male', 'another', '', '', '']
    """
    told = " ".join(re.findall(r"[^\W_]+", said.casefold()))
    if told in OTHERS:
        return ANOTHER
    words = {*told.split()} - LITTLE
    return next((gender for gender, known in WORDS.items() if words and words <= known), "")


def gender_code(said: str, question: Question) -> str:
    """The code of a question on gender that a word stands for; "" where none does."""
    gender = gender_of(said)
    if not gender:
        return ""
    codes = (
        code for code in question.codes if gender in (gender_of(code), gender_of(str(question.label(code))))
    )
    return next(codes, "")


def tells_gender(people: Mapping[str, int]) -> bool:
    """Whether words are those of a gender: both are there, and hardly anything else. people: how many gave each.

    Three letters that are M, W and F are days of the week.

    >>> tells_gender({"M": 40, "F": 55, "trans man": 1}), tells_gender({"m": 3, "w": 4, "f": 2}), tells_gender({"M": 9})
    (True, False, False)
    """
    told = {word: gender_of(word) for word in people}
    if {"f", "w"} <= {word.casefold() for word in people} or not {FEMALE, MALE} <= {*told.values()}:
        return False
    known = sum(n for word, n in people.items() if told[word])
    return known >= LEAST_KNOWN * sum(people.values())
