"""A member's own page, by the link in their mails: confirm, change, stay another year, leave."""

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions.messages import _
from survey.mail import NotSent
from survey.panel import letters
from survey.panel.joining import (
    AGES,
    PURPOSES,
    a_year_on,
    ages,
    agree,
    desk_of,
    is_address,
    not_sent,
    write_once_a_day,
)
from survey.panel.store import panel_of
from survey.panel.tables import ELSEWHERE, NOT_SAID, Consent, Member, Purpose
from survey.web import Form, Page, Problem, installation, one, spoken_to


def you(request: Request, _session: Session) -> Page:
    """A member's page: what they said yes to and when, and every way to change it."""
    store = panel_of(request)
    with store.looking() as panel:
        found = _member(request, panel)
        return _page(request, panel, found)


def change(request: Request, _session: Session, form: Form) -> Page:
    """Confirm, keep changes, or stay for another year."""
    store, here = panel_of(request), installation(request)
    with store.changing() as panel:
        found = _member(request, panel)
        if one(form, "wish") in ("confirm", "stay"):
            found.waits_until, found.asked_again = None, False
            found.expires_on = a_year_on(here.today())
        if one(form, "wish") in ("keep", "stay"):
            _keep(request, panel, found, form)
        panel.flush()
        return _page(request, panel, found, kept=one(form, "wish"))


def _keep(request: Request, panel: Session, found: Member, form: Form) -> None:
    """What was changed; where no box is ticked, the record says so, and no mail comes."""
    here = installation(request)
    boroughs = {borough.code for borough in here.place.boroughs} | {ELSEWHERE, NOT_SAID}
    if one(form, "age") in AGES:
        found.age_band = one(form, "age")
    if one(form, "borough") in boroughs:
        found.borough = one(form, "borough")
    agree(panel, found.id, form.get("purpose", []), here.today())


def _page(request: Request, panel: Session, found: Member, kept: str = "") -> Page:
    say, here = spoken_to(request).say, installation(request)
    given = {
        one.purpose: one.given_in
        for one in panel.exec(select(Consent).where(col(Consent.member_id) == found.id))
    }
    shown = {
        "link": request.path_params["link"],
        "waits": found.waits_until is not None,
        "kept": kept,
        "asked_again": found.asked_again,
        "expires_on": found.expires_on,
        "age": found.age_band,
        "ages": {band: say(words) for band, words in AGES.items()},
        "borough": found.borough,
        "boroughs": here.place.boroughs,
        "purposes": [(purpose, say(words), given.get(purpose)) for purpose, words in PURPOSES.items()],
        "may": [say(PURPOSES[purpose]) for purpose in Purpose if purpose in given],
    }
    return Page("panel/you.html", shown)


def _member(request: Request, panel: Session) -> Member:
    """The member whose link is in the address; raises Problem where it leads to nobody any more."""
    store, today = panel_of(request), installation(request).today()
    member = store.seals.member_of(request.path_params["link"])
    found = panel.get(Member, member, with_for_update=True) if member else None
    last = (found.waits_until or found.expires_on) if found else None
    if found is None or last is None or last < today:
        raise Problem(
            410,
            _("We do not know this link"),
            _(
                "It may be cut short, or it was not confirmed in time, or you have left. You can always join again."
            ),
        )
    return found


def leave_page(request: Request, _session: Session) -> Page:
    """The page with the one button that takes a member off. Opening it deletes nothing: mail programs open links."""
    panel_of(request)
    return Page("panel/leave.html", {"link": request.path_params["link"]})


def leave(request: Request, _session: Session, _form: Form) -> Page:
    """Delete everything that belongs to a member. A mail program's own button may send this too."""
    store = panel_of(request)
    member = store.seals.member_of(request.path_params["link"])
    with store.changing() as panel:
        found = panel.get(Member, member) if member else None
        if found:
            panel.delete(found)
    return Page("panel/gone.html")


def send_link(request: Request, _session: Session, form: Form) -> Page:
    """Send a member the way to their own page; say the same whether there is such a member or not."""
    store, address = panel_of(request), one(form, "address")
    if not is_address(address):
        return ages(request, typed=address, missed=_("Write an e-mail address, such as name@example.org."))
    with store.looking() as panel:
        found = panel.exec(select(Member).where(col(Member.mark) == store.seals.mark(address))).first()
        member = found.id if found else ""
    if member:
        letter = letters.own_page(desk_of(request), address, store.seals.link(member))
        try:
            write_once_a_day(request, store, address, letter)
        except NotSent:
            raise not_sent() from None
    return Page("panel/sent.html", {"days": 0})
