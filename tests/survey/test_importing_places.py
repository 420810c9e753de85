"""A past survey speaks for a place only where its file says where people live and how old they are."""

import re
from pathlib import Path

import pytest
from sqlmodel import col, select

from survey.db import transaction
from survey.importing.command import import_responses
from survey.models import Consultation
from tests.survey.conftest import MIDDAY, TINY, House
from tests.survey.test_importing import GOOD, MAPPING
from tests.survey.test_importing_pages import KEEP, LOOK, WRITTEN, look, shown
from tests.survey.test_reference_pages import ADA, post, sent_back

HERE = "/staff/consultations/an-old-survey"
TICK = "Its people live in London: weight their answers to it"
ANGER, SEX, BAND, WHERE = ("Often", "Seldom"), ("F", "M"), ("12-13", "16-17"), ("Lambeth", "Southwark")


def csv(**columns: tuple[str, str]) -> bytes:
    """200 rows with these columns, in which people say one thing or the other."""
    rows = [[two[at // (turn + 1) % 2] for turn, two in enumerate(columns.values())] for at in range(200)]
    return "\n".join(",".join(row) for row in [list(columns), *rows]).encode()


FILES = {
    "where people live": csv(Anger=ANGER, Sex=SEX, age_band=BAND),
    "how old people are": csv(Anger=ANGER, Sex=SEX, Borough=WHERE),
    "where people live or how old people are": csv(Anger=ANGER, Sex=SEX),
}


@pytest.mark.parametrize("lacking", FILES)
def test_a_file_that_does_not_say_who_is_of_a_place_is_not_offered_as_speaking_for_it(
    house: House, lacking: str
) -> None:
    status, page = look(house, FILES[lacking], asked="own")
    why = f"Nothing in the file says {lacking}, so its answers cannot be weighted to London."
    assert (status, why in shown(page), TICK in shown(page)) == (200, True, False)
    status, refused = post(house, KEEP, sent_back(page) | WRITTEN | {"here": "1"})
    assert (status, why in shown(refused)) == (422, True)
    status, address = post(house, KEEP, sent_back(page) | WRITTEN | {"design": "quota"})
    assert (status, address) == (303, HERE)
    for where in ("results", "coverage", "weighting"):
        assert house.as_(ADA).get(f"{HERE}/{where}").status_code == 200
    assert "50 in every 100 said “Often”" in shown(house.as_(ADA).get(f"{HERE}/results").text)


def test_without_a_gender_it_may_speak_for_a_place_and_the_tick_follows_the_columns(house: House) -> None:
    file = csv(Anger=ANGER, age_band=BAND, Borough=WHERE)
    _status, page = look(house, file, asked="own", **{"column 2": "out"})
    assert TICK not in shown(page)
    typed = sent_back(page) | WRITTEN | {"column 2": "ask borough"}
    _status, page = post(house, LOOK, typed)
    assert re.search(r'name="here" value="1" checked', page)
    _status, again = post(house, LOOK, sent_back(page) | WRITTEN)  # it was taken out
    assert re.search(r'name="here" value="1">', again)
    assert post(house, KEEP, sent_back(page) | WRITTEN | {"here": "1", "design": "quota"})[0] == 303
    with transaction(house.engine) as session:
        assert session.exec(select(Consultation.place).where(col(Consultation.slug) == "an-old-survey")).one()
    results = shown(house.as_(ADA).get(f"{HERE}/results").text)
    assert "in every 100 said “Often”" in results
    assert "By borough" in results


def test_the_command_says_that_it_cannot_speak_for_its_place(house: House, tmp_path: Path) -> None:
    files = {"answers.csv": GOOD, "set.toml": TINY, "mapping.toml": MAPPING}
    files["mapping.toml"] = MAPPING.replace('headline = "worry"', 'headline = "worry"\nplace = "london"')
    paths = (tmp_path / "answers.csv", tmp_path / "set.toml", tmp_path / "mapping.toml")
    for path in paths:
        path.write_text(files[path.name], encoding="utf8")
    with transaction(house.engine) as session:
        told = import_responses(session, *paths, now=MIDDAY)
    assert told.endswith(
        "Nothing in the file says how old people are, so its answers cannot be weighted to London."
    )
