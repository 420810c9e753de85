"""Makes a database of a backup again: decrypted, checked, and then put in its place, all of it or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from survey.backups import files, postgresql, sqlite_file
from survey.backups.making import working_in
from survey.backups.parts import CannotBackUp, Part
from survey.backups.sealing import identity_of, sha256, unseal


def restore(part: Part, backup: Path, identity: Path) -> files.Manifest:
    """Restore a backup into the database of a part, which must be empty. Raises CannotBackUp, and changes nothing."""
    key = identity_of(identity)
    _must_be_whole(backup)
    (sqlite_file if part.on_sqlite else postgresql).must_be_empty(part)
    folder = sqlite_file.folder_of(part) if part.on_sqlite else Path(tempfile.gettempdir())
    try:
        with working_in(folder) as room:
            plain = room / "plain"
            manifest = _checked(part, backup, unseal(backup, plain, key))
            if part.on_sqlite:
                _must_agree(manifest, *sqlite_file.looked_through(part, plain))
                sqlite_file.put_in_place(part, plain)
            else:
                _must_agree(manifest, *postgresql.load(part, plain))
    except OSError as wrong:
        raise CannotBackUp(
            f"Nothing could be written to {folder}: {wrong.strerror or wrong}. Look at that folder and its disk."
        ) from None
    return manifest


def _must_be_whole(backup: Path) -> None:
    """Raise CannotBackUp where a file is not there, or not as it was when it was made."""
    if not backup.is_file():
        raise CannotBackUp(f"There is no file {backup}. Name a backup: soundings-answers-….age")
    told = files.told(backup)
    if told and told.get("sha256") != sha256(backup):
        raise CannotBackUp(
            f"{backup.name} is cut short or altered: it is not the file that was made. "
            "Take another copy of it, or an earlier backup."
        )


def _checked(part: Part, backup: Path, line: bytes) -> files.Manifest:
    """What a decrypted backup says of itself. Raises CannotBackUp where this part cannot be made of it."""
    manifest = files.manifest_of(line)
    if manifest is None:
        raise CannotBackUp(f"{backup.name} is no backup of Soundings. Name one that `soundings backup` made.")
    if manifest.holds != part.name:
        say = "with" if manifest.holds == "panel" else "without"
        raise CannotBackUp(f"{backup.name} holds the {manifest.holds}. Restore it {say} --panel.")
    if (manifest.database == "sqlite") != part.on_sqlite:
        raise CannotBackUp(
            f"{backup.name} is of {manifest.database}. Name such a database, as DATABASE_URL or after --into."
        )
    if manifest.version not in part.known_versions():
        raise CannotBackUp(
            f"{backup.name} is of newer software: its tables are of version {manifest.version}. Install that first."
        )
    return manifest


def _must_agree(manifest: files.Manifest, version: str, rows: Mapping[str, int]) -> None:
    """Raise CannotBackUp where what was restored is not what was backed up."""
    if (version, dict(rows)) != (manifest.version, dict(manifest.rows)):
        raise CannotBackUp(
            "What was restored has other rows than the backup counted. Do not use it; take an earlier backup."
        )
