"""The words of a set in another language: where each text stands, how far its translation is, and changing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from questions.arrangement import Fault, nearest
from questions.definition import DONT_KNOW, PREFER_NOT_TO_SAY, Choice, Page, Question, QuestionSet, texts
from questions.editing import rebuilt
from questions.text import (
    LONGEST_TITLE,
    LONGEST_WORDS,
    PIPE,
    Status,
    Text,
    WrongDefinition,
    language_faults,
    length_faults,
)

Said = tuple[str, Status]  # words in a language, and how far they are
MISSING: Said = ("", "translated")  # no words, and so no status that counts

OF_PAGE = ("title", "note")
BEFORE_CHOICES = ("prompt", "hint")
AFTER_CHOICES = (DONT_KNOW, PREFER_NOT_TO_SAY, "constraint_message", "fallback")


@dataclass(frozen=True, slots=True)
class Spot:
    """One text of a set: its address, and what it is of which page or question.

    part: `title`, `note`, `prompt`, `hint`, `choice`, or the name of the question's other texts.
    """

    address: str
    part: str
    text: Text
    page: Page | None = None
    question: Question | None = None


def spots(question_set: QuestionSet) -> tuple[Spot, ...]:
    """Every text of a set with its address, in the order in which people meet them.

    An address stays the same while its question keeps its key. A page's has a space in it, as no key has.

    >>> from questions import shipped
    >>> [spot.address for spot in spots(shipped("pulse"))][:4]
    ['title', 'worry_knife_crime.prompt', 'worry_knife_crime.hint', 'worry_knife_crime.choices.very']
    """
    return tuple(_spots(question_set))


def _spots(question_set: QuestionSet) -> Iterator[Spot]:
    yield Spot("title", "title", question_set.title)
    for page in question_set.pages:
        for part in OF_PAGE:
            text = getattr(page, part)
            if text is not None:
                yield Spot(_of_page(page, part), part, text, page)
        for question in page.questions:
            yield from _question_spots(page, question)


def _question_spots(page: Page, question: Question) -> Iterator[Spot]:
    for part in BEFORE_CHOICES:
        yield from _spot(page, question, part)
    for choice in question.choices:
        yield Spot(_of_choice(question, choice), "choice", choice.label, page, question)
    for part in AFTER_CHOICES:
        yield from _spot(page, question, part)


def _spot(page: Page, question: Question, part: str) -> Iterator[Spot]:
    text = getattr(question, part)
    if text is not None:
        yield Spot(f"{question.key}.{part}", part, text, page, question)


def _of_page(page: Page, part: str) -> str:
    return f"page {page.key}.{part}"


def _of_choice(question: Question, choice: Choice) -> str:
    return f"{question.key}.choices.{choice.code}"


# What a set says in a language


def languages(question_set: QuestionSet) -> tuple[str, ...]:
    """Every language that some text of a set has words in, drafts too; not the set's own.

    >>> from questions import shipped
    >>> languages(shipped("youth_survey"))
    ('ar', 'bn', 'en-x-easy')
    """
    return tuple(sorted({language for text in texts(question_set) for language, _ in text.translations}))


def said(text: Text, language: str) -> Said:
    """The words of a text in just this language and how far they are; MISSING where there are none.

    >>> said(Text("Why?", (("bn", "কেন?"),)), "bn"), said(Text("Why?"), "bn")
    (('কেন?', 'translated'), ('', 'translated'))
    """
    status = text.status(language)
    return MISSING if status is None else (dict(text.translations)[language], status)


def said_in(question_set: QuestionSet, language: str) -> dict[str, Said]:
    """What each text of a set says in a language, by address; MISSING where it says nothing.

    >>> from questions import shipped
    >>> said_in(shipped("pulse"), "pl")["title"] == MISSING
    True
    """
    return {spot.address: said(spot.text, language) for spot in _spots(question_set)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How many texts of a set are how far in a language."""

    reviewed: int
    translated: int
    draft: int
    missing: int

    @property
    def total(self) -> int:
        """How many texts there are."""
        return self.reviewed + self.translated + self.draft + self.missing

    @property
    def complete(self) -> bool:
        """Whether every text can be shown in the language."""
        return not (self.draft or self.missing)


def progress(question_set: QuestionSet, language: str) -> Progress:
    """How far a set is in a language.

    >>> from questions import shipped
    >>> pulse = translated(shipped("pulse"), "pl", {"title": ("Puls", "draft")})
    >>> progress(pulse, "pl").draft, progress(pulse, "pl").complete
    (1, False)
    """
    counts = Counter(text.status(language) for text in texts(question_set))
    return Progress(counts["reviewed"], counts["translated"], counts["draft"], counts[None])


# Changing it


def translated(question_set: QuestionSet, language: str, words: Mapping[str, Said]) -> QuestionSet:
    """The set with other words in a language at some addresses; empty words take a translation out.

    >>> from questions import shipped
    >>> pulse = translated(shipped("pulse"), "bn", {"title": ("নাড়ি", "reviewed")})
    >>> pulse.title.into("bn"), pulse.title.status("bn")
    ('নাড়ি', 'reviewed')

    Raises:
        WrongDefinition: every reason why there is no such set, each with its address.
    """
    wrong = faults(question_set, language, words)
    if wrong:
        raise WrongDefinition(map(str, wrong))
    there = {spot.address: spot.text for spot in _spots(question_set)}
    new = {address: _put(there[address], language, one) for address, one in words.items()}
    return rebuilt(question_set, (_page(page, new) for page in question_set.pages), new.get("title"))


def _put(text: Text, language: str, given: Said) -> Text:
    words, status = tidy(given[0]), given[1]
    others = {known: told for known, told in text.translations if known != language}
    marks = {known: mark for known, mark in text.statuses if known != language}
    if words:
        others[language] = words
        marks |= {language: status} if status != "translated" else {}
    return Text(text.source, tuple(sorted(others.items())), tuple(sorted(marks.items())))


def tidy(words: str) -> str:
    """Words as a set holds them: lines end in one way, and nothing stands round them."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()


def _page(page: Page, new: Mapping[str, Text]) -> Page:
    of_page = {part: new.get(_of_page(page, part), getattr(page, part)) for part in OF_PAGE}
    return replace(page, questions=tuple(_question(one, new) for one in page.questions), **of_page)


def _question(question: Question, new: Mapping[str, Text]) -> Question:
    parts = (*BEFORE_CHOICES, *AFTER_CHOICES)
    found = {part: new.get(f"{question.key}.{part}", getattr(question, part)) for part in parts}
    choices = (replace(one, label=new.get(_of_choice(question, one), one.label)) for one in question.choices)
    return replace(question, choices=tuple(choices), **found)


def switched(question_set: QuestionSet, language: str, on: bool) -> QuestionSet:
    """The set offered in a language although nobody has reviewed it, or so no longer.

    >>> from questions import shipped
    >>> pulse = shipped("pulse")
    >>> in_polish = translated(pulse, "pl", {spot.address: ("Tak", "translated") for spot in spots(pulse)})
    >>> "pl" in in_polish.offered, "pl" in switched(in_polish, "pl", True).offered
    (False, True)

    Raises:
        WrongDefinition: it is to be offered, but not every text has the language.
    """
    if on and language not in question_set.languages:
        told = f"{language} is to be offered, but not every text has it."
        raise WrongDefinition([f"{told} Translate the rest, or do not offer it."])
    chosen = set(question_set.offered_unreviewed) - {language} | ({language} if on else set())
    return replace(question_set, offered_unreviewed=tuple(sorted(chosen)))


# What is wrong


def faults(question_set: QuestionSet, language: str, words: Mapping[str, Said]) -> tuple[Fault, ...]:
    """Everything that keeps words from being a set's in a language: the place of each is its address.

    >>> from questions import shipped
    >>> print(*faults(shipped("pulse"), "bn", {"titel": ("নাড়ি", "draft")}))
    titel: The set has no text of this name. Did you mean “title”?
    """
    there = {spot.address: spot.text for spot in _spots(question_set)}
    return tuple(_faults(there, question_set.language, language, words))


def _faults(there: Mapping[str, Text], own: str, language: str, words: Mapping[str, Said]) -> Iterator[Fault]:
    if language == own:
        yield Fault(language, "The set is written in this language. Change its words in the set itself.")
    for told in language_faults(language):
        yield Fault(language, told)
        return
    for address, given in words.items():
        if address in there:
            most = LONGEST_TITLE if address == "title" else LONGEST_WORDS
            yield from (Fault(address, told) for told in _text_faults(there[address], language, given, most))
        else:
            told = f"The set has no text of this name.{nearest(address, tuple(there))}"
            yield Fault(address, told)


def _text_faults(text: Text, language: str, given: Said, most: int) -> Iterable[str]:
    words = tidy(given[0])
    if not words:
        return ()
    try:
        Text(text.source, ((language, words),), ((language, given[1]),))
    except WrongDefinition as wrong:
        return wrong.messages
    if len(words) > most:
        return length_faults(language, Text(words), most)
    return _pipe_faults(set(PIPE.findall(text.source)), set(PIPE.findall(words)))


def _pipe_faults(wanted: set[str], found: set[str]) -> Iterator[str]:
    for key in sorted(wanted - found):
        yield f"${{{key}}} is lost. An answer comes in its place: put it where that belongs."
    for key in sorted(found - wanted):
        yield f"${{{key}}} is not in the source. Take it out."
