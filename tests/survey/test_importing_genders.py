"""A column of a past survey that says who is a girl and who a boy is proposed as people’s gender."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from sqlmodel import col, select

from survey.db import transaction
from survey.importing.genders import gender_code, gender_of
from survey.importing.making import standard_questions
from survey.models import Response
from tests.survey.conftest import House
from tests.survey.test_importing_pages import KEEP, WRITTEN, look, shown
from tests.survey.test_reference_pages import post, sent_back

GENDER = next(one for one in standard_questions() if one.key == "gender")


def csv(name: str, *words: str) -> bytes:
    """A file of two columns, each word ten times."""
    return (f"Anger,{name}\n" + "".join(f"Often,{word}\nSeldom,{word}\n" for word in words * 5)).encode()


@pytest.mark.parametrize(
    ("girl", "boy"),
    [("F", "M"), ("female", "Male"), ("w", "m"), ("Girl", "Boy"), ("young woman", "Young man")],
)
def test_words_for_girls_and_boys_are_gender_whatever_the_column_is_called(
    house: House, girl: str, boy: str
) -> None:
    _status, page = look(house, csv("q7", girl, boy, "Prefer not to say", "n/a"), asked="own")
    form = sent_back(page)
    assert form["column 1"] == "ask gender"
    told = shown(page)
    assert f"“{girl}” → Girl or woman" in told
    assert f"“{boy}” → Boy or man" in told
    assert "“n/a” → No answer" in told
    status, page = post(house, KEEP, form | WRITTEN)
    assert status == 303, shown(page)
    with transaction(house.engine) as session:
        kept = session.exec(select(Response.gender).where(col(Response.submitted_on).is_not(None))).all()
    assert sorted(map(str, kept)) == sorted(["None", "female", "male", "prefer_not_to_say"] * 10)


def test_labelled_numbers_of_an_spss_file_are_gender(house: House, tmp_path: Path) -> None:
    frame = pd.DataFrame({"v12": [1.0, 2.0, 3.0, 9.0] * 5, "worry": ["Very worried"] * 20})
    labels = {1: "Male", 2: "Female", 3: "Non-binary", 9: "Not stated"}
    path = tmp_path / "old.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"v12": labels}, missing_ranges={"v12": [9]})
    form = sent_back(look(house, path.read_bytes(), asked="own")[1])
    assert form["column 0"] == "ask gender"
    assert [form[f"word 0 {at}"] for at in range(4)] == ["male", "female", "another", "-"]


def test_a_column_called_after_it_is_asked_for_numbers_that_nobody_labelled(house: House) -> None:
    _status, page = look(house, csv("Sex", "1", "2"), asked="own")
    form = sent_back(page)
    assert (form["column 1"], form["word 1 0"], form["word 1 1"]) == ("ask gender", "", "")
    assert "For 2 values nobody knows yet what they mean." in shown(page)


def test_what_is_called_after_it_goes_before_what_only_looks_like_it(house: House) -> None:
    lines = "Teacher,Gender\n" + "M,F\nF,M\n" * 10
    form = sent_back(look(house, lines.encode(), asked="own")[1])
    assert (form["column 0"], form["column 1"]) == ("own one", "ask gender")


@pytest.mark.parametrize("words", [("M", "W", "F"), ("M",), ("M", "F", "S", "XL"), ("Yes", "No")])
def test_other_letters_are_no_gender(house: House, words: tuple[str, ...]) -> None:
    assert sent_back(look(house, csv("q7", *words), asked="own")[1])["column 1"] != "ask gender"


def test_no_gender_is_guessed() -> None:
    assert [gender_code(one, GENDER) for one in ("W", "boy", "other", "trans man", "2")] == [
        "female",
        "male",
        "another",
        "",
        "",
    ]
    assert gender_of("girl or boy") == ""
