"""Forms on paper that are typed in twice, what was counted in sessions, and counts that are published as words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Nothing was on paper before."""
    op.create_table(
        "paper_batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False, index=True),
        sa.Column("instrument_id", sa.Integer, sa.ForeignKey("instrument.id"), nullable=False),
        sa.Column("setting_id", sa.Integer, sa.ForeignKey("setting.id"), nullable=False),
        sa.Column("letters", sa.String(4), nullable=False, unique=True),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("forms", sa.Integer, nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("filled_on", sa.Date),
        sa.Column("route", sa.String(20)),
        sa.Column("noted_by", sa.String),
    )
    op.create_table(
        "paper_form",
        sa.Column("batch_id", sa.Integer, sa.ForeignKey("paper_batch.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("typed_by_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("typed_on", sa.Date, nullable=False),
        sa.Column("typed", DOCUMENT, nullable=False),
        sa.Column("checked_by_id", sa.Integer, sa.ForeignKey("staff.id")),
        sa.Column("checked", DOCUMENT, nullable=False),
        sa.Column("entered_on", sa.Date),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("nobody", sa.Boolean, nullable=False),
        sa.Column("alone", sa.Boolean, nullable=False),
    )
    _counted()


def _counted() -> None:
    op.create_table(
        "tally",
        sa.Column("meeting_id", sa.Integer, sa.ForeignKey("meeting.id"), primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), primary_key=True),
        sa.Column("question", sa.String, primary_key=True),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.Column("kept_on", sa.Date, nullable=False),
        sa.Column("kept_by", sa.String, nullable=False),
    )
    op.create_table(
        "counted_words",
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), primary_key=True),
        sa.Column("responses", sa.Integer, nullable=False),
        sa.Column("counted", DOCUMENT, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.Column("published_by", sa.String, nullable=False),
    )


def downgrade() -> None:
    """What was counted goes; responses that were typed in stay."""
    for name in ("counted_words", "tally", "paper_form", "paper_batch"):
        op.drop_table(name)
