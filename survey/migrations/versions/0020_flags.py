"""The soft flags of what is in the kept cubes, and how many were timed, so that no page reads all documents."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cubes say more from now on, so they are made anew, and the flags with them."""
    op.create_table(
        "flagged_response",
        sa.Column("key", sa.String(22), sa.ForeignKey("response.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False, index=True),
        sa.Column("flags", sa.String, nullable=False),
    )
    op.execute("DELETE FROM kept_cube")
    op.execute("UPDATE response SET counted = false WHERE counted")


def downgrade() -> None:
    """Forget them; how many were timed is in no cube any more."""
    op.drop_table("flagged_response")
    op.execute("DELETE FROM kept_cube")
    op.execute("UPDATE response SET counted = false WHERE counted")
