"""Who differs among those alike in another column: each borough among people of an age, each age in a borough."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from analysis.flags import FEW_DF
from survey import demo
from survey.db import transaction
from survey.demo.london import fill_london
from survey.instruments import parsed
from survey.measuring import asking
from survey.measuring.differences import differences
from survey.measuring.figures import WAYS, Asked, Figures, figures, label_of
from survey.models import Collection, Design
from survey.places import load
from survey.results.differences import in_words
from tests.survey.conftest import MIDDAY, mostly_sqlite
from tests.survey.exporting import fill
from tests.survey.test_results import visit

RESULTS = f"/staff/consultations/{demo.SLUG}/results"


def measured(session: Session) -> Figures:
    """The headline of the only collection, in every split and cross."""
    collection = session.exec(select(Collection)).one()
    asked_set = parsed(collection.instrument)
    consultation = collection.consultation
    place = load(consultation.place) if consultation.place else None
    asked = Asked(consultation, collection, asked_set, place, asking.measure(consultation, asked_set))
    return figures(session, asked, WAYS)


@pytest.fixture
def wave(engine: Engine) -> Engine:
    """Four boroughs, people of six ages; some gave no borough."""
    fill(engine)
    return engine


@mostly_sqlite
def test_a_borough_is_compared_with_the_others_of_the_same_age(wave: Engine) -> None:
    with transaction(wave) as session:
        found = measured(session)
        told = differences(found, "borough,age_band", "borough")
        design = found.weighted.design
        assert told.compared >= 5
        for row in told.shown[:5]:
            borough, age = row["place"]
            same_age = design.subset(age_band=age).proportion("answer", by="their borough")
            compared = same_age.against_rest("their borough", apart=True).rows()
            levels = [domain[0] for domain, _level in same_age.keys]
            assert row["estimate"] == round(compared[levels.index(borough)]["estimate"], 2)
            assert row["name"] == ", ".join(
                [label_of("borough", borough, found.asked), label_of("age_band", age, found.asked)]
            )


@mostly_sqlite
def test_an_age_is_compared_with_the_others_in_the_same_borough(wave: Engine) -> None:
    with transaction(wave) as session:
        told = differences(measured(session), "borough,age_band", "age_band")
    assert str(told.against) == "all other ages in the same borough"
    assert (told.test, told.crossed) == (None, True)
    few = [row for row in told.shown if row["df"] < FEW_DF]
    assert few
    assert all(row["flag"] == "[u]" and "of few settings" in row["reason"] for row in few)
    verdicts = {row["verdict"] for row in told.shown}
    assert verdicts <= {"higher", "lower", "no clear difference", "cannot be tested"}


@mostly_sqlite
def test_a_difference_is_withheld_where_its_share_or_that_of_those_it_is_among_is(wave: Engine) -> None:
    with transaction(wave) as session:
        found = measured(session)
        for key in ("borough,gender", "age_band,gender"):
            first = key.partition(",")[0]
            hidden = {
                row["gender"] for row in found.door.table(("gender",)).rows() if row["estimate"] is None
            }
            shares = {
                (row[first], row["gender"]) for row in found.splits[key].rows() if row["estimate"] is None
            }
            assert hidden
            assert shares
            for row in differences(found, key, first).rows:
                gone = row["place"] in shares or row["place"][1] in hidden
                assert (row["estimate"] is None) == gone
                assert bool(row.get("reason")) or not gone


@mostly_sqlite
def test_an_open_link_compares_nothing_crossed_either(wave: Engine) -> None:
    with transaction(wave) as session:
        session.exec(select(Collection)).one().design = Design.OPEN
        told = differences(measured(session), "borough,age_band")
    assert told.rows == ()
    assert "not compared" in str(told.refusal)


@mostly_sqlite
def test_the_page_of_a_cross_says_who_differs_both_ways(engine: Engine, database_url: str) -> None:
    with transaction(engine) as session:
        fill_london(session, load("london"), MIDDAY.date(), people=3000)
    page = visit(engine, database_url).as_("Ada, analyst").get(f"{RESULTS}?by=borough,age_band").text
    headings = re.findall(r"<h3>(Who differs[^<]*)</h3>", page)
    assert headings == [
        "Who differs from the rest of London among people of the same age",
        "Who differs from all other ages in the same borough",
    ]
    assert "show=differences" not in page
    assert page.count("The differences as a table") == 2
    with transaction(engine) as session:
        told = in_words(differences(measured(session), "borough,age_band", "age_band"), "95 % interval")
    assert f"{told['shown']} groups are compared" in page
    assert told["tested"] == ""
