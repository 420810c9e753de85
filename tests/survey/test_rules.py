"""Each consultation has its own rule of disclosure, never under five, and every page and file goes by it."""

import re
from typing import Any

import pytest
from sqlmodel import select

from survey import demo
from survey.db import transaction
from survey.models import AuditEntry, Consultation, Publication
from tests.survey.conftest import House, mostly_sqlite
from tests.survey.test_publications import LOOK, PUBLISHER, USTER, house, look, publish

__all__ = ["house"]

RULE = f"/staff/consultations/{demo.USTER_SLUG}/rule"
ADA = "Ada, analyst"


def change(
    house: House, base: str = "10", count: str = "5", extreme: str = "30", why: str = "about health"
) -> Any:
    form = {"base": base, "count": count, "extreme": extreme, "why": why}
    return house.as_(PUBLISHER).post(RULE, data=form)


def numbers(house: House) -> tuple[int, int, int]:
    with transaction(house.engine) as session:
        one = session.exec(select(Consultation)).one()
        return one.least_base, one.least_count, one.least_extreme


def bases(page: str) -> list[int]:
    return [int(base) for base in re.findall(r"of about (\d+) people", page)]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"base": "4"}, "People who answered, at least: never fewer than 5, in any consultation."),
        ({"count": "4"}, "never fewer than 5, in any consultation."),
        ({"extreme": "x"}, "write a whole number, such as 10."),
        ({"base": "40", "extreme": "30"}, "Make it the same, or larger."),
        ({"base": "2000"}, "1000 is the most that can be asked for."),
        ({"why": " "}, "Write why"),
    ],
)
def test_a_rule_that_would_not_do_is_refused_and_changes_nothing(
    house: House, form: dict[str, str], told: str
) -> None:
    answer = change(house, **form)
    assert (answer.status_code, told in answer.text, "Nothing was changed" in answer.text) == (
        422,
        True,
        True,
    )
    assert numbers(house) == (10, 5, 30)


def test_everything_that_is_wrong_is_said_at_once(house: House) -> None:
    assert change(house, base="1", count="2", extreme="", why="").text.count("<li>") >= 4


def test_a_rule_is_changed_with_a_reason_that_stands_in_the_audit(house: House) -> None:
    assert change(house, base="20", extreme="40").headers["location"] == LOOK
    assert numbers(house) == (20, 5, 40)
    with transaction(house.engine) as session:
        asked = select(AuditEntry.object, AuditEntry.who, AuditEntry.why)
        found = session.exec(asked.where(AuditEntry.did == "changed the rule of disclosure")).all()
    told = f"{demo.USTER_SLUG}: 10, 5 and 30 people became 20, 5 and 40 people"
    assert [tuple(one) for one in found] == [(told, PUBLISHER, "about health")]


@mostly_sqlite
def test_every_page_and_file_goes_by_the_rule_and_what_is_published_keeps_its_own(house: House) -> None:
    publish(house, look(house))
    first = house.client.get(f"{USTER}/figures.csv").text
    results = f"/staff/consultations/{demo.USTER_SLUG}/results"
    assert "about fewer than 10 people" in house.as_(ADA).get(results).text
    before = house.as_(ADA).get(results).text.count('class="withheld"')
    change(house, base="30", count="10", extreme="60")
    page = house.as_(ADA).get(results).text
    assert "about fewer than 30 people, if fewer than 10 gave the answer" in page
    assert page.count('class="withheld"') > before
    again = look(house)
    assert "at least 30 people answered" in again
    publish(house, again, correction="A stricter rule.")
    with transaction(house.engine) as session:
        one, two = session.exec(select(Publication).order_by(Publication.number)).all()  # type: ignore[arg-type]
        rules = [one.content["rule"], two.content["rule"]]
        strict = [
            row for table in two.content["tables"] for row in table["rows"] if row["estimate"] is not None
        ]
        reasons = {
            row["reason"]
            for table in two.content["tables"]
            for row in table["rows"]
            if row["estimate"] is None
        }
    assert rules[0] == {"minimum_base": 10, "minimum_count": 5, "extreme_base": 30}
    assert rules[1] == {"minimum_base": 30, "minimum_count": 10, "extreme_base": 60}
    assert strict
    assert min(row["n"] for row in strict) >= 30
    fewest = [
        row["n"] * min(row["estimate"], 1 - row["estimate"]) for row in strict if 0 < row["estimate"] < 1
    ]
    assert min(fewest) >= 8
    assert {reason.partition(",")[0] for reason in reasons} == {"fewer than 30 people answered"}
    assert house.client.get(f"{USTER}/figures.csv").text == first
