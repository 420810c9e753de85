"""Rows as an SPSS file: numbers with their labels, and what is no opinion as user-missing values.

pyreadstat writes the dictionary. It wants all rows at once, which for a million is more memory than we have; so the
rows are added by us, in the bytecode that the dictionary announces (PSPP's description of system files): 8 codes, each
a byte, then the 8-byte numbers that did not fit in theirs. A code 0 means nothing, so every row is made equally long.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyreadstat

from questions.definition import SPECIAL
from survey.exports.columns import Field, Values, special_numbers
from survey.exports.reading import Chunk
from survey.exports.spss import names_of, numbers_of

BIAS, IN_FULL, MISSING = 100, 253, 255  # of a byte: its number and 100; and two that are none
MOST_IN_A_BYTE = 251 - BIAS
NO_NUMBER = -np.finfo(np.float64).max  # SPSS's system-missing value
AT_CASES = 80  # where the header says how many rows there are
FORMATS = {"code": "F8.0", "tick": "F1.0", "weight": "F16.8", "number": "F16.4"}
LONGEST_LABEL, LONGEST_VALUE_LABEL = 250, 120  # characters that every version of SPSS shows


class SavFile:
    """An SPSS file that grows by chunks. It can be cut back to a size that it had, and go on from there."""

    name = "responses.sav"

    def __init__(self, folder: Path, fields: Sequence[Field], size: int | None) -> None:
        self._path, self._fields = folder / self.name, fields
        self._numbers = [_by_place(one) for one in fields]
        self._full = [_in_full(one) for one in fields]
        self._row = _row_of(self._full)
        if size is None:
            _dictionary(self._path, fields)
        self._file = self._path.open("r+b")
        self._file.truncate(size) if size is not None else None
        self._file.seek(0, os.SEEK_END)

    def write(self, chunk: Chunk) -> None:
        """Add rows."""
        rows = np.zeros(chunk.rows, dtype=self._row)
        for at, column in enumerate(chunk.columns):
            values = _values(self._fields[at], self._numbers[at], column)
            codes = rows[f"codes {at // 8}"]
            if self._full[at]:
                codes[:, at % 8] = IN_FULL
                rows[f"number {at}"] = np.where(np.isnan(values), NO_NUMBER, values)
            else:
                codes[:, at % 8] = np.where(np.isnan(values), MISSING, values + BIAS)
        self._file.write(rows.tobytes())

    def kept(self) -> int:
        """How long it is, once all that was written is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self, rows: int) -> None:
        """Say in the header how many rows there are."""
        self._file.seek(AT_CASES)
        self._file.write(struct.pack("<i", rows))
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _row_of(full: Sequence[bool]) -> np.dtype[Any]:
    """The bytes of one row: eight codes, the numbers that stand in full after them, the next eight, and so on."""
    parts: list[Any] = []
    for begin in range(0, len(full), 8):
        parts.append((f"codes {begin // 8}", "u1", 8))
        parts += [(f"number {at}", "<f8") for at in range(begin, min(begin + 8, len(full))) if full[at]]
    return np.dtype(parts)


def _in_full(field: Field) -> bool:
    return field.kind in ("weight", "number") or len(field.values) > MOST_IN_A_BYTE


def _by_place(field: Field) -> Any:
    """The number of the value at each place, and of nothing at the last."""
    numbers = numbers_of(field)
    return np.array([*(numbers[value] for value in field.values), np.nan])


def _values(field: Field, numbers: Any, column: Values) -> Any:
    """A column as numbers, NaN for nothing."""
    if field.kind == "code":
        return numbers[column]
    if field.kind == "tick":
        return np.where(column < 0, np.nan, column)
    if field.kind == "weight":
        return column
    special = special_numbers(field)
    return np.array(
        [np.nan if one is None else special[one] if one in SPECIAL else float(one) for one in column],
        dtype=float,
    )


def _dictionary(path: Path, fields: Sequence[Field]) -> None:
    """An SPSS file with no row: its columns with their labels and missing values."""
    names = names_of(fields)
    both = list(zip(names, fields, strict=True))
    labels = {name: _value_labels(field) for name, field in both}
    missing = {name: [*special_numbers(field).values()] for name, field in both}
    pyreadstat.write_sav(
        pl.DataFrame({name: pl.Series([], dtype=pl.Float64) for name in names}),
        path,
        row_compress=True,
        column_labels={name: field.label[:LONGEST_LABEL] for name, field in both},
        variable_value_labels={name: told for name, told in labels.items() if told},
        missing_ranges={name: values for name, values in missing.items() if values},
        variable_measure={name: "scale" if _in_full(field) else "nominal" for name, field in both},
        variable_format={name: FORMATS[field.kind] for name, field in both},
    )


def _value_labels(field: Field) -> dict[float, str]:
    if field.kind == "tick":
        return {0.0: "No", 1.0: "Yes"}
    said = dict(zip(field.values, field.labels, strict=True))
    return {number: said[code][:LONGEST_VALUE_LABEL] for code, number in numbers_of(field).items()}
