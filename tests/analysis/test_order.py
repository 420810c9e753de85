"""Answers that have an order come out in it, whichever frame they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from analysis import Margin, SurveyDesign

WORRIES = ("very", "fairly", "not very", "never asked")
BANDS = ("under 10", "10 to 11", "12 to 13")
ANSWERS = {
    "worry": ["fairly", "very", "not very", None, "very", "fairly"] * 5,
    "band": ["12 to 13", "10 to 11", "under 10"] * 10,
}


def pandas(*, ordered: bool) -> pd.DataFrame:
    kinds = {"worry": WORRIES, "band": BANDS}
    return pd.DataFrame(
        {
            name: pd.Categorical(values, categories=kinds[name], ordered=ordered)
            for name, values in ANSWERS.items()
        }
    )


def polars() -> pl.DataFrame:
    return pl.DataFrame(ANSWERS, schema={"worry": pl.Enum(WORRIES), "band": pl.Enum(BANDS)})


def enumerated() -> Any:
    connection = duckdb.connect()
    for name, words in (("worry", WORRIES), ("band", BANDS)):
        connection.execute(f"create type {name} as enum {words}")
    connection.execute("create table answers (worry worry, band band)")
    connection.executemany("insert into answers values (?, ?)", list(zip(*ANSWERS.values(), strict=True)))
    return connection.table("answers")


@pytest.mark.parametrize(
    "frame",
    [lambda: pandas(ordered=True), polars, lambda: polars().lazy(), enumerated],
    ids=["pandas", "polars", "lazy polars", "DuckDB"],
)
def test_ordered_categories_keep_their_order(frame: Callable[[], Any]) -> None:
    table = SurveyDesign(frame(), kind="quota").proportion("worry", by="band")
    assert table.levels == WORRIES[:3]  # what nobody gave is not there, as in any other frame
    assert [domain[0] for domain in table.domains] == list(BANDS)


@pytest.mark.parametrize(
    "frame",
    [
        lambda: pandas(ordered=False),
        lambda: pl.DataFrame(ANSWERS, schema=dict.fromkeys(ANSWERS, pl.Categorical)),
        lambda: pl.DataFrame(ANSWERS),
        lambda: ANSWERS,
    ],
    ids=["pandas", "polars", "words", "arrays"],
)
def test_others_are_sorted(frame: Callable[[], Any]) -> None:
    table = SurveyDesign(frame(), kind="quota").proportion("worry", by="band")
    assert table.levels == tuple(sorted(WORRIES[:3]))
    assert [domain[0] for domain in table.domains] == sorted(BANDS)


def test_only_the_order_differs() -> None:
    """Row by row an Enum gives what words give: estimates, intervals and bases."""
    enum, words = (SurveyDesign(frame, kind="quota") for frame in (polars(), ANSWERS))
    one, other = (design.proportion("worry", by="band") for design in (enum, words))
    found = {(row["band"], row["level"]): row for row in other.rows()}
    assert len(one.rows()) == len(found)
    for row in one.rows():
        same = found[row["band"], row["level"]]
        assert {name: same[name] for name in row} == pytest.approx(row)


def test_declared_levels_come_first() -> None:
    declared = {"worry": ["not very", "fairly", "very"]}
    table = SurveyDesign(polars(), kind="quota", levels=declared).proportion("worry")
    assert table.levels == ("not very", "fairly", "very")


def test_a_part_of_a_frame_keeps_the_order() -> None:
    frame = polars()
    young = SurveyDesign(frame, kind="quota").subset((frame["band"] != "10 to 11").to_numpy())
    assert [row["band"] for row in young.proportion("worry", "very", by="band").rows()] == [
        BANDS[0],
        BANDS[2],
    ]


def test_ordered_values_come_back_as_they_were() -> None:
    stops = pd.cut(pd.Series([9, 1, 5, 3] * 5), [0, 2, 4, 6, 10])
    frame = pd.DataFrame({"stops": stops, "size": pd.Categorical([3, 1, 2, 3] * 5, [3, 1, 2], ordered=True)})
    design = SurveyDesign(frame, kind="quota")
    assert design.proportion("size").levels == (3, 1, 2)
    assert design.proportion("stops").levels == tuple(stops.cat.categories)


def test_a_margin_has_the_order_of_its_frame() -> None:
    """Which cells are neighbours, when small ones are merged, is the order of the targets."""
    counts = pl.DataFrame(
        {"band": BANDS[::-1], "people": [30, 20, 10]}, schema_overrides={"band": pl.Enum(BANDS)}
    )
    assert list(Margin.of(counts, "band", "people").targets) == list(BANDS)
