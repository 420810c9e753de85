"""The demonstration: filled once, kept, and labelled as made up wherever it shows."""

import datetime as dt
import re
import socket
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from survey import accounts, demo
from survey.__main__ import main
from survey.app import make_app
from survey.db import open_engine, transaction
from survey.demo.london import fill_london
from survey.demo.panel import ANSWERED, MEMBERS, WAITING, fill_panel
from survey.demo.strategy import FOUR_PEOPLE, FOUR_SLUG, PLAN_PEOPLE, PLAN_SLUG
from survey.demo.twelve_weeks import PEOPLE as TWELVE_PEOPLE
from survey.demo.twelve_weeks import TWELVE_SLUG, fill_twelve_weeks
from survey.demo.words import TEXTS, fill_words
from survey.demo.workshop import FORMS, PAPER_SLUG, fill_workshop
from survey.heard import State, made_up, state
from survey.models import (
    AuditEntry,
    Consultation,
    Named,
    Publication,
    PublicationCounts,
    Reply,
    Response,
    Role,
    Series,
    Setting,
    Staff,
)
from survey.panel.seals import new_key
from survey.panel.store import open_store
from survey.panel.tables import Consent, Member
from survey.places import load
from survey.settings import Settings
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, Clock, mostly_sqlite, start_form

LONDON = load("london")


@pytest.fixture
def wave(engine: Engine, again: Again) -> Engine:
    """A small London wave."""
    again.fill(engine, small)
    return engine


def small(engine: Engine) -> None:
    with transaction(engine) as session:
        fill_london(session, LONDON, MIDDAY.date(), people=300)


def test_made_up_answers_are_labelled_on_every_page_that_shows_them(wave: Engine, database_url: str) -> None:
    app = make_app(Settings(database_url=database_url, demo=True), wave, Clock())
    with TestClient(app) as browser:
        with transaction(wave) as session:
            token = accounts.invite(session, "Ada", [Role.ANALYST], MIDDAY)
        browser.post(f"/staff/in/{token}")
        form = start_form(browser.get(f"/s/{demo.DEMO_CODE}").text)
        question = browser.post(f"/s/{demo.DEMO_CODE}", data=form)
        results = f"/staff/consultations/{demo.SLUG}/results"
        for page in (
            browser.get("/").text,
            browser.get(f"/s/{demo.DEMO_CODE}").text,
            question.text,
            browser.get(f"/r/{form['key']}/check-answers").text,
            browser.get("/staff").text,
            browser.get(f"/staff/consultations/{demo.SLUG}").text,
            browser.get(results).text,
            browser.get(f"{results}/borough.svg").text,
            browser.get(f"{results}/age_band.svg?width=phone&theme=dark").text,
        ):
            assert re.search(r"made[- ]up", page, re.I), page[:400]


def test_the_start_page_of_the_wave_has_at_most_120_words(wave: Engine, database_url: str) -> None:
    with TestClient(make_app(Settings(database_url=database_url), wave, Clock())) as browser:
        about = re.search(r'<div id="about">(.*?)</div>', browser.get(f"/s/{demo.DEMO_CODE}").text, re.S)
    assert about
    assert len(re.sub(r"<[^>]+>", " ", about[1]).split()) <= 120


@mostly_sqlite
def test_about_two_in_a_hundred_of_the_made_up_answers_came_very_fast(engine: Engine) -> None:
    with transaction(engine) as session:
        fill_london(session, LONDON, MIDDAY.date(), people=1_200)
    with transaction(engine) as session:
        quick = session.exec(select(Response.quick)).all()
    assert set(quick) == {True, False}
    assert 10 <= quick.count(True) <= 40


def test_codes_can_be_read_aloud(wave: Engine) -> None:
    with transaction(wave) as session:
        codes = [setting.code for setting in session.exec(select(Setting))]
    assert 55 <= len(codes) <= 70
    assert not any(set(code) & set("0O1I") for code in codes)


def test_filling_twice_keeps_what_is_there(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    demo.fill(engine, LONDON, MIDDAY, people=1_200)
    assert "1,200 made-up answers" in capsys.readouterr().out
    with transaction(engine) as session:
        session.delete(session.exec(select(Response)).first())
    demo.fill(engine, LONDON, MIDDAY, people=1_200)
    assert capsys.readouterr().out == ""
    with transaction(engine) as session:
        people = 1_400 + FOUR_PEOPLE + PLAN_PEOPLE + TWELVE_PEOPLE + FORMS + 213 + sum(ANSWERED)
        assert len(session.exec(select(Response.key)).all()) == people - 1
        series = session.exec(select(Series).where(Series.key != "panel-pulse")).one()
        assert {one.slug for one in series.waves} == {demo.SLUG, "youth-survey-2025", "four-boroughs-2017"}
        assert all(one.synthetic for one in series.waves)
        published = session.exec(select(Publication)).all()
        slugs = {one.id: one.slug for one in session.exec(select(Consultation))}
        assert {slugs[one.consultation_id] for one in published} == {
            "youth-survey-2025",
            FOUR_SLUG,
            PLAN_SLUG,
        }
        counted = session.exec(select(PublicationCounts.publication_id)).all()
        assert set(counted) == {one.id for one in published}, "a second one of each can be made safe"
        replies = session.exec(select(Reply)).all()
        assert [state(one, MIDDAY.date()) for one in replies if not made_up(one.finding)] == [State.UNDER_WAY]
        invented = Counter(state(one, MIDDAY.date()) for one in replies if made_up(one.finding))
        assert invented == {State.LATE: 2, State.DONE: 1, State.NOT_PROMISED: 2, State.UNDER_WAY: 1}
        assert all(one.because for one in replies)


def test_a_taken_port_is_named_with_the_way_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port), "--data", str(tmp_path / "demo")]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} is taken" in said
    assert "make demo PORT=8001" in said
    assert not (tmp_path / "demo").exists()


def test_starting_over_never_removes_what_is_not_the_demo(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("four years of work")
    assert main(["demo", "--fresh", "--port", "0", "--data", str(tmp_path)]) == 2
    assert "holds more than the demo's database" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").exists()


def test_an_invitation_from_the_command_line_adds_roles(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("SOUNDINGS_PUBLIC_URL", "https://ask.example/")
    assert main(["migrate"]) == 0
    assert main(["invite", "Ada", "--role", "analyst"]) == 0
    assert main(["invite", "Ada", "--role", "reader", "--role", "admin"]) == 0
    assert capsys.readouterr().out.count("https://ask.example/staff/in/") == 2
    with transaction(open_engine(f"sqlite:///{tmp_path}/x.db")) as session:
        (ada,) = session.exec(select(Staff)).all()
        assert ada.roles == ["admin", "analyst", "reader"]
    with pytest.raises(SystemExit):
        main(["invite", "Ada", "--role", "emperor"])


@pytest.mark.parametrize(
    ("variables", "arguments", "said"),
    [
        ({"DATABASE_URL": "sqlite:////proc/nowhere/x.db"}, ["migrate"], "The database cannot be used"),
        ({"DATABASE_URL": "garbage"}, ["migrate"], "The database cannot be used"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, ["migrate"], "The database cannot be used"),
        ({}, ["invite", "  ", "--role", "admin"], "Give a name"),
        ({"SOUNDINGS_DEMO": "1"}, ["serve", "--host", "0.0.0.0"], "say --demo-for-everybody"),
        ({}, ["serve", "--port", "99999"], "A port is a number from 1 to 65535"),
        ({"SOUNDINGS_PLACE": "paris"}, ["serve", "--port", "0"], "There is no place called paris"),
    ],
)
def test_a_command_that_cannot_go_on_says_what_to_mend(
    variables: dict[str, str],
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@mostly_sqlite
def test_the_workshop_on_paper_is_read_as_words_and_labelled_as_made_up(
    engine: Engine, database_url: str
) -> None:
    with transaction(engine) as session:
        fill_workshop(session, LONDON, MIDDAY.date())
    with TestClient(make_app(Settings(database_url=database_url, demo=True), engine, Clock())) as browser:
        about = browser.get(f"/c/{PAPER_SLUG}").text
        for said in (
            "What is being decided",
            "What is decided already",
            "Who decides",
            "Who asks",
            "Background",
        ):
            assert said in about
        page = browser.get(f"/c/{PAPER_SLUG}/counted").text
        assert "Made-up answers." in page
        assert "14 people filled in a form." in page
        assert "6 of 14: Very worried" in page
        assert "31 people came" in page
        assert "%" not in page.partition("<main>")[2]
        assert "ملأ 14 شخصًا استمارة." in browser.get(f"/c/{PAPER_SLUG}/counted?lang=ar").text


@mostly_sqlite
def test_a_lead_has_a_concern_and_the_desk_still_has_texts(engine: Engine, database_url: str) -> None:
    with transaction(engine) as session:
        wave = fill_london(session, LONDON, MIDDAY.date(), people=300)
        fill_words(session, wave, MIDDAY)
        fill_workshop(session, LONDON, MIDDAY.date())
        sam, rosa = (accounts.invite(session, who, demo.STAFF[who], MIDDAY) for who in ("Sam", "Rosa"))
    with TestClient(make_app(Settings(database_url=database_url, demo=True), engine, Clock())) as browser:
        browser.post(f"/staff/in/{sam}")
        assert "Abuse, exploitation" in browser.get("/staff/concerns").text
        concern = browser.get("/staff/concerns/1").text
        assert "A man in a white van" in concern
        assert "Invented for this demonstration" in concern
        browser.post(f"/staff/in/{rosa}")
        assert f'<td class="figure">{len(TEXTS)}</td>' in browser.get("/staff/reading").text
    with transaction(engine) as session:
        named = session.exec(select(Named)).all()
        assert {(one.lead.name, one.deputy.name) for one in named} == {("Sam", "Dana")}
        assert len(named) == 2
        assert [one.did for one in session.exec(select(AuditEntry))].count("raised a concern in") == 1


@mostly_sqlite
@pytest.mark.parametrize(("day", "late"), [("2017-03-31", False), ("2017-04-01", True)])
def test_twelve_weeks_and_a_plan_that_is_late_on_the_first_of_april(
    engine: Engine, database_url: str, day: str, late: bool
) -> None:
    with transaction(engine) as session:
        fill_twelve_weeks(session, LONDON, MIDDAY.date())
    clock = Clock(dt.datetime.fromisoformat(f"{day}T12:00+00:00"))
    with TestClient(make_app(Settings(database_url=database_url, demo=True), engine, clock)) as browser:
        page, register, promise = (browser.get(at).text for at in (f"/c/{TWELVE_SLUG}", "/did", "/did/1"))
    assert "12 weeks: 1 December 2016 to 23 February 2017" in page
    assert "Made-up answers." in page
    said = "Late by 1 day" if late else "Due by 31 March 2017"
    assert all(said in one for one in (page, register, promise))
    assert ("The plan was due yesterday" in promise) == late


def test_the_made_up_panel_is_nobody_and_filled_once(database_url: str, engine: Engine) -> None:
    store = open_store(Settings(database_url=database_url, panel_key=new_key()))
    assert store is not None
    store.migrate()
    for _ in range(2):
        fill_panel(store, LONDON, MIDDAY.date())
    with store.looking() as panel:
        addresses = [store.seals.opened(one.contact) for one in panel.exec(select(Member))]
        assert all(one.given_in <= MIDDAY.date() for one in panel.exec(select(Consent)))
    store.engine.dispose()
    assert len(addresses) == MEMBERS + WAITING
    assert all(re.fullmatch(r"made-up-\d+@example\.org", address) for address in addresses)


def test_the_made_up_pulses_are_labelled_and_fit_to_be_shown(engine: Engine, database_url: str) -> None:
    with transaction(engine) as session:
        demo.fill_pulses(session, LONDON, MIDDAY.date())
    with TestClient(make_app(Settings(database_url=database_url), engine, Clock())) as browser:
        page = browser.get("/panel/pulse").text
    assert "Made-up answers." in page
    assert "121 members of our panel" in page
    assert "[c]</td>" not in page
