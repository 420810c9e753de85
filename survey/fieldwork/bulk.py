"""Settings added to a collection: one by hand, or many from a spreadsheet, seen before anything is made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import Fault
from survey import access
from survey.fieldwork import spreadsheet, written
from survey.fieldwork.loading import CHANGES, may_change, open_collection
from survey.fieldwork.spreadsheet import BOROUGH, EXPECTED, NAME, Line, Lines
from survey.fieldwork.written import Planned, Written
from survey.models import Collection, Setting, Staff
from survey.naming import new_codes
from survey.places import Place
from survey.web import Form, Page, Problem, Upload, installation, one, see

MOST_FAULTS = 100
NAMED = 5  # names in an entry of the audit


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a file will become: a new setting, or `there`, the one that is there already.

    namesake: the borough of another setting of this name.
    """

    place: str
    planned: Planned
    how: str = ""
    there: Setting | None = None
    namesake: str | None = None

    @property
    def sent(self) -> str:
        """It as the button of the preview sends it."""
        return json.dumps(self.planned)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file will become, or everything that is wrong with it."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    name: str = ""

    @property
    def new(self) -> list[Row]:
        """The rows that become new settings."""
        return [row for row in self.rows if row.there is None]


@dataclass(slots=True)
class Known:
    """The settings that there are, by name."""

    by_name: dict[str, list[Setting]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Collection) -> Known:
        """Those of a collection."""
        known = cls()
        for setting in found.settings:
            known.by_name.setdefault(setting.name.casefold(), []).append(setting)
        return known

    def placed(self, place: str, told: Written) -> Row:
        """A row beside the settings that there are."""
        namesakes = self.by_name.get(told.planned.name.casefold(), [])
        there = next((s for s in namesakes if told.planned.is_same_place(s.name, s.borough)), None)
        other = next((s.borough for s in namesakes if s is not there and s.borough), None)
        return Row(place, told.planned, told.how, there, None if there else other)


def add_page(request: Request, session: Session) -> Page:
    """The page that adds settings: one by hand, or a file of them."""
    staff, found = open_collection(request, session, CHANGES)
    return _page(staff, found)


def _page(
    staff: Staff,
    found: Collection,
    form: Form | None = None,
    faults: Sequence[str] = (),
    plan: Plan | None = None,
) -> Page:
    plan = plan or Plan()
    shown = {
        "staff": staff,
        "collection": found,
        "consultation": found.consultation,
        "typed": form or {},
        "faults": faults,
        "plan": plan,
        "told": spreadsheet.in_order(plan.faults)[:MOST_FAULTS],
        "more": max(len(plan.faults) - MOST_FAULTS, 0),
        "most": spreadsheet.MOST_ROWS,
        "may_change": may_change(staff),
    }
    return Page("fieldwork/add.html", shown, 422 if faults or plan.faults else 200)


def add_one(request: Request, session: Session, form: Form) -> Page | Response:
    """Add one setting by hand."""
    staff, found = open_collection(request, session, CHANGES, to_change=True)
    place = installation(request).place
    told = written.read(one(form, "name"), one(form, "borough"), one(form, "expected"), found, place)
    faults = [message for _, message in told.faults]
    if not faults and Known.of(found).placed("", told).there:
        faults.append("There is a setting of this name here already. Give this one another name.")
    if faults:
        return _page(staff, found, form, faults)
    (made,) = make(request, session, staff, found, [told.planned])
    return see(f"/staff/settings/{made.code}?kept=1")


def may_upload(request: Request, session: Session) -> Staff:
    """Who may bring files."""
    return access.open_staff_page(request, session, CHANGES)


def upload(request: Request, session: Session, _form: Form, sent: Sequence[Upload]) -> Page:
    """Show what each row of a file would become, or everything that is wrong with it. Nothing is made."""
    read = _read(sent)
    staff, found = open_collection(request, session, CHANGES)
    plan = planned(read, found, installation(request).place)
    if plan.faults:
        return _page(staff, found, plan=plan)
    return _preview(staff, found, replace(plan, name=sent[0].name))


def _read(sent: Sequence[Upload]) -> Lines:
    if len(sent) != 1:
        told = f"{len(sent)} files were sent. Choose one." if sent else "No file was chosen. Choose one."
        return Lines(faults=[Fault("the file", told)])
    return spreadsheet.read(sent[0].content, sent[0].name)


def planned(read: Lines, found: Collection, place: Place) -> Plan:
    """What the rows of a file would become in a collection, with everything that is wrong with them."""
    faults, rows, known = [*read.faults], [], Known.of(found)
    seen: dict[str, list[tuple[Planned, Line]]] = {}
    unheaded = bool(read.lines) and BOROUGH not in read.known and written.needs_borough(found)
    faults += [read.without(BOROUGH)] if unheaded else []
    for line in read.lines:
        told = written.read(line.word(NAME), line.word(BOROUGH), line.word(EXPECTED), found, place)
        faults += [
            Fault(line.place(column), message)
            for column, message in told.faults
            if column not in line.unread and not (unheaded and column == BOROUGH)
        ]
        if not {NAME, BOROUGH} & ({column for column, _ in told.faults} | line.unread):
            faults += _twice(line, told.planned, seen)
        rows.append(known.placed(line.place(), told))
    return Plan(tuple(rows), tuple(faults), tuple(read.notes))


def _twice(line: Line, plan: Planned, seen: dict[str, list[tuple[Planned, Line]]]) -> Iterator[Fault]:
    """A fault where an earlier row is the same place."""
    before = seen.setdefault(plan.name.casefold(), [])
    same = next((other for one, other in before if plan.is_same_place(one.name, one.borough)), None)
    if same:
        told = f"This is the same setting as in row {same.row}. Take one out, or give one another name."
        yield Fault(line.place(NAME), told)
    before.append((plan, line))


def _preview(staff: Staff, found: Collection, plan: Plan, status: int = 200) -> Page:
    shown = {
        "staff": staff,
        "collection": found,
        "consultation": found.consultation,
        "plan": plan,
        "changed": status == 409,
    }
    return Page("fieldwork/preview.html", shown, status)


def confirm(request: Request, session: Session, form: Form, _sent: Sequence[Upload]) -> Page | Response:
    """Make the settings that the preview showed as new: all of them, or none where that has changed since."""
    rows = [_sent_row(told) for told in form.get("row", [])]
    staff, found = open_collection(request, session, CHANGES, to_change=True)
    place, known = installation(request).place, Known.of(found)
    again = [written.read(name, borough, expected, found, place) for name, borough, expected in rows]
    if not rows or any(told.faults for told in again) or len(rows) > spreadsheet.MOST_ROWS:
        raise _not_ours()
    plan = Plan(tuple(known.placed("", told) for told in again))
    if len(plan.new) < len(rows):
        return _preview(staff, found, plan, 409)
    made = make(request, session, staff, found, [row.planned for row in plan.new])
    return see(f"/staff/collections/{found.id}?added={len(made)}")


def _sent_row(told: str) -> tuple[str, str, str]:
    """A row as the preview wrote it into its form; raises Problem for anything else."""
    try:
        name, borough, expected = json.loads(told)
    except (ValueError, TypeError, RecursionError):
        raise _not_ours() from None
    if not all(isinstance(one, str | int | None) for one in (name, borough, expected)):
        raise _not_ours()
    return str(name or ""), str(borough or ""), str(expected or "")


def _not_ours() -> Problem:
    told = "Nothing was added. Go back to the collection, and choose the file again."
    return Problem(400, "That is not what we showed", told)


def make(
    request: Request, session: Session, staff: Staff, found: Collection, plans: Sequence[Planned]
) -> list[Setting]:
    """New settings of a collection, each with a code of its own, and with the collection's permission."""
    here = installation(request)
    made = [
        Setting(
            collection_id=0,
            code=code,
            name=plan.name,
            borough=plan.borough,
            expected=plan.expected,
            permission=found.permission,
            permission_note=found.permission_note,
            permission_by=staff.name if found.permission else None,
            permission_on=here.today() if found.permission else None,
        )
        for code, plan in zip(new_codes(session, len(plans)), plans, strict=True)
    ]
    found.settings.extend(made)
    session.flush()
    names = ", ".join(one.name for one in made[:NAMED])
    more = f" and {len(made) - NAMED} more" if len(made) > NAMED else ""
    about = f"collection {found.consultation.slug}, {found.name}"
    access.note(session, here.now(), staff.name, f"added {len(made)} settings to", about, names + more)
    return made
