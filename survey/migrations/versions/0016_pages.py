"""Where people stop, how long pages take, and an index that every count of what is new can use."""

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
    for index in ("open", "new", "submitted"):
        op.drop_index(f"ix_response_{index}", "response")
    op.create_index("ix_response_counted", "response", ["collection_id", "counted", "submitted_on"])
    op.drop_column("response", "reached")
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
    op.drop_index("ix_response_counted", "response")
    op.add_column("response", sa.Column("reached", sa.String))
    op.create_index("ix_response_submitted", "response", ["collection_id", "submitted_on"])
    for index, columns, rows in (
        ("new", ["collection_id"], "submitted_on IS NOT NULL AND NOT counted"),
        ("open", ["collection_id", "reached"], "submitted_on IS NULL"),
    ):
        some = sa.text(rows)
        op.create_index(f"ix_response_{index}", "response", columns, sqlite_where=some, postgresql_where=some)
    op.execute("DELETE FROM kept_cube")
    op.execute("UPDATE response SET counted = false WHERE counted")
