"""A borough is found however people write it, and what is none is never guessed."""

import pytest

from survey.places import load
from survey.places.names import UnknownBorough, borough_named

LONDON = load("london")


def test_every_name_code_and_alias_is_its_borough() -> None:
    for borough in LONDON.boroughs:
        assert borough_named(borough.name, LONDON).how == ""
        assert borough_named(borough.code.lower(), LONDON).code == borough.code
    for alias, code in LONDON.aliases.items():
        assert borough_named(alias, LONDON).code == code


@pytest.mark.parametrize(
    ("told", "name", "how"),
    [
        ("  tower   HAMLETS ", "Tower Hamlets", "another way to write it"),
        ("LB Lambeth", "Lambeth", "another way to write it"),
        ("Westminster City Council", "Westminster", "another way to write it"),
        ("Richmond-upon-Thames", "Richmond upon Thames", "another way to write it"),
        ("Richmond upon Thames LB", "Richmond upon Thames", "another way to write it"),
        ("Richmond", "Richmond upon Thames", "the beginning of its name"),
        ("Hammersmith", "Hammersmith and Fulham", "the beginning of its name"),
        ("E09000033", "Westminster", "its official code"),
    ],
)
def test_how_it_was_found_is_told(told: str, name: str, how: str) -> None:
    found = borough_named(told, LONDON)
    assert (LONDON.name_of(found.code), found.how) == (name, how)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("London", "“London” is no borough of London."),  # never the City
        ("Lambethh", "Did you mean “Lambeth”?"),
        ("Bar", "is no borough"),  # of two that begin so, neither
        ("Uster", "“Uster” is no borough of London."),
        ("...", "is no borough"),
    ],
)
def test_what_is_no_borough_is_not_guessed(told: str, said: str) -> None:
    with pytest.raises(UnknownBorough, match="is no borough") as raised:
        borough_named(told, LONDON)
    assert said in str(raised.value)
