"""Places: a city's boroughs, population, help lines and rules. Each city is a folder."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path

from questions import Text
from survey.places.lines import HelpLine, WrongPlace, read_lines, text_of

__all__ = ["Borough", "Cell", "HelpLine", "Place", "WrongPlace", "load"]

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Borough:
    """One area: its official code and name, its part of the city, and its police force."""

    code: str
    name: str
    sub_region: str
    police_force: str


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

    topics: what may be asked about, by key. tiles: the column and row of each borough on the tile map, from the upper
    left; short_names: what it is called on a phone's tile, in at most seven letters. Both are empty where a city has
    drawn no map.
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
    topics: Mapping[str, Text]
    aliases: Mapping[str, str]

    def name_of(self, code: str) -> str:
        """The name of a borough; the code itself where it is none of this place."""
        return next((borough.name for borough in self.boroughs if borough.code == code), code)

    def population(self, *by: str) -> dict[Hashable, float]:
        """How many people the frame has by `borough`, `age_band` or `gender`; by several, as tuples."""
        found: dict[Hashable, float] = defaultdict(float)
        level = attrgetter(*by)
        for cell in self.frame:
            found[level(cell)] += cell.people
        return dict(found)


@cache
def load(key: str, root: Path = HERE) -> Place:
    """The place in a folder; LookupError with the folders that there are when it is not one of them.

    Raises WrongPlace when its map does not give each borough one tile of its own, or a help line lacks something.
    """
    folder = root / key
    if not (folder / "place.toml").is_file():
        known = sorted(found.parent.name for found in root.glob("*/place.toml"))
        raise LookupError(f"There is no place called {key}. There are: {', '.join(known)}.")
    about = tomllib.loads((folder / "place.toml").read_text("utf8"))
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
        help_lines=read_lines(folder / "help_lines.toml", key),
        topics=_topics(folder / "topics.toml", key),
        aliases={row["alias"]: row["code"] for row in _rows(folder / "aliases.csv")},
    )


def _topics(path: Path, place: str) -> dict[str, Text]:
    """The topics of a place; none where it names none. Raises WrongPlace for one that has no name in English."""
    named = tomllib.loads(path.read_text("utf8")) if path.is_file() else {}
    for key, words in named.items():
        if not isinstance(words, dict) or not words.get("en"):
            raise WrongPlace(
                f'{path.name} of {place}: write {key} = {{en = "its name"}}, and other languages beside it.'
            )
    return {key: text_of(words) for key, words in named.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def _borough(row: dict[str, str]) -> Borough:
    return Borough(row["code"], row["name"], row["sub_region"], row["police_force"])


def _tiles(
    key: str, drawn: list[dict[str, str]], boroughs: tuple[Borough, ...]
) -> dict[str, tuple[int, int]]:
    """Where each borough stands; WrongPlace unless each has exactly one tile, in a place of its own."""
    tiles = {row["code"]: (int(row["column"]), int(row["row"])) for row in drawn}
    if drawn and sorted(row["code"] for row in drawn) != sorted(borough.code for borough in boroughs):
        raise WrongPlace(f"tiles.csv of {key} must have exactly one tile for each borough")
    if len(set(tiles.values())) < len(tiles):
        raise WrongPlace(f"tiles.csv of {key} has two boroughs in one place")
    return tiles


def _cell(row: dict[str, str]) -> Cell:
    return Cell(row["borough"], row["age_band"], row["gender"], int(row["people"]))
