"""A response knows which of several writes of a page is the latest, so that one that comes late changes nothing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make room for it; what is open now has had no such write."""
    op.add_column("response", sa.Column("turns", DOCUMENT, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("response", "turns")
