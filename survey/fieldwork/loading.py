"""What a fieldworker opens: the collection or the setting in the address, and what they typed."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request

from survey import access
from survey.models import Collection, OldCode, Role, Setting, Staff
from survey.web import Problem

CHANGES = (Role.FIELDWORKER, Role.ADMIN)
LOOK_IN_THE_LIST = "Open its consultation from the list."


def open_collection(
    request: Request,
    session: Session,
    roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN,
    *,
    to_change: bool = False,
) -> tuple[Staff, Collection]:
    """The member of staff, and the collection in the address; raises Problem where there is no such.

    to_change: nobody else changes it, or adds settings to it, until this request is answered.
    """
    staff = access.open_staff_page(request, session, roles)
    number = request.path_params["id"]
    found = session.get(Collection, number, with_for_update=to_change or None)
    if found is None:
        raise Problem(404, "We cannot find that collection", LOOK_IN_THE_LIST)
    return staff, found


def open_setting(
    request: Request,
    session: Session,
    roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN,
    *,
    to_change: bool = False,
) -> tuple[Staff, Setting]:
    """The member of staff, and the setting in the address, by the code it has or one that it had before."""
    staff = access.open_staff_page(request, session, roles)
    code = request.path_params["code"].upper()
    asked = select(Setting).where(col(Setting.code) == code)
    found = session.exec(asked.with_for_update() if to_change else asked).first()
    old = session.get(OldCode, code) if found is None else None
    if old is not None:
        found = session.get(Setting, old.setting_id, with_for_update=to_change or None)
    if found is None:
        raise Problem(404, "We cannot find that setting", LOOK_IN_THE_LIST)
    return staff, found


def may_change(staff: Staff) -> bool:
    """Whether somebody may change how responses are gathered."""
    return bool(set(CHANGES) & set(staff.roles))
