"""Where each question's answers come from, as a mapping says it, made of columns that are what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from survey.importing.columns import Choices, Planned
from survey.importing.mapping import Attended, Source
from survey.importing.proposing import (
    AGE,
    BOROUGH,
    NO_ANSWER,
    NOT_TICKED,
    OUT,
    OWN,
    SETTING,
    TICKED,
    WITH_CHOICES,
)
from survey.importing.ticks import Ticks, ticks_of


def sources_of(
    planned: Sequence[Planned], choices: Choices, fault: Callable[[Planned, str], None]
) -> dict[str, Source]:
    """The source of each question, by key; `fault` is told what is wrong with a column."""
    sources: dict[str, Source] = {}
    for one in planned:
        if one.target.sort not in (OUT, SETTING) and not one.ticks:
            key = one.key if one.target.sort == OWN else one.target.key
            missing = tuple(one.meant(NO_ANSWER))
            sources[key] = Source(
                one.column.name, _codes(one), one.target.sort == AGE, missing=missing, split=one.mark
            )
    for ticks in ticks_of(planned):
        sources[ticks.key] = _ticked(ticks, choices, fault)
    return sources


def attended_of(planned: Sequence[Planned]) -> Attended | None:
    """Where it stands in which school or club somebody answered; None where no column says it."""
    said = {one.target.key: one for one in planned if one.target.sort == SETTING}
    if "" not in said:
        return None
    setting, borough = said[""], said.get(BOROUGH)
    return Attended(
        setting.column.name,
        tuple(setting.meant(NO_ANSWER)),
        borough.column.name if borough else "",
        _codes(borough) if borough else {},
        tuple(borough.meant(NO_ANSWER)) if borough else (),
    )


def _codes(one: Planned) -> dict[str, str]:
    if one.target.sort == OWN:
        return one.own().codes() if one.target in WITH_CHOICES else {}
    return {word.word: word.meaning for word in one.words if word.meaning != NO_ANSWER}


def _ticked(ticks: Ticks, choices: Choices, fault: Callable[[Planned, str], None]) -> Source:
    """The source of a question with many answers; a word that ticks in one column and not in another is a fault."""
    words: dict[str, tuple[str, Planned]] = {}
    for one in ticks.columns:
        for word in one.words:
            meaning, before = words.setdefault(word.word, (word.meaning, one))
            if meaning != word.meaning:
                told = f"“{word.word}” means something else in column {before.column.name}. Let it mean the same."
                fault(one, told)

    def meant(wanted: str) -> tuple[str, ...]:
        return tuple(word for word, (meaning, _) in words.items() if meaning == wanted)

    return Source(
        columns={code: one.column.name for code, one in zip(ticks.codes, ticks.columns, strict=True)},
        yes=meant(TICKED),
        no=meant(NOT_TICKED),
        missing=meant(NO_ANSWER),
        otherwise=ticks.otherwise(choices),
    )
