"""Targets of fieldwork, and the page at which an open response stands."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Five points for a borough, ten for an age band in one; of open responses nobody knows where they stand."""
    op.add_column("collection", sa.Column("points", sa.Integer, nullable=False, server_default="5"))
    op.add_column("collection", sa.Column("points_each", sa.Integer, nullable=False, server_default="10"))
    op.add_column("response", sa.Column("reached", sa.String))
    still_open = sa.text("submitted_on IS NULL")
    op.create_index(
        "ix_response_open",
        "response",
        ["collection_id", "reached"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_response_open", "response")
    op.drop_column("response", "reached")
    op.drop_column("collection", "points_each")
    op.drop_column("collection", "points")
