"""Sessions and what is counted there: never more than came, counts and words, never an interval."""

import datetime as dt
import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, delete, select

from analysis.disclosure import Rule
from questions import read as read_set
from survey import tallied
from survey.db import transaction
from survey.models import Consultation, Design, Kind, Meeting, Setting, Tally
from survey.offline import numbers
from survey.offline.tallies import too_many
from tests.survey.conftest import TINY, House
from tests.survey.on_paper import (
    AMARA,
    FEMI,
    covered,
    number,
    printed,
    sentences,
    typed,
    workshop,
)

SESSIONS = "/staff/consultations/safer-streets/meetings"
HELD = {
    "title": "Workshop at Hill Club",
    "held_on": "2026-11-17",
    "where": "Hill Club, Brixton",
    "host": "Hill Club",
    "audience": "young people",
    "people": "24",
    "about": "",
    "note": "Many said that the way home is the worst part.",
}
SET = read_set(TINY)


def held(house: House, **other: str) -> int:
    """Add a session; its number."""
    answer = house.as_(FEMI).post(SESSIONS, data=HELD | other)
    assert answer.status_code == 303, sentences(answer.text)
    with transaction(house.engine) as session:
        return max(one.id or 0 for one in session.exec(select(Meeting)).all())


def count(house: House, meeting: int, collection: int, **told: str) -> tuple[int, str]:
    """Type counts, named like worry_very; the status and what is said."""
    data = {f"n {key.replace('__', ' ')}": words for key, words in told.items()}
    answer = house.as_(FEMI).post(f"/staff/meetings/{meeting}/tallies/{collection}", data=data)
    return answer.status_code, sentences(answer.text)


def tallies(house: House) -> dict[str, dict[str, int]]:
    with transaction(house.engine) as session:
        return {one.question: one.counts for one in session.exec(select(Tally)).all()}


def test_a_session_is_added_changed_and_read_by_everybody(house: House) -> None:
    meeting = held(house)
    held(house, title="For parents", audience="adults", people="11", note="")
    page = sentences(house.as_("Rosa, reader").get(SESSIONS).text)
    assert page.index("Young people") < page.index("Workshop at Hill Club") < page.index("For parents")
    change = HELD | {"people": "25", "host": "Hill Club and friends"}
    assert house.as_(FEMI).post(f"/staff/meetings/{meeting}", data=change).status_code == 303
    public = sentences(house.client.get("/c/safer-streets/counted").text)
    assert "25 people came" in public
    assert "Hill Club and friends" in public
    assert "the way home is the worst part" in public
    assert public.index("Young people") < public.index("Adults") < public.index("For parents")


def test_every_fault_of_a_session_is_said_at_once_and_nothing_is_lost(house: House) -> None:
    told = {"title": "", "held_on": "soon", "where": "", "people": "many", "audience": "", "note": "Keep me"}
    answer = house.as_(FEMI).post(SESSIONS, data=HELD | told)
    assert answer.status_code == 422
    for words in (
        "Give it a name",
        "“soon” is no day",
        "Say where it is",
        "“many” is no number",
        "Say whom it is for",
    ):
        assert words in answer.text
    assert "Keep me" in answer.text


def test_nobody_can_have_counted_who_comes_tomorrow(house: House) -> None:
    answer = house.as_(FEMI).post(SESSIONS, data=HELD | {"held_on": "2026-11-25"})
    assert "nobody can have counted who came" in answer.text
    held(house, held_on="2026-11-25", people="")
    assert "Workshop at Hill Club" not in house.client.get("/c/safer-streets/counted").text


def test_counts_are_kept_and_never_more_than_came(house: House) -> None:
    collection = workshop(house, kind=Kind.TALLY)
    meeting = held(house)
    status, told = count(house, meeting, collection, worry__very="20", worry__fairly="5", helps__clubs="3")
    assert status == 422
    assert "Question 1: the counts add up to 25, and 24 people came." in told
    status, told = count(house, meeting, collection, helps__clubs="25", helps__lights="x")
    assert "“x” is no count" in told
    status, told = count(house, meeting, collection, helps__clubs="25", helps__lights="20")
    assert "Question 2: 25 people ticked one answer, and 24 came." in told
    assert tallies(house) == {}
    page = house.as_(FEMI).post(
        f"/staff/meetings/{meeting}/tallies/{collection}", data={"n worry very": "77"}
    )
    assert 'value="77"' in page.text

    assert count(house, meeting, collection, worry__very="12", worry__fairly="9", helps__clubs="20")[0] == 303
    kept = tallies(house)
    assert {code: n for code, n in kept["worry"].items() if n} == {"very": 12, "fairly": 9}
    fewer = house.as_(FEMI).post(f"/staff/meetings/{meeting}", data=HELD | {"people": "20"})
    assert fewer.status_code == 422
    assert "21 people are in what was counted here" in fewer.text
    assert count(house, meeting, collection, worry__very="12", worry__fairly="9")[0] == 303
    assert set(tallies(house)) == {"worry"}


def test_counts_wait_until_it_is_known_how_many_came(house: House) -> None:
    collection = workshop(house, kind=Kind.TALLY)
    meeting = held(house, people="")
    answer = house.as_(FEMI).get(f"/staff/meetings/{meeting}/tallies/{collection}")
    assert answer.status_code == 409
    assert "First say how many came" in answer.text


def test_counts_are_read_as_counts_with_their_base(house: House) -> None:
    collection, meeting = workshop(house, kind=Kind.TALLY), held(house)
    count(
        house,
        meeting,
        collection,
        worry__very="12",
        worry__fairly="6",
        worry__not_very="2",
        helps__clubs="15",
    )
    page = house.client.get("/c/safer-streets/counted").text
    told = sentences(page)
    assert "20 people answered." in told
    assert "12 of 20: Very worried" in told
    assert "6 of 20: Fairly worried" not in told  # by subtraction it would tell of the two
    assert "The other 8: Fairly worried · Not very worried" in told
    assert "Asked of 24 people. Each could choose more than one." in told
    assert "15 of 24: More clubs" in told
    assert "%" not in told
    assert "interval" not in told


@given(st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_no_count_of_a_few_is_shown_or_left_over(people: list[int]) -> None:
    question = SET.question("worry")
    told = dict(zip(question.codes, people, strict=True))
    found = tallied.of_counts(question, told, sum(people), Rule())
    for each in found.shown.values():
        assert min(each, found.base - each) >= 5 or (each in (0, found.base) and found.base >= 30)
    if found.rest and found.shown:
        assert len(found.rest) >= 2
        assert found.others == sum(told[code] for code in found.rest)
        assert min(found.others, found.base - found.others) >= 5


@pytest.mark.parametrize(("key", "counts", "good"), [("worry", (10, 14), True), ("worry", (10, 15), False)])
def test_a_question_with_one_answer_adds_up_to_no_more_than_came(
    key: str, counts: tuple[int, int], good: bool
) -> None:
    told = dict(zip(("very", "fairly"), counts, strict=True))
    assert (too_many(SET.question(key), told, 24) == "") is good
    assert too_many(SET.question("helps"), {"clubs": 24, "lights": 24}, 24) == ""


# HMP Isis: the third acceptance story


def fill_in(house: House, letters: str) -> None:
    """Fourteen forms, typed by one officer and checked by the other."""
    for place in range(1, 15):
        worry = "1" if place <= 6 else "2" if place <= 11 else "3" if place < 14 else "4"
        said = {"worry": worry, "why": f"Words of form {place}" if worry == "1" else ""}
        assert typed(house, FEMI, number(letters, place), **said)[0] == 303
        if place == 9:  # the officer took a 2 for a 3, and the other saw it
            assert typed(house, AMARA, number(letters, place), "second", **said, years="5")[0] == 303
            settled = {"step": "settle", "which years": "first"}
            assert (
                house.as_(AMARA).post(f"/staff/forms/{number(letters, place)}", data=settled).status_code
                == 303
            )
        else:
            assert typed(house, AMARA, number(letters, place), "second", **said)[0] == 303


def test_a_prison_workshop_on_paper_is_published_as_words(house: House) -> None:
    """The pack is printed, 14 forms are typed by one officer and checked by another, and published as words."""
    collection = workshop(house)
    femi, amara = house.as_(FEMI), house.as_(AMARA)
    for sheet in ("guide?for=prison", "guide?for=school", "guide?for=talk", "tally-sheet"):
        assert femi.get(f"/staff/collections/{collection}/paper/{sheet}").status_code == 200
    guide = sentences(femi.get(f"/staff/collections/{collection}/paper/guide?for=prison").text)
    for words in (
        "It is up to you",
        "We do not know who you are",
        "safer custody",
        "orderly officer",
        "cover",
    ):
        assert words in guide
    letters = printed(house, collection, 14)
    assert femi.get(f"/staff/batches/{letters}/forms").text.count('class="form-number"') == 15
    covered(house, letters, "2026-11-18")
    fill_in(house, letters)
    assert len(house.responses()) == 14
    assert {one.submitted_on for one in house.responses()} == {dt.date(2026, 11, 18)}

    before = sentences(house.client.get("/c/safer-streets/counted").text)
    assert "Nothing is published here yet." in before
    page = sentences(amara.get(f"/staff/collections/{collection}/paper").text)
    assert "6 of 14: Very worried" in page
    address = f"/staff/collections/{collection}/paper/words"
    assert amara.post(address, data={"seen": "13"}).status_code == 422
    assert amara.post(address, data={"seen": "14"}).status_code == 303
    public = house.client.get("/c/safer-streets/counted").text
    told = sentences(public)
    for words in ("HMP Isis", "14 people filled in a form.", "6 of 14: Very worried", "The other 8:"):
        assert words in told
    for never in ("%", "interval", "Words of form", letters):
        assert never not in told
    assert amara.post(address, data={"seen": "14"}).status_code == 422


def test_after_publishing_no_form_comes_in(house: House) -> None:
    collection = workshop(house)
    letters = printed(house, collection, 12)
    covered(house, letters)
    typed(house, FEMI, number(letters, 1))
    words = f"/staff/collections/{collection}/paper/words"
    refused = house.as_(AMARA).post(words, data={"seen": "0"})
    assert refused.status_code == 422
    assert f"typed and not checked yet: {number(letters, 1)}" in refused.text
    typed(house, AMARA, number(letters, 1), "second")
    assert house.as_(AMARA).post(words, data={"seen": "1"}).status_code == 303
    status, told = typed(house, FEMI, number(letters, 2))
    assert status == 409
    assert "No form can come in any more" in told
    assert (
        house.as_(FEMI)
        .post(
            f"/staff/collections/{collection}/paper", data={"setting": "HMPSXX", "lang": "en", "forms": "3"}
        )
        .status_code
        == 422
    )
    told = sentences(house.client.get("/c/safer-streets/counted").text)
    assert "We do not say how many gave each answer" in told


def test_a_collection_with_percentages_is_not_published_as_words(house: House) -> None:
    collection = workshop(house, Design.GATEKEPT)
    refused = house.as_(AMARA).post(f"/staff/collections/{collection}/paper/words", data={"seen": "0"})
    assert refused.status_code == 422
    assert "a design with percentages" in refused.text


# The questions, for everybody


def test_everybody_can_read_and_print_the_questions(house: House) -> None:
    page = house.client.get("/c/safer-streets/paper")
    assert page.status_code == 200
    assert "How worried are you about knife crime?" in page.text
    assert "Not very worried" in page.text
    assert 'class="large"' not in page.text
    large = house.client.get("/c/safer-streets/paper?size=large&lang=xx")
    assert 'class="large"' in large.text
    assert house.client.get("/c/nowhere/paper").status_code == 404


def test_what_is_prepared_or_not_open_yet_shows_no_questions(house: House) -> None:
    house.clock.moment -= dt.timedelta(days=20)
    assert house.client.get("/c/safer-streets/paper").status_code == 404
    house.clock.moment += dt.timedelta(days=20)
    with transaction(house.engine) as session:
        session.exec(select(Consultation)).one().planning = True
    for what in ("paper", "counted"):
        assert house.client.get(f"/c/safer-streets/{what}").status_code == 404


@pytest.mark.parametrize("module", [numbers, tallied])
def test_the_examples_in_the_words_about_the_code_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_session_that_is_added_twice_is_listed_once(house: House) -> None:
    held(house)
    again = house.as_(FEMI).post(SESSIONS, data=HELD)
    assert again.status_code == 422
    assert "This session stands in the list already" in sentences(again.text)
    with transaction(house.engine) as session:
        assert len(session.exec(select(Meeting)).all()) == 1


def test_a_tally_says_that_it_is_counted_in_sessions_and_not_that_nobody_can_answer(house: House) -> None:
    collection, meeting = workshop(house, kind=Kind.TALLY), held(house)
    with transaction(house.engine) as session:
        session.execute(delete(Setting).where(col(Setting.collection_id) == collection))
    page = sentences(house.as_(FEMI).get(f"/staff/collections/{collection}").text)
    assert "nobody can answer" not in page
    assert "typed in on the page of that session. None is counted yet." in page
    count(house, meeting, collection, worry__very="12", worry__fairly="6", helps__clubs="15")
    page = sentences(house.as_(FEMI).get(f"/staff/collections/{collection}").text)
    assert "Sessions counted 1" in page
    assert "1 session is counted." in page
