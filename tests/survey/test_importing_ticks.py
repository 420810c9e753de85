"""Several columns of ticks of a past survey become one question of its own with many answers."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from sqlmodel import col, select

from questions import Question, read
from survey.db import transaction
from survey.importing.alike import alike
from survey.importing.files import Column
from survey.models import Instrument
from tests.survey.conftest import House
from tests.survey.test_importing_pages import KEEP, LOOK, WRITTEN, look, shown, stored
from tests.survey.test_importing_several import given
from tests.survey.test_reference_pages import Sent, post, sent_back

ROWS = ["1,0,0,Very", "1,1,0,A bit", "0,0,0,Very", "0,0,1,A bit", ",,,Very"] * 4
CSV = "helps_clubs,helps_better_lights,helps_police,Anger\n" + "\n".join(ROWS)


def made(house: House) -> list[Question]:
    """The questions of the set that was made of the file."""
    with transaction(house.engine) as session:
        found = session.exec(select(Instrument).where(col(Instrument.key) == "past_an_old_survey")).one()
        return list(read(found.source).questions)


def typed(page: str, **fields: str) -> Sent:
    """What the form of a preview sends when these are typed."""
    return sent_back(page) | {name.replace("__", " "): value for name, value in fields.items()}


def test_columns_of_ticks_called_alike_become_one_question(house: House) -> None:
    status, page = look(house, CSV.encode(), asked="own")
    form, told = sent_back(page), shown(page)
    assert status == 200, told
    assert [form[f"column {at}"] for at in range(4)] == ["own tick"] * 3 + ["own one"]
    assert form["none helps"] == "none_of_these"
    assert "3 columns, one question: helps" in told
    assert "→ helps: better lights" in told
    fields = {"tick__wording__helps": "What would help you?", "answer__0": "More clubs"}
    status, page = post(house, LOOK, typed(page, **fields))
    assert "helps helps_clubs, helps_better_lights, helps_police 16 16" in shown(page)
    status, address = post(house, KEEP, typed(page, **fields) | WRITTEN)
    assert status == 303, shown(address)
    (helps, _anger) = made(house)
    assert (helps.kind, str(helps.prompt), helps.exclusive) == (
        "many",
        "What would help you?",
        frozenset({"none_of_these"}),
    )
    assert [str(choice.label) for choice in helps.choices] == [
        "More clubs",
        "better lights",
        "police",
        "None of these",
    ]
    assert Counter(given(house, "helps")) == {
        "['more_clubs']": 4,
        "['more_clubs', 'better_lights']": 4,
        "['none_of_these']": 4,
        "['police']": 4,
        "None": 4,
    }


def test_whoever_ticked_nothing_may_have_given_no_answer(house: House) -> None:
    _status, page = look(house, CSV.encode(), asked="own")
    _status, page = post(house, LOOK, typed(page, none__helps="-"))
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303
    assert given(house, "helps").count("None") == 8
    assert made(house)[0].exclusive == frozenset()


def test_a_column_can_be_put_with_others_and_taken_from_them(house: House) -> None:
    csv = "q1_a,q1_b,music,Anger\n" + "\n".join(ROWS)
    _status, page = look(house, csv.encode(), asked="own")
    assert sent_back(page)["column 2"] == "own one"
    _status, page = post(house, LOOK, typed(page, column__2="own tick"))
    assert "3 columns, one question: q1" in shown(page)  # with those before it
    _status, page = post(house, LOOK, typed(page, group__2="other", tick__key__q1="helped"))
    told = shown(page)
    assert "2 columns, one question: helped" in told
    assert "1 column, one question: other" in told


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tick__key__helps": "anger"}, "column D (Anger): Its question has the key of that of column A"),
        ({"answer__0": "Police"}, "column C (helps_police): Column A (helps_clubs) is the answer to that"),
        ({"tick__key__helps": "What helps"}, "column A (helps_clubs): "),
        (
            {"word__0__1": "no"},
            "column B (helps_better_lights): “1” means something else in column helps_clubs.",
        ),
    ],
)
def test_what_makes_no_one_question_is_refused(house: House, fields: dict[str, str], said: str) -> None:
    before = stored(house)
    _status, page = look(house, CSV.encode(), asked="own")
    status, page = post(house, LOOK, typed(page, key__3="anger", **fields))
    assert (status, said in shown(page)) == (422, True), shown(page)
    assert stored(house) == before


def test_a_tick_may_be_written_as_the_answer_that_it_ticks(house: House) -> None:
    """As survey tools write them: a column for each answer, with its words where somebody ticked it."""
    csv = "first,second,What would help?\nMore clubs,,\n,Better lights,More police\nMore clubs,,Not ticked\n"
    status, page = look(house, csv.encode())
    form = sent_back(page)
    assert status == 200, shown(page)
    assert [form[f"column {at}"] for at in range(3)] == [
        "tick helps clubs",
        "tick helps lights",
        "tick helps police",
    ]
    assert post(house, KEEP, form | WRITTEN)[0] == 303
    assert given(house, "helps") == ["['clubs']", "['clubs']", "['lights', 'police']"]


def test_spss_labels_say_the_question_and_its_answers(house: House, tmp_path: Path) -> None:
    frame = pd.DataFrame({"v1": [1.0, 0.0, None] * 4, "v2": [0.0, 0.0, None] * 4, "v3": [1.0, 1.0, None] * 4})
    pyreadstat.write_sav(
        frame,
        tmp_path / "old.sav",
        column_labels={
            "v1": "What would help? - Clubs",
            "v2": "What would help? - Lights",
            "v3": "Do you feel safe?",
        },
        variable_value_labels={name: {0: "Not selected", 1: "Selected"} for name in ("v1", "v2")},
    )
    status, page = look(house, (tmp_path / "old.sav").read_bytes(), asked="own")
    told = shown(page)
    assert status == 200, told
    assert sent_back(page)["column 2"] != "own tick"
    assert "2 columns, one question: what_would_help" in told or "one question: would_help" in told
    assert "What would help?</textarea>" in page
    assert 'value="Clubs"' in page
    assert 'value="Lights"' in page


@pytest.mark.parametrize(
    ("names", "words", "together"),
    [
        (["What helps? [Clubs]", "What helps? [Lights]"], ["Yes", "No"], ["Clubs", "Lights"]),
        (["help1", "help2"], ["More clubs"] * 3, ["More clubs", "More clubs"]),
        (["help1", "help2"], ["Mr Hill shouts"] * 2, []),  # somebody’s own words, as far as anybody can tell
        (["q12a", "q12b"], ["x"], ["a", "b"]),
        (["q1", "q2"], ["1", "0"], []),  # questions with numbers
        (["age_1", "age_2"], ["14", "15"], []),  # no ticks
        (["Are you safe at home?", "Are you safe at school?"], ["Yes", "No"], []),  # a question each
        (["helps_clubs"], ["1", "0"], []),  # alone
    ],
)
def test_what_is_called_alike_is_proposed_together(
    names: list[str], words: list[str], together: list[str]
) -> None:
    found = alike([Column(name) for name in names], [Counter(words)] * len(names))
    assert [one.answer for one in found.values()] == together
    assert len({one.group for one in found.values()}) == min(len(together), 1)
