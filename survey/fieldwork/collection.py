"""One collection: what may be said of its answers, how far each setting is, and who may take part."""

from __future__ import annotations

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts
from survey.fieldwork.claims import CLAIMS, WAYS
from survey.fieldwork.loading import CHANGES, may_change, open_collection
from survey.fieldwork.printing import by_name
from survey.fieldwork.setting import PERMISSIONS
from survey.instruments import parsed
from survey.models import Collection, ConsentRoute, Kind, Tally
from survey.web import Form, Page, Problem, installation, see

WAITING = "not-started"


def collection(request: Request, session: Session) -> Page:
    """One collection: its terms, and its settings with what is expected and how many have answered."""
    staff, found = open_collection(request, session)
    standing = counts.standing(session, found)
    only_waiting = request.query_params.get("show") == WAITING
    question_set = parsed(found.instrument)
    shown = {
        "staff": staff,
        "collection": found,
        "consultation": found.consultation,
        "way": WAYS[found.kind] if found.kind else None,
        "claim": CLAIMS[found.design],
        "state": state(found, request),
        "question_set": question_set.title.into(question_set.language),
        "permissions": PERMISSIONS,
        "standing": standing,
        "by_sessions": found.kind is Kind.TALLY and not found.settings,
        "sessions": _sessions(session, found),
        "settings": by_name(list(standing.waiting if only_waiting else found.settings)),
        "used": [setting for setting in found.settings if setting.retired_on is None],
        "without_host": [one for one in found.settings if one.retired_on is None and one.host_hash is None],
        "only_waiting": only_waiting,
        "may_change": may_change(staff),
        "kept": request.query_params.get("kept") == "1",
        "added": _number(request.query_params.get("added", "")),
    }
    return Page("fieldwork/collection.html", shown)


def _sessions(session: Session, found: Collection) -> int:
    """In how many sessions the questions of a tally were counted."""
    counted = select(func.count(func.distinct(col(Tally.meeting_id))))
    return session.exec(counted.where(col(Tally.collection_id) == found.id)).one()


def state(found: Collection, request: Request) -> str:
    """Whether a collection takes answers today, by its own days."""
    today = installation(request).today()
    if today < found.first_day:
        return "planned"
    return "open" if today <= found.last_day else "closed"


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0


def change_routes(request: Request, session: Session, form: Form) -> Response:
    """Keep by which consent routes people may come into a collection."""
    staff, found = open_collection(request, session, CHANGES, to_change=True)
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
    return see(f"/staff/collections/{found.id}?kept=1")
