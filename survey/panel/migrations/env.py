"""Runs the panel's own migrations on the connection that `survey.db.migrate` hands over."""

from alembic import context

from survey.panel.tables import PanelTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=PanelTable.metadata,
    version_table="panel_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
