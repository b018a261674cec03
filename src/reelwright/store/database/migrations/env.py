"""Alembic runs this: it hands over the connection on which ``store.migrate`` holds its transaction."""

from __future__ import annotations

from alembic import context

from reelwright.store.schema.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the transaction is the caller's, and one for all migrations together
)
context.run_migrations()
