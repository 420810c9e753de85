"""An analyst reads a weighted percentage with its interval, and nothing that gives a few people away."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, select
from starlette.testclient import TestClient

from survey import counts, demo
from survey.app import make_app
from survey.db import transaction
from survey.demo.london import fill_london
from survey.demo.truth import share_worried
from survey.instruments import parsed, publish
from survey.measuring import asking, figures
from survey.measuring.figures import Asked
from survey.models import Collection, Consultation
from survey.places import load
from survey.settings import Settings
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, TINY, Clock, House, mostly_sqlite

LONDON = load("london")
RESULTS = "/staff/consultations/{}/results"


def asked(session: Session, slug: str, key: str = "", codes: str = "") -> Asked:
    """What the results page of a consultation asks."""
    consultation = session.exec(select(Consultation).where(Consultation.slug == slug)).one()
    (collection,) = consultation.collections
    question_set = parsed(collection.instrument)
    place = load(consultation.place) if consultation.place else None
    return Asked(
        consultation, collection, question_set, place, asking.measure(consultation, question_set, key, codes)
    )


def visit(engine: Engine, url: str) -> House:
    """An installation over a database that a story has filled."""
    clock = Clock()
    app = make_app(Settings(database_url=url), engine, clock)
    return House(app, TestClient(app), engine, clock)


@pytest.fixture
def uster(engine: Engine, again: Again) -> Engine:
    """The real survey of Uster."""
    again.fill(engine, bring)
    return engine


def bring(engine: Engine) -> None:
    with transaction(engine) as session:
        demo.bring_uster(session, MIDDAY)


@pytest.mark.parametrize(("key", "published"), [("safe_evening", 79.3), ("safe_internet", 93.4)])
def test_the_published_figures_of_uster_come_out(uster: Engine, key: str, published: float) -> None:
    with transaction(uster) as session:
        (whole,) = figures.figures(
            session, asked(session, "uster-2021", key, "safe rather_safe")
        ).whole.rows()
    assert round(whole["estimate"] * 100, 1) == published
    assert (whole["n"], whole["kind"], whole["flag"]) == (213, "probability", "")
    assert whole["ci_low"] < published / 100 < whole["ci_high"]
    assert whole["ci_high"] - whole["ci_low"] < 0.13


def test_the_page_of_uster_says_its_figure_with_base_and_interval(uster: Engine, database_url: str) -> None:
    page = visit(uster, database_url).as_("Ada, analyst").get(RESULTS.format("uster-2021")).text
    assert "<strong>79 in every 100</strong>" in page
    assert re.search(r"<dd>79\.3 % \(7\d\.\d to 8\d\.\d\)</dd>", page)
    internet = RESULTS.format("uster-2021") + "?question=safe_internet"
    page_of_internet = visit(uster, database_url).as_("Ada, analyst").get(internet).text
    assert re.search(r"<dd>93\.4 % \(\d\d\.\d to 9\d\.\d\)</dd>", page_of_internet)
    assert (
        "CC BY 4.0"
        in visit(uster, database_url).as_("Ada, analyst").get("/staff/consultations/uster-2021").text
    )
    assert re.search(r"Gave an opinion on this</dt><dd>213<", page)
    assert "sicher" in page
    assert "How safe do you feel outside in Uster in the evening or at night?" in page


def test_a_question_is_split_by_one_column_or_by_two(uster: Engine, database_url: str) -> None:
    analyst, address = visit(uster, database_url).as_("Ada, analyst"), RESULTS.format("uster-2021")
    ages = analyst.get(f"{address}?question=harassed_online&by=age_band").text
    assert '<option value="age_band" selected>Age</option>' in ages
    assert "<h2>By age</h2>" in ages
    assert "<h2>By gender</h2>" not in ages
    assert "about 1 in 20 may be chance" in ages
    both = analyst.get(f"{address}?question=harassed_online&by=age_band,gender").text
    assert "<h2>By age and gender</h2>" in both
    assert "<h3>Who differs from all other ages among people of the same gender</h3>" in both
    assert "<h3>Who differs from everybody else among people of the same age</h3>" in both
    assert "All of it is withheld: these groups are too small" in both
    assert '<input type="hidden" name="by" value="age_band,gender">' in both
    for picture, status in (("age_band", 200), ("age_band,gender", 404), ("borough", 404)):
        query = "?question=harassed_online&show=differences"
        assert analyst.get(f"{address}/{picture}.svg{query}").status_code == status, picture
    assert "by age and gender" in analyst.get(f"{address}/age_band,gender.svg").text


@mostly_sqlite
def test_the_one_non_binary_respondent_can_be_neither_seen_nor_subtracted(uster: Engine) -> None:
    with transaction(uster) as session:
        consultation = asked(session, "uster-2021")
        for question in asking.measures(consultation.question_set):
            for codes in asking.choices_of(question):
                found = figures.figures(session, asked(session, "uster-2021", question.key, " ".join(codes)))
                _nobody_alone(found.whole.rows()[0], found.splits["gender"].rows())


def _nobody_alone(whole: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """No row is of one person, and what the shown rows leave of the total is no small group either."""
    shown = [row for row in rows if row["estimate"] is not None]
    assert "another" not in [row["gender"] for row in shown]
    if whole["n"] is not None and shown:
        assert whole["n"] - sum(row["n"] for row in shown) >= 10
        assert len(rows) - len(shown) >= 2
    assert {row["reason"] for row in rows if row["gender"] == "another"} == {"fewer than 10 people answered"}


def test_no_number_of_the_page_tells_the_parts_of_uster_apart(uster: Engine, database_url: str) -> None:
    address = RESULTS.format("uster-2021") + "?question=harassed_online&answer=never"
    page = visit(uster, database_url).as_("Ada, analyst").get(address).text
    table = page[page.index("By gender, as a table") :]
    assert ">110<" in table
    assert ">102<" not in table
    assert ">1<" not in table
    assert "cannot be worked out by subtraction" in table


@pytest.fixture(scope="module")
def london_figures() -> dict[str, Any]:
    """The synthetic London wave, estimated once: weighted, and as if every answer counted the same."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    SQLModel.metadata.create_all(engine)
    with transaction(engine) as session:
        fill_london(session, LONDON, MIDDAY.date())
    with transaction(engine) as session:
        question = asked(session, demo.SLUG)
        weighted = figures.figures(session, question)
        plain = figures.figures(session, replace(question, place=None), [])
    engine.dispose()
    return {"weighted": weighted, "plain": plain.whole.rows()[0]}


def test_raked_estimates_recover_the_truth(london_figures: dict[str, Any]) -> None:
    found = london_figures["weighted"]
    (whole,) = found.whole.rows()
    truth = share_worried(LONDON)[()]
    assert whole["ci_low"] < truth < whole["ci_high"]
    assert abs(whole["estimate"] - truth) < abs(london_figures["plain"]["estimate"] - truth)
    for by, least in (("borough", 0.85), ("age_band", 0.8), ("gender", 0.99)):
        shown = [row for row in found.splits[by].rows() if row["estimate"] is not None]
        known = share_worried(LONDON, by)
        covered = [row["ci_low"] <= known[row[by]] <= row["ci_high"] for row in shown if row[by] in known]
        assert np.mean(covered) >= least, (by, np.mean(covered))


def test_every_borough_has_a_row_and_a_small_one_is_flagged_or_withheld(
    london_figures: dict[str, Any],
) -> None:
    rows = london_figures["weighted"].splits["borough"].rows()
    assert [row["borough"] for row in rows] == [borough.code for borough in LONDON.boroughs]
    city = next(row for row in rows if row["borough"] == "E09000001")
    assert city["flag"] in ("[u]", "[c]")


def test_an_answer_is_counted_as_soon_as_it_is_sent(house: House) -> None:
    analyst = house.as_("Ada, analyst")
    for number in range(1, 4):
        key = house.begin()
        house.answer(key, worry="fairly", helps="clubs", years="3", borough="E09000022")
        house.client.post(f"/r/{key}/check-answers")
        for page in (RESULTS.format("safer-streets"), "/staff/consultations/safer-streets", "/staff"):
            assert f">{number}<" in analyst.get(page).text
        with transaction(house.engine) as session:
            assert counts.submitted_to(session, 1) == number


def test_words_that_earlier_versions_used_are_told_apart(house: House) -> None:
    for _ in range(12):
        key = house.begin()
        house.answer(key, worry="very", why="Dark", helps="clubs", years="3", borough="E09000022")
        house.client.post(f"/r/{key}/check-answers")
    newer = TINY.replace("How worried are you", "How afraid are you").replace("Very worried", "Very afraid")
    with transaction(house.engine) as session:
        session.exec(select(Collection)).one().instrument = publish(session, newer, MIDDAY.date())
    page = house.as_("Ada, analyst").get("/staff/consultations/safer-streets/results").text
    assert "They were asked: “<span>How afraid are you about knife crime?</span>”" in page
    assert "answered version 1 were asked in other words: “How worried are you about knife crime?”" in page
    assert "The choices that differ were: Very worried." in page


def test_a_consultation_with_no_answers_says_so(house: House) -> None:
    page = house.as_("Ada, analyst").get(RESULTS.format("safer-streets"))
    assert (page.status_code, "Nobody has answered yet" in page.text) == (200, True)


def test_a_few_answers_are_withheld_and_the_page_says_why(house: House) -> None:
    for _ in range(3):
        key = house.begin()
        house.answer(key, worry="fairly", helps="clubs", years="3", borough="E09000022")
        house.client.post(f"/r/{key}/check-answers")
    page = house.as_("Ada, analyst").get(RESULTS.format("safer-streets")).text
    assert "fewer than 10 people answered" in page
    assert "100 in every 100" not in page


def test_htmx_gets_only_the_block_that_changes(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="fairly", helps="clubs", years="3", borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    analyst, address = house.as_("Ada, analyst"), RESULTS.format("safer-streets") + "?question=helps"
    whole, block = analyst.get(address).text, analyst.get(address, headers={"HX-Request": "true"}).text
    assert "<html" in whole
    assert "<html" not in block
    assert block.strip() in whole


@pytest.mark.parametrize(
    "query",
    ["?question=nothing&answer=x", "?answer=dont_know", "?collection=99", "?question=%00", "?by=school"],
)
def test_an_odd_address_shows_the_headline_instead(house: House, query: str) -> None:
    key = house.begin()
    house.answer(key, worry="fairly", helps="clubs", years="3", borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    page = house.as_("Ada, analyst").get(RESULTS.format("safer-streets") + query)
    assert (page.status_code, "How worried are you" in page.text) == (200, True)
