"""Bootstrap of a PostgreSQL database: check the server, create or upgrade the schema, open it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, exc

from catcher.errors import DatabaseUnusable
from catcher.store.db import schema
from catcher.store.db.tables import message, metadata
from catcher.store.engines.postgresql.database import PostgresqlDatabase, begun, make_engine
from catcher.store.engines.postgresql.index import index_ddl

_log = logging.getLogger(__name__)

OLDEST_SERVER = 14
"""The oldest major version that was supported by its makers when this was written."""

_STORAGE_DDL = "ALTER TABLE content ALTER COLUMN data SET STORAGE EXTERNAL"
"""The data is compressed already."""

_INDEX_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "message_message_id": {"using": "hash"},  # B-trees here take no long ids
    "message_is_pinned": {"where": message.c.is_pinned.is_(True)},
}
"""Not declared with the tables, because that would load the dialect: a tenth of the start-up time with SQLite."""

_BOOTSTRAP_LOCK = "hashtext('catcher ' || current_schema())"
"""The advisory lock under which the tables are created or upgraded."""


def open_postgresql(url: URL, *, durable: bool, readers: int, lock_timeout: float) -> PostgresqlDatabase:
    """Open the database of a URL; see `open_database`."""
    url = url.set(drivername="postgresql+psycopg")
    shown = shown_url(url)
    try:
        with _connected(url, lock_timeout=lock_timeout) as connection:
            _check_server(connection, shown)
            if _revision(connection, shown) != schema.HEAD:
                _create_or_upgrade(connection, shown)
        return PostgresqlDatabase(url, durable=durable, readers=readers, lock_timeout=lock_timeout)
    except (exc.SQLAlchemyError, psycopg.Error, UnicodeError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise DatabaseUnusable(f"{shown}: cannot be used as a database: {reason}", detail=repr(error)) from error


def shown_url(url: URL) -> str:
    """Return the URL without passwords, for messages."""
    kept = {name: "***" if "password" in name else value for name, value in url.query.items()}
    return url.set(drivername="postgresql", query=kept).render_as_string(hide_password=True)


@contextmanager
def _connected(url: URL, *, lock_timeout: float) -> Iterator[Connection]:
    engine = make_engine(url, pool_size=1, lock_timeout=lock_timeout)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _check_server(connection: Connection, shown: str) -> None:
    query = "SELECT current_setting('server_version_num')::int / 10000, getdatabaseencoding(), current_schema()"
    version, encoding, schema_name = connection.exec_driver_sql(query).one()
    if version < OLDEST_SERVER:
        raise DatabaseUnusable(f"{shown}: PostgreSQL {OLDEST_SERVER} or newer is needed; the server is {version}")
    if encoding != "UTF8":
        raise DatabaseUnusable(f"{shown}: expected a database in UTF8, it is in {encoding}; create another one")
    if schema_name is None:
        raise DatabaseUnusable(f"{shown}: has no schema that its search_path names; create it first")


def _revision(connection: Connection, shown: str) -> str | None:
    def read(query: str) -> str | None:
        return connection.exec_driver_sql(query).scalar()

    tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    try:
        revision = schema.revision(set(tables.scalars()), read)
    except LookupError as error:
        raise DatabaseUnusable(
            f"{shown}: has tables of another program; name an empty database, or a schema of its own "
            "(?options=-csearch_path%3Dcatcher)"
        ) from error
    if revision is not None:
        schema.check_known(revision, shown=shown)
    return revision


def _create_or_upgrade(connection: Connection, shown: str) -> None:
    """Create or upgrade the tables, all or nothing. Of several catchers starting at once, the first one does it."""
    connection.rollback()  # of the checks
    with begun(connection, "BEGIN"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_BOOTSTRAP_LOCK})")
        revision = _revision(connection, shown)
        if revision is None:
            _complete_indexes()
            schema.create(connection, ddl=[index_ddl(_trigram_schema(connection, shown)), _STORAGE_DDL])
        elif revision != schema.HEAD:
            schema.upgrade(connection)
            _log.info("The database %s was upgraded from %s to %s", shown, revision, schema.HEAD)


def _complete_indexes() -> None:
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"].update(_INDEX_OPTIONS.get(str(index.name), {}))


def _trigram_schema(connection: Connection, shown: str) -> str:
    """Return the schema of the extension pg_trgm, quoted; create the extension when it is missing."""
    query = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace "
    query += "WHERE extname = 'pg_trgm'"
    if connection.exec_driver_sql(query).first() is None:
        try:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except exc.DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise DatabaseUnusable(
                f"{shown}: lacks the extension pg_trgm ({reason}); install PostgreSQL's contrib package and have an "
                "administrator run CREATE EXTENSION pg_trgm in this database"
            ) from error
    return str(connection.exec_driver_sql(query).scalar_one())
