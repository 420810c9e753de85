"""Young people stand beside adults, each with their own question, base and period; nobody averages them."""

import html
import re
from importlib.resources import files

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, select
from starlette.testclient import TestClient

from survey import demo
from survey.app import make_app
from survey.db import transaction
from survey.demo.london import fill_london
from survey.demo.reference import WRITTEN, bring_adults
from survey.instruments import publish
from survey.models import Collection, Consultation, Response, Setting
from survey.places import load
from survey.reference import keeping
from survey.reference.reading import read
from survey.settings import Settings
from survey.wording import key_of
from tests.survey.conftest import MIDDAY, Clock, House, mostly_sqlite

LONDON = load("london")
PAGE = f"/staff/consultations/{demo.SLUG}/beside"
ADA = "Ada, analyst"
PROBLEM = (
    "To what extent do you think knife crime is a problem in this area? By knife crime we mean people carrying or "
    "using knives to threaten or commit violence."
)


@pytest.fixture(scope="module")
def wave() -> Engine:
    """A London wave in memory, with the figures of adults that the Strategy prints."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        fill_london(session, LONDON, MIDDAY.date(), people=2_500)
        bring_adults(session, LONDON, MIDDAY)
    return engine


@pytest.fixture(scope="module")
def at(wave: Engine) -> House:
    """An installation over it."""
    clock = Clock()
    app = make_app(Settings(database_url="sqlite://", demo=True), wave, clock)
    return House(app, TestClient(app), wave, clock)


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def cells(page: str, area: str) -> list[str]:
    """The cells of an area in the table."""
    (row,) = re.findall(rf'<tr><th scope="row">{area}</th>(.*?)</tr>', page, re.S)
    return [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]


def test_the_strategys_adults_stand_beside_the_wave_and_are_never_averaged(at: House) -> None:
    page = at.as_(ADA).get(PAGE).text
    said = words(page)
    assert [cells(page, area)[-2:] for area in ("London", "Waltham Forest", "Bromley")] == [
        ["19.7", "12,800"],
        ["34.9", "not given"],
        ["4.8", "not given"],
    ]
    assert "These are two questions in two wordings. So each stands on its own axis" in said
    assert "Asked “To what extent do you think knife crime is a problem in this area?" in said
    assert "Asked “How worried are you about knife crime in the area where you live?" in said
    assert "Base 12,800 in London. About 400 interviews in each borough" in said
    assert "When The 12 months to 31 March 2017" in said
    assert "The London Knife Crime Strategy (Mayor of London, 2017)" in said
    assert [source for source in ("young.svg", "adults.svg", "both.svg") if f"/beside/{source}" in page] == [
        "young.svg",
        "adults.svg",
    ]
    young = cells(page, "Waltham Forest")[0].split()[0]
    other = float(young) if young != "[c]" else 50.0
    for mixed in (f"{(other + 34.9) / 2:.1f}", f"{abs(other - 34.9):.1f}"):
        assert f">{mixed}<" not in page


def test_the_young_figures_are_those_of_the_results_page(at: House) -> None:
    results = at.as_(ADA).get(f"/staff/consultations/{demo.SLUG}/results").text
    page = at.as_(ADA).get(PAGE).text
    shares, _who_differs = results.split("Who differs", 1)
    for area in ("Waltham Forest", "Bromley"):
        (row,) = re.findall(rf'<tr[^>]*><th scope="row">{area}</th>(.*?)</tr>', shares, re.S)
        assert (
            cells(page, area)[:3]
            == [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)][:3]
        )
    assert f"{demo.SLUG}/beside?question=worry_knife_crime&answer=very+fairly" in results


@pytest.mark.parametrize("side", ["young", "adults"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_side_is_a_picture_of_its_own(at: House, side: str, theme: str) -> None:
    answer = at.as_(ADA).get(f"{PAGE}/{side}.svg?theme={theme}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert ("34.9" in answer.text) == (side == "adults")
    assert ("#0E1B26".lower() in answer.text.lower()) == (theme == "dark")
    assert ("made-up" in answer.text) == (side == "young")


def test_there_is_no_picture_on_one_axis_for_two_questions(at: House) -> None:
    for side in ("both", "nothing"):
        assert at.as_(ADA).get(f"{PAGE}/{side}.svg").status_code == 404


@pytest.mark.parametrize(
    "query", ["?measure=99&ends=never", "?question=no&answer=no", "?measure=%00&ends=2017"]
)
def test_an_odd_address_shows_the_headline_beside_the_first_measure(at: House, query: str) -> None:
    page = at.as_(ADA).get(PAGE + query)
    assert (page.status_code, "How worried are you" in page.text, ">34.9<" in page.text) == (200, True, True)


# The same words


ADULTS_WORDS = """
key = "adults_words"
title = "In the words of the adults' survey"
language = "en"
{page}
[[page]]
[[page.question]]
key = "age_band"
kind = "one"
prompt = "How old are you?"
choices = [{{ code = "14-15", label = "14 or 15" }}, {{ code = "16-17", label = "16 or 17" }}]

[[page]]
[[page.question]]
key = "borough"
kind = "one"
prompt = "Where do you live?"
choices = [{{ code = "E09000022", label = "Lambeth" }}, {{ code = "E09000006", label = "Bromley" }}]
"""
BOTH = "Major problem or Minor problem"


def ask_the_adults_question(session: Session, *, answer: str = BOTH, wording: str = PROBLEM) -> None:
    """A consultation that asks the bank's question of the adults' survey, and adults asked in some words."""
    bank = files("questions").joinpath("sets/bank/problem_knife_crime.toml").read_text("utf8")
    page = bank[bank.index("[[page]]") :]
    instrument = publish(session, ADULTS_WORDS.format(page=page), MIDDAY.date())
    collection = session.exec(select(Collection)).one()
    collection.instrument = instrument
    collection.consultation.place = "london"
    collection.consultation.headline = "problem_knife_crime"
    collection.consultation.headline_level = ["major", "minor"]
    file = b"date,area,percent,base\n2017-03-31,Lambeth,20.5,400\n2017-03-31,Bromley,4.8,\n"
    found = read(file, LONDON, MIDDAY.date(), {})
    written = WRITTEN | {"wording 0": [wording], "answer 0": [answer]}
    keeping.keep(session, MIDDAY, "Ada", found, keeping.about(written, found.measures), "pas.csv", LONDON)
    session.flush()


def answered(house: House, people: int) -> str:
    """So many answers from Lambeth, from two schools by turns, and the page."""
    for one in range(people):
        key = house.begin()
        said = ("major", "minor", "not_a_problem")[one % 3]
        every = ({"problem_knife_crime": said}, {"age_band": "16-17"}, {"borough": "E09000022"})
        for page, given in enumerate(every, 1):
            saved = house.client.post(f"/r/{key}/{page}", data=given)
            assert saved.status_code == 303, saved.text
        assert house.client.post(f"/r/{key}/check-answers").status_code == 303
    with transaction(house.engine) as session:
        collection = session.exec(select(Collection)).one()
        other = Setting(
            collection_id=collection.id or 0, code="KTRW37", name="Lake School", borough="E09000022"
        )
        session.add(other)
        session.flush()
        for response in session.exec(select(Response)).all()[::2]:
            response.setting_id = other.id
    return house.as_(ADA).get("/staff/consultations/safer-streets/beside").text


@mostly_sqlite
def test_the_same_words_may_share_an_axis(house: House) -> None:
    with transaction(house.engine) as session:
        spaced = PROBLEM.replace("area? By", "area?\n  By")
        ask_the_adults_question(session, wording=spaced)
    page = answered(house, 30)
    assert "they may share an axis. They are still two surveys: never average them." in page
    assert "/beside/both.svg" in page
    assert "/beside/young.svg" not in page
    address = "/staff/consultations/safer-streets/beside/{}.svg"
    assert house.as_(ADA).get(address.format("both")).status_code == 200
    assert house.as_(ADA).get(address.format("young")).status_code == 404
    assert cells(page, "Lambeth")[0].split()[0] == "66.7"
    assert cells(page, "Lambeth")[-2:] == ["20.5", "400"]
    assert cells(page, "Bromley")[0] == "[c]"  # nobody from there
    other = house.as_(ADA).get("/staff/consultations/safer-streets/beside?answer=major").text
    assert "Both were asked the same question, and another answer is counted." in other
    assert "/beside/both.svg" not in other


@pytest.mark.parametrize(
    "wording", [PROBLEM.replace("we mean", "I mean"), PROBLEM.replace("?", ""), PROBLEM.casefold()]
)
def test_one_letter_more_is_another_question(house: House, wording: str) -> None:
    with transaction(house.engine) as session:
        ask_the_adults_question(session, wording=wording)
    page = answered(house, 12)
    assert "These are two questions in two wordings." in page
    assert "/beside/both.svg" not in page


def test_answers_to_other_words_of_an_earlier_version_are_no_same_question(house: House) -> None:
    with transaction(house.engine) as session:
        ask_the_adults_question(session)
    answered(house, 12)
    with transaction(house.engine) as session:
        collection = session.exec(select(Collection)).one()
        newer = collection.instrument.source.replace("in this area?", "around here?")
        collection.instrument = publish(session, newer, MIDDAY.date())
        for one in session.exec(select(Response).limit(6)).all():
            one.instrument_id = collection.instrument.id or 0
    page = house.as_(ADA).get("/staff/consultations/safer-streets/beside").text
    assert "around here?" in page
    assert "and in other versions:" in page
    assert "/beside/both.svg" not in page


# Where there is nothing to show


def test_a_few_answers_are_withheld_here_too(house: House) -> None:
    with transaction(house.engine) as session:
        ask_the_adults_question(session, answer="A problem")
    page = answered(house, 4)
    assert cells(page, "Lambeth")[0] == "[c]"
    assert "fewer than 10 people answered" in page
    assert "20.5" in page


def test_what_is_missing_is_said(house: House) -> None:
    address = "/staff/consultations/safer-streets/beside"
    ada = house.as_(ADA)
    assert "This consultation is of no place" in ada.get(address).text
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().place = "london"
    assert "There are no published figures for London yet." in ada.get(address).text
    with transaction(house.engine) as session:
        bring_adults(session, LONDON, MIDDAY)
    assert "Nobody has answered yet." in ada.get(address).text
    assert ada.get(f"{address}/young.svg").status_code == 404


def test_the_demonstration_brings_its_adults_once(engine: Engine) -> None:
    for _ in range(2):
        with transaction(engine) as session:
            bring_adults(session, LONDON, MIDDAY)
    with transaction(engine) as session:
        found = keeping.taken(session, key_of(WRITTEN["title"][0]))
        assert found is not None
        assert found.imported_by == "The demonstration"
        assert any("day stands first" in told for told in found.assumed)
