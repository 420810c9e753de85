"""Invitations leave once, to a crowd; each link begins one response; years end; nothing is kept longer than we said."""

import datetime as dt
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest
from sqlmodel import select

from survey.db import transaction
from survey.instruments import publish
from survey.models import AuditEntry, Collection, Design, PanelTicket, Response
from survey.panel import inviting
from survey.panel.inviting import send_next
from survey.panel.keeping import Sender, Tidier, tidy
from survey.panel.tables import Progress, Sending
from tests.survey.conftest import TINY
from tests.survey.paneling import (
    KIM,
    LAMBETH,
    PRIYA,
    SOUTHWARK,
    PanelHouse,
    address,
    answer_pulse,
    link_in,
    panel,
    start,
)

__all__ = ["panel"]


def tickets(house: PanelHouse) -> int:
    """How many one-time links nobody has used."""
    with transaction(house.engine) as session:
        return len(session.exec(select(PanelTicket)).all())


def invited(house: PanelHouse, people: int = 10) -> list[str]:
    """A crowd that was invited to a pulse; the way of each one-time link."""
    house.crowd(people)
    collection = house.pulse()
    house.burn()
    assert house.invite(collection).headers["location"] == "/staff/panel?done=asked"
    assert house.send() is Progress.DONE
    return [link_in(one, "/p/") for one in house.letters()]


def test_each_member_gets_one_link_and_each_link_begins_one_response(panel: PanelHouse) -> None:
    ways = invited(panel)
    assert len(set(ways)) == 10
    assert {one["To"] for one in panel.letters()} == {address(n) for n in range(10)}
    assert panel.letters()[0]["Subject"] == "Will you tell us what you think?"
    assert "Panel pulse, quarter 4 of 2026" in panel.letters()[0].get_content()

    for _ in range(3):  # mail programs open links by themselves
        assert panel.client.get(ways[0]).status_code == 200
    assert tickets(panel) == 10
    answer_pulse(panel, ways[0])
    assert tickets(panel) == 9
    for used in (panel.client.get(ways[0]), panel.client.post(ways[0], data={"key": "A" * 22})):
        assert (used.status_code, "This link does not work any more" in used.text) == (410, True)
    (response,) = panel.responses()
    assert (response.setting_id, response.borough, response.age_band, response.route) == (
        None,
        None,
        None,
        "own",
    )
    assert response.submitted_on is not None


def test_two_who_press_at_once_invite_once(panel: PanelHouse) -> None:
    panel.crowd(10)
    press = partial(panel.ask_to_invite, panel.pulse(), sure="yes")
    panel.burn()
    with ThreadPoolExecutor(2) as threads:
        answers = [one.result().headers["location"] for one in [threads.submit(press) for _ in range(2)]]
    assert answers == ["/staff/panel?done=asked"] * 2
    assert [panel.send(), panel.send()] == [Progress.DONE, None]
    assert len(panel.letters()) == 10


def test_start_may_be_pressed_again_on_a_bad_signal(panel: PanelHouse) -> None:
    (way, other, *_rest) = invited(panel)
    page = panel.client.get(way).text
    first = start(panel, way)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    key = first.headers["location"].split("/")[2]
    signed = panel.client.post(way, data={**hidden, "age": "16", "take_part": "yes"})
    assert signed.status_code == 410  # another page of the same link: its key began nothing
    same = dict(_form(panel, other))
    once, again = (panel.client.post(other, data=same) for _ in range(2))
    assert (once.status_code, again.status_code) == (303, 303)
    assert again.headers["location"].startswith(f"/r/{same['key']}")
    assert len(panel.responses()) == 2
    assert key != same["key"]


def _form(house: PanelHouse, way: str) -> dict[str, str]:
    page = house.client.get(way).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    return {**hidden, "age": "16", "take_part": "yes"}


def test_saying_no_or_being_under_16_uses_nothing_up(panel: PanelHouse) -> None:
    (way, *_rest) = invited(panel)
    assert start(panel, way, take_part="no").status_code == 200
    assert start(panel, way, age="under_16").status_code == 403
    assert (tickets(panel), panel.responses()) == (10, [])


def test_a_key_of_another_page_begins_nothing(panel: PanelHouse) -> None:
    (first, second, *_rest) = invited(panel)
    told = panel.client.post(second, data=_form(panel, first))
    assert (told.status_code, tickets(panel)) == (400, 10)


def test_a_collection_is_sent_once(panel: PanelHouse) -> None:
    invited(panel)
    panel.crowd(12, borough=SOUTHWARK)
    told = panel.invite(panel.collection())
    assert (told.status_code, "were sent already" in told.text) == (422, True)
    assert panel.send() is None


@pytest.mark.parametrize("groups", [{}, {"borough": [LAMBETH]}, {"age_band": ["18-20"]}])
def test_fewer_than_ten_are_not_invited(panel: PanelHouse, groups: dict[str, list[str]]) -> None:
    panel.crowd(9)
    if groups:
        panel.crowd(20, borough=SOUTHWARK, age="21-25")
    told = panel.invite(panel.pulse(), **groups)
    assert (told.status_code, "Fewer than 10 members can be invited that way." in told.text) == (422, True)
    assert tickets(panel) == 0


def test_only_the_chosen_who_said_yes_to_questions_are_invited(panel: PanelHouse) -> None:
    panel.crowd(10)
    panel.join("south@example.org", borough=SOUTHWARK)
    panel.join("older@example.org", age="21-25")
    panel.join("meets@example.org", purpose=["meetings"])
    panel.ask("waits@example.org")
    collection = panel.pulse()
    panel.burn()
    panel.invite(collection, borough=[LAMBETH], age_band=["16-17"])
    panel.send()
    assert {one["To"] for one in panel.letters()} == {address(n) for n in range(10)}


def test_nobody_is_invited_to_what_has_not_opened(panel: PanelHouse) -> None:
    panel.crowd(10)
    collection = panel.pulse()
    with transaction(panel.engine) as session:
        session.get_one(Collection, collection.id).opens_on = panel.clock().date() + dt.timedelta(days=3)
    assert "Invite then: until that day its links open nothing." in panel.ask_to_invite(collection).text
    assert panel.send() is None


def test_a_set_that_asks_what_the_panel_knows_is_refused(panel: PanelHouse) -> None:
    panel.crowd(10)
    with panel.store_of_answers() as session:
        asks = publish(session, TINY, panel.clock().date())
        (schools,) = session.exec(select(Collection)).all()
        made = Collection(
            consultation_id=schools.consultation_id,
            instrument_id=asks.id or 0,
            name="Ours",
            design=Design.PANEL,
        )
        session.add(made)
        session.flush()
        both = [made.model_copy(), schools.model_copy()]
    told = panel.invite(both[0]).text
    assert "It asks for the borough. The panel knows that of each member" in told
    assert "is no collection of a panel" in panel.invite(both[1]).text
    assert panel.send() is None


def test_where_no_mail_leaves_it_waits_and_no_ticket_stays(panel: PanelHouse) -> None:
    panel.crowd(10)
    panel.invite(panel.pulse())
    panel.burn()
    shutil.rmtree(panel.mails, ignore_errors=True)
    panel.mails.write_text("no folder")
    assert panel.send() is Progress.WAITING
    assert tickets(panel) == 0
    assert "No mail leaves. We try again." in panel.as_(KIM).get("/staff/panel").text
    panel.mails.unlink()
    assert panel.send() is Progress.DONE
    assert (len(panel.letters()), tickets(panel)) == (10, 10)


def test_stopping_in_between_leaves_no_link_that_nobody_has(panel: PanelHouse) -> None:
    panel.crowd(10)
    panel.invite(panel.pulse())
    panel.burn()
    stopping = Event()
    stopping.set()
    assert send_next(panel.store, panel.app.state.installation, stopping) is Progress.WAITING
    assert (tickets(panel), panel.letters()) == (0, [])


def test_who_left_since_is_not_written_to_and_too_few_are_not(panel: PanelHouse) -> None:
    panel.crowd(9)
    way = panel.join("last@example.org")
    collection = panel.pulse()
    panel.invite(collection)
    panel.burn()
    panel.client.post(way.replace("/you/", "/leave/"))
    assert panel.send() is Progress.TOO_FEW
    assert (tickets(panel), panel.letters()) == (0, [])
    panel.join("new@example.org")
    assert panel.invite(collection).status_code == 303
    assert panel.send() is Progress.DONE


def test_no_page_shows_who_is_in_it_and_small_groups_show_no_number(panel: PanelHouse) -> None:
    panel.crowd(12)
    panel.crowd(3, borough=SOUTHWARK, age="21-25")
    page = panel.as_(KIM).get("/staff/panel").text
    assert "@example.org" not in page
    assert "under 10, or hidden beside one" in page
    lambeth = page.partition('<th scope="row">Lambeth</th><td class="figure">')[2][:40]
    assert not lambeth.startswith("12")  # 15 less 12 would say how many are in Southwark
    assert panel.as_(PRIYA).get("/staff/panel").text.count("Send the invitations") == 0


def test_how_many_get_it_is_said_before_anything_is_sent(panel: PanelHouse) -> None:
    panel.crowd(14)
    panel.crowd(21, borough=SOUTHWARK, age="18-20")
    collection = panel.pulse()
    panel.burn()
    page = panel.ask_to_invite(collection, borough=[SOUTHWARK], age_band=["18-20"])
    assert (page.status_code, panel.send(), panel.letters()) == (200, None, [])
    assert "This sends one mail to about <strong>20 people</strong>." in page.text
    assert "It cannot be sent again or called back." in page.text
    assert all(said in page.text for said in ("<dd>18-20</dd>", "<dd>Southwark</dd>", "31 December 2026"))
    back = panel.ask_to_invite(collection, borough=[SOUTHWARK], sure="no")
    assert f'value="{SOUTHWARK}" checked' in back.text
    assert panel.send() is None
    for _ in range(2):  # pressed twice while it leaves: it leaves once
        sure = panel.ask_to_invite(collection, borough=[SOUTHWARK], age_band=["18-20"], sure="yes")
        assert sure.headers["location"] == "/staff/panel?done=asked"
    assert panel.send() is Progress.DONE
    assert len(panel.letters()) == 21


def test_no_number_is_said_that_tells_how_few_are_left_out(panel: PanelHouse) -> None:
    panel.crowd(30)
    panel.crowd(3, borough=SOUTHWARK)
    collection = panel.pulse()
    page = panel.ask_to_invite(collection, borough=[LAMBETH]).text
    assert "<strong>almost everybody</strong>" in page
    assert "30 people" not in page
    assert "about <strong>30 people</strong>" in panel.ask_to_invite(collection).text  # all 33 of them


def test_after_the_invitations_the_page_says_that_they_were_sent(panel: PanelHouse) -> None:
    panel.crowd(12)
    collection = panel.pulse()
    assert "Send the invitations" in panel.as_(KIM).get("/staff/panel").text
    panel.invite(collection)
    page = panel.as_(KIM).get("/staff/panel").text
    assert "The invitations to Panel pulse, quarter 4 of 2026 are on their way." in page
    panel.send()
    page = panel.as_(KIM).get("/staff/panel").text
    assert "The invitations to Panel pulse, quarter 4 of 2026 were sent." in page
    assert "There is nothing else to invite them to now." in page
    assert "Open a pulse below" not in page
    assert "can be opened here from 4 December 2026" in page


def test_one_rule_for_every_number_of_people(panel: PanelHouse) -> None:
    panel.crowd(12)
    for one in range(5):
        panel.ask(f"waits-{one}@example.org")
    page = panel.as_(KIM).get("/staff/panel").text
    waiting = page.partition("<dt>Not confirmed yet</dt>")[2].partition("</div>")[0]
    assert "under 10" in waiting
    assert ">5<" not in waiting


def test_staff_take_somebody_off_who_asked_and_the_audit_names_nobody(panel: PanelHouse) -> None:
    panel.join("zoe@example.org")
    kim = panel.as_(KIM)
    assert kim.post("/staff/panel/off", data={"address": "no@example.org"}).status_code == 422
    assert kim.post("/staff/panel/off", data={"address": "Zoe@example.org"}).status_code == 303
    assert panel.members() == []
    with transaction(panel.engine) as session:
        told = str(session.exec(select(AuditEntry)).all())
    assert "took somebody off" in told
    assert "zoe" not in told.lower()


# The clock


def test_what_is_not_confirmed_goes_after_seven_days(panel: PanelHouse) -> None:
    panel.ask("zoe@example.org")
    link = link_in(panel.letters()[0], "/panel/you/")
    here = panel.app.state.installation
    panel.clock.forward(days=7)
    tidy(panel.store, here)
    assert len(panel.members()) == 1
    panel.clock.forward(days=1)
    assert panel.client.post(link, data={"wish": "confirm"}).status_code == 410
    tidy(panel.store, here)
    tidy(panel.store, here)
    assert panel.members() == []


def test_after_a_year_they_are_asked_once_and_without_a_yes_they_go(panel: PanelHouse) -> None:
    stays, goes = panel.join("stays@example.org"), panel.join("goes@example.org")
    panel.join("silent@example.org")
    panel.client.post(
        panel.join("nothing@example.org"), data={"wish": "keep"}
    )  # says yes to nothing any more
    here = panel.app.state.installation
    panel.burn()
    panel.clock.moment = dt.datetime(2027, 11, 1, 12, tzinfo=dt.UTC)
    tidy(panel.store, here)
    assert panel.letters() == []
    panel.clock.forward(days=1)
    for _ in range(3):
        tidy(panel.store, here)
    assert sorted(one["To"] for one in panel.letters()) == [
        "goes@example.org",
        "silent@example.org",
        "stays@example.org",
    ]
    assert "we delete your address on 30 November 2027" in panel.letters()[0].get_content()
    assert "Yes, ask me for another year" in panel.client.get(stays).text
    panel.client.post(stays, data={"wish": "stay", "purpose": ["surveys"], "age": "18-20"})
    panel.client.post(goes.replace("/you/", "/leave/"))
    panel.burn()
    panel.clock.moment = dt.datetime(2027, 12, 1, 12, tzinfo=dt.UTC)
    tidy(panel.store, here)
    tidy(panel.store, here)
    (member,) = panel.members()
    assert (member.expires_on, member.age_band, member.asked_again) == (dt.date(2028, 11, 30), "18-20", False)
    assert panel.letters() == []


def test_who_cannot_be_asked_now_is_asked_later(panel: PanelHouse) -> None:
    panel.join("zoe@example.org")
    panel.burn()
    shutil.rmtree(panel.mails, ignore_errors=True)
    panel.mails.write_text("no folder")
    panel.clock.moment = dt.datetime(2027, 11, 10, 12, tzinfo=dt.UTC)
    tidy(panel.store, panel.app.state.installation)
    assert not panel.members()[0].asked_again
    panel.mails.unlink()
    tidy(panel.store, panel.app.state.installation)
    assert (panel.members()[0].asked_again, len(panel.letters())) == (True, 1)


def test_links_go_when_their_collection_has_closed(panel: PanelHouse) -> None:
    ways = invited(panel)
    panel.clock.moment = dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC)
    tidy(panel.store, panel.app.state.installation)
    assert tickets(panel) == 10
    panel.clock.forward(days=1)
    assert "This has closed" in panel.client.get(ways[0]).text
    tidy(panel.store, panel.app.state.installation)
    assert tickets(panel) == 0
    assert panel.client.get(ways[0]).status_code == 410


def test_two_threads_beside_the_app_do_it(panel: PanelHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    here = panel.app.state.installation
    panel.crowd(10)
    panel.ask("waits@example.org")
    panel.invite(panel.pulse())
    panel.burn()
    sender, tidier = Sender(panel.store, here), Tidier(panel.store, here)
    sender.look()
    assert len(panel.letters()) == 10
    panel.clock.forward(days=8)
    tidier.look()
    tidier.look()
    assert len(panel.members()) == 10
    panel.join("more@example.org")
    assert len(panel.members()) == 11
    monkeypatch.setattr(inviting, "send_next", lambda *_: Progress.WAITING)
    sender.look()
    monkeypatch.setattr(inviting, "send_next", lambda *_: pytest.fail("asked again at once"))
    sender.look()  # a mail server that is not there is left in peace for a while


def test_what_was_sent_says_how_many_and_never_to_whom(panel: PanelHouse) -> None:
    invited(panel)
    with panel.store.looking() as session:
        (sending,) = session.exec(select(Sending)).all()
        assert (sending.sent, sending.failed, sending.asked_by) == (10, 0, KIM)
    with transaction(panel.engine) as session:
        assert session.exec(select(Response)).all() == []
