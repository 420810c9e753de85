"""What watchers see of a running installation, and what is written down: nothing of any person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from survey.access import hashed
from survey.app import make_app
from survey.db import newest, transaction
from survey.settings import Settings, from_environment
from survey.web.logs import Lines
from tests.survey.conftest import CODE, Clock, House, furnish, start_form

TOKEN = {"authorization": "Bearer a token of the operator"}
SAID = "a secret that somebody wrote"


@pytest.fixture
def watched(engine: Engine, database_url: str, clock: Clock) -> Iterator[House]:
    furnish(engine)
    settings = Settings(database_url=database_url, metrics_token="a token of the operator")
    app = make_app(settings, engine, clock)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield House(app, client, engine, clock)


def counted(house: House) -> str:
    answer = house.client.get("/metrics", headers=TOKEN)
    assert answer.headers["content-type"].startswith("text/plain; version=1.0.0")
    return answer.text


def test_answers_are_counted_by_route_template_and_by_nothing_else(watched: House) -> None:
    form = start_form(watched.client.get(f"/s/{CODE}").text)
    begun = watched.client.post(f"/s/{CODE}", data=form).headers["location"]
    for address in (begun, begun, "/nowhere/ada@example.org", "/s/WRONG1", "/staff/in/hush"):
        watched.client.get(address)
    watched.client.request("BREW", "/coffee")
    told = counted(watched)
    assert 'soundings_http_answers_total{method="GET",route="/r/{key}/{page}",status="2xx"} 2.0' in told
    assert 'soundings_http_answers_total{method="POST",route="/s/{code}",status="3xx"} 1.0' in told
    assert 'soundings_http_answers_total{method="GET",route="/s/{code}",status="4xx"} 1.0' in told
    assert 'soundings_http_answers_total{method="GET",route="none",status="4xx"} 1.0' in told
    assert 'soundings_http_answers_total{method="other",route="none",status="4xx"} 1.0' in told
    assert 'soundings_http_seconds_count{method="GET",route="/r/{key}/{page}"} 2.0' in told
    assert "soundings_http_under_way 1.0" in told  # this one
    key = begun.split("/")[2]
    for secret in (key, CODE, "WRONG1", "ada@example.org", "nowhere", "hush", "testclient"):
        assert secret not in told, secret


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer another"}, {"authorization": "Basic x"}])
def test_nobody_reads_them_without_the_token(watched: House, shown: dict[str, str]) -> None:
    assert watched.client.get("/metrics", headers=shown).status_code == 404


def test_without_a_token_there_is_no_such_page(house: House) -> None:
    for shown in ({}, TOKEN, {"authorization": "Bearer "}):
        assert house.client.get("/metrics", headers=shown).status_code == 404
    assert from_environment({"SOUNDINGS_METRICS_TOKEN": "x"}).metrics_token == "x"


def test_people_are_sent_only_where_the_tables_are_of_this_version(house: House) -> None:
    def run(statement: str) -> None:
        with transaction(house.engine) as session:
            session.execute(text(statement))

    def told(change: str, back: str) -> tuple[int, str]:
        """What is told while the table of the version is otherwise; afterwards the database is another story's."""
        run(change)
        answer, lives = house.client.get("/readyz"), house.client.get("/healthz").text
        run(back)
        assert lives == "ok"
        return answer.status_code, answer.text

    assert house.client.get("/readyz").text == "ok"
    old = "UPDATE alembic_version SET version_num = '{}'".format
    assert told(old("0001"), old(newest())) == (503, "the tables are of another version")
    named = "ALTER TABLE {} RENAME TO {}".format
    assert told(named("alembic_version", "away"), named("away", "alembic_version")) == (503, "no database")
    assert house.client.get("/readyz").text == "ok"


def test_people_are_not_sent_where_no_answer_is_taken(house: House) -> None:
    house.app.state.desk.close()
    assert house.client.get("/readyz").status_code == 503


def test_a_fault_is_written_down_without_what_anybody_sent(watched: House) -> None:
    """A database names the row in its complaint; the line says what kind of fault, and where."""
    try:
        with transaction(watched.engine) as session:
            for _ in range(2):
                session.execute(
                    text("INSERT INTO secret (purpose, value) VALUES (:said, :value)"),
                    {"said": SAID, "value": b"x"},
                )
    except Exception as wrong:
        assert "INSERT INTO" in str(wrong)
        record = logging.LogRecord(
            "uvicorn.error", logging.ERROR, "x", 1, "Exception in ASGI application\n", (), None
        )
        record.exc_info = (type(wrong), wrong, wrong.__traceback__)
        line = json.loads(Lines().format(record))
        assert line["fault"] == "sqlalchemy.exc.IntegrityError"
        assert SAID not in json.dumps(line)
        assert "SQL parameters hidden" in str(wrong)
    else:
        pytest.fail("it was taken twice")


def test_a_line_says_where_in_our_code_a_fault_was() -> None:
    try:
        hashed(None)  # type: ignore[arg-type]
    except AttributeError as wrong:
        record = logging.LogRecord("survey", logging.ERROR, "x", 1, "a fault", (), None)
        record.exc_info = (type(wrong), wrong, wrong.__traceback__)
        line = json.loads(Lines().format(record))
    assert line["fault"] == "builtins.AttributeError"
    assert [place.partition(":")[0] for place in line["where"]] == ["survey/access.py"]


def test_a_line_keeps_words_and_drops_values() -> None:
    record = logging.LogRecord("survey", logging.WARNING, "x", 1, "Mail to %s failed", (SAID,), None)
    line = json.loads(Lines().format(record))
    assert (line["says"], line["level"], line["from"]) == ("Mail to %s failed", "warning", "survey")
    assert SAID not in json.dumps(line)
