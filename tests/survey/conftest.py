"""A fixed cast, and a fresh installation on each database for each story."""

import datetime as dt
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from survey import accounts
from survey.app import make_app
from survey.db import migrate, open_engine, transaction
from survey.instruments import publish
from survey.models import (
    Collection,
    Consultation,
    Design,
    Named,
    Response,
    Role,
    Setting,
    Staff,
    Written,
)
from survey.settings import Settings, with_driver
from tests.conftest import BUNDLED, GIVEN
from tests.survey.again import Again
from tests.survey.pseudo import in_languages

MIDDAY = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
CODE = "HKNY7Q"

TINY = """
key = "tiny"
title = "Tiny"
language = "en"

[[page]]
[[page.question]]
key = "worry"
kind = "scale"
prompt = "How worried are you about knife crime?"
choices = [
  { code = "very", label = "Very worried" },
  { code = "fairly", label = "Fairly worried" },
  { code = "not_very", label = "Not very worried" },
  { code = "not_at_all", label = "Not worried at all" },
]
dont_know = true
prefer_not_to_say = true

[[page]]
show_if = "${worry} = 'very'"
[[page.question]]
key = "why"
kind = "text"
prompt = "What makes you worry?"
length = 200

[[page]]
[[page.question]]
key = "helps"
kind = "many"
prompt = "What would help?"
at_most = 2
choices = [
  { code = "clubs", label = "More clubs" },
  { code = "lights", label = "Better lights" },
  { code = "police", label = "More police" },
  { code = "none", label = "None of these", exclusive = true },
]

[[page]]
[[page.question]]
key = "years"
kind = "number"
prompt = "How many years have you lived here?"
low = 0
high = 25

[[page]]
[[page.question]]
key = "borough"
kind = "one"
prompt = "Where do you live?"
required = true
choices = [
  { code = "E09000022", label = "Lambeth" },
  { code = "E09000028", label = "Southwark" },
  { code = "not_in_london", label = "Not in London" },
]
"""


PAGES = {"worry": 1, "why": 2, "helps": 3, "years": 4, "borough": 5}  # the addresses of the tiny set's pages


@dataclass
class Clock:
    """A clock that a story moves."""

    moment: dt.datetime = MIDDAY

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, **by: int) -> None:
        """Let time pass."""
        self.moment += dt.timedelta(**by)


DATABASES = ["sqlite", "postgresql"] if GIVEN or BUNDLED else ["sqlite"]


# For what the answers of a database are made into, where another story asks both for them: on SQLite in every run,
# on PostgreSQL among the long proofs.
mostly_sqlite = pytest.mark.parametrize(
    "database_url",
    [pytest.param(one, marks=[pytest.mark.long] * (one != "sqlite")) for one in DATABASES],
    indirect=True,
)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that each story copies."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql(postgresql_address: str) -> Iterator["Server"]:
    """The server on which each story gets a database of its own."""
    server = Server(with_driver(postgresql_address))
    yield server
    server.close()


SMALL = 256 * 1024  # bytes: taking the rows out of a table of so many is quicker than giving it a new file
EMPTY = f"""
DO $$
DECLARE one record;
BEGIN
    LOCK TABLE {", ".join(f'"{table}"' for table in SQLModel.metadata.tables)};
    FOR one IN
        SELECT oid, relkind, oid::regclass AS name FROM pg_class
        WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace
            AND relname NOT IN ('alembic_version', 'panel_version')
    LOOP
        IF one.relkind = 'S' THEN
            PERFORM setval(one.oid, 1, false);
        ELSIF pg_table_size(one.oid) > {SMALL} THEN
            EXECUTE 'TRUNCATE ' || one.name || ' CASCADE';
        ELSE
            EXECUTE 'DELETE FROM ' || one.name;
        END IF;
    END LOOP;
END $$
"""


@dataclass
class Server:
    """A PostgreSQL server on which each story gets a database of its own, made from a migrated one."""

    url: str
    template: str = ""
    free: list[str] = field(default_factory=list)

    def new_database(self) -> str:
        """A migrated database with nothing in it: one that an earlier story has left, or a fresh one."""
        while self.free:
            name = self.free.pop()
            if self._emptied(name):
                return name
            self.drop(name)
        if not self.template:
            self.template = self._create("template1")
            engine = open_engine(self.address(self.template))
            migrate(engine)
            engine.dispose()
        return self._create(self.template)

    def _emptied(self, name: str) -> bool:
        """Take everything out of a database; False where somebody still holds some of it."""
        engine = create_engine(self.address(name))
        try:
            with engine.begin() as connection:
                connection.execute(text("SET LOCAL lock_timeout = '2s'"))
                connection.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger objects
                connection.exec_driver_sql(EMPTY)
        except OperationalError:
            return False
        finally:
            engine.dispose()
        return True

    def address(self, database: str) -> str:
        """The address of one of its databases."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def drop(self, database: str) -> None:
        """Remove a database of ours."""
        self._run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def close(self) -> None:
        """Leave nothing behind."""
        for name in (*self.free, *([self.template] if self.template else [])):
            self.drop(name)

    def _create(self, template: str) -> str:
        name = f"soundings_{uuid.uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each story gets a file of its own, at the address of the one before it."""
    return tmp_path_factory.mktemp("stories") / "sqlite"


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, empty_sqlite: Path, sqlite_folder: Path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    if request.param == "sqlite":
        sqlite_folder.mkdir()
        path = sqlite_folder / "soundings.db"
        path.write_bytes(empty_sqlite.read_bytes())
        yield f"sqlite:///{path}"
        shutil.rmtree(sqlite_folder)
        return
    server: Server = request.getfixturevalue("postgresql")
    name = server.new_database()
    yield server.address(name)
    server.free.append(name)


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """The engines of earlier stories by address: how a statement is said was worked out once for all of them."""
    return {}


@pytest.fixture
def engine(database_url: str, engines: dict[str, Engine]) -> Iterator[Engine]:
    """An engine on a fresh database, without a connection; what listens to it is this story's alone."""
    if database_url not in engines:
        engines[database_url] = open_engine(database_url)
    engine = engines[database_url].execution_options()
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def again() -> Iterator[Again]:
    """Fills databases as earlier stories filled them."""
    again = Again()
    yield again
    again.close()


@dataclass
class House:
    """An installation with one consultation, one school, and the cast."""

    app: Starlette
    client: TestClient
    engine: Engine
    clock: Clock
    signed_in: dict[str, TestClient] = field(default_factory=dict)

    def as_(self, who: str) -> TestClient:
        """A browser in which one of the cast is signed in."""
        if who not in self.signed_in:
            with transaction(self.engine) as session:
                token = accounts.invite(session, who, (CAST | OTHERS)[who], self.clock())
            browser = TestClient(self.app, follow_redirects=False)
            browser.post(f"/staff/in/{token}")
            self.signed_in[who] = browser
        return self.signed_in[who]

    def looked_at(self, who: str, address: str) -> Any:
        """What would be published: the page that says it is being worked out asks for it by itself."""
        page = self.as_(who).get(address)
        later = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
        return self.as_(who).get(later[1]) if later else page

    def responses(self) -> list[Response]:
        """What is stored."""
        with transaction(self.engine) as session:
            found = list(session.exec(select(Response)).all())
            session.expunge_all()
        return found

    def written(self) -> list[Written]:
        """What people wrote, as it waits or was read."""
        with transaction(self.engine) as session:
            found = list(session.exec(select(Written)).all())
            session.expunge_all()
        return found

    def look_anew(self) -> None:
        """Let the answering pages read what is open as it is now, and not as it was some seconds ago."""
        self.app.state.desk.openings.forget()

    def begin(self) -> str:
        """Press Start, and give the key of the new response."""
        form = start_form(self.client.get(f"/s/{CODE}").text)
        answer = self.client.post(f"/s/{CODE}", data=form)
        assert answer.status_code == 303
        return form["key"]

    def answer(self, key: str, **answers: str | list[str]) -> None:
        """Answer some of the tiny set's questions, each on its own page."""
        for question, given in answers.items():
            saved = self.client.post(f"/r/{key}/{PAGES[question]}", data={question: given})
            assert saved.status_code == 303, saved.text


def start_form(page: str, age: str = "16") -> dict[str, str]:
    """What the form of a start page sends for somebody of an age who says yes."""
    (form,) = re.findall(r'<form method="post" action="/s/.*?</form>', page, re.S)
    hidden = dict(re.findall(r'<input [^>]*?name="([^"]+)" value="([^"]*)">', form))
    return {**hidden, "age": age, "take_part": "yes"}


CAST = {
    "Amara, administrator": [Role.ADMIN],
    "Ben, designer": [Role.DESIGNER],
    "Priya, publisher": [Role.PUBLISHER],
    "Femi, fieldworker": [Role.FIELDWORKER],
    "Rosa, reader": [Role.READER],
    "Sam, safeguarding lead": [Role.SAFEGUARDING_LEAD],
    "Ada, analyst": [Role.ANALYST],
    "Kim, panel keeper": [Role.PANEL_KEEPER],
}
# Not in the cast, who are one of each role: a second reader, and the deputy.
OTHERS = {"Rana, reader": [Role.READER], "Dana, deputy lead": [Role.SAFEGUARDING_LEAD]}


@pytest.fixture
def clock() -> Clock:
    """Midday on 20 November 2026, until a story moves it."""
    return Clock()


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock) -> Iterator[House]:
    """An installation that is open for answers."""
    furnish(engine)
    with opened(engine, database_url, clock) as house:
        yield house


@contextmanager
def opened(engine: Engine, database_url: str, clock: Clock) -> Iterator[House]:
    """An installation over what stands in a database."""
    app = make_app(Settings(database_url=database_url), engine, clock)
    with TestClient(app, follow_redirects=False) as client:
        yield House(app, client, engine, clock)


def furnish(engine: Engine, source: str = TINY, today: dt.date | None = None) -> None:
    """One consultation that asks the tiny set, and one school."""
    today = today or MIDDAY.date()
    with transaction(engine) as session:
        instrument = publish(session, source, today)
        assert instrument.id is not None
        consultation = Consultation(
            slug="safer-streets",
            title="Safer streets",
            summary="We ask how safe you feel.",
            decides="The council reads the answers to decide where the money goes.",
            outcome="The council reads everything and replies.",
            opens_on=today - dt.timedelta(days=10),
            closes_on=today + dt.timedelta(days=10),
            outcome_on=today + dt.timedelta(days=94),
            headline="worry",
            headline_level=["very", "fairly"],
        )
        collection = Collection(
            consultation_id=0, instrument_id=instrument.id, name="Schools", design=Design.GATEKEPT
        )
        collection.settings = [Setting(collection_id=0, code=CODE, name="Hill School", borough="E09000022")]
        consultation.collections = [collection]
        session.add(consultation)
        session.flush()
        name_leads(session, consultation)


SPOKEN = """
key = "spoken"
title = "Spoken"
language = "en"
[[page]]
[[page.question]]
key = "dark"
kind = "text"
prompt = "Is it dark?"
"""


def switch_on(house: House, *codes: str) -> None:
    """Publish a set in more languages, so that everybody is offered them."""
    with transaction(house.engine) as session:
        publish(session, in_languages(SPOKEN, *(code for code in codes if code != "en")), MIDDAY.date())
    house.app.state.installation.vocabulary.look_again()


LEADS = ("Sam, safeguarding lead", "Dana, deputy lead")


def name_leads(session: Session, consultation: Consultation) -> None:
    """Name the lead and the deputy of a consultation, so that people may be asked for their own words."""
    found = []
    for name in LEADS:
        known = session.exec(select(Staff).where(Staff.name == name)).first()
        found.append(known or Staff(name=name, roles=[Role.SAFEGUARDING_LEAD]))
        session.add(found[-1])
    session.flush()
    lead, deputy = (one.id or 0 for one in found)
    session.add(Named(consultation_id=consultation.id or 0, lead_id=lead, deputy_id=deputy))
