"""Flags by the NCHS standards for proportions: unreliable figures are marked, never blanked."""

from __future__ import annotations

from dataclasses import dataclass

UNRELIABLE = "[u]"
CONFIDENTIAL = "[c]"
SMALL_BASE = 30
WIDE, NARROW, RELATIVE = 0.30, 0.05, 1.30
FEW_DF = 8
FIXED = "it does not vary: the weighting fixes it, or everybody was asked"
RELATIVE_SE = 0.30


@dataclass(frozen=True, slots=True)
class Judged:
    """One estimate as the standards look at it."""

    estimate: float
    se: float
    low: float
    high: float
    n: float
    n_eff: float
    df: float


def flag(figure: Judged) -> tuple[str, str]:
    """The flag of a proportion ("" or "[u]") and why, in words (Parker et al. 2017, NCHS Series 2 No 175).

    Few degrees of freedom, and 0 or 100 %, are said but not flagged: they are for a person to review.

    >>> flag(Judged(0.42, 0.02, 0.38, 0.46, 500, 480, 60))
    ('', '')
    >>> flag(Judged(0.42, 0.1, 0.22, 0.64, 24, 20, 60))[0]
    '[u]'
    """
    if figure.n <= 0:
        return UNRELIABLE, "nobody answered"
    faults = _faults(figure)
    reviews = _reviews(figure)
    return (UNRELIABLE if faults else ""), "; ".join(faults + reviews)


def flag_amount(figure: Judged) -> tuple[str, str]:
    """The flag of a mean, a total or a ratio: "[u]" for a base or an effective base under 30, no interval, or a
    standard error over 30 % of the figure.

    >>> flag_amount(Judged(12.0, 0.2, 11.6, 12.4, 500, 480, 60))
    ('', '')
    """
    if figure.n <= 0:
        return UNRELIABLE, "nobody answered"
    found = _small(figure)
    if figure.estimate != figure.estimate or figure.df <= 0:
        found.append("the interval cannot be worked out")
    elif not figure.high - figure.low > 0:
        found.append(FIXED if figure.se == 0 else "the interval cannot be worked out")
    elif figure.se > RELATIVE_SE * abs(figure.estimate):
        found.append("the interval is wide beside the figure itself")
    few = [f"for review: {figure.df:.0f} degrees of freedom"] if figure.df < FEW_DF else []
    return (UNRELIABLE if found else ""), "; ".join(found + few)


def _small(figure: Judged) -> list[str]:
    if figure.n < SMALL_BASE:
        return [f"only {figure.n:.0f} {'person' if figure.n == 1 else 'people'} answered"]
    if figure.n_eff < SMALL_BASE:
        return [f"the {figure.n:.0f} answers carry as much as {figure.n_eff:.0f} independent ones"]
    return []


def _faults(figure: Judged) -> list[str]:
    found = _small(figure)
    width = figure.high - figure.low
    if not width > 0:
        found.append("the interval cannot be worked out" if width != 0 else "the interval has no width")
    elif width >= WIDE:
        found.append(f"the interval is {width * 100:.0f} points wide")
    elif width > NARROW and width > RELATIVE * min(figure.estimate, 1 - figure.estimate) > 0:
        found.append("the interval is wide beside the figure itself")
    if figure.df <= 0:
        found.append("one cluster only, so the spread between clusters is not known")
    elif 0 < figure.estimate < 1 and not figure.se > 0:
        found.append(FIXED)
    return found


def _reviews(figure: Judged) -> list[str]:
    found = []
    if figure.estimate in (0, 1):
        found.append(f"for review: {figure.estimate:.0%} of the sample")
    if figure.df < FEW_DF:
        found.append(f"for review: {figure.df:.0f} degrees of freedom")
    return found
