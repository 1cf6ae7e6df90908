"""Bootstrap of an SQLite file: check it, create or upgrade its schema, open it."""

import logging
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, exc

from catcher.errors import DatabaseUnusable, StoreUnavailable
from catcher.store.db import schema
from catcher.store.engines.sqlite.database import OLDEST_SQLITE, SqliteDatabase, copy_database, make_file
from catcher.store.engines.sqlite.driver import driver_of
from catcher.store.engines.sqlite.index import INDEX_DDL

_log = logging.getLogger(__name__)

_MAGIC = b"SQLite format 3\0"


def open_sqlite(url: URL, *, durable: bool, readers: int, lock_timeout: float) -> SqliteDatabase:
    """Open the file of a URL; see `open_database`. A file that is refused is left untouched."""
    path = _path(url)
    revision = _check(path)
    try:
        if revision is None:
            _create(path)
        elif revision != schema.HEAD:
            upgrade(path, revision)
        return SqliteDatabase(path, durable=durable, readers=readers, lock_timeout=lock_timeout)
    except (sqlite3.Error, exc.SQLAlchemyError, OSError, StoreUnavailable) as error:
        reason = getattr(error, "detail", "") or getattr(error, "orig", None) or error
        raise DatabaseUnusable(f"{path}: cannot be used as a database: {reason}", detail=repr(error)) from error


def upgrade(path: Path, revision: str, *, scripts: Path | None = None, target: str = schema.HEAD) -> Path:
    """Upgrade the file from one revision to another; return the path of the copy that was made first.

    scripts: directory of the migrations; None for those of this version.
    """
    copy = path.with_name(f"{path.name}.{revision}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    copy_database(path, copy)
    database = SqliteDatabase(path, durable=True, readers=1, lock_timeout=10)
    try:
        with database.connect_writer() as connection, database.begin(connection):
            schema.upgrade(connection, scripts=scripts, target=target)
    finally:
        database.close()
    _log.info("The database %s was upgraded from %s to %s; the old one was copied to %s", path, revision, target, copy)
    return copy


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnusable(
            f"{url.render_as_string()}: expected a file, because several connections share the database"
        )
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise DatabaseUnusable(f"SQLite {needed} or newer is needed; this Python has {sqlite3.sqlite_version}")
    return Path(url.database).absolute()


def _check(path: Path) -> str | None:
    """Return the schema revision of the file; None for a new one. Raises DatabaseUnusable or DatabaseTooNew."""
    try:
        _check_permissions(path)
        return _check_file(path) if path.exists() and path.stat().st_size else None
    except sqlite3.DatabaseError as error:
        raise DatabaseUnusable(f"{path}: is damaged or no database ({error}); move it away or restore it") from error
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read: {error.strerror or error}") from error


def _check_permissions(path: Path) -> None:
    if not path.parent.is_dir():
        raise DatabaseUnusable(f"{path}: the directory {path.parent} does not exist; make it or name another file")
    if path.is_dir():
        raise DatabaseUnusable(f"{path}: is a directory; name a file in it")
    # WAL mode keeps two files beside the database, so the directory has to be writable too.
    for each in (path.parent, path):
        if each.exists() and not os.access(each, os.W_OK):
            owner = each.stat().st_uid
            raise DatabaseUnusable(
                f"{path}: {each} belongs to user {owner} and cannot be written to by user {os.geteuid()}; run as its "
                f"owner (docker run --user {owner}), change its owner (chown {os.geteuid()}) or name another file"
            )


def _check_file(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(_MAGIC):
        raise DatabaseUnusable(f"{path}: is not an SQLite database; name another file")
    wal = path.with_name(path.name + "-wal")
    is_in_use = wal.exists() and wal.stat().st_size > 0
    if not is_in_use:
        _check_length(path, head)
    # Without a log, the file alone is the database: "immutable" reads it without creating WAL mode's files.
    mode = "mode=ro" if is_in_use else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, timeout=10)) as connection:
        try:
            revision = _revision(connection)
            if revision is not None:
                connection.execute("SELECT count(*) FROM counter").fetchone()
        except LookupError as error:
            raise DatabaseUnusable(_foreign(connection, path)) from error
    if revision is not None:
        schema.check_known(revision, shown=str(path))
    return revision


def _foreign(connection: sqlite3.Connection, path: Path) -> str:
    """Return the refusal of another program's database; mail in one of Mailpit's can be copied."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if {"mailbox", "mailbox_data"} <= tables:
        return (
            f"{path}: is a database of Mailpit; name another file, and copy its mail: run "
            f"`mailpit dump --database {path} FOLDER`, then `catcher ingest FOLDER`"
        )
    return f"{path}: is a database of another program; name another file"


def _check_length(path: Path, head: bytes) -> None:
    """Refuse a truncated file, which would open well and fail later."""
    page_octets = int.from_bytes(head[16:18], "big")
    page_octets = 65536 if page_octets == 1 else page_octets
    pages = int.from_bytes(head[28:32], "big")
    is_counted = head[24:28] == head[92:96]  # otherwise an old program wrote it, and the header is outdated
    if is_counted and path.stat().st_size < pages * page_octets:
        raise DatabaseUnusable(f"{path}: is damaged: shorter than it says; restore it from a copy or move it away")


def _create(path: Path) -> None:
    """Create a database. Two processes may do so at once: the second finds it done."""
    # Mail holds passwords and links to reset them: only the owner may read the file; its companions inherit the mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    make_file(path)
    database = SqliteDatabase(path, durable=True, readers=1, lock_timeout=10)
    try:
        with database.connect_writer() as connection, database.begin(connection):
            if _revision(driver_of(connection)) is None:
                schema.create(connection, ddl=[INDEX_DDL])
    finally:
        database.close()


def _revision(connection: sqlite3.Connection) -> str | None:
    def read(query: str) -> str | None:
        row = connection.execute(query).fetchone()
        return None if row is None else str(row[0])

    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return schema.revision([row[0] for row in tables], read)
