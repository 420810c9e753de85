"""Results as they were published, and as staff looked at them before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SAYS = "publication rows never change"


def upgrade() -> None:
    """What was published is let nobody change by the database; what was looked at is made anew."""
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.Column("published_by", sa.String, nullable=False),
        sa.Column("correction", sa.String),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.UniqueConstraint("consultation_id", "number"),
    )
    op.create_table(
        "looked_at",
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), primary_key=True),
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("why", DOCUMENT, nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER publication_no_{change.lower()} BEFORE {change} ON publication "
                f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION publication_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER publication_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON publication "
        "FOR EACH STATEMENT EXECUTE FUNCTION publication_never_changes()"
    )


def downgrade() -> None:
    """Forget what was published."""
    op.drop_table("looked_at")
    op.drop_table("publication")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION publication_never_changes()")
