"""Run by Alembic: takes the steps on the connection, and in the transaction, that the program gives it."""

from alembic import context

from meeting.store.tables import metadata

# SQLite can take back changes of tables like any others, which Alembic does not expect of it.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
