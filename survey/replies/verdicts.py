"""The page of a youth group: which replies wait for its word, and what it said of the others."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import Message, _
from survey import access, web
from survey.heard import commitments
from survey.models import Reply, Verdict, YouthGroup
from survey.replies.loading import about
from survey.web import Form, Page, Problem, as_asked, installation, one, see, spoken_to

LONGEST = 300
UNSEEN = {"x-robots-tag": "noindex, nofollow"}


def page(request: Request, session: Session) -> Response:
    """The replies that wait for a group's word, and those it has given it on."""
    return _shown(request, session, _group(request, session))


def say(request: Request, session: Session, form: Form) -> Response:
    """Keep a group's word on a reply; it may be given again, and the last one counts."""
    group = _group(request, session)
    reply = _reply(request, session, group, one(form, "reply"))
    said, because = one(form, "answers"), one(form, "because")
    faults = _wrong(said, because)
    if faults:
        return _shown(request, session, group, reply, form, faults)
    mine = col(Verdict.reply_id) == reply.id, col(Verdict.group_id) == group.id
    verdict = session.exec(select(Verdict).where(*mine)).first()
    if verdict is None:
        verdict = Verdict(
            reply=reply, reply_id=0, group=group, group_id=0, answers_it=True, made_on=_today(request)
        )
        session.add(verdict)
    verdict.answers_it, verdict.because = said == "yes", because
    verdict.made_on, verdict.hidden_on = _today(request), None
    did = "said that it is answered by" if verdict.answers_it else "said that it is not answered by"
    access.note(session, installation(request).now(), f"youth group {group.name}", did, about(reply))
    lang = as_asked(spoken_to(request))
    return see(f"/g/{request.path_params['token']}{lang}#reply-{reply.id}")


def _today(request: Request) -> dt.date:
    return installation(request).today()


def _wrong(said: str, because: str) -> list[Message]:
    faults = []
    if said not in ("yes", "no"):
        faults.append(_("Choose one: it answers it, or it does not."))
    if said == "no" and not because:
        faults.append(_("Say why it does not answer it. One sentence is enough."))
    if len(because) > LONGEST:
        faults.append(
            _(
                "There are %(written)s characters, and room for %(most)s. Make it shorter.",
                written=str(len(because)),
                most=str(LONGEST),
            )
        )
    return faults


def _group(request: Request, session: Session) -> YouthGroup:
    """The group that has this link; raises Problem where there is none. On a form, nobody changes it meanwhile."""
    secret = access.hashed(request.path_params["token"])
    found = session.exec(select(YouthGroup).where(col(YouthGroup.link_hash) == secret)).first()
    if found is None:
        raise Problem(
            404,
            _("This link does not work any more"),
            _("It may have been cut short, or replaced by a new one. Please ask whoever sent it to you."),
        )
    if request.method == "POST":
        session.get(YouthGroup, found.id, with_for_update=True)
    return found


def _replies(request: Request, session: Session, group: YouthGroup) -> list[Reply]:
    """The replies that a group may speak of: all, or for one of a borough those of it and those of none."""
    found = commitments(session, _today(request))
    return [one for one in found if group.borough is None or one.borough in (None, group.borough)]


def _reply(request: Request, session: Session, group: YouthGroup, wanted: str) -> Reply:
    found = {str(reply.id): reply for reply in _replies(request, session, group)}
    if wanted not in found:
        raise Problem(
            409,
            _("That reply is not there"),
            _("Nothing was changed. Go back to your page, and open it again."),
        )
    return found[wanted]


def _shown(
    request: Request,
    session: Session,
    group: YouthGroup,
    wrong: Reply | None = None,
    typed: Form | None = None,
    faults: list[Message] | None = None,
) -> Response:
    """A page that no search engine keeps; that no browser does either is the guard's usual."""
    language = spoken_to(request)
    found = _replies(request, session, group)
    said = {
        one.reply_id: one for one in session.exec(select(Verdict).where(col(Verdict.group_id) == group.id))
    }
    shown = {
        "languages": installation(request).offered,
        "group": group,
        "token": request.path_params["token"],
        "waiting": [(one, None) for one in found if one.id not in said],
        "spoken_of": [(one, said[one.id]) for one in found if one.id in said],
        "wrong": wrong,
        "typed": typed or {},
        "faults": [language.say(fault) for fault in faults or []],
    }
    response = web.render(Page("replies/group.html", shown, 422 if faults else 200), request)
    response.headers.update(UNSEEN)
    return response
