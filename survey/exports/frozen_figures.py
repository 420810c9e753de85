"""The figures of a publication as the check in R reads them: whole percentages, and bases to the nearest five."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from survey import counts
from survey.models import Collection, Consultation, Publication, PublicationCounts

Figure = tuple[Any, ...]


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


def figures(content: Mapping[str, Any]) -> Iterator[Figure]:
    """Every row of every table; of one that is withheld no number, as its answers are still pooled with the others.

    Each is the question, its codes, the columns it is split by with spaces between, the levels likewise, the number of
    its table, and estimate, se, ci_low, ci_high, n and df, of which se and df are not published.
    """
    for at, table in enumerate(content["tables"]):
        by: Sequence[str] = table["by"]
        for row in table["rows"]:
            level = " ".join(str(row[name]) for name in by)
            numbers = (row["estimate"], None, row["ci_low"], row["ci_high"], row["n"], None)
            yield (table["question"], _codes(table, row), " ".join(by), level, at, *numbers)


def _codes(table: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The codes that a row is the share of."""
    if table["codes"]:
        return " ".join(table["codes"])
    return str(
        row["level"] if row["level"] is not None else table["measure"].removeprefix(f"{table['question']}: ")
    )
