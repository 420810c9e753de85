"""From the rows of a past survey to answers: all of them, and everything that is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from questions import Answer, Question, QuestionSet, age_band, check, on_path
from survey.importing.files import PastFile
from survey.importing.mapping import Source
from survey.wording import listed

ROWS_NAMED = 5

Faults = dict[str, list[int]]  # what is wrong, and in which rows


def answers_of(
    file: PastFile, sources: Mapping[str, Source], question_set: QuestionSet, decimal: str = "."
) -> tuple[list[dict[str, Answer]], Faults]:
    """The answers of every row, by question, and every fault with the rows that have it."""
    faults: Faults = defaultdict(list)
    found = [_answers(row, at, sources, question_set, decimal, faults) for at, row in file.each()]
    return found, dict(faults)


def named(rows: list[int]) -> str:
    """Rows in few words.

    >>> named([4]), named([4, 6])
    ('row 4', 'rows 4 and 6')
    """
    shown = [str(row) for row in rows[:ROWS_NAMED]]
    if len(rows) > ROWS_NAMED:
        shown.append(f"{len(rows) - ROWS_NAMED} more")
    return f"row{'s' if len(rows) > 1 else ''} {listed(shown)}"


def _answers(
    row: Mapping[str, str],
    at: int,
    sources: Mapping[str, Source],
    question_set: QuestionSet,
    decimal: str,
    faults: Faults,
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    wrong: set[str] = set()
    for key, source in sources.items():
        try:
            answers[key] = _answer(row, source, question_set.question(key), decimal)
        except ValueError as fault:
            for told in fault.args:
                faults[str(told)].append(at)
            wrong.add(key)
    for key, message in check(question_set, answers).items():
        faults[f"{key}: {message}"].append(at)
    kept = on_path(question_set, answers)
    for key, answer in answers.items():
        if key not in kept and answer is not None and not wrong:
            faults[f"{key} is answered, though its condition says that it was not asked"].append(at)
    return kept


def _answer(row: Mapping[str, str], source: Source, question: Question, decimal: str) -> Answer:
    """The answer in a row to one question; ValueError with everything that is wrong with it."""
    if source.columns:
        return _many(row, source)
    word = row[source.column].strip()
    if not word or word in source.missing:
        return None
    return _several(word, source, question) if source.split else _one(word, source, question, decimal)


def _one(word: str, source: Source, question: Question, decimal: str) -> Answer:
    if word in source.codes:
        return source.codes[word]
    if source.age:
        return _band(word, source)
    if source.codes:
        raise ValueError(f"column “{source.column}”: no code is given for “{word}”")
    if question.kind == "number":
        return number_of(word, source.column, decimal)
    return word


def _several(word: str, source: Source, question: Question) -> Answer:
    """The codes of the answers that stand in one cell, in the question's order; none where all are set aside."""
    parts = [part for part in parts_of(word, source.split) if part not in source.missing]
    unknown = [part for part in dict.fromkeys(parts) if source.codes and part not in source.codes]
    if unknown:
        raise ValueError(*(f"column “{source.column}”: no code is given for “{part}”" for part in unknown))
    given = {source.codes.get(part, part) for part in parts}
    known = [code for code in question.codes if code in given]
    return [*known, *sorted(given.difference(known))] or None


def parts_of(cell: str, mark: str) -> list[str]:
    """The answers in a cell, divided by a mark.

    >>> parts_of("clubs; lights;", ";")
    ['clubs', 'lights']
    """
    return [part.strip() for part in cell.split(mark) if part.strip()]


def _many(row: Mapping[str, str], source: Source) -> Answer:
    ticked: list[str] = []
    empty = 0
    for code, column in source.columns.items():
        word = row[column].strip()
        if word in source.yes:
            ticked.append(code)
        elif not word or word in source.missing:
            empty += 1
        elif word not in source.no:
            told = f"“{word}” is neither {_either(source.yes)} nor {_either(source.no)}"
            raise ValueError(f"column “{column}”: {told}")
    if empty == len(source.columns):
        return None
    return ticked or ([source.otherwise] if source.otherwise else None)


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f"“{word}”" for word in words)


def _band(word: str, source: Source) -> str:
    band = band_of(word)
    if band is None:
        raise ValueError(f"column “{source.column}”: “{word}” is not an age from 10 to 25")
    return band


def band_of(word: str) -> str | None:
    """The band of an age in whole years; None where it is none from 10 to 25."""
    return age_band(int(word)) if word.isdecimal() and word.isascii() and len(word) < 4 else None


def number_of(word: str, column: str, decimal: str) -> Answer:
    """A number as it is written; ValueError where it is none."""
    try:
        value = float(word.replace(decimal, "."))
        return int(value) if value.is_integer() else value
    except (ValueError, OverflowError):
        raise ValueError(f"column “{column}”: “{word}” is not a number") from None
