"""Runs the migrations on the connection that `survey.db.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import survey.models  # noqa: F401  (registers the tables)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
