"""Youth groups: staff make one and its secret link, and take words out that name somebody."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.models import YouthGroup
from survey.replies.loading import PUBLISHES, about, open_group, open_verdict
from survey.web import Form, Page, installation, one, see

LONGEST_NAME = 80


def every(request: Request, session: Session) -> Page:
    """The youth groups, with when each got its link."""
    return _page(request, session)


def make(request: Request, session: Session, form: Form) -> Page:
    """Make a group with its link, which is shown this once."""
    staff = access.open_staff_page(request, session, PUBLISHES)
    name, borough = one(form, "name"), one(form, "borough")
    faults = []
    if not name:
        faults.append("Say what the group is called.")
    elif len(name) > LONGEST_NAME:
        faults.append(f"The name has {len(name)} characters, and there is room for {LONGEST_NAME}.")
    elif session.exec(select(YouthGroup).where(col(YouthGroup.name) == name)).first():
        faults.append("There is a group of that name. Make a new link for it below, or choose another name.")
    if borough and borough not in {known.code for known in installation(request).place.boroughs}:
        faults.append("Choose the borough from the list.")
    if faults:
        return _page(request, session, form, faults)
    group = YouthGroup(name=name, borough=borough or None)
    session.add(group)
    access.note(session, installation(request).now(), staff.name, "made", f"youth group {name}")
    link = _new_link(request, group)
    session.flush()
    return _page(request, session, link=link, of=group)


def make_link(request: Request, session: Session, _form: Form) -> Page:
    """Make a group a new link, and show it this once; the one before stops working."""
    staff, group = open_group(request, session)
    link = _new_link(request, group)
    group.retired_on = None
    access.note(
        session, installation(request).now(), staff.name, "made a link for", f"youth group {group.name}"
    )
    session.flush()
    return _page(request, session, link=link, of=group)


def retire(request: Request, session: Session, _form: Form) -> Response:
    """Take a group's link away; what it said stays."""
    staff, group = open_group(request, session)
    group.link_hash, group.link_since = None, None
    group.retired_on = installation(request).today()
    access.note(session, installation(request).now(), staff.name, "retired", f"youth group {group.name}")
    return see("/staff/youth-groups")


def hide(request: Request, session: Session, _form: Form) -> Response:
    """Take the because out of a group's word, since it names somebody: it is gone, and the page says so."""
    staff, verdict = open_verdict(request, session)
    if verdict.because:
        verdict.because, verdict.hidden_on = "", installation(request).today()
        whose = f"the word of youth group {verdict.group.name} on {about(verdict.reply)}"
        access.note(
            session, installation(request).now(), staff.name, "took words that name somebody out of", whose
        )
    return see(f"/staff/replies/{verdict.reply_id}")


def _new_link(request: Request, group: YouthGroup) -> str:
    """A new secret for a group: 256 random bits, of which the hash is kept."""
    token, group.link_hash = access.new_token()
    group.link_since = installation(request).today()
    return f"{installation(request).settings.public_url}/g/{token}"


def _page(
    request: Request,
    session: Session,
    typed: Form | None = None,
    faults: list[str] | None = None,
    link: str = "",
    of: YouthGroup | None = None,
) -> Page:
    staff = access.open_staff_page(request, session, PUBLISHES)
    shown = {
        "staff": staff,
        "groups": session.exec(select(YouthGroup).order_by(col(YouthGroup.name))).all(),
        "typed": typed or {},
        "faults": faults or [],
        "link": link,
        "of": of,
    }
    return Page("replies/groups.html", shown, 422 if faults else 200)
