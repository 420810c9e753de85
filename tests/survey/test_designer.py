"""Staff write a question set, and nothing they do can be lost or overwrite somebody else."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from questions import read, shipped_source
from survey.db import transaction
from survey.instruments import publish as freeze
from survey.models import AuditEntry, Collection, Draft, Instrument, Revision
from tests.survey.conftest import MIDDAY, TINY, House

BEN, AMARA, PRIYA = "Ben, designer", "Amara, administrator", "Priya, publisher"
SET = "/staff/sets/tiny"


def seen(house: House, who: str = BEN) -> str:
    """The number of the revision that a page was made from."""
    found = re.search(r'name="seen" value="(\d+)"', house.as_(who).get(SET).text)
    assert found
    return found[1]


def draft(house: House, key: str = "tiny") -> str:
    """The draft's document as it stands."""
    with transaction(house.engine) as session:
        at = session.get_one(Draft, key).at
        return session.exec(
            select(Revision.source).where(Revision.draft_key == key, col(Revision.number) == at)
        ).one()


def change(house: House, path: str, who: str = BEN, **form: Any) -> int:
    """Send one form of the designer, made from what stands now; the status it is answered with."""
    told = {"seen": seen(house, who), **form}
    return house.as_(who).post(f"{SET}/{path}", data=told).status_code


WORRY: dict[str, Any] = {
    "key": "worry",
    "kind": "scale",
    "prompt": "How worried are you about knife crime?",
    "hint": "",
    "dont_know": "on",
    "prefer_not_to_say": "on",
    "code": ["very", "fairly", "not_very", "not_at_all", ""],
    "label": ["Very worried", "Fairly worried", "Not very worried", "Not worried at all", ""],
}


def test_a_blank_set_is_begun_and_listed(house: House) -> None:
    begun = house.as_(BEN).post("/staff/sets", data={"title": "Bus safety", "like": ""})
    assert (begun.status_code, begun.headers["location"]) == (303, "/staff/sets/bus_safety")
    page = house.as_(BEN).get("/staff/sets").text
    assert "Bus safety" in page
    assert "Ben, designer started it, 12:00" in page
    assert read(draft(house, "bus_safety")).title.source == "Bus safety"


def test_a_set_begins_as_a_copy_and_its_name_is_free(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Our pulse", "like": "pulse"})
    assert len(read(draft(house, "our_pulse")).questions) == 3
    again = house.as_(BEN).post("/staff/sets", data={"title": "Our pulse", "like": ""})
    assert (again.status_code, "There is a set “Our pulse” already" in again.text) == (422, True)
    assert "Give the question set a name" in house.as_(BEN).post("/staff/sets", data={"title": " "}).text


def test_every_change_is_a_revision_that_says_who_did_what(house: House) -> None:
    form = {**WORRY, "prompt": "How worried are you?"}
    assert change(house, "questions/worry", **form) == 303
    assert read(draft(house)).question("worry").prompt.source == "How worried are you?"
    history = house.as_(PRIYA).get(f"{SET}/history").text
    assert "changed “How worried are you about knife crime?”" in history
    assert "began with version 1" in history


def test_a_form_that_changes_nothing_keeps_nothing(house: House) -> None:
    assert change(house, "questions/worry", **WORRY) == 303
    with transaction(house.engine) as session:
        assert session.get(Draft, "tiny") is None


def test_undo_and_redo_go_back_and_forth(house: House) -> None:
    for prompt in ("One?", "Two?", "Three?"):
        change(house, "questions/worry", **{**WORRY, "prompt": prompt})
    prompts = []
    for do in ("undo", "undo", "undo", "undo", "redo", "redo", "redo", "redo"):
        assert change(house, "step", do=do) == 303
        prompts.append(read(draft(house)).question("worry").prompt.source)
    first = "How worried are you about knife crime?"
    assert prompts == ["Two?", "One?", first, first, "One?", "Two?", "Three?", "Three?"]
    change(house, "step", do="undo")
    change(house, "questions/worry", **{**WORRY, "prompt": "Four?"})
    change(house, "step", do="redo")
    assert read(draft(house)).question("worry").prompt.source == "Four?"


def test_going_back_to_any_change_can_itself_be_undone(house: House) -> None:
    for prompt in ("One?", "Two?"):
        change(house, "questions/worry", **{**WORRY, "prompt": prompt})
    change(house, "step", to="2")
    assert read(draft(house)).question("worry").prompt.source == "One?"
    change(house, "step", do="undo")
    assert read(draft(house)).question("worry").prompt.source == "Two?"


def test_choices_move_go_and_come_with_codes_of_their_own(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "label": [*WORRY["label"][:-1], "It’s  odd"]})
    assert read(draft(house)).question("worry").codes[:5] == (
        "very",
        "fairly",
        "not_very",
        "not_at_all",
        "its_odd",
    )
    change(house, "questions/worry", do="up-1", **WORRY)
    assert read(draft(house)).question("worry").codes[:2] == ("fairly", "very")
    change(house, "questions/worry", do="remove-1", **WORRY)
    assert read(draft(house)).question("worry").codes[:2] == ("very", "not_very")
    assert change(house, "questions/worry", do="remove-0", **WORRY) == 422  # “why” is shown by it


def test_every_kind_of_question_can_be_made(house: House) -> None:
    for kind in ("one", "many", "scale", "number", "text"):
        assert change(house, "add", words=f"A question of kind {kind}?", new_kind=kind, after="worry") == 303
    made = {question.kind for question in read(draft(house)).questions if "question_kind" in question.key}
    assert made == {"one", "many", "scale", "number", "text"}


def test_limits_messages_and_flags_are_kept(house: House) -> None:
    form = {
        "kind": "number", "prompt": "How old?", "low": "10", "high": "25", "required": "on", "sensitive": "on",
        "prefer_not_to_say": "on", "constraint_message": "From 10 to 25.", "fallback": "your age", "key": "years",
    }  # fmt: skip
    assert change(house, "questions/years", **form) == 303
    years = read(draft(house)).question("years")
    assert (years.low, years.high, years.required, years.sensitive) == (10, 25, True, True)
    assert (str(years.constraint_message), str(years.fallback)) == ("From 10 to 25.", "your age")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"prompt": " "}, "Write the question."),
        ({"label": ["One", "", "", "", ""]}, "needs at least two choices"),
        ({"code": ["a b", "fairly", "not_very", "not_at_all", ""]}, "“a b” cannot be a code"),
        ({"code": ["fairly", "fairly", "not_very", "not_at_all", ""]}, "The code “fairly” is used 2 times"),
        ({"key": "Worry!"}, "cannot be a key"),
        ({"kind": "number", "low": "ten", "high": "1.5"}, "The smallest number must be a number in figures"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    house: House, form: dict[str, str | list[str]], told: str
) -> None:
    sent = {**WORRY, "hint": "Typed and not lost", "seen": "0", **form}
    answer = house.as_(BEN).post(f"{SET}/questions/worry", data=sent)
    assert (answer.status_code, told in answer.text) == (422, True), answer.text
    assert "This is not saved yet" in answer.text
    assert "Typed and not lost" in answer.text
    with transaction(house.engine) as session:
        assert session.get(Draft, "tiny") is None


def test_who_is_asked_is_built_from_menus_and_read_as_a_sentence(house: House) -> None:
    change(house, "questions/years/shown", do="add", add="worry")
    page = house.as_(BEN).get(f"{SET}?q=years").text
    assert "Shown when “How worried are you about knife crime?” is “Very worried”." in page
    rows: dict[str, Any] = {
        "leaf_question": ["worry", "helps"],
        "leaf_operator": ["!=", "hasnt"],
        "leaf_value": ["not_at_all", "clubs"],
    }
    change(house, "questions/years/shown", do="save", join="or", **rows)
    assert "show_if = \"${worry} != 'not_at_all' or not(selected(${helps}, 'clubs'))\"" in draft(house)
    change(house, "questions/years/shown", do="remove-0", join="or", **rows)
    assert "show_if = \"not(selected(${helps}, 'clubs'))\"" in draft(house)
    change(house, "questions/years/shown", do="text", text="${worry} = 'very' and not(${why} != '')")
    assert "“What makes you worry?” is not answered" in house.as_(BEN).get(f"{SET}?q=years").text
    change(house, "questions/years/shown", do="everybody")
    assert read(draft(house)).question("years").show_if is None


def test_who_comes_to_a_page_is_built_in_the_same_way(house: House) -> None:
    assert change(house, "questions/years/page-shown", do="add", add="helps") == 303
    assert str(read(draft(house)).page("years").show_if) == "Selected(question='helps', code='clubs')"
    page = house.as_(BEN).get(f"{SET}?q=years").text
    assert page.count("Shown when “What would help?” includes “More clubs”.") == 1
    assert change(house, "questions/years/page-shown", do="everybody") == 303
    assert read(draft(house)).page("years").show_if is None


def test_menus_offer_earlier_questions_only(house: House) -> None:
    page = house.as_(BEN).get(f"{SET}?q=helps").text
    menu = page[page.index('<select name="add">') :]
    offered = re.findall(r'<option value="(\w+)">', menu[: menu.index("</select>")])
    assert offered == ["worry", "why"]


def test_a_condition_that_cannot_be_read_keeps_what_was_typed(house: House) -> None:
    told = {"seen": "0", "do": "text", "text": "${worry} = 'very' AND ${nothing} > 3"}
    answer = house.as_(BEN).post(f"{SET}/questions/years/shown", data=told)
    assert answer.status_code == 422
    assert "character 19: Write and in small letters." in answer.text
    assert "AND ${nothing} &gt; 3" in answer.text


def test_a_question_is_moved_copied_dropped_and_taken_out(house: House) -> None:
    def keys() -> list[str]:
        return [question.key for question in read(draft(house)).questions]

    change(house, "act", up="helps")
    assert keys() == ["worry", "helps", "why", "years", "borough"]
    change(house, "act", drop="borough", before="worry")
    assert keys()[0] == "borough"
    change(house, "act", duplicate="years")
    assert keys()[-2:] == ["years", "years_2"]
    change(house, "act", remove="years_2")
    change(house, "act", join="years")
    assert [len(page.questions) for page in read(draft(house)).pages] == [1, 1, 1, 2]
    assert change(house, "act", remove="worry") == 422
    assert "worry" in keys()


def test_two_people_in_one_draft_keep_both_of_their_changes(house: House) -> None:
    began = seen(house, BEN)
    change(house, "questions/helps", AMARA, kind="many", prompt="What would really help?", key="helps",
           code=["clubs", "lights"], label=["More clubs", "Better lights"])  # fmt: skip
    form = {**WORRY, "prompt": "How worried are you now?", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/worry", data=form)
    assert answer.status_code == 303
    page = house.as_(BEN).get(answer.headers["location"]).text
    assert "While you were writing, others changed this set" in page
    assert "Amara, administrator changed “What would help?”" in page
    now = read(draft(house))
    assert str(now.question("worry").prompt) == "How worried are you now?"
    assert str(now.question("helps").prompt) == "What would really help?"


def test_nobody_overwrites_the_same_question_without_knowing(house: House) -> None:
    began = seen(house, BEN)
    change(house, "questions/worry", AMARA, **{**WORRY, "prompt": "Amara’s words?"})
    form = {**WORRY, "prompt": "Ben’s words?", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/worry", data=form)
    assert answer.status_code == 409
    assert "Somebody changed this while you had it open" in answer.text
    assert "It says now: “Amara’s words?”" in answer.text
    assert "Ben’s words?</textarea>" in answer.text
    assert str(read(draft(house)).question("worry").prompt) == "Amara’s words?"
    again = re.search(r'name="seen" value="(\d+)"', answer.text)
    assert again
    saved = house.as_(BEN).post(f"{SET}/questions/worry", data={**form, "seen": again[1]})
    assert saved.status_code == 303
    assert str(read(draft(house)).question("worry").prompt) == "Ben’s words?"


def test_words_for_a_question_that_somebody_took_out_are_shown_again(house: House) -> None:
    began = seen(house, BEN)
    change(house, "act", AMARA, remove="borough")
    form = {"kind": "one", "prompt": "Where is your home?", "key": "borough", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/borough", data=form)
    assert answer.status_code == 409
    assert "You wrote “Where is your home?”. That question was taken out" in answer.text


def test_two_people_may_change_different_parts_of_one_question(house: House) -> None:
    began = seen(house, BEN)
    change(house, "questions/worry", AMARA, **{**WORRY, "prompt": "Amara’s words?"})
    answer = house.as_(BEN).post(
        f"{SET}/questions/worry", data={**WORRY, "hint": "Ben’s hint", "seen": began}
    )
    assert answer.status_code == 303
    worry = read(draft(house)).question("worry")
    assert (str(worry.prompt), str(worry.hint)) == ("Amara’s words?", "Ben’s hint")


def test_another_tab_of_ones_own_takes_nothing_back(house: House) -> None:
    began = seen(house, BEN)
    change(house, "questions/worry", BEN, **{**WORRY, "prompt": "Better words?"})
    house.as_(BEN).post(f"{SET}/questions/worry", data={**WORRY, "required": "on", "seen": began})
    worry = read(draft(house)).question("worry")
    assert (str(worry.prompt), worry.required) == ("Better words?", True)


def test_a_published_key_stays_whatever_is_sent(house: House) -> None:
    assert change(house, "questions/worry", **{**WORRY, "prompt": "New words?", "key": "hacked"}) == 303
    assert str(read(draft(house)).question("worry").prompt) == "New words?"
    change(house, "add", words="Not published yet?", new_kind="text", after="")
    form = {"kind": "text", "prompt": "Not published yet?"}
    assert change(house, "questions/not_published_yet", key="worry", **form) == 422
    assert change(house, "questions/not_published_yet", key="other", **form) == 303
    assert str(read(draft(house)).question("other").prompt) == "Not published yet?"


def test_going_back_sees_what_others_did_first(house: House) -> None:
    change(house, "questions/worry", BEN, **{**WORRY, "prompt": "One?"})
    began = seen(house, BEN)
    change(house, "questions/worry", AMARA, **{**WORRY, "prompt": "Two?"})
    assert house.as_(BEN).post(f"{SET}/step", data={"seen": began, "to": "1"}).status_code == 409
    assert str(read(draft(house)).question("worry").prompt) == "Two?"


def test_history_names_what_each_undo_undid(house: House) -> None:
    for prompt in ("One?", "Two?"):
        change(house, "questions/worry", **{**WORRY, "prompt": prompt})
    for do in ("undo", "undo", "redo"):
        change(house, "step", do=do)
    with transaction(house.engine) as session:
        did = session.exec(select(Revision.did).order_by(col(Revision.number))).all()
    assert did[-3:] == [
        "undid: changed “One?”",
        "undid: changed “How worried are you about knife crime?”",
        "did again: changed “How worried are you about knife crime?”",
    ]


def test_lines_of_a_note_are_kept_without_scripts(house: House) -> None:
    assert change(house, "questions/worry/page", note="Line one\r\nLine two") == 303
    assert str(read(draft(house)).page("worry").note) == "Line one\nLine two"


def test_a_name_in_any_script_is_a_name_and_what_cannot_be_seen_is_not(house: House) -> None:
    keys = []
    for title in ("বাস", "استبيان"):
        begun = house.as_(BEN).post("/staff/sets", data={"title": title})
        keys.append(begun.headers["location"])
    assert keys == ["/staff/sets/question", "/staff/sets/question_2"]
    odd = house.as_(BEN).post("/staff/sets", data={"title": "a\x00b"})
    assert (odd.status_code, "cannot be seen" in odd.text) == (422, True)


def test_a_retired_set_is_read_and_not_changed(house: House) -> None:
    assert change(house, "retire", do="retire") == 303
    assert "retired" in house.as_(BEN).get("/staff/sets").text
    assert change(house, "questions/worry", **{**WORRY, "prompt": "Other?"}) == 409
    assert change(house, "step", do="undo") == 409
    change(house, "retire", do="bring back")
    assert change(house, "questions/worry", **{**WORRY, "prompt": "Other?"}) == 303
    with transaction(house.engine) as session:
        assert [entry.did for entry in session.exec(select(AuditEntry)).all()][-2:] == [
            "retired",
            "brought back",
        ]


# Trying it


def test_the_preview_is_the_page_that_people_get_and_stores_nothing(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "prompt": "Worried at all?"})
    page = house.as_(BEN).get(f"{SET}/look/worry").text
    assert 'type="radio" name="worry" value="very"' in page
    assert "Worried at all?" in page
    assert f'action="{SET}/try/worry?' in page
    assert house.responses() == []


def test_a_walk_by_hand_follows_the_path_to_its_end(house: House) -> None:
    address, asked = f"{SET}/try/worry", []
    given = {"worry": "very", "why": "Dark streets", "helps": "clubs", "years": "3", "borough": "E09000022"}
    while "/the-end" not in address:
        key = re.search(r"/try/(\w+)", address)
        assert key
        asked.append(key[1])
        answer = house.as_(BEN).post(address, data={key[1]: given[key[1]]})
        assert answer.status_code == 303
        address = answer.headers["location"]
    assert asked == ["worry", "why", "helps", "years", "borough"]
    page = house.as_(BEN).get(address).text
    assert "This way through asked 5 questions." in page
    assert "Lambeth" in page
    assert house.responses() == []


def test_a_try_says_what_to_mend_and_survives_any_address(house: House) -> None:
    answer = house.as_(BEN).post(f"{SET}/try/years", data={"years": "99"})
    assert (answer.status_code, "Write a number from 0 to 25." in answer.text) == (422, True)
    for odd in ("answers=%%%", "answers=bm90IGpzb24", "answers=eyJ3b3JyeSI6ICJubyBzdWNoIGNvZGUifQ=="):
        assert house.as_(BEN).get(f"{SET}/try/worry?{odd}").status_code == 200


def test_a_thousand_random_people_are_the_same_for_a_number(house: House) -> None:
    first = house.as_(BEN).get(f"{SET}/try?seed=7").text
    assert "All 1,000 reached the end." in first
    assert first == house.as_(BEN).get(f"{SET}/try?seed=7").text
    assert first != house.as_(BEN).get(f"{SET}/try?seed=8").text


# Publishing


def published(house: House) -> list[Instrument]:
    with transaction(house.engine) as session:
        found = list(session.exec(select(Instrument).order_by(col(Instrument.version))).all())
        session.expunge_all()
    return found


def test_the_page_says_what_the_change_does(house: House) -> None:
    house.begin()
    change(house, "questions/worry", **{**WORRY, "prompt": "How worried are you about knives?"})
    change(house, "add", words="Do you feel safe at home?", new_kind="one", after="")
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    assert "What version 2 changes" in page
    assert "<del>knife crime?</del>" in page
    assert "<ins>knives?</ins>" in page
    assert "1 response was begun with version 1 and finishes with it." in page
    assert "only you can say whether it still means the same" in page
    assert "<code>feel_safe_at_home</code>" in page


def test_four_eyes_and_marks_then_a_version_that_never_changes(house: House) -> None:
    change(house, "questions/worry", AMARA, **{**WORRY, "prompt": "How worried are you about knives?"})
    told = {"seen": seen(house, AMARA)}
    assert house.as_(AMARA).post(f"{SET}/publish", data=told).status_code == 409
    assert "You changed it last" in house.as_(AMARA).get(f"{SET}/publish").text
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 409
    house.as_(PRIYA).post(f"{SET}/marks", data={**told, "mark worry": "changes meaning"})
    assert "Give it a new key" in house.as_(PRIYA).get(f"{SET}/publish").text
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 409
    house.as_(PRIYA).post(f"{SET}/marks", data={**told, "mark worry": "trivial", "mark nothing": "rubbish"})
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 303
    first, second = published(house)
    assert (first.version, second.version, second.published_by) == (1, 2, PRIYA)
    assert second.marks == {"worry": "trivial"}
    assert first.source == TINY


def test_what_must_be_mended_keeps_a_set_from_being_published(house: House) -> None:
    change(house, "questions/years", kind="number", prompt="How old?", key="years", sensitive="on")
    answer = house.as_(PRIYA).post(f"{SET}/publish", data={"seen": seen(house, BEN)})
    assert answer.status_code == 409
    link = f'<a href="{SET}?q=years#question">page 4, “How old?”</a>'
    told = "This is sensitive, and a person cannot decline to say. Offer “I’d rather not say” (prefer_not_to_say)."
    assert f"{link}: {told}" in answer.text
    assert len(published(house)) == 1


def test_a_draft_that_moved_on_is_not_published_unseen(house: House) -> None:
    change(house, "add", words="Do you feel safe at home?", new_kind="one", after="")
    read_then = seen(house, BEN)
    change(house, "add", words="Anything else to say?", new_kind="text", after="")
    assert house.as_(PRIYA).post(f"{SET}/publish", data={"seen": read_then}).status_code == 409
    assert len(published(house)) == 1


def marked(house: House, **form: str) -> tuple[int, str]:
    """Send what Priya says of changed words; the status and the page."""
    answer = house.as_(PRIYA).post(
        f"{SET}/marks", data={name.replace("_", " "): to for name, to in form.items()}
    )
    return answer.status_code, answer.text


def test_a_mark_falls_when_its_words_change_and_says_who_gave_it(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "prompt": "How worried are you about knives?"})
    first = seen(house)
    assert marked(house, seen=first, mark_worry="trivial")[0] == 303
    assert "only you can say" not in house.as_(PRIYA).get(f"{SET}/publish").text
    change(house, "questions/worry", **{**WORRY, "prompt": "How often do you eat fruit?"})
    status, page = marked(house, seen=first, mark_worry="trivial")
    assert (status, "The set was changed since you opened this page" in page) == (409, True)
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    link = f'<a href="{SET}?q=worry#question">question worry, “How often do you eat fruit?”</a>'
    assert f"{link}: only you can say whether it still means the same." in page
    assert " checked" not in page
    assert house.as_(PRIYA).post(f"{SET}/publish", data={"seen": seen(house)}).status_code == 409
    assert len(published(house)) == 1
    with transaction(house.engine) as session:
        noted = [(one.who, one.did, one.object) for one in session.exec(select(AuditEntry)).all()]
    assert [one for one in noted if "marked" in one[1]] == [
        (PRIYA, "marked as trivial", "question set tiny, worry")
    ]


def test_a_retired_set_is_neither_marked_nor_published(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "prompt": "How worried are you about knives?"})
    told = {"seen": seen(house)}
    house.as_(PRIYA).post(f"{SET}/marks", data={**told, "mark worry": "trivial"})
    change(house, "retire", do="retire")
    for path in ("marks", "publish"):
        answer = house.as_(PRIYA).post(f"{SET}/{path}", data={**told, "mark worry": "changes meaning"})
        assert (answer.status_code, "This set is retired. Bring it back" in answer.text) == (409, True)
    change(house, "retire", do="bring back")
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 303


SPOKEN = """
key = "spoken"
title = {en = "Spoken", ar = "ا", bn = "ক"}
language = "en"
offered_unreviewed = ["ar", "bn"]
[[page]]
[[page.question]]
key = "why"
kind = "text"
prompt = {en = "Why?", ar = "ا", bn = "ক"}
"""


def test_a_language_is_not_taken_away_unknowingly(house: House) -> None:
    with transaction(house.engine) as session:
        freeze(session, SPOKEN, MIDDAY.date())
    at = "/staff/sets/spoken"
    house.as_(BEN).post(
        f"{at}/add", data={"seen": "0", "words": "Why else?", "new_kind": "text", "after": ""}
    )
    page = house.as_(PRIYA).get(f"{at}/publish").text
    assert "Arabic.</strong> People can no longer answer in it: not every text has it." in page
    told = re.search(r'name="seen" value="(\d+)"', page)
    assert told
    form = {"seen": told[1]}
    assert "I know that Arabic, Bangla will no longer be offered" in page
    for lost in ("", "ar"):
        refused = house.as_(PRIYA).post(f"{at}/publish", data={**form, "lost": lost})
        assert (refused.status_code, "Some people lose their language." in refused.text) == (409, True)
    assert house.as_(PRIYA).post(f"{at}/publish", data={**form, "lost": "ar,bn"}).status_code == 303


def test_the_tab_says_when_there_is_nothing_to_mend(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Bus safety", "like": ""})
    page = house.as_(BEN).get("/staff/sets/bus_safety").text
    assert '<a href="#audit">Nothing to mend</a>' in page


def test_responses_keep_the_instrument_they_began_on(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="not_very")
    change(house, "add", words="Do you feel safe at home?", new_kind="one", after="")
    with transaction(house.engine) as session:
        collection = session.exec(select(Collection)).one().id
    told = {"seen": seen(house, BEN), "collection": str(collection)}
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 303
    house.answer(key, helps="clubs", years="3", borough="E09000022")
    assert house.client.post(f"/r/{key}/check-answers").status_code == 303
    with transaction(house.engine) as session:
        now = session.exec(select(Collection)).one().instrument_id
    (response,) = house.responses()
    assert response.instrument_id != now
    assert response.submitted_on == MIDDAY.date()


def test_a_key_that_was_used_for_something_else_is_refused(house: House) -> None:
    without = TINY.replace('key = "years"', 'key = "how_long"')
    with transaction(house.engine) as session:
        freeze(session, without, MIDDAY.date())
    change(house, "questions/how_long", kind="number", prompt="How many rooms has your home?", key="how_long")
    form = {"kind": "number", "prompt": "How many years?", "key": "years"}
    change(house, "add", words="years?", new_kind="number", after="")
    change(house, "questions/years", **form)
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    assert "an earlier version asked something else under this key" in page


def test_a_set_of_two_hundred_questions_opens(house: House) -> None:
    pages = "".join(
        f'[[page]]\n[[page.question]]\nkey = "q{n}"\nkind = "one"\nprompt = "Question {n}?"\n'
        f'choices = [{{code = "yes", label = "Yes"}}, {{code = "no", label = "No"}}]\n'
        + (f"show_if = \"${{q{n - 1}}} = 'yes'\"\n" if n % 5 == 4 else "")
        for n in range(200)
    )
    with transaction(house.engine) as session:
        freeze(session, f'key = "long"\ntitle = "Long"\nlanguage = "en"\n{pages}', MIDDAY.date())
    page = house.as_(BEN).get("/staff/sets/long?q=q199").text
    assert page.count("data-key=") == 200


def test_shipped_sets_open_in_the_designer_as_they_are(house: House) -> None:
    for name in ("youth_survey", "pulse"):
        with transaction(house.engine) as session:
            freeze(session, shipped_source(name), MIDDAY.date())
        page = house.as_(PRIYA).get(f"/staff/sets/{name}").text
        assert "As it was published." in page
        assert "disabled" in page


# Whatever is sent


FIELDS = (
    *(
        "seen",
        "do",
        "to",
        "up",
        "down",
        "drop",
        "before",
        "duplicate",
        "remove",
        "join",
        "split",
        "add",
        "after",
    ),
    *(
        "words",
        "new_kind",
        "key",
        "kind",
        "prompt",
        "hint",
        "label",
        "code",
        "exclusive",
        "low",
        "high",
        "length",
    ),
    *("at_most", "leaf_question", "leaf_operator", "leaf_value", "text", "title", "note", "random_block"),
    *("dont_know", "required", "fallback", "mark worry", "collection", "like", "q"),
)
VALUES = st.one_of(
    st.sampled_from(
        ["", "0", "1", "worry", "helps", "years", "many", "text", "number", "up-1", "remove-0", "²"]
    ),
    st.sampled_from(
        ["has", "not", "<", "'\"", "${worry} = 'very'", "${x}", "9" * 5000, "\x00", "a b", "everybody"]
    ),
    st.text(max_size=8),
)
PATHS = (
    *("add", "act", "step", "retire", "title", "publish", "marks", "questions/worry", "questions/nothing"),
    *(
        "questions/years/shown",
        "questions/years/page",
        "questions/years/page-shown",
        "try/worry",
        "try/the-end",
    ),
)


@given(
    path=st.sampled_from(PATHS),
    form=st.dictionaries(st.sampled_from(FIELDS), st.lists(VALUES, min_size=1, max_size=3), max_size=8),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_sent_is_answered_and_leaves_a_set_that_can_be_read(
    house: House, path: str, form: dict[str, list[str]]
) -> None:
    sent = {name: [one.encode("utf-8", "ignore").decode() for one in values] for name, values in form.items()}
    answer = house.as_(AMARA).post(f"{SET}/{path}", data=sent)
    assert answer.status_code in (200, 303, 400, 404, 409, 422), (answer.status_code, path, sent)
    page = house.as_(AMARA).get(SET, params={"q": next(iter(sent.get("q", [""]))), "since": "²"})
    assert page.status_code == 200


@pytest.mark.parametrize("key", ["%00", "Tiny", "no_such_set", "a" * 200])
def test_a_set_that_is_not_there_is_said_so(house: House, key: str) -> None:
    assert house.as_(BEN).get(f"/staff/sets/{key}").status_code == 404
