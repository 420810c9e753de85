"""What staff are told of what would be published: why each row is withheld, and what of the one before would vanish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.measuring.frozen import Frozen, Row
from survey.models import LookedAt, Publication

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lost:
    """What the publication of a number shows and the next one would not.

    share: its headline figure where that is lost; why: the reason that the next one withholds it for, "" where it
    does not have it at all. map: whether a map is lost.
    """

    number: int
    share: float | None
    why: str
    map: bool


def with_reasons(found: LookedAt) -> dict[str, Any]:
    """The content that was looked at, with `why` in each row: the reason that it is withheld for, or ""."""
    tables = [
        {**table, "rows": [{**row, "why": why} for row, why in zip(table["rows"], reasons, strict=True)]}
        for table, reasons in zip(found.content["tables"], found.why, strict=True)
    ]
    return {**found.content, "tables": tables}


def lost(earlier: Sequence[Publication], content: Content) -> Lost | None:
    """What readers of the latest publication would miss in a content, which has the reason of each row."""
    if not earlier:
        return None
    then = Frozen(earlier[-1].content)
    before, now = then.whole(*then.headline), _whole(Frozen(content), *then.headline)
    told = before["estimate"] if before else None
    share = told if now is None or now["estimate"] is None else None
    gone = _mapped(then.content) and not _mapped(content)
    return (
        Lost(earlier[-1].number, share, now["why"] if now else "", gone)
        if gone or share is not None
        else None
    )


def _whole(frozen: Frozen, question: str, codes: Sequence[str]) -> Row | None:
    return frozen.whole(question, codes) if question in frozen.questions else None


def _mapped(content: Content) -> bool:
    return any(one["name"] == "map" for one in content["pictures"])
