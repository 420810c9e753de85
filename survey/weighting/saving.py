"""Keeping a recipe under a name, choosing the one in use, and the chances that settings were drawn with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from survey import access
from survey.measuring.recipes import WrongRecipe, read
from survey.measuring.saved import USUAL, recipes
from survey.models import Collection, Recipe, RecipeInUse, Staff
from survey.places import Place, load
from survey.web import Form, Page, Problem, installation, see
from survey.weighting.forms import MOST_TEXT, fields_of, wrong_name
from survey.weighting.pages import WEIGHTS, weighting_page

LONGEST_WHY = 500
_CHANCE = re.compile(r"([0-9]*[.,]?[0-9]+) ?(%|/ ?[0-9]+)?")


def save(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep a recipe as a new version under its name; nothing is made where its last version says the same."""
    staff, collection, place = _open(request, session)
    name, source = _one(form, "name"), next(iter(form.get("source", [])), "").replace("\r\n", "\n")
    faults, recipe = wrong_name(name), None
    try:
        if len(source) > MOST_TEXT:
            raise WrongRecipe(
                [f"The recipe has {len(source):,} characters. There is room for {MOST_TEXT:,}."]
            )
        recipe = read(source, place)
    except WrongRecipe as wrong:
        faults += wrong.faults
    if faults or recipe is None:
        fields = fields_of(recipe) if recipe else None
        return weighting_page(
            request, session, staff, collection, fields, {"name": name, "source": source}, faults
        )
    versions = [one for one in recipes(session, collection) if one.name.casefold() == name.casefold()]
    if not versions or versions[0].source != recipe.source():
        made = Recipe(
            collection_id=collection.id or 0,
            name=versions[0].name if versions else name,
            version=versions[0].version + 1 if versions else 1,
            source=recipe.source(),
            made_by=staff.name,
            made_on=installation(request).today(),
        )
        session.add(made)
        _note(request, session, staff, "saved", f"recipe {made.name}, version {made.version}", collection)
        session.flush()
        versions = [made]
    return _back(collection, f"recipe={versions[0].id}&kept=recipe")


def choose(request: Request, session: Session, form: Form) -> Page | Response:
    """Weight a collection by another recipe from now on, with the reason why."""
    staff, collection, _place = _open(request, session)
    wanted, why = _one(form, "recipe"), _one(form, "why")
    found = next((one for one in recipes(session, collection) if str(one.id) == wanted), None)
    faults = [] if found or wanted == USUAL else ["Choose one of the recipes."]
    faults += _wrong_reason(why, "Write why it is to be used, such as “small boroughs swing too much”.")
    if faults:
        return weighting_page(
            request, session, staff, collection, None, {"recipe": wanted, "why": why}, faults
        )
    chosen = session.get(RecipeInUse, collection.id) or RecipeInUse(collection_id=collection.id or 0)
    if chosen.recipe_id != (found.id if found else None):
        chosen.recipe_id = found.id if found else None
        session.add(chosen)
        told = f"recipe {found.name}, version {found.version}" if found else "the usual recipe"
        _note(request, session, staff, "chose", told, collection, why)
    return _back(collection, "kept=choice")


def change_chances(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep the chance with which each setting was drawn: one line for each, its code and its chance."""
    staff, collection, _place = _open(request, session, in_a_place=False)
    text, why = next(iter(form.get("chances", [])), ""), _one(form, "rests_on")
    codes = {one.code: one for one in collection.settings}
    faults: list[str] = []
    found = _chances(text, codes, faults)
    faults += _wrong_reason(why, "Write what the chances rest on, such as “list of schools of 3 November”.")
    if faults:
        typed = {"chances": text, "rests_on": why}
        return weighting_page(request, session, staff, collection, None, typed, faults)
    changed = [one for one in collection.settings if one.chance != found.get(one.code)]
    for setting in changed:
        setting.chance = found.get(setting.code)
    if changed:
        many = f"chances of {len(changed)} settings"
        _note(request, session, staff, "changed", many, collection, why)
    return _back(collection, "kept=chances")


def _chances(text: str, codes: Mapping[str, object], faults: list[str]) -> dict[str, float | None]:
    """The chance by code; every line that cannot be read becomes a fault. A code without a chance has none."""
    found: dict[str, float | None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        code, _, told = re.sub(r"[\s;,]+", " ", line.strip(), count=1).partition(" ")
        chance = _chance(told.strip())
        if not code:
            continue
        if code.upper() not in codes:
            faults.append(f"Line {number}: this collection has no setting with the code {code[:20]}.")
        elif code.upper() in found:
            faults.append(f"Line {number}: {code.upper()} is there already. Leave one of the two out.")
        elif told.strip() and chance is None:
            faults.append(
                f"Line {number}: “{told.strip()[:40]}” is no chance. Write it as 0.05, 5 % or 1/20: over 0 and up to 1."
            )
        found[code.upper()] = chance
    return found


def _chance(told: str) -> float | None:
    """A chance as people write it; None where it is none."""
    match = _CHANCE.fullmatch(told)
    if match is None:
        return None
    part = match[2] or ""
    below = 100.0 if part == "%" else float(part[1:] or 1)
    chance = float(match[1].replace(",", ".")) / below if below else 0.0
    return chance if 0 < chance <= 1 else None


def _wrong_reason(why: str, mend: str) -> list[str]:
    if not why:
        return [mend]
    if len(why) > LONGEST_WHY or not why.isprintable():
        return [f"Write at most {LONGEST_WHY} characters that can be seen; there are {len(why)}."]
    return []


def _open(request: Request, session: Session, *, in_a_place: bool = True) -> tuple[Staff, Collection, Place]:
    """Who asks, and the collection in the address, which nobody else changes meanwhile; its place."""
    staff = access.open_staff_page(request, session, WEIGHTS)
    number = request.path_params["id"]
    found = session.get(Collection, number, with_for_update=True)
    if found is None:
        raise Problem(404, "We cannot find that collection", "Open its consultation from the list.")
    key = found.consultation.place
    if in_a_place and key is None:
        raise Problem(
            422,
            "There is nothing to weight to",
            "Its consultation names no place, so it has no population figures.",
        )
    return staff, found, load(key) if key else installation(request).place


def _note(
    request: Request,
    session: Session,
    staff: Staff,
    did: str,
    what: str,
    collection: Collection,
    why: str | None = None,
) -> None:
    object_ = f"{what}, of collection {collection.name} of {collection.consultation.title}"
    access.note(session, installation(request).now(), staff.name, did, object_, why)


def _back(collection: Collection, query: str) -> Response:
    return see(
        f"/staff/consultations/{collection.consultation.slug}/weighting?collection={collection.id}&{query}"
    )


def _one(form: Form, name: str) -> str:
    return " ".join(next(iter(form.get(name, [])), "").split())
