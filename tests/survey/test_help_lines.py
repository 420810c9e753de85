"""Help lines say whom they are for, and are checked again at least every 90 days, or nothing is published."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from survey import web
from survey.app import make_app
from survey.db import transaction
from survey.languages import read_languages
from survey.models import AuditEntry
from survey.places import HelpLine, WrongPlace, load
from survey.places.lines import read_lines
from survey.settings import Settings
from tests.survey.conftest import CODE, Clock, House, furnish, switch_on
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


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "en",
            [
                "Open: any time. Age: under 19. Where: the whole UK.",
                "Age: any age. Where: the UK and Ireland.",
            ],
        ),
        ("en-x-easy", ["Age: younger than 19. Where: all of the UK.", "Where: the UK and Ireland."]),
        ("bn", ["বয়স: 19 বছরের কম। এলাকা: পুরো যুক্তরাজ্য।", "এলাকা: যুক্তরাজ্য ও আয়ারল্যান্ড।"]),
        ("ar", ["العمر: أقل من 19 عامًا. المكان: كل المملكة المتحدة.", "المكان: المملكة المتحدة وأيرلندا."]),
    ],
)
def test_each_line_says_its_hours_ages_and_area_in_the_language_of_the_page(
    house: House, code: str, said: list[str]
) -> None:
    switch_on(house, code)
    page = house.client.get(f"/staying-safe?lang={code}").text
    assert all(sentence in page for sentence in said)
    assert page.count('<p class="quiet">') == len(LINES) + 1


def test_staff_see_whom_each_line_is_for(house: House) -> None:
    page = house.as_(SAM).get("/staff/help-lines").text
    assert page.count("Open: any time. Age: any age.") == len(LINES) - 1
    assert "Open: any time. Age: under 19. Where: the whole UK." in page


def test_beside_a_number_stands_for_whom_it_is_only_where_that_is_not_everybody(house: House) -> None:
    page = house.client.get(f"/s/{CODE}").text
    assert "Childline, under 19, any time</span>" in page
    assert "Samaritans, any time</span>" in page
    assert "Emergency, if there is danger now</span>" in page


@pytest.mark.parametrize(
    ("ages", "said"),
    [('"any"', "any age"), ("{lowest = 16}", "16 and over"), ("{lowest = 11, highest = 16}", "11 to 16")],
)
def test_ages_are_said_as_people_say_them(tmp_path: Path, ages: str, said: str) -> None:
    (line,) = written(tmp_path, RIGHT.replace('"any"', ages))
    english = read_languages()["en"]
    parts: Any = web.templates_in(english).get_template("help_line_parts.html").module
    assert parts.ages(line) == said


RIGHT = """
[[line]]
name = "Help"
contact = "112"
href = "tel:112"
hours = "any time"
ages = "any"
area = "the whole of Europe"
about = "Call."
verified_on = 2026-11-20
"""


def written(folder: Path, source: str) -> tuple[HelpLine, ...]:
    """The help lines that somebody wrote into a file."""
    (folder / "help_lines.toml").write_text(source, "utf8")
    return read_lines(folder / "help_lines.toml", "smallville")


@pytest.mark.parametrize("lacks", ["name", "contact", "href", "hours", "ages", "area", "about"])
def test_a_line_that_lacks_something_is_refused_and_the_file_is_told_where(
    tmp_path: Path, lacks: str
) -> None:
    without = re.sub(rf"(?m)^{lacks} = .*\n", "", RIGHT)
    who = "without a name" if lacks == "name" else "Help"
    with pytest.raises(
        WrongPlace, match=rf"help_lines.toml of smallville, line 1 \({who}\): .* {lacks}\. Write"
    ):
        written(tmp_path, without)


@pytest.mark.parametrize(
    "ages",
    [
        '"young"',
        "18",
        "{}",
        "{highest = 10, lowest = 11}",
        '{highest = "18"}',
        "{under = 19}",
        "{lowest = true}",
    ],
)
def test_ages_that_cannot_be_read_are_refused(tmp_path: Path, ages: str) -> None:
    with pytest.raises(WrongPlace, match=r"line 1 \(Help\)"):
        written(tmp_path, RIGHT.replace('"any"', ages))


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    second = RIGHT.replace('area = "the whole of Europe"\n', "").replace("verified_on = 2026-11-20\n", "")
    with pytest.raises(WrongPlace) as refused:
        written(tmp_path, RIGHT.replace('hours = "any time"', 'hours = {bn = "x"}') + second)
    told = str(refused.value).splitlines()
    assert [line.partition(": ")[0] for line in told] == [
        "help_lines.toml of smallville, line 1 (Help)",
        *["help_lines.toml of smallville, line 2 (Help)"] * 2,
    ]
    assert "hours must be words in English" in told[0]
    assert "area" in told[1]
    assert "verified_on" in told[2]


def test_a_place_without_help_lines_says_whom_to_tell(engine: Engine, clock: Clock) -> None:
    furnish(engine)
    app = make_app(Settings(), engine, clock)
    here = app.state.installation
    app.state.installation = replace(here, place=replace(here.place, help_lines=()))
    with TestClient(app) as browser:
        page = browser.get("/staying-safe")
        start = browser.get(f"/s/{CODE}")
    assert page.status_code == 200
    assert "Please tell an adult you trust." in page.text
    assert "We checked these" not in page.text
    assert "Want to talk to someone?" not in start.text
