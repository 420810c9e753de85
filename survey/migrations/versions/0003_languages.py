"""A response has a language, and staff may put words of their own in place of a catalogue's."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for both."""
    op.add_column("response", sa.Column("language", sa.String))
    op.create_table(
        "interface_text",
        sa.Column("language", sa.String, primary_key=True),
        sa.Column("sentence", sa.String, primary_key=True),
        sa.Column("form", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("words", sa.String, nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("interface_text")
    op.drop_column("response", "language")
