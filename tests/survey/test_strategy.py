"""The figures that London's strategies printed, as stories: each rebuilt from made-up answers, and labelled so."""

import json
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey.db import transaction
from survey.demo.strategy import FOUR, FOUR_SLUG, PLAN_SLUG, fill_strategy
from survey.models import Collection, Consultation, Response
from survey.places import load
from survey.results.printed import Wanted, estimate, printed
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, Clock, House, mostly_sqlite, opened

PUBLISHER = "Priya, publisher"


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock, again: Again) -> Iterator[House]:
    """An installation with both consultations."""
    again.fill(engine, both)
    with opened(engine, database_url, clock) as house:
        yield house


def both(engine: Engine) -> None:
    with transaction(engine) as session:
        fill_strategy(session, load("london"), MIDDAY.date())


def publish(house: House, slug: str) -> str:
    address = f"/staff/consultations/{slug}/publish"
    (found,) = re.findall(r'name="checksum" value="(\w{64})"', house.looked_at(PUBLISHER, address).text)
    there = house.as_(PUBLISHER).post(address, data={"checksum": found}).headers["location"]
    return house.client.get(there).text


@mostly_sqlite
def test_42_percent_of_413_is_printed_with_its_interval_and_four_names_and_is_no_map_of_london(
    house: House,
) -> None:
    page = publish(house, FOUR_SLUG)
    assert "<strong>42 in every 100</strong> of those who answered say" in page
    assert "between 37 and 47 in every 100" in page
    assert (
        "About 413 people gave an opinion, of 413 who took part." in page
    )  # 415, rounded, would be more than there are
    assert "live in Croydon, Lambeth, Southwark and Tower Hamlets." in page
    assert "There is no map:" in page
    assert "On the map" not in page
    assert "Made-up answers" in page
    assert "quotas" in page
    assert house.client.get(f"/results/{FOUR_SLUG}/1/map.svg").status_code == 404
    for name in FOUR:
        assert name in page


def test_boroughs_that_were_not_asked_are_told_in_a_sentence_and_not_as_withheld(house: House) -> None:
    page = house.as_("Ada, analyst").get(f"/staff/consultations/{FOUR_SLUG}/results").text
    assert (
        "Nobody who answered lives in the other 29 boroughs of London: they are no part of these figures."
        in page
    )
    assert "nobody answered" not in page
    assert "the rest of London" not in page
    assert "from the other boroughs that people answered from: Croydon, Lambeth" in page
    (table,) = re.findall(r'aria-label="By borough, as a table".*?</table>', page, re.DOTALL)
    assert re.findall(r'<th scope="row">(.+?)</th>', table) == [
        "Lambeth",
        "Southwark",
        "Croydon",
        "Tower Hamlets",
    ]
    drawn = house.as_("Ada, analyst").get(f"/staff/consultations/{FOUR_SLUG}/results/borough.svg").text
    assert "4 groups" in drawn
    published = publish(house, FOUR_SLUG)
    assert "Nobody who answered lives in the other 29 boroughs of London" in published
    assert "Barking and Dagenham" not in published.replace("Barking and Dagenham, Barnet", "")


def test_the_page_says_which_rule_each_measure_of_error_goes_by(house: House) -> None:
    page = house.as_("Ada, analyst").get(f"/staff/consultations/{FOUR_SLUG}/results").text
    assert page.count("The interval rests on the effective n instead") == 1
    tables = re.findall(r"<caption>(.+?)</caption>", page)
    apart = [one for one in tables if "points more or fewer than" in one]
    assert len(apart) == 3
    assert all("It rests on the standard error of the difference" in one for one in apart)
    with transaction(house.engine) as session:
        found = estimate(session, Wanted(FOUR_SLUG, "worry_knife_crime"))
        assert any(
            "The interval rests on the effective n" in one
            for one in json.loads(printed(found, "json"))["notes"]
        )


def test_a_weighted_share_of_those_who_chose_themselves_is_a_model_and_for_analysts_alone(
    house: House,
) -> None:
    address = f"/staff/consultations/{PLAN_SLUG}/results"
    page = house.as_("Ada, analyst").get(address).text
    assert "<strong>698 of the 1,396 people who answered</strong>" in page
    found = re.search(
        r"By a model: <strong>([\d.]+) in every 100</strong>, 95 % model interval [\d.]+ to [\d.]+\.", page
    )
    assert found
    assert 47 < float(found[1]) < 53
    assert "those who answered are like those in London who did not. Nobody can check that." in page
    assert "it is no claim about young people in London" in page
    assert "Weighted by borough, age band and gender" in page
    published = publish(house, PLAN_SLUG)
    assert "By a model" not in published
    assert "Weighted by" not in house.client.get(f"/api/v1/publications/{PLAN_SLUG}/1").text
    four = house.as_("Ada, analyst").get(f"/staff/consultations/{FOUR_SLUG}/results").text
    assert "By a model" not in four


def test_a_model_never_tells_a_few_people_from_the_rest(house: House) -> None:
    with transaction(house.engine) as session:
        plan = select(Collection.id).join(Consultation).where(col(Consultation.slug) == PLAN_SLUG)
        few = session.exec(select(Response).where(col(Response.collection_id).in_(plan)).limit(3)).all()
        for response in few:
            response.borough = None
            response.answers = {**response.answers, "borough": None}
    page = house.as_("Ada, analyst").get(f"/staff/consultations/{PLAN_SLUG}/results").text
    assert "By a model" not in page
    assert "beside the count it would tell of fewer than 10 people" in page


@mostly_sqlite
def test_1396_londoners_have_responded_is_one_number_wherever_it_stands(house: House) -> None:
    page = publish(house, PLAN_SLUG)
    staff = house.as_(PUBLISHER)
    assert "of 1,396 who took part" in page
    assert "young people in London say" not in page
    assert "of the 1,395 people who answered said" in page
    shown = {
        "/staff": r"1,396",
        f"/staff/consultations/{PLAN_SLUG}": r"<dt>Answered</dt><dd>1,396</dd>",
        f"/staff/consultations/{PLAN_SLUG}/results": r'id="submitted">1,396</dd>',
        f"/staff/consultations/{PLAN_SLUG}/coverage": r"<dt>Sent</dt><dd>1,396</dd>",
        f"/staff/consultations/{PLAN_SLUG}/publish": r"<dt>Responses</dt><dd>1,396</dd>",
    }
    for address, words in shown.items():
        assert re.search(words, staff.get(address).text), address
