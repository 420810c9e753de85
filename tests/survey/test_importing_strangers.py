"""A form of the import that says what its page did not offer is refused by name, all at once, and changes nothing."""

import pytest

from tests.survey.conftest import House
from tests.survey.test_importing_pages import KEEP, LOOK, WRITTEN, look, settled, shown, stored, tiny
from tests.survey.test_importing_several import CLUBS
from tests.survey.test_importing_ticks import CSV
from tests.survey.test_reference_pages import post, sent_back

CRAFTED = {
    "column 2": "ask nothing",
    "column 3": "own banana",
    "column 4": "ask",
    "column 99": "out",
    "word 0 0": "no_such_code",
    "word 0 9": "very",
    "word 5 0": "E99999999",
}
SAID = (
    "the form: It says something of column number 100. The file has 7.",
    "column A (Worry): “no_such_code” is nothing that “A bit” can mean. Choose from the list.",
    "column A (Worry): It has 3 values to say, and the form says something of others.",
    "column C (Clubs): “ask nothing” is nothing that a column can be here. Choose from the list.",
    "column D (Lights): “own banana” is nothing that a column can be here.",
    "column E (Years): “ask” is nothing that a column can be here.",
    "column F (Borough): “E99999999” is nothing that “Lambeth” can mean.",
)


@pytest.mark.parametrize("address", [LOOK, KEEP])
def test_all_that_a_crafted_form_says_is_refused_at_once_by_name(house: House, address: str) -> None:
    form, before = settled(house), stored(house)
    status, page = post(house, address, form | WRITTEN | CRAFTED)
    told = shown(page)
    assert status == 422
    assert [sentence for sentence in SAID if sentence not in told] == []
    assert "Keep these responses" not in page
    assert stored(house) == before
    clean = sent_back(page)
    assert (clean["column 2"], clean["column 3"], clean["word 0 0"]) == ("out", "out", "")


def test_no_mark_and_no_answer_of_nobody_is_made_up(house: House) -> None:
    cells = "What do you do?,Row\n" + "".join(f"{one},1\n" for one in CLUBS)
    _status, page = look(house, cells.encode(), asked="own")
    status, page = post(house, LOOK, sent_back(page) | {"mark 0": "/"})
    assert (status, "“/” cannot stand between answers. Choose from the list." in shown(page)) == (422, True)
    _status, page = look(house, CSV.encode(), asked="own")
    status, page = post(house, LOOK, sent_back(page) | {"none helps": "everything"})
    told = "column C (helps_police): “everything” is no answer of those who ticked nothing of helps."
    assert (status, told in shown(page)) == (422, True)


@pytest.mark.parametrize(
    ("crafted", "said"),
    [
        ({"headline": "shoes"}, "“shoes” is no question that can stand first in its results."),
        ({"level": ["very", "enormous"]}, "“enormous” is no answer to worry."),
        ({"headline": "helps"}, "You chose another question that stands first, helps. Press “Read it so”"),
        ({"design": "random"}, "Say by which design its people were reached"),
        ({"series": "no-such"}, "That series is gone."),
    ],
)
def test_what_is_said_of_the_survey_is_held_against_what_there_is(
    house: House, crafted: dict[str, str | list[str]], said: str
) -> None:
    form, before = settled(house), stored(house)
    status, page = post(house, KEEP, form | WRITTEN | crafted)
    assert (status, said in shown(page)) == (422, True), shown(page)
    assert stored(house) == before


def test_what_was_said_of_words_is_of_the_words_that_were_shown(house: House) -> None:
    """Another mark makes other words, and another question other meanings."""
    cells = "Helps\n" + '"More clubs, lights"\n' * 3
    _status, page = look(house, cells.encode())
    form = sent_back(page)
    assert (form["mark 0"], form["word 0 0"]) == (",", "clubs")
    status, page = post(house, LOOK, form | {"mark 0": ";"})
    assert (status, sent_back(page)["word 0 0"]) == (200, "")
    status, page = post(house, LOOK, form | {"column 0": "ask worry"})
    assert (status, sent_back(page)["word 0 0"]) == (200, "")


def test_choosing_another_set_proposes_its_own_questions_and_refuses_nothing(house: House) -> None:
    _status, page = look(house, b"Worry,Row\nVery worried,1\nNot worried at all,1\n", asked="own")
    chosen = sent_back(page) | {"column 0": "own one"}
    status, page = post(house, LOOK, chosen | {"asked": tiny(house)})
    assert status == 200, shown(page)
    assert sent_back(page)["column 0"] == "ask worry"
