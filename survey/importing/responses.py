"""From the rows of a file to responses: all of them, or none and every reason."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from questions import Answer, Question, QuestionSet, WrongSet, age_band, check, on_path, read
from survey import access
from survey.importing.mapping import Mapped, Source, WrongImport, read_mapping
from survey.instruments import publish
from survey.models import Collection, Consultation, Response, new_response_key
from survey.wording import listed, number

PLACING = ("borough", "age_band", "gender")
CHUNK = 2000
ROWS_NAMED = 5

Faults = dict[str, list[int]]


def import_responses(session: Session, file: Path, questions: Path, mapping: Path, now: dt.datetime) -> str:
    """Store a past survey as a consultation of its own; a sentence that says what was done.

    Raises WrongImport with every fault of the three files, and stores nothing then.
    """
    source = _text(questions, "utf-8-sig")
    question_set = _question_set(source)
    mapped = read_mapping(_text(mapping, "utf-8-sig"), question_set)
    slug = mapped.consultation["slug"]
    if session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first():
        raise WrongImport(
            [f"The consultation “{slug}” is here already. Choose another slug, or leave it as it is."]
        )
    header, rows = _rows(_text(file, mapped.encoding), mapped, file.name)
    answers = _all_answers(rows, mapped, question_set, file.name)
    collection = _open(session, source, mapped, now)
    _store(session, collection, answers, mapped)
    access.note(
        session, now, "command line", "imported responses", f"consultation {slug}", f"{len(answers)} rows"
    )
    return _report(answers, header, mapped)


def _question_set(source: str) -> QuestionSet:
    try:
        return read(source)
    except WrongSet as wrong:
        raise WrongImport(f"The question set, {fault}" for fault in wrong.faults) from None


def _text(path: Path, encoding: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongImport([f"{path} cannot be opened: {error.strerror}."]) from None
    if content.startswith(b"PK"):
        raise WrongImport(
            [f"{path.name} is a spreadsheet, whatever its name says. Save it as CSV (UTF-8) first."]
        )
    try:
        return content.decode(encoding)
    except LookupError:
        raise WrongImport(
            [f"[file]: “{encoding}” is not an encoding. Most files are utf-8 or cp1252."]
        ) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrongImport(
            [
                f"{path.name}, line {line}: a character is not in {encoding.removesuffix('-sig').upper()}. Save the "
                "file as UTF-8; or, if it is the answers, write the encoding it has in the mapping, as in [file] "
                'encoding = "cp1252" (or "utf-16").'
            ]
        ) from None


def _rows(text: str, mapped: Mapped, name: str) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows of a CSV text; raises WrongImport for what it lacks."""
    lines = list(csv.reader(io.StringIO(text.replace("\0", "")), delimiter=mapped.delimiter))
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise WrongImport(
            [f"{name} has no rows. Its first line names the columns; each line after it is one person."]
        )
    header = [cell.strip() for cell in lines[0]]
    faults = list(_header_faults(header, mapped, name))
    faults += [
        f"{name}, row {at}: it has {len(line)} cells and the header has {len(header)}. Is a delimiter missing?"
        for at, line in enumerate(lines[1:], 2)
        if len(line) != len(header)
    ]
    if faults:
        raise WrongImport(faults)
    return header, [dict(zip(header, line, strict=True)) for line in lines[1:]]


def _header_faults(header: list[str], mapped: Mapped, name: str) -> Iterator[str]:
    other = next((mark for mark in ";,\t|" if mark != mapped.delimiter and mark in header[0]), None)
    if len(header) == 1 and other:
        shown = "\\t" if other == "\t" else other
        yield f'{name}: its columns are divided by “{shown}”. Write [file] delimiter = "{shown}" in the mapping.'
        return
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield f"{name}: two columns are called “{column}”. Give each its own name."
    for key, source in mapped.sources.items():
        for column in source.reads:
            if column not in header:
                yield f"{name}: there is no column “{column}”, which [answers.{key}] reads."


def _all_answers(
    rows: list[dict[str, str]], mapped: Mapped, question_set: QuestionSet, name: str
) -> list[dict[str, Answer]]:
    """The answers of every row; raises WrongImport with every fault, each with the rows that have it."""
    faults: Faults = defaultdict(list)
    found = [_answers(row, at, mapped, question_set, faults) for at, row in enumerate(rows, 2)]
    if faults:
        raise WrongImport(f"{name}, {_named(at)}: {fault}" for fault, at in faults.items())
    return found


def _named(rows: list[int]) -> str:
    shown = [str(row) for row in rows[:ROWS_NAMED]]
    if len(rows) > ROWS_NAMED:
        shown.append(f"{len(rows) - ROWS_NAMED} more")
    return f"row{'s' if len(rows) > 1 else ''} {listed(shown)}"


def _answers(
    row: Mapping[str, str], at: int, mapped: Mapped, question_set: QuestionSet, faults: Faults
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    wrong: set[str] = set()
    for key, source in mapped.sources.items():
        try:
            answers[key] = _answer(row, source, question_set.question(key), mapped.decimal)
        except ValueError as fault:
            faults[str(fault)].append(at)
            wrong.add(key)
    for key, message in check(question_set, answers).items():
        faults[f"{key}: {message}"].append(at)
    kept = on_path(question_set, answers)
    for key, answer in answers.items():
        if key not in kept and answer is not None and not wrong:
            faults[f"{key} is answered, though its condition says that it was not asked"].append(at)
    return kept


def _answer(row: Mapping[str, str], source: Source, question: Question, decimal: str) -> Answer:
    """The answer in a row to one question; ValueError with what is wrong with it."""
    if source.columns:
        return _many(row, source)
    word = row[source.column].strip()
    if not word or word in source.missing:
        return None
    if source.age:
        return _band(word, source)
    if source.codes:
        if word not in source.codes:
            raise ValueError(f"column “{source.column}”: no code is given for “{word}”")
        return source.codes[word]
    if question.kind == "number":
        return _number(word, source, decimal)
    return word


def _many(row: Mapping[str, str], source: Source) -> Answer:
    ticked: list[str] = []
    empty = 0
    for code, column in source.columns.items():
        word = row[column].strip()
        if word == source.yes:
            ticked.append(code)
        elif not word or word in source.missing:
            empty += 1
        elif word != source.no:
            raise ValueError(f"column “{column}”: “{word}” is neither “{source.yes}” nor “{source.no}”")
    if empty == len(source.columns):
        return None
    return ticked or ([source.otherwise] if source.otherwise else None)


def _band(word: str, source: Source) -> str:
    band = age_band(int(word)) if word.isdecimal() else None
    if band is None:
        raise ValueError(f"column “{source.column}”: “{word}” is not an age from 10 to 25")
    return band


def _number(word: str, source: Source, decimal: str) -> Answer:
    try:
        value = float(word.replace(decimal, "."))
    except ValueError:
        raise ValueError(f"column “{source.column}”: “{word}” is not a number") from None
    return int(value) if value.is_integer() else value


def _open(session: Session, source: str, mapped: Mapped, now: dt.datetime) -> Collection:
    instrument = publish(session, source, now.date())
    assert instrument.id is not None
    collection = Collection(consultation_id=0, instrument_id=instrument.id, **mapped.collection)
    consultation = Consultation(**mapped.consultation)
    consultation.collections = [collection]
    session.add(consultation)
    session.flush()
    return collection


def _store(
    session: Session, collection: Collection, answers: list[dict[str, Answer]], mapped: Mapped
) -> None:
    day = mapped.consultation["closes_on"]
    rows: list[dict[str, Any]] = [
        {
            "key": new_response_key(),
            "collection_id": collection.id,
            "instrument_id": collection.instrument_id,
            "answers": given,
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            **{name: given.get(name) for name in PLACING},
        }
        for given in answers
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Response), rows[start : start + CHUNK])


def _report(answers: list[dict[str, Answer]], header: list[str], mapped: Mapped) -> str:
    used = {column for source in mapped.sources.values() for column in source.reads}
    unused = [column for column in header if column not in used]
    left = f" {len(unused)} columns were not used: {listed(unused)}." if unused else " Every column was used."
    return f"Imported {number(len(answers))} responses into “{mapped.consultation['title']}”.{left}"
