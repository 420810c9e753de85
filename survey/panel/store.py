"""Where the panel is kept: a database of its own, or tables of its own; and the key without which it is shut."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel, col, delete, select
from starlette.requests import Request

from questions.messages import _
from survey.db import migrate, open_engine, reading, transaction
from survey.panel.seals import Seals
from survey.panel.tables import Consent, Member
from survey.settings import Settings, WrongSetting
from survey.web import Problem

CHAIN = Path(__file__).parent / "migrations"


@dataclass(slots=True)
class Lately:
    """Which addresses were written to today because somebody typed them: known by their marks, in memory only."""

    day: dt.date | None = None
    marks: set[str] = field(default_factory=set)

    def first_today(self, mark: str, today: dt.date) -> bool:
        """Whether an address was not written to today; from now on it was."""
        if today != self.day:
            self.day, self.marks = today, set()
        if mark in self.marks:
            return False
        self.marks.add(mark)
        return True


@dataclass(frozen=True, slots=True)
class Store:
    """The panel's database and its key."""

    engine: Engine
    seals: Seals
    lately: Lately = field(default_factory=Lately)

    def migrate(self) -> None:
        """Bring the panel's tables to this version's shape."""
        migrate(self.engine, CHAIN)

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """A transaction on the panel: everything is kept, or nothing."""
        with transaction(self.engine) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A transaction on the panel that only reads."""
        with transaction(reading(self.engine)) as session:
            yield session

    def settle(self) -> None:
        """Write all members anew, in the order of their keys: no row says any more when it came.

        PostgreSQL keeps rows in the order in which they were written, with the number of the transaction.
        """
        with self.changing() as session:
            members = session.exec(select(Member).order_by(col(Member.id)).with_for_update()).all()
            known = [one.id for one in members]
            consents = session.exec(select(Consent).where(col(Consent.member_id).in_(known))).all()
            consents = sorted(consents, key=lambda one: (one.member_id, one.purpose))
            rows: list[tuple[type[SQLModel], list[dict[str, Any]]]] = [
                (Member, [one.model_dump() for one in members]),
            ]
            rows += [(Consent, [one.model_dump() for one in consents])]
            session.expunge_all()
            session.execute(delete(Member).where(col(Member.id).in_(known)))  # and their consents with them
            for table, every in rows:
                if every:
                    session.execute(insert(table), every)


def open_store(settings: Settings) -> Store | None:
    """The panel of an installation; None where there is no key, and so no panel. Raises WrongSetting."""
    if not settings.panel_key:
        return None
    url = settings.panel_url
    if url == settings.database_url and url.startswith("sqlite"):
        raise WrongSetting(
            "SOUNDINGS_PANEL_DATABASE_URL is the database of the answers. On SQLite the panel needs a file of its own."
        )
    return Store(open_engine(url), Seals(settings.panel_key))


def store_of(request: Request) -> Store | None:
    """The panel of this process, where there is one."""
    found: Store | None = request.app.state.panel
    return found


def panel_of(request: Request) -> Store:
    """The panel of this process; raises Problem where there is none."""
    found = store_of(request)
    if found is None:
        raise Problem(
            404,
            _("There is no panel here yet"),
            _("Whoever runs this site has not opened one. Nothing was kept."),
        )
    return found
