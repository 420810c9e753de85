"""Files of rows that analysts ask for, with what became of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "file_request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False, index=True),
        sa.Column("asked_by_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("formats", DOCUMENT, nullable=False),
        sa.Column("steps", DOCUMENT, nullable=False),
        sa.Column("blank_rest", sa.Boolean, nullable=False),
        sa.Column("found", DOCUMENT, nullable=False),
        sa.Column("decided_by_id", sa.Integer, sa.ForeignKey("staff.id")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("approved", sa.Boolean),
        sa.Column("sentence", sa.String),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("written", sa.Integer, nullable=False),
        sa.Column("progress", DOCUMENT, nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True)),
        sa.Column("fault", sa.String),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("good_until", sa.DateTime(timezone=True)),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("file_request")
