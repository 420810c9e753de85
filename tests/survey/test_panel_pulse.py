"""The pulse: opened for a quarter, answered by the panel, published when it has closed, and shown as the panel's."""

import datetime as dt
import re

from httpx2 import Response
from sqlmodel import select

from survey.db import transaction
from survey.demo import fill_pulses
from survey.models import Consultation, HelpLineCheck
from survey.panel.pulse import Quarter, quarter_of
from tests.survey.paneling import KIM, PRIYA, PanelHouse, answer_pulse, link_in, panel

__all__ = ["panel"]
SLUG = "panel-pulse-2026-q4"


def answered(house: PanelHouse, people: int, worried: int) -> None:
    """A pulse to which so many of twenty answered, of whom so many are worried."""
    house.crowd(20)
    house.invite(house.pulse())
    house.burn()
    house.send()
    ways = [link_in(one, "/p/") for one in house.letters()]
    for at, way in enumerate(ways[:people]):
        answer_pulse(
            house, way, "very" if at < worried else "not_very", "very_safe" if at % 2 else "very_unsafe"
        )


def publish(house: PanelHouse) -> Response:
    """Wait until it has closed, look after the help lines, and publish."""
    house.clock.moment = dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC)
    house.signed_in.clear()
    with transaction(house.engine) as session:
        for line in house.app.state.installation.place.help_lines:
            session.merge(HelpLineCheck(href=line.href, checked_on=dt.date(2027, 1, 3), who="Sam"))
    return house.as_(PRIYA).post("/staff/panel/pulse/publish", data={"pulse": SLUG})


def test_a_quarter_is_known_by_its_days() -> None:
    assert [quarter_of(dt.date(2026, month, 15)).number for month in range(1, 13)] == [1] * 3 + [2] * 3 + [
        3
    ] * 3 + [4] * 3
    assert (Quarter(2026, 4).first, Quarter(2026, 4).last) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert Quarter(2026, 4).next == Quarter(2027, 1)


def test_the_next_quarters_pulse_is_offered_four_weeks_before_it_begins(panel: PanelHouse) -> None:
    kim = panel.as_(KIM)
    pressed = {"quarter": "2026-4"}
    assert "Open the pulse of quarter 4 of 2026" in kim.get("/staff/panel").text
    for _ in range(2):  # pressed twice it opens one
        assert kim.post("/staff/panel/pulse", data=pressed).status_code == 303
    page = kim.get("/staff/panel").text
    assert "Open the pulse of quarter" not in page
    assert "The pulse of quarter 1 of 2027 can be opened here from 4 December 2026." in page
    early = kim.post("/staff/panel/pulse")
    assert (early.status_code, "opens here from 4 December 2026" in early.text) == (422, True)
    panel.clock.moment = dt.datetime(2026, 12, 4, 12, tzinfo=dt.UTC)
    panel.signed_in.clear()
    kim = panel.as_(KIM)
    assert "Open the pulse of quarter 1 of 2027" in kim.get("/staff/panel").text
    assert kim.post("/staff/panel/pulse").status_code == 303
    assert "quarter 2 of 2027 can be opened here from 4 March 2027." in kim.get("/staff/panel").text
    with transaction(panel.engine) as session:
        this, following = session.exec(select(Consultation).where(Consultation.slug != "safer-streets")).all()
        assert (this.opens_on, this.closes_on) == (dt.date(2026, 11, 20), dt.date(2026, 12, 31))
        assert (following.opens_on, following.closes_on) == (dt.date(2027, 1, 1), dt.date(2027, 3, 31))
        assert this.series == following.series
        assert set(this.translations) == {"ar", "bn", "en-x-easy"}


def test_it_is_shown_as_what_the_panel_says_once_it_is_published(panel: PanelHouse) -> None:
    answered(panel, 16, worried=6)
    assert "Nothing is published yet." in panel.client.get("/panel/pulse").text
    early = panel.as_(PRIYA).post("/staff/panel/pulse/publish", data={"pulse": SLUG})
    assert (early.status_code, "People can still answer it." in early.text) == (422, True)
    assert publish(panel).status_code == 303

    page = panel.client.get("/panel/pulse").text
    assert "16 members of our panel" in page
    assert "Of the members of our panel who answered this question" in page
    assert "8 (50 %)" in page  # safe after dark
    assert "and not what all young people think" in page
    assert "interval" not in page
    assert "London" not in page
    assert "not_very" not in page
    for language in ("ar", "bn", "en-x-easy"):
        assert panel.client.get(f"/panel/pulse?lang={language}").status_code == 200
    again = panel.as_(PRIYA).post("/staff/panel/pulse/publish", data={"pulse": SLUG})
    assert "It is published already." in again.text


def test_what_it_said_is_what_we_heard_and_no_other_reply_is_owed(panel: PanelHouse) -> None:
    answered(panel, 16, worried=6)
    late = dt.datetime(2027, 4, 1, 12, tzinfo=dt.UTC)
    panel.clock.moment = late
    assert "Our reply is late by 7 days." in panel.client.get(f"/c/{SLUG}").text  # it was to be shown by then
    publish(panel)
    panel.clock.moment = late
    page = panel.client.get(f"/c/{SLUG}").text
    assert "late by" not in page
    assert re.search(r'aria-current="step">What we heard<', page)
    assert '<a class="button second" href="/panel/pulse">See the results</a>' in page
    assert f"/results/{SLUG}" not in page
    assert '<a href="/panel/pulse">We published results.</a>' in page
    assert "We reply by" not in page


def test_a_small_base_is_withheld_with_a_sentence(panel: PanelHouse) -> None:
    answered(panel, 9, worried=4)
    publish(panel)
    page = panel.client.get("/panel/pulse").text
    assert "too few to show" in page
    assert "[c]: we do not show it" in page
    assert "9 members" not in page
    assert "%)" not in page.partition("<main>")[2]
    assert "Fewer than 10 answers are never shown." in page


def test_a_mark_that_is_not_on_the_page_is_not_explained(panel: PanelHouse) -> None:
    with transaction(panel.engine) as session:
        fill_pulses(session, panel.app.state.installation.place, panel.clock().date())
    page = panel.client.get("/panel/pulse").text
    assert "121 members of our panel" in page
    assert "[c]" not in page


def test_an_answer_that_few_gave_is_withheld_and_not_given_away(panel: PanelHouse) -> None:
    answered(panel, 16, worried=2)
    publish(panel)
    page = panel.client.get("/panel/pulse").text
    worry = page.partition("How worried")[2].partition("</table>")[0]
    assert "2 (" not in worry
    assert "14 (" not in worry


def test_no_other_consultation_is_published_by_it(panel: PanelHouse) -> None:
    told = panel.as_(PRIYA).post("/staff/panel/pulse/publish", data={"pulse": "safer-streets"})
    assert (told.status_code, "Choose which pulse to publish." in told.text) == (422, True)


def test_a_pulse_is_not_offered_to_who_has_no_invitation(panel: PanelHouse) -> None:
    panel.pulse()
    home = panel.client.get("/").text
    assert "Safer streets" in home
    assert "Panel pulse" not in home
