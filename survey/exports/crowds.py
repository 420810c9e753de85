"""Who stands alone: responses grouped by what may tell who somebody is, and the least that has to be taken away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlmodel import Session, col

from survey.exports.identifying import OUT, SETTING, Variable
from survey.models import Collection, Response

LEAST = 10  # the k of k-anonymity (Samarati 2001; Sweeney 2002)
MOST_BLANKED = 0.05  # of the responses, in what is proposed

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Steps = Mapping[str, str]  # of each variable, by its key


@dataclass(frozen=True, slots=True)
class Report:
    """How safe a file is. alone: responses in groups of fewer than ten; smallest: the smallest group, 0 of nobody.

    blanked: the responses that lose all of it when the rest is set to missing; lost: how much of what it tells is
    lost, from 0 to 1, with that.
    """

    responses: int
    alone: int
    groups: int
    smallest: int
    blanked: int
    lost: float


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Responses in cells of the same values. places: of each cell, where each variable's value stands in its `values`
    (the last place: none), (cells, variables). people: how many each cell has, (cells,).
    """

    variables: tuple[Variable, ...]
    places: Numbers
    people: Numbers

    @property
    def responses(self) -> int:
        """How many responses there are."""
        return int(self.people.sum())

    @property
    def fingerprint(self) -> str:
        """The same for the same responses, as far as they are told apart here."""
        order = np.lexsort(self.places.T[::-1]) if self.places.size else np.arange(len(self.people))
        made = hashlib.sha256(self.places[order].tobytes() + self.people[order].tobytes())
        return made.hexdigest()

    def groups(self, steps: Steps) -> Numbers:
        """The group that each cell is in when its variables are given in these steps, numbered from 0: (cells,)."""
        keys = np.zeros(len(self.people), dtype=np.int64)
        for at, variable in enumerate(self.variables):
            step = variable.step(steps[variable.key])
            shown = np.array(step.places, dtype=np.int64)[self.places[:, at]]
            keys = keys * (len(step.values) + 1) + shown + 1
        return np.unique(keys, return_inverse=True)[1].astype(np.int64)

    def alone(self, steps: Steps) -> NDArray[np.bool_]:
        """The cells in groups of fewer than ten: (cells,)."""
        groups = self.groups(steps)
        return np.bincount(groups, self.people)[groups] < LEAST if len(groups) else np.zeros(0, dtype=bool)

    def blanked(self, shown: Steps, finest: Steps) -> NDArray[np.bool_]:
        """The cells that lose everything, so that every group has ten or is empty: (cells,).

        finest: what this file and those before it give together; who stands alone in that loses it. Those who have
        lost all look alike; where they are fewer than ten, the smallest groups join them until they are not.
        """
        gone = self.alone(finest)
        if not gone.any():
            return gone
        groups = self.groups(shown)
        nothing = self._nothing(shown)
        size = np.bincount(groups, np.where(gone, 0, self.people))
        for group in np.argsort(size, kind="stable"):
            if self.people[gone | nothing].sum() >= LEAST:
                break
            gone = gone | (groups == group)
        return gone

    def _nothing(self, steps: Steps) -> NDArray[np.bool_]:
        """The cells that show nothing in these steps."""
        found = np.ones(len(self.people), dtype=bool)
        for at, variable in enumerate(self.variables):
            found &= np.array(variable.step(steps[variable.key]).places)[self.places[:, at]] < 0
        return found

    def report(self, steps: Steps, finest: Steps | None = None, *, blank: bool = True) -> Report:
        """How safe these steps are. blank: whether who stands alone even so loses everything."""
        finest = finest or steps
        groups, gone = self.groups(steps), self.blanked(steps, finest)
        if not blank:
            gone = np.zeros_like(gone)
        size = np.bincount(groups, self.people) if len(groups) else np.zeros(0)
        alone = int(self.people[self.alone(finest)].sum())
        least = int(size.min()) if len(size) else 0
        return Report(
            self.responses, alone, len(size), least, int(self.people[gone].sum()), self.lost(steps, gone)
        )

    def lost(self, steps: Steps, gone: NDArray[np.bool_]) -> float:
        """The share of each variable's information that is lost, as a mean over the variables, settings apart.

        It is the non-uniform entropy of Gionis and Tassa (2009), over that of nothing: where a value of n people is
        given as one of m, each of them loses log2(m / n) bits.
        """
        lost = []
        for at, variable in enumerate(self.variables):
            shown = np.array(variable.step(steps[variable.key]).places)[self.places[:, at]]
            fine = np.bincount(self.places[:, at], self.people)[self.places[:, at]]
            coarse = np.bincount(shown + 1, self.people)[shown + 1] if len(shown) else fine
            most = np.log2(self.people.sum() / fine)
            whole = float(self.people @ most)
            if variable.key != SETTING and whole:
                lost.append(float(self.people @ np.where(gone, most, np.log2(coarse / fine))) / whole)
        return float(np.mean(lost)) if lost else 0.0

    def proposal(self, before: Sequence[Steps] = ()) -> dict[str, str]:
        """The steps that lose least, with at most one response in twenty losing all of it; no settings.

        Ways that give something of every variable come before all others, however little the others lose. before: the
        steps of the files that were let go already.
        """
        best: tuple[bool, float] = (True, np.inf)
        chosen = {one.key: OUT for one in self.variables}
        for steps in self._ways():
            gone = self.blanked(steps, finest(self.variables, [steps, *before]))
            if self.people[gone].sum() <= MOST_BLANKED * self.responses:
                rank = (
                    OUT in [steps[one.key] for one in self.variables if one.key != SETTING],
                    self.lost(steps, gone),
                )
                if rank < best:
                    best, chosen = rank, steps
        return chosen

    def _ways(self) -> Iterable[dict[str, str]]:
        names = [[OUT] if one.key == SETTING else [step.name for step in one.steps] for one in self.variables]
        keys = [one.key for one in self.variables]
        return (dict(zip(keys, chosen, strict=True)) for chosen in product(*names))


def finest(variables: Sequence[Variable], every: Sequence[Steps]) -> dict[str, str]:
    """What several files give together: the finest step of each variable; one that a file does not know is out."""
    return {
        one.key: min((steps.get(one.key, OUT) for steps in every), key=one.rank, default=OUT)
        for one in variables
    }


def crowd(session: Session, collection: Collection, variables: Sequence[Variable]) -> Crowd:
    """A collection's submitted responses in cells. Raises ValueError for a value that no version of the set offers."""
    sources: list[Any] = [one.source for one in variables]
    grouped = (
        select(*sources, func.count())
        .where(col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None))
        .group_by(*sources)
    )
    rows = session.execute(grouped).all()
    at = [places_of(one) for one in variables]
    found = [
        [place_of(places, one, value) for places, one, value in zip(at, variables, row[:-1], strict=True)]
        for row in rows
    ]
    shape = (len(rows), len(variables))
    people = np.array([row[-1] for row in rows], dtype=np.int64)
    return Crowd(tuple(variables), np.array(found, dtype=np.int64).reshape(shape), people)


def places_of(variable: Variable) -> dict[object, int]:
    """Where each value of a variable stands; none stands last."""
    return {value: place for place, value in enumerate((*variable.values, None))}


def place_of(places: Mapping[object, int], variable: Variable, value: object) -> int:
    """Where a value stands; ValueError for one that was never offered."""
    found = places.get(value)
    if found is None:
        raise ValueError(f"{variable.key}: the answer “{value}” is offered by no version of the set")
    return found
