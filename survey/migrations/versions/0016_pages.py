"""Where people stop, and how long pages take."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cubes say more from now on, so they are made anew; where a response stands is worked out of its answers."""
    op.execute("DELETE FROM kept_cube")
    op.execute("UPDATE response SET counted = false WHERE counted")
    op.drop_index("ix_response_open", "response")
    op.drop_column("response", "reached")
    stopped = sa.text("submitted_on IS NULL AND NOT counted")
    op.create_index(
        "ix_response_open",
        "response",
        ["collection_id", "started_on"],
        sqlite_where=stopped,
        postgresql_where=stopped,
    )
    op.create_table(
        "page_time",
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), primary_key=True),
        sa.Column("instrument_id", sa.Integer, sa.ForeignKey("instrument.id"), primary_key=True),
        sa.Column("page", sa.String, primary_key=True),
        sa.Column("span", sa.Integer, primary_key=True),
        sa.Column("people", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Forget them; who stopped is in no cube any more."""
    op.drop_table("page_time")
    op.drop_index("ix_response_open", "response")
    op.add_column("response", sa.Column("reached", sa.String))
    still_open = sa.text("submitted_on IS NULL")
    op.create_index(
        "ix_response_open",
        "response",
        ["collection_id", "reached"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.execute("DELETE FROM kept_cube")
    op.execute("UPDATE response SET counted = false WHERE counted")
