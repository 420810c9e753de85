"""What was written before there was a reading desk waits there from now on, and stands in no response any more."""

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlmodel import Session, col, select

import survey
from survey.db import migrate, open_engine
from survey.models import Response, Written
from tests.survey.conftest import TINY

ROWS = (
    "INSERT INTO consultation (id, slug, title, summary, decides, outcome, opens_on, closes_on, outcome_on, synthetic,"
    " headline_level) VALUES (1, 'a', 'A', '', '', '', '2026-11-20', '2026-11-21', '2026-11-22', false, '[]')",
    "INSERT INTO collection (id, consultation_id, instrument_id, name, design, routes, points, points_each)"
    " VALUES (1, 1, 1, 'C', 'open', '[]', 5, 10)",
)
RESPONSE = (
    "INSERT INTO response (key, collection_id, instrument_id, answers, concealed, turns, started_on, submitted_on,"
    " borough, counted) VALUES (:key, 1, 1, :answers, '[]', '{}', '2026-11-20', :sent, 'E09000022', false)"
)
INSTRUMENT = (
    "INSERT INTO instrument (id, key, version, source, fingerprint, published_on, marks)"
    " VALUES (1, 'tiny', 1, :source, 'x', '2026-11-20', '{}')"
)


def test_texts_that_were_sent_in_move_and_others_stay(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(survey.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.downgrade(config, "0022")
        connection.execute(text(INSTRUMENT), {"source": TINY})
        for row in ROWS:
            connection.execute(text(row))
        for key, answers, sent in (
            ("sent", {"worry": "very", "why": "It is dark"}, "2026-11-20"),
            ("wordless", {"worry": "very", "why": None}, "2026-11-20"),
            ("open", {"worry": "very", "why": "Not sent"}, None),
        ):
            given = {"key": key.ljust(22, "_"), "answers": json.dumps(answers), "sent": sent}
            connection.execute(text(RESPONSE), given)
    migrate(engine)
    with Session(engine) as session:
        left = [one.answers["why"] for one in session.exec(select(Response).order_by(col(Response.key)))]
        (written,) = session.exec(select(Written)).all()
    assert left == ["Not sent", "wrote", None]
    assert (written.words, written.question, written.borough) == ("It is dark", "why", "E09000022")
    assert written.arrived_at is not None
    assert (written.arrived_at.minute, written.tie, written.language) == (0, None, "en")
    engine.dispose()
