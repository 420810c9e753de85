"""Who may decide to take part, whose device it is, and a receipt that lets its holder delete a response."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def _new() -> dict[str, list[sa.Column[object]]]:
    """The new columns of each table."""
    return {
        "collection": [sa.Column("routes", DOCUMENT, nullable=False, server_default='["own", "setting"]')],
        "setting": [
            sa.Column("devices", sa.String(20), nullable=False, server_default="own"),
            sa.Column("permission", sa.String(40)),
            sa.Column("permission_note", sa.String),
            sa.Column("permission_by", sa.String),
            sa.Column("permission_on", sa.Date),
        ],
        "consultation": [sa.Column("results_published_on", sa.Date)],
        "response": [sa.Column("route", sa.String(20)), sa.Column("receipt_hash", sa.String(64))],
    }


def upgrade() -> None:
    """Make room for it; a setting that is there already has devices of one's own, and no permission."""
    for table, columns in _new().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_response_receipt", "response", ["receipt_hash"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_response_receipt", "response")
    for table, columns in _new().items():
        for column in columns:
            op.drop_column(table, column.name)
