"""What people think of each statement, added up; never row by row, and never who thinks alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from analysis.disclosure import Rule
from survey.models import Cards, Consultation, Opinion, Statement

ROUND_TO = 5
STEP = 10  # people more or fewer before a figure moves


@dataclass(frozen=True, slots=True)
class Thought:
    """A statement and what was said to it: whole percentages of those who said what they think, None where too few did.

    people: how many did, rounded to five, as bases are in public.
    """

    statement: Statement
    agree: int | None
    disagree: int | None
    people: int


def cleared(session: Session, found: Consultation) -> list[Statement]:
    """The statements that are on cards now."""
    asked = select(Statement).where(
        col(Statement.consultation_id) == found.id,
        col(Statement.cleared_on).is_not(None),
        col(Statement.taken_out_on).is_(None),
    )
    return list(session.exec(asked.order_by(col(Statement.id))).all())


def add_up(session: Session, found: Consultation) -> None:
    """Bring what is told of each statement up to what was said, where enough more people have said what they think.

    A figure that moved with each person would tell whoever looks before and after what that person thinks.
    """
    rows = session.exec(select(col(Cards.given)).where(col(Cards.consultation_id) == found.id)).all()
    said = Counter((int(which), told) for given in rows for which, told in given.items())
    for one in cleared(session, found):
        agree, disagree = (said[one.id or 0, told] for told in (Opinion.AGREE, Opinion.DISAGREE))
        if abs(agree + disagree - one.told_agree - one.told_disagree) >= STEP:
            one.told_agree, one.told_disagree = agree, disagree


def thoughts(session: Session, found: Consultation) -> list[Thought]:
    """What is thought of each statement that is on a card, as everybody is told."""
    rule = Rule(found.least_base, found.least_count, found.least_extreme)
    return [_thought(one, rule) for one in cleared(session, found)]


def people(session: Session, found: Consultation) -> int:
    """How many people said anything, rounded to ten, so that nobody sees one come."""
    rows = select(func.count()).select_from(Cards).where(col(Cards.consultation_id) == found.id)
    return STEP * round(session.exec(rows).one() / STEP)


def _thought(statement: Statement, rule: Rule) -> Thought:
    """One statement's figures; withheld where the rule of published figures does not allow them."""
    people = statement.told_agree + statement.told_disagree
    if rule.why_not(people, statement.told_agree):
        return Thought(statement, None, None, 0)
    share = round(100 * statement.told_agree / people)
    return Thought(statement, share, 100 - share, ROUND_TO * round(people / ROUND_TO))
