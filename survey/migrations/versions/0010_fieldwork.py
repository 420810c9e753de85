"""Collections have a kind, days, a host and a borough; settings expect people and know their host; codes are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _new() -> dict[str, list[sa.Column[object]]]:
    """The new columns of each table."""
    return {
        "collection": [
            sa.Column("kind", sa.String(20)),
            sa.Column("opens_on", sa.Date),
            sa.Column("closes_on", sa.Date),
            sa.Column("host", sa.String),
            sa.Column("borough", sa.String),
            sa.Column("permission", sa.String(40)),
            sa.Column("permission_note", sa.String),
        ],
        "setting": [
            sa.Column("expected", sa.Integer),
            sa.Column("host_hash", sa.String(64)),
            sa.Column("host_since", sa.Date),
        ],
    }


# Where the design allows one kind only, that is it; of the others nobody has said.
KINDS = """
UPDATE collection SET kind = CASE design WHEN 'open' THEN 'open link' ELSE design END
WHERE design IN ('open', 'panel', 'room', 'tally')
AND EXISTS (SELECT 1 FROM setting WHERE setting.collection_id = collection.id)
"""


def upgrade() -> None:
    """Make room for it."""
    for table, columns in _new().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_setting_host_hash", "setting", ["host_hash"], unique=True)
    op.execute(KINDS)
    op.create_table(
        "old_code",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("setting_id", sa.Integer, sa.ForeignKey("setting.id"), nullable=False),
        sa.Column("retired_on", sa.Date, nullable=False),
    )
    op.create_index("ix_old_code_setting_id", "old_code", ["setting_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("old_code")
    op.drop_index("ix_setting_host_hash", "setting")
    for table, columns in _new().items():
        for column in columns:
            op.drop_column(table, column.name)
