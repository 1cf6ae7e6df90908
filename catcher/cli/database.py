"""Opens the database that a command works on: the one `--database` names, else the one that the server would use."""

import os
from pathlib import Path

from catcher.conf import load
from catcher.errors import DatabaseUnusable
from catcher.paths import database_file
from catcher.store import Store


def open_store(database: str | None, *, must_exist: bool) -> Store:
    """The store, to be closed by the caller. database: a path or URL; None: CATCHER_DATABASE, or the user's own.

    A server may be running on it. Raises SettingError, DatabaseUnusable (also for one that must exist and does not).
    """
    settings, _ = load(flags={"database": database}, environ=os.environ)
    if "://" in settings.database:
        return Store.open(settings.database)
    path: Path = database_file(settings.database)
    if must_exist and not path.exists():
        raise DatabaseUnusable(f"{path}: does not exist; name a database with --database")
    return Store.open(f"sqlite:///{path.absolute()}")
