"""The pictures of a publication: drawn from what is frozen, so that each is the same for ever."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Literal

from analysis import charts
from questions import Message
from questions.messages import _
from survey.languages import SOURCE, Language, read_languages
from survey.measuring.frozen import Frozen, Row
from survey.places import load
from survey.wording import ENGLISH, number

Width = Literal["phone", "page"]
Theme = Literal["light", "dark"]
NAMES = ("borough", "age_band", "gender", "map", "heat")


def picture(
    frozen: Frozen,
    name: str,
    question: str,
    codes: tuple[str, ...],
    width: Width,
    theme: Theme,
    language: Language | None = None,
) -> charts.Picture:
    """A picture of a measure: by borough, age or gender, as a map, or by borough and age; in English if not said.

    Raises:
        ValueError: there is no such table, or it is not enough for such a picture (a part of a city is no map of it).
    """
    spoken = language or read_languages()[SOURCE]
    table = frozen.table(question, codes, columns(name)).spoken(
        spoken.gettext, lambda row: told_of(row, spoken)
    )
    if not table:
        raise ValueError("there is no such table in this publication")
    labels = {level: words for split in table.by for level, words in frozen.labels(split).items()}
    overall = frozen.whole(question, codes)
    known: dict[str, Any] = {
        "labels": labels,
        "title": spoken.say(title(frozen, name, question, codes, spoken.formats)),
        "width": width,
        "theme": theme,
    }
    with speaking(spoken):
        if name == "heat":
            return charts.heat(table, **known)
        known |= {
            "overall": overall if overall and overall["estimate"] is not None else None,
            "overall_name": spoken.say(_("Everyone")),
        }
        if name == "map":
            place = load(frozen.content["place"]["key"])
            return charts.tile_map(table, place.tiles, short=place.short_names, **known)
        return (charts.ranking if name == "borough" else charts.ordered)(table, **known)


def speaking(language: Language) -> AbstractContextManager[None]:
    """Within this, pictures are drawn in a language, and from right to left where it runs so."""
    return charts.spoken_in(charts.Tongue(language.gettext, language.direction == "rtl"))


def told_of(row: Row, language: Language) -> Row:
    """A row as a picture in a language tells it: what is frozen of a row that is withheld is told in English alone."""
    if language.code == SOURCE or row["estimate"] is not None:
        return row
    return {**row, "reason": language.say(_("withheld to protect people"))}


def columns(name: str) -> tuple[str, ...]:
    """What the table behind a picture is by."""
    return {"map": ("borough",), "heat": ("borough", "age_band")}.get(name, (name,))


def title(
    frozen: Frozen, name: str, question: str, codes: tuple[str, ...], formats: str = ENGLISH
) -> Message:
    """What stands over a picture. formats: the locale that joins the words of several answers."""
    words = frozen.words(question, codes, formats)
    by = {
        "age_band": _("Said “%(answer)s”, by age", answer=words),
        "gender": _("Said “%(answer)s”, by gender", answer=words),
        "heat": _("Said “%(answer)s”, by borough and age", answer=words),
    }
    said = by.get(name, _("Said “%(answer)s”, by borough", answer=words))
    return titled(said, made_up=frozen.content["consultation"]["synthetic"])


def titled(said: Message, *, made_up: bool) -> Message:
    """A title, with the mark of answers that nobody gave."""
    return _("%(title)s (made-up answers)", title=said) if made_up else said


def told(frozen: Frozen) -> dict[str, Any]:
    """The pictures that there are of the headline figure, each in words, and why there is no map, if so."""
    question, codes = frozen.headline
    found, no_map = [], ""
    for name in NAMES:
        if name == "map" and not frozen.content["place"]:
            continue
        try:
            drawn = picture(frozen, name, question, codes, "page", "light")
        except ValueError as reason:
            no_map = f"There is no map: {reason}." if name == "map" and frozen.splits(question) else no_map
            continue
        found.append({"name": name, "title": drawn.heading, "description": drawn.description})
    return {"pictures": found, "no_map": no_map}


def as_slide(drawn: charts.Picture, frozen: Frozen, source: str) -> bytes:
    """A picture of the headline figure for a slide: under its question, over its base, its claim and its source."""
    question, codes = frozen.headline
    asked = f"“{frozen.questions[question]['prompt']}”"
    return charts.slide(drawn, asked, [*_base(frozen, question, codes), frozen.content["claim"], source])


def _base(frozen: Frozen, question: str, codes: tuple[str, ...]) -> list[str]:
    """Of how many people the figure of everybody is, in a sentence; nothing where it is not shown."""
    whole, took_part = frozen.whole(question, codes), frozen.content["responses"]
    if whole is None or whole["n"] is None:
        return []
    if whole["n"] >= took_part:  # rounded to 5
        return [f"All or nearly all of the {number(took_part)} people who took part gave an opinion."]
    return [f"About {number(whole['n'])} people gave an opinion, of {number(took_part)} who took part."]
