"""People who are present vote on one question at a time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make room for rooms."""
    op.create_table(
        "room",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True
        ),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("venue", sa.String, nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("people", sa.Integer),
        sa.Column("presenter_hash", sa.String(64), unique=True),
        sa.Column("presenter_since", sa.Date),
    )
    op.create_table(
        "room_question",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("asked", DOCUMENT, nullable=False),
        sa.Column("revealed", sa.Boolean, nullable=False),
        sa.Column("counts", DOCUMENT),
        sa.UniqueConstraint("room_id", "number"),
    )
    op.create_table(
        "room_vote",
        sa.Column("question_id", sa.Integer, sa.ForeignKey("room_question.id"), primary_key=True),
        sa.Column("phone", sa.String(32), primary_key=True),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "room_phone",
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), primary_key=True),
        sa.Column("phone", sa.String(32), primary_key=True),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("room_phone", "room_vote", "room_question", "room"):
        op.drop_table(table)
