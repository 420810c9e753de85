"""What is asked: question sets, pages, questions and choices as frozen values that cannot be wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, fields, is_dataclass, replace
from hashlib import sha256
from typing import Any, Literal, get_args

from questions.arrangement import Asked, Outline, arrangement_faults, short
from questions.conditions import KEY, And, Comparison, Condition, Not, Or, Selected, numeral, written
from questions.text import LONGEST_TITLE, Text, language_faults, length_faults, refuse, shared_languages

DONT_KNOW = "dont_know"
PREFER_NOT_TO_SAY = "prefer_not_to_say"
SPECIAL = (DONT_KNOW, PREFER_NOT_TO_SAY)

Answer = str | list[str] | int | float | None  # None: seen and skipped; a key that is absent: never seen
Answers = Mapping[str, Answer]
Kind = Literal["one", "many", "scale", "number", "text"]

KINDS: tuple[str, ...] = get_args(Kind)


USUAL_LENGTH = 1_000  # characters of a text answer, where its question does not say
BIGGEST = 10**15 - 1  # the largest number that a person may write
LONGEST = 10_000  # characters that a question may allow

LONGEST_KEY = 64  # characters

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


_WITH_CHOICES = ("one", "many", "scale")
ASKED_WITH = {
    "one": "one answer",
    "many": "any number of answers",
    "scale": "a scale",
    "number": "a number",
    "text": "their own words",
}  # as staff read a kind
_CALLED = {
    DONT_KNOW: "“I don’t know”",
    PREFER_NOT_TO_SAY: "“I’d rather not say”",
    "at_most": "most that may be chosen",
    "low": "smallest number",
    "high": "biggest number",
    "length": "room to write",
    "randomise": "order of its own for each person",
    "constraint_message": "words for an answer outside the limits",
    "fallback": "words for where there is no answer",
}
BELONGS = {
    "choices": _WITH_CHOICES,
    DONT_KNOW: (*_WITH_CHOICES, "number"),
    PREFER_NOT_TO_SAY: (*_WITH_CHOICES, "number"),
    "at_most": ("many",),
    "low": ("number",),
    "high": ("number",),
    "decimals": ("number",),
    "length": ("text",),
    "randomise": ("one", "many"),
    "constraint_message": ("many", "number", "text"),
    "fallback": (*_WITH_CHOICES, "number"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be picked; an exclusive one cannot be picked beside others.

    support: whoever picks it is shown at once where help is.
    """

    code: str
    label: Text
    exclusive: bool = False
    support: bool = False

    def __post_init__(self) -> None:
        refuse(_choice_faults(self))


def _choice_faults(choice: Choice) -> Iterator[str]:
    if not CODE.fullmatch(choice.code):
        yield f"“{short(choice.code)}” cannot be a code. Use letters, digits, dots, hyphens and underscores."
    yield from length_faults("label", choice.label)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked. Its key never changes its meaning: a new meaning is a new key.

    `options` are the choices and then the special ones that are offered, `codes` theirs in the same order,
    `exclusive` the codes that stand alone. randomise: the choices come in another order for each person.
    constraint_message: what is said of an answer outside its limits. fallback: what stands in the words of a later
    question for an answer to this one that is not there.
    """

    key: str
    kind: Kind
    prompt: Text
    hint: Text | None = None
    required: bool = False
    sensitive: bool = False
    choices: tuple[Choice, ...] = ()
    dont_know: Text | None = None
    prefer_not_to_say: Text | None = None
    at_most: int | None = None
    low: float | None = None
    high: float | None = None
    decimals: bool = False
    length: int | None = None
    randomise: bool = False
    constraint_message: Text | None = None
    fallback: Text | None = None
    show_if: Condition | None = None
    options: tuple[Choice, ...] = field(init=False, repr=False, compare=False)
    codes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    exclusive: frozenset[str] = field(init=False, repr=False, compare=False)
    _labels: dict[str, Text] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse(_question_faults(self))
        special = ((DONT_KNOW, self.dont_know), (PREFER_NOT_TO_SAY, self.prefer_not_to_say))
        offered = (Choice(code, label, self.kind == "many") for code, label in special if label is not None)
        options = (*self.choices, *offered)
        _keep(self, "options", options)
        _keep(self, "codes", tuple(option.code for option in options))
        _keep(self, "exclusive", frozenset(option.code for option in options if option.exclusive))
        _keep(self, "_labels", {option.code: option.label for option in options})

    def label(self, code: str) -> Text:
        """The words of a choice or of a special code; KeyError for a code that the question does not have."""
        return self._labels[code]

    def has(self, code: str) -> bool:
        """Whether a code can be an answer."""
        return code in self._labels


def _keep(frozen: object, name: str, value: object) -> None:
    object.__setattr__(frozen, name, value)


def _question_faults(question: Question) -> Iterator[str]:
    yield from key_faults(question.key)
    if question.kind not in KINDS:
        yield f"“{question.kind}” is not a kind of question. Write one of {', '.join(KINDS)}."
        return
    for name in ("prompt", "hint", DONT_KNOW, PREFER_NOT_TO_SAY, "constraint_message", "fallback"):
        yield from length_faults(name, getattr(question, name))
    yield from _stray_faults(question)
    if question.kind in _WITH_CHOICES:
        yield from _choices_faults(question)
    if question.kind == "number":
        yield from _range_faults(question)
    if question.length is not None and not 1 <= question.length <= LONGEST:
        yield f"The room to write (length) is {question.length}. Write a number of characters from 1 to {LONGEST}."


def key_faults(key: str | None) -> Iterator[str]:
    """What keeps a word from being a key (None is somebody else's fault)."""
    if key is not None and not KEY.fullmatch(key):
        long = f", at most {LONGEST_KEY}" if len(key) > LONGEST_KEY else ""
        yield f"“{short(key)}” cannot be a key. Use small letters, digits and underscores{long}, a letter first."


def _stray_faults(question: Question) -> Iterator[str]:
    for name, kinds in BELONGS.items():
        value = getattr(question, name)
        given = value is not None and value is not False and value != ()  # 0 is given too
        if given and question.kind not in kinds:
            also = " Leaving it blank is enough." if question.kind == "text" and name in SPECIAL else ""
            called = f"{_CALLED[name]} ({name})" if name in _CALLED else name
            yield f"A question with {_asked_with(question)} has no {called}. Take it out.{also}"


def _asked_with(question: Question) -> str:
    return f"{ASKED_WITH[question.kind]} ({question.kind})"


def _choices_faults(question: Question) -> Iterator[str]:
    if len(question.choices) < 2:
        yield f"A question with {_asked_with(question)} needs at least two choices. Add them under choices."
    for code, times in Counter(choice.code for choice in question.choices).items():
        if times > 1:
            yield f"The code “{code}” is used {times} times. Give each choice its own code."
        if code in SPECIAL:
            yield f"The code “{code}” is kept. Take the choice out, and let the question offer it: {code} = true."
    if question.kind != "many" and any(choice.exclusive for choice in question.choices):
        yield f"With {_asked_with(question)} every choice stands alone. Take that mark off (exclusive)."
    if question.at_most is not None and not 2 <= question.at_most <= len(question.choices):
        yield f"At most {question.at_most} may be chosen (at_most). Write a number from 2 to the number of choices."


def _range_faults(question: Question) -> Iterator[str]:
    ends = [end for end in (question.low, question.high) if end is not None]
    if not all(abs(end) <= BIGGEST for end in ends):
        yield "The smallest and the biggest number (low, high) must have at most 15 digits."
    elif len(ends) == 2 and ends[0] >= ends[1]:
        smallest, biggest = numeral(ends[0]), numeral(ends[1])
        yield f"The smallest number (low) is {smallest}, the biggest (high) {biggest}. Make it smaller."
    elif not question.decimals and any(end != int(end) for end in ends):
        yield "The smallest and the biggest number must be whole (low, high), or decimals = true."


@dataclass(frozen=True, slots=True)
class Page:
    """What one screen asks. `note` is said before its questions; `routed`: some of it has a condition.

    random_block: pages of one block stand side by side, and come in another order for each person.
    """

    key: str
    questions: tuple[Question, ...]
    title: Text | None = None
    note: Text | None = None
    show_if: Condition | None = None
    random_block: str | None = None
    routed: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse(_page_faults(self))
        conditions = (self.show_if, *(question.show_if for question in self.questions))
        _keep(self, "routed", any(condition is not None for condition in conditions))


def page_text_faults(title: Text | None, note: Text | None) -> Iterator[str]:
    """What is wrong with the words of a page."""
    yield from length_faults("title", title)
    yield from length_faults("note", note)


def _page_faults(page: Page) -> Iterator[str]:
    yield from key_faults(page.key)
    yield from page_text_faults(page.title, page.note)
    yield from (f"random_block: {told}" for told in key_faults(page.random_block))
    if not page.questions:
        yield "This page asks nothing. Add a [[page.question]], or take the page out."


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """All that is asked, in order. `languages` are those, besides its own, that every text of it has.

    offered_unreviewed: the languages that staff have switched on although nobody has reviewed them; one that is not
    complete is offered once it is. offered: what those who answer may choose from, the set's own language first.
    randomised: chance has a hand in the order.
    """

    key: str
    title: Text
    language: str
    pages: tuple[Page, ...]
    languages: tuple[str, ...] = ()
    offered_unreviewed: tuple[str, ...] = ()
    offered: tuple[str, ...] = field(init=False, repr=False, compare=False)
    randomised: bool = field(init=False, repr=False, compare=False)
    questions: tuple[Question, ...] = field(init=False, repr=False, compare=False)
    routed: bool = field(init=False, repr=False, compare=False)
    fingerprint: str = field(init=False, repr=False, compare=False)
    _question: dict[str, Question] = field(init=False, repr=False, compare=False)
    _page: dict[str, Page] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse(_set_faults(self))
        questions = tuple(question for page in self.pages for question in page.questions)
        _keep(self, "questions", questions)
        _keep(self, "routed", any(page.routed for page in self.pages))
        _keep(self, "randomised", any(page.random_block for page in self.pages))
        chosen = (one for one in self.languages if one in self.offered_unreviewed or self.reviewed(one))
        _keep(self, "offered", (self.language, *chosen))
        _keep(self, "_question", {question.key: question for question in questions})
        _keep(self, "_page", {page.key: page for page in self.pages})
        _keep(self, "fingerprint", sha256(_canonical(self).encode()).hexdigest())

    def reviewed(self, language: str) -> bool:
        """Whether somebody who speaks a language has reviewed every text in it; the set's own needs no review."""
        return language == self.language or all(text.status(language) == "reviewed" for text in texts(self))

    def question(self, key: str) -> Question:
        """The question with a key; KeyError when there is none."""
        return self._question[key]

    def asked(self, key: str) -> Question | None:
        """The question with a key, or None when there is none."""
        return self._question.get(key)

    def page(self, key: str) -> Page:
        """The page with a key; KeyError when there is none."""
        return self._page[key]


def _set_faults(question_set: QuestionSet) -> Iterator[str]:
    yield from key_faults(question_set.key)
    yield from language_faults(question_set.language)
    yield from length_faults("title", question_set.title, LONGEST_TITLE)
    if not question_set.pages:
        yield "The set asks nothing. Add a [[page]] with a [[page.question]]."
    pages = [outline(page) for page in question_set.pages]
    yield from map(str, arrangement_faults(pages, question_set.title))
    claimed = set(question_set.languages)
    missing = claimed - shared_languages(texts(question_set)) if claimed else set()
    for language in sorted(missing):
        yield f"Not every text has the language {language}. Translate the rest, or take {language} out."
    for language in question_set.offered_unreviewed:
        yield from (f"offered_unreviewed: {told}" for told in language_faults(language))


def outline(page: Page) -> Outline:
    """A page as the check of the order wants it."""
    asked = [Asked(one.key, one.show_if, one) for one in page.questions]
    words = [text for text in (page.title, page.note) if text is not None]
    return Outline(page.key, page.show_if, asked, page.random_block, words)


def texts(part: object) -> Iterator[Text]:
    """Every text in a set, a page, a question or a choice, in the order a person meets it."""
    if isinstance(part, Text):
        yield part
    elif isinstance(part, tuple):
        for member in part:
            yield from texts(member)
    else:
        for spot in _SPOKEN.get(type(part), ()):
            value = getattr(part, spot)
            if value is not None:
                yield from texts(value)


_SPOKEN: dict[type, tuple[str, ...]] = {  # where there are texts
    QuestionSet: ("title", "pages"),
    Page: ("questions", "title", "note"),
    Question: (
        *("prompt", "hint", "choices", "dont_know", "prefer_not_to_say"),
        *("constraint_message", "fallback"),
    ),
    Choice: ("label",),
}


def only_in(part: Any, languages: Set[str]) -> Any:
    """A page, a question or a choice with its texts in these languages only, besides their own."""
    if isinstance(part, Text):
        kept = [(language, words) for language, words in part.translations if language in languages]
        statuses = [(language, status) for language, status in part.statuses if language in languages]
        return Text(part.source, tuple(kept), tuple(statuses))
    if isinstance(part, tuple):
        return tuple(only_in(member, languages) for member in part)
    spots = {spot: getattr(part, spot) for spot in _SPOKEN[type(part)]}
    return replace(
        part, **{spot: only_in(value, languages) for spot, value in spots.items() if value is not None}
    )


def _canonical(question_set: QuestionSet) -> str:
    return json.dumps(_meaning(question_set), sort_keys=True, separators=(",", ":"))


def _meaning(part: Any) -> Any:
    """What the fingerprint is made of: no field at its default, so one added later changes no old print."""
    if isinstance(part, Text):
        marks = {f"status {language}": status for language, status in part.statuses}
        return {"": part.source, **dict(part.translations), **marks} if part.translations else part.source
    if isinstance(part, (Comparison, Selected, Not, And, Or)):
        return written(part)
    if is_dataclass(part):
        kept = (spot for spot in fields(part) if spot.init and getattr(part, spot.name) != spot.default)
        return {spot.name: _meaning(getattr(part, spot.name)) for spot in kept}
    if isinstance(part, tuple):
        return [_meaning(member) for member in part]
    return part if isinstance(part, (str, bool)) or part is None else numeral(part)
