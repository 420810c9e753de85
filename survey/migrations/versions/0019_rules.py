"""A rule of disclosure for each consultation; what each publication counted, for the next one to be safe beside it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
RULE = {"least_base": 10, "least_count": 5, "least_extreme": 30}


def upgrade() -> None:
    """Every consultation keeps the rule that all had; what was looked at is made anew."""
    for name, usual in RULE.items():
        op.add_column("consultation", sa.Column(name, sa.Integer, nullable=False, server_default=str(usual)))
    op.create_table(
        "publication_counts",
        sa.Column("publication_id", sa.Integer, sa.ForeignKey("publication.id"), primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False, index=True),
        sa.Column("counted", DOCUMENT, nullable=False),
    )
    op.execute("DELETE FROM looked_at")
    op.add_column("looked_at", sa.Column("counted", DOCUMENT, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("looked_at", "counted")
    op.drop_table("publication_counts")
    for name in RULE:
        op.drop_column("consultation", name)
