"""Recipes: how a collection's answers are weighted, as a value that cannot be wrong and as text that says the same.

It knows no database, so that a notebook reads a recipe and weights with it: `read(text, place).weighted(design)`.
"""

import tomllib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from analysis import CannotWeight, Margin, NotConverged, SurveyDesign
from survey.places import Place
from survey.wording import listed, number

BOROUGH, GENDER, AGE = "borough", "gender", "age_band"
COLUMNS = (BOROUGH, GENDER, AGE)  # in this order in a crossed margin: small cells are merged along the last
NAMES = {BOROUGH: "borough", GENDER: "gender", AGE: "age band"}
MERGED = (BOROUGH, AGE)
CROSS = " x "
OWN_SHARE, REFUSE = "own share", "refuse"
OTHERS = (OWN_SHARE, REFUSE)
CHANCE, EQUAL = "chance", "equal"
BASES = (CHANCE, EQUAL)
FEWEST, MOST = 2, 1000  # answers of a cell, below which it may be weighted together with the next
HIGHEST = 100.0
KEYS = ("place", "frame", "margins", "merge", "fewer_than", "others", "trim", "base")
LEAST_TOLD = 10  # people; of fewer than that no sentence says how many
TOLD = 5  # cells that a sentence names


class WrongRecipe(ValueError):
    """A recipe that cannot be; `faults` says all that is wrong with it, and how to mend each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


class CannotBeWeighted(CannotWeight):
    """Answers that a recipe does not fit; `reasons` are whole sentences that say why, and how to mend it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(reasons))


class Merge(NamedTuple):
    """A level of a column that is weighted together with another."""

    column: str
    level: str
    into: str


@dataclass(frozen=True, slots=True)
class Weighting:
    """What a recipe says.

    margins: the columns of each, several where they are crossed. merges: levels weighted together. fewer_than: cells
    with fewer answers are weighted together with the next, None for none. others: whether who is neither female nor
    male by their answer keeps their "own share", or weighting is to "refuse". lowest, highest: the least and the
    greatest weight, in times the mean weight; None for no such bound. base: "chance" weights each answer first by one
    over the chance that its setting was drawn with, where that is known; "equal" by 1.

    Raises WrongRecipe with everything that is wrong with it.
    """

    place: Place
    margins: tuple[tuple[str, ...], ...] = ((BOROUGH,), (AGE,), (GENDER,))
    merges: tuple[Merge, ...] = ()
    fewer_than: int | None = None
    others: str = OWN_SHARE
    lowest: float | None = None
    highest: float | None = None
    base: str = CHANCE

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise WrongRecipe(faults)

    def source(self) -> str:
        """The recipe as text, which `read` reads back."""
        lines = [f"place = {_quoted(self.place.key)}", f"frame = {_quoted(self.place.frame_source)}"]
        lines += [f"margins = [{', '.join(_quoted(CROSS.join(one)) for one in self.margins)}]"]
        lines += [f"fewer_than = {self.fewer_than}"] if self.fewer_than else []
        lines += [f"others = {_quoted(self.others)}", f"base = {_quoted(self.base)}"]
        for column in MERGED:
            pairs = [(one.level, one.into) for one in self.merges if one.column == column]
            lines += ["", f"[merge.{column}]"] if pairs else []
            lines += [f"{_quoted(level)} = {_quoted(into)}" for level, into in pairs]
        bounds = {"lowest": self.lowest, "highest": self.highest}
        kept = [f"{name} = {bound!r}" for name, bound in bounds.items() if bound is not None]
        lines += ["", "[trim]", *kept] if kept else []
        return "\n".join(lines) + "\n"

    def together(self, column: str) -> dict[Hashable, str]:
        """The levels of a column that are weighted together with another, and with which."""
        return {one.level: one.into for one in self.merges if one.column == column}

    def fitted(self, design: SurveyDesign) -> list[Margin]:
        """The margins for the answers of a design: its small cells are merged by the recipe's rule."""
        regions = {one.code: one.sub_region for one in self.place.boroughs}
        made = [self._margin(columns) for columns in self.margins]
        if not self.fewer_than:
            return made
        return [
            one if one.names[-1] == GENDER else one.merging(design, self.fewer_than, within=regions)
            for one in made
        ]

    def _margin(self, columns: tuple[str, ...]) -> Margin:
        population = self.place.population(*columns)
        into = [self.together(column) for column in columns]
        merge: dict[Hashable, Hashable] = {}
        for cell in population:
            levels = _levels(cell)
            found = tuple(pairs.get(level, level) for pairs, level in zip(into, levels, strict=True))
            if found != levels:
                merge[cell] = found if len(columns) > 1 else found[0]
        own = self.others == OWN_SHARE and GENDER in columns
        return Margin(
            columns if len(columns) > 1 else columns[0],
            population,
            merge=merge,
            others="own share" if own else None,
        )

    def weighted(self, design: SurveyDesign) -> SurveyDesign:
        """A design weighted by this recipe. Raises CannotBeWeighted with every reason why it cannot."""
        margins = self.fitted(design)
        if reasons := [reason for margin in margins for reason in self._unfit(margin, design)]:
            raise CannotBeWeighted(reasons)
        try:
            return self._trimmed(design.rake(margins), margins[0].total)
        except NotConverged as wrong:
            raise CannotBeWeighted([self._apart(wrong)]) from None

    def _unfit(self, margin: Margin, design: SurveyDesign) -> Iterator[str]:
        """Why the answers of a design cannot be fitted to a margin: whole sentences."""
        found = design.to_weight(margin.names).by(margin.names)
        axes = [found.axis(name) for name in margin.names]
        at = zip(*([(*axis.levels, None)[code] for code in axis.codes] for axis in axes), strict=True)
        cells = [cell if len(axes) > 1 else cell[0] for cell in at]
        answered = {margin.merge.get(cell, cell) for cell, w in zip(cells, found.w, strict=True) if w > 0}
        wanted = {margin.merge.get(cell, cell) for cell, people in margin.targets.items() if people > 0}
        if empty := [cell for cell in margin.targets if cell in wanted - answered]:
            yield self._empty(margin, empty)
        strange = round(
            sum(
                float(n)
                for cell, n in zip(cells, found.n, strict=True)
                if margin.merge.get(cell, cell) not in margin.targets
            )
        )
        if strange and margin.others is None:
            yield self._refused(margin, strange)

    def _empty(self, margin: Margin, cells: Sequence[Hashable]) -> str:
        names = [self.named(margin.names, cell) for cell in cells[:TOLD]]
        names += [f"{len(cells) - TOLD} more"] if len(cells) > TOLD else []
        mend = "Weight them together with others, or leave the margin out."
        return f"Nobody who answered is in {listed(names)}, so there is nothing to weight up to that. {mend}"

    def _refused(self, margin: Margin, people: int) -> str:
        many = number(people) if people >= LEAST_TOLD else f"fewer than {LEAST_TOLD}"
        return (
            f"Of {many} people no {' or '.join(NAMES[name] for name in margin.names)} is known that the population "
            f"figures have, and this recipe refuses to weight them. Let them keep their own share, or leave "
            f"{NAMES[margin.names[-1]]} out."
        )

    def _apart(self, wrong: NotConverged) -> str:
        names = tuple(wrong.margin.split(CROSS))
        off = f"{abs(wrong.off) * 100:.2g} % too {'many' if wrong.off > 0 else 'few'}"
        return (
            f"Weighting does not settle: in {self.named(names, wrong.level)} there are still {off}. The margins "
            f"pull against each other where few answered: weight small cells together, or use fewer margins."
        )

    def _trimmed(self, raked: SurveyDesign, total: float) -> SurveyDesign:
        """With weights cut to the bounds, which are in times the mean weight."""
        if self.lowest is None and self.highest is None:
            return raked
        mean = total / raked.report().after.n
        lower, upper = (self.lowest or 0.0) * mean, (self.highest or float("inf")) * mean
        try:
            return raked.trim(lower=lower, upper=upper, strict=True)
        except CannotWeight:
            told = f"No weights {bounds(self)} keep their total: too few are inside to take up what is cut."
            raise CannotBeWeighted([f"{told} Widen the bounds."]) from None

    def named(self, columns: Sequence[str], cell: Hashable) -> str:
        """A cell of a margin in words: Camden, 10-11."""
        levels = zip(columns, _levels(cell), strict=True)
        return ", ".join(
            self.place.name_of(str(level)) if column == BOROUGH else str(level or "no answer")
            for column, level in levels
        )


def usual(place: Place) -> Weighting:
    """The recipe of a collection for which nobody has chosen another."""
    return Weighting(place, merges=tuple(Merge(BOROUGH, *pair) for pair in place.merges.items()))


def bounds(weighting: Weighting) -> str:
    """The bounds of a recipe in words."""
    low, high = weighting.lowest, weighting.highest
    if low is None or high is None:
        return f"of at most {high:g} times the mean" if low is None else f"of at least {low:g} times the mean"
    return f"between {low:g} and {high:g} times the mean"


def read(source: str, place: Place) -> Weighting:
    """The recipe that a text says, for the frame of a place.

    Raises WrongRecipe with everything that is wrong: a line that is no TOML, a name or a value that is not known, what
    contradicts itself, a frame that is another than the place has now.
    """
    try:
        told = tomllib.loads(source)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongRecipe([f"This cannot be read as TOML: {wrong}."]) from None
    faults = [*_strangers(told), *_other_frame(told, place)]
    values: dict[str, Any] = {}
    for part in (_read_margins, _read_merges, _read_numbers, _read_words):
        values |= part(told, faults)
    try:
        made = Weighting(place, **values)
    except WrongRecipe as wrong:
        raise WrongRecipe([*faults, *wrong.faults]) from None
    if faults:
        raise WrongRecipe(faults)
    return made


def _strangers(told: Mapping[str, Any]) -> Iterator[str]:
    for key in told:
        if key not in KEYS:
            yield f"“{key}” is no part of a recipe. There are: {listed(KEYS)}."


def _other_frame(told: Mapping[str, Any], place: Place) -> Iterator[str]:
    if told.get("place") != place.key:
        yield f"It is for the place {told.get('place', 'that it does not name')!s}. Write place = “{place.key}”."
    elif told.get("frame") != place.frame_source:
        yield (
            f"It weights to “{told.get('frame', 'no frame')}”, and the population figures are now "
            f"“{place.frame_source}”. Look at the weighting with these, and save the recipe again."
        )


def _read_margins(told: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    margins = told.get("margins", [])
    if not (isinstance(margins, list) and all(isinstance(one, str) for one in margins)):
        faults.append('The margins are a list of words: margins = ["borough", "gender x age_band"].')
        return {}
    return {"margins": tuple(tuple(name.strip() for name in one.split(CROSS)) for one in margins)}


def _read_merges(told: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    tables = told.get("merge", {})
    right = isinstance(tables, dict) and all(
        isinstance(pairs, dict) and all(isinstance(into, str) for into in pairs.values())
        for pairs in tables.values()
    )
    if not right:
        faults.append('What is weighted together stands as [merge.borough], and below it "one" = "other".')
        return {}
    return {
        "merges": tuple(Merge(column, *pair) for column, pairs in tables.items() for pair in pairs.items())
    }


def _read_numbers(told: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    trim = told.get("trim", {})
    if not isinstance(trim, dict) or set(trim) - {"lowest", "highest"}:
        faults.append("Bounds stand as [trim], and below it lowest = 0.2 or highest = 5, or both.")
        trim = {}
    return {
        "fewer_than": told.get("fewer_than"),
        "lowest": trim.get("lowest"),
        "highest": trim.get("highest"),
    }


def _read_words(told: Mapping[str, Any], _faults: list[str]) -> dict[str, Any]:
    return {name: told[name] for name in ("others", "base") if name in told}


# What is wrong with a recipe


def _faults(one: Weighting) -> Iterator[str]:
    yield from _wrong_margins(one)
    yield from _wrong_merges(one)
    few = one.fewer_than
    if few is not None and not (type(few) is int and FEWEST <= few <= MOST):
        yield f"Cells may be weighted together below a whole number of answers from {FEWEST} to {MOST:,}; not {few}."
    if one.others not in OTHERS:
        yield f"Those without a population figure: write {_quoted(OWN_SHARE)} or {_quoted(REFUSE)}; not {one.others}."
    if one.base not in BASES:
        yield f"The base weight: write {_quoted(CHANCE)} or {_quoted(EQUAL)}; not {one.base}."
    if one.lowest is not None and not (_is_number(one.lowest) and 0 <= one.lowest < 1):
        yield f"The lowest weight is a number of times the mean, from 0 to under 1; not {one.lowest}."
    if one.highest is not None and not (_is_number(one.highest) and 1 < one.highest <= HIGHEST):
        yield f"The highest weight is a number of times the mean, over 1 and up to {HIGHEST:g}; not {one.highest}."


def _wrong_margins(one: Weighting) -> Iterator[str]:
    if not one.margins:
        yield "There is no margin. Choose at least one, such as borough."
    for columns in one.margins:
        unknown = [name for name in columns if name not in COLUMNS]
        if unknown:
            yield f"There is no margin {listed(unknown)}. A margin is made of {listed(COLUMNS)}, with “ x ” between."
        elif len(set(columns)) < len(columns):
            yield f"The margin {CROSS.join(columns)} has a column twice. Write each once."
    yield from _overlaps([columns for columns in one.margins if set(columns) <= set(COLUMNS)], one.others)


def _overlaps(margins: Sequence[tuple[str, ...]], others: str) -> Iterator[str]:
    """Pairs of margins of which one says all that the other says, or that contradict each other."""
    for at, one in enumerate(margins):
        for other in margins[at + 1 :]:
            small, big = sorted((one, other), key=len)
            if set(small) <= set(big):
                yield f"The margin {worded(small)} is in {worded(big)} already. Leave one of the two out."
            elif others == OWN_SHARE and set(one) & set(other) and (GENDER in one) != (GENDER in other):
                yield (
                    f"The margins {worded(one)} and {worded(other)} contradict each other where people keep their "
                    f"own share. Cross all three, or take gender alone."
                )


def worded(columns: Sequence[str]) -> str:
    """A margin in words: borough by age band."""
    return " by ".join(NAMES.get(name, name) for name in columns)


def _wrong_merges(one: Weighting) -> Iterator[str]:
    for column in {merge.column: None for merge in one.merges}:
        if column not in MERGED:
            yield f"{NAMES.get(column, column)} is not weighted together. Only {listed(MERGED)} can be."
            continue
        pairs, levels = one.together(column), set(one.place.population(column))
        for level, into in pairs.items():
            name, other = one.named([column], level), one.named([column], into)
            if unknown := [told for told in (level, into) if told not in levels]:
                yield f"The population figures have no {NAMES[column]} {listed([str(told) for told in unknown])}."
            elif level == into:
                yield f"{name} cannot be weighted together with itself."
            elif into in pairs:
                yield (
                    f"{name} is weighted together with {other}, which itself is with "
                    f"{one.named([column], pairs[into])}. Name the last one for both."
                )
        told_twice = [m.level for m in one.merges if m.column == column]
        for level in {level for level in told_twice if told_twice.count(level) > 1}:
            yield f"{one.named([column], level)} is weighted together with two others. Choose one."


def _is_number(told: object) -> bool:
    return type(told) in (int, float) and told == told


def _levels(cell: Hashable) -> tuple[Hashable, ...]:
    return cell if isinstance(cell, tuple) else (cell,)


def _quoted(words: str) -> str:
    """Words as TOML writes them."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
