"""The form of a recipe: what it sends as a recipe, and a recipe as what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, zip_longest

from survey.measuring.recipes import COLUMNS, CROSS, OTHERS, Merge, Weighting, WrongRecipe, worded
from survey.measuring.saved import USUAL
from survey.places import Place

Fields = Mapping[str, Sequence[str]]
CHOICES = tuple(
    columns for size in (1, 2, 3) for columns in combinations(COLUMNS, size)
)  # the margins that the form offers
LONGEST_NAME = 60
MOST_TEXT = 20_000  # characters of a recipe


def fields_of(recipe: Weighting) -> dict[str, list[str]]:
    """What stands in the form of a recipe."""
    return {
        "margin": [CROSS.join(one) for one in recipe.margins],
        "small": [f"{one.column}:{one.level}" for one in recipe.merges],
        "into": [f"{one.column}:{one.into}" for one in recipe.merges],
        "fewer_than": [str(recipe.fewer_than or "")],
        "others": [recipe.others],
        "base": [recipe.base],
        "lowest": ["" if recipe.lowest is None else f"{recipe.lowest:g}"],
        "highest": ["" if recipe.highest is None else f"{recipe.highest:g}"],
    }


def recipe_of(fields: Fields, place: Place) -> Weighting:
    """The recipe that a form says. Raises WrongRecipe with everything that is wrong."""
    faults: list[str] = []
    merges = tuple(_merges(fields, faults))
    told = {
        name: next(iter(fields.get(name, [])), "").strip() for name in ("fewer_than", "lowest", "highest")
    }
    try:
        made = Weighting(
            place,
            margins=tuple(tuple(one.split(CROSS)) for one in fields.get("margin", [])),
            merges=merges,
            fewer_than=_whole(told["fewer_than"]),  # type: ignore[arg-type]  # what is no number is told so
            others=next(iter(fields.get("others", [])), OTHERS[0]),
            lowest=_decimal(told["lowest"]),  # type: ignore[arg-type]
            highest=_decimal(told["highest"]),  # type: ignore[arg-type]
            base=next(iter(fields.get("base", [])), "chance"),
        )
    except WrongRecipe as wrong:
        raise WrongRecipe([*faults, *wrong.faults]) from None
    if faults:
        raise WrongRecipe(faults)
    return made


def _merges(fields: Fields, faults: list[str]) -> Iterator[Merge]:
    for small, into in zip_longest(fields.get("small", []), fields.get("into", []), fillvalue=""):
        (column, _, level), (other, _, with_) = small.partition(":"), into.partition(":")
        if bool(small) != bool(into):
            faults.append("Of what is weighted together, choose both groups, or neither.")
        elif small and column != other:
            faults.append("A borough can be weighted together with a borough, and an age with an age.")
        elif small:
            yield Merge(column, level, with_)


def _whole(told: str) -> int | str | None:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 9 else told or None


def _decimal(told: str) -> float | str | None:
    try:
        return float(told.replace(",", ".")) if told else None
    except ValueError:
        return told


def choices() -> list[tuple[str, str]]:
    """The margins to choose from: as they are sent, and in words."""
    return [(CROSS.join(columns), worded(columns)) for columns in CHOICES]


def wrong_name(name: str) -> list[str]:
    """What is wrong with the name of a recipe."""
    if not name:
        return ["Give the recipe a name, such as “Borough by age”."]
    faults = []
    if len(name) > LONGEST_NAME:
        faults.append(f"The name has {len(name)} characters. There is room for {LONGEST_NAME}.")
    if not name.isprintable() or ":" in name:
        faults.append("A name cannot have a colon, or a character that cannot be seen. Leave it out.")
    if name.casefold() == USUAL:
        faults.append("“Usual” is what the recipe is called that nobody chose. Give this one another name.")
    return faults
