"""From a URL to a PostgreSQL database that is ready for use, or one clear line that says why not."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Connection, exc

from catcher.errors import DatabaseUnusable
from catcher.store.db import schema
from catcher.store.engines.postgresql.database import PostgresqlDatabase, begun, make_engine
from catcher.store.engines.postgresql.index import index_ddl

_log = logging.getLogger(__name__)

OLDEST_SERVER = 14
"""The oldest major version that its makers still look after when this was written."""

_STORAGE_DDL = "ALTER TABLE content ALTER COLUMN data SET STORAGE EXTERNAL"
"""What is compressed already is not worth another try."""

_OPENING = "hashtext('catcher ' || current_schema())"
"""The lock that lets one catcher at a time make or upgrade the tables."""


def open_postgresql(url: URL, *, durable: bool, readers: int, lock_timeout: float) -> PostgresqlDatabase:
    """See `open_database`."""
    url = url.set(drivername="postgresql+psycopg")
    shown = shown_url(url)
    try:
        with _connected(url, lock_timeout=lock_timeout) as connection:
            _judge_server(connection, shown)
            if _revision(connection, shown) != schema.HEAD:
                _bring_to_head(connection, shown)
        return PostgresqlDatabase(url, durable=durable, readers=readers, lock_timeout=lock_timeout)
    except (exc.SQLAlchemyError, psycopg.Error, UnicodeError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise DatabaseUnusable(f"{shown}: cannot be used as a database: {reason}", detail=repr(error)) from error


def shown_url(url: URL) -> str:
    """The URL for people: without passwords."""
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


def _judge_server(connection: Connection, shown: str) -> None:
    asked = "SELECT current_setting('server_version_num')::int / 10000, getdatabaseencoding(), current_schema()"
    version, encoding, place = connection.exec_driver_sql(asked).one()
    if version < OLDEST_SERVER:
        raise DatabaseUnusable(f"{shown}: PostgreSQL {OLDEST_SERVER} or newer is needed; the server is {version}")
    if encoding != "UTF8":
        raise DatabaseUnusable(f"{shown}: expected a database in UTF8, it is in {encoding}; make another one")
    if place is None:
        raise DatabaseUnusable(f"{shown}: has no schema that its search_path names; make it first")


def _revision(connection: Connection, shown: str) -> str | None:
    def read(query: str) -> str | None:
        return connection.exec_driver_sql(query).scalar()

    tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    try:
        found = schema.revision(set(tables.scalars()), read)
    except LookupError as error:
        raise DatabaseUnusable(
            f"{shown}: has tables of another program; name an empty database, or a schema of its own "
            "(?options=-csearch_path%3Dcatcher)"
        ) from error
    if found is not None:
        schema.check_known(found, shown=shown)
    return found


def _bring_to_head(connection: Connection, shown: str) -> None:
    """Make or upgrade the tables, all or nothing. Of several catchers that come at once, the first one does it."""
    connection.rollback()  # of what was asked so far
    with begun(connection, "BEGIN"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OPENING})")
        found = _revision(connection, shown)
        if found is None:
            schema.create(connection, ddl=[index_ddl(_trigrams(connection, shown)), _STORAGE_DDL])
        elif found != schema.HEAD:
            schema.upgrade(connection)
            _log.info("The database %s was upgraded from %s to %s", shown, found, schema.HEAD)


def _trigrams(connection: Connection, shown: str) -> str:
    """The schema of the extension pg_trgm, quoted; the extension is made when it is missing."""
    wanted = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace "
    wanted += "WHERE extname = 'pg_trgm'"
    if connection.exec_driver_sql(wanted).first() is None:
        try:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except exc.DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise DatabaseUnusable(
                f"{shown}: lacks the extension pg_trgm ({reason}); install PostgreSQL's contrib package and have an "
                "administrator run CREATE EXTENSION pg_trgm in this database"
            ) from error
    return str(connection.exec_driver_sql(wanted).scalar_one())
