"""One cube, several doors: rows, grouped rows, parts added up, and the frames that people use."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pytest

from analysis import Cube, Margin, SurveyDesign
from analysis.cube import side_by_side
from analysis.estimates import Estimates

from .conftest import Columns

OPTIONS: dict[str, Any] = {"kind": "gatekept", "strata": "borough", "clusters": "psu"}


def same(one: Estimates, other: Estimates) -> None:
    for name in ("estimate", "se", "low", "high", "n", "n_weighted", "n_eff", "df"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=1e-12)
    assert one.keys == other.keys


@pytest.mark.parametrize("reader", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, "pyarrow", "duckdb", "arrays"])
def test_frames(london: Columns, design: SurveyDesign, reader: Any) -> None:
    frame: Any
    if reader == "arrays":
        frame = {
            name: np.array(values, dtype=None if name == "w0" else object) for name, values in london.items()
        }
    elif reader == "pyarrow":
        frame = pa.table(london)
    elif reader == "duckdb":
        wave = pl.DataFrame(london)
        frame = duckdb.connect().from_arrow(wave.to_arrow())
    else:
        frame = reader(london)
    again = SurveyDesign(frame, weights="w0", **OPTIONS)
    same(again.proportion("y", by=["borough", "age"]), design.proportion("y", by=["borough", "age"]))
    same(again.proportion("level", ["minor", "major"]), design.proportion("level", ["minor", "major"]))


@pytest.mark.parametrize("clusters", ["psu", None])
def test_grouped_by_sql(london: Columns, margins: list[Margin], clusters: str | None) -> None:
    names = ("borough", "psu", "age", "sex", "level")
    connection = sqlite3.connect(":memory:")
    connection.execute(f"create table answers ({', '.join(names)})")
    connection.executemany(
        "insert into answers values (?, ?, ?, ?, ?)",
        list(zip(*(london[name] for name in names), strict=True)),
    )
    grouped = connection.execute(
        f"select {', '.join(names)}, count(*) from answers group by {', '.join(names)}"
    ).fetchall()
    connection.close()
    cells = dict(zip((*names, "people"), map(list, zip(*grouped, strict=True)), strict=True))
    assert len(cells["people"]) < len(london["age"])
    options = {**OPTIONS, "clusters": clusters}
    rows = SurveyDesign({name: london[name] for name in names}, **options).rake(margins)
    few = SurveyDesign(cells, counts="people", **options).rake(margins)
    for by in ([], ["borough"], ["borough", "age"]):
        one, other = (design.proportion("level", by=by) for design in (rows, few))
        same(one, other)
        np.testing.assert_allclose(one.covariance(), other.covariance(), rtol=1e-9, atol=1e-13)


def test_parts_add_up(london: Columns, design: SurveyDesign) -> None:
    parts = []
    for begin in range(0, len(london["y"]), 500):
        part = {name: values[begin : begin + 500] for name, values in london.items()}
        parts.append(SurveyDesign(part, weights="w0", **OPTIONS).cube(["borough", "psu", "y"]))
    cube = parts[0]
    for part_cube in parts[1:]:
        cube = cube + part_cube
    whole = design.cube(["borough", "psu", "y"])
    place = {axis.name: axis.levels for axis in cube.axes}
    names = ("borough", "psu", "y")

    def cells(cube: Any) -> dict[tuple[Any, ...], tuple[float, float, float]]:
        keys = zip(*([(*axis.levels, None)[c] for c in axis.codes] for axis in cube.axes), strict=True)
        return dict(zip(keys, zip(cube.n, cube.w, cube.w2, strict=True), strict=True))

    assert set(place) == set(names)
    one, other = cells(cube), cells(whole)
    assert set(one) == set(other)
    for key, sums in one.items():
        assert sums == pytest.approx(other[key], rel=1e-12)


def test_people_are_their_own_clusters(london: Columns, margins: list[Margin]) -> None:
    """Without clusters, the same as naming a cluster for each person."""
    frame = {**london, "person": list(range(len(london["y"])))}
    for strata in ("borough", None):
        plain = SurveyDesign(frame, kind="quota", weights="w0", strata=strata).rake(margins)
        named = SurveyDesign(frame, kind="quota", weights="w0", strata=strata, clusters="person")
        named = named.rake(margins)
        same(named.proportion("y", by=["age"]), plain.proportion("y", by=["age"]))
        np.testing.assert_allclose(
            named.proportion("y", by=["age"]).covariance(),
            plain.proportion("y", by=["age"]).covariance(),
            rtol=1e-9,
            atol=1e-14,
        )


def test_lonely_people(london: Columns) -> None:
    """A stratum of one person is treated alike whether or not people are named as clusters."""
    frame = {
        "y": [1, 0, 1, 1, 0, 1],
        "s": ["a", "a", "a", "b", "b", "c"],
        "w": [1.0, 2, 1, 3, 1, 2],
        "person": list(range(6)),
    }
    for rule in ("adjust", "average", "certainty", "remove"):
        options: dict[str, Any] = {"kind": "quota", "weights": "w", "strata": "s", "lonely_psu": rule}
        same(
            SurveyDesign(frame, clusters="person", **options).proportion("y"),
            SurveyDesign(frame, **options).proportion("y"),
        )


def test_importing_loads_only_what_it_needs() -> None:
    code = (
        "import sys, analysis; print([name for name in ('scipy.stats', 'matplotlib', 'pandas', 'polars', "
        "'duckdb', 'pyarrow', 'starlette', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


AXES = ("borough", "psu", "age", "sex", "level", "y")


def columns_of(london: Columns) -> pl.DataFrame:
    return pl.DataFrame({**{name: london[name] for name in AXES}, "w0": london["w0"]})


@pytest.fixture(params=["sqlite", "duckdb", "parquet", "postgresql"])
def base(request: pytest.FixtureRequest, london: Columns, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """A database that holds London's answers, and the table they are in."""
    frame = columns_of(london)
    connection: Any
    table = "answers"
    if request.param == "parquet":
        frame.write_parquet(tmp_path / "wave.parquet")
        connection, table = duckdb.connect(), f"read_parquet('{tmp_path / 'wave.parquet'}')"
    elif request.param == "duckdb":
        connection = duckdb.connect()
        connection.from_arrow(frame.to_arrow()).create("answers")
    else:
        connection, mark = sqlite3.connect(":memory:"), "?"
        if request.param == "postgresql":
            connection.close()
            connection, mark = (
                psycopg.connect(request.getfixturevalue("postgresql_address").replace("+psycopg", "")),
                "%s",
            )
        words = ", ".join(f"{name} text" for name in AXES[:-1])
        cursor = connection.cursor()
        cursor.execute(f"create temporary table answers ({words}, y double precision, w0 double precision)")
        cursor.executemany(f"insert into answers values ({', '.join([mark] * 7)})", frame.rows())
    yield connection, table
    connection.close()


def test_a_database_sums_the_same_cube(
    base: tuple[Any, str], design: SurveyDesign, margins: list[Margin]
) -> None:
    cube = Cube.query(*base, AXES, weights="w0")
    assert len(cube) < 2160
    asked = SurveyDesign(cube, **OPTIONS).rake(margins, tolerance=1e-12)
    raked = design.rake(margins, tolerance=1e-12)
    for by in ([], ["borough"], ["borough", "age"]):
        one, other = asked.proportion("y", by=by), raked.proportion("y", by=by)
        same(one, other)
        np.testing.assert_allclose(one.covariance(), other.covariance(), rtol=1e-9, atol=1e-13)
    same(asked.proportion("level"), raked.proportion("level"))


LEVELS: dict[str, list[Any]] = {"y": [0, 1], "level": ["major", "minor", "not"], "sex": ["F", "M"]}


@pytest.mark.parametrize("weights", ["w0", None])
@pytest.mark.parametrize("questions", [LEVELS, list(LEVELS)])
def test_many_questions(base: tuple[Any, str], london: Columns, questions: Any, weights: str | None) -> None:
    cubes = Cube.each(*base, ["borough", "psu", "age"], questions, weights=weights)
    asked = SurveyDesign(list(cubes.values()), **OPTIONS)
    rows = SurveyDesign(london, weights=weights, **OPTIONS)
    for question in LEVELS:
        same(asked.proportion(question, by=["age"]), rows.proportion(question, by=["age"]))
    with pytest.raises(ValueError, match="no cube has the axes 'borough', 'psu', 'sex', 'level' together"):
        asked.proportion("level", by="sex")
    with pytest.raises(ValueError, match="'y' is an axis already"):
        Cube.each(*base, ["borough", "y"], ["y"])


def test_an_answer_that_is_not_among_the_levels(base: tuple[Any, str]) -> None:
    if "duckdb" in type(base[0]).__module__:
        assert "not" in Cube.each(*base, ["age"], {"level": ["major", "minor"]})["level"].axis("level").levels
        return
    with pytest.raises(
        ValueError, match=r"column 'level' holds something that is not among its levels 'major', "
    ):
        Cube.each(*base, ["age"], {"level": ["major", "minor"]}, weights="w0")


def test_very_many_questions_come_in_several_statements(base: tuple[Any, str], monkeypatch: Any) -> None:
    whole = Cube.each(*base, ["age"], LEVELS, weights="w0")
    monkeypatch.setattr("analysis.sql.MOST_COLUMNS", 10)
    for question, cube in Cube.each(*base, ["age"], LEVELS, weights="w0").items():
        assert cube.n.tolist() == whole[question].n.tolist()


def test_a_database_sums_a_part_of_a_table(base: tuple[Any, str], design: SurveyDesign) -> None:
    connection, table = base
    cube = Cube.query(connection, table, ["borough", "y"], weights="w0", where="age = 'a:11-12'")
    part = design.subset(age="a:11-12").proportion("y", by="borough")
    asked = SurveyDesign(cube, kind="gatekept").proportion("y", by="borough")
    np.testing.assert_allclose(asked.estimate, part.estimate, rtol=1e-12)
    assert Cube.query(connection, table, ()).n.tolist() == [2160]


def test_a_database_with_wrong_weights_is_refused(base: tuple[Any, str]) -> None:
    connection, table = base
    wrong = f"(select w0 - 1e9 as w0, age from {table}) as moved"
    with pytest.raises(ValueError, match="column 'w0' must be a number, 0 or more; 2160 rows break this"):
        Cube.query(connection, wrong, ["age"], weights="w0")


def test_chunks_added_up(london: Columns, design: SurveyDesign, margins: list[Margin]) -> None:
    """Cubes of parts are a cube of the whole, and a design."""
    cubes = []
    for begin in range(0, len(london["y"]), 700):
        part = {name: values[begin : begin + 700] for name, values in london.items()}
        cubes.append(SurveyDesign(part, weights="w0", **OPTIONS).cube(AXES))
    whole = cubes[0] + cubes[1] + cubes[2] + cubes[3]
    asked = SurveyDesign(whole, **OPTIONS).rake(margins, tolerance=1e-12)
    same(asked.proportion("y", by="age"), design.rake(margins, tolerance=1e-12).proportion("y", by="age"))


@pytest.mark.parametrize("clusters", ["psu", None])
@pytest.mark.parametrize("raked", [False, True])
def test_people_are_in_one_cell_who_are_alike_but_for_how_they_were_drawn(
    london: Columns, margins: list[Margin], raked: bool, clusters: str | None
) -> None:
    """Their figures are those of cells by cluster, which a subset by every cluster makes of them."""
    design = SurveyDesign(london, kind="gatekept", strata="borough", clusters=clusters, weights="w0")
    asked = design.rake(margins, tolerance=1e-12) if raked else design
    apart = asked.subset(psu=set(london["psu"]), borough=set(london["borough"]))
    for by in ([], ["age"], ["borough", "age"]):
        one, other = (each.proportion("y", by=by) for each in (asked, apart))
        same(one, other)
        np.testing.assert_allclose(one.covariance(), other.covariance(), rtol=1e-9, atol=1e-12)
        assert len(one.ask.cube) < len(other.ask.cube)


def test_a_cell_may_come_in_pieces(london: Columns, design: SurveyDesign, margins: list[Margin]) -> None:
    halves = [
        SurveyDesign({name: values[at::2] for name, values in london.items()}, weights="w0", **OPTIONS)
        for at in range(2)
    ]
    asked = SurveyDesign(side_by_side([half.cube(AXES) for half in halves]), **OPTIONS)
    one, other = (each.rake(margins, tolerance=1e-12) for each in (asked, design))
    same(one.proportion("y", by="age"), other.proportion("y", by="age"))


def test_a_lazy_frame_is_grouped_by_its_own_engine(london: Columns, design: SurveyDesign) -> None:
    lazy = columns_of(london).lazy()
    asked = SurveyDesign(lazy, weights="w0", **OPTIONS)
    same(asked.subset(sex="F").proportion("y", by="age"), design.subset(sex="F").proportion("y", by="age"))
    with pytest.raises(ValueError, match="a lazy frame has no rows to point at; narrow it by a column"):
        asked.subset(np.ones(2160, dtype=bool))
    wrong = SurveyDesign(lazy.with_columns(pl.col("w0") - 1e9), kind="open", weights="w0")
    with pytest.raises(ValueError, match="column 'w0' must be a number, 0 or more; 2160 rows break this"):
        wrong.proportion("y")


def test_a_cube_has_no_rows(design: SurveyDesign) -> None:
    asked = SurveyDesign(design.cube(AXES), **OPTIONS)
    with pytest.raises(ValueError, match=r"a cube has no rows to point at; narrow it by a column"):
        asked.subset([True])
    with pytest.raises(ValueError, match="a cube has no rows"):
        asked.final_weights()


ANSWERS = {"y": [1, 0, None, 1, 0, 1] * 10, "g": ["a", "b", None] * 20, "s": list(range(6)) * 10}
KINDS: dict[str, Any] = {
    "objects": pd.DataFrame(ANSWERS),
    "nullable integers": pd.DataFrame(ANSWERS).astype({"y": "Int64"}),
    "nullable booleans": pd.DataFrame(ANSWERS).astype({"y": "boolean"}),
    "categories": pd.DataFrame(ANSWERS).astype({"g": "category"}),
    "strings": pd.DataFrame(ANSWERS).astype({"g": "string"}),
    "pandas on arrow": pd.DataFrame(ANSWERS).convert_dtypes(dtype_backend="pyarrow"),
    "polars enums": pl.DataFrame(ANSWERS).with_columns(pl.col("g").cast(pl.Enum(["a", "b"]))),
    "polars categories": pl.DataFrame(ANSWERS).with_columns(pl.col("g").cast(pl.Categorical)),
    "polars NaN": pl.DataFrame(ANSWERS).with_columns(pl.col("y").cast(pl.Float64).fill_null(float("nan"))),
    "polars booleans": pl.DataFrame(ANSWERS).with_columns(pl.col("y").cast(pl.Boolean)),
    "lazy": pl.LazyFrame(ANSWERS),
    "arrow": pa.table(ANSWERS),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_of_writing_a_missing_answer(kind: str) -> None:
    plain, other = (SurveyDesign(frame, kind="quota", clusters="s") for frame in (ANSWERS, KINDS[kind]))
    same(plain.proportion("y", by="g"), other.proportion("y", by="g"))


def test_dates_come_back_as_they_were() -> None:
    days = [dt.date(2026, 1, 1), dt.date(2026, 1, 2), None] * 20
    for frame in (pl.DataFrame({**ANSWERS, "g": days}), {**ANSWERS, "g": days}):
        rows = SurveyDesign(frame, kind="quota").proportion("y", by="g").rows()
        assert [row["g"] for row in rows] == days[:2]


def test_no_name_of_a_column_is_in_the_way() -> None:
    odd = {" people ": [1, 0] * 20, '"weight"': ["x", "y"] * 20, "(n)": [1, 2] * 20, "ü x": ["é", "'"] * 20}
    for frame in (odd, pl.DataFrame(odd), pd.DataFrame(odd)):
        table = SurveyDesign(frame, kind="quota", weights="(n)").proportion(
            " people ", by=['"weight"', "ü x"]
        )
        assert [row["n"] for row in table.rows()] == [0, 20, 20, 0]


def test_a_mask_narrows_a_frame_again_and_again() -> None:
    frame = pl.DataFrame(ANSWERS)
    design = SurveyDesign(frame, kind="quota").subset(np.arange(60) < 30).subset(frame["s"] > 1)
    assert design.subset(g="a").proportion("y").rows()[0]["n"] == 5
    assert frame.columns == ["y", "g", "s"]


@pytest.mark.parametrize("frame", [[1, 2], None, "answers.csv"])
def test_what_is_no_frame_is_named(frame: object) -> None:
    with pytest.raises(TypeError, match=f"the frame is a {type(frame).__name__}; give a mapping of arrays"):
        SurveyDesign(frame, kind="quota")


@pytest.mark.parametrize("options", [{"counts": "n"}, {"weights": "w0"}])
def test_a_cube_carries_its_weights_already(design: SurveyDesign, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a cube carries its weights and counts already"):
        SurveyDesign(design.cube(AXES), **OPTIONS, **options)


def test_a_cube_by_its_weights_can_be_trimmed_and_drawn_again(design: SurveyDesign) -> None:
    cubes = design.cube([*AXES, "w0"])
    asked = SurveyDesign(cubes, kind="quota", strata="borough", weights="w0")
    assert asked.trim(upper=2_000).report().after.max_over_mean < asked.report().after.max_over_mean
    rows = SurveyDesign(design.frame, kind="quota", strata="borough", weights="w0")
    one, other = (each.replicates("jackknife").proportion("y", by="age").se for each in (asked, rows))
    np.testing.assert_allclose(one, other, rtol=1e-9)
