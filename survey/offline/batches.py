"""Batches of forms: made for a setting and a language, and what the facilitator wrote on their cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts, tallied
from survey.instruments import parsed
from survey.models import Batch, Collection, ConsentRoute, CountedWords, Kind, PaperForm, Setting, Staff
from survey.offline.loading import (
    PUBLISHES,
    TYPES,
    batch_of,
    must_be_printed,
    open_batch,
    open_collection,
)
from survey.offline.numbers import MOST_FORMS, FormNumber, WrongNumber, new_letters, read
from survey.offline.pressing import pressing, who
from survey.offline.printing import GUIDES
from survey.set_on_paper import offered, tongues
from survey.web import Form, Page, Problem, installation, one, see
from survey.wording import day as in_words

ROUTES = {
    ConsentRoute.OWN: "Everybody was 16 or over, and said yes themselves",
    ConsentRoute.SETTING: "Everybody was under 16, the place’s permission covers it, and each said yes themselves",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a batch is: each form that somebody typed, by its place."""

    batch: Batch
    forms: dict[int, PaperForm]

    @property
    def entered(self) -> int:
        """How many are in as responses."""
        return sum(one.entered_on is not None and not one.nobody for one in self.forms.values())

    @property
    def waiting(self) -> list[FormNumber]:
        """Those that are typed, and not in yet."""
        return [self.number(one.number) for one in self.forms.values() if one.entered_on is None]

    @property
    def unused(self) -> int:
        """How many came back with nothing on them."""
        return sum(one.nobody for one in self.forms.values())

    @property
    def alone(self) -> int:
        """How many were typed and checked by the same person."""
        return sum(one.alone for one in self.forms.values())

    @property
    def marks(self) -> dict[str, int]:
        """How many answers were two ticks, and how many unreadable."""
        return {
            name: sum(one.marks.get(name, 0) for one in self.forms.values())
            for name in ("two_ticks", "unreadable")
        }

    def number(self, place: int) -> FormNumber:
        """The number of the form in a place."""
        return FormNumber(self.batch.letters, place)


def standing(session: Session, batch: Batch) -> Standing:
    """How far a batch is."""
    found = select(PaperForm).where(col(PaperForm.batch_id) == batch.id).order_by(col(PaperForm.number))
    return Standing(batch, {one.number: one for one in session.exec(found).all()})


# A collection on paper


def pack(request: Request, session: Session) -> Page:
    """What is printed for a collection, how far its forms are, and what its counts say in words."""
    staff, found = open_collection(request, session)
    return _pack(request, session, staff, found)


def _pack(
    request: Request,
    session: Session,
    staff: Staff,
    found: Collection,
    typed: Form | None = None,
    faults: Sequence[str] = (),
) -> Page:
    asked = parsed(found.instrument)
    batches = select(Batch).where(col(Batch.collection_id) == found.id).order_by(col(Batch.id))
    shown = {
        "staff": staff,
        "collection": found,
        "consultation": found.consultation,
        "on_forms": found.kind == Kind.PAPER,
        "settings": [one for one in found.settings if one.retired_on is None],
        "languages": offered(asked, installation(request).languages),
        "guides": GUIDES,
        "batches": [standing(session, one) for one in session.exec(batches).all()],
        "typed": typed or {},
        "faults": faults,
        "most": MOST_FORMS,
        "may_type": bool(set(TYPES) & set(staff.roles)),
        "answered": counts.submitted_by_collection(session, found.consultation_id).get(found.id or 0, 0),
        "as_words": tallied.is_words(found),
        "counted": tallied.of_forms(session, found) if tallied.is_words(found) else [],
        "published": session.get(CountedWords, found.id),
        "may_publish": bool(set(PUBLISHES) & set(staff.roles)),
        "kept": request.query_params.get("kept") == "1",
    }
    return Page("offline/pack.html", shown, 422 if faults else 200)


def make(request: Request, session: Session, form: Form) -> Page | Response:
    """Give numbers to a batch of forms, so that they can be printed."""
    staff, found = open_collection(request, session, TYPES)
    setting, faults = _setting(found, one(form, "setting"))
    told = one(form, "forms")
    wanted = int(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0
    if not 1 <= wanted <= MOST_FORMS:
        faults.append(f"“{told}” is no number of forms. Write a whole number from 1 to {MOST_FORMS}.")
    language, known = one(form, "lang"), offered(parsed(found.instrument), installation(request).languages)
    if language not in dict(known):
        faults.append("Choose the language of the forms.")
    if found.kind != Kind.PAPER:
        faults.append("This collection is a tally: it has a tally sheet, and no forms.")
    if session.get(CountedWords, found.id):
        faults.append(
            "What was said here is published, so no more forms can come in. Open another collection."
        )
    if faults or setting is None:
        return _pack(request, session, staff, found, form, faults)
    here = installation(request)
    made = Batch(
        collection_id=found.id or 0,
        instrument_id=found.instrument_id,
        setting_id=setting.id or 0,
        letters=new_letters(session),
        language=language,
        forms=wanted,
        made_on=here.today(),
        made_by=staff.name,
    )
    session.add(made)
    about = f"{wanted} forms in {language} for {setting.name}"
    access.note(session, here.now(), staff.name, "numbered", f"forms {made.letters}", about)
    return see(f"/staff/batches/{made.letters}")


def _setting(found: Collection, told: str) -> tuple[Setting | None, list[str]]:
    named = next((one for one in found.settings if one.code == told and one.retired_on is None), None)
    if named is None:
        return None, [
            "Choose whom the forms are for. Each school, club or wing is a setting of this collection."
        ]
    return named, []


def publish_words(request: Request, session: Session, form: Form) -> Page | Response:
    """Publish once what a collection of counts and words said; after that no form comes in."""
    staff, found = open_collection(request, session, PUBLISHES)
    faults = list(_cannot_publish(session, found))
    if one(form, "seen") != str(_answered(session, found)):
        faults.append("A form came in since you looked. Read the words again, and publish what they say now.")
    if faults:
        return _pack(request, session, staff, found, form, faults)
    here = installation(request)
    session.add(
        CountedWords(
            collection_id=found.id or 0,
            responses=_answered(session, found),
            counted=[one.frozen for one in tallied.of_forms(session, found)],
            published_on=here.today(),
            published_by=staff.name,
        )
    )
    access.note(session, here.now(), staff.name, "published as words", f"collection {found.name}")
    return see(f"/staff/collections/{found.id}/paper?kept=1")


def _answered(session: Session, found: Collection) -> int:
    return counts.submitted_by_collection(session, found.consultation_id).get(found.id or 0, 0)


def _cannot_publish(session: Session, found: Collection) -> list[str]:
    """Why the words of a collection cannot be published."""
    if not tallied.is_words(found):
        return ["This collection has a design with percentages. Publish it on the page of its results."]
    faults = []
    if session.get(CountedWords, found.id):
        faults.append("It is published already.")
    theirs = select(Batch).where(col(Batch.collection_id) == found.id)
    waiting = [number for batch in session.exec(theirs).all() for number in standing(session, batch).waiting]
    if waiting:
        some = ", ".join(map(str, waiting[:5]))
        faults.append(f"Some forms are typed and not checked yet: {some}. Publish when they are in.")
    if not _answered(session, found):
        faults.append("No form is in yet, so there is nothing to say.")
    return faults


# One batch


def batch(request: Request, session: Session) -> Page:
    """A batch: what its cover says, the number of the next form to type, and how far each form is."""
    staff, found = open_batch(request, session)
    return batch_page(request, session, staff, found)


def batch_page(
    request: Request,
    session: Session,
    staff: Staff,
    found: Batch,
    typed: Form | None = None,
    faults: Sequence[str] = (),
) -> Page:
    """The page of a batch; `faults` say what is wrong with what was typed."""
    here = {"filled_on": [str(found.filled_on or "")], "route": [found.route or ""]}
    shown = {
        "staff": staff,
        "batch": found,
        "collection": found.collection,
        "consultation": found.collection.consultation,
        "standing": standing(session, found),
        "routes": ROUTES,
        "may_route": _may_route(found),
        "typed": here | (typed or {}),
        "faults": faults,
        "done": request.query_params.get("done", "")[:12],
        "how": request.query_params.get("how", ""),
        "pressing": pressing(session, found),
        "who": who(session, found),
        "four_eyes": installation(request).settings.four_eyes,
        "language": dict(tongues(parsed(found.instrument), installation(request).languages))[found.language],
    }
    return Page("offline/batch.html", shown, 422 if faults else 200)


def _may_route(found: Batch) -> dict[ConsentRoute, str]:
    """Why a consent route cannot be the one of a batch, by route; those that can are absent."""
    refused = {
        route: "This collection is not open to them."
        for route in ROUTES
        if route not in found.collection.routes
    }
    if found.setting.permission is None:
        refused.setdefault(
            ConsentRoute.SETTING, "No permission for people under 16 is recorded for this setting."
        )
    return refused


def note_cover(request: Request, session: Session, form: Form) -> Page | Response:
    """Write down what the cover of a batch says: the day, and who decided that people take part."""
    staff, found = open_batch(request, session, to_change=True)
    if any(form.entered_on and not form.nobody for form in standing(session, found).forms.values()):
        fault = (
            "Forms of this batch are in already, with the day and the consent that stood here. These stay."
        )
        return batch_page(request, session, staff, found, form, [fault])
    day, faults = _day(one(form, "filled_on"), found, installation(request).today())
    route = next((each for each in ROUTES if each == one(form, "route")), None)
    if route is None:
        faults.append("Say who decided that people take part, as the cover says it.")
    elif route in _may_route(found):
        faults.append(f"{ROUTES[route]}: {_may_route(found)[route]} Ask whoever ran the session.")
    if faults:
        return batch_page(request, session, staff, found, form, faults)
    found.filled_on, found.route, found.noted_by = day, route, staff.name
    about = f"filled in on {day}; consent route: {route}"
    access.note(session, installation(request).now(), staff.name, "noted", f"forms {found.letters}", about)
    return see(f"/staff/batches/{found.letters}?how=cover")


def _day(told: str, found: Batch, today: dt.date) -> tuple[dt.date | None, list[str]]:
    day = day_in(told)
    first, last = found.collection.first_day, found.collection.last_day
    if day is None:
        return None, [f"“{told}” is no day. Write the day on the cover like 2026-11-03 or 3/11/2026."]
    if day > today:
        return None, [f"{in_words(day)} has not come yet. Write the day on which the forms were filled in."]
    if not first <= day <= last:
        return None, [
            f"{in_words(day)} is outside the days of this collection, {in_words(first)} to {in_words(last)}. Look at "
            "the cover again, or change the days of the collection first."
        ]
    return day, []


def day_in(told: str) -> dt.date | None:
    """A day as somebody wrote it, 2026-11-03 or 3/11/2026; None for anything else."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(told, shape).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def find(request: Request, session: Session) -> Page | Response:
    """Open the form whose number somebody typed; one that is wrong is said on the page of the batch they had open."""
    staff = access.open_staff_page(request, session, TYPES)
    told, of = (request.query_params.get(name, "") for name in ("number", "of"))
    try:
        number = read(told)
        must_be_printed(batch_of(session, number.letters), number)
        return see(f"/staff/forms/{number}")
    except WrongNumber as wrong:
        title, fault = "That is not the number of a form", str(wrong)
    except Problem as problem:
        title, fault = problem.title, problem.sentence
    at_hand = session.exec(select(Batch).where(col(Batch.letters) == of.upper())).first()
    if at_hand is None:
        raise Problem(422, title, fault)
    return batch_page(request, session, staff, at_hand, {"number": [told[:20]]}, [fault])
