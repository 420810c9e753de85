"""The number of a form on paper: the letters of its batch, its place there, and a sign that checks them all."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from typing import NamedTuple

from sqlmodel import Session, col, select

from survey.models import Batch
from survey.naming import fresh

LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"  # no vowels, which could spell a word, and nothing that looks like a figure
SIGNS = "0123456789" + LETTERS  # 31, a prime: so one wrong sign, or two that changed places, never pass
MOST_FORMS = 200
_TAKEN_FOR = str.maketrans("OI", "01")
_SHAPE = re.compile(rf"([{LETTERS}]{{4}})([0-9]{{3}})([{SIGNS}])")


class WrongNumber(Exception):
    """What somebody typed is the number of no form; why, and what to do."""


class FormNumber(NamedTuple):
    """A form: the letters of its batch, and its place there, from 1."""

    letters: str
    place: int

    def __str__(self) -> str:
        """As it is printed.

        >>> str(FormNumber("KPRW", 14))
        'KPRW-014-9'
        """
        return f"{self.letters}-{self.place:03}-{_sign(f'{self.letters}{self.place:03}')}"


def _sign(seven: str) -> str:
    """The sign that makes the signs, each times its place, a multiple of 31."""
    weighted = sum(weight * SIGNS.index(sign) for weight, sign in enumerate(seven, 2))
    return SIGNS[-weighted % len(SIGNS)]


def read(told: str) -> FormNumber:
    """The form that somebody means by what they typed, with or without its hyphens; raises WrongNumber.

    >>> read("kprw o14 9")
    FormNumber(letters='KPRW', place=14)
    """
    plain = re.sub(r"[\s‐-―-]", "", told).upper().translate(_TAKEN_FOR)
    found = _SHAPE.fullmatch(plain)
    if found is None:
        raise WrongNumber(
            f"“{told[:20]}” is not the number of a form. It has four letters, three figures and one more sign, "
            f"like {FormNumber('KPRW', 14)}. Type it as it is printed at the top of the form."
        )
    form = FormNumber(found[1], int(found[2]))
    if _sign(plain[:7]) != found[3]:
        raise WrongNumber(
            f"“{told[:20]}” has a mistake in it: its last sign does not go with the others. Look at the top of the "
            "form, and type the number again."
        )
    return form


def new_letters(session: Session) -> str:
    """Letters that no batch has."""

    def used(some: Collection[str]) -> Collection[str]:
        return session.exec(select(Batch.letters).where(col(Batch.letters).in_(some))).all()

    return fresh(1, used, lambda: "".join(secrets.choice(LETTERS) for _ in range(4)))[0]
