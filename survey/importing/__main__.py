"""Reads an SPSS file beside the app: `python -m survey.importing FILE ROWS COLUMNS`; what it says is printed as JSON.

It knows nothing of the app, so that it begins at once. ROWS and COLUMNS are how many there may be.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pyreadstat

from survey.importing import too_wide

MEMORY = 2 * 2**30  # bytes that the process may use


def main(path: str, most_rows: int, most_columns: int) -> dict[str, Any]:
    """What a file holds, or {"fault": why it is too much}."""
    _, about = pyreadstat.read_sav(path, metadataonly=True, user_missing=True, output_format="dict")
    if len(about.column_names) > most_columns:
        return {"fault": too_wide(len(about.column_names), most_columns)}
    found, about = pyreadstat.read_sav(
        path,
        row_limit=most_rows + 1,
        user_missing=True,
        output_format="dict",
    )
    cells: list[list[str]] = [[_word(value) for value in found[name]] for name in about.column_names]
    if cells and len(cells[0]) > most_rows:
        return {"fault": f"It has more than {most_rows:,} rows. Bring it in several files."}
    columns = [_column(name, about) for name in about.column_names]
    for column, words in zip(columns, cells, strict=True):
        column["missing"] = sorted({word for word in words if word and _is_missing(word, column["missing"])})
    return {"columns": columns, "rows": [list(row) for row in zip(*cells, strict=True)]}


def _column(name: str, about: Any) -> dict[str, Any]:
    labels = about.variable_value_labels.get(name, {})
    return {
        "name": name,
        "label": " ".join((about.column_names_to_labels.get(name) or "").split()),
        "labels": {_word(value): " ".join(str(label).split()) for value, label in labels.items()},
        "missing": about.missing_ranges.get(name, []),
    }


def _is_missing(word: str, ranges: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a value is in the ranges that the file calls missing."""
    for one in ranges:
        low, high = one["lo"], one["hi"]
        if word in (_word(low), _word(high)):
            return True
        if not isinstance(low, str) and _number(word) is not None and low <= (_number(word) or 0) <= high:
            return True
    return False


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _word(value: Any) -> str:
    """A value as it is written: a whole number without a point, a day as 2021-06-30, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, str):
        return " ".join(value.replace("\0", "").split())
    if not math.isfinite(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _hold_back() -> None:
    """Let this process use so much memory, where the system can say so."""
    if importlib.util.find_spec("resource") is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    _hold_back()
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
