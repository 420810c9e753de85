"""The plan of a consultation as it was typed: every fault at once, and what cannot be changed any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from survey import stages
from survey.models import Consultation
from survey.places import Place
from survey.web import Form, one
from survey.wording import day as in_words
from survey.wording import key_of, read_day

TEXTS = {
    "title": ("The title", 120),
    "summary": ("What it asks about", 400),
    "deciding": ("What is being decided", 600),
    "settled": ("What is decided already", 600),
    "background": ("The background", 3000),
    "decided_by": ("Who decides", 120),
    "decides": ("Who reads the answers", 400),
    "outcome": ("What happens with the answers", 400),
}
DAYS = {
    "opens_on": "the first day",
    "closes_on": "the last day",
    "decided_on": "the day of the decision",
    "outcome_on": "the day of your reply",
}
LISTS = {"owners": "who asks", "organisations": "the organisations that take part"}
MOST_LISTED, LONGEST_LISTED = 20, 120
LONGEST_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What staff say of a consultation: texts, days, lists of names and topics, by the names of its columns."""

    texts: Mapping[str, str]
    days: Mapping[str, dt.date | None]
    lists: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan is held against: the day, the place's topics, addresses that are taken, and what is announced."""

    today: dt.date
    place: Place
    taken: frozenset[str]
    held: Consultation | None = None


def typed(found: Consultation) -> Form:
    """A consultation as the fields of its form."""
    form = {name: [getattr(found, name)] for name in TEXTS}
    form |= {name: [str(getattr(found, name) or "")] for name in DAYS}
    form |= {name: ["\n".join(getattr(found, name))] for name in LISTS}
    return form | {"topics": list(found.topics)}


def begun(plan: Plan, slug: str, place: str) -> Consultation:
    """A consultation that is planned, and that nobody sees yet."""
    opens, closes, outcome = (plan.days[name] for name in ("opens_on", "closes_on", "outcome_on"))
    assert opens is not None
    assert closes is not None
    assert outcome is not None
    made = Consultation(
        slug=slug,
        title="",
        summary="",
        decides="",
        outcome="",
        opens_on=opens,
        closes_on=closes,
        outcome_on=outcome,
        planning=True,
        place=place,
    )
    keep(made, plan)
    return made


def keep(found: Consultation, plan: Plan) -> None:
    """Write a plan into a consultation."""
    for name, told in {**plan.texts, **plan.days, **plan.lists}.items():
        setattr(found, name, told)


def read(form: Form, limits: Limits) -> tuple[Plan, list[str]]:
    """The plan in a form, as far as it can be read, and everything that is wrong with it."""
    texts = {name: _text(form, name) for name in TEXTS}
    days, faults = _days(form)
    if days["closes_on"] and days["outcome_on"] is None and not one(form, "outcome_on"):
        days["outcome_on"] = min(days["closes_on"], dt.date.max - stages.REPLY_WITHIN) + stages.REPLY_WITHIN
    lists = {name: _listed(form, name) for name in LISTS}
    topics = [key for key in limits.place.topics if key in form.get("topics", [])]
    wrong = [*_wrong_words(texts, limits), *faults, *_wrong_days(days, limits), *_wrong_lists(lists)]
    return Plan(texts, days, lists | {"topics": topics}), wrong


def address(title: str, taken: frozenset[str]) -> str:
    """The part of an address that a title gives, other than all that are taken.

    >>> address("Safer streets", frozenset()), address("Safer streets", frozenset({"safer-streets"}))
    ('safer-streets', 'safer-streets-2')
    """
    wanted = key_of(title)[:LONGEST_ADDRESS].strip("-") or "consultation"
    free = (name for name in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if name not in taken)
    return next(free)


def _text(form: Form, name: str) -> str:
    """What was written in a box: paragraphs stay, other spaces are one."""
    told = next(iter(form.get(name, [])), "")
    paragraphs = (" ".join(part.split()) for part in told.replace("\r", "").split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part)


def _listed(form: Form, name: str) -> list[str]:
    """One name a line."""
    lines = next(iter(form.get(name, [])), "").splitlines()
    return list(dict.fromkeys(told for line in lines if (told := " ".join(line.split()))))


def _days(form: Form) -> tuple[dict[str, dt.date | None], list[str]]:
    days, faults = {}, []
    for name, what in DAYS.items():
        told = one(form, name)
        days[name] = read_day(told) if told else None
        if told and days[name] is None:
            faults.append(f"“{told}” is no day. Write {what} like 2026-11-03 or 3/11/2026.")
    return days, faults


def _wrong_words(texts: Mapping[str, str], limits: Limits) -> Iterator[str]:
    if not texts["title"]:
        yield "Give it a title, such as “Safer streets”."
    for name, told in texts.items():
        what, most = TEXTS[name]
        if len(told) > most:
            yield f"{what} has {len(told)} characters. There is room for {most}."
        if limits.held and not limits.held.planning and getattr(limits.held, name) and not told:
            yield f"{what} cannot be left empty: the consultation is announced, and people read it."


def _wrong_days(days: Mapping[str, dt.date | None], limits: Limits) -> Iterator[str]:
    first, last, reply = days["opens_on"], days["closes_on"], days["outcome_on"]
    if not first:
        yield "Say on which day it opens."
    if not last:
        yield "Say on which day it closes."
    if first and last and last < first:
        yield f"It would close on {in_words(last)}, before it opens on {in_words(first)}."
    if last and reply and reply <= last:
        yield f"The reply on {in_words(reply)} would come before the last answer. Choose a day after {in_words(last)}."
    held = limits.held
    if held is None or held.planning or not first or not last:
        return
    if held.opens_on <= limits.today and first != held.opens_on:
        yield f"It has been open since {in_words(held.opens_on)}, so its first day stays."
    if last != held.closes_on and last < limits.today:
        yield f"{in_words(last)} is over. To close it now, choose today as its last day."
    if held.closes_on < limits.today and last != held.closes_on:
        yield f"It closed on {in_words(held.closes_on)}, and people have read that. Ask again in a new consultation."


def _wrong_lists(lists: Mapping[str, list[str]]) -> Iterator[str]:
    for listed, told in lists.items():
        if len(told) > MOST_LISTED:
            yield f"You named {len(told)} for {LISTS[listed]}. There is room for {MOST_LISTED}."
        for long in (name for name in told if len(name) > LONGEST_LISTED):
            yield f"“{long[:30]}…” has {len(long)} characters. There is room for {LONGEST_LISTED} a name."
