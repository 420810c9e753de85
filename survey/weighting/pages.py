"""The weighting page of a consultation: a recipe, what it does to one collection's answers, and its picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from analysis import charts
from survey import access, counts
from survey.measuring.answers import everybody
from survey.measuring.door import rule_of
from survey.measuring.recipes import (
    BOROUGH,
    MERGED,
    NAMES,
    Weighting,
    WrongRecipe,
    read,
    usual,
)
from survey.measuring.saved import USUAL, recipes
from survey.measuring.weights import CLAIMS_A_PLACE, Weighted, in_use, weigh
from survey.models import Collection, Consultation, Design, Role, Staff
from survey.places import Place, load
from survey.web import Page, Problem
from survey.weighting.effect import COLUMNS, effect
from survey.weighting.forms import LONGEST_NAME, Fields, choices, fields_of, recipe_of

WEIGHTS = (Role.ANALYST, Role.ADMIN)
TYPED = ("name", "source", "recipe", "why", "chances", "rests_on")  # in the forms beside the recipe's own
MORE_ROWS = 2  # empty rows for what is weighted together


def weighting(request: Request, session: Session) -> Page:
    """A recipe for one collection of a consultation, and what it does; htmx gets only what it does."""
    staff, consultation = access.open_consultation(request, session, WEIGHTS)
    collection = _collection(request, session, consultation)
    return weighting_page(request, session, staff, collection, _fields(request))


def weighting_page(
    request: Request,
    session: Session,
    staff: Staff,
    collection: Collection,
    fields: Fields | None,
    typed: dict[str, str] | None = None,
    messages: Sequence[str] = (),
) -> Page:
    """The page; fields: what the form of the recipe says, None for the one that is asked for, or in use.

    typed: what was typed elsewhere; messages: what is wrong with it.
    """
    consultation = collection.consultation
    place = load(consultation.place) if consultation.place else None
    shown: dict[str, Any] = {
        "staff": staff,
        "consultation": consultation,
        "collection": collection,
        "here": f"/staff/consultations/{consultation.slug}/weighting",
        "others": [one for one in consultation.collections if one.id != collection.id],
        "in_place": place if collection.design in CLAIMS_A_PLACE else None,
        "drawn": collection.design == Design.PROBABILITY,
        "chances": "\n".join(f"{one.code} {one.chance or ''}".strip() for one in collection.settings),
        "known": sum(one.chance is not None for one in collection.settings),
        "typed": dict.fromkeys(TYPED, "") | (typed or {}),
        "messages": messages,
        "kept": request.query_params.get("kept", ""),
        "longest_name": LONGEST_NAME,
    }
    if place is not None and collection.design in CLAIMS_A_PLACE:
        shown |= _tried(request, session, collection, place, fields)
    return Page("weighting/weighting.html", shown, 422 if messages else 200, block="tried")


def _fields(request: Request) -> Fields | None:
    """What the form says, where it was sent."""
    query = request.query_params
    return {name: query.getlist(name) for name in query} if "tried" in query else None


def _tried(
    request: Request, session: Session, collection: Collection, place: Place, fields: Fields | None
) -> dict[str, Any]:
    """A recipe as a form, and what it does."""
    chosen = collection.recipe_in_use
    standing = chosen.recipe if chosen else None
    shown: dict[str, Any] = {
        "saved": recipes(session, collection),
        "standing": standing,
        "choices": choices(),
        "levels": [(NAMES[column], _levels(place, column)) for column in MERGED],
        "blank": MORE_ROWS,
        "answers": counts.submitted_by_collection(session, collection.consultation_id).get(
            collection.id or 0, 0
        ),
        "faults": (),
        "source": "",
        "done": None,
    }
    try:
        recipe = recipe_of(fields, place) if fields else _asked_for(request, session, collection, place)
    except WrongRecipe as wrong:
        return shown | {"faults": wrong.faults, "fields": fields or fields_of(usual(place))}
    shown |= {"fields": fields or fields_of(recipe), "source": recipe.source()}
    if shown["answers"]:
        done = weigh(collection, everybody(session, collection), place, weighting=recipe)
        least = rule_of(collection.consultation).minimum_base
        shown |= {"done": done, "effect": effect(done, least) if done.weighted else None, "columns": COLUMNS}
        shown["picture"] = urlencode(
            [("collection", str(collection.id)), ("tried", "1")]
            + [(name, one) for name, told in fields_of(recipe).items() for one in told]
        )
    return shown


def _levels(place: Place, column: str) -> list[tuple[str, str]]:
    levels = [str(level) for level in place.population(column)]
    return [(f"{column}:{one}", place.name_of(one) if column == BOROUGH else one) for one in levels]


def _asked_for(request: Request, session: Session, collection: Collection, place: Place) -> Weighting:
    """The saved recipe that the address names, the usual one, or else the one in use. Raises WrongRecipe."""
    wanted = request.query_params.get("recipe", "")
    if wanted == USUAL:
        return usual(place)
    found = next((one for one in recipes(session, collection) if str(one.id) == wanted), None)
    return read(found.source, place) if found else in_use(collection, place)


def _collection(request: Request, session: Session, consultation: Consultation) -> Collection:
    """The collection asked for, or else the one with most answers that claims a place."""
    submitted = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(
        consultation.collections,
        key=lambda one: (one.design not in CLAIMS_A_PLACE, -submitted.get(one.id or 0, 0)),
    )
    wanted = request.query_params.get("collection", "")
    found = next((one for one in ranked if str(one.id) == wanted), None) or next(iter(ranked), None)
    if found is None:
        raise Problem(404, "Nothing is collected here yet", "Open a collection from the consultation's page.")
    return found


def picture(request: Request, session: Session) -> Response:
    """Before and after weighting, as a picture."""
    _, consultation = access.open_consultation(request, session, WEIGHTS)
    collection = _collection(request, session, consultation)
    drawn = charts.weighting(
        effect(_weighted(request, session, collection), rule_of(consultation).minimum_base).rows,
        title="Before and after weighting" + " (made-up answers)" * consultation.synthetic,
        width="phone" if request.query_params.get("width") == "phone" else "page",
        theme="dark" if request.query_params.get("theme") == "dark" else "light",
    )
    return Response(charts.svg(drawn), media_type="image/svg+xml")


def _weighted(request: Request, session: Session, collection: Collection) -> Weighted:
    """The answers weighted as the address says. Raises Problem where they cannot be."""
    place, fields = (
        load(collection.consultation.place) if collection.consultation.place else None,
        _fields(request),
    )
    if place is not None and collection.design in CLAIMS_A_PLACE:
        try:
            recipe = recipe_of(fields, place) if fields else _asked_for(request, session, collection, place)
        except WrongRecipe:
            pass
        else:
            done = weigh(collection, everybody(session, collection), place, weighting=recipe)
            if done.weighted:
                return done
    raise Problem(404, "There is no such picture", "Open the weighting page: it says why.")
