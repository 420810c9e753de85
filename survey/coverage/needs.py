"""What a group of people still needs before a figure of it can stand alone, and whether it ever can."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.planning import answers_needed, more_needed

STEADY = 30  # answers, under which a group is planned for like the whole: its own figures still swing
MOST_OF_ALL = 0.25  # of all who live there: a collection through settings reaches no more than that
PLANNED_DEFF = 1.8  # the design effect before any is known: 20 people a school, with an ICC of 0.04
TIMES_AS_MANY = 3  # from the same schools as from others: then others are what is needed
DAYS_OF_PACE = 7  # a week: so what they add up to is a pace a week
MOST_WEEKS = 52

State = Literal["reached", "one school", "schools", "needs", "never"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How many a setting sends of a group in a week, judged by its last days and by whom it has sent so far."""

    name: str
    code: str
    a_week: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """A setting in use from which nobody has sent anything, and how many are expected there."""

    name: str
    code: str
    borough: str | None
    expected: int | None


@dataclass(frozen=True, slots=True)
class Others:
    """Why other schools are needed: people come from `now` schools and can never count as more than `limit`, where
    `needed` are; `wanted` schools more, with `each` people, would do.
    """

    now: int
    limit: int
    needed: int
    wanted: int
    each: int


@dataclass(frozen=True, slots=True)
class Need:
    """A group on the board.

    live_there: people of the group by the frame. sent: its responses. n_eff, half: effective n and half the width of
    the interval of the headline figure (0 to 1), None where they may not be shown. more: responses that are still
    needed. a_week: how many come in a week. nearest: the settings that give most of them, the best first. others: where
    more people of the same schools do not help. waiting: settings there that have not started.
    """

    name: str
    live_there: int
    sent: int
    n_eff: float | None
    half: float | None
    more: int
    state: State
    a_week: float = 0.0
    nearest: tuple[Pace, ...] = ()
    others: Others | None = None
    waiting: tuple[Waiting, ...] = ()

    @property
    def weeks(self) -> int | None:
        """In how many weeks it is reached at the pace of all settings; None where that is not in sight."""
        weeks = math.ceil(self.more / self.a_week) if self.a_week else None
        return weeks if weeks is not None and weeks <= MOST_WEEKS else None

    def in_time(self, days: int) -> bool:
        """Whether so many days at that pace are enough."""
        return self.state == "needs" and self.more <= self.a_week * days / DAYS_OF_PACE


@dataclass(frozen=True, slots=True)
class More:
    """How many more responses a group needs: from the schools that it has, and who else would help more."""

    responses: int
    others: Others | None = None


def more_responses(
    row: dict[str, Any], sent: int, half: float, usual_deff: float, schools: float = math.inf
) -> More:
    """How many more responses a group needs for an interval no wider than `half` either side.

    row: of a table of proportions, as `Estimates.rows` gives it, with Kish's effective base as `kish`. schools: how
    many the group has, counted as `even_schools` does; without end where people come one by one. A group of fewer than
    STEADY answers is planned for a share of a half, with the design effect that is usual in its table; another by its
    own figures. Not everybody who sends a response answers the headline question: answers become responses by the
    group's own share of those who do.

    >>> more_responses({"n": 0}, 0, 0.1, 1.5).responses
    155
    """
    now = (row["ci_high"] - row["ci_low"]) / 2 if row["n"] >= STEADY else math.inf
    if now <= half:
        return More(0)
    if row["n"] < STEADY:
        answers = answers_needed(0.5, half, max(usual_deff, 1.0)) - int(row["n"])
        return More(max(math.ceil(answers * (sent / row["n"] if row["n"] else 1)), 0))
    asked, a_response = more_needed(row, half), sent / row["n"]
    if not asked and now > half:  # by the plan it has enough, and its own interval is a little wider
        asked = math.ceil(row["n"] * ((now / half) ** 2 - 1))
    from_these, limit = from_the_same(row, asked, schools)
    from_others = _from_others(row, half, schools) if limit < math.inf else asked
    if from_these <= TIMES_AS_MANY * from_others:
        return More(math.ceil(from_these * a_response))
    wanted, each = math.ceil(from_others * schools / row["n"]), round(sent / schools)
    needed = math.ceil((row["n"] + from_others) * row["n_eff"] / row["n"])
    others = Others(max(round(schools), 1), math.ceil(limit), needed, wanted, each)
    return More(math.ceil(from_others * a_response), others)


def _from_others(row: dict[str, Any], half: float, schools: float) -> int:
    """How many more answers other schools as large must give: with them come degrees of freedom."""
    about = more_needed(row | {"df": row["n"] - 1}, half)
    more_schools = math.ceil(about * schools / row["n"])
    return max(more_needed(row | {"df": row["df"] + more_schools}, half), 1)


def from_the_same(row: Mapping[str, Any], from_others: float, schools: float) -> tuple[float, float]:
    """How many more answers the same schools must give where others would do with `from_others`, and the effective n
    that they can never pass; both may be without end.

    With m schools of b people each and an ICC of rho, n = m b answers have the design effect 1 + (b - 1) rho, times
    that of their weights, w (Kish 1965, 5.4; Gabler, Haeder and Lahiri 1999). Other schools as large leave b as it is,
    so n grows with the effective n. More people of the same schools make b grow: n / (w (1 + (n / m - 1) rho)) tends
    to m / (w rho), and no number of them passes it. rho is what the row's own design effect makes it.

    >>> row = {"n": 333, "kish": 333.0, "n_eff": 18.0}
    >>> from_the_same(row, 6870, schools=2)[0], round(from_the_same(row, 6870, schools=2)[1])
    (inf, 19)
    """
    n, of_weights, people = row["n"], row["n"] / row["kish"], row["n"] / schools
    icc = min((row["kish"] / row["n_eff"] - 1) / (people - 1), 1.0) if people > 1 else 0.0
    if icc <= 0:
        return from_others, math.inf
    wanted = of_weights * (n + from_others) * row["n_eff"] / n
    left = 1 - wanted * icc / schools
    same = wanted * (1 - icc) / left - n if left > 0 else math.inf
    return same, schools / (of_weights * icc)


def even_schools(people: float, squares: float) -> float:
    """As how many schools of even size theirs count: (sum b)^2 / sum b^2, by which a design effect is 1 + (b - 1) rho
    of uneven ones too, with b = people / schools (Gabler, Haeder and Lahiri 1999).

    >>> even_schools(200, 100**2 + 100**2), round(even_schools(200, 190**2 + 10**2), 1)
    (2.0, 1.1)
    """
    return people**2 / squares


def stands_alone(live_there: int, half: float) -> bool:
    """Whether a group can have a figure of its own: it takes no more than MOST_OF_ALL of all who live there, as planned
    before anything comes in, so that every collection is told the same.

    >>> stands_alone(2836, 0.05), stands_alone(2900, 0.05)
    (False, True)
    """
    return answers_needed(0.5, half, PLANNED_DEFF) <= MOST_OF_ALL * live_there


def state_of(sent: int, more: More, alone: bool, of_one: bool = False) -> State:
    """Whether a group is reached, needs more people or other schools, or cannot stand alone.

    of_one: whether nearly everybody in it came through one school, so that it needs another one.
    """
    if of_one and (sent >= STEADY or not more.responses):
        return "one school" if alone or not more.responses else "never"
    if not more.responses:
        return "reached"
    if not alone:
        return "never"
    return "schools" if more.others else "needs"
