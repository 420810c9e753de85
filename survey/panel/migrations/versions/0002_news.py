"""Letters about meetings, and about what changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """What was written to whom, as groups."""
    op.create_table(
        "panel_news",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("told", DOCUMENT, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("boroughs", DOCUMENT, nullable=False),
        sa.Column("age_bands", DOCUMENT, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("progress", sa.String(20), nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("trouble", sa.String, nullable=False),
    )


def downgrade() -> None:
    """What was written is forgotten."""
    op.drop_table("panel_news")
