"""Nothing is kept longer than we said: every rule that removes something, called in turn, with evidence of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from survey import evidence
from survey.answering import expired
from survey.backups import files
from survey.db import transaction
from survey.exports.making import take_away
from survey.forgetting import forget
from survey.panel import keeping
from survey.panel.store import Store
from survey.recurring import Recurring
from survey.replies import post
from survey.rooms.closing import close_past
from survey.web import Installation

TIDIES = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Removed:
    """How many a rule of `survey.evidence.RULES` took."""

    rule: str
    how_many: int


def tidy(here: Installation, panel: Store | None = None, backups: Path | None = None) -> list[Removed]:
    """Remove what is past its days, and note it as evidence; what each rule took. Doing it again takes nothing more.

    backups: the folder in which they lie. What failed half way is done by the next run.
    """
    done = [*_words(here)]
    for rule, remove in _rules(here, panel, backups):
        done.append(Removed(rule, remove()))
        with transaction(here.engine) as session:
            evidence.note(session, here.today(), rule, done[-1].how_many)
    return done


def _words(here: Installation) -> Iterator[Removed]:
    """The words under black bars and the requests for contact, noted in the transaction in which they go."""
    with transaction(here.engine) as session:
        gone = forget(session, here.today(), here.settings.limits)
        for rule, how_many in (("words", gone.texts), ("contact", gone.contacts)):
            evidence.note(session, here.today(), rule, how_many)
            yield Removed(rule, how_many)


def _rules(
    here: Installation, panel: Store | None, backups: Path | None
) -> Iterator[tuple[str, Callable[[], int]]]:
    """The other rules, each with what follows it."""
    now: dt.datetime = here.now()
    yield "partial", lambda: expired.remove(here.engine, now, here.today())
    yield "rooms", lambda: close_past(here.engine, here.today())
    yield "files", lambda: take_away(here.engine, here.settings.files_folder, now)
    yield "subscribers", lambda: post.forget(here)
    if panel is not None:
        yield "panel", lambda: keeping.tidy(panel, here)
    if backups is not None:
        yield "backups", lambda: files.remove_old(backups, now) + files.remove_left_over(backups, now)


@dataclass
class Tidying(Recurring):
    """Follows the rules of keeping beside the app, so that nobody has to run a command. The panel has its own."""

    here: Installation
    every: float = field(default=TIDIES, kw_only=True)

    def look(self) -> None:
        """Tidy up; what could not be done now is done the next time."""
        folder = Path(self.here.settings.backups) if self.here.settings.backups else None
        try:
            tidy(self.here, backups=folder)
        except (SQLAlchemyError, OSError):
            return
