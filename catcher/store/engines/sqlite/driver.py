"""Statements given to SQLite's driver as they are, for what each new message needs.

SQLAlchemy takes several times as long to pass one of them on as SQLite takes to execute it. And the driver lets other
threads run around every statement, then waits for its turn again: so many rows go with each.
"""

import functools
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table, exc, insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.expression import Executable

_MOST_ROWS = 32
"""Of one statement: fourteen columns each stay below the 999 variables that any SQLite takes."""

KEPT_STATEMENTS = 256
"""So many the driver keeps prepared: an insert for each number of rows into each of a message's tables, and others."""


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection."""
    return connection.connection.driver_connection  # type: ignore[return-value]


def execute(connection: Connection, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Execute one statement; the rows it returns. Raises as SQLAlchemy does."""
    try:
        return driver_of(connection).execute(text, values).fetchall()
    except sqlite3.Error as error:
        raise exc.DBAPIError.instance(text, None, error, sqlite3.Error, dialect=connection.dialect) from error


def run(connection: Connection, statement: Executable, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Execute a statement of SQLAlchemy's that was made once; values: of its `bindparam`s, in SQLite's own types."""
    text, names = _compiled(statement)
    return execute(connection, text, [values[name] for name in names])


def insert_rows(connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given as values in the order of the table's columns."""
    for start in range(0, len(rows), _MOST_ROWS):
        some = rows[start : start + _MOST_ROWS]
        execute(connection, _insert(into, len(some)), tuple(chain.from_iterable(some)))


@functools.cache
def _compiled(statement: Executable) -> tuple[str, Sequence[str]]:
    compiled = statement.compile(dialect=SQLiteDialect_pysqlite(paramstyle="qmark"))  # type: ignore[attr-defined]
    return str(compiled), compiled.positiontup


@functools.cache
def _insert(into: Table, number: int) -> str:
    """The statement for so many rows."""
    one, _ = _compiled(insert(into))
    row = one[one.index("VALUES ") + len("VALUES ") :]
    return ", ".join([one, *[row] * (number - 1)])
