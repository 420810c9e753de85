"""Our side of the comparison, in a process of its own: from a Parquet file to three raked tables."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

import duckdb

from analysis import Cube, Estimates, Margin, SurveyDesign
from tests.bench.peers.clock import BY, MEMORY, Row, fastest, report

Variance = Literal["greg", "r-rake"]
AXES = ("borough", "age", "sex", "school", "worried")


def tables(
    connection: duckdb.DuckDBPyConnection, wave: Path, margins: list[Margin], variance: Variance
) -> dict[str, Estimates]:
    """The three tables, raked, with the interval that the others have as well."""
    cube = Cube.query(connection, f"read_parquet('{wave}')", AXES, weights="weight")
    design = SurveyDesign(cube, kind="gatekept", strata="borough", clusters="school")
    raked = design.rake(margins, variance=variance)
    return {name: raked.proportion("worried", by=by, interval="logit") for name, by in BY.items()}


def main(folder: Path, file: Path, variance: Variance) -> None:
    """Estimate and report."""
    margins = [
        Margin(name, counts) for name, counts in json.loads((folder / "margins.json").read_text()).items()
    ]
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        found, both = fastest(lambda: tables(connection, folder / "wave.parquet", margins, variance))
    report(file, _rows(found), f"ours ({variance})", 0.0, both)


def _rows(found: dict[str, Estimates]) -> Iterator[Row]:
    for name, table in found.items():
        figures = zip(table.estimate, table.se, table.low, table.high, strict=True)
        for (domain, _), (estimate, se, low, high) in zip(table.keys, figures, strict=True):
            yield name, "/".join(map(str, domain)), estimate, se, low, high


if __name__ == "__main__":
    asked = next(how for how in get_args(Variance) if how == sys.argv[3])
    main(Path(sys.argv[1]), Path(sys.argv[2]), asked)
