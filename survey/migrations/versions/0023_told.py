"""What a consultation decides and by whom, what is told beside it, and what was heard, replied and done."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TEXTS = ("deciding", "settled", "background", "decided_by")
LISTS = ("owners", "organisations", "topics", "moved")
DAYS = ("announced_on", "decided_on", "replied_on")
TABLES = (
    "verdict",
    "youth_group",
    "update",
    "reply",
    "finding",
    "format_request",
    "meeting",
    "milestone",
    "link",
)


def upgrade() -> None:
    """Each that is there already was announced when it opened; one that has ended counts as replied to in time."""
    op.add_column(
        "consultation", sa.Column("planning", sa.Boolean, nullable=False, server_default=sa.false())
    )
    for name in TEXTS:
        op.add_column("consultation", sa.Column(name, sa.String, nullable=False, server_default=""))
    for name in LISTS:
        op.add_column("consultation", sa.Column(name, DOCUMENT, nullable=False, server_default="[]"))
    for name in DAYS:
        op.add_column("consultation", sa.Column(name, sa.Date))
    op.execute("UPDATE consultation SET announced_on = opens_on")
    op.execute("UPDATE consultation SET replied_on = outcome_on WHERE outcome_on <= CURRENT_DATE")
    op.add_column(
        "collection", sa.Column("audience", sa.String(20), nullable=False, server_default="young people")
    )
    _beside()
    _replies()


def _beside() -> None:
    _table("link", _consultation(), _words("title", "address", "summary"), [_day("added_on")])
    _table("milestone", _consultation(), _words("title", "about"), [_day("on"), _day("until", True)])
    _table(
        "meeting",
        _consultation(),
        _words("title"),
        [_day("held_on")],
        _words("where", "about", "host"),
        [
            sa.Column("audience", sa.String(20), nullable=False),
            sa.Column("people", sa.Integer),
            sa.Column("note", sa.String, nullable=False),
            sa.Column("kept_by", sa.String),
        ],
    )
    _table(
        "format_request",
        _consultation(),
        _words("wanted", "contact"),
        [_day("asked_on"), _day("done_on", True), sa.Column("done_by", sa.String)],
    )


def _replies() -> None:
    _table(
        "finding",
        [
            sa.Column("consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False),
            sa.Column("number", sa.Integer, nullable=False),
            sa.Column("sentence", sa.String, nullable=False),
            sa.Column("rests_on", sa.String(20), nullable=False),
            *(sa.Column(name, DOCUMENT, nullable=False) for name in ("evidence", "quotes", "topics")),
            sa.Column("borough", sa.String),
            sa.Column("written_by", sa.String, nullable=False),
            _day("published_on", True),
            sa.Column("translations", DOCUMENT, nullable=False),
            sa.UniqueConstraint("consultation_id", "number"),
        ],
    )
    _table(
        "reply",
        [
            sa.Column("finding_id", sa.Integer, sa.ForeignKey("finding.id"), nullable=False, index=True),
            sa.Column("answer", sa.String(10), nullable=False),
        ],
        _words("because", "promise", "owner"),
        [
            _day("due", True),
            sa.Column("borough", sa.String),
            sa.Column("written_by", sa.String, nullable=False),
            _day("published_on", True),
            _day("done_on", True),
            sa.Column("translations", DOCUMENT, nullable=False),
        ],
    )
    _table(
        "update",
        [
            sa.Column("reply_id", sa.Integer, sa.ForeignKey("reply.id"), nullable=False, index=True),
            _day("made_on"),
            sa.Column("words", sa.String, nullable=False),
            sa.Column("done", sa.Boolean, nullable=False),
            sa.Column("who", sa.String, nullable=False),
        ],
    )
    _table(
        "youth_group",
        [
            sa.Column("name", sa.String, nullable=False, unique=True),
            sa.Column("borough", sa.String),
            sa.Column("link_hash", sa.String(64), unique=True),
            _day("link_since", True),
            _day("retired_on", True),
        ],
    )
    _table(
        "verdict",
        [
            sa.Column("reply_id", sa.Integer, sa.ForeignKey("reply.id"), nullable=False),
            sa.Column("group_id", sa.Integer, sa.ForeignKey("youth_group.id"), nullable=False),
            sa.Column("answers_it", sa.Boolean, nullable=False),
            sa.Column("because", sa.String, nullable=False),
            _day("made_on"),
            sa.UniqueConstraint("reply_id", "group_id"),
        ],
    )


def _table(name: str, *columns: Sequence[Any]) -> None:
    op.create_table(
        name, sa.Column("id", sa.Integer, primary_key=True), *(one for part in columns for one in part)
    )


def _consultation() -> list[sa.Column[Any]]:
    return [
        sa.Column("consultation_id", sa.Integer, sa.ForeignKey("consultation.id"), nullable=False, index=True)
    ]


def _words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _day(name: str, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=empty)


def downgrade() -> None:
    """What was told and promised goes; what was asked stays."""
    for name in TABLES:
        op.drop_table(name)
    op.drop_column("collection", "audience")
    for name in ("planning", *TEXTS, *LISTS, *DAYS):
        op.drop_column("consultation", name)
