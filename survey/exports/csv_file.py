"""Rows as CSV of codes: what was picked as its code, one of many as 1 and 0, no answer as nothing."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from survey.exports.columns import Field, Values
from survey.exports.reading import Chunk

TICKS = np.array(["0", "1", ""], dtype=object)


class CsvFile:
    """A CSV file that grows by chunks. It can be cut back to a size that it had, and go on from there."""

    name = "responses.csv"

    def __init__(self, folder: Path, fields: Sequence[Field], size: int | None) -> None:
        self._fields = fields
        self._values = [np.array([*one.values, ""], dtype=object) for one in fields]
        self._file = (folder / self.name).open("wb" if size is None else "r+b")
        if size is None:
            self._file.write(lines([[one.name for one in fields]]))
        else:
            self._file.truncate(size)
            self._file.seek(size)

    def write(self, chunk: Chunk) -> None:
        """Add rows."""
        given = zip(self._fields, self._values, chunk.columns, strict=True)
        cells = [_cells(field, values, column) for field, values, column in given]
        self._file.write(lines(zip(*cells, strict=True)))

    def kept(self) -> int:
        """How long it is, once all that was written is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self, _rows: int) -> None:
        """Nothing comes after the last row."""
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def lines(rows: object) -> bytes:
    """Rows as lines of CSV in UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue().encode()


def _cells(field: Field, values: Values, column: Values) -> list[object]:
    """A column as it stands in the file."""
    if field.kind == "number":
        return list(column)
    if field.kind == "weight":
        return ["" if one != one else one for one in column.tolist()]
    return list((TICKS if field.kind == "tick" else values)[column])
