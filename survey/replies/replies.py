"""Staff write replies to findings, publish them, report how far each is, and correct what is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.heard import told
from survey.heard.register import PROMISES, State, commitments, state
from survey.languages import SOURCE
from survey.models import Answer, Consultation, Correction, Finding, Reply, Staff, Update
from survey.replies import reply_form
from survey.replies.loading import (
    CHANGED_MEANWHILE,
    PUBLISHES,
    TRANSLATES,
    WRITES,
    about,
    mark,
    may,
    open_finding,
    open_reply,
    open_update,
    stood,
    why_not_publish,
)
from survey.web import Form, Page, Problem, installation, one, see

LONGEST_UPDATE = 600
CORRECTED = ("because", "promise", "owner")


def register(request: Request, session: Session) -> Page:
    """All replies, drafts too, the late ones first; on a topic or for a borough."""
    staff = access.open_staff_page(request, session)
    here, asked = installation(request), request.query_params
    topic, borough = asked.get("topic", ""), asked.get("borough", "")
    found = commitments(session, here.today(), topic, borough, drafts=True)
    shown = {
        "staff": staff,
        "rows": [(reply, state(reply, here.today()), _days(reply, here.today())) for reply in found],
        "topic": topic,
        "borough": borough,
        "may_keep_groups": may(staff, PUBLISHES),
    }
    return Page("replies/register.html", shown)


def _days(reply: Reply, today: dt.date) -> int:
    return (today - reply.due).days if reply.due and state(reply, today) is State.LATE else 0


# A new one


def new(request: Request, session: Session) -> Page:
    """The form of a reply to a finding."""
    staff, finding = open_finding(request, session, WRITES)
    return _form(request, session, staff, finding, {"borough": [finding.borough or ""]})


def make(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep a new reply as a draft; nothing where something has to be mended."""
    staff, finding = open_finding(request, session, WRITES)
    made, faults = reply_form.read(request, form)
    if faults or made.answer is None:
        return _form(request, session, staff, finding, form, faults)
    reply = Reply(finding=finding, finding_id=finding.id or 0, written_by=staff.name, **_columns(made))
    session.add(reply)
    session.flush()
    access.note(session, installation(request).now(), staff.name, "wrote", about(reply))
    return see(f"/staff/replies/{reply.id}?kept=1")


def _columns(made: reply_form.Typed) -> dict[str, Any]:
    names = ("answer", "because", "promise", "owner", "due", "borough", "source")
    return {name: getattr(made, name) for name in names}


def _form(
    request: Request,
    session: Session,
    staff: Staff,
    finding: Finding,
    typed: Form,
    faults: list[str] | None = None,
) -> Page:
    here = installation(request)
    shown = {
        "staff": staff,
        "consultation": finding.consultation,
        "told": told(session, finding, here.today(), here.language(SOURCE), []),
        "answers": reply_form.ANSWERS,
        "today": here.today(),
        "typed": typed,
        "faults": faults or [],
    }
    return Page("replies/new_reply.html", shown, 422 if faults else 200)


# One that is there


def one_reply(request: Request, session: Session) -> Page:
    """A reply as everybody will read it, or does; with what may be done with it."""
    staff, reply = open_reply(request, session)
    return _page(request, session, staff, reply, reply_form.typed(reply))


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what was changed of a draft; of what is published, correct it so that it shows."""
    staff, reply = open_reply(request, session, WRITES, to_change=True)
    if reply.published_on is not None:
        return _correct(request, session, staff, reply, form)
    made, faults = reply_form.read(request, form)
    if one(form, "seen") != mark(reply):
        faults.append(CHANGED_MEANWHILE)
    if faults or made.answer is None:
        return _page(request, session, staff, reply, form, faults)
    for name, value in _columns(made).items():
        setattr(reply, name, value)
    reply.written_by = staff.name
    access.note(session, installation(request).now(), staff.name, "changed the draft of", about(reply))
    return see(f"/staff/replies/{reply.id}?kept=1")


def _correct(request: Request, session: Session, staff: Staff, reply: Reply, form: Form) -> Page | Response:
    """Correct the words of a reply; its day stays, so that nobody can be late unseen."""
    why, said = one(form, "why"), one(form, "answer")
    words = {name: one(form, name) for name in CORRECTED}
    answer = Answer(said) if said in [*Answer] else reply.answer
    faults = _cannot_correct(staff, reply, form, words, answer)
    if faults:
        return _page(request, session, staff, reply, form, faults)
    before = {name: getattr(reply, name) for name in CORRECTED if getattr(reply, name) != words[name]}
    if answer is not reply.answer:
        before["answer"] = reply.answer.value
    for name in CORRECTED:
        setattr(reply, name, words[name])
    reply.answer = answer
    reply.translations = {
        language: {part: told for part, told in parts.items() if part not in before}
        for language, parts in reply.translations.items()
    }
    reply.corrections.append(
        Correction(made_on=installation(request).today(), why=why, before=stood(form, before), who=staff.name)
    )
    access.note(session, installation(request).now(), staff.name, "corrected", about(reply), why)
    return see(f"/staff/replies/{reply.id}?kept=1")


def _cannot_correct(
    staff: Staff, reply: Reply, form: Form, words: dict[str, str], answer: Answer
) -> list[str]:
    """What has to be mended before a published reply is corrected."""
    faults = [] if may(staff, PUBLISHES) else ["A publisher or an administrator corrects what is published."]
    if not one(form, "why"):
        faults.append("Say why you correct it: it stands beside the reply for everybody.")
    if not words["because"] or not words["owner"]:
        faults.append("A reply keeps a because and somebody who answers for it.")
    if bool(reply.promise) != bool(words["promise"]):
        faults.append(
            "What was promised stays a promise. To take it back, choose “no” and leave its words."
            if reply.promise
            else "This reply promises nothing. For a new promise, write another reply to the finding."
        )
    if answer in PROMISES and not reply.promise:
        faults.append("A yes or a partly needs a promise with a day: write another reply to the finding.")
    faults += [
        f"{reply_form.CALLED[name]}: there is room for {reply_form.LONGEST[name]} characters."
        for name, told in words.items()
        if len(told) > reply_form.LONGEST[name]
    ]
    if answer is reply.answer and all(getattr(reply, name) == told for name, told in words.items()):
        faults.append("Nothing is different from what stands there.")
    if one(form, "seen") != mark(reply):
        faults.append(CHANGED_MEANWHILE)
    return faults


def publish(request: Request, session: Session, form: Form) -> Page | Response:
    """Let everybody read a reply; once its consultation has closed and each finding has one, it is replied to."""
    staff, reply = open_reply(request, session, PUBLISHES, to_change=True)
    if reply.published_on is not None:
        return see(f"/staff/replies/{reply.id}")
    today, faults = installation(request).today(), _why_not(request, staff, reply)
    if one(form, "seen") != mark(reply):
        faults.append("Somebody changed it since you looked. Read it once more, and publish it then.")
    if faults:
        return _page(request, session, staff, reply, reply_form.typed(reply), faults)
    reply.published_on = today
    consultation = reply.finding.consultation
    session.flush()
    if (
        consultation.replied_on is None
        and consultation.closes_on < today
        and _each_has_one(session, consultation)
    ):
        consultation.replied_on = today
    access.note(session, installation(request).now(), staff.name, "published", about(reply))
    return see(f"/staff/replies/{reply.id}?kept=1")


def _each_has_one(session: Session, consultation: Consultation) -> bool:
    """Whether every finding that everybody reads has a reply that everybody reads."""
    replied = select(Reply.finding_id).where(col(Reply.published_on).is_not(None))
    without = select(Finding.id).where(
        col(Finding.consultation_id) == consultation.id,
        col(Finding.published_on).is_not(None),
        col(Finding.id).not_in(replied),
    )
    return session.exec(without.limit(1)).first() is None


def _why_not(request: Request, staff: Staff, reply: Reply) -> list[str]:
    """Everything that keeps somebody from publishing a reply as it stands; nothing where they can."""
    why_not = why_not_publish(request, staff, reply.written_by)
    found = [why_not] if why_not else []
    if reply.finding.published_on is None:
        found.append("Publish its finding first: people read what was heard before what is said to it.")
    return found + reply_form.read(request, reply_form.typed(reply))[1]


def discard(request: Request, session: Session, _form: Form) -> Response:
    """Throw a draft away."""
    staff, reply = open_reply(request, session, WRITES, to_change=True)
    if reply.published_on is not None:
        raise Problem(409, "It is published", "What is published stays. You can correct it, and say why.")
    finding = reply.finding_id
    access.note(session, installation(request).now(), staff.name, "threw away the draft of", about(reply))
    session.delete(reply)
    return see(f"/staff/findings/{finding}")


def update(request: Request, session: Session, form: Form) -> Page | Response:
    """Say today how far a commitment is, that it is done, or that it is not after all."""
    staff, reply = open_reply(request, session, PUBLISHES, to_change=True)
    today, words, how = installation(request).today(), one(form, "words"), one(form, "how")
    expected, faults = _expected(one(form, "expected_on"), today)
    if reply.published_on is None:
        faults.append("Publish the reply first: nobody can read it yet.")
    if not words:
        faults.append("Say what happened.")
    elif len(words) > LONGEST_UPDATE:
        faults.append(f"There are {len(words)} characters, and room for {LONGEST_UPDATE}.")
    if how == "done" and not reply.promise:
        faults.append("This reply promised nothing, so nothing can be done of it.")
    if expected and how == "done":
        faults.append("What is done is not expected by a day: empty the day, or leave it open.")
    if one(form, "seen") != mark(reply):
        faults.append("Somebody changed it since you looked. Read it once more, and send this again.")
    if faults:
        return _page(request, session, staff, reply, reply_form.typed(reply) | form, faults)
    reopened = how == "reopen" and reply.done_on is not None
    done = how == "done" and reply.done_on is None
    reply.updates.append(
        Update(
            reply_id=reply.id or 0,
            made_on=today,
            words=words,
            done=done,
            reopened=reopened,
            expected_on=expected,
            who=staff.name,
        )
    )
    reply.done_on = today if done else None if reopened else reply.done_on
    did = "reported as done" if done else "reopened" if reopened else "reported on"
    access.note(session, installation(request).now(), staff.name, did, about(reply))
    return see(f"/staff/replies/{reply.id}?kept=1")


def hide(request: Request, session: Session, _form: Form) -> Response:
    """Take the words out of an update, since they name somebody: they are gone, and the page says so."""
    staff, found = open_update(request, session)
    if found.words:
        found.words = ""
        whose = f"an update of {about(found.reply)}"
        now = installation(request).now()
        access.note(session, now, staff.name, "took words that name somebody out of", whose)
    return see(f"/staff/replies/{found.reply_id}")


def _expected(written: str, today: dt.date) -> tuple[dt.date | None, list[str]]:
    if not written:
        return None, []
    try:
        found = dt.date.fromisoformat(written)
    except ValueError:
        return None, [f"“{written}” is no day. Write it as 2027-03-31."]
    return (found, []) if found >= today else (None, ["The day by which you expect it now is over."])


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    reply: Reply,
    typed: Form,
    faults: list[str] | None = None,
) -> Page:
    here = installation(request)
    shown = {
        "staff": staff,
        "consultation": reply.finding.consultation,
        "reply": reply,
        "told": told(session, reply.finding, here.today(), here.language(SOURCE), [reply]),
        "answers": reply_form.ANSWERS,
        "today": here.today(),
        "typed": typed,
        "seen": mark(reply),
        "faults": faults or [],
        "kept": "kept" in request.query_params,
        "may_write": may(staff, WRITES),
        "may_publish": may(staff, PUBLISHES),
        "may_translate": may(staff, TRANSLATES),
        "why_not": _why_not(request, staff, reply),
    }
    return Page("replies/one_reply.html", shown, 422 if faults else 200)
