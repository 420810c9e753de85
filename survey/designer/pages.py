"""The designer's pages to read: the list of question sets, one set with its questions, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions import WrongDefinition, compare, editing, shipped, shipped_source
from questions.definition import key_faults
from questions.naming import code_from, key_from
from survey import access
from survey.designer import drafts
from survey.designer.forms import first_words, has_usual_words
from survey.designer.opening import DESIGNS, READS, may_design, one, open_set, whole
from survey.designer.showing import shown_designer
from survey.designer.tongues import names_of, tongue
from survey.languages import SOURCE
from survey.models import Instrument, Staff
from survey.web import Form, Page, Problem, installation, see


def sets(request: Request, session: Session) -> Page:
    """Every question set with its state, and who changed what when."""
    staff = access.open_staff_page(request, session, READS)
    return list_page(request, session, staff)


def list_page(
    request: Request, session: Session, staff: Staff, typed: Form | None = None, messages: Sequence[str] = ()
) -> Page:
    """The list of sets; `messages` say what is wrong with what was just typed or sent."""
    rows = [drafts.working(session, key) for key in drafts.every_key(session)]
    shown = {
        "staff": staff,
        "rows": rows,
        "tongues": [tongue(installation(request), code) for code in installation(request).languages],
        "shipped": {name: str(shipped(name).title) for name in drafts.SHIPPED},
        "may_design": may_design(staff),
        "typed": typed or {},
        "messages": messages,
    }
    return Page("designer/sets.html", shown, 422 if messages else 200)


BLANK = """
key = "{key}"
title = "A new question set"
language = "{language}"
[[page]]
[[page.question]]
key = "first"
kind = "one"
prompt = "{prompt}"
choices = [{{code = "yes", label = "{yes}"}}, {{code = "no", label = "{no}"}}]
"""


def _blank(key: str, language: str) -> str:
    prompt, yes, no = first_words(language)
    begun = BLANK.format(key=key, language=language, prompt=prompt, yes=yes, no=no)
    return begun + "prefer_not_to_say = true\n" if has_usual_words(language) else begun


def new_set(request: Request, session: Session, form: Form) -> Page | Response:
    """Begin a set: blank, or as a copy of one that comes with Soundings."""
    staff = access.open_staff_page(request, session, DESIGNS)
    title, like = one(form, "title"), one(form, "like")
    if not title:
        return list_page(request, session, staff, form, ["Give the question set a name."])
    taken, wanted = drafts.every_key(session), one(form, "key")
    faults = list(key_faults(wanted or None))
    if wanted in taken or faults:
        told = f"The key {wanted} is taken by another set." if wanted in taken else " ".join(faults)
        return list_page(request, session, staff, form, [told])
    if drafts.titled(session, title):
        return list_page(
            request, session, staff, form, [f"There is a set “{title}” already. Open it in the list above."]
        )
    key = wanted or code_from(key_from(title), taken)
    language = one(form, "language")
    language = language if language in installation(request).languages else SOURCE
    source = shipped_source(like) if like in drafts.SHIPPED else None
    begun = drafts.as_read(source or _blank(key, language))
    now = installation(request).now()
    try:
        begun = editing.rebuilt(begun, begun.pages, editing.reworded(begun.title, title))
        begun = replace(
            begun, key=key, offered_unreviewed=()
        )  # staff of this place have switched nothing on yet
    except WrongDefinition as wrong:
        return list_page(request, session, staff, form, wrong.messages)
    did = f"began with a copy of “{shipped(like).title}”" if source else drafts.STARTED
    drafts.start(session, begun, staff.name, now, did)
    access.note(session, now, staff.name, "began", f"question set {key}")
    return see(f"/staff/sets/{key}")


# One set


def designer(request: Request, session: Session) -> Page:
    """A set as it stands: its questions in order, the chosen one open beside the page that people will see."""
    staff, now = open_set(request, session)
    since = whole(request.query_params.get("since", ""))
    others = drafts.history(session, now.key, since) if since is not None else []
    news = [other for other in others if other.who != staff.name]
    asked, phone = request.query_params.get("q"), request.query_params.get("phone", "")
    return shown_designer(staff, now, asked, news=news, phone=phone)


def story(request: Request, session: Session) -> Page:
    """Who changed what when: every revision of a draft, and every version that was published."""
    staff, now = open_set(request, session)
    published = (
        select(Instrument).where(col(Instrument.key) == now.key).order_by(col(Instrument.version).desc())
    )
    shown = {
        "staff": staff,
        "now": now,
        "may_design": may_design(staff),
        "may_go_back": may_design(staff) and not now.retired_on,
        "revisions": drafts.history(session, now.key),
        "published": session.exec(published).all(),
    }
    return Page("designer/history.html", shown)


def change(request: Request, session: Session) -> Page:
    """What one change of a draft did: every word before and after it."""
    staff, now = open_set(request, session)
    number = request.path_params["number"]
    found = {one.number: one for one in drafts.history(session, now.key, number - 2) if one.number <= number}
    if number not in found:
        raise Problem(404, "There is no such change", "Choose one on the page History.")
    revision, before = found[number], found.get(number - 1)
    versions = compare(drafts.as_read(before.source), drafts.as_read(revision.source)) if before else None
    asked = [one for kept in reversed(found.values()) for one in drafts.as_read(kept.source).questions]
    shown = {
        "staff": staff,
        "now": now,
        "may_go_back": may_design(staff) and not now.retired_on,
        "revision": revision,
        "versions": versions,
        "prompts": {question.key: question.prompt for question in asked},
        "names": names_of(versions),
    }
    return Page("designer/change.html", shown)
