"""Which responses count: those that were sent, and of them those that are in no kept cube yet."""

from typing import Any

from sqlmodel import col, select

from survey.models import Collection, Response


def submitted(collection: Collection, *wanted: Any) -> Any:
    """Columns of a collection's submitted responses."""
    here = col(Response.collection_id) == collection.id
    return select(*wanted).where(here, col(Response.submitted_on).is_not(None))


def uncounted(collection: Collection, *wanted: Any) -> Any:
    """Of the submitted responses those that no part has in it."""
    return submitted(collection, *wanted).where(col(Response.counted).is_(False))
