"""Paths of the package's data files, in a checkout or an installed wheel, and of the user's database."""

import contextlib
import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_directory(name: str) -> Path:
    """Return a directory of data files: "templates", "static" or "migrations".

    A checkout has it next to the package, a wheel in `catcher/_data`. Raises FileNotFoundError if it is in neither,
    which means that the installation is incomplete.
    """
    installed = _PACKAGE / "_data" / name
    # Next to an installed package, site-packages may contain another package's "static": prefer the wheel's copy.
    for path in (installed, _PACKAGE.parent / name):
        if path.is_dir():
            return path
    raise FileNotFoundError(f"The directory {name!r} of catcher is missing: expected {installed}")


def database_file(given: str) -> Path:
    """Return the database file for a path: the path itself, or catcher.db in it if it is a directory.

    "" is catcher.db in the platform's directory for user data, which is created if it is missing; other directories are
    not. If that fails, opening the database will report it.
    """
    if not given:
        import platformdirs  # late: needed only without a path, and it delays the start

        own = platformdirs.user_data_path("catcher", appauthor=False)
        with contextlib.suppress(OSError):
            own.mkdir(mode=0o700, parents=True, exist_ok=True)
        return own / "catcher.db"
    path = Path(given).expanduser().absolute()
    return path / "catcher.db" if path.is_dir() or given.endswith(("/", os.sep)) else path
