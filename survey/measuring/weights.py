"""How a collection's answers are weighted: its design, its margins, and every rule in words."""

from collections.abc import Container, Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis import CannotWeight, Cube, Margin, SurveyDesign
from analysis.frame import MISSING, Bools, Column
from questions import AGE_BANDS
from survey.models import Collection, Design
from survey.places import Place
from survey.wording import listed, number

KINDS: dict[str, Any] = {
    Design.PROBABILITY: "probability",
    Design.GATEKEPT: "gatekept",
    Design.QUOTA: "quota",
    Design.OPEN: "open",
    Design.PANEL: "open",
}
Levels = dict[str, list[str]]

NO_SETTING = 0
CLAIMS_A_PLACE = (Design.PROBABILITY, Design.GATEKEPT, Design.QUOTA)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A design ready for estimates; `weighted` says whether to a population, `notes` how, in sentences."""

    design: SurveyDesign
    weighted: bool
    notes: tuple[str, ...]


def weigh(collection: Collection, found: Cube, place: Place | None, levels: Levels | None = None) -> Weighted:
    """The design of a collection, raked to the population of its place where its design claims one.

    `levels` are the values that an axis may take, in order, where an answer may be one that nobody gave.
    Strata and clusters come from the setting, domains and margins from what each person said.
    """
    if place is None or collection.design not in CLAIMS_A_PLACE:
        return Weighted(
            _design(collection, found, levels or {}),
            False,
            ("Every answer counts the same: nothing is weighted.",),
        )
    here = inside(found, place)
    left_out = round(float(found.n[~here].sum()))
    places = {"borough": [borough.code for borough in place.boroughs], "age_band": list(AGE_BANDS)}
    placed = _design(collection, _placed(found, here), places | (levels or {}))
    population = placed.subset(inside=True) if left_out else placed
    try:
        raked = population.rake(margins(place))
    except CannotWeight as reason:
        notes = (f"These figures are not weighted to {place.title}: {reason}.", _left_out(left_out, place))
        return Weighted(population, False, notes)
    return Weighted(raked, True, (*_rules(raked, place), _left_out(left_out, place)))


def inside(found: Cube, place: Place) -> Bools:
    """For each cell whether it is of the population: a borough of the place, and an age that the frame has."""
    boroughs = {borough.code for borough in place.boroughs}
    return _among(found.axis("borough"), boroughs) & _among(found.axis("age_band"), set(AGE_BANDS))


def _among(axis: Column, levels: Container[Hashable]) -> Bools:
    known = np.array([*(level in levels for level in axis.levels), False])
    return np.asarray(known[axis.codes])


def _placed(found: Cube, inside: Bools) -> Cube:
    """The cube with an axis `inside`; who is outside has no borough and no age band of the place."""
    axes = [
        replace(axis, codes=np.where(inside, axis.codes, MISSING))
        if axis.name in ("borough", "age_band")
        else axis
        for axis in found.axes
    ]
    return replace(found, axes=(*axes, Column("inside", inside.astype(np.intp), (False, True))))


def margins(place: Place) -> list[Margin]:
    """The population of a place by borough, by age band and by gender."""
    return [
        Margin("borough", place.population("borough"), merge=place.merges),
        Margin("age_band", place.population("age_band")),
        Margin("gender", place.population("gender"), others="own share"),
    ]


def _design(collection: Collection, found: Cube, levels: Levels) -> SurveyDesign:
    """Who came in by no setting is, where others did, together one more of them: that claims less than it might."""
    setting = found.axis("setting")
    in_settings = bool((setting.codes >= 0).any())
    if in_settings:
        together = found.derive("cluster", "setting", lambda setting: setting or NO_SETTING)
    return SurveyDesign(
        together if in_settings else found,
        kind=KINDS[collection.design],
        strata="stratum" if in_settings else None,
        clusters="cluster" if in_settings else None,
        levels=levels,
    )


def _rules(design: SurveyDesign, place: Place) -> tuple[str, ...]:
    frame = f"Weighted by borough, age band and gender to all young people in {place.title} ({place.frame_source})."
    merged = [f"{place.name_of(small)} with {place.name_of(big)}" for small, big in place.merges.items()]
    together = f"Too small to weight alone, so weighted together: {listed(merged)}."
    gender = (
        "The population figures have only female and male. People who gave another answer, or none, keep their "
        "own share of the answers, and the rest is weighted to the population."
    )
    return (frame, *([together] if merged else []), gender)


def _left_out(people: int, place: Place) -> str:
    if not people:
        return f"Everybody who answered lives in {place.title} and is 10 to 25 years old."
    return (
        f"{number(people)} people answered and are not in these figures: they live outside {place.title}, did not "
        "say where they live or how old they are, or are younger than 10 or older than 25."
    )
