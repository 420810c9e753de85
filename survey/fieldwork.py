"""Where responses come from: the settings of a collection, whose devices they use, and who may decide to take part."""

from __future__ import annotations

from typing import Any

import segno
from markupsafe import Markup
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts
from survey.models import Collection, ConsentRoute, Devices, Permission, Role, Setting, Staff
from survey.web import Form, Page, Problem, installation, see

CHANGES = (Role.FIELDWORKER, Role.ADMIN)
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
    """One setting: its link and code, whose devices it uses, and its permission for people under 16."""
    staff, found = open_setting(request, session)
    return _page(request, session, staff, found)


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    found: Setting,
    typed: Form | None = None,
    message: str = "",
) -> Page:
    kept = {
        "devices": [found.devices],
        "permission": [found.permission or ""],
        "permission_note": [found.permission_note or ""],
    }
    shown = {
        **_handed_out(request, staff, found),
        "answered": counts.submitted_by_setting(session, found.collection_id).get(found.id, 0),
        "devices": DEVICES,
        "permissions": PERMISSIONS,
        "typed": typed or kept,
        "message": message,
        "kept": request.query_params.get("kept") == "1",
        "may_change": bool(set(CHANGES) & set(staff.roles)),
    }
    return Page("fieldwork/setting.html", shown, 422 if message else 200)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep whose devices a setting uses, and what allows people under 16 to take part in it."""
    staff, found = open_setting(request, session, CHANGES)
    devices, permission = _one(form, "devices"), _one(form, "permission")
    note = " ".join(_one(form, "permission_note").split())
    if devices not in [*Devices] or "permission" not in form or permission not in ["", *Permission]:
        return _page(
            request, session, staff, found, form, "Choose one of the devices, and one permission or none."
        )
    if note and not permission:
        told = "Choose what allows people under 16 to take part, or empty what it rests on."
        return _page(request, session, staff, found, form, told)
    if permission and not note:
        told = (
            "Write what the permission rests on, such as “letter to parents of 3 November, kept by the head”."
        )
        return _page(request, session, staff, found, form, told)
    if len(note) > LONGEST_NOTE:
        told = f"The note has {len(note)} characters. There is room for {LONGEST_NOTE}."
        return _page(request, session, staff, found, form, told)
    before = _said(found)
    found.devices = Devices(devices)
    _permit(request, found, Permission(permission) if permission else None, note, staff)
    if _said(found) != before:
        now = installation(request).now()
        access.note(session, now, staff.name, "changed", f"setting {found.code}", _said(found))
    return see(f"/staff/settings/{found.code}?kept=1")


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


def card(request: Request, session: Session) -> Page:
    """A card to print for whoever hands the code out."""
    staff, found = open_setting(request, session)
    return Page("fieldwork/card.html", _handed_out(request, staff, found))


def _handed_out(request: Request, staff: Staff, found: Setting) -> dict[str, Any]:
    """What is given to the people of a setting: its code, its link, and that as a picture."""
    link = _link(request, found)
    return {
        "staff": staff,
        "setting": found,
        "consultation": found.collection.consultation,
        "link": link,
        "code_as_picture": _qr(link),
        "under_16_open": ConsentRoute.SETTING in found.collection.routes,
        "over_16_open": ConsentRoute.OWN in found.collection.routes,
    }


def change_routes(request: Request, session: Session, form: Form) -> Response:
    """Keep by which consent routes people may come into a collection."""
    staff = access.open_staff_page(request, session, CHANGES)
    found = session.get(Collection, request.path_params["id"])
    if found is None:
        raise Problem(404, "We cannot find that collection", "Open its consultation from the list.")
    routes = [route for route in ConsentRoute if route in form.get("route", [])]
    if not routes:
        raise Problem(
            422,
            "Nobody could take part",
            "Go back and tick at least one of the two: 16 and over, or under 16.",
        )
    if routes != found.routes:
        found.routes = [*routes]
        now = installation(request).now()
        access.note(
            session, now, staff.name, "changed", f"collection {found.name}", f"routes: {', '.join(routes)}"
        )
    return see(f"/staff/consultations/{found.consultation.slug}")


def open_setting(
    request: Request, session: Session, roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN
) -> tuple[Staff, Setting]:
    """The member of staff, and the setting in the address; raises Problem where there is no such."""
    staff = access.open_staff_page(request, session, roles)
    found = session.exec(
        select(Setting).where(col(Setting.code) == request.path_params["code"].upper())
    ).first()
    if found is None:
        raise Problem(404, "We cannot find that setting", "Open its consultation from the list.")
    return staff, found


def _link(request: Request, found: Setting) -> str:
    return f"{installation(request).settings.public_url}/s/{found.code}"


def _qr(link: str) -> Markup:
    """A link as a QR code, drawn as SVG."""
    options: dict[str, Any] = {"scale": 1, "border": 4, "omitsize": True, "svgclass": "qr", "lineclass": None}
    return Markup(segno.make(link, micro=False, error="m").svg_inline(**options))  # noqa: S704


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, [])), "").strip()
