"""What a form says that the page did not offer: it is refused by name, and never taken for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from questions import Fault
from survey.importing.columns import (
    Choices,
    Planned,
    as_shown,
    column_field,
    mark_field,
    same_set,
    word_field,
)
from survey.importing.files import PastFile
from survey.importing.mapping import SPLITS
from survey.importing.proposing import NO_ANSWER
from survey.importing.ticks import none_field, ticks_of

FIELDS = re.compile(r"(column|word|mark|shown|answer|group|wording|key) (\d+)( \d+)?")
SHOWN = 60  # characters of a value that is refused


def strangers(
    file: PastFile, planned: Sequence[Planned], options: Sequence[tuple[str, str]], choices: Choices
) -> Iterator[Fault]:
    """A fault for everything that the page did not offer. options: what a column may be, as a form says it."""
    yield from _no_columns(planned, choices)
    for one in planned:
        for told in _of_column(one, {value for value, _ in options}, choices):
            yield Fault(file.place(one.at), told)
    for ticks in ticks_of(planned):
        chosen = choices.get(none_field(ticks.name), NO_ANSWER)
        known = {NO_ANSWER, *ticks.codes, *(code for code, _ in ticks.may_be_none)}
        if chosen not in known:
            told = f"{_quoted(chosen)} is no answer of those who ticked nothing of {ticks.key}. Choose from the list."
            yield Fault(file.place(ticks.columns[-1].at), told)


def _no_columns(planned: Sequence[Planned], choices: Choices) -> Iterator[Fault]:
    """A fault for each place past the last column, however many fields there are of it."""
    places = {int(match[2]) for name in choices if (match := FIELDS.fullmatch(name)) and len(match[2]) < 10}
    for at in sorted(place for place in places if place >= len(planned)):
        yield Fault("the form", f"It says something of column number {at + 1}. The file has {len(planned)}.")


def _of_column(one: Planned, allowed: set[str], choices: Choices) -> Iterator[str]:
    chosen = choices.get(column_field(one.at), "")
    if chosen and chosen not in allowed and same_set(choices):
        yield f"{_quoted(chosen)} is nothing that a column can be here. Choose from the list."
        return
    mark = choices.get(mark_field(one.at), "")
    if mark and mark not in SPLITS:
        yield f"{_quoted(mark)} cannot stand between answers. Choose from the list."
    elif as_shown(one, choices):
        yield from _of_words(one, choices)


def _of_words(one: Planned, choices: Choices) -> Iterator[str]:
    meanings = {value for value, _ in one.meanings} | {""}
    for word in one.words:
        chosen = choices.get(word_field(one.at, word.at), "")
        if chosen not in meanings:
            said = one.column.said(word.word)[:SHOWN]
            yield f"{_quoted(chosen)} is nothing that “{said}” can mean. Choose from the list."
    known = {word_field(one.at, word.at) for word in one.words}
    more = [name for name in choices if name.startswith(word_field(one.at, 0)[:-1]) and name not in known]
    if more:
        yield f"It has {len(one.words)} values to say, and the form says something of others."


def _quoted(told: str) -> str:
    return f"“{told[:SHOWN]}”"
