"""Staff write a question set, and nothing they do can be lost."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from questions import read, shipped_source
from survey.db import transaction
from survey.models import AuditEntry, Draft, Revision
from tests.survey.conftest import TINY, House
from tests.survey.designing import AMARA, BEN, PRIYA, SET, WORRY, change, draft, freeze, now, reword, seen


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


def test_a_copy_offers_no_language_that_nobody_here_switched_on(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Ours", "like": "youth_survey"})
    ours = now(house, "ours")
    assert (ours.offered_unreviewed, ours.offered) == ((), ("en",))
    assert "Staff switched it on" not in house.as_(BEN).get("/staff/sets/ours/languages").text


def test_a_set_begins_in_a_language_and_under_a_key_of_ones_own(house: House) -> None:
    ben = house.as_(BEN)
    ben.post("/staff/sets", data={"title": "নিরাপত্তা", "language": "bn", "key": "safety_bn"})
    begun = read(draft(house, "safety_bn"))
    assert (begun.language, begun.questions[0].choices[0].label.source) == ("bn", "হ্যাঁ")
    bn = f"/staff/sets/safety_bn/questions/{begun.questions[0].key}"
    told = {"prompt": "কেন?", "kind": "one", "dont_know": "on", "prefer_not_to_say": "on", "seen": "1"}
    assert ben.post(bn, data=told).status_code == 303
    assert read(draft(house, "safety_bn")).questions[0].codes == (
        "yes",
        "no",
        "dont_know",
        "prefer_not_to_say",
    )
    taken = ben.post("/staff/sets", data={"title": "Another", "key": "safety_bn"})
    assert (taken.status_code, "safety_bn is taken by another set" in taken.text) == (422, True)
    wrong = ben.post("/staff/sets", data={"title": "Another", "key": "Bus!"})
    assert (wrong.status_code, "“Bus!” cannot be a key" in wrong.text) == (422, True)
    assert 'value="Bus!"' in wrong.text


def test_every_change_is_a_revision_that_says_who_did_what(house: House) -> None:
    form = {**WORRY, "prompt": "How worried are you?"}
    assert change(house, "questions/worry", **form) == 303
    assert now(house).question("worry").prompt.source == "How worried are you?"
    history = house.as_(PRIYA).get(f"{SET}/history").text
    assert "changed “How worried are you about knife crime?”" in history
    assert "began with version 1" in history


def test_the_page_of_a_change_says_word_by_word_what_it_did(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "prompt": "How worried are you about crime?"})
    listed = house.as_(PRIYA).get(f"{SET}/history").text
    assert f'href="{SET}/history/2"' in listed
    told = house.as_(PRIYA).get(f"{SET}/history/2").text
    assert "Wording changed" in told
    assert "<del>knife</del>" in " ".join(told.split())
    assert "Nothing came before it." in house.as_(PRIYA).get(f"{SET}/history/1").text
    nothing = house.as_(PRIYA).get(f"{SET}/history/3")
    assert (nothing.status_code, "There is no such change" in nothing.text) == (404, True)


def test_a_form_that_changes_nothing_keeps_nothing(house: House) -> None:
    assert change(house, "questions/worry", **WORRY) == 303
    with transaction(house.engine) as session:
        assert session.get(Draft, "tiny") is None


def test_undo_and_redo_go_back_and_forth(house: House) -> None:
    for prompt in ("One?", "Two?", "Three?"):
        reword(house, prompt)
    prompts = []
    for do in ("undo", "undo", "undo", "undo", "redo", "redo", "redo", "redo"):
        assert change(house, "step", do=do) == 303
        prompts.append(now(house).question("worry").prompt.source)
    first = "How worried are you about knife crime?"
    assert prompts == ["Two?", "One?", first, first, "One?", "Two?", "Three?", "Three?"]
    change(house, "step", do="undo")
    reword(house, "Four?")
    change(house, "step", do="redo")
    assert now(house).question("worry").prompt.source == "Four?"


def test_going_back_to_any_change_can_itself_be_undone(house: House) -> None:
    for prompt in ("One?", "Two?"):
        reword(house, prompt)
    change(house, "step", to="2")
    assert now(house).question("worry").prompt.source == "One?"
    change(house, "step", do="undo")
    assert now(house).question("worry").prompt.source == "Two?"


def test_choices_move_go_and_come_with_codes_of_their_own(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "label": [*WORRY["label"][:-1], "It’s  odd"]})
    assert now(house).question("worry").codes[:5] == (
        "very",
        "fairly",
        "not_very",
        "not_at_all",
        "its_odd",
    )
    change(house, "questions/worry", do="up-1", **WORRY)
    assert now(house).question("worry").codes[:2] == ("fairly", "very")
    change(house, "questions/worry", do="remove-1", **WORRY)
    assert now(house).question("worry").codes[:2] == ("very", "not_very")
    assert change(house, "questions/worry", do="remove-0", **WORRY) == 422  # “why” is shown by it


def test_the_arrows_of_a_choice_go_with_it(house: House) -> None:
    """Their ids are made of its code, so that the keyboard stays on the choice that was moved."""

    def order(way: str) -> list[str]:
        return re.findall(rf'id="choice-{way}-(\w+)"', house.as_(BEN).get(SET).text)

    assert order("down") == order("up") == ["very", "fairly", "not_very", "not_at_all"]
    change(house, "questions/worry", **WORRY, do="down-0")
    assert order("down") == order("up") == ["fairly", "very", "not_very", "not_at_all"]


def test_choices_come_back_when_a_question_has_some_again(house: House) -> None:
    before = read(TINY).question("helps").choices
    form = {"kind": "text", "prompt": "What would help?", "key": "helps"}
    assert change(house, "questions/helps", **form) == 303
    assert now(house).question("helps").choices == ()
    change(house, "questions/helps", **{**form, "kind": "many"})
    assert now(house).question("helps").choices == before
    change(house, "questions/helps", **form)
    change(house, "questions/helps", **{**form, "kind": "one"})
    assert [choice.exclusive for choice in now(house).question("helps").choices] == [False] * 4
    change(house, "questions/helps", **{**form, "kind": "many"})
    assert now(house).question("helps") == read(TINY).question("helps")


def test_a_set_gets_another_name_that_no_other_has(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Ours"})
    assert change(house, "title", title="Ours") == 422
    assert change(house, "title", title="x" * 121) == 422
    assert change(house, "title", title="Small and ours") == 303
    assert str(now(house).title) == "Small and ours"
    assert 'name="title" value="Small and ours"' in house.as_(BEN).get(SET).text


def test_what_is_pasted_along_unseen_is_left_out(house: House) -> None:
    assert (
        change(house, "questions/worry", **{**WORRY, "prompt": "How wor\u200bried\u202e are you?\ufeff"})
        == 303
    )
    assert str(now(house).question("worry").prompt) == "How worried are you?"


def test_staff_say_beside_which_answers_help_is_shown(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "support": ["0", "1"]})
    assert [choice.support for choice in now(house).question("worry").choices] == [True, True, False, False]
    page = house.as_(BEN).get(f"{SET}/look/worry").text
    assert page.count(" data-support") == 2
    assert "these people listen" in page
    assert house.as_(PRIYA).get(f"{SET}/publish").text.count("support changed") >= 1


def test_every_kind_of_question_can_be_made(house: House) -> None:
    for kind in ("one", "many", "scale", "number", "text"):
        assert change(house, "add", words=f"A question of kind {kind}?", new_kind=kind, after="worry") == 303
    made = {question.kind for question in now(house).questions if "question_kind" in question.key}
    assert made == {"one", "many", "scale", "number", "text"}


def test_limits_messages_and_flags_are_kept(house: House) -> None:
    form = {
        "kind": "number", "prompt": "How old?", "low": "10", "high": "25", "required": "on", "sensitive": "on",
        "prefer_not_to_say": "on", "constraint_message": "From 10 to 25.", "fallback": "your age", "key": "years",
    }  # fmt: skip
    assert change(house, "questions/years", **form) == 303
    years = now(house).question("years")
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


@pytest.mark.parametrize(
    ("path", "form", "kept"),
    [
        ("questions/worry/page", {"note": "My long note ${nope}"}, "My long note ${nope}</textarea>"),
        ("questions/worry/page", {"title": "T", "note": "${nope}"}, 'id="page-title" value="T"'),
        ("title", {"title": "Taken", "q": "worry"}, 'name="title" value="Taken"'),
        ("add", {"words": "W" * 20_000, "new_kind": "text", "after": ""}, "W" * 20_000),
        (
            "questions/borough/shown",
            {"do": "save", "leaf_question": "years", "leaf_operator": ">", "leaf_value": "lots"},
            'name="leaf_value" value="lots"',
        ),
    ],
)
def test_what_was_typed_in_any_form_stays(house: House, path: str, form: dict[str, str], kept: str) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Taken"})
    answer = house.as_(BEN).post(f"{SET}/{path}", data={"seen": "0", **form})
    assert (answer.status_code, "This is not saved yet" in answer.text) == (422, True)
    assert kept in answer.text


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
    assert now(house).question("years").show_if is None


def test_who_comes_to_a_page_is_built_in_the_same_way(house: House) -> None:
    assert change(house, "questions/years/page-shown", do="add", add="helps") == 303
    assert str(now(house).page("years").show_if) == "Selected(question='helps', code='clubs')"
    page = house.as_(BEN).get(f"{SET}?q=years").text
    assert page.count("Shown when “What would help?” includes “More clubs”.") == 1
    assert change(house, "questions/years/page-shown", do="everybody") == 303
    assert now(house).page("years").show_if is None


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
        return [question.key for question in now(house).questions]

    change(house, "act", up="helps")
    assert keys() == ["worry", "helps", "why", "years", "borough"]
    change(house, "act", drop="borough", before="worry")
    assert keys()[0] == "borough"
    change(house, "act", duplicate="years")
    assert keys()[-2:] == ["years", "years_2"]
    change(house, "act", remove="years_2")
    change(house, "act", join="years")
    assert [len(page.questions) for page in now(house).pages] == [1, 1, 1, 2]
    assert change(house, "act", remove="worry") == 422
    assert "worry" in keys()


def test_a_published_key_stays_whatever_is_sent(house: House) -> None:
    assert change(house, "questions/worry", **{**WORRY, "prompt": "New words?", "key": "hacked"}) == 303
    assert str(now(house).question("worry").prompt) == "New words?"
    change(house, "add", words="Not published yet?", new_kind="text", after="")
    form = {"kind": "text", "prompt": "Not published yet?"}
    assert change(house, "questions/not_published_yet", key="worry", **form) == 422
    assert change(house, "questions/not_published_yet", key="other", **form) == 303
    assert str(now(house).question("other").prompt) == "Not published yet?"


def test_history_names_what_each_undo_undid(house: House) -> None:
    for prompt in ("One?", "Two?"):
        reword(house, prompt)
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
    assert str(now(house).page("worry").note) == "Line one\nLine two"


def test_a_name_in_any_script_is_a_name_and_what_cannot_be_seen_is_not(house: House) -> None:
    keys = []
    for title in ("বাস", "استبيان"):
        begun = house.as_(BEN).post("/staff/sets", data={"title": title})
        keys.append(begun.headers["location"])
    assert keys == ["/staff/sets/question", "/staff/sets/question_2"]
    odd = house.as_(BEN).post("/staff/sets", data={"title": "a\x7fb"})
    assert (odd.status_code, "cannot be seen" in odd.text) == (422, True)


def test_a_retired_set_is_read_and_not_changed(house: House) -> None:
    assert change(house, "retire", do="retire") == 303
    assert "retired" in house.as_(BEN).get("/staff/sets").text
    assert reword(house, "Other?") == 409
    assert change(house, "step", do="undo") == 409
    change(house, "retire", do="bring back")
    assert reword(house, "Other?") == 303
    with transaction(house.engine) as session:
        assert [entry.did for entry in session.exec(select(AuditEntry)).all()][-2:] == [
            "retired",
            "brought back",
        ]


def test_the_tab_says_when_there_is_nothing_to_mend(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Bus safety", "like": ""})
    asked = {"seen": "1", "kind": "text", "key": "first", "prompt": "How safe are buses?"}
    assert house.as_(BEN).post("/staff/sets/bus_safety/questions/first", data=asked).status_code == 303
    page = house.as_(BEN).get("/staff/sets/bus_safety").text
    assert '<a href="#audit">Nothing to mend</a>' in page


def test_a_set_of_two_hundred_questions_opens(house: House) -> None:
    pages = "".join(
        f'[[page]]\n[[page.question]]\nkey = "q{n}"\nkind = "one"\nprompt = "Question {n}?"\n'
        f'choices = [{{code = "yes", label = "Yes"}}, {{code = "no", label = "No"}}]\n'
        + (f"show_if = \"${{q{n - 1}}} = 'yes'\"\n" if n % 5 == 4 else "")
        for n in range(200)
    )
    freeze(house, f'key = "long"\ntitle = "Long"\nlanguage = "en"\n{pages}')
    page = house.as_(BEN).get("/staff/sets/long?q=q199").text
    assert page.count("data-key=") == 200


def test_shipped_sets_open_in_the_designer_as_they_are(house: House) -> None:
    for name in ("youth_survey", "pulse"):
        freeze(house, shipped_source(name))
        page = house.as_(PRIYA).get(f"/staff/sets/{name}").text
        assert "As it was published." in page
        assert "disabled" in page


# Whatever is sent


FIELDS = (
    *("seen", "do", "to", "up", "down", "drop", "before", "duplicate", "remove", "join", "split", "add"),
    *("after", "words", "new_kind", "key", "kind", "prompt", "hint", "label", "code", "exclusive", "low"),
    *("high", "length", "at_most", "leaf_question", "leaf_operator", "leaf_value", "text", "title", "note"),
    *("random_block", "dont_know", "required", "fallback", "mark worry", "collection", "like", "q"),
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
    *("questions/years/shown", "questions/years/page", "questions/years/page-shown"),
    *("try/worry", "try/the-end"),
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


def test_what_was_pressed_and_cannot_be_is_not_called_unsaved(house: House) -> None:
    change(house, "add", words="Why?", new_kind="text", after="")
    asked = {"add": "worry", "do": "add"}
    assert change(house, "questions/why/shown", **asked) == 303
    answer = house.as_(BEN).post(f"{SET}/act", data={"seen": seen(house), "remove": "worry"})
    assert answer.status_code == 422
    assert "That cannot be done yet" in answer.text
    assert "This is not saved yet" not in answer.text


def test_a_retired_set_offers_nothing_that_cannot_be_done(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "prompt": "Worried?"})
    alive = house.as_(BEN).get(SET).text
    change(house, "retire", do="retire")
    page, history = house.as_(BEN).get(SET).text, house.as_(BEN).get(f"{SET}/history").text
    for what in (
        ">Check and publish<",
        'name="up"',
        "draggable",
        ">Save the question<",
        ">Rename<",
        ">Undo<",
    ):
        assert (what in alive, what in page) == (True, False), what
    assert not re.search("<button(?! class=.plain. aria-label=.Sign out)", page.partition("<main")[2])
    assert page.count("This set was retired on") == 1
    assert f'<a href="{SET}/history#retired">Bring it back on the page History</a>' in page
    assert ("Go back to this" in history, "Bring it back" in history) == (False, True)
    assert "Go back to this" not in house.as_(BEN).get(f"{SET}/history/1").text


def test_every_new_question_may_be_declined_where_we_know_how(house: House) -> None:
    for number, kind in enumerate(("one", "many", "scale", "number", "text")):
        assert change(house, "add", words=f"Question {number}?", new_kind=kind, after="") == 303
        made = now(house).question(f"question_{number}")
        assert (made.prefer_not_to_say is not None) is (kind != "text")


def test_a_set_that_is_copied_is_called_by_its_title(house: House) -> None:
    page = house.as_(BEN).get("/staff/sets").text
    title = read(shipped_source("pulse")).title
    assert f">a copy of “{title}”, which comes with Soundings</option>" in page
    house.as_(BEN).post("/staff/sets", data={"title": "Ours", "like": "pulse"})
    assert f"began with a copy of “{title}”" in house.as_(BEN).get("/staff/sets/ours/history").text


def test_the_audit_says_how_long_it_takes_in_whole_sentences(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Ours", "like": "youth_survey"})
    page = house.as_(BEN).get("/staff/sets/ours").text
    assert re.search(
        r"The longest way through takes about [\d.]+ minutes. Half of all ways through take [\d.]+ ", page
    )
