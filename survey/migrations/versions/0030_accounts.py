"""Passkeys, passwords with figures, accounts elsewhere, and browsers that tell how somebody signed in there."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Whoever is signed in by a link signs in again."""
    op.add_column("staff", sa.Column("left_on", sa.Date))
    _sessions(
        sa.Column("confirmed_at", WHEN, nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(1400), primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False, index=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("uses", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN),
    )
    op.create_table(
        "password",
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("hashed", sa.String, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("used_step", sa.BigInteger, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("wait_until", WHEN),
        sa.Column("set_at", WHEN, nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(400), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False, index=True),
        sa.Column("joined_at", WHEN, nullable=False),
    )
    op.create_table(
        "ceremony",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("challenge", sa.LargeBinary, nullable=False),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id")),
        sa.Column("expires_at", WHEN, nullable=False),
    )


def downgrade() -> None:
    """They go; links sign in."""
    for table in ("ceremony", "identity", "password", "passkey"):
        op.drop_table(table)
    _sessions()
    op.drop_column("staff", "left_on")


def _sessions(*more: sa.Column[Any]) -> None:
    """The sessions anew, with nobody in them."""
    op.drop_table("staff_session")
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("seen_at", WHEN, nullable=False),
        *more,
    )
