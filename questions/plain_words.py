"""How hard words are to read, and how they may lead or muddle: heuristics for English, never a verdict."""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Za-z]+(?:[’'][A-Za-z]+)?")
SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
VOWELS = re.compile(r"[aeiouy]+")

LEADING = (  # words that push towards an answer
    *(
        "don’t you",
        "don't you",
        "wouldn’t you",
        "wouldn't you",
        "shouldn’t",
        "shouldn't",
        "isn’t it",
        "isn't it",
    ),
    *(
        "do you agree that",
        "would you agree that",
        "surely",
        "obviously",
        "of course",
        "clearly",
        "everyone knows",
    ),
    *("how bad", "how terrible", "how good", "how much do you like", "most people"),
)
TWO_IN_ONE = re.compile(r"\b(and|as well as|and/or)\b|&", re.IGNORECASE)
NEGATIVE = re.compile(
    r"\b(not|never|no|rarely|hardly|dis\w+|un(safe|happy|likely|satisf\w+|important|able)|bad|badly|poor\w*|"
    r"worse|worst|difficult|hard|less|decreased|weak\w*)\b",
    re.IGNORECASE,
)
NEUTRAL = re.compile(
    r"\b(neither|neutral|neutrally|average|mixed|sometimes|about the same|no change|half)\b", re.IGNORECASE
)


def words(text: str) -> list[str]:
    """The words of a text.

    >>> words("How safe do you feel, after dark?")
    ['How', 'safe', 'do', 'you', 'feel', 'after', 'dark']
    """
    return WORD.findall(text)


def syllables(word: str) -> int:
    """Roughly how many syllables an English word has: its groups of vowels, less a silent e.

    >>> [syllables(word) for word in ("knife", "worried", "area", "safety")]
    [1, 2, 2, 3]
    """
    plain = word.lower().replace("’", "").replace("'", "")
    found = len(VOWELS.findall(plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee", "ye")) and found > 1
    return max(found - silent, 1)


def grade(text: str) -> float:
    """The school grade (US) that can read a text: Flesch and Kincaid's formula (Kincaid et al. 1975).

    0.39 x words per sentence + 11.8 x syllables per word - 15.59.

    >>> round(grade("How safe do you feel after dark?"), 1)
    0.6
    """
    found = words(text)
    if not found:
        return 0.0
    sentences = max(len(SENTENCE.findall(text)), 1)
    per_word = sum(map(syllables, found)) / len(found)
    return 0.39 * len(found) / sentences + 11.8 * per_word - 15.59


def leads(text: str) -> str:
    """The words in a question that push towards an answer; "" where there are none.

    >>> leads("Don’t you think knives are bad?")
    'don’t you'
    """
    low = text.lower()
    return next((told for told in LEADING if re.search(rf"(^|\W){re.escape(told)}(\W|$)", low)), "")


def two_in_one(text: str) -> str:
    """The word that may join two questions in one; "" where there is none.

    >>> two_in_one("How safe are your streets and parks?"), two_in_one("Is it safe?")
    ('and', '')
    """
    sentence = text.rsplit(". ", 1)[-1]
    found = TWO_IN_ONE.search(sentence)
    return found[0].lower() if found else ""


def lean(label: str) -> int:
    """Which side of a scale a label is on: -1, 0 or 1.

    >>> [lean(label) for label in ("Very safe", "Neither safe nor unsafe", "Fairly unsafe", "Not worried at all")]
    [1, 0, -1, -1]
    """
    if NEUTRAL.search(label):
        return 0
    return -1 if NEGATIVE.search(label) else 1
