"""What a consultation says of itself may be said in other languages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """So far they are in English only."""
    op.add_column("consultation", sa.Column("translations", DOCUMENT, nullable=False, server_default="{}"))


def downgrade() -> None:
    """English only again."""
    op.drop_column("consultation", "translations")
