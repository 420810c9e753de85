"""Two people write one question set, and neither overwrites the other without knowing."""

import html
import re

from tests.survey.conftest import House
from tests.survey.designing import AMARA, BEN, SET, WORRY, change, now, reword, seen


def test_two_people_in_one_draft_keep_both_of_their_changes(house: House) -> None:
    began = seen(house)
    change(house, "questions/helps", AMARA, kind="many", prompt="What would really help?", key="helps",
           code=["clubs", "lights"], label=["More clubs", "Better lights"])  # fmt: skip
    form = {**WORRY, "prompt": "How worried are you now?", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/worry", data=form)
    assert answer.status_code == 303
    page = house.as_(BEN).get(answer.headers["location"]).text
    assert "While you were writing, others changed this set" in page
    assert "Amara, administrator changed “What would help?”" in page
    after = now(house)
    assert str(after.question("worry").prompt) == "How worried are you now?"
    assert str(after.question("helps").prompt) == "What would really help?"


def test_nobody_overwrites_the_same_question_without_knowing(house: House) -> None:
    began = seen(house)
    reword(house, "Amara’s words?", AMARA)
    form = {**WORRY, "prompt": "Ben’s words?", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/worry", data=form)
    assert answer.status_code == 409
    assert "Somebody changed this while you had it open" in answer.text
    assert "It says now: “Amara’s words?”" in answer.text
    assert "Ben’s words?</textarea>" in answer.text
    assert str(now(house).question("worry").prompt) == "Amara’s words?"
    again = re.search(r'name="seen" value="(\d+)"', answer.text)
    assert again
    saved = house.as_(BEN).post(f"{SET}/questions/worry", data={**form, "seen": again[1]})
    assert saved.status_code == 303
    assert str(now(house).question("worry").prompt) == "Ben’s words?"


def test_words_for_a_question_that_somebody_took_out_are_shown_again(house: House) -> None:
    began = seen(house)
    change(house, "act", AMARA, remove="borough")
    form = {"kind": "one", "prompt": "Where is your home?", "key": "borough", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/borough", data=form)
    assert answer.status_code == 409
    assert "You wrote “Where is your home?”. That question was taken out" in answer.text


def test_two_people_may_change_different_parts_of_one_question(house: House) -> None:
    began = seen(house)
    reword(house, "Amara’s words?", AMARA)
    answer = house.as_(BEN).post(
        f"{SET}/questions/worry", data={**WORRY, "hint": "Ben’s hint", "seen": began}
    )
    assert answer.status_code == 303
    worry = now(house).question("worry")
    assert (str(worry.prompt), str(worry.hint)) == ("Amara’s words?", "Ben’s hint")


def test_another_tab_of_ones_own_takes_nothing_back(house: House) -> None:
    began = seen(house)
    reword(house, "Better words?")
    house.as_(BEN).post(f"{SET}/questions/worry", data={**WORRY, "required": "on", "seen": began})
    worry = now(house).question("worry")
    assert (str(worry.prompt), worry.required) == ("Better words?", True)


def test_going_back_sees_what_others_did_first(house: House) -> None:
    reword(house, "One?")
    began = seen(house)
    reword(house, "Two?", AMARA)
    assert house.as_(BEN).post(f"{SET}/step", data={"seen": began, "to": "1"}).status_code == 409
    assert str(now(house).question("worry").prompt) == "Two?"


def test_undoing_what_somebody_else_did_says_so_before_it_happens(house: House) -> None:
    """The button names them and what they did; their own undo is only that, and undoing is no change of one's own."""

    def buttons(who: str) -> str:
        found = re.search(r'value="undo"[^>]*>([^<]*)<', house.as_(who).get(SET).text)
        assert found
        return html.unescape(found[1])

    reword(house, "How worried are you about knives?", AMARA)
    told = "changed “How worried are you about knife crime?”"
    assert (buttons(AMARA), buttons(BEN)) == ("Undo", f"Undo: {AMARA} {told}")
    reword(house, "How worried are you about blades?", BEN)
    assert (buttons(BEN), buttons(AMARA)) == (
        "Undo",
        f"Undo: {BEN} changed “How worried are you about knives?”",
    )
    change(house, "step", BEN, do="undo")
    assert (buttons(AMARA), buttons(BEN)) == ("Undo", f"Undo: {AMARA} {told}")
