"""Forms on paper: numbered, typed by one person, typed again by another who does not see it, settled, and in."""

import datetime as dt
import re
import string
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from questions import read as read_set
from survey import counts
from survey.db import transaction
from survey.measuring import kept
from survey.models import AuditEntry, Batch, Collection, ConsentRoute, Design, Permission, Written
from survey.offline.forms import against_its_cover
from survey.offline.numbers import LETTERS, SIGNS, FormNumber, WrongNumber, read
from survey.offline.typed import FilledIn, differences, meant, short_codes
from survey.offline.typed import read as read_typed
from survey.settings import Settings
from tests.survey.conftest import TINY, House
from tests.survey.on_paper import (
    AMARA,
    DAY,
    FEMI,
    GOOD,
    ISIS,
    covered,
    forms,
    number,
    printed,
    sentences,
    typed,
    workshop,
)

SET = read_set(TINY)
MANY = st.text(LETTERS, min_size=4, max_size=4)


# A form's number


@given(MANY, st.integers(1, 200), st.integers(0, 7), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_never_another_form(letters: str, place: int, at: int, sign: str) -> None:
    plain = str(FormNumber(letters, place)).replace("-", "")
    wrong = plain[:at] + sign + plain[at + 1 :]
    if wrong == plain:
        assert read(wrong) == (letters, place)
    else:
        with pytest.raises(WrongNumber):
            read(wrong)


@given(MANY, st.integers(1, 200), st.integers(0, 7), st.integers(0, 7))
def test_two_signs_that_changed_places_are_never_another_form(
    letters: str, place: int, one: int, other: int
) -> None:
    signs = list(str(FormNumber(letters, place)).replace("-", ""))
    signs[one], signs[other] = signs[other], signs[one]
    if "".join(signs) != str(FormNumber(letters, place)).replace("-", ""):
        with pytest.raises(WrongNumber):
            read("".join(signs))


@pytest.mark.parametrize("told", ["kprw0149", "KPRW 014 9", "kprw-o14-9", " KPRW‐014‐9 "])
def test_a_number_is_read_as_people_type_it(told: str) -> None:
    assert read(told) == ("KPRW", 14)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("", "four letters, three figures"),
        ("KPRW-014", "four letters, three figures"),
        ("KPRW-015-9", "its last sign does not go with the others"),
        (string.printable, "four letters, three figures"),
    ],
)
def test_a_wrong_number_says_how_to_mend_it(told: str, why: str) -> None:
    with pytest.raises(WrongNumber, match=why):
        read(told)


# What is typed


def test_a_code_may_be_typed_as_itself_or_as_what_is_printed_beside_it() -> None:
    one = read_typed(SET, GOOD)
    other = read_typed(SET, GOOD | {"worry": "VERY", "helps": "police, clubs", "borough": "e09000022"})
    assert one.answers == other.answers
    assert one.answers == {
        "worry": "very",
        "why": "Fights on my road.",
        "helps": ["clubs", "police"],
        "years": 4,
        "borough": "E09000022",
    }
    assert differences(SET, GOOD, GOOD | {"worry": "very", "helps": "3 1", "why": "fights on my road"}) == ()


def test_codes_that_are_figures_are_typed_as_they_are() -> None:
    years = replace(SET.question("worry"), choices=tuple(SET.question("worry").choices))
    assert short_codes(years)["very"] == "1"
    school = read_set(
        TINY.replace('"very"', '"7"').replace("'very'", "'7'").replace('"fairly"', '"8"')
    ).question("worry")
    assert short_codes(school) == {}


def test_marks_count_as_not_answered_and_are_told_apart() -> None:
    found = read_typed(SET, {"worry": "=", "helps": "?", "years": "-", "borough": "-"})
    assert not found.faults
    assert found.answers == {"worry": None, "helps": None, "years": None, "borough": None}
    assert found.marks == {"=": 1, "?": 1}


@pytest.mark.parametrize(
    ("told", "key", "why"),
    [
        ({"worry": "9"}, "worry", "“9” is no answer to question 1. Its codes are 1 to 6"),
        ({"worry": "1 2"}, "worry", "takes one answer. If two are crossed, type ="),
        ({"worry": ""}, "worry", "Question 1 is still empty. Type - if it was not answered."),
        ({"helps": "1 2 3"}, "helps", "Untick 1. If the form has more crosses than that, type ="),
        ({"helps": "1 4"}, "helps", "Untick one or the other"),
        ({"years": "40"}, "years", "Write a number from 0 to 25. If the form says so, type ?"),
        ({"years": "some"}, "years", "Write a whole number in figures"),
        ({"why": "x" * 201}, "why", "There is room for 200"),
    ],
)
def test_what_cannot_be_is_said_at_its_question(told: dict[str, str], key: str, why: str) -> None:
    found = read_typed(SET, GOOD | told)
    assert list(found.faults) == [key]
    assert why in found.faults[key]


def test_what_should_have_been_passed_over_does_not_count_and_may_stay_empty() -> None:
    passed = read_typed(SET, GOOD | {"worry": "2", "why": "I wrote here even so"})
    assert passed.aside == ("why",)
    assert "why" not in passed.answers
    assert not read_typed(SET, GOOD | {"worry": "2", "why": ""}).faults


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([one.key for one in SET.questions]), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(told: dict[str, str]) -> None:
    found = read_typed(SET, told)
    assert isinstance(found, FilledIn)
    assert all(len(words) > 10 for words in found.faults.values())
    for question in SET.questions:
        assert meant(question, told.get(question.key, ""))


# From the printer to a response


def test_a_form_goes_in_once_two_people_agree(house: House) -> None:
    letters = printed(house, workshop(house), 3)
    covered(house, letters)
    form = number(letters, 1)
    assert typed(house, FEMI, form) == (303, f"/staff/batches/{letters}?done={form}&how=typed")
    assert house.responses() == []
    assert typed(house, AMARA, form, "second", helps="clubs police")[1].endswith("how=in")
    (response,) = house.responses()
    assert response.answers == {**read_typed(SET, GOOD).answers, "why": "wrote"}
    with Session(house.engine) as session:
        assert session.exec(select(Written.words)).one() == "Fights on my road."  # it waits for a reader
    assert (response.submitted_on, response.started_on) == (dt.date(2026, 11, 18), dt.date(2026, 11, 18))
    assert (response.language, response.route, response.borough) == ("en", "own", "E09000022")
    assert (response.quarter, response.quick, response.receipt_hash, response.turns) == (None, None, None, {})
    (kept_form,) = forms(house)
    assert (kept_form.typed, kept_form.checked, kept_form.alone) == ({}, {}, False)
    assert "Checked and in" in sentences(house.as_(FEMI).get(f"/staff/batches/{letters}").text)


def test_the_second_person_sees_nothing_of_the_first(house: House) -> None:
    letters = printed(house, workshop(house), 3)
    covered(house, letters)
    form = number(letters, 2)
    typed(house, FEMI, form, why="Only Femi has seen this")
    page = house.as_(AMARA).get(f"/staff/forms/{form}").text
    assert "Only Femi has seen this" not in page
    assert 'value="1"' not in page
    wrong = typed(house, AMARA, form, "second", worry="9")
    assert wrong[0] == 422
    assert "Only Femi has seen this" not in wrong[1]


def test_differences_are_shown_side_by_side_and_settled_by_the_paper(house: House) -> None:
    letters = printed(house, workshop(house), 3)
    covered(house, letters)
    form = number(letters, 3)
    typed(house, FEMI, form, years="4", helps="1")
    assert typed(house, AMARA, form, "second", years="14", helps="2") == (303, f"/staff/forms/{form}")
    page = house.as_(AMARA).get(f"/staff/forms/{form}")
    assert "More clubs" in page.text
    assert "Better lights" in page.text
    assert "What makes you worry?" not in page.text
    assert "somebody else has to" in sentences(house.as_(FEMI).get(f"/staff/forms/{form}").text).lower()

    half = house.as_(AMARA).post(
        f"/staff/forms/{form}", data={"step": "settle", "which years": "first", "other helps": "3"}
    )
    assert half.status_code == 422
    assert (
        half.text.count('<a href="#d-helps">Question 3: look at the form, and choose what it says.</a>') == 1
    )
    assert "Question 4" not in half.text
    assert 'value="3"' in half.text
    wrong = {"step": "settle", "which years": "first", "which helps": "other", "other helps": "9"}
    assert "“9” is no answer to question 3" in house.as_(AMARA).post(f"/staff/forms/{form}", data=wrong).text
    good = wrong | {"other helps": "1 2"}
    assert house.as_(AMARA).post(f"/staff/forms/{form}", data=good).status_code == 303
    (response,) = house.responses()
    assert (response.answers["years"], response.answers["helps"]) == (4, ["clubs", "lights"])


def test_what_is_not_settled_is_named_once_each_before_what_it_leads_to(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form, worry="1", helps="1", years="4")
    typed(house, AMARA, form, "second", worry="2", why="", helps="2", years="5")
    none = house.as_(AMARA).post(f"/staff/forms/{form}", data={"step": "settle"})
    said = re.findall(r'<li><a href="#d-(\w+)">(Question \d): [^<.]*\.</a></li>', none.text)
    assert said == [
        ("worry", "Question 1"),
        ("why", "Question 2"),
        ("helps", "Question 3"),
        ("years", "Question 4"),
    ]
    assert all(none.text.count(f'id="d-{key}"') == 1 for key, _which in said)


def test_an_answer_that_settling_puts_on_the_path_is_asked_for(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form, worry="2", why="")
    typed(house, AMARA, form, "second", worry="3", why="")
    chosen = {"step": "settle", "which worry": "other", "other worry": "1"}
    refused = house.as_(AMARA).post(f"/staff/forms/{form}", data=chosen)
    assert refused.status_code == 422
    assert '<a href="#d-why">Question 2 is still empty. Type - if it was not answered.</a>' in refused.text
    assert 'name="other why"' in refused.text
    assert "Both of you left it empty." in refused.text
    assert 'name="other helps"' not in refused.text
    more = chosen | {"other why": "It is dark."}
    assert house.as_(AMARA).post(f"/staff/forms/{form}", data=more | {"other worry": "9"}).status_code == 422
    assert house.as_(AMARA).post(f"/staff/forms/{form}", data=more).status_code == 303
    assert (house.responses()[0].answers["worry"], house.responses()[0].answers["why"]) == ("very", "wrote")


def test_what_two_people_agree_on_is_not_changed_while_others_are_settled(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form, years="4")
    typed(house, AMARA, form, "second", years="5")
    sent = {"step": "settle", "which years": "first", "other helps": "2"}
    assert house.as_(AMARA).post(f"/staff/forms/{form}", data=sent).status_code == 303
    assert house.responses()[0].answers["helps"] == ["clubs", "police"]


def test_whoever_typed_a_form_cannot_check_it(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form)
    status, told = typed(house, FEMI, form, "second")
    assert status == 409
    assert "Somebody else has to type it again" in told
    assert house.responses() == []
    assert house.as_(FEMI).post(f"/staff/forms/{form}", data={"step": "again"}).status_code == 303
    assert forms(house) == []


def test_one_person_may_do_both_where_the_installation_allows_it_and_the_record_says_so(house: House) -> None:
    here = house.app.state.installation
    object.__setattr__(here, "settings", replace(here.settings, four_eyes=False))
    assert Settings().four_eyes
    letters = printed(house, workshop(house), 2)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form)
    assert typed(house, FEMI, form)[0] == 409  # sent twice, it is not its own check
    assert typed(house, FEMI, form, "second")[0] == 303
    assert forms(house)[0].alone
    assert "typed and checked by one person" in house.as_(FEMI).get(f"/staff/batches/{letters}").text
    with transaction(house.engine) as session:
        why = session.exec(select(AuditEntry.why).where(AuditEntry.did == "checked")).one()
    assert why == "typed and checked by one person, as this installation allows"


def test_a_form_is_taken_once(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form)
    typed(house, AMARA, form, "second")
    for who in (FEMI, AMARA):
        status, told = typed(house, who, form)
        assert status == 409
        assert "It was not taken a second time, and nothing was changed." in told
    assert len(house.responses()) == 1


def test_who_begins_a_form_at_the_same_moment_as_another_is_its_second_person(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    assert house.as_(AMARA).get(f"/staff/forms/{form}").status_code == 200
    typed(house, FEMI, form)
    assert typed(house, AMARA, form, "first")[1].endswith("how=in")


def test_two_people_who_press_at_once_make_one_response(house: House) -> None:
    letters = printed(house, workshop(house), 4)
    covered(house, letters)
    both = [house.as_(FEMI), house.as_(AMARA)]
    for place in range(1, 5):
        address = f"/staff/forms/{number(letters, place)}"
        data = {"step": "first"} | {f"a {key}": words for key, words in GOOD.items()}
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda who: who.post(address, data=data).headers["location"], both))  # noqa: B023
        assert sorted(one.rpartition("=")[2] for one in answers) == ["in", "typed"]
    assert len(house.responses()) == 4


def test_a_form_that_nobody_filled_in_makes_no_response_and_can_be_taken_back(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    femi = house.as_(FEMI)
    assert femi.post(f"/staff/forms/{form}", data={"step": "nobody"}).status_code == 303
    assert house.responses() == []
    assert "nobody had filled in this form" in femi.get(f"/staff/forms/{form}").text
    house.as_(AMARA).post(f"/staff/forms/{form}", data={"step": "again"})
    assert typed(house, AMARA, form)[0] == 303


def test_nothing_is_lost_of_a_form_that_is_not_complete(house: House) -> None:
    """Without scripts Enter sends the form: what is typed stays, and the next empty box is where one goes on."""
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    answer = house.as_(FEMI).post(
        f"/staff/forms/{number(letters, 1)}", data={"step": "first", "a worry": "1", "a why": "a\r\nb"}
    )
    assert answer.status_code == 422
    assert "3 boxes are still empty. Nothing is kept yet. Question 3 , Question 4 , Question 5" in sentences(
        answer.text
    )
    assert '<a href="#q-borough">Question 5</a></p>' in answer.text
    assert 'value="1"' in answer.text
    assert (
        'name="a helps" value="" autocapitalize="off" spellcheck="false" aria-describedby="c-helps" autofocus'
        in (answer.text)
    )
    assert forms(house) == []


def test_words_that_are_written_on_several_lines_stay_so(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    form = number(letters, 1)
    typed(house, FEMI, form, why="One.\r\nTwo.")
    typed(house, AMARA, form, "second", why="one\r\n\r\ntwo")
    with Session(house.engine) as session:
        assert session.exec(select(Written.words)).one() == "one\n\ntwo"


# What has to be so first


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"filled_on": "soon"}, "“soon” is no day"),
        ({"filled_on": "2026-11-21"}, "21 November 2026 has not come yet"),
        ({"filled_on": "2026-10-01"}, "1 October 2026 is outside the days of this collection"),
        ({"route": ""}, "Say who decided"),
        ({"route": "setting"}, "No permission for people under 16 is recorded for this setting"),
    ],
)
def test_a_cover_is_held_against_the_collection(house: House, told: dict[str, str], why: str) -> None:
    letters = printed(house, workshop(house), 1)
    answer = house.as_(FEMI).post(f"/staff/batches/{letters}", data={"filled_on": DAY, "route": "own"} | told)
    assert answer.status_code == 422
    assert why in sentences(answer.text)


def test_no_form_is_typed_before_its_cover_is_written_down(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    status, told = typed(house, FEMI, number(letters, 1))
    assert status == 409
    assert "First write down what the cover says" in told


def test_a_cover_stays_once_a_form_is_in(house: House) -> None:
    collection = workshop(house, Design.GATEKEPT, permission=Permission.SETTING_DECIDED)
    letters = printed(house, collection, 1)
    covered(house, letters, route="setting")
    typed(house, FEMI, number(letters, 1))
    typed(house, AMARA, number(letters, 1), "second")
    assert house.responses()[0].route == "setting"
    again = house.as_(FEMI).post(f"/staff/batches/{letters}", data={"filled_on": DAY, "route": "own"})
    assert again.status_code == 422
    assert "Forms of this batch are in already" in again.text


def test_a_number_that_is_wrong_or_was_never_printed_is_said(house: House) -> None:
    letters = printed(house, workshop(house), 2)
    covered(house, letters)
    femi = house.as_(FEMI)
    wrong = number(letters, 1).replace("-001-", "-002-")
    assert "does not go with the others" in femi.get("/staff/forms", params={"number": wrong}).text
    for mistake, why in (
        (wrong, "does not go with the others"),
        (number(letters, 3), "2 forms were printed"),
        (number("ZZZZ" if letters != "ZZZZ" else "YYYY", 1), "were printed here"),
    ):
        again = femi.get("/staff/forms", params={"number": mistake, "of": letters})
        assert again.status_code == 422
        assert re.search(rf'<li><a href="#number">[^<]*{why}', again.text)
        assert f'value="{mistake}"' in again.text  # on the page of the batch, ready to be mended
    assert femi.get("/staff/forms", params={"number": number(letters, 2)}).status_code == 303
    beyond = femi.get(f"/staff/forms/{number(letters, 3)}")
    assert beyond.status_code == 404
    assert "2 forms were printed" in beyond.text
    assert femi.get(f"/staff/forms/{number('ZZZZ' if letters != 'ZZZZ' else 'YYYY', 1)}").status_code == 404


def test_every_fault_of_a_batch_is_said_at_once(house: House) -> None:
    collection = workshop(house)
    told = {"setting": "NOSUCH", "lang": "xx", "forms": "9999"}
    answer = house.as_(FEMI).post(f"/staff/collections/{collection}/paper", data=told)
    assert answer.status_code == 422
    for words in ("Choose whom the forms are for", "from 1 to 200", "Choose the language"):
        assert words in answer.text


# What it counts as


def test_forms_count_with_their_collection_however_they_are_kept(house: House) -> None:
    collection = workshop(house)
    letters = printed(house, collection, 4)
    covered(house, letters)
    for place, worry in enumerate(("1", "2", "2"), 1):
        typed(house, FEMI, number(letters, place), worry=worry)
        typed(house, AMARA, number(letters, place), "second", worry=worry)
    for _again in range(2):
        with transaction(house.engine) as session:
            found = session.get_one(Collection, collection)
            question = SET.question("worry")
            cube = kept.cube(session, found, question)
            assert counts.submitted_by_collection(session, found.consultation_id) == {collection: 3}
            assert counts.submitted_by_setting(session, collection) == {found.settings[0].id: 3}
            assert sum(cube.n) == 3
            kept.keep(session, collection)


def test_nothing_leads_from_a_form_to_its_response(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    typed(house, FEMI, number(letters, 1))
    typed(house, AMARA, number(letters, 1), "second")
    (form,), (response,) = forms(house), house.responses()
    with transaction(house.engine) as session:
        audit = " ".join(f"{one.object} {one.why}" for one in session.exec(select(AuditEntry)).all())
    assert response.key not in f"{form!r} {audit}"
    assert letters not in repr(response)
    assert "Fights" not in f"{form!r} {audit}"


def test_forms_are_printed_with_codes_and_numbers_in_the_language_of_the_batch(house: House) -> None:
    letters = printed(house, workshop(house), 2)
    page = house.as_(FEMI).get(f"/staff/batches/{letters}/forms")
    for place in (1, 2):
        assert page.text.count(number(letters, place)) >= 2
    for question in SET.questions:
        for code in question.codes:
            assert f"{code}</code>" in page.text
    assert "People under 16 cannot fill in these forms." in page.text
    assert 'class="large"' in house.as_(FEMI).get(f"/staff/batches/{letters}/forms?size=large").text


def test_a_collection_that_is_not_on_paper_has_no_forms(house: House) -> None:
    answer = house.as_(FEMI).get("/staff/collections/1/paper")
    assert answer.status_code == 404
    assert "This collection is not gathered on paper" in answer.text


@pytest.mark.parametrize(
    ("route", "age", "fits"),
    [
        (ConsentRoute.OWN, "12-13", False),
        (ConsentRoute.OWN, "under_10", False),
        (ConsentRoute.OWN, "16-17", True),
        (ConsentRoute.OWN, None, True),
        (ConsentRoute.SETTING, "12-13", True),
    ],
)
def test_a_form_that_says_under_16_is_not_taken_under_a_cover_that_says_16(
    route: ConsentRoute, age: str | None, fits: bool
) -> None:
    batch = Batch(
        collection_id=1,
        setting_id=1,
        instrument_id=1,
        letters="KPRW",
        language="en",
        forms=1,
        route=route,
        made_on=dt.date(2026, 11, 1),
        made_by="Femi",
    )
    assert (against_its_cover(batch, {"age_band": age}) == {}) is fits


def test_the_code_of_a_paper_collection_opens_nothing_on_a_phone(house: House) -> None:
    workshop(house)
    page = house.client.get(f"/s/{ISIS}")
    assert (page.status_code, "This is answered on paper" in page.text) == (403, True)
    assert house.responses() == []


def test_nobody_is_said_to_have_filled_in_a_form_of_which_something_is_typed(house: House) -> None:
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    sent = {"step": ["first", "nobody"], "a worry": "1"}
    said = house.as_(FEMI).post(f"/staff/forms/{number(letters, 1)}", data=sent)
    assert said.status_code == 422
    assert "Question 1: something is typed here, so somebody filled it in." in sentences(said.text)
    assert forms(house) == []
