"""Drafts of question sets, every revision of them, and what staff said of the changes in a published one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make them."""
    op.add_column("instrument", sa.Column("published_by", sa.String))
    op.add_column("instrument", sa.Column("marks", DOCUMENT, nullable=False, server_default="{}"))
    op.create_table(
        "draft",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("retired_on", sa.Date),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("draft_key", sa.String, sa.ForeignKey("draft.key"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("before", sa.Integer),
        sa.Column("undone", sa.Integer),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("did", sa.String, nullable=False),
        sa.Column("change", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("draft_key", "number"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("revision")
    op.drop_table("draft")
    op.drop_column("instrument", "marks")
    op.drop_column("instrument", "published_by")
