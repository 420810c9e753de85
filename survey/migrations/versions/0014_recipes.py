"""Recipes of weighting, which never change; which one is in use; the chance with which a setting was drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every collection goes on with the usual recipe, and of no setting is a chance known."""
    op.add_column("setting", sa.Column("chance", sa.Float))
    op.create_table(
        "recipe",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.UniqueConstraint("collection_id", "name", "version"),
    )
    op.create_index("ix_recipe_collection_id", "recipe", ["collection_id"])
    op.create_table(
        "recipe_in_use",
        sa.Column("collection_id", sa.Integer, sa.ForeignKey("collection.id"), primary_key=True),
        sa.Column("recipe_id", sa.Integer, sa.ForeignKey("recipe.id")),
    )
    _refuse_changes("recipe")


def _refuse_changes(table: str) -> None:
    """A trigger that stops every UPDATE and DELETE of a table."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows never change'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} rows never change'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_changes()"
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("recipe_in_use")
    op.drop_table("recipe")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION recipe_never_changes")
    op.drop_column("setting", "chance")
