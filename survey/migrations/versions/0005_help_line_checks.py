"""Staff note when they last checked a help line."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; until somebody checks, the day in the place's own file holds."""
    op.create_table(
        "help_line_check",
        sa.Column("href", sa.String, primary_key=True),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("who", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("help_line_check")
