"""The TOML document that staff write, read into a question set, with every fault in it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from questions.arrangement import Asked, Fault, Outline, arrangement_faults, short
from questions.definition import (
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    Choice,
    Kind,
    Page,
    Question,
    QuestionSet,
    key_faults,
    page_text_faults,
    texts,
)
from questions.tables import Table
from questions.text import LONGEST_TITLE, Text, language_faults, length_faults, shared_languages

__all__ = ["Fault", "WrongSet", "read", "read_file", "shipped", "shipped_source"]

SETS = Path(__file__).parent / "sets"

USUAL_WORDS = {  # what `= true` means in sets that are published: never change one
    DONT_KNOW: {
        "en": "I don’t know",
        "de": "Ich weiss es nicht",
        "en-x-easy": "I don’t know",
        "ar": "لا أعرف",
        "bn": "জানি না",
    },
    PREFER_NOT_TO_SAY: {
        "en": "I’d rather not say",
        "de": "Das möchte ich nicht sagen",
        "en-x-easy": "I don’t want to say",
        "ar": "أفضّل عدم الإجابة",
        "bn": "বলতে চাই না",
    },
}

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.){0,80}+"|'[^'\n]{0,80}+')[ \t]*+"""
_MANY_PARTS = re.compile(
    rf"(?<![\w-])(?:{_PART}\.[ \t]*+){{16}}"
)  # reading a name of thousands takes minutes

_SET = ("key", "title", "language", "offered_unreviewed", "page")
_PAGE = ("key", "title", "note", "show_if", "random_block", "question")
_CHOICE = ("code", "label", "exclusive", "support")
_QUESTION = (
    *("key", "kind", "prompt", "hint", "required", "sensitive", "choices", DONT_KNOW, PREFER_NOT_TO_SAY),
    *(
        "at_most",
        "low",
        "high",
        "decimals",
        "length",
        "randomise",
        "constraint_message",
        "fallback",
        "show_if",
    ),
)


class WrongSet(ValueError):
    """A document that is not a question set, with every fault in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def read(text: str) -> QuestionSet:
    """Read a set from TOML; raises WrongSet with every fault, its place and its mend."""
    long = _MANY_PARTS.search(text)
    if long is not None:
        place = f"line {text.count(chr(10), 0, long.start()) + 1}"
        raise WrongSet([Fault(place, "There are very many dots here. A name has no dots: write it alone.")])
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as wrong:
        raise WrongSet([_syntax_fault(str(wrong))]) from None
    except RecursionError:
        raise WrongSet(
            [_unreadable("There are too many brackets inside each other. Take some out.")]
        ) from None
    except ValueError:
        raise WrongSet([_unreadable("Look for a number of thousands of digits.")]) from None
    faults: list[Fault] = []
    found = _question_set(Table(content, "top", None, faults))
    if found is None or faults:
        raise WrongSet(faults)
    return found


def _unreadable(mend: str) -> Fault:
    return Fault("the document", f"This cannot be read as TOML. {mend}")


def _syntax_fault(message: str) -> Fault:
    at = re.search(r" \(at (.+)\)$", message)
    if at is None:
        return Fault("the document", f"This is not TOML: {message}.")
    return Fault(at[1], f"This is not TOML: {message[: at.start()]}. Mend it here, or just before.")


def read_file(path: str | Path) -> QuestionSet:
    """Read a set from a TOML file in UTF-8; raises WrongSet, and OSError when the file cannot be opened."""
    try:
        return read(Path(path).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as wrong:
        told = f"Byte {wrong.start + 1} is not UTF-8. Save the file as UTF-8."
        raise WrongSet([Fault("the document", told)]) from None


def shipped_source(name: str) -> str:
    """The TOML of a set that comes with Soundings; LookupError names the ones there are."""
    names = sorted(file.stem for file in SETS.glob("*.toml"))
    if name not in names:
        raise LookupError(f"There is no shipped set “{name}”. There are: {', '.join(names)}.")
    return (SETS / f"{name}.toml").read_text(encoding="utf-8")


def shipped(name: str) -> QuestionSet:
    """A set that comes with Soundings."""
    return read(shipped_source(name))


def _question_set(top: Table) -> QuestionSet | None:
    top.only(_SET)
    key, language = top.needed("key"), top.needed("language")
    for told in (*key_faults(key), *language_faults(language)):
        top.fault(told)
    top.language = language
    title, offered = top.needed_text("title"), top.words("offered_unreviewed")
    for told in length_faults("title", title, LONGEST_TITLE):
        top.fault(told)
    read_pages = [_page(table) for table in top.tables("page", "page")]
    if not read_pages:
        top.fault("The set asks nothing. Add a [[page]] with a [[page.question]].")
    top.faults.extend(arrangement_faults([outline for outline, _ in read_pages], title))
    pages = tuple(page for _, page in read_pages if page is not None)
    if top.faults or key is None or language is None or title is None:
        return None
    languages = tuple(sorted(shared_languages(texts((title, *pages)))))
    with top.noting():
        return QuestionSet(key, title, language, pages, languages, offered)
    return None


def _page(table: Table) -> tuple[Outline, Page | None]:
    """A page as the check of the order wants it, and the page itself when nothing is wrong with it."""
    before = len(table.faults)
    table.only(_PAGE)
    title, note, show_if = table.text("title"), table.text("note"), table.condition()
    block = table.word("random_block")
    asked = [_question(one) for one in table.tables("question", "question")]
    if not asked:
        table.fault("This page asks nothing. Add a [[page.question]], or take the page out.")
    key = table.word("key") or (asked[0].key if asked else table.place)
    if "key" in table.raw:
        for told in key_faults(key):
            table.fault(told)
    for told in (*(f"random_block: {told}" for told in key_faults(block)), *page_text_faults(title, note)):
        table.fault(told)
    outline = Outline(key, show_if, asked, block, [text for text in (title, note) if text is not None])
    if len(table.faults) > before:
        return outline, None
    questions = tuple(one.question for one in asked if one.question is not None)
    return outline, Page(key, questions, title, note, show_if, block)


def _question(table: Table) -> Asked:
    """A question, its faults noted. A stand-in for what is wrong lets the rest still be checked."""
    before = len(table.faults)
    key = table.needed("key")
    if key is not None:
        table.place = f"{table.place.rpartition(' ')[0]} {short(key)}"
    table.only(_QUESTION)
    kind, prompt, show_if = table.needed("kind"), table.needed_text("prompt"), table.condition()
    question = None
    if kind is None:
        return Asked(key or table.place, show_if, None)
    with table.noting():
        question = Question(
            key=key or "stand_in",
            kind=cast(Kind, kind),
            prompt=prompt or Text("stand-in"),
            hint=table.text("hint"),
            required=table.flag("required"),
            sensitive=table.flag("sensitive"),
            choices=_choices(table),
            dont_know=_special(table, DONT_KNOW),
            prefer_not_to_say=_special(table, PREFER_NOT_TO_SAY),
            at_most=table.whole("at_most"),
            low=table.number("low"),
            high=table.number("high"),
            decimals=table.flag("decimals"),
            length=table.whole("length"),
            randomise=table.flag("randomise"),
            constraint_message=table.text("constraint_message"),
            fallback=table.text("fallback"),
            show_if=show_if,
        )
    return Asked(key or table.place, show_if, question if len(table.faults) == before else None)


def _choices(question: Table) -> tuple[Choice, ...]:
    if "choices" in question.raw and not isinstance(question.raw["choices"], list):
        question.fault('choices must be a list: [{code = "yes", label = "Yes"}, ...].')
        return _choice_stand_in(1), _choice_stand_in(2)
    return tuple(_choice(table, n) for n, table in enumerate(question.tables("choices", "choice"), 1))


def _choice_stand_in(number: int) -> Choice:
    return Choice(f"stand-in-{number}", Text("stand-in"))


def _choice(table: Table, number: int) -> Choice:
    table.only(_CHOICE)
    code, label = table.needed("code"), table.needed_text("label")
    exclusive, support = table.flag("exclusive"), table.flag("support")
    if code is not None:
        with table.noting():
            return Choice(code, label or Text("stand-in"), exclusive, support)
    return _choice_stand_in(number)


def _special(question: Table, code: str) -> Text | None:
    """The words of a special answer: its own, or the usual ones where the document says true."""
    told = question.raw.get(code)
    if told is True:
        usual = USUAL_WORDS[code].get(question.language or "en")
        if usual is None:
            question.fault(f'Write the words of {code} in {question.language}: {code} = "...".')
        return Text(usual) if usual else None
    return None if told is False else question.text(code)
