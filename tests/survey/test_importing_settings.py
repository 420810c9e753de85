"""The schools and clubs of a past survey: its clusters, from the page and from the command alike."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from survey.db import transaction
from survey.instruments import parsed
from survey.measuring import answers, weights
from survey.models import Collection, Consultation, Response, Setting
from tests.survey.conftest import House
from tests.survey.test_importing import MAPPING, Import, bring, faults
from tests.survey.test_importing_pages import KEEP, LOOK, WRITTEN, look, shown, stored
from tests.survey.test_reference_pages import ADA, post, sent_back

__all__ = ["bring"]

SCHOOLS = ("Hill School", "HILL  school", "Park Club", "")
CSV = "Worry,School,Borough of school\n" + "\n".join(
    f"{('Very worried', 'Not very worried')[at % 2]},{SCHOOLS[at % 4]},"
    f"{('Lambeth', 'LB Lambeth', 'Croydon', '')[at % 4]}"
    for at in range(40)
)


def kept(house: House) -> list[tuple[str, str | None, str | None, int]]:
    """Each setting of the past survey that is kept: its name, borough, the day it was retired, and its responses."""
    with transaction(house.engine) as session:
        found = session.exec(select(Consultation).where(col(Consultation.slug) == "an-old-survey")).one()
        return sorted(
            (
                one.name,
                one.borough,
                str(one.retired_on),
                len(session.exec(select(Response).where(col(Response.setting_id) == one.id)).all()),
            )
            for one in found.collections[0].settings
        )


def test_the_schools_of_a_file_become_settings_that_open_nothing(house: House) -> None:
    status, page = look(house, CSV.encode())
    form, told = sent_back(page), shown(page)
    assert status == 200, told
    assert (form["column 1"], form["column 2"]) == ("setting", "setting borough")
    assert (form["word 1 0"], form["word 2 0"]) == ("+", "E09000008")
    assert "2 schools or clubs, with 10 to 20 responses each." in told
    assert "“HILL school” is taken for “Hill School”." in told
    assert "school or club School 30 30" in told
    assert "In 10 of the rows no school or club is named" in told
    assert post(house, KEEP, form | WRITTEN)[0] == 303
    assert kept(house) == [
        ("Hill School", "E09000022", "2020-02-01", 20),
        ("Park Club", "E09000008", "2020-02-01", 10),
    ]
    with transaction(house.engine) as session:
        code = session.exec(select(Setting.code).where(col(Setting.name) == "Park Club")).one()
    assert house.client.get(f"/s/{code}").status_code == 410
    assert "Park Club" in house.as_(ADA).get(f"/staff/settings/{code}").text


def test_names_of_schools_are_read_by_staff_where_settings_are_and_nowhere_else(house: House) -> None:
    _status, page = look(house, CSV.encode())
    _status, address = post(house, KEEP, sent_back(page) | WRITTEN)
    with transaction(house.engine) as session:
        collection = session.exec(select(Collection.id).where(col(Collection.name) == "A sample")).one()
    ada = house.as_(ADA)
    assert "Park Club" in ada.get(f"/staff/collections/{collection}").text
    for elsewhere in (
        address,
        f"{address}/results",
        f"{address}/files",
        f"{address}/coverage",
    ):
        found = ada.get(elsewhere)
        assert (elsewhere, found.status_code, "Park Club" in found.text) == (elsewhere, 200, False)
    assert "Park Club" not in house.as_("Amara, administrator").get("/staff/audit").text
    assert "Park Club" not in house.client.get("/").text


def freedom(house: House, csv: str) -> float:
    """The degrees of freedom of the worry of a file that is kept: clusters less strata."""
    _status, page = look(house, csv.encode())
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303, shown(page)
    with transaction(house.engine) as session:
        collection = session.exec(select(Collection).where(col(Collection.name) == "A sample")).one()
        (version,) = answers.answered_versions(session, collection)
        measure = answers.Measure(parsed(version).question("worry"), ("very",))
        found = answers.answers(session, collection, measure)
        return weights.weigh(collection, found, None).design.proportion("answer").design_df


def test_its_answers_are_clustered_by_school_and_stratified_by_borough(house: House) -> None:
    rows = [
        (
            ("Very worried", "Not very worried")[at % 3 == 0],
            f"School {at % 5}",
            ("Lambeth", "Croydon")[at % 5 > 1],
        )
        for at in range(50)
    ]
    told = "Worry,School,School borough\n" + "\n".join(map(",".join, rows))
    assert freedom(house, told) == 5 - 2


def test_answers_that_no_school_is_known_of_are_people_one_by_one(house: House) -> None:
    assert freedom(house, "Worry\n" + "Very worried\nNot very worried\n" * 25) == 50 - 1


def test_a_file_that_names_no_school_says_that_it_cannot_be_clustered(house: House) -> None:
    status, page = look(house, CSV.encode(), **{"column 1": "out", "column 2": "out"})
    told = shown(page)
    assert status == 200, told
    assert "No column says in which school or club people answered: answers cannot be clustered" in told
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303
    assert kept(house) == []


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("Very worried,=SUM(1),Lambeth\n", "“=SUM(1)” (row 2): A name cannot begin with =:"),
        (f"Very worried,{'a' * 121},Lambeth\n", "The name has 121 characters. There is room for 120."),
        (
            "Very worried,Hill,Lambeth\nVery worried,Hill,Croydon\n",
            "“Hill” is in “Lambeth” (row 2) and “Croydon” (row 3). Give two places two names",
        ),
        (
            "".join(f"Very worried,School {at},Lambeth\n" for at in range(901)),
            "It has 901 different values, and there may be 900 schools or clubs.",
        ),
    ],
)
def test_what_is_no_name_of_a_school_is_refused_with_its_rows(house: House, csv: str, said: str) -> None:
    before = stored(house)
    status, page = look(house, f"Worry,School,Borough of school\n{csv}".encode())
    assert (status, said in shown(page)) == (422, True), shown(page)
    assert stored(house) == before


def test_a_borough_of_no_school_is_refused(house: House) -> None:
    status, page = look(house, CSV.encode(), **{"column 1": "out"})
    assert status == 422
    assert "No column says which school or club it is the borough of." in shown(page)


def test_a_value_can_be_said_to_be_no_school(house: House) -> None:
    csv = "Worry,Club\nVery worried,Park\nVery worried,Online\nVery worried,n/a\n"
    _status, page = look(house, csv.encode())
    form = sent_back(page)
    assert [form[f"word 1 {at}"] for at in range(3)] == ["+", "+", "-"]  # Online, Park, n/a
    _status, page = post(house, LOOK, form | {"word 1 0": "-"})
    assert "1 school or club. Answers are clustered" in shown(page)
    assert "school or club Club 3 1 “Online” (1), “n/a” (1)" in shown(page)
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303
    assert [name for name, *_ in kept(house)] == ["Park"]


def test_clubs_that_people_go_to_or_not_are_no_place_where_they_answered(house: House) -> None:
    _status, page = look(house, b"Worry,Club\nVery worried,yes\nVery worried,no\n")
    assert sent_back(page)["column 1"] == "out"


GOOD = """Worry,School,Where
Very,Hill,Lambeth
A bit,Hill,Lambeth
NA,-,
"""
WITH = """
[settings]
column = "School"
borough = "Where"
missing = ["-"]
"""
SHORT = MAPPING[: MAPPING.index("[answers.why]")].replace("headline =", 'place = "london"\nheadline =')


def test_the_command_makes_the_same_settings(bring: Import, engine: Engine) -> None:
    report = bring(csv=GOOD, mapping=SHORT + WITH)
    assert report.startswith(
        "Imported 3 responses from 1 schools or clubs into “An old survey”. Every column was"
    )
    with transaction(engine) as session:
        (made,) = session.exec(select(Setting)).all()
        assert (made.name, made.borough, str(made.retired_on)) == ("Hill", "E09000022", "2020-02-01")
        assert sorted(str(one.setting_id) for one in session.exec(select(Response))) == ["1", "1", "None"]


@pytest.mark.parametrize(
    ("mapping", "csv", "said"),
    [
        (SHORT + "[settings]\n", GOOD, "[settings]: column is missing."),
        (
            SHORT + WITH.replace("missing", "mising"),
            GOOD,
            "“mising” is not known here. Did you mean “missing”?",
        ),
        (
            SHORT + WITH.replace("School", "Skool"),
            GOOD,
            "there is no column “Skool”, which [settings] reads.",
        ),
        (
            SHORT.replace('place = "london"\n', "") + WITH,
            GOOD,
            "[settings]: a borough needs the place that it is in.",
        ),
        (SHORT.replace("london", "atlantis") + WITH, GOOD, "There is no place called atlantis."),
        (
            SHORT + WITH,
            GOOD.replace("Very,Hill,Lambeth", "Awful,Hill,Lambet"),
            "old.csv, column C (Where): row 2: “Lambet” is no borough of London. Did you mean “Lambeth”?",
        ),
        (
            SHORT + WITH,
            GOOD.replace("Very,Hill", "Awful,+Hill"),
            "“+Hill” (rows 2 and 3): A name cannot begin with +",
        ),
    ],
)
def test_every_fault_of_the_settings_is_named(
    bring: Import, engine: Engine, mapping: str, csv: str, said: str
) -> None:
    told = faults(bring, engine, csv=csv, mapping=mapping)
    assert said in told
    assert "Awful" not in csv or "no code is given for “Awful”" in told  # beside those of the answers
