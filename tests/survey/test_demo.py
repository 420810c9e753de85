"""The demonstration: filled once, kept, and labelled as made up wherever it shows."""

import re
import socket
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
from survey.demo.strategy import FOUR_PEOPLE, PLAN_PEOPLE
from survey.models import Publication, Response, Role, Series, Setting, Staff
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
        assert len(session.exec(select(Response.key)).all()) == 1_400 + FOUR_PEOPLE + PLAN_PEOPLE + 213 - 1
        series = session.exec(select(Series)).one()
        assert {one.slug for one in series.waves} == {demo.SLUG, "youth-survey-2025", "four-boroughs-2017"}
        assert all(one.synthetic for one in series.waves)
        assert [one.consultation_id for one in session.exec(select(Publication))] == [
            one.id for one in series.waves if one.slug == "youth-survey-2025"
        ]


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
