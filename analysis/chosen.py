"""The interval of a share that is shown only if enough people gave the answer, and enough did not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from .frame import Bools, Floats

HALVINGS = 32
SURELY = 1e-9  # a chance of not being shown that is too small to move an end
LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A binomial share that is seen only where at least `least` of its people are on either side, or nobody is on one.

    Arrays have one entry for each share. p: the share. size: of the binomial. count, n: how many people gave the
    answer, and how many there are. least: people; from_base: the base from which 0 and 100 % are shown as well.

    The size counts effective people: each of the `count` stands for size p / count of them, each other for
    size (1 - p) / (n - count), and where there is nobody for size / n. So are the limits in effective people.
    """

    p: Floats
    size: Floats
    count: Floats
    n: Floats
    least: float
    from_base: float

    @property
    def few(self) -> Floats:
        """The fewest effective people on the side of the answer with whom the share is shown."""
        each = np.where(self.count > 0, self.size * self.p / np.maximum(self.count, 1), self.size / self.n)
        return np.asarray(self.least * each, dtype=np.float64)

    @property
    def few_others(self) -> Floats:
        """The same on the other side."""
        others = self.n - self.count
        each = np.where(others > 0, self.size * (1 - self.p) / np.maximum(others, 1), self.size / self.n)
        return np.asarray(self.least * each, dtype=np.float64)

    @property
    def edges(self) -> Bools:
        """Where 0 and 100 % are shown."""
        return np.asarray(self.n >= self.from_base)

    def seen(self, truth: Floats) -> Floats:
        """The chance that the share is shown, were this the truth."""
        none, enough, too_many, everyone = self._parts(truth)
        return np.asarray(np.minimum(none + (enough - too_many) + everyone, 1.0), dtype=np.float64)

    def as_high(self, truth: Floats) -> Floats:
        """The chance of a share as high as this or higher among those that are shown, were this the truth."""
        none, enough, too_many, everyone = self._parts(truth)
        between = np.maximum(enough - too_many, LEAST)
        hits = np.clip(self._at_least(self.size * self.p, truth) - too_many, 0.0, between)
        above = np.where(self.p <= 0, none + between, np.where(self.p >= 1, 0.0, hits))
        return np.asarray((above + everyone) / (none + between + everyone), dtype=np.float64)

    @property
    def of_the_others(self) -> Shown:
        """The share of the others, who did not give the answer."""
        return replace(self, p=1 - self.p, count=self.n - self.count)

    def only(self, rows: NDArray[np.intp]) -> Shown:
        """Some of the shares."""
        return replace(self, p=self.p[rows], size=self.size[rows], count=self.count[rows], n=self.n[rows])

    def lowest(self, tail: float) -> Floats:
        """The least truth that has such a chance of a share as high as this or higher; by halving."""
        down, up = np.zeros_like(self.p), self.p
        for _ in range(HALVINGS):
            middle = (down + up) / 2
            beyond = self.as_high(middle) < tail
            down, up = np.where(beyond, middle, down), np.where(beyond, up, middle)
        return np.where(self.p <= 0, 0.0, down)

    def _parts(self, truth: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """The chances of 0 % and shown; of enough on the side of the answer, of too few on the other; of 100 % and
        shown. Where 0 and 100 % are shown they are cases of their own."""
        none = np.where(self.edges, (1 - truth) ** self.size, 0.0)
        everyone = np.where(self.edges, truth**self.size, 0.0)
        enough = np.minimum(self._at_least(self.few, truth), 1 - none)
        return (
            none,
            enough,
            np.maximum(self._at_least(self.size - self.few_others + 1, truth), everyone),
            everyone,
        )

    def _at_least(self, hits: Floats, truth: Floats) -> Floats:
        """The chance of so many effective people or more; between whole numbers, the beta integral."""
        others = self.size - hits + 1
        chance = betainc(np.maximum(hits, 1e-12), np.maximum(others, 1e-12), truth)
        return np.where(hits <= 0, 1.0, np.where(hits > self.size, 0.0, chance))


def limits(shown: Shown, low: Floats, high: Floats, upper: float) -> tuple[Floats, Floats]:
    """The limits of shares that are shown, given that they are: Clopper and Pearson's of the truncated binomial.

    A true share is in the interval if, among the shares that would be shown of it, one as high as this and one as low
    both have a chance of 1 - upper or more (Clopper and Pearson 1934; conditioning on what was selected: Fithian, Sun
    and Taylor 2014). low, high: the limits without the condition, which stand where it surely holds at both of them.

    >>> one = (np.array([0.12]), np.array([50.0]), np.array([6.0]), np.array([50.0]))
    >>> low, high = limits(Shown(*one, 5, 30), np.array([0.045]), np.array([0.243]), 0.975)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.032], [0.24])
    """
    unsure = np.flatnonzero((shown.seen(low) <= 1 - SURELY) | (shown.seen(high) <= 1 - SURELY))
    low, high = low.copy(), high.copy()
    if len(unsure):
        some = shown.only(unsure)
        low[unsure], high[unsure] = some.lowest(1 - upper), 1 - some.of_the_others.lowest(1 - upper)
    return low, high
