"""Words that people read: in the language of their set, in others, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from questions.arrangement import short

Status = Literal["draft", "translated", "reviewed"]

STATUSES: tuple[str, ...] = get_args(Status)
PIPE = re.compile(r"\$\{([^}]*)\}")  # in words: the answer to another question
LONGEST_TITLE = 120  # characters of the name of a set, in any language
LONGEST_WORDS = (
    4_000  # characters of any other text; a page of print, and no more than a cell of a workbook holds
)

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\ud800-\udfff\ufeff]"
)  # cannot be seen, or cannot be stored


class WrongDefinition(ValueError):
    """Something that cannot be asked, with every reason."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = tuple(messages)
        super().__init__(" ".join(self.messages))


def refuse(messages: Iterator[str]) -> None:
    """Raise WrongDefinition with every reason, if there is any."""
    found = tuple(messages)
    if found:
        raise WrongDefinition(found)


@dataclass(frozen=True, slots=True)
class Text:
    """Words in the language of their set, and the same in other languages as (language, words).

    statuses: (language, status) of the translations that are a draft, which is never shown to those who answer, or
    reviewed by somebody who speaks the language; the others are translated.

    >>> why = Text("Why?", (("bn", "কেন?"), ("de", "Warum")), (("de", "draft"),))
    >>> why.into("bn"), why.into("de"), why.status("bn"), why.status("de"), why.status("fr")
    ('কেন?', 'Why?', 'translated', 'draft', None)
    """

    source: str
    translations: tuple[tuple[str, str], ...] = ()
    statuses: tuple[tuple[str, Status], ...] = ()

    def __post_init__(self) -> None:
        refuse(_text_faults(self))

    def __str__(self) -> str:
        return self.source

    def into(self, language: str | None) -> str:
        """The words in a language (`en-GB` falls back to `en`), or else as they were written."""
        if self.translations and language:
            for wanted in (language, language.partition("-")[0]):
                for known, words in self.translations:
                    if known == wanted and self.status(known) != "draft":
                        return words
        return self.source

    def status(self, language: str) -> Status | None:
        """How far its translation into a language is; None where there is none."""
        if not any(known == language for known, _ in self.translations):
            return None
        return dict(self.statuses).get(language, "translated")

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it is translated into, drafts apart."""
        if not self.translations:
            return frozenset()
        drafts = {language for language, status in self.statuses if status == "draft"}
        return frozenset(language for language, _ in self.translations if language not in drafts)

    @property
    def pipes(self) -> tuple[str, ...]:
        """The keys of the questions whose answers stand in its words, in any language; each once."""
        if "${" not in self.source and not self.translations:
            return ()
        every = (self.source, *(words for _, words in self.translations))
        if not any("${" in words for words in every):
            return ()
        return tuple(dict.fromkeys(key for words in every for key in PIPE.findall(words)))


def length_faults(name: str, text: Text | None, most: int = LONGEST_WORDS) -> Iterator[str]:
    """Words, in any language, that are longer than anybody reads; name: of the text, as a document calls it."""
    for words in (text.source, *(words for _, words in text.translations)) if text is not None else ():
        if len(words) > most:
            yield f"{name}: “{short(words)}” has {len(words):,} characters. Use at most {most:,}."


def _text_faults(text: Text) -> Iterator[str]:
    if not all(words.strip() for words in (text.source, *(words for _, words in text.translations))):
        yield "There are no words here. Write them, or take this out."
    if any(UNSEEN.search(words) for words in (text.source, *(words for _, words in text.translations))):
        yield "There is a character here that cannot be seen. Write the words again."
    known = [language for language, _ in text.translations]
    for language in known:
        yield from language_faults(language)
    if len(set(known)) < len(known):
        yield "A language is given twice. Keep one of the two."
    for language, status in text.statuses:
        if status not in STATUSES:
            yield f"“{status}” is not a status of a translation. Write one of {', '.join(STATUSES)}."
        if language not in known:
            yield f"There is a status for {language}, but no words. Write them, or take the status out."


def language_faults(language: str | None) -> Iterator[str]:
    """What keeps a word from being the code of a language."""
    if language is not None and not LANGUAGE.fullmatch(language):
        yield f"“{short(language)}” is not the code of a language. Write one like en, de or en-x-easy."


def shared_languages(every: Iterable[Text]) -> frozenset[str]:
    """The languages that all texts are translated into."""
    shared: frozenset[str] | None = None
    for text in every:
        shared = text.languages if shared is None else shared & text.languages
        if not shared:
            return frozenset()
    return shared or frozenset()
