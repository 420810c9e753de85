"""Keys and codes made of words: what a question and a choice are called, and what they are called after other words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

from questions.definition import Choice, Question

_LONGEST = 40
_LITTLE = {
    "a",
    "an",
    "the",
    "of",
    "in",
    "to",
    "do",
    "you",
    "your",
    "is",
    "are",
    "it",
    "and",
    "or",
    "how",
    "what",
}

FIRST_KEY = "first"
FIRST_WORDS = {  # of a set that is just begun: a question, and what a new question with choices begins with
    "en": ("What do you want to ask first?", "Yes", "No"),
    "ar": ("ما أول سؤال تريد طرحه؟", "نعم", "لا"),
    "bn": ("তুমি প্রথমে কী জানতে চাও?", "হ্যাঁ", "না"),
}


def key_from(words: str) -> str:
    """A key made of the first words of a question that say something.

    >>> key_from("How safe do you feel in your area after dark?")
    'safe_feel_area_after_dark'
    """
    plain = "".join(one for one in normalize("NFKD", words.casefold()) if not combining(one))
    said = re.findall(r"[a-z0-9]+", plain.replace("’", "").replace("'", ""))
    telling = [word for word in said if word not in _LITTLE] or said or ["question"]
    key = "_".join(telling[:5])[:_LONGEST].strip("_")
    return key if key[0].isalpha() else f"q_{key}"


def code_from(label: str, taken: Iterable[str]) -> str:
    """A code made of the words of a choice, that is not taken.

    >>> code_from("Very worried", []), code_from("Very worried", ["very_worried"])
    ('very_worried', 'very_worried_2')
    """
    plain = "".join(one for one in normalize("NFKD", label.casefold()) if not combining(one))
    words = re.findall(r"[a-z0-9]+", plain.replace("’", "").replace("'", ""))
    return first_free("_".join(words[:4])[:_LONGEST] or "choice", set(taken))


def first_free(wanted: str, taken: set[str]) -> str:
    """The wanted name, or the first of `wanted_2`, `wanted_3` ... that is not taken."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def untouched(question: Question) -> bool:
    """Whether it still is the question that a set begins with."""
    return str(question.prompt) in {words for words, _, _ in FIRST_WORDS.values()}


def begun_choices(question: Question) -> bool:
    """Whether a question still has the choices that every new one begins with.

    >>> from questions import Text
    >>> begun = (Choice("yes", Text("Yes")), Choice("no", Text("No")))
    >>> begun_choices(Question("bus", "many", Text("How?"), choices=begun))
    True
    """
    labels = tuple(str(choice.label) for choice in question.choices)
    return labels in {(yes, no) for _, yes, no in FIRST_WORDS.values()}


def named_by_itself(question: Question) -> bool:
    """Whether a question's key was made of its words, or is the one that a set begins with.

    >>> from questions import Text
    >>> named_by_itself(Question("feel_safe_2", "text", Text("Do you feel safe?")))
    True
    >>> named_by_itself(Question("safe_dark", "text", Text("Do you feel safe?")))
    False
    """
    begun = question.key == FIRST_KEY and untouched(question)
    return begun or _made_of(question.key, key_from(str(question.prompt)))


def coded_by_itself(choice: Choice) -> bool:
    """Whether a choice's code was made of its words, or is that of yes or no as a new question has them."""
    label = str(choice.label)
    begun = {
        "yes": {yes for _, yes, _ in FIRST_WORDS.values()},
        "no": {no for _, _, no in FIRST_WORDS.values()},
    }
    return label in begun.get(choice.code, ()) or _made_of(choice.code, code_from(label, ()))


def _made_of(name: str, words: str) -> bool:
    return name == words or re.fullmatch("_[0-9]+", name.removeprefix(words)) is not None
