"""Whoever asks is told by e-mail what changed: after a yes of their own, never twice, and until they press Stop."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel, col, select
from starlette.testclient import TestClient

from survey.app import make_app
from survey.db import transaction
from survey.mail import Mailer
from survey.models import Answer, Reply, Subscriber, Update
from survey.replies.post import Post
from survey.settings import Mailing, MailWay, Settings, from_environment
from survey.web import Installation
from survey.web.pace import SUBSCRIBING
from tests.survey.conftest import Clock, House, furnish, switch_on
from tests.survey.replying import TODAY, promised
from tests.survey.smtp import Taken, mail_server

ADA = "ada@example.org"
OLD = {"old_enough": "yes"}  # 13 or older


@pytest.fixture
def server() -> Iterator[Taken]:
    with mail_server() as taken:
        yield taken


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock, server: Taken) -> Iterator[House]:
    """An installation that sends its mail to the server."""
    furnish(engine)
    mailing = Mailing(way=MailWay.SMTP, host="127.0.0.1", port=server.port, tls="none")
    app = make_app(Settings(database_url=database_url, mailing=mailing), engine, clock)
    with TestClient(app, follow_redirects=False) as client:
        yield House(app, client, engine, clock)


def post(house: House) -> Post:
    """The thread beside the app, which the story tells when to look."""
    here: Installation = house.app.state.installation
    return Post(here)


def link_in(letter: object) -> str:
    """The path of the link in a mail that says yes or leaves."""
    return str(re.findall(r"http://127.0.0.1:8000(/did/mail/[\w-]{20,})", str(letter))[-1])


def body(letter: EmailMessage) -> str:
    """Its words."""
    return str(letter.get_content())


def subscribe(house: House, server: Taken, address: str = ADA, **more: str | list[str]) -> str:
    """Ask, and say yes; the link in the mail."""
    assert house.client.post("/did/mail", data={"address": address, **OLD, **more}).status_code == 303
    post(house).look()
    link = link_in(server.to(address)[-1])
    assert house.client.post(link, data={"do": "yes"}).status_code == 200
    return link


def news(server: Taken, address: str = ADA) -> list[str]:
    """What somebody was told, without the questions whether it was they who asked."""
    return [body(one) for one in server.to(address) if one["List-Unsubscribe"]]


def test_nothing_is_sent_before_a_yes_but_the_question(house: House, server: Taken) -> None:
    switch_on(house, "ar")
    asked = house.client.post(
        "/did/mail?lang=ar", data={"address": "Ada@Example.org", "topic": ["travel"], **OLD}
    )
    assert asked.headers["location"] == "/did/mail?lang=ar&asked=1"
    assert not server.letters  # the page does not wait for a mail server
    post(house).look()
    post(house).look()
    (sure,) = server.letters
    assert sure["To"] == "Ada@example.org"
    assert "List-Unsubscribe" not in sure
    assert 'lang="ar"' in house.client.get(link_in(body(sure))).text
    promised(house)
    house.clock.forward(days=2)
    post(house).look()
    assert len(server.letters) == 1
    with transaction(house.engine) as session:
        assert session.exec(select(Subscriber)).one().confirmed_on is None  # to open it says nothing


def test_from_a_yes_to_being_told_to_leaving(house: House, server: Taken) -> None:
    link = subscribe(house, server, topic=["travel"])
    due = TODAY + dt.timedelta(days=90)
    promised(house, promise="A later bus", topics=["travel"], because="You asked.", due=due)
    promised(house, promise="A club", topics=["places"])
    post(house).look()
    assert len(server.letters) == 1  # today is not over
    house.clock.forward(days=1)
    post(house).look()
    post(house).look()
    _sure, told = server.letters
    assert "A later bus" in body(told)
    assert "A club" not in body(told)
    assert "http://127.0.0.1:8000/did/1" in body(told)
    assert told.get_content_type() == "text/plain"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = told["List-Unsubscribe"].strip()
    assert one_click.startswith("<http://127.0.0.1:8000/did/mail/")

    left = house.client.post(link_in(one_click), data={"List-Unsubscribe": "One-Click"})
    assert left.status_code == 200  # not redirected (RFC 8058, 3.1)
    with transaction(house.engine) as session:
        assert not session.exec(select(Subscriber)).all()
        assert not session.connection().execute(text("SELECT * FROM mail_link")).all()
    assert house.client.get(link).status_code == 404


def test_one_press_leaves_as_mail_programs_send_it(house: House, server: Taken) -> None:
    link = subscribe(house, server)
    files = {"List-Unsubscribe": (None, "One-Click")}
    assert house.client.post(link, files=files).status_code == 200  # multipart, as the standard prefers
    with transaction(house.engine) as session:
        assert not session.exec(select(Subscriber)).all()


def test_news_comes_at_most_once_a_week_all_together_and_each_once(house: House, server: Taken) -> None:
    subscribe(house, server)
    promised(house, promise="First")
    house.clock.forward(days=1)
    post(house).look()
    for day in range(6):
        promised(house, published_on=TODAY + dt.timedelta(days=1 + day), promise=f"Of day {day}.")
        house.clock.forward(days=1)
        post(house).look()
        assert len(news(server)) == 1, day
    house.clock.forward(days=1)
    post(house).look()
    first, second = news(server)
    assert "First" in first
    assert "First" not in second
    for day in range(6):
        assert second.count(f"Of day {day}.") == 1
    for _ in range(20):
        house.clock.forward(days=1)
        post(house).look()
    assert len(news(server)) == 2  # nothing changed: nothing is sent, and nobody is reminded of anything


def test_updates_and_a_no_are_told_too(house: House, server: Taken) -> None:
    promised(house, published_on=TODAY - dt.timedelta(days=30), promise="Old promise")
    subscribe(house, server)
    promised(house, answer=Answer.NO, because="There is no money.")
    with transaction(house.engine) as session:
        session.add(Update(reply_id=1, made_on=TODAY, words="It opened on Monday.", done=True, who="Priya"))
        session.get_one(Reply, 1).done_on = TODAY
    house.clock.forward(days=1)
    post(house).look()
    (told,) = news(server)
    paragraphs = [one for one in told.splitlines() if one]
    kept = next(at for at, one in enumerate(paragraphs) if "A promise was kept: Old promise" in one)
    assert paragraphs[kept + 1] == "It opened on Monday."  # the news first, and then what it is about
    assert paragraphs[kept + 2] == "We heard: Finding number 1."
    assert "A promise was kept" in told
    assert "Because: There is no money." in told
    assert "Because: It is needed." not in told  # it was there before they asked


class Killed(BaseException):
    """The process was ended."""


@pytest.mark.parametrize("when", ["before it left", "after it left"])
def test_nobody_is_told_twice_when_the_process_is_killed(
    house: House, server: Taken, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    subscribe(house, server)
    promised(house, promise="A later bus")
    house.clock.forward(days=1)
    send = Mailer.send

    def killed(mailer: Mailer, letter: object) -> None:
        if when == "after it left":
            send(mailer, letter)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Mailer, "send", killed)
        with pytest.raises(Killed):
            post(house).look()
    for _ in range(10):
        house.clock.forward(days=1)
        post(house).look()
    assert len(news(server)) == (1 if when == "after it left" else 0)  # it errs towards silence


def test_what_surely_did_not_leave_is_sent_later(house: House, server: Taken) -> None:
    subscribe(house, server)
    promised(house, promise="A later bus")
    house.clock.forward(days=1)
    server.refuses[ADA] = "451 later"
    thread = post(house)
    thread.look()
    server.refuses.clear()
    thread.look()
    assert not news(server)  # it waits a while first
    house.clock.forward(minutes=11)
    thread.look()
    thread.look()
    assert len(news(server)) == 1


def test_what_may_have_left_is_not_sent_again(house: House, server: Taken) -> None:
    subscribe(house, server)
    promised(house, promise="A later bus")
    house.clock.forward(days=1)
    server.hangs_up = True
    thread = post(house)
    thread.look()
    server.hangs_up = False
    house.clock.forward(minutes=11)
    thread.look()
    assert len(news(server)) == 1


def test_an_address_that_there_is_not_is_forgotten(house: House, server: Taken) -> None:
    subscribe(house, server)
    promised(house)
    house.clock.forward(days=1)
    server.refuses[ADA] = "550 nobody"
    post(house).look()
    with transaction(house.engine) as session:
        assert not session.exec(select(Subscriber)).all()


def test_nobody_is_woken(house: House, server: Taken) -> None:
    subscribe(house, server)
    promised(house)
    house.clock.moment = house.clock.moment.replace(hour=2) + dt.timedelta(days=1)
    post(house).look()
    assert not news(server)
    house.clock.forward(hours=8)
    post(house).look()
    assert len(news(server)) == 1


def test_an_address_without_a_yes_is_forgotten_after_seven_days(house: House, server: Taken) -> None:
    house.client.post("/did/mail", data={"address": ADA, **OLD})
    post(house).look()
    promised(house)
    house.clock.forward(days=6)
    post(house).look()
    with transaction(house.engine) as session:
        assert len(session.exec(select(Subscriber)).all()) == 1
    house.clock.forward(days=1)
    post(house).look()
    with transaction(house.engine) as session:
        assert not session.exec(select(Subscriber)).all()
    assert len(server.letters) == 1
    assert house.client.post(link_in(body(server.letters[0])), data={"do": "yes"}).status_code == 404


def test_it_answers_alike_whether_an_address_is_known(house: House, server: Taken) -> None:
    link = subscribe(house, server, topic=["travel"])
    known = house.client.post("/did/mail", data={"address": ADA, "topic": ["places"], **OLD})
    unknown = house.client.post("/did/mail", data={"address": "new@example.org", "topic": ["places"], **OLD})
    assert (known.status_code, known.headers["location"], known.content) == (
        unknown.status_code,
        unknown.headers["location"],
        unknown.content,
    )
    for _ in range(5):
        house.client.post("/did/mail", data={"address": ADA, "topic": ["places"], **OLD})
    post(house).look()
    assert len(server.to(ADA)) == 2  # who presses often gets one mail
    house.client.post(link_in(body(server.to(ADA)[-1])), data={"do": "yes"})
    with transaction(house.engine) as session:
        (mine,) = session.exec(select(Subscriber).where(col(Subscriber.address) == ADA)).all()
        assert mine.topics == ["places"]
    assert house.client.get(link).status_code == 404  # of what they asked for before
    promised(house, promise="A club", topics=["places"])
    promised(house, promise="A bus", topics=["travel"])
    house.clock.forward(days=1)
    post(house).look()
    (told,) = news(server)
    assert "A club" in told
    assert "A bus" not in told


def test_nobody_is_written_to_who_does_not_say_that_they_are_13_or_older(house: House, server: Taken) -> None:
    assert "These mails are for people who are 13 or older." in house.client.get("/did/mail").text
    page = house.client.post("/did/mail", data={"address": ADA, "topic": "travel"})
    assert (page.status_code, 'href="#old_enough"' in page.text) == (422, True)
    assert "If you are younger, we do not write to you." in page.text
    assert 'value="travel" checked' in page.text
    with transaction(house.engine) as session:
        assert not session.exec(select(Subscriber)).all()
    subscribe(house, server)
    with transaction(house.engine) as session:
        kept = session.exec(select(Subscriber)).one().model_dump()
    days = {"asked_on", "asked_for_yes_on", "confirmed_on", "told_until", "mailed_on"}
    assert kept.keys() == {"id", "address", "topics", "language"} | days  # the tick is not kept


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@home", "a b@c.org", "ada@example.org\nBcc: x@y.org", f"{'a' * 300}@b.org"]
)
def test_what_is_no_address_is_said_and_stays(house: House, server: Taken, address: str) -> None:
    page = house.client.post("/did/mail", data={"address": address, "topic": "travel", **OLD})
    assert page.status_code == 422
    assert "Write an e-mail address, such as name@example.org." in page.text
    assert 'value="travel" checked' in page.text


def test_an_address_stands_in_one_table_and_nowhere_else(house: House, server: Taken) -> None:
    subscribe(house, server)
    promised(house)
    house.clock.forward(days=1)
    post(house).look()
    with house.engine.connect() as connection:
        found = {
            name
            for name in SQLModel.metadata.tables
            if ADA in str(connection.execute(text(f'SELECT * FROM "{name}"')).all())
        }
        link = link_in(news(server)[0]).rpartition("/")[2]
        assert link not in str(connection.execute(text("SELECT * FROM mail_link")).all())
    assert found == {"subscriber"}


def test_a_program_that_types_addresses_is_slowed_and_leaving_never_is(house: House, server: Taken) -> None:
    link = subscribe(house, server)
    away = TestClient(house.app, client=("198.51.100.7", 1), follow_redirects=False)
    answers = {away.post("/did/mail", data={"address": "no"}).status_code for _ in range(SUBSCRIBING.holds)}
    assert answers == {422}
    slowed = away.post("/did/mail", data={"address": "no"})
    assert slowed.status_code == 429
    assert slowed.headers["retry-after"]
    assert away.post(link, data={"do": "leave"}).status_code == 200


def test_how_often_is_a_setting() -> None:
    assert from_environment({}).news_every == 7
    assert from_environment({"SOUNDINGS_NEWS_EVERY": "1"}).news_every == 1
    with pytest.raises(Exception, match="It is a number of days, from 1 to 366"):
        from_environment({"SOUNDINGS_NEWS_EVERY": "weekly"})


def test_without_a_mail_server_the_page_says_that_mail_goes_nowhere(house: House) -> None:
    assert "its mail goes nowhere" not in house.client.get("/did/mail").text
    here: Installation = house.app.state.installation
    object.__setattr__(here, "settings", replace(here.settings, mailing=Mailing()))
    assert "its mail goes nowhere" in house.client.get("/did/mail").text


def test_two_that_look_at_once_write_once(house: House, server: Taken) -> None:
    for number in range(5):
        subscribe(house, server, f"person{number}@example.org")
    promised(house, promise="A later bus")
    house.clock.forward(days=1)
    threads = [Thread(target=post(house).look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(5):
        assert len(news(server, f"person{number}@example.org")) == 1
