"""The share of an open collection as a model weights it: for analysts alone, beside the count of those who answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from questions import Message
from questions.messages import _
from survey.measuring.door import protected
from survey.measuring.figures import Figures, columns_of
from survey.results.claim import counts_alone
from survey.wording import number


@dataclass(frozen=True, slots=True)
class Modelled:
    """The row of everybody, weighted, and how; `refusal`: why it is not shown, in a sentence."""

    row: dict[str, Any] | None = None
    notes: Sequence[str] = ()
    refusal: Message | None = None


def modelled(session: Session, found: Figures) -> Modelled | None:
    """What weighting an open collection to its place would give; None where it speaks for itself or names no place.

    Those outside the place, or of no known age or borough, are in the count and not in this. So it is shown only where
    they are nobody, or as many as a figure may be about: or else the two would tell of them together.
    """
    (counted,) = found.whole.rows()
    asked = found.asked
    if not counts_alone(found) or asked.place is None or counted["estimate"] is None:
        return None
    weighted = columns_of(session, asked).weighed(asked.place, asked.weighting, by_model=True)
    if not weighted.weighted:
        why = " ".join(weighted.reasons)
        return Modelled(refusal=_("No weighted share can be worked out. %(why)s", why=why))
    (row,) = protected(weighted.design, asked.measure, (), found.door.rule).rows()
    least = found.door.rule.minimum_base
    if row["estimate"] is None or 0 < counted["n"] - row["n"] < least:
        return Modelled(
            refusal=_(
                "No weighted share is shown: beside the count it would tell of fewer than %(least)s people.",
                least=number(least),
            )
        )
    return Modelled(row, weighted.notes)
