"""The fastest way an engine offers for the statements that every new message needs besides its own rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.sql.expression import Executable

from catcher.store.engines.sqlite import driver


def execute(connection: Connection, statement: Executable, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
    """Execute a prebuilt statement; return its rows. values: for its `bindparam`s, in types that every driver takes."""
    if connection.dialect.name == "sqlite":
        text, names = driver.compiled(statement)
        return driver.execute(connection, text, [values[name] for name in names])
    result = connection.execute(statement, values)
    return result.all() if result.returns_rows else ()


def insert_rows(connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert a few small rows, given as values in the order of the table's columns."""
    if connection.dialect.name == "sqlite":
        driver.insert_rows(connection, into, rows)
        return
    names = [column.name for column in into.columns]
    connection.execute(insert(into), [dict(zip(names, row, strict=True)) for row in rows])
