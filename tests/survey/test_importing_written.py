"""What people wrote in a past survey is never proposed as choices, which everybody can read; and the page says why."""

import time
from collections import Counter

import pytest

from survey.importing.files import Column
from survey.importing.making import standard_questions
from survey.importing.proposing import target_of
from survey.places import load
from tests.survey.conftest import House
from tests.survey.test_importing_pages import look, shown
from tests.survey.test_reference_pages import Sent, post, sent_back

OFTEN = ["Often"] * 20 + ["Seldom"] * 19


def looked(house: House, words: list[str], mark: str = "\t") -> tuple[str, Sent]:
    """The page of a file with a column of words, and what its form would send."""
    lines = [f"What else?{mark}Anger"] + [
        f"{word}{mark}{'Often' if at % 2 else 'Seldom'}" for at, word in enumerate(words)
    ]
    status, page = look(house, "\n".join(lines).encode(), asked="own")
    assert status == 200, shown(page)
    return page, sent_back(page)


@pytest.mark.parametrize(
    "words",
    [
        ["idk"] * 5 + ["more police"] * 4 + ["Mr Hill"],  # one name among few short answers
        ["lights"] * 30 + ["by the bus stop", "my brother was hurt", "the alley"],
        ["it is dark behind the shops there"] * 2
        + ["nobody walks home alone at night"] * 2
        + ["lights"] * 40,
        ["lights, police"] * 4 + ["police", "lights"] * 4 + ["lights, Mr Hill"],  # several in a cell
    ],
    ids=["a name", "new ones", "long ones", "several in a cell"],
)
def test_what_people_wrote_is_left_out_and_the_page_says_why(house: House, words: list[str]) -> None:
    page, form = looked(house, words)
    assert form["column 0"] == "out"
    assert "left out: looks written by people" in shown(page)
    assert "It looks like words that people wrote: " in shown(page)
    assert form["column 1"] == "own one"


@pytest.mark.parametrize(
    "words",
    [
        [*OFTEN, "Never"],
        ["Very worried, and I think about it every day"] * 20
        + ["Not worried at all"] * 20,  # long, but the form’s
        ["1", "2", "3"] * 9 + ["4"],
        ["Football; Chess", "Chess", "Football"] * 10,
    ],
)
def test_what_a_form_offered_is_proposed_as_before(house: House, words: list[str]) -> None:
    page, form = looked(house, words)
    assert form["column 0"] in ("own one", "own many")
    assert "people wrote" not in shown(page)
    assert "Keep these responses" in page


def test_a_sentence_among_choices_waits_for_somebody_to_say_what_it_is(house: House) -> None:
    """As where a form had “Other:” and a line to write on, in one column."""
    page, form = looked(house, [*OFTEN, "only when my father drinks at night"])
    assert (form["column 0"], form["word 0 0"], form["word 0 1"], form["word 0 2"]) == (
        "own one",
        "+",
        "+",
        "",
    )
    assert "For 1 value nobody knows yet what it means." in shown(page)
    assert "may be their own words" in shown(page)
    status, page = post(house, "/staff/import/look", form | {"word 0 2": "-"})
    assert "Keep these responses" in page, (status, shown(page))


def test_who_takes_writing_for_choices_says_so_of_each_that_few_gave(house: House) -> None:
    _page, form = looked(house, ["idk"] * 5 + ["more police"] * 4 + ["Mr Hill"])
    _status, page = post(house, "/staff/import/look", form | {"column 0": "own one"})
    assert [sent_back(page)[f"word 0 {at}"] for at in range(3)] == ["", "dont_know", "+"]
    assert "Keep these responses" not in page


def test_what_one_person_wrote_is_no_tick_of_the_columns_beside_it(house: House) -> None:
    lines = "helps_clubs,helps_lights,helps_other\n" + "1,0,\n0,1,\n" * 10 + "0,0,my uncle Mr Hill\n"
    _status, page = look(house, lines.encode(), asked="own")
    assert sent_back(page)["column 2"] == "out"
    _status, page = post(house, "/staff/import/look", sent_back(page) | {"column 2": "own tick"})
    assert 'name="answer 2" value="helps other"' in page
    assert sent_back(page)["word 2 0"] == ""


def test_a_column_of_twenty_thousand_texts_is_proposed_in_a_moment() -> None:
    """Each text was read once for each question of the bank: 17 seconds for a file of 20,000 rows and 60 columns."""
    texts = Counter(f"what number {at} wrote, and more" for at in range(20_000))
    begun = time.process_time()
    target_of(Column("Comments"), texts, standard_questions(), load("london"), own=True)
    assert time.process_time() - begun < 1
