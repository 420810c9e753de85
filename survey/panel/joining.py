"""Somebody asks to be asked again: their age first, then where and about what; a link confirms it."""

import calendar
import datetime as dt
import secrets
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions.messages import Message, _
from survey.mail import Mailer, NotSent
from survey.panel import letters
from survey.panel.seals import LONGEST
from survey.panel.store import Store, panel_of
from survey.panel.tables import AGE_BANDS, ELSEWHERE, NOT_SAID, Consent, Member, Purpose
from survey.web import Form, Page, Problem, installation, one, spoken_to

DAYS_TO_CONFIRM = 7
PURPOSES = {
    Purpose.SURVEYS: _("new questions that I can answer"),
    Purpose.MEETINGS: _("meetings that I can come to"),
    Purpose.CHANGES: _("what changed because of us"),
}
AGES = {"16-17": _("16 or 17"), "18-20": _("18 to 20"), "21-25": _("21 to 25")}


def ask(request: Request, _session: Session) -> Page:
    """What the panel is, and the first question: how old somebody is."""
    panel_of(request)
    return ages(request)


def ages(
    request: Request, wrong: Message | None = None, typed: str = "", missed: Message | None = None
) -> Page:
    """The first page. wrong: of the age; missed: of the address for which somebody wants their link."""
    say = spoken_to(request).say
    shown = {
        "ages": {band: say(words) for band, words in AGES.items()},
        "languages": installation(request).offered,
        "chosen": spoken_to(request).code,
        "wrong": say(wrong) if wrong else "",
        "typed": typed,
        "missed": say(missed) if missed else "",
    }
    return Page("panel/age.html", shown, 422 if wrong or missed else 200)


def say_age(request: Request, _session: Session, form: Form) -> Page:
    """After the age: the rest of the form, or, under 16, the way through a school or a club. Nothing is kept."""
    panel_of(request)
    band = one(form, "age")
    if band == "under_16":
        return Page("panel/under_16.html")
    if band not in AGES:
        return ages(request, _("Please say how old you are."))
    return details(request, {"age": [band]}, {})


def details(request: Request, form: Form, wrong: dict[str, Message]) -> Page:
    """The form for the address; wrong: what to mend, by field."""
    say = spoken_to(request).say
    shown = {
        "typed": {name: one(form, name) for name in ("age", "address", "borough")},
        "ticked": form.get("purpose", []),
        "purposes": {purpose: say(words) for purpose, words in PURPOSES.items()},
        "boroughs": installation(request).place.boroughs,
        "messages": {name: say(message) for name, message in wrong.items()},
    }
    return Page("panel/join.html", shown, 422 if wrong else 200)


def join(request: Request, _session: Session, form: Form) -> Page:
    """Keep an address until it is confirmed, and write to it; say the same whether it is known already or not."""
    store, here = panel_of(request), installation(request)
    if one(form, "age") not in AGES:
        return say_age(request, _session, form)
    if wrong := dict(_wrong(form, {borough.code for borough in here.place.boroughs})):
        return details(request, form, wrong)
    address, today = one(form, "address"), here.today()
    with store.changing() as panel:
        member, confirmed, new = _kept(panel, store, form, today)
    letter = letters.own_page if confirmed else letters.confirm
    try:
        write_once_a_day(request, store, address, letter(desk_of(request), address, store.seals.link(member)))
    except NotSent:
        _forget(store, member if new else "")
        raise not_sent() from None
    return Page("panel/sent.html", {"days": DAYS_TO_CONFIRM})


def write_once_a_day(request: Request, store: Store, address: str, letter: EmailMessage) -> None:
    """Send a letter that somebody asked for, unless this address was sent one today: nobody floods another's box."""
    here, mark = installation(request), store.seals.mark(address)
    if not store.lately.first_today(mark, here.today()):
        return
    try:
        Mailer(here.settings.mailing).send(letter)
    except NotSent:
        store.lately.marks.discard(mark)
        raise


def desk_of(request: Request) -> letters.Desk:
    """What letters need of this installation."""
    here = installation(request)
    return letters.Desk(here.settings.public_url, [*here.languages.values()])


def not_sent() -> Problem:
    """What is said where no mail leaves."""
    return Problem(503, _("We could not send the mail"), _("Nothing was kept. Please try again later."))


def _wrong(form: Form, boroughs: set[str]) -> Iterator[tuple[str, Message]]:
    if not is_address(one(form, "address")):
        yield "address", _("Write an e-mail address, such as name@example.org.")
    if one(form, "borough") not in boroughs | {ELSEWHERE, NOT_SAID}:
        yield "borough", _("Choose where you live. You can also choose not to say.")
    if not set(form.get("purpose", [])) & {*Purpose}:
        yield "purpose", _("Tick at least one thing that we may write about.")


def is_address(told: str) -> bool:
    """Whether mail can be sent to what somebody typed.

    >>> [is_address(told) for told in ("zoe@example.org", "zoe@", "a b@example.org", "zoe@home", "07700 900123")]
    [True, False, False, False, False]
    """
    try:
        found = Address(addr_spec=told)
    except (ValueError, HeaderParseError, IndexError):
        return False
    plain = told.isascii() and told.isprintable() and not set(told) & set(' "<>,;')
    return plain and len(told) <= LONGEST and bool(found.username) and "." in found.domain.strip(".")


def _kept(panel: Session, store: Store, form: Form, today: dt.date) -> tuple[str, bool, bool]:
    """The member of an address, whether they are in, and whether they are new; who is in stays as they are."""
    mark = store.seals.mark(one(form, "address"))
    found = panel.exec(select(Member).where(col(Member.mark) == mark).with_for_update()).first()
    if found and found.waits_until is None:
        return found.id, True, False
    member = found or Member(
        id=secrets.token_urlsafe(16),
        contact=store.seals.sealed(one(form, "address")),
        mark=mark,
        age_band="",
        borough="",
        expires_on=today,
    )
    member.age_band, member.borough = one(form, "age"), one(form, "borough")
    member.waits_until, member.expires_on = today + dt.timedelta(days=DAYS_TO_CONFIRM), a_year_on(today)
    panel.add(member)
    panel.flush()
    agree(panel, member.id, form.get("purpose", []), today)
    return member.id, False, found is None


def agree(panel: Session, member: str, purposes: list[str], today: dt.date) -> None:
    """Keep to what a member says yes to now: what is new is dated by this month, what is gone is deleted."""
    held = {one.purpose: one for one in panel.exec(select(Consent).where(col(Consent.member_id) == member))}
    for purpose in Purpose:
        if purpose in purposes and purpose not in held:
            panel.add(Consent(member_id=member, purpose=purpose, given_in=today.replace(day=1)))
        elif purpose not in purposes and purpose in held:
            panel.delete(held[purpose])


def _forget(store: Store, member: str) -> None:
    with store.changing() as panel:
        found = panel.get(Member, member)
        if found:
            panel.delete(found)


def a_year_on(today: dt.date) -> dt.date:
    """The last day of this month in a year: a day would say when somebody came.

    >>> a_year_on(dt.date(2027, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return dt.date(today.year + 1, today.month, calendar.monthrange(today.year + 1, today.month)[1])


assert set(AGES) == set(AGE_BANDS)
