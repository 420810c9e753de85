"""svy's side of the comparison, run by the Python of .venv-peers: shares with logit intervals, or means of 0 and 1."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from tests.bench.peers.clock import BY, Row, fastest, report

svy: Any = importlib.import_module("svy")  # lives in .venv-peers only


def tables(wave: pl.DataFrame, margins: dict[str, dict[str, float]], way: str) -> dict[str, pl.DataFrame]:
    """The three tables, raked as closely as ours."""
    sample = svy.Sample(wave, svy.Design(stratum="borough", psu="school", wgt="weight"))
    raked = sample.weighting.rake(controls=margins, wgt_name="raked", tol=1e-9)
    estimate = getattr(raked.estimation, way)
    return {name: estimate("worried", by=by).to_polars() for name, by in BY.items()}


def main(folder: Path, file: Path, way: str) -> None:
    """Estimate and report."""
    margins = json.loads((folder / "margins.json").read_text())
    wave, reading = fastest(lambda: pl.read_parquet(folder / "wave.parquet"))
    found, estimating = fastest(lambda: tables(wave, margins, way))
    report(file, _rows(found), f"svy {svy.__version__} ({way})", reading, estimating)


def _rows(found: dict[str, pl.DataFrame]) -> Iterator[Row]:
    for name, by in BY.items():
        for row in found[name].iter_rows(named=True):
            if row.get("worried", 1) == 1:
                domain = "/".join(str(row[one]) for one in by)
                yield name, domain, row["est"], row["se"], row["lci"], row["uci"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
