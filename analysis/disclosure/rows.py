"""Rows that may leave: rounded for the public, or withheld with a reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis import wording
from analysis.estimates import Estimates
from analysis.flags import CONFIDENTIAL, SMALL_BASE

from .rule import Rule

FIGURES = ("estimate", "se", "ci_low", "ci_high", "df", "n", "n_weighted", "n_eff", "deff", "deff_source")
SUBTRACTION = "withheld so that a smaller group cannot be worked out by subtraction"
EARLIER = f"{SUBTRACTION}, in this publication or from an earlier one"
ROUNDED_TO = 5
SIGNIFICANT = 3
NOTHING = 1e-7  # of a printed step: what arithmetic leaves of a round number


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """A table that may leave: withheld rows have no figures at all, "[c]", and a reason in words.

    >>> from analysis import SurveyDesign
    >>> from analysis.disclosure import protect
    >>> frame = {"sex": ["F"] * 60 + ["M"] * 60 + ["X"] * 4 + [None] * 9, "safe": [1, 0] * 62 + [1] * 9}
    >>> table = protect(SurveyDesign(frame, kind="quota").proportion("safe", by="sex"))
    >>> table.withheld, [row["estimate"] for row in table.rows()]
    (2, [None, 0.5, None])
    >>> table.explain(table.rows()[2])
    'Not shown for sex X: fewer than 10 people answered.'
    """

    measure: str
    by: tuple[str, ...]
    kind: str
    statistic: str
    public: bool
    interval_name: str
    footer: str
    _rows: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `Estimates.rows()`, in their order; every figure of a withheld one is None."""
        return [dict(row) for row in self._rows]

    def explain(self, row: dict[str, Any]) -> str:
        """A row as the sentence that can be read out; of a withheld one, why it is withheld."""
        return wording.explain(row, self.by, self.interval_name, self.statistic)

    def __len__(self) -> int:
        return len(self._rows)

    def withhold(self, hide: Sequence[bool], reason: str = SUBTRACTION) -> Protected:
        """The same table with more rows withheld: one place for each row; rows that are hidden already stay so.

        >>> from analysis import SurveyDesign
        >>> from analysis.disclosure import protect
        >>> frame = {"sex": ["F", "F", "M", "M"] * 30, "safe": [1, 0] * 60}
        >>> table = protect(SurveyDesign(frame, kind="quota").proportion("safe", by="sex"))
        >>> [row["flag"] for row in table.withhold([True, False], "under review").rows()]
        ['[c]', '']
        """
        rows = zip(self._rows, hide, strict=True)
        hidden = tuple(
            withheld(row, reason) if more and row["flag"] != CONFIDENTIAL else row for row, more in rows
        )
        return replace(self, _rows=hidden)

    @property
    def withheld(self) -> int:
        """How many rows are withheld."""
        return sum(row["flag"] == CONFIDENTIAL for row in self._rows)


def withheld(row: dict[str, Any], reason: str) -> dict[str, Any]:
    return {**row, **dict.fromkeys(FIGURES), "flag": CONFIDENTIAL, "reason": reason}


def shown(row: dict[str, Any], statistic: str) -> dict[str, Any]:
    places = 2 if statistic == "proportion" else SIGNIFICANT - _digits(row["estimate"])
    figures = {name: round(row[name], places) for name in ("estimate", "se")}
    figures |= {"ci_low": outwards(row["ci_low"], places, -1), "ci_high": outwards(row["ci_high"], places, 1)}
    bases = {name: _to_five(row[name]) for name in ("n", "n_weighted", "n_eff")}
    return {**row, **figures, **bases, "deff": round(row["deff"], 1)}


def outwards(value: float, places: int, way: int) -> float:
    """An end of an interval as it is printed: down (way -1) or up (1), so that what is printed holds what was found.

    >>> outwards(0.4312, 2, -1), outwards(0.4312, 2, 1), outwards(0.43, 2, 1)
    (0.43, 0.44, 0.43)
    """
    if not np.isfinite(value):
        return value
    scaled = value * 10.0**places
    near = round(scaled)
    whole = near if abs(scaled - near) < NOTHING else np.floor(scaled) if way < 0 else np.ceil(scaled)
    return round(float(whole) / 10.0**places, places)


def _digits(value: float) -> int:
    """How many digits stand before the point of a number."""
    return int(np.floor(np.log10(abs(value)))) + 1 if np.isfinite(value) and value else 0


def _to_five(value: float) -> float:
    return ROUNDED_TO * round(value / ROUNDED_TO) if np.isfinite(value) else value


def protected(table: Estimates, why: Sequence[str], rule: Rule) -> Protected:
    """A table as the public sees it. why: the reason to withhold each row, or ""; the public is told one for all."""
    figures = (public(row, table.statistic) for row in table.rows())
    rows = tuple(
        withheld(row, rule.sentence) if reason else row for row, reason in zip(figures, why, strict=True)
    )
    name, footer = table.interval_name, table.footer
    return Protected(table.measure, table.by, table.kind, table.statistic, True, name, footer, rows)


def public(row: dict[str, Any], statistic: str) -> dict[str, Any]:
    """A row as it is published: rounded, without what would count people or clusters more finely than its base."""
    return {**shown(row, statistic), "n_weighted": None, "df": None, "reason": _roughly(row)}


def _roughly(row: dict[str, Any]) -> str:
    """Why a figure is unreliable, without the exact numbers of people and of clusters."""
    return (
        "; ".join(dict.fromkeys(_rough(part, row["n"]) for part in row["reason"].split("; ")))
        if row["reason"]
        else ""
    )


def _rough(part: str, n: float) -> str:
    if "degrees of freedom" in part:
        return "it is of few settings"
    if "independent ones" in part:
        return f"the answers carry as much as fewer than {SMALL_BASE} independent ones"
    return (
        f"fewer than {SMALL_BASE} people answered" if n < SMALL_BASE and part.endswith("answered") else part
    )
