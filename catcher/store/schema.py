"""The database's schema: judged before anything is written, made when the file is new, upgraded when it is old."""

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert

from catcher.data import data_directory
from catcher.store.engine import INDEX_DDL, Database, copy_database
from catcher.store.tables import counter, metadata

_log = logging.getLogger(__name__)

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every schema there has been, oldest first; the last one is what this version works with."""

HEAD = REVISIONS[-1]

_version_metadata = MetaData()
_version = Table(
    "alembic_version",
    _version_metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def create(connection: Connection) -> None:
    """Make all tables, the index and the first rows, in the connection's transaction."""
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(INDEX_DDL)
    first = dict.fromkeys((column.name for column in counter.columns), 0)
    connection.execute(insert(counter), first | {"id": 1})
    _version_metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(_version), {"version_num": HEAD})


def revision(connection: sqlite3.Connection) -> str | None:
    """The schema's revision; None when there is no table at all. Raises LookupError for a stranger's database."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if not {"alembic_version", "counter", "message"} <= tables:
        raise LookupError("no tables of catcher")
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise LookupError("no revision")
    return str(row[0])


def upgrade(path: Path, found: str, *, scripts: Path | None = None, target: str = HEAD) -> Path:
    """Bring the database in the file from one revision to another; the copy of it that was made before, beside it.

    scripts: directory of the migrations; None: those of this version. Each script either works whole or not at all.
    Imports Alembic, which takes half a second, so nobody calls this for a database that is at head.
    """
    from alembic import command
    from alembic.config import Config

    copy = path.with_name(f"{path.name}.{found}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    copy_database(path, copy)
    config = Config()
    config.set_main_option("script_location", str(scripts or data_directory("migrations")).replace("%", "%%"))
    database = Database(path, durable=True, readers=1, patience=10)
    try:
        with database.connect_writer() as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, target)
    finally:
        database.dispose()
    _log.info("The database %s was upgraded from %s to %s; a copy as it was is in %s", path, found, target, copy)
    return copy
