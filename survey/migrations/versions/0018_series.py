"""Series: consultations that ask the same again are its waves."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No consultation is a wave of a series until staff say so."""
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("title", sa.String, nullable=False),
    )
    # as SQL: SQLite takes a reference with a new column alone, and a copied table would lose those that lean on it
    op.execute("ALTER TABLE consultation ADD COLUMN series_id INTEGER REFERENCES series (id)")
    op.create_index("ix_consultation_series_id", "consultation", ["series_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_consultation_series_id", "consultation")
    op.drop_column("consultation", "series_id")
    op.drop_table("series")
