"""The terms of a collection as they were typed: every fault at once, and what cannot be changed any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from survey.fieldwork.claims import CLAIMS, WAYS, designs_of
from survey.fieldwork.setting import wrong_permission
from survey.models import Audience, Collection, ConsentRoute, Design, Instrument, Kind, Permission
from survey.places import Place
from survey.places.names import UnknownBorough, borough_named
from survey.web import Form, one
from survey.wording import day as in_words
from survey.wording import read_day

LONGEST = 120  # characters of a name, and of a host
ROUTES = (*ConsentRoute,)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of a collection; see `survey.models.Collection`. `instrument` is the number of a version."""

    kind: Kind | None
    design: Design
    name: str
    instrument: int | None
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    host: str = ""
    borough: str | None = None
    permission: Permission | None = None
    permission_note: str = ""
    routes: tuple[ConsentRoute, ...] = ROUTES
    audience: Audience = Audience.YOUNG


@dataclass(frozen=True, slots=True)
class Limits:
    """What terms are held against: the consultation's days, what can be asked, the names of its other collections.

    held: the terms as they are, once somebody has begun to answer: its design and its questions stay.
    """

    opens_on: dt.date
    closes_on: dt.date
    instruments: frozenset[int]
    others: frozenset[str]
    place: Place
    held: Terms | None = None


def of(found: Collection) -> Terms:
    """The terms of a collection as they stand."""
    return Terms(
        found.kind,
        found.design,
        found.name,
        found.instrument_id,
        found.opens_on,
        found.closes_on,
        found.host or "",
        found.borough,
        found.permission,
        found.permission_note or "",
        tuple(ConsentRoute(route) for route in found.routes),
        found.audience,
    )


def keep(found: Collection, terms: Terms) -> None:
    """Write terms into a collection."""
    assert terms.instrument is not None
    found.kind, found.design, found.name = terms.kind, terms.design, terms.name
    found.instrument_id = terms.instrument
    found.opens_on, found.closes_on = terms.opens_on, terms.closes_on
    found.host, found.borough = terms.host or None, terms.borough
    found.permission = terms.permission
    found.permission_note = terms.permission_note if terms.permission else None
    found.routes = [*terms.routes]
    found.audience = terms.audience


def said(found: Collection, asks: Instrument) -> str:
    """What stands in the audit of a collection that asks a version of a set."""
    return "; ".join(
        (
            f"kind: {found.kind or 'not said'}",
            f"design: {found.design}",
            f"asks {asks.key}, version {asks.version}",
            f"from {found.opens_on or 'the consultation’s first day'} to {found.closes_on or 'its last'}",
            f"host: {found.host or 'none'}",
            f"borough: {found.borough or 'none'}",
            f"new settings: {found.permission or 'no permission'} ({found.permission_note or 'nothing'})",
            f"routes: {', '.join(found.routes)}",
            f"asks {found.audience}",
        )
    )


def typed(terms: Terms) -> Form:
    """Terms as the fields of a form."""
    fields = {
        "kind": terms.kind or "",
        "design": terms.design,
        "name": terms.name,
        "instrument": str(terms.instrument or ""),
        "opens_on": str(terms.opens_on or ""),
        "closes_on": str(terms.closes_on or ""),
        "host": terms.host,
        "borough": terms.borough or "",
        "permission": terms.permission or "",
        "permission_note": terms.permission_note,
        "audience": terms.audience,
    }
    return {**{name: [told] for name, told in fields.items()}, "route": [*terms.routes]}


def read(form: Form, limits: Limits) -> tuple[Terms, list[str]]:
    """The terms in a form, as far as they can be read, and everything that is wrong with them."""
    kind, design = _kind(form), _design(form, limits)
    faults = [*_wrong_way(kind, design, form, limits), *_wrong_words(form, limits)]
    first, last, wrong_days = _days(form, limits)
    instrument = _instrument(form, limits)
    if instrument not in limits.instruments:
        faults.append("Choose which question set it asks. Only one that is published can be asked.")
    borough, wrong_borough = _borough(form, limits.place)
    permission, note = one(form, "permission"), one(form, "permission_note")
    wrong = wrong_permission("permission" in form, permission, note)
    routes = tuple(route for route in ConsentRoute if route in form.get("route", []))
    if not routes:
        wrong.append("Nobody could take part: tick at least one of the two, 16 and over or under 16.")
    terms = Terms(
        kind,
        design or limits.held.design if limits.held else design or Design.OPEN,
        one(form, "name"),
        instrument,
        first,
        last,
        one(form, "host"),
        borough,
        Permission(permission) if permission in [*Permission] else None,
        note,
        routes,
        _audience(form),
    )
    return terms, [*faults, *wrong_days, *wrong_borough, *wrong]


def _kind(form: Form) -> Kind | None:
    told = one(form, "kind")
    return Kind(told) if told in [*Kind] else None


def _design(form: Form, limits: Limits) -> Design | None:
    told = one(form, "design")
    if not told and limits.held:
        return limits.held.design
    return Design(told) if told in [*Design] else None


def _audience(form: Form) -> Audience:
    told = one(form, "audience")
    return Audience(told) if told in [*Audience] else Audience.YOUNG


def _instrument(form: Form, limits: Limits) -> int | None:
    told = one(form, "instrument")
    if not told and limits.held:
        return limits.held.instrument
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else None


def _wrong_way(kind: Kind | None, design: Design | None, form: Form, limits: Limits) -> Iterator[str]:
    if kind is None and (limits.held is None or limits.held.kind is not None):
        yield "Choose by what way it gathers responses."
    if design is None:
        yield "Choose its design: it decides what may be said of the answers."
        return
    if design not in designs_of(kind):
        assert kind is not None
        may = " or ".join(CLAIMS[each].name.lower() for each in WAYS[kind].designs)
        told = CLAIMS[design].name.lower()
        yield f"{WAYS[kind].name} cannot have the design “{told}”. Choose {may}, or another way to gather responses."
    held = limits.held
    if held and design != held.design:
        yield "Somebody has begun to answer, so the design stays. Open another collection for another design."
    if held and _instrument(form, limits) != held.instrument:
        yield (
            "Somebody has begun to answer, so its questions stay. A new version of the same set is taken when it is "
            "published; for another set, open another collection."
        )


def _wrong_words(form: Form, limits: Limits) -> Iterator[str]:
    name = one(form, "name")
    if not name:
        yield "Give it a name, such as “Schools in Lambeth”."
    if name.casefold() in limits.others:
        yield f"There is a collection called “{name}” in this consultation. Give this one another name."
    for field, what in (("name", "The name"), ("host", "The host")):
        if len(one(form, field)) > LONGEST:
            yield f"{what} has {len(one(form, field))} characters. There is room for {LONGEST}."
        elif not one(form, field).isprintable():
            yield f"{what} has a character that cannot be seen. Write it again."


def _days(form: Form, limits: Limits) -> tuple[dt.date | None, dt.date | None, list[str]]:
    found, faults = {}, []
    for field, what in (("opens_on", "first"), ("closes_on", "last")):
        told = one(form, field)
        found[field] = read_day(told) if told else None
        if told and found[field] is None:
            faults.append(f"“{told}” is no day. Write the {what} day like 2026-11-03 or 3/11/2026.")
    first, last = found["opens_on"], found["closes_on"]
    if first and last and last < first:
        faults.append(f"It would close on {in_words(last)}, before it opens on {in_words(first)}.")
    faults += [
        f"{in_words(each)} is outside the consultation, which is open from {in_words(limits.opens_on)} "
        f"to {in_words(limits.closes_on)}. Choose a day between, or leave it empty."
        for each in (first, last)
        if each and not limits.opens_on <= each <= limits.closes_on
    ]
    return first, last, faults


def _borough(form: Form, place: Place) -> tuple[str | None, list[str]]:
    told = one(form, "borough")
    try:
        return (borough_named(told, place).code if told else None), []
    except UnknownBorough as unknown:
        return None, [str(unknown)]
