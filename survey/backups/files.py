"""The folder in which backups lie: how each is named, what stands beside it, and which are ours and over their time."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from survey.backups.sealing import sha256

KEPT_FOR = dt.timedelta(days=35)
OURS = re.compile(r"soundings-(answers|panel)-(\d{8}T\d{6}Z)\.age")
WRITTEN = "%Y%m%dT%H%M%SZ"
WORKING = ".soundings-backup-"  # what a folder begins with in which one is being made
LEFT_OVER = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: which part of which database, the version of its tables, and how many rows each has."""

    holds: str
    database: str
    version: str
    made_at: str
    rows: Mapping[str, int]

    def line(self) -> bytes:
        """As it stands in the encrypted file, before the database."""
        return json.dumps(asdict(self), sort_keys=True).encode()


def manifest_of(line: bytes) -> Manifest | None:
    """The manifest in a line; None where there is none."""
    try:
        found = Manifest(**json.loads(line))
    except (ValueError, TypeError):
        return None
    return found if isinstance(found.rows, dict) else None


def name_of(holds: str, moment: dt.datetime) -> str:
    """The name of a backup: what it holds, day and time (UTC).

    >>> name_of("answers", dt.datetime(2026, 11, 20, 12, 5, tzinfo=dt.UTC))
    'soundings-answers-20261120T120500Z.age'
    """
    return f"soundings-{holds}-{moment.astimezone(dt.UTC).strftime(WRITTEN)}.age"


def beside(backup: Path) -> Path:
    """The small file beside a backup that says what it is."""
    return backup.with_name(f"{backup.name}.json")


def told(backup: Path) -> dict[str, Any] | None:
    """What stands beside a backup; None where nothing readable does."""
    try:
        found = json.loads(beside(backup).read_text("utf8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def made_at(backup: Path) -> dt.datetime | None:
    """When a backup was made, as its name says; None where it is not named as ours are."""
    found = OURS.fullmatch(backup.name)
    try:
        return dt.datetime.strptime(found[2], WRITTEN).replace(tzinfo=dt.UTC) if found else None
    except ValueError:
        return None


def remove_old(folder: Path, now: dt.datetime) -> int:
    """Remove the backups that are older than KEPT_FOR; how many. Doing it again removes nothing more.

    Only what its name and the SHA-256 beside it prove to be ours goes; everything else stays.
    """
    old = [one for one in _backups(folder) if _is_old(one, now) and _is_ours(one)]
    for one in old:
        one.unlink()
        beside(one).unlink()
    return len(old)


def _backups(folder: Path) -> Iterator[Path]:
    yield from sorted(one for one in folder.glob("soundings-*.age") if one.is_file() and not one.is_symlink())


def _is_old(backup: Path, now: dt.datetime) -> bool:
    made = made_at(backup)
    return made is not None and made < now - KEPT_FOR


def _is_ours(backup: Path) -> bool:
    found = told(backup)
    return found is not None and found.get("sha256") == sha256(backup)


def remove_left_over(folder: Path, now: dt.datetime) -> int:
    """Remove what a backup left behind that was killed more than a day ago; how many folders."""
    by = (now - LEFT_OVER).timestamp()
    left = [one for one in folder.glob(f"{WORKING}*") if one.is_dir() and one.stat().st_mtime < by]
    for one in left:
        shutil.rmtree(one)
    return len(left)
