"""The figures of a publication as the check in R reads them: whole percentages, and bases to the nearest five."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from analysis.disclosure import Rule
from survey import counts
from survey.exports import script
from survey.models import Collection, Consultation, Publication, PublicationCounts


class CannotCompare(Exception):
    """Figures that are not of the answers that are here now, and why."""


def published(
    session: Session, consultation: Consultation, number: int
) -> tuple[Mapping[str, Any], Collection]:
    """The content of a publication, and the collection that it is of.

    Raises:
        CannotCompare: there is no such publication, it is not known of which collection it is, or answers came or went.
    """
    asked = select(Publication).where(
        col(Publication.consultation_id) == consultation.id, col(Publication.number) == number
    )
    found = session.exec(asked).first()
    if found is None:
        raise CannotCompare(f"“{consultation.slug}” has no publication {number}.")
    kept = session.get(PublicationCounts, found.id)
    if kept is None:
        raise CannotCompare(f"It is not known of which collection publication {number} is.")
    collection = session.get_one(Collection, kept.collection_id)
    now = counts.submitted_by_collection(session, consultation.id).get(collection.id or 0, 0)
    if now != found.content["responses"]:
        raise CannotCompare(
            f"Publication {number} is of {found.content['responses']} responses, and now there are {now}. "
            "Its figures can only be worked out from those that it was made of."
        )
    return found.content, collection


def newest(
    session: Session, collection: Collection, responses: int, notes: Sequence[str]
) -> Publication | None:
    """The newest publication of a collection; None where it is of other responses, or weighted in another way."""
    asked = (
        select(Publication)
        .join(PublicationCounts, col(PublicationCounts.publication_id) == col(Publication.id))
        .where(col(PublicationCounts.collection_id) == collection.id)
        .order_by(col(Publication.number).desc())
    )
    found = session.exec(asked).first()
    if found is None or (found.content["responses"], found.content["method"]) != (responses, [*notes]):
        return None
    return found


def figures(
    content: Mapping[str, Any], only: Some[str] = (), waves: Sequence[script.Figure] = ()
) -> script.Figures:
    """What the tables of a publication say. only: of these questions; of all where there is none.

    waves: those that its page prints.
    """
    return script.Figures(
        printed=True, rule=Rule(**content["rule"]), shown=[*_rows(content, only)], waves=waves
    )


def _rows(content: Mapping[str, Any], only: Some[str]) -> Iterator[script.Figure]:
    """Every row of every table, but for what is withheld; se and df are not published."""
    for table in content["tables"]:
        by: Sequence[str] = table["by"]
        for row in table["rows"]:
            if row["estimate"] is not None and (not only or table["question"] in only):
                level = " ".join(str(row[name]) for name in by)
                numbers = (row["estimate"], None, row["ci_low"], row["ci_high"], row["n"], None)
                yield (table["question"], _codes(table, row), " ".join(by), level, *numbers)


def _codes(table: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The codes that a row is the share of."""
    if table["codes"]:
        return " ".join(table["codes"])
    return str(
        row["level"] if row["level"] is not None else table["measure"].removeprefix(f"{table['question']}: ")
    )
