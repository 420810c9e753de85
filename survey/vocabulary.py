"""What an installation speaks: the catalogues' languages, with the words that staff put in place of some of theirs.

And which of them everybody is offered: reviewed ones, and those that a published set is offered in.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from questions import WrongSet, read
from survey.db import reading
from survey.languages import Language
from survey.models import Collection, Instrument, InterfaceText

SECONDS_KEPT = 5.0

Own = dict[str, dict[tuple[str, int], str]]  # by language: by sentence and form


class Vocabulary:
    """Reads what staff wrote every few seconds; a language changes only when some of its words did."""

    def __init__(self, engine: Engine, catalogues: Mapping[str, Language]) -> None:
        self.catalogues = catalogues
        self._engine = reading(engine)
        self._own: Own = {}
        self._languages = dict(catalogues)
        self._offered = frozenset(code for code, one in catalogues.items() if one.reviewed)
        self._of_instrument: dict[int, frozenset[str]] = {}
        self._kept_until = 0.0

    def languages(self) -> Mapping[str, Language]:
        """Every language as it is spoken now; as it was spoken last while the database does not answer."""
        if self._kept_until < time.monotonic():
            with suppress(SQLAlchemyError):
                self._look()
            self._kept_until = time.monotonic() + SECONDS_KEPT
        return self._languages

    def offered(self) -> list[Language]:
        """Those that everybody may choose: no other is spoken on a public page.

        One that nobody has reviewed is among them once staff have switched it on in a set that is published.
        """
        return [one for code, one in self.languages().items() if one.reviewed or code in self._offered]

    def look_again(self) -> None:
        """Forget what was read: somebody has just written words of their own, or published a set."""
        self._kept_until = 0.0

    def _look(self) -> None:
        with Session(self._engine) as session:
            own: Own = {}
            for row in session.exec(select(InterfaceText)):
                own.setdefault(row.language, {})[row.sentence, row.form] = row.words
            self._offered = self._offered_in(session)
        for code, catalogue in self.catalogues.items():
            if own.get(code) != self._own.get(code):
                words = {**catalogue.words, **own.get(code, {})}
                self._languages[code] = replace(catalogue, words=words)
        self._own = own

    def _offered_in(self, session: Session) -> frozenset[str]:
        """The languages of the newest version of each set, and of those that are or were asked."""
        every = session.exec(select(Instrument.id, Instrument.key).order_by(col(Instrument.version))).all()
        newest = {key: number for number, key in every}
        counts = {*newest.values(), *session.exec(select(Collection.instrument_id).distinct())}
        for number in counts - self._of_instrument.keys():
            if number is not None:
                self._of_instrument[number] = _languages_of(session.get_one(Instrument, number))
        return frozenset().union(*(self._of_instrument[number] for number in counts if number is not None))


def _languages_of(instrument: Instrument) -> frozenset[str]:
    """The languages that a published set is offered in; none where it cannot be read any more."""
    try:
        return frozenset(read(instrument.source).offered)
    except WrongSet:
        return frozenset()
