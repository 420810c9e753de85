"""What in a text may tell who somebody is: names, handles, numbers, addresses. A reader decides about each.

It knows forms and lists, and no person: it misses names that it has never met, and marks words that are none.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMES = Path(__file__).parent / "names.toml"
WORD = r"[^\W\d_][\w’'-]*"
STREETS = (
    r"road|rd|street|st|avenue|ave|lane|ln|close|court|ct|house|drive|way|gardens|grove|terrace|square|place|crescent"
    r"|estate|walk|mews|hill|park|point|tower|towers|lodge|mansions|row|rise|villas"
)
FORMS = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("link", r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|co\.uk|org|net|me|gg)\b(?:/\S*)?"),
    ("handle", r"(?<![\w.@])@\w[\w.]*\w"),
    (
        "handle",
        r"(?i:\b(?:snap(?:chat)?|insta(?:gram)?|tik ?tok|discord|ig|sc|whatsapp)\b)"
        r"(?i:(?: (?:is|name|user|add))*\s*[:=-]?\s*)"
        r"(?P<what>[\w.]*(?:[\d_.]\w|\w[\d_])[\w.]*)",
    ),
    ("phone", r"(?<![\w])(?:\+|00)?(?:\d[\s().-]{0,2}){7,14}\d(?!\w)"),
    ("postcode", r"(?i:\b[a-z]{1,2}\d[a-z\d]?\s*\d[abd-hjlnp-uw-z]{2}\b)"),
    (
        "address",
        rf"(?i:\b(?:flat|apartment|unit|number|no\.?)\s*\d+\w?\b(?:,?\s*\d*\s*(?:{WORD}\s+){{1,3}}(?:{STREETS})\b\.?)?)",
    ),
    ("address", rf"(?i:\b\d+[a-z]?,?\s+(?:{WORD}\s+){{1,3}}?(?:{STREETS})\b\.?)"),
    ("address", rf"\b(?:[A-Z][\w’'-]+\s+){{1,3}}(?i:{STREETS})\b"),
    (
        "name",
        r"\b(?i:mr|mrs|ms|miss|mx|dr|sir|pc|father|imam|uncle|aunty|auntie)\b\.?\s+"
        r"(?P<what>[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]+)?)",
    ),
    (
        "name",
        r"(?i:\b(?:called|named|name is|name’s|name's|nicknamed|known as)\s+)"
        r"(?P<what>[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]+)?)",
    ),
)
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in FORMS)
STREET_WORDS = re.compile(rf"(?i:{STREETS})")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something stands that may tell who somebody is, and its kind (see `survey.quotes.KINDS`)."""

    first: int
    end: int
    kind: str


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """First names, and words that have a capital letter and are none."""
    told = tomllib.loads(NAMES.read_text("utf8"))
    return (
        frozenset(name.casefold() for names in told["names"].values() for name in names.split()),
        frozenset(word.casefold() for word in told["no_names"]["words"].split()),
    )


def marks(text: str) -> tuple[Mark, ...]:
    """What a reader is shown, from left to right; what overlaps is one, the longest.

    >>> [(one.kind, "Text 07700 900123 or @zed_x"[one.first:one.end]) for one in marks("Text 07700 900123 or @zed_x")]
    [('phone', '07700 900123'), ('handle', '@zed_x')]
    """
    found = sorted([*_formed(text), *_names(text)], key=lambda one: (one.first - one.end, one.first))
    kept: list[Mark] = []
    for one in found:
        if all(one.end <= other.first or other.end <= one.first for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.first))


def _formed(text: str) -> Iterator[Mark]:
    """What is known by its form; figures of every script are figures."""
    for kind, pattern in PATTERNS:
        for found in pattern.finditer(text):
            part = "what" if "what" in pattern.groupindex else 0
            if found[part]:
                yield Mark(found.start(part), found.end(part), kind)


def _names(text: str) -> Iterator[Mark]:
    """Words of the list of names however they are written, and words with a capital letter inside a sentence."""
    names, others = _lists()
    for first, end in _words(text):
        said = text[first:end].casefold()
        bare = said.removesuffix("’s").removesuffix("'s")
        known = bare in names or any(
            bare.removeprefix(one) in names for one in ("و", "ل", "ب") if bare.startswith(one)
        )
        inside = text[first].isupper() and not text[first:end].isupper() and _inside(text, first)
        if known or (inside and bare not in others and not STREET_WORDS.fullmatch(bare)):
            yield Mark(first, end, "name")


def _words(text: str) -> Iterator[tuple[int, int]]:
    first = None
    for at, letter in enumerate(f"{text} "):
        part = unicodedata.category(letter)[0] in "LM" or letter in "’'-"
        if part and first is None and letter not in "’'-":
            first = at
        if not part and first is not None:
            yield first, first + len(text[first:at].rstrip("’'-"))
            first = None


def _inside(text: str, first: int) -> bool:
    """Whether a word stands inside a sentence, and not at its beginning."""
    before = text[:first].rstrip(" “\"'(‘")
    return bool(before) and before[-1] not in ".!?:\n…–-" and "\n" not in text[len(before) : first]
