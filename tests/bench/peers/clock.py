"""What every peer in Python does around its estimates: the fastest of a few goes, and a file of the figures."""

import csv
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Row = tuple[str, str, float, float, float, float]  # table, domain, estimate, se, low, high
BY: dict[str, list[str]] = {"borough": ["borough"], "age": ["age"], "cell": ["borough", "age"]}
GOES, QUICK = 3, 2.0
MEMORY = "100MB"  # what DuckDB may take; without a word it takes what there is


def fastest(action: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and its seconds: of three goes where one is quick, so that a cold start counts for nothing."""
    found, took = _once(action)
    for _ in range(GOES - 1 if took < QUICK else 0):
        found, again = _once(action)
        took = min(took, again)
    return found, took


def _once(action: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return action(), time.perf_counter() - began


def report(file: Path, rows: Iterable[Row], version: str, reading: float, estimating: float) -> None:
    """Write the figures, and say what they took on one line that the bench reads."""
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(rows)
    print(f"{reading} {estimating} {version}")
