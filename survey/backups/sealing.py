"""Encrypting a backup with age (https://age-encryption.org/v1), so that only the holder of a key can read it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyrage

from survey.backups.parts import CannotBackUp

LOT = 1 << 20  # bytes


def new_pair() -> tuple[str, str]:
    """A new pair of keys: the identity, which is secret and decrypts, and the recipient, which encrypts."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(written: str) -> pyrage.x25519.Recipient:
    """A recipient as it was written. Raises CannotBackUp for none, and for one that is not one."""
    if not written.strip():
        raise CannotBackUp(
            "For whom is the backup? Give --recipient age1…, which `soundings backup-key` makes, elsewhere."
        )
    try:
        return pyrage.x25519.Recipient.from_str(written.strip())
    except pyrage.RecipientError:
        raise CannotBackUp(
            f"“{written}” is no recipient. It begins with age1, as `soundings backup-key` prints it."
        ) from None


def identity_of(file: Path) -> pyrage.x25519.Identity:
    """The identity in a file; lines that begin with # say what it is. Raises CannotBackUp where there is none."""
    try:
        lines = [one.strip() for one in file.read_text("utf8").splitlines()]
        return pyrage.x25519.Identity.from_str(next(one for one in lines if one and not one.startswith("#")))
    except (OSError, UnicodeDecodeError, StopIteration, pyrage.IdentityError):
        raise CannotBackUp(
            f"{file} holds no identity. Name the file in which AGE-SECRET-KEY-1… of `soundings backup-key` stands."
        ) from None


@dataclass
class _Headed(io.RawIOBase):
    """A first line, and a file after it."""

    head: bytes
    file: IO[bytes]

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray) -> int:  # type: ignore[override]
        found = self.head[: len(into)] if self.head else self.file.read(len(into))
        self.head = self.head[len(found) :]
        into[: len(found)] = found
        return len(found)


@dataclass
class _Split(io.RawIOBase):
    """Keeps the first line of what is written, and writes the rest to a file."""

    file: IO[bytes]
    head: bytearray = field(default_factory=bytearray)
    headed: bool = False

    def writable(self) -> bool:
        return True

    def write(self, lot: bytes) -> int:  # type: ignore[override]
        rest = bytes(lot)
        if not self.headed:
            line, ends, rest = rest.partition(b"\n")
            self.head += line
            self.headed = bool(ends)
        self.file.write(rest)
        return len(lot)


def seal(head: bytes, plain: Path, sealed: Path, recipient: pyrage.x25519.Recipient) -> None:
    """Encrypt a line and a file after it into another file. Raises OSError where it cannot be written."""
    with plain.open("rb") as file, sealed.open("xb") as into:
        try:
            pyrage.encrypt_io(_Headed(head + b"\n", file), into, [recipient])
        except pyrage.EncryptError as wrong:
            raise OSError(str(wrong).removeprefix("OSError: ")) from None


def unseal(sealed: Path, plain: Path, identity: pyrage.x25519.Identity) -> bytes:
    """Decrypt a file into another one, but for its first line, which is given. Raises CannotBackUp."""
    with sealed.open("rb") as file, plain.open("xb") as into:
        split = _Split(into)
        try:
            pyrage.decrypt_io(file, split, [identity])
        except pyrage.DecryptError as wrong:
            if "No matching keys" in str(wrong):
                raise CannotBackUp(
                    f"{sealed.name} is for another key. Find the identity that belongs to its recipient."
                ) from None
            raise CannotBackUp(_DAMAGED.format(sealed.name)) from None
        except OSError as wrong:
            if wrong.errno is not None:
                raise
            raise CannotBackUp(_DAMAGED.format(sealed.name)) from None
    return bytes(split.head)


_DAMAGED = "{} is cut short or altered, or is no backup. Take another copy of it, or an earlier backup."


def sha256(file: Path) -> str:
    """The SHA-256 of a file as it lies on the disk, in hexadecimal."""
    found = hashlib.sha256()
    with file.open("rb") as opened:
        while lot := opened.read(LOT):
            found.update(lot)
    return found.hexdigest()
