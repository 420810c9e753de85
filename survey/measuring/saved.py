"""The saved recipes of a collection."""

from sqlmodel import Session, col, select

from survey.measuring.recipes import Weighting, WrongRecipe, read, usual
from survey.models import Collection, Recipe
from survey.places import Place
from survey.wording import listed

USUAL = "usual"  # the recipe that nobody chose: no saved one may be called that


def recipes(session: Session, collection: Collection) -> list[Recipe]:
    """The saved recipes of a collection, by name, the newest version first."""
    found = select(Recipe).where(col(Recipe.collection_id) == collection.id)
    return list(session.exec(found.order_by(col(Recipe.name), col(Recipe.version).desc())).all())


def recipe_named(session: Session, collection: Collection, place: Place, name: str) -> Weighting:
    """The recipe that a NAME or NAME:VERSION means: the usual one, or a saved one, the newest if no version is said.

    Raises WrongRecipe where there is no such, with those that there are, or where it does not fit the place any more.
    """
    if name.casefold() == USUAL:
        return usual(place)
    called, _, version = name.partition(":")
    saved = recipes(session, collection)
    for one in saved:
        if one.name.casefold() == called.strip().casefold() and version in ("", str(one.version)):
            return read(one.source, place)
    there = listed([USUAL, *(f"{one.name}:{one.version}" for one in saved)])
    raise WrongRecipe([f"{collection.name} has no recipe “{name}”. There are: {there}."])
