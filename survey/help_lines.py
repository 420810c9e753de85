"""When each help line was last checked: by whoever wrote the place's file, or by staff since."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, select

from survey.models import HelpLineCheck
from survey.places import HelpLine, Place

GOOD_FOR = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Checked:
    """A help line, the day it was last checked, and by whom; None where that stands in the place's file."""

    line: HelpLine
    on: dt.date
    who: str | None

    def stale(self, today: dt.date) -> bool:
        """Whether that is too long ago for a survey to send young people there."""
        return today - self.on > GOOD_FOR


def checked(session: Session, place: Place) -> list[Checked]:
    """Every help line of a place with its last check."""
    known = {one.href: one for one in session.exec(select(HelpLineCheck)).all()}
    return [_latest(line, known.get(line.href)) for line in place.help_lines]


def _latest(line: HelpLine, by_staff: HelpLineCheck | None) -> Checked:
    if by_staff is not None and by_staff.checked_on >= line.verified_on:
        return Checked(line, by_staff.checked_on, by_staff.who)
    return Checked(line, line.verified_on, None)


def why_not(session: Session, place: Place, today: dt.date) -> str:
    """Why nothing may be published that leads young people to the help lines, in sentences; "" where none is needed."""
    names = [str(one.line.name) for one in checked(session, place) if one.stale(today)]
    if not names:
        return ""
    told = f"Nobody has checked {' and '.join(names)} for more than {GOOD_FOR.days} days."
    return f"{told} Somebody must do that first, on the page Help lines."
