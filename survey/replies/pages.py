"""What everybody reads: the register of what was promised, and each reply at an address of its own."""

from __future__ import annotations

from sqlmodel import Session
from starlette.requests import Request

from questions.messages import _
from survey.heard import State, commitments, days_late, state, told, told_reply
from survey.models import Reply
from survey.web import Page, Problem, installation, spoken_to


def register(request: Request, session: Session) -> Page:
    """What was promised, the late ones first; of a topic or a borough, if these are chosen."""
    here, today = installation(request), installation(request).today()
    topic, borough = chosen(request)
    found = commitments(session, today, topic, borough)
    rows = [(reply, state(reply, today), days_late(reply, today)) for reply in found]
    every = found if not topic and not borough else commitments(session, today)
    known = {one.borough for one in every} | {borough}
    shown = {
        "languages": here.offered,
        "promised": [row for row in rows if row[1] is not State.NOT_PROMISED],
        "others": [row for row in rows if row[1] is State.NOT_PROMISED],
        "late": sum(row[1] is State.LATE for row in rows),
        "topic": topic,
        "borough": borough,
        "boroughs": [one for one in here.place.boroughs if one.code in known],
        "narrowed": narrowed(topic, borough),
    }
    return Page("replies/did.html", shown)


def chosen(request: Request) -> tuple[str, str]:
    """The topic and the borough that an address asks for; one that there is not counts as all."""
    place, asked = installation(request).place, request.query_params
    topic, borough = asked.get("topic", ""), asked.get("borough", "")
    boroughs = {one.code for one in place.boroughs}
    return topic if topic in place.topics else "", borough if borough in boroughs else ""


def narrowed(topic: str, borough: str) -> str:
    """The end of an address that asks for the same."""
    asked = "&".join(f"{name}={said}" for name, said in (("topic", topic), ("borough", borough)) if said)
    return f"?{asked}" if asked else ""


def commitment(request: Request, session: Session) -> Page:
    """A reply: what was asked and heard, what it says, because, by whom and when, and what happened since."""
    here = installation(request)
    today, language = here.today(), spoken_to(request)
    reply = session.get(Reply, request.path_params["id"])
    finding = reply.finding if reply else None
    days = (reply.published_on, finding.published_on) if reply and finding else (None, None)
    if reply is None or finding is None or any(day is None or day > today for day in days):
        raise Problem(
            404,
            _("There is no such promise"),
            _("It may be that nobody has published it yet. The list of all promises is at /did."),
        )
    stands = told_reply(reply, today)
    shown = {
        "languages": here.offered,
        "told": told(session, finding, today, language, []),
        "one": stands,
        "consultation": finding.consultation,
        "others": [
            one
            for one in finding.replies
            if one is not reply and one.published_on and one.published_on <= today
        ],
    }
    return Page("replies/commitment.html", shown)
