"""What publishing a set does is told before it is done, and a version never changes."""

import re

import pytest
from sqlmodel import col, select

from survey.db import transaction
from survey.models import AuditEntry, Collection, Instrument, Role, Staff
from tests.survey.conftest import MIDDAY, TINY, House
from tests.survey.designing import AMARA, BEN, PRIYA, SET, WORRY, change, freeze, reword, seen


def published(house: House) -> list[Instrument]:
    with transaction(house.engine) as session:
        found = list(session.exec(select(Instrument).order_by(col(Instrument.version))).all())
        session.expunge_all()
    return found


def test_the_page_says_what_the_change_does(house: House) -> None:
    house.begin()
    reword(house, "How worried are you about knives?")
    change(house, "add", words="Do you feel safe at home?", new_kind="one", after="")
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    assert "What version 2 changes" in page
    assert "<del>knife crime?</del>" in page
    assert "<ins>knives?</ins>" in page
    assert "1 response was begun with version 1 and finishes with it." in page
    assert "only you can say whether it still means the same" in page
    assert "<code>feel_safe_at_home</code>" in page


def test_four_eyes_and_marks_then_a_version_that_never_changes(house: House) -> None:
    reword(house, "How worried are you about knives?", AMARA)
    told = {"seen": seen(house, AMARA)}
    assert house.as_(AMARA).post(f"{SET}/publish", data=told).status_code == 409
    assert "You changed it last" in house.as_(AMARA).get(f"{SET}/publish").text
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 409
    house.as_(PRIYA).post(f"{SET}/marks", data={**told, "mark worry": "changes meaning"})
    assert (
        "Copy it, which gives a new key, and take this one out" in house.as_(PRIYA).get(f"{SET}/publish").text
    )
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 409
    house.as_(PRIYA).post(f"{SET}/marks", data={**told, "mark worry": "trivial", "mark nothing": "rubbish"})
    assert house.as_(PRIYA).post(f"{SET}/publish", data=told).status_code == 303
    first, second = published(house)
    assert (first.version, second.version, second.published_by) == (1, 2, PRIYA)
    assert second.marks == {"worry": "trivial"}
    assert first.source == TINY


@pytest.mark.parametrize("back", ["redo", "go to"])
def test_undoing_and_bringing_back_lends_nobody_a_second_pair_of_eyes(house: House, back: str) -> None:
    reword(house, "How worried are you about knives?", AMARA)
    change(house, "marks", AMARA, **{"mark worry": "trivial"})
    change(house, "step", BEN, do="undo")
    change(house, "step", BEN, **({"do": "redo"} if back == "redo" else {"to": "2"}))
    page = house.as_(AMARA).get(f"{SET}/publish").text
    assert f"You wrote what stands here; {BEN} only undid something or brought it back." in page
    assert change(house, "publish", AMARA) == 409
    assert change(house, "publish", PRIYA) == 303


def test_what_must_be_mended_keeps_a_set_from_being_published(house: House) -> None:
    change(house, "questions/years", kind="number", prompt="How old?", key="years", sensitive="on")
    answer = house.as_(PRIYA).post(f"{SET}/publish", data={"seen": seen(house)})
    assert answer.status_code == 409
    link = f'<a href="{SET}?q=years#question">page 4, “How old?”</a>'
    told = "This is sensitive, and a person cannot decline to say. Offer “I’d rather not say” (prefer_not_to_say)."
    assert f"{link}: {told}" in answer.text
    assert len(published(house)) == 1


def test_a_draft_that_moved_on_is_not_published_unseen(house: House) -> None:
    change(house, "add", words="Do you feel safe at home?", new_kind="one", after="")
    read_then = seen(house)
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
    reword(house, "How worried are you about knives?")
    first = seen(house)
    assert marked(house, seen=first, mark_worry="trivial")[0] == 303
    assert "only you can say" not in house.as_(PRIYA).get(f"{SET}/publish").text
    reword(house, "How often do you eat fruit?")
    status, page = marked(house, seen=first, mark_worry="trivial")
    assert (status, "The set was changed since you opened this page" in page) == (409, True)
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    link = f'<a href="{SET}?q=worry#question">page 1, “How often do you eat fruit?”</a>'
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
    reword(house, "How worried are you about knives?")
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
    freeze(house, SPOKEN)
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


def test_responses_keep_the_instrument_they_began_on(house: House) -> None:
    key = house.begin()
    house.answer(key, worry="not_very")
    change(house, "add", words="Do you feel safe at home?", new_kind="one", after="")
    with transaction(house.engine) as session:
        collection = session.exec(select(Collection)).one().id
    told = {"seen": seen(house), "collection": str(collection)}
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
    freeze(house, without)
    change(house, "questions/how_long", kind="number", prompt="How many rooms has your home?", key="how_long")
    form = {"kind": "number", "prompt": "How many years?", "key": "years"}
    change(house, "add", words="years?", new_kind="number", after="")
    change(house, "questions/years", **form)
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    assert "an earlier version asked something else under this key" in page


def test_the_designers_page_says_all_that_publishing_would_refuse(house: House) -> None:
    """Words that nobody has spoken on, and a kind that changed under a key that is in use, are things to mend."""

    def counted() -> list[str]:
        refused = house.as_(PRIYA).get(f"{SET}/publish").text.partition("cannot be published yet")[2]
        listed = re.findall(r"<li><a [^>]*\?q=([a-z]+)#question", refused.partition("</ul>")[0])
        head = re.search(r'<a href="#audit">([^<]*)<', house.as_(BEN).get(SET).text)
        assert head
        mends = re.match("([0-9]+) things? to mend", head[1])
        assert (int(mends[1]) if mends else 0) == len(listed)
        return listed

    assert counted() == []
    reword(house, "How worried are you about knives?")
    assert counted() == ["worry"]
    house.as_(PRIYA).post(f"{SET}/marks", data={"seen": seen(house), "mark worry": "trivial"})
    assert counted() == []
    change(house, "questions/years", kind="text", prompt="How old are you?", key="years")
    assert "years" in counted()


def test_who_is_to_publish_is_named(house: House) -> None:
    house.as_(PRIYA)
    reword(house, "How worried are you about knives?", AMARA)
    assert "Ask Priya, publisher to open this page." in house.as_(AMARA).get(f"{SET}/publish").text
    ben = house.as_(BEN).get(f"{SET}/publish").text
    assert "Publishing needs the role publisher. Ask Priya, publisher to open this page." in ben
    with transaction(house.engine) as session:
        for number in range(5):
            session.add(Staff(name=f"Quin {number}", roles=[Role.PUBLISHER]))
    told = "Ask Priya, publisher, Quin 0, Quin 1, Quin 2, Quin 3 or 1 more to open this page."
    assert told in house.as_(AMARA).get(f"{SET}/publish").text
    with transaction(house.engine) as session:
        for one in session.exec(select(Staff).where(col(Staff.name) != AMARA)):
            one.roles = [Role.DESIGNER]
    alone = house.as_(AMARA).get(f"{SET}/publish").text
    assert "Nobody else here has the role publisher." in alone
    assert "soundings invite NAME --role publisher" in alone


def test_version_1_says_which_languages_it_will_not_be_offered_in(house: House) -> None:
    house.as_(BEN).post("/staff/sets", data={"title": "Bus safety", "like": ""})
    at = "/staff/sets/bus_safety"
    assert "will be offered in" not in house.as_(PRIYA).get(f"{at}/publish").text
    page = house.as_(BEN).get(f"{at}/languages/ar").text
    rows = [re.findall(f'name="{name}" value="([^"]*)"', page) for name in ("address", "mark")]
    count = len(rows[0])
    form = {"address": rows[0], "mark": rows[1], "status": [""] * count, "show": "all", "part": "1"}
    for written, why in (
        (1, "some texts have no words in it, or only a draft"),
        (count, "nobody who speaks it has reviewed it, and it is not switched on as it is"),
    ):
        words = ["ا"] * written + [""] * (count - written)
        house.as_(BEN).post(f"{at}/languages/ar", data={**form, "words": words, "over": rows[0]})
        told = house.as_(PRIYA).get(f"{at}/publish").text
        assert "Version 1 will be offered in English." in told
        assert f"Not in Arabic: {why}." in told


def test_what_keeps_a_version_back_is_told_at_its_page_and_once(house: House) -> None:
    change(
        house, "questions/worry", **{**WORRY, "prompt": "Worried?", "label": ["Very", *WORRY["label"][1:]]}
    )
    page = house.as_(BEN).get(SET).text
    assert (
        f'<a href="{SET}?q=worry#question">page 1, worry</a>: only you can say whether it still means' in page
    )
    assert f'<a href="{SET}?q=worry#question">page 1, worry</a>: “Very”: only you can say whether' in page
    assert "on the page Check and publish" in page
    assert "question worry, worry" not in page


def test_words_of_another_kind_are_not_called_comparable(house: House) -> None:
    change(house, "questions/worry", **{**WORRY, "kind": "one", "prompt": "Worried?"})
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    assert "breaks comparison" in page
    assert "The words changed, and so did the kind, so nothing is compared" in page
    assert "Trivial: it asks the same, answered in another way" in page
    assert "Trivial: it still means the same" not in page
