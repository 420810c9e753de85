"""The rows of a table as pictures read them: which have figures, what they are called, and how they are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from .words import say

Row = Mapping[str, Any]
Labels = Mapping[Any, str]
R = TypeVar("R", bound=Row)
UNRELIABLE = "[u]"


class Table(Protocol):
    """What a picture needs of a table: `Estimates` and `Protected` both are one."""

    @property
    def by(self) -> tuple[str, ...]: ...

    @property
    def interval_name(self) -> str: ...

    def rows(self) -> list[dict[str, Any]]: ...


def shares(rows: Sequence[R]) -> Sequence[R]:
    """The same rows; ValueError when one of them is no share, such as a mean or a total."""
    for row in rows:
        if known(row) and not 0 <= row["estimate"] <= 1:
            raise ValueError(
                f"this picture shows shares between 0 and 1; {row['measure']} has {row['estimate']:g}"
            )
    return rows


def domains_of(table: Table) -> Sequence[dict[str, Any]]:
    """The rows of a table by one column, one for each of its levels; ValueError for any other table."""
    rows = shares(table.rows())
    if len(table.by) != 1:
        raise ValueError(f"this picture shows the domains of one column; the table has {list(table.by)}")
    names = [row[table.by[0]] for row in rows]
    if len(set(names)) < len(names):
        raise ValueError("this picture shows one row for each domain; name a level, or the union of some")
    return rows


def known(row: Row | None) -> bool:
    """Whether a row has figures that may be drawn: not withheld, and not undefined."""
    if row is None:
        return False
    estimate, low = row["estimate"], row.get("ci_low")
    return bool(estimate is not None and estimate == estimate and low == low)


def unreliable(row: Row) -> bool:
    return row.get("flag") == UNRELIABLE


def why_hidden(row: Row | None) -> str:
    """Why a row has no figures, in its own words where it has some."""
    return str((row or {}).get("reason") or "") or say("no figure")


def each_with_why(hidden: Sequence[tuple[str, str]]) -> str:
    """What is not shown with its reason, which is said once where it is the same of all.

    >>> each_with_why([("Barnet", "few answered"), ("Brent", "few answered")])
    'Barnet; Brent (few answered)'
    """
    if hidden[0][1] and len({why for _, why in hidden}) == 1:
        return f"{'; '.join(name for name, _ in hidden)} ({hidden[0][1]})"
    return "; ".join(f"{name} ({why})" if why else name for name, why in hidden)


def name_of(row: Row, column: str, labels: Labels) -> str:
    return str(labels.get(row[column], row[column]))


def whole(share: float) -> int:
    """A share as the whole percentage that is printed, so that a shade and its number never disagree."""
    return int(f"{share * 100:.0f}")


def figures_of(row: Row) -> str:
    """The estimate with its interval; alone, where a reference was published without one, to the tenth it may have."""
    if row.get("ci_low") is None or row.get("ci_high") is None:
        return say("%(share)s %%", share=f"{round(row['estimate'] * 100, 1):g}")
    share, low, high = (f"{row[name] * 100:.0f}" for name in ("estimate", "ci_low", "ci_high"))
    return say("%(share)s %% (%(low)s to %(high)s)", share=share, low=low, high=high)


def told(row: Row, name: str) -> str:
    """A row in the words of a text alternative.

    >>> told({"estimate": 0.42, "ci_low": 0.381, "ci_high": 0.462, "n": 1412}, "Camden")
    'Camden, 42 % (38 to 46), 1,412 people'
    """
    return say("%(name)s, %(figures)s", name=name, figures=with_base(row))


def percent(share: float) -> str:
    """A share as a whole percentage: 42 %."""
    return say("%(share)s %%", share=f"{share * 100:.0f}")


def with_base(row: Row) -> str:
    """The figures of a row and how many people they are of, in words."""
    figures = figures_of(row)
    if row["n"] is None:
        return say("%(figures)s, base not published", figures=figures)
    return say("%(figures)s, %(people)s people", figures=figures, people=f"{row['n']:,}")


def base_of(row: Row) -> str:
    """How many answered, as it stands beside a sounding; a reference may be published without it."""
    return say("n not given") if row["n"] is None else say("n %(people)s", people=f"{row['n']:,}")


def bases(rows: Sequence[Row]) -> str:
    """The smallest and the largest base of the rows that are shown: "31 to 1,412", or one number, or ""."""
    found = sorted(row["n"] for row in rows if known(row))
    if not found:
        return ""
    low, high = f"{found[0]:,}", f"{found[-1]:,}"
    return low if low == high else say("%(low)s to %(high)s", low=low, high=high)


def same_question(rows: Sequence[Row]) -> None:
    """Refuse rows that do not ask the same, with another measure, counted answer or wording; and what is no share.

    Raises:
        ValueError: naming the two, or the figure.
    """
    shares(rows)
    for part, of in (("measure", _measure), ("answer", _answer), ("wording", _wording)):
        found = Counter(of(row) for row in rows if of(row) is not None)
        if len(found) > 1:
            one, other = sorted(map(str, found))[:2]
            raise ValueError(
                f"one axis is for one question: the {part} is {one} in some rows and {other} in others"
            )


def _measure(row: Row) -> object:
    return row["measure"]


def _answer(row: Row) -> object:
    """The counted answer, the same in whichever order its codes were named; yes for a column of 0 and 1."""
    level = row.get("level")
    if isinstance(level, (tuple, list, set, frozenset)):
        return " or ".join(sorted(map(str, level)))
    return "yes" if level is None else str(level)


def _wording(row: Row) -> object:
    return row.get("wording")
