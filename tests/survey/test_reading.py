"""Readers read what people wrote: each text once, blacked out, coded, cleared or raised; nobody else sees its words."""

import datetime as dt
import threading

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from survey import quotes
from survey.answering import receipts
from survey.db import transaction
from survey.models import Consultation, Evidence, Finding, Quote, Reading, Response, Staff, Written
from survey.reading import queue
from tests.survey.conftest import House
from tests.survey.reading import RANA, ROSA, clear, places, raise_concern, take, write

TELLS = "My mate Jordan lives at 12 Hill Road SE15 4AB, text 07700 900123 or jo@mail.com or @jo_99."


def test_what_is_written_leaves_the_response_for_the_queue_when_it_is_sent(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="It is dark by the canal", borough="E09000022")
    assert house.written() == []
    house.client.post(f"/r/{key}/check-answers")
    (response,), (written,) = house.responses(), house.written()
    assert response.answers["why"] == "wrote"
    assert "canal" not in response.model_dump_json()
    assert (written.words, written.question, written.language) == ("It is dark by the canal", "why", "en")
    assert written.arrived_at == house.clock().replace(minute=0)
    stored = written.model_dump_json()
    for trace in (key, response.receipt_hash or "-" * 30):
        assert trace not in stored


def test_the_hour_it_came_in_is_all_that_is_kept_of_the_time_and_goes_when_it_is_read(house: House) -> None:
    house.clock.forward(minutes=47)
    write(house, "It is dark")
    assert house.written()[0].arrived_at == dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    clear(house.as_(ROSA), take(house))
    (read,) = house.written()
    assert (read.arrived_at, read.borough, read.age_band) == (None, None, None)
    assert read.cleared_on == house.clock().date()


def test_a_response_without_words_puts_nothing_into_the_queue(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="very", why="   ", borough="E09000022")
    house.client.post(f"/r/{key}/check-answers")
    assert house.written() == []
    assert house.responses()[0].answers["why"] is None


def test_sending_twice_queues_once(house: House) -> None:
    key = write(house, "It is dark")
    house.client.post(f"/r/{key}/check-answers")
    assert len(house.written()) == 1


def test_its_holder_deletes_the_words_with_the_answers(house: House) -> None:
    code = receipts.new()
    write(house, "Mine", code)
    write(house, "Of somebody else", receipts.new())
    write(house, "Without a receipt")
    assert house.client.post("/receipt", data={"receipt": code}).status_code == 200
    assert {one.words for one in house.written()} == {"Of somebody else", "Without a receipt"}


def test_its_holder_deletes_what_was_cleared_and_quoted_too(house: House) -> None:
    code = receipts.new()
    write(house, "Put lights on the path", code)
    clear(house.as_(ROSA), take(house), quote="1")
    house.client.post("/receipt", data={"receipt": code})
    with transaction(house.engine) as session:
        for table in (Written, Quote, Reading):
            assert session.exec(select(table)).all() == []


def test_two_readers_never_get_the_same(house: House) -> None:
    for number in range(3):
        write(house, f"Text {number}")
    first, second, again = take(house), take(house, RANA), take(house)
    assert len({first, second}) == 2
    assert again == first  # what one has in hand comes first
    assert house.as_(RANA).get(first).status_code == 409
    assert house.as_(RANA).post(first, data={"do": "clear"}).status_code == 409


def test_nor_when_they_ask_at_the_same_moment(house: House) -> None:
    many = 12
    for number in range(many):
        write(house, f"Text {number}")
    with transaction(house.engine) as session:
        session.add_all(Staff(name=f"Reader {number}", roles=["reader"]) for number in range(many))
    with transaction(house.engine) as session:
        readers = [one.id for one in session.exec(select(Staff)).all() if one.name.startswith("Reader ")]
    taken: list[str] = []

    def claim(reader: int | None) -> None:
        with transaction(house.engine) as session:
            found = queue.claim(
                session, session.get_one(Staff, reader), house.clock(), "safer-streets", second=False
            )
            if found:
                taken.append(found.id)

    threads = [threading.Thread(target=claim, args=[reader]) for reader in readers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(taken) == len(set(taken)) == many


def test_a_text_that_nobody_finishes_goes_back_after_half_an_hour(house: House) -> None:
    write(house, "It is dark")
    address = take(house)
    assert take(house, RANA) == "/staff/reading?did=empty"
    house.clock.forward(minutes=31)
    assert house.as_(ROSA).get(address).status_code == 409
    assert take(house, RANA) == address


def test_a_reader_puts_one_back(house: House) -> None:
    write(house, "It is dark")
    address = take(house)
    house.as_(ROSA).post(address, data={"do": "back"})
    assert take(house, RANA) == address
    assert house.written()[0].arrived_at is not None


def test_what_tells_who_somebody_is_is_highlighted_and_blacked_out(house: House) -> None:
    write(house, TELLS)
    address, rosa = take(house), house.as_(ROSA)
    page = rosa.get(address).text
    assert [one.rsplit("-")[-1] for one in places(page)] == [
        *("name", "address", "postcode", "phone", "email", "handle")
    ]
    clear(rosa, address)
    (read,) = house.written()
    assert (
        read.cleared == "My mate ⟦name⟧ lives at ⟦address⟧ ⟦postcode⟧, text ⟦phone⟧ or ⟦email⟧ or ⟦handle⟧."
    )
    assert read.words == TELLS  # kept for a while, out of sight: see test_retention


def test_the_reader_decides_what_is_blacked_out(house: House) -> None:
    write(house, "My mate Jordan and big J know. Jordan Estate is worse.")
    address, rosa = take(house), house.as_(ROSA)
    first = places(rosa.get(address).text)[0]
    clear(rosa, address, place=[first], **{"also-0": "big  j", "kind-0": "name"})
    assert house.written()[0].cleared == "My mate ⟦name⟧ and ⟦name⟧ know. Jordan Estate is worse."


def test_words_that_are_not_there_are_said_and_nothing_is_lost(house: House) -> None:
    write(house, "My mate Jordan knows.")
    address, rosa = take(house), house.as_(ROSA)
    answer = rosa.post(address, data={"do": "clear", "place": [], "also-0": "Jordon", "also-1": "nobody"})
    assert answer.status_code == 422
    for said in ("“Jordon” is not in the text.", "“nobody” is not in the text.", 'value="Jordon"'):
        assert said in answer.text
    assert " checked><span><bdi>Jordan" not in answer.text
    assert house.written()[0].cleared is None


def test_nobody_writes_a_bar_of_ours(house: House) -> None:
    write(house, "I like ⟦name⟧ <b>a lot</b>")
    clear(house.as_(ROSA), take(house))
    assert house.written()[0].cleared == "I like [name] <b>a lot</b>"


def test_what_needs_no_bar_keeps_no_second_copy(house: House) -> None:
    write(house, "It is dark")
    clear(house.as_(ROSA), take(house))
    (read,) = house.written()
    assert (read.words, read.cleared) == (None, "It is dark")


def test_what_may_be_quoted_is_a_quote_that_leads_nowhere(house: House) -> None:
    write(house, "Ask Jordan about the path")
    write(house, "Not this one")
    with transaction(house.engine) as session:
        consultation = session.exec(select(Consultation)).one()
        assert quotes.cleared(session, consultation.id) == []
    rosa = house.as_(ROSA)
    for _ in range(2):
        address = take(house)
        quoted = "Jordan" in rosa.get(address).text
        clear(rosa, address, **({"quote": "1"} if quoted else {}))
    with transaction(house.engine) as session:
        (quote,) = quotes.cleared(session, 1, "why")
        assert quotes.pieces(quote.words) == [("Ask ", ""), ("", "name"), (" about the path", "")]
        assert quotes.cleared(session, 1, "worry") == []


def test_only_coarse_context_of_more_than_a_few_is_shown(house: House) -> None:
    write(house, "It is dark")
    with transaction(house.engine) as session:
        session.exec(select(Written)).one().age_band = "14-15"
    address, rosa = take(house), house.as_(ROSA)
    assert "We do not say: too few like them answered" in rosa.get(address).text
    _alike(house, 10, borough="E09000028")
    page = rosa.get(address).text
    assert "14 to 15 years old" in page
    assert "Lambeth" not in page
    _alike(house, 10, borough="E09000022")
    assert "14 to 15 years old, Lambeth" in rosa.get(address).text
    assert "Hill School" not in rosa.get(address).text


def _alike(house: House, people: int, borough: str) -> None:
    day = house.clock().date()
    with transaction(house.engine) as session:
        session.add_all(
            Response(
                collection_id=1,
                instrument_id=1,
                started_on=day,
                submitted_on=day,
                borough=borough,
                age_band="14-15",
            )
            for _ in range(people)
        )


def test_the_desk_says_what_waits_and_since_when(house: House) -> None:
    assert "Nothing waits. Thank you." in house.as_(ROSA).get("/staff/reading").text
    write(house, "It is dark")
    page = house.as_(ROSA).get("/staff/reading").text
    assert "The oldest came in the hour from 12:00." in page
    assert "They close at 16:00, unless the queue is read." in page
    assert "It is dark" not in page
    watched = house.as_("Amara, administrator").get("/staff/reading").text
    assert "Read the next" not in watched


def test_the_desk_says_what_others_have_in_hand_and_until_when(house: House) -> None:
    write(house, "One")
    write(house, "Two")
    take(house)
    assert "hands until" not in house.as_(ROSA).get("/staff/reading").text  # it is her own
    page = house.as_(RANA).get("/staff/reading").text
    assert "1 is in somebody’s hands until 12:30" in page
    assert '<button name="reading" value="first">Read the next<span class="unseen">: ' in page
    house.clock.forward(minutes=5)
    take(house, RANA)
    last = house.as_("Amara, administrator").get("/staff/reading").text
    assert "2 are in somebody’s hands until 12:35" in last
    rosa = house.as_(ROSA)
    clear(rosa, take(house))
    assert 'value="first"' not in rosa.get("/staff/reading").text  # nothing is left that she could take
    house.clock.forward(minutes=31)
    assert "hands until" not in house.as_(ROSA).get("/staff/reading").text


def test_suggested_texts_come_first_and_every_other_still_comes(house: House) -> None:
    for words in ("The park is nice", "i want to kill myself", "More lights"):
        write(house, words)
        house.clock.forward(minutes=1)
    rosa, seen = house.as_(ROSA), []
    for _ in range(3):
        address = take(house)
        seen.append("Look closely" in rosa.get(address).text)
        clear(rosa, address)
    assert seen == [True, False, False]


def test_clearing_leads_to_the_next_at_once(house: House) -> None:
    write(house, "One")
    write(house, "Two")
    rosa, first = house.as_(ROSA), take(house)
    following = rosa.post(first, data={"do": "clear", "of": "safer-streets"}).headers["location"]
    assert following not in (first, "/staff/reading?did=cleared")
    last = rosa.post(following, data={"do": "clear", "of": "safer-streets"}).headers["location"]
    assert last == "/staff/reading?did=cleared"


def test_a_second_reader_reads_what_was_cleared_and_sees_no_code_of_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "drawn", lambda _written, _share: True)
    write(house, "Ask Jordan about the path")
    clear(house.as_(ROSA), take(house))
    assert take(house, ROSA, "second") == "/staff/reading?did=empty"  # never one's own
    address = take(house, RANA, "second")
    page = house.as_(RANA).get(address).text
    assert "Jordan" not in page
    assert "a name" in page
    assert clear(house.as_(RANA), address) == "/staff/reading?did=coded"
    assert take(house, RANA, "second") == "/staff/reading?did=empty"
    with transaction(house.engine) as session:
        found = session.exec(select(Reading).order_by("number")).all()
        assert [one.number for one in found] == [1, 2]


def test_one_in_five_is_read_twice_by_lot(house: House) -> None:
    some = [Written(collection_id=1, question="why", language="en") for _ in range(2000)]
    drawn = sum(queue.drawn(one, 20) for one in some)
    assert 300 < drawn < 500
    assert not any(queue.drawn(one, 0) for one in some)
    assert all(queue.drawn(one, 100) for one in some)


def test_what_a_second_reader_worries_about_is_cleared_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "drawn", lambda _written, _share: True)
    write(house, "Ask Jordan about the path")
    clear(house.as_(ROSA), take(house), quote="1")
    with transaction(house.engine) as session:
        words = ["Ask [name] about the path", "… about the path", "Another's words"]
        session.add(
            Finding(
                consultation_id=1,
                number=1,
                sentence="S",
                rests_on=Evidence.PRINTED,
                quotes=words,
                written_by="R",
            )
        )
    address = take(house, RANA, "second")
    house.as_(RANA).post(address, data={"do": "concern", "tier": "2"})
    with transaction(house.engine) as session:
        assert session.exec(select(Quote)).all() == []
        assert session.exec(select(Finding)).one().quotes == ["Another's words"]
    (written,) = house.written()
    assert (written.cleared, written.words) == (None, "Ask Jordan about the path")


def test_a_text_with_a_concern_waits_for_the_lead_and_no_reader_gets_it(house: House) -> None:
    write(house, "It is dark")
    raise_concern(house, 2)
    assert take(house, RANA) == "/staff/reading?did=empty"
    assert house.written()[0].cleared is None


@pytest.mark.parametrize("do", ["clear", "concern", "back", "nonsense"])
def test_a_text_that_is_read_cannot_be_decided_again(house: House, do: str) -> None:
    write(house, "It is dark")
    address, rosa = take(house), house.as_(ROSA)
    clear(rosa, address)
    assert rosa.post(address, data={"do": do, "tier": "1"}).status_code == 409


def test_pages_of_the_desk_work_for_a_browser_with_htmx_as_without(house: House) -> None:
    write(house, "It is dark")
    browser: TestClient = house.as_(ROSA)
    for address in ("/staff/reading", take(house), "/staff/reading/words"):
        whole = browser.get(address)
        assert whole.status_code == 200
        assert browser.get(address, headers={"hx-request": "true"}).text == whole.text
