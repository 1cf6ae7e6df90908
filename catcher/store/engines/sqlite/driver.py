"""Statements passed directly to the driver, for what each new message needs.

SQLAlchemy takes several times as long to pass on one of them as SQLite takes to execute it. And because the driver
releases the GIL around every statement and has to wait for it again, many rows go with each.
"""

import functools
import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table, exc, insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.expression import Executable

_MAX_ROWS = 32
"""Rows of one statement: with fourteen columns each they stay below the 999 variables that any SQLite takes."""

CACHED_STATEMENTS = 256
"""Statements that the driver keeps prepared: among them an insert for each number of rows and table of a message."""


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return the driver's connection."""
    return connection.connection.driver_connection  # type: ignore[return-value]


def execute(connection: Connection, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Execute one statement; return its rows. Raises as SQLAlchemy does."""
    try:
        return driver_of(connection).execute(text, values).fetchall()
    except sqlite3.Error as error:
        raise exc.DBAPIError.instance(text, None, error, sqlite3.Error, dialect=connection.dialect) from error


def insert_rows(connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows, given as values in the order of the table's columns."""
    for start in range(0, len(rows), _MAX_ROWS):
        some = rows[start : start + _MAX_ROWS]
        execute(connection, _insert(into, len(some)), tuple(chain.from_iterable(some)))


@functools.cache
def compiled(statement: Executable) -> tuple[str, Sequence[str]]:
    """Return the text of a prebuilt SQLAlchemy statement and the names of its `bindparam`s, in order."""
    built = statement.compile(dialect=SQLiteDialect_pysqlite(paramstyle="qmark"))  # type: ignore[attr-defined]
    return str(built), built.positiontup


@functools.cache
def _insert(into: Table, number: int) -> str:
    """Return the statement that inserts a number of rows."""
    one, _ = compiled(insert(into))
    row = one[one.index("VALUES ") + len("VALUES ") :]
    return ", ".join([one, *[row] * (number - 1)])
