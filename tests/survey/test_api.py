"""Results for machines: every field is written down, problems are JSON too, and a file is the same each time."""

import datetime as dt
import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from survey.db import transaction
from survey.demo.strategy import FOUR_SLUG, fill_strategy, publish_strategy
from survey.places import load
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, Clock, House, mostly_sqlite, opened

API, FOUR = "/api/v1/publications", f"/api/v1/publications/{FOUR_SLUG}/1"
PAPER = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf8")


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock, again: Again) -> Iterator[House]:
    """An installation with two publications."""
    again.fill(engine, published)
    with opened(engine, database_url, clock) as house:
        yield house


def published(engine: Engine) -> None:
    with transaction(engine) as session:
        fill_strategy(session, load("london"), MIDDAY.date())
        publish_strategy(session, load("london"))


def fields(answer: Any, under: str = "") -> set[str]:
    """The names of all fields of an answer; codes by which names of groups stand are none."""
    if isinstance(answer, list):
        return {name for one in answer for name in fields(one)}
    if not isinstance(answer, dict):
        return set()
    own = set() if under == "levels" else set(answer)
    below = [fields(one, "levels" if under == "levels" else name) for name, one in answer.items()]
    return own.union(*below)


def examples() -> list[Any]:
    return [json.loads(one) for one in re.findall(r"```json\n(.*?)```", PAPER, re.S)]


@mostly_sqlite
def test_every_field_is_written_down(house: House) -> None:
    every, one = house.client.get(API).json(), house.client.get(FOUR).json()
    assert len(every["publications"]) == 2
    named = set(re.findall(r"`(\w+)`", PAPER))
    assert fields(every) | fields(one) <= named
    assert {"superseded_by", "ci_low", "age_band", "minimum_base", "no_map", "fingerprint"} <= fields(one)


@mostly_sqlite
def test_the_example_is_a_real_answer(house: House) -> None:
    example, real = examples()[1], house.client.get(FOUR).json()
    assert (set(example), set(example["content"])) == (set(real), set(real["content"]))
    assert fields(example) <= fields(real)
    for name in ("title", "published_on", "superseded_by", "correction", "number"):
        assert example[name] == real[name]
    for name in ("consultation", "rule", "responses", "claim", "headline", "no_map", "place", "instruments"):
        assert example["content"][name] == real["content"][name], name
    for table in example["content"]["tables"]:
        same = [one for one in real["content"]["tables"] if one | {"rows": []} == table | {"rows": []}]
        assert len(same) == 1
        assert all(row in same[0]["rows"] for row in table["rows"])


@mostly_sqlite
def test_what_is_not_there_is_said_in_json_that_any_site_may_read(house: House) -> None:
    for address in (f"{API}/{FOUR_SLUG}/9", f"{API}/nowhere/1", f"{API}/{FOUR_SLUG}", "/api/v2"):
        answer = house.client.get(address, headers={"accept": "text/html"})
        assert answer.status_code == 404
        assert answer.json() == examples()[0], address
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-store"
    assert house.client.post(API).json()["title"] == "That does not work here"
    page = house.client.get("/results/nowhere/1")
    assert page.text.startswith("<!doctype html>")
    assert "access-control-allow-origin" not in page.headers


@mostly_sqlite
def test_a_spreadsheet_that_is_fetched_later_is_the_same_file(house: House) -> None:
    address = f"/results/{FOUR_SLUG}/1/figures.xlsx"
    first = house.client.get(address)
    time.sleep(2.1)  # a zip file counts in steps of two seconds
    again = house.client.get(address)
    assert first.headers["etag"] == again.headers["etag"]
    assert first.content == again.content
    told = load_workbook(io.BytesIO(again.content)).properties
    assert {told.created.date(), told.modified.date()} == {dt.date(2017, 6, 27)}
