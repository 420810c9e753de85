"""What estimates cost at 12,000 and 1,000,000 responses, beside reading the columns they are made from."""

import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import Cube, Margin, SurveyDesign
from questions import AGE_BANDS
from survey.places import load

SIZES = (12_000, 1_000_000)
AXES = ("stratum", "school", "borough", "age_band", "gender", "worried")
Columns = dict[str, NDArray[Any]]


def run() -> None:
    """Print the time of three raked tables (33 boroughs, 6 ages, 198 cells) with intervals."""
    print("Estimates: raked to borough, age band and gender; three tables with intervals, from rows")
    took = []
    for size in SIZES:
        columns = sample(size)
        reading = seconds(partial(go_through, columns))
        took.append(seconds(partial(tables, columns)))
        ratio = took[-1] / reading
        print(f"  {size:>9,} responses  {took[-1]:>8.3f} s, {ratio:.1f} times going through the columns once")
    print(f"  {SIZES[-1] / SIZES[0]:.0f} times the responses take {took[-1] / took[0]:.1f} times as long")
    _questions()
    _domains()
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    print(
        f"  peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit:,.0f} MB\n"
    )


def _questions() -> None:
    """Print the time of twenty questions on SQLite in one pass over the rows, beside twenty passes."""
    columns, random = sample(SIZES[0]), np.random.default_rng(2)
    levels = {f"q{at}": list(range(4)) for at in range(20)}
    asked = {name: random.integers(0, 4, SIZES[0]) for name in levels}
    base = sqlite3.connect(":memory:")
    base.execute(f"create table wave ({', '.join([*columns, *asked])})")
    rows = zip(*(column.tolist() for column in (*columns.values(), *asked.values())), strict=True)
    base.executemany(f"insert into wave values ({', '.join('?' * (len(columns) + 20))})", rows)
    axes = ["stratum", "school", "age_band"]
    together = seconds(partial(Cube.each, base, "wave", axes, levels))
    apart = seconds(partial(Cube.each, base, "wave", axes, list(levels)))
    base.close()
    print(
        f"  twenty questions of {SIZES[0]:,} on SQLite in one pass {together:.2f} s, {together / apart:.2f} of twenty"
    )


def _domains() -> None:
    """Print what more domains cost, from a cube."""
    cube = SurveyDesign(sample(SIZES[-1]), kind="open").cube(AXES)
    place, took = load("london"), {}
    design = SurveyDesign(cube, kind="gatekept", strata="stratum", clusters="school")
    raked = design.rake([Margin(by, place.population(by)) for by in ("borough", "age_band", "gender")])
    for by in (["gender"], ["borough"], ["borough", "age_band"], ["borough", "age_band", "gender"]):
        took[len(raked.proportion("worried", by=by))] = seconds(partial(raked.proportion, "worried", by=by))
    least = took[2]
    told = ", ".join(
        f"{size} domains {one / least:.1f} times as long as 2" for size, one in list(took.items())[1:]
    )
    print(f"  {told} ({least:.3f} s, a cube of {len(cube):,} cells)")


def sample(size: int) -> Columns:
    """So many young people of London, in 60 schools."""
    random, place = np.random.default_rng(1), load("london")
    codes = np.array([borough.code for borough in place.boroughs])
    school = random.integers(0, 60, size)
    return {
        "borough": codes[random.integers(0, len(codes), size)],
        "age_band": np.array(AGE_BANDS)[random.integers(0, 6, size)],
        "gender": np.array(["female", "male"])[random.integers(0, 2, size)],
        "school": school,
        "stratum": school % 30,
        "worried": random.random(size) < 0.4 + 0.002 * school,
    }


def tables(columns: Columns) -> None:
    """Three raked tables."""
    place = load("london")
    design = SurveyDesign(columns, kind="gatekept", strata="stratum", clusters="school")
    raked = design.rake([Margin(by, place.population(by)) for by in ("borough", "age_band", "gender")])
    for by in (["borough"], ["age_band"], ["borough", "age_band"]):
        raked.proportion("worried", by=by).rows()


def go_through(columns: Columns) -> None:
    """Look at every value once, as any estimate must."""
    for column in columns.values():
        np.unique(column)


def seconds(action: Callable[[], object]) -> float:
    """The wall time of doing something once."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
