"""Series: consultations that ask the same again are its waves."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"
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
    with op.batch_alter_table("consultation") as table:
        table.add_column(sa.Column("series_id", sa.Integer))
        table.create_foreign_key("fk_consultation_series", "series", ["series_id"], ["id"])
        table.create_index("ix_consultation_series_id", ["series_id"])


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("consultation") as table:
        table.drop_index("ix_consultation_series_id")
        table.drop_constraint("fk_consultation_series", type_="foreignkey")
        table.drop_column("series_id")
    op.drop_table("series")
