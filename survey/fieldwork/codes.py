"""A setting's code can be retired, and it can be given another."""

from __future__ import annotations

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.fieldwork.loading import CHANGES, open_setting
from survey.models import OldCode, Setting
from survey.naming import new_codes
from survey.web import Form, Problem, installation, one, see


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
