"""Help lines are checked again at least every 90 days, or nothing is published."""

from sqlmodel import select

from survey.db import transaction
from survey.models import AuditEntry
from survey.places import load
from tests.survey.conftest import House
from tests.survey.designing import BEN, PRIYA, SET, change

LINES = load("london").help_lines
SAM = "Sam, safeguarding lead"


def test_nothing_is_published_while_a_help_line_was_not_checked_for_too_long(house: House) -> None:
    house.clock.forward(days=91)
    change(house, "add", words="Anything else?", new_kind="text", after="worry", who=BEN)
    page = house.as_(PRIYA).get(f"{SET}/publish").text
    assert "Nobody has checked Emergency and Childline and" in page
    assert "Publish version 2" not in page
    for line in LINES:
        assert house.as_(SAM).post("/staff/help-lines", data={"line": line.href}).status_code == 303
    assert "Publish version 2" in house.as_(PRIYA).get(f"{SET}/publish").text
    with transaction(house.engine) as session:
        noted = session.exec(select(AuditEntry).where(AuditEntry.did == "checked the help line")).all()
        assert {one.object for one in noted} == {str(line.name) for line in LINES}


def test_each_line_says_when_it_was_checked_and_by_whom(house: House) -> None:
    house.clock.forward(days=100)
    before = house.as_(SAM).get("/staff/help-lines").text
    assert before.count("That is too long ago.") == len(LINES)
    house.as_(SAM).post("/staff/help-lines", data={"line": LINES[1].href})
    after = house.as_(SAM).get("/staff/help-lines").text
    assert after.count("That is too long ago.") == len(LINES) - 1
    assert "Checked on 28 February 2027 by Sam, safeguarding lead." in after
    assert "We checked these on 20 November 2026." in house.client.get("/staying-safe").text


def test_a_line_that_is_none_of_ours_is_not_noted(house: House) -> None:
    assert house.as_(SAM).post("/staff/help-lines", data={"line": "tel:123"}).status_code == 404
