"""Recipes that are saved, and in use, before a story begins."""

from sqlmodel import Session

from survey.models import Collection, Recipe, RecipeInUse
from tests.survey.conftest import MIDDAY


def saved(
    session: Session, collection: int | None, source: str, name: str = "ours", version: int = 1
) -> Recipe:
    """A recipe of a collection, which is kept and not in use yet."""
    made = Recipe(
        collection_id=collection or 0,
        name=name,
        version=version,
        source=source,
        made_by="Ada, analyst",
        made_on=MIDDAY.date(),
    )
    session.add(made)
    session.flush()
    return made


def used(session: Session, collection: Collection, recipe: Recipe) -> None:
    """Weight a collection by a recipe from now on."""
    session.add(RecipeInUse(collection_id=collection.id or 0, recipe_id=recipe.id))
    session.flush()
    session.refresh(collection)
