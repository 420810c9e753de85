"""Passwords with six figures from an app, for those who can have no passkey.

Hashed by Argon2id with the least that OWASP's cheat sheet on password storage asks for (19 MiB, two rounds); figures
as in RFC 6238, each taken once. After some wrong tries each costs a longer wait.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from threading import BoundedSemaphore

import pyotp
import segno
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from markupsafe import Markup
from sqlmodel import Session, col, select

from survey.models import Password, Staff

SHORTEST, LONGEST = 15, 200  # characters; NIST SP 800-63B-4 asks for fifteen, and for no mixture
STEP = 30  # seconds that six figures are good for
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(minutes=15)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = BoundedSemaphore(2)  # so that many tries cost no more memory than two
_of_nobody = _hasher.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody's password, if they have one: read before it is looked at, which takes time."""

    staff_id: int | None
    hashed: str


def known(session: Session, name: str) -> Known:
    """The password of somebody of this name; one that no words fit where there is none."""
    asked = select(Password).join(Staff).where(col(Staff.name) == name, col(Staff.left_on).is_(None))
    found = session.exec(asked).first()
    return Known(found.staff_id, found.hashed) if found else Known(None, _of_nobody)


def has(session: Session, staff: Staff) -> bool:
    """Whether somebody has a password."""
    return session.get(Password, staff.id) is not None


def fits(known: Known, password: str) -> bool:
    """Whether it is this one. As long for nobody as for somebody."""
    with _at_once:
        try:
            right = _hasher.verify(known.hashed, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return right and known.staff_id is not None


def let_in(session: Session, known: Known, right: bool, figures: str, now: dt.datetime) -> Staff | None:
    """Whom a password and figures let in; what was wrong is counted, and makes the next tries wait.

    right: whether the password fits.
    """
    found = session.get(Password, known.staff_id, with_for_update=True) if known.staff_id else None
    if found is None or (found.wait_until is not None and now < found.wait_until):
        return None
    step = _step(found.secret, figures, now)
    if right and found.hashed == known.hashed and step > found.used_step:
        found.used_step, found.wrong, found.wait_until = step, 0, None
        return found.staff
    found.wrong += 1
    if found.wrong >= FREE_TRIES:
        found.wait_until = now + min(FIRST_WAIT * 2 ** min(found.wrong - FREE_TRIES, 10), LONGEST_WAIT)
    return None


def new_secret() -> str:
    """A secret for an app that shows six figures."""
    return pyotp.random_base32()


def picture(secret: str, staff: Staff) -> Markup:
    """A secret as a QR code that an app reads."""
    address = pyotp.TOTP(secret).provisioning_uri(name=staff.name, issuer_name="Soundings")
    drawn = segno.make(address, micro=False).svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704


def faults(password: str, again: str, secret: str, figures: str, now: dt.datetime) -> list[str]:
    """All that is wrong with a new password and its figures."""
    found = []
    if len(password) < SHORTEST:
        found.append(f"Use {SHORTEST} characters or more: four or five words are easy to remember.")
    if len(password) > LONGEST:
        found.append(f"Use at most {LONGEST} characters.")
    if password != again:
        found.append("The two passwords are not the same. Type it twice.")
    if not is_secret(secret) or not _step(secret, figures, now):
        found.append(
            "The six figures are not those that the app shows now. Scan the picture, then type them."
        )
    return found


def keep(session: Session, staff: Staff, password: str, secret: str, figures: str, now: dt.datetime) -> None:
    """Keep somebody's new password and secret in place of what they had. The figures just typed are used."""
    assert staff.id is not None
    one = session.get(Password, staff.id) or Password(staff_id=staff.id, hashed="", secret="", set_at=now)
    with _at_once:
        one.hashed = _hasher.hash(password)
    one.secret, one.used_step, one.set_at = secret, _step(secret, figures, now), now
    one.wrong, one.wait_until = 0, None
    session.add(one)


def forget(session: Session, staff: Staff) -> None:
    """Let somebody's password open nothing any more."""
    found = session.get(Password, staff.id)
    if found is not None:
        session.delete(found)


def is_secret(secret: str) -> bool:
    """Whether these may be the letters of a secret."""
    return len(secret) == 32 and set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def _step(secret: str, figures: str, now: dt.datetime) -> int:
    """The half minute that six figures are of: this one, or the one before or after; 0 of none."""
    app, typed = pyotp.TOTP(secret), figures.replace(" ", "").encode()
    here = int(now.timestamp()) // STEP
    steps = [
        step
        for step in (here, here - 1, here + 1)
        if hmac.compare_digest(app.at(step * STEP).encode(), typed)
    ]
    return steps[0] if steps else 0
