"""The coverage board of a collection: what each borough and age band has and needs, from kept cubes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from sqlmodel import Session

from analysis import Cube, SurveyDesign
from analysis.disclosure import ONE_SCHOOL, Rule, protect
from questions import AGE_BANDS
from survey.counts import in_all
from survey.coverage.needs import (
    PLANNED_DEFF,
    STEADY,
    More,
    Need,
    Waiting,
    even_schools,
    more_responses,
    stands_alone,
    state_of,
)
from survey.coverage.paces import Paces, paces
from survey.instruments import parsed
from survey.measuring.answers import NOWHERE, Measure, answers
from survey.measuring.documents import WHO
from survey.measuring.door import rule_of
from survey.measuring.weights import CLAIMS_A_PLACE, inside, weigh
from survey.models import Collection
from survey.places import Place

WIDER = {"10-15": AGE_BANDS[:3], "16-25": AGE_BANDS[3:]}
GO_THERE = ("one school", "needs", "schools")
NOBODY: dict[str, Any] = {"n": 0}
Group = tuple[str, ...]  # a level of each column that a table is by
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows: the needs of the collection's own boroughs, of each age band in them, and of the wider
    groups in place of those that can never stand alone.

    in_time: the boroughs that can be reached by the last day at the pace of the last days, the soonest first. too_late:
    those that cannot, the nearest to it first. waiting: the settings that have not started. expected: how many young
    people are expected in all; None unless every setting says it. nobody: why no response counts for any, in a
    sentence; "" where one does. regions: parts of the place as wholes, in place of boroughs that can never stand alone.
    """

    sent: int
    outside: int
    measure: Measure
    boroughs: dict[str, Need]
    each: dict[tuple[str, str], Need]
    wider: tuple[Need, ...]
    in_time: tuple[Need, ...]
    too_late: tuple[Need, ...]
    waiting: tuple[Waiting, ...]
    expected: int | None
    nobody: str
    regions: tuple[Need, ...] = ()

    @property
    def reached(self) -> int:
        """How many boroughs have enough."""
        return sum(need.state == "reached" for need in self.boroughs.values())

    @property
    def never(self) -> tuple[Need, ...]:
        """The boroughs that cannot stand alone."""
        return tuple(need for need in self.boroughs.values() if need.state == "never")


def claims_a_place(collection: Collection) -> bool:
    """Whether the design of a collection claims anything about a place: others have no coverage to reach."""
    return collection.design in CLAIMS_A_PLACE


def headline(collection: Collection) -> Measure | None:
    """What a consultation is mostly about, as its collection asks it; None where it names nothing."""
    consultation = collection.consultation
    question = parsed(collection.instrument).asked(consultation.headline or "")
    if question is None or not question.choices:
        return None
    return Measure(question, tuple(consultation.headline_level or [question.choices[0].code]))


def board(
    session: Session, collection: Collection, place: Place, measure: Measure, days: Cube, today: dt.date
) -> Board:
    """The board of a collection that claims a place. days: its `kept.other` of DAYS.

    The half-widths are those of the weighted headline figure, through the door of disclosure: of a group that may not
    be shown there is none. How many more are needed is worked out behind it.
    """
    found = _with_wider(answers(session, collection, measure), place)
    pace = paces(session, collection, found, days, [one.code for one in place.boroughs], AGE_BANDS, today)
    ground = _survey(collection, found, place, pace)
    boroughs = {group[0]: need for group, need in ground.needs(("borough",), collection.points)}
    each = {
        (of, band): need for (of, band), need in ground.needs(("borough", "age_band"), collection.points_each)
    }
    sent = round(float(found.n.sum()))
    left = _days_left(collection, today)
    there = [need for need in boroughs.values() if need.state in GO_THERE]
    return Board(
        sent,
        sent - sum(need.sent for need in boroughs.values()),
        measure,
        boroughs,
        each,
        tuple(_wider(ground, each, collection.points_each)),
        tuple(sorted((need for need in there if need.in_time(left)), key=_soonest)),
        tuple(sorted((need for need in there if not need.in_time(left)), key=_soonest)),
        pace.waiting,
        in_all([one.expected for one in pace.settings]),
        ground.nobody,
        tuple(_regions(ground, boroughs, collection.points)),
    )


def _days_left(collection: Collection, today: dt.date) -> int:
    """How many whole days a collection takes answers after today."""
    return (collection.last_day - max(today, collection.first_day - dt.timedelta(days=1))).days


def _soonest(need: Need) -> tuple[bool, float, float]:
    """One more school first; then by weeks; and those for which no number of weeks would do, by what they need."""
    if need.state == "one school":
        return (False, 0.0, 0.0)
    return (need.weeks is None or need.others is not None, need.weeks or math.inf, need.more)


def _own(collection: Collection, found: Cube, place: Place, pace: Paces) -> list[str]:
    """The boroughs that a collection is in: those of its settings that are in use or that somebody came through; all
    of the place, where that is not known of one of these or there is none.
    """
    came, strata = found.axis("stratum").observed(found.n > 0), found.axis("stratum").levels
    through = {None if strata[at] == NOWHERE else strata[at] for at in came}
    settings = {one.borough for one in pace.settings} | through or {None}
    of = {borough or collection.borough for borough in settings}
    return [one.code for one in place.boroughs if None in of or one.code in of]


def _wider(ground: _Ground, each: Mapping[tuple[str, str], Need], points: int) -> Iterator[Need]:
    """In place of the age bands that never stand alone: two wide ones in their borough, and those of its sub-region."""
    never = {borough for (borough, _band), need in each.items() if need.state == "never"}
    regions = {one.sub_region for one in ground.place.boroughs if one.code in never}
    if never:
        for by, wanted in ((("borough", "wide"), never), (("region", "age_band"), regions)):
            yield from (
                need
                for group, need in ground.needs(by, points)
                if group[0] in wanted and need.state != "never"
            )


def _regions(ground: _Ground, boroughs: Mapping[str, Need], points: int) -> Iterator[Need]:
    """In place of the boroughs that never stand alone: the whole of each part of the place that they are in."""
    never = {code for code, need in boroughs.items() if need.state == "never"}
    wanted = {one.sub_region for one in ground.place.boroughs if one.code in never}
    for group, need in ground.needs(("region",), points) if wanted else ():
        if group[0] in wanted and need.state != "never":
            yield need


def _with_wider(found: Cube, place: Place) -> Cube:
    """The cube of what the board is about, with the wider groups that small ones may be part of: sub-regions, and two
    age bands.
    """
    found = found.by(("stratum", *WHO, "answer"))  # which code it was makes for many more cells
    regions = {one.code: one.sub_region for one in place.boroughs}
    wide = {band: name for name, bands in WIDER.items() for band in bands}
    return found.derive("region", "borough", regions.get).derive("wide", "age_band", wide.get)


def _survey(collection: Collection, found: Cube, place: Place, pace: Paces) -> _Ground:
    """The ground that needs are read off: the cube, weighted once."""
    weighted = weigh(collection, found, place)
    return _Ground(
        weighted.design,
        weighted.nobody,
        found.where(inside(found, place)).by(("borough", "age_band", "region", "wide", "setting")),
        place,
        _own(collection, found, place, pace),
        place.population("borough", "age_band"),
        pace,
        rule_of(collection.consultation),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What needs are read off: a weighted design, the people in the place, the boroughs that the collection is in, and
    the paces of settings.
    """

    design: SurveyDesign
    nobody: str
    people: Cube
    place: Place
    own: Sequence[str]
    live_there: Mapping[Any, float]
    paces: Paces
    rule: Rule

    def needs(self, by: tuple[str, ...], points: int) -> Iterator[tuple[Group, Need]]:
        """The need of each group by some columns, for an interval of so many points to either side."""
        table = self.design.proportion("answer", by=by)
        rows = {
            tuple(row[name] for name in by): row | {"kish": float(kish)}
            for row, kish in zip(table.rows(), table.kish, strict=True)
        }
        usual = self._usual(rows.values())
        shown = {tuple(row[name] for name in by): row for row in protect(table, self.rule).rows()}
        sent, schools = _counted(self.people, by), self._schools(by)
        for group in product(*(self._levels(name) for name in by)):
            more = more_responses(
                rows.get(group, NOBODY), sent.get(group, 0), points / 100, usual, schools.get(group, math.inf)
            )
            yield group, self._need(group, by, points / 100, more, shown.get(group), sent.get(group, 0))

    def _need(
        self, group: Group, by: tuple[str, ...], half: float, more: More, shown: Row | None, sent: int
    ) -> Need:
        boroughs, bands = self._made_of(group, by)
        live_there = round(sum(self.live_there.get(one, 0) for one in product(boroughs, bands)))
        of_one = shown is not None and shown["reason"] == ONE_SCHOOL
        state = state_of(sent, more, stands_alone(live_there, half), of_one)
        visible = shown is not None and shown["estimate"] is not None and shown["ci_low"] == shown["ci_low"]
        a_week, nearest = self.paces.of(boroughs, bands) if state == "needs" else (0.0, ())
        return Need(
            self._name(group, by),
            live_there,
            sent,
            shown["n_eff"] if shown and visible else None,
            (shown["ci_high"] - shown["ci_low"]) / 2 if shown and visible else None,
            more.responses,
            state,
            a_week,
            nearest,
            more.others,
            tuple(one for one in self.paces.waiting if one.borough in boroughs),
        )

    def _schools(self, by: tuple[str, ...]) -> dict[Group, float]:
        """As how many even schools those of each group count; of no group, where nobody came through one."""
        if not (self.people.axis("setting").codes >= 0).any():
            return {}
        each = self.people.by((*by, "setting"))
        squares = _counted(Cube(each.axes, each.n**2, each.n**2, each.n**2), by)
        return {group: even_schools(n, squares[group]) for group, n in _counted(each, by).items() if n}

    def _usual(self, rows: Iterable[Row]) -> float:
        """The design effect in the middle of those of groups that are steady; as planned, where none is."""
        steady = [row["n"] / row["n_eff"] for row in rows if row["n"] >= STEADY and row["n_eff"] > 0]
        return float(np.median(steady or [PLANNED_DEFF]))

    def _levels(self, name: str) -> list[str]:
        return {
            "borough": [*self.own],
            "region": sorted({one.sub_region for one in self.place.boroughs}),
            "age_band": [*AGE_BANDS],
            "wide": [*WIDER],
        }[name]

    def _made_of(self, group: Group, by: tuple[str, ...]) -> tuple[list[str], Sequence[str]]:
        """The boroughs and the age bands of a group."""
        of = dict(zip(by, group, strict=True))
        bands = WIDER[of["wide"]] if "wide" in of else (of["age_band"],) if "age_band" in of else AGE_BANDS
        if "borough" in of:
            return [of["borough"]], bands
        return [one.code for one in self.place.boroughs if one.sub_region == of["region"]], bands

    def _name(self, group: Group, by: tuple[str, ...]) -> str:
        words = [
            f"{one} {self.place.title}" if name == "region" else self.place.name_of(one)
            for name, one in zip(by, group, strict=True)
        ]
        return ", ".join(words)


def _counted(people: Cube, by: tuple[str, ...]) -> dict[Group, int]:
    """How many responses each group has."""
    found = people.by(by)
    axes = [found.axis(name) for name in by]
    groups = zip(*([str(axis.levels[code]) for code in axis.codes] for axis in axes), strict=True)
    return {group: round(float(n)) for group, n in zip(groups, found.n, strict=True)}
