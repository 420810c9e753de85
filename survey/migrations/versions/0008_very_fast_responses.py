"""A response says whether it came very fast; how long it took is stored nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; of what is there nobody knows."""
    op.add_column("response", sa.Column("quick", sa.Boolean))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("response", "quick")
