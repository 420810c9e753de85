"""What protecting all tables of a wave together costs, in time and in rows withheld, beside each table by itself."""

import time

import numpy as np

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Pooled, protect, publish
from tests.bench.estimates import sample

BY: tuple[list[str], ...] = (
    [],
    ["borough"],
    ["age_band"],
    ["gender"],
    ["borough", "age_band"],
    ["part"],
    ["part", "age_band"],
)
SHARES = [0.38, 0.3, 0.2, 0.09, 0.03]
PEOPLE = 12_000


def run() -> None:
    """Print the time for one question of five codes, 33 boroughs by 6 ages with margins and sub-regions."""
    tables, pools = wave()
    began = time.perf_counter()
    found = publish(tables, pools=pools)
    took = time.perf_counter() - began
    began = time.perf_counter()
    alone = [protect(table).withheld for table in tables]
    rows = sum(map(len, tables))
    print(f"Disclosure control: {len(tables)} tables of {PEOPLE:,} responses, {rows:,} rows")
    print(
        f"  together     {took:>7.2f} s, {found.withheld:,} withheld {[one.withheld for one in found.tables]}"
    )
    print(f"  each by itself {time.perf_counter() - began:>5.2f} s, {sum(alone):,} withheld {alone}\n")


def wave() -> tuple[list[Estimates], list[Pooled]]:
    """The bench's wave with a question of five codes and five parts of London."""
    frame, random = sample(PEOPLE), np.random.default_rng(3)
    frame["answer"] = np.array(list("abcde"))[random.choice(5, PEOPLE, p=SHARES)]
    boroughs = sorted(set(frame["borough"].tolist()))
    parts = {borough: f"part {at % 5}" for at, borough in enumerate(boroughs)}
    frame["part"] = np.array([parts[one] for one in frame["borough"].tolist()])
    design = SurveyDesign(frame, kind="gatekept", strata="stratum", clusters="school")
    return [design.proportion("answer", by=by) for by in BY], [Pooled("part", "borough", parts)]
