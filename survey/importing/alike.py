"""Columns that look like the ticks of one question: called alike, with nothing but ticks in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from questions.naming import key_from
from survey.importing.files import Column
from survey.importing.proposing import NO, NOT_TICKED, TICKED, YES, is_number, own_tick, plain
from survey.importing.written import from_the_form

BETWEEN = ("[", " - ", " – ", ": ", "? ")  # what stands between a question and one of its answers
LEAST_LETTERS = 3  # of a beginning that says something without a number
MOST_WORDS = 4  # different words of a column of ticks


class Beginning(NamedTuple):
    """How a column's name or label begins; question: that is where its question ends, in words."""

    told: str
    question: bool


class Alike(NamedTuple):
    """A column of ticks: which question it is of, the wording of that, and the answer that it ticks."""

    group: str
    wording: str
    answer: str


def alike(columns: Sequence[Column], counted: Sequence[Counter[str]]) -> dict[int, Alike]:
    """The columns that tick the answers of questions that others tick too, by their place."""
    ticks = [at for at, column in enumerate(columns) if _only_ticks(column, counted[at])]
    every = {at: list(dict.fromkeys(_beginnings(columns[at]))) for at in ticks}
    often = Counter(one for begun in every.values() for one in begun)
    found: dict[int, Alike] = {}
    groups: dict[str, str] = {}
    for at, begun in every.items():
        shared = [one for one in begun if often[one] > 1]
        if not shared:
            continue
        best = max(shared, key=lambda one: (one.question, often[one], len(one.told)))
        group = groups.setdefault(best.told, _free(key_from(best.told), groups))
        found[at] = Alike(group, best.told.strip(" [-–:_."), answer_of(columns[at], counted[at], best.told))
    return found


def _free(wanted: str, groups: dict[str, str]) -> str:
    taken = list(groups.values())
    return wanted if wanted not in taken else f"{wanted}_{len(taken) + 1}"


def _only_ticks(column: Column, words: Counter[str]) -> bool:
    """Whether a column says only who ticked it; what is called by a question of its own is one."""
    if not words or len(words) > MOST_WORDS or (column.label or column.name).endswith("?"):
        return False
    meant = {own_tick(word, column, alone=from_the_form(words)) for word in words}
    return "" not in meant and bool(meant & {TICKED, NOT_TICKED})


def _beginnings(column: Column) -> Iterator[Beginning]:
    """Where the name or the label of a column may end what it has in common with others.

    >>> [one.told for one in _beginnings(Column("helps_more_2"))], next(_beginnings(Column("What helps? [Clubs]"))).told
    (['helps', 'helps_more'], 'What helps? [')
    """
    for told in (column.label, column.name):
        mark = next((mark for mark in BETWEEN if mark in told), None)
        if mark:
            yield Beginning(told[: told.index(mark) + len(mark)], question=True)
    ends = [match.start() for match in re.finditer(r"[_.]", column.name)]
    ends += [match.start() for match in re.finditer(r"(?<=[^\W_\d])\d+$|(?<=\d)[a-z]$", column.name)]
    for told in (column.name[:end] for end in ends if " " not in column.name):
        if re.search(r"\d", told) or sum(map(str.isalpha, told)) >= LEAST_LETTERS:
            yield Beginning(told, question=False)


def answer_of(column: Column, words: Counter[str], beginning: str) -> str:
    """The answer that a column of ticks stands for, in words: from its label or name, or from what a tick is called.

    >>> answer_of(Column("helps_more_clubs"), Counter({"1": 3, "0": 4}), "helps")
    'more clubs'
    >>> answer_of(Column("helps_1"), Counter({"More clubs": 3}), "helps")
    'More clubs'
    """
    for told in (column.label, column.name):
        if beginning.endswith(BETWEEN) and told.startswith(beginning):
            return told[len(beginning) :].strip(" ]") or told
    ticked = [word for word in words if own_tick(word, column, alone=from_the_form(words)) == TICKED]
    called = [column.said(word) for word in ticked if plain(column.said(word)) not in YES | NO]
    if called and not is_number(called[0]):
        return called[0]
    return column.label or re.sub(r"[_.]+", " ", column.name.removeprefix(beginning)).strip() or column.name
