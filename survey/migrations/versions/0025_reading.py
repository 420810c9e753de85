"""What people wrote goes from their responses to the reading desk; concerns, quotes, codes, who is named, contact."""

import datetime as dt
import json
import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from questions import read

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
WROTE = "wrote"  # what stands in an answer whose words went to the reading desk
AT_ONCE = 2000


def upgrade() -> None:
    """Texts that were sent in so far wait from now on, as nobody has read them."""
    _reading()
    _coding()
    _safeguarding()
    _refuse_changes("concern_entry")
    _move_texts()


def downgrade() -> None:
    """Forget them: what was written is in no response any more."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute("DROP TRIGGER concern_entry_never_changes ON concern_entry")
        op.execute("DROP FUNCTION concern_entry_never_changes")
    for table in (
        *("contact_request", "concern_entry", "concern", "named"),
        *("quote", "code_wording", "code", "reading", "written"),
    ):
        op.drop_table(table)


def _name() -> sa.Column[Any]:
    return sa.Column("id", sa.String(22), primary_key=True)


def _reading() -> None:
    op.create_table(
        "written",
        _name(),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("words", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True)),
        sa.Column("tie", sa.String(64), index=True),
        sa.Column("borough", sa.String),
        sa.Column("age_band", sa.String),
        sa.Column("suggested", sa.Integer, nullable=False),
        sa.Column("claimed_by_id", sa.Integer, sa.ForeignKey("staff.id")),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("cleared", sa.String),
        sa.Column("redactions", DOCUMENT, nullable=False),
        sa.Column("cleared_on", sa.Date),
        sa.Column("second", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_written_unread", "written", ["collection_id", "arrived_at"])
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("written_id", sa.String(22), _written("CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("read_on", sa.Date, nullable=False),
        sa.Column("offered", DOCUMENT, nullable=False),
        sa.Column("chosen", DOCUMENT, nullable=False),
        sa.UniqueConstraint("written_id", "number"),
    )
    op.create_table(
        "quote",
        _name(),
        _of_consultation(),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("written_id", sa.String(22), _written("CASCADE"), nullable=False, unique=True),
        sqlite_with_rowid=False,
    )


def _written(when_deleted: str) -> sa.ForeignKey:
    return sa.ForeignKey("written.id", ondelete=when_deleted)


def _of_consultation() -> sa.Column[Any]:
    return sa.Column(
        "consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True
    )


def _coding() -> None:
    op.create_table(
        "code",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_consultation(),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("retired_on", sa.Date),
    )
    op.create_table(
        "code_wording",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code_id", sa.Integer, sa.ForeignKey("code.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sentence", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.UniqueConstraint("code_id", "number"),
    )


def _safeguarding() -> None:
    op.create_table(
        "named",
        sa.Column("consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), primary_key=True),
        sa.Column("lead_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("deputy_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
    )
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_consultation(),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("borough", sa.String),
        sa.Column("age_band", sa.String),
        sa.Column("written_id", sa.String(22), _written("SET NULL")),
    )
    op.create_table(
        "concern_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("concern_id", sa.Integer, sa.ForeignKey("concern.id"), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("did", sa.String, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String),
        sa.Column("sentence", sa.String, nullable=False),
    )
    op.create_table(
        "contact_request",
        _name(),
        sa.Column("called", sa.String, nullable=False),
        sa.Column("reach", sa.String, nullable=False),
        sa.Column("safe", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_on", sa.Date),
        sa.Column("handled_by", sa.String),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_request_open", "contact_request", ["handled_on", "arrived_at"])


def _refuse_changes(table: str) -> None:
    """A trigger that stops every UPDATE and DELETE of a table."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows never change'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} rows never change'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_changes()"
    )


# Which text is whose response's is not kept: of those that were sent before, no holder can have it taken out alone.


def _move_texts() -> None:
    bind = op.get_bind()
    sent = "SELECT 1 FROM response WHERE instrument_id = instrument.id AND submitted_on IS NOT NULL"
    sets = sa.text(f"SELECT id, source FROM instrument WHERE EXISTS ({sent})")  # noqa: S608
    for instrument, source in bind.execute(sets).all():
        question_set = read(source)
        if asked := [one.key for one in question_set.questions if one.kind == "text"]:
            _move_of(bind, instrument, asked, question_set.language)


def _move_of(bind: sa.Connection, instrument: int, asked: list[str], language: str) -> None:
    columns = sa.text(
        "SELECT key, collection_id, answers, language, borough, age_band FROM response "
        "WHERE instrument_id = :instrument AND submitted_on IS NOT NULL AND key > :after ORDER BY key LIMIT :many"
    )
    after, hour = "", dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    while rows := bind.execute(columns, {"instrument": instrument, "after": after, "many": AT_ONCE}).all():
        after = rows[-1].key
        for row in rows:
            answers = row.answers if isinstance(row.answers, dict) else json.loads(row.answers)
            if found := list(_texts(row, answers, asked, language, hour)):
                _keep(bind, found, row.key, {**answers, **{one["question"]: WROTE for one in found}})


def _texts(
    row: sa.Row[Any], answers: dict[str, Any], asked: list[str], language: str, hour: dt.datetime
) -> Iterator[dict[str, Any]]:
    for key in asked:
        if answers.get(key):
            yield {
                "id": secrets.token_urlsafe(16),
                "collection_id": row.collection_id,
                "question": key,
                "words": answers[key],
                "language": row.language or language,
                "arrived_at": hour,
                "borough": row.borough,
                "age_band": row.age_band,
                "suggested": 0,
                "redactions": [],
                "second": False,
            }


def _keep(bind: sa.Connection, found: list[dict[str, Any]], key: str, answers: dict[str, Any]) -> None:
    written = sa.table(
        "written",
        *(sa.column(name) for name in found[0] if name not in ("redactions", "arrived_at")),
        sa.column("redactions", DOCUMENT),
        sa.column("arrived_at", sa.DateTime(timezone=True)),
    )
    response = sa.table("response", sa.column("key"), sa.column("answers", DOCUMENT))
    bind.execute(sa.insert(written), found)
    bind.execute(sa.update(response).where(response.c.key == key).values(answers=answers))
