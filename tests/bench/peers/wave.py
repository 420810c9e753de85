"""The wave that everybody estimates from: one file of respondents, and the population to rake it to."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from questions import AGE_BANDS
from survey.places import load

ONE_PART = 1_000_000
SCHOOLS = 4  # in each borough, so that no stratum has one cluster only
MARGINS = {"borough": "borough", "age": "age_band", "sex": "gender"}


def write(folder: Path, rows: int, with_csv: bool) -> None:
    """Write wave.parquet, margins.json, and for R wave.csv and margins.csv."""
    random = np.random.default_rng(rows)
    with pyarrow.parquet.ParquetWriter(folder / "wave.parquet", _part(random, 1).schema) as file:
        for begin in range(0, rows, ONE_PART):
            file.write_table(_part(random, min(ONE_PART, rows - begin)))
    if with_csv:
        pyarrow.csv.write_csv(pyarrow.parquet.read_table(folder / "wave.parquet"), folder / "wave.csv")
    margins = {name: load("london").population(axis) for name, axis in MARGINS.items()}
    (folder / "margins.json").write_text(json.dumps(margins))
    lines = [f"{name},{level},{count}" for name, levels in margins.items() for level, count in levels.items()]
    (folder / "margins.csv").write_text("\n".join(("margin,level,people", *lines)))


def _part(random: np.random.Generator, rows: int) -> Any:
    codes = [borough.code for borough in load("london").boroughs]
    borough, school = random.integers(0, len(codes), rows), random.integers(0, SCHOOLS, rows)
    age, sex = random.integers(0, len(AGE_BANDS), rows), random.integers(0, 2, rows)
    chance = 0.2 + 0.01 * borough + 0.05 * school + 0.02 * age
    return pa.table(
        {
            "borough": pa.DictionaryArray.from_arrays(borough, codes).cast(pa.string()),
            "age": pa.DictionaryArray.from_arrays(age, list(AGE_BANDS)).cast(pa.string()),
            "sex": pa.DictionaryArray.from_arrays(sex, ["female", "male"]).cast(pa.string()),
            "school": (borough * SCHOOLS + school).astype(np.int32),
            "weight": random.uniform(1, 3, rows),
            "worried": (random.random(rows) < chance).astype(np.int32),
        }
    )
