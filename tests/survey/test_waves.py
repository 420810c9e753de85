"""Waves of a series stand side by side, and are compared only where their words and their people allow it."""

import csv
import datetime as dt
import doctest
import html
import io
import re
from collections.abc import Sequence
from types import ModuleType

import pytest
from sqlmodel import Session, col, select

from survey.db import transaction
from survey.instruments import publish
from survey.measuring import changes, lineage
from survey.models import (
    AuditEntry,
    Collection,
    Consultation,
    Design,
    Instrument,
    Response,
    Series,
    new_response_key,
)
from survey.publications import trend as public
from survey.publications.making import preview
from survey.waves import trend as trends
from tests.survey.conftest import MIDDAY, TINY, House, switch_on
from tests.survey.freezing import frozen

ADA = "Ada, analyst"
PRIYA = "Priya, publisher"
PAGE = "/staff/series/safer"
OTHER_WORDS = TINY.replace("How worried are you about knife crime?", "Are you afraid of knives?")


def wave(
    session: Session,
    year: int,
    worried: int,
    people: int = 200,
    *,
    source: str = TINY,
    design: Design = Design.QUOTA,
    marks: dict[str, str] | None = None,
) -> Consultation:
    """A wave of a year, in which so many of some people were worried."""
    instrument = publish(session, source, dt.date(year, 1, 1), marks=marks)
    found = session.exec(select(Series).where(col(Series.key) == "safer")).first()
    consultation = Consultation(
        slug=f"safer-{year}",
        title=f"Safer {year}",
        summary="We asked.",
        decides="It did.",
        outcome="It came.",
        opens_on=dt.date(year, 3, 1),
        closes_on=dt.date(year, 4, 1),
        outcome_on=dt.date(year, 5, 1),
        headline="worry",
        headline_level=["very", "fairly"],
        series=found or Series(key="safer", title="Safer"),
    )
    assert instrument.id is not None
    collection = Collection(consultation_id=0, instrument_id=instrument.id, name="Stalls", design=design)
    consultation.collections = [collection]
    session.add(consultation)
    session.flush()
    for at in range(people):
        word = ("very", "fairly")[at % 2] if at < worried else ("not_very", "not_at_all")[at % 2]
        session.add(
            Response(
                key=new_response_key(),
                collection_id=collection.id or 0,
                instrument_id=instrument.id,
                answers={"worry": word},
                started_on=consultation.closes_on,
                submitted_on=consultation.closes_on,
            )
        )
    session.flush()
    return consultation


def shown(page: str) -> str:
    """What a page says."""
    told = re.sub(r"<[^>]+>", " ", page[page.find("<main") :])
    return re.sub(r"\s+", " ", html.unescape(told)).replace(" .", ".").replace(" :", ":")


def read(house: House, address: str = PAGE) -> str:
    answer = house.as_(ADA).get(address)
    assert answer.status_code == 200
    return shown(answer.text)


def told(house: House, *waves: dict[str, object]) -> str:
    """What the page of a series says that has these waves."""
    with transaction(house.engine) as session:
        for one in waves:
            wave(session, **one)  # type: ignore[arg-type]
    return read(house)


def test_each_wave_has_its_figure_and_each_change_its_interval(house: House) -> None:
    said = told(
        house,
        {"year": 2023, "worried": 60},
        {"year": 2024, "worried": 64},
        {"year": 2025, "worried": 110},
    )
    assert "Safer 2023 1 March 2023 to 1 April 2023 quota 30.0" in said
    assert "the first that asked" in said
    assert re.search(
        r"32\.0 [\d.]+ to [\d.]+ 200 no clear change \(from 7 fewer to 11 more in every 100\)", said
    )
    assert re.search(r"55\.0 [\d.]+ to [\d.]+ 200 up by 23 in every 100 \(from 13 more to 33 more\)", said)
    assert "no change" not in said.replace("no clear change", "")


def test_other_words_break_the_line_and_the_page_says_which(house: House) -> None:
    said = told(
        house,
        {"year": 2023, "worried": 60},
        {"year": 2024, "worried": 110, "source": OTHER_WORDS},
    )
    assert "Safer 2023 and Safer 2024 are not compared." in said
    assert "“How worried are you about knife crime?” became “Are you afraid of knives?”." in said
    assert "up by" not in said
    assert "from whole percentages" not in said
    page = house.as_(ADA).get(PAGE).text
    assert len(re.findall(r"<img src", page)) == 2  # two wordings never share an axis
    for at in (0, 1):
        drawn = house.as_(ADA).get(f"{PAGE}/{at}.svg")
        assert drawn.headers["content-type"] == "image/svg+xml"
    assert house.as_(ADA).get(f"{PAGE}/2.svg").status_code == 404


def test_words_that_staff_called_trivial_break_nothing(house: House) -> None:
    said = told(
        house,
        {"year": 2023, "worried": 60},
        {"year": 2024, "worried": 110, "source": OTHER_WORDS, "marks": {"worry": "trivial"}},
    )
    assert "up by 25 in every 100" in said
    assert "not compared" not in said


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            Design.OPEN,
            Design.PANEL,
            "People were reached in another way. Before: by a link that anyone may use. After: as people who asked",
        ),
        (
            Design.QUOTA,
            Design.GATEKEPT,
            "People were reached in another way. Before: until there were enough of each group. After: through schools",
        ),
        (Design.OPEN, Design.OPEN, "Nobody chose who took part in either"),
    ],
)
def test_people_who_were_reached_in_another_way_are_not_compared(
    house: House, before: Design, after: Design, why: str
) -> None:
    said = told(
        house,
        {"year": 2023, "worried": 60, "design": before},
        {"year": 2024, "worried": 110, "design": after},
    )
    assert "Safer 2023 and Safer 2024 are not compared." in said
    assert why in said
    assert "up by" not in said


def test_a_figure_that_is_withheld_gives_no_change_away(house: House) -> None:
    said = told(house, {"year": 2023, "worried": 3, "people": 200}, {"year": 2024, "worried": 60})
    assert "[c]" in said
    assert "One of the two figures is not shown, so the change is not either." in said
    assert "up by" not in said


def test_a_wave_that_did_not_ask_is_passed_over(house: House) -> None:
    other = TINY.replace('"worry"', '"anger"').replace("${worry}", "${anger}")
    said = told(
        house,
        {"year": 2023, "worried": 60},
        {"year": 2024, "worried": 60, "source": other.replace('key = "tiny"', 'key = "angry"')},
        {"year": 2025, "worried": 110},
    )
    assert "It did not ask this." in said
    assert "up by 25 in every 100" in said


def test_versions_between_are_looked_at_step_by_step(house: House) -> None:
    with transaction(house.engine) as session:
        first = session.exec(select(Instrument)).one()
        publish(session, OTHER_WORDS, MIDDAY.date(), marks={"worry": "trivial"})
        last = publish(session, OTHER_WORDS.replace("of knives", "of blades"), MIDDAY.date())
        (change,) = lineage.broken(session, [first], [last], "worry")
        assert change.old == "Are you afraid of knives?"
        assert lineage.broken(session, [first], [first], "worry") == []


def test_staff_begin_a_series_and_say_which_consultations_are_its_waves(house: House) -> None:
    ada = house.as_(ADA)
    assert ada.post("/staff/series", data={"title": "Safer"}).headers["location"] == PAGE
    assert "There is a series of this title." in ada.post("/staff/series", data={"title": "Safer"}).text
    assert ada.post("/staff/series", data={"title": "!"}).status_code == 422
    put = {"consultation": "safer-streets", "act": "in"}
    assert ada.post(f"{PAGE}/waves", data=put).status_code == 303
    assert "A trend needs two waves with answers." in read(house)
    assert "A wave of Safer." in read(house, "/staff/consultations/safer-streets")
    assert ada.post("/staff/series", data={"title": "Other"}).status_code == 303
    assert ada.post("/staff/series/other/waves", data=put).status_code == 422  # of one series at most
    assert ada.post(f"{PAGE}/waves", data=put | {"act": "out"}).status_code == 303
    with transaction(house.engine) as session:
        did = [one.did for one in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]
        assert did[-4:] == ["began", "put into a series", "began", "took out of a series"]
        assert session.exec(select(Consultation.series_id)).all() == [None]


def published(session: Session, consultations: Sequence[Consultation]) -> None:
    """Publish waves as they stand."""
    for one in consultations:
        content = preview(session, one.collections[0], None, one.outcome_on).content
        frozen(session, one, content, one.outcome_on)


def test_the_public_reads_the_trend_of_what_was_published(house: House) -> None:
    with transaction(house.engine) as session:
        published(session, [wave(session, 2023, 60), wave(session, 2024, 110)])
        wave(session, 2022, 20)  # never published
    page = house.client.get("/results/safer-2024/1").text
    said = shown(page)
    assert "Said “Very worried or Fairly worried”, as each wave was published." in said
    assert re.search(r"Safer 2023 30 [\d]+ to [\d]+ 200", said)
    assert re.search(r"Safer 2024 55 [\d]+ to [\d]+ 200 up by 25 in every 100", said)
    assert "Since the wave before: up by 25 in every 100" in said
    assert "A change is worked out from these whole percentages" in said
    assert "from whole percentages" in read(house)  # the analyst, who reads another interval, is told why
    assert "2022" not in said
    assert 'alt="2 waves; in brackets the' in page
    drawn = house.client.get("/results/safer-2024/1/trend.svg?width=phone&theme=dark")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "immutable" not in drawn.headers.get("cache-control", "")
    switch_on(house, "ar")
    arabic = house.client.get("/results/safer-2024/1?lang=ar").text
    assert ("ارتفاع بمقدار" in arabic, "up by" in arabic) == (True, False)
    assert "waves" not in arabic
    turned = house.client.get("/results/safer-2024/1/trend.svg?lang=ar").text
    assert 'direction="rtl"' in turned
    assert "الخط العمودي" in turned
    assert "Upright line" not in turned
    slide = house.client.get("/results/safer-2024/1/trend.png")
    assert slide.content.startswith(b"\x89PNG")
    assert 'href="/results/safer-2024/1/trend.png">Picture for a slide: Wave by wave</a>' in page
    assert "Wave by wave" not in house.client.get("/results/safer-2023/1").text
    assert house.client.get("/results/safer-2023/1/trend.png").status_code == 404
    assert house.client.get("/results/safer-2023/1/trend.svg").status_code == 404


def test_whoever_publishes_sees_the_trend_as_it_will_be(house: House) -> None:
    with transaction(house.engine) as session:
        published(session, [wave(session, 2023, 60)])
        last = wave(session, 2024, 110)
    look = "/staff/consultations/safer-2024/publish"
    page = house.looked_at(PRIYA, look).text
    assert f'src="{look}/trend.svg"' in page
    before = [house.as_(PRIYA).get(f"{look}/{name}") for name in ("trend.svg", "trend.csv")]
    assert [one.headers["cache-control"] for one in before] == ["no-store", "no-store"]
    with transaction(house.engine) as session:
        published(session, [session.merge(last)])
    for name, one in zip(("trend.svg", "trend.csv"), before, strict=True):
        assert house.client.get(f"/results/safer-2024/1/{name}").content == one.content
    page = house.looked_at(PRIYA, "/staff/consultations/safer-2023/publish").text
    assert "trend" not in page
    assert house.as_(PRIYA).get("/staff/consultations/safer-2023/publish/trend.csv").status_code == 404


def test_the_public_takes_the_trend_as_a_file(house: House) -> None:
    with transaction(house.engine) as session:
        published(session, [wave(session, 2023, 60), wave(session, 2024, 110)])
    here = "/results/safer-2024/1"
    sent = house.client.get(f"{here}/trend.csv")
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    assert "immutable" not in sent.headers.get("cache-control", "")
    before, after = csv.DictReader(io.StringIO(sent.text))
    assert (before["wave"], before["when"], before["percent"], before["people"]) == (
        "Safer 2023",
        "2023",
        "30",
        "200",
    )
    assert before["address"].endswith("/results/safer-2023/1")
    assert (before["change"], before["change_in_words"], before["mark"]) == ("", "", "")
    assert (after["codes"], after["percent"], after["address"]) == ("very+fairly", "55", "")
    assert after["change"] == "25"
    assert 0 < int(after["change_low"]) < 25 < int(after["change_high"])
    assert after["change_in_words"].startswith("up by 25 in every 100")
    told = house.client.get(f"{here}/trend.csv-metadata.json").json()
    assert told["url"].endswith(f"{here}/trend.csv")
    assert [one["name"] for one in told["tableSchema"]["columns"]] == [*after]
    assert f"<{told['url']}-metadata.json>" in sent.headers["link"]
    assert house.client.get("/results/safer-2023/1/trend.csv").status_code == 404


def test_the_public_is_told_which_wording_broke_the_trend(house: House) -> None:
    with transaction(house.engine) as session:
        published(session, [wave(session, 2023, 60), wave(session, 2024, 110, source=OTHER_WORDS)])
    said = shown(house.client.get("/results/safer-2024/1").text)
    assert "Safer 2023 is not shown beside it. It was asked in other words:" in said
    assert "“How worried are you about knife crime?” became “Are you afraid of knives?”" in said
    assert house.client.get("/results/safer-2024/1/trend.svg").status_code == 404
    switch_on(house, "bn")
    said = shown(house.client.get("/results/safer-2024/1?lang=bn").text)
    assert "অন্য কথায় জিজ্ঞেস করা হয়েছিল: “How worried are you about knife crime?”" in said
    assert "It was asked in other words" not in said


def test_the_collection_with_most_answers_speaks_for_a_wave(house: House) -> None:
    with transaction(house.engine) as session:
        one = wave(session, 2023, 60)
        few = Collection(
            consultation_id=one.id or 0,
            instrument_id=one.collections[0].instrument_id,
            name="A link",
            design=Design.OPEN,
        )
        session.add(few)
        session.flush()
        found = trends.speaks_for(session, one)
        assert found is not None
        assert found.name == "Stalls"


@pytest.mark.parametrize("module", [changes, lineage, public], ids=lambda module: module.__name__)
def test_the_examples_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
