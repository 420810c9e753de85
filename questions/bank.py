"""Standard questions for staff to put into a set: where each comes from, finding one, and putting it in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from questions.arrangement import Fault
from questions.audit import ENGLISH
from questions.definition import Page, Question, QuestionSet, only_in, texts
from questions.document import SETS, WrongSet, read
from questions.editing import free_key, page_number, rebuilt
from questions.tables import Table
from questions.text import WrongDefinition

BANK = SETS / "bank"

_ABOUT = ("title", "topics", "source", "licence", "note")
_FIRST_PAGE = re.compile(r"^[ \t]*\[\[[ \t]*page[ \t]*\]\]", re.MULTILINE)
_AS_A_SET = 'key = "bank"\ntitle = "Bank"\nlanguage = "en"\n'
_APOSTROPHES = str.maketrans("", "", "'’ʼ")


@dataclass(frozen=True, slots=True)
class Entry:
    """A question to take over as it is, in English, with what must be known of it.

    name: its file's; topics: words to find it by; source: who asks it so, and where; note: when to use it, what not
    to change, what it compares with; pages: what comes into a set, mostly one page with one question.

    >>> sex = search("sex census")[0]
    >>> sex.name, sex.licence.endswith("v3.0 (Office for National Statistics)."), len(sex.questions)
    ('sex', True, 1)
    """

    name: str
    title: str
    topics: tuple[str, ...]
    source: str
    licence: str
    note: str
    pages: tuple[Page, ...]

    @property
    def page(self) -> Page:
        """The first page, which is mostly the only one."""
        return self.pages[0]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What it asks, in order."""
        return tuple(question for page in self.pages for question in page.questions)


@cache
def bank() -> tuple[Entry, ...]:
    """The entries that come with Soundings, by title; read once.

    >>> [entry.title for entry in bank()][:2]
    ['Age band', 'At school or college']
    """
    return read_bank(BANK)


def read_bank(folder: Path) -> tuple[Entry, ...]:
    """The entries of a folder, by title; raises WrongSet with every fault of every file.

    >>> read_bank(BANK) == bank()
    True
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            entries.append(read_entry(file.stem, _text(file)))
        except WrongSet as wrong:
            faults += wrong.faults
    if faults:
        raise WrongSet(faults)
    return tuple(sorted(entries, key=lambda entry: entry.title))


def read_entry(name: str, text: str) -> Entry:
    r"""An entry from TOML: above the first [[page]] what is to be known of it, from there on as in a set.

    Raises WrongSet with every fault; each place begins with the file.

    >>> about = 'title = "Tea"\ntopics = ["drinks"]\nsource = "Us"\nlicence = "Ours"\nnote = "Ask it at four."\n'
    >>> asked = '[[page]]\n[[page.question]]\nkey = "tea"\nkind = "text"\nprompt = "Which tea?"\n'
    >>> read_entry("tea", about + asked).questions[0].key
    'tea'
    """
    first = _FIRST_PAGE.search(text)
    pages = text[first.start() :] if first else ""
    faults: list[Fault] = []
    try:
        told = _told(Table(_content(text), "top", "en", faults))
        question_set = read(_AS_A_SET + pages)
    except WrongSet as wrong:
        faults += wrong.faults
    if faults:
        raise WrongSet(Fault(f"{name}.toml, {fault.place}", fault.message) for fault in faults)
    return Entry(name, pages=question_set.pages, **told)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        told = f"Byte {wrong.start + 1} is not UTF-8. Save the file as UTF-8."
        raise WrongSet([Fault(file.name, told)]) from None


def _content(text: str) -> dict[str, Any]:
    """What stands in a file, its pages apart."""
    try:
        content = tomllib.loads(text)
    except (RecursionError, ValueError):
        read(text)  # says where it is not TOML
        raise
    return {name: value for name, value in content.items() if name != "page"}


def _told(about: Table) -> dict[str, Any]:
    about.only(_ABOUT)
    words = {name: " ".join(str(about.needed_text(name)).split()) for name in _ABOUT if name != "topics"}
    topics = about.raw.get("topics")
    if not isinstance(topics, list) or not topics or not all(isinstance(one, str) for one in topics):
        about.fault('topics must be a list of words to find it by. Write topics = ["...", "..."].')
        topics = []
    return {**words, "topics": tuple(topics)}


def search(words: str, entries: Iterable[Entry] | None = None) -> list[Entry]:
    """The entries in which every typed word begins a word, best first; all of them where nothing is typed.

    A word found in a title counts for more than one in the topics, and that for more than one in the questions,
    their choices or the source. Capitals and accents make no difference. entries: where to look; the bank.

    >>> [entry.name for entry in search("knif worr")]
    ['worry_knife_crime']
    >>> [entry.name for entry in search("Hackney")]
    ['borough']
    """
    typed = _words(words)
    ranked = [(_rank(entry, typed), entry) for entry in (bank() if entries is None else entries)]
    found = [(rank, entry) for rank, entry in ranked if rank is not None]
    return [entry for _, entry in sorted(found, key=lambda one: one[0])]


def _rank(entry: Entry, typed: list[str]) -> int | None:
    """How far down its words lie, added up; None where one is not found."""
    shelves, far = _shelves(entry), 0
    for word in typed:
        found = [depth for depth, shelf in enumerate(shelves) if any(one.startswith(word) for one in shelf)]
        if not found:
            return None
        far += found[0]
    return far


@cache
def _shelves(entry: Entry) -> tuple[list[str], ...]:
    """The words of an entry: its title's, its topics', and the rest."""
    rest = [entry.source]
    for question in entry.questions:
        rest += [question.key, str(question.prompt), *(str(choice.label) for choice in question.choices)]
    return tuple(_words(told) for told in (entry.title, " ".join(entry.topics), " ".join(rest)))


def _words(text: str) -> list[str]:
    """The words of a text without capitals, accents or apostrophes."""
    bare = "".join(one for one in normalize("NFKD", text) if category(one) != "Mn")
    return re.findall(r"[^\W_]+", bare.translate(_APOSTROPHES).casefold())


def insert(question_set: QuestionSet, entry: Entry, at: int) -> QuestionSet:
    """The set with an entry's pages before its page number `at`, counted from 0; its length puts them last.

    Questions keep their keys, so that answers compare with those of everybody who asks the same. Translations come with
    them in the languages that the set has already.
    Raises WrongDefinition where the set already asks it, is not in English, or has no such place.

    >>> from questions import shipped
    >>> longer = insert(shipped("pulse"), search("police")[0], 1)
    >>> [page.key for page in longer.pages]
    ['worry_knife_crime', 'police_trust', 'safe_dark', 'heard_of_change']
    """
    faults = tuple(_insert_faults(question_set, entry, at))
    if faults:
        raise WrongDefinition(faults)
    spoken = {language for text in texts(question_set) for language, _ in text.translations}
    told: tuple[Page, ...] = only_in(entry.pages, spoken)
    new = (replace(page, key=free_key(question_set, page.key)) for page in told)
    return rebuilt(question_set, (*question_set.pages[:at], *new, *question_set.pages[at:]))


def _insert_faults(question_set: QuestionSet, entry: Entry, at: int) -> Iterator[str]:
    if question_set.language not in ENGLISH:
        yield (
            f"The bank is in English, and this set is in {question_set.language}. "
            f"Translate the words of “{entry.title}”, and write them into the set with the same key."
        )
    yield from _place_faults(question_set.pages, at)
    for question in entry.questions:
        if any(one.key == question.key for one in question_set.questions):
            page = page_number(question_set, question.key) + 1
            yield f"This set already asks {question.key}, on page {page}."


def _place_faults(pages: Sequence[Page], at: int) -> Iterator[str]:
    if not 0 <= at <= len(pages):
        yield f"There is no place {at}. Choose one from 0, the first, to {len(pages)}, the last."
    elif 0 < at < len(pages) and pages[at].random_block == pages[at - 1].random_block is not None:
        yield (
            f"Pages {at} and {at + 1} are of one random_block, so nothing can stand between them. "
            "Choose a place before the block or after it."
        )
