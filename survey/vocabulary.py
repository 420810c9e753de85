"""What an installation speaks: the catalogues' languages, with the words that staff put in place of some of theirs."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from survey.db import reading
from survey.languages import Language
from survey.models import InterfaceText

SECONDS_KEPT = 5.0

Own = dict[str, dict[tuple[str, int], str]]  # by language: by sentence and form


class Vocabulary:
    """Reads what staff wrote every few seconds; a language changes only when some of its words did."""

    def __init__(self, engine: Engine, catalogues: Mapping[str, Language]) -> None:
        self.catalogues = catalogues
        self._engine = reading(engine)
        self._own: Own = {}
        self._languages = dict(catalogues)
        self._kept_until = 0.0

    def languages(self) -> Mapping[str, Language]:
        """Every language as it is spoken now; as it was spoken last while the database does not answer."""
        if self._kept_until < time.monotonic():
            with suppress(SQLAlchemyError):
                self._look()
            self._kept_until = time.monotonic() + SECONDS_KEPT
        return self._languages

    def look_again(self) -> None:
        """Forget what was read: somebody has just written words of their own."""
        self._kept_until = 0.0

    def _look(self) -> None:
        with Session(self._engine) as session:
            own: Own = {}
            for row in session.exec(select(InterfaceText)):
                own.setdefault(row.language, {})[row.sentence, row.form] = row.words
        for code, catalogue in self.catalogues.items():
            if own.get(code) != self._own.get(code):
                words = {**catalogue.words, **own.get(code, {})}
                self._languages[code] = replace(catalogue, words=words)
        self._own = own
