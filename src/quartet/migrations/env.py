"""Alembic's entry: runs the revisions over the connection that `migrate.upgrade` hands in."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="quartet_migrations",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
