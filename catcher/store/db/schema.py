"""The database's schema, for every engine: judged before anything is written, made when it is missing, upgraded."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert

from catcher.errors import DatabaseTooNew
from catcher.paths import data_directory
from catcher.store.db.tables import POSTGRESQL_INDEXES, counter, metadata

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


def create(connection: Connection, *, ddl: Sequence[str]) -> None:
    """Make all tables and the first rows, in the connection's transaction. ddl: what the engine needs beyond them."""
    if connection.dialect.name == "postgresql":
        _complete_indexes()
    metadata.create_all(connection, checkfirst=False)
    for statement in ddl:
        connection.exec_driver_sql(statement)
    first = dict.fromkeys((column.name for column in counter.columns), 0)
    connection.execute(insert(counter), first | {"id": 1})
    _version_metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(_version), {"version_num": HEAD})


def _complete_indexes() -> None:
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"].update(POSTGRESQL_INDEXES.get(str(index.name), {}))


def revision(tables: Collection[str], read: Callable[[str], str | None]) -> str | None:
    """The schema's revision; None when there is no table at all. Raises LookupError for a stranger's database.

    tables: the names of those that are there. read: runs a query and gives the one value of its first row, or None.
    """
    if not tables:
        return None
    if not {"alembic_version", "counter", "message"} <= set(tables):
        raise LookupError("no tables of catcher")
    found = read("SELECT version_num FROM alembic_version")
    if found is None:
        raise LookupError("no revision")
    return found


def check_known(found: str, *, shown: str) -> None:
    """Raise DatabaseTooNew when this version does not know the revision. shown: the database, as its user names it."""
    if found not in REVISIONS:
        raise DatabaseTooNew(
            f"{shown}: was made by a newer version of catcher (schema {found}, this one knows up to {HEAD}); "
            "use that version or name another database"
        )


def upgrade(connection: Connection, *, scripts: Path | None = None, target: str = HEAD) -> None:
    """Bring the database to a revision, in the connection's transaction: it either works whole or not at all.

    scripts: directory of the migrations; None: those of this version. Imports Alembic, which takes half a second, so
    nobody calls this for a database that is at head.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts or data_directory("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
