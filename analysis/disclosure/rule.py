"""The rule that a cell must meet to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.frame import Floats


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be shown.

    minimum_base: people who answered. minimum_count: people who gave the answer, and who did not.
    extreme_base: the base under which 0 % and 100 % are withheld, as they tell of every one of them.

    >>> Rule(minimum_base=3)
    Traceback (most recent call last):
    ValueError: a published base or count is never under 5
    >>> Rule(minimum_base=40)
    Traceback (most recent call last):
    ValueError: the base of 0 % and 100 % is never under that of other figures
    """

    minimum_base: int = 10
    minimum_count: int = 5
    extreme_base: int = 30

    def __post_init__(self) -> None:
        if self.minimum_base < 5 or self.minimum_count < 5:
            raise ValueError("a published base or count is never under 5")
        if self.extreme_base < self.minimum_base:
            raise ValueError("the base of 0 % and 100 % is never under that of other figures")

    @property
    def sentence(self) -> str:
        """What the public is told of every withheld row: which of the reasons holds would itself tell of the group.

        >>> Rule(minimum_base=12).sentence.partition(",")[0]
        'fewer than 12 people answered'
        """
        return (
            f"fewer than {self.minimum_base} people answered, fewer than {self.minimum_count} gave this answer or any "
            "other, nearly everybody came through one school or club, or such a group could be worked out by "
            "subtraction"
        )

    def why_not(self, base: float, count: float) -> str:
        """Why a cell may not be shown, in words; "" when it may.

        >>> Rule().why_not(9, 5)
        'fewer than 10 people answered'
        >>> Rule().why_not(100, 40)
        ''
        """
        if base < self.minimum_base:
            return f"fewer than {self.minimum_base} people answered"
        if count in (0, base):
            if base >= self.extreme_base:
                return ""
            return f"all or none of fewer than {self.extreme_base} people gave this answer"
        if min(count, base - count) < self.minimum_count:
            return f"fewer than {self.minimum_count} people gave this answer, or any other"
        return ""

    def hides(self, bases: Floats, counts: Floats) -> bool:
        """May these groups be shown together, as subtraction from the total would show them?

        >>> import numpy as np
        >>> Rule().hides(np.array([9.0, 8.0]), np.array([4.0, 4.0]))
        True
        """
        return self.why_not(float(bases.sum()), float(counts.sum())) == ""
