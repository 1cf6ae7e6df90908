"""From a URL to a file that is ready for use, or one clear line that says why not, with the file left untouched."""

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
from catcher.store.engines.sqlite.index import INDEX_DDL

_log = logging.getLogger(__name__)

_MAGIC = b"SQLite format 3\0"


def open_sqlite(url: URL, *, durable: bool, readers: int, lock_timeout: float) -> SqliteDatabase:
    """See `open_database`."""
    path = _path(url)
    found = _judge(path)
    try:
        if found is None:
            _make(path)
        elif found != schema.HEAD:
            upgrade(path, found)
        return SqliteDatabase(path, durable=durable, readers=readers, lock_timeout=lock_timeout)
    except (sqlite3.Error, exc.SQLAlchemyError, OSError, StoreUnavailable) as error:
        reason = getattr(error, "detail", "") or getattr(error, "orig", None) or error
        raise DatabaseUnusable(f"{path}: cannot be used as a database: {reason}", detail=repr(error)) from error


def upgrade(path: Path, found: str, *, scripts: Path | None = None, target: str = schema.HEAD) -> Path:
    """Bring the database in the file from one revision to another; the copy of it that was made before, beside it.

    scripts: directory of the migrations; None: those of this version.
    """
    copy = path.with_name(f"{path.name}.{found}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    copy_database(path, copy)
    database = SqliteDatabase(path, durable=True, readers=1, lock_timeout=10)
    try:
        with database.connect_writer() as connection, database.begin(connection):
            schema.upgrade(connection, scripts=scripts, target=target)
    finally:
        database.dispose()
    _log.info("The database %s was upgraded from %s to %s; a copy as it was is in %s", path, found, target, copy)
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


def _judge(path: Path) -> str | None:
    """The revision of the database in the file; None when there is none yet."""
    try:
        _judge_place(path)
        return _judge_file(path) if path.exists() and path.stat().st_size else None
    except sqlite3.DatabaseError as error:
        raise DatabaseUnusable(f"{path}: is damaged or no database ({error}); move it away or restore it") from error
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read: {error.strerror or error}") from error


def _judge_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise DatabaseUnusable(f"{path}: the directory {path.parent} does not exist; make it or name another file")
    if path.is_dir():
        raise DatabaseUnusable(f"{path}: is a directory; name a file in it")
    # WAL mode keeps two files beside the database, so the directory has to be writable too.
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.W_OK):
            raise DatabaseUnusable(f"{path}: {place} cannot be written to; change its permissions or name another file")


def _judge_file(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(_MAGIC):
        raise DatabaseUnusable(f"{path}: is not an SQLite database; name another file")
    log = path.with_name(path.name + "-wal")
    is_in_use = log.exists() and log.stat().st_size > 0
    if not is_in_use:
        _judge_length(path, head)
    # Without a log, the file alone is the database: "immutable" reads it without making the files that WAL mode needs.
    mode = "mode=ro" if is_in_use else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, timeout=10)) as connection:
        try:
            revision = _revision(connection)
            if revision is not None:
                connection.execute("SELECT count(*) FROM counter").fetchone()
        except LookupError as error:
            raise DatabaseUnusable(f"{path}: is a database of another program; name another file") from error
    if revision is not None:
        schema.check_known(revision, shown=str(path))
    return revision


def _judge_length(path: Path, head: bytes) -> None:
    """A file that was cut short opens well and fails later, in the middle of the work: see it now."""
    page_octets = int.from_bytes(head[16:18], "big")
    page_octets = 65536 if page_octets == 1 else page_octets
    pages = int.from_bytes(head[28:32], "big")
    is_counted = head[24:28] == head[92:96]  # else an old program wrote it, and the header does not know
    if is_counted and path.stat().st_size < pages * page_octets:
        raise DatabaseUnusable(f"{path}: is damaged: shorter than it says; restore it from a copy or move it away")


def _make(path: Path) -> None:
    """A new database. Two processes may be doing this at once: the second finds it done."""
    # Mail holds passwords and links to reset them: the file is for its owner, and its companions follow it.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    make_file(path)
    database = SqliteDatabase(path, durable=True, readers=1, lock_timeout=10)
    try:
        with database.connect_writer() as connection, database.begin(connection):
            driver = connection.connection.driver_connection
            if isinstance(driver, sqlite3.Connection) and _revision(driver) is None:
                schema.create(connection, ddl=[INDEX_DDL])
    finally:
        database.dispose()


def _revision(connection: sqlite3.Connection) -> str | None:
    def read(query: str) -> str | None:
        row = connection.execute(query).fetchone()
        return None if row is None else str(row[0])

    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return schema.revision([row[0] for row in tables], read)
