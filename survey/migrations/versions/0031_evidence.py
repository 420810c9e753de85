"""Evidence of what was removed, by which rule: the database takes new lines and changes none."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There is none yet."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("noted_on", sa.Date, nullable=False, index=True),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("how_many", sa.Integer, nullable=False),
        sa.Column("note", sa.String, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER evidence_no_{change.lower()} BEFORE {change} ON evidence "
                "BEGIN SELECT RAISE(ABORT, 'evidence rows never change'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION evidence_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'evidence rows never change'; END $$"
    )
    op.execute(
        "CREATE TRIGGER evidence_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence "
        "FOR EACH STATEMENT EXECUTE FUNCTION evidence_never_changes()"
    )


def downgrade() -> None:
    """It goes, with what it proves."""
    op.drop_table("evidence")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION evidence_never_changes")
