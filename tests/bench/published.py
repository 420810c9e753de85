"""How often a published interval holds the truth: waves drawn from a known London, through the door, as printed."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from scipy.special import bdtr

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Rule, publish
from analysis.disclosure.given_shown import given_shown
from questions import AGE_BANDS
from tests.bench.coverage import GENDERS, WORLDS, London, london, wave

BY: tuple[tuple[str, ...], ...] = ((), ("borough",), ("age_band",), ("gender",), ("borough", "age_band"))
SOME = 50  # intervals of a domain, for luck to be reckoned with
LEAST, USUAL, ONE_SIDED = 0.93, 0.95, 1.645
FEWEST = ceil(ONE_SIDED**2 * USUAL * (1 - USUAL) / (USUAL - LEAST) ** 2)
Domain = tuple[Any, ...]


@dataclass
class Held:
    """Of each domain of a table how many intervals were published, how many held the truth, and how often it had none.

    exactly: how many did before their ends were rounded. withheld: how many rows were. width: of all, as printed.
    """

    shown: dict[Domain, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[Domain, int] = field(default_factory=lambda: defaultdict(int))
    exactly: dict[Domain, int] = field(default_factory=lambda: defaultdict(int))
    none: int = 0
    withheld: int = 0
    width: float = 0.0

    def share(self, held: dict[Domain, int]) -> float:
        """Of all published intervals."""
        return sum(held.values()) / max(sum(self.shown.values()), 1)

    @property
    def worst(self) -> tuple[float, Domain, int]:
        """The smallest share of any domain with FEWEST intervals or more, which domain that is, and how many it has.

        With fewer, a domain that holds the USUAL share would be under LEAST by luck more than once in twenty.
        """
        often = [one for one, times in self.shown.items() if times >= FEWEST]
        found = [(self.held[one] / self.shown[one], one, self.shown[one]) for one in often]
        return min(found, default=(float("nan"), (), 0))


def truths(true: London) -> dict[tuple[str, ...], dict[Domain, float]]:
    """The true share of every domain of every table."""
    codes = [borough.code for borough in true.place.boroughs]
    levels = {"borough": codes, "age_band": list(AGE_BANDS), "gender": list(GENDERS)}
    found = {}
    for by in BY:
        domains = [()] if not by else list(_product([levels[name] for name in by]))
        found[by] = dict(zip(domains, true.truth(by).ravel().tolist(), strict=True))
    return found


def _product(levels: Sequence[Sequence[Any]]) -> Iterator[Domain]:
    for one in np.ndindex(*map(len, levels)):
        yield tuple(level[at] for level, at in zip(levels, one, strict=True))


def simulate(true: London, waves: int, seed: int) -> dict[tuple[str, ...], Held]:
    """Draw waves, weight each, publish its tables together, and look at what is printed."""
    random, truth = np.random.default_rng(seed), truths(true)
    found = {by: Held() for by in BY}
    for _ in range(waves):
        drawn = wave(true, random)
        drawn["worried"] = np.where(drawn["worried"], "yes", "no")
        design = SurveyDesign(drawn, kind="gatekept", weights="weight", strata="borough", clusters="school")
        raked = design.rake(true.margins)
        tables = [raked.proportion("worried", "yes", by=by) for by in BY]
        for by, table, printed in zip(BY, tables, publish(tables).tables, strict=True):
            _count(found[by], by, truth[by], given_shown(table, Rule()), printed.rows())
    return found


def _count(
    held: Held,
    by: tuple[str, ...],
    truth: dict[Domain, float],
    table: Estimates,
    rows: Sequence[dict[str, Any]],
) -> None:
    for exact, row in zip(table.rows(), rows, strict=True):
        domain = tuple(row[name] for name in by)
        if row["estimate"] is None:
            held.withheld += 1
        elif not np.isfinite(row["ci_low"]):
            held.none += 1
        else:
            held.shown[domain] += 1
            held.held[domain] += row["ci_low"] - 1e-9 <= truth[domain] <= row["ci_high"] + 1e-9
            held.exactly[domain] += exact["ci_low"] <= truth[domain] <= exact["ci_high"]
            held.width += row["ci_high"] - row["ci_low"]


def run(waves: int = 20, seed: int = 1, world: str = "") -> None:
    """Print how often published intervals hold the truth, by table, on average and in the worst domain.

    world: the beginning of the name of the only one to simulate.
    """
    print(
        f"Published 95 % intervals, as printed in whole numbers: {waves:,} waves through the door, seed {seed}"
    )
    for name, (icc, uneven) in WORLDS.items():
        if not name.startswith(world):
            continue
        began = time.perf_counter()
        true = london(seed, icc, uneven)
        found = simulate(true, waves, seed + 1)
        took = time.perf_counter() - began
        print(f"\n  {name}; {true.schools.sum()} schools; {took / waves:.2f} s a wave")
        print(
            f"  {'':22}{'published':>10}{'withheld':>10}{'none':>6}{'width':>8}{'held':>8}{'unrounded':>11}{'worst':>8}"
        )
        for by, held in found.items():
            _print(" by ".join(by) or "overall", held)
        _print_all(found.values())
    print()


def _print(name: str, held: Held) -> None:
    worst, domain, times = held.worst
    where = f"  {', '.join(map(str, domain))} ({times:,} intervals)" if domain else ""
    shown = sum(held.shown.values())
    print(
        f"  {name:22}{shown:>10,}{held.withheld:>10,}{held.none:>6,}{held.width / max(shown, 1):>8.3f}"
        f"{held.share(held.held):>8.3f}{held.share(held.exactly):>11.3f}{worst:>8.3f}{where}"
    )


def _print_all(tables: Iterable[Held]) -> None:
    every = list(tables)
    shown = sum(sum(one.shown.values()) for one in every)
    held = sum(sum(one.held.values()) for one in every) / max(shown, 1)
    domains = [(one.held[domain], n) for one in every for domain, n in one.shown.items()]
    shares = [held / n for held, n in domains if n >= FEWEST]
    print(
        f"  all published cells: {held:.3f} held; at worst {min(shares, default=float('nan')):.3f} of the "
        f"{len(shares):,} domains with {FEWEST} intervals or more,\n  where one that holds {USUAL} is under {LEAST} "
        f"by luck no more than once in twenty; {sum(share < LEAST for share in shares):,} are"
    )
    often = [(held, n) for held, n in domains if n >= SOME]
    luck = min((float(bdtr(held, n, LEAST)) for held, n in often), default=float("nan"))
    print(
        f"  of {len(often):,} domains with {SOME} or more {sum(held < LEAST * n for held, n in often):,} are under "
        f"{LEAST}; were every one at {LEAST}, the least likely of them would have\n  so few or fewer with a chance of "
        f"{luck:.1e}: {min(luck * len(often), 1):.2f} over all of them (Bonferroni)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--world", default="", help="the beginning of the name of one: uneven, or even")
    run(**vars(parser.parse_args()))
