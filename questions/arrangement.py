"""Whether a set stands in an order that works: keys of their own, conditions that look back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from questions.conditions import ORDERINGS, Comparison, Condition, Selected, leaves, numeral

if TYPE_CHECKING:
    from questions.definition import Question
    from questions.text import Text


THE_SET = "the set"  # the place of what is wrong with its title


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a set from being used: where, and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Asked(NamedTuple):
    """A question as the order sees it; `question` is None when it is itself wrong."""

    key: str
    show_if: Condition | None
    question: Question | None


class Outline(NamedTuple):
    """A page as the order sees it."""

    key: str
    show_if: Condition | None
    questions: Sequence[Asked]
    random_block: str | None = None
    words: Sequence[Text] = ()  # its title and note


SHOWN = 40  # characters of somebody's word that a sentence about it quotes


def short(word: str) -> str:
    """A word as a sentence quotes it: its beginning, where it is very long.

    >>> short("borough"), len(short("b" * 5_000))
    ('borough', 40)
    """
    return word if len(word) <= SHOWN else f"{word[: SHOWN - 1]}…"


def nearest(word: str, known: Sequence[str]) -> str:
    """` Did you mean “worry”?`, or nothing when no known word is near."""
    close = get_close_matches(word, known, n=1)
    return f" Did you mean “{close[0]}”?" if close else ""


def arrangement_faults(pages: Sequence[Outline], title: Text | None = None) -> Iterator[Fault]:
    """A key used twice, a condition that looks forward or at nothing, a code that no question has, an answer in words
    that cannot hold one.

    title: of the set; what is wrong with it has the place THE_SET.
    """
    yield from (Fault(THE_SET, told) for told in _misplaced([title] if title is not None else []))
    yield from _repeated(pages)
    yield from _scattered(pages)
    everything = [asked.key for page in pages for asked in page.questions]
    earlier: dict[str, Question | None] = {}
    before_block: dict[str, Question | None] = {}
    for number, page in enumerate(pages, 1):
        if page.random_block is None or page.random_block != (
            pages[number - 2].random_block if number > 1 else None
        ):
            before_block = dict(earlier)
        known = before_block if page.random_block else earlier
        yield from _page_faults(f"page {number}", page, known, everything)
        earlier.update((asked.key, asked.question) for asked in page.questions)


def _page_faults(
    place: str, page: Outline, earlier: Mapping[str, Question | None], everything: Sequence[str]
) -> Iterator[Fault]:
    """What is wrong with the conditions and the words of a page, given what may be looked at from it."""
    spots: list[tuple[str, Condition | None, Sequence[Text]]] = [(place, page.show_if, page.words)]
    for asked in page.questions:
        spoken = repeating(asked.question) if asked.question is not None else ()
        spots.append((question_place(place, asked.key), asked.show_if, spoken))
    for spot, condition, words in spots:
        if condition is not None:
            yield from (Fault(spot, told) for told in condition_faults(condition, earlier, everything))
        for key in dict.fromkeys(key for text in words for key in text.pipes):
            yield from (Fault(spot, told) for told in _pipe_faults(key, earlier, everything))
    for asked in page.questions:
        silent = _not_repeating(asked.question) if asked.question is not None else ()
        yield from (Fault(question_place(place, asked.key), told) for told in _misplaced(silent))


def question_place(page: str, key: str) -> str:
    """Where a question is, as faults say it: `page 3, question borough`."""
    return f"{page}, question {short(key)}"


def repeating(question: Question) -> list[Text]:
    """The words of a question in which an earlier answer may stand."""
    return [text for text in (question.prompt, question.hint) if text is not None]


def _not_repeating(question: Question) -> list[Text]:
    """The other words of a question: they are read where nobody's answers are known."""
    said = (question.constraint_message, question.fallback)
    return [*(option.label for option in question.options), *(text for text in said if text is not None)]


def _misplaced(words: Iterable[Text]) -> Iterator[str]:
    """What is wrong with words that can hold no answer."""
    for key in dict.fromkeys(key for text in words for key in text.pipes):
        yield (
            "Answers can be repeated in a question, its hint, a page’s title or its note only. "
            f"Take ${{{short(key)}}} out."
        )


def _pipe_faults(
    key: str, earlier: Mapping[str, Question | None], everything: Sequence[str]
) -> Iterator[str]:
    if key in earlier:
        question = earlier[key]
        if question is not None and question.kind == "text":
            yield f"What people write in “{key}” is never shown in a question. Take ${{{key}}} out."
    elif key in everything:
        yield (
            f"The words hold ${{{short(key)}}}, which is not on an earlier page. "
            f"Move “{key}” to a page before this one."
        )
    else:
        yield f"The words hold ${{{short(key)}}}, but no question has that key.{nearest(key, list(earlier))}"


def _scattered(pages: Sequence[Outline]) -> Iterator[Fault]:
    """Pages of a block that do not stand side by side."""
    ended: set[str] = set()
    before: str | None = None
    for number, page in enumerate(pages, 1):
        if before is not None and page.random_block != before:
            ended.add(before)
        if page.random_block in ended:
            told = (
                f"The pages of random_block “{page.random_block}” must stand side by side. Move this one up."
            )
            yield Fault(f"page {number}", told)
        before = page.random_block


def _repeated(pages: Sequence[Outline]) -> Iterator[Fault]:
    page_keys: set[str] = set()
    keys: Counter[str] = Counter()
    for number, page in enumerate(pages, 1):
        first = page.questions[0].key if page.questions else ""
        if page.key in page_keys and not (page.key == first and keys[first]):  # that one is told below
            yield Fault(
                f"page {number}",
                f"The page key “{short(page.key)}” is used before. Give this page its own key.",
            )
        page_keys.add(page.key)
        for asked in page.questions:
            keys[asked.key] += 1
            if keys[asked.key] == 2:
                told = f"The key “{short(asked.key)}” is used before. Give each question its own key."
                yield Fault(question_place(f"page {number}", asked.key), told)


def condition_faults(
    condition: Condition, earlier: Mapping[str, Question | None], everything: Sequence[str]
) -> Iterator[str]:
    """What is wrong with a condition, given the questions of the pages before it and every key of the set."""
    for leaf in leaves(condition):
        key = leaf.question
        if key in earlier:
            question = earlier[key]
            if question is not None:
                yield from _leaf_faults(leaf, question)
        elif key in everything:
            yield (
                f"show_if looks at “{key}”, which is not on an earlier page. A condition can only look back: "
                f"move “{key}” to a page before this one."
            )
        else:
            yield f"show_if looks at “{key}”, but no question has that key.{nearest(key, list(earlier))}"


def _leaf_faults(leaf: Comparison | Selected, question: Question) -> Iterator[str]:
    if isinstance(leaf, Selected):
        if question.kind in ("number", "text"):
            yield f"“{question.key}” is a {question.kind} question, without choices. Use =, not selected()."
        else:
            yield from _code_faults(leaf.code, question)
    elif question.kind == "many":
        yield f"“{question.key}” takes many answers. Write selected(${{{question.key}}}, 'code')."
    elif question.kind == "number":
        yield from _number_faults(leaf, question)
    elif leaf.operator in ORDERINGS:
        yield f"“{question.key}” is not a number, so {leaf.operator} cannot be used. Use = or !=."
    elif question.kind == "text":
        yield from _text_faults(leaf, question)
    else:
        yield from _code_faults(leaf.value if isinstance(leaf.value, str) else numeral(leaf.value), question)


def _code_faults(code: str, question: Question) -> Iterator[str]:
    if code not in question.codes:
        guess = nearest(code, question.codes) or f" Its codes are {', '.join(question.codes)}."
        yield f"show_if looks for “{code}”, which is not a code of “{question.key}”.{guess}"


def _number_faults(leaf: Comparison, question: Question) -> Iterator[str]:
    if not isinstance(leaf.value, str):
        return
    if leaf.operator in ORDERINGS or leaf.value not in question.codes:
        yield f"“{question.key}” is a number. Compare it with a number, without quotation marks."


def _text_faults(leaf: Comparison, question: Question) -> Iterator[str]:
    if not isinstance(leaf.value, str):
        yield f"“{question.key}” holds words. Put the value in quotation marks."
    elif leaf == Comparison(question.key, "=", ""):
        yield f"No answer is ever equal to nothing. Write not(${{{question.key}}} != '')."
