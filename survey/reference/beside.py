"""Young people beside adults: two panels, each with its own question, people and period; never one average."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from analysis import charts
from questions import Wording
from survey import access, counts
from survey.instruments import parsed
from survey.measuring import asking
from survey.measuring.answers import Measure
from survey.measuring.weights import KINDS
from survey.models import Collection, Consultation, ReferenceFigure, ReferenceMeasure, ReferenceSeries
from survey.places import Place, load
from survey.reference.areas import name_of
from survey.reference.reading import ONLY
from survey.reference.young import Young, same_spaces, young
from survey.web import Page, Problem, installation
from survey.wording import day, listed, number

SIDES = ("young", "adults", "both")
MOST_TOLD = 3  # areas whose bases are named
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Adults:
    """The figures of one measure of a reference series at one date, by area."""

    series: ReferenceSeries
    measure: ReferenceMeasure
    ends_on: dt.date
    figures: dict[str, ReferenceFigure]

    @property
    def period(self) -> str:
        """The months that a figure covers, in words."""
        months = self.series.months
        if months == 1:
            return f"{calendar.month_name[self.ends_on.month]} {self.ends_on.year}"
        return f"the {months} months to {day(self.ends_on)}"

    def row(self, area: str) -> Row:
        """The row of an area, as a table has it: without an interval, as none was published."""
        figure = self.figures[area]
        none = {"ci_low": None, "ci_high": None, "flag": "", "reason": ""}
        return {"area": area, "estimate": figure.proportion, "n": figure.people, **none}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on the page. areas: those of the adults, the whole place first and then boroughs by name."""

    consultation: Consultation
    place: Place
    young: Young
    adults: Adults
    areas: tuple[str, ...]
    today: dt.date

    @property
    def same_question(self) -> bool:
        """Whether both were asked in the same words, but for spaces."""
        return self.young.wordings == (same_spaces(self.adults.measure.wording),)

    @property
    def same(self) -> bool:
        """Whether both may stand on one axis: the same words, and the same answer counted."""
        return self.same_question and self.young.answers == (same_spaces(self.adults.measure.answer),)

    @property
    def labels(self) -> dict[str, str]:
        """The names of the areas."""
        return {area: name_of(area, self.place) for area in self.areas}

    @property
    def young_period(self) -> str:
        """When young people answered, in words."""
        first, last = self.young.days(self.today)
        return f"{day(first)} to {day(last)}"

    def rows(self) -> list[tuple[str, Row, Row]]:
        """For each area its name, the young people's row and the adults'."""
        return [(self.labels[area], self.young.row(area), self.adults.row(area)) for area in self.areas]


def beside(request: Request, session: Session) -> Page:
    """The page: what young people said, and what adults said to their own question, for the same areas."""
    staff, consultation = access.open_consultation(request, session, access.READS_RESULTS)
    collection = _collection(session, consultation)
    place = load(consultation.place) if consultation.place else None
    every = _measures(session, place)
    shown: dict[str, Any] = {
        "staff": staff,
        "consultation": consultation,
        "why": _why_not(collection, place, every),
    }
    if collection is None or place is None or not every:
        return Page("reference/beside.html", shown)
    if not shown["why"]:
        found = _found(request, session, consultation, collection, place, every)
        shown |= _described(found, every, session)
    return Page("reference/beside.html", shown)


def _why_not(collection: Collection | None, place: Place | None, every: Sequence[ReferenceMeasure]) -> str:
    """Why there is nothing to show, in a sentence; "" where there is."""
    if place is None:
        return "This consultation is of no place, so no area of it can stand beside a published figure."
    if not every:
        return f"There are no published figures for {place.title} yet. An analyst can bring them from a file."
    if collection is None:
        return "Nobody has answered yet. When the first answers are in, this page shows them."
    if collection.design not in KINDS:
        return f"A {collection.design} is shown as counts, never as a percentage beside another survey."
    return ""


def _collection(session: Session, consultation: Consultation) -> Collection | None:
    """The collection with most answers: designs are never pooled."""
    submitted = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(
        consultation.collections, key=lambda one: (one.design not in KINDS, -submitted.get(one.id or 0, 0))
    )
    return next((one for one in ranked if submitted.get(one.id or 0)), None)


def _measures(session: Session, place: Place | None) -> list[ReferenceMeasure]:
    """The measures of every series of a place."""
    if place is None:
        return []
    asked = select(ReferenceMeasure).join(ReferenceSeries).where(col(ReferenceSeries.place) == place.key)
    return list(session.exec(asked.order_by(col(ReferenceSeries.title), col(ReferenceMeasure.id))).all())


def _found(
    request: Request,
    session: Session,
    consultation: Consultation,
    collection: Collection,
    place: Place,
    every: Sequence[ReferenceMeasure],
) -> Beside:
    query = request.query_params
    question_set = parsed(collection.instrument)
    measure = asking.measure(consultation, question_set, query.get("question", ""), query.get("answer", ""))
    adults = _adults(session, every, query.get("measure", ""), query.get("ends", ""))
    boroughs = sorted(
        (area for area in adults.figures if area != place.key), key=lambda area: name_of(area, place)
    )
    areas = (*((place.key,) if place.key in adults.figures else ()), *boroughs)
    found = young(session, collection, measure, place)
    return Beside(consultation, place, found, adults, areas, installation(request).today())


def _adults(session: Session, every: Sequence[ReferenceMeasure], wanted: str, ends: str) -> Adults:
    """The measure and the date that are asked for; else the first measure, and its latest date."""
    measure = next((one for one in every if str(one.id) == wanted), every[0])
    last = next((one for one in dates_of(session, measure) if str(one) == ends), None)
    last = last or dates_of(session, measure)[0]
    asked = select(ReferenceFigure).where(
        col(ReferenceFigure.measure_id) == measure.id, col(ReferenceFigure.ends_on) == last
    )
    return Adults(measure.series, measure, last, {one.area: one for one in session.exec(asked).all()})


def dates_of(session: Session, measure: ReferenceMeasure) -> list[dt.date]:
    """The dates for which a measure has figures, the latest first."""
    asked = (
        select(col(ReferenceFigure.ends_on)).where(col(ReferenceFigure.measure_id) == measure.id).distinct()
    )
    return list(session.exec(asked.order_by(col(ReferenceFigure.ends_on).desc())).all())


def _described(found: Beside, every: Sequence[ReferenceMeasure], session: Session) -> dict[str, Any]:
    """What the template needs to say of it."""
    question_set = parsed(found.young.collection.instrument)
    measure = found.young.measure
    drawn = ("both",) if found.same else ("young", "adults")
    return {
        "found": found,
        "questions": [
            (one.key, Wording(question_set, "en", {})(one.prompt)) for one in asking.measures(question_set)
        ],
        "choices": [
            (" ".join(codes), Measure(measure.question, codes).words("en"))
            for codes in asking.choices_of(measure.question)
        ],
        "codes": " ".join(measure.codes),
        "measures": every,
        "only": ONLY,
        "dates": dates_of(session, found.adults.measure),
        "rows": found.rows(),
        "pictures": {side: _drawn(found, side).description for side in drawn},
        "bases": _bases(found),
        "address": _address(found),
    }


def _bases(found: Beside) -> str:
    """What is known of the adults' bases, in words."""
    known = {area: one.people for area, one in found.adults.figures.items() if one.people}
    told = [f"{number(people)} in {name_of(area, found.place)}" for area, people in known.items()]
    words = [f"{listed(told)}." if 0 < len(told) <= MOST_TOLD else "", found.adults.series.bases or ""]
    return " ".join(filter(None, words)) or "Not published with these figures."


def _address(found: Beside) -> str:
    """The part of an address that asks for exactly this."""
    measure = found.young.measure
    codes = "+".join(measure.codes)
    return (
        f"question={measure.question.key}&answer={codes}"
        f"&measure={found.adults.measure.id}&ends={found.adults.ends_on}"
    )


def picture(request: Request, session: Session) -> Response:
    """One side as a picture; both on one axis only where the wording is the same."""
    _, consultation = access.open_consultation(request, session, access.READS_RESULTS)
    side, collection = request.path_params["side"], _collection(session, consultation)
    place = load(consultation.place) if consultation.place else None
    every = _measures(session, place)
    if side not in SIDES or place is None or collection is None or _why_not(collection, place, every):
        raise _no_picture()
    found = _found(request, session, consultation, collection, place, every)
    if (side == "both") != found.same:
        raise _no_picture()
    drawn = _drawn(found, side, request.query_params.get("theme", ""))
    return Response(charts.svg(drawn), media_type="image/svg+xml")


def _no_picture() -> Problem:
    return Problem(
        404, "There is no such picture", "Open the page of youth beside adults, and choose from there."
    )


def _drawn(found: Beside, side: str, theme: str = "light") -> charts.Picture:
    """A side as a panel of its own; "both" as one picture."""
    look: Any = {"theme": "dark" if theme == "dark" else "light", "width": "phone"}
    made_up = " (made-up answers)" if found.consultation.synthetic else ""
    young_rows = [found.young.row(area) for area in found.areas]
    adult_rows = [found.adults.row(area) for area in found.areas]
    if side == "both":
        words = {"measure": "same", "wording": found.young.wordings[0], "level": found.young.answers[0]}
        return charts.beside(
            [row | words for row in young_rows],
            [row | words for row in adult_rows],
            labels=found.labels,
            title=f"Said “{found.young.answers[0]}”{made_up}",
            youth_period=f"10 to 25, {found.young_period}",
            adult_period=f"{found.adults.series.population}, {found.adults.period}",
            interval_name=found.young.interval_name,
            by="area",
            **look,
        )
    if side == "young":
        return charts.panel(
            [row | {"measure": "young", "level": None} for row in young_rows],
            by="area",
            labels=found.labels,
            title=f"Young people: “{listed(found.young.answers)}”{made_up}",
            notes=[f"Aged 10 to 25, {found.young_period}."],
            interval_name=found.young.interval_name,
            **look,
        )
    return charts.panel(
        [row | {"measure": "adults", "level": None} for row in adult_rows],
        by="area",
        labels=found.labels,
        title=f"Adults: “{found.adults.measure.answer}”",
        notes=[f"{found.adults.series.population}, {found.adults.period}."],
        quiet=True,
        **look,
    )
