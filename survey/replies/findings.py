"""Staff write findings, look at them as everybody will read them, publish them, and correct what is published."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.heard import told
from survey.heard.offers import said
from survey.languages import SOURCE
from survey.models import Consultation, Correction, Evidence, Finding, Staff
from survey.replies import finding_form
from survey.replies.finding_form import LONGEST_SENTENCE, Chosen
from survey.replies.loading import (
    CHANGED_MEANWHILE,
    PUBLISHES,
    TRANSLATES,
    WRITES,
    about,
    mark,
    may,
    open_finding,
    stood,
    why_not_publish,
)
from survey.web import Form, Page, Problem, installation, one, see


def every(request: Request, session: Session) -> Page:
    """The findings of a consultation with their replies, drafts too."""
    staff, consultation = access.open_consultation(request, session)
    asked = select(Finding).where(col(Finding.consultation_id) == consultation.id)
    here = installation(request)
    found = [
        told(session, finding, here.today(), here.language(SOURCE), finding.replies)
        for finding in session.exec(asked.order_by(col(Finding.number)))
    ]
    shown = {
        "staff": staff,
        "consultation": consultation,
        "findings": found,
        "may_write": may(staff, WRITES),
    }
    return Page("replies/findings.html", shown)


# A new one


def new(request: Request, session: Session) -> Page:
    """The form of a new finding, a step after the other: what it rests on first. Cleared words may be ticked."""
    staff, consultation = access.open_consultation(request, session, WRITES)
    choice = finding_form.chosen(request.query_params)
    quote = request.query_params.getlist("quote")
    begun = {"topic": consultation.topics, "borough": [""], "from_desk": quote}
    return _form(request, session, staff, consultation, choice, begun)


def make(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep a new finding as a draft; nothing where something has to be mended."""
    staff, consultation = access.open_consultation(request, session, WRITES)
    choice = finding_form.chosen({name: one(form, name) for name in form})
    if choice.rests_on is None:
        return _form(
            request, session, staff, consultation, choice, form, ["Choose what the finding rests on."]
        )
    today = installation(request).today()
    offered = finding_form.offers(session, consultation, choice, today)
    desk = said(session, consultation)
    made, faults = finding_form.read(request, form, choice.rests_on, offered, desk)
    if faults:
        return _form(request, session, staff, consultation, choice, form, faults)
    finding = Finding(
        consultation=consultation,
        consultation_id=consultation.id or 0,
        number=_next_number(session, consultation),
        sentence=made.sentence,
        rests_on=choice.rests_on,
        evidence=made.evidence,
        quotes=made.quotes,
        topics=made.topics,
        borough=made.borough,
        written_by=staff.name,
    )
    session.add(finding)
    session.flush()
    access.note(session, installation(request).now(), staff.name, "wrote", about(finding))
    return see(f"/staff/findings/{finding.id}?kept=1")


def _next_number(session: Session, consultation: Consultation) -> int:
    """The next place in a consultation; whoever writes there meanwhile waits."""
    session.get(Consultation, consultation.id, with_for_update=True)
    asked = select(func.max(Finding.number)).where(col(Finding.consultation_id) == consultation.id)
    return (session.exec(asked).one() or 0) + 1


def _form(
    request: Request,
    session: Session,
    staff: Staff,
    consultation: Consultation,
    choice: Chosen,
    typed: Form,
    faults: list[str] | None = None,
) -> Page:
    here = installation(request)
    publications = finding_form.published(session, consultation)
    read = next((one for one in publications if one.number == choice.publication), None)
    shown = {
        "staff": staff,
        "consultation": consultation,
        "ways": finding_form.ways(),
        "nothing": finding_form.nothing(session, consultation, here.today()),
        "choice": choice,
        "publications": publications,
        "asked": (read or publications[0]).content["questions"] if publications else [],
        "offers": finding_form.offers(session, consultation, choice, here.today()),
        "kinds": Evidence,
        "desk": said(session, consultation),
        "typed": typed,
        "faults": faults or [],
    }
    return Page("replies/new_finding.html", shown, 422 if faults else 200)


# One that is there


def one_finding(request: Request, session: Session) -> Page:
    """A finding as everybody will read it, or does; with what may be done with it."""
    staff, finding = open_finding(request, session)
    return _page(request, session, staff, finding)


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was changed of a draft; of what is published, correct it so that it shows."""
    staff, finding = open_finding(request, session, WRITES, to_change=True)
    if finding.published_on is not None:
        return _correct(request, session, staff, finding, form)
    offered = finding_form.offers(
        session, finding.consultation, finding_form.chosen_of(finding), installation(request).today()
    )
    desk = said(session, finding.consultation)
    made, faults = finding_form.read(request, form, finding.rests_on, offered, desk)
    if one(form, "seen") != mark(finding):
        faults.append(CHANGED_MEANWHILE)
    if faults:
        return _page(request, session, staff, finding, form, faults)
    for name in ("sentence", "evidence", "quotes", "topics", "borough"):
        setattr(finding, name, getattr(made, name))
    finding.written_by = staff.name
    access.note(session, installation(request).now(), staff.name, "changed the draft of", about(finding))
    return see(f"/staff/findings/{finding.id}?kept=1")


def _correct(
    request: Request, session: Session, staff: Staff, finding: Finding, form: Form
) -> Page | Response:
    """Correct the sentence of a finding, or take quotes out: what stood there shows, but for a quote."""
    sentence, why = one(form, "sentence"), one(form, "why")
    out = [words for at, words in enumerate(finding.quotes) if str(at) in form.get("take_out", [])]
    faults = [] if may(staff, PUBLISHES) else ["A publisher or an administrator corrects what is published."]
    if not sentence or len(sentence) > LONGEST_SENTENCE:
        faults.append(f"The finding is one sentence of up to {LONGEST_SENTENCE} characters.")
    if not why:
        faults.append("Say why you correct it: it stands beside the finding for everybody.")
    if sentence == finding.sentence and not out:
        faults.append("Nothing is different from what stands there.")
    if one(form, "seen") != mark(finding):
        faults.append(CHANGED_MEANWHILE)
    if faults:
        return _page(request, session, staff, finding, form, faults)
    before = {"quotes": ""} if out else {}
    if sentence != finding.sentence:
        before["sentence"] = finding.sentence
        finding.sentence, finding.translations = sentence, {}
    finding.quotes = [words for words in finding.quotes if words not in out]
    finding.corrections.append(
        Correction(made_on=installation(request).today(), why=why, before=stood(form, before), who=staff.name)
    )
    access.note(session, installation(request).now(), staff.name, "corrected", about(finding), why)
    return see(f"/staff/findings/{finding.id}?kept=1")


def publish(request: Request, session: Session, form: Form) -> Page | Response:
    """Let everybody read a finding."""
    staff, finding = open_finding(request, session, PUBLISHES, to_change=True)
    if finding.published_on is not None:
        return see(f"/staff/findings/{finding.id}")
    faults = _why_not(request, staff, finding)
    if one(form, "seen") != mark(finding):
        faults.append("Somebody changed it since you looked. Read it once more, and publish it then.")
    if faults:
        return _page(request, session, staff, finding, None, faults)
    finding.published_on = installation(request).today()
    access.note(session, installation(request).now(), staff.name, "published", about(finding))
    return see(f"/staff/findings/{finding.id}?kept=1")


def _why_not(request: Request, staff: Staff, finding: Finding) -> list[str]:
    """Everything that keeps somebody from publishing a finding as it stands; nothing where they can."""
    why_not = why_not_publish(request, staff, finding.written_by)
    found = [why_not] if why_not else []
    if finding.consultation.planning:
        found.append("Its consultation is not announced yet, so nobody could read it.")
    return found


def discard(request: Request, session: Session, _form: Form) -> Response:
    """Throw a draft away, with the drafts of replies to it."""
    staff, finding = open_finding(request, session, WRITES, to_change=True)
    slug = finding.consultation.slug
    if finding.published_on is not None:
        raise Problem(409, "It is published", "What is published stays. You can correct it, and say why.")
    access.note(session, installation(request).now(), staff.name, "threw away the draft of", about(finding))
    for reply in finding.replies:
        session.delete(reply)
    session.flush()
    session.delete(finding)
    return see(f"/staff/consultations/{slug}/findings")


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    finding: Finding,
    typed: Form | None = None,
    faults: list[str] | None = None,
) -> Page:
    here = installation(request)
    today: dt.date = here.today()
    choice = finding_form.chosen_of(finding)
    offered = finding_form.offers(session, finding.consultation, choice, today)
    shown = {
        "staff": staff,
        "consultation": finding.consultation,
        "told": told(session, finding, today, here.language(SOURCE), finding.replies),
        "choice": choice,
        "kinds": Evidence,
        "desk": said(session, finding.consultation),
        "offers": offered,
        "typed": finding_form.typed(finding, offered) if typed is None else typed,
        "seen": mark(finding),
        "faults": faults or [],
        "kept": "kept" in request.query_params,
        "may_write": may(staff, WRITES),
        "may_publish": may(staff, PUBLISHES),
        "may_translate": may(staff, TRANSLATES),
        "why_not": _why_not(request, staff, finding),
    }
    return Page("replies/one_finding.html", shown, 422 if faults else 200)
