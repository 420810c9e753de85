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


def test_what_one_did_not_touch_says_what_theirs_says(house: House) -> None:
    """Saving once more takes nothing back that the other did and one never looked at."""
    began = seen(house)
    theirs = {
        **WORRY,
        "prompt": "Amara’s words?",
        "required": "on",
        "sensitive": "on",
        "hint": "Amara’s hint",
    }
    change(house, "questions/worry", AMARA, **{**theirs, "label": ["Very", *WORRY["label"][1:]]})
    form = {**WORRY, "prompt": "Ben’s words?", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/worry", data=form)
    assert answer.status_code == 409
    for name in ("required", "sensitive", "dont_know"):
        assert re.search(rf'name="{name}"[^>]* checked', answer.text), name
    assert ('value="Amara’s hint"' in answer.text, 'value="Very"' in answer.text) == (True, True)
    sent = house.as_(BEN).post(f"{SET}/questions/worry", data=filled(answer.text))
    assert sent.status_code == 303
    worry = now(house).question("worry")
    assert (str(worry.prompt), worry.required, worry.sensitive) == ("Ben’s words?", True, True)
    assert (str(worry.hint), str(worry.choices[0].label)) == ("Amara’s hint", "Very")


def test_every_box_that_both_changed_is_shown_as_it_says_now(house: House) -> None:
    years = {"kind": "number", "prompt": "How long?", "low": "0", "high": "30", "key": "years"}
    began = seen(house)
    change(house, "questions/years", AMARA, **years)
    answer = house.as_(BEN).post(f"{SET}/questions/years", data={**years, "high": "40", "seen": began})
    assert (answer.status_code, "Biggest: 30" in answer.text) == (409, True)
    assert 'name="high" inputmode="decimal" value="40"' in answer.text


def filled(page: str) -> dict[str, str | list[str]]:
    """The form of the open question as a browser without scripts would send it."""
    form = page[page.index('action="/staff/sets/tiny/questions/worry"') :]
    form = form[: form.index("</form>")]
    words = re.search(r'<textarea name="prompt"[^>]*>([^<]*)<', form)
    assert words
    found: dict[str, str | list[str]] = {"prompt": html.unescape(words[1]), "kind": "scale"}
    for name in ("seen", "hint", "key"):
        value = re.search(rf'name="{name}"[^>]* value="([^"]*)"', form)
        found[name] = html.unescape(value[1]) if value else "worry"
    for name in ("code", "label"):
        found[name] = re.findall(rf'name="{name}"[^>]* value="([^"]*)"', form)
    ticked = re.findall(r'type="checkbox" name="(\w+)"[^>]* checked', form)
    return {**found, **dict.fromkeys(ticked, "on")}


def test_a_note_that_somebody_overtook_is_still_there_to_save(house: House) -> None:
    began = seen(house)
    change(house, "questions/worry/page", AMARA, title="Amara’s title", note="Amara’s note")
    mine = {"title": "", "note": "Ben’s note", "random_block": "", "seen": began}
    answer = house.as_(BEN).post(f"{SET}/questions/worry/page", data=mine)
    assert answer.status_code == 409
    assert "Ben’s note</textarea>" in answer.text
    assert 'id="page-title" value="Amara’s title"' in answer.text
    assert "It says now:" in answer.text
    assert "“Amara’s note”" in answer.text
    assert "press again" not in answer.text


def test_a_name_and_a_condition_that_somebody_overtook_are_still_there(house: House) -> None:
    began = seen(house)
    change(house, "title", AMARA, title="Amara’s name")
    change(house, "questions/years/shown", AMARA, do="add", add="worry")
    named = house.as_(BEN).post(f"{SET}/title", data={"title": "Ben’s name", "q": "worry", "seen": began})
    assert (named.status_code, 'name="title" value="Ben’s name"' in named.text) == (409, True)
    assert "“Amara’s name”" in named.text
    text = {"do": "text", "text": "${worry} = 'not_very'", "seen": began}
    asked = house.as_(BEN).post(f"{SET}/questions/years/shown", data=text)
    assert asked.status_code == 409
    assert "${worry} = &#39;not_very&#39;</textarea>" in asked.text
    assert "is “Very worried”" in asked.text


def test_forms_find_a_question_whose_key_followed_its_words(house: House) -> None:
    """Its page was opened under the key that it had before somebody else reworded it."""
    house.as_(BEN).post("/staff/sets", data={"title": "Ours"})
    ours = "/staff/sets/ours/questions/first"
    words = {"key": "first", "kind": "one", "code": ["yes", "no"], "label": ["Yes", "No"]}
    theirs = {**words, "prompt": "Is it dark?", "required": "on", "seen": "1"}
    assert house.as_(AMARA).post(ours, data=theirs).status_code == 303
    assert (
        house.as_(AMARA).post(f"{ours}/page", data={"note": "Amara’s note", "seen": "2"}).status_code == 303
    )
    clash = house.as_(BEN).post(ours, data={**words, "prompt": "Is it light?", "seen": "1"})
    assert (clash.status_code, "It says now: “Is it dark?”" in clash.text) == (409, True)
    assert re.search(r'name="required"[^>]* checked', clash.text)
    noted = house.as_(BEN).post(f"{ours}/page", data={"note": "Ben’s note", "seen": "1"})
    assert (noted.status_code, "Ben’s note</textarea>" in noted.text) == (409, True)


def test_a_note_for_a_question_that_was_taken_out_is_shown_again(house: House) -> None:
    began = seen(house)
    change(house, "act", AMARA, remove="borough")
    answer = house.as_(BEN).post(f"{SET}/questions/borough/page", data={"note": "Ben’s note", "seen": began})
    assert (answer.status_code, "You wrote “Ben’s note”." in answer.text) == (409, True)


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
