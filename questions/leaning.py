"""What leans on a question: who is asked by its answer, and whose words repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from questions.arrangement import condition_faults, repeating
from questions.conditions import Comparison, Condition, Selected, leaves, mentioned, numeral
from questions.definition import Page, Question, QuestionSet, outline
from questions.text import Text

_Asker = tuple[
    str, Condition | None, Sequence[Text]
]  # its words, its condition, its texts that may repeat an answer
_FIRST = "Change who is asked that first."


def depending(question_set: QuestionSet, key: str) -> Iterator[str]:
    """The words of each question or page that looks at a question, in its condition or in what it says."""
    for page in question_set.pages:
        for words, condition, said in _askers(page):
            if _looks(condition, key) or any(key in text.pipes for text in said):
                yield words


def orphaned(
    question_set: QuestionSet, old: Question, new: Question, recoded: Mapping[str, str]
) -> Iterator[str]:
    """Why a question cannot stand in place of another: others lean on answers that nobody could give it any more.

    recoded: the codes of its choices that have another now.
    """
    for page in question_set.pages:
        for words, condition, said in _askers(page):
            if new.kind == "text" != old.kind and any(old.key in text.pipes for text in said):
                told = f"“{words}” repeats the answer to this, and what people write is never shown in a question."
                yield f"{told} Change its words first."
            own = [leaf for leaf in leaves(condition) if leaf.question == old.key] if condition else []
            lost = [leaf for leaf in own if not _still(leaf, _recoded(leaf, recoded), old, new)]
            if lost:
                yield f"{_leans(words, condition, lost, old, 'this')}. {_FIRST}"


def overtaken(question_set: QuestionSet, pages: Sequence[Page]) -> Iterator[str]:
    """Why pages cannot stand in this order: something would be asked before the answer that it leans on."""
    for number, page in enumerate(pages):
        ahead = [one.key for later in pages[_block_begins(pages, number) :] for one in later.questions]
        for words, condition, said in _askers(page):
            own = list(leaves(condition)) if condition else []
            for key in dict.fromkeys(leaf.question for leaf in own if leaf.question in ahead):
                question = question_set.question(key)
                found = [leaf for leaf in own if leaf.question == key]
                told = _leans(words, condition, found, question, f"“{question.prompt}”")
                yield f"{told}, so it must stand on a page after it."
            for key in dict.fromkeys(key for text in said for key in text.pipes if key in ahead):
                told = f"“{words}” repeats the answer to “{question_set.question(key).prompt}”"
                yield f"{told}, so it must stand on a page after it."


def _block_begins(pages: Sequence[Page], number: int) -> int:
    """The first page of the random block that a page is in: none of a block is surely before another."""
    block = pages[number].random_block
    while block and number and pages[number - 1].random_block == block:
        number -= 1
    return number


def _askers(page: Page) -> Iterator[_Asker]:
    """A page and each of its questions."""
    yield str(page.title or page.questions[0].prompt), page.show_if, outline(page).words
    for question in page.questions:
        yield str(question.prompt), question.show_if, repeating(question)


def _looks(condition: Condition | None, key: str) -> bool:
    return condition is not None and key in mentioned(condition)


def _leans(
    words: str, condition: Condition | None, own: Sequence[Comparison | Selected], question: Question, to: str
) -> str:
    """That something is asked by answers to a question, without a full stop."""
    picked = dict.fromkeys(f"“{question.label(_code(leaf))}”" for leaf in own if question.has(_code(leaf)))
    said = " or ".join(picked)
    if said and _plain(condition):
        return f"“{words}” is asked of those who answered {said} to {to}"
    return f"Who is asked “{words}” depends on the answer {said} to {to}".replace("  ", " ")


def _plain(condition: Condition | None) -> bool:
    """Whether a condition is only that something was answered."""
    return isinstance(condition, Selected) or (
        isinstance(condition, Comparison) and condition.operator == "="
    )


def _code(leaf: Comparison | Selected) -> str:
    value = leaf.code if isinstance(leaf, Selected) else leaf.value
    return value if isinstance(value, str) else numeral(value)


def _recoded(leaf: Comparison | Selected, recoded: Mapping[str, str]) -> Comparison | Selected:
    code = recoded.get(_code(leaf))
    if code is None:
        return leaf
    return replace(leaf, code=code) if isinstance(leaf, Selected) else replace(leaf, value=code)


def _still(leaf: Comparison | Selected, recoded: Comparison | Selected, old: Question, new: Question) -> bool:
    """Whether somebody can still give the answer that is looked for: a choice as that choice, not as a number."""
    if old.has(_code(leaf)) and not new.has(_code(recoded)):
        return False
    return not any(condition_faults(recoded, {leaf.question: new}, ()))
