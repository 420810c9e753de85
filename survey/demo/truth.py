"""The truth that the demonstration's answers are drawn from, so that estimates can be held against it."""

from collections.abc import Hashable

from survey.places import Place

BY_AGE = {"10-11": -0.02, "12-13": 0.02, "14-15": 0.06, "16-17": 0.04, "18-20": -0.02, "21-25": -0.06}
BY_GENDER = {"female": 0.04, "male": -0.05, "another": 0.06, "prefer_not_to_say": 0.0}
BY_PART = {"Central": 0.02, "East": 0.06, "North": 0.03, "South": 0.04, "West": -0.04}
USUAL = 0.42
SPREAD = 0.09


def worried(place: Place, borough: str, age_band: str, gender: str) -> float:
    """The chance that somebody is very or fairly worried about knife crime: made up, and known."""
    order = [one.code for one in place.boroughs].index(borough)
    part = BY_PART.get(place.boroughs[order].sub_region, 0.0)
    own = SPREAD * ((order * 7 % 11) / 5 - 1)
    chance = USUAL + part + own + BY_AGE[age_band] + BY_GENDER[gender]
    return min(0.95, max(0.05, chance))


def share_worried(place: Place, *by: str) -> dict[Hashable, float]:
    """The true share of the population, by `borough`, `age_band` or `gender`; under () for everybody."""
    people: dict[Hashable, float] = {}
    affected: dict[Hashable, float] = {}
    for cell in place.frame:
        levels = tuple(getattr(cell, name) for name in by)
        level = levels[0] if len(levels) == 1 else levels
        people[level] = people.get(level, 0) + cell.people
        chance = worried(place, cell.borough, cell.age_band, cell.gender)
        affected[level] = affected.get(level, 0) + cell.people * chance
    return {level: affected[level] / people[level] for level in people}
