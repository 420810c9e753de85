"""What staff open: the finding, reply, group or verdict in the address, and who may do what with it."""

from __future__ import annotations

import hashlib
import json
from typing import TypeVar

from sqlmodel import Session, SQLModel
from starlette.requests import Request

from survey import access
from survey.models import Finding, Reply, Role, Staff, Update, Verdict, YouthGroup
from survey.web import Form, Problem, installation, one

WRITES = (Role.ANALYST, Role.READER, Role.PUBLISHER, Role.ADMIN)
PUBLISHES = (Role.PUBLISHER, Role.ADMIN)
TRANSLATES = (Role.DESIGNER, Role.PUBLISHER)

Row = TypeVar("Row", bound=SQLModel)


def open_finding(
    request: Request,
    session: Session,
    roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN,
    *,
    to_change: bool = False,
) -> tuple[Staff, Finding]:
    """The member of staff, and the finding in the address; raises Problem where there is no such."""
    return _open(request, session, roles, Finding, "finding", to_change=to_change)


def open_reply(
    request: Request,
    session: Session,
    roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN,
    *,
    to_change: bool = False,
) -> tuple[Staff, Reply]:
    """The member of staff, and the reply in the address; raises Problem where there is no such."""
    return _open(request, session, roles, Reply, "reply", to_change=to_change)


def open_group(request: Request, session: Session) -> tuple[Staff, YouthGroup]:
    """The member of staff, and the youth group in the address, to change it."""
    return _open(request, session, PUBLISHES, YouthGroup, "youth group", to_change=True)


def open_verdict(request: Request, session: Session) -> tuple[Staff, Verdict]:
    """The member of staff, and the youth group's word in the address, to take words out of it."""
    return _open(request, session, PUBLISHES, Verdict, "word of a youth group", to_change=True)


def open_update(request: Request, session: Session) -> tuple[Staff, Update]:
    """The member of staff, and the update in the address, to take words out of it."""
    return _open(request, session, PUBLISHES, Update, "update", to_change=True)


def stood(form: Form, before: dict[str, str]) -> dict[str, str]:
    """What stood there before a correction; without its words where they named somebody."""
    return dict.fromkeys(before, "") if one(form, "names") == "yes" else before


def _open(
    request: Request,
    session: Session,
    roles: tuple[Role, ...],
    kind: type[Row],
    called: str,
    *,
    to_change: bool,
) -> tuple[Staff, Row]:
    staff = access.open_staff_page(request, session, roles)
    found = session.get(kind, request.path_params["id"], with_for_update=to_change or None)
    if found is None:
        raise Problem(
            404, f"We cannot find that {called}", "Somebody may have thrown it away. Look in the list."
        )
    return staff, found


def may(staff: Staff, roles: tuple[Role, ...]) -> bool:
    """Whether somebody has one of these roles."""
    return bool({*roles} & {*staff.roles})


def mark(row: SQLModel) -> str:
    """The same as long as nobody changes a row, or adds to what happened since."""
    since = len(row.updates) if isinstance(row, Reply) else 0
    told = json.dumps([row.model_dump(mode="json"), since], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def why_not_publish(request: Request, staff: Staff, written_by: str) -> str:
    """Why somebody cannot publish what somebody wrote; empty where they can."""
    if not may(staff, PUBLISHES):
        return "A publisher or an administrator publishes it."
    if installation(request).settings.four_eyes and written_by == staff.name:
        return "You wrote it or changed it last, so somebody else looks at it and publishes it."
    return ""


def about(row: Finding | Reply) -> str:
    """What the audit calls a finding or a reply."""
    finding = row if isinstance(row, Finding) else row.finding
    where = f"finding {finding.number} of {finding.consultation.slug}"
    return where if isinstance(row, Finding) else f"reply {row.id} to {where}"


CHANGED_MEANWHILE = (
    "Somebody changed this while you wrote. Yours is still below: compare it with what stands there now, and keep it "
    "once more."
)
