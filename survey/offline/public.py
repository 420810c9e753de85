"""For everybody: the questions of a consultation to read or print, and what was said on paper and in sessions."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions.messages import _
from survey import stages, tallied
from survey.instruments import parsed
from survey.languages import SOURCE
from survey.models import Audience, Consultation
from survey.offline.meetings import of_consultation
from survey.set_on_paper import Paper, tongues
from survey.web import Page, Problem, installation, speak, spoken_to

LARGE = "large"
APART = {
    Audience.YOUNG: _("Young people"),
    Audience.ADULTS: _("Adults"),
    Audience.ORGANISATIONS: _("Organisations"),
    Audience.ANYONE: _("Anyone"),
}


def _open(request: Request, session: Session) -> Consultation:
    """The consultation in the address, once it is announced."""
    slug = request.path_params["slug"]
    found = session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first()
    if found is None or found.planning:
        raise Problem(
            404, _("We cannot find that consultation"), _("It may have another name now. Look in the list.")
        )
    return found


def paper(request: Request, session: Session) -> Page:
    """The questions of a consultation, to read or to print, in a language that they are offered in."""
    found = _open(request, session)
    if stages.state(found, installation(request).today()) == stages.PLANNED:
        sentence = _(
            "%(title)s opens on %(day)s. Please come back then.", title=found.title, day=found.opens_on
        )
        raise Problem(404, _("Not open yet"), sentence)
    sets = {one.instrument_id: parsed(one.instrument) for one in found.collections}
    if not sets:
        raise Problem(404, _("There are no questions yet"), _("Please come back when it is open."))
    known = installation(request).languages
    offered = {
        code: name for one in sets.values() for code, name in tongues(one, known) if code in one.offered
    }
    wanted = request.query_params.get("lang", "")
    language = speak(request, wanted if wanted in offered else SOURCE)
    shown = {
        "consultation": found,
        "papers": [
            Paper(one, language.code if language.code in one.offered else one.language, language)
            for one in sets.values()
        ],
        "languages": list(offered.items()),
        "large": request.query_params.get("size") == LARGE,
        "open": stages.state(found, installation(request).today()) == stages.OPEN,
    }
    return Page("offline/to_read.html", shown)


def counted(request: Request, session: Session) -> Page:
    """What was said on paper and in sessions, as counts and words; young people and adults apart."""
    found = _open(request, session)
    today, language = installation(request).today(), spoken_to(request)
    held = [one for one in of_consultation(session, found) if one.held_on <= today]
    shown = {
        "consultation": found,
        "groups": [
            (name, [(one, tallied.of_meeting(session, one)) for one in held if one.audience == audience])
            for audience, name in APART.items()
            if any(one.audience == audience for one in held)
        ],
        "words": tallied.published(session, found.collections),
        "language": language,
    }
    return Page("offline/counted.html", shown)
