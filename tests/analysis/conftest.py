"""The synthetic London wave, its margins, and what R says of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from analysis import Margin, SurveyDesign

HERE = Path(__file__).parent / "reference"
Columns = dict[str, list[Any]]


def columns(name: str) -> Columns:
    with (HERE / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [_value(key, row[key]) for row in rows] for key in rows[0]}


def _value(name: str, text: str) -> Any:
    if name in {"w0", "w", "y", "N", "x"}:
        return float(text) if text else None
    return text or None


@pytest.fixture(scope="session")
def london() -> Columns:
    return columns("london_youth_wave_1.csv")


@pytest.fixture(scope="session")
def margins() -> list[Margin]:
    table = columns("london_margins.csv")
    return [
        Margin(name, {level: n for m, level, n in zip(*table.values(), strict=True) if m == name})
        for name in ("borough", "age", "sex")
    ]


@pytest.fixture(scope="session")
def figures() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((HERE / "figures.json").read_text())
    return read


@pytest.fixture(scope="session")
def design(london: Columns) -> SurveyDesign:
    return SurveyDesign(london, kind="gatekept", weights="w0", strata="borough", clusters="psu")


@pytest.fixture(scope="session")
def raked(design: SurveyDesign, margins: list[Margin]) -> SurveyDesign:
    return design.rake(margins, tolerance=1e-12)
