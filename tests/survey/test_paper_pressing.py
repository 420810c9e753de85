"""What is typed from paper and may mean danger does not wait for the second person."""

from sqlmodel import delete

from survey.db import transaction
from survey.models import Named
from tests.survey.conftest import LEADS, House
from tests.survey.on_paper import AMARA, FEMI, covered, number, printed, sentences, typed, workshop


def test_a_form_whose_words_may_mean_danger_is_said_until_it_is_in(house: House) -> None:
    letters = printed(house, workshop(house), 2)
    covered(house, letters)
    page = sentences(house.as_(FEMI).get(f"/staff/forms/{number(letters, 1)}").text)
    assert f"Does it say that somebody may be in danger? Tell {LEADS[0]} or {LEADS[1]} today" in page
    typed(house, FEMI, number(letters, 1), why="It is dark there.")
    batch = f"/staff/batches/{letters}"
    assert "Somebody may be in danger" not in house.as_(FEMI).get(batch).text
    typed(house, FEMI, number(letters, 2), why="he has a knife and will kill me")
    for who in (FEMI, AMARA):
        said = sentences(house.as_(who).get(batch).text)
        assert f"What is written on form {number(letters, 2)} may not wait until it is checked." in said
        assert f"Read it to {LEADS[0]} or {LEADS[1]} today." in said
        assert "knife" not in said
    typed(house, AMARA, number(letters, 2), "second", why="he has a knife and will kill me")
    assert "Somebody may be in danger" not in house.as_(FEMI).get(batch).text  # the reading desk has it now


def test_where_nobody_is_named_it_is_said_all_the_same(house: House) -> None:
    with transaction(house.engine) as session:
        session.exec(delete(Named))
    letters = printed(house, workshop(house), 1)
    covered(house, letters)
    typed(house, FEMI, number(letters, 1), why="i want to kill myself")
    said = sentences(house.as_(FEMI).get(f"/staff/batches/{letters}").text)
    assert "may not wait until it is checked. A list of words found this." in said
