"""How a collection's answers are weighted: its design, its base weights, and the recipe that is in use for it."""

from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis import CannotWeight, Cube, SurveyDesign
from analysis.frame import MISSING, Bools, Column
from questions import AGE_BANDS
from survey.measuring import rules
from survey.measuring.recipes import CHANCE, CannotBeWeighted, Weighting, WrongRecipe, read, usual
from survey.models import Collection, Design, Setting
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
MOST_NAMED = 5  # settings that a sentence names


@dataclass(frozen=True, slots=True)
class Weighted:
    """A design ready for estimates; `weighted` says whether to a population, `notes` how, in sentences.

    before: the same design before it was weighted. weighting: what it was weighted by, None where it was not.
    reasons: why it was not, where a recipe was tried. by_chance: whether base weights are one over the chance of the
    setting. nobody: why nobody is known to be of the place that it claims, in a sentence; "" where somebody is.
    """

    design: SurveyDesign
    weighted: bool
    notes: tuple[str, ...]
    before: SurveyDesign
    weighting: Weighting | None = None
    reasons: tuple[str, ...] = ()
    by_chance: bool = False
    nobody: str = ""


def weigh(
    collection: Collection,
    found: Cube,
    place: Place | None,
    levels: Levels | None = None,
    weighting: Weighting | None = None,
    *,
    by_model: bool = False,
) -> Weighted:
    """The design of a collection, weighted to the population of its place where its design claims one.

    by_model: where it claims none too, as if those who answered were like those who did not.

    `levels` are the values that an axis may take, in order, where an answer may be one that nobody gave. weighting:
    how; None for the recipe that is in use. Strata and clusters come from the setting, domains and margins from what
    each person said. Where nothing is weighted to the place, a borough that nobody answered from is no domain.
    """
    if place is None or not (by_model or collection.design in CLAIMS_A_PLACE):
        return _not_to_a_place(collection, found, levels or {})
    here = inside(found, place)
    left_out = rules.left_out(round(float(found.n[~here].sum())), place)
    places = {"borough": [borough.code for borough in place.boroughs], "age_band": list(AGE_BANDS)}
    placed = _placed(found, here)

    def population(cube: Cube, known: Levels = places) -> SurveyDesign:
        made = _design(collection, cube, known | (levels or {}))
        return made if here.all() else made.subset(inside=True)

    before = population(placed)
    by_chance = False
    try:
        recipe = weighting or in_use(collection, place)
        based = with_base_weights(collection, placed, recipe)
        by_chance = based is not placed
        before = population(based) if by_chance else before
        fitted, design = recipe.fitted(before), recipe.weighted(before)
    except (CannotWeight, WrongRecipe) as wrong:
        reasons, some = _reasons(wrong), _answered_from(placed, places["borough"])
        silent = len(places["borough"]) - len(some)
        notes = [*_as_they_are(place, reasons, silent, by_chance=by_chance), left_out]
        design = population(based if by_chance else placed, places | {"borough": some})
        nobody = _nobody(found, here, place)
        return Weighted(design, False, tuple(notes), before, None, reasons, by_chance, nobody)
    notes = [*named(collection, weighting), *rules.rules(recipe, fitted, by_chance=by_chance), left_out]
    return Weighted(design, True, tuple(notes), before, recipe, (), by_chance)


def _as_they_are(place: Place, reasons: Sequence[str], silent: int, *, by_chance: bool) -> list[str]:
    """What is said of figures that could not be weighted to a place; silent: its boroughs that nobody answered from."""
    notes = [f"These figures are not weighted to {place.title}. {' '.join(reasons)}"]
    notes += [rules.BY_CHANCE_ALONE] if by_chance else []
    return [*notes, *rules.not_part(silent, place)]


def _nobody(found: Cube, here: Bools, place: Place) -> str:
    """Why nobody in a cube is of the population of a place, in a sentence; "" where somebody is."""
    there = found.n > 0
    if (there & here).any() or not there.any():
        return ""
    return rules.nobody([name for name in rules.TELLS if not len(found.axis(name).observed(there))], place)


def _answered_from(placed: Cube, boroughs: list[str]) -> list[str]:
    """The boroughs that somebody answered from, whatever they were asked; all of them where that is none."""
    axis = placed.axis("borough")
    there = {axis.levels[code] for code in axis.observed(placed.n > 0)}
    return [one for one in boroughs if one in there] or boroughs


def _not_to_a_place(collection: Collection, found: Cube, levels: Levels) -> Weighted:
    try:
        based = with_base_weights(collection, found, None)
        notes = (rules.EVERY_ANSWER_THE_SAME if based is found else rules.BY_CHANCE_ALONE,)
    except CannotBeWeighted as wrong:
        based, notes = found, (f"Every answer counts the same. {wrong}",)
    design = _design(collection, based, levels)
    return Weighted(design, False, notes, design, by_chance=based is not found)


def _reasons(wrong: CannotWeight | WrongRecipe) -> tuple[str, ...]:
    """Whole sentences that say why a recipe does not do."""
    if isinstance(wrong, WrongRecipe):
        return wrong.faults
    told = str(wrong)
    return wrong.reasons if isinstance(wrong, CannotBeWeighted) else (f"{told[:1].upper()}{told[1:]}.",)


def in_use(collection: Collection, place: Place) -> Weighting:
    """What the recipe that is in use for a collection says; the usual one where nobody has chosen.

    Raises WrongRecipe where it does not fit the place as it is now.
    """
    chosen = collection.recipe_in_use
    return read(chosen.recipe.source, place) if chosen and chosen.recipe else usual(place)


def named(collection: Collection, weighting: Weighting | None) -> list[str]:
    """The recipe in use by its name and version, in a sentence; nothing for the usual one, or one that is tried."""
    chosen = collection.recipe_in_use
    if weighting is not None or chosen is None or chosen.recipe is None:
        return []
    return [f"By the recipe “{chosen.recipe.name}”, version {chosen.recipe.version}."]


def with_base_weights(collection: Collection, found: Cube, weighting: Weighting | None) -> Cube:
    """The cube with one over the chance of its setting as everybody's base weight, where those chances are known.

    They count in a probability design alone. Raises CannotBeWeighted where some who answered have none.
    """
    if collection.design != Design.PROBABILITY or (weighting and weighting.base != CHANCE):
        return found
    chances: dict[Hashable, float] = {one.id: one.chance for one in collection.settings if one.chance}
    if not chances:
        return found
    axis = found.axis("setting")
    weights = [1 / chances[level] if level in chances else float("nan") for level in (*axis.levels, None)]
    each = np.array(weights)[axis.codes]
    if np.isnan(each[found.n > 0]).any():
        raise CannotBeWeighted([_without_a_chance(collection.settings)])
    return replace(found, w=found.w * each, w2=found.w2 * each**2)


def _without_a_chance(settings: list[Setting]) -> str:
    missing = [f"{one.name} ({one.code})" for one in settings if one.chance is None]
    if len(missing) > MOST_NAMED:
        missing = [*missing[:MOST_NAMED], f"{number(len(missing) - MOST_NAMED)} more"]
    who = (
        f"{listed(missing)} {'has' if len(missing) == 1 else 'have'} none"
        if missing
        else "some came in by none"
    )
    return (
        f"Some settings have the chance that they were drawn with, but {who}. Write in all of them, or let every "
        f"answer begin with the weight 1."
    )


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
        no_cluster=NO_SETTING,
        levels=levels,
    )
