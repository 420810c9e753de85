"""Staff keep the help lines right: each is called or read again at least every 90 days."""

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.help_lines import GOOD_FOR, checked
from survey.models import HelpLineCheck, Role
from survey.web import Form, Page, Problem, installation, see

KEEPS = (Role.PUBLISHER, Role.SAFEGUARDING_LEAD, Role.ADMIN)


def help_lines(request: Request, session: Session) -> Page:
    """Every help line with what we say of it, and when it was last checked."""
    staff = access.open_staff_page(request, session, KEEPS)
    here = installation(request)
    shown = {
        "staff": staff,
        "rows": checked(session, here.place),
        "today": here.today(),
        "days": GOOD_FOR.days,
    }
    return Page("safety/help_lines.html", shown)


def check(request: Request, session: Session, form: Form) -> Page | Response:
    """Note that somebody found a help line to be as we say, today."""
    staff = access.open_staff_page(request, session, KEEPS)
    here, href = installation(request), next(iter(form.get("line", [])), "")
    line = next((line for line in here.place.help_lines if line.href == href), None)
    if line is None:
        raise Problem(404, "We do not know that help line", "Go back to the list, and choose one of those.")
    session.merge(HelpLineCheck(href=href, checked_on=here.today(), who=staff.name))
    access.note(session, here.now(), staff.name, "checked the help line", str(line.name))
    return see("/staff/help-lines")
