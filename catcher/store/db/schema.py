"""The schema of the database, for every engine: its revision, its creation, its upgrade."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert

from catcher.errors import DatabaseTooNew
from catcher.paths import data_directory
from catcher.store.db.tables import counter, metadata

REVISIONS = ("0001", "0002", "0003", "0004")
"""All revisions of the schema, oldest first; this version works with the last one."""

HEAD = REVISIONS[-1]

_version_metadata = MetaData()
_version = Table(
    "alembic_version",
    _version_metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def create(connection: Connection, *, ddl: Sequence[str]) -> None:
    """Create all tables and the first rows in the connection's transaction. ddl: statements that the engine adds."""
    metadata.create_all(connection, checkfirst=False)
    for statement in ddl:
        connection.exec_driver_sql(statement)
    first = dict.fromkeys((column.name for column in counter.columns), 0)
    connection.execute(insert(counter), first | {"id": 1})
    _version_metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(_version), {"version_num": HEAD})


def revision(tables: Collection[str], read: Callable[[str], str | None]) -> str | None:
    """Return the schema's revision; None when there are no tables. Raises LookupError for another program's database.

    tables: the names of existing tables. read: runs a query and returns the first value of its first row, or None.
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
    """Raise DatabaseTooNew when this version does not know the revision. shown: the database, for the message."""
    if found not in REVISIONS:
        raise DatabaseTooNew(
            f"{shown}: was created by a newer version of catcher (schema {found}, this one knows up to {HEAD}); "
            "use that version or name another database"
        )


def upgrade(connection: Connection, *, scripts: Path | None = None, target: str = HEAD) -> None:
    """Upgrade the database to a revision in the connection's transaction, all or nothing.

    scripts: directory of the migrations; None for those of this version.
    """
    # Late: Alembic takes half a second, and a database at head does not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts or data_directory("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
