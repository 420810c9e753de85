"""The figures that London's strategies printed, as stories: each rebuilt from made-up answers, and labelled so."""

import json
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey.db import transaction
from survey.demo.promises import fill_promises
from survey.demo.strategy import FOUR, FOUR_SLUG, PLAN_SLUG, fill_strategy, publish_strategy
from survey.models import Collection, Consultation, Publication, Reply, Response
from survey.places import load
from survey.publications.making import checksum
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


@mostly_sqlite
def test_the_demonstration_publishes_both_through_the_same_door(house: House) -> None:
    with transaction(house.engine) as session:
        publish_strategy(session, load("london"))
    four = house.client.get(f"/results/{FOUR_SLUG}/1").text
    assert "<strong>42 in every 100</strong> of those who answered say" in four
    assert "between 37 and 47 in every 100" in four
    assert "live in Croydon, Lambeth, Southwark and Tower Hamlets." in four
    assert "There is no map:" in four
    assert "Published on 27 June 2017, number 1." in four
    assert f'href="/results/{FOUR_SLUG}"' in house.client.get(f"/c/{FOUR_SLUG}").text
    plan = house.client.get(f"/results/{PLAN_SLUG}/1").text
    assert "of the 1,395 people who answered said" in plan
    assert "young people in London say" not in plan
    for page in (four, plan):
        assert "Made-up answers" in page
        assert "Nothing of this can be shown" not in page  # what nobody was asked does not stand there
    with transaction(house.engine) as session:
        for made in session.exec(select(Publication)).all():
            assert made.checksum == checksum(made.content)
    staff = house.looked_at(PUBLISHER, f"/staff/consultations/{FOUR_SLUG}/publish").text
    assert "This cannot be published" not in staff


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
    assert "All or nearly all of the 413 people who took part gave an opinion." in page  # rounded: 415
    assert "About 413" not in page
    assert "live in Croydon, Lambeth, Southwark and Tower Hamlets." in page
    assert "There is no map:" in page
    assert "On the map" not in page
    assert "Made-up answers" in page
    assert "quotas" in page
    assert house.client.get(f"/results/{FOUR_SLUG}/1/map.svg").status_code == 404
    for name in FOUR:
        assert name in page


@mostly_sqlite
def test_a_borough_whose_figure_is_withheld_is_among_those_that_people_live_in(house: House) -> None:
    with transaction(house.engine) as session:
        four = select(Collection.id).join(Consultation).where(col(Consultation.slug) == FOUR_SLUG)
        lambeth = col(Response.collection_id).in_(four), col(Response.borough) == "E09000022"
        for response in session.exec(select(Response).where(*lambeth).offset(3)).all():
            response.answers = {**response.answers, "borough": "E09000028"}
            response.borough = "E09000028"
    page = publish(house, FOUR_SLUG)
    (table,) = re.findall(r'aria-label="By borough".*?</table>', page, re.DOTALL)
    assert re.search(r'class="withheld"><th scope="row">Lambeth', table)
    assert "live in Croydon, Lambeth, Southwark and Tower Hamlets." in page


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
        f"/c/{PLAN_SLUG}": r"People of any age: <strong>1,396</strong>",
    }
    for address, words in shown.items():
        assert re.search(words, staff.get(address).text), address


def test_the_police_and_crime_plan_is_told_with_its_stages_workshops_and_owners(house: House) -> None:
    page = house.client.get(f"/c/{PLAN_SLUG}").text
    for stage in ("Talking before the draft", "Answering the draft", "Writing the plan"):
        assert page.count(stage) == 1
    assert page.count("<strong>Workshop (") == 4
    assert "9 weeks, 3 days: 16 November 2021 to 21 January 2022" in page
    assert "MOPAC, The Mayor of London" in page
    assert 'aria-current="step">What we did' in page
    assert "It closed." in page
    assert 'href="/staying-safe"' in page
    assert "Agree or disagree" not in page
    assert "Your code" not in page
    assert "Made-up answers." in page


@mostly_sqlite
def test_the_strategys_own_promise_stands_in_the_register_with_this_product_as_its_update(
    house: House,
) -> None:
    with transaction(house.engine) as session:
        fill_promises(session, MIDDAY.date())
        fill_promises(session, MIDDAY.date())  # once is enough
        asked = select(Consultation).where(col(Consultation.slug) == FOUR_SLUG)
        assert session.exec(asked).one().replied_on is not None
        (reply,) = session.exec(select(Reply)).all()
        number = reply.id
    page = house.client.get("/did").text
    assert page.count("Establish an ongoing youth engagement and consultative mechanism") == 1
    assert "Promised, without a day" in page
    one = house.client.get(f"/did/{number}").text
    for words in (
        "continue to be consulted and involved in the delivery of this Strategy",
        "MOPAC",
        "Soundings was built for this promise",
        "MOPAC has not adopted it.",
        "20 November 2026",
        "The London Knife Crime Strategy, June 2017",
        "42 % of 413 young people",
    ):
        assert words in one, words
    assert "Practice: this is made up." not in one  # it was printed, and stands there as it was
