"""The import as a command: a file, a question set and a mapping between them come in whole, or with every reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session

from questions import Answer, Fault, QuestionSet, WrongSet, read
from survey import access
from survey.delimited import WORKBOOK, split
from survey.importing import files, keeping, spss
from survey.importing.answers import answers_of, named
from survey.importing.attended import Attendance, attendance_of, with_boroughs
from survey.importing.files import PastFile
from survey.importing.losses import no_place
from survey.importing.mapping import Mapped, WrongImport, read_mapping
from survey.instruments import publish
from survey.places import load
from survey.wording import listed, number

MOST_ROWS = 10_000_000


def import_responses(session: Session, file: Path, questions: Path, mapping: Path, now: dt.datetime) -> str:
    """Store a past survey as a consultation of its own; a sentence that says what was done.

    Raises WrongImport with every fault of the three files, and stores nothing then.
    """
    source = _text(questions, _content(questions), "utf-8-sig")
    question_set = _question_set(source)
    mapped = read_mapping(_text(mapping, _content(mapping), "utf-8-sig"), question_set)
    slug = mapped.consultation["slug"]
    if keeping.taken(session, slug):
        raise WrongImport(
            [f"The consultation “{slug}” is here already. Choose another slug, or leave it as it is."]
        )
    past = _past(file, mapped)
    answers, faults = answers_of(past, mapped.sources, question_set, mapped.decimal)
    attendance, wrong = _attendance(past, mapped)
    if faults or wrong:
        told = [f"{file.name}, {named(at)}: {fault}" for fault, at in faults.items()]
        raise WrongImport([*told, *(f"{file.name}, {fault}" for fault in wrong)])
    instrument = publish(session, source, now.date())
    keeping.keep(session, instrument, mapped.consultation, mapped.collection, answers, attendance, now)
    access.note(
        session, now, "command line", "imported responses", f"consultation {slug}", f"{len(answers)} rows"
    )
    return _report(answers, past, mapped, attendance) + _no_place(answers, mapped)


def _no_place(answers: list[dict[str, Answer]], mapped: Mapped) -> str:
    """That it cannot speak for the place that the mapping names, in a sentence after others; "" where it may."""
    place = mapped.consultation.get("place")
    why = no_place(answers, load(place).title) if place else ""
    return f" {why}" if why else ""


def _attendance(past: PastFile, mapped: Mapped) -> tuple[Attendance, list[Fault]]:
    attended = mapped.attended
    faults: list[Fault] = []
    if attended is not None and attended.borough:
        try:
            place = load(mapped.consultation["place"])
        except LookupError as unknown:
            return Attendance(), [Fault("the mapping", str(unknown.args[0]))]
        attended, faults = with_boroughs(past, attended, place)
    attendance, wrong = attendance_of(past, attended)
    return attendance, [*faults, *wrong]


def _question_set(source: str) -> QuestionSet:
    try:
        return read(source)
    except WrongSet as wrong:
        raise WrongImport(f"The question set, {fault}" for fault in wrong.faults) from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongImport([f"{path} cannot be opened: {error.strerror}."]) from None


def _text(path: Path, content: bytes, encoding: str) -> str:
    if content.startswith(WORKBOOK):
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


def _past(path: Path, mapped: Mapped) -> PastFile:
    """The table of the answers' file; raises WrongImport with everything that it lacks."""
    content = _content(path)
    if content.startswith(spss.BEGINNINGS):
        found = files.opened(content)
    else:
        rows = split(_text(path, content, mapped.encoding).replace("\0", ""), mapped.delimiter, MOST_ROWS)
        header = rows[0].cells if not isinstance(rows, Fault) and rows else ()
        other = next((mark for mark in ";,\t|" if mark != mapped.delimiter and mark in "".join(header)), None)
        if len(header) == 1 and other:
            shown = "\\t" if other == "\t" else other
            told = f'its columns are divided by “{shown}”. Write [file] delimiter = "{shown}" in the mapping.'
            raise WrongImport([f"{path.name}: {told}"])
        try:
            found = files.table(rows)
        except WrongSet as wrong:
            raise WrongImport(f"{path.name}, {fault}" for fault in wrong.faults) from None
    faults = [f"{path.name}, {fault}" for fault in found.faults]
    faults += [f"{path.name}: {fault}" for fault in _unread(found, mapped)]
    if faults:
        raise WrongImport(faults)
    return found


def _unread(found: PastFile, mapped: Mapped) -> Iterator[str]:
    names = {column.name for column in found.columns}
    for key, source in mapped.sources.items():
        for column in source.reads:
            if column not in names and names:
                yield f"there is no column “{column}”, which [answers.{key}] reads."
    for column in mapped.attended.reads if mapped.attended else ():
        if column not in names:
            yield f"there is no column “{column}”, which [settings] reads."


def _report(answers: list[dict[str, Answer]], past: PastFile, mapped: Mapped, attendance: Attendance) -> str:
    used = {column for source in mapped.sources.values() for column in source.reads}
    used |= set(mapped.attended.reads) if mapped.attended else set()
    unused = [column.name for column in past.columns if column.name not in used]
    left = f" {len(unused)} columns were not used: {listed(unused)}." if unused else " Every column was used."
    came = f" from {number(len(attendance.settings))} schools or clubs" if mapped.attended else ""
    spelled = "".join(f" {told}" for told in attendance.told)
    title = mapped.consultation["title"]
    return f"Imported {number(len(answers))} responses{came} into “{title}”.{left}{spelled}"
