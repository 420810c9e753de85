"""Differences: each group less everybody else, and a test of all of them at once; nothing of what is withheld."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis import Association, rao_scott
from analysis.flags import FEW_DF, UNRELIABLE
from questions import Message
from questions.messages import _
from survey.measuring.columns import THEIR
from survey.measuring.figures import Asked, Figures, label_of
from survey.models import Design

Row = dict[str, Any]
Place = tuple[Hashable, ...]
FIGURES = ("estimate", "ci_low", "ci_high")
NOT_SHOWN: Row = {**dict.fromkeys(FIGURES), "p_adjusted": None, "verdict": "", "flag": "[c]"}


@dataclass(frozen=True, slots=True)
class Differences:
    """What may be said of the groups of one column, or of two crossed.

    by: the columns of the split; column: that whose groups are compared, each among those alike in the other.
    rows: of each group its levels (`place`), its name and its difference, in whole points as shares of 1; withheld
    where its share is, or that of those it is among. against: what each is compared with. test: of the groups of one
    column that are shown, all at once; None where it cannot be worked out. refusal: why nothing is compared.
    """

    by: tuple[str, ...]
    column: str
    rows: tuple[Row, ...]
    against: Message
    test: Association | None = None
    refusal: Message | None = None

    @property
    def crossed(self) -> bool:
        """Whether groups are compared among those alike in another column."""
        return len(self.by) > 1

    def told(self, *verdicts: str) -> list[Row]:
        """The rows with one of these verdicts, the largest difference first."""
        found = [row for row in self.rows if row["verdict"] in verdicts]
        return sorted(found, key=lambda row: -abs(row["estimate"] or 0))

    @property
    def ranked(self) -> list[Row]:
        """All of them, from most more to most fewer; those that are not shown last."""
        return sorted(self.rows, key=lambda row: (row["estimate"] is None, -(row["estimate"] or 0)))

    @property
    def shown(self) -> list[Row]:
        """Those that are shown."""
        return [row for row in self.rows if row["estimate"] is not None]

    @property
    def compared(self) -> int:
        """How many differences are shown."""
        return len(self.shown)

    @property
    def tested(self) -> list[Row]:
        """Those that the test is over: whose share is shown, even where there is nobody to compare it with."""
        return [row for row in self.rows if row["verdict"]]


def differences(found: Figures, key: str, column: str = "") -> Differences:
    """Each group of a split less everybody else. column: whose groups are compared; the first of the split if empty.

    Nothing here depends on what is withheld. A difference follows from the share of its group and that of all among
    whom it is compared, and is shown only where both are; p values are adjusted over those, and the test is over those.
    """
    table = found.splits[key]
    column = column or table.by[0]
    against = rest(found, table.by, column)
    if found.weighted.design.kind == "open":
        return Differences(table.by, column, (), against, refusal=_refusal(found.asked))
    rows, all_of = table.rows(), _among(found, table.by, column)
    wholes = [all_of[_fixed(table.by, column, row)] for row in rows]
    shown = [
        _place(table.by, row)
        for row, whole in zip(rows, wholes, strict=True)
        if row["estimate"] is not None and whole["estimate"] is not None
    ]
    compared = _compared(found, table.by, column, shown)
    told = tuple(
        (compared.get(place) or NOT_SHOWN | {"reason": row["reason"] or whole["reason"]})
        | {
            "place": place,
            "name": ", ".join(label_of(*one, found.asked) for one in zip(table.by, place, strict=True)),
        }
        for row, whole in zip(rows, wholes, strict=True)
        for place in [_place(table.by, row)]
    )
    test = None if len(table.by) > 1 else _test(found, column, [level for (level,) in shown])
    return Differences(table.by, column, told, against, test)


def _place(by: Sequence[str], row: Mapping[str, Any]) -> Place:
    return tuple(row[name] for name in by)


def _fixed(by: Sequence[str], column: str, row: Mapping[str, Any]) -> Place:
    """What those among whom a group is compared have in common."""
    return tuple(row[name] for name in by if name != column)


def _among(found: Figures, by: Sequence[str], column: str) -> dict[Place, Row]:
    """The rows of those among whom groups are compared: everybody, or the groups of the other column."""
    others = tuple(name for name in by if name != column)
    table = found.door.table(others)
    return {_place(others, row): row for row in table.rows()}


def _compared(found: Figures, by: Sequence[str], column: str, shown: Sequence[Place]) -> dict[Place, Row]:
    """The difference of each group that is shown, by its levels."""
    theirs = [THEIR.format(name) if name == column else name for name in by]
    table = found.weighted.design.proportion("answer", by=theirs)
    places, wanted = [domain for domain, _level in table.keys], set(shown)
    keep = [place in wanted for place in places]
    rows = table.against_rest(THEIR.format(column), apart=True).only(keep).rows()
    kept = [place for place, stays in zip(places, keep, strict=True) if stays]
    return {place: _rounded(_with_care(row)) for place, row in zip(kept, rows, strict=True)}


def _with_care(row: Row) -> Row:
    """The error of a group of few settings is unsure, which is said of it."""
    if row["df"] >= FEW_DF or row["estimate"] != row["estimate"]:
        return row
    reason = _("it is of few settings, so that its interval is unsure")
    return row | {"flag": UNRELIABLE, "reason": "; ".join(filter(None, [row["reason"], reason]))}


def _rounded(row: Row) -> Row:
    """In whole points: anything finer would tell how much a group weighs among all who answered. None is over 100."""
    if row["estimate"] != row["estimate"]:
        return NOT_SHOWN | {
            "verdict": row["verdict"],
            "flag": "",
            "reason": _("there is nobody to compare with"),
        }
    return row | {name: min(max(round(row[name], 2), -1.0), 1.0) for name in FIGURES}


def _test(found: Figures, by: str, shown: Sequence[Hashable]) -> Association | None:
    """Rao and Scott's test of the groups that are shown."""
    if len(shown) < 2:
        return None
    design = found.weighted.design.subset(**{by: list(shown)})
    try:
        return rao_scott(design.proportion("answer", by=by))
    except ValueError:
        return None


def rest(found: Figures, by: Sequence[str], column: str) -> Message:
    """What each group is compared with, in words."""
    everybody = _rest_of(found, column)
    alike = {
        "borough": _("%(rest)s in the same borough", rest=everybody),
        "age_band": _("%(rest)s among people of the same age", rest=everybody),
        "gender": _("%(rest)s among people of the same gender", rest=everybody),
    }
    return next((alike[name] for name in by if name != column), everybody)


def _rest_of(found: Figures, column: str) -> Message:
    if column == "borough":
        place = found.asked.place
        if place and not found.weighted.weighted:
            return _("the other boroughs that people answered from")
        return _("the rest of %(place)s", place=place.title) if place else _("all other places")
    return _("all other ages") if column == "age_band" else _("everybody else")


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
