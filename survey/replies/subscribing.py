"""Being told by e-mail what changed: asking for it, saying yes from one's own mailbox, and leaving with one press."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions.messages import Message, _
from survey import access, web
from survey.models import MailLink, Subscriber
from survey.replies.pages import chosen
from survey.settings import MailWay
from survey.web import Form, Page, Problem, Upload, as_asked, installation, one, see, speak, spoken_to

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
LONGEST = 254  # characters: RFC 5321, 4.5.3.1
TOO_YOUNG = _(  # under 13 parents would have to agree (UK GDPR, article 8), and we do not ask who they are
    "If you are 13 or older, tick the box. If you are younger, we do not write to you. "
    "You can read everything on this site."
)
UNSEEN = {"x-robots-tag": "noindex, nofollow"}


def ask(request: Request, session: Session) -> Page:
    """The form that asks for an address and topics, and what we do with them; or that we have written there."""
    topic, _borough = chosen(request)
    asked = "asked" in request.query_params
    return _form(request, {"topic": [topic] if topic else []}, {}, asked=asked)


def begin(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep an address until it is confirmed, and answer alike whether we know it already or not."""
    address, wrong = read_address(one(form, "address"))
    faults = {"address": wrong[0]} if wrong else {}
    if one(form, "old_enough") != "yes":  # asked and not kept
        faults["old_enough"] = TOO_YOUNG
    topics = [topic for topic in installation(request).place.topics if topic in form.get("topic", [])]
    if faults:
        return _form(request, form, faults)
    today, language = installation(request).today(), spoken_to(request)
    waiting = session.exec(
        select(Subscriber).where(col(Subscriber.address) == address, col(Subscriber.confirmed_on).is_(None))
    ).all()
    same_day = next((one for one in waiting if one.asked_on == today), None)
    for earlier in waiting:
        if earlier is not same_day:
            session.delete(earlier)
    asker = same_day or Subscriber(address=address, language=language.code, asked_on=today)
    asker.topics, asker.language = topics, language.code
    session.add(asker)
    lang = as_asked(language)
    return see(f"/did/mail{lang}{'&' if lang else '?'}asked=1")


def read_address(written: str) -> tuple[str, list[Message]]:
    """An address as we keep it, and what is wrong with it.

    >>> read_address("Ada@Example.ORG"), len(read_address("ada at home")[1])
    (('Ada@example.org', []), 1)
    """
    if len(written) > LONGEST or not ADDRESS.fullmatch(written):
        return "", [_("Write an e-mail address, such as name@example.org.")]
    person, _at, domain = written.rpartition("@")
    return f"{person}@{domain.lower()}", []


def _form(request: Request, typed: Form, faults: Mapping[str, Message], *, asked: bool = False) -> Page:
    """The form as it was typed; faults: what to mend, by field."""
    language, here = spoken_to(request), installation(request)
    shown = {
        "languages": here.offered,
        "typed": typed,
        "faults": {name: language.say(fault) for name, fault in faults.items()},
        "asked": asked,
        "every": here.settings.news_every,
        "leaves": here.settings.mailing.way is MailWay.SMTP,
    }
    return Page("replies/mail.html", shown, 422 if faults else 200)


# The link in a mail


def may_open(request: Request, session: Session) -> None:
    """Whether there is such a link; raises Problem where there is none."""
    _link(request, session)


def opened(request: Request, session: Session) -> Response:
    """The page of a link in a mail: it says yes, or leaves. Opening it does neither."""
    link = _link(request, session)
    speak(request, link.subscriber.language)
    return _answer(
        request, {"state": "confirmed" if link.subscriber.confirmed_on else "asked"}, link.subscriber
    )


def act(request: Request, session: Session, form: Form, _files: Sequence[Upload]) -> Response:
    """Say yes, or leave: from our page, or from a mail program's own button (RFC 8058), which is not redirected."""
    subscriber = _link(request, session).subscriber
    speak(request, subscriber.language)
    if one(form, "do") == "yes":
        confirm(session, subscriber, installation(request).today())
        return _answer(request, {"state": "yes"}, subscriber)
    if one(form, "do") == "leave" or one(form, "List-Unsubscribe") == "One-Click":
        session.delete(subscriber)
        return _answer(request, {"state": "left"})
    return _answer(request, {"state": "confirmed" if subscriber.confirmed_on else "asked"}, subscriber)


def confirm(session: Session, subscriber: Subscriber, today: dt.date) -> None:
    """Begin to tell somebody from today on; what they asked for before is replaced, and nothing is told twice."""
    if subscriber.confirmed_on is not None:
        return
    subscriber.confirmed_on, subscriber.told_until = today, today - dt.timedelta(days=1)
    others = select(Subscriber).where(
        col(Subscriber.address) == subscriber.address, col(Subscriber.id) != subscriber.id
    )
    for before in session.exec(others).all():
        if before.confirmed_on is not None:
            subscriber.told_until, subscriber.mailed_on = before.told_until, before.mailed_on
        session.delete(before)


def _link(request: Request, session: Session) -> MailLink:
    found = session.get(MailLink, access.hashed(request.path_params["token"]))
    if found is None:
        raise Problem(
            404,
            _("This link does not work any more"),
            _(
                "If you have left, you get no more mail, and we have no address of yours. "
                "You can ask again at /did/mail."
            ),
        )
    return found


def _answer(request: Request, shown: dict[str, object], subscriber: Subscriber | None = None) -> Response:
    code, known = spoken_to(request).code, installation(request).place.topics
    topics = [known[key].into(code) for key in (subscriber.topics if subscriber else []) if key in known]
    told = {**shown, "token": request.path_params["token"], "topics": topics}
    response = web.render(Page("replies/mail_link.html", told), request)
    response.headers.update(UNSEEN)
    return response
