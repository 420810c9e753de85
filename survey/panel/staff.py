"""The page of whoever runs the panel: how many are in it, never who; inviting them; the pulse; taking somebody off."""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, help_lines
from survey.instruments import parsed
from survey.models import Collection, Consultation, Design, Role, Staff
from survey.panel import inviting, pulse, telling
from survey.panel.crowd import reached
from survey.panel.joining import is_address
from survey.panel.store import Store, store_of
from survey.panel.tables import (
    AGE_BANDS,
    ELSEWHERE,
    NOT_SAID,
    Consent,
    Groups,
    Member,
    News,
    Progress,
    Purpose,
    Sending,
    groups_told,
    next_key,
)
from survey.web import Form, Page, Problem, installation, one, see
from survey.wording import day

KEEPS = (Role.PANEL_KEEPER,)
PUBLISHES = (Role.PUBLISHER, Role.ADMIN)
LOOKS = (*KEEPS, *PUBLISHES)
LEAST_SHOWN = 10  # members of a group whose number is shown
AREAS = {ELSEWHERE: "Somewhere else", NOT_SAID: "Not said"}
PURPOSES = {Purpose.SURVEYS: "new questions", Purpose.MEETINGS: "meetings", Purpose.CHANGES: "what changed"}

K = TypeVar("K", bound=Hashable)


def staff_page(request: Request, session: Session) -> Page:
    """The panel in numbers, and what can be done with it."""
    staff = access.open_staff_page(request, session, LOOKS)
    return _page(request, session, staff)


def enough(counts: Mapping[K, int]) -> dict[K, int | None]:
    """Counts as they may be shown: small ones are not, and never one alone, which the total would give away.

    >>> enough({"a": 40, "b": 12, "c": 3}), enough({"a": 40, "b": 12}), enough({"a": 40, "b": 3, "c": 4})
    ({'a': 40, 'b': None, 'c': None}, {'a': 40, 'b': 12}, {'a': 40, 'b': None, 'c': None})
    """
    hidden = {key for key, people in counts.items() if people < LEAST_SHOWN}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min((key for key in counts if key not in hidden), key=lambda key: counts[key]))
    return {key: None if key in hidden else people for key, people in counts.items()}


def if_enough(people: int) -> int | None:
    """How many people, as it may be shown where no other number beside it gives it away; None for too few."""
    return people if people >= LEAST_SHOWN else None


def about(people: int, of: int) -> int | None:
    """How many of a crowd are told of before they are invited, in tens; None where so few are left out that it tells.

    >>> about(124, 150), about(125, 125), about(145, 150)
    (120, 130, None)
    """
    told = enough({"invited": people, "others": of - people} if people < of else {"invited": people})[
        "invited"
    ]
    return (told + 5) // 10 * 10 if told is not None else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many are in the panel, and how many of each group; None for a group too small to show."""

    members: int | None
    waiting: int | None
    boroughs: dict[str, int | None]
    age_bands: dict[str, int | None]
    purposes: dict[str, int | None]
    expiring: dict[dt.date, int | None]


def numbers(store: Store, names: Mapping[str, str], today: dt.date) -> Numbers:
    """The panel in numbers. names: what boroughs are called."""
    with store.looking() as panel:
        members = panel.exec(select(Member).where(col(Member.expires_on) >= today)).all()
        inside = [one for one in members if one.waits_until is None]
        mine = {one.id for one in inside}
        given = Counter(one.purpose for one in panel.exec(select(Consent)) if one.member_id in mine)
        panel.expunge_all()
    boroughs, bands = Counter(one.borough for one in inside), Counter(one.age_band for one in inside)
    return Numbers(
        if_enough(len(inside)),
        if_enough(len(members) - len(inside)),
        {
            names.get(key, key): people
            for key, people in sorted(enough(boroughs).items(), key=lambda one: names.get(one[0], ""))
        },
        enough({band: bands[band] for band in AGE_BANDS}),
        {PURPOSES[each]: if_enough(given[each]) for each in Purpose},
        dict(sorted(enough(Counter(one.expires_on for one in inside)).items())),
    )


def _page(
    request: Request,
    session: Session,
    staff: Staff,
    faults: Sequence[str] = (),
    form: Form | None = None,
    told: str = "",
) -> Page:
    store, today, names = store_of(request), installation(request).today(), _names(request)
    sendings, next_pulse = _sendings(session, store) if store else [], pulse.next_one(session, today)
    written = _written(store) if store else []
    shown = {
        "staff": staff,
        "keeps": bool(set(KEEPS) & set(staff.roles)),
        "publishes": bool(set(PUBLISHES) & set(staff.roles)),
        "numbers": numbers(store, names, today) if store else None,
        "least": inviting.LEAST,
        "few": LEAST_SHOWN,
        "open_to": _open_to(session, store, today) if store else [],
        "sendings": sendings,
        "to_tell": telling.to_tell(session, installation(request), written) if store else [],
        "written": written,
        "invited": [
            (one, to)
            for one, to in sendings
            if to and to.last_day >= today and one.progress is not Progress.TOO_FEW
        ],
        "boroughs": names,
        "age_bands": AGE_BANDS,
        "typed": form or {},
        "faults": faults,
        "told": told or request.query_params.get("done", ""),
        "pulses": pulse.waves(session),
        "next_pulse": next_pulse,
        "may_open": today >= next_pulse.opened_from,
        "today": today,
    }
    return Page("panel/staff.html", shown, 422 if faults else 200)


def _open_to(session: Session, store: Store, today: dt.date) -> list[Collection]:
    """The collections to which members can still be invited."""
    panels = (
        select(Collection).where(col(Collection.design) == Design.PANEL).order_by(col(Collection.id).desc())
    )
    with store.looking() as panel:
        done = {
            one.collection_id for one in panel.exec(select(Sending)) if one.progress is not Progress.TOO_FEW
        }
    every = session.exec(panels).all()
    return [one for one in every if one.id not in done and one.last_day >= today]


def _sendings(session: Session, store: Store) -> list[tuple[Sending, Collection | None]]:
    """What was sent, newest first."""
    with store.looking() as panel:
        found = panel.exec(select(Sending).order_by(col(Sending.asked_on).desc())).all()
        panel.expunge_all()
    return [(one, session.get(Collection, one.collection_id)) for one in found]


def _written(store: Store) -> list[News]:
    """The letters about meetings and about what changed, newest first."""
    with store.looking() as panel:
        found = panel.exec(select(News).order_by(col(News.asked_on).desc(), col(News.key))).all()
        panel.expunge_all()
    return list(found)


def _keeper(request: Request, session: Session) -> tuple[Staff, Store]:
    """The member of staff who runs the panel, and the panel; raises Problem where there is none."""
    staff, store = access.open_staff_page(request, session, KEEPS), store_of(request)
    if store is None:
        told = "Whoever runs Soundings gives it a key first: see docs/operators.md, “The panel”."
        raise Problem(404, "There is no panel here yet", told)
    return staff, store


def invite(request: Request, session: Session, form: Form) -> Page | Response:
    """Say how many would get an invitation, and after a yes have them sent: once, to all of the chosen groups."""
    try:
        return _invite(request, session, form)
    except IntegrityError:  # somebody else asked for the same at this moment
        return see("/staff/panel?done=asked")


def _invite(request: Request, session: Session, form: Form) -> Page | Response:
    staff, store = _keeper(request, session)
    here, number, sure = installation(request), one(form, "collection"), one(form, "sure")
    if sure == "no":
        return _page(request, session, staff, form=form)
    found = session.get(Collection, int(number)) if number.isdecimal() and len(number) < 10 else None
    if found is None or found.id is None:
        return _page(request, session, staff, ["Choose what they are invited to."], form)
    groups = _groups(form, {borough.code for borough in here.place.boroughs} | {*AREAS})
    faults = list(inviting.wrong_with(found, parsed(found.instrument), here.today()))
    with store.changing() as panel:
        sent = panel.get(Sending, found.id)
        if sent and sure == "yes" and _pressed_twice(sent, groups, staff):
            return see("/staff/panel?done=asked")
        people, of = (len(reached(panel, one, here.today())) for one in (groups, Groups()))
        faults += [*_sent_already(sent, found), *filter(None, [inviting.too_few(people)])]
        if sure == "yes" and not faults:
            panel.merge(Sending(collection_id=found.id, **_asked(groups, staff, here.today())))
    if faults:
        return _page(request, session, staff, faults, form)
    if sure != "yes":
        return _ask_first(request, staff, found, groups, about(people, of))
    told = f"collection {found.consultation.slug}, {found.name}"
    access.note(session, here.now(), staff.name, "had the panel invited to", told, _chosen(groups))
    return see("/staff/panel?done=asked")


def _ask_first(request: Request, staff: Staff, found: Collection, groups: Groups, people: int | None) -> Page:
    """The page with the button that sends: what cannot be called back is said before."""
    names = _names(request)
    shown = {
        "staff": staff,
        "collection": found,
        "people": people,
        "groups": groups,
        "boroughs": [names[code] for code in groups.boroughs],
    }
    return Page("panel/send.html", shown)


NOTHING_TO_TELL = "Choose what they are told. It may have been told already, or be over."
TOLD_ALREADY = (
    "Everybody whom you chose was told of this already. Choose others, or look below to whom it went."
)
SOMEBODY_ELSE = "Somebody else had this told at this moment, to others. Look below to whom, then press again."


def tell(request: Request, session: Session, form: Form) -> Page | Response:
    """Show a letter about a meeting, or about what changed, and after a yes have it sent: once, to who wants such."""
    staff, store = _keeper(request, session)
    here, sure, key = installation(request), one(form, "sure"), one(form, "letter")
    if sure == "no":
        return _page(request, session, staff, form=form)
    sent = _written(store)
    letter = next((each for each in telling.to_tell(session, here, sent) if each.key == key), None)
    groups, before = _whom(request, form, letter), groups_told(sent, key)
    if sure == "yes" and groups in before:
        return see("/staff/panel?done=told")  # pressed twice, or by two
    if letter is None or any(told.cover(groups) for told in before):
        return _page(request, session, staff, [NOTHING_TO_TELL if letter is None else TOLD_ALREADY], form)
    if sure != "yes" or one(form, "seen") != letter.mark:
        return _read_first(request, staff, store, letter, groups, before, changed=sure == "yes")
    made = News(
        key=next_key(sent, letter.key),
        purpose=letter.purpose,
        about=letter.about,
        told=letter.told,
        until=letter.until,
        **_asked(groups, staff, here.today()),
    )
    if _kept(store, made):
        access.note(session, here.now(), staff.name, "had the panel told of", letter.about, _chosen(groups))
    elif groups not in groups_told(_written(store), key):  # at this moment, by two
        return _page(request, session, staff, [SOMEBODY_ELSE], form)
    return see("/staff/panel?done=told")


def _whom(request: Request, form: Form, letter: telling.Letter | None) -> Groups:
    """The groups that are chosen. What changed is told once, and to everybody who wants to know."""
    if letter is None or letter.purpose is Purpose.CHANGES:
        return Groups()
    return _groups(form, {borough.code for borough in installation(request).place.boroughs} | {*AREAS})


def _read_first(
    request: Request,
    staff: Staff,
    store: Store,
    letter: telling.Letter,
    groups: Groups,
    before: Sequence[Groups],
    *,
    changed: bool,
) -> Page:
    """The letter as it would leave, to be read; changed: since somebody read it and said yes."""
    names, today = _names(request), installation(request).today()
    with store.looking() as panel:
        every = (groups, Groups())
        people = about(*(len(reached(panel, few, today, letter.purpose, before)) for few in every))
    shown = {
        "staff": staff,
        "letter": letter,
        "people": people,
        "groups": groups,
        "boroughs": [names[code] for code in groups.boroughs],
        "what": PURPOSES[letter.purpose],
        "changed": changed,
        "to_all": letter.purpose is Purpose.CHANGES,
    }
    return Page("panel/tell.html", shown, 409 if changed else 200)


def _kept(store: Store, made: News) -> bool:
    """Keep a letter that is to be sent; False where somebody else has asked for the same at this moment."""
    try:
        with store.changing() as panel:
            panel.add(made)
    except IntegrityError:
        return False
    return True


def _names(request: Request) -> dict[str, str]:
    """What the areas are called that members live in, by code."""
    return {one.code: one.name for one in installation(request).place.boroughs} | AREAS


def _pressed_twice(sent: Sending, groups: Groups, staff: Staff) -> bool:
    """Whether invitations that leave just now are those that are asked for again."""
    leaving = sent.progress in (Progress.WAITING, Progress.BEGUN)
    same = (*sent.boroughs,), (*sent.age_bands,), sent.asked_by
    return leaving and same == (groups.boroughs, groups.age_bands, staff.name)


def _sent_already(sent: Sending | None, found: Collection) -> Iterator[str]:
    if sent and sent.progress is not Progress.TOO_FEW:
        yield (
            f"Invitations to “{found.name}” were sent already. They are sent once, so that no later answer can be "
            "told from an earlier one. Open another collection for others."
        )


def _asked(groups: Groups, staff: Staff, today: dt.date) -> dict[str, Any]:
    """To whom something is sent, who asked for it, and when."""
    return {
        "boroughs": [*groups.boroughs],
        "age_bands": [*groups.age_bands],
        "asked_by": staff.name,
        "asked_on": today,
    }


def _chosen(groups: Groups) -> str:
    """The groups, as the audit keeps them."""
    return (
        f"boroughs: {', '.join(groups.boroughs) or 'all'}; age bands: {', '.join(groups.age_bands) or 'all'}"
    )


def _groups(form: Form, areas: set[str]) -> Groups:
    return Groups(
        tuple(code for code in form.get("borough", []) if code in areas),
        tuple(band for band in AGE_BANDS if band in form.get("age_band", [])),
    )


def take_off(request: Request, session: Session, form: Form) -> Page | Response:
    """Delete a member who asked staff for it, by the address that they gave; the audit does not keep which."""
    staff, store = _keeper(request, session)
    address = one(form, "address")
    if not is_address(address):
        return _page(request, session, staff, ["Write the whole e-mail address that they gave you."], form)
    with store.changing() as panel:
        found = panel.exec(select(Member).where(col(Member.mark) == store.seals.mark(address))).first()
        if found is None:
            fault = "Nobody in the panel has this address. Check how it is written."
            return _page(request, session, staff, [fault], form)
        panel.delete(found)
    access.note(session, installation(request).now(), staff.name, "took somebody off", "the panel")
    return see("/staff/panel?done=off")


def open_pulse(request: Request, session: Session, form: Form) -> Page | Response:
    """Open the pulse of this quarter, or, shortly before it begins, of the next."""
    staff, _store = _keeper(request, session)
    here = installation(request)
    quarter = pulse.next_one(session, here.today())
    pressed = one(form, "quarter")
    if pressed and pressed != f"{quarter.year}-{quarter.number}":  # twice: the one on the button is open
        return see("/staff/panel?done=pulse")
    if here.today() < quarter.opened_from:
        told = f"The pulse of quarter {quarter.number} of {quarter.year} opens here from {day(quarter.opened_from)}."
        return _page(request, session, staff, [told])
    made = pulse.open_pulse(session, quarter, here.today(), here.place.key, staff.name)
    access.note(session, here.now(), staff.name, "opened", f"consultation {made.slug}")
    return see("/staff/panel?done=pulse")


def publish_pulse(request: Request, session: Session, form: Form) -> Page | Response:
    """Show everybody what the panel said in a quarter; from then on no answer can be taken out."""
    staff, here = access.open_staff_page(request, session, PUBLISHES), installation(request)
    slug = one(form, "pulse")
    found = session.exec(select(Consultation).where(col(Consultation.slug) == slug).with_for_update()).first()
    if found is None or found not in pulse.waves(session):
        return _page(request, session, staff, ["Choose which pulse to publish."], form)
    faults = list(_not_yet(session, found, request))
    if faults:
        return _page(request, session, staff, faults, form)
    found.results_published_on = here.today()
    access.note(session, here.now(), staff.name, "published", f"consultation {found.slug}")
    return see("/staff/panel?done=published")


def _not_yet(session: Session, found: Consultation, request: Request) -> list[str]:
    """Everything that keeps a pulse from being published."""
    here, faults = installation(request), []
    if found.results_published_on is not None:
        faults.append("It is published already.")
    if found.closes_on >= here.today():
        faults.append("People can still answer it. Publish it when it has closed, so that no number changes.")
    unchecked = help_lines.why_not(session, here.place, here.today())
    return [*faults, unchecked] if unchecked else faults
