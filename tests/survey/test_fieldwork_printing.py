"""What is handed out, and how far each setting is: cards, posters, the code as a picture, and who has not started."""

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

import survey
from survey.db import migrate, open_engine, transaction
from survey.models import Collection, Permission, Setting
from tests.survey.conftest import CODE, House
from tests.survey.test_fieldwork_hosts import finished

FEMI = "Femi, fieldworker"
ALL = "/staff/collections/1"


def more(house: House, *names: str) -> list[str]:
    """Add settings, and give their codes."""
    for name in names:
        house.as_(FEMI).post(f"{ALL}/settings", data={"name": name, "borough": "E09000007", "expected": "40"})
    with transaction(house.engine) as session:
        found = {one.name: one.code for one in session.get_one(Collection, 1).settings}
    return [found[name] for name in names]


@pytest.mark.parametrize(("what", "sheet"), [("cards", "card"), ("posters", "poster")])
def test_every_card_and_every_poster_of_a_collection_is_one_document(
    house: House, what: str, sheet: str
) -> None:
    codes = more(house, "River Club", "Elm Hall")
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).retired_on = house.clock().date()
    page = house.as_(FEMI).get(f"{ALL}/print/{what}").text
    sheets = re.findall(rf'<article class="{sheet}">.*?</article>', page, re.S)
    assert ["Elm Hall" in sheets[0], "River Club" in sheets[1]] == [True, True]
    assert len(sheets) == 2  # a code that is retired is not printed
    assert CODE not in page
    for code, its_sheet in zip(codes, reversed(sheets), strict=True):
        assert code in its_sheet
        assert its_sheet.count('class="qr"') == 1
    assert house.as_(FEMI).get(f"{ALL}/print/flags").status_code == 404


def test_a_poster_is_for_young_people_and_says_who_may_take_part(house: House) -> None:
    def said() -> str:
        return house.as_(FEMI).get(f"/staff/settings/{CODE}/poster").text

    assert "@page a5{size:148mm 210mm" in said()
    for words in ("Safer streets", "We ask how safe you feel.", CODE, "It does not ask for your name."):
        assert words in said()
    assert "For people of 16 and over." in said()
    assert "Open until 30 November 2026." in said()
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).permission = Permission.PARENTS_AGREED
    assert "For people" not in said()
    with transaction(house.engine) as session:
        session.get_one(Collection, 1).routes = ["setting"]
    assert "For people under 16." in said()


def test_the_code_as_a_picture_is_a_file_of_its_own(house: House) -> None:
    file = house.as_(FEMI).get(f"/staff/settings/{CODE}/qr.svg")
    assert file.headers["content-type"] == "image/svg+xml"
    assert file.headers["content-disposition"] == f'attachment; filename="{CODE}.svg"'
    assert ElementTree.fromstring(file.content).tag == "{http://www.w3.org/2000/svg}svg"


def test_staff_see_what_is_expected_beside_the_count_and_who_has_not_started(house: House) -> None:
    more(house, "River Club", "Elm Hall", "Old Hall")
    with transaction(house.engine) as session:
        by_name = {one.name: one for one in session.get_one(Collection, 1).settings}
        by_name["Old Hall"].retired_on = house.clock().date()
        river = by_name["River Club"].id
    finished(house, house.clock().date() - dt.timedelta(days=1), 7, river)
    femi = house.as_(FEMI)
    assert "<dd>7</dd>" in femi.get(ALL).text  # of Hill School nobody said how many are expected
    assert re.findall(
        r'<td class="figure">([\d–]+)</td>', femi.get("/staff/consultations/safer-streets").text
    ) == ["4", "–", "7"]
    with transaction(house.engine) as session:
        session.get_one(Setting, 1).expected = 20
    page = femi.get(ALL).text
    assert '<dd>7 <span class="quiet">of 100 expected</span></dd>' in page
    assert '<dd>2 <span class="quiet">of 3</span></dd>' in page  # Old Hall is waited for no more
    waiting = femi.get(f"{ALL}?show=not-started").text
    assert [name in waiting for name in ("Hill School", "Elm Hall", "River Club", "Old Hall")] == [
        True,
        True,
        False,
        False,
    ]
    row = femi.get("/staff/consultations/safer-streets").text
    assert re.findall(r'show=not-started">(\d+)<', row) == ["2"]
    assert re.findall(r'<td class="figure">(\d+)</td>', row) == ["4", "100", "7"]


def test_what_was_there_before_is_kept_and_says_its_kind_where_only_one_is_possible(
    database_url: str,
) -> None:
    """The tables of version 8 with two collections in them, brought to this version and back."""
    engine = open_engine(database_url)

    def move(to: str) -> None:
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(survey.__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            (command.upgrade if to > "0008" else command.downgrade)(config, to)

    move("0008")
    assert "old_code" not in inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(text(BEFORE[0]))
        connection.execute(text(BEFORE[1]))
        for number, design in enumerate(("gatekept", "open", "open"), 1):
            connection.execute(text(BEFORE[2].format(number, design)))
        for number in (1, 2):
            connection.execute(text(BEFORE[3].format(number)))
    move("0010")
    with engine.connect() as connection:
        kinds = connection.execute(text("SELECT design, kind FROM collection ORDER BY id")).all()
        assert [tuple(row) for row in kinds] == [("gatekept", None), ("open", "open link"), ("open", None)]
    move("0008")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM setting")).scalar_one() == 2
    migrate(engine)
    engine.dispose()


BEFORE = (
    "INSERT INTO instrument (id, key, version, source, fingerprint, published_on, marks)"
    " VALUES (1, 'tiny', 1, '', 'x', '2026-11-20', '{}')",
    "INSERT INTO consultation (id, slug, title, summary, decides, outcome, opens_on, closes_on, outcome_on, synthetic,"
    " headline_level) VALUES (1, 'a', 'A', '', '', '', '2026-11-20', '2026-11-21', '2026-11-22', false, '[]')",
    "INSERT INTO collection (id, consultation_id, instrument_id, name, design) VALUES ({0}, 1, 1, 'C{0}', '{1}')",
    "INSERT INTO setting (id, collection_id, code, name) VALUES ({0}, {0}, 'CODE{0}', 'S')",
)
