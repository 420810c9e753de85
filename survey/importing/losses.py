"""What becomes of a past survey's answers: how many there were and are, and what does not come in, said plainly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from questions import Answer, Question, QuestionSet
from survey.importing.making import SPECIAL
from survey.importing.proposing import NO_ANSWER, OUT, SETTING, Target
from survey.importing.reading import Reading
from survey.importing.sources import attended_of
from survey.wording import number

PLACING = {"borough": "where people live", "age_band": "how old people are", "gender": "people’s gender"}

OF_A_PLACE = ("borough", "age_band")  # without one of these nobody is known to be of its population


@dataclass(frozen=True, slots=True)
class Counted:
    """What becomes of a question's answers: rows with something in its columns, answers kept, and what is set aside."""

    key: str
    columns: str
    before: int
    after: int
    aside: tuple[tuple[str, int], ...]


def counted(found: Reading) -> list[Counted]:
    """For each question, and for where people answered, how many rows say something of it, and how many are kept."""
    told = []
    for key, source in found.sources.items():
        after = sum(given.get(key) is not None for given in found.answers)
        told.append(_counted(found, key, source.reads, after))
    if attended := attended_of(found.planned):
        after = len(found.attendance.rows) - found.attendance.without
        told.append(_counted(found, "school or club", (attended.column,), after))
    return told


def _counted(found: Reading, key: str, reads: Sequence[str], after: int) -> Counted:
    columns = [one for one in found.planned if one.column.name in reads]
    before = sum(any(row.cells[one.at] for one in columns) for row in found.file.rows)
    aside: Counter[str] = Counter()
    for one in columns:
        for word in one.words:
            if word.meaning == NO_ANSWER:
                aside[one.column.said(word.word)] += word.people
    return Counted(key, ", ".join(reads), before, after, tuple(aside.most_common()))


def lost(found: Reading) -> list[str]:
    """What does not come in, in sentences."""
    told = []
    out = [one for one in found.planned if one.target.sort == OUT]
    filled = [f"{one.column.name} ({number(one.filled)})" for one in out if one.filled]
    if filled:
        told.append(f"Left out, each with how many rows say something there: {', '.join(filled)}.")
    if empty := [one.column.name for one in out if not one.filled]:
        told.append(f"Left out, and empty: {', '.join(empty)}.")
    if found.question_set is not None:
        told += _unasked(found, found.question_set)
    if silent := sum(not any(value is not None for value in given.values()) for given in found.answers):
        told.append(
            f"{number(silent)} of the rows answer nothing that comes in. They count as responses all the same."
        )
    told += _unplaced(found)
    told.append("The day of each response is not known here: all are dated to the last day.")
    return told


def no_place(answers: Sequence[Mapping[str, Answer]], place: str) -> str:
    """Why answers cannot speak for a place, in a sentence; "" where they may."""
    lacking = [PLACING[key] for key in OF_A_PLACE if all(given.get(key) is None for given in answers)]
    if not lacking:
        return ""
    return f"Nothing in the file says {' or '.join(lacking)}, so its answers cannot be weighted to {place}."


def _unplaced(found: Reading) -> Iterator[str]:
    """What is not known of the schools or clubs that people answered in."""
    targets = [one.target for one in found.planned]
    if Target(SETTING) not in targets:
        yield (
            "No column says in which school or club people answered: answers cannot be clustered, so every interval "
            "takes them as people who were reached one by one. If they came through schools or clubs, it is too narrow."
        )
        return
    if without := found.attendance.without:
        yield f"In {number(without)} of the rows no school or club is named: together they count as one more."
    if unplaced := sum(one.borough is None for one in found.attendance.settings):
        yield f"Schools or clubs whose borough no column says: {number(unplaced)}. Together they are one stratum."


def _unasked(found: Reading, asked: QuestionSet) -> Iterator[str]:
    """What nobody in the file was asked, or could answer."""
    for key, what in PLACING.items():
        if key not in found.sources:
            yield f"No column says {what}: nothing can be shown by it, and answers cannot be weighted to it."
    without = [question.key for question in asked.questions if question.key not in found.sources]
    if found.asked is not None and without:
        yield f"Questions of the set that no column answers: {', '.join(without)}. They stay empty."
    for key, source in found.sources.items():
        question = asked.question(key)
        missing = [str(question.label(code)) for code in question.codes if code not in source.columns]
        if source.columns and (
            missing := [one for one in missing if one not in _none_words(found, question)]
        ):
            yield f"{key}: no column says {', '.join(f'“{one}”' for one in missing)}, so nobody has ticked it."


def _none_words(found: Reading, question: Question) -> set[str]:
    code = found.otherwise(question.key)
    special = {str(question.label(one)) for one in SPECIAL if question.has(one)}
    return special | ({str(question.label(code))} if code else set())
