"""The demonstration's London wave: 12,000 answers that nobody gave, drawn from a known truth."""

import base64
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session

from questions import AGE_BANDS, Answer, Question, QuestionSet, check, on_path, shipped_source
from survey.demo.truth import worried
from survey.instruments import parsed, publish
from survey.models import (
    Collection,
    ConsentRoute,
    Consultation,
    Design,
    Devices,
    Kind,
    Permission,
    Response,
    Setting,
)
from survey.places import Borough, Place

SLUG = "youth-survey-2026"
PEOPLE = 12_000
DEMO_CODE = "THAMES"
DOORS = {
    DEMO_CODE: ("Demonstration: answer here", Devices.OWN),
    "SHARED": ("Demonstration: a class that shares devices", Devices.SHARED),
    "TABLET": ("Demonstration: a tablet on a stall", Devices.KIOSK),
}
SEED = 20261120
QUICK_SEED = 20261121
VERY_FAST = 0.02
SCHOOL_NAMES = (
    "Riverside",
    "Millfield",
    "Oak Hill",
    "Park View",
    "Kingsway",
    "Northgate",
    "Elm Green",
    "Fairlight",
)
OTHER_CODES = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LIVES_HERE, LIVES_NEAR, LIVES_OUTSIDE = 0.86, 0.12, 0.015
UNDER_16 = AGE_BANDS[:3]
AGE_OF_PUPILS = (0.09, 0.22, 0.31, 0.22, 0.10, 0.06)
GENDERS = ("female", "male", "another", "prefer_not_to_say")
GENDER_OF_PUPILS = (0.54, 0.42, 0.015, 0.025)
SCHOOL_SPREAD = 0.05
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who never was: where they live, how old they are, and how their school leans."""

    borough: str
    age_band: str
    gender: str
    school_leans: float


def fill_london(session: Session, place: Place, today: dt.date, people: int = PEOPLE) -> Consultation:
    """Open the made-up wave and fill it."""
    random = np.random.default_rng(SEED)
    instrument = publish(session, shipped_source("youth_survey"), today)
    assert instrument.id is not None
    consultation = _consultation(place, today)
    collection = Collection(
        consultation_id=0,
        instrument_id=instrument.id,
        name="Schools, colleges and youth clubs",
        kind=Kind.SCHOOLS,
        design=Design.GATEKEPT,
    )
    collection.settings = [*schools(place, random), *_doors(place)]
    consultation.collections = [collection]
    session.add(consultation)
    session.flush()
    question_set = parsed(instrument)
    rows = list(responses(collection, question_set, place, random, today, people))
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Response), rows[start : start + CHUNK])
    return consultation


TRANSLATIONS = {
    "ar": {
        "title": "استبيان الشباب 2026",
        "summary": "نريد أن نعرف كم يشعر الشباب بالأمان في لندن، وما الذي يمكن أن يساعد.",
        "decides": "من يخططون للحد من جرائم السكاكين يقرؤون الإجابات مجموعة معًا، ويقررون على أساسها ما يجب فعله.",
        "outcome": "نجمع كل الإجابات معًا ونقول ما سمعناه، لكل جزء من المدينة.",
    },
    "bn": {
        "title": "তরুণদের জরিপ 2026",
        "summary": "লন্ডনে কম বয়সীরা কতটা নিরাপদ বোধ করে, আর কী করলে ভালো হবে, আমরা তা জানতে চাই।",
        "decides": "যাঁরা ছুরি নিয়ে অপরাধ থামানোর পরিকল্পনা করেন, তাঁরা সব উত্তর একসঙ্গে যোগ করা অবস্থায় পড়েন। "
        "তা দেখে তাঁরা ঠিক করেন কী করা হবে।",
        "outcome": "আমরা সব উত্তর যোগ করি, আর শহরের প্রতিটি অংশ সম্পর্কে কী শুনলাম তা জানাই।",
    },
    "en-x-easy": {
        "title": "Youth Survey 2026",
        "summary": "We want to know how safe young people feel in London. We also want to know what would help.",
        "decides": "Some people plan how to stop knife crime. They read all the answers together. "
        "Then they decide what to do.",
        "outcome": "We add up all the answers. Then we say what we heard, for each part of the city.",
    },
}


def _consultation(place: Place, today: dt.date) -> Consultation:
    closes = today + dt.timedelta(days=42)
    return Consultation(
        slug=SLUG,
        title="Youth Survey 2026",
        summary=f"We want to know how safe it feels to be young in {place.title}, and what would help.",
        decides="People who plan how to stop knife crime read the answers, added up. "
        "They use them to decide what to do.",
        outcome="We add all the answers up and say what we heard, for each part of the city.",
        opens_on=today - dt.timedelta(days=28),
        closes_on=closes,
        outcome_on=closes + dt.timedelta(weeks=12),
        announced_on=today - dt.timedelta(days=42),
        deciding="Where the money for safer streets goes next year, and what is tried first.",
        settled="That every borough gets a part of it, and that young people are asked each year.",
        background="In 2017 London promised to ask young people every year how worried they are about knife crime. "
        "Adults are asked already. What young people say stands beside it.\n\n"
        "The answers show in which parts of the city most are worried, and what they think would help.",
        decided_by="The Deputy Mayor for Policing and Crime",
        decided_on=closes + dt.timedelta(weeks=10),
        owners=["MOPAC"],
        organisations=["Schools and colleges in every borough", "Youth clubs"],
        topics=["knives", "streets", "places", "voice"],
        place=place.key,
        synthetic=True,
        source="Made-up responses, drawn by a computer from a known truth. Nobody gave them.",
        headline="worry_knife_crime",
        headline_level=["very", "fairly"],
        translations=TRANSLATIONS,
    )


def schools(place: Place, random: np.random.Generator) -> Iterator[Setting]:
    """About two schools a borough, one where hardly anybody of that age lives."""
    codes: set[str] = set()
    young = place.population("borough")
    for number, borough in enumerate(place.boroughs):
        for which in range(1 if young[borough.code] < 25_000 else 2):
            name = SCHOOL_NAMES[(number * 3 + which * 5) % len(SCHOOL_NAMES)]
            code = _new_code(random, codes)
            yield Setting(
                collection_id=0,
                code=code,
                name=f"{name} ({borough.name}, invented)",
                borough=borough.code,
                permission=Permission.PARENTS_COULD_OBJECT,
                permission_note="Invented for the demonstration.",
            )


def _doors(place: Place) -> Iterator[Setting]:
    """The doors for a visitor."""
    for code, (name, devices) in DOORS.items():
        yield Setting(
            collection_id=0,
            code=code,
            name=name,
            borough=place.boroughs[-1].code,
            devices=devices,
            permission=Permission.PARENTS_COULD_OBJECT,
            permission_note="Invented for the demonstration.",
        )


def _new_code(random: np.random.Generator, taken: set[str]) -> str:
    while (code := "".join(random.choice(list(OTHER_CODES), 6))) in taken:
        pass
    taken.add(code)
    return code


def responses(
    collection: Collection,
    question_set: QuestionSet,
    place: Place,
    random: np.random.Generator,
    today: dt.date,
    people: int,
    leaning: float = 0.0,
) -> Iterator[dict[str, Any]]:
    """The rows of a wave's responses of the four weeks before a day; leaning: how far all schools lean to worry."""
    visited = [setting for setting in collection.settings if setting.code not in DOORS]
    young = place.population("borough")
    size = np.array([young[setting.borough or ""] ** 0.7 for setting in visited]) * random.uniform(
        0.5, 1.5, len(visited)
    )
    leans = random.normal(leaning, SCHOOL_SPREAD, len(visited))
    came_fast = np.random.default_rng(QUICK_SEED).random(people) < VERY_FAST  # moves no other draw
    visits = random.choice(len(visited), people, p=size / size.sum())
    for at, quick in zip(visits, came_fast, strict=True):
        person = _person(visited[at], place, random, float(leans[at]))
        answers = on_path(question_set, _answers(question_set, person, place, random))
        assert not check(question_set, answers), check(question_set, answers)
        yield {
            "key": base64.urlsafe_b64encode(random.bytes(16)).decode().rstrip("="),
            "collection_id": collection.id,
            "instrument_id": collection.instrument_id,
            "setting_id": visited[at].id,
            "route": ConsentRoute.SETTING if answers["age_band"] in UNDER_16 else ConsentRoute.OWN,
            "answers": answers,
            "concealed": [],
            "started_on": (day := today - dt.timedelta(days=int(random.integers(1, 28)))),
            "submitted_on": day,
            "borough": answers["borough"],
            "age_band": answers["age_band"],
            "gender": answers["gender"],
            "quick": bool(quick),
        }


def _person(school: Setting, place: Place, random: np.random.Generator, leans: float) -> Person:
    home = next(one for one in place.boroughs if one.code == school.borough)
    return Person(
        borough=_lives_in(home, place.boroughs, random),
        age_band=str(random.choice(AGE_BANDS, p=AGE_OF_PUPILS)),
        gender=str(random.choice(GENDERS, p=GENDER_OF_PUPILS)),
        school_leans=leans,
    )


def _lives_in(home: Borough, boroughs: Sequence[Borough], random: np.random.Generator) -> str:
    """Mostly the school's own borough, sometimes another in that part of the city, seldom outside it."""
    chance = random.random()
    if chance < LIVES_HERE:
        return home.code
    if chance < LIVES_HERE + LIVES_NEAR:
        near = [one.code for one in boroughs if one.sub_region == home.sub_region]
        return str(random.choice(near))
    return "not_in_london" if chance < LIVES_HERE + LIVES_NEAR + LIVES_OUTSIDE else "not_sure"


def _answers(
    question_set: QuestionSet, person: Person, place: Place, random: np.random.Generator
) -> dict[str, Answer]:
    """What this person says to every question: drawn by worry first, the rest in keeping with it."""
    in_place = any(one.code == person.borough for one in place.boroughs)
    home = person.borough if in_place else place.boroughs[-1].code
    chance = worried(place, home, person.age_band, person.gender) + person.school_leans
    is_worried = bool(random.random() < min(0.98, max(0.02, chance)))
    said = {question.key: _drawn(question, is_worried, random) for question in question_set.questions}
    said["worry_knife_crime"] = _worry(is_worried, random)
    return said | {"borough": person.borough, "age_band": person.age_band, "gender": person.gender}


def _worry(is_worried: bool, random: np.random.Generator) -> str:
    if random.random() < 0.04:
        return str(random.choice(["dont_know", "prefer_not_to_say"]))
    codes, shares = (
        (("very", "fairly"), (0.4, 0.6)) if is_worried else (("not_very", "not_at_all"), (0.6, 0.4))
    )
    return str(random.choice(codes, p=shares))


def _drawn(question: Question, is_worried: bool, random: np.random.Generator) -> Answer:
    """An answer to any question: now and then skipped, and leaning towards its end when worried."""
    if question.kind == "text" or (not question.required and random.random() < 0.03):
        return None
    if question.kind == "number":
        return int(random.integers(int(question.low or 0), int(question.high or 10) + 1))
    if question.kind != "many":
        return question.codes[bisect_right(_leaning(question.codes, is_worried), random.random())]
    codes = question.codes
    if random.random() < 0.25:
        return [next((code for code in codes if code in question.exclusive), codes[0])]
    free = [code for code in codes if code not in question.exclusive]
    picked = set(random.choice(free, min(question.at_most or 3, int(random.integers(1, 4))), replace=False))
    return [code for code in codes if code in picked]


@cache
def _leaning(codes: tuple[str, ...], is_worried: bool) -> list[float]:
    """The chance of each code or one before it."""
    lean = np.linspace(0.7, 1.3, len(codes)) if is_worried else np.linspace(1.3, 0.7, len(codes))
    weight = lean * np.array([0.15 if code in ("dont_know", "prefer_not_to_say") else 1.0 for code in codes])
    cumulated = (weight / weight.sum()).cumsum()
    return list((cumulated / cumulated[-1]).tolist())
