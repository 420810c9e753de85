"""One-time links into a collection of a panel, as hashes that nobody can tell apart."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row number: rows stand in the order of their hashes, which is chance."""
    op.create_table(
        "panel_ticket",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False, index=True),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Links that were not used work no more."""
    op.drop_table("panel_ticket")
