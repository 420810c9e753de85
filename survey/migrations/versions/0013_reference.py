"""Published figures of other surveys, which stand beside ours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """A series, its measures, and their figures."""
    op.create_table(
        "reference_series",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("population", sa.String, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("bases", sa.String),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("licence", sa.String, nullable=False),
        sa.Column("url", sa.String),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("assumed", DOCUMENT, nullable=False),
        sa.Column("imported_by", sa.String, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "reference_measure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series_id", sa.Integer, sa.ForeignKey("reference_series.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("wording", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.UniqueConstraint("series_id", "name"),
    )
    op.create_index("ix_reference_measure_series_id", "reference_measure", ["series_id"])
    op.create_table(
        "reference_figure",
        sa.Column("measure_id", sa.Integer, sa.ForeignKey("reference_measure.id"), primary_key=True),
        sa.Column("area", sa.String, primary_key=True),
        sa.Column("ends_on", sa.Date, primary_key=True),
        sa.Column("proportion", sa.Float, nullable=False),
        sa.Column("people", sa.Integer),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("reference_figure")
    op.drop_index("ix_reference_measure_series_id", "reference_measure")
    op.drop_table("reference_measure")
    op.drop_table("reference_series")
