"""A small survey that is served behind a network with faults."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from survey.app import make_app
from survey.settings import Settings
from tests.browser.conftest import chromium, launch
from tests.faults.serving import Served, serve
from tests.survey.conftest import (
    Clock,
    database_url,
    empty_sqlite,
    engine,
    engines,
    furnish,
    postgresql,
    sqlite_folder,
)

__all__ = [
    "chromium",
    "database_url",
    "empty_sqlite",
    "engine",
    "engines",
    "launch",
    "postgresql",
    "sqlite_folder",
]

SECOND = 0.0005  # ten seconds of a stall are five milliseconds here


@pytest.fixture
def served(engine: Engine, database_url: str) -> Iterator[Served]:
    """The small survey, open for answers."""
    furnish(engine)
    app = make_app(Settings(database_url=database_url), engine, Clock())
    with serve(app, engine, second=SECOND) as served:
        yield served
