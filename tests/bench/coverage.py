"""How often an interval holds the truth, and what a standard error is worth: waves drawn from a known London."""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit

from analysis import Margin, SurveyDesign
from analysis.intervals import INTERVALS
from questions import AGE_BANDS
from survey.places import Place, load

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]
Variance = Literal["greg", "r-rake"]
GENDERS = ("female", "male")
AXES = ("borough", "age_band", "gender")
SCHOOLS = (1,) * 4 + (2,) * 9 + (3,) * 7 + (4,) * 6 + (5,) * 4 + (6,) * 3
TABLES: dict[str, tuple[str, ...]] = {"overall": (), "by age band": ("age_band",), "by borough": ("borough",)}
PUPILS, FEWEST, MOST = 25, 5, 120


@dataclass(frozen=True)
class London:
    """What is true: people and the chance of a yes in each borough, age band and gender (33, 6, 2).

    schools: how many each borough gives to every wave. icc: how alike the pupils of one school are.
    uneven: the standard deviation of the logarithm of how many of a school answer, and of its weight.
    """

    place: Place
    people: Floats
    chance: Floats
    schools: Ints
    icc: Floats
    uneven: float

    def truth(self, by: Sequence[str]) -> Floats:
        """The share of yes in each domain, weighted by its people: what a wave estimates."""
        others = tuple(at for at, axis in enumerate(AXES) if axis not in by)
        yes = (self.people * self.chance).sum(axis=others) / self.people.sum(axis=others)
        return np.atleast_1d(yes)

    @property
    def margins(self) -> list[Margin]:
        """The people of each borough, age band and gender."""
        return [Margin(axis, self.place.population(axis)) for axis in AXES]


def london(seed: int, icc: tuple[float, float], uneven: float) -> London:
    """33 boroughs from 3 % to 97 % yes, with one to six schools each, and an ICC between these two."""
    random, place = np.random.default_rng(seed), load("london")
    counts = place.population(*AXES)
    codes = [borough.code for borough in place.boroughs]
    people = np.array([[[counts[b, a, g] for g in GENDERS] for a in AGE_BANDS] for b in codes])
    prevalence = expit(random.permutation(np.linspace(logit(0.03), logit(0.97), len(codes))))
    schools = random.permutation(np.resize(SCHOOLS, len(codes)))
    alike = random.permutation(np.linspace(*icc, len(codes)))
    return London(place, people, _chances(people, prevalence), schools, alike, uneven)


def _chances(people: Floats, prevalence: Floats) -> Floats:
    """Chances that differ by age and gender, and in each borough come to its prevalence."""
    slope = np.linspace(-0.4, 0.4, len(AGE_BANDS))[:, None] + np.array([0.15, -0.15])
    low, high = np.full(len(prevalence), -9.0), np.full(len(prevalence), 9.0)
    share = people / people.sum(axis=(1, 2), keepdims=True)
    for _ in range(60):
        middle = (low + high) / 2
        above = (share * expit(middle[:, None, None] + slope)).sum(axis=(1, 2)) > prevalence
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(expit(((low + high) / 2)[:, None, None] + slope))


def wave(true: London, random: np.random.Generator) -> Columns:
    """One wave: new schools, in which the young answer more, and girls a little more."""
    borough = np.repeat(np.arange(len(true.schools)), true.schools)
    school = np.repeat(np.arange(len(borough)), _sizes(true, len(borough), random))
    cell = _cells(true, borough, school, random)
    factor = np.exp(random.normal(0, true.uneven, len(borough)))
    codes = np.array([borough.code for borough in true.place.boroughs])
    return {
        "borough": codes[borough[school]],
        "age_band": np.array(AGE_BANDS)[cell // len(GENDERS)],
        "gender": np.array(GENDERS)[cell % len(GENDERS)],
        "school": school,
        "weight": factor[school] * random.choice([1.0, 1.5], len(school)),
        "worried": random.random(len(school)) < _chance_here(true, borough, random)[school, cell],
    }


def _sizes(true: London, schools: int, random: np.random.Generator) -> Ints:
    drawn = PUPILS * np.exp(random.normal(0, true.uneven, schools))
    return np.asarray(drawn.round().clip(FEWEST, MOST).astype(np.int64))


def _cells(true: London, borough: Ints, school: Ints, random: np.random.Generator) -> Ints:
    """The age band and gender of each pupil, as one number; every school leans its own way."""
    answers = np.linspace(1.0, 0.4, len(AGE_BANDS))[:, None] * np.array([1.0, 0.8])
    leaning = np.exp(random.normal(0, 0.5, (len(borough), len(AGE_BANDS), 1)))
    shares = (true.people[borough] * answers * leaning).reshape(len(borough), -1)
    upto = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    drawn = random.random(len(school))
    return np.asarray((drawn[:, None] > upto[school]).sum(axis=1).clip(max=shares.shape[1] - 1))


def _chance_here(true: London, borough: Ints, random: np.random.Generator) -> Floats:
    """The chance in each school (schools, cells): beta with the mean of its cell, one luck for the school."""
    chance = true.chance[borough].reshape(len(borough), -1)
    spread = (1 / true.icc[borough] - 1)[:, None]
    luck = random.random(len(borough))[:, None]
    return np.asarray(betaincinv(chance * spread, (1 - chance) * spread, luck))


@dataclass(frozen=True)
class Waves:
    """Estimates of one table over many waves, one row a wave and one column a domain."""

    truth: Floats
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats

    @property
    def held(self) -> Floats:
        """For each domain the share of waves whose interval holds the truth; an undefined one does not."""
        return np.asarray(((self.low <= self.truth) & (self.truth <= self.high)).mean(axis=0))

    @property
    def width(self) -> float:
        """The mean width of the intervals that there are."""
        return float(np.nanmean(self.high - self.low))

    @property
    def undefined(self) -> float:
        """The share of intervals that are none."""
        return float(np.isnan(self.high - self.low).mean())

    @property
    def spread(self) -> Floats:
        """How far the estimates of each domain truly scatter."""
        return np.asarray(self.estimate.std(axis=0, ddof=1))

    def ratio(self, mean: Callable[[Floats], Floats]) -> Floats:
        """The mean standard error of each domain over its spread."""
        return mean(self.se) / self.spread


def root_mean_square(errors: Floats) -> Floats:
    """Over the waves; it is right where the variance is right on average."""
    return np.asarray(np.sqrt((errors**2).mean(axis=0)))


def mean(errors: Floats) -> Floats:
    """Over the waves; with few schools it is lower than the root mean square."""
    return np.asarray(errors.mean(axis=0))


Key = tuple[str, Variance, str]  # a table, a variance, an interval


@dataclass(frozen=True)
class Plan:
    """What is simulated: so many waves, and these intervals of them.

    bootstrapped: how many waves, from the first on, have a bootstrap too, of so many replicates.
    """

    waves: int
    bootstrapped: int
    replicates: int
    intervals: Sequence[str]

    @property
    def keys(self) -> list[Key]:
        """`kg` is always there: the standard errors are read off its tables."""
        linear = dict.fromkeys(("kg", *(name for name in self.intervals if name in INTERVALS)))
        return [
            *((table, "greg", interval) for table in TABLES for interval in linear),
            *((table, "r-rake", "kg") for table in TABLES),
        ]

    @property
    def repeated(self) -> list[Key]:
        return [(table, "greg", "bootstrap") for table in TABLES if "bootstrap" in self.intervals]


def simulate(true: London, plan: Plan, seed: int) -> dict[Key, Waves]:
    """Draw the waves, weight each and estimate every table with every interval."""
    random = np.random.default_rng(seed)
    found: dict[Key, list[Floats]] = {key: [] for key in (*plan.keys, *plan.repeated)}
    for number in range(plan.waves):
        design = SurveyDesign(
            wave(true, random), kind="gatekept", weights="weight", strata="borough", clusters="school"
        )
        raked = {how: design.rake(true.margins, variance=how) for how in ("greg", "r-rake")}
        for key in plan.keys:
            found[key].append(_figures(raked[key[1]], key))
        if number < plan.bootstrapped:
            again = raked["greg"].replicates("bootstrap", count=plan.replicates, seed=number)
            for key in plan.repeated:
                found[key].append(_figures(again, key))
    return {key: Waves(true.truth(TABLES[key[0]]), *np.stack(each, axis=1)) for key, each in found.items()}


def _figures(design: SurveyDesign, key: Key) -> Floats:
    table = design.proportion("worried", by=TABLES[key[0]], interval=key[2])
    return np.stack([table.estimate, table.se, table.low, table.high])


HEADINGS = (
    "|all|boroughs|2 schools|or more|mean|un-|schools|schools|schools|schools||",
    "interval|average|worst|average|worst|width|defined|1|2|3|4 to 6|age|overall",
)
EVERY = (*INTERVALS, "bootstrap")
WORLDS = {
    "uneven schools (5 to 120 answer), ICC 0.02 to 0.10": ((0.02, 0.10), 0.5),
    "even schools (25 answer), ICC 0.05 everywhere": ((0.05, 0.05), 0.0),
}


def run(
    waves: int = 200,
    seed: int = 1,
    bootstrapped: int | None = None,
    replicates: int = 200,
    intervals: Sequence[str] = EVERY,
) -> None:
    """Print the coverage of every interval, and standard errors beside the spread of the estimates.

    bootstrapped: how many of the waves have a bootstrap, which is slow; a quarter, where nothing is said.
    """
    some = waves // 4 if bootstrapped is None else bootstrapped
    plan = Plan(waves, min(max(some, 1), waves), replicates, intervals)
    print(f"Coverage of 95 % intervals: {waves:,} waves of 33 boroughs, raked to borough, age and gender")
    for world, (icc, uneven) in WORLDS.items():
        began = time.perf_counter()
        true = london(seed, icc, uneven)
        found = simulate(true, plan, seed + 1)
        print(f"\n  {world}; {true.schools.sum()} schools")
        _print_coverage(true, found, plan)
        _print_errors(true, found)
        print(
            f"  {(time.perf_counter() - began) / waves * 1e3:,.0f} ms a wave, with every interval that is shown"
        )
    print()


def _print_coverage(true: London, found: dict[Key, Waves], plan: Plan) -> None:
    for heading in HEADINGS:
        print(_line(*heading.split("|")).rstrip())
    for name in (name for name in EVERY if ("overall", "greg", name) in found):
        print(_line(name, *(f"{share:.3f}" for share in _shares(true, found, name))))
    if plan.repeated:
        print(f"  bootstrap: {plan.replicates} replicates, on {plan.bootstrapped:,} of the waves")


def _shares(true: London, found: dict[Key, Waves], interval: str) -> list[float]:
    """The line of one interval: shares of waves whose interval holds the truth, its width, how often it is none."""
    each = found["by borough", "greg", interval]
    several = each.held[true.schools > 1]
    groups = (true.schools == 1, true.schools == 2, true.schools == 3, true.schools > 3)
    held = [each.held[group].mean() for group in groups]
    others = [found[table, "greg", interval].held.mean() for table in ("by age band", "overall")]
    extremes = each.held.mean(), each.held.min(), several.mean(), several.min()
    return [*extremes, each.width, each.undefined, *held, *others]


def _line(name: str, *cells: str) -> str:
    return f"  {name:14}" + "".join(f"{cell:>10}" for cell in cells)


def _print_errors(true: London, found: dict[Key, Waves]) -> None:
    print(f"\n  {'standard errors':20}{'spread':>8}{'greg / spread':>24}{'r-rake / spread':>24}{'bias /':>9}")
    print(f"  {'':20}{'':>8}{'root mean sq.':>16}{'mean':>8}{'root mean sq.':>16}{'mean':>8}{'spread':>9}")
    for table in ("overall", "by age band"):
        _print_error(table, slice(None), found[table, "greg", "kg"], found[table, "r-rake", "kg"])
    for schools in sorted(set(true.schools.tolist())):
        both = found["by borough", "greg", "kg"], found["by borough", "r-rake", "kg"]
        _print_error(f"boroughs, schools: {schools}", np.flatnonzero(true.schools == schools), *both)


def _print_error(name: str, domains: slice | Ints, greg: Waves, r_rake: Waves) -> None:
    ratios = [
        each.ratio(over)[domains].mean() for each in (greg, r_rake) for over in (root_mean_square, mean)
    ]
    bias = np.abs((mean(greg.estimate) - greg.truth) / greg.spread)[domains].max()
    print(
        f"  {name:20}{greg.spread[domains].mean():>8.4f}{ratios[0]:>16.2f}{ratios[1]:>8.2f}"
        f"{ratios[2]:>16.2f}{ratios[3]:>8.2f}{bias:>9.2f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bootstrapped", type=int, help="of the waves; a quarter, unless you say")
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--intervals", nargs="+", choices=EVERY, default=EVERY, metavar="INTERVAL")
    run(**vars(parser.parse_args()))
