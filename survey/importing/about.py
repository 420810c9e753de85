"""What somebody writes of a past survey: its consultation, and how its people were reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from questions import Question, QuestionSet
from questions.definition import LONGEST_KEY, key_faults
from survey.importing.proposing import AGE_BAND, BOROUGH
from survey.models import Design
from survey.places import Place
from survey.web import Form, one
from survey.wording import key_of

WORDS = {
    "title": "what the survey is called",
    "summary": "what people were asked about",
    "decides": "who asked, and what was decided with the answers",
    "outcome": "what came of it",
    "source": "where the answers are from",
    "name": "how its people were reached",
}
LONGEST = {"title": 120, "summary": 400, "decides": 400, "outcome": 400, "source": 400, "name": 120}
DAYS = {
    "opens_on": "its first day",
    "closes_on": "its last day",
    "outcome_on": "the day of its outcome",
}
DESIGNS = tuple(one for one in Design if one != Design.TALLY)
FIRST_OF_A_SCALE = 2
FIRST_YEAR = 1950
NO_HEADLINE = (BOROUGH, AGE_BAND, "gender")


@dataclass(frozen=True, slots=True)
class About:
    """What was written, as the fields of a consultation and of a collection, with everything that is wrong with it."""

    consultation: dict[str, Any]
    collection: dict[str, Any]
    faults: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The address of the consultation."""
        return str(self.consultation["slug"])

    @property
    def set_key(self) -> str:
        """The key of a question set that is made for it."""
        return f"past_{self.slug.replace('-', '_')}"[:LONGEST_KEY].strip("_")


def about(
    form: Form, asked: QuestionSet, place: Place, today: dt.date, series: Mapping[str, int | None]
) -> About:
    """What a form says of a survey that asked a set. series: the numbers of those that there are, by key."""
    words = {name: one(form, name) for name in WORDS}
    days = {name: _day(one(form, name)) for name in DAYS}
    design = one(form, "design")
    headline, levels = headline_of(form, asked)
    told = {name: words[name] for name in ("title", "summary", "decides", "outcome", "source")}
    consultation = {
        "slug": key_of(words["title"]),
        **told,
        **days,
        "place": place.key if one(form, "here") else None,
        "synthetic": bool(one(form, "synthetic")),
        "headline": headline,
        "headline_level": levels,
        "series_id": series.get(one(form, "series")),
    }
    faults = [*_wrong_words(words), *_wrong_days(days, form, today)]
    if design not in DESIGNS:
        faults.append("Say by which design its people were reached: it decides what may be claimed.")
    if one(form, "series") and one(form, "series") not in series:
        faults.append("That series is gone. Choose another, or none.")
    faults += _wrong_headline(form, asked)
    collection = {"name": words["name"], "design": design}
    return About(consultation, collection, tuple(faults))


def headline_of(form: Form, asked: QuestionSet) -> tuple[str | None, list[str]]:
    """The question and the codes that it is mostly about: as was chosen, or the first question with its first codes."""
    with_codes = _may_lead(asked)
    question = with_codes.get(one(form, "headline")) or next(iter(with_codes.values()), None)
    if question is None:
        return None, []
    codes = [choice.code for choice in question.choices]
    chosen = [code for code in codes if code in form.get("level", [])]
    usual = codes[: FIRST_OF_A_SCALE if question.kind == "scale" else 1]
    return question.key, (chosen or usual) if one(form, "leveled") == question.key else usual


def _may_lead(asked: QuestionSet) -> dict[str, Question]:
    return {q.key: q for q in asked.questions if q.choices and q.key not in NO_HEADLINE}


def _wrong_headline(form: Form, asked: QuestionSet) -> Iterator[str]:
    """What is wrong with the question and the answers that it is said to be mostly about."""
    chosen, leveled, with_codes = one(form, "headline"), one(form, "leveled"), _may_lead(asked)
    if chosen and chosen not in with_codes:
        yield f"“{chosen[:60]}” is no question that can stand first in its results. Choose one from the list."
    elif chosen and leveled and chosen != leveled:
        yield (
            f"You chose another question that stands first, {chosen}. Press “Read it so”, and look which of its "
            "answers are counted together."
        )
    elif chosen:
        for code in (code for code in form.get("level", []) if code not in with_codes[chosen].codes):
            yield f"“{code[:60]}” is no answer to {chosen}. Tick those that are counted together."


def _day(told: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(told)
    except ValueError:
        return None


def _wrong_words(words: dict[str, str]) -> Iterator[str]:
    for name, told in words.items():
        if not told:
            yield f"Write {WORDS[name]}."
        if len(told) > LONGEST[name]:
            yield f"There is room for {LONGEST[name]} characters to say {WORDS[name]}; there are {len(told)}."
    slug = key_of(words["title"])
    if words["title"] and (not slug or list(key_faults(f"past_{slug.replace('-', '_')}"[:LONGEST_KEY]))):
        yield "The title needs a letter or a number from a to z or 0 to 9: it becomes part of an address."


def _wrong_days(days: dict[str, dt.date | None], form: Form, today: dt.date) -> Iterator[str]:
    for name, day in days.items():
        if day is None:
            typed = one(form, name)
            yield f"Write {DAYS[name]} as a day like 2021-06-30{f'; there is “{typed[:30]}”' if typed else ''}."
    opens, closes, outcome = days["opens_on"], days["closes_on"], days["outcome_on"]
    if opens and opens.year < FIRST_YEAR:
        yield f"Its first day is in the year {opens.year}. Write one from {FIRST_YEAR} on."
    if opens and closes and closes < opens:
        yield "Its last day is before its first."
    if closes and outcome and outcome < closes:
        yield "The day of its outcome is before its last day."
    if closes and closes >= today:
        yield "Its last day is not over yet. Only a survey that has ended is brought in."
