"""The pulse: the same three questions to the panel every quarter, and what it said, quarter by quarter."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions import shipped_source
from questions.messages import _
from survey.instruments import parsed, publish
from survey.languages import Language
from survey.measuring.asking import measure, measures
from survey.measuring.figures import Asked, everything_said, figures
from survey.models import Collection, Consultation, Design, Kind, Series
from survey.panel.pulse_words import DECIDED_BY, ENGLISH, SETTLED, TITLES, TRANSLATIONS
from survey.stages import PULSE
from survey.web import Page, installation, spoken_to

REPLY_WITHIN = dt.timedelta(weeks=12)
MONTHS = 3
SHOWN = 4  # quarters: a year
OPENED_BEFORE = dt.timedelta(weeks=4)  # its quarter begins


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year, as in 2026 and 4."""

    year: int
    number: int

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number * MONTHS - 2, 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.next.first - dt.timedelta(days=1)

    @property
    def opened_from(self) -> dt.date:
        """From when on its pulse can be opened.

        >>> str(Quarter(2027, 1).opened_from)
        '2026-12-04'
        """
        return self.first - OPENED_BEFORE

    @property
    def slug(self) -> str:
        """The name of its pulse in addresses."""
        return f"{PULSE}-{self.year}-q{self.number}"


def quarter_of(day: dt.date) -> Quarter:
    """The quarter that a day is in.

    >>> quarter_of(dt.date(2026, 11, 20)), quarter_of(dt.date(2026, 11, 20)).next.first
    (Quarter(year=2026, number=4), datetime.date(2027, 1, 1))
    """
    return Quarter(day.year, (day.month + 2) // MONTHS)


def next_one(session: Session, today: dt.date) -> Quarter:
    """The first quarter, from this one on, that has no pulse yet."""
    quarter, every = quarter_of(today), {one.slug for one in waves(session)}
    while quarter.slug in every:
        quarter = quarter.next
    return quarter


def waves(session: Session) -> list[Consultation]:
    """Every pulse, oldest first."""
    theirs = select(Consultation).join(Series).where(col(Series.key) == PULSE)
    return list(session.exec(theirs.order_by(col(Consultation.opens_on))).all())


def open_pulse(
    session: Session, quarter: Quarter, today: dt.date, place: str, who: str | None = None
) -> Consultation:
    """Open the pulse of a quarter: until its last day, and for the panel alone."""
    series = session.exec(select(Series).where(col(Series.key) == PULSE)).first()
    asks = publish(session, shipped_source("panel_pulse"), today, who)
    assert asks.id is not None
    made = Consultation(
        slug=quarter.slug,
        title=TITLES["en"].format(year=quarter.year, number=quarter.number),
        summary=ENGLISH["summary"],
        decides=ENGLISH["decides"],
        outcome=ENGLISH["outcome"],
        opens_on=max(today, quarter.first),
        closes_on=quarter.last,
        outcome_on=quarter.last + REPLY_WITHIN,
        announced_on=today,
        deciding=ENGLISH["decides"],
        settled=SETTLED,
        background=ENGLISH["summary"],
        decided_by=DECIDED_BY,
        decided_on=quarter.last + REPLY_WITHIN,
        place=place,
        headline="worry_knife_crime",
        headline_level=["very", "fairly"],
        series=series or Series(key=PULSE, title="Panel pulse"),
        translations={
            code: words | {"title": TITLES[code].format(year=quarter.year, number=quarter.number)}
            for code, words in TRANSLATIONS.items()
        },
    )
    made.collections = [
        Collection(
            consultation_id=0,
            instrument_id=asks.id,
            name="Our panel",
            design=Design.PANEL,
            kind=Kind.PANEL,
        )
    ]
    session.add(made)
    session.flush()
    return made


@dataclass(frozen=True, slots=True)
class Said:
    """By how many members a choice was given, and how many of every hundred that is."""

    gave: int
    share: int


@dataclass(frozen=True, slots=True)
class Wave:
    """A quarter that is published: how many answered each question, and what they gave, by question and by code.

    What the door withholds is absent.
    """

    consultation: Consultation
    quarter: Quarter
    bases: dict[str, int]
    said: dict[tuple[str, str], Said]


def published(session: Session) -> list[Wave]:
    """The quarters whose figures everybody may read, oldest first."""
    return [_wave(session, one) for one in waves(session) if one.results_published_on is not None]


def _wave(session: Session, found: Consultation) -> Wave:
    (collection,) = found.collections
    question_set = parsed(collection.instrument)
    bases: dict[str, int] = {}
    said: dict[tuple[str, str], Said] = {}
    for question in measures(question_set):
        asked = Asked(found, collection, question_set, None, measure(found, question_set, question.key))
        for row in everything_said(figures(session, asked, ())):
            share, people = row["estimate"], row["n"]
            if share is not None:
                bases[question.key] = int(people)
                said[question.key, str(row["code"])] = Said(round(share * people), round(share * 100))
    return Wave(found, quarter_of(found.opens_on), bases, said)


def _title(quarter: Quarter, language: Language) -> str:
    """A quarter in words, as in Apr 2026 to Jun 2026."""
    first, last = language.month(quarter.first), language.month(quarter.last)
    return language.say(_("%(first)s to %(last)s", first=first, last=last))


def pulse(request: Request, session: Session) -> Page:
    """What the panel said, quarter by quarter, labelled as what it is."""
    found = published(session)[-SHOWN:]
    language = spoken_to(request)
    asked = parsed(found[-1].consultation.collections[0].instrument) if found else None
    questions = measures(asked) if asked else ()
    keys = [(question.key, choice.code) for question in questions for choice in question.choices]
    shown = {
        "waves": found,
        "questions": questions,
        "titles": {one.quarter: _title(one.quarter, language) for one in found},
        "withheld": any(key not in one.said for key in keys for one in found),
        "least": max((one.consultation.least_base for one in found), default=0),
        "made_up": any(one.consultation.synthetic for one in found),
        "languages": installation(request).offered,
        "chosen": language.code,
    }
    return Page("panel/pulse.html", shown)
