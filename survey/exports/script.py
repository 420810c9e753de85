"""The script that works figures out again in R, and what it reads beside the rows: figures, population, how."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import Margin
from analysis.disclosure import Rule
from survey.exports.measured import Weighted, margins

SCRIPT = Path(__file__).parent / "check.R"
PEOPLE, ROWS, QUESTIONS = "people.csv", "responses.csv", "questions.csv"
FIGURES = ("question", "codes", "by", "level", "estimate", "se", "ci_low", "ci_high", "n", "df")
DIFFERENCES = ("question", "codes", "by", "compared", "level", "estimate", "ci_low", "ci_high", "p_adjusted")
TESTS = ("question", "codes", "by", "level", "f", "df1", "df2", "p")
WAVES = (
    *("wave", "question", "codes", "design", "place", "settings", "estimate", "ci_low", "ci_high"),
    *("change", "change_low", "change_high", "told"),
)
DESIGN = (
    *("weighted", "chances", "lowest", "highest", "clustered", "printed", "rests_on", "coarser", "weight"),
    *("minimum_base", "minimum_count", "extreme_base"),
)
NONE = "(none)"  # a level that somebody has not, in a cell of several columns

Figure = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What must come out. printed: whether it is a publication’s, in whole percentages; rule: by what it is shown.

    shown: of each figure its FIGURES; differences, tests: of each its DIFFERENCES and TESTS; waves: of each wave that
    the page of a publication prints its WAVES, oldest first.
    """

    printed: bool
    rule: Rule
    shown: Sequence[Figure]
    differences: Sequence[Figure] = ()
    tests: Sequence[Figure] = ()
    waves: Sequence[Figure] = ()

    def __len__(self) -> int:
        return len(self.shown) + len(self.differences) + len(self.tests) + max(0, len(self.waves) - 1)


@dataclass(frozen=True, slots=True)
class Rows:
    """Of the rows, what a script cannot see in them. clustered: whether people came in by settings.

    coarser: the questions that are coarser in them than they were answered, or empty where they were answered.
    weight: what the column of weights is called.
    """

    clustered: bool
    coarser: tuple[str, ...] = field(default=())
    weight: str = "weight"


def write(folder: Path, weighted: Weighted, figures: Figures, rows: Rows) -> None:
    """Put the script into a folder, with all that it reads but for the rows."""
    to = margins(weighted)
    shutil.copyfile(SCRIPT, folder / SCRIPT.name)
    table(folder / "figures.csv", FIGURES, figures.shown)
    if not figures.printed:
        table(folder / "differences.csv", DIFFERENCES, figures.differences)
        table(folder / "tests.csv", TESTS, figures.tests)
    if figures.waves:
        table(folder / "waves.csv", WAVES, figures.waves)
    table(folder / "design.csv", DESIGN, [_how(weighted, figures, rows)])
    table(folder / "population.csv", ("margin", "level", "people"), _population(to))
    table(folder / "merges.csv", ("margin", "level", "into"), _merges(to))


def names(*, printed: bool) -> tuple[str, ...]:
    """The files that `write` makes."""
    more = () if printed else ("differences.csv", "tests.csv")
    return (SCRIPT.name, "figures.csv", *more, "design.csv", "population.csv", "merges.csv")


def table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; nothing, and what is no number, is an empty cell."""
    with path.open("w", encoding="utf8", newline="") as file:
        made = csv.writer(file)
        made.writerow(header)
        made.writerows([_cell(one) for one in row] for row in rows)


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value


def _how(weighted: Weighted, figures: Figures, rows: Rows) -> tuple[Any, ...]:
    recipe = weighted.weighting
    bounds = (recipe.lowest, recipe.highest) if recipe is not None else (None, None)
    return (
        said(weighted.weighted),
        said(weighted.by_chance),
        *bounds,
        said(rows.clustered),
        said(figures.printed),
        " ".join(rests_on(weighted)),
        " ".join(rows.coarser),
        rows.weight,
        figures.rule.minimum_base,
        figures.rule.minimum_count,
        figures.rule.extreme_base,
    )


def rests_on(weighted: Weighted) -> tuple[str, ...]:
    """The columns by which somebody is of the population, and that weights follow from."""
    inside = ("borough", "age_band") if weighted.design.domain else ()
    return tuple(dict.fromkeys([*inside, *(name for margin in margins(weighted) for name in margin.names)]))


def said(yes: bool) -> str:
    """Yes or no, as the script reads it."""
    return "yes" if yes else "no"


def _population(to: Sequence[Margin]) -> Iterator[tuple[str, str, float]]:
    """How many people each level of each margin has."""
    for margin in to:
        yield from ((margin.name, _level(level), people) for level, people in margin.targets.items())


def _merges(to: Sequence[Margin]) -> Iterator[tuple[str, str, str]]:
    """The levels of each margin that are weighted together with another."""
    for margin in to:
        yield from ((margin.name, _level(one), _level(into)) for one, into in margin.merge.items())


def _level(cell: Hashable) -> str:
    """A level of a margin, or a cell of one of several columns."""
    levels = cell if isinstance(cell, tuple) else (cell,)
    return " x ".join(NONE if one is None else str(one) for one in levels)
