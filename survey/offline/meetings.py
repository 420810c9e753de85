"""Sessions: staff say where people meet, and afterwards how many came, who they were, and what was noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, tallied
from survey.models import Audience, Collection, Consultation, Kind, Meeting, Staff
from survey.offline.batches import day_in
from survey.offline.loading import TYPES
from survey.web import Form, Page, Problem, installation, one, see
from survey.wording import day as in_words

AUDIENCES = {
    Audience.YOUNG: "Young people",
    Audience.ADULTS: "Adults",
    Audience.ORGANISATIONS: "Organisations",
    Audience.ANYONE: "Anyone",
}
LONGEST = {"title": 120, "where": 200, "host": 120, "about": 1_000, "note": 4_000}  # characters
NEEDED = {"title": "Give it a name, such as “Workshop at Hill Club”.", "where": "Say where it is."}
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Told:
    """A session as it was typed; `people` is None where nobody has counted."""

    title: str
    held_on: dt.date | None
    where: str
    about: str
    host: str
    audience: Audience
    people: int | None
    note: str


def meetings(request: Request, session: Session) -> Page:
    """The sessions of a consultation, and the form for another."""
    staff, found = access.open_consultation(request, session)
    return _page(request, session, staff, found)


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    found: Consultation,
    typed: Form | None = None,
    faults: Sequence[str] = (),
) -> Page:
    shown = {
        "staff": staff,
        "consultation": found,
        "groups": _by_audience(of_consultation(session, found)),
        "today": installation(request).today(),
        **_form_of(staff, typed or {"audience": [Audience.YOUNG]}, faults),
        "kept": request.query_params.get("kept") == "1",
    }
    return Page("offline/meetings.html", shown, 422 if faults else 200)


def of_consultation(session: Session, found: Consultation) -> list[Meeting]:
    """Its sessions, by day."""
    asked = select(Meeting).where(col(Meeting.consultation_id) == found.id)
    return list(session.exec(asked.order_by(col(Meeting.held_on), col(Meeting.id))).all())


def _by_audience(every: Sequence[Meeting]) -> list[tuple[str, list[Meeting]]]:
    """Sessions apart by whom they are for, with a name for each; those that there are none of are left out."""
    found = [
        (name, [one for one in every if one.audience == audience]) for audience, name in AUDIENCES.items()
    ]
    return [(name, theirs) for name, theirs in found if theirs]


def _form_of(staff: Staff, typed: Form, faults: Sequence[str]) -> dict[str, object]:
    return {
        "typed": typed,
        "faults": faults,
        "audiences": AUDIENCES,
        "longest": LONGEST,
        "may_change": bool(set(TYPES) & set(staff.roles)),
    }


def add(request: Request, session: Session, form: Form) -> Page | Response:
    """Add a session to a consultation."""
    staff, found = access.open_consultation(request, session, TYPES)
    told, faults = read(form, installation(request).today())
    if not faults and _listed(session, found, told):
        faults = ["This session stands in the list already: the same name, day and place."]
    if faults:
        return _page(request, session, staff, found, form, faults)
    made = Meeting(consultation_id=found.id or 0, title="", held_on=installation(request).today(), where="")
    _keep(made, told, staff)
    session.add(made)
    access.note(session, installation(request).now(), staff.name, "added", f"session {made.title}")
    return see(f"/staff/consultations/{found.slug}/meetings?kept=1")


def _listed(session: Session, found: Consultation, told: Told) -> bool:
    """Whether a consultation has this session already, as after a button that was pressed twice."""
    alike = select(Meeting.id).where(
        col(Meeting.consultation_id) == found.id,
        col(Meeting.title) == told.title,
        col(Meeting.held_on) == told.held_on,
        col(Meeting.where) == told.where,
        col(Meeting.audience) == told.audience,
    )
    return session.exec(alike).first() is not None


def open_meeting(
    request: Request, session: Session, *, to_change: bool = False
) -> tuple[Staff, Meeting, Consultation]:
    """The member of staff, and the session in the address with its consultation."""
    staff = access.open_staff_page(request, session, TYPES)
    found = session.get(Meeting, request.path_params["id"], with_for_update=to_change or None)
    if found is None:
        raise Problem(404, "We cannot find that session", "Open it from the sessions of its consultation.")
    return staff, found, session.get_one(Consultation, found.consultation_id)


def meeting(request: Request, session: Session) -> Page:
    """One session to change, and what was counted there."""
    staff, found, consultation = open_meeting(request, session)
    return _one(request, session, staff, found, consultation)


def _one(
    request: Request,
    session: Session,
    staff: Staff,
    found: Meeting,
    consultation: Consultation,
    typed: Form | None = None,
    faults: Sequence[str] = (),
) -> Page:
    stands = {name: [str(getattr(found, name) or "")] for name in ("title", "where", "about", "host", "note")}
    people = "" if found.people is None else str(found.people)
    stands |= {"held_on": [str(found.held_on)], "audience": [found.audience], "people": [people]}
    shown = {
        "staff": staff,
        "consultation": consultation,
        "meeting": found,
        "counted": tallied.of_meeting(session, found),
        "asks": [one for one in consultation.collections if one.kind == Kind.TALLY],
        **_form_of(staff, typed or stands, faults),
        "kept": request.query_params.get("kept") == "1",
    }
    return Page("offline/meeting.html", shown, 422 if faults else 200)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was changed of a session."""
    staff, found, consultation = open_meeting(request, session, to_change=True)
    told, faults = read(form, installation(request).today())
    most = _most_counted(session, found)
    if (told.people is not None and told.people < most) or (told.people is None and most):
        faults.append(
            f"{most} people are in what was counted here, so at least {most} came. Change the counts first, "
            "if they are wrong."
        )
    if faults:
        return _one(request, session, staff, found, consultation, form, faults)
    _keep(found, told, staff)
    access.note(session, installation(request).now(), staff.name, "changed", f"session {found.title}")
    return see(f"/staff/meetings/{found.id}?kept=1")


def _most_counted(session: Session, found: Meeting) -> int:
    """How many must have come at least, by what was counted."""
    return max((least for each in tallied.tallies_of(session, found) for least in _least(*each)), default=0)


def _least(collection: Collection, tallies: dict[str, dict[str, int]]) -> list[int]:
    several = {question.key: question.kind == "many" for question in tallied.questions_of(collection)}
    return [
        max(counts.values(), default=0) if several.get(key) else sum(counts.values())
        for key, counts in tallies.items()
    ]


def _keep(found: Meeting, told: Told, staff: Staff) -> None:
    assert told.held_on is not None
    found.title, found.held_on, found.where = told.title, told.held_on, told.where
    found.about, found.host, found.audience = told.about, told.host, told.audience
    if (found.people, found.note) != (told.people, told.note):
        found.kept_by = staff.name
    found.people, found.note = told.people, told.note


def read(form: Form, today: dt.date) -> tuple[Told, list[str]]:
    """A session from a form, as far as it can be read, and everything that is wrong with it."""
    faults = [told for name, told in NEEDED.items() if not one(form, name)]
    day = day_in(one(form, "held_on"))
    if day is None:
        faults.append(f"“{one(form, 'held_on')}” is no day. Write the day like 2026-11-03 or 3/11/2026.")
    for name, most in LONGEST.items():
        if len(_text(form, name)) > most:
            faults.append(
                f"There are {len(_text(form, name)):,} characters in “{name}”, and room for {most:,}."
            )
    audience = next((each for each in Audience if each == one(form, "audience")), None)
    if audience is None:
        faults.append("Say whom it is for: young people and adults are counted apart.")
    people, wrong = _people(one(form, "people"), day, today)
    told = Told(
        one(form, "title"),
        day,
        one(form, "where"),
        _text(form, "about"),
        one(form, "host"),
        audience or Audience.YOUNG,
        people,
        _text(form, "note"),
    )
    return told, [*faults, *wrong]


def _text(form: Form, name: str) -> str:
    return next(iter(form.get(name, [])), "").replace("\r\n", "\n").strip()


def _people(told: str, day: dt.date | None, today: dt.date) -> tuple[int | None, list[str]]:
    if not told:
        return None, []
    people = number(told)
    if people is None:
        return None, [
            f"“{told}” is no number of people. Write a whole number, or leave it empty until it is counted."
        ]
    if day and day > today:
        return people, [
            f"It is on {in_words(day)}, so nobody can have counted who came. Leave that empty till then."
        ]
    return people, []


def number(told: str) -> int | None:
    """A whole number of people as somebody wrote it; None for anything else."""
    if not (told.isascii() and told.isdecimal() and len(told) < 7):
        return None
    return int(told) if int(told) <= MOST_PEOPLE else None
