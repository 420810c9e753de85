"""What is open to answer: collections with their instruments, kept parsed in memory."""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlmodel import Session, select

from questions import QuestionSet, Text
from survey import leads, waiting
from survey.access import hashed
from survey.db import reading
from survey.instruments import parsed
from survey.models import (
    Collection,
    ConsentRoute,
    Devices,
    Instrument,
    OldCode,
    PanelTicket,
    Permission,
    Room,
    Setting,
)
from survey.models.kinds import ON_PAPER
from survey.staffed import Limits

SECONDS_KEPT = 5.0


@dataclass(frozen=True, slots=True)
class Opening:
    """What the answering pages need to know of a collection and its consultation; its days are the collection's.

    words_until: when it stops asking for people's own words, as nobody has read what waits; None while nothing waits.
    contact: somebody is named who reads what is asked of them apart from the answers.
    on_paper: it is answered on forms of paper, or counted in sessions, and not on phones.
    """

    collection_id: int
    instrument_id: int
    slug: str
    title: str
    summary: str
    decides: str
    outcome: str
    opens_on: dt.date
    closes_on: dt.date
    outcome_on: dt.date
    synthetic: bool
    design: str
    routes: tuple[str, ...] = (*ConsentRoute,)
    results_published_on: dt.date | None = None
    planning: bool = False
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words_until: dt.datetime | None = None
    contact: bool = False
    on_paper: bool = False

    @property
    def called(self) -> Text:
        """Its title, in the languages that staff have written it in."""
        written = [(code, words["title"]) for code, words in self.translations.items() if "title" in words]
        return Text(self.title, tuple(written))

    def open_on(self, day: dt.date) -> bool:
        """Whether answers are taken on a day."""
        return not self.planning and self.opens_on <= day <= self.closes_on

    def asks_for_words(self, now: dt.datetime) -> bool:
        """Whether people are asked for their own words at a moment."""
        return self.words_until is None or now < self.words_until


@dataclass(frozen=True, slots=True)
class Door:
    """A setting's code and what it opens; `permission` allows people under 16 to take part, where there is one.

    `ticket` is the secret of a one-time link, where that is what somebody came by: then there is no setting, and
    `code` is the hash of it.
    """

    setting_id: int | None
    code: str
    name: str
    retired_on: dt.date | None
    opening: Opening
    devices: Devices = Devices.OWN
    permission: Permission | None = None
    ticket: str = ""

    @property
    def shared(self) -> bool:
        """Whether people come in here one after another, on the same device."""
        return self.devices is not Devices.OWN

    @property
    def way(self) -> str:
        """The address of its start page."""
        return f"/p/{self.ticket}" if self.ticket else f"/s/{self.code}"

    def admits(self, route: ConsentRoute) -> bool:
        """Whether somebody may take part here by a route."""
        allowed = route is ConsentRoute.OWN or self.permission is not None
        return allowed and route in self.opening.routes


class Openings:
    """Reads openings when they are asked for, and remembers them for a few seconds.

    Instruments are remembered for ever: they never change. limits and zone: how long what people write may wait.
    """

    def __init__(self, engine: Engine, limits: Limits | None = None, zone: dt.tzinfo = dt.UTC) -> None:
        self._engine = reading(engine)
        self._limits, self._zone = limits or Limits(), zone
        self._question_sets: dict[int, QuestionSet] = {}
        self._openings: dict[int, tuple[float, Opening]] = {}
        self._doors: dict[str, tuple[float, Door]] = {}
        self._codes: dict[int, tuple[float, str]] = {}

    def question_set(self, instrument_id: int) -> QuestionSet:
        """The questions of an instrument."""
        if instrument_id not in self._question_sets:
            with Session(self._engine) as session:
                self._question_sets[instrument_id] = parsed(session.get_one(Instrument, instrument_id))
        return self._question_sets[instrument_id]

    def known(self, instrument_id: int) -> QuestionSet | None:
        """The questions of an instrument, if there is one with this number."""
        with Session(self._engine) as session:
            found = self._question_sets.get(instrument_id) or session.get(Instrument, instrument_id)
        return self.question_set(instrument_id) if found else None

    def of_collection(self, collection_id: int) -> Opening:
        """The opening of a collection that exists."""
        kept = self._openings.get(collection_id)
        if kept is None or kept[0] < time.monotonic():
            with Session(self._engine) as session:
                opening = self._opening(session, session.get_one(Collection, collection_id))
            kept = self._openings[collection_id] = (time.monotonic() + SECONDS_KEPT, opening)
        return kept[1]

    def of_code(self, code: str) -> Door | None:
        """The door that a setting's code opens; None where there is no such code."""
        kept = self._doors.get(code)
        if kept is None or kept[0] < time.monotonic():
            door = self._find(code)
            if door is None:
                return None
            kept = self._doors[code] = (time.monotonic() + SECONDS_KEPT, door)
        return kept[1]

    def is_room(self, code: str) -> bool:
        """Whether a code is that of a room: people type any code where they see a box for one."""
        with Session(self._engine) as session:
            return session.exec(select(Room.id).where(Room.code == code)).first() is not None

    def of_ticket(self, ticket: str) -> Door | None:
        """The door that a one-time link opens; None where it was used, or is none of ours. It is never remembered."""
        token_hash = hashed(ticket)
        with Session(self._engine) as session:
            found = session.get(PanelTicket, token_hash)
            collection_id = found.collection_id if found else None
        if collection_id is None:
            return None
        return Door(None, token_hash, "", None, self.of_collection(collection_id), ticket=ticket)

    def forget(self) -> None:
        """Read openings and codes anew from now on."""
        self._openings.clear()
        self._doors.clear()
        self._codes.clear()

    def of_setting(self, setting_id: int | None) -> Door | None:
        """The door that a response came in by, with the code that it has now; None for one that came as a file."""
        if setting_id is None:
            return None
        kept = self._codes.get(setting_id)
        if kept is None or kept[0] < time.monotonic():
            with Session(self._engine) as session:
                code = session.get_one(Setting, setting_id).code
            kept = self._codes[setting_id] = (time.monotonic() + SECONDS_KEPT, code)
        return self.of_code(kept[1])

    def _find(self, code: str) -> Door | None:
        """The door of a code; one that a setting had before it got another is retired for good."""
        with Session(self._engine) as session:
            setting = session.exec(select(Setting).where(Setting.code == code)).first()
            old = session.get(OldCode, code) if setting is None else None
            setting = session.get_one(Setting, old.setting_id) if old else setting
            if setting is None or setting.id is None:
                return None
            return Door(
                setting.id,
                code,
                setting.name,
                old.retired_on if old else setting.retired_on,
                self._opening(session, setting.collection),
                setting.devices,
                setting.permission,
            )

    def _opening(self, session: Session, collection: Collection) -> Opening:
        words_until = waiting.until(session, collection.consultation_id, self._limits, self._zone)
        return _opening(
            collection, words_until, contact=leads.named(session, collection.consultation_id) is not None
        )


def _opening(collection: Collection, words_until: dt.datetime | None, *, contact: bool) -> Opening:
    consultation = collection.consultation
    assert collection.id is not None
    return Opening(
        collection_id=collection.id,
        instrument_id=collection.instrument_id,
        slug=consultation.slug,
        title=consultation.title,
        summary=consultation.summary,
        decides=consultation.decides,
        outcome=consultation.outcome,
        opens_on=collection.first_day,
        closes_on=collection.last_day,
        outcome_on=consultation.outcome_on,
        synthetic=consultation.synthetic,
        design=collection.design,
        routes=tuple(collection.routes),
        results_published_on=consultation.results_published_on,
        planning=consultation.planning,
        translations=consultation.translations,
        words_until=words_until,
        contact=contact,
        on_paper=collection.kind in ON_PAPER,
    )
