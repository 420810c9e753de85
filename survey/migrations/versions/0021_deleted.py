"""That a response was deleted is known for two days, so that nothing begins again under its key."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of what was deleted before."""
    op.create_table(
        "deleted_response",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("deleted_on", sa.Date, nullable=False, index=True),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("deleted_response")
