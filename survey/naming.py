"""What a setting is called, and the code that it is found by: easy to read aloud, and never used twice."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

from sqlmodel import Session, col, select

from survey.models import OldCode, Room, Setting

ALPHABET = "BCDFGHJKLMNPQRSTVWXYZ23456789"  # no 0, O, 1 or I; no vowels, which could spell a word
LENGTH = 6  # 29 ** 6 codes: 594 million
LONGEST_NAME = 120  # characters
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet program takes for a formula


def draw() -> str:
    """A code by chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def fresh(
    wanted: int,
    used: Callable[[Collection[str]], Collection[str]],
    draw: Callable[[], str] = draw,
) -> list[str]:
    """So many codes, each another and none that is or was used. used: which of some codes are or were."""
    found: list[str] = []
    while len(found) < wanted:
        drawn = list(dict.fromkeys(draw() for _ in range(wanted - len(found))))
        taken = {*used(drawn), *found}
        found += [code for code in drawn if code not in taken]
    return found


def new_codes(session: Session, wanted: int) -> list[str]:
    """So many codes that no setting has or ever had, and no room."""
    return fresh(wanted, lambda some: _used(session, some))


def _used(session: Session, some: Collection[str]) -> set[str]:
    now = session.exec(select(Setting.code).where(col(Setting.code).in_(some)))
    before = session.exec(select(OldCode.code).where(col(OldCode.code).in_(some)))
    rooms = session.exec(select(Room.code).where(col(Room.code).in_(some)))
    return {*now.all(), *before.all(), *rooms.all()}


def wrong_name(name: str) -> str | None:
    """Why a setting cannot have this name; None where it can."""
    if not name:
        return "There is no name. Write what the place is called."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters. There is room for {LONGEST_NAME}."
    if not name.isprintable():
        return "There is a character in the name that cannot be seen. Write the name again."
    if name.startswith(FORMULA):
        return f"A name cannot begin with {name[0]}: spreadsheets take it for a formula. Begin with a word."
    return None
