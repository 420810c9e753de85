"""Places: a city's boroughs, population, help lines and rules. Each city is a folder."""

import csv
import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from questions import Text

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Borough:
    """One area: its official code and name, its part of the city, and its police force."""

    code: str
    name: str
    sub_region: str
    police_force: str


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Where help is: who it is, how to reach it, when it answers, and for whom it is; when that was last checked."""

    name: Text
    contact: Text
    href: str
    when: Text | None
    about: Text
    verified_on: dt.date


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people of an age band and a gender a borough has."""

    borough: str
    age_band: str
    gender: str
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A city as data. `merges` says which borough is weighted together with which other.

    tiles: the column and row of each borough on the tile map, from the upper left; short_names: what it is called
    on a phone's tile, in at most seven letters. Both are empty where a city has drawn no map.
    """

    key: str
    title: str
    timezone: str
    frame_source: str
    merges: Mapping[str, str]
    boroughs: tuple[Borough, ...]
    tiles: Mapping[str, tuple[int, int]]
    short_names: Mapping[str, str]
    frame: tuple[Cell, ...]
    help_lines: tuple[HelpLine, ...]
    aliases: Mapping[str, str]

    def name_of(self, code: str) -> str:
        """The name of a borough; the code itself where it is none of this place."""
        return next((borough.name for borough in self.boroughs if borough.code == code), code)

    def population(self, *by: str) -> dict[Hashable, float]:
        """How many people the frame has by `borough`, `age_band` or `gender`; by several, as tuples."""
        found: dict[Hashable, float] = defaultdict(float)
        for cell in self.frame:
            levels = tuple(getattr(cell, name) for name in by)
            found[levels[0] if len(levels) == 1 else levels] += cell.people
        return dict(found)


@cache
def load(key: str, root: Path = HERE) -> Place:
    """The place in a folder; LookupError with the folders that there are when it is not one of them.

    Raises ValueError when its map does not give each borough one tile of its own.
    """
    folder = root / key
    if not (folder / "place.toml").is_file():
        known = sorted(found.parent.name for found in root.glob("*/place.toml"))
        raise LookupError(f"There is no place called {key}. There are: {', '.join(known)}.")
    about = tomllib.loads((folder / "place.toml").read_text("utf8"))
    lines = tomllib.loads((folder / "help_lines.toml").read_text("utf8"))
    boroughs = tuple(_borough(row) for row in _rows(folder / "boroughs.csv"))
    drawn = _rows(folder / "tiles.csv") if (folder / "tiles.csv").is_file() else []
    return Place(
        key=key,
        title=about["title"],
        timezone=about["timezone"],
        frame_source=about["frame_source"],
        merges=about.get("merges", {}),
        boroughs=boroughs,
        tiles=_tiles(key, drawn, boroughs),
        short_names={row["code"]: row["short"] for row in drawn},
        frame=tuple(_cell(row) for row in _rows(folder / "frame.csv")),
        help_lines=tuple(_help_line(line, lines["verified_on"]) for line in lines["line"]),
        aliases={row["alias"]: row["code"] for row in _rows(folder / "aliases.csv")},
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def _borough(row: dict[str, str]) -> Borough:
    return Borough(row["code"], row["name"], row["sub_region"], row["police_force"])


def _help_line(line: Mapping[str, Any], verified_on: dt.date) -> HelpLine:
    words = {name: _text(line[name]) for name in ("name", "contact", "about")}
    when = _text(line["when"]) if line["when"] else None
    return HelpLine(href=line["href"], when=when, verified_on=line.get("verified_on", verified_on), **words)


def _text(words: str | Mapping[str, str]) -> Text:
    """Words in English, or in several languages: `{en = "any time", bn = "..."}`."""
    if isinstance(words, str):
        return Text(words)
    return Text(words["en"], tuple((code, said) for code, said in words.items() if code != "en"))


def _tiles(
    key: str, drawn: list[dict[str, str]], boroughs: tuple[Borough, ...]
) -> dict[str, tuple[int, int]]:
    """Where each borough stands; ValueError unless each has exactly one tile, in a place of its own."""
    tiles = {row["code"]: (int(row["column"]), int(row["row"])) for row in drawn}
    if drawn and sorted(row["code"] for row in drawn) != sorted(borough.code for borough in boroughs):
        raise ValueError(f"tiles.csv of {key} must have exactly one tile for each borough")
    if len(set(tiles.values())) < len(tiles):
        raise ValueError(f"tiles.csv of {key} has two boroughs in one place")
    return tiles


def _cell(row: dict[str, str]) -> Cell:
    return Cell(row["borough"], row["age_band"], row["gender"], int(row["people"]))
