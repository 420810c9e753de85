"""Cohen's kappa against values that were worked out by hand, as R's psych and irr give them."""

import math
from fractions import Fraction

import pytest

from analysis.agreement import kappa


def pairs(both: int, first: int, second: int, neither: int) -> list[tuple[bool, bool]]:
    """So many texts of each kind."""
    kinds = ((True, True), both), ((True, False), first), ((False, True), second), ((False, False), neither)
    return [kind for kind, times in kinds for _ in range(times)]


@pytest.mark.parametrize(
    ("cells", "worth"),
    [
        ((20, 5, 10, 15), Fraction(2, 5)),  # p_o 35/50, p_e (25*30 + 25*20)/2500 = 1/2
        ((45, 15, 25, 15), Fraction(3, 23)),  # p_o 60/100, p_e (60*70 + 40*30)/10000 = 27/50
        ((25, 35, 5, 35), Fraction(7, 27)),  # p_o 60/100, p_e (60*30 + 40*70)/10000 = 23/50
        ((10, 0, 0, 10), Fraction(1)),
        ((0, 10, 10, 0), Fraction(-1)),
        ((1, 1, 1, 1), Fraction(0)),
        ((0, 5, 0, 5), Fraction(0)),  # the second never gave it
        ((90, 5, 5, 0), Fraction(-1, 19)),  # much agreement, all of it by chance
    ],
)
def test_kappa_is_what_it_is_by_hand(cells: tuple[int, int, int, int], worth: Fraction) -> None:
    found = kappa(pairs(*cells))
    assert found.kappa == pytest.approx(float(worth), abs=1e-12)
    assert (found.both, found.first, found.second, found.neither) == cells
    assert found.n == sum(cells)
    assert found.observed == pytest.approx((cells[0] + cells[3]) / sum(cells))
    assert found.why_not == ""


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ((0, 0, 0, 0), "no text was read twice"),
        ((7, 0, 0, 0), "both readers gave this code to all of the 7 texts"),
        ((0, 0, 0, 7), "neither reader gave this code to any of the 7 texts"),
    ],
)
def test_where_there_is_none_it_says_why(cells: tuple[int, int, int, int], why: str) -> None:
    found = kappa(pairs(*cells))
    assert found.kappa is None
    assert found.why_not == why


def test_neither_order_nor_who_is_first_matters() -> None:
    some = pairs(12, 3, 6, 20)
    swapped = [(second, first) for first, second in some]
    assert kappa(some).kappa == kappa(reversed(some)).kappa == pytest.approx(kappa(swapped).kappa)


def test_it_is_one_only_where_they_always_agree_and_never_more() -> None:
    for both in range(5):
        for first in range(5):
            for second in range(5):
                for neither in range(5):
                    found = kappa(pairs(both, first, second, neither)).kappa
                    if found is not None:
                        assert -1 - 1e-12 <= found <= 1 + 1e-12
                        assert math.isclose(found, 1) == (first + second == 0)
