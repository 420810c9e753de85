"""Making the files of a request, a chunk at a time: it says how far it is, and goes on where it stopped."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from survey import access, instruments
from survey.db import transaction
from survey.exports import papers, released, requests
from survey.exports.columns import Field, Unreadable
from survey.exports.crowds import LEAST, finest
from survey.exports.identifying import OUT, SETTING
from survey.exports.measured import weights
from survey.exports.reading import Chunk, Known, Rows, known, picture, settings_of
from survey.models import Collection, FileRequest
from survey.places import load

NOTED_EVERY = 1.0  # seconds
CHANGED = "Answers came in or went since it was asked for, and now somebody stands alone. Please ask again."
UNEQUAL = (
    "The rows in the file are not as many as the responses on the page, so it was not kept. Please ask again."
)
Clock = Callable[[], dt.datetime]


class Growing(Protocol):
    """A file that grows by chunks, and can be cut back to a size that it had."""

    name: str

    def write(self, chunk: Chunk) -> None: ...
    def kept(self) -> int: ...
    def finish(self, rows: int) -> None: ...
    def close(self) -> None: ...


class CannotMake(Exception):
    """A file that cannot be made, with what to do about it."""


def make_all(engine: Engine, files: Path, clock: Clock) -> int:
    """Make every file that was let go, and take away those whose time is over; how many were made."""
    take_away(engine, files, clock())
    made = 0
    while (number := _claim(engine, clock())) is not None:
        make(engine, files, number, clock)
        made += 1
    return made


def take_away(engine: Engine, files: Path, now: dt.datetime) -> int:
    """Remove the files whose time is over; of how many requests."""
    with transaction(engine) as session:
        over = requests.out_of_date(session, now)
        for request in over:
            shutil.rmtree(requests.folder_of(files, request), ignore_errors=True)
            request.removed_at = now
        return len(over)


def _claim(engine: Engine, now: dt.datetime) -> int | None:
    """The next file to make, which is ours from now on."""
    with transaction(engine) as session:
        request = requests.next_to_make(session, now)
        if request is None:
            return None
        request.worked_at = now
        return request.id


def make(engine: Engine, files: Path, number: int, clock: Clock) -> None:
    """Make the files of one request, from where it stopped; what keeps it from that is written down with it."""
    with transaction(engine) as session:
        request = session.get_one(FileRequest, number)
        folder = requests.folder_of(files, request)
        if not request.progress.get("seed"):
            request.progress = {"seed": secrets.token_hex(16)}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with picture(engine) as session:
            _Making(engine, folder, clock).run(session, session.get_one(FileRequest, number))
    except (CannotMake, Unreadable) as fault:
        _give_up(engine, number, folder, str(fault))
    except OSError as fault:
        _give_up(
            engine,
            number,
            folder,
            f"The files could not be written: {fault.strerror}. Make room, and ask again.",
        )
    except Exception:
        _give_up(
            engine,
            number,
            folder,
            "Something went wrong on our side. The server's log says what; then ask again.",
        )
        raise


def _give_up(engine: Engine, number: int, folder: Path, fault: str) -> None:
    """Write down why a file cannot be made, and leave nothing of it."""
    shutil.rmtree(folder, ignore_errors=True)
    with transaction(engine) as session:
        session.get_one(FileRequest, number).fault = fault


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes one request's files."""

    engine: Engine
    folder: Path
    clock: Clock

    def run(self, session: Session, request: FileRequest) -> None:
        """Write the rows, then the papers, then say that it is made."""
        rows, before = self._rows(session, request)
        progress = self._goes_on(request, rows)
        with ExitStack() as opened:
            files = [_opened(form, self.folder, rows.fields, progress) for form in request.formats]
            for file in files:
                opened.callback(file.close)
            written = self._write(session, rows, files, progress, request.id or 0)
            if written != rows.known.total:
                raise CannotMake(UNEQUAL)
            for file in files:
                file.finish(written)
        self._beside(session, request, rows, before)
        self._made(request.id or 0, written)

    def _beside(
        self, session: Session, request: FileRequest, rows: Rows, before: list[Mapping[str, str]]
    ) -> None:
        """Write the papers, and the check in R where there is something that it can be of."""
        found = rows.known
        question_set = instruments.parsed(found.collection.instrument)
        _, weighted = weights(session, found.collection, question_set, found.place)
        check = None
        if weighted is not None and "csv" in request.formats:
            check = released.check(session, rows, weighted)
        if check is not None:
            check.write(self.folder)
        notes = weighted.notes if weighted else ()
        said = released.words(check, request.formats)
        papers.write(self.folder, rows, self._told(request, rows, before, notes, said))

    def _rows(self, session: Session, request: FileRequest) -> tuple[Rows, list[Mapping[str, str]]]:
        """The rows as they are let go: raises CannotMake where somebody stands alone who was not to lose anything."""
        found = of_request(session, request.collection, request.steps, request.progress["seed"])
        before: list[Mapping[str, str]] = [
            one.steps for one in requests.let_go(session, request.collection, request.id)
        ]
        report = found.crowd.report(request.steps, finest(found.variables, [request.steps, *before]))
        if report.responses < LEAST or (report.alone and not request.blank_rest):
            raise CannotMake(CHANGED)
        return Rows.of(session, found, request.steps, before), before

    def _goes_on(self, request: FileRequest, rows: Rows) -> dict[str, Any]:
        """How far it was; from the start where there is nothing, or the answers are no longer the same."""
        seed, mark = request.progress["seed"], f"{rows.known.total} {rows.known.crowd.fingerprint}"
        same = request.progress.get("mark") == mark and all(
            (self.folder / name).exists() for name in request.progress.get("sizes", {})
        )
        if same:
            return dict(request.progress)
        shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
        return {"seed": seed, "mark": mark, "after": "", "written": 0, "sizes": {}}

    def _write(
        self, session: Session, rows: Rows, files: list[Growing], progress: dict[str, Any], number: int
    ) -> int:
        """Write what is left, and note every second how far it is; how many rows there are then."""
        written, noted = progress["written"], time.monotonic()
        self._note(number, progress, files, rows.known.total)
        with closing(rows.chunks(session, progress["after"])) as chunks:
            for chunk in chunks:
                for file in files:
                    file.write(chunk)
                written += chunk.rows
                progress |= {"after": chunk.last, "written": written}
                if time.monotonic() - noted > NOTED_EVERY:
                    self._note(number, progress, files, rows.known.total)
                    noted = time.monotonic()
        return int(written)

    def _note(self, number: int, progress: dict[str, Any], files: list[Growing], total: int) -> None:
        """Write down how far it is, once that much is on the disk."""
        progress["sizes"] = {file.name: file.kept() for file in files}
        change = {
            "progress": dict(progress),
            "written": progress["written"],
            "total": total,
            "worked_at": self.clock(),
        }
        with transaction(self.engine) as session:
            session.execute(update(FileRequest).where(col(FileRequest.id) == number).values(**change))

    def _made(self, number: int, written: int) -> None:
        with transaction(self.engine) as session:
            request = session.get_one(FileRequest, number)
            request.written = request.total = written
            request.made_at = self.clock()
            request.good_until = request.made_at + requests.GOOD_FOR
            request.progress = {}
            told = f"{written} rows, {', '.join(request.formats)}"
            access.note(session, request.made_at, "the server", "made", f"file request {number}", told)

    def _told(
        self,
        request: FileRequest,
        rows: Rows,
        before: list[Mapping[str, str]],
        notes: tuple[str, ...],
        check: str,
    ) -> papers.Told:
        """What the papers say of it."""
        found = rows.known
        together = finest(found.variables, [request.steps, *before])
        now, zone = self.clock(), ZoneInfo(found.place.timezone if found.place else "UTC")
        return papers.Told(
            asked_by=request.asked_by.name,
            reason=request.reason,
            let_go_by=request.decided_by.name if request.decided_by else "",
            made_on=now.astimezone(zone).date(),
            good_until=(now + requests.GOOD_FOR).astimezone(zone).date(),
            report=found.crowd.report(request.steps, together),
            notes=notes,
            check=check,
        )


def of_request(session: Session, collection: Collection, steps: Mapping[str, str], seed: str) -> Known:
    """What a file in these steps rests on; settings, if it has them, are numbered in an order that the seed tells."""
    place = load(collection.consultation.place) if collection.consultation.place else None
    order = None
    if steps.get(SETTING, OUT) != OUT:
        order = settings_of(session, collection)
        random.Random(seed).shuffle(order)  # noqa: S311 (the seed is 128 random bits)
    return known(session, collection, place, order)


def _opened(form: str, folder: Path, fields: tuple[Field, ...], progress: Mapping[str, Any]) -> Growing:
    """The file of a format, as long as it was. What needs packages that are not everywhere is looked for only here."""
    kind: Any
    if form == "csv":
        from survey.exports.csv_file import CsvFile as kind  # noqa: N813
    elif form == "parquet":
        from survey.exports.parquet_file import ParquetFile as kind  # noqa: N813
    else:
        from survey.exports.sav_file import SavFile as kind  # noqa: N813
    made: Growing = kind(folder, fields, progress["sizes"].get(kind.name))
    return made


def as_found(report: object) -> dict[str, Any]:
    """A report as it is kept with the request."""
    return asdict(report)  # type: ignore[call-overload, no-any-return]
