"""Staff choose other words for a sentence: at once, in one language, losing nothing that is filled in."""

import pytest
from httpx2 import Response
from sqlmodel import select

from survey.db import transaction
from survey.models import AuditEntry
from survey.vocabulary import Vocabulary
from survey.words import sentences
from tests.survey.conftest import CODE, House, switch_on


def choose(house: House, sentence: str, words: str, language: str = "en", form: int = 0) -> Response:
    """Ask for other words, as a designer."""
    asked = {"language": language, "sentence": sentence, "form": str(form), "words": words, "search": "x y"}
    return house.as_("Ben, designer").post("/staff/words", data=asked)


def test_other_words_stand_at_once_and_go_when_they_are_taken_out(house: House) -> None:
    assert ">Yes, start<" in house.client.get(f"/s/{CODE}").text
    answer = choose(house, "Yes, start", "Let’s go")
    assert answer.headers["location"] == "/staff/words?language=en&search=x+y"
    assert ">Let’s go<" in house.client.get(f"/s/{CODE}").text
    assert ">বেশ<" not in house.client.get("/?lang=bn").text
    choose(house, "Yes, start", "")
    assert ">Yes, start<" in house.client.get(f"/s/{CODE}").text


@pytest.mark.parametrize(
    "words",
    [
        "</strong>Made up<strong>",
        "<strong>a</strong> <strong>b</strong>",
        "<strong>Made\u202e up.</strong>",
        "<strong>" + "a" * 600 + "</strong>",
    ],
)
def test_words_that_would_break_a_page_are_refused(house: House, words: str) -> None:
    made_up = "<strong>Made-up answers.</strong> This is a practice survey. Nothing here is a real finding."
    assert choose(house, made_up, words).status_code == 422


def test_another_language_and_a_plural_have_their_own_words(house: House) -> None:
    switch_on(house, "bn")
    choose(house, "Got a code?", "কোড পেয়েছ?", "bn")
    choose(house, "It takes about %(num)s minute.", "Takes %(num)s minutes, no more.", form=1)
    assert "কোড পেয়েছ?" in house.client.get("/?lang=bn").text
    assert "Got a code?" in house.client.get("/").text
    assert "Takes 2 minutes, no more." in house.client.get(f"/s/{CODE}").text


def test_a_message_that_a_handler_raises_has_other_words_too(house: House) -> None:
    choose(house, "We do not know that code", "No such code")
    assert "<h1>No such code</h1>" in house.client.get("/s/NOSUCH").text


@pytest.mark.parametrize(
    ("sentence", "words", "told"),
    [
        ("Question %(place)s", "Next question", "%(place)s"),
        ("Question %(place)s", "Question %(place)s of %(all)s", "%(place)s"),
        ("Yes, start", "<b>Yes, start</b>", "nothing"),
        ("Yes, start", "{{ key }}", "Leave out"),
        ("Yes, start", "100 %", "Leave out"),
        ("Yes, start", 'Say "go"', "Leave out"),
    ],
)
def test_words_that_lose_what_is_filled_in_are_refused(
    house: House, sentence: str, words: str, told: str
) -> None:
    refused = choose(house, sentence, words)
    assert (refused.status_code, told in refused.text.partition('role="alert"')[2][:300]) == (422, True)
    assert choose(house, "Never said", "x").status_code == 404


def test_the_page_finds_sentences_by_their_words_and_notes_who_changed_them(house: House) -> None:
    choose(house, "Leave now", "Hide this", "en")
    page = house.as_("Ben, designer").get("/staff/words?language=ar&search=خروج الآن").text
    assert "<strong>Leave now</strong>" in page
    assert "not reviewed by a native speaker" in page
    assert "<strong>Yes, start</strong>" not in page
    with transaction(house.engine) as session:
        noted = session.exec(select(AuditEntry).where(AuditEntry.did == "chose the words")).one()
        assert (noted.who, noted.object, noted.why) == ("Ben, designer", "en: Leave now", "Hide this")


def test_another_process_hears_of_it_and_a_database_that_is_away_changes_nothing(house: House) -> None:
    other = Vocabulary(house.engine, house.app.state.installation.catalogues)
    before = other.languages()["en"]
    choose(house, "Yes, start", "Go")
    assert other.languages()["en"] is before
    other.look_again()
    assert other.languages()["en"].gettext("Yes, start") == "Go"
    spoken = other.languages()["en"]
    other.look_again()
    assert other.languages()["en"] is spoken


def test_every_sentence_can_be_found() -> None:
    assert sentences()["It takes about %(num)s minute.", 1] == "It takes about %(num)s minutes."
    assert {("Yes, start", 0), ("Words", 0), ("Please sign in", 0)} <= sentences().keys()
