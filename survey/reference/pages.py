"""Reference series: the list, a file that is looked at first, its approval, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions import Fault
from questions.xlsform.scanning import letters
from survey import access
from survey.models import ReferenceFigure, ReferenceMeasure, ReferenceSeries, Role, Staff
from survey.reference import keeping
from survey.reference.areas import name_of
from survey.reference.columns import HEADINGS, NAMES, NEEDED
from survey.reference.decided import Choices
from survey.reference.keeping import About
from survey.reference.reading import MARKS, NOT_THERE, ONLY, Reading, column_field, read
from survey.web import Form, Page, Problem, Upload, installation, one, see
from survey.web.held import held, taken_back

BRINGS = (Role.ANALYST, Role.ADMIN)
MOST_FAULTS = 100
LONGEST_WHY = 300
SHOWN = 12  # figures of a preview
MOST_SHOWN = 400  # of a series
TAKEN = "There is a series of this title. Take that one out first, or give this one another title."
TOO_BIG = (
    "It is too big to be shown for approval. Take columns out that are not needed, or bring it in parts."
)


def every(request: Request, session: Session) -> Page:
    """The series that there are, and the form that brings another."""
    staff = access.open_staff_page(request, session, access.READS_RESULTS)
    return _list(staff, session)


def _list(staff: Staff, session: Session, faults: Sequence[Fault] = ()) -> Page:
    asked = (
        select(
            ReferenceMeasure.series_id,
            func.count(),
            func.min(ReferenceFigure.ends_on),
            func.max(ReferenceFigure.ends_on),
        )
        .join(ReferenceFigure)
        .group_by(col(ReferenceMeasure.series_id))
    )
    shown = {
        "staff": staff,
        "series": session.exec(select(ReferenceSeries).order_by(col(ReferenceSeries.title))).all(),
        "extent": {number: extent for number, *extent in session.exec(asked).all()},
        "may_bring": bool(set(BRINGS) & set(staff.roles)),
        "faults": faults,
    }
    return Page("reference/list.html", shown, 422 if faults else 200)


def may_bring(request: Request, session: Session) -> Staff:
    """Who may bring a series."""
    return access.open_staff_page(request, session, BRINGS)


def look(request: Request, session: Session, form: Form, sent: Sequence[Upload]) -> Page:
    """Show what a file says and everything that is assumed of it. Nothing is stored."""
    here = installation(request)
    name, content = _file(form, sent)
    choices = _choices(form)
    found = None if content is None else read(content, here.place, here.today(), choices)
    staff = may_bring(request, session)
    if found is None or content is None:
        told = (
            f"{len(sent)} files were sent. Choose one."
            if len(sent) > 1
            else "No file was chosen. Choose one."
        )
        return _list(staff, session, [Fault("the file", told)])
    if not held(content):
        return _list(staff, session, [Fault("the file", TOO_BIG)])
    if not found.table.sheet and not found.table.mark:
        return _list(staff, session, found.faults[:MOST_FAULTS])
    return _preview(request, staff, found, content, name, form)


def _file(form: Form, sent: Sequence[Upload]) -> tuple[str, bytes | None]:
    """The name and the content of the file that was chosen, or that the preview sent back; None where there is none."""
    if len(sent) == 1:
        return sent[0].name, sent[0].content
    pieces = form.get("held", [])
    if sent or not pieces:
        return "", None
    try:
        return one(form, "name"), taken_back(pieces)
    except ValueError:
        raise _not_ours() from None


def _choices(form: Form) -> Choices:
    return {name: next(iter(values), "") for name, values in form.items()}


def _not_ours() -> Problem:
    return Problem(
        400,
        "That is not what we showed",
        "Nothing was stored. Go back to the list, and choose the file again.",
    )


def _preview(
    request: Request,
    staff: Staff,
    found: Reading,
    content: bytes,
    name: str,
    form: Form,
    wrong: Sequence[str] = (),
    status: int = 200,
) -> Page:
    place = installation(request).place
    groups: dict[str, list[str]] = {}
    for about, told in (*found.assumed, *found.left_out):
        groups.setdefault(about, []).append(told)
    shown: dict[str, Any] = {
        "staff": staff,
        "read": found,
        "name": name,
        "held": held(content),
        "groups": groups,
        "faults": found.faults[:MOST_FAULTS],
        "more": max(len(found.faults) - MOST_FAULTS, 0),
        "first": [(figure, name_of(figure.area, place)) for figure in found.figures[:SHOWN]],
        "marks": MARKS,
        "only": ONLY,
        "columns": _columns(found),
        "months": keeping.MONTHS,
        "typed": form,
        "wrong": wrong,
        "seen": found.fingerprint(),
    }
    faults = bool(found.faults or wrong)
    return Page("reference/preview.html", shown, status if status != 200 else 422 if faults else 200)


def _columns(found: Reading) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """For each column of ours its field, its name, what is chosen, and what may be."""
    headings = found.table.headings.cells
    every = [(str(at), f"{letters(at + 1)}: {heading or '–'}") for at, heading in enumerate(headings)]
    return [
        (
            column_field(ours),
            NAMES[ours],
            str(found.columns.get(ours, NOT_THERE)),
            [(NOT_THERE, "choose" if ours in NEEDED else "there is none"), *every],
        )
        for ours in HEADINGS
    ]


def keep(request: Request, session: Session, form: Form, sent: Sequence[Upload]) -> Page | Response:
    """Keep the figures that the preview showed, with what was written of them: all of it, or nothing."""
    here = installation(request)
    name, content = _file(form, sent)
    if content is None:
        raise _not_ours()
    found = read(content, here.place, here.today(), _choices(form))
    told = keeping.about(form, found.measures)
    staff = may_bring(request, session)
    if not found.settled or one(form, "seen") != found.fingerprint():
        changed = [
            "The file is read otherwise now than it was shown to you. Look at it again before you approve it."
        ]
        return _preview(request, staff, found, content, name, form, changed, 409)
    wrong = [*told.faults, *_taken(session, told)]
    if wrong:
        return _preview(request, staff, found, content, name, form, wrong)
    try:
        with session.begin_nested():
            series = keeping.keep(session, here.now(), staff.name, found, told, name or "a file", here.place)
    except IntegrityError:  # somebody else kept one of this title at the same moment
        return _preview(request, staff, found, content, name, form, [TAKEN])
    return see(f"/staff/reference/{series.key}?kept=1")


def _taken(session: Session, told: About) -> list[str]:
    if told.key and keeping.taken(session, told.key):
        return [TAKEN]
    return []


def series(request: Request, session: Session) -> Page:
    """One series: what it is about, its figures, and what was assumed in reading them."""
    staff = access.open_staff_page(request, session, access.READS_RESULTS)
    found = open_series(request, session)
    place = installation(request).place
    asked = (
        select(ReferenceFigure)
        .join(ReferenceMeasure)
        .where(col(ReferenceMeasure.series_id) == found.id)
        .order_by(col(ReferenceFigure.ends_on).desc(), col(ReferenceMeasure.id), col(ReferenceFigure.area))
    )
    figures = session.exec(asked.limit(MOST_SHOWN + 1)).all()
    shown = {
        "staff": staff,
        "series": found,
        "figures": [(figure, name_of(figure.area, place)) for figure in figures[:MOST_SHOWN]],
        "more": len(figures) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "names": {one.id: one.name for one in found.measures},
        "only": ONLY,
        "may_bring": bool(set(BRINGS) & set(staff.roles)),
        "kept": request.query_params.get("kept") == "1",
    }
    return Page("reference/series.html", shown)


def open_series(request: Request, session: Session) -> ReferenceSeries:
    """The series in the address; raises Problem where there is no such."""
    found = keeping.taken(session, request.path_params["key"])
    if found is None:
        raise Problem(
            404, "We cannot find that series", "It may have been taken out. Look in the list of series."
        )
    return found


def take_out(request: Request, session: Session, form: Form) -> Response:
    """Take a series out, with its figures; the audit keeps who did it and why."""
    staff = may_bring(request, session)
    access.must_be_confirmed(request, session)
    found = open_series(request, session)
    why = one(form, "why")
    if not why or len(why) > LONGEST_WHY:
        told = f"Go back and say why, in at most {LONGEST_WHY} characters: the audit keeps it."
        raise Problem(422, "The series was not taken out", told)
    title = found.title
    keeping.take_out(session, found)
    access.note(
        session, installation(request).now(), staff.name, "took out", f"reference series {title}", why
    )
    return see("/staff/reference")
