"""An analyst weights on a page: sees what a recipe does before it is saved, saves it, and chooses it with a reason."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from survey.db import transaction
from survey.demo.london import fill_london
from survey.measuring.answers import everybody
from survey.measuring.recipes import Merge, Weighting, read, usual
from survey.measuring.weights import weigh
from survey.models import AuditEntry, Collection, Consultation, Design, Recipe, Setting
from survey.places import load
from survey.weighting.effect import effect, unsaid
from survey.weighting.forms import CHOICES, fields_of, recipe_of
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, Clock, House, furnish, mostly_sqlite, opened
from tests.survey.recipes import saved

LONDON = load("london")
USUAL = usual(LONDON)
PAGE = "/staff/consultations/youth-survey-2026/weighting"
RESULTS = "/staff/consultations/youth-survey-2026/results"
ADA = "Ada, analyst"


@pytest.fixture
def london(engine: Engine, database_url: str, clock: Clock, again: Again) -> Iterator[House]:
    """An installation with the made-up wave beside the tiny one."""
    again.fill(engine, fill)
    with opened(engine, database_url, clock) as house:
        yield house


def fill(engine: Engine) -> None:
    furnish(engine)
    with transaction(engine) as session:
        fill_london(session, LONDON, MIDDAY.date(), people=2000)


def number(house: House) -> int:
    """The number of the wave's collection."""
    with transaction(house.engine) as session:
        wave = session.exec(select(Consultation).where(Consultation.slug == "youth-survey-2026")).one()
        return wave.collections[0].id or 0


# The form


@pytest.mark.parametrize(
    "recipe",
    [
        USUAL,
        Weighting(
            LONDON,
            margins=(("borough", "gender", "age_band"),),
            merges=(Merge("borough", "E09000001", "E09000033"), Merge("age_band", "10-11", "12-13")),
            fewer_than=20,
            others="refuse",
            lowest=0.2,
            highest=5,
        ),
    ],
)
def test_a_form_says_what_its_recipe_says(recipe: Weighting) -> None:
    again = recipe_of(fields_of(recipe), LONDON)
    assert {frozenset(one) for one in again.margins} == {frozenset(one) for one in recipe.margins}
    assert replace(again, margins=recipe.margins) == recipe


def test_the_form_offers_each_margin_once() -> None:
    assert len({frozenset(columns) for columns in CHOICES}) == len(CHOICES) == 7


# What may be counted


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ([50, 40, 30], [False, False, False]),
        ([50, 40, 0], [False, False, False]),
        ([50, 40, 4], [False, True, True]),  # or the four would be what is left of all
        ([50, 4, 4], [True, True, True]),
        ([50, 8, 8], [False, True, True]),
        ([4], [True]),
    ],
)
def test_no_few_people_are_counted_directly_or_by_subtraction(
    people: list[float], hidden: list[bool]
) -> None:
    assert unsaid(people, 10) == hidden


@mostly_sqlite
def test_a_few_of_another_gender_are_told_by_no_share(london: House) -> None:
    with transaction(london.engine) as session:
        collection = session.get_one(Collection, number(london))
        cube = everybody(session, collection)
        gender = cube.axis("gender")
        others = (gender.codes == gender.levels.index("another")) | (
            gender.codes == gender.levels.index("prefer_not_to_say")
        )
        few = cube.where(~others | (others & (others.cumsum() <= 4)))
        done = weigh(collection, few, LONDON)
        assert done.weighted
        shown = effect(done, 10)
    assert shown.unshown
    rows = {row["level"]: row for row in shown.rows if row["margin"] == "Gender"}
    assert set(rows) == {"Female", "Male"}
    population = LONDON.population("gender")
    for name, key in (("Female", "female"), ("Male", "male")):
        assert rows[name]["after"] == pytest.approx(population[key] / sum(population.values()), abs=1e-9)
    assert [row["n"] is None for row in rows.values()].count(True) == 1


# The page


def test_the_page_shows_before_and_after(london: House) -> None:
    page = london.as_(ADA).get(PAGE).text
    with transaction(london.engine) as session:
        collection = session.get_one(Collection, number(london))
        done = weigh(collection, everybody(session, collection), LONDON)
    after = done.design.report().after
    assert f"<strong>{after.n_eff:,.0f}</strong> that weigh the same" in page
    assert f"<dd>{after.deff:.2f}</dd>" in page
    assert f"<dd>{after.max_over_mean:.1f} times the mean</dd>" in page
    assert "Westminster + City of London" in page
    assert "Weighted by borough, age band and gender to all young people in London" in page
    (picture,) = re.findall(r'<img src="([^"]+)"', page)
    drawn = london.as_(ADA).get(picture.replace("&amp;", "&"))
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert "Westminster + City of London" in drawn.text


@mostly_sqlite
def test_another_recipe_is_seen_before_anything_changes(london: House) -> None:
    ada = london.as_(ADA)
    before = ada.get(RESULTS).text
    query = "?tried=1&margin=age_band&margin=gender&highest=2&others=own+share"
    page = ada.get(PAGE + query).text
    assert "Weighted by age band and gender to all" in page
    assert "Only weights of at most 2 times the mean were kept" in page
    assert "2.0 times the mean" in page
    assert re.search(
        r'<th scope="row">2 to 3</th>.*?<td class="figure">0</td>', page
    )  # those cut to 2 are not over it
    block = ada.get(PAGE + query, headers={"hx-request": "true"}).text
    assert "<h1>" not in block
    assert block.strip() in page
    assert ada.get(RESULTS).text == before


def test_everything_wrong_with_a_form_is_told_and_kept_as_it_was_typed(london: House) -> None:
    query = (
        "?tried=1&margin=borough&margin=borough+x+age_band&highest=much&fewer_than=1&small=borough:E09000001"
    )
    page = london.as_(ADA).get(PAGE + query).text
    for words in (
        "is in borough by age band already",
        "not much",
        "not 1.",
        "choose both groups, or neither",
    ):
        assert words in page
    assert 'name="highest" class="few" inputmode="decimal" value="much"' in page


@pytest.mark.long
@pytest.mark.parametrize(
    "query", ["?tried=1", "?recipe=99", "?collection=x", "?tried=1&margin=%00&small=a&into=b"]
)
def test_an_odd_address_is_a_page(london: House, query: str) -> None:
    assert london.as_(ADA).get(PAGE + query).status_code == 200


def test_what_cannot_be_weighted_is_said_with_the_mend(london: House) -> None:
    query = "?tried=1&margin=borough+x+gender+x+age_band&others=own+share"
    page = london.as_(ADA).get(PAGE + query).text
    assert "These answers cannot be weighted by it:" in page
    assert "Nobody who answered is in City of London, " in page
    assert london.as_(ADA).get(PAGE + ".svg" + query).status_code == 404


@mostly_sqlite
def test_a_recipe_is_saved_in_versions_and_chosen_with_a_reason(london: House) -> None:
    ada, collection = london.as_(ADA), number(london)
    age = replace(USUAL, margins=(("age_band",),))
    for source in (USUAL.source(), age.source(), age.source().replace("\n", "\r\n")):
        saved = ada.post(
            f"/staff/collections/{collection}/recipes", data={"name": "By age", "source": source}
        )
        assert saved.status_code == 303
    with transaction(london.engine) as session:
        kept = session.exec(select(Recipe).order_by(Recipe.version)).all()  # type: ignore[arg-type]
        assert [(one.name, one.version, one.made_by) for one in kept] == [
            ("By age", 1, ADA),
            ("By age", 2, ADA),
        ]
        assert read(kept[1].source, LONDON) == age
        newest = kept[1].id
    assert "By the recipe" not in ada.get(RESULTS).text

    without = ada.post(f"/staff/collections/{collection}/recipe", data={"recipe": str(newest), "why": ""})
    assert (without.status_code, "Write why it is to be used" in without.text) == (422, True)
    chosen = ada.post(
        f"/staff/collections/{collection}/recipe", data={"recipe": str(newest), "why": "Few boroughs"}
    )
    assert chosen.status_code == 303
    assert "By the recipe “By age”, version 2." in ada.get(RESULTS).text
    assert "Weighted by age band to all" in ada.get(chosen.headers["location"]).text
    with transaction(london.engine) as session:
        entries = [(one.who, one.did, one.object, one.why) for one in session.exec(select(AuditEntry)).all()]
    where = "of collection Schools, colleges and youth clubs of Youth Survey 2026"
    assert (ADA, "saved", f"recipe By age, version 2, {where}", None) in entries
    assert (ADA, "chose", f"recipe By age, version 2, {where}", "Few boroughs") in entries

    ada.post(f"/staff/collections/{collection}/recipe", data={"recipe": "usual", "why": "It was better"})
    assert "By the recipe" not in ada.get(RESULTS).text


@mostly_sqlite
def test_coverage_is_weighted_by_the_recipe_in_use_too(london: House) -> None:
    ada, collection = london.as_(ADA), number(london)
    coverage = "/staff/consultations/youth-survey-2026/coverage"
    before = ada.get(coverage).text
    source = replace(USUAL, margins=(("gender",),)).source()
    ada.post(f"/staff/collections/{collection}/recipes", data={"name": "Gender", "source": source})
    ada.post(f"/staff/collections/{collection}/recipe", data={"recipe": "1", "why": "To see"})
    assert ada.get(coverage).text != before


def test_a_recipe_that_is_wrong_is_not_saved_and_not_lost(london: House) -> None:
    wrong = london.as_(ADA).post(
        f"/staff/collections/{number(london)}/recipes", data={"name": "a:b", "source": "margins = ['ward']"}
    )
    assert wrong.status_code == 422
    for words in ("cannot have a colon", "There is no margin ward", "for the place that it does not name"):
        assert words in wrong.text
    assert "margins = [&#39;ward&#39;]" in wrong.text
    with transaction(london.engine) as session:
        assert session.exec(select(Recipe)).all() == []


def test_another_collections_recipe_cannot_be_chosen(london: House) -> None:
    ada, collection = london.as_(ADA), number(london)
    with transaction(london.engine) as session:
        saved(session, 1, "", "Of another")
    answer = ada.post(f"/staff/collections/{collection}/recipe", data={"recipe": "1", "why": "Because"})
    assert (answer.status_code, "Choose one of the recipes." in answer.text) == (422, True)


# Chances


@pytest.fixture
def drawn(london: House) -> House:
    """The wave as if its settings had been drawn, of which there are three."""
    with transaction(london.engine) as session:
        made = Collection(consultation_id=2, instrument_id=2, name="Drawn", design=Design.PROBABILITY)
        made.settings = [Setting(collection_id=0, code=code, name=code) for code in ("AAA", "BBB", "CCC")]
        session.add(made)
    return london


def test_chances_are_written_as_people_write_them(drawn: House) -> None:
    ada, address = drawn.as_(ADA), "/staff/collections/3/chances"
    told = {"chances": "AAA 0,05\r\nbbb; 5 %\r\n\r\nCCC\t1/20", "rests_on": "List of schools"}
    assert ada.post(address, data=told).status_code == 303
    with transaction(drawn.engine) as session:
        chances = [one.chance for one in session.get_one(Collection, 3).settings]
        assert chances == pytest.approx([0.05] * 3)
        whys = [one.why for one in session.exec(select(AuditEntry)).all()]
    assert "List of schools" in whys
    page = ada.get(f"{PAGE}?collection=3").text
    assert "AAA 0.05\nBBB 0.05\nCCC 0.05" in page


def test_every_line_that_is_wrong_is_told_and_nothing_changes(drawn: House) -> None:
    told = {"chances": "AAA 2\nZZZ 0.1\nBBB 0\nBBB 0.1\nCCC 1/0", "rests_on": ""}
    answer = drawn.as_(ADA).post("/staff/collections/3/chances", data=told)
    assert answer.status_code == 422
    for words in (
        "Line 1: “2” is no chance",
        "Line 2: this collection has no setting with the code ZZZ",
        "Line 3: “0” is no chance",
        "Line 4: BBB is there already",
        "Line 5: “1/0” is no chance",
        "Write what the chances rest on",
    ):
        assert words in answer.text
    assert "ZZZ 0.1" in answer.text
    with transaction(drawn.engine) as session:
        assert [one.chance for one in session.get_one(Collection, 3).settings] == [None] * 3
