"""Run by Alembic: applies the scripts in `versions/` on the connection that `catcher.store.db.schema` hands over."""

from alembic import context
from sqlalchemy import Connection


def run() -> None:
    """Bring the database to the revision asked for, in one transaction."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


run()
