"""A question set as the TOML document that a person would have written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import Field, fields
from typing import Any
from unicodedata import category

from questions.conditions import And, Comparison, Not, Or, Selected, numeral, written
from questions.definition import DONT_KNOW, PREFER_NOT_TO_SAY, SPECIAL, Choice, Page, Question, QuestionSet
from questions.document import USUAL_WORDS, WrongSet, read
from questions.text import Text, WrongDefinition

_LAST = ("choices", DONT_KNOW, PREFER_NOT_TO_SAY)  # of a question: what is offered stands below what is asked
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_JOINERS = "\u200c\u200d"  # inside words of Bengali, Persian and emoji: a person writes them as they are


def write(question_set: QuestionSet) -> str:
    r"""The document of a set; `read` gives an equal set back, and equal sets give the same text.

    Comments are no part of a set, so they are not in it. Raises WrongDefinition for a set built by hand that
    no document can hold: spaces around its words, translations out of order, a condition too deep to be read.

    >>> from questions import read
    >>> set_ = read('''
    ... key = "tiny"
    ... title = "Tiny"
    ... language = "en"
    ... page = [{question = [{key = "why", kind = "text", prompt = {bn = "কেন?", en = "Why?"}}]}]
    ... ''')
    >>> print(write(set_), end="")
    key = "tiny"
    title = "Tiny"
    language = "en"
    <BLANKLINE>
    [[page]]
    [[page.question]]
    key = "why"
    kind = "text"
    prompt = {en = "Why?", bn = "কেন?"}
    """
    text = as_text(question_set)
    refuse_what_is_lost(question_set, lambda: read(text))
    return text


def as_text(question_set: QuestionSet) -> str:
    """The document of a set, without reading it back: whoever keeps it must see that nothing is lost."""
    language = question_set.language
    top = [
        f"{name} = {_value(getattr(question_set, name), language)}" for name in ("key", "title", "language")
    ]
    if question_set.offered_unreviewed:
        top.append(f"offered_unreviewed = [{', '.join(map(_quoted, question_set.offered_unreviewed))}]")
    parts = ["\n".join(top), *("\n".join(_page(page, language)) for page in question_set.pages)]
    return "\n\n".join(parts) + "\n"


def refuse_what_is_lost(
    question_set: QuestionSet, read_back: Callable[[], QuestionSet], called: str = "document"
) -> None:
    """Raise WrongDefinition unless reading what was written gives the set again."""
    try:
        back = read_back()
    except WrongSet as wrong:
        raise WrongDefinition(map(str, wrong.faults)) from None
    if back != question_set:
        pairs = enumerate(zip(question_set.pages, back.pages, strict=True), 1)
        place = next((f"page {number}" for number, (page, again) in pairs if page != again), "top")
        told = f"A {called} cannot hold this as it is. Take the spaces from both ends of its words, sort its"
        raise WrongDefinition([f"{place}: {told} translations by language, and name every language it has."])


def _page(page: Page, language: str) -> Iterator[str]:
    yield "[[page]]"
    for spot, value in _given(page):
        if spot != "questions" and (spot, value) != ("key", page.questions[0].key):
            yield f"{spot} = {_value(value, language)}"
    for question in page.questions:
        yield "[[page.question]]"
        yield from _question(question, language)


def _question(question: Question, language: str) -> Iterator[str]:
    given = sorted(_given(question), key=lambda one: one[0] in _LAST)
    for name, value in given:
        usual = USUAL_WORDS[name].get(language) if name in SPECIAL else None
        if usual is not None and value == Text(usual):
            yield f"{name} = true"
        elif name == "choices":
            yield from ("choices = [", *(f"    {_choice(choice, language)}," for choice in value), "]")
        else:
            yield f"{name} = {_value(value, language)}"


def _choice(choice: Choice, language: str) -> str:
    return "{" + ", ".join(f"{name} = {_value(value, language)}" for name, value in _given(choice)) + "}"


def _given(part: Page | Question | Choice) -> Iterator[tuple[str, Any]]:
    """What a part says, by name and in order: nothing that reading would give without being told."""
    spots: tuple[Field[Any], ...] = fields(part)
    for spot in spots:
        value = getattr(part, spot.name)
        if spot.init and value != spot.default:
            yield spot.name, value


def _value(value: Any, language: str) -> str:
    if isinstance(value, Text):
        return _words(value, language)
    if isinstance(value, (Comparison, Selected, Not, And, Or)):
        return _quoted(written(value))
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else numeral(value)


def _words(text: Text, language: str) -> str:
    if not text.translations:
        return _quoted(text.source)
    statuses = dict(text.statuses)
    each = [f"{language} = {_quoted(text.source)}"]
    for name, words in text.translations:
        told = (
            f'{{words = {_quoted(words)}, status = "{statuses[name]}"}}'
            if name in statuses
            else _quoted(words)
        )
        each.append(f"{name} = {told}")
    return "{" + ", ".join(each) + "}"


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    """A character as it stands in quotation marks: as it is, unless it cannot be seen or would end them."""
    if character in _SHORT:
        return _SHORT[character]
    if category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS:
        return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
    return character
