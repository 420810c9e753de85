"""Hosts: a setting's secret link for whoever runs it, and the small page that it opens: how many have finished here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, counts, web
from survey.fieldwork import lists, printing
from survey.fieldwork.loading import CHANGES, open_collection, open_setting
from survey.fieldwork.printing import by_name
from survey.fieldwork.setting import answered, setting_page
from survey.models import Setting
from survey.web import Form, Page, Problem, installation
from survey.wording import day

UNSEEN = {"x-robots-tag": "noindex, nofollow"}


@dataclass(frozen=True, slots=True)
class Next:
    """What a host does now, in a sentence or two; `waits` says whether answers are taken today."""

    words: str
    waits: bool = False


def page(request: Request, session: Session) -> Response:
    """The page of a host: how many have finished here today and in all, and what to do next. Nothing of any answer."""
    found = _hosted(request, session)
    today = installation(request).today()
    finished = answered(session, found)
    shown = {
        **printing.handed_out(request, found),
        "consultation": found.collection.consultation,
        "collection": found.collection,
        "token": request.path_params["token"],
        "today": counts.submitted_on(session, found.id, today),
        "finished": finished,
        "next": what_next(request, found, finished),
    }
    return _unseen(request, Page("fieldwork/host.html", shown))


def sheet(request: Request, session: Session) -> Response:
    """The card or the poster of a host's setting, to print."""
    found, what = _hosted(request, session), request.path_params["what"]
    if what not in ("card", "poster"):
        raise Problem(404, "There is no such thing to print", "Go back, and choose the card or the poster.")
    back = f"/h/{request.path_params['token']}"
    return _unseen(request, printing.sheets(request, found.collection, [found], f"{what}s", back))


def _unseen(request: Request, shown: Page) -> Response:
    """A page that no search engine keeps; that no browser does either is the guard's usual."""
    response = web.render(shown, request)
    response.headers.update(UNSEEN)
    return response


def _hosted(request: Request, session: Session) -> Setting:
    """The setting whose host has this link; raises Problem where there is none."""
    secret = access.hashed(request.path_params["token"])
    found = session.exec(select(Setting).where(col(Setting.host_hash) == secret)).first()
    if found is None:
        raise Problem(
            404,
            "This link does not work any more",
            "It may have been cut short, or replaced by a new one. Please ask whoever sent it to you.",
        )
    return found


def what_next(request: Request, found: Setting, finished: int) -> Next:
    """What the host of a setting does now."""
    today, collection = installation(request).today(), found.collection
    if today > collection.last_day:
        reply = day(collection.consultation.outcome_on)
        return Next(f"This closed on {day(collection.last_day)}. Thank you. We say what we heard by {reply}.")
    if found.retired_on:
        return Next("The code of this place is no longer used. Please ask whoever sent you this link.")
    if today < collection.first_day:
        opens = day(collection.first_day)
        return Next(f"This opens on {opens}. Until then: read the card, and choose when people will answer.")
    if not finished:
        return Next(
            "Nobody has finished yet. Print the card, read it out, and give people the code.", waits=True
        )
    if found.expected and finished >= found.expected:
        return Next("As many have finished as you expected, or more. You need do nothing else.", waits=True)
    return Next(
        "Give the code to those who have not answered yet. Taking part is up to each of them.", waits=True
    )


def make_link(request: Request, session: Session, _form: Form) -> Page:
    """Make the link of a setting's host, and show it this once; one made before stops working."""
    staff, found = open_setting(request, session, CHANGES, to_change=True)
    link = _new_link(request, found)
    now = installation(request).now()
    access.note(session, now, staff.name, "made the host’s link of", f"setting {found.code}")
    session.flush()
    return setting_page(request, session, staff, found, host_link=link)


def make_links(request: Request, session: Session, _form: Form) -> Response:
    """Make the links of all hosts of a collection who have none, as a list to keep: this once."""
    staff, found = open_collection(request, session, CHANGES, to_change=True)
    without = [one for one in by_name(found.settings) if one.host_hash is None and one.retired_on is None]
    if not without:
        told = "A link cannot be shown twice. On the page of a setting you can make a new one for its host."
        raise Problem(409, "Every host has a link already", told)
    place = installation(request).place
    rows: list[lists.Cells] = [("name", "borough", "code", "link for its host")]
    for one in without:
        borough = place.name_of(one.borough) if one.borough else None
        rows.append((one.name, borough, one.code, _new_link(request, one)))
    about = f"collection {found.consultation.slug}, {found.name}"
    now = installation(request).now()
    access.note(session, now, staff.name, f"made the links of {len(without)} hosts of", about)
    name = f"{found.consultation.slug}-{found.id}-hosts.xlsx"
    return lists.sent(lists.as_workbook(rows, place), name, lists.SPREADSHEET)


def _new_link(request: Request, found: Setting) -> str:
    """A new secret for a setting's host: 256 random bits, of which the hash is kept."""
    token, found.host_hash = access.new_token()
    found.host_since = installation(request).today()
    return f"{installation(request).settings.public_url}/h/{token}"
