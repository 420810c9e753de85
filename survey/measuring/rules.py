"""Every rule that answers were weighted by, in sentences for people who read figures."""

from collections.abc import Iterator, Sequence

from analysis import Margin
from survey.measuring.recipes import GENDER, NAMES, REFUSE, Merge, Weighting, bounds, worded
from survey.places import Place
from survey.wording import listed, number

EVERY_ANSWER_THE_SAME = "Every answer counts the same: nothing is weighted."
BY_CHANCE = "Before that each answer counts as one over the chance that its setting was drawn with."
BY_CHANCE_ALONE = "Each answer counts as one over the chance that its setting was drawn with."
TELLS = {
    "borough": "where people live",
    "age_band": "how old they are",
}  # who is of the population of a place
MOST_NAMED = 12  # merged cells that a sentence names
FEW, ROUNDED_TO = 10, 5  # people who are left out: how few are not counted, and what more are rounded to


def rules(weighting: Weighting, fitted: Sequence[Margin], *, by_chance: bool) -> tuple[str, ...]:
    """How a recipe weighted: to what, from which base weights, what was merged, who has no population figure, trimming.

    fitted: its margins as they were used. by_chance: whether the answers had base weights.
    """
    return tuple(_rules(weighting, fitted, by_chance))


def _rules(weighting: Weighting, fitted: Sequence[Margin], by_chance: bool) -> Iterator[str]:
    place = weighting.place
    margins = listed([worded(columns) for columns in weighting.margins])
    yield f"Weighted by {margins} to all young people in {place.title} ({place.frame_source})."
    if by_chance:
        yield BY_CHANCE
    yield from _merged(weighting, fitted)
    if any(GENDER in columns for columns in weighting.margins):
        yield _others(weighting)
    if weighting.lowest is not None or weighting.highest is not None:
        yield (
            f"Only weights {bounds(weighting)} were kept: others were cut to that, and the difference was shared "
            f"out among the rest."
        )


def _merged(weighting: Weighting, fitted: Sequence[Margin]) -> Iterator[str]:
    stated = [one for one in weighting.merges if any(one.column in names for names in weighting.margins)]
    if stated:
        named = listed([together(one, weighting) for one in stated])
        yield f"Too small to weight alone, so weighted together: {named}."
    if weighting.fewer_than:
        small = list(of_too_few(weighting, fitted))
        told = f"Groups of fewer than {weighting.fewer_than} answers are weighted together with the next"
        if len(small) > MOST_NAMED:
            small = [*small[:MOST_NAMED], f"{number(len(small) - MOST_NAMED)} more"]
        yield f"{told}: {listed(small)}." if small else f"{told}. There was none."


def together(merge: Merge, weighting: Weighting) -> str:
    """A merge in words: City of London with Westminster."""
    return " with ".join(weighting.named([merge.column], level) for level in (merge.level, merge.into))


def of_too_few(weighting: Weighting, fitted: Sequence[Margin]) -> Iterator[str]:
    """The cells that were merged because too few answered, in words."""
    for used, columns in zip(fitted, weighting.margins, strict=True):
        stated = [weighting.together(column) for column in columns]
        for cell, into in used.merge.items():
            levels = cell if isinstance(cell, tuple) else (cell,)
            if not any(level in pairs for level, pairs in zip(levels, stated, strict=True)):
                yield f"{weighting.named(columns, cell)} with {weighting.named(columns, into)}"


def _others(weighting: Weighting) -> str:
    known = "The population figures have only female and male."
    if weighting.others == REFUSE:
        return f"{known} Everybody in these figures gave one of the two."
    crossed = next(columns for columns in weighting.margins if GENDER in columns)
    beside = [NAMES[name] for name in crossed if name != GENDER]
    within = f", in each {' and '.join(beside)} where they are" if beside else ""
    return (
        f"{known} People who gave another answer, or none, keep their "
        f"own share of the answers{within}, and the rest is weighted to the population."
    )


def not_part(boroughs: int, place: Place) -> list[str]:
    """That nobody answered from so many boroughs of a place, in a sentence; nothing where that is none."""
    if not boroughs:
        return []
    others = "1 borough" if boroughs == 1 else f"{number(boroughs)} boroughs"
    return [
        f"Nobody who answered lives in the other {others} of {place.title}: they are no part of these figures."
    ]


def nobody(lacking: Sequence[str], place: Place) -> str:
    """Why there are no figures of a place, in a sentence. lacking: what no answer tells of its person."""
    told = listed([TELLS[name] for name in lacking])
    why = (
        f"No answer says {told}"
        if told
        else f"Nobody who answered lives in {place.title} and is 10 to 25 years old"
    )
    return f"{why}, so there is no figure of young people in {place.title}."


def left_out(people: int, place: Place) -> str:
    """Who is not in the figures: not in the place, not sure where, or of another age.

    How many is told roughly, so that two publications do not tell of one who answered between them.
    """
    many = "fewer than 10" if people < FEW else f"about {number(ROUNDED_TO * round(people / ROUNDED_TO))}"
    return (
        f"People who answered are not in these figures if they live outside {place.title}, did not say where they "
        f"live or how old they are, or are younger than 10 or older than 25. They are {many}."
    )
