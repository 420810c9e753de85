"""What a group of people still needs before a figure of it can stand alone, and whether it ever can."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.planning import answers_needed, more_needed

STEADY = 30  # answers, under which a group is planned for like the whole: its own figures still swing
MOST_OF_ALL = 0.25  # of all who live there: a collection through settings reaches no more than that
DAYS_OF_PACE = 7  # a week: so what they add up to is a pace a week
MOST_WEEKS = 52

State = Literal["reached", "one school", "needs", "never"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How many a setting sends of a group in a week, judged by its last days and by whom it has sent so far."""

    name: str
    code: str
    a_week: float


@dataclass(frozen=True, slots=True)
class Need:
    """A group on the board.

    live_there: people of the group by the frame. sent: its responses. n_eff, half: effective n and half the width of
    the interval of the headline figure (0 to 1), None where they may not be shown. more: responses that are still
    needed. nearest: the settings that give most of them, the best first.
    """

    name: str
    live_there: int
    sent: int
    n_eff: float | None
    half: float | None
    more: int
    state: State
    nearest: tuple[Pace, ...] = ()

    @property
    def weeks(self) -> int | None:
        """In how many weeks it is reached at the pace of the settings named; None where that is not in sight."""
        pace = sum(one.a_week for one in self.nearest)
        weeks = math.ceil(self.more / pace) if pace else None
        return weeks if weeks is not None and weeks <= MOST_WEEKS else None


def more_responses(row: Mapping[str, Any], sent: int, half: float, usual_deff: float) -> int:
    """How many more responses a group needs for an interval no wider than `half` either side.

    row: of a table of proportions, as `Estimates.rows` gives it. A group of fewer than STEADY answers is planned for a
    share of a half, with the design effect that is usual in its table; another by its own figures. Not everybody who
    sends a response answers the headline question: answers become responses by the group's own share of those who do.

    >>> more_responses({"n": 0}, 0, 0.1, 1.5)
    148
    """
    if row["n"] >= STEADY and (row["ci_high"] - row["ci_low"]) / 2 <= half:
        return 0
    if row["n"] < STEADY:
        answers = answers_needed(0.5, half, max(usual_deff, 1.0)) - int(row["n"])
    else:
        answers = more_needed(row, half)
    return max(math.ceil(answers * (sent / row["n"] if row["n"] else 1)), 0)


def state_of(sent: int, more: int, live_there: int, of_one: bool = False) -> State:
    """Whether a group stands alone, needs more, or never can: it takes more than MOST_OF_ALL of all who live there.

    of_one: whether nearly everybody in it came through one school, so that it needs another one.
    """
    if not more:
        return "one school" if of_one else "reached"
    return "never" if sent + more > MOST_OF_ALL * live_there else "needs"
