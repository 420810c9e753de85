"""Several answers of a past survey in one cell, with a mark between them: each is an answer of its own."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey.db import transaction
from survey.models import Instrument, Response
from tests.survey.conftest import House
from tests.survey.test_importing import MAPPING, Import, bring, faults
from tests.survey.test_importing_pages import KEEP, LOOK, WRITTEN, look, shown, stored
from tests.survey.test_reference_pages import post, sent_back

__all__ = ["bring"]


def given(house: House, key: str) -> list[str]:
    """Every answer to a question that is kept, as text."""
    with transaction(house.engine) as session:
        return sorted(str(one.answers[key]) for one in session.exec(select(Response)) if key in one.answers)


@pytest.mark.parametrize("mark", [";", "|", ","])
def test_the_answers_in_a_cell_are_mapped_one_by_one(house: House, mark: str) -> None:
    cells = [
        f"Better lights{mark} clubs",
        "More clubs",
        f"street music{mark}More police",
        "",
        "None of these",
    ]
    csv = "Row\tWhat then\n" + "\n".join(f"{at}\t{cell}" for at, cell in enumerate(cells))
    status, page = look(house, csv.encode())
    form, told = sent_back(page), shown(page)
    assert status == 200, told
    assert (form["column 1"], form["mark 1"]) == ("ask helps", mark)
    assert "For 1 value nobody knows yet what it means." in told
    words = [form[f"word 1 {at}"] for at in range(6)]  # lights, clubs, police, none, clubs again, the music
    assert words == ["lights", "clubs", "police", "none", "clubs", ""]
    status, page = post(house, LOOK, form | {"word 1 5": "-"})
    assert status == 200, shown(page)
    assert "helps What then 4 4 “street music” (1)" in shown(page)
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303
    assert given(house, "helps") == ["None", "['clubs', 'lights']", "['clubs']", "['none']", "['police']"]


def test_what_cannot_stand_together_is_refused_with_its_row(house: House) -> None:
    before = stored(house)
    status, page = look(house, b"Helps,Row\nMore clubs,1\nNone of these; More clubs,2\n")
    assert status == 422
    assert "row 3: helps: You ticked “None of these” and something else." in shown(page)
    assert stored(house) == before


def test_a_mark_that_divides_nothing_can_be_changed(house: House) -> None:
    """A comma inside the words of an answer: somebody says that semicolons divide them."""
    csv = "Helps\n" + '"More clubs, open late"\n' * 3
    _status, page = look(house, csv.encode())
    assert sent_back(page)["mark 0"] == ","
    _status, page = post(house, LOOK, sent_back(page) | {"mark 0": ";"})
    assert "“More clubs, open late” 3" in shown(page)
    status, page = post(house, LOOK, sent_back(page) | {"word 0 0": "clubs"})
    assert status == 200, shown(page)
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303
    assert given(house, "helps") == ["['clubs']"] * 3


def test_a_column_cannot_hold_the_answers_that_others_tick(house: House) -> None:
    status, page = look(house, b"Helps,More police\nMore clubs,1\nBetter lights,0\n")
    assert status == 422
    assert "column B (More police): Column A (Helps) is the answer to that already." in shown(page)


CLUBS = ["Football; Chess", "Chess", "Football; Boxing", "Boxing", "Chess; Boxing", "None"] * 4


def test_a_question_of_its_own_is_made_of_cells_with_several_answers(house: House) -> None:
    status, page = look(
        house, ("What do you do?,Row\n" + "".join(f"{one},1\n" for one in CLUBS)).encode(), asked="own"
    )
    form, told = sent_back(page), shown(page)
    assert status == 200, told
    assert form["column 0"] == "own many"
    assert "“Boxing” → boxing · “Chess” → chess · “Football” → football · “None” → none" in told
    status, page = post(house, LOOK, form | {"key 0": "does"})
    own = {"key 0": "does", "wording 0": "What do you do?"}
    status, address = post(house, KEEP, sent_back(page) | own | WRITTEN)
    assert status == 303, shown(address)
    with transaction(house.engine) as session:
        made = session.exec(select(Instrument).where(col(Instrument.key) == "past_an_old_survey")).one()
        assert 'kind = "many"' in made.source
    assert given(house, "does").count("['chess', 'football']") == 4
    assert given(house, "does").count("['none']") == 4


@pytest.mark.parametrize(
    "cells",
    [
        ["Yes, often", "No, never"] * 10,  # a comma inside an answer: nothing is put together otherwise
        ["1,5", "2,5", "1,2"] * 10,  # decimals
        [f"{at}, that was it; the {at * 7}" for at in range(40)],  # free text
    ],
)
def test_cells_that_only_look_divided_are_left_whole(house: House, cells: list[str]) -> None:
    _status, page = look(house, ("So\tRow\n" + "\n".join(f"{one}\t1" for one in cells)).encode(), asked="own")
    assert sent_back(page)["column 0"] != "own many"


SHORT = MAPPING[: MAPPING.index("[answers.why]")]
WITH = """
[answers.helps]
column = "Helps"
split = ";"
missing = ["other"]
codes = { "Clubs" = "clubs", "Lights" = "lights" }
"""
GOOD = "Worry,Helps\nVery,Lights; Clubs\nA bit,other\nNA,Clubs;other\n"


def test_the_command_reads_the_same_cells(bring: Import, engine: Engine) -> None:
    assert bring(csv=GOOD, mapping=SHORT + WITH).startswith("Imported 3 responses")
    with transaction(engine) as session:
        found = sorted(str(one.answers["helps"]) for one in session.exec(select(Response)))
    assert found == ["None", "['clubs', 'lights']", "['clubs']"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('split = ";"', 'split = "/"', "split may be one of ; | ,"),
        ('split = ";"', "split = 1", "split must be words in quotes"),
        ('split = ";"\n', "", 'the question takes several answers. Write split = ";"'),
        ("[answers.helps]", "[answers.years]", "split is for a question that takes several answers"),
        ('split = ";"', 'split = ";"\notherwise = "none"', "split goes with column, and not with columns or"),
    ],
)
def test_a_mapping_that_divides_what_it_cannot_is_refused(
    bring: Import, engine: Engine, old: str, new: str, said: str
) -> None:
    assert said in faults(bring, engine, csv=GOOD, mapping=SHORT + WITH.replace(old, new))


def test_every_answer_that_has_no_code_is_named(bring: Import, engine: Engine) -> None:
    told = faults(
        bring, engine, csv=GOOD.replace("Lights; Clubs", "Lamps; Huts; Clubs"), mapping=SHORT + WITH
    )
    assert "row 2: column “Helps”: no code is given for “Lamps”" in told
    assert "row 2: column “Helps”: no code is given for “Huts”" in told
