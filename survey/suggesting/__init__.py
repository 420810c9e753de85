"""Words that suggest a safeguarding concern: open lists, in every language that people may answer in.

A suggestion puts a text in front of others and shows a reader where to look. It hides nothing, decides nothing, and
misses much: docs/safeguarding.md has how much.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LISTS = Path(__file__).parent / "lists"
TIERS = {1: "danger", 2: "harm", 3: "distress"}  # tier: what its part of a list is called
GAP, WIDEST = "…", 2  # in a phrase, where so many other words may stand
APOSTROPHES = "'’ʼ"
ALIKE = str.maketrans("أإآٱىة", "اااايه")  # letters that people write for each other


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text as it is compared, and where it stands."""

    said: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a list in a text: where they stand, and the tier that they suggest."""

    first: int
    end: int
    tier: int


@dataclass(frozen=True, slots=True)
class List:
    """The phrases of a language, each as its words, by tier."""

    language: str
    phrases: Mapping[int, tuple[tuple[str, ...], ...]]
    written: Mapping[int, tuple[str, ...]]


def words_of(text: str) -> list[Word]:
    """The words of a text: letters, their marks and figures; a mark that only helps to read is left out.

    >>> [one.said for one in words_of("I’m not OK, said Zoë.")]
    ['im', 'not', 'ok', 'said', 'zoe']
    """
    found, first = [], None
    for at, letter in enumerate(f"{text} "):
        inside = unicodedata.category(letter)[0] in "LMN" or letter in APOSTROPHES
        if inside and first is None:
            first = at
        if not inside and first is not None:
            if said := plain(text[first:at]):
                found.append(Word(said, first, at))
            first = None
    return found


def plain(word: str) -> str:
    """A word as it is compared: small, without accents and apostrophes, one spelling of letters that look alike."""
    if word.isascii():
        return word.casefold().replace("'", "")
    kept = (
        one
        for one in unicodedata.normalize("NFKD", word.casefold().translate(ALIKE))
        if one not in APOSTROPHES and not (unicodedata.category(one) == "Mn" and _only_helps(one))
    )
    return unicodedata.normalize("NFC", "".join(kept)).replace("ـ", "")


def _only_helps(mark: str) -> bool:
    """Whether a mark is an accent or an Arabic vowel sign, not one of a script whose vowels are marks."""
    return mark < "\u0370" or "\u0600" <= mark <= "\u06ff"


@cache
def lists() -> Mapping[str, List]:
    """Every list by its language."""
    return {path.stem: _read(path) for path in sorted(LISTS.glob("*.toml"))}


def _read(path: Path) -> List:
    told = tomllib.loads(path.read_text("utf8"))
    written = {tier: tuple(told[name]) for tier, name in TIERS.items()}
    phrases = {tier: tuple(map(_phrase, every)) for tier, every in written.items()}
    return List(path.stem, phrases, written)


def _phrase(written: str) -> tuple[str, ...]:
    return tuple(
        one if one == GAP else plain(one)
        for one in written.replace("-", " ").split()
        if one == GAP or plain(one)
    )


@cache
def _by_first(language: str) -> Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]:
    """The phrases to look for in a text of a language, by their first word. Easy English is English, and people write
    English whatever language they read."""
    looked: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for code in dict.fromkeys((language, language.partition("-")[0], "en", "en-x-easy")):
        for tier, phrases in lists()[code].phrases.items() if code in lists() else ():
            for phrase in phrases:
                looked.setdefault(phrase[0], []).append((tier, phrase))
    return {first: tuple(every) for first, every in looked.items()}


def found_in(text: str, language: str) -> tuple[Found, ...]:
    """Every phrase of the lists that stands in a text, word for word."""
    return tuple(_found_in(words_of(text), _by_first(language)))


def _found_in(
    words: Sequence[Word], looked: Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]
) -> Iterator[Found]:
    for at, word in enumerate(words):
        for tier, phrase in looked.get(word.said, ()):
            if end := _ends(words, at + 1, phrase[1:]):
                yield Found(word.first, words[end - 1].end, tier)


def _ends(words: Sequence[Word], at: int, rest: Sequence[str]) -> int:
    """Where a phrase ends whose rest begins at a word: the place after its last word; 0 where it is not there."""
    if not rest:
        return at
    if rest[0] == GAP:
        return next((end for gap in range(WIDEST + 1) if (end := _ends(words, at + gap, rest[1:]))), 0)
    if at < len(words) and words[at].said == rest[0]:
        return _ends(words, at + 1, rest[1:])
    return 0


def tier_of(text: str, language: str) -> int:
    """The most urgent tier that the lists suggest: 1 to 3, 0 for none.

    >>> tier_of("more lights please", "en")
    0
    """
    return min((one.tier for one in found_in(text, language)), default=0)
