"""What looks like words that people wrote themselves: it is never proposed as choices, which everybody can read.

A form's answers come again and again; what people write is mostly new. How likely the next one is new is about the
share of answers that one person alone gave (Good 1953, Biometrika 40). With few answers one such is enough, and that is
meant: to take choices for writing costs one press, to take writing for choices publishes somebody's words.
"""

from __future__ import annotations

from collections.abc import Mapping

from survey.importing.files import Column
from survey.wording import number

FEW = 3  # people: what fewer gave may be their own words
MANY_WORDS, LONG = 5, 30  # words, or characters, from which a text looks like a sentence
MOST_NEW = 0.05  # of the answers, given by one person alone
MOST_LONG = 0.5  # of the different texts, long ones that few gave


def sounds_written(word: str, people: int) -> bool:
    """Whether a text looks like somebody's own: few gave it, and it is as long as a sentence.

    >>> sounds_written("Not worried at all", 1), sounds_written("it was dark behind the shops", 1)
    (False, True)
    >>> sounds_written("Very worried, and I think about it every day", 40)
    False
    """
    return people < FEW and (len(word.split()) >= MANY_WORDS or len(word) > LONG)


def why_written(words: Mapping[str, int], column: Column) -> str:
    """Why a column looks like words that people wrote, in a sentence; "" where it does not. words: how many gave each.

    What an SPSS file has a label for is the form's, and a number is nobody's words.

    >>> why_written({"Often": 30, "Seldom": 29, "Never": 1}, Column("How often?"))
    ''
    >>> why_written({"idk": 5, "more police": 4, "Mr Hill": 1}, Column("What else?"))
    'It looks like words that people wrote: 1 of its 10 answers was given by one person alone.'
    """
    told = {word: n for word, n in words.items() if word not in column.labels and any(map(str.isalpha, word))}
    every, alone = sum(told.values()), sum(n == 1 for n in told.values())
    if alone > MOST_NEW * every:
        given = f"{number(alone)} of its {number(every)} answers {'was' if alone == 1 else 'were'}"
        return f"It looks like words that people wrote: {given} given by one person alone."
    long = sum(sounds_written(word, n) for word, n in told.items())
    if long > MOST_LONG * len(told):
        few = f"{number(long)} of its {number(len(told))} different texts are long, and each is of one or two people"
        return f"It looks like words that people wrote: {few}."
    return ""


def from_the_form(words: Mapping[str, int]) -> bool:
    """Whether the only word of a column is what the form called a tick, and not what somebody wrote."""
    return len(words) == 1 and sum(words.values()) >= FEW
