"""The first tables, and the two that the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
UNCHANGING = ("instrument", "audit_entry")


def upgrade() -> None:
    """Create the tables."""
    _asking()
    _answers()
    _staff()
    for table in UNCHANGING:
        _refuse_changes(table)


def _asking() -> None:
    op.create_table(
        "instrument",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.UniqueConstraint("key", "version"),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String, nullable=False, unique=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("summary", sa.String, nullable=False),
        sa.Column("decides", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("opens_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("outcome_on", sa.Date, nullable=False),
        sa.Column("place", sa.String),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("source", sa.String),
        sa.Column("headline", sa.String),
        sa.Column("headline_level", DOCUMENT, nullable=False),
    )
    op.create_table(
        "collection",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True
        ),
        sa.Column("instrument_id", sa.Integer, sa.ForeignKey("instrument.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("design", sa.String(20), nullable=False),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False, index=True),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("borough", sa.String),
        sa.Column("retired_on", sa.Date),
    )


def _answers() -> None:
    op.create_table(
        "response",
        sa.Column("key", sa.String(22), primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("instrument_id", sa.Integer, sa.ForeignKey("instrument.id"), nullable=False),
        sa.Column("setting_id", sa.Integer, sa.ForeignKey("setting.id")),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column("concealed", DOCUMENT, nullable=False),
        sa.Column("quarter", sa.Integer),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("submitted_on", sa.Date),
        sa.Column("borough", sa.String),
        sa.Column("age_band", sa.String),
        sa.Column("gender", sa.String),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_response_submitted", "response", ["collection_id", "submitted_on"])
    op.create_index("ix_response_setting", "response", ["setting_id", "submitted_on"])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("roles", DOCUMENT, nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("did", sa.String, nullable=False),
        sa.Column("object", sa.String, nullable=False),
        sa.Column("why", sa.String),
    )


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
