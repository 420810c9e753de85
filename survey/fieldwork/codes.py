"""Codes: easy to read aloud, never used twice; a setting's can be retired, and it can be given another."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.fieldwork.loading import CHANGES, open_setting
from survey.models import OldCode, Setting
from survey.web import Form, Problem, installation, one, see

ALPHABET = "BCDFGHJKLMNPQRSTVWXYZ23456789"  # no 0, O, 1 or I; no vowels, which could spell a word
LENGTH = 6  # 29 ** 6 codes: 594 million


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
    """So many codes that no setting has or ever had."""
    return fresh(wanted, lambda some: _used(session, some))


def _used(session: Session, some: Collection[str]) -> set[str]:
    now = session.exec(select(Setting.code).where(col(Setting.code).in_(some)))
    before = session.exec(select(OldCode.code).where(col(OldCode.code).in_(some)))
    return {*now.all(), *before.all()}


def change_code(request: Request, session: Session, form: Form) -> Response:
    """Retire a setting's code, or give the setting another; who has begun to answer goes on either way."""
    staff, found = open_setting(request, session, CHANGES, to_change=True)
    here = installation(request)
    wish = one(form, "wish")
    if one(form, "code") != found.code:
        told = f"It has the code {found.code} now. Nothing was changed: look at the setting again."
        raise Problem(409, "Somebody has changed this code since you opened the page", told)
    if wish == "retire" and found.retired_on is None:
        found.retired_on = here.today()
        access.note(session, here.now(), staff.name, "retired the code of", f"setting {found.code}")
    elif wish == "another":
        old = found.code
        session.add(OldCode(code=old, setting_id=_known(found), retired_on=found.retired_on or here.today()))
        (found.code,) = new_codes(session, 1)
        found.retired_on = None
        access.note(session, here.now(), staff.name, "gave another code to", f"setting {found.code}", old)
    elif wish != "retire":
        raise Problem(422, "That did not work", "Go back, and choose to retire the code or to give another.")
    return see(f"/staff/settings/{found.code}?kept=1")


def _known(found: Setting) -> int:
    assert found.id is not None
    return found.id
