"""Cubes are kept, and a response says whether it is in them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No response is in a cube yet; the first pages that ask for figures put them there."""
    op.add_column("response", sa.Column("counted", sa.Boolean, nullable=False, server_default=sa.false()))
    new = sa.text("submitted_on IS NOT NULL AND NOT counted")
    op.create_index("ix_response_new", "response", ["collection_id"], sqlite_where=new, postgresql_where=new)
    op.create_table(
        "kept_cube",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("cells", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_cube", "kept_cube", ["collection_id", "question"])


def downgrade() -> None:
    """Forget the cubes: they are made of what the documents say."""
    op.drop_index("ix_kept_cube", "kept_cube")
    op.drop_table("kept_cube")
    op.drop_index("ix_response_new", "response")
    op.drop_column("response", "counted")
