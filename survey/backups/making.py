"""Makes a backup: a copy of one moment, looked through, encrypted, read again from the disk, and only then named."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from survey.backups import files, postgresql, sqlite_file
from survey.backups.parts import CannotBackUp, Part
from survey.backups.sealing import recipient_of, seal, sha256


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where it lies, its size in bytes, its SHA-256, and how many rows it holds."""

    file: Path
    size: int
    sha256: str
    rows: int


def make(part: Part, folder: Path, recipient: str, now: dt.datetime) -> Made:
    """Make a backup of a part in a folder. Raises CannotBackUp, and leaves nothing then, encrypted or not."""
    sealed_for = recipient_of(recipient)
    if not folder.is_dir():
        raise CannotBackUp(f"There is no folder {folder}. Make it, on another disk than the database.")
    file = folder / files.name_of(part.name, now)
    if file.exists() or files.beside(file).exists():
        raise CannotBackUp(f"{file} is there already. Wait a second, and say it again.")
    try:
        with working_in(folder) as room:
            plain, sealed = room / "plain", room / "sealed"
            version, rows = sqlite_file.copy(part, plain) if part.on_sqlite else postgresql.dump(part, plain)
            if not version:
                raise CannotBackUp("That database has no tables of ours. Look at DATABASE_URL.")
            kind = "sqlite" if part.on_sqlite else "postgresql"
            manifest = files.Manifest(part.name, kind, version, now.isoformat(timespec="seconds"), rows)
            seal(manifest.line(), plain, sealed, sealed_for)
            plain.unlink()
            return _kept(manifest, sealed, file)
    except OSError as wrong:
        raise CannotBackUp(
            f"Nothing could be written to {folder}: {wrong.strerror or wrong}. Make room there, or name another folder."
        ) from None


def _kept(manifest: files.Manifest, sealed: Path, file: Path) -> Made:
    """Give an encrypted file its name, once it and what is told of it are on the disk."""
    to_disk(sealed)
    made = Made(file, sealed.stat().st_size, sha256(sealed), sum(manifest.rows.values()))
    told = asdict(manifest) | {"sha256": made.sha256, "bytes": made.size}
    beside = sealed.with_name("beside")
    beside.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf8")
    to_disk(beside)
    beside.rename(files.beside(file))
    try:
        sealed.rename(file)
    except OSError:
        files.beside(file).unlink()
        raise
    return made


def to_disk(file: Path) -> None:
    """Wait until a file is on the disk."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


@contextmanager
def working_in(folder: Path) -> Iterator[Path]:
    """A folder inside another that only we can read, and that goes with all that is in it, whatever happens."""
    room = Path(tempfile.mkdtemp(prefix=files.WORKING, dir=folder))  # which has mode 700
    before = os.umask(0o077)
    try:
        yield room
    finally:
        os.umask(before)
        shutil.rmtree(room)
