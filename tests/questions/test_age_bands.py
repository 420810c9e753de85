"""The age bands."""

import pytest

from questions import AGE_BANDS, age_band


@pytest.mark.parametrize(
    ("age", "band"),
    [(10, "10-11"), (11, "10-11"), (12, "12-13"), (17, "16-17"), (18, "18-20"), (20, "18-20"), (25, "21-25")],
)
def test_an_age_falls_in_its_band(age: int, band: str) -> None:
    assert age_band(age) == band


@pytest.mark.parametrize("age", [-1, 0, 9, 26, 10**400])
def test_nobody_under_10_or_over_25_has_a_band(age: int) -> None:
    assert age_band(age) is None


def test_every_age_from_10_to_25_has_one_band_in_order() -> None:
    bands = [age_band(age) for age in range(10, 26)]
    assert list(dict.fromkeys(bands)) == list(AGE_BANDS)
