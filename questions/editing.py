"""Changes that staff make to a set: each gives another whole set, or says why it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from questions.conditions import And, Comparison, Not, Or, Selected, numeral
from questions.definition import Page, Question, QuestionSet, texts
from questions.leaning import depending, orphaned, overtaken
from questions.naming import first_free, key_from, named_by_itself
from questions.text import Text, WrongDefinition, shared_languages


def rebuilt(question_set: QuestionSet, pages: Iterable[Page], title: Text | None = None) -> QuestionSet:
    """The same set with other pages; it is offered in no language that a text of it now lacks, until none does.

    Raises:
        WrongDefinition: every reason why there is no such set.
    """
    kept, words = tuple(pages), title or question_set.title
    languages = tuple(sorted(shared_languages(texts((words, *kept)))))
    switched_on = question_set.offered_unreviewed
    return QuestionSet(question_set.key, words, question_set.language, kept, languages, switched_on)


def put(
    question_set: QuestionSet, key: str, question: Question, recoded: Mapping[str, str] | None = None
) -> QuestionSet:
    """The set with a question in place of the one that has the key; what looks at it follows a new key.

    recoded: the codes of its choices that have another now; conditions that look for them follow too.

    >>> from questions import shipped
    >>> pulse = shipped("pulse")
    >>> dark = replace(pulse.question("safe_dark"), key="safe_at_night")
    >>> put(pulse, "safe_dark", dark).pages[1].key
    'safe_at_night'

    Raises:
        KeyError: no question has the key.
        WrongDefinition: the set cannot be with that question in it, or others are asked of those who picked a choice
            that it has no more.
    """
    if wrong := tuple(orphaned(question_set, question_set.question(key), question, recoded or {})):
        raise WrongDefinition(wrong)
    pages = question_set.pages
    if recoded:
        pages = tuple(_recoded(page, key, recoded) for page in pages)
    if question.key != key:
        if any(one.key == question.key for one in question_set.questions):
            raise WrongDefinition([f"The key “{question.key}” is used by another question. Choose another."])
        pages = tuple(_renamed(page, key, question.key) for page in pages)
    return rebuilt(question_set, (_with(page, question) for page in pages))


def _with(page: Page, question: Question) -> Page:
    return replace(
        page, questions=tuple(question if one.key == question.key else one for one in page.questions)
    )


def merged(before: Question, mine: Question, theirs: Question, *, prefer: bool = False) -> Question | None:
    """A question that two people changed, with what each of them changed; None where both changed the same part.

    before: as it was when both began. prefer: take mine where both changed the same part.

    >>> from questions import shipped
    >>> asked = shipped("pulse").question("safe_dark")
    >>> both = merged(asked, replace(asked, required=True), replace(asked, hint=None))
    >>> both.required, both.hint
    (True, None)
    >>> merged(asked, replace(asked, hint=Text("Mine")), replace(asked, hint=None)) is None
    True
    """
    found: dict[str, Any] = {}
    for name in (spot.name for spot in fields(Question) if spot.init):
        was, my, their = (getattr(one, name) for one in (before, mine, theirs))
        if was != my != their != was and not prefer:
            return None
        found[name] = their if my == was else my
    return replace(theirs, **found)


def put_page(question_set: QuestionSet, key: str, page: Page) -> QuestionSet:
    """The set with a page in place of the one that has the key; raises as `put`."""
    question_set.page(key)
    return rebuilt(question_set, (page if one.key == key else one for one in question_set.pages))


def add(question_set: QuestionSet, question: Question, at: int) -> QuestionSet:
    """The set with a question on a page of its own, as page number `at` (from 0); raises as `put`."""
    page = Page(_page_key(question_set.pages, question.key), (question,))
    return rebuilt(question_set, (*question_set.pages[:at], page, *question_set.pages[at:]))


def duplicate(question_set: QuestionSet, key: str) -> tuple[QuestionSet, str]:
    """The set with a question a second time, under a new key, on the page after it; and that key."""
    copy = replace(question_set.question(key), key=free_key(question_set, key))
    return add(question_set, copy, page_number(question_set, key) + 1), copy.key


def remove(question_set: QuestionSet, key: str) -> QuestionSet:
    """The set without a question, and without its page where it was alone on it.

    Raises:
        KeyError: no question has the key.
        WrongDefinition: other questions look at it, or it is the only one.
    """
    asked = question_set.question(key)
    users = list(depending(question_set, key))
    if users:
        told = f"“{asked.prompt}” is needed by {', '.join(f'“{user}”' for user in users)}."
        raise WrongDefinition([f"{told} Change who is asked that, or its words, first."])
    if len(question_set.questions) == 1:
        raise WrongDefinition(["This is the only question. Add another before you take it out."])
    return rebuilt(question_set, _without(question_set.pages, key))


# Moving: a question that is alone on its page takes the page along


def up(question_set: QuestionSet, key: str) -> QuestionSet:
    """The set with a question one place earlier; the first of several on a page gets a page of its own before it."""
    number, place = page_number(question_set, key), _place(question_set, key)
    page = question_set.pages[number]
    if place > 0:
        return _swapped(question_set, number, place - 1)
    if len(page.questions) > 1:
        return _split(question_set, number, key, number)
    return _page_moved(question_set, number, number - 1) if number else question_set


def down(question_set: QuestionSet, key: str) -> QuestionSet:
    """The set with a question one place later; the last of several on a page gets a page of its own after it."""
    number, place = page_number(question_set, key), _place(question_set, key)
    page = question_set.pages[number]
    if place < len(page.questions) - 1:
        return _swapped(question_set, number, place)
    if len(page.questions) > 1:
        return _split(question_set, number, key, number + 1)
    return (
        _page_moved(question_set, number, number + 1)
        if number < len(question_set.pages) - 1
        else question_set
    )


def place_before(question_set: QuestionSet, key: str, before: str | None) -> QuestionSet:
    """The set with a question dropped just before another, or at the end.

    It joins a page when it is dropped between two questions of it, and has a page of its own elsewhere.

    Raises:
        KeyError: no question has one of the keys.
        WrongDefinition: something would be asked before the answer that it leans on.
    """
    if before == key:
        return question_set
    if before is not None:
        question_set.question(before)
    question = question_set.question(key)
    own = question_set.pages[page_number(question_set, key)]
    page = own if len(own.questions) == 1 else Page(_page_key(question_set.pages, key), (question,))
    rest = _without(question_set.pages, key)
    if before is None:
        return _rearranged(question_set, (*rest, page))
    found: list[Page] = []
    for one in rest:
        keys = [asked.key for asked in one.questions]
        at = keys.index(before) if before in keys else None
        if at == 0:
            found.append(page)
        joined = (*one.questions[:at], question, *one.questions[at:]) if at else one.questions
        found.append(replace(one, questions=joined))
    return _rearranged(question_set, found)


def join(question_set: QuestionSet, key: str) -> QuestionSet:
    """The set with a question on the page before its own, as the last one there, asked of whom it was asked before."""
    number = page_number(question_set, key)
    if number == 0:
        raise WrongDefinition(["There is no page before this one."])
    before, left = question_set.pages[number - 1], question_set.pages[number]
    question = question_set.question(key)
    if left.show_if not in (None, before.show_if):
        question = _asked_as_on(left, question)
    target = replace(before, questions=(*before.questions, question))
    rest = list(_without(question_set.pages, key))
    rest[number - 1] = target
    return _rearranged(question_set, rest)


def _asked_as_on(page: Page, question: Question) -> Question:
    """A question that leaves its page and takes the page's condition with it."""
    both = tuple(one for one in (page.show_if, question.show_if) if one is not None)
    return replace(question, show_if=And(both) if len(both) > 1 else both[0])


def split(question_set: QuestionSet, key: str) -> QuestionSet:
    """The set with a question on a page of its own, after the one it shared; as it is when it has one already."""
    number = page_number(question_set, key)
    if len(question_set.pages[number].questions) == 1:
        return question_set
    return _split(question_set, number, key, number + 1)


def page_number(question_set: QuestionSet, key: str) -> int:
    """The number (from 0) of the page that a question is on; KeyError when there is no such question."""
    question_set.question(key)
    return next(
        n for n, page in enumerate(question_set.pages) if any(one.key == key for one in page.questions)
    )


def _place(question_set: QuestionSet, key: str) -> int:
    page = question_set.pages[page_number(question_set, key)]
    return [one.key for one in page.questions].index(key)


def _swapped(question_set: QuestionSet, number: int, first: int) -> QuestionSet:
    questions = list(question_set.pages[number].questions)
    questions[first : first + 2] = questions[first + 1], questions[first]
    page = replace(question_set.pages[number], questions=tuple(questions))
    return _rearranged(question_set, (*question_set.pages[:number], page, *question_set.pages[number + 1 :]))


def _split(question_set: QuestionSet, number: int, key: str, at: int) -> QuestionSet:
    own = Page(_page_key(question_set.pages, key), (question_set.question(key),))
    old = question_set.pages[number]
    rest = list(_without(question_set.pages, key))
    if old.key == own.key:  # the page was called after the question that leaves it
        rest[number] = replace(rest[number], key=_page_key([*rest, own], rest[number].questions[0].key))
    return _rearranged(question_set, (*rest[:at], own, *rest[at:]))


def _page_moved(question_set: QuestionSet, number: int, to: int) -> QuestionSet:
    pages = list(question_set.pages)
    pages.insert(to, pages.pop(number))
    return _rearranged(question_set, pages)


def _without(pages: Sequence[Page], key: str) -> tuple[Page, ...]:
    left = (
        replace(page, questions=tuple(one for one in page.questions if one.key != key))
        if len(page.questions) > 1
        else page
        for page in pages
    )
    return tuple(page for page in left if page.questions[0].key != key or len(page.questions) > 1)


def _rearranged(question_set: QuestionSet, pages: Iterable[Page]) -> QuestionSet:
    """The set with its questions elsewhere; raises WrongDefinition where one would stand before what it leans on."""
    every = tuple(pages)
    if wrong := tuple(overtaken(question_set, every)):
        raise WrongDefinition(wrong)
    return rebuilt(question_set, every)


# Keys


def free_key(question_set: QuestionSet, wanted: str) -> str:
    """The wanted key, or the first of `wanted_2`, `wanted_3` ... that no question or page has."""
    taken = {one.key for one in question_set.questions} | {page.key for page in question_set.pages}
    return first_free(wanted, taken)


def key_after(question_set: QuestionSet, before: Question, after: Question) -> str:
    """The key of a question with other words: one that was made of its words follows them, until it is translated."""
    old, wanted = key_from(str(before.prompt)), key_from(str(after.prompt))
    typed = after.key != before.key or before.prompt.translations
    if typed or wanted == old or not named_by_itself(before):
        return after.key
    return free_key(question_set, wanted)


def _page_key(pages: Iterable[Page], wanted: str) -> str:
    return first_free(wanted, {page.key for page in pages})


def _renamed(part: Any, old: str, new: str) -> Any:
    """A page, question, text or condition in which a question has another key."""
    found: Any = part
    match part:
        case Comparison() | Selected():
            found = replace(part, question=new) if part.question == old else part
        case Not():
            found = Not(_renamed(part.condition, old, new))
        case And() | Or():
            found = type(part)(tuple(_renamed(one, old, new) for one in part.conditions))
        case Text():
            found = _piped_anew(part, old, new)
        case tuple():
            found = tuple(_renamed(one, old, new) for one in part)
        case Page() | Question():
            found = _renamed_fields(part, old, new)
    return found


def _recoded(part: Any, key: str, codes: Mapping[str, str]) -> Any:
    """A page or a condition in which some codes of a question are others."""
    found: Any = part
    match part:
        case Selected(question, code) if question == key:
            found = Selected(key, codes.get(code, code))
        case Comparison(question, operator, value) if question == key:
            told = value if isinstance(value, str) else numeral(value)
            found = Comparison(key, operator, codes[told]) if told in codes else part
        case Not():
            found = Not(_recoded(part.condition, key, codes))
        case And() | Or():
            found = type(part)(tuple(_recoded(one, key, codes) for one in part.conditions))
        case Page():
            asked = tuple(_recoded(one, key, codes) for one in part.questions)
            found = replace(part, questions=asked, show_if=_recoded(part.show_if, key, codes))
        case Question():
            found = replace(part, show_if=_recoded(part.show_if, key, codes))
    return found


def _renamed_fields(part: Page | Question, old: str, new: str) -> Page | Question:
    spots = {spot.name: getattr(part, spot.name) for spot in fields(part) if spot.init}
    changed = {name: _renamed(value, old, new) for name, value in spots.items() if name != "key"}
    return replace(part, key=new if part.key == old else part.key, **changed)


def _piped_anew(text: Text, old: str, new: str) -> Text:
    if old not in text.pipes:
        return text
    mark, other = f"${{{old}}}", f"${{{new}}}"
    translations = tuple((language, words.replace(mark, other)) for language, words in text.translations)
    return Text(text.source.replace(mark, other), translations, text.statuses)


# Words


def reworded(text: Text | None, words: str) -> Text | None:
    """A text with other words in the language of its set; what was translated is a draft again.

    >>> reworded(Text("Why?", (("bn", "কেন?"),)), "Why not?").statuses
    (('bn', 'draft'),)
    >>> reworded(None, "  ") is None
    True
    """
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    told = " ".join(words.split()) if "\n" not in words else words
    if not told:
        return None
    if text is None:
        return Text(told)
    if told == text.source:
        return text
    return Text(told, text.translations, tuple((language, "draft") for language, _ in text.translations))
