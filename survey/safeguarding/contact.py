"""“Please contact me”: apart from every answer, read by safeguarding leads only, and deleted after it was handled."""

from __future__ import annotations

import datetime as dt
import re

from babel.dates import format_date
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import Message, _
from survey import access, leads, waiting
from survey.db import insert_unless_there
from survey.languages import Language
from survey.models import ContactRequest, Role, new_name
from survey.staffed import Hours, Limits
from survey.web import Form, Page, Problem, installation, one, see, spoken_to

READS = (Role.SAFEGUARDING_LEAD,)
LONGEST = {"called": 60, "reach": 120, "safe": 240}  # characters
NAME = re.compile(r"[A-Za-z0-9_-]{22}")

# For everybody


def ask(request: Request, session: Session) -> Page:
    """The form, where somebody is there to read it."""
    _must_be_read(session)
    return _page(request, new_name())


def send(request: Request, session: Session, form: Form) -> Page:
    """Keep what was asked for; the same sent again is kept once, and what was mended beside it."""
    _must_be_read(session)
    key = one(form, "key")
    key = key if NAME.fullmatch(key) else new_name()
    if faults := _faults(form):
        return _page(request, key, form, faults)
    said = {name: one(form, name) for name in LONGEST}
    earlier, arrived_at = session.get(ContactRequest, key), _this_hour(request)
    if earlier and any(getattr(earlier, name) != told for name, told in said.items()):
        key = new_name()
    elif earlier:
        arrived_at = earlier.arrived_at
    row = {"id": key, **said, "language": spoken_to(request).code, "arrived_at": arrived_at}
    insert_unless_there(session.connection(), ContactRequest.__table__, [row])  # type: ignore[attr-defined]
    return Page("safeguarding/contact_sent.html", _when(request, arrived_at))


def _this_hour(request: Request) -> dt.datetime:
    return waiting.hour_of(installation(request).now())


def _must_be_read(session: Session) -> None:
    if not leads.anybody(session):
        raise Problem(
            404,
            _("We cannot take that here yet"),
            _(
                "Nobody is there to read it. The lines below are there for you, and an adult you trust can help."
            ),
        )


def _faults(form: Form) -> dict[str, Message]:
    """What to mend, by field."""
    faults = {
        name: _("That is too long. Please write at most %(most)s characters.", most=most)
        for name, most in LONGEST.items()
        if len(one(form, name)) > most
    }
    if not one(form, "called"):
        faults["called"] = _("Please write what we shall call you.")
    if len(one(form, "reach")) < 5:
        faults["reach"] = _("Please write a phone number or an e-mail address.")
    return faults


def _page(
    request: Request, key: str, form: Form | None = None, faults: dict[str, Message] | None = None
) -> Page:
    say = spoken_to(request).say
    shown = {
        **_when(request, _this_hour(request)),
        "key": key,
        "typed": {name: one(form or {}, name) for name in LONGEST},
        "longest": LONGEST,
        "messages": {name: say(told) for name, told in (faults or {}).items()},
    }
    return Page("safeguarding/contact.html", shown, 422 if faults else 200)


def _when(request: Request, arrived_at: dt.datetime) -> dict[str, object]:
    """When somebody reads it and by which day they answer, in the language of the page, and how long it is kept."""
    here, language = installation(request), spoken_to(request)
    limits = here.settings.limits
    first, last = days_of(limits.hours, language)
    by = _by(limits, arrived_at, here.zone).astimezone(here.zone).date()
    return {
        "by": format_date(by, "full", locale=language.formats),
        "first": first,
        "last": last,
        "opens": f"{limits.hours.opens}:00",
        "closes": f"{limits.hours.closes}:00",
        "days": limits.contact,
    }


def _by(limits: Limits, arrived_at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """By when whoever asked is contacted: on the clock of what is most urgent. It is told to them and to the leads."""
    return limits.hours.after(arrived_at, limits.tiers[0], zone)


def days_of(hours: Hours, language: Language) -> tuple[str, str]:
    """The first and the last day of staffed hours, as a language calls them."""
    monday = dt.date(2024, 1, 1)
    first, last = (
        format_date(monday + dt.timedelta(days=day), "EEEE", locale=language.formats)
        for day in (hours.first_day, hours.last_day)
    )
    return first, last


# For safeguarding leads


def every(request: Request, session: Session) -> Page:
    """Whoever asked to be contacted and was not yet, the longest wait first."""
    staff, here = access.open_staff_page(request, session, READS), installation(request)
    waits = select(ContactRequest).where(col(ContactRequest.handled_on).is_(None))
    found = session.exec(waits.order_by(col(ContactRequest.arrived_at), col(ContactRequest.id))).all()
    limits = here.settings.limits
    shown = {
        "staff": staff,
        "rows": [(each, _by(limits, each.arrived_at, here.zone)) for each in found],
        "names": {code: language.name for code, language in here.languages.items()},
        "now": here.now(),
        "days": limits.contact,
    }
    return Page("safeguarding/contacts.html", shown)


def handled(request: Request, session: Session, _form: Form) -> Response:
    """Note that somebody was contacted: from that day on what they gave is kept only a little longer."""
    staff, here = access.open_staff_page(request, session, READS), installation(request)
    found = session.get(ContactRequest, request.path_params["id"], with_for_update=True)
    if found is None or found.handled_on is not None:
        raise Problem(404, "That was handled already", "Look in the list: what still waits stands there.")
    found.handled_on, found.handled_by = here.today(), staff.name
    access.note(session, here.now(), staff.name, "handled", "a request for contact")
    return see("/staff/contacts")
