"""The database that a command works on: the one of `--database`, else the one that the server would use."""

import os
from pathlib import Path

import click

from catcher.conf import load
from catcher.errors import DatabaseUnusable
from catcher.paths import database_file
from catcher.store import Store

database_option = click.option(
    "-d",
    "--database",
    metavar="PATH|URL",
    default=None,
    help="Database to use: file, directory or URL. The default is CATCHER_DATABASE, or the user's own database.",
)


def open_store(database: str | None, *, must_exist: bool) -> Store:
    """Return the store, to be closed by the caller. database: a path or URL, None for the default.

    A server may be running on it. Raises SettingError and DatabaseUnusable, also for a missing file that must exist.
    """
    settings, _ = load(flags={"database": database}, environ=os.environ)
    if "://" in settings.database:
        return Store.open(settings.database)
    path: Path = database_file(settings.database)
    if must_exist and not path.exists():
        raise DatabaseUnusable(f"{path}: does not exist; name a database with --database")
    return Store.open(f"sqlite:///{path.absolute()}")
