"""Whoever said yes to meetings, or to what changed, is written to about that, once; nobody else is."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pytest
from sqlmodel import select

from survey.db import transaction
from survey.mail import Mailer, NotSent
from survey.models import Audience, AuditEntry, Meeting
from survey.panel import news
from survey.panel.tables import News, Progress
from tests.survey.conftest import MIDDAY
from tests.survey.paneling import KIM, LAMBETH, PRIYA, SOUTHWARK, PanelHouse, panel
from tests.survey.replying import consultation_of, promised

__all__ = ["panel"]

TODAY = MIDDAY.date()
SOON = TODAY + dt.timedelta(days=9)


def meets(house: PanelHouse, title: str, held_on: dt.date = SOON, audience: Audience = Audience.YOUNG) -> str:
    """Put a meeting on the page of the consultation; what its letter is known by."""
    with transaction(house.engine) as session:
        there = consultation_of(session)
        there.announced_on = there.announced_on or TODAY
        made = Meeting(
            consultation_id=there.id or 0, title=title, held_on=held_on, where="Elm Hall", audience=audience
        )
        session.add(made)
        session.flush()
        return f"meeting-{made.id}"


def tell(house: PanelHouse, letter: str, **more: Any) -> Any:
    """Press a button of the form, as the keeper of the panel; a yes to the letter as it was just read."""
    if more.get("sure") == "yes" and "seen" not in more:
        read = tell(house, letter, **{name: value for name, value in more.items() if name != "sure"}).text
        more["seen"] = (re.findall(r'name="seen" value="(\w+)"', read) or [""])[0]
    return house.as_(KIM).post("/staff/panel/tell", data={"letter": letter, **more})


def sent(house: PanelHouse) -> Progress | None:
    """What the thread beside the app does."""
    return news.send_next(house.store, house.app.state.installation, Event())


def test_a_meeting_is_told_to_those_who_said_yes_to_meetings_once(panel: PanelHouse) -> None:
    for name, purpose in (("a", ["meetings"]), ("b", ["surveys", "meetings"]), ("c", ["surveys", "changes"])):
        panel.join(f"{name}@example.org", purpose=purpose)
    panel.burn()
    letter = meets(panel, "Workshop on routes home")
    first = tell(panel, letter)
    assert (first.status_code, "Send this letter?" in first.text) == (200, True)
    assert "When: 29 November 2026. Where: Elm Hall." in first.text
    assert (sent(panel), panel.letters()) == (None, [])
    for _ in range(2):  # pressed twice
        assert tell(panel, letter, sure="yes").headers["location"] == "/staff/panel?done=told"
    assert [sent(panel), sent(panel)] == [Progress.DONE, None]
    assert sorted(one["To"] for one in panel.letters()) == ["a@example.org", "b@example.org"]
    words = panel.letters()[0].get_content()
    for said in ("Workshop on routes home", "/c/safer-streets", "/c/safer-streets?lang=bn", "/panel/leave/"):
        assert said in words
    assert "/p/" not in words  # no way to an answer
    assert panel.letters()[0]["Subject"] == "A meeting that you can come to: 29 November 2026"
    assert panel.letters()[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    again = tell(panel, letter)
    assert (again.status_code, "It may have been told already, or be over." in again.text) == (422, True)
    assert (
        tell(panel, letter, sure="yes", seen="x").headers["location"] == "/staff/panel?done=told"
    )  # late, and in vain
    assert sent(panel) is None
    page = panel.as_(KIM).get("/staff/panel").text
    assert "Workshop on routes home, 29 November 2026 (Safer streets)" in page


def test_what_changed_is_told_from_where_the_last_letter_ended(panel: PanelHouse) -> None:
    panel.join("a@example.org", purpose=["changes"])
    panel.join("b@example.org", purpose=["meetings"])
    panel.burn()
    promised(panel, TODAY - dt.timedelta(days=5), sentence="The bridge is dark.")
    page = panel.as_(KIM).get("/staff/panel").text
    assert "What changed since 20 August 2026: 2 things" in page
    letter = f"changes-{TODAY - dt.timedelta(days=1)}"
    assert "What we heard: The bridge is dark." in tell(panel, letter).text
    tell(panel, letter, sure="yes")
    assert sent(panel) is Progress.DONE
    (mail,) = panel.letters()
    assert (mail["To"], mail["Subject"]) == ("a@example.org", "What changed because of you")
    assert "A reply to what we heard: The bridge is dark." in mail.get_content()
    assert "http://127.0.0.1:8000/did" in mail.get_content()
    assert "There is nothing to tell now." in panel.as_(KIM).get("/staff/panel").text
    promised(panel, sentence="The bus is late.")
    panel.clock.forward(days=1)
    panel.signed_in.clear()  # a session does not last so long
    page = panel.as_(KIM).get("/staff/panel").text
    assert "What changed since 19 November 2026: 2 things" in page


def test_only_what_young_people_can_come_to_and_is_public_is_told(panel: PanelHouse) -> None:
    meets(panel, "Over", TODAY - dt.timedelta(days=1))
    meets(panel, "Of officers", audience=Audience.ADULTS)
    page = panel.as_(KIM).get("/staff/panel").text
    assert "There is nothing to tell now." in page
    letter = meets(panel, "For all of us", audience=Audience.ANYONE)
    assert f'value="{letter}"' in panel.as_(KIM).get("/staff/panel").text
    with transaction(panel.engine) as session:
        consultation_of(session).announced_on = TODAY + dt.timedelta(days=1)
    assert f'value="{letter}"' not in panel.as_(KIM).get("/staff/panel").text


def test_only_some_boroughs_and_ages_and_nobody_is_said_before_anything_leaves(panel: PanelHouse) -> None:
    panel.join("a@example.org", purpose=["meetings"], borough=LAMBETH)
    panel.join("b@example.org", purpose=["meetings"], borough=SOUTHWARK)
    panel.burn()
    letter = meets(panel, "Near the river")
    none, some = (tell(panel, letter, age_band=band).text for band in ("21-25", "16-17"))
    assert "How many that is we do not say: it is few people, or nearly all." in none
    assert none.replace("21-25", "16-17") == some  # whether there is anybody is not told
    assert tell(panel, letter, sure="no").status_code == 200
    assert tell(panel, letter, borough=SOUTHWARK, sure="yes").status_code == 303
    assert sent(panel) is Progress.DONE
    assert [one["To"] for one in panel.letters()] == ["b@example.org"]
    with transaction(panel.engine) as session:
        done = [one.did for one in session.exec(select(AuditEntry)) if "told of" in one.did]
    assert done == ["had the panel told of"]
    assert "under 10" in panel.as_(KIM).get("/staff/panel").text


def test_others_can_be_told_of_the_same_meeting_later_and_nobody_twice(panel: PanelHouse) -> None:
    for name, area, band in (("a", LAMBETH, "16-17"), ("b", LAMBETH, "18-20"), ("c", SOUTHWARK, "18-20")):
        panel.join(f"{name}@example.org", purpose=["meetings"], borough=area, age=band)
    panel.burn()
    letter = meets(panel, "Near the river")
    for chosen in ({"borough": LAMBETH}, {"age_band": "18-20"}):
        assert tell(panel, letter, sure="yes", **chosen).headers["location"] == "/staff/panel?done=told"
    assert [sent(panel), sent(panel), sent(panel)] == [Progress.DONE, Progress.DONE, None]
    assert sorted(one["To"] for one in panel.letters()) == ["a@example.org", "b@example.org", "c@example.org"]
    held = tell(panel, letter, borough=LAMBETH, age_band="18-20")
    assert (held.status_code, "Everybody whom you chose was told of this already." in held.text) == (
        422,
        True,
    )
    tell(panel, letter, sure="yes")
    page = panel.as_(KIM).get("/staff/panel").text
    assert ("There is nothing to tell now." in page, page.count("Near the river, 29")) == (True, 3)
    assert sent(panel) is Progress.DONE
    assert len(panel.letters()) == 3


def test_what_changed_goes_to_everybody_who_wants_it_whatever_is_ticked(panel: PanelHouse) -> None:
    panel.join("a@example.org", purpose=["changes"], borough=LAMBETH)
    panel.join("b@example.org", purpose=["changes"], borough=SOUTHWARK)
    panel.burn()
    promised(panel, TODAY - dt.timedelta(days=5), sentence="The bridge is dark.")
    letter = f"changes-{TODAY - dt.timedelta(days=1)}"
    assert "What changed is told to everybody who said yes to it" in tell(panel, letter, borough=LAMBETH).text
    tell(panel, letter, borough=LAMBETH, sure="yes")
    assert sent(panel) is Progress.DONE
    assert sorted(one["To"] for one in panel.letters()) == ["a@example.org", "b@example.org"]


def test_a_letter_that_changed_since_it_was_read_is_read_again(panel: PanelHouse) -> None:
    panel.join("a@example.org", purpose=["meetings"])
    panel.burn()
    letter = meets(panel, "Near the river")
    read = re.findall(r'name="seen" value="(\w+)"', tell(panel, letter).text)[0]
    with transaction(panel.engine) as session:
        session.exec(select(Meeting)).one().where = "Somewhere else"
    again = tell(panel, letter, sure="yes", seen=read)
    assert (again.status_code, "The letter changed since you read it" in again.text) == (409, True)
    assert "Where: Somewhere else." in again.text
    assert sent(panel) is None
    assert tell(panel, letter, sure="yes").status_code == 303


def test_a_letter_tells_how_much_more_there_is(panel: PanelHouse) -> None:
    panel.join("a@example.org", purpose=["changes"])
    panel.burn()
    for number in range(12):
        promised(panel, TODAY - dt.timedelta(days=5), sentence=f"Bridge {number} is dark.")
    letter = f"changes-{TODAY - dt.timedelta(days=1)}"
    assert "There is more that changed: 24 in all." in tell(panel, letter).text


def test_a_mail_server_that_is_not_there_is_asked_again(
    panel: PanelHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.join("a@example.org", purpose=["meetings"])
    panel.burn()
    tell(panel, meets(panel, "Later"), sure="yes")

    def no(*_: object) -> None:
        raise NotSent("The mail server is not there.")

    with monkeypatch.context() as broken:
        broken.setattr(Mailer, "send", no)
        assert sent(panel) is Progress.WAITING
    assert "The mail server is not there." in panel.as_(KIM).get("/staff/panel").text
    assert sent(panel) is Progress.DONE
    with panel.store.looking() as store:
        (found,) = store.exec(select(News)).all()
        assert (found.sent, found.failed, found.trouble) == (1, 0, "")


def test_a_letter_that_reaches_nobody_is_not_told_from_one_that_reaches_few(panel: PanelHouse) -> None:
    tell(panel, meets(panel, "For nobody"), sure="yes")
    assert sent(panel) is Progress.DONE
    page = panel.as_(KIM).get("/staff/panel").text
    assert '<td>sent</td>\n<td class="figure"><span class="quiet">under 10</span></td>' in page


def test_two_who_press_at_once_send_one_letter(panel: PanelHouse) -> None:
    panel.join("a@example.org", purpose=["meetings"])
    panel.burn()
    panel.as_(KIM)
    for number in range(4):
        letter = meets(panel, f"Meeting {number}")
        press = partial(tell, panel, letter, sure="yes")
        with ThreadPoolExecutor(2) as threads:
            answers = [one.result().headers["location"] for one in [threads.submit(press) for _ in range(2)]]
        assert answers == ["/staff/panel?done=told"] * 2
    while sent(panel):
        pass
    assert len(panel.letters()) == 4


def test_whoever_publishes_sees_the_letters_and_sends_none(panel: PanelHouse) -> None:
    letter = meets(panel, "Not mine")
    assert panel.as_(PRIYA).post("/staff/panel/tell", data={"letter": letter}).status_code == 403
    assert "Tell them" not in panel.as_(PRIYA).get("/staff/panel").text
