"""Which flagged responses may be taken out of a figure, so that no two readings tell a few people apart.

Every reading is made of whole groups of responses, and each group has at least as many in it as the consultation's rule
asks for (ten, as a rule). So whatever readings are subtracted from each other, what is left is of as many.
`survey.results.second` looks at each figure besides.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from survey.measuring.answers import UNMARKED
from survey.measuring.soft_flags import NONE, Flag, Flags

Group = frozenset[Flags]  # the responses that have one of these sets of flags

TICKS: tuple[Flags, ...] = tuple(
    frozenset(ticked) for size in (1, 2, 3) for ticked in combinations(Flag, size)
)
PATTERNS: tuple[Flags, ...] = (NONE, *TICKS)


@dataclass(frozen=True, slots=True)
class Marked:
    """A collection's submitted responses, told apart by their flags.

    flags: those of each that has any, by its key. people: how many have which (NONE: none of them). readable: which
    ticks, taken together, give a reading that may be shown, in the order in which they are considered. least: people;
    fewer of them are never told apart.
    """

    flags: Mapping[str, Flags]
    people: Mapping[Flags, int]
    readable: tuple[Flags, ...]
    least: int

    def taken_out(self, ticked: Flags) -> int:
        """How many responses these ticks take out."""
        return sum(self.people.get(pattern, 0) for pattern in PATTERNS if pattern & ticked)

    def readings(self, ticked: Flags) -> list[frozenset[str]]:
        """The marks that each reading keeps, of all that are considered before this one, and at last of this one."""
        before = self.readable[: self.readable.index(ticked) + 1]
        return [
            frozenset(mark_of(pattern) for pattern in PATTERNS if not pattern & one)
            for one in before
            if self.taken_out(one)
        ]

    def marks(self) -> dict[str, str]:
        """How each flagged response is marked, by its key."""
        return {key: mark_of(flags) for key, flags in self.flags.items()}

    def why_not(self, ticked: Flags) -> str:
        """Why a reading without what is ticked is not shown: "few" are flagged, or "few left", or too "close" to
        another reading; "" where it is.
        """
        out = self.taken_out(ticked)
        if ticked in self.readable:
            return ""
        if out < self.least:
            return "few"
        return "few left" if sum(self.people.values()) - out < self.least else "close"


def cut(flags: Mapping[str, Flags], everybody: int, least: int) -> Marked:
    """The groups of a collection. flags: those of each flagged response; everybody: how many responses there
    are; least: the fewest people that may be told of.

    Which ticks give a reading depends on the responses alone, and not on what somebody asked before: first each tick,
    then two, then all. One that would part a group into one of fewer than that and another is left out.
    """
    people = Counter(flags.values())
    people[NONE] = everybody - people.total()
    groups: tuple[Group, ...] = (frozenset(PATTERNS),)
    readable = []
    for ticked in TICKS:
        parted = tuple(part for group in groups for part in _parted(group, ticked) if part)
        if all(_fit(part, people, least) for part in parted):
            groups = parted
            readable.append(ticked)
    return Marked(flags, dict(people), tuple(readable), least)


def _parted(group: Group, ticked: Flags) -> tuple[Group, Group]:
    out = frozenset(pattern for pattern in group if pattern & ticked)
    return out, group - out


def _fit(group: Group, people: Mapping[Flags, int], least: int) -> bool:
    """Whether a group is of nobody, or of enough."""
    size = sum(people.get(pattern, 0) for pattern in group)
    return size == 0 or size >= least


def mark_of(flags: Flags) -> str:
    """A set of flags as one word; of none of them it is UNMARKED."""
    return "+".join(sorted(flags)) or UNMARKED
