"""A wave of two versions of a set, with enough people to hide among and a few who stand alone."""

import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from questions import AGE_BANDS, Answer, on_path
from survey.app import make_app
from survey.db import transaction
from survey.exports import making
from survey.instruments import parsed, publish
from survey.models import (
    Collection,
    ConsentRoute,
    Consultation,
    Design,
    FileRequest,
    Instrument,
    Response,
    Setting,
    Staff,
    new_response_key,
)
from survey.settings import Settings
from tests.survey.conftest import MIDDAY, Clock, House

SLUG = "a-wave"
FILES = f"/staff/consultations/{SLUG}/files"
ASK = {"format": ["csv"], "reason": "To model how worry hangs together with age and place.", "rest": "1"}
BOROUGHS = ("E09000022", "E09000028", "E09000003", "E09000010", "not_in_london")
PEOPLE = 900

FIRST = """
key = "wave"
title = "A wave"
language = "en"

[[page]]
[[page.question]]
key = "worry"
kind = "scale"
prompt = "How worried are you?"
choices = [{ code = "very", label = "Very" }, { code = "little", label = "A little" }, { code = "not", label = "Not" }]
dont_know = true
prefer_not_to_say = true

[[page]]
show_if = "${worry} = 'very'"
[[page.question]]
key = "why"
kind = "text"
prompt = "Why?"

[[page]]
[[page.question]]
key = "helps"
kind = "many"
prompt = "What would help?"
choices = [{ code = "clubs", label = "Clubs" }, { code = "street-lights", label = "Lights" }]
prefer_not_to_say = true

[[page]]
[[page.question]]
key = "years"
kind = "number"
prompt = "How many years have you lived here?"
low = 0
high = 25
dont_know = true

[[page]]
[[page.question]]
key = "change"
kind = "number"
prompt = "How much better is it, below 0 if worse?"
low = -10
high = 10
decimals = true
prefer_not_to_say = true

[[page]]
[[page.question]]
key = "borough"
kind = "one"
prompt = "Where do you live?"
choices = [
  { code = "E09000022", label = "Lambeth" }, { code = "E09000028", label = "Southwark" },
  { code = "E09000003", label = "Barnet" }, { code = "E09000010", label = "Enfield" },
  { code = "not_in_london", label = "Not in London" },
]
[[page]]
[[page.question]]
key = "age_band"
kind = "one"
prompt = "How old are you?"
choices = [
  { code = "10-11", label = "10 or 11" }, { code = "12-13", label = "12 or 13" },
  { code = "14-15", label = "14 or 15" }, { code = "16-17", label = "16 or 17" },
  { code = "18-20", label = "18 to 20" }, { code = "21-25", label = "21 to 25" },
]
[[page]]
[[page.question]]
key = "gender"
kind = "one"
prompt = "What is your gender?"
choices = [
  { code = "female", label = "Girl" }, { code = "male", label = "Boy" }, { code = "another", label = "Another word" },
]
prefer_not_to_say = true
"""

SECOND = (
    FIRST.replace(
        '{ code = "street-lights", label = "Lights" }',
        '{ code = "street-lights", label = "Street lights" }, { code = "jobs", label = "Jobs" }',
    )
    + """
[[page]]
[[page.question]]
key = "ethnicity"
kind = "one"
prompt = "What is your ethnic group?"
choices = [
  { code = "asian", label = "Asian" }, { code = "black", label = "Black" }, { code = "white", label = "White" },
  { code = "other", label = "Other" },
]
prefer_not_to_say = true
"""
)


def fill(engine: Engine, people: int = PEOPLE, place: str | None = None) -> None:
    """The wave: half of it answered each version, in four settings, with every kind of gap."""
    draw = random.Random(5)
    with transaction(engine) as session:
        versions = [publish(session, source, MIDDAY.date()) for source in (FIRST, SECOND)]
        collection = _collection(versions[1].id or 0)
        session.add(_consultation(collection, place))
        session.flush()
        settings = [one.id for one in collection.settings]
        rows = [_response(draw, collection, versions, settings, at) for at in range(people)]
        session.execute(insert(Response), rows)


def _consultation(collection: Collection, place: str | None) -> Consultation:
    day = MIDDAY.date()
    return Consultation(
        slug=SLUG,
        title="A wave",
        summary="We ask.",
        decides="We decide.",
        outcome="We say.",
        opens_on=day - dt.timedelta(days=30),
        closes_on=day + dt.timedelta(days=1),
        outcome_on=day + dt.timedelta(days=60),
        headline="worry",
        headline_level=["very", "little"],
        place=place,
        collections=[collection],
    )


def _collection(instrument: int) -> Collection:
    boroughs = ("E09000022", "E09000022", "E09000003", "E09000003", "E09000010")
    settings = [
        Setting(collection_id=0, code=f"AAAAA{at}", name=f"School {at}", borough=borough)
        for at, borough in enumerate(boroughs)
    ]
    return Collection(
        consultation_id=0, instrument_id=instrument, name="Schools", design=Design.GATEKEPT, settings=settings
    )


def _response(
    draw: random.Random, collection: Collection, versions: list[Instrument], settings: list[Any], at: int
) -> dict[str, Any]:
    version = versions[at % 2]
    given: dict[str, Answer] = {
        "worry": draw.choice(["very", "little", "not", "dont_know", "prefer_not_to_say", None]),
        "why": draw.choice([None, 'because; of, "this"']),
        "helps": draw.choice([None, ["clubs"], ["clubs", "street-lights"], ["prefer_not_to_say"]]),
        "years": draw.choice([None, 0, 3, 25, "dont_know"]),
        "change": draw.choice([None, -10, 0.5, 10, "prefer_not_to_say"]),
        "borough": draw.choice([*BOROUGHS, None]),
        "age_band": draw.choice(AGE_BANDS),
        "gender": draw.choices(["female", "male", "another", "prefer_not_to_say", None], [48, 46, 2, 2, 2])[
            0
        ],
    }
    if at % 2:
        given["ethnicity"] = draw.choice(["asian", "black", "white", "other", "prefer_not_to_say", None])
        given["helps"] = draw.choice([given["helps"], ["jobs", "clubs"]])
    answers = on_path(parsed(version), given)
    return {
        "key": new_response_key(),
        "collection_id": collection.id,
        "instrument_id": version.id,
        "setting_id": settings[draw.randrange(4)] if draw.random() < 0.9 else settings[4],
        "route": ConsentRoute.SETTING if given["age_band"] in AGE_BANDS[:3] else ConsentRoute.OWN,
        "answers": answers,
        "concealed": [],
        "turns": {},
        "started_on": MIDDAY.date(),
        "submitted_on": MIDDAY.date() if at % 50 else None,
        **{name: answers.get(name) for name in ("borough", "age_band", "gender")},
    }


@dataclass
class Office:
    """The wave's installation, and a folder in which its files lie."""

    house: House
    files: Path

    @property
    def app(self) -> Starlette:
        return self.house.app

    def ask(self, who: str = "Ada, analyst", **form: Any) -> int:
        """Ask for rows as somebody; the number of the request."""
        sent = self.house.as_(who).post(FILES, data={**ASK, **form})
        assert sent.status_code == 303, sent.text
        return int(sent.headers["location"].rpartition("/")[2])

    def let_go(self, number: int, who: str = "Amara, administrator") -> None:
        """Let a file go as somebody."""
        form = {"say": "let go", "sentence": "The model needs rows."}
        assert self.house.as_(who).post(f"/staff/files/{number}/decision", data=form).status_code == 303

    def make(self) -> int:
        """Make what waits; how many were made."""
        return making.make_all(self.house.engine, self.files, self.house.clock)

    def made(self, **form: Any) -> Path:
        """Ask, let go and make; the folder of it."""
        number = self.ask(**form)
        self.let_go(number)
        assert self.make() == 1
        assert self.request(number).fault is None, self.request(number).fault
        return self.files / f"request-{number}"

    def request(self, number: int) -> FileRequest:
        """What is stored of a request."""
        with transaction(self.house.engine) as session:
            found = session.get_one(FileRequest, number)
            session.expunge_all()
        return found

    def submitted(self) -> list[Response]:
        """The responses that were sent in, in the order of their keys."""
        sent = [one for one in self.house.responses() if one.submitted_on]
        return sorted(sent, key=lambda one: one.key)


def office(engine: Engine, database_url: str, folder: Path, *, four_eyes: bool = True) -> Office:
    """An installation over the wave."""
    clock = Clock()
    settings = Settings(database_url=database_url, files=str(folder / "files"), four_eyes=four_eyes)
    app = make_app(settings, engine, clock)
    return Office(House(app, TestClient(app, follow_redirects=False), engine, clock), folder / "files")


def collection_of(session: Session) -> Collection:
    """The wave's collection."""
    return session.exec(select(Collection)).one()


def somebody(session: Session, name: str) -> Staff:
    """A member of staff."""
    found = Staff(name=name, roles=["analyst"])
    session.add(found)
    session.flush()
    return found
