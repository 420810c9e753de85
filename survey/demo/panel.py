"""A made-up panel, and two quarters of its pulse: nobody is in it, and nobody gave these answers."""

import base64
import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session, select

from survey.models import ConsentRoute, Consultation, Response
from survey.panel import pulse
from survey.panel.joining import a_year_on
from survey.panel.store import Store
from survey.panel.tables import AGE_BANDS, ELSEWHERE, NOT_SAID, Consent, Member, Purpose
from survey.places import Place

MEMBERS, WAITING, SEED = 150, 4, 20261122
LIVE_IN = 6  # boroughs that most of them live in
# How many answered in each quarter, and the share of each choice
ANSWERED = (121, 118)
SHARES: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "worry_knife_crime": (
        {"very": 0.3, "fairly": 0.36, "not_very": 0.22, "not_at_all": 0.12},
        {"very": 0.25, "fairly": 0.35, "not_very": 0.26, "not_at_all": 0.14},
    ),
    "safe_dark": (
        {"very_safe": 0.12, "fairly_safe": 0.33, "fairly_unsafe": 0.35, "very_unsafe": 0.2},
        {"very_safe": 0.14, "fairly_safe": 0.36, "fairly_unsafe": 0.32, "very_unsafe": 0.18},
    ),
    "heard_of_change": ({"yes": 0.31, "no": 0.69}, {"yes": 0.4, "no": 0.6}),
}


def fill_pulses(session: Session, place: Place, today: dt.date) -> None:
    """The pulses of the two quarters before this one, closed and published."""
    random = np.random.default_rng(SEED)
    for at, quarter in enumerate(_two_before(today)):
        made = pulse.open_pulse(session, quarter, quarter.first, place.key)
        made.synthetic, made.source = True, "Made-up responses, drawn by a computer. Nobody gave them."
        made.results_published_on = quarter.last + dt.timedelta(days=5)
        session.execute(insert(Response), [*_responses(made, at, random)])


def _two_before(today: dt.date) -> list[pulse.Quarter]:
    last = pulse.quarter_of(pulse.quarter_of(today).first - dt.timedelta(days=1))
    return [pulse.quarter_of(last.first - dt.timedelta(days=1)), last]


def _responses(made: Consultation, at: int, random: np.random.Generator) -> Iterator[dict[str, Any]]:
    (collection,) = made.collections
    for _person in range(ANSWERED[at]):
        shares = {key: by_quarter[at] for key, by_quarter in SHARES.items()}
        answers = {
            key: str(random.choice([*share], p=[*share.values()]))
            for key, share in shares.items()
            if key == "worry_knife_crime" or random.random() > 0.03
        }
        day = made.opens_on + dt.timedelta(days=int(random.integers(1, 28)))
        yield {
            "key": base64.urlsafe_b64encode(random.bytes(16)).decode().rstrip("="),
            "collection_id": collection.id,
            "instrument_id": collection.instrument_id,
            "route": ConsentRoute.OWN.value,
            "answers": answers,
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
        }


def fill_panel(store: Store, place: Place, today: dt.date) -> None:
    """Members who are nobody, in a panel that has none yet; all their addresses are at example.org."""
    random = np.random.default_rng(SEED)
    with store.changing() as panel:
        if panel.exec(select(Member).limit(1)).first():
            return
        for number in range(MEMBERS + WAITING):
            panel.add(_member(store, number, place, random, today))
        panel.flush()
        for member in panel.exec(select(Member)).all():
            panel.add_all(_consents(member, random, today))
    store.settle()


def _member(store: Store, number: int, place: Place, random: np.random.Generator, today: dt.date) -> Member:
    address = f"made-up-{number:03}@example.org"
    waits = number >= MEMBERS
    yes = today.replace(day=1) - dt.timedelta(days=30 * int(random.integers(0, 8)))
    return Member(
        id=base64.urlsafe_b64encode(random.bytes(16)).decode().rstrip("="),
        contact=store.seals.sealed(address),
        mark=store.seals.mark(address),
        age_band=str(random.choice(AGE_BANDS, p=(0.45, 0.35, 0.2))),
        borough=_lives_in(place, random),
        waits_until=today + dt.timedelta(days=4) if waits else None,
        expires_on=a_year_on(yes),
    )


def _lives_in(place: Place, random: np.random.Generator) -> str:
    if random.random() < 0.1:
        return str(random.choice([ELSEWHERE, NOT_SAID]))
    some = place.boroughs[:: len(place.boroughs) // LIVE_IN] if random.random() < 0.85 else place.boroughs
    return some[int(random.integers(len(some)))].code


def _consents(member: Member, random: np.random.Generator, today: dt.date) -> list[Consent]:
    chances = {Purpose.SURVEYS: 0.95, Purpose.MEETINGS: 0.4, Purpose.CHANGES: 0.7}
    month = min(member.expires_on.replace(year=member.expires_on.year - 1, day=1), today.replace(day=1))
    return [
        Consent(member_id=member.id, purpose=purpose, given_in=month)
        for purpose, chance in chances.items()
        if random.random() < chance
    ]
