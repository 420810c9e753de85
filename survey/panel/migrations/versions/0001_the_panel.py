"""Members with their consents, and what was sent to them as a crowd."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """The panel's tables. None of its people has a row number."""
    op.create_table(
        "panel_member",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("contact", sa.LargeBinary, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False, unique=True),
        sa.Column("age_band", sa.String, nullable=False),
        sa.Column("borough", sa.String, nullable=False),
        sa.Column("waits_until", sa.Date),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("asked_again", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "panel_consent",
        sa.Column(
            "member_id",
            sa.String(22),
            sa.ForeignKey("panel_member.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("purpose", sa.String(20), primary_key=True),
        sa.Column("given_in", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "panel_sending",
        sa.Column("collection_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("boroughs", DOCUMENT, nullable=False),
        sa.Column("age_bands", DOCUMENT, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("progress", sa.String(20), nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("trouble", sa.String, nullable=False),
    )


def downgrade() -> None:
    """The panel goes, with everybody in it."""
    for name in ("panel_sending", "panel_consent", "panel_member"):
        op.drop_table(name)
