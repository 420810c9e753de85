"""Short statements, and what people think of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Neither is there yet."""
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True
        ),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("voice", sa.String(10), nullable=False),
        sa.Column("written_by", sa.String, nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.Column("cleared_by", sa.String),
        sa.Column("cleared_on", sa.Date),
        sa.Column("taken_out_on", sa.Date),
        sa.Column("translations", DOCUMENT, nullable=False),
        sa.Column("quote_id", sa.String(22), sa.ForeignKey("quote.id", ondelete="CASCADE"), index=True),
        sa.Column("told_agree", sa.Integer, nullable=False),
        sa.Column("told_disagree", sa.Integer, nullable=False),
    )
    op.create_table(
        "cards",
        sa.Column("key", sa.String(22), primary_key=True),
        sa.Column(
            "consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True
        ),
        sa.Column("given", DOCUMENT, nullable=False),
        sa.Column("age_band", sa.String),
        sa.Column("borough", sa.String),
        sa.Column("answered_on", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """They go, with what people said to them."""
    op.drop_table("cards")
    op.drop_table("statement")
