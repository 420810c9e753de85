"""Differences: each group against everybody else, and what may be said of them all together, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis import Association, charts, rao_scott
from questions import Message
from questions.messages import _
from survey.measuring.columns import THEIR
from survey.measuring.figures import Asked, Figures, label_of
from survey.models import Design
from survey.wording import listed, number

Row = dict[str, Any]
FIGURES = ("estimate", "ci_low", "ci_high")
NOT_SHOWN: Row = {**dict.fromkeys(FIGURES), "p_adjusted": None, "verdict": "", "flag": "[c]"}


@dataclass(frozen=True, slots=True)
class Differences:
    """What a page says of the groups of one column.

    rows: of each group its name and its difference, in whole points as shares of 1; withheld where its share is, or
    that of everybody. against: what each is compared with. test: of the groups that are shown, all at once; None where
    it cannot be worked out. refusal: why nothing is compared, in a sentence.
    """

    by: str
    rows: tuple[Row, ...]
    against: Message
    test: Association | None = None
    refusal: Message | None = None

    def told(self, *verdicts: str) -> list[Row]:
        """The rows with one of these verdicts, the largest difference first."""
        found = [row for row in self.rows if row["verdict"] in verdicts]
        return sorted(found, key=lambda row: -abs(row["estimate"] or 0))

    @property
    def ranked(self) -> list[Row]:
        """All of them, from most more to most fewer; those that are not shown last."""
        return sorted(self.rows, key=lambda row: (row["estimate"] is None, -(row["estimate"] or 0)))

    @property
    def compared(self) -> int:
        """How many differences are shown."""
        return sum(row["estimate"] is not None for row in self.rows)


def differences(found: Figures, by: str) -> Differences:
    """Each group of one column less everybody else.

    Nothing here depends on what is withheld. A difference follows from the share of its group and that of everybody,
    and is shown only where both are; p values are adjusted over those, and the test is over those groups.
    """
    against = rest(found.asked, by)
    if found.weighted.design.kind == "open":
        return Differences(by, (), against, refusal=_refusal(found.asked))
    (whole,) = found.whole.rows()
    rows = found.splits[by].rows()
    shown = [row[by] for row in rows if row["estimate"] is not None and whole["estimate"] is not None]
    compared = _compared(found, by, shown)
    told = tuple(
        (compared.get(row[by]) or NOT_SHOWN | {"reason": row["reason"] or whole["reason"]})
        | {"name": label_of(by, row[by], found.asked)}
        for row in rows
    )
    return Differences(by, told, against, _test(found, by, shown))


def _compared(found: Figures, by: str, shown: Sequence[object]) -> dict[object, Row]:
    """The difference of each group that is shown, by its level."""
    column = THEIR.format(by)
    table = found.weighted.design.proportion("answer", by=column)
    levels = [domain[0] for domain, _level in table.keys]
    keep = [level in shown for level in levels]
    rows = table.against_rest(column, apart=True).only(keep).rows()
    kept = [level for level, wanted in zip(levels, keep, strict=True) if wanted]
    return {level: _rounded(row) for level, row in zip(kept, rows, strict=True)}


def _rounded(row: Row) -> Row:
    """In whole points: anything finer would tell how much a group weighs among all who answered."""
    if row["estimate"] != row["estimate"]:
        return NOT_SHOWN | {
            "verdict": row["verdict"],
            "flag": "",
            "reason": _("there is nobody to compare with"),
        }
    return row | {name: round(row[name], 2) for name in FIGURES}


def _test(found: Figures, by: str, shown: Sequence[object]) -> Association | None:
    """Rao and Scott's test of the groups that are shown."""
    if len(shown) < 2:
        return None
    design = found.weighted.design.subset(**{by: list(shown)})
    try:
        return rao_scott(design.proportion("answer", by=by))
    except ValueError:
        return None


def rest(asked: Asked, by: str) -> Message:
    """What each group is compared with, in words."""
    if by == "borough":
        place = asked.place
        return _("the rest of %(place)s", place=place.title) if place else _("all other places")
    return _("all other ages") if by == "age_band" else _("everybody else")


def _refusal(asked: Asked) -> Message:
    if asked.collection.design == Design.PANEL:
        return _(
            "Groups are not compared: people asked to be in this panel, so differences between them say nothing of "
            "anybody else."
        )
    return _(
        "Groups are not compared: anyone with the link could answer, so differences between those who did say nothing "
        "of anybody else."
    )


def in_words(found: Differences, interval_name: str) -> dict[str, Any]:
    """What the template needs: the sentences, the groups by what is said of them, and the text of the picture."""
    unclear = sorted(row["name"] for row in found.told("no clear difference"))
    return {
        "refusal": found.refusal,
        "standing_out": [
            (lead(found, more=verdict == "higher"), [(row, size(row)) for row in found.told(verdict)])
            for verdict in ("higher", "lower")
            if found.told(verdict)
        ],
        "unclear": listed(unclear) if unclear else "",
        "tested": all_at_once(found),
        "multiplicity": multiplicity(found),
        "against": found.against,
        "rows": found.ranked if found.by == "borough" else found.rows,
        "shown": found.compared,
        "description": charts.describe_differences(found.ranked, found.against, interval_name),
    }


def lead(found: Differences, more: bool) -> Message:
    """The sentence above the groups that differ clearly."""
    against = found.against
    if found.by == "borough":
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
    if found.by == "borough":
        return _(
            "%(count)s boroughs are compared, and some would stand out by chance. So only those are marked different "
            "that stand out among so many (Benjamini and Hochberg): of the boroughs marked different, about 1 in 20 "
            "may be chance.",
            count=count,
        )
    if found.by == "age_band":
        return _(
            "%(count)s age bands are compared, and one might stand out by chance. So only those are marked different "
            "that stand out among so many (Benjamini and Hochberg): of the age bands marked different, about 1 in 20 "
            "may be chance.",
            count=count,
        )
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
