"""Rows as Parquet: codes as an ordered list of words, one of many as true and false, no answer as null.

The rows are written in parts that are put together at the end, as a Parquet file cannot go on where it stopped.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from questions.definition import SPECIAL
from survey.exports.columns import Field, Values
from survey.exports.reading import Chunk

ROWS_OF_A_GROUP = 100_000
WHY, PARTS = "why_none", "parts"


class ParquetFile:
    """A Parquet file that grows by parts; its size is how many there are."""

    name = PARTS

    def __init__(self, folder: Path, fields: Sequence[Field], size: int | None) -> None:
        self._whole, self._parts = folder / "responses.parquet", folder / PARTS
        self._fields, self._count = fields, size or 0
        self._parts.mkdir(exist_ok=True)
        for part in self._parts.iterdir():
            if int(part.stem) >= self._count:
                part.unlink()
        types = [pl.Enum(one.values) if one.kind == "code" else None for one in fields]
        self._values = [
            None if kind is None else pl.Series([*one.values, None], dtype=kind)
            for one, kind in zip(fields, types, strict=True)
        ]

    def write(self, chunk: Chunk) -> None:
        """Add rows."""
        self._frame(chunk.columns).write_parquet(self._parts / f"{self._count:06}.parquet")
        self._count += 1

    def kept(self) -> int:
        """How many parts there are."""
        return self._count

    def finish(self, rows: int) -> None:
        """Put the parts together."""
        if self._count == 0:
            self._frame([_nothing(one) for one in self._fields]).write_parquet(self._whole)
        else:
            parts = pl.scan_parquet([self._parts / f"{part:06}.parquet" for part in range(self._count)])
            parts.sink_parquet(self._whole, row_group_size=min(rows, ROWS_OF_A_GROUP), maintain_order=True)
        shutil.rmtree(self._parts)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _frame(self, columns: Sequence[Values]) -> pl.DataFrame:
        made: dict[str, pl.Series] = {}
        why: dict[str, pl.Series] = {}
        for field, values, column in zip(self._fields, self._values, columns, strict=True):
            made[field.name] = _series(field, values, column)
            if field.kind == "number" and field.values:
                said = [one if one in SPECIAL else None for one in column]
                why[f"{field.name}.{WHY}"] = pl.Series(said, dtype=pl.Enum(field.values))
        return pl.DataFrame(made | why)


def _series(field: Field, values: pl.Series | None, column: Values) -> pl.Series:
    if values is not None:
        return values.gather(column % len(values))  # -1, for nothing, is the last
    if field.kind == "tick":
        return pl.Series(column, dtype=pl.Int8).replace_strict(
            {0: False, 1: True, -1: None}, return_dtype=pl.Boolean
        )
    if field.kind == "weight":
        return pl.Series(column, dtype=pl.Float64).fill_nan(None)
    return pl.Series([_number(one) for one in column], dtype=pl.Float64)


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


def _nothing(field: Field) -> Values:
    import numpy as np

    types = {"number": object, "weight": np.float64}
    return np.empty(0, dtype=types.get(field.kind, np.int64))
