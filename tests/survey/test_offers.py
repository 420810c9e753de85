"""A finding may rest on what a room said, on what readers counted, and quote words that a reader cleared."""

import html
import re

from sqlmodel import Session, select

from survey.answering import receipts
from survey.db import transaction
from survey.demo.summit import SUMMIT_SLUG, fill_summit
from survey.models import Code, CodeWording, Finding, Quote, Written
from survey.places import load
from tests.survey.conftest import MIDDAY, House
from tests.survey.reading import ROSA, take, write
from tests.survey.test_codes import many

FINDINGS = "/staff/consultations/safer-streets/findings"
WRITTEN = {"sentence": "Many want better lights.", "topic": "streets", "borough": ""}


def values(page: str) -> list[str]:
    """What may be chosen from the list."""
    return re.findall(
        r'<option value="([^"]+)"', page.partition('name="chosen"')[2].partition("</select>")[0]
    )


def test_a_rooms_line_that_was_shown_may_be_chosen(house: House) -> None:
    with transaction(house.engine) as session:
        fill_summit(session, load("london"))
    rosa, at = house.as_(ROSA), f"/staff/consultations/{SUMMIT_SLUG}/findings"
    page = rosa.get(f"{at}/new?rests_on=room").text
    assert "83 of 150" in page
    chosen = values(page)[0]
    sent = rosa.post(f"{at}/new", data=WRITTEN | {"rests_on": "room", "chosen": chosen})
    assert sent.status_code == 303, sent.text
    with Session(house.engine) as session:
        evidence = session.exec(select(Finding)).one().evidence
    assert evidence["base"] == 150
    assert evidence["count"] in (83, 67, 95, 55)


def test_a_counted_code_may_be_chosen_unless_too_few_texts_have_it(house: House) -> None:
    with transaction(house.engine) as session:
        for name in ("Better lights", "Places to go"):
            code = Code(consultation_id=1, question="why")
            code.wordings = [
                CodeWording(code_id=0, number=1, name=name, sentence=name, who=ROSA, written_on=MIDDAY.date())
            ]
            session.add(code)
    many(house, [[1]] * 12 + [[2]] * 2 + [[]] * 6)
    rosa = house.as_(ROSA)
    page = rosa.get(f"{FINDINGS}/new?rests_on=code").text
    assert "Better lights: 12 of 20 texts" in page
    assert "Places to go:" not in page
    forged = rosa.post(f"{FINDINGS}/new", data=WRITTEN | {"rests_on": "code", "chosen": "why|2"})
    assert forged.status_code == 422
    assert (
        rosa.post(
            f"{FINDINGS}/new", data=WRITTEN | {"rests_on": "code", "chosen": values(page)[0]}
        ).status_code
        == 303
    )
    with Session(house.engine) as session:
        assert session.exec(select(Finding)).one().evidence["count"] == 12


def test_cleared_words_are_quoted_without_a_tick_and_typed_ones_need_one(house: House) -> None:
    with transaction(house.engine) as session:
        fill_summit(session, load("london"))
        text = Written(collection_id=1, question="why", language="en", cleared="…", cleared_on=MIDDAY.date())
        session.add(text)
        session.flush()
        words = "I told ⟦name⟧ it is dark."
        session.add(Quote(consultation_id=1, question="why", words=words, language="en", written_id=text.id))
    rosa = house.as_(ROSA)
    at = f"/staff/consultations/{SUMMIT_SLUG}/findings"
    assert (
        "I told [name] it is dark." not in rosa.get(f"{at}/new?rests_on=room").text
    )  # of another consultation
    page = rosa.get(f"{FINDINGS}/new?rests_on=printed").text
    assert "I told [name] it is dark." in page
    (quote,) = re.findall(r'name="from_desk" value="([^"]+)"', page)
    document = {
        "rests_on": "printed",
        "title": "A plan",
        "address": "https://example.org",
        "words": "It says so.",
    }
    typed = WRITTEN | document | {"quote": "Mine", "from_desk": quote}
    assert "A quote needs a reader who cleared its words" in rosa.post(f"{FINDINGS}/new", data=typed).text
    assert rosa.post(f"{FINDINGS}/new", data=WRITTEN | document | {"from_desk": quote}).status_code == 303
    with Session(house.engine) as session:
        assert session.exec(select(Finding)).one().quotes == ["I told [name] it is dark."]


def test_a_cleared_text_goes_on_to_a_finding_and_is_ticked_there(house: House) -> None:
    write(house, "There is nowhere warm to go")
    rosa = house.as_(ROSA)
    led = rosa.post(take(house), data={"do": "finding"})
    assert led.status_code == 303
    first = rosa.get(led.headers["location"]).text
    (printed,) = re.findall(r'href="([^"]+rests_on=printed[^"]*)"', first)
    page = rosa.get(html.unescape(printed)).text
    assert re.search(r'name="from_desk" value="[^"]+" checked><span>There is nowhere warm to go', page)


def test_whoever_deletes_what_they_wrote_takes_it_out_of_the_findings_that_quote_it(house: House) -> None:
    code = receipts.new()
    write(house, "There is nowhere\nwarm to go", code)
    rosa = house.as_(ROSA)
    first = rosa.get(rosa.post(take(house), data={"do": "finding"}).headers["location"]).text
    (quote,) = re.findall(r"quote=([^&\"]+)", first)[:1]
    document = {
        "rests_on": "printed",
        "title": "A plan",
        "address": "https://example.org",
        "words": "So it says.",
    }
    made = rosa.post(
        f"{FINDINGS}/new", data=WRITTEN | document | {"from_desk": quote, "quote": "", "cleared": "yes"}
    )
    assert made.status_code == 303
    with Session(house.engine) as session:
        (kept,) = session.exec(select(Finding)).one().quotes
        assert kept.split() == ["There", "is", "nowhere", "warm", "to", "go"]
    house.client.post("/receipt", data={"receipt": code})
    with Session(house.engine) as session:
        assert session.exec(select(Finding)).one().quotes == []
