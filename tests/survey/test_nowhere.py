"""Answers to a consultation of a place that tell nobody's home, age or gender: each page says so in a sentence."""

import datetime as dt
import re
from typing import Any

import pytest
from sqlmodel import Session, col, select

from survey.db import transaction
from survey.measuring import figures
from survey.models import Design, Response
from survey.reference.young import young
from survey.results.printed import CannotEstimate, Wanted, estimate
from tests.survey.conftest import House, mostly_sqlite
from tests.survey.test_results import asked
from tests.survey.test_waves import ADA, shown, wave

SAID = {
    "borough": ("E09000022", "E09000028"),
    "age_band": ("12-13", "16-17"),
    "gender": ("female", "male"),
}
HERE, PLACE = "/staff/consultations/safer-2020", "there is no figure of young people in London."
RESULTS, COVERAGE, SERIES = f"{HERE}/results", f"{HERE}/coverage", "/staff/series/safer"
NOT_KNOWN = {
    "borough": (None, f"No answer says where people live, so {PLACE}"),
    "age_band": (None, f"No answer says how old they are, so {PLACE}"),
    "elsewhere": (
        "not_in_london",
        f"Nobody who answered lives in London and is 10 to 25 years old, so {PLACE}",
    ),
}
nothing_known = pytest.mark.parametrize("lacking", NOT_KNOWN)


def people(session: Session, said: dict[str, tuple[Any, ...]], design: Design = Design.QUOTA) -> None:
    """A wave of London whose people say these of themselves, in turn, and one after it of no place."""
    wave(session, 2021, worried=60)
    made = wave(session, 2020, worried=80, design=design)
    made.place = "london"
    here = col(Response.collection_id) == made.collections[0].id
    for at, one in enumerate(session.exec(select(Response).where(here))):
        for turn, (name, usual) in enumerate(SAID.items()):
            some = said.get(name, usual)
            setattr(one, name, some[at // (turn + 1) % len(some)])


def unknown(house: House, lacking: str) -> str:
    """A wave whose people's home or age is not known; the sentence that says so."""
    value, told = NOT_KNOWN[lacking]
    with transaction(house.engine) as session:
        people(session, {"borough" if lacking == "elsewhere" else lacking: (value,)})
    return told


def read(house: House, address: str) -> str:
    answer = house.as_(ADA).get(address)
    assert answer.status_code == 200, address
    return shown(answer.text)


@mostly_sqlite
@nothing_known
def test_the_results_say_in_a_sentence_that_there_is_nobody_of_the_place(house: House, lacking: str) -> None:
    told = unknown(house, lacking)
    for way in ("", *(f"?by={','.join(by)}" for by in figures.WAYS), "?question=helps"):
        page = read(house, RESULTS + way)
        assert f"{told} 200 answers are in, and all are kept." in page
        assert "in every 100" not in page
    for by in figures.WAYS:
        assert house.as_(ADA).get(f"{RESULTS}/{','.join(by)}.svg").status_code == 404
    assert house.as_(ADA).get(f"{RESULTS}/gender.svg?show=differences").status_code == 404


@mostly_sqlite
@nothing_known
def test_the_series_and_the_board_say_it_and_nothing_is_published(house: House, lacking: str) -> None:
    told = unknown(house, lacking)
    assert told in read(house, SERIES)
    assert "nobody answered" not in read(house, SERIES)
    board = read(house, COVERAGE)
    assert told in board
    assert "Lambeth" not in board
    assert "200" in board
    refused = house.looked_at("Priya, publisher", f"{HERE}/publish")
    assert (refused.status_code, told in shown(refused.text)) == (409, True)
    with transaction(house.engine) as session, pytest.raises(CannotEstimate, match=re.escape(told)):
        estimate(session, Wanted("safer-2020", "worry"))


@mostly_sqlite
def test_a_board_that_is_still_open_says_it_and_where_to_go_all_the_same(house: House) -> None:
    told = unknown(house, "borough")
    house.clock.moment = dt.datetime(2020, 3, 15, 12, tzinfo=dt.UTC)
    board = read(house, COVERAGE)
    assert told in board
    assert "No borough has enough yet." in board


@mostly_sqlite
def test_without_gender_there_are_figures_by_borough_and_age(house: House) -> None:
    with transaction(house.engine) as session:
        people(session, {"gender": (None,)})
    page = read(house, RESULTS)
    assert "40 in every 100 said “Very worried or Fairly worried”" in page
    assert "By gender" not in page
    assert "Lambeth" in page
    for way in figures.WAYS:
        read(house, f"{RESULTS}?by={','.join(way)}")
    assert "40.0" in read(house, SERIES)
    assert "Lambeth" in read(house, COVERAGE)


@mostly_sqlite
def test_what_only_those_tell_who_live_elsewhere_splits_nothing(house: House) -> None:
    with transaction(house.engine) as session:
        people(session, {"borough": ("E09000022", "not_in_london")})
        for one in session.exec(select(Response).where(col(Response.borough) == "E09000022")):
            one.gender = None
    page = read(house, RESULTS)
    assert "in every 100 said" in page
    assert "By gender" not in page
    for way in figures.WAYS:
        read(house, f"{RESULTS}?by={','.join(way)}")


@mostly_sqlite
@pytest.mark.parametrize("lacking", ["borough", "age_band"])
def test_an_open_collection_has_its_counts_and_no_weighted_share(house: House, lacking: str) -> None:
    with transaction(house.engine) as session:
        people(session, {lacking: (None,)}, Design.OPEN)
    page = read(house, RESULTS)
    assert "80 of the 200 people who answered" in page
    assert "No weighted share can be worked out." in page
    assert "no coverage to reach" in read(house, COVERAGE)


@mostly_sqlite
@nothing_known
def test_what_adults_said_stands_beside_nothing_of_the_place(house: House, lacking: str) -> None:
    unknown(house, lacking)
    with transaction(house.engine) as session:
        found = asked(session, "safer-2020")
        assert found.place is not None
        said = young(session, found.collection, found.measure, found.place)
    assert {row["estimate"] for row in said.rows.values()} <= {None}
