"""Differences in words: which groups stand out, which cannot be told apart, and what all of them together say."""

from typing import Any

from analysis import charts
from questions import Message
from questions.messages import _
from survey.measuring.differences import FIGURES, Differences, Row
from survey.wording import listed, number


def in_words(found: Differences, interval_name: str) -> dict[str, Any]:
    """What the template needs: the sentences, the groups by what is said of them, and the text of the picture."""
    return {
        "crossed": found.crossed,
        "refusal": found.refusal,
        "standing_out": [
            (lead(found, more=verdict == "higher"), [(row, size(row)) for row in found.told(verdict)])
            for verdict in ("higher", "lower")
            if found.told(verdict)
        ],
        "unclear": _unclear(found),
        "tested": "" if found.crossed else all_at_once(found),
        "multiplicity": multiplicity(found),
        "against": found.against,
        "rows": found.ranked if found.column == "borough" else found.rows,
        "shown": found.compared,
        "description": charts.describe_differences(found.ranked, found.against, interval_name),
    }


def _unclear(found: Differences) -> str | Message:
    """The groups of which nothing is clear: their names, or how many they are where two columns are crossed."""
    names = sorted(row["name"] for row in found.told("no clear difference"))
    if found.crossed and names:
        return _("one group") if len(names) == 1 else _("%(count)s groups", count=number(len(names)))
    return listed(names) if names else ""


def lead(found: Differences, more: bool) -> Message:
    """The sentence above the groups that differ clearly."""
    against = found.against
    if found.column == "borough":
        said = _("Said more often than in %(rest)s:", rest=against)
        return said if more else _("Said less often than in %(rest)s:", rest=against)
    said = _("Said more often than by %(rest)s:", rest=against)
    return said if more else _("Said less often than by %(rest)s:", rest=against)


def size(row: Row) -> Message:
    """A clear difference in words, as in "7 points more, between 2 and 12"."""
    points, *ends = (round(abs(row[name]) * 100) for name in FIGURES)
    more = row["verdict"] == "higher"
    if points < 1:
        return _("less than 1 point more") if more else _("less than 1 point fewer")
    low, high = sorted(ends)
    values = {"points": number(points), "low": number(low), "high": number(high)}
    if points == 1:
        one = _("1 point more, between %(low)s and %(high)s", **values)
        return one if more else _("1 point fewer, between %(low)s and %(high)s", **values)
    if more:
        return _("%(points)s points more, between %(low)s and %(high)s", **values)
    return _("%(points)s points fewer, between %(low)s and %(high)s", **values)


def multiplicity(found: Differences) -> Message:
    """What adjusting for so many comparisons means."""
    count = number(found.compared)
    if found.crossed:
        return _several(count)
    if found.column == "borough":
        return _(
            "%(count)s boroughs are compared, and some would stand out by chance. So only those are marked different "
            "that stand out among so many (Benjamini and Hochberg): of the boroughs marked different, about 1 in 20 "
            "may be chance.",
            count=count,
        )
    if found.column == "age_band":
        return _(
            "%(count)s age bands are compared, and one might stand out by chance. So only those are marked different "
            "that stand out among so many (Benjamini and Hochberg): of the age bands marked different, about 1 in 20 "
            "may be chance.",
            count=count,
        )
    return _several(count)


def _several(count: str) -> Message:
    return _(
        "%(count)s groups are compared. Only those are marked different that stand out among so many (Benjamini and "
        "Hochberg): of the groups marked different, about 1 in 20 may be chance.",
        count=count,
    )


def all_at_once(found: Differences) -> Message:
    """What the test of the whole table says."""
    test = found.test
    if test is None:
        return _(
            "All groups at once cannot be tested: it takes two that are shown, and answers from two settings."
        )
    p = _("under 0.001") if test.p < 0.001 else Message("%(p)s", p=f"{test.p:.3f}")
    numbers = {"f": f"{test.f:.2f}", "df1": f"{test.df1:.1f}", "df2": f"{test.df2:.0f}", "p": p}
    if test.verdict == "no clear link":
        return _(
            "All groups taken together, chance alone could have made them as unlike as they are, which does not say "
            "that they are alike (Rao–Scott test: F = %(f)s with %(df1)s and %(df2)s degrees of freedom, p %(p)s).",
            **numbers,
        )
    return _(
        "All groups taken together, they differ by more than chance would make them (Rao–Scott test: F = %(f)s with "
        "%(df1)s and %(df2)s degrees of freedom, p %(p)s).",
        **numbers,
    )
