"""Staff say what they heard and what will be done, a second person publishes it, and later changes of it show."""

import datetime as dt
import re

import pytest
from sqlmodel import select

from survey.db import transaction
from survey.models import AuditEntry, Consultation, Correction, Finding, Publication, Reply, Update
from tests.survey.conftest import House, switch_on
from tests.survey.freezing import frozen
from tests.survey.replying import (
    BEN,
    FINDINGS,
    NOTE,
    PRIYA,
    REPLY,
    ROSA,
    TODAY,
    consultation_of,
    held,
    promised,
    seen,
)

CONTENT = {
    "format": 1,
    "questions": [
        {
            "key": "worry",
            "kind": "scale",
            "prompt": "How worried are you?",
            "choices": [["very", "Very worried"], ["not", "Not worried"]],
        }
    ],
    "headline": {"question": "worry", "codes": ["very"]},
    "instruments": [],
    "collection": {"name": "Schools", "design": "gatekept"},
    "place": None,
    "weighted": False,
    "interval": "95 % confidence interval",
    "levels": {"borough": {"E09000022": "Lambeth", "E09000028": "Southwark"}},
    "tables": [
        {
            "question": "worry",
            "by": [],
            "codes": None,
            "measure": "worry",
            "rows": [
                {
                    "level": "very",
                    "estimate": 0.42,
                    "ci_low": 0.37,
                    "ci_high": 0.47,
                    "n": 413,
                    "flag": "",
                    "reason": "",
                }
            ],
        },
        {
            "question": "worry",
            "by": ["borough"],
            "codes": None,
            "measure": "worry",
            "rows": [
                {
                    "level": "very",
                    "borough": "E09000022",
                    "estimate": 0.5,
                    "ci_low": 0.4,
                    "ci_high": 0.6,
                    "n": 90,
                    "flag": "",
                    "reason": "",
                },
                {
                    "level": "very",
                    "borough": "E09000028",
                    "estimate": None,
                    "ci_low": None,
                    "ci_high": None,
                    "n": None,
                    "flag": "",
                    "reason": "few people",
                },
            ],
        },
    ],
}


def write(house: House, who: str = ROSA, **more: str) -> str:
    """Write a finding that rests on the note of a session; its address."""
    held(house)
    answer = house.as_(who).post(f"{FINDINGS}/new", data=NOTE | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def reply_to(house: House, finding: str, who: str = ROSA, **more: str) -> str:
    answer = house.as_(who).post(f"{finding}/reply", data=REPLY | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def publish(house: House, address: str, who: str = PRIYA) -> str:
    """Publish what stands at an address; what the page then says."""
    browser = house.as_(who)
    answer = browser.post(f"{address}/publish", data={"seen": seen(browser.get(address).text)})
    return answer.text if answer.status_code != 303 else ""


def test_a_consultation_is_replied_to_when_it_has_closed_and_each_finding_has_a_reply(house: House) -> None:
    house.clock.forward(days=20)
    first, second = write(house), write(house, sentence="The stop has no light.")
    replies = [reply_to(house, first), reply_to(house, second)]
    for address in (first, second, replies[0]):
        assert publish(house, address) == ""
    with transaction(house.engine) as session:
        assert consultation_of(session).replied_on is None
    assert publish(house, replies[1]) == ""
    with transaction(house.engine) as session:
        assert consultation_of(session).replied_on == TODAY + dt.timedelta(days=20)


def test_a_finding_becomes_a_reply_a_promise_and_a_thing_that_was_done(house: House) -> None:
    finding = write(house)
    reply = reply_to(house, finding)
    assert house.client.get("/did").text.count("One more bus") == 0
    before = house.as_(PRIYA).get(reply).text
    assert "Publish its finding first" in before  # said where the button would be, which is not there
    assert "Publish it</button>" not in before
    assert "Publish its finding first" in publish(house, reply)
    assert publish(house, finding) == publish(house, reply) == ""

    page = house.client.get("/did").text
    assert "One more bus at half past three" in page
    assert "Due by 31 March 2027" in page
    one = house.client.get("/did/1").text
    for words in (
        "You said that the last bus is full.",
        "Head of Transport",
        "People do not feel safe on the way home from school.",
        "Workshop at Hill School",
        "12 people were there.",
        "Eleven of twelve walk home alone.",
        "Nothing has been reported yet.",
    ):
        assert words in one, words
    with transaction(house.engine) as session:
        assert consultation_of(session).replied_on is None  # more may be heard: it is open

    house.clock.forward(days=150)
    house.signed_in.clear()
    assert "Late by 19 days" in house.client.get("/did").text
    priya = house.as_(PRIYA)
    told = {"words": "It runs since Monday.", "how": "done"}
    priya.post(f"{reply}/updates", data={**told, "seen": seen(priya.get(reply).text)})
    done = house.client.get("/did/1").text
    assert "Done on 19 April 2027" in done
    assert "That was 19 days late." in done
    assert "It runs since Monday." in done
    with transaction(house.engine) as session:
        did = [one.did for one in session.exec(select(AuditEntry)) if "reply" in one.object]
    assert did == ["wrote", "published", "reported as done"]


def test_whoever_wrote_it_does_not_publish_it(house: House) -> None:
    finding = write(house, PRIYA)
    assert "so somebody else looks at it and publishes it." in publish(house, finding)
    assert house.as_(ROSA).post(f"{finding}/publish").status_code == 403
    assert publish(house, finding, "Amara, administrator") == ""


def test_what_cannot_be_published_says_why_in_place_of_the_button(house: House) -> None:
    finding = write(house)
    publish(house, finding)
    mine, reply = reply_to(house, finding, PRIYA), reply_to(house, finding)
    page = house.as_(PRIYA).get(mine).text
    assert "You wrote it or changed it last" in page
    assert "Publish it</button>" not in page
    assert "Publish it</button>" in house.as_(PRIYA).get(reply).text
    with transaction(house.engine) as session:
        kept = session.get_one(Reply, int(reply.rpartition("/")[2]))
        kept.because, kept.due = "", TODAY - dt.timedelta(days=1)
    page = house.as_(PRIYA).get(reply).text
    for words in (
        "You cannot publish it yet:",
        "a reply without a because is none",
        "which is over: choose a day from today on",
    ):
        assert words in page
    assert "Publish it</button>" not in page
    assert "a reply without a because is none" in publish(house, reply)


def test_what_leads_nowhere_is_not_offered_and_says_why(house: House) -> None:
    rosa = house.as_(ROSA)
    page = rosa.get(f"{FINDINGS}/new").text
    for kind, why in (
        ("estimate", "No results of it are published yet"),
        ("note", "No session of it was held and noted yet."),
        ("code", "Nothing that people wrote is coded yet"),
        ("room", "No room has shown its votes yet"),
    ):
        assert f"rests_on={kind}" not in page
        assert why in page
    assert "rests_on=printed" in page
    held(house)
    assert "rests_on=note" in rosa.get(f"{FINDINGS}/new").text


def test_a_plan_that_was_due_at_the_end_of_march_is_late_on_the_first_of_april(house: House) -> None:
    promised(house, promise="A plan", due=dt.date(2027, 3, 31))
    promised(house, promise="Sooner, but done", due=dt.date(2026, 12, 1), done_on=dt.date(2026, 12, 1))
    promised(house, promise="Not due yet", due=dt.date(2027, 4, 2))
    house.clock.moment = house.clock.moment.replace(year=2027, month=3, day=31)
    assert "Late by" not in house.client.get("/did").text
    house.clock.forward(days=1)
    page = house.client.get("/did").text
    assert "Late by 1 day<" in page.replace("</p>", "<")
    places = [page.index(words) for words in ("A plan", "Not due yet", "Sooner, but done")]
    assert places == sorted(places)
    assert "Late by 1 day" in house.client.get("/did/1").text
    assert "late by 1 day" in house.as_(ROSA).get("/staff/replies").text


def test_a_reply_with_everything_wrong_hears_all_of_it_and_loses_nothing(house: House) -> None:
    finding = write(house)
    wrong = {
        "answer": "yes",
        "because": " ",
        "promise": "x" * 301,
        "owner": "",
        "due": "2026-11-19",
        "borough": "X",
    }
    page = house.as_(ROSA).post(f"{finding}/reply", data=wrong)
    assert page.status_code == 422
    for words in (
        "a reply without a because is none",
        "Say who answers for it",
        "there are 301 characters, and room for 300",
        "It would be due on 19 November 2026, which is over",
        "Choose the borough from the list.",
    ):
        assert words in page.text, words
    assert "x" * 301 in page.text
    assert 'value="2026-11-19"' in page.text
    with transaction(house.engine) as session:
        assert session.exec(select(Reply)).first() is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer": ""}, "Choose an answer"),
        ({"promise": "", "due": ""}, "Say what will be done"),
        ({"due": ""}, "Say by which day"),
        ({"due": "soon"}, "“soon” is no day."),
        ({"answer": "no"}, "promises nothing: empty the box"),
    ],
)
def test_a_reply_says_what_it_must(house: House, typed: dict[str, str], said: str) -> None:
    page = house.as_(ROSA).post(f"{write(house)}/reply", data=REPLY | typed)
    assert page.status_code == 422
    assert said in page.text


def test_a_no_needs_neither_a_promise_nor_a_day_and_stands_below_the_promises(house: House) -> None:
    finding = write(house)
    reply = reply_to(house, finding, answer="no", promise="", due="")
    publish(house, finding)
    assert publish(house, reply) == ""
    page = house.client.get("/did").text
    assert "Answered without a promise" in page
    assert "Nothing is promised yet." in page
    assert house.client.get("/did/1").status_code == 200


def test_a_finding_with_everything_wrong_hears_all_of_it_and_loses_nothing(house: House) -> None:
    held(house)
    wrong = {
        "rests_on": "note",
        "chosen": "99",
        "sentence": "s" * 201,
        "quote": ["q" * 301, "", "short"],
        "borough": "nowhere",
    }
    page = house.as_(ROSA).post(f"{FINDINGS}/new", data=wrong)
    assert page.status_code == 422
    for words in (
        "The finding has 201 characters, and there is room for 200",
        "Choose from the list what the finding rests on.",
        "Quote 1 has 301 characters, and there is room for 300.",
        "A quote needs a reader who cleared its words",
        "Tick at least one topic",
        "Choose the borough from the list.",
    ):
        assert words in page.text, words
    assert "s" * 201 in page.text
    assert "q" * 301 in page.text
    with transaction(house.engine) as session:
        assert session.exec(select(Finding)).first() is None


def test_only_rows_that_a_publication_shows_can_be_rested_on(house: House) -> None:
    with transaction(house.engine) as session:
        frozen(session, consultation_of(session), CONTENT, TODAY)
    rosa, asked = house.as_(ROSA), {"rests_on": "estimate", "publication": "1", "question": "worry"}
    assert "Show its figures" in rosa.get(f"{FINDINGS}/new?rests_on=estimate").text
    page = rosa.get(f"{FINDINGS}/new", params=asked | {"by": "borough"}).text
    assert "Lambeth: 50 in every 100 said “" in page
    assert "Southwark:" not in page
    typed = asked | {"by": "borough", "sentence": "Half of Lambeth worries.", "topic": "knives"}
    withheld = rosa.post(f"{FINDINGS}/new", data=typed | {"chosen": "1|worry|very|borough|E09000028"})
    assert "Choose from the list what the finding rests on." in withheld.text
    made = rosa.post(f"{FINDINGS}/new", data=typed | {"chosen": "1|worry|very|borough|E09000022"})
    finding = made.headers["location"].partition("?")[0]
    shown = rosa.get(finding).text
    assert "<strong>50 in every 100</strong> of those who answered say “Very worried”." in shown
    assert "About 90 people answered this." in shown
    assert 'href="/results/safer-streets/1"' in shown
    assert "corrected on" not in shown

    with transaction(house.engine) as session:
        second = Publication(
            consultation_id=1,
            number=2,
            published_on=TODAY + dt.timedelta(days=2),
            published_by=PRIYA,
            correction="A school was counted twice.",
            content=CONTENT,
            checksum="x" * 64,
        )
        session.add(second)
    later = rosa.get(finding).text
    assert "These results were corrected on 22 November 2026." in later
    assert "A school was counted twice." in later
    assert 'href="/results/safer-streets/2"' in later


def test_what_is_published_is_corrected_so_that_it_shows(house: House) -> None:
    finding = write(house, quote="Ali from 9B said it", cleared="yes")
    reply = reply_to(house, finding)
    publish(house, finding)
    publish(house, reply)
    priya = house.as_(PRIYA)
    kept = {name: REPLY[name] for name in ("answer", "because", "promise", "owner")}

    nothing = priya.post(reply, data={**kept, "seen": seen(priya.get(reply).text)})
    assert "Say why you correct it" in nothing.text
    assert "Nothing is different from what stands there." in nothing.text
    gone = priya.post(reply, data={**kept, "promise": "", "why": "x", "seen": seen(priya.get(reply).text)})
    assert "What was promised stays a promise." in gone.text
    changed = {**kept, "owner": "The council", "why": "It moved.", "seen": seen(priya.get(reply).text)}
    assert priya.post(reply, data=changed).status_code == 303
    told = house.client.get("/did/1").text
    for words in (
        "Corrected.",
        "It moved.",
        "Before, it said: <span>Head of Transport</span>",
        "The council",
    ):
        assert words in told, words

    out = {"sentence": NOTE["sentence"], "take_out": "0", "why": "It named somebody."}
    assert priya.post(finding, data={**out, "seen": seen(priya.get(finding).text)}).status_code == 303
    told = house.client.get("/did/1").text
    assert "Ali from 9B" not in told
    assert "Words of a person were taken out." in told

    back = {**changed, "answer": "no", "why": "There is no money.", "seen": seen(priya.get(reply).text)}
    assert priya.post(reply, data=back).status_code == 303
    assert "Taken back" in house.client.get("/did").text
    assert house.as_(ROSA).post(f"{reply}/discard").status_code == 409


def test_another_day_is_said_and_the_promised_one_stays(house: House) -> None:
    promised(house, promise="A plan", due=TODAY + dt.timedelta(days=5))
    house.clock.forward(days=7)
    priya = house.as_(PRIYA)
    told = {"words": "The builder is ill.", "how": "on", "expected_on": "2026-12-24"}
    assert (
        priya.post(
            "/staff/replies/1/updates", data={**told, "seen": seen(priya.get("/staff/replies/1").text)}
        ).status_code
        == 303
    )
    page = house.client.get("/did/1").text
    assert "Late by 2 days" in page
    assert "It was promised by 25 November 2026. Now it is expected by 24 December 2026." in page

    wrong = {"words": "", "expected_on": "2020-01-01", "how": "done", "seen": "x"}
    refused = priya.post("/staff/replies/1/updates", data=wrong)
    assert refused.status_code == 422
    for words in ("Say what happened.", "by which you expect it now is over", "Somebody changed it since"):
        assert words in refused.text, words


def test_what_was_done_can_be_open_again(house: House) -> None:
    promised(house, due=TODAY, done_on=TODAY)
    priya = house.as_(PRIYA)
    told = {"words": "It broke.", "how": "reopen", "seen": seen(priya.get("/staff/replies/1").text)}
    priya.post("/staff/replies/1/updates", data=told)
    house.clock.forward(days=1)
    page = house.client.get("/did/1").text
    assert "Not done after all." in page
    assert "Late by 1 day" in page


def test_two_who_write_at_once_lose_nothing(house: House) -> None:
    finding = write(house)
    page = house.as_(ROSA).get(finding).text
    mine = NOTE | {"sentence": "Mine.", "seen": seen(page)}
    theirs = NOTE | {"sentence": "Theirs.", "seen": seen(page)}
    assert house.as_(PRIYA).post(finding, data=theirs).status_code == 303
    late = house.as_(ROSA).post(finding, data=mine)
    assert late.status_code == 422
    assert "Somebody changed this while you wrote." in late.text
    assert "Mine." in late.text
    with transaction(house.engine) as session:
        assert session.exec(select(Finding.sentence)).one() == "Theirs."
    old = house.as_("Amara, administrator").post(f"{finding}/publish", data={"seen": seen(page)})
    assert "Somebody changed it since you looked." in old.text


def test_a_draft_can_be_thrown_away(house: House) -> None:
    finding = write(house)
    reply = reply_to(house, finding)
    assert house.as_(ROSA).post(f"{reply}/discard").headers["location"] == finding
    reply_to(house, finding)
    assert house.as_(ROSA).post(f"{finding}/discard").headers["location"] == FINDINGS
    with transaction(house.engine) as session:
        assert not session.exec(select(Finding)).all()
        assert not session.exec(select(Reply)).all()


def test_it_is_read_in_other_languages_as_far_as_it_is_written(house: House) -> None:
    switch_on(house, "ar")
    finding = write(house)
    reply = reply_to(house, finding)
    publish(house, finding)
    publish(house, reply)
    ben = house.as_(BEN)
    for address, words in (
        (finding, {"ar sentence": "لا نشعر بالأمان."}),
        (reply, {"ar promise": "حافلة أخرى"}),
    ):
        page = ben.get(f"{address}/languages").text
        assert ben.post(f"{address}/languages", data={**words, "seen": seen(page)}).status_code == 303
    arabic = house.client.get("/did/1?lang=ar").text
    assert "لا نشعر بالأمان." in arabic
    assert "حافلة أخرى" in house.client.get("/did?lang=ar").text
    assert '<span lang="en" dir="auto">You said that the last bus is full.</span>' in arabic
    long = ben.post(
        f"{reply}/languages", data={"bn because": "ক" * 801, "seen": seen(ben.get(f"{reply}/languages").text)}
    )
    assert "and room for 800." in long.text


def test_the_list_is_narrowed_by_topic_and_borough(house: House) -> None:
    promised(house, promise="Buses", topics=["travel"], borough="E09000022")
    promised(house, promise="Clubs", topics=["places"])
    everything = house.client.get("/did").text
    assert "Buses" in everything
    assert "Clubs" in everything
    assert "Lambeth" in everything
    travel = house.client.get("/did?topic=travel").text
    assert "Buses" in travel
    assert "Clubs" not in travel
    assert "/did.atom?topic=travel" in travel
    assert "Clubs" not in house.client.get("/did?borough=E09000022").text
    assert "Clubs" not in house.as_(ROSA).get("/staff/replies?borough=E09000022").text
    assert "Nothing is promised there yet." in house.client.get("/did?topic=online").text
    assert "Clubs" in house.client.get("/did?topic=<script>&borough=%00").text


def test_without_anything_the_list_says_so(house: House) -> None:
    assert "Nothing is promised yet." in house.client.get("/did").text
    assert "There is none yet." in house.as_(ROSA).get("/staff/replies").text
    assert "Nothing is written yet." in house.as_(ROSA).get(FINDINGS).text
    assert (
        "No results of it are published yet" in house.as_(ROSA).get(f"{FINDINGS}/new?rests_on=estimate").text
    )
    assert "There is nothing of that kind" in house.as_(ROSA).get(f"{FINDINGS}/new?rests_on=note").text
    assert "There is no such promise" in house.client.get("/did/7").text


def test_what_is_made_up_is_labelled_and_what_was_printed_is_not(house: House) -> None:
    promised(house)
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().synthetic = True
    assert "Practice: this is made up." not in house.client.get("/did").text
    finding = write(house)
    reply = reply_to(house, finding)
    publish(house, finding)
    publish(house, reply)
    assert len(re.findall("Practice: this is made up.", house.client.get("/did").text)) == 1


def test_words_that_name_somebody_are_gone_for_good_wherever_they_stood(house: House) -> None:
    promised(house, because="Mr Khan wants it.", owner="The council", sentence="Mr Khan is heard.")
    priya = house.as_(PRIYA)
    kept = {
        "answer": "yes",
        "promise": "Promise 1",
        "owner": "The council",
        "names": "yes",
        "why": "It named somebody.",
    }
    for address, words in (
        ("/staff/replies/1", {**kept, "because": "It is wanted."}),
        ("/staff/findings/1", {"sentence": "One is heard.", "names": "yes", "why": "It named somebody."}),
    ):
        changed = priya.post(address, data={**words, "seen": seen(priya.get(address).text)})
        assert changed.status_code == 303
    told = {"words": "Mr Khan was there.", "how": "on", "seen": seen(priya.get("/staff/replies/1").text)}
    priya.post("/staff/replies/1/updates", data=told)
    assert "Mr Khan was there." in house.client.get("/did/1").text
    priya.post("/staff/updates/1/hide")
    page = house.client.get("/did/1").text
    assert "Khan" not in page
    assert page.count("Some words were taken out here, because they named somebody.") == 3
    with transaction(house.engine) as session:
        for kind in (Finding, Reply, Correction, Update, AuditEntry):
            assert "Khan" not in str([row.model_dump() for row in session.exec(select(kind))])
