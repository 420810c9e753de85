"""The pages of files out: what stands alone, asking, letting go, how far it is, and fetching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from questions.messages import _
from survey import access, counts
from survey.db import transaction
from survey.exports import requests
from survey.exports.crowds import LEAST, Report, finest
from survey.exports.identifying import AS_IT_IS, OUT, SETTING, STEPS, Variable
from survey.exports.making import as_found, of_request
from survey.exports.reading import Known
from survey.models import Collection, Consultation, FileRequest, Role, Staff
from survey.web import Form, Page, Problem, installation, see

ASKS = (Role.ANALYST,)
DECIDES = (Role.ANALYST, Role.ADMIN)
SHORTEST, LONGEST = 20, 1000  # characters of a reason
REST = "rest"  # the tick: who stands alone even so loses it


@dataclass(frozen=True, slots=True)
class Looked:
    """A collection as an analyst looks at it: how much they mean to give, and who stands alone then.

    before: as it was answered; after: in these steps; others: the files that were let go already, which count too.
    """

    collection: Collection
    found: Known
    steps: Mapping[str, str]
    rest: bool
    before: Report
    after: Report
    others: Sequence[FileRequest]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What may tell who somebody is."""
        return self.found.variables

    @property
    def fault(self) -> object:
        """Why no file may leave like this; nothing where it may."""
        if self.after.responses < LEAST:
            return _("There are fewer than %(least)s responses, so no rows can leave.", least=LEAST)
        if self.steps.get(SETTING, OUT) != OUT and self.steps.get("borough", OUT) != OUT:
            return _("Settings and boroughs together tell which school it was. Leave one of them out.")
        if self.after.alone and not self.rest:
            return _("Some responses still stand alone. Give less, or set the rest to missing.")
        return ""


def files(request: Request, session: Session) -> Page:
    """Ask for rows of a collection: who stands alone, what mends that, and what became of earlier requests."""
    staff, consultation = access.open_consultation(request, session, DECIDES)
    return _files(request, session, staff, consultation, dict(request.query_params.multi_items()))


def _files(
    request: Request,
    session: Session,
    staff: Staff,
    consultation: Consultation,
    chosen: Mapping[str, str],
    typed: Form | None = None,
    faults: Sequence[object] = (),
) -> Page:
    here = installation(request)
    answered = counts.submitted_by_collection(session, consultation.id)
    collection = _collection(consultation, answered, chosen.get("collection", ""))
    looked = _look(session, collection, chosen) if collection and answered.get(collection.id or 0) else None
    every = requests.of_collections(session, [one.id for one in consultation.collections])
    shown = {
        "staff": staff,
        "consultation": consultation,
        "collection": collection,
        "answered": answered,
        "looked": looked,
        "steps": STEPS,
        "setting": SETTING,
        "least": LEAST,
        "may_ask": bool(set(ASKS) & set(staff.roles)),
        "formats": [
            (form, words, requests.can_be_made(form)) for form, (words, _name) in requests.FORMATS.items()
        ],
        "typed": typed or {"format": ["csv"]},
        "faults": faults,
        "states": requests.STATES,
        "check_in_r": f'soundings check-in-r {consultation.slug} --why "…" --folder check',
        "requests": [(one, requests.state(one, here.now())) for one in every],
    }
    return Page("exports/files.html", shown, 422 if faults else 200, block=None if faults else "report")


def _collection(consultation: Consultation, answered: Mapping[int, int], wanted: str) -> Collection | None:
    """The collection that is asked for, or else the one with most answers."""
    ranked = sorted(consultation.collections, key=lambda one: -answered.get(one.id or 0, 0))
    return next((one for one in ranked if str(one.id) == wanted), None) or next(iter(ranked), None)


def _look(session: Session, collection: Collection, chosen: Mapping[str, str]) -> Looked:
    """A collection in the steps that were chosen, or else in those that lose least."""
    others = requests.let_go(session, collection)
    earlier = [one.steps for one in others]
    wanted = {SETTING: chosen.get(SETTING, OUT)} if chosen.get(SETTING) == AS_IT_IS else {}
    found = of_request(session, collection, wanted, "any order will do to count")
    known = {one.key: chosen[one.key] for one in found.variables if _offers(one, chosen.get(one.key))}
    fresh = not known
    steps = {**(found.crowd.proposal(earlier) if fresh else _whole(found)), **known}
    together = finest(found.variables, [steps, *earlier])
    rest = found.crowd.alone(together).any() if fresh else REST in chosen
    before = found.crowd.report(_whole(found), blank=False)
    after = found.crowd.report(steps, together, blank=bool(rest))
    return Looked(collection, found, steps, bool(rest), before, after, others)


def _whole(found: Known) -> dict[str, str]:
    return {one.key: OUT if one.key == SETTING else AS_IT_IS for one in found.variables}


def _offers(variable: Variable, step: str | None) -> bool:
    return any(one.name == step for one in variable.steps)


def ask(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep a request, with the report that was seen; or say everything that it lacks."""
    staff, consultation = access.open_consultation(request, session, ASKS)
    access.must_be_confirmed(request, session)
    chosen = {name: values[0] for name, values in form.items() if values}
    answered = counts.submitted_by_collection(session, consultation.id)
    collection = _collection(consultation, answered, chosen.get("collection", ""))
    if collection is None or not answered.get(collection.id or 0):
        raise Problem(409, _("There are no rows yet"), _("Nobody has answered here."))
    looked = _look(session, collection, chosen)
    formats = [one for one in requests.FORMATS if one in form.get("format", []) and requests.can_be_made(one)]
    reason = " ".join(chosen.get("reason", "").split())
    faults = [one for one in (looked.fault, *_lacks(formats, reason)) if one]
    if faults:
        return _files(request, session, staff, consultation, chosen, form, faults)
    made = FileRequest(
        collection_id=collection.id or 0,
        asked_by_id=staff.id or 0,
        asked_at=installation(request).now(),
        reason=reason,
        formats=formats,
        steps=dict(looked.steps),
        blank_rest=looked.rest,
        found={"before": as_found(looked.before), "after": as_found(looked.after)},
    )
    session.add(made)
    session.flush()
    _note(request, session, staff, "asked for", made, reason)
    return see(f"/staff/files/{made.id}")


def _lacks(formats: Sequence[str], reason: str) -> list[object]:
    """What a request lacks."""
    faults: list[object] = []
    if not formats:
        faults.append(_("Choose at least one format."))
    if len(reason) < SHORTEST:
        faults.append(
            _(
                "Write what you need the rows for, so that somebody else can judge it: %(least)s characters or more.",
                least=SHORTEST,
            )
        )
    if len(reason) > LONGEST:
        faults.append(
            _(
                "The reason has %(size)s characters. There is room for %(most)s.",
                size=len(reason),
                most=LONGEST,
            )
        )
    return faults


def one_request(request: Request, session: Session) -> Page:
    """One request: what it gives, who said what, how far it is, and its files."""
    staff, found = _open(request, session)
    return _one(request, session, staff, found)


def _one(
    request: Request,
    session: Session,
    staff: Staff,
    found: FileRequest,
    message: object = "",
    typed: str = "",
) -> Page:
    here = installation(request)
    now, folder = here.now(), requests.folder_of(here.settings.files_folder, found)
    sizes = [
        (name, (folder / name).stat().st_size)
        for name in requests.names_in(found)
        if (folder / name).exists()
    ]
    place = of_request(session, found.collection, found.steps, "any order").variables
    shown = {
        "staff": staff,
        "asked": found,
        "consultation": found.collection.consultation,
        "state": requests.state(found, now),
        "why_not": requests.why_not_decide(found, staff, four_eyes=here.settings.four_eyes),
        "own": found.asked_by_id == staff.id,
        "variables": place,
        "steps": STEPS,
        "setting": SETTING,
        "least": LEAST,
        "formats": requests.FORMATS,
        "sizes": sizes,
        "others": requests.let_go(session, found.collection, found.id),
        "message": message,
        "typed": typed,
        "quiet_for": (now - found.worked_at).total_seconds() if found.worked_at else None,
    }
    return Page("exports/request.html", shown, 422 if message else 200, block="progress")


def decide(request: Request, session: Session, form: Form) -> Page | Response:
    """Let a file go, or refuse it, with a sentence; four eyes see more than two."""
    staff, found = _open(request, session)
    access.must_be_confirmed(request, session)
    here = installation(request)
    sentence = " ".join(next(iter(form.get("sentence", [])), "").split())
    said = next(iter(form.get("say", [])), "")
    why_not = requests.why_not_decide(found, staff, four_eyes=here.settings.four_eyes)
    if why_not:
        return _one(request, session, staff, found, why_not, sentence)
    if said not in ("let go", "refuse") or not sentence or len(sentence) > LONGEST:
        told = _(
            "Write a sentence on why, of at most %(most)s characters, and press one of the two.", most=LONGEST
        )
        return _one(request, session, staff, found, told, sentence)
    found.approved, found.sentence = said == "let go", sentence
    found.decided_by_id, found.decided_at = staff.id, here.now()
    _note(request, session, staff, "let go" if found.approved else "refused", found, sentence)
    return see(f"/staff/files/{found.id}")


def fetch(request: Request, session: Session) -> Response:
    """One of the files, or the part of it that is asked for; each time is written down."""
    staff, found = _open(request, session)
    access.must_be_confirmed(request, session)
    here = installation(request)
    if staff.id != found.asked_by_id:
        raise Problem(
            403,
            _("This file is not for you"),
            _("Only whoever asked for it can fetch it. Ask for one of your own."),
        )
    name = request.path_params["name"]
    path = requests.folder_of(here.settings.files_folder, found) / name
    if requests.state(found, here.now()) != "ready" or name not in requests.names_in(found):
        raise Problem(
            410,
            _("There is no such file, or no more"),
            _("Its page says what became of it. You can ask again."),
        )
    if not path.is_file():
        raise Problem(
            503,
            _("The file is not on this machine"),
            _("Another server made it. Its operator must give all of them the same folder for files."),
        )
    part = request.headers.get("range")
    with transaction(here.engine) as writing:
        _note(request, writing, staff, f"fetched {name} of", found, f"from {part}" if part else None)
    return FileResponse(path, filename=f"{found.collection.consultation.slug}-{found.id}-{name}")


def _open(request: Request, session: Session) -> tuple[Staff, FileRequest]:
    """The member of staff, and the request in the address; raises Problem where there is no such."""
    staff = access.open_staff_page(request, session, DECIDES)
    found = session.get(FileRequest, request.path_params["id"])
    if found is None:
        raise Problem(404, _("We cannot find that request"), _("Open its consultation from the list."))
    return staff, found


def _note(
    request: Request, session: Session, staff: Staff, did: str, found: FileRequest, why: str | None
) -> None:
    about = f"file request {found.id}, {found.collection.consultation.slug}"
    access.note(session, installation(request).now(), staff.name, did, about, why)
