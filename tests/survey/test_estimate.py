"""`soundings estimate` prints what the page shows, and what a notebook gets with the same recipe."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from analysis import SurveyDesign
from analysis.disclosure import protect
from survey.__main__ import main
from survey.db import transaction
from survey.demo.london import fill_london
from survey.measuring.recipes import Merge, Weighting, read
from survey.models import Consultation, Design, Response, Setting
from survey.places import load
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, Clock, House, furnish, mostly_sqlite, opened
from tests.survey.recipes import saved, used

LONDON = load("london")
WAVE = ["estimate", "--consultation", "youth-survey-2026", "--question", "worry_knife_crime"]
RECIPE = Weighting(
    LONDON,
    margins=(("borough",), ("age_band",), ("gender",)),
    merges=(Merge("borough", "E09000001", "E09000033"),),
    fewer_than=30,
    highest=4,
)


@pytest.fixture
def london(
    engine: Engine, database_url: str, clock: Clock, again: Again, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """The made-up wave, with a recipe in use that trims and merges, beside one that was left."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    again.fill(engine, fill)
    with opened(engine, database_url, clock) as house:
        yield house


def fill(engine: Engine) -> None:
    furnish(engine)
    with transaction(engine) as session:
        wave = fill_london(session, LONDON, MIDDAY.date(), people=2500)
        (collection,) = wave.collections
        sources = [Weighting(LONDON, margins=(("age_band",),)).source(), RECIPE.source()]
        kept = [
            saved(session, collection.id, source, "Trimmed", version)
            for version, source in enumerate(sources, 1)
        ]
        used(session, collection, kept[-1])


def said(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """What a command prints."""
    assert main([*WAVE, *more]) == 0
    return capsys.readouterr().out


@mostly_sqlite
def test_page_command_and_notebook_say_the_same(london: House, capsys: pytest.CaptureFixture[str]) -> None:
    page = london.as_("Ada, analyst").get("/staff/consultations/youth-survey-2026/results").text
    shown = dict(
        re.findall(r'<tr><th scope="row">([^<]+)</th><td class="figure">([\d.]+)(?: \[u\])?</td>', page)
    )
    printed = said(capsys, "--by", "borough")
    full = json.loads(said(capsys, "--by", "borough", "--format", "json"))
    notebook = {row["borough"]: row for row in in_a_notebook(london, full["recipe"])}
    told = [row for row in full["rows"] if row["estimate"] is not None]
    assert len(told) > 20
    for row in full["rows"]:
        there = notebook[row["borough"]]
        if there["estimate"] is None:  # the page withholds this, and what each answer alone would give away
            assert row["estimate"] is None
        if row["estimate"] is not None:
            assert there["n"] == row["n"]
            for name in ("estimate", "ci_low", "ci_high", "n_eff"):
                assert there[name] == pytest.approx(row[name], rel=1e-9), (name, row)
            share = f"{row['estimate'] * 100:.1f}"
            assert shown[row["borough_name"]] == share
            assert re.search(rf"^{row['borough_name']} +{share} ", printed, re.M)


def in_a_notebook(london: House, recipe: str) -> list[dict[str, object]]:
    """The same figures from rows, with `import analysis` and the recipe's text."""
    with transaction(london.engine) as session:
        wave = session.exec(select(Consultation).where(Consultation.slug == "youth-survey-2026")).one()
        here = select(Response).where(Response.collection_id == wave.collections[0].id)
        boroughs = {one.id: one.borough for one in session.exec(select(Setting)).all()}
        rows = [
            {
                "school": one.setting_id,
                "stratum": boroughs[one.setting_id],
                "worry": one.answers.get("worry_knife_crime"),
                **{name: getattr(one, name) for name in ("borough", "age_band", "gender")},
            }
            for one in session.exec(here).all()
        ]
    answers = pd.DataFrame(rows)
    answers["worry"] = answers["worry"].where(~answers["worry"].isin(["dont_know", "prefer_not_to_say"]))
    codes = {one.code for one in LONDON.boroughs}
    answers["inside"] = answers["borough"].isin(codes)
    answers.loc[~answers["inside"], ["borough", "age_band"]] = None
    design = SurveyDesign(answers, kind="gatekept", strata="stratum", clusters="school")
    weighted = read(recipe, LONDON).weighted(design.subset(inside=True))
    return protect(weighted.proportion("worry", level=["very", "fairly"], by="borough")).rows()


def test_another_recipe_is_taken_by_its_name(london: House, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {name: said(capsys, *more) for name, more in (
        ("in use", []),
        ("newest", ["--recipe", "trimmed"]),
        ("first", ["--recipe", "Trimmed:1"]),
        ("usual", ["--recipe", "usual"]),
    )}  # fmt: skip
    assert "By the recipe “Trimmed”, version 2." in rows["in use"]
    assert rows["newest"] == rows["in use"].replace("By the recipe “Trimmed”, version 2.\n", "")
    assert "Weighted by age band to all" in rows["first"]
    assert "Weighted by borough, age band and gender" in rows["usual"]
    assert len({text.splitlines()[1] for text in rows.values()}) == 3


def test_two_columns_are_crossed_through_the_same_door(
    london: House, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(csv.DictReader(io.StringIO(said(capsys, "--by", "borough,age_band", "--format", "csv"))))
    assert {"borough", "age_band", "borough_name", "estimate", "ci_low", "n", "n_eff"} <= set(rows[0])
    withheld = [row for row in rows if row["flag"] == "[c]"]
    assert withheld
    assert all(row["estimate"] == row["n"] == "" and row["reason"] for row in withheld)
    assert all(int(row["n"]) >= 10 for row in rows if row["flag"] != "[c]")


def test_a_csv_file_holds_figures_alone(london: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WAVE, "--format", "csv"]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert "These answers are made up." in told.err


@pytest.mark.long
@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            ["--consultation", "nowhere"],
            ["no consultation “nowhere”. There are: safer-streets and youth-survey-2026"],
        ),
        (
            ["--collection", "99"],
            ["has no collection 99. There are: 2 (Schools, colleges and youth clubs, gatekept)"],
        ),
        (
            ["--question", "worry", "--by", "ward", "--recipe", "Trimmed:9"],
            [
                "no question “worry”",
                "not split by ward",
                "no recipe “Trimmed:9”. There are: usual, Trimmed:2 and Trimmed:1",
            ],
        ),
        (
            ["--answer", "very,not_at_all"],
            ["“very,not_at_all” cannot be counted here. There are: very,fairly, very,"],
        ),
        (["--by", "borough,borough"], ["by two different ones; not by borough and borough"]),
        (["--by", "borough,age_band,gender"], ["by two different ones"]),
    ],
)
def test_what_is_not_known_is_told_with_what_there_is(
    london: House, capsys: pytest.CaptureFixture[str], more: list[str], words: list[str]
) -> None:
    assert main([*WAVE, *more]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    for one in words:
        assert one in told.err


def test_what_is_only_counted_has_no_estimate(london: House, capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["estimate", "--consultation", "safer-streets", "--question", "worry"]
    assert main([*ask, "--recipe", "usual"]) == 2
    assert "names no place" in capsys.readouterr().err
    assert main(ask) == 2
    assert "Nobody has answered Schools yet." in capsys.readouterr().err
    with transaction(london.engine) as session:
        wave = session.exec(select(Consultation).where(Consultation.slug == "safer-streets")).one()
        wave.collections[0].design = Design.ROOM
    assert main(ask) == 2
    assert "A room is counted, and never a percentage" in capsys.readouterr().err
