"""Who may open a question set, and the set in the address."""

from __future__ import annotations

import re

from sqlmodel import Session
from starlette.requests import Request

from questions.conditions import KEY
from survey import access
from survey.designer import drafts
from survey.designer.drafts import Working
from survey.models import Role, Staff
from survey.web import Form, Problem

DESIGNS = (Role.DESIGNER, Role.ADMIN)
READS = (Role.DESIGNER, Role.PUBLISHER, Role.ADMIN)


def open_set(
    request: Request, session: Session, roles: tuple[Role, ...] = READS, *, to_change: bool = False
) -> tuple[Staff, Working]:
    """The member of staff, and the set in the address; raises Problem where there is no such."""
    staff = access.open_staff_page(request, session, roles)
    try:
        if not KEY.fullmatch(request.path_params["key"]):
            raise drafts.Nowhere(request.path_params["key"])
        return staff, drafts.working(session, request.path_params["key"], to_change=to_change)
    except drafts.Nowhere:
        raise Problem(
            404, "We cannot find that question set", "It may have another name now. Look in the list."
        ) from None


def may_design(staff: Staff) -> bool:
    """Whether somebody may change drafts."""
    return bool(set(DESIGNS) & set(staff.roles))


def whole(told: str) -> int | None:
    """A whole number as a form or an address says it; None for anything else."""
    return int(told) if re.fullmatch("[0-9]{1,9}", told) else None


def one(form: Form, name: str) -> str:
    """The first value of a field of a form, without spaces around it; empty where there is none."""
    return next(iter(form.get(name, [])), "").strip()
