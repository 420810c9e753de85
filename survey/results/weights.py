"""How a collection's answers are weighted: its design, its margins, and every rule in words."""

from dataclasses import dataclass
from typing import Any

from analysis import CannotWeight, Margin, SurveyDesign
from questions import AGE_BANDS
from survey.models import Collection, Design
from survey.places import Place
from survey.results.answers import Columns
from survey.wording import listed, number

KINDS: dict[str, Any] = {
    Design.PROBABILITY: "probability",
    Design.GATEKEPT: "gatekept",
    Design.QUOTA: "quota",
    Design.OPEN: "open",
    Design.PANEL: "open",
}
Levels = dict[str, list[str]]

CLAIMS_A_PLACE = (Design.PROBABILITY, Design.GATEKEPT, Design.QUOTA)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A design ready for estimates; `weighted` says whether to a population, `notes` how, in sentences."""

    design: SurveyDesign
    weighted: bool
    notes: tuple[str, ...]


def weigh(
    collection: Collection, columns: Columns, place: Place | None, levels: Levels | None = None
) -> Weighted:
    """The design of a collection, raked to the population of its place where its design claims one.

    `levels` are the values that a column may take, in order, where an answer may be one that nobody gave.
    Strata and clusters come from the setting, domains and margins from what each person said.
    """
    if place is None or collection.design not in CLAIMS_A_PLACE:
        return Weighted(
            _design(collection, columns, levels or {}),
            False,
            ("Every answer counts the same: nothing is weighted.",),
        )
    inside = [_belongs(*who, place) for who in zip(columns["borough"], columns["age_band"], strict=True)]
    left_out = sum(people for people, kept in zip(columns["people"], inside, strict=True) if not kept)
    placed = {
        **columns,
        "borough": [code if kept else None for code, kept in zip(columns["borough"], inside, strict=True)],
        "age_band": [band if kept else None for band, kept in zip(columns["age_band"], inside, strict=True)],
    }
    places = {"borough": [borough.code for borough in place.boroughs], "age_band": list(AGE_BANDS)}
    population = _design(collection, placed, places | (levels or {})).subset(inside)
    try:
        raked = population.rake(margins(place))
    except CannotWeight as reason:
        notes = (f"These figures are not weighted to {place.title}: {reason}.", _left_out(left_out, place))
        return Weighted(population, False, notes)
    return Weighted(raked, True, (*_rules(raked, place), _left_out(left_out, place)))


def margins(place: Place) -> list[Margin]:
    """The population of a place by borough, by age band and by gender."""
    return [
        Margin("borough", place.population("borough"), merge=place.merges),
        Margin("age_band", place.population("age_band")),
        Margin("gender", place.population("gender"), others="own share"),
    ]


def _design(collection: Collection, columns: Columns, levels: Levels) -> SurveyDesign:
    in_settings = any(setting is not None for setting in columns["setting"])
    return SurveyDesign(
        {**columns, "stratum": [stratum or "no borough" for stratum in columns["stratum"]]},
        kind=KINDS[collection.design],
        counts="people",
        strata="stratum" if in_settings else None,
        clusters="setting" if in_settings else None,
        levels=levels,
    )


def _belongs(borough: str | None, age_band: str | None, place: Place) -> bool:
    """Whether somebody is of the population: a borough of the place, and an age that the frame has."""
    return age_band in AGE_BANDS and any(one.code == borough for one in place.boroughs)


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
