"""One setting: what it is, whose devices it uses, and what allows people under 16 to take part in it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts
from survey.fieldwork import printing, written
from survey.fieldwork.loading import CHANGES, may_change, open_setting
from survey.models import Devices, Permission, Setting, Staff
from survey.naming import LONGEST_NAME
from survey.web import Form, Page, installation, one, see

LONGEST_NOTE = 500  # characters

DEVICES = {
    Devices.OWN: "Their own phone or computer. They can come back to it later.",
    Devices.SHARED: "Devices that several people use after each other, as in a class. Nothing stays on them.",
    Devices.KIOSK: "A tablet that stands somewhere. It goes back to the start by itself.",
}
PERMISSIONS = {
    Permission.PARENTS_AGREED: "Parents or carers said yes",
    Permission.PARENTS_COULD_OBJECT: "Parents or carers were told, and could say no",
    Permission.SETTING_DECIDED: "The people who run the place said yes",
}


def setting(request: Request, session: Session) -> Page:
    """One setting: its link and code, how many answered, whose devices, its permission for people under 16."""
    staff, found = open_setting(request, session)
    return setting_page(request, session, staff, found)


def setting_page(
    request: Request,
    session: Session,
    staff: Staff,
    found: Setting,
    typed: Form | None = None,
    messages: Sequence[str] = (),
    host_link: str = "",
) -> Page:
    """The page of a setting; `messages` say what is wrong with what was typed, `host_link` is shown this once."""
    kept = {
        "name": [found.name],
        "borough": [found.borough or ""],
        "expected": [str(found.expected or "")],
        "devices": [found.devices],
        "permission": [found.permission or ""],
        "permission_note": [found.permission_note or ""],
    }
    shown = {
        "staff": staff,
        "consultation": found.collection.consultation,
        "collection": found.collection,
        **printing.handed_out(request, found),
        "answered": answered(session, found),
        "devices": DEVICES,
        "permissions": PERMISSIONS,
        "typed": kept | (typed or {}),
        "messages": messages,
        "host_link": host_link,
        "kept": request.query_params.get("kept") == "1",
        "may_change": may_change(staff),
        "longest_name": LONGEST_NAME,
    }
    return Page("fieldwork/setting.html", shown, 422 if messages else 200)


def answered(session: Session, found: Setting) -> int:
    """How many responses a setting has."""
    return counts.submitted_by_setting(session, found.collection_id, found.id).get(found.id, 0)


def change_about(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what a setting is called, where it is, and how many young people are expected."""
    staff, found = open_setting(request, session, CHANGES, to_change=True)
    place = installation(request).place
    told = written.read(
        one(form, "name"), one(form, "borough"), one(form, "expected"), found.collection, place
    )
    faults = [message for _, message in told.faults]
    others = [other for other in found.collection.settings if other.id != found.id]
    if any(told.planned.is_same_place(other.name, other.borough) for other in others):
        faults.append("There is another setting of this name here. Give one of the two another name.")
    if faults:
        return setting_page(request, session, staff, found, form, faults)
    if told.planned != (found.name, found.borough, found.expected):
        found.name, found.borough, found.expected = told.planned
        why = f"{found.name}; borough: {found.borough or 'none'}; expected: {found.expected or 'not said'}"
        access.note(session, installation(request).now(), staff.name, "changed", f"setting {found.code}", why)
    return see(f"/staff/settings/{found.code}?kept=1")


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep whose devices a setting uses, and what allows people under 16 to take part in it."""
    staff, found = open_setting(request, session, CHANGES, to_change=True)
    devices, permission = one(form, "devices"), one(form, "permission")
    note = one(form, "permission_note")
    faults = wrong_permission("permission" in form, permission, note)
    if devices not in [*Devices]:
        faults.insert(0, "Choose one of the devices.")
    if faults:
        return setting_page(request, session, staff, found, form, faults)
    before = _said(found)
    found.devices = Devices(devices)
    _permit(request, found, Permission(permission) if permission else None, note, staff)
    if _said(found) != before:
        now = installation(request).now()
        access.note(session, now, staff.name, "changed", f"setting {found.code}", _said(found))
    return see(f"/staff/settings/{found.code}?kept=1")


def wrong_permission(chosen: bool, permission: str, note: str) -> list[str]:
    """Everything wrong with a permission for people under 16 and with what it rests on."""
    faults = []
    if not chosen or permission not in ["", *Permission]:
        faults.append("Choose one permission or none.")
    elif note and not permission:
        faults.append("Choose what allows people under 16 to take part, or empty what it rests on.")
    elif permission and not note:
        faults.append(
            "Write what the permission rests on, such as “letter to parents of 3 November, kept by the head”."
        )
    if not note.isprintable():
        faults.append("The note has a character that cannot be seen. Write it again.")
    if len(note) > LONGEST_NOTE:
        faults.append(f"The note has {len(note)} characters. There is room for {LONGEST_NOTE}.")
    return faults


def _permit(request: Request, found: Setting, permission: Permission | None, note: str, staff: Staff) -> None:
    """Record a permission with who recorded it and when, or take it away."""
    if (found.permission, found.permission_note or "") == (permission, note if permission else ""):
        return
    found.permission = permission
    found.permission_note = note if permission else None
    found.permission_by = staff.name if permission else None
    found.permission_on = installation(request).today() if permission else None


def _said(found: Setting) -> str:
    """What stands in the audit of a setting."""
    permission = f"{found.permission} ({found.permission_note})" if found.permission else "none"
    return f"devices: {found.devices}; permission for people under 16: {permission}"
