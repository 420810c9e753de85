"""Short statements on cards: cleared by a second person, each in an order of one's own, added up and never by row."""

import html
import re

import pytest
from sqlmodel import Session, select

from survey.answering import receipts
from survey.db import transaction
from survey.models import AuditEntry, Cards, Consultation, Opinion, Statement, Voice
from survey.statements.cards import in_order
from survey.statements.opinions import add_up
from tests.survey.conftest import MIDDAY, House, switch_on
from tests.survey.reading import ROSA, places, take, write

STAFF = "/staff/consultations/safer-streets/statements"
CARDS = "/c/safer-streets/statements"
KEY = "K" * 22


def told(text: str) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def on_cards(house: House, *words: str) -> list[str]:
    """Cleared statements; their numbers."""
    with transaction(house.engine) as session:
        found = session.exec(select(Consultation)).one()
        made = [
            Statement(
                consultation_id=found.id or 0,
                words=one,
                voice=Voice.YOUNG,
                written_by="Ben, designer",
                written_on=MIDDAY.date(),
                cleared_by="Priya, publisher",
                cleared_on=MIDDAY.date(),
            )
            for one in words
        ]
        session.add_all(made)
        session.flush()
        return [str(one.id) for one in made]


def answered(house: House, agree: int, disagree: int, which: str) -> None:
    """So many people have said what they think of a statement."""
    with transaction(house.engine) as session:
        for at in range(agree + disagree):
            given = {which: Opinion.AGREE if at < agree else Opinion.DISAGREE}
            session.add(Cards(key=f"{at:022}", consultation_id=1, given=given, answered_on=MIDDAY.date()))
        session.flush()
        add_up(session, session.exec(select(Consultation)).one())


def kept(house: House) -> list[Cards]:
    with Session(house.engine) as session:
        return list(session.exec(select(Cards)).all())


def test_whoever_writes_a_statement_does_not_clear_it(house: House) -> None:
    ben = house.as_("Ben, designer")
    assert ben.post(STAFF, data={"words": "The park is dark.", "voice": "young"}).status_code == 303
    assert "There are no statements here yet." in house.client.get(CARDS).text
    refused = ben.post(f"{STAFF}/act", data={"which": "1", "act": "clear"})
    assert refused.status_code == 403
    assert "so another clears it" in refused.text
    house.as_("Rosa, reader").post(f"{STAFF}/act", data={"which": "1", "act": "clear"})
    assert "There are 1 of them." in told(house.client.get(CARDS).text)
    assert "Agree or disagree with 1 short statements" in told(house.client.get("/c/safer-streets").text)
    house.as_("Ben, designer").post(f"{STAFF}/act", data={"which": "1", "act": "take out"})
    assert "There are no statements here yet." in house.client.get(CARDS).text
    with Session(house.engine) as session:
        did = [entry.did for entry in session.exec(select(AuditEntry)).all()]
        written = str([entry.model_dump() for entry in session.exec(select(AuditEntry)).all()])
    assert [one for one in did if "statement" in one] == [
        "wrote a statement",
        "cleared a statement",
        "took out a statement",
    ]
    assert "The park is dark" not in written  # what is written down stays, whoever takes their words back


def test_everything_that_is_wrong_with_a_statement_is_said_at_once(house: House) -> None:
    on_cards(house, "The park is dark.")
    page = house.as_("Ben, designer").post(STAFF, data={"words": "the park is dark.", "in bn": "ক" * 141})
    assert page.status_code == 422
    for words in ("There is such a statement already.", "It has 141 characters.", "Say who said it"):
        assert words in told(page.text)
    assert "ক" * 141 in page.text


def test_one_goes_through_the_cards_and_then_sees_what_everybody_thinks(house: House) -> None:
    on_cards(house, "The park is dark.", "Buses come late.", "There is nowhere to go.")
    begun = house.client.post(CARDS)
    at = begun.headers["location"]
    assert not kept(house)
    assert house.client.get(f"{at}/results").headers["location"] == CARDS
    for number in range(1, 4):
        page = house.client.get(at)
        assert f"Statement {number} of 3" in page.text
        assert "Said by a young person" in page.text
        (which,) = re.findall(r'name="statement" value="(\d+)"', page.text)
        opinion = ["agree", "disagree", "skip"][number - 1]
        assert house.client.post(at, data={"statement": which, "opinion": opinion}).headers["location"] == at
    assert house.client.get(at).headers["location"] == f"{at}/about"
    told_of = house.client.post(f"{at}/about", data={"age_band": "14-15", "borough": "E09000022"})
    assert told_of.headers["location"] == f"{at}/results"
    (one,) = kept(house)
    assert sorted(one.given.values()) == ["agree", "disagree", "skip"]
    assert (one.borough, one.age_band) == ("E09000022", "14-15")
    assert "Too few people said what they think." in house.client.get(f"{at}/results").text
    house.client.post(f"{at}/forget")
    assert not kept(house)


def test_an_answer_that_is_sent_twice_counts_once_and_another_takes_its_place(house: House) -> None:
    (which,) = on_cards(house, "The park is dark.")
    for opinion in ("agree", "agree", "disagree"):
        house.client.post(f"{CARDS}/{KEY}", data={"statement": which, "opinion": opinion})
    (one,) = kept(house)
    assert one.given == {which: "disagree"}


@pytest.mark.parametrize("told_as", ["", "maybe", "AGREE"])
def test_what_is_no_opinion_is_refused_and_nothing_is_kept(house: House, told_as: str) -> None:
    (which,) = on_cards(house, "The park is dark.")
    page = house.client.post(f"{CARDS}/{KEY}", data={"statement": which, "opinion": told_as})
    assert page.status_code == 422
    assert "Press agree, disagree or skip." in page.text
    assert not kept(house)


def test_a_statement_that_was_taken_out_or_is_of_another_is_not_kept(house: House) -> None:
    on_cards(house, "The park is dark.")
    for which in ("99", "", "x", "1' OR 1"):
        assert (
            house.client.post(f"{CARDS}/{KEY}", data={"statement": which, "opinion": "agree"}).status_code
            == 303
        )
    assert not kept(house)
    assert house.client.get(f"{CARDS}/short").status_code == 404


@pytest.mark.parametrize(
    ("agree", "disagree", "words"),
    [
        (9, 0, "Too few people"),
        (8, 4, "Too few people"),
        (29, 0, "Too few people"),
        (12, 6, "Of every 100 people, 67 agree and 33 disagree. About 20 said what they think."),
        (30, 0, "Of every 100 people, 100 agree and 0 disagree. About 30 said"),
    ],
)
def test_what_too_few_said_is_not_shown(house: House, agree: int, disagree: int, words: str) -> None:
    (which,) = on_cards(house, "The park is dark.")
    answered(house, agree, disagree, which)
    page = told(house.client.get(f"{CARDS}/{0:022}/results").text)
    assert words in page


def test_what_one_person_says_moves_no_figure(house: House) -> None:
    (which,) = on_cards(house, "The park is dark.")
    answered(house, 12, 6, which)

    def looked() -> str:
        return told(house.client.get(f"{CARDS}/{0:022}/results").text).partition("Of every")[2]

    before = looked()
    for more in range(1, 11):
        assert looked() == before
        at = f"{CARDS}/{more:A>22}"
        house.client.post(at, data={"statement": which, "opinion": "disagree"})
        house.client.post(at, data={"statement": which, "opinion": "agree"})
    assert "75 agree and 25 disagree. About 30 said what they think." in looked()  # as the tenth first said
    house.client.post(f"{CARDS}/{1:A>22}/forget")
    assert "75 agree and 25 disagree." in looked()


def test_each_sees_them_in_an_order_of_their_own_that_stays(house: House) -> None:
    on_cards(house, *(f"Statement {at}." for at in range(8)))
    with Session(house.engine) as session:
        every = list(session.exec(select(Statement)).all())
    orders = {tuple(one.id for one in in_order(every, f"{at:022}")) for at in range(40)}
    assert len(orders) == 40
    first = {order[0] for order in orders}
    assert len(first) > 4
    without = [one.id for one in in_order(every[:-1], KEY)]
    assert without == [one.id for one in in_order(every, KEY) if one.id != every[-1].id]


def test_nobody_answers_after_it_has_closed(house: House) -> None:
    (which,) = on_cards(house, "The park is dark.")
    house.clock.forward(days=20)
    page = house.client.post(f"{CARDS}/{KEY}", data={"statement": which, "opinion": "agree"})
    assert page.status_code == 403
    assert "This is not open now" in page.text
    assert not kept(house)


def test_a_statement_speaks_the_readers_language_or_is_marked_as_english(house: House) -> None:
    switch_on(house, "ar", "bn")
    on_cards(house, "The park is dark.")
    with transaction(house.engine) as session:
        session.exec(select(Statement)).one().translations = {"ar": "الحديقة مظلمة."}
    assert "الحديقة مظلمة." in house.client.get(f"{CARDS}/{KEY}?lang=ar").text
    assert (
        '<span lang="en" dir="auto">The park is dark.</span>'
        in house.client.get(f"{CARDS}/{KEY}?lang=bn").text
    )


def test_a_cleared_text_becomes_a_statement_that_goes_with_it(house: House) -> None:
    code = receipts.new()
    write(house, "Ask Jordan: there is nowhere warm to go after six", code)
    reader = house.as_(ROSA)
    address = take(house)
    place = places(reader.get(address).text)[:1]
    led = reader.post(address, data={"do": "statement", "place": place})
    assert led.status_code == 303
    desk = reader.get(led.headers["location"])
    words = "There is nowhere warm to go after six"
    assert 'value="Ask [name]: there is nowhere warm to go after six"' in desk.text
    (quote,) = re.findall(r'<input type="hidden" name="quote" value="([^"]+)">', desk.text)
    form = {"words": words, "voice": "young", "quote": quote}
    assert reader.post(STAFF, data=form).status_code == 303
    assert f"?quote={quote}" not in reader.get(STAFF).text  # nobody makes it twice
    with transaction(house.engine) as session:
        (made,) = session.exec(select(Statement)).all()
        assert (made.words, made.voice, made.quote_id) == (words, "young", quote)

    house.client.post("/receipt", data={"receipt": code})
    with transaction(house.engine) as session:
        assert session.exec(select(Statement)).all() == []
    gone = reader.post(STAFF, data=form | {"words": "It is cold after six"})
    assert gone.status_code == 422
    assert "whoever wrote it took it back" in gone.text
