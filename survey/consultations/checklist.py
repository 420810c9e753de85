"""What a consultation must say before it is announced: the Gunning principles, each as what is still missing.

R v Brent London Borough Council, ex parte Gunning (1985): ask while nothing is decided; say enough to think about it;
leave time; and take the answers into account before deciding. The Supreme Court took them up in Moseley (2014).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from survey.models import Consultation
from survey.wording import day

Missing = Callable[[Consultation, dt.date], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be said or be there: by which principle, where (a box of the plan, or `WAYS`), and how."""

    principle: str
    field: str
    mend: str

    @property
    def place(self) -> str:
        """Where it is mended, from the address of the consultation on."""
        return f"#{WAYS}" if self.field == WAYS else f"/plan#{self.field}"


WAYS = "ways"  # on the page of the consultation itself, where collections, rooms and sessions are


UNDECIDED, ENOUGH, TIME, HEARD = (
    "Ask while nothing is decided",
    "Say enough to think about it",
    "Leave time to answer",
    "Take the answers into account",
)
PRINCIPLES = (UNDECIDED, ENOUGH, TIME, HEARD)


def missing(found: Consultation, today: dt.date, nobody: str) -> list[Check]:
    """Everything that a consultation lacks, in the order of the principles. nobody: why nobody can answer it, if so.

    >>> days = {"opens_on": dt.date(2026, 12, 1), "closes_on": dt.date(2027, 2, 23), "outcome_on": dt.date(2027, 5, 18)}
    >>> one = Consultation(slug="plan", title="Plan", summary="", decides="", outcome="", **days)
    >>> [check.field for check in missing(one, dt.date(2026, 11, 22), "")]
    ['deciding', 'decided_on', 'settled', 'summary', 'background', 'owners', 'decided_by', 'decides', 'outcome']
    """
    return [*_undecided(found), *_enough(found), *_time(found, today, nobody), *_heard(found)]


def unsaid(found: Consultation) -> list[Check]:
    """What of it has to be said as long as anybody reads it."""
    return [*_undecided(found), *_enough(found), *_heard(found)]


def _undecided(found: Consultation) -> list[Check]:
    checks = []
    if not found.deciding:
        checks.append(Check(UNDECIDED, "deciding", "Say what is still to be decided."))
    if found.decided_on is None:
        checks.append(Check(UNDECIDED, "decided_on", "Say by when it is decided."))
    elif found.decided_on <= found.closes_on:
        told = (
            f"It would be decided on {day(found.decided_on)}, before the last answer on {day(found.closes_on)}. "
            "Choose a later day, or close earlier."
        )
        checks.append(Check(UNDECIDED, "decided_on", told))
    if not found.settled:
        checks.append(Check(UNDECIDED, "settled", "Say what is decided already. If nothing is, say that."))
    return checks


def _enough(found: Consultation) -> list[Check]:
    wanted = (
        ("summary", "Say in a sentence or two what it asks about."),
        ("background", "Say what people need to know to answer: why it is asked, and what could change."),
    )
    return [Check(ENOUGH, field, mend) for field, mend in wanted if not getattr(found, field)]


def _time(found: Consultation, today: dt.date, nobody: str) -> list[Check]:
    checks = []
    if found.closes_on < today:
        told = f"Its last day, {day(found.closes_on)}, is over. Choose a later one."
        checks.append(Check(TIME, "closes_on", told))
    return [*checks, Check(TIME, WAYS, nobody)] if nobody else checks


def _heard(found: Consultation) -> list[Check]:
    wanted = (
        ("owners", "Say who asks."),
        ("decided_by", "Say who decides: a role or a body, not a person."),
        ("decides", "Say who reads the answers, and what they decide."),
        ("outcome", "Say what happens with the answers."),
    )
    checks = [Check(HEARD, field, mend) for field, mend in wanted if not getattr(found, field)]
    if found.outcome_on <= found.closes_on:
        told = f"Reply after the last answer has come: later than {day(found.closes_on)}."
        checks.append(Check(HEARD, "outcome_on", told))
    return checks
