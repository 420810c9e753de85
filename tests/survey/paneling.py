"""A house with a panel, what a member does there, and the mails that leave it."""

import email
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from survey.app import make_app
from survey.db import transaction
from survey.models import Collection, Design
from survey.panel.inviting import send_next
from survey.panel.joining import _kept
from survey.panel.seals import new_key
from survey.panel.store import Store
from survey.panel.tables import Member, Progress
from survey.settings import Mailing, Settings
from tests.survey.conftest import Clock, House, furnish

KIM, PRIYA = "Kim, panel keeper", "Priya, publisher"
LAMBETH, SOUTHWARK = "E09000022", "E09000028"
KEY = new_key()


@dataclass
class PanelHouse(House):
    """An installation whose panel is open, and the folder in which its mails lie."""

    mails: Path = field(kw_only=True)
    came: int = 0

    @property
    def store(self) -> Store:
        """The panel."""
        found: Store = self.app.state.panel
        return found

    def letters(self, to: str = "") -> list[EmailMessage]:
        """What was sent, to everybody or to one address."""
        files = sorted(self.mails.iterdir()) if self.mails.exists() else []
        read = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [one for one in read if isinstance(one, EmailMessage) and to in one["To"]]

    def burn(self) -> None:
        """Forget what was sent."""
        for file in self.mails.iterdir() if self.mails.exists() else ():
            file.unlink()

    def ask(self, address: str, **more: Any) -> Any:
        """Type an address into the form."""
        typed = {"age": "16-17", "borough": LAMBETH, "purpose": ["surveys", "changes"]} | more
        return self.client.post("/panel/join", data={"address": address, **typed})

    def join(self, address: str, **more: Any) -> str:
        """Ask, and confirm by the link in the mail; that link."""
        self.ask(address, **more)
        link = link_in(self.letters(address)[0], "/panel/you/")
        assert self.client.post(link, data={"wish": "confirm"}).status_code == 200
        return link

    def crowd(self, people: int, age: str = "16-17", borough: str = LAMBETH) -> list[str]:
        """So many more members, as if each had joined; their addresses in the order in which they came."""
        addresses = [address(self.came + one) for one in range(people)]
        self.came += people
        for one in addresses:
            with self.store.changing() as session:
                form = {"address": [one], "age": [age], "borough": [borough], "purpose": ["surveys"]}
                found, _in, _new = _kept(session, self.store, form, self.clock().date())
                session.get_one(Member, found).waits_until = None
        return addresses

    def pulse(self) -> Collection:
        """Have the pulse opened."""
        assert self.as_(KIM).post("/staff/panel/pulse").status_code == 303
        return self.collection()

    def collection(self) -> Collection:
        """The newest collection of a panel."""
        with self.store_of_answers() as session:
            every = session.exec(select(Collection).where(Collection.design == Design.PANEL)).all()
            session.expunge_all()
        return max(every, key=lambda one: one.id or 0)

    def store_of_answers(self) -> AbstractContextManager[Session]:
        """A transaction on the answers."""
        return transaction(self.engine)

    def invite(self, collection: Collection, **groups: Any) -> Any:
        """Press the button, and the one on the page that says how many people that is."""
        asked = self.ask_to_invite(collection, **groups)
        if asked.status_code != 200:
            return asked
        return self.ask_to_invite(collection, sure="yes", **groups)

    def ask_to_invite(self, collection: Collection, **more: Any) -> Any:
        """Press one button."""
        return self.as_(KIM).post("/staff/panel/invite", data={"collection": str(collection.id), **more})

    def send(self) -> Progress | None:
        """What the thread beside the app does."""
        return send_next(self.store, self.app.state.installation, Event())

    def members(self) -> list[Member]:
        """Who is in the panel's table."""
        with self.store.looking() as panel:
            found = list(panel.exec(select(Member)).all())
            panel.expunge_all()
        return found


def address(number: int) -> str:
    """The address of whoever comes so manieth; it does not say so."""
    return f"{sha256(str(number).encode()).hexdigest()[:8]}@example.org"


def link_in(letter: EmailMessage, way: str) -> str:
    """The path of the first link of a kind in a letter."""
    found = re.search(rf"http://127\.0\.0\.1:8000({way}\S+)", letter.get_content())
    assert found is not None, letter.get_content()
    return found[1]


@pytest.fixture
def panel(engine: Engine, database_url: str, clock: Clock, tmp_path: Path) -> Iterator[PanelHouse]:
    """An installation whose panel is open."""
    furnish(engine)
    settings = Settings(
        database_url=database_url, panel_key=KEY, mailing=Mailing(folder=str(tmp_path / "mails"))
    )
    app = make_app(settings, engine, clock)
    app.state.panel.migrate()
    with TestClient(app, follow_redirects=False) as client:
        yield PanelHouse(app, client, engine, clock, mails=tmp_path / "mails")
    app.state.panel.engine.dispose()


def start(house: PanelHouse, way: str, **more: str) -> Any:
    """Open a one-time link and press Start."""
    page = house.client.get(way)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    return house.client.post(way, data={**hidden, "age": "16", "take_part": "yes", **more})


def answer_pulse(house: PanelHouse, way: str, worry: str = "very", safe: str = "very_safe") -> str:
    """Answer the three questions by a one-time link, and send them; the key of the response."""
    began = start(house, way)
    assert began.status_code == 303, began.text
    key: str = began.headers["location"].split("/")[2]
    for page, given in enumerate(
        ({"worry_knife_crime": worry}, {"safe_dark": safe}, {"heard_of_change": "yes"}), 1
    ):
        assert house.client.post(f"/r/{key}/{page}", data=given).status_code == 303
    check = house.client.get(f"/r/{key}/check-answers").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', check))
    house.client.post(f"/r/{key}/check-answers", data=hidden)
    return key
