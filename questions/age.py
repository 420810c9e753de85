"""The age bands in which every age is kept."""

from __future__ import annotations

AGE_BANDS = ("10-11", "12-13", "14-15", "16-17", "18-20", "21-25")


def age_band(age: int) -> str | None:
    """The band that holds an age in whole years, or None when it is under 10 or over 25."""
    for band in AGE_BANDS:
        low, _, high = band.partition("-")
        if int(low) <= age <= int(high):
            return band
    return None
