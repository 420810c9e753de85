"""The coverage page of a consultation: live, and made of counts that are kept."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response as Answer

from analysis import Cube
from questions import AGE_BANDS
from survey import access, counts
from survey.coverage.board import WIDER, board, claims_a_place, headline
from survey.coverage.completion import FEWEST, completion
from survey.coverage.needs import MOST_OF_ALL, PLANNED_DEFF, STEADY
from survey.instruments import parsed
from survey.measuring import documents, kept, stopped
from survey.measuring.page_times import SPANS
from survey.models import Collection, Consultation, Role
from survey.places import load
from survey.web import Form, Page, Problem, installation, see

PLANS = (Role.FIELDWORKER, Role.ANALYST, Role.ADMIN)
LEAST_POINTS, MOST_POINTS = 2, 25


def coverage(request: Request, session: Session) -> Page:
    """What a collection of a consultation has, and what it needs; htmx gets only the strip of what came in."""
    staff, consultation = access.open_consultation(request, session)
    collection = _collection(request, session, consultation)
    shown: dict[str, Any] = {"staff": staff, "consultation": consultation, "collection": collection}
    days = kept.other(session, collection, documents.DAYS)
    shown |= _now(request, session, collection, days)
    if "hx-request" in request.headers:
        return Page("coverage/coverage.html", shown, block="strip")
    shown["may_plan"] = bool(set(PLANS) & set(staff.roles))
    return Page("coverage/coverage.html", shown | _board(request, session, collection, days))


def _collection(request: Request, session: Session, consultation: Consultation) -> Collection:
    """The collection asked for, or else the one with most answers that claims a place."""
    submitted = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(
        consultation.collections, key=lambda one: (not claims_a_place(one), -submitted.get(one.id or 0, 0))
    )
    wanted = request.query_params.get("collection", "")
    found = next((one for one in ranked if str(one.id) == wanted), None) or next(iter(ranked), None)
    if found is None:
        raise Problem(404, "Nothing is collected here yet", "Open a collection from the consultation's page.")
    return found


def _now(request: Request, session: Session, collection: Collection, days: Cube) -> dict[str, Any]:
    """What came in, up to this moment."""
    today, each = installation(request).today(), days.by(["day"])
    axis = each.axis("day")
    by_day = {axis.levels[code]: round(float(n)) for code, n in zip(axis.codes, each.n, strict=True)}
    return {
        "sent": sum(by_day.values()),
        "sent_today": by_day.get(str(today), 0),
        "under_way": stopped.under_way(session, collection),
        "over": today > collection.last_day,
    }


def _board(request: Request, session: Session, collection: Collection, days: Cube) -> dict[str, Any]:
    today, measure = installation(request).today(), headline(collection)
    consultation = collection.consultation
    place = load(consultation.place) if consultation.place else None
    shown: dict[str, Any] = {
        "others": [one for one in consultation.collections if one.id != collection.id],
        "board": None,
        "bands": AGE_BANDS,
        "wider": WIDER,
        "steady": STEADY,
        "most_of_all": round(MOST_OF_ALL * 100),
        "planned_deff": PLANNED_DEFF,
        "least_points": LEAST_POINTS,
        "most_points": MOST_POINTS,
        "completion": completion(session, collection, today),
        "spans": SPANS,
        "fewest": FEWEST,
        "version": collection.instrument.version,
        "languages": _languages(request, session, collection),
        "kept": request.query_params.get("kept") == "1",
    }
    if place and measure and claims_a_place(collection):
        shown |= {
            "board": board(session, collection, place, measure, days, today),
            "words": measure.words("en"),
            "question": measure.question,
        }
    return shown


def _languages(request: Request, session: Session, collection: Collection) -> list[tuple[str, int]]:
    """In which languages people answered, the commonest first."""
    cube = kept.other(session, collection, documents.LANGUAGES)
    axis, known = cube.axis("language"), installation(request).languages
    own = parsed(collection.instrument).language
    named = [
        (str(axis.levels[code]) if code >= 0 else own, round(float(n)))
        for code, n in zip(axis.codes, cube.n, strict=True)
    ]
    found: dict[str, int] = {}
    for code, people in named:
        name = known[code].name if code in known else code
        found[name] = found.get(name, 0) + people
    return sorted(found.items(), key=lambda one: -one[1])


def change_targets(request: Request, session: Session, form: Form) -> Answer:
    """Keep how narrow the intervals of a collection are to be."""
    staff = access.open_staff_page(request, session, PLANS)
    found = session.get(Collection, request.path_params["id"])
    if found is None:
        raise Problem(404, "We cannot find that collection", "Open its consultation from the list.")
    told = {name: next(iter(form.get(name, [])), "").strip() for name in ("points", "points_each")}
    points = {
        name: int(text)
        for name, text in told.items()
        if text.isascii() and text.isdecimal() and len(text) < 4
    }
    if len(points) < len(told) or not all(LEAST_POINTS <= one <= MOST_POINTS for one in points.values()):
        sentence = (
            f"Go back and write two whole numbers from {LEAST_POINTS} to {MOST_POINTS}, such as 5 and 10."
        )
        raise Problem(422, "The targets were not saved", sentence)
    if (found.points, found.points_each) != (points["points"], points["points_each"]):
        found.points, found.points_each = points["points"], points["points_each"]
        words = f"targets: {found.points} points for a borough, {found.points_each} for an age band in one"
        access.note(
            session, installation(request).now(), staff.name, "changed", f"collection {found.name}", words
        )
    return see(f"/staff/consultations/{found.consultation.slug}/coverage?collection={found.id}&kept=1")
