"""Staff translate a set: nothing typed is lost, nobody is overwritten, and only what was reviewed says so."""

import html
import re
from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from questions import QuestionSet, read
from questions.translating import Said, said_in, spots, translated
from survey.db import transaction
from survey.designer import drafts
from survey.models import AuditEntry
from tests.survey.conftest import TINY, House

BEN, AMARA, PRIYA = "Ben, designer", "Amara, administrator", "Priya, publisher"
SET = "/staff/sets/tiny"
BENGALI = f"{SET}/languages/bn"
ROW = re.compile(
    r'name="address" value="([^"]*)".*?<textarea[^>]*>([^<]*)</textarea>.*?'
    r'<option value="(\w*)" selected>.*?name="mark" value="([^"]*)"',
    re.DOTALL,
)


@dataclass
class Sheet:
    """The form of a translation page as a browser holds it."""

    house: House
    who: str
    rows: dict[str, list[str]]  # words, status and mark, by address

    def write(self, **words: str) -> "Sheet":
        """Type into boxes; `worry__hint` is the address `worry.hint`."""
        for name, told in words.items():
            self.rows[name.replace("__", ".")][0] = told
        return self

    def say(self, status: str, *addresses: str) -> "Sheet":
        """Choose in the menus beside some texts, or beside all."""
        for address in addresses or tuple(self.rows):
            self.rows[address][1] = status
        return self

    def send(self, *, quietly: bool = False, language: str = "bn", **more: object) -> tuple[int, str]:
        """Press Save; or, quietly, leave a box."""
        form = {
            "address": list(self.rows),
            **{
                name: [row[n] for row in self.rows.values()]
                for n, name in enumerate(("words", "status", "mark"))
            },
            "show": "all",
            "part": "1",
            **more,
        }
        headers = {"HX-Request": "true"} if quietly else {}
        answer = self.house.as_(self.who).post(f"{SET}/languages/{language}", data=form, headers=headers)
        return answer.status_code, html.unescape(answer.text)


def sheet(house: House, who: str = BEN, asked: str = "") -> Sheet:
    """The page of Bengali, open in a browser."""
    page = house.as_(who).get(BENGALI + asked).text
    return Sheet(house, who, {one[0]: [html.unescape(one[1]), one[2], one[3]] for one in ROW.findall(page)})


def now(house: House) -> QuestionSet:
    """The set as its draft stands."""
    with transaction(house.engine) as session:
        return drafts.working(session, "tiny").question_set


def bengali(house: House) -> dict[str, Said]:
    """What has Bengali words by now."""
    return {address: told for address, told in said_in(now(house), "bn").items() if told[0]}


def fill(house: House, status: str = "translated") -> None:
    """Give every text of the tiny set words in Bengali."""
    typed = sheet(house).say(status)
    for row in typed.rows.values():
        row[0] = "কথা"
    assert typed.send()[0] == 303


def did(house: House) -> list[str]:
    """What the history of the draft says, newest first."""
    with transaction(house.engine) as session:
        return [one.did for one in drafts.history(session, "tiny")]


# The page


def test_every_text_stands_beside_its_source_with_its_language_and_direction(house: House) -> None:
    found = sheet(house)
    assert list(found.rows) == [spot.address for spot in spots(read(TINY))]
    page = house.as_(BEN).get(f"{SET}/languages/ar").text
    assert 'lang="ar" dir="rtl" rows="1" aria-label="In Arabic: What would help?"' in page
    assert "How worried are you about knife crime?" in page


def test_gaps_come_first_then_drafts_then_the_rest(house: House) -> None:
    sheet(house).write(title="এক", worry__prompt="দুই").say("draft", "worry.prompt").send()
    found = list(sheet(house).rows)
    assert (found[0], found[-2:]) == ("worry.choices.very", ["worry.prompt", "title"])
    assert "title" not in sheet(house, asked="?show=left").rows
    assert list(sheet(house, asked="?show=review").rows) == ["title"]


def test_words_are_kept_as_a_revision_that_says_so(house: House) -> None:
    answer = (
        sheet(house).write(title=" ছোট\r\nসেট ", worry__prompt="কতটা?").say("draft", "worry.prompt").send()
    )
    assert answer[0] == 303
    assert bengali(house) == {"title": ("ছোট\nসেট", "translated"), "worry.prompt": ("কতটা?", "draft")}
    assert did(house) == ["changed 2 texts in Bangla", "began with version 1"]
    assert "changed 2 texts in Bangla" in house.as_(PRIYA).get(BENGALI).text


def test_the_audit_calls_a_language_by_its_name(house: House) -> None:
    sheet(house).write(title="ছোট").send()
    told = html.unescape(house.as_(BEN).get(SET).text)
    assert "texts have no Bangla, or only a draft" in told
    assert "Translate the rest, or take Bangla out." in told


def test_empty_words_take_a_translation_out_and_the_same_words_change_nothing(house: House) -> None:
    sheet(house).write(title="ছোট").send()
    sheet(house).send()
    assert len(did(house)) == 2
    sheet(house).write(title=" ").send()
    assert bengali(house) == {}


def test_a_publisher_reads_and_writes_nothing(house: House) -> None:
    page = house.as_(PRIYA).get(BENGALI).text
    assert "<fieldset disabled>" in page
    assert sheet(house, PRIYA).write(title="x").send()[0] == 403


def test_fifty_texts_stand_on_a_page_and_saving_goes_on_to_another(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Long", "like": "youth_survey"})
    address = "/staff/sets/long/languages/pl"
    pages = [ROW.findall(house.as_(BEN).get(f"{address}?part={part}").text) for part in range(1, 5)]
    assert [len(page) for page in pages] == [50, 50, 50, 21]
    assert house.as_(BEN).get(f"{address}?part=99").text.count("<textarea") == 21
    assert house.as_(BEN).get(f"{address}?part=x&show=y").status_code == 200


# Two people at once


def test_others_changes_to_other_texts_are_kept(house: House) -> None:
    mine, theirs = sheet(house), sheet(house, AMARA)
    theirs.write(title="তাদের").send()
    assert mine.write(worry__prompt="আমার").send()[0] == 303
    assert bengali(house) == {"title": ("তাদের", "translated"), "worry.prompt": ("আমার", "translated")}


@pytest.mark.parametrize("quietly", [False, True])
def test_the_same_text_is_a_clash_that_shows_both_and_keeps_the_rest(house: House, quietly: bool) -> None:
    mine = sheet(house)
    sheet(house, AMARA).write(title="তাদের").send()
    status, page = mine.write(title="আমার", worry__prompt="প্রশ্ন").send(quietly=quietly)
    assert status == 409
    assert "Somebody else changed this while you had it open" in page
    assert "তাদের" in page
    assert quietly or "আমার" in page
    assert bengali(house) == {"title": ("তাদের", "translated"), "worry.prompt": ("প্রশ্ন", "translated")}
    assert mine.send(quietly=quietly)[0] == 409
    assert mine.send(over="title", quietly=quietly)[0] == (200 if quietly else 303)
    assert bengali(house)["title"] == ("আমার", "translated")


def test_a_source_that_was_reworded_meanwhile_is_a_clash_too(house: House) -> None:
    mine = sheet(house)
    house.as_(AMARA).post(f"{SET}/title", data={"title": "Tiny, but new"})
    status, page = mine.write(title="আমার").send()
    assert (status, "It has no words now" in page, "Tiny, but new" in page) == (409, True, True)
    assert bengali(house) == {}


def test_words_for_a_text_that_was_taken_out_are_shown_and_not_lost(house: House) -> None:
    mine = sheet(house)
    house.as_(AMARA).post(f"{SET}/act", data={"remove": "years"})
    status, page = mine.write(years__prompt="কত বছর?", title="ছোট").send()
    assert status == 409
    assert "Somebody took a text out of the set" in page
    assert "কত বছর?" in page
    assert bengali(house) == {"title": ("ছোট", "translated")}


def test_leaving_a_box_saves_it_and_touches_no_other_box(house: House) -> None:
    mine = sheet(house)
    sheet(house, AMARA).write(title="তাদের").send()
    status, answer = mine.write(worry__prompt="আমার").send(quietly=True)
    assert (status, "<textarea" in answer, "Saved." in answer) == (200, False, True)
    marks = re.findall(r'name="mark" value="([^"]*)"', answer)
    assert [new != row[2] for new, row in zip(marks, mine.rows.values(), strict=True)] == [
        address == "worry.prompt" for address in mine.rows
    ]
    for new, row in zip(marks, mine.rows.values(), strict=True):
        row[2] = new
    assert mine.write(worry__prompt="আবার").send(quietly=True)[0] == 200
    assert bengali(house) == {"title": ("তাদের", "translated"), "worry.prompt": ("আবার", "translated")}


def test_leaving_a_box_renews_how_far_the_language_is(house: House) -> None:
    total = len(sheet(house).rows)
    _, answer = sheet(house).write(worry__prompt="আমার").send(quietly=True)
    far = answer.partition('<div id="far" hx-swap-oob="true">')[2]
    assert ("1 translated" in far, f"{total - 1} missing" in far, "Ben, designer changed 1 text" in far) == (
        True,
        True,
        True,
    )
    assert f'id="count-left" hx-swap-oob="true">{total - 1}</span>' in answer


def test_two_saves_at_once_by_one_person_are_no_clash_but_anothers_between_them_is(house: House) -> None:
    mine, again = sheet(house), sheet(house)
    mine.write(title="এক").send(quietly=True)
    again.write(worry__prompt="কতটা?").send(quietly=True)
    assert mine.write(title="দুই").send(quietly=True)[0] == 200
    assert again.send(quietly=True)[0] == 200
    assert bengali(house) == {"title": ("দুই", "translated"), "worry.prompt": ("কতটা?", "translated")}
    sheet(house, AMARA).write(title="তিন").send()
    assert mine.write(title="চার").send(quietly=True)[0] == 409


# Reviewing, and offering


def test_other_words_for_a_reviewed_text_are_not_reviewed_until_somebody_says_so(house: House) -> None:
    sheet(house).write(title="এক").say("reviewed", "title").send()
    assert bengali(house) == {"title": ("এক", "reviewed")}
    _, answer = sheet(house).write(title="দুই").send(quietly=True)
    assert bengali(house) == {"title": ("দুই", "translated")}
    assert re.search(r'<select name="status" id="status-\d+"[^>]*hx-swap-oob="true">', answer)


def test_all_on_a_page_are_reviewed_by_somebody_who_says_that_they_speak_it(house: House) -> None:
    fill(house)
    sheet(house).say("draft", "title").send()
    status, page = sheet(house).send(do="review")
    assert (status, "Tick first that you speak Bangla" in page) == (422, True)
    assert ("Nothing is marked as reviewed yet" in page, "This is not saved yet" in page) == (True, False)
    assert sheet(house).send(do="review", mine="on")[0] == 303
    statuses = [status for _, status in bengali(house).values()]
    assert (statuses.count("reviewed"), statuses.count("draft")) == (len(statuses) - 1, 1)
    with transaction(house.engine) as session:
        noted = session.exec(
            select(AuditEntry.did).where(AuditEntry.who == BEN, col(AuditEntry.did).contains("bn"))
        )
        assert list(noted) == [f"reviewed {len(statuses) - 1} texts in bn"]


def test_an_unreviewed_language_is_offered_only_when_staff_switch_it_on(house: House) -> None:
    def switch(do: str) -> tuple[int, str]:
        answer = house.as_(BEN).post(f"{SET}/languages", data={"do": do, "code": "bn"})
        return answer.status_code, house.as_(BEN).get(f"{SET}/languages").text

    assert switch("on")[0] == 422
    fill(house)
    assert now(house).offered == ("en",)
    assert "complete, but not reviewed by a native speaker" in house.as_(BEN).get(f"{SET}/languages").text
    status, page = switch("on")
    assert (status, now(house).offered) == (303, ("en", "bn"))
    assert "Not reviewed by a native speaker." in page
    assert "offered, though nobody who speaks it has reviewed it, Bangla" in did(house)
    switch("off")
    assert now(house).offered == ("en",)
    sheet(house).send(do="review", mine="on")
    assert now(house).offered == ("en", "bn")
    assert "reviewed by somebody who speaks it" in house.as_(BEN).get(f"{SET}/languages").text
    switch("out")
    assert bengali(house) == {}


def test_a_language_that_is_switched_on_waits_until_it_is_complete_again(house: House) -> None:
    def switch(do: str) -> str:
        house.as_(BEN).post(f"{SET}/languages", data={"do": do, "code": "bn"})
        return house.as_(BEN).get(f"{SET}/languages").text

    fill(house)
    switch("on")
    sheet(house).write(title="").send()
    page = house.as_(BEN).get(f"{SET}/languages").text
    assert (now(house).offered, now(house).offered_unreviewed) == (("en",), ("bn",))
    assert all(
        told in page for told in ("Not offered to young people", "Staff switched it", "Stop offering it")
    )
    sheet(house).write(title="ছোট").send()
    assert now(house).offered == ("en", "bn")
    sheet(house).write(title="").send()
    assert "Stop offering it" not in switch("off")
    fill(house)
    switch("on")
    switch("out")
    assert now(house).offered_unreviewed == ()


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("bn", 303, ""),
        ("pt-BR", 303, ""),
        ("en", 422, "written in that language"),
        ("Bengali!", 422, "is not the code"),
    ],
)
def test_a_language_is_added_by_its_code(house: House, code: str, status: int, told: str) -> None:
    answer = house.as_(BEN).post(f"{SET}/languages", data={"do": "add", "code": code})
    assert (answer.status_code, told in answer.text) == (status, True)
    if status == 303:
        assert house.as_(BEN).get(answer.headers["location"]).status_code == 200


def test_the_list_names_each_language_by_its_own_name_and_in_english(house: House) -> None:
    sheet(house).write(title="ছোট").send()
    page = house.as_(PRIYA).get(f"{SET}/languages").text
    assert '<a href="/staff/sets/tiny/languages/bn" lang="bn" dir="ltr">বাংলা</a>' in page
    assert f"{len(spots(read(TINY))) - 1} texts have no words" in page
    assert "Version 1, which is published, is offered in English" in page
    assert "Add a language" not in page


@pytest.mark.parametrize("code", ["en", "Bengali", "x"])
def test_the_page_of_no_language_is_not_found(house: House, code: str) -> None:
    assert house.as_(BEN).get(f"{SET}/languages/{code}").status_code == 404


def test_a_retired_set_is_read_only(house: House) -> None:
    mine = sheet(house)
    house.as_(BEN).post(f"{SET}/retire", data={"do": "retire"})
    assert "<fieldset disabled>" in house.as_(BEN).get(BENGALI).text
    assert mine.write(title="x").send()[0] == 409


@pytest.mark.parametrize(
    "form", [{"address": ["title"]}, {"address": "title", "words": "x", "status": "best", "mark": ""}]
)
def test_a_broken_form_changes_nothing(house: House, form: dict[str, str]) -> None:
    assert house.as_(BEN).post(BENGALI, data=form).status_code == 400
    assert bengali(house) == {}


def test_what_cannot_be_said_stays_typed_with_the_reason_and_the_rest_is_saved(house: House) -> None:
    status, page = sheet(house).write(title="${worry} সেট", worry__prompt="কতটা?").send()
    assert status == 422
    assert "${worry} is not in the source. Take it out." in page
    assert ">${worry} সেট</textarea>" in page
    assert bengali(house) == {"worry.prompt": ("কতটা?", "translated")}


def test_translating_leaves_the_rest_of_the_set_as_it_was(house: House) -> None:
    fill(house)
    bare = translated(now(house), "bn", dict.fromkeys(said_in(now(house), "bn"), ("", "draft")))
    assert bare == read(TINY)
