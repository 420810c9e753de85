"""Who is told by e-mail what changed; corrections that show; a day expected now, and words that were taken out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Nobody is told anything yet, and nothing was corrected."""
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.String, nullable=False, index=True),
        sa.Column("topics", DOCUMENT, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False, index=True),
        *(
            sa.Column(name, sa.Date)
            for name in ("asked_for_yes_on", "confirmed_on", "told_until", "mailed_on")
        ),
    )
    op.create_table(
        "mail_link",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscriber.id"), nullable=False, index=True),
        sa.Column("made_on", sa.Date, nullable=False),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("finding_id", sa.Integer, sa.ForeignKey("finding.id"), index=True),
        sa.Column("reply_id", sa.Integer, sa.ForeignKey("reply.id"), index=True),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("who", sa.String, nullable=False),
    )
    op.add_column("reply", sa.Column("source", sa.String, nullable=False, server_default=""))
    op.add_column("update", sa.Column("expected_on", sa.Date))
    op.add_column("update", sa.Column("reopened", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("verdict", sa.Column("hidden_on", sa.Date))


def downgrade() -> None:
    """Addresses and corrections go."""
    op.drop_column("verdict", "hidden_on")
    op.drop_column("update", "reopened")
    op.drop_column("update", "expected_on")
    op.drop_column("reply", "source")
    for name in ("correction", "mail_link", "subscriber"):
        op.drop_table(name)
